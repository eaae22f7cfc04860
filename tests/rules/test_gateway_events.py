"""Which news of gateways outranks which: the same in every order and multiplicity."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.gateway_events import (
    RANK,
    GatewayState,
    RefundState,
    after,
    after_all,
    refund_after,
)
from bazaar.rules.gateway_words import MAX_IDR, rupiah

S = GatewayState


def test_every_state_has_a_rank_and_their_order_is_the_ranks():
    assert list(RANK) == list(S)
    assert list(RANK.values()) == sorted(RANK.values())


@pytest.mark.parametrize(("known", "told"), list(itertools.product(S, S)))
def test_a_lower_rank_never_overwrites_a_higher(known, told):
    now = after(known, told)

    assert now in {known, told}
    assert RANK[now] == max(RANK[known], RANK[told])


def test_news_that_say_nothing_change_nothing():
    assert [after(state, None) for state in S] == list(S)


def test_every_order_of_all_news_ends_alike():
    ends = {after_all(order) for order in itertools.permutations(S)}

    assert ends == {S.CHARGED_BACK}


@pytest.mark.parametrize("size", [2, 3, 4])
def test_every_order_of_some_news_ends_alike(size):
    for some in itertools.combinations(S, size):
        ends = {after_all(order) for order in itertools.permutations(some)}
        assert len(ends) == 1, some


@given(st.lists(st.sampled_from(S), max_size=12), st.data())
def test_repeats_and_order_make_no_difference(told, data):
    shuffled = data.draw(st.permutations(told + told[:4]))

    assert after_all(shuffled) is after_all(told)


def test_money_after_the_end_is_paid():
    assert after_all([S.EXPIRED, S.PENDING, S.PAID, S.CANCELLED]) is S.PAID


def test_a_confirmed_refund_stays_so():
    for order in itertools.permutations(RefundState):
        stand = RefundState.WANTED
        for told in order:
            stand = refund_after(stand, told)
        assert stand is RefundState.CONFIRMED


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("147356.00", 147_356), ("147356", 147_356), (147_356, 147_356), ("147356.0", 147_356),
        (147_356.0, 147_356), ("0", 0), ("1e5", None), (1e20, None), ("147356.50", None), ("-1", None),
        (" 5", None), ("１９", None), ("147.356,00", None), (None, None), (True, None), ([], None),
        (float("nan"), None), (float("inf"), None), ("", None), (MAX_IDR, None), ("9" * 400, None),
        (147_356.5, None),
    ],
)  # fmt: skip
def test_amounts_are_whole_rupiah_or_nothing(written, amount):
    assert rupiah(written) == amount
