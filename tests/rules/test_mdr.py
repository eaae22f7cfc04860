"""Estimates of what QRIS costs: by criteria, by size of a payment, by day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.mdr import estimate

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [("UMI", 3_000), ("UKE", 8_400), ("UBE", 8_400), ("PSO", 4_800), ("URE", 8_400), ("", 8_400)],
)
def test_the_rate_follows_the_criteria(criteria, expected):
    assert estimate(criteria, DAY, small_idr=200_000, large_idr=1_000_000) == expected


def test_micro_sellers_pay_nothing_for_small_payments():
    assert estimate("UMI", DAY, small_idr=5_000_000, large_idr=0) == 0


def test_before_the_table_nothing_is_estimated():
    assert estimate("UBE", date(2024, 11, 30), small_idr=100_000, large_idr=0) == 0


@given(st.sampled_from(["UMI", "UKE", ""]), st.integers(0, 10**10), st.integers(0, 10**10))
def test_it_is_a_small_part_of_the_money(criteria, small_idr, large_idr):
    assert (
        0
        <= estimate(criteria, DAY, small_idr=small_idr, large_idr=large_idr)
        <= ((small_idr + large_idr) // 100 + 1)
    )
