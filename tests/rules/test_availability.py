from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.availability import SpanFault, fault, spans
from bazaar.rules.hours import Hours

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = date(2027, 2, 8)


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    start = datetime.combine(MONDAY, time(0), tzinfo=WIB).astimezone(UTC)
    return start + timedelta(days=day, hours=hour, minutes=minute)


def test_hours_are_cut_to_the_opening():
    mornings = [Hours(0, time(7), time(10)), Hours(0, time(13), time(15))]

    assert spans(mornings, wib(0, 9), wib(0, 14), WIB) == [
        (wib(0, 9), wib(0, 10)),
        (wib(0, 13), wib(0, 14)),
    ]


def test_other_weekdays_do_not_count():
    assert spans([Hours(1, time(7), time(10))], wib(0, 0), wib(0, 23), WIB) == []


def test_midnight_ends_the_day_and_joins_the_next():
    evening_and_night = [Hours(0, time(20), time(0)), Hours(1, time(0), time(2))]

    assert spans(evening_and_night, wib(0, 12), wib(1, 12), WIB) == [(wib(0, 20), wib(1, 2))]


def test_hours_that_overlap_are_one():
    hours = [Hours(0, time(9), time(11)), Hours(0, time(10), time(12))]

    assert spans(hours, wib(0, 0), wib(1, 0), WIB) == [(wib(0, 9), wib(0, 12))]


@given(
    st.lists(
        st.builds(
            lambda weekday, a, b: Hours(weekday, time(min(a, b)), time(max(a, b) + 1)),
            st.integers(0, 6),
            st.integers(0, 22),
            st.integers(0, 22),
        ),
        max_size=8,
    ),
    st.integers(0, 200),
    st.integers(0, 60),
    st.integers(0, 260),
)
def test_an_hour_is_inside_exactly_when_the_week_says_so(hours, start, length, asked):
    found = spans(hours, wib(0, start), wib(0, start + length), WIB)
    day, hour = divmod(asked, 24)
    expected = start <= asked < start + length and any(
        h.weekday == day % 7 and h.from_time <= time(hour) < h.until for h in hours
    )

    assert any(a <= wib(0, asked) < b for a, b in found) == expected


@pytest.mark.parametrize(
    ("span", "wrong"),
    [
        ((wib(0, 9), wib(0, 11)), None),
        ((wib(0, 9), wib(0, 9, 15)), None),
        ((wib(0, 10), wib(0, 10)), SpanFault.BACKWARDS),
        ((wib(0, 10), wib(0, 9)), SpanFault.BACKWARDS),
        ((wib(0, 8), wib(0, 10)), SpanFault.OUTSIDE),
        ((wib(0, 10), wib(0, 12)), SpanFault.OUTSIDE),
        ((wib(0, 10), wib(0, 10, 10)), SpanFault.SHORT),
    ],
)
def test_a_time_given_for_a_window_is_judged(span, wrong):
    assert fault(span, (wib(0, 9), wib(0, 11)), timedelta(minutes=15)) is wrong


def test_all_of_a_window_shorter_than_a_turn_will_do():
    whole = (wib(0, 9), wib(0, 9, 10))
    assert fault(whole, whole, timedelta(minutes=15)) is None
