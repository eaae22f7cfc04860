from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.cues import CueKey, CueKind, Target, decide, next_due, passed
from bazaar.rules.show.standing import Day, stand
from tests.rules.show.test_standing import FIVE, acts, at, turns
from tests.rules.show.test_standing_always import days, instants

ONE = turns("9.00")


def due(day, now, told=()):
    found = decide(stand(day, at(now)), set(told), at(now))
    return {(cue.kind.value, cue.target.value, cue.late) for cue in found}


def new(day, before, now):
    told = {cue.key for cue in decide(stand(day, at(before)), (), at(before))}
    return due(day, now, told)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("7.59", "8.00", {("hour_before", "seller", False)}),
        ("8.44", "8.45", {("call", "seller", False)}),
        ("8.51", "8.52", {("check", "liaison", False)}),
        ("8.57", "8.58", {("standby", "seller", False), ("standby", "host", False)}),
        ("8.59", "8.59.30", {("last_check", "host", False)}),
        ("8.59.59", "9.00", {("on_air", "seller", False), ("on_air", "host", False)}),
        ("9.12", "9.13", {("warn", "seller", False), ("warn", "host", False)}),
        ("9.13", "9.14", {("wrap", "seller", False), ("wrap", "host", False)}),
        ("9.14", "9.15", {("done", "seller", False)}),
    ],
)
def test_each_cue_comes_at_its_time(before, now, expected):
    assert new(Day(ONE), before, now) == expected


def test_the_first_is_a_day_before():
    day = Day(ONE)
    standing = stand(day, at("9.00") - timedelta(hours=24))
    assert [cue.kind for cue in decide(standing, (), standing.at)] == [CueKind.DAY_BEFORE]


def test_after_a_time_without_a_clock_nobody_is_told_old_news():
    """At 8.57 the way to the room is over, but a telephone call still helps."""
    assert {("call", "seller", True), ("check", "liaison", False)} <= due(Day(ONE), "8.57")
    assert all(late for *_, late in due(Day(ONE), "11.00"))


def test_who_is_in_the_room_is_not_telephoned():
    here = Day(ONE, present={1: [(at("8.40"), None)]})
    assert "check" not in {kind for kind, *_ in due(here, "8.53")}


def test_lateness_moves_cues():
    started = acts(("8.50", ActKind.BY_HOST), ("9.04", ActKind.START, {"turn": "t1"}))
    assert ("wrap", "seller", False) not in due(Day(FIVE, started), "9.15")
    assert ("wrap", "seller", False) in due(Day(FIVE, started), "9.18")


def test_a_hold_stops_the_cues_of_who_is_on():
    held = Day(ONE, acts(("9.10", ActKind.HOLD, {"text": "Azan"})))
    assert "warn" not in {kind for kind, *_ in due(held, "9.40")}
    resumed = Day(ONE, (*held.acts, Act(2, ActKind.RESUME, at("9.40"))))
    assert ("warn", "host", False) in due(resumed, "9.43")


def test_by_the_hosts_hand_the_end_and_the_overrun_are_told_to_the_host():
    day = Day(ONE, acts(("8.50", ActKind.BY_HOST), ("9.00", ActKind.START, {"turn": "t1"})))
    assert ("end", "host", False) in due(day, "9.15")
    assert ("overrun", "host", False) not in due(day, "9.17")
    assert ("overrun", "host", False) in due(day, "9.18")


def test_a_missing_seller_is_told_to_host_liaison_and_itself():
    guarded = Day(ONE, acts(("8.00", ActKind.GUARD)))
    missing = {("no_show", target.value, False) for target in Target}
    assert missing <= due(guarded, "9.02")
    away = Day(FIVE, present={2: [(at("8.40"), None)]})
    assert missing <= due(away, "9.02")
    unwatched = Day(FIVE)
    assert not missing & due(unwatched, "9.02")


def test_what_was_told_never_comes_again():
    day = Day(FIVE)
    told = {cue.key for cue in decide(stand(day, at("9.16")), (), at("9.16"))}
    assert decide(stand(day, at("9.16")), told, at("9.16")) == []


def test_the_next_instant_to_wake_up_for():
    assert next_due(stand(Day(ONE), at("8.50")), at("8.50")) == at("8.52")
    assert next_due(stand(Day(ONE), at("11.00")), at("11.00")) is None


# -- what a clock that was away has missed -----------------------------------------------------


def missed(day, since, now):
    """What only a clock that was there could have found, by turn."""
    known = {cue.key for cue in decide(stand(day, at(now)), (), at(now))}
    before = {cue.key for cue in decide(stand(day, at(since)), (), at(since))}
    found = passed(day, at(since), at(now))
    assert all(cue.late for cue in found)
    new = [cue for cue in found if cue.key not in known | before]
    return {(cue.line.turn.uid, cue.kind.value, cue.target.value, cue.due_at) for cue in new}


def test_cues_that_the_end_of_a_turn_took_with_it_are_found_afterwards():
    assert missed(Day(ONE), "8.51", "9.20") == {
        ("t1", "check", "liaison", at("8.52")),
        ("t1", "warn", "seller", at("9.13")),
        ("t1", "warn", "host", at("9.13")),
        ("t1", "wrap", "seller", at("9.14")),
        ("t1", "wrap", "host", at("9.14")),
    }


def test_what_never_came_due_was_not_missed():
    early = acts(("9.12", ActKind.END, {"turn": "t1"}))
    assert {kind for _, kind, *_ in missed(Day(ONE, early), "9.01", "9.20")} == set()
    here = Day(ONE, present={1: [(at("8.40"), None)]})
    assert "check" not in {kind for _, kind, *_ in missed(here, "8.51", "9.20")}


def test_what_came_due_before_somebody_acted_was_missed_at_its_time():
    longer = acts(("9.14.30", ActKind.ADD, {"seconds": 300}), ("9.16", ActKind.END, {"turn": "t1"}))
    found = {(kind, due_at) for _, kind, _, due_at in missed(Day(ONE, longer), "9.01", "9.20")}
    assert found == {("warn", at("9.13")), ("wrap", at("9.14"))}


def test_end_and_overrun_are_missed_too():
    by_host = acts(
        ("8.50", ActKind.BY_HOST),
        ("9.00", ActKind.START, {"turn": "t1"}),
        ("9.19", ActKind.END, {"turn": "t1"}),
    )
    found = missed(Day(ONE, by_host), "9.14.30", "9.30")
    assert found == {("t1", "end", "host", at("9.15")), ("t1", "overrun", "host", at("9.18"))}


def test_a_seller_who_came_late_was_missing_before_and_nobody_was_while_nobody_looked():
    came = Day(FIVE, present={1: [(at("9.05"), None)], 2: [(at("8.50"), None)]})
    assert ("t1", "no_show", "host", at("9.01.30")) in missed(came, "8.59", "9.14")
    unwatched = Day(FIVE, present={1: [(at("9.05"), None)]})
    assert "no_show" not in {kind for _, kind, *_ in missed(unwatched, "8.59", "9.14")}


@given(days(), instants, st.integers(1, 90))
@settings(max_examples=60, deadline=None)
def test_who_was_away_finds_all_that_who_was_there_has_found(day, since, minutes):
    now = since + timedelta(minutes=minutes)
    there: set[CueKey] = set()
    for second in range(0, minutes * 60 + 1, 15):
        instant = since + timedelta(seconds=second)
        there |= {cue.key for cue in decide(stand(day, instant), there, instant)}
    away = {cue.key for cue in decide(stand(day, now), (), now)}
    away |= {cue.key for cue in passed(day, since, now)}

    assert there <= away
