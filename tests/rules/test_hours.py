"""Availability as committees write it."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.hours import Hours, read_hours, write_hours


def every(days, start, end):
    return tuple(Hours(day, time(start), time(end % 24)) for day in days)


WEEK = range(7)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("setiap hari", ()),
        ("Setiap Hari", ()),
        ("Sen-Min 00.00-24.00", ()),
        ("setiap hari 18.00-21.00", every(WEEK, 18, 21)),
        ("18.00-21.00", every(WEEK, 18, 21)),
        (
            "Sen-Jum 16.00-21.00; Sab-Min 09.00-21.00",
            every(range(5), 16, 21) + every((5, 6), 9, 21),
        ),
        ("Sel-Min", every(range(1, 7), 0, 0)),
        ("Sen-Jum 13.00-21.00; Sab-Min", every(range(5), 13, 21) + every((5, 6), 0, 0)),
        ("Sab-Sen 9-12", every((0, 5, 6), 9, 12)),
        ("senin, rabu dan jum'at 08:00–10:00", every((0, 2, 4), 8, 10)),
        ("Senin s/d Jumat jam 9 - 17 WIB", every(range(5), 9, 17)),
        ("Sen 09.00-12.00, 11.00-14.00", every((0,), 9, 14)),
        ("Min 20.00-24.00", every((6,), 20, 24)),
        ("Min 20.00-00.00", every((6,), 20, 24)),
        ("Ahad 7-8\nKamis 7-8", every((3, 6), 7, 8)),
    ],
)
def test_hours_are_read_as_they_are_written(text, hours):
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    "text",
    [
        "besok",
        "Sen-Foo",
        "Sen 21.00-09.00",
        "Sen 25.00-26.00",
        "Sen 24.00-24.00",
        "Sen 09.00",
        "Sen 09.61-10.00",
        "Sen 10.00-10.00",
        "Sen 23.30-24.30",
        "2026-01-02",
        "Sen 16.00-21.00 kecuali libur",
        "x" * 301,
    ],
)
def test_what_is_not_understood_is_not_guessed(text):
    assert read_hours(text) is None


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        ((), "setiap hari"),
        (
            every(range(5), 16, 21) + every((5, 6), 9, 21),
            "Sen-Jum 16.00-21.00; Sab-Min 09.00-21.00",
        ),
        (every(WEEK, 18, 24), "setiap hari 18.00-24.00"),
        (every((0, 2), 0, 0), "Sen; Rab"),
    ],
)
def test_hours_are_written_short(hours, text):
    assert write_hours(hours) == text


SPANS = st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)).filter(
    lambda span: span[1] < span[2]
)


@given(st.lists(SPANS, max_size=20))
def test_what_is_written_reads_the_same(spans):
    text = "; ".join(
        f"{['Sen', 'Sel', 'Rab', 'Kam', 'Jum', 'Sab', 'Min'][d]} {a}.00-{b}.00" for d, a, b in spans
    )
    hours = read_hours(text[:300].rpartition(";")[0] if len(text) > 300 else text)

    assert hours is not None
    assert read_hours(write_hours(hours)) == hours


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    hours = read_hours(text)
    assert hours is None or all(0 <= entry.weekday <= 6 for entry in hours)
