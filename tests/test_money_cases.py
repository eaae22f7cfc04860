"""What people do about money that does not fit, and that only the first of two does it."""

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments, shipments
from bazaar.db import db, reading
from bazaar.models import Book, CaseKind, Order, OrderStatus, Refund
from bazaar.payments import (
    Back,
    BuiltUpon,
    CaseClosed,
    NoSuchCase,
    NoSuchOrder,
    NotAllowedHere,
    Outcome,
    TooMuchBack,
    WasGivenBack,
)
from bazaar.rules.money import Action
from tests.builders import HOST, a_product, a_sticker, an_order
from tests.test_money_coming import (
    STATEMENT,
    TOTAL,
    at_once,
    balance,
    counted,
    kinds,
    open_cases,
    receive,
    status_of,
)


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000, stock=10)
    a_sticker(product.seller)
    return an_order(product, quantity=2)


def the_case():
    (case,) = open_cases()
    return case


def ways(case):
    return payments.ways_of([case])[case.id]


@pytest.fixture
def late(order):
    due = order.release_at
    orders.expire_unpaid(due)
    receive(order, now=due)
    return the_case()


# Assigning


def test_unknown_money_is_assigned_by_a_reference_with_look_alikes(app, now):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    order = an_order(product, quantity=2, reference="PV-2QRXK")
    receive(order, now=now, order_id=None)

    outcome = payments.assign(the_case().id, " pv zorxk ", actor=HOST, now=now)

    assert outcome is Outcome.SERVED
    assert (status_of(order), counted(order), kinds()) == (OrderStatus.PAID, TOTAL, [])


def test_assigning_to_a_paid_order_opens_the_case_that_it_is(order, now):
    receive(order, now=now)
    receive(order, key="baris-2", now=now, order_id=None)

    outcome = payments.assign(the_case().id, order.reference, actor=HOST, now=now)

    assert outcome is Outcome.EXTRA
    assert kinds() == [(CaseKind.EXTRA, TOTAL)]
    assert inspection.differences() == []


def test_what_is_no_reference_is_refused(order, now):
    receive(order, now=now, order_id=None)

    for typed in ("PV-22222", "halo", ""):
        with pytest.raises(NoSuchOrder):
            payments.assign(the_case().id, typed, actor=HOST, now=now)


def test_an_assignment_can_be_undone(order, now):
    receive(order, now=now, order_id=None)
    case_id = the_case().id
    payments.assign(case_id, order.reference, actor=HOST, now=now)
    shipments.open_parcels(now)

    payments.undo(case_id, actor=HOST, now=now)

    assert (status_of(order), counted(order)) == (OrderStatus.UNPAID, 0)
    assert kinds() == [(CaseKind.UNKNOWN, TOTAL)]
    assert inspection.differences() == []
    with pytest.raises(NotAllowedHere):
        payments.undo(case_id, actor=HOST, now=now)
    assert payments.assign(the_case().id, order.reference, actor=HOST, now=now) is Outcome.SERVED


def test_an_assignment_stands_once_the_parcel_was_packed(order, now):
    receive(order, now=now, order_id=None)
    case_id = the_case().id
    payments.assign(case_id, order.reference, actor=HOST, now=now)
    shipments.open_parcels(now)
    shipments.pack(shipments.get_parcel_of(order.id), actor=HOST, now=now)

    with pytest.raises(BuiltUpon):
        payments.undo(case_id, actor=HOST, now=now)


def test_an_assignment_stands_once_some_of_its_money_was_given_back(order, now):
    receipt = receive(order, now=now, order_id=None)
    case_id = the_case().id
    payments.assign(case_id, order.reference, actor=HOST, now=now)
    payments.give_back(receipt.payment_id, 10_000, Back("bank"), key="a", actor=HOST, now=now)

    with pytest.raises(WasGivenBack):
        payments.undo(case_id, actor=HOST, now=now)


def test_an_assignment_of_money_that_was_booked_out_is_gone(order, now):
    receipt = receive(order, now=now, order_id=None)
    case_id = the_case().id
    payments.assign(case_id, order.reference, actor=HOST, now=now)
    payments.take_back(receipt.payment_id, actor=HOST, why="salah", now=now)

    with pytest.raises(NotAllowedHere):
        payments.undo(case_id, actor=HOST, now=now)


# Accepting a difference


def test_too_little_is_accepted_and_that_undone(order, now):
    receive(order, TOTAL - 500, now=now)
    case = the_case()
    assert ways(case).obvious is Action.ACCEPT

    payments.accept(case.id, actor=HOST, now=now)
    assert status_of(order) is OrderStatus.PAID
    assert (balance(Book.BUYER), balance(Book.DISCOUNT)) == (0, 500)
    assert inspection.differences() == []

    payments.undo(case.id, actor=HOST, now=now)
    assert status_of(order) is OrderStatus.UNPAID
    assert (balance(Book.DISCOUNT), kinds()) == (0, [(CaseKind.UNDER, 500)])
    assert inspection.differences() == []


def test_a_difference_that_was_paid_since_cannot_be_asked_for_again(order, now):
    receipt = receive(order, TOTAL - 500, now=now)
    case_id = the_case().id
    payments.accept(case_id, actor=HOST, now=now)
    payments.take_back(receipt.payment_id, actor=HOST, why="salah", now=now)
    with pytest.raises(NotAllowedHere):
        payments.undo(case_id, actor=HOST, now=now)

    receive(order, key="baris-2", now=now)

    with pytest.raises(NotAllowedHere):
        payments.undo(case_id, actor=HOST, now=now)
    assert status_of(order) is OrderStatus.PAID


def test_a_difference_of_an_order_called_off_since_cannot_be_asked_for_again(order, now):
    receive(order, TOTAL - 500, now=now)
    case_id = the_case().id
    payments.accept(case_id, actor=HOST, now=now)
    orders.call_off(order.id, now=now)

    with pytest.raises(BuiltUpon):
        payments.undo(case_id, actor=HOST, now=now)


def test_much_too_little_is_asked_for_first(order, now):
    receive(order, 40_000, now=now)

    assert ways(the_case()).obvious is Action.CONTACT


def test_too_much_may_stay_where_it_is(order, now):
    receive(order, 70_000, now=now)

    payments.accept(the_case().id, actor=HOST, now=now)

    assert (balance(Book.BUYER), balance(Book.UNKNOWN), balance(Book.DISCOUNT)) == (0, 0, -8_000)
    assert kinds() == []
    assert inspection.differences() == []


def test_too_much_is_nobodys_to_keep_once_the_order_is_called_off(order, now):
    receive(order, 70_000, now=now)
    orders.call_off(order.id, now=now)

    with pytest.raises(NotAllowedHere):
        payments.accept(the_case().id, actor=HOST, now=now)


def test_too_much_pays_the_order_that_waits_again(order, now):
    half = receive(order, TOTAL // 2, now=now)
    receive(order, TOTAL, key="baris-2", now=now)
    payments.take_back(half.payment_id, actor=HOST, why="salah baris", now=now)
    over, _ = open_cases()
    with pytest.raises(NotAllowedHere):
        payments.accept(over.id, actor=HOST, now=now)

    outcome = payments.assign(over.id, order.reference, actor=HOST, now=now)

    assert outcome is Outcome.SERVED
    assert (status_of(order), counted(order), kinds()) == (OrderStatus.PAID, TOTAL, [])
    assert inspection.differences() == []


# Reviving


def test_a_late_payment_takes_the_goods_again_while_there_are_any(order, late):
    assert ways(late).obvious is Action.REVIVE

    reference = payments.revive(late.id, actor=HOST, now=order.release_at)

    revived = db.session.scalars(sa.select(Order).where(Order.reference == reference)).one()
    assert (revived.status, revived.replaces_id) == (OrderStatus.PAID, order.id)
    assert status_of(order) is OrderStatus.EXPIRED
    assert kinds() == []
    assert inspection.differences() == []


def test_a_late_payment_is_given_back_when_the_goods_are_gone(order, late):
    db.session.execute(sa.text("UPDATE products SET active = false"))

    assert ways(late).obvious is Action.GIVE_BACK
    with pytest.raises(NotAllowedHere):
        payments.revive(late.id, actor=HOST, now=order.release_at)


# Giving back


def test_a_case_is_given_back_in_parts(order, late):
    due = order.release_at
    payments.give_case_back(late.id, 60_000, Back("bank"), key="a", actor=HOST, now=due)
    assert kinds() == [(CaseKind.LATE, 2_000)]
    assert inspection.differences() == []

    with pytest.raises(TooMuchBack):
        payments.give_case_back(late.id, 2_001, Back("bank"), key="b", actor=HOST, now=due)
    payments.give_case_back(late.id, 2_000, Back("bank"), key="c", actor=HOST, now=due)
    payments.give_case_back(late.id, 2_000, Back("bank"), key="c", actor=HOST, now=due)
    assert kinds() == []
    assert inspection.differences() == []


def test_too_little_is_given_back_payment_by_payment(order, now):
    receive(order, 30_000, now=now)
    receive(order, 10_000, key="baris-2", now=now)

    payments.give_case_back(the_case().id, 40_000, Back("bank"), key="a", actor=HOST, now=now)

    assert sorted(db.session.scalars(sa.select(Refund.amount_idr))) == [10_000, 30_000]
    assert (kinds(), status_of(order)) == ([], OrderStatus.UNPAID)
    assert balance(Book.BUYER) == TOTAL
    orders.expire_unpaid(order.release_at)
    assert status_of(order) is OrderStatus.EXPIRED
    assert inspection.differences() == []


def test_an_order_with_part_of_its_money_does_not_expire(order, now):
    receive(order, 30_000, now=now)

    assert orders.expire_unpaid(order.release_at) == 0


def test_the_money_of_a_called_off_order_becomes_a_case(order, now):
    receipt = receive(order, now=now)
    orders.call_off(order.id, now=now)

    assert payments.open_owed(now) == 1
    assert payments.open_owed(now) == 0
    case = the_case()
    assert (case.kind, case.amount_idr, case.payment_id) == (
        CaseKind.CANCELLED,
        TOTAL,
        receipt.payment_id,
    )
    assert Action.ASSIGN not in ways(case)
    payments.give_case_back(case.id, TOTAL, Back("bank"), key="a", actor=HOST, now=now)
    assert (kinds(), payments.open_owed(now)) == ([], 0)
    assert (balance(Book.BUYER), balance(Book.MONEY)) == (0, 0)


# The rest


def test_asking_the_buyer_leaves_the_case_open(order, late):
    payments.contacted(late.id, "janji kirim rekening", actor=HOST, now=order.release_at)

    (told,) = the_case().facts["contacts"]
    assert (told["by"], told["note"]) == (HOST.name, "janji kirim rekening")


def test_money_of_the_shop_is_booked_out(order, now):
    receive(order, now=now, order_id=None)

    payments.not_ours(the_case().id, "pembeli di toko", actor=HOST, now=now)

    assert (kinds(), balance(Book.MONEY), balance(Book.UNKNOWN)) == ([], 0, 0)
    assert inspection.differences() == []


def test_nothing_is_done_about_a_closed_or_unknown_case(order, late):
    due = order.release_at
    payments.give_case_back(late.id, TOTAL, Back("bank"), key="a", actor=HOST, now=due)

    with pytest.raises(CaseClosed) as refused:
        payments.give_case_back(late.id, TOTAL, Back("bank"), key="b", actor=HOST, now=due)
    assert HOST.name in str(refused.value)
    with pytest.raises(NoSuchCase):
        payments.accept(4_711, actor=HOST, now=due)


def test_what_the_table_does_not_allow_is_refused(order, late):
    with pytest.raises(NotAllowedHere):
        payments.accept(late.id, actor=HOST, now=order.release_at)


@pytest.mark.parametrize("attempt", range(3))
def test_of_two_treasurers_one_decides(app, order, late, attempt):
    case_id, due = late.id, order.release_at
    db.session.commit()

    def give():
        try:
            payments.give_case_back(case_id, TOTAL, Back("bank"), key="a", actor=HOST, now=due)
        except CaseClosed:
            return "late"
        return "given"

    def revive():
        try:
            payments.revive(case_id, actor=STATEMENT, now=due)
        except CaseClosed:
            return "late"
        return "revived"

    done = sorted(at_once(app, give, revive))

    assert done in (["given", "late"], ["late", "revived"])
    with reading():
        assert kinds() == []
        assert inspection.differences() == []


def test_cases_are_listed_by_seller(order, late):
    other = an_order(a_product())
    of_seller = db.session.scalars(payments.find_cases(seller_id=order.seller_id)).all()
    of_other = db.session.scalars(payments.find_cases(seller_id=other.seller_id)).all()

    assert ([case.id for case in of_seller], of_other) == ([late.id], [])
    assert db.session.scalars(payments.find_cases(closed=True)).all() == []
