from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bazaar.rules.show.quiet import Quiet

NIGHT = Quiet(21, 6)
WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")


def wib(hour, minute=0, day=1):
    return datetime(2026, 3, day, hour, minute, tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (wib(20, 59), None),
        (wib(21), wib(6, day=2)),
        (wib(23, 59), wib(6, day=2)),
        (wib(0, day=2), wib(6, day=2)),
        (wib(5, 59, day=2), wib(6, day=2)),
        (wib(6, day=2), None),
        (wib(12), None),
    ],
)
def test_the_night_ends_in_the_morning_also_across_midnight(now, until):
    assert NIGHT.ends_at(now, WIB) == until


def test_the_night_is_the_zones_own():
    now = wib(20)  # 22.00 in Jayapura

    assert NIGHT.ends_at(now, WIB) is None
    assert NIGHT.ends_at(now, WIT) == datetime(2026, 3, 2, 6, tzinfo=WIT)


def test_quiet_hours_within_one_day():
    noon = Quiet(12, 14)

    assert noon.ends_at(wib(13), WIB) == wib(14)
    assert noon.ends_at(wib(14), WIB) is None


def test_equal_hours_are_never_quiet():
    for hour in range(24):
        assert Quiet(6, 6).ends_at(wib(hour), WIB) is None


def test_quiet_always_ends_later_within_a_day():
    for minutes in range(0, 48 * 60, 7):
        now = wib(0) + timedelta(minutes=minutes)
        until = NIGHT.ends_at(now, WIB)
        assert until is None or now < until <= now + timedelta(hours=9)
