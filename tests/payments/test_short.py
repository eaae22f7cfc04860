"""Orders that were paid in part: one open case tells what is missing, as long as money counts."""

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments
from bazaar.db import db
from bazaar.models import CaseKind, MoneyCase, OrderStatus
from bazaar.payments import Back
from tests.builders import HOST, a_product, a_sticker, an_order
from tests.test_money_coming import TOTAL, kinds, open_cases, receive, status_of

FIRST, SECOND = 30_000, 10_000


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    return an_order(product, quantity=2)


@pytest.fixture
def halves(order, now):
    """Two payments that are too little together; the first opened the case."""
    first = receive(order, FIRST, now=now)
    second = receive(order, SECOND, key="baris-2", now=now)
    return first.payment_id, second.payment_id


def give_back(payment_id, amount_idr, *, now, key="a"):
    payments.give_back(payment_id, amount_idr, Back("bank"), key=key, actor=HOST, now=now)


def take_back(payment_id, *, now):
    assert payments.take_back(payment_id, actor=HOST, why="salah baris", now=now)


def missing():
    """What is missing by the open case of too little, and which payment it hangs on."""
    return [
        (case.amount_idr, case.payment_id)
        for case in open_cases()
        if case.kind is CaseKind.UNDER and case.closed_at is None
    ]


def test_what_is_given_back_in_part_is_missing_again(order, now):
    payment_id = receive(order, FIRST, now=now).payment_id

    give_back(payment_id, 5_000, now=now)

    assert missing() == [(TOTAL - FIRST + 5_000, payment_id)]
    assert inspection.differences() == []


def test_a_part_given_back_through_the_case_is_missing_again(order, halves, now):
    (case,) = open_cases()

    payments.give_case_back(case.id, FIRST + 4_000, Back("bank"), key="a", actor=HOST, now=now)

    assert missing() == [(TOTAL - SECOND + 4_000, halves[1])]
    assert inspection.differences() == []


def test_booking_out_the_first_half_leaves_a_case_for_the_second(order, halves, now):
    take_back(halves[0], now=now)

    assert missing() == [(TOTAL - SECOND, halves[1])]
    assert inspection.differences() == []


def test_giving_back_the_first_half_leaves_a_case_for_the_second(order, halves, now):
    give_back(halves[0], FIRST, now=now)

    assert missing() == [(TOTAL - SECOND, halves[1])]
    assert inspection.differences() == []


@pytest.mark.parametrize("undo", [take_back, lambda key, now: give_back(key, SECOND, now=now)])
def test_without_the_second_half_the_case_of_the_first_tells_more(order, halves, now, undo):
    undo(halves[1], now=now)

    assert missing() == [(TOTAL - FIRST, halves[0])]
    assert inspection.differences() == []


def test_the_rest_then_pays_the_order_and_closes_the_case(order, halves, now):
    take_back(halves[0], now=now)

    receive(order, TOTAL - SECOND, key="baris-3", now=now)

    assert (status_of(order), kinds()) == (OrderStatus.PAID, [])
    assert inspection.differences() == []


def test_no_case_is_left_when_all_of_it_went_back(order, halves, now):
    give_back(halves[0], FIRST, now=now)
    take_back(halves[1], now=now)

    assert kinds() == []
    assert orders.expire_unpaid(order.release_at) == 1
    actions = db.session.scalars(sa.select(MoneyCase.action).order_by(MoneyCase.id)).all()
    assert actions == ["give_back", "taken_back"]
    assert inspection.differences() == []


def test_what_went_back_does_not_count_when_more_comes(order, now):
    payment_id = receive(order, TOTAL // 2, now=now).payment_id
    give_back(payment_id, TOTAL // 2, now=now)

    second = receive(order, TOTAL // 2, key="baris-2", now=now).payment_id

    assert status_of(order) is OrderStatus.UNPAID
    assert missing() == [(TOTAL // 2, second)]
    assert inspection.differences() == []


def test_an_accepted_difference_undone_asks_for_what_was_given_back_too(order, halves, now):
    (case,) = open_cases()
    payments.accept(case.id, actor=HOST, now=now)
    give_back(halves[0], FIRST, now=now)

    payments.undo(case.id, actor=HOST, now=now)

    assert status_of(order) is OrderStatus.UNPAID
    assert missing() == [(TOTAL - SECOND, halves[1])]
    assert inspection.differences() == []


def test_an_accepted_difference_undone_leaves_no_case_when_all_went_back(order, now):
    payment_id = receive(order, FIRST, now=now).payment_id
    (case,) = open_cases()
    payments.accept(case.id, actor=HOST, now=now)
    give_back(payment_id, FIRST, now=now)

    payments.undo(case.id, actor=HOST, now=now)

    assert (status_of(order), kinds()) == (OrderStatus.UNPAID, [])
    assert orders.expire_unpaid(order.release_at) == 1
