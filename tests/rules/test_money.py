"""The two tables about money: total, and no rupiah is lost between them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.money import (
    FITS,
    SMALL_IDR,
    Action,
    Due,
    Outcome,
    decide,
    ways,
)
from bazaar.rules.order_states import OrderStatus

DUE = Due.of(62_000, [61_977, 61_950])


@pytest.mark.parametrize(
    ("paid", "amount", "outcome", "counts", "stake"),
    [
        (0, 61_950, Outcome.SERVED, 61_950, 0),
        (0, 61_977, Outcome.SERVED, 61_977, 0),
        (0, 62_000, Outcome.SERVED, 62_000, 0),
        (0, 61_949, Outcome.UNDER, 61_949, 1),
        (0, 62_001, Outcome.OVER, 62_000, 1),
        (40_000, 21_950, Outcome.SERVED, 21_950, 0),
        (40_000, 10_000, Outcome.UNDER, 10_000, 11_950),
        (40_000, 62_000, Outcome.OVER, 22_000, 40_000),
    ],
)
def test_what_a_payment_does_to_an_order_that_waits(paid, amount, outcome, counts, stake):
    verdict = decide(OrderStatus.UNPAID, DUE, paid_idr=paid, amount_idr=amount)

    assert (verdict.outcome, verdict.counts_idr, verdict.stake_idr) == (outcome, counts, stake)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (OrderStatus.QUOTING, Outcome.UNKNOWN),
        (OrderStatus.PAID, Outcome.EXTRA),
        (OrderStatus.DONE, Outcome.EXTRA),
        (OrderStatus.EXPIRED, Outcome.LATE),
        (OrderStatus.CANCELLED, Outcome.CANCELLED),
    ],
)
def test_an_order_that_does_not_wait_takes_nothing(status, outcome):
    verdict = decide(status, DUE, paid_idr=0, amount_idr=62_000)

    assert (verdict.outcome, verdict.counts_idr, verdict.stake_idr) == (outcome, 0, 62_000)


@pytest.mark.parametrize(
    ("candidates", "outcome"), [(0, "unknown"), (1, "unknown"), (2, "ambiguous"), (9, "ambiguous")]
)
def test_money_without_a_sure_order(candidates, outcome):
    verdict = decide(None, DUE, paid_idr=0, amount_idr=5, candidates=candidates)

    assert (verdict.outcome.value, verdict.counts_idr, verdict.stake_idr) == (outcome, 0, 5)


def test_codes_that_are_put_on_ask_for_more_than_the_total():
    due = Due.of(62_000, [62_023])

    for amount in (62_000, 62_010, 62_023):
        assert decide(OrderStatus.UNPAID, due, paid_idr=0, amount_idr=amount).serves
    over = decide(OrderStatus.UNPAID, due, paid_idr=0, amount_idr=62_024)
    assert (over.outcome, over.counts_idr, over.stake_idr) == (Outcome.OVER, 62_000, 24)


@given(
    status=st.sampled_from([None, *OrderStatus]),
    total=st.integers(1, 10_000_000),
    codes=st.lists(st.integers(-499, 499), max_size=3),
    part=st.floats(0, 0.999),
    amount=st.integers(1, 20_000_000),
    candidates=st.integers(0, 5),
)
def test_every_rupiah_counts_or_is_at_stake(status, total, codes, part, amount, candidates):
    due = Due.of(total, [max(total - code, 1) for code in codes])
    paid = int(due.least_idr * part)

    verdict = decide(status, due, paid_idr=paid, amount_idr=amount, candidates=candidates)

    assert 0 <= verdict.counts_idr <= amount
    if verdict.outcome is Outcome.UNDER:
        assert verdict.counts_idr == amount
        assert verdict.stake_idr == due.missing_idr(paid + amount) > 0
    else:
        assert verdict.counts_idr + verdict.stake_idr == amount
    if verdict.serves:
        assert due.missing_idr(paid + verdict.counts_idr) == 0
    assert (verdict.stake_idr == 0) == (verdict.outcome in FITS)


CASES = sorted(set(Outcome) - FITS, key=lambda kind: kind.value)


@pytest.mark.parametrize(
    ("kind", "status", "stake", "left"),
    list(itertools.product(CASES, [None, *OrderStatus], [1, SMALL_IDR, 50_000], [False, True])),
)
def test_every_case_has_one_obvious_way_and_others(kind, status, stake, left):
    found = ways(kind, status, stake_idr=stake, goods_left=left)

    every = [found.obvious, *found.others]
    assert len(every) == len(set(every)) >= 2
    assert Action.CONTACT in found
    assert Action.GIVE_BACK in found
    assert left or Action.REVIVE not in found


def test_goods_that_are_there_are_sent_rather_than_money_given_back():
    assert ways(Outcome.LATE, OrderStatus.EXPIRED, goods_left=True).obvious is Action.REVIVE
    assert ways(Outcome.LATE, OrderStatus.EXPIRED).obvious is Action.GIVE_BACK
    assert ways(Outcome.SOLD_OUT, OrderStatus.UNPAID, goods_left=True).obvious is Action.REVIVE


def test_a_small_difference_is_let_be_and_a_large_one_asked_for():
    def obvious(stake, status=OrderStatus.UNPAID):
        return ways(Outcome.UNDER, status, stake_idr=stake).obvious

    assert obvious(SMALL_IDR - 1) is Action.ACCEPT
    assert obvious(SMALL_IDR) is Action.CONTACT
    assert obvious(1, OrderStatus.EXPIRED) is Action.GIVE_BACK


def test_too_much_is_let_be_only_while_its_order_is_paid():
    def could_be(status):
        return {each for each in Action if each in ways(Outcome.OVER, status)}

    for status in (OrderStatus.PAID, OrderStatus.DONE):
        assert could_be(status) == {Action.GIVE_BACK, Action.ACCEPT, Action.CONTACT}
    for status in (OrderStatus.UNPAID, OrderStatus.EXPIRED, OrderStatus.CANCELLED):
        assert could_be(status) == {Action.GIVE_BACK, Action.CONTACT, Action.ASSIGN}
