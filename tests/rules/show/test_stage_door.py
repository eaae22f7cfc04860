from datetime import UTC, datetime, timedelta

import pytest

from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.stage_door import Stage, first_name, own_line, stage_of
from bazaar.rules.show.standing import Day, Turn, stand

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ME, OTHER, STANDBY = 1, 2, 3


def at(minutes, seconds=0):
    return NOW + timedelta(minutes=minutes, seconds=seconds)


def turn(uid, seller, start):
    return Turn(uid, seller, at(start), at(start + 15), at(90))


TURNS = (turn("a", OTHER, 0), turn("b", ME, 15), turn("c", OTHER, 30), turn("d", ME, 60))


def seen(seller, instant, *acts):
    found = stand(Day(TURNS, acts), instant)
    line = own_line(found.lines, seller, instant)
    return (line.turn.uid, stage_of(line, seller, found)) if line else None


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (at(-30), ("b", Stage.LATER)),
        (at(0), ("b", Stage.CALL)),
        (at(13), ("b", Stage.STANDBY)),
        (at(15), ("b", Stage.ON_AIR)),
        (at(28), ("b", Stage.WARNING)),
        (at(29), ("b", Stage.WRAP)),
        (at(30), ("b", Stage.DONE)),
        (at(39), ("b", Stage.DONE)),
        (at(40), ("d", Stage.LATER)),
        (at(45), ("d", Stage.CALL)),
        (at(80), ("d", Stage.DONE)),
    ],
)
def test_an_evening_of_one_seller_by_the_clock(instant, expected):
    assert seen(ME, instant) == expected


def test_lateness_moves_the_call():
    late = Act(1, ActKind.DELAY, at(0, 1), seconds=1200)

    assert seen(ME, at(14), late) == ("b", Stage.LATER)
    assert seen(ME, at(33, 30), late) == ("b", Stage.STANDBY)


def test_over_time_and_in_a_hold_it_is_told_so():
    by_host = (Act(1, ActKind.BY_HOST, at(0)), Act(2, ActKind.START, at(15), turn="b"))

    assert seen(ME, at(31), *by_host) == ("b", Stage.OVERTIME)
    assert seen(ME, at(20), *by_host, Act(3, ActKind.HOLD, at(19))) == ("b", Stage.HELD)


def test_who_was_missing_reads_so_and_who_fills_in_is_on_air():
    filled = Act(1, ActKind.NO_SHOW, at(15, 30), turn="b", seller=STANDBY)

    assert seen(STANDBY, at(16), filled) == ("b", Stage.ON_AIR)
    assert seen(ME, at(16), filled) == ("b", Stage.MISSED)
    assert seen(ME, at(15, 40), Act(1, ActKind.NO_SHOW, at(15, 30), turn="b")) == (
        "b",
        Stage.MISSED,
    )


def test_who_falls_off_the_end_or_is_left_out_reads_so():
    close = Act(1, ActKind.CLOSE, at(50))
    skip = (Act(1, ActKind.SKIP, at(20), turn="d"),)

    assert seen(ME, at(51), close) == ("d", Stage.FELL_OFF)
    assert seen(ME, at(50), *skip) == ("d", Stage.SKIPPED)


def test_who_is_given_up_before_its_time_reads_so_until_that_time_has_gone():
    gone = Act(1, ActKind.NO_SHOW, at(5), turn="b")

    assert seen(ME, at(6), gone) == ("b", Stage.MISSED)
    assert seen(ME, at(24), gone) == ("b", Stage.MISSED)
    assert seen(ME, at(26), gone) == ("d", Stage.LATER)


def test_somebody_without_a_turn_has_none():
    assert seen(99, at(5)) is None


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Siti Aminah", "Siti"),
        ("Bu Sri Wahyuni", "Bu Sri"),
        ("H. Muhammad Anwar", "H. Muhammad"),
        ("Dr. Ahmad, S.E.", "Dr. Ahmad"),
        ("rudi hartono", "Rudi"),
        ("pak joko", "Pak Joko"),
        ("Pak", "Pak"),
        ("", ""),
        ("A" * 50, "A" * 20),
    ],
)
def test_a_buyer_is_thanked_by_the_first_name_only(name, first):
    assert first_name(name) == first
