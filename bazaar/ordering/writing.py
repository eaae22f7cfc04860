"""The rows of clicks that were granted: a few statements, however many clicks there are."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from bazaar import audit, baskets, catalog, ledger, outbox
from bazaar.audit import BUYER
from bazaar.bulk import Rows, among, draw_ids, sent_together
from bazaar.catalog import Held
from bazaar.db import Prepared
from bazaar.editions import Terms
from bazaar.ledger import OWED, PROMISED
from bazaar.models import (
    Charge,
    ChargeAmount,
    Checkout,
    Edition,
    IdempotentAnswer,
    Order,
    OrderLine,
    OrderStatus,
)
from bazaar.ordering import charging
from bazaar.ordering.charging import Charging
from bazaar.ordering.deciding import Granted, GrantedPart
from bazaar.ordering.wishes import Asked, Kept, Placed, PlacedOrder
from bazaar.ports import Letter
from bazaar.rules.references import REFERENCES, make_reference
from bazaar.tokens import fingerprint

QUOTE_WITHIN = timedelta(hours=48)
"""So long an order abroad holds its goods while its shipping fee is worked out."""

KEPT_FOR = timedelta(hours=72)
"""So long a program that asks again with the same key gets the same answer."""


CREATED = 201
"""What a program was answered: only answers that placed something are kept."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order that is being written. `until`: when its buyer's time is over, and its goods'."""

    id: int
    reference: str
    checkout_id: int
    part: GrantedPart
    pay_before: datetime
    release_at: datetime


def write(
    granted: Sequence[Granted],
    *,
    edition: Edition | Terms,
    slack: timedelta,
    charge: Charging | None,
    now: datetime,
) -> list[Placed]:
    """Write what was granted; return what each click became. The goods are still to be taken.

    First everything is asked, then everything is sent at once.
    """
    parts = [part for one in granted for part in one.parts]
    checkout_ids, order_ids = draw_ids((Checkout, len(granted)), (Order, len(parts)))
    references = _draw_references(len(parts))
    hold = timedelta(minutes=edition.hold_minutes)
    numbers = iter(zip(order_ids, references, strict=True))
    orders = [
        [_new_order(next(numbers), checkout_id, part, hold, slack, now) for part in one.parts]
        for checkout_id, one in zip(checkout_ids, granted, strict=True)
    ]
    every = [order for those in orders for order in those]
    asked = _ask(every, edition, charge, now) if charge else _Asked({}, [], [])
    day = ledger.booking_day(edition.id, now)
    placed = [_placed(*each, asked.told) for each in zip(granted, orders, strict=True)]
    with sent_together():
        _CHECKOUTS.insert(
            [_checkout(*each, now) for each in zip(checkout_ids, granted, strict=True)]
        )
        _ORDERS.insert([_order(order, edition.id, now) for order in every])
        _LINES.insert([line for order in every for line in _lines(order)])
        catalog.note_held([held for order in every for held in _held(order)], now=now)
        _CHARGES.insert(asked.charges)
        _AMOUNTS.insert(asked.amounts)
        worth = [entry for order in every for entry in _worth(order)]
        ledger.book(edition.id, worth, now=now, day=day)
        noted = {f"order:{order.reference}": {"total_idr": order.part.total_idr} for order in every}
        audit.note_each(BUYER, "order.place", noted, now=now)
        outbox.write_new([_letter(order) for order in every if order.part.email], now=now)
        _KEPT.insert(
            [
                _kept(one.wish.kept, became.told, now)
                for one, became in zip(granted, placed, strict=True)
                if one.wish.kept
            ]
        )
    baskets.clear_each(
        [
            (one.wish.basket_id, item.product.id)
            for one in granted
            if one.wish.basket_id is not None
            for part in one.parts
            for item in part.part.wanted
        ]
    )
    return placed


_CHECKOUTS = Rows(Checkout)
_ORDERS = Rows(Order)
_LINES = Rows(OrderLine)
_CHARGES = Rows(Charge)
_AMOUNTS = Rows(ChargeAmount)
_KEPT = Rows(IdempotentAnswer)
_REFERENCES_TAKEN = Prepared(sa.select(Order.reference).where(among(Order.reference, "drawn")))


def _draw_references(count: int) -> list[str]:
    """Return so many references that no order has; what is taken is drawn again."""
    found: dict[str, None] = {}
    while len(found) < count:
        drawn: dict[str, None] = {}
        while len(found) + len(drawn) < count:
            reference = make_reference(secrets.randbelow(REFERENCES))
            if reference not in found:
                drawn[reference] = None
        taken = {reference for (reference,) in _REFERENCES_TAKEN.run(drawn=list(drawn))}
        found |= {reference: None for reference in drawn if reference not in taken}
    return list(found)


def _new_order(
    number: tuple[int, str],
    checkout_id: int,
    part: GrantedPart,
    hold: timedelta,
    slack: timedelta,
    now: datetime,
) -> NewOrder:
    if part.quoting:
        return NewOrder(*number, checkout_id, part, now + QUOTE_WITHIN, now + QUOTE_WITHIN)
    return NewOrder(*number, checkout_id, part, now + hold, now + hold + slack)


def _checkout(checkout_id: int, one: Granted, now: datetime) -> dict[str, Any]:
    wish = one.wish
    return {
        "id": checkout_id,
        "key": wish.key,
        "link_hash": fingerprint(one.token),
        "buyer_name": wish.buyer_name,
        "phone": wish.phone,
        "country": wish.country,
        "village_code": wish.village_code,
        "street": wish.street,
        "area": wish.area,
        "postal_code": wish.postal_code,
        "note": wish.note,
        "source": wish.source,
        "language": wish.language,
        "placed_at": now,
    }


def _order(order: NewOrder, edition_id: int, now: datetime) -> dict[str, Any]:
    part = order.part
    return {
        "id": order.id,
        "reference": order.reference,
        "checkout_id": order.checkout_id,
        "edition_id": edition_id,
        "seller_id": part.part.seller_id,
        "turn_id": part.turn_id,
        "status": OrderStatus.QUOTING if part.quoting else OrderStatus.UNPAID,
        "goods_idr": part.goods_idr,
        "shipping_idr": part.option.price_idr,
        "shipping_full_idr": part.option.before_idr,
        "shipping_quote": part.option.facts,
        "total_idr": part.total_idr,
        "courier": part.option.courier,
        "weight_g": part.part.weight_g,
        "placed_at": now,
        "pay_before": order.pay_before,
        "release_at": order.release_at,
        "holds": part.holds,
    }


def _lines(order: NewOrder) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.id,
            "product_id": item.product.id,
            "name": item.product.name,
            "claim_code": item.product.claim_code,
            "price_idr": item.product.price_idr,
            "quantity": item.quantity,
            "amount_idr": item.amount_idr,
        }
        for item in order.part.part.wanted
    ]


def _held(order: NewOrder) -> list[Held]:
    if not order.part.holds:
        return []
    return [Held(order.id, item.product.id, item.quantity) for item in order.part.part.wanted]


def _worth(order: NewOrder) -> list[ledger.Entry]:
    return ledger.worth(
        "placed",
        OWED,
        PROMISED,
        order.part.goods_idr,
        order.part.option.price_idr,
        seller_id=order.part.part.seller_id,
        order_id=order.id,
    )


class _Asked(NamedTuple):
    """Requests for money: as they are told by order id, and as rows."""

    told: dict[int, Asked]
    charges: list[dict[str, Any]]
    amounts: list[dict[str, Any]]


def _ask(
    orders: Sequence[NewOrder], edition: Edition | Terms, charge: Charging, now: datetime
) -> _Asked:
    """Make a request for each order whose seller can be paid by QRIS."""
    accounts = charging.accounts_of({order.part.part.seller_id for order in orders})
    asked = [
        (accounts[order.part.part.seller_id], order)
        for order in orders
        if order.part.part.seller_id in accounts
        and order.part.total_idr <= charge.qris_max_idr
        and not order.part.quoting
    ]
    made = _Asked({}, [], [])
    if not asked:
        return made
    limit_idr = charge.qris_max_idr
    dynamic = charge.dynamic and edition.dynamic_qris
    sign = charging.sign_of(edition.unique_codes)
    codes = charging.codes_for(
        {(account.id, order.part.total_idr) for account, order in asked} if sign else (),
        sign=sign,
        limit_idr=limit_idr,
    )
    (charge_ids,) = draw_ids((Charge, len(asked)))
    for charge_id, (account, order) in zip(charge_ids, asked, strict=True):
        total_idr = order.part.total_idr
        code = codes.draw(account.id, total_idr) if sign else 0
        amount_idr = total_idr - code
        payload = charging.payload_for(
            account.payload, amount_idr, order.reference, limit_idr=limit_idr, dynamic=dynamic
        )
        made.told[order.id] = Asked(order.reference, amount_idr, payload, order.pay_before)
        made.charges.append(
            {
                "id": charge_id,
                "order_id": order.id,
                "account_id": account.id,
                "reference": order.reference,
                "method": charging.QRIS,
                "full_idr": total_idr,
                "unique_idr": code,
                "amount_idr": amount_idr,
                "qr_payload": payload,
                "created_at": now,
            }
        )
        if code:
            made.amounts.append(
                {
                    "charge_id": charge_id,
                    "account_id": account.id,
                    "amount_idr": amount_idr,
                    "free_at": order.release_at + charge.grace,
                }
            )
    return made


def _letter(order: NewOrder) -> Letter:
    wanted = order.part.part.wanted
    pieces = ", ".join(f"{item.quantity} × {item.product.name}" for item in wanted)
    return Letter(
        f"placed:{order.reference}",
        order.part.email,
        f"Pesanan baru {order.reference}",
        f"Pesanan {order.reference}: {pieces}. Barangnya disisihkan dan menunggu pembayaran; "
        "jangan dikemas dulu.",
    )


def _placed(one: Granted, orders: Sequence[NewOrder], asked: dict[int, Asked]) -> Placed:
    placed = Placed(one.token, [_placed_order(order) for order in orders], _asked_of(orders, asked))
    return replace(placed, told=one.wish.kept.tell(placed)) if one.wish.kept else placed


def _placed_order(order: NewOrder) -> PlacedOrder:
    part = order.part
    return PlacedOrder(order.id, order.reference, part.part.seller_id, part.total_idr, part.quoting)


def _asked_of(orders: Sequence[NewOrder], asked: dict[int, Asked]) -> list[Asked]:
    return [
        asked.get(order.id) or Asked(order.reference, order.part.total_idr, "", order.pay_before)
        for order in orders
        if not order.part.quoting
    ]


def _kept(kept: Kept, told: str, now: datetime) -> dict[str, Any]:
    return {
        "owner": kept.owner,
        "key": kept.key,
        "body_hash": kept.body_hash,
        "status": CREATED,
        "body": told,
        "kept_until": now + KEPT_FOR,
    }
