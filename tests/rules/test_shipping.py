"""Prices: the most exact place, whole kilograms with 300 g of grace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.shipping import (
    PICK_UP,
    Box,
    Free,
    Rate,
    ShippingOption,
    box_around,
    chargeable_g,
    chargeable_kg,
    next_free,
    options,
    volumetric_g,
    with_free,
)

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


@pytest.mark.parametrize(
    ("grams", "box", "divisor", "tolerance_g", "kilograms"),
    [
        (1300, None, 6000, 300, 1),
        (1301, None, 6000, 300, 2),
        (2300, None, 6000, 300, 2),
        (2301, None, 6000, 300, 3),
        (300, (10, 10, 10), 6000, 300, 1),
        (1000, (38, 29, 28), 6000, 300, 5),
        (900, (50, 50, 50), 6000, 300, 21),
        (5250, (40, 30, 10), 6000, 300, 5),
        (2000, (50, 50, 50), 5000, 0, 25),
        (1100, (10, 10, 10), 4000, 100, 1),
        (1101, (10, 10, 10), 4000, 100, 2),
    ],
)
def test_published_examples_of_weight_and_volume(grams, box, divisor, tolerance_g, kilograms):
    charged = chargeable_g(grams, Box(*box) if box else None, divisor)
    assert chargeable_kg(charged, tolerance_g=tolerance_g) == kilograms


def test_volume_is_rounded_up_and_needs_sizes():
    assert volumetric_g(Box(38, 29, 28)) == 5143
    assert volumetric_g(Box(50, 50, 50)) == 20834
    with pytest.raises(ValueError, match="at least 1"):
        volumetric_g(Box(0, 10, 10))


def test_pieces_are_stacked_along_the_axis_that_wastes_least():
    assert box_around([]) is None
    assert box_around([(Box(30, 20, 5), 3)]) == Box(30, 20, 15)
    assert box_around([(Box(30, 20, 5), 1), (Box(30, 5, 20), 1)]) == Box(30, 20, 25)
    assert box_around([(Box(30, 20, 5), 2), (Box(10, 10, 2), 1)]) == Box(70, 20, 5)


@given(
    st.lists(
        st.tuples(st.builds(Box, *[st.integers(1, 80)] * 3), st.integers(1, 5)),
        min_size=1,
        max_size=6,
    )
)
def test_the_box_holds_all_that_is_in_it(pieces):
    box = box_around(pieces)
    content = sum(b.length_cm * b.width_cm * b.height_cm * n for b, n in pieces)
    assert box.length_cm * box.width_cm * box.height_cm >= content
    assert all(box[axis] >= b[axis] for b, _ in pieces for axis in range(3))


def test_a_row_has_its_own_divisor_least_and_most_weight():
    cargo = Rate("", "J&T Cargo", 50_000, 4_000, "", 10, 30, 5000, 0)

    def price(grams, box=None):
        found = options([cargo], country="ID", village_code=VILLAGE, weight_g=grams, box=box)
        return [option.price_idr for option in found]

    assert price(900) == [50_000]
    assert price(10_001) == [54_000]
    assert price(2000, Box(50, 50, 50)) == [110_000]
    assert price(30_001) == []


def test_an_option_keeps_how_it_was_reckoned():
    (option,) = asked([rate("35", 9_000)], weight_g=1000, box=Box(38, 29, 28))
    assert option.facts["grams"] == 5143
    assert option.facts["kg"] == 5
    assert option.facts["prefix"] == "35"
    assert option.before_idr == option.price_idr == 13_000


def test_fetching_is_for_who_gives_no_address():
    rates = [Rate("", PICK_UP, 0, 0, ""), rate("", 9_000)]
    assert [option.courier for option in asked(rates)] == ["JNE REG"]
    assert [option.courier for option in asked(rates, village_code="")] == [PICK_UP]


def test_free_shipping_takes_off_what_the_best_rule_says():
    rules = [Free("", None, 100_000, 5_000), Free("35", 7, 50_000, None)]
    found = [ShippingOption("JNE REG", 9_000, ""), ShippingOption("Pos", 4_000, "")]

    def paid(seller_id, goods_idr):
        said = with_free(found, rules, seller_id=seller_id, goods_idr=goods_idr)
        return [(option.courier, option.price_idr, option.before_idr) for option in said]

    assert paid(1, 99_999) == [("Pos", 4_000, 4_000), ("JNE REG", 9_000, 9_000)]
    assert paid(1, 100_000) == [("Pos", 0, 4_000), ("JNE REG", 4_000, 9_000)]
    assert paid(7, 50_000) == [("Pos", 0, 4_000), ("JNE REG", 0, 9_000)]
    assert next_free(rules, seller_id=7, goods_idr=1) == rules[1]
    assert next_free(rules, seller_id=1, goods_idr=1) == rules[0]
    assert next_free(rules, seller_id=1, goods_idr=100_000) is None
