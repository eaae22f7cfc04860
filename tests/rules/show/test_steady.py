"""What is told of times holds still: two instants of the same state tell the same."""

from datetime import UTC, datetime, timedelta

import pytest

from bazaar.rules.show import steady
from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.standing import Day, Turn, stand

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(minutes, seconds=0):
    return NOW + timedelta(minutes=minutes, seconds=seconds)


def turn(uid, start, length=15):
    return Turn(uid, int(uid), at(start), at(start + length), at(120))


def seen(day, instant):
    found = stand(day, instant)
    return steady.end(found), steady.start(found)


TURNS = (turn("1", 0), turn("2", 15), turn("3", 40))
BY_HOST = Act(1, ActKind.BY_HOST, at(-1))


def test_on_time_the_times_are_the_planned_ones():
    assert seen(Day(TURNS), at(3)) == (at(15), at(15))


def test_time_that_is_added_moves_both():
    day = Day(TURNS, [Act(1, ActKind.ADD, at(1), seconds=90)])

    assert seen(day, at(3)) == (at(16, 30), at(16, 30))


def test_in_overtime_the_end_stands_and_the_next_comes_on_a_whole_minute():
    day = Day(TURNS, [BY_HOST, Act(2, ActKind.START, at(0), turn="1")])

    assert seen(day, at(17, 1)) == (at(15), at(18))
    assert seen(day, at(17, 59)) == (at(15), at(18))
    assert seen(day, at(18, 1)) == (at(15), at(19))


def test_a_gap_that_takes_the_overtime_up_keeps_the_announced_time():
    day = Day((TURNS[0], TURNS[2]), [BY_HOST, Act(2, ActKind.START, at(0), turn="1")])

    assert seen(day, at(17, 1)) == (at(15), at(40))


def test_in_a_hold_no_time_is_told():
    day = Day(TURNS, [Act(1, ActKind.HOLD, at(5))])

    assert seen(day, at(6)) == (None, None)


def test_a_turn_that_only_waits_for_people_keeps_its_time_and_those_behind_it_a_whole_minute():
    day = Day(TURNS[:2], [BY_HOST])
    found = stand(day, at(4, 20))
    first, second = found.lines

    assert seen(day, at(4, 20)) == (None, at(0))
    assert steady.expected(first, found) == at(0)
    assert steady.expected(second, found) == at(20)


@pytest.mark.parametrize("minute", range(-2, 60, 3))
def test_within_a_minute_nothing_moves_by_itself(minute):
    day = Day(TURNS, [BY_HOST, Act(2, ActKind.START, at(0), turn="1")])

    assert seen(day, at(minute, 10)) == seen(day, at(minute, 50))
