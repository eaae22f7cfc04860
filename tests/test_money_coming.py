"""Every kind of money that comes: what it does, what is booked, and that nothing is lost."""

import threading

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments, shipments
from bazaar.audit import Actor
from bazaar.db import db, reading, transaction
from bazaar.models import (
    Allocation,
    Book,
    CaseKind,
    LedgerEntry,
    MoneyCase,
    Order,
    OrderStatus,
    Parcel,
    Payment,
    Refund,
)
from bazaar.payments import Back, BuiltUpon, Outcome, Received, TooMuchBack, WasGivenBack
from tests.builders import HOST, a_product, a_sticker, an_order

TOTAL = 62_000
STATEMENT = Actor("committee:2", "Dewi")


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    return an_order(product, quantity=2)


def came(order, amount_idr=TOTAL, key="baris-1", **more):
    """Money for an order as a statement tells of it."""
    account = payments.find_account(order.seller_id)
    fields = {
        "source": "midtrans",
        "method": "qris",
        "rule": "M3",
        "edition_id": order.edition_id,
        "account_id": account.id if account else None,
        "order_id": order.id,
    }
    return Received(key=key, amount_idr=amount_idr, **fields | more)


def receive(order, amount_idr=TOTAL, key="baris-1", *, now, **more):
    return payments.receive(came(order, amount_idr, key, **more), actor=STATEMENT, now=now)


def status_of(order):
    db.session.refresh(order)
    return order.status


def counted(order):
    query = sa.select(sa.func.sum(Allocation.amount_idr)).where(Allocation.order_id == order.id)
    return int(db.session.scalar(query) or 0)


def balance(book, **of):
    """What lies in a book: debits less credits."""
    signed = sa.case((LedgerEntry.debit == book, LedgerEntry.amount_idr), else_=0) - sa.case(
        (LedgerEntry.credit == book, LedgerEntry.amount_idr), else_=0
    )
    return int(db.session.scalar(sa.select(sa.func.sum(signed)).filter_by(**of)) or 0)


def open_cases():
    query = sa.select(MoneyCase).where(MoneyCase.closed_at.is_(None)).order_by(MoneyCase.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def kinds():
    return [(case.kind, case.amount_idr) for case in open_cases()]


# What fits


def test_the_right_sum_serves_the_order(order, now):
    receipt = receive(order, now=now)

    assert receipt.outcome is Outcome.SERVED
    assert status_of(order) is OrderStatus.PAID
    assert (counted(order), kinds()) == (TOTAL, [])
    assert balance(Book.BUYER) == 0
    assert balance(Book.MONEY) == TOTAL
    assert balance(Book.UNKNOWN) == 0
    assert inspection.differences() == []


def test_the_same_key_again_does_nothing(order, now):
    first = receive(order, now=now)
    again = receive(order, now=now)

    assert again.outcome is Outcome.REPEATED
    assert again.payment_id == first.payment_id
    assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1


def test_a_gateways_fee_is_booked(order, now):
    receive(order, now=now, fee_idr=434, source="midtrans")

    assert (balance(Book.MONEY), balance(Book.FEE)) == (TOTAL - 434, 434)


# What does not fit: one row of the table each


def test_too_little_counts_and_the_rest_completes_it(order, now):
    receipt = receive(order, 40_000, now=now)
    assert receipt.outcome is Outcome.UNDER
    assert (status_of(order), counted(order)) == (OrderStatus.UNPAID, 40_000)
    assert kinds() == [(CaseKind.UNDER, 22_000)]
    assert balance(Book.UNKNOWN) == 0

    again = receive(order, 2_000, key="baris-2", now=now)
    assert again.outcome is Outcome.UNDER
    assert kinds() == [(CaseKind.UNDER, 20_000)]

    rest = receive(order, 20_000, key="baris-3", now=now)
    assert rest.outcome is Outcome.SERVED
    assert (status_of(order), counted(order), kinds()) == (OrderStatus.PAID, TOTAL, [])
    assert balance(Book.BUYER) == 0
    assert inspection.differences() == []


def test_too_much_pays_and_leaves_the_rest_to_a_person(order, now):
    receipt = receive(order, 70_000, now=now)

    assert receipt.outcome is Outcome.OVER
    assert (status_of(order), counted(order)) == (OrderStatus.PAID, TOTAL)
    assert kinds() == [(CaseKind.OVER, 8_000)]
    assert balance(Book.UNKNOWN) == -8_000
    assert inspection.differences() == []


def test_money_for_a_paid_order_is_extra(order, now):
    receive(order, now=now)

    receipt = receive(order, key="baris-2", now=now)

    assert receipt.outcome is Outcome.EXTRA
    assert kinds() == [(CaseKind.EXTRA, TOTAL)]
    assert counted(order) == TOTAL
    assert balance(Book.UNKNOWN) == -TOTAL


def test_money_after_expiry_is_late(order):
    due = order.release_at
    orders.expire_unpaid(due)

    receipt = receive(order, now=due)

    assert receipt.outcome is Outcome.LATE
    assert (status_of(order), counted(order)) == (OrderStatus.EXPIRED, 0)
    assert [case.order_id for case in open_cases()] == [order.id]
    assert inspection.differences() == []


def test_money_after_the_buyers_deadline_still_serves_while_the_goods_are_held(order):
    receipt = receive(order, now=order.pay_before)

    assert receipt.outcome is Outcome.SERVED


def test_money_after_cancellation_needs_a_person(order, now):
    orders.cancel(order, now=now)

    assert receive(order, now=now).outcome is Outcome.CANCELLED
    assert status_of(order) is OrderStatus.CANCELLED
    assert kinds() == [(CaseKind.CANCELLED, TOTAL)]


def test_money_for_nothing_known(order, now):
    receipt = receive(order, now=now, order_id=None)

    assert receipt.outcome is Outcome.UNKNOWN
    (case,) = open_cases()
    assert (case.kind, case.order_id, case.facts) == (CaseKind.UNKNOWN, None, {})
    assert balance(Book.UNKNOWN) == -TOTAL


def test_money_for_one_of_several(order, now):
    other = an_order(a_product(seller=order.seller))

    receipt = receive(order, now=now, order_id=None, candidates=(order.id, other.id))

    assert receipt.outcome is Outcome.AMBIGUOUS
    (case,) = open_cases()
    assert case.facts == {"candidates": [order.reference, other.reference]}


def test_whoever_pays_second_finds_the_goods_gone(app, now):
    product = a_product(price_idr=25_000, stock=5)
    a_sticker(product.seller)
    late = an_order(product, quantity=5)
    late.holds = False
    db.session.execute(sa.text("DELETE FROM stock_moves WHERE order_id = :id"), {"id": late.id})
    product.stock = 0
    db.session.flush()

    receipt = receive(late, late.total_idr, now=now)

    assert receipt.outcome is Outcome.SOLD_OUT
    assert (status_of(late), counted(late)) == (OrderStatus.UNPAID, 0)
    assert kinds() == [(CaseKind.SOLD_OUT, late.total_idr)]


def test_what_a_person_confirmed_and_a_statement_shows_is_one_payment(order, now):
    charge = payments.get_charge(order.reference)
    payments.confirm(charge, actor=HOST, now=now)

    receipt = receive(order, now=now, source="statement")

    assert receipt.outcome is Outcome.REPEATED
    assert [payment.id for payment in db.session.scalars(sa.select(Payment))] == [
        receipt.payment_id
    ]


def test_a_person_confirming_what_a_statement_brought_changes_nothing(order, now):
    receive(order, now=now)

    charge = payments.get_charge(order.reference)
    assert payments.confirm(charge, actor=HOST, now=now) is Outcome.REPEATED
    assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1


# Serving that failed


def test_a_payment_whose_serving_failed_stands_and_is_settled_later(order, now, monkeypatch):
    def broken(*_, **__):
        raise ConnectionError

    reference = order.reference
    db.session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(orders, "serve", broken)
        with pytest.raises(ConnectionError), transaction():
            payments.confirm(payments.get_charge(reference), actor=HOST, now=now)
    assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1
    assert status_of(order) is OrderStatus.UNPAID

    assert payments.settle_left(now) == 0
    later = now + payments.LEFT_ALONE * 2
    assert payments.settle_left(later) == 1
    assert payments.settle_left(later) == 0
    assert status_of(order) is OrderStatus.PAID
    assert inspection.differences() == []


def test_telling_of_it_again_goes_on_where_it_broke_off(order, now, monkeypatch):
    db.session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(orders, "serve", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction():
            receive(order, now=now)

    assert receive(order, now=now).outcome is Outcome.SERVED


def test_together_nothing_is_kept_until_the_caller_keeps_it(order, now):
    db.session.commit()
    with pytest.raises(RuntimeError), transaction():
        payments.receive(came(order), actor=STATEMENT, now=now, together=True)
        raise RuntimeError

    assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 0


# Giving back


def test_giving_back_extra_money_closes_its_case(order, now):
    receive(order, now=now)
    extra = receive(order, key="baris-2", now=now)

    refund = payments.give_back(
        extra.payment_id, TOTAL, Back("bank", "TRF-9"), key="k1", actor=HOST, now=now
    )
    again = payments.give_back(
        extra.payment_id, TOTAL, Back("bank", "TRF-9"), key="k1", actor=HOST, now=now
    )

    assert again.id == refund.id
    assert (refund.order_id, refund.amount_idr, refund.reference) == (None, TOTAL, "TRF-9")
    assert (kinds(), balance(Book.UNKNOWN), balance(Book.MONEY)) == ([], 0, TOTAL)
    assert inspection.differences() == []


def test_no_more_is_given_back_than_there_is(order, now):
    extra = receive(order, now=now, order_id=None)
    payments.give_back(extra.payment_id, 60_000, Back("bank"), key="k1", actor=HOST, now=now)
    assert len(open_cases()) == 1

    with pytest.raises(TooMuchBack) as refused:
        payments.give_back(extra.payment_id, 2_001, Back("bank"), key="k2", actor=HOST, now=now)
    assert "Rp2.000" in str(refused.value)
    payments.give_back(extra.payment_id, 2_000, Back("bank"), key="k3", actor=HOST, now=now)
    assert open_cases() == []


def test_money_of_a_called_off_order_goes_back_from_what_the_buyer_is_owed(order, now):
    receipt = receive(order, now=now)
    orders.call_off(order.id, now=now)

    refund = payments.give_back(
        receipt.payment_id, TOTAL, Back("bank"), key="k1", actor=HOST, now=now
    )

    assert refund.order_id == order.id
    assert (balance(Book.BUYER), balance(Book.MONEY)) == (0, 0)


def test_two_treasurers_give_the_same_money_back_once(app, order, now):
    receive(order, now=now)
    payment_id = receive(order, key="baris-2", now=now).payment_id
    db.session.commit()

    def give(key):
        try:
            payments.give_back(payment_id, TOTAL, Back("bank"), key=key, actor=HOST, now=now)
        except TooMuchBack:
            return "refused"
        return "given"

    assert sorted(at_once(app, lambda: give("a"), lambda: give("b"))) == ["given", "refused"]
    with reading():
        assert db.session.scalars(sa.select(Refund.amount_idr)).all() == [TOTAL]


# Taking back


def test_an_undone_line_leaves_its_order_waiting_again(order, now):
    receipt = receive(order, now=now)
    shipments.open_parcels(now)
    assert db.session.scalar(sa.select(sa.func.count(Parcel.id))) == 1

    assert payments.take_back(receipt.payment_id, actor=HOST, why="salah berkas", now=now)
    assert not payments.take_back(receipt.payment_id, actor=HOST, why="salah berkas", now=now)

    assert (status_of(order), counted(order)) == (OrderStatus.UNPAID, 0)
    assert order.paid_at is None
    assert db.session.scalar(sa.select(sa.func.count(Parcel.id))) == 0
    assert (balance(Book.MONEY), balance(Book.UNKNOWN), balance(Book.BUYER)) == (0, 0, TOTAL)
    assert inspection.differences() == []
    assert receive(order, key="baris-2", now=now).outcome is Outcome.SERVED
    shipments.open_parcels(now)
    assert inspection.differences() == []


def test_what_a_person_confirmed_by_mistake_can_be_confirmed_again(order, now):
    charge = payments.get_charge(order.reference)
    payments.confirm(charge, actor=HOST, now=now)
    payment_id = db.session.scalars(sa.select(Payment.id)).one()
    payments.take_back(payment_id, actor=HOST, why="salah pesanan", now=now)

    assert payments.confirm(charge, actor=HOST, now=now) is Outcome.SERVED


def test_nothing_is_taken_back_once_the_parcel_was_packed(order, now):
    receipt = receive(order, now=now)
    shipments.open_parcels(now)
    shipments.pack(shipments.get_parcel_of(order.id), actor=HOST, now=now)

    with pytest.raises(BuiltUpon) as refused:
        payments.take_back(receipt.payment_id, actor=HOST, why="", now=now)
    assert order.reference in str(refused.value)


def test_nothing_is_taken_back_once_money_was_given_back(order, now):
    receive(order, now=now)
    extra = receive(order, key="baris-2", now=now)
    payments.give_back(extra.payment_id, 1, Back("bank"), key="k1", actor=HOST, now=now)

    with pytest.raises(WasGivenBack):
        payments.take_back(extra.payment_id, actor=HOST, why="", now=now)


def test_taking_back_a_late_payment_closes_its_case(order):
    due = order.release_at
    orders.expire_unpaid(due)
    receipt = receive(order, now=due)

    payments.take_back(receipt.payment_id, actor=HOST, why="salah", now=due)

    assert (kinds(), balance(Book.UNKNOWN)) == ([], 0)


# Lists


def test_charges_of_an_account_for_matching(order, now):
    account = payments.find_account(order.seller_id)
    (charge,) = payments.open_charges(account.id)

    assert (charge.reference, charge.amount_idr, charge.paid_idr) == (order.reference, TOTAL, 0)
    assert (charge.created_at, charge.expires_at) == (order.placed_at, order.pay_before)
    receive(order, now=now)
    (charge,) = payments.open_charges(account.id)
    assert (charge.status, charge.paid_idr) == (OrderStatus.PAID, TOTAL)


# Races


def at_once(app, *acts):
    barrier = threading.Barrier(len(acts))
    given = [None] * len(acts)

    def person(number, act):
        with app.app_context():
            barrier.wait()
            with transaction():
                given[number] = act()

    people = [threading.Thread(target=person, args=pair) for pair in enumerate(acts)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    return given


@pytest.mark.parametrize("attempt", range(3))
def test_two_halves_at_once_pay_the_order(app, order, now, attempt):
    first, second = came(order, 31_000, "a"), came(order, 31_000, "b")
    key = order.id
    db.session.commit()

    receipts = at_once(
        app,
        lambda: payments.receive(first, actor=STATEMENT, now=now),
        lambda: payments.receive(second, actor=STATEMENT, now=now),
    )

    outcomes = sorted(receipt.outcome.value for receipt in receipts)
    with reading():
        assert outcomes == ["served", "under"]
        assert db.session.get_one(Order, key).status is OrderStatus.PAID
        assert kinds() == []
        assert inspection.differences() == []


@pytest.mark.parametrize("attempt", range(3))
def test_a_person_and_a_statement_at_once_are_one_payment(app, order, now, attempt):
    line, reference = came(order, source="statement"), order.reference
    db.session.commit()

    at_once(
        app,
        lambda: payments.receive(line, actor=STATEMENT, now=now),
        lambda: payments.confirm(payments.get_charge(reference), actor=HOST, now=now),
    )

    with reading():
        assert kinds() == []
        assert db.session.scalars(sa.select(Payment.amount_idr)).all() == [TOTAL]


# Many at once


def test_many_at_once_do_what_one_by_one_does(app, now):
    product = a_product(price_idr=25_000, stock=90)
    a_sticker(product.seller)
    plain, under, over, twice, ended, paid = (an_order(product, quantity=2) for _ in range(6))
    orders.cancel(ended, now=now)
    receive(paid, now=now, key="vorher")
    batch = [
        came(plain, key="a"),
        came(under, 40_000, key="b"),
        came(over, 70_000, key="c"),
        came(twice, 31_000, key="d"),
        came(twice, 31_000, key="e"),
        came(ended, key="f"),
        came(paid, key="g"),
        came(plain, key="h", order_id=None),
        came(plain, key="a"),
    ]

    receipts = payments.receive_each(batch, actor=STATEMENT, now=now)

    assert [receipt.outcome.value for receipt in receipts] == [
        *("served", "under", "over", "under", "served", "cancelled", "extra", "unknown"),
        "repeated",
    ]
    assert receipts[0].payment_id == receipts[-1].payment_id
    assert inspection.differences() == []
    again = payments.receive_each(batch, actor=STATEMENT, now=now)
    assert {receipt.outcome for receipt in again} == {Outcome.REPEATED}
    assert [one.payment_id for one in again] == [one.payment_id for one in receipts]


def test_a_batch_of_plain_payments_costs_the_same_statements(app, now, queries):
    product = a_product(price_idr=25_000, stock=90)
    a_sticker(product.seller)

    def cost(count):
        batch = [came(an_order(product, quantity=1), 37_000, key=f"k{n}") for n in count]
        queries.clear()
        receipts = payments.receive_each(batch, actor=STATEMENT, now=now)
        assert {receipt.outcome for receipt in receipts} == {Outcome.SERVED}
        return len(queries)

    assert cost(range(2)) == cost(range(10, 22))
