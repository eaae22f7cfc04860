"""Placing orders: goods held, orders written, worth booked, in one transaction.

The hot path: Core statements that are compiled once, and as few of them as possible.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bazaar import audit, baskets, broadcast, catalog, ledger, rates
from bazaar.audit import BUYER
from bazaar.catalog import Held, OutOfStock
from bazaar.db import Prepared, db
from bazaar.editions import Terms
from bazaar.ledger import OWED, PROMISED
from bazaar.models import Checkout, Edition, Order, OrderLine, OrderStatus
from bazaar.orders.wishes import (
    CheckoutWish,
    EmptyBasket,
    Part,
    Placed,
    PlacedOrder,
    SellerClosed,
    TotalChanged,
    parts_of,
)
from bazaar.rules import shipping
from bazaar.rules.references import REFERENCES, make_reference
from bazaar.rules.shipping import ShippingOption
from bazaar.tokens import Links, fingerprint

QUOTE_WITHIN = timedelta(hours=48)
"""So long an order abroad holds its goods while its shipping fee is worked out."""


def place(
    wish: CheckoutWish, *, edition: Edition | Terms, links: Links, slack: timedelta, now: datetime
) -> Placed:
    """Hold the goods and write one unpaid order a seller, all under one checkout.

    Prices, names and shipping fees are fixed now. The buyer has the edition's `hold_minutes` to
    pay; the goods are given back `slack` after that. The same key again changes nothing and gives
    the same link. Raises EmptyBasket, SellerClosed, OutOfStock, NoRate, TotalChanged; then the
    caller's transaction ends and nothing stays held.
    """
    if not wish.wanted:
        raise EmptyBasket
    parts = _with_options(parts_of(wish.wanted), wish, now)
    total_idr = sum(part.goods_idr + option.price_idr for part, option in parts)
    if wish.agreed_idr is not None and wish.agreed_idr != total_idr:
        raise TotalChanged(wish.agreed_idr, total_idr)
    token = links.token("order", wish.key)
    checkout_id = _insert_checkout(wish, token, now)
    if checkout_id is None:
        return Placed(token)
    deadlines = {
        "placed_at": now,
        "pay_before": now + timedelta(minutes=edition.hold_minutes),
        "release_at": now + timedelta(minutes=edition.hold_minutes) + slack,
    }
    placed = [
        _insert_order(
            part, option, deadlines | {"checkout_id": checkout_id, "edition_id": edition.id}
        )
        for part, option in parts
    ]
    _hold(placed, [part for part, _ in parts], now)
    ordered = [item.product.id for item in wish.wanted]
    if wish.basket_id is not None and not baskets.clear(wish.basket_id, ordered):
        raise EmptyBasket
    worth = [
        entry
        for order, (part, option) in zip(placed, parts, strict=True)
        for entry in ledger.worth(
            "placed",
            OWED,
            PROMISED,
            part.goods_idr,
            option.price_idr,
            seller_id=order.seller_id,
            order_id=order.id,
        )
    ]
    ledger.book(edition.id, worth, now=now)
    noted = {f"order:{order.reference}": {"total_idr": order.total_idr} for order in placed}
    audit.note_each(BUYER, "order.place", noted, now=now)
    return Placed(token, placed)


_LINES = Prepared(sa.insert(OrderLine).inline())
_INSERTS = {
    name: (
        Prepared(dialect.insert(Checkout).on_conflict_do_nothing().returning(Checkout.id)),
        Prepared(
            dialect.insert(Order)
            .values(turn_id=broadcast.TURN_ID_ON_AIR)
            .on_conflict_do_nothing()
            .returning(Order.id)
        ),
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def _with_options(
    parts: Sequence[Part], wish: CheckoutWish, now: datetime
) -> Sequence[tuple[Part, ShippingOption]]:
    """Pair each part, all of it on offer, with what its courier asks."""
    for part in parts:
        if not part.wanted[0].product.seller.active:
            raise SellerClosed(part.wanted[0].product.seller.name)
        for item in part.wanted:
            if not item.product.active:
                raise OutOfStock(item.product.id, item.product.name, 0)
    quotes = rates.quotes(country=wish.country, village_code=wish.village_code, now=now)
    return [(part, _option_of(part, wish, quotes)) for part in parts]


def _option_of(part: Part, wish: CheckoutWish, quotes: rates.Quotes) -> ShippingOption:
    offered = wish.offered.get(part.seller_id)
    goods = {"seller_id": part.seller_id, "goods_idr": part.goods_idr}
    if offered is not None:
        return shipping.with_free([offered], quotes.free, **goods)[0]
    return quotes.get_option(
        part.weight_g, wish.couriers.get(part.seller_id, ""), part.box, **goods
    )


def _insert_checkout(wish: CheckoutWish, token: str, now: datetime) -> int | None:
    """Write the checkout; None if another click with the same key was first."""
    insert, _ = _INSERTS[db.engine.dialect.name]
    written = insert.run(
        key=wish.key,
        link_hash=fingerprint(token),
        buyer_name=wish.buyer_name,
        phone=wish.phone,
        country=wish.country,
        village_code=wish.village_code,
        street=wish.street,
        area=wish.area,
        postal_code=wish.postal_code,
        note=wish.note,
        source=wish.source,
        language=wish.language,
        placed_at=now,
    )
    checkout_id: int | None = written.scalar()
    return checkout_id


def _insert_order(part: Part, option: ShippingOption, common: dict[str, Any]) -> PlacedOrder:
    _, insert = _INSERTS[db.engine.dialect.name]
    quoting = option.courier == shipping.ASKED
    if quoting:
        until = common["placed_at"] + QUOTE_WITHIN
        common = common | {"pay_before": until, "release_at": until}
    row = common | {
        "seller_id": part.seller_id,
        "of_seller": part.seller_id,
        "at": common["placed_at"],
        "status": OrderStatus.QUOTING if quoting else OrderStatus.UNPAID,
        "goods_idr": part.goods_idr,
        "shipping_idr": option.price_idr,
        "shipping_full_idr": option.before_idr,
        "shipping_quote": option.facts,
        "total_idr": part.goods_idr + option.price_idr,
        "courier": option.courier,
        "weight_g": part.weight_g,
        "holds": True,
    }
    while True:  # a reference that is taken is drawn again
        reference = make_reference(secrets.randbelow(REFERENCES))
        order_id = insert.run(**row, reference=reference).scalar()
        if order_id is not None:
            return PlacedOrder(order_id, reference, part.seller_id, row["total_idr"], quoting)


def _hold(placed: Sequence[PlacedOrder], parts: Sequence[Part], now: datetime) -> None:
    """Take the goods, then write the lines: on PostgreSQL a line locks its product's row."""
    items = [
        (order.id, item) for order, part in zip(placed, parts, strict=True) for item in part.wanted
    ]
    catalog.hold(
        [Held(order_id, item.product.id, item.quantity) for order_id, item in items], now=now
    )
    _LINES.run_each(
        [
            {
                "order_id": order_id,
                "product_id": item.product.id,
                "name": item.product.name,
                "claim_code": item.product.claim_code,
                "price_idr": item.product.price_idr,
                "quantity": item.quantity,
                "amount_idr": item.amount_idr,
            }
            for order_id, item in items
        ],
    )
