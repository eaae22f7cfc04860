"""Prices: the most exact place, whole kilograms with 300 g of grace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.shipping import Rate, ShippingOption, chargeable_kg, options

VILLAGE = "35.09.21.1002"


@pytest.mark.parametrize(
    ("grams", "kilograms"),
    [(1, 1), (999, 1), (1000, 1), (1300, 1), (1301, 2), (2300, 2), (2301, 3), (5143, 5)],
)
def test_up_to_300_g_above_a_kilogram_are_free(grams, kilograms):
    assert chargeable_kg(grams) == kilograms


@given(st.integers(1, 1_000_000))
def test_a_heavier_parcel_never_costs_less(grams):
    assert 0 <= chargeable_kg(grams + 1) - chargeable_kg(grams) <= 1
    assert chargeable_kg(grams) * 1000 + 300 >= grams


def test_weightless_parcels_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="at least 1 g"):
        chargeable_kg(0)


def rate(prefix, price, courier="JNE REG"):
    return Rate(prefix, courier, price, 1_000, "2-3")


def asked(rates, **place):
    return options(rates, **{"country": "ID", "village_code": VILLAGE, "weight_g": 2301} | place)


@pytest.mark.parametrize(
    ("prefixes", "winner"),
    [
        (["", "35", "35.09", "35.09.21"], "35.09.21"),
        (["35.09.2", "35.09", ""], "35.09.2"),
        (["", "35.10", "36"], ""),
        (["35", "35.09.22", "SG", "*"], "35"),
    ],
)
def test_the_most_exact_place_wins(prefixes, winner):
    rates = [rate(prefix, 10_000 + at) for at, prefix in enumerate(prefixes)]
    won = 10_000 + prefixes.index(winner)
    assert asked(rates) == [ShippingOption("JNE REG", won + 2_000, "2-3")]
    assert asked(reversed(rates)) == asked(rates)


def test_a_country_goes_before_any_other_country():
    rates = [rate("*", 300_000), rate("SG", 200_000), rate("", 9_000)]
    abroad = {"village_code": "", "weight_g": 1000}
    assert asked(rates, country="SG", **abroad) == [ShippingOption("JNE REG", 200_000, "2-3")]
    assert asked(rates, country="JP", **abroad) == [ShippingOption("JNE REG", 300_000, "2-3")]


def test_the_cheapest_comes_first_and_nobody_gives_nothing():
    rates = [rate("", 9_000, "Pos"), rate("35", 7_000), rate("", 7_000, "AnterAja")]
    assert [option.courier for option in asked(rates)] == ["AnterAja", "JNE REG", "Pos"]
    assert asked([rate("31", 1)]) == []
