"""Prayer times against published ones.

The published times are those of Kabupaten Jember (WIB) as newspapers reprinted them from Kemenag's
calendar in April and May 2022 and on 2 April 2024; docs/airtime.md tells how far to trust them.
"""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.prayer_times import SunTooHigh, prayer_times

JEMBER = (-8.17, 113.70)
WIB = timedelta(hours=7)
TOLERANCE = 2
"""Minutes. The formula is within one of nearly all; towns print times for their own hills."""

MAY_1 = date(2022, 5, 1)
PUBLISHED = [
    (date(2022, 4, 9), "maghrib", time(17, 29)),
    (date(2022, 4, 12), "maghrib", time(17, 27)),
    (date(2022, 4, 18), "maghrib", time(17, 25)),
    (date(2022, 4, 30), "maghrib", time(17, 20)),
    (MAY_1, "fajr", time(4, 9)),
    (MAY_1, "dhuhr", time(11, 24)),
    (MAY_1, "asr", time(14, 45)),
    (MAY_1, "maghrib", time(17, 20)),
    (MAY_1, "isha", time(18, 31)),
    (date(2024, 4, 2), "maghrib", time(17, 32)),
]


def minutes(clock):
    return clock.hour * 60 + clock.minute


@pytest.mark.parametrize(("day", "prayer", "published"), PUBLISHED)
def test_times_are_those_that_were_published(day, prayer, published):
    found = getattr(prayer_times(day, *JEMBER, WIB), prayer)

    assert abs(minutes(found) - minutes(published)) <= TOLERANCE


def test_most_published_times_are_met_within_a_minute():
    off = [
        abs(minutes(getattr(prayer_times(day, *JEMBER, WIB), prayer)) - minutes(published))
        for day, prayer, published in PUBLISHED
    ]

    assert sum(off) <= len(PUBLISHED) // 2


def test_the_same_sun_shows_on_other_clocks_in_another_zone():
    wib = prayer_times(MAY_1, *JEMBER, WIB)
    wit = prayer_times(MAY_1, *JEMBER, timedelta(hours=9))

    assert abs(minutes(wit.maghrib) - minutes(wib.maghrib) - 120) <= 1


@given(
    day=st.dates(date(2020, 1, 1), date(2060, 12, 31)),
    latitude=st.floats(-11.5, 6.5),
    longitude=st.floats(94.5, 141.5),
)
def test_in_indonesia_every_day_has_its_five_times_in_order(day, latitude, longitude):
    zone = timedelta(hours=7 + (longitude > 114) + (longitude > 126))

    found = prayer_times(day, latitude, longitude, zone)

    assert found.fajr < found.dhuhr < found.asr < found.maghrib < found.isha
    assert time(17) < found.maghrib < time(19, 30)
    assert time(11) < found.dhuhr < time(13, 15)


def test_far_from_indonesia_there_may_be_none():
    with pytest.raises(SunTooHigh):
        prayer_times(date(2026, 6, 21), 60, 10, timedelta(hours=2))
