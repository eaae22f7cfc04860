from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from bazaar import editions, show
from bazaar.db import db
from bazaar.models import Cue, Message
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.cues import CueKind
from bazaar.show import ticking
from bazaar.show.ticking import Look
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    released = a_release(an_edition(gap_minutes=2))
    return [
        a_turn(released, a_seller(), starts_at=now),
        a_turn(released, a_seller(), starts_at=now + minutes(17)),
    ]


def recorded(kind):
    query = sa.select(Cue).where(Cue.kind == kind).order_by(Cue.due_at, Cue.target)
    return list(db.session.scalars(query))


def test_what_passed_is_written_down_once(evening, now):
    first, second = evening

    show.tick(now + minutes(1))
    assert show.tick(now + minutes(1)) == 0
    show.tick(now + minutes(33))
    assert show.tick(now + minutes(33)) == 0

    began = recorded(CueKind.ON_AIR)
    assert [(cue.turn_uid, cue.due_at) for cue in began[::2]] == [
        (first.uid, first.starts_at),
        (second.uid, second.starts_at),
    ]
    assert [(cue.turn_uid, cue.due_at) for cue in recorded(CueKind.DONE)] == [
        (first.uid, first.ends_at),
        (second.uid, second.ends_at),
    ]


def test_what_came_due_while_no_clock_ran_is_late(evening, now):
    show.tick(now + minutes(120))

    assert all(cue.late for cue in db.session.scalars(sa.select(Cue)))
    assert recorded(CueKind.ON_AIR)


def test_a_long_silence_is_caught_up_in_portions(evening, now, monkeypatch):
    monkeypatch.setattr(ticking, "AT_ONCE", 3)
    found = []
    while written := show.tick(now + minutes(120)):
        found.append(written)

    assert found[:-1] == [3] * (len(found) - 1)
    assert sum(found) == db.session.query(Cue).count() > 6


def test_a_look_at_an_evening_in_which_nothing_is_due_is_one_query(evening, now, queries):
    show.tick(now)
    found = show.look(now)
    queries.clear()

    again = show.look(now + timedelta(seconds=1))

    assert len(queries) == 1
    assert (again.due, again.next_at) == ((), found.next_at)
    assert found.next_at == now + minutes(2), "the next seller's call"


@pytest.mark.parametrize("channels", [1, 4])
def test_more_channels_that_change_at_once_cost_no_more_queries(app, now, queries, channels):
    edition = an_edition(channels=channels)
    released = a_release(edition)
    for channel in edition.channels:
        a_turn(released, a_seller(), starts_at=now, channel=channel)
    before = now - timedelta(seconds=5)
    show.tick(before)
    show.look(before)
    queries.clear()

    assert show.tick(now) == 2 * channels
    assert len(queries) == {"sqlite": 4, "postgresql": 5}[db.engine.dialect.name]


def test_what_somebody_does_is_seen_by_the_next_look(evening, now):
    first, _ = evening
    show.tick(now)
    show.look(now)
    show.act(editions.get_current(), 1, ActKind.END, revision=0, actor=HOST, now=now + minutes(3))

    show.tick(now + minutes(3))

    assert [(cue.turn_uid, cue.due_at) for cue in recorded(CueKind.DONE)] == [
        (first.uid, now + minutes(3))
    ]


def test_days_without_a_clock_are_written_down_as_late(evening, now):
    first, second = evening
    show.beat("clock:1", ticks=1, done=True, now=now - minutes(120))

    later = now + timedelta(days=3)
    show.tick(later)

    assert {cue.turn_uid for cue in recorded(CueKind.DONE)} == {first.uid, second.uid}
    assert all(cue.late for cue in db.session.scalars(sa.select(Cue)))
    assert db.session.query(Message).count() == 0


def test_what_a_wrong_clock_wrote_of_the_future_comes_again_in_its_time(evening, now):
    show.tick(now - minutes(90))
    told = {key(cue) for cue in db.session.scalars(sa.select(Cue).where(~Cue.late))}
    show.tick(now + timedelta(days=2))

    show.tick(now + minutes(120))

    assert show.strike(now - minutes(89)) > 0
    for minute in range(-89, 40):
        show.tick(now + minutes(minute))

    again = list(db.session.scalars(sa.select(Cue)))
    assert len({key(cue) for cue in again}) == len(again)
    assert told <= {key(cue) for cue in again}
    assert not any(cue.late for cue in recorded(CueKind.ON_AIR) + recorded(CueKind.CALL))


def key(cue):
    return (cue.turn_uid, cue.kind, cue.target)


def test_a_cue_that_cannot_be_told_stops_no_other(evening, now):
    due = [(day, cue) for day, cue in show.look(now - minutes(40)).due if not cue.late]
    (day, first), *rest = due
    broken = replace(first, until=None)

    with structlog.testing.capture_logs() as logs:
        assert show.record(Look([(day, broken), *rest], None), now - minutes(40)) == len(due) > 1

    assert [entry["event"] for entry in logs] == ["cue_not_told"]
    assert db.session.query(Message).count() > 0


# -- a process that starts anew in every state -----------------------------------------------------

BEGINS, ENDS = -70, 80
DEEDS: dict[int, tuple[ActKind, dict[str, Any]]] = {
    5: (ActKind.HOLD, {"text": "Azan"}),
    8: (ActKind.RESUME, {}),
    20: (ActKind.BY_HOST, {}),
    40: (ActKind.END, {}),
    45: (ActKind.START, {"turn": 2}),
    46: (ActKind.BY_CLOCK, {}),
    70: (ActKind.CLOSE, {}),
}
STATES = {
    "before the show": -62,
    "on air": 1,
    "held": 6,
    "overtime": 35,
    "between turns": 42,
    "the last turn": 50,
    "after the close": 72,
}
AWAY = 12


def test_what_a_turn_went_on_without_is_written_as_late_and_told_to_nobody(evening, now):
    """Ten minutes without a clock in which the first turn ended and the second was called."""
    first, second = evening
    show.tick(now + minutes(6))
    show.beat("clock:1", ticks=1, done=True, now=now + minutes(6))
    show.forget()

    show.tick(now + minutes(16))

    for kind, targets in ((CueKind.WARN, 2), (CueKind.WRAP, 2)):
        written = recorded(kind)
        assert [cue.late for cue in written] == [True] * targets
        assert {cue.turn_uid for cue in written} == {first.uid}
    assert [(cue.turn_uid, cue.late) for cue in recorded(CueKind.DONE)] == [(first.uid, False)]
    assert [cue.late for cue in recorded(CueKind.CHECK) if cue.turn_uid == second.uid] == [True]
    assert show.tick(now + minutes(16)) == 0


@pytest.fixture
def three_turns(app, now):
    edition = an_edition()
    released = a_release(edition)
    return edition, [
        a_turn(released, a_seller(), starts_at=now + minutes(start)) for start in (0, 17, 34)
    ]


def played(three_turns, now, *, away=(), anew=False):
    """Play the evening, a tick each minute outside of `away`; return what was written."""
    edition, turns = three_turns
    revision = 0
    for minute in range(BEGINS, ENDS):
        at = now + minutes(minute)
        if minute in DEEDS:
            kind, more = DEEDS[minute]
            more = more | ({"turn": turns[more["turn"]].uid} if "turn" in more else {})
            show.act(edition, 1, kind, revision=revision, actor=HOST, now=at, **more)
            revision += 1
        if minute in away:
            continue
        if anew:
            show.forget()
        show.tick(at)
    names = {turn.uid: place for place, turn in enumerate(turns)}
    return {
        (names[cue.turn_uid], cue.kind, cue.target): (cue.due_at, cue.late)
        for cue in db.session.scalars(sa.select(Cue))
    }


def test_a_clock_that_starts_anew_before_every_tick_writes_the_same(three_turns, now):
    with db.session.begin_nested() as before:
        straight = played(three_turns, now)
        before.rollback()
    show.forget()

    assert played(three_turns, now, anew=True) == straight
    assert not any(late for _, late in straight.values() if _ > now)
    assert {place for place, kind, _ in straight if kind is CueKind.DONE} == {0, 1, 2}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("begins", STATES.values(), ids=STATES)
def test_a_clock_that_was_away_loses_nothing_and_tells_no_old_news(three_turns, now, begins):
    with db.session.begin_nested() as before:
        straight = played(three_turns, now)
        before.rollback()
    show.forget()

    found = played(three_turns, now, away=range(begins, begins + AWAY))

    assert {key: due for key, (due, _) in found.items()} == {
        key: due for key, (due, _) in straight.items()
    }
    back = now + minutes(begins + AWAY)
    for cue in db.session.scalars(sa.select(Cue).where(Cue.late)):
        assert cue.due_at < back
        assert not db.session.scalars(
            sa.select(Message).where(Message.key.contains(f"{cue.turn_uid}:0:{cue.kind.value}:"))
        ).all()
