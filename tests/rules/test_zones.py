import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar import regions
from bazaar.rules.zones import DEFAULT_DAYS, NAMES, Zone, promised_days, quantile, zone_of

JEMBER = "35.09"


@pytest.mark.parametrize(
    ("country", "village", "zone"),
    [
        ("ID", "35.09.21.1002", Zone.REGENCY),
        ("ID", "", Zone.REGENCY),
        ("ID", "35.78.08.1001", Zone.PROVINCE),
        ("ID", "31.74.03.1001", Zone.JAVA),
        ("ID", "51.71.01.1001", Zone.BALI_NUSA),
        ("ID", "12.71.01.1001", Zone.SUMATRA),
        ("ID", "21.71.01.1001", Zone.SUMATRA),
        ("ID", "64.72.01.1001", Zone.KALIMANTAN),
        ("ID", "73.71.01.1001", Zone.SULAWESI),
        ("ID", "81.71.01.1001", Zone.EAST),
        ("ID", "92.02.01.1001", Zone.EAST),
        ("MY", "", Zone.ABROAD),
    ],
)
def test_a_zone_is_told_by_kemendagris_numbers(country, village, zone):
    assert zone_of(country, village, JEMBER) is zone


def test_every_province_has_a_zone_and_every_zone_a_name():
    found = {zone_of("ID", f"{place.code}.99.01.1001", JEMBER) for place in regions.provinces()}
    assert found == set(Zone) - {Zone.REGENCY, Zone.ABROAD}
    assert set(NAMES) == set(Zone)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2-3", 3),
        ("1", 1),
        ("4 - 8 days", 8),
        ("4-8 jam", 1),
        ("12 - 36 hours", 2),
        ("0", 1),
        ("segera", DEFAULT_DAYS),
        ("", DEFAULT_DAYS),
        (None, DEFAULT_DAYS),
        ("2-300", DEFAULT_DAYS),
    ],
)
def test_what_couriers_promise_is_read_from_their_words(text, days):
    assert promised_days(text) == days


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(1, 10))
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(values, over):
    found = quantile(sorted(values), (over, 10))

    assert found in values
    assert sum(value <= found for value in values) * 10 >= over * len(values)
    smaller = [value for value in values if value < found]
    assert len(smaller) * 10 < over * len(values)


def test_of_nothing_there_is_no_quantile():
    assert quantile([], (1, 2)) is None
