"""A sum shared by weights: nothing is lost, nobody gets a rupiah more than a part rounded up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.sharing import shared


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (12_000, [300], [12_000]),
        (12_000, [300, 300], [6_000, 6_000]),
        (10_000, [1, 1, 1], [3_334, 3_333, 3_333]),
        (10, [1, 2], [3, 7]),
        (10_000, [0, 5], [0, 10_000]),
        (10_000, [0, 0], [10_000, 0]),
        (0, [1, 2], [0, 0]),
        (10_000, [], []),
    ],
)
def test_a_sum_is_shared(total, weights, shares):
    assert shared(total, weights) == shares


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_every_rupiah_is_somebodys(total, weights):
    shares = shared(total, weights)

    assert sum(shares) == total
    whole = sum(weights)
    for weight, share in zip(weights, shares, strict=True):
        assert not whole or abs(share * whole - total * weight) < whole


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [1, -1])])
def test_less_than_nothing_is_a_fault(total, weights):
    with pytest.raises(ValueError, match="not negative"):
        shared(total, weights)
