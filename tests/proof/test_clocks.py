"""Three clocks, and what happens to clocks: kill -9, standing still, jumps of time, no database.

What each test prints are figures of docs/clock.md. More of it: `make torture`.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bazaar import editions, show, times
from bazaar.db import db, reading, transaction
from bazaar.models import Beat, Cue, Message
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.cues import CueKey, decide
from bazaar.show.telling import read_key
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition
from tests.house import House
from tests.proof.clocks import (
    TURN,
    Clocks,
    Nursery,
    an_evening,
    record_of,
    wait_for,
    wait_until,
    waited_s,
)
from tests.proof.test_cut_off import a_house

KILLS = int(os.environ.get("PROOF_CLOCK_KILLS", "20"))
EACH_S = 0.5
"""A kill every so often, while the machine keeps up."""

AWAY_S = float(os.environ.get("PROOF_AWAY_S", "2"))
TAKEOVER_S = 2.0
"""Each takeover, without the time in which the new leader was ready to run and got no processor."""

BUSY = 3
"""By so much more something may take on a machine that is busy with other tests."""
KEY = "uq_cues_turn_uid_sequence_kind_target"

ClocksOf = Callable[..., AbstractContextManager[Clocks]]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
def clocks_of(nursery: Nursery, tmp_path: Path) -> ClocksOf:
    @contextmanager
    def make(database: House, *, careless: bool = False) -> Iterator[Clocks]:
        clocks = Clocks(nursery, database, tmp_path, careless=careless)
        try:
            yield clocks
        finally:
            print(clocks.log.decode()[-20_000:])  # noqa: T201 - pytest shows it with a failure
            clocks.close()

    return make


def until_over(uids):
    """Wait until the last turn is over and written down, or must be."""
    wait_for(lambda: not record_of(uids).missing, f"all is written: {record_of(uids).missing[:3]}")


def test_killed_leaders_lose_and_double_nothing(app, database, clocks_of, capsys):
    with clocks_of(database) as clocks:
        clocks.start(3)
        began = times.now()
        uids = an_evening(KILLS * EACH_S + 3, after=1)
        took = []
        for number in range(1, KILLS + 1):
            wait_until(began + number * timedelta(seconds=EACH_S))
            clocks.wait_for_all(2)
            took.append(clocks.kill(clocks.leader()))
            clocks.start_one()
        until_over(uids)
        clocks.wait_for_all()
        log, ended = clocks.log, clocks.stop()

    found = record_of(uids)
    longest = sorted(each.took_s for each in took)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{database.kind}: {KILLS} leaders killed, taken over after at most {longest[-1]:.2f} s"
            f" (median {longest[KILLS // 2]:.2f}; without waiting for a processor at most"
            f" {max(each.own_s for each in took):.2f}); {len(found.delays_s)} beginnings and ends,"
            f" written after p50 {1000 * found.delay(50):.0f} ms, at most {found.delay(100):.2f} s"
        )
    assert found.missing == found.doubled == []
    assert found.late == 0
    assert max(each.own_s for each in took) < TAKEOVER_S
    assert ended == [0, 0, 0]
    assert b"tick_failed" not in log


def test_a_leader_that_stands_still_loses_the_lead_and_wakes_harmlessly(app, database, clocks_of):
    with clocks_of(database) as clocks:
        clocks.start(2)
        uids = an_evening(9, after=0)
        stopped = clocks.leader()
        (other,) = clocks.processes.keys() - {stopped}
        waited, began = waited_s(other), time.monotonic()
        with transaction():
            # While we may write nobody else does: SQLite stays locked by who stops in a write.
            db.session.execute(sa.select(Beat.id))
            clocks.halt(stopped)
        wait_for(lambda: clocks.last_beat()[0] == other, "the other takes over")
        assert time.monotonic() - began - (waited_s(other) - waited) < 8
        clocks.wake(stopped)
        until_over(uids)
        wait_for(lambda: clocks.last_beat()[0] == other, "the other one goes on")
        assert b"clock_leads_no_more" in clocks.log

    found = record_of(uids)
    assert found.missing == found.doubled == []
    assert found.late == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_leader_beside_sqlite_that_stood_still_goes_on(app, database, clocks_of):
    with clocks_of(database) as clocks:
        clocks.start(2)
        uids = an_evening(4, after=0)
        stopped = clocks.leader()
        time.sleep(TURN.total_seconds() / 3)
        clocks.halt(stopped)
        time.sleep(2)
        clocks.wake(stopped)
        until_over(uids)

    found = record_of(uids)
    assert found.missing == found.doubled == []
    assert found.late == 0


JUMPS = (-3600.0, 3600.0, -2 * 86_400.0, 0.0)
AHEAD = timedelta(seconds=1.2)


def test_when_the_wall_clock_jumps_each_boundary_is_written_in_its_time(
    app, database, clocks_of, capsys
):
    blocks, slipped = [], []
    with clocks_of(database) as clocks:
        clocks.start()
        for wrong_by in JUMPS:
            begins = times.now() + AHEAD + timedelta(seconds=wrong_by)
            blocks.append(an_evening(1, at=begins))
            clocks.set(wrong_by)
            set_at = times.now() + timedelta(seconds=wrong_by)
            slipped.append(max((set_at - begins).total_seconds(), 0))
            wait_for(partial(is_written_in_time, blocks[-1]), "all is written in its time")

    found = [record_of(block) for block in blocks]
    pairs = zip(JUMPS, found, strict=True)
    delays = ", ".join(f"{by:+.0f} s: {each.delay(100):.3f} s" for by, each in pairs)
    with capsys.disabled():
        print(f"\n{database.kind}: clock wrong by, and written after at most: {delays}")  # noqa: T201
    for each, slip in zip(found, slipped, strict=True):
        assert each.missing == each.doubled == []
        assert each.late == 0
        assert max(each.delays_s) - slip < BUSY


def is_written_in_time(uids: list[str]) -> bool:
    """What a clock wrote as late before it was set back is taken back."""
    found = record_of(uids)
    return not found.missing and not found.late


def test_a_database_that_was_away_is_caught_up(tmp_path, monkeypatch, clocks_of, capsys):
    with a_house(tmp_path, monkeypatch) as (server, house), clocks_of(house) as clocks:
        clocks.start(2)
        clocks.leader()
        uids = an_evening(AWAY_S + 5, after=0)
        time.sleep(1)
        db.session.remove()
        db.engine.dispose()
        ticks = clocks.last_beat()[1]
        began = time.monotonic()
        server.restart(away_s=AWAY_S)
        back = time.monotonic()
        wait_for(lambda: clocks.last_beat()[1] > ticks, "somebody ticks again")
        back_s = time.monotonic() - back
        until_over(uids)
        found = record_of(uids)
        with capsys.disabled():
            print(  # noqa: T201
                f"\nno database for {back - began:.1f} s: ticking {back_s:.1f} s after it is back,"
                f" {len(found.delays_s)} beginnings and ends, at most {found.delay(100):.1f} s late"
            )
        db.session.remove()
        db.engine.dispose()
    assert found.missing == found.doubled == []
    assert found.late == 0
    assert back_s < BUSY * TAKEOVER_S
    assert found.delay(100) < back - began + 4


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_leaders_at_once_do_no_harm(app, database, clocks_of):
    with clocks_of(database, careless=True) as clocks:
        clocks.start(3)
        uids = an_evening(4, after=1)
        until_over(uids)

    found = record_of(uids)
    assert found.missing == found.doubled == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_negative_control_without_lock_and_key_cues_are_doubled(app, database, clocks_of):
    with transaction():
        db.session.execute(sa.text(f"ALTER TABLE cues DROP CONSTRAINT {KEY}"))
    try:
        with clocks_of(database, careless=True) as clocks:
            clocks.start(3)
            uids = an_evening(4, after=1)
            until_over(uids)
            found = record_of(uids)
    finally:
        with transaction():
            db.session.execute(sa.text("DELETE FROM cues"))
            columns = "turn_uid, sequence, kind, target"
            db.session.execute(sa.text(f"ALTER TABLE cues ADD CONSTRAINT {KEY} UNIQUE ({columns})"))

    assert found.doubled, "cues can no longer be doubled: the tests above prove nothing"


# -- started anew in every state ---------------------------------------------------------------

Deed = tuple[float, ActKind, dict[str, object]]
STATES: tuple[tuple[str, float, tuple[Deed, ...]], ...] = (
    ("before the show", -20.4, ()),
    ("in a turn", 5.2, ()),
    ("held", 8.2, ((7, ActKind.HOLD, {"text": "Azan"}),)),
    ("overtime", 19.2, ((10, ActKind.RESUME, {}), (12, ActKind.BY_HOST, {}))),
    ("in a gap", 38.2, ((21, ActKind.START, {"turn": 1}), (22, ActKind.BY_CLOCK, {}))),
    ("in the last turn", 45.2, ()),
    ("after the end", 70.2, ()),
)
"""When a clock is started and killed again, in minutes, and what was done since the last one."""


def test_a_clock_that_is_started_anew_in_every_state_goes_on(app, database, clocks_of):
    tomorrow = times.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    with transaction():
        edition = an_edition()
        released = a_release(edition)
        starts = [tomorrow + timedelta(minutes=minute) for minute in (0, 17, 40)]
        uids = [a_turn(released, a_seller(), starts_at=start).uid for start in starts]
    revision = 0
    with clocks_of(database) as clocks:
        for _, minute, deeds in STATES:
            for done_at, kind, more in deeds:
                told = more | ({"turn": uids[int(str(more["turn"]))]} if "turn" in more else {})
                at = tomorrow + timedelta(minutes=done_at)
                with transaction():
                    show.act(
                        editions.get_current(),
                        1,
                        kind,
                        revision=revision,
                        actor=HOST,
                        now=at,
                        **told,
                    )
                revision += 1
            instant = tomorrow + timedelta(minutes=minute)
            clocks.set((instant - times.now()).total_seconds())
            clocks.start()
            wait_for(partial(is_done, instant), "all is caught up")
            clocks.kill_all()

    with reading():
        (day,) = show.days(editions.get_current(), show.day_at(editions.get_current(), tomorrow))
        rows = list(db.session.scalars(sa.select(Cue).where(Cue.turn_uid.in_(uids))))
        messages = [read_key(key) for key in db.session.scalars(sa.select(Message.key))]
    written = {(row.turn_uid, row.sequence, row.kind, row.target): row for row in rows}
    first, last = (tomorrow + timedelta(minutes=STATES[place][1]) for place in (0, -1))
    assert written.keys() == who_was_there_would_have_written(day, first, last)
    assert len(rows) == len(written)
    for key, row in written.items():
        worth = {
            cue.key
            for cue in decide(day.stand(row.recorded_at), (), row.recorded_at)
            if not cue.late
        }
        assert row.late is (key not in worth), row.kind
    told_of = {(name.uid, name.sequence, name.kind, name.target) for name in messages if name}
    assert told_of
    assert not any(written[key].late for key in told_of)


def who_was_there_would_have_written(
    day: show.ChannelDay, first: datetime, last: datetime
) -> set[CueKey]:
    """Look every ten seconds, and just before each."""
    found: set[CueKey] = set()
    at = first
    while at <= last:
        for instant in (at - timedelta(microseconds=1), at):
            found |= {cue.key for cue in decide(day.stand(instant), found, instant)}
        at += timedelta(seconds=10)
    return found


def is_done(until: datetime) -> bool:
    with reading():
        found = db.session.scalar(sa.select(Beat.done_until))
    return found is not None and found >= until
