"""Days are days in a zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bazaar import times

JAYAPURA = ZoneInfo("Asia/Jayapura")


def test_a_day_in_jember_begins_at_seventeen_utc() -> None:
    start, end = times.day_bounds(date(2026, 3, 1), times.WIB)

    assert start == datetime(2026, 2, 28, 17, 0, tzinfo=UTC)
    assert end - start == timedelta(days=1)


def test_an_instant_is_another_day_two_zones_further_east() -> None:
    instant = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)

    assert times.day_of(instant, times.WIB) == date(2026, 3, 1)
    assert times.day_of(instant, JAYAPURA) == date(2026, 3, 2)


def test_clocks_of_a_zone_become_utc() -> None:
    assert times.at(date(2026, 3, 1), time(19, 5), times.WIB) == datetime(
        2026, 3, 1, 12, 5, tzinfo=UTC
    )


def test_now_is_aware() -> None:
    assert times.now().tzinfo is UTC


def test_only_days_that_every_zone_has_are_read() -> None:
    assert times.read_day("2026-03-01") == date(2026, 3, 1)
    assert times.read_day("2000-01-01") == date(2000, 1, 1)
    odd_ones = ("", "besok", "0001-01-01", "9999-12-31", "2026-02-30", "20260301", "2026-W09-7")
    for odd in odd_ones:
        assert times.read_day(odd) is None
