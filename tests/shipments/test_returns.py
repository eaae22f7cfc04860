"""What came back or was lost: decided once, with stock that adds up."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.models import OrderStatus, ParcelStatus, Product, StockMove, StockReason
from bazaar.rules.parcel_states import ReasonMissing
from bazaar.shipments import DecidedAlready, NotBack, WrongAmount, returns
from bazaar.shipments.refusals import MoreThanPaid, NotSoMany
from tests.builders import HOST
from tests.shipments.parcels import a_parcel_in, a_parcel_of, differences, line_ids, reasons
from tests.test_shipments import in_threads


def stock_of(parcel):
    (line,) = parcel.order.lines
    return db.session.scalar(sa.select(Product.stock).where(Product.id == line.product_id))


def moves(reason):
    query = sa.select(StockMove.pieces).where(StockMove.reason == reason)
    return list(db.session.scalars(query))


def open_questions(parcel):
    return returns.questions(parcel, returns.decisions_of(parcel))


def test_some_goes_back_into_stock_and_the_rest_is_written_off(app, now):
    parcel = a_parcel_of(3, state="returned")
    (line,) = line_ids(parcel)
    assert open_questions(parcel) == ("goods", "buyer")
    with pytest.raises(NotSoMany):
        returns.put_back(parcel, {line: 4}, "x", actor=HOST, now=now)
    with pytest.raises(ReasonMissing):
        returns.put_back(parcel, {line: 2}, "", actor=HOST, now=now)

    returns.put_back(parcel, {line: 2}, "satu pecah", actor=HOST, now=now)

    assert stock_of(parcel) == 19
    assert moves(StockReason.RETURNED) == [2]
    kinds = [(one.kind, one.quantities) for one in returns.decisions_of(parcel)]
    assert kinds == [("restock", {str(line): 2}), ("write_off", {str(line): 1})]
    with pytest.raises(DecidedAlready):
        returns.write_off(parcel, "x", actor=HOST, now=now)
    assert open_questions(parcel) == ("buyer",)
    assert differences() == []


def test_what_came_back_is_sent_again_itself(app, now):
    parcel = a_parcel_of(2, state="returned")
    made = returns.send_again(parcel, "", actor=HOST, now=now)
    assert (made.status, [line.quantity for line in made.lines]) == (ParcelStatus.DRAFT, [2])
    assert stock_of(parcel) == 18
    assert open_questions(parcel) == ()
    assert shipments.states_of([parcel.order_id])[parcel.order_id].value == "none"
    assert differences() == []


def test_what_was_lost_is_sent_again_from_stock(app, now):
    parcel = a_parcel_of(2, state="lost")
    with pytest.raises(NotBack):
        returns.write_off(parcel, "x", actor=HOST, now=now)
    made = returns.send_again(parcel, "diganti", actor=HOST, now=now)
    assert (stock_of(parcel), moves(StockReason.REPLACED)) == (16, [-2])
    with pytest.raises(DecidedAlready):
        returns.refund(parcel, 50_000, "", actor=HOST, now=now)
    assert differences() == []

    # It turns up: the one that was given up does not count for the order.
    shipments.deliver(parcel, actor=HOST, now=now)
    db.session.refresh(parcel.order)
    assert parcel.order.status is OrderStatus.PAID
    assert made.status is ParcelStatus.DRAFT
    assert differences() == []


def test_money_back_ends_what_is_owed(app, now):
    parcel = a_parcel_of(2)
    made = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    for one, state in ((parcel, "delivered"), (made, "lost")):
        shipments.pack(one, actor=HOST, now=now)
        shipments.hand_over(one, "Ambil sendiri", "", actor=HOST, now=now)
        act = shipments.deliver if state == "delivered" else shipments.acts.lose
        reason = () if state == "delivered" else ("dicuri",)
        act(one, *reason, actor=HOST, now=now)
    for wrong in (0, -1, 10**12):
        with pytest.raises(WrongAmount):
            returns.refund(made, wrong, "", actor=HOST, now=now)
    with pytest.raises(MoreThanPaid):
        returns.refund(made, parcel.order.total_idr + 1, "", actor=HOST, now=now)

    returns.refund(made, 25_000, "transfer", actor=HOST, now=now)

    db.session.refresh(parcel.order)
    assert parcel.order.status is OrderStatus.DONE
    assert shipments.states_of([parcel.order_id])[parcel.order_id].value == "delivered"


def two_lost(now):
    """Both parcels of an order, lost."""
    parcel = a_parcel_of(2)
    made = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    for one in (parcel, made):
        shipments.pack(one, actor=HOST, now=now)
        shipments.hand_over(one, "Ambil sendiri", "", actor=HOST, now=now)
        shipments.acts.lose(one, "dicuri", actor=HOST, now=now)
    return parcel, made


def test_no_more_goes_back_than_the_order_cost_all_parcels_together(app, now):
    first, second = two_lost(now)
    total_idr = first.order.total_idr
    returns.refund(first, 30_000, "", actor=HOST, now=now)

    with pytest.raises(MoreThanPaid):
        returns.refund(second, total_idr - 30_000 + 1, "", actor=HOST, now=now)
    returns.refund(second, total_idr - 30_000, "", actor=HOST, now=now)

    amounts = [d.amount_idr for one in (first, second) for d in returns.decisions_of(one)]
    assert sum(amounts) == total_idr


def test_of_two_refunds_at_once_no_more_goes_back_than_the_order_cost(app, now):
    first, second = two_lost(now)
    codes, total_idr = (first.code, second.code), first.order.total_idr

    def refund(code):
        returns.refund(shipments.get_parcel(code), total_idr, "", actor=HOST, now=now)

    raised = in_threads(app, *(partial(refund, code) for code in codes))

    assert sorted(type(error).__name__ for error in raised) == ["MoreThanPaid", "NoneType"]


def test_of_two_who_decide_at_once_one_is_told(app, now):
    code = a_parcel_of(2, state="lost").code

    def refund():
        returns.refund(shipments.get_parcel(code), 1_000, "", actor=HOST, now=now)

    def again():
        returns.send_again(shipments.get_parcel(code), "", actor=HOST, now=now)

    raised = in_threads(app, refund, again, refund)
    assert [type(error) for error in raised if error] == [DecidedAlready] * 2


def test_compensation_is_noted_whenever_it_comes(app, now):
    parcel = a_parcel_in("lost")
    returns.compensate(parcel, 120_000, "klaim JNE", actor=HOST, now=now)
    returns.compensate(parcel, 10_000, "", actor=HOST, now=now)
    assert [one.amount_idr for one in returns.decisions_of(parcel)] == [120_000, 10_000]
    for wrong in (0, -5):
        with pytest.raises(WrongAmount):
            returns.compensate(parcel, wrong, "", actor=HOST, now=now)
    with pytest.raises(NotBack):
        returns.compensate(a_parcel_in("in_transit"), 1, "", actor=HOST, now=now)


@pytest.mark.parametrize(("days", "expected"), [(6, 0), (7, 1), (9, 1), (14, 0)])
def test_a_claim_is_remembered_before_the_tenth_day(app, now, days, expected):
    parcel = a_parcel_in("lost")
    at = now + timedelta(days=days)
    assert returns.remind_of_claims(at) == expected
    assert reasons(parcel) == ["claim_due"] * expected
    assert returns.remind_of_claims(at) == 0


def test_what_was_paid_for_needs_no_claim(app, now):
    returns.compensate(a_parcel_in("destroyed"), 5_000, "", actor=HOST, now=now)
    assert returns.remind_of_claims(now + timedelta(days=8)) == 0
