"""Money worked out again, for `flask audit`: rows against each other and against the books."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.sql.selectable import ScalarSelect

from bazaar.db import db
from bazaar.models import (
    Allocation,
    Book,
    CaseKind,
    Charge,
    LedgerEntry,
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    Refund,
    Withdrawal,
)
from bazaar.models.ledger import IMMUTABLE

Told = tuple[str, str, object, object]
"""What was checked, about what, what was expected and what was found."""

SERVED = (OrderStatus.PAID, OrderStatus.DONE)
LET_GO = (OrderStatus.EXPIRED, OrderStatus.CANCELLED)


def _nothing_counts_twice() -> Iterator[Told]:
    """No more of a payment counts for orders, or was given back, than it brought.

    Nor was more given back of what counts for orders than counts for them.
    """
    query = sa.select(Payment.id, Payment.amount_idr, _allocated(), _given_back()).where(
        sa.or_(
            _allocated() + _given_back() > Payment.amount_idr,
            _allocated() < _given_back(of_orders=True),
            sa.and_(_withdrawn(), _allocated() + _given_back() != 0),
        )
    )
    for payment_id, amount_idr, allocated, back in db.session.execute(query):
        found = (int(allocated), int(back))
        yield "allocations", f"payment {payment_id}", f"at most {amount_idr}", found


def _payments_are_in_the_books() -> Iterator[Told]:
    """Every payment came into the books, and what of it counts for nothing is unknown there."""
    money = _booked(Book.MONEY, LedgerEntry.payment_id == Payment.id, LedgerEntry.kind == "payment")
    unknown = _booked(Book.UNKNOWN, LedgerEntry.payment_id == Payment.id)
    query = sa.select(Payment.id, Payment.amount_idr, money, _free(), -unknown).where(
        sa.or_(money != Payment.amount_idr, _free() != -unknown)
    )
    for payment_id, amount_idr, booked, free, found in db.session.execute(query):
        expected = (amount_idr, int(free))
        yield "books", f"payment {payment_id}", expected, (int(booked), int(found))


def _what_is_free_needs_a_person() -> Iterator[Told]:
    """Money that counts for nothing is at stake in exactly one open case."""
    at_stake = (
        sa.select(sa.func.coalesce(sa.func.sum(MoneyCase.amount_idr), 0))
        .where(
            MoneyCase.payment_id == Payment.id,
            MoneyCase.closed_at.is_(None),
            MoneyCase.kind != CaseKind.UNDER,
            ~_counted_case(),
        )
        .correlate(Payment)
        .scalar_subquery()
    )
    query = sa.select(Payment.id, _free(), at_stake).where(_free() != at_stake)
    for payment_id, free, found in db.session.execute(query):
        yield "unknown money", f"payment {payment_id}", int(free), int(found)


def _orders_are_paid_for() -> Iterator[Told]:
    """A paid order has what the least of its requests asks for; one that waits has less."""
    counted, smaller = _counted(), _least()
    accepted = _booked(Book.DISCOUNT, LedgerEntry.order_id == Order.id, of=Order)
    query = sa.select(Order.reference, Order.status, smaller, counted).where(
        sa.or_(
            sa.and_(Order.status.in_(SERVED), counted + accepted < smaller),
            sa.and_(Order.status == OrderStatus.UNPAID, counted - _back_of_order() >= smaller),
            sa.and_(Order.status == OrderStatus.QUOTING, counted != 0),
        )
    )
    for reference, status, expected, found in db.session.execute(query):
        word = "at least" if status in SERVED else "less than"
        subject = f"order {reference} is {status.value}"
        yield "payment", subject, f"{word} {int(expected)}", int(found)


def _what_is_missing_is_told() -> Iterator[Told]:
    """An order that was paid in part has one open case, which says what is missing; no other has."""
    of_too_little = (
        MoneyCase.order_id == Order.id,
        MoneyCase.kind == CaseKind.UNDER,
        MoneyCase.closed_at.is_(None),
    )
    cases = sa.select(sa.func.count()).where(*of_too_little).correlate(Order).scalar_subquery()
    told = sa.select(sa.func.sum(MoneyCase.amount_idr)).where(*of_too_little).correlate(Order)
    told_idr = _zero(told.scalar_subquery())
    counts_idr = _counted() - _back_of_order()
    missing_idr = sa.case((counts_idr > 0, _least() - counts_idr), else_=0)
    wanted = sa.case((counts_idr > 0, 1), else_=0)
    query = sa.select(Order.reference, wanted, missing_idr, cases, told_idr).where(
        Order.status == OrderStatus.UNPAID, sa.or_(wanted != cases, missing_idr != told_idr)
    )
    for reference, *expected_and_found in db.session.execute(query):
        one, missing, several, found = (int(each) for each in expected_and_found)
        yield "paid in part", f"order {reference}", (one, missing), (several, found)


def _ended_orders_keep_no_money() -> Iterator[Told]:
    """What was paid for an order that ended unserved is in a case until it is given back."""
    case = sa.exists().where(MoneyCase.order_id == Order.id, MoneyCase.closed_at.is_(None))
    query = sa.select(Order.reference, _counted() - _back_of_order()).where(
        Order.status.in_(LET_GO), _counted() != _back_of_order(), ~case
    )
    for reference, found in db.session.execute(query):
        yield "money of an ended order", f"order {reference}", 0, int(found)


def _books_agree_with_allocations() -> Iterator[Told]:
    """What the books say was paid for an order is what was allocated to it."""
    kinds = LedgerEntry.kind.in_(["allocation", "allocation_back", "refund"])
    booked = _booked(Book.BUYER, LedgerEntry.order_id == Order.id, kinds, of=Order)
    query = sa.select(Order.reference, _counted() - _back_of_order(), -booked).where(
        _counted() - _back_of_order() != -booked
    )
    for reference, expected, found in db.session.execute(query):
        yield "books", f"order {reference}", int(expected), int(found)


def _nobody_can_change_the_books() -> Iterator[Told]:
    """The triggers stand that refuse to change or delete what is only ever inserted."""
    if db.engine.dialect.name == "sqlite":
        query = sa.text(
            "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger'"
            " AND name LIKE '%_no_%' GROUP BY tbl_name"
        )
        wanted = 2
    else:
        query = sa.text(
            "SELECT c.relname, count(*) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%_immutable' AND t.tgenabled <> 'D'"
            " GROUP BY c.relname"
        )
        wanted = 1
    found = {row[0]: row[1] for row in db.session.execute(query)}
    for table in IMMUTABLE:
        if found.get(table, 0) < wanted:
            yield "triggers", f"table {table}", wanted, found.get(table, 0)


Sum = sa.ColumnElement[int]


def _zero(total: ScalarSelect[int]) -> Sum:
    return sa.func.coalesce(total, 0)


def _allocated() -> Sum:
    query = sa.select(sa.func.sum(Allocation.amount_idr)).correlate(Payment)
    return _zero(query.where(Allocation.payment_id == Payment.id).scalar_subquery())


def _given_back(*, of_orders: bool = False) -> Sum:
    """What was given back of what counts for nothing, or of what counts for orders."""
    query = sa.select(sa.func.sum(Refund.amount_idr)).correlate(Payment)
    whose = Refund.order_id.is_not(None) if of_orders else Refund.order_id.is_(None)
    return _zero(query.where(Refund.payment_id == Payment.id, whose).scalar_subquery())


def _withdrawn() -> sa.ColumnElement[bool]:
    return sa.exists().where(Withdrawal.payment_id == Payment.id).correlate(Payment)


def _free() -> Sum:
    return sa.case((_withdrawn(), 0), else_=Payment.amount_idr - _allocated() - _given_back())


def _counted() -> Sum:
    query = sa.select(sa.func.sum(Allocation.amount_idr)).correlate(Order)
    return _zero(query.where(Allocation.order_id == Order.id).scalar_subquery())


def _least() -> Sum:
    """The least of an order's total and what its requests ask for."""
    asked = sa.select(sa.func.min(Charge.amount_idr)).where(Charge.order_id == Order.id)
    least = sa.func.coalesce(asked.correlate(Order).scalar_subquery(), Order.total_idr)
    return sa.case((least < Order.total_idr, least), else_=Order.total_idr)


def _back_of_order() -> Sum:
    query = sa.select(sa.func.sum(Refund.amount_idr)).correlate(Order)
    return _zero(query.where(Refund.order_id == Order.id).scalar_subquery())


def _counted_case() -> sa.ColumnElement[bool]:
    """Whether what the case is about counts for its order, which ended after it was paid."""
    return sa.and_(
        MoneyCase.kind == CaseKind.CANCELLED,
        sa.exists()
        .where(
            Allocation.payment_id == MoneyCase.payment_id,
            Allocation.order_id == MoneyCase.order_id,
        )
        .correlate(MoneyCase),
    )


def _booked(
    book: Book, *where: sa.ColumnElement[bool], of: type[Payment] | type[Order] = Payment
) -> Sum:
    """Return what lies in a book: debits less credits."""
    signed = sa.case((LedgerEntry.debit == book, LedgerEntry.amount_idr), else_=0) - sa.case(
        (LedgerEntry.credit == book, LedgerEntry.amount_idr), else_=0
    )
    query = sa.select(sa.func.sum(signed)).where(*where).correlate(of)
    return _zero(query.scalar_subquery())


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _nothing_counts_twice,
    _payments_are_in_the_books,
    _what_is_free_needs_a_person,
    _orders_are_paid_for,
    _what_is_missing_is_told,
    _ended_orders_keep_no_money,
    _books_agree_with_allocations,
    _nobody_can_change_the_books,
)
