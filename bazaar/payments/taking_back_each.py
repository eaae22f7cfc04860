"""Booking out many payments at once, as when a large import is undone.

What is plain is done with a handful of statements for all of them: the one payment of an order that
it paid and of which nothing was packed, and money that counts for no order. Everything else goes
one by one, as `take_back` does it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from bazaar import audit, ledger, orders
from bazaar.audit import Actor
from bazaar.bulk import Rows
from bazaar.db import db
from bazaar.errors import Conflict
from bazaar.ledger import Entry
from bazaar.models import (
    Allocation,
    Book,
    Charge,
    MoneyCase,
    Order,
    OrderStatus,
    Parcel,
    ParcelLine,
    Payment,
    ReceivingAccount,
    Refund,
    Withdrawal,
)
from bazaar.payments import cases
from bazaar.payments.sums import STANDING, Standing
from bazaar.payments.taking_back import take_back, touched, withdrawn

_WITHDRAWALS = Rows(Withdrawal)
_ALLOCATIONS = Rows(Allocation)

ACTION = "payment.take_back"


class _Paid(NamedTuple):
    """A payment, and for what it was written down."""

    id: int
    amount_idr: int
    fee_idr: int
    method: str
    edition_id: int
    account_id: int | None
    order_id: int | None


class _Counts(NamedTuple):
    """All of a payment counts for an order, and nothing else does."""

    allocation_id: int
    payment_id: int
    order_id: int
    amount_idr: int
    rule: str


def take_back_each(
    payment_ids: Sequence[int], *, actor: Actor, why: str, now: datetime
) -> dict[int, Conflict | None]:
    """Book out payments as `take_back` does one; return by id why any stays, or None.

    What was refused is as it was before. All is one transaction of the caller's.
    """
    done = _take_plain(payment_ids, actor, why, now)
    outcomes: dict[int, Conflict | None] = dict.fromkeys(done)
    for payment_id in payment_ids:
        if payment_id not in outcomes:
            outcomes[payment_id] = _take_alone(payment_id, actor, why, now)
    return outcomes


def _take_alone(payment_id: int, actor: Actor, why: str, now: datetime) -> Conflict | None:
    try:
        with db.session.begin_nested():
            take_back(payment_id, actor=actor, why=why, now=now)
    except Conflict as refusal:
        return refusal
    return None


def _take_plain(
    payment_ids: Sequence[int], actor: Actor, why: str, now: datetime
) -> Collection[int]:
    """Book out those that are plain; return which."""
    standing = _lock(payment_ids)
    paid = _paid(payment_ids)
    counting, free = _plain(paid, standing)
    those = [paid[one.payment_id] for one in counting] + free
    if not those:
        return ()
    _WITHDRAWALS.insert(
        [
            {"payment_id": one.id, "why": why, "taken_at": now, "taken_by": actor.name}
            for one in those
        ]
    )
    subjects = _subjects(those, standing)
    _close_cases(free, actor, now)
    _let_wait(counting, actor, now)
    _book(those, counting, standing, now)
    _note(those, subjects, actor, why, now)
    return [one.id for one in those]


def _lock(payment_ids: Sequence[int]) -> dict[int, Standing]:
    """Lock the orders that these payments concern, then the payments; return the orders."""
    concerned: sa.CompoundSelect[Any] = sa.union(
        sa.select(Allocation.order_id).where(Allocation.payment_id.in_(payment_ids)),
        sa.select(MoneyCase.order_id).where(
            MoneyCase.payment_id.in_(payment_ids), MoneyCase.order_id.is_not(None)
        ),
        sa.select(Charge.order_id)
        .join(Payment, Payment.charge_id == Charge.id)
        .where(Payment.id.in_(payment_ids)),
    )
    order_ids = db.session.scalars(concerned).all()
    query = sa.select(*STANDING).where(Order.id.in_(order_ids)).order_by(Order.id)
    standing = {row[0]: Standing(*row) for row in db.session.execute(query.with_for_update()).all()}
    locked = sa.select(Payment.id).where(Payment.id.in_(payment_ids)).order_by(Payment.id)
    db.session.execute(locked.with_for_update()).all()
    return standing


def _paid(payment_ids: Sequence[int]) -> dict[int, _Paid]:
    """Return the payments that stand and of which nothing was given back, by id."""
    query = (
        sa.select(
            Payment.id,
            Payment.amount_idr,
            Payment.fee_idr,
            Payment.method,
            Payment.edition_id,
            Payment.account_id,
            Charge.order_id,
        )
        .outerjoin(Payment.charge)
        .where(
            Payment.id.in_(payment_ids),
            ~sa.exists().where(Withdrawal.payment_id == Payment.id),
            ~sa.exists().where(Refund.payment_id == Payment.id),
        )
    )
    return {row[0]: _Paid(*row) for row in db.session.execute(query)}


def _plain(
    paid: Mapping[int, _Paid], standing: Mapping[int, Standing]
) -> tuple[list[_Counts], list[_Paid]]:
    """Return those that alone paid their order, as they count for it, and those that count for none."""
    counted = set(
        db.session.scalars(
            sa.select(Allocation.payment_id).where(Allocation.payment_id.in_(paid)).distinct()
        )
    )
    free = [one for one in paid.values() if one.id not in counted]
    of_orders = {
        one.order_id for one in paid.values() if one.id in counted and one.order_id is not None
    }
    rows: dict[int, list[_Counts]] = {}
    query = sa.select(
        Allocation.id,
        Allocation.payment_id,
        Allocation.order_id,
        Allocation.amount_idr,
        Allocation.rule,
    ).where(sa.or_(Allocation.order_id.in_(of_orders), Allocation.payment_id.in_(counted)))
    for row in db.session.execute(query.order_by(Allocation.id)):
        rows.setdefault(row.order_id, []).append(_Counts(*row))
    of_payment = Counter(one.payment_id for some in rows.values() for one in some)
    alone = {
        order_id: some[0]
        for order_id, some in rows.items()
        if len(some) == 1
        and some[0].payment_id in paid
        and of_payment[some[0].payment_id] == 1
        and paid[some[0].payment_id].order_id == order_id
        and paid[some[0].payment_id].amount_idr == some[0].amount_idr
        and standing[order_id].status is OrderStatus.PAID
        and standing[order_id].total_idr > 0
    }
    for order_id in _not_alone(list(alone)):
        alone.pop(order_id, None)
    return [alone[order_id] for order_id in sorted(alone)], free


def _not_alone(order_ids: Sequence[int]) -> Collection[int]:
    """Return orders with more to think about: other money, cases, refunds, packed parcels."""
    several = (
        sa.select(Charge.order_id)
        .join(Payment, Payment.charge_id == Charge.id)
        .where(Charge.order_id.in_(order_ids))
        .group_by(Charge.order_id)
        .having(sa.func.count() > 1)
    )
    case = sa.select(MoneyCase.order_id).where(MoneyCase.order_id.in_(order_ids))
    of_payment = (
        sa.select(Allocation.order_id)
        .join(MoneyCase, MoneyCase.payment_id == Allocation.payment_id)
        .where(Allocation.order_id.in_(order_ids))
    )
    back = sa.select(Refund.order_id).where(Refund.order_id.in_(order_ids))
    packed = sa.select(Parcel.order_id).where(Parcel.order_id.in_(order_ids), touched())
    return set(db.session.scalars(sa.union(several, case, of_payment, back, packed)))


def _close_cases(free: Sequence[_Paid], actor: Actor, now: datetime) -> None:
    of = MoneyCase.payment_id.in_([one.id for one in free])
    db.session.execute(
        sa.update(MoneyCase)
        .where(of, MoneyCase.closed_at.is_(None))
        .values(closed_at=now, closed_by=actor.name, action=cases.TAKEN_BACK),
        execution_options={"synchronize_session": False},
    )


def _let_wait(counting: Sequence[_Counts], actor: Actor, now: datetime) -> None:
    """Take the payments off their orders, which wait for money again."""
    _ALLOCATIONS.insert(
        [
            {
                "payment_id": one.payment_id,
                "order_id": one.order_id,
                "amount_idr": -one.amount_idr,
                "rule": one.rule,
                "made_at": now,
                "made_by": actor.name,
                "reversal_of": one.allocation_id,
            }
            for one in counting
        ]
    )
    order_ids = [one.order_id for one in counting]
    of_orders = sa.select(Parcel.id).where(Parcel.order_id.in_(order_ids))
    db.session.execute(sa.delete(ParcelLine).where(ParcelLine.parcel_id.in_(of_orders)))
    db.session.execute(sa.delete(Parcel).where(Parcel.order_id.in_(order_ids)))
    waiting = orders.wait_again_each(order_ids, now=now)
    assert waiting == set(order_ids), "they are locked, and were paid"


def _book(
    those: Sequence[_Paid],
    counting: Sequence[_Counts],
    standing: Mapping[int, Standing],
    now: datetime,
) -> None:
    by_id = {one.id: one for one in those}
    sellers = _sellers_of(those, standing)
    by_edition: dict[int, list[Entry]] = {}
    for counts in counting:
        order, paid = standing[counts.order_id], by_id[counts.payment_id]
        entry = Entry(
            kind="allocation_back",
            debit=Book.BUYER,
            credit=Book.UNKNOWN,
            amount_idr=counts.amount_idr,
            seller_id=order.seller_id,
            order_id=order.id,
            account_id=paid.account_id,
            payment_id=paid.id,
            method=paid.method,
        )
        by_edition.setdefault(order.edition_id, []).append(entry)
    for one in those:
        by_edition.setdefault(one.edition_id, []).extend(withdrawn(one, sellers[one.id]))
    for edition_id, entries in sorted(by_edition.items()):
        ledger.book(edition_id, entries, now=now)


def _sellers_of(
    those: Sequence[_Paid], standing: Mapping[int, Standing]
) -> Mapping[int, int | None]:
    """Return whose books each payment is in: its order's seller, else its account's."""
    accounts = {one.account_id for one in those if one.account_id is not None}
    query = sa.select(ReceivingAccount.id, ReceivingAccount.seller_id)
    rows = db.session.execute(query.where(ReceivingAccount.id.in_(accounts)))
    of_account = {row.id: row.seller_id for row in rows}
    return {
        one.id: standing[one.order_id].seller_id
        if one.order_id is not None
        else of_account.get(one.account_id)
        for one in those
    }


def _subjects(those: Sequence[_Paid], standing: Mapping[int, Standing]) -> Mapping[int, str]:
    """Return what the trail says each payment is about: its order if it has one."""
    without = [one.id for one in those if one.order_id is None]
    query = (
        sa.select(MoneyCase.payment_id, sa.func.min(Order.reference))
        .join(Order, Order.id == MoneyCase.order_id)
        .where(MoneyCase.payment_id.in_(without))
        .group_by(MoneyCase.payment_id)
    )
    references: dict[int, str] = dict(db.session.execute(query).all())
    for one in those:
        if one.order_id is not None:
            references[one.id] = standing[one.order_id].reference
    return {
        one.id: f"order:{references[one.id]}" if one.id in references else f"payment:{one.id}"
        for one in those
    }


def _note(
    those: Sequence[_Paid], subjects: Mapping[int, str], actor: Actor, why: str, now: datetime
) -> None:
    """Write the trail; what is about one order is written one after the other."""
    rounds: list[dict[str, dict[str, object]]] = []
    turns: Counter[str] = Counter()
    for one in those:
        subject = subjects[one.id]
        if turns[subject] == len(rounds):
            rounds.append({})
        rounds[turns[subject]][subject] = {"amount_idr": one.amount_idr, "why": why}
        turns[subject] += 1
    for noted in rounds:
        audit.note_each(actor, ACTION, noted, now=now)
