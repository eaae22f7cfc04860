"""Many payments at once, as the lines of a statement bring them.

What is plain (the one payment of an order that waits, holds its goods and is exactly paid by it)
is written with a handful of statements for all of them; everything else goes one by one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bazaar import audit, ledger, orders, outbox
from bazaar.audit import Actor
from bazaar.bulk import Rows, among, draw_ids
from bazaar.db import Prepared, db
from bazaar.ledger import Entry
from bazaar.models import Allocation, Book, Charge, Order, OrderStatus, Payment, Seller
from bazaar.payments.receiving import Receipt, Received, action_of, receive
from bazaar.payments.settling import accept_proofs, letter_about
from bazaar.payments.sums import STANDING, Standing
from bazaar.rules import money
from bazaar.rules.money import Due, Outcome

_PAYMENTS = Rows(Payment)
_ALLOCATIONS = Rows(Allocation)


class _Plain(NamedTuple):
    """A payment that exactly pays its order."""

    payment_id: int
    received: Received
    order: Standing


class _Asked(NamedTuple):
    """A request for money."""

    id: int
    order_id: int
    account_id: int | None
    amount_idr: int


# Many values travel as one: in a statement of their own number each would be read anew.
_ORDERS_OF = Prepared(sa.select(Charge.order_id).where(among(Charge.id, "charge_ids")))
_CHARGES_OF = Prepared(
    sa.select(Charge.id, Charge.order_id, Charge.account_id, Charge.amount_idr)
    .where(among(Charge.order_id, "order_ids"))
    .order_by(Charge.id.desc())
)
_STANDING = Prepared(
    sa.select(*STANDING).where(among(Order.id, "order_ids")).order_by(Order.id).with_for_update()
)
_KNOWN_KEYS = Prepared(sa.select(Payment.key).where(among(Payment.key, "keys")))
_WITH_MONEY = Prepared(
    sa.union(
        sa.select(Allocation.order_id).where(among(Allocation.order_id, "order_ids")),
        sa.select(Charge.order_id)
        .join(Payment, Payment.charge_id == Charge.id)
        .where(among(Charge.order_id, "order_ids")),
    )
)


def receive_each(batch: Sequence[Received], *, actor: Actor, now: datetime) -> list[Receipt]:
    """Write down money that came, as `receive` does for one; return the receipts in this order.

    Nothing is kept by itself: should anything fail, the caller's transaction ends and all of them
    are told again. Several may be for one order.
    """
    plain = _write_plain(batch, actor, now)
    known = {one.received.key: Receipt(one.payment_id, Outcome.SERVED) for one in plain}
    receipts = []
    for received in batch:
        receipt = known.pop(received.key, None)
        receipts.append(receipt or receive(received, actor=actor, now=now, together=True))
    return receipts


def _write_plain(batch: Sequence[Received], actor: Actor, now: datetime) -> list[_Plain]:
    db.session.flush()
    charges = _charges_of(batch)
    orders_of = {charge.id: key for key, some in charges.items() for charge in some}
    wanted = [_with_ids(received, charges, orders_of) for received in batch]
    per_order = Counter(received.order_id for received in wanted)
    alone = [received for received in wanted if per_order[received.order_id] == 1]
    standing = _lock([received.order_id for received in alone if received.order_id])
    untouched = {
        key: received
        for key, received in ((received.key, received) for received in alone)
        if received.order_id in standing and _fits(received, standing[received.order_id], charges)
    }
    for key in _known_keys(list(untouched)):
        del untouched[key]
    of_orders = {one.order_id or 0: one for one in untouched.values()}
    for order_id in _with_money(list(of_orders)):
        del of_orders[order_id]
    paid = orders.mark_paid_each(sorted(of_orders), now=now)
    (ids,) = draw_ids((Payment, len(paid)))
    plain = [
        _Plain(payment_id, of_orders[order_id], standing[order_id])
        for payment_id, order_id in zip(ids, sorted(paid), strict=True)
    ]
    _PAYMENTS.insert([_payment(one, actor, now) for one in plain])
    _ALLOCATIONS.insert([_allocation(one, actor, now) for one in plain])
    _book(plain, now)
    _tell(plain, actor, now)
    return plain


def _charges_of(batch: Sequence[Received]) -> Mapping[int, Sequence[_Asked]]:
    """Return the requests of all orders concerned, newest first, by order id."""
    order_ids = {one.order_id for one in batch if one.order_id is not None}
    alone = [one.charge_id for one in batch if one.charge_id is not None and one.order_id is None]
    if alone:
        order_ids.update(order_id for (order_id,) in _ORDERS_OF.run(charge_ids=alone))
    found: dict[int, list[_Asked]] = {}
    for row in _CHARGES_OF.run(order_ids=sorted(order_ids)) if order_ids else ():
        charge = _Asked(*row)
        found.setdefault(charge.order_id, []).append(charge)
    return found


def _with_ids(
    received: Received, charges: Mapping[int, Sequence[_Asked]], orders_of: Mapping[int, int]
) -> Received:
    """Return it with the order of its request, or the request of its order."""
    if received.charge_id is not None:
        return replace(received, order_id=orders_of.get(received.charge_id))
    if received.order_id is None:
        return received
    asked = charges.get(received.order_id, ())
    same = (charge.id for charge in asked if charge.account_id == received.account_id)
    return replace(received, charge_id=next(same, asked[0].id if asked else None))


def _lock(order_ids: Sequence[int]) -> dict[int, Standing]:
    rows = _STANDING.run(order_ids=order_ids) if order_ids else ()
    found = (Standing(*row) for row in rows)
    # As the driver gives it a status is text.
    return {one.id: one._replace(status=OrderStatus(one.status)) for one in found}


def _fits(received: Received, order: Standing, charges: Mapping[int, Sequence[_Asked]]) -> bool:
    due = Due.of(order.total_idr, [charge.amount_idr for charge in charges.get(order.id, ())])
    verdict = money.decide(order.status, due, paid_idr=0, amount_idr=received.amount_idr)
    return verdict.outcome is Outcome.SERVED and received.edition_id == order.edition_id


def _known_keys(keys: Sequence[str]) -> Sequence[str]:
    return [key for (key,) in _KNOWN_KEYS.run(keys=keys)] if keys else []


def _with_money(order_ids: Sequence[int]) -> Sequence[int]:
    """Return which of these orders some money came for already."""
    found = _WITH_MONEY.run(order_ids=order_ids) if order_ids else ()
    return [order_id for (order_id,) in found]


def _payment(one: _Plain, actor: Actor, now: datetime) -> dict[str, object]:
    received = one.received
    return {
        "id": one.payment_id,
        "key": received.key,
        "charge_id": received.charge_id,
        "account_id": received.account_id,
        "edition_id": received.edition_id,
        "amount_idr": received.amount_idr,
        "fee_idr": received.fee_idr,
        "method": received.method,
        "source": received.source,
        "external_id": received.external_id,
        "payer": received.payer,
        "paid_at": received.paid_at,
        "received_at": now,
        "confirmed_by": actor.name,
        "note": received.note,
    }


def _allocation(one: _Plain, actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "payment_id": one.payment_id,
        "order_id": one.order.id,
        "amount_idr": one.received.amount_idr,
        "rule": one.received.rule,
        "made_at": now,
        "made_by": actor.name,
        "reversal_of": None,
    }


def _book(plain: Sequence[_Plain], now: datetime) -> None:
    by_edition: dict[int, list[Entry]] = {}
    for one in plain:
        by_edition.setdefault(one.order.edition_id, []).extend(_entries(one))
    for edition_id, entries in sorted(by_edition.items()):
        ledger.book(edition_id, entries, now=now)


def _entries(one: _Plain) -> list[Entry]:
    received, order = one.received, one.order
    missing_idr = order.total_idr - received.amount_idr
    given = (Book.DISCOUNT, Book.BUYER) if missing_idr > 0 else (Book.BUYER, Book.DISCOUNT)
    moved = (
        ("payment", Book.MONEY, Book.UNKNOWN, received.amount_idr),
        ("fee", Book.FEE, Book.MONEY, received.fee_idr),
        ("allocation", Book.UNKNOWN, Book.BUYER, received.amount_idr),
        ("difference", *given, abs(missing_idr)),
    )
    return [
        Entry(
            kind=kind,
            debit=debit,
            credit=credit,
            amount_idr=amount_idr,
            seller_id=order.seller_id,
            order_id=order.id,
            account_id=None if kind == "difference" else received.account_id,
            payment_id=None if kind == "difference" else one.payment_id,
            method="" if kind == "difference" else received.method,
        )
        for kind, debit, credit, amount_idr in moved
    ]


def _tell(plain: Sequence[_Plain], actor: Actor, now: datetime) -> None:
    """Write the trail, and to the sellers."""
    by_action: dict[str, dict[str, dict[str, object]]] = {}
    for one in plain:
        by_action.setdefault(action_of(one.received), {})[f"order:{one.order.reference}"] = {
            "amount_idr": one.received.amount_idr,
            "outcome": Outcome.SERVED.value,
            "rule": one.received.rule,
            "note": one.received.note,
        }
    for action, noted in by_action.items():
        audit.note_each(actor, action, noted, now=now)
    if plain:
        accept_proofs([one.order.id for one in plain], actor=actor, now=now)
    sellers = {one.order.seller_id for one in plain}
    query = sa.select(Seller.id, Seller.email).where(Seller.id.in_(sellers))
    emails = {row.id: row.email for row in db.session.execute(query)} if sellers else {}
    letters = [letter_about(one.order, emails[one.order.seller_id]) for one in plain]
    outbox.write_each(letters, now=now)
