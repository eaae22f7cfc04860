"""Importing again: the same file, periods that overlap, and lines that are really equal."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.statements import Side, StatementLine, fingerprint, marked, new

DAY = date(2026, 8, 3)


def a_line(amount=1_000_000, text="TRF", *, day=DAY, number=2, **facts):
    return StatementLine(number, day, None, amount, Side.CREDIT, text, **facts)


class Store:
    """What was imported so far, as the database keeps it."""

    def __init__(self):
        self.lines = []

    def take(self, lines):
        stored = {(mark.fingerprint, mark.turn) for mark in self.lines}
        fresh = new(marked("1", lines), stored)
        self.lines += fresh
        return len(fresh)


lines = st.lists(
    st.builds(
        a_line,
        st.integers(1, 3).map(lambda n: n * 100),
        st.sampled_from(["TRF", "BIAYA"]),
        day=st.integers(0, 9).map(lambda days: DAY + timedelta(days=days)),
        number=st.integers(2, 99),
        balance_sen=st.none() | st.integers(0, 2),
    ),
    max_size=20,
)


@given(lines)
def test_the_same_file_again_changes_nothing(lines):
    store = Store()

    assert store.take(lines) == len(lines)
    assert store.take(lines) == 0
    keys = {(mark.fingerprint, mark.turn) for mark in store.lines}
    assert len(keys) == len(lines)


@given(lines, st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_overlapping_periods_give_every_line_once(lines, first, last, later_first):
    lines = sorted(lines, key=lambda line: line.day)
    early = [line for line in lines if line.day <= DAY + timedelta(days=max(first, last))]
    late = [line for line in lines if line.day >= DAY + timedelta(days=min(first, last))]
    store = Store()

    for part in (late, early) if later_first else (early, late):
        store.take(part)

    assert len(store.lines) == len(lines)


def test_two_equal_lines_of_one_file_are_two():
    store = Store()

    assert store.take([a_line(), a_line(number=3)]) == 2
    assert store.take([a_line()]) == 0
    assert store.take([a_line(), a_line(), a_line()]) == 1


def test_where_the_bank_gives_an_id_it_alone_counts():
    store = Store()

    assert store.take([a_line(identity="QR1"), a_line(2, identity="QR1")]) == 1
    assert store.take([a_line(5, "OTHER", identity="QR1"), a_line(identity="QR2")]) == 1


def test_a_line_that_the_bank_has_not_booked_is_not_kept():
    assert marked("1", [a_line(day=None, pending=True)]) == []


@pytest.mark.parametrize(
    "other",
    [
        a_line(2),
        a_line(text="X"),
        a_line(day=DAY + timedelta(days=1)),
        a_line(balance_sen=1),
        a_line(reference="9"),
        StatementLine(2, DAY, None, 1_000_000, Side.DEBIT, "TRF"),
        StatementLine(2, DAY, time(1), 1_000_000, Side.CREDIT, "TRF"),
    ],
)
def test_lines_that_differ_have_other_fingerprints(other):
    assert fingerprint("1", other) != fingerprint("1", a_line())
    assert fingerprint("1", a_line(text="a   b")) == fingerprint("1", a_line(text="a b", number=7))
    assert fingerprint("2", a_line()) != fingerprint("1", a_line())
