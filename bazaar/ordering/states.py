"""How orders go on and end. Whatever moves worth is booked in the same transaction.

Every step is one conditional UPDATE: of a payment, a cancellation and the clock that meet at one
order, one comes first and the others find it changed.
"""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import sqlalchemy as sa

from bazaar import audit, catalog, ledger
from bazaar.audit import BUYER, CLOCK
from bazaar.catalog import Held
from bazaar.db import db
from bazaar.ledger import OWED, PROMISED, SOLD, Entry
from bazaar.models import (
    Allocation,
    Book,
    Charge,
    LedgerEntry,
    MoneyCase,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    Refund,
)
from bazaar.rules.order_states import Step, StepRefused, after, before

AT_ONCE = 200
"""How many orders one run of `expire_unpaid` ends at most."""


class Served(enum.Enum):
    """What became of an order whose money has come."""

    PAID = "paid"
    NOT_WAITING = "not_waiting"
    """It has ended or was paid before; its goods may belong to somebody else."""
    SOLD_OUT = "sold_out"
    """Whoever paid first got the goods. It stays unpaid, and expires."""


def serve(order_id: int, *, now: datetime) -> Served:
    """The money of an unpaid order has come: take the goods if none are held yet, and mark it paid.

    Unless it is PAID nothing was changed.
    """
    asked = sa.select(Order.holds).where(Order.id == order_id, Order.status.in_(before(Step.PAY)))
    holds = db.session.scalar(asked.with_for_update())
    if holds is None:
        return Served.NOT_WAITING
    if not holds and not _take_goods(order_id, now):
        return Served.SOLD_OUT
    moved = _move(order_id, Step.PAY, paid_at=now, holds=True)
    if moved is None:
        return Served.NOT_WAITING
    _book("paid", PROMISED, SOLD, [moved], now)
    return Served.PAID


def mark_paid(order_id: int, *, now: datetime) -> bool:
    """The money of an unpaid order has come. Returns False if that does not make it paid.

    An order that expired or was cancelled stays so: its goods may belong to somebody else.
    """
    return serve(order_id, now=now) is Served.PAID


def mark_paid_each(order_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Mark paid those of many orders that wait for money and hold their goods; return which.

    For the others ask `serve`, one by one.
    """
    statement = (
        sa.update(Order)
        .where(Order.id.in_(order_ids), Order.status.in_(before(Step.PAY)), Order.holds)
        .values(status=OrderStatus.PAID, paid_at=now)
        .returning(*_BOOKED)
        .execution_options(synchronize_session=False)
    )
    moved = [_Moved(*row) for row in db.session.execute(statement)] if order_ids else []
    if moved:
        _book("paid", PROMISED, SOLD, moved, now)
    return {one.id for one in moved}


def finish(order_id: int, *, now: datetime) -> bool:
    """The goods of a paid order have arrived. Returns False if it is not a paid one."""
    return _move(order_id, Step.FINISH, ended_at=now) is not None


def reopen(order_id: int) -> bool:
    """Goods that were said to have arrived have not. Returns False if the order is not done."""
    return _move(order_id, Step.REOPEN, ended_at=None) is not None


def call_off(order_id: int, *, now: datetime) -> bool:
    """End a paid order of which nothing was sent. Returns False if it is not a paid one.

    Its payment then shows among those that need a person: the money is to be given back.
    """
    moved = _move(order_id, Step.CALL_OFF, ended_at=now, paid_at=None)
    if moved is None:
        return False
    _book("called_off", SOLD, OWED, [moved], now, _discount_back([moved], "called_off"))
    return True


def wait_again(order_id: int, *, now: datetime) -> bool:
    """The money of a paid order never came: it waits again. Returns False if it is not a paid one.

    What was let be of its price is booked back. Its deadline stays, so the clock may end it.
    """
    moved = _move(order_id, Step.UNPAY, paid_at=None)
    if moved is None:
        return False
    _book("waits_again", SOLD, PROMISED, [moved], now, _discount_back([moved], "waits_again"))
    return True


def wait_again_each(order_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Let those of many orders that are paid wait again, as `wait_again` does; return which."""
    statement = (
        sa.update(Order)
        .where(Order.id.in_(order_ids), Order.status.in_(before(Step.UNPAY)))
        .values(status=OrderStatus.UNPAID, paid_at=None)
        .returning(*_BOOKED)
        .execution_options(synchronize_session=False)
    )
    moved = [_Moved(*row) for row in db.session.execute(statement)] if order_ids else []
    if moved:
        _book("waits_again", SOLD, PROMISED, moved, now, _discount_back(moved, "waits_again"))
    return {one.id for one in moved}


def cancel(order: Order, *, now: datetime) -> None:
    """The buyer does not want an unpaid order any more; its goods are for sale again.

    Raises StepRefused, also for the later of two clicks.
    """
    moved = _move(order.id, Step.CANCEL, ended_at=now)
    if moved is None:
        db.session.refresh(order)
        raise StepRefused(order.status, Step.CANCEL)
    catalog.give_back([order.id], now=now)
    _book("cancelled", PROMISED, OWED, [moved], now)
    audit.note(BUYER, "order.cancel", f"order:{order.reference}", now=now)


def expire_unpaid(now: datetime) -> int:
    """End unpaid orders whose goods are due back, and give those back. Returns how many ended.

    At most `AT_ONCE` a run. Several workers may run it at once: each order is claimed by one. An
    order for which money came that nobody has dealt with yet is left alone.
    """
    due = (
        sa.select(Order.id)
        .where(Order.status.in_(before(Step.EXPIRE)), Order.release_at <= now, ~_money_waits())
        .order_by(Order.release_at, Order.id)
        .limit(AT_ONCE)
    )
    waiting = sorted(db.session.scalars(due))
    moved = [_move(order_id, Step.EXPIRE, ~_money_waits(), ended_at=now) for order_id in waiting]
    ended = [one for one in moved if one]
    if ended:
        # After all claims and product by product, so that no two transactions wait in a circle.
        catalog.give_back([one.id for one in ended], now=now)
        _book("expired", PROMISED, OWED, ended, now)
        noted: dict[str, dict[str, int]] = {f"order:{one.reference}": {} for one in ended}
        audit.note_each(CLOCK, "order.expire", noted, now=now)
    return len(ended)


class _Moved(NamedTuple):
    """An order that has just taken a step, as far as booking it needs it."""

    id: int
    reference: str
    edition_id: int
    seller_id: int
    goods_idr: int
    shipping_idr: int


_BOOKED = tuple(getattr(Order, name) for name in _Moved._fields)


def _move(
    order_id: int,
    step: Step,
    *also: sa.ColumnElement[bool],
    **changes: datetime | bool | None,
) -> _Moved | None:
    """Take the step if the order's state allows it; return the order if this caller took it."""
    allowed = before(step)
    statement = (
        sa.update(Order)
        .where(Order.id == order_id, Order.status.in_(allowed), *also)
        .values(status=after(allowed[0], step), **changes)
        .returning(*_BOOKED)
        .execution_options(synchronize_session=False)
    )
    row = db.session.execute(statement).one_or_none()
    return _Moved(*row) if row else None


def _book(
    kind: str,
    debit: tuple[Book, Book],
    credit: tuple[Book, Book],
    moved: Sequence[_Moved],
    now: datetime,
    more: Mapping[int, Entry] = MappingProxyType({}),
) -> None:
    """Book the worth of these orders, with `more` of some by id, edition by edition."""
    by_edition: dict[int, list[Entry]] = {}
    for one in moved:
        entries = by_edition.setdefault(one.edition_id, [])
        entries.extend(
            ledger.worth(
                kind,
                debit,
                credit,
                one.goods_idr,
                one.shipping_idr,
                seller_id=one.seller_id,
                order_id=one.id,
            )
        )
        if one.id in more:
            entries.append(more[one.id])
    for edition_id, entries in sorted(by_edition.items()):
        ledger.book(edition_id, entries, now=now)


def _discount_back(moved: Sequence[_Moved], kind: str) -> Mapping[int, Entry]:
    """Return by order the entry by which the buyer gets nothing back that was never paid."""
    signed = sa.case(
        (LedgerEntry.debit == Book.DISCOUNT, LedgerEntry.amount_idr),
        (LedgerEntry.credit == Book.DISCOUNT, -LedgerEntry.amount_idr),
        else_=0,
    )
    query = (
        sa.select(LedgerEntry.order_id, sa.func.sum(signed))
        .where(LedgerEntry.order_id.in_([one.id for one in moved]))
        .group_by(LedgerEntry.order_id)
    )
    discounts = {order_id: int(idr) for order_id, idr in db.session.execute(query)}
    found = {}
    for one in moved:
        discount_idr = discounts.get(one.id, 0)
        of, to = Book.DISCOUNT, Book.BUYER
        if discount_idr < 0:
            of, to = to, of
        found[one.id] = Entry(
            kind=kind,
            debit=to,
            credit=of,
            amount_idr=abs(discount_idr),
            seller_id=one.seller_id,
            order_id=one.id,
        )
    return found


def _take_goods(order_id: int, now: datetime) -> bool:
    """Take what an order asks for, all of it or nothing; say whether there was enough."""
    lines = sa.select(OrderLine.product_id, OrderLine.quantity).where(
        OrderLine.order_id == order_id
    )
    pieces = [Held(order_id, *row) for row in db.session.execute(lines)]
    return catalog.hold_if_there(pieces, now=now)


def _money_waits() -> sa.ColumnElement[bool]:
    """Whether money came for the order that nobody has dealt with: no case of it was closed."""
    dealt_with = sa.or_(
        sa.exists().where(Allocation.payment_id == Payment.id),
        sa.exists().where(MoneyCase.payment_id == Payment.id),
        sa.exists().where(Refund.payment_id == Payment.id),
    )
    just_came = (
        sa.exists()
        .where(Charge.order_id == Order.id, Payment.charge_id == Charge.id, ~dealt_with)
        .correlate(Order)
    )
    case = sa.exists().where(MoneyCase.order_id == Order.id, MoneyCase.closed_at.is_(None))
    return sa.or_(just_came, case.correlate(Order))
