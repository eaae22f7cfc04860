"""Three clocks, and what happens to clocks: kill -9, standing still, jumps of time, no database.

What each test prints are figures of docs/clock.md. More of it: `make torture`.
"""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import times
from bazaar.db import db, transaction
from tests.proof.clocks import TURN, Clocks, an_evening, record_of, wait_for, wait_until
from tests.proof.test_cut_off import a_house

KILLS = int(os.environ.get("PROOF_CLOCK_KILLS", "5"))
AWAY_S = float(os.environ.get("PROOF_AWAY_S", "4"))
TAKEOVER_S = 2.0
BUSY = 3
"""By so much more one of many takeovers may take on a machine that is busy with other tests."""
KEY = "uq_cues_turn_uid_sequence_kind_target"


@contextmanager
def clocks_of(database, folder, *, careless=False):
    clocks = Clocks(database, folder, careless=careless)
    try:
        yield clocks
    finally:
        clocks.close()


def until_over(uids):
    """Wait until the last turn is over and written down, or must be."""
    wait_for(lambda: not record_of(uids).missing, f"all is written: {record_of(uids).missing[:3]}")


def test_killed_leaders_lose_and_double_nothing(app, database, tmp_path, capsys):
    with clocks_of(database, tmp_path) as clocks:
        clocks.start(3)
        uids = an_evening(KILLS * 5 + 4, after=1)
        took = []
        for _ in range(KILLS):
            time.sleep(0.7)
            took.append(clocks.kill(clocks.leader()))
            clocks.start()
        until_over(uids)
        ended = clocks.stop()

    found = record_of(uids)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{database.kind}: {KILLS} leaders killed, taken over after at most {max(took):.2f} s"
            f" (median {sorted(took)[KILLS // 2]:.2f}); {len(found.delays_s)} beginnings and ends,"
            f" written after p50 {1000 * found.delay(50):.0f} ms, at most {found.delay(100):.2f} s"
        )
    assert found.missing == found.doubled == []
    assert found.late == 0
    assert sorted(took)[KILLS // 2] < TAKEOVER_S
    assert max(took) < BUSY * TAKEOVER_S
    assert ended == [0, 0, 0]
    assert b"tick_failed" not in clocks.log.read_bytes()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_leader_that_stands_still_loses_the_lead_and_wakes_harmlessly(app, database, tmp_path):
    with clocks_of(database, tmp_path) as clocks:
        clocks.start(2)
        uids = an_evening(22, after=0)
        stopped = clocks.leader()
        began = time.monotonic()
        clocks.signal(stopped, signal.SIGSTOP)
        wait_for(lambda: clocks.last_beat()[0] != stopped, "another takes over")
        assert time.monotonic() - began < 8
        other = clocks.last_beat()[0]
        clocks.signal(stopped, signal.SIGCONT)
        until_over(uids)
        assert clocks.last_beat()[0] == other
        assert b"clock_leads_no_more" in clocks.log.read_bytes()

    found = record_of(uids)
    assert found.missing == found.doubled == []
    assert found.late == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_leader_beside_sqlite_that_stood_still_goes_on(app, database, tmp_path):
    with clocks_of(database, tmp_path) as clocks:
        clocks.start(2)
        uids = an_evening(10, after=0)
        stopped = clocks.leader()
        time.sleep(TURN.total_seconds() / 3)
        clocks.signal(stopped, signal.SIGSTOP)
        time.sleep(5)
        clocks.signal(stopped, signal.SIGCONT)
        until_over(uids)

    found = record_of(uids)
    assert found.missing == found.doubled == []
    assert found.late == 0


JUMPS = (0.0, -3600.0, 3600.0, -2 * 86_400.0, 0.0)
STAYS_S, BEFORE_S = 5, 1.5


def test_when_the_wall_clock_jumps_each_boundary_is_written_in_its_time(
    app, database, tmp_path, capsys
):
    with clocks_of(database, tmp_path) as clocks:
        clocks.start()
        clocks.leader()
        began = times.now() + timedelta(seconds=2)
        blocks = [
            an_evening(STAYS_S - 2, at=began + timedelta(seconds=n * STAYS_S + wrong_by))
            for n, wrong_by in enumerate(JUMPS)
        ]
        for n, wrong_by in enumerate(JUMPS):
            wait_until(began + timedelta(seconds=n * STAYS_S - BEFORE_S))
            clocks.set(wrong_by)
        for block in blocks:
            until_over(block)

    found = [record_of(block) for block in blocks]
    pairs = zip(JUMPS, found, strict=True)
    delays = ", ".join(f"{by:+.0f} s: {each.delay(100):.3f} s" for by, each in pairs)
    with capsys.disabled():
        print(f"\n{database.kind}: clock wrong by, and written after at most: {delays}")  # noqa: T201
    for each in found:
        assert each.missing == each.doubled == []
        assert each.late == 0
        assert max(each.delays_s) < BUSY


def test_a_database_that_was_away_is_caught_up(tmp_path, monkeypatch, capsys):
    with a_house(tmp_path, monkeypatch) as (server, house), clocks_of(house, tmp_path) as clocks:
        clocks.start(2)
        clocks.leader()
        uids = an_evening(AWAY_S + 8, after=0)
        time.sleep(2)
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
def test_two_leaders_at_once_do_no_harm(app, database, tmp_path):
    with clocks_of(database, tmp_path, careless=True) as clocks:
        clocks.start(3)
        uids = an_evening(10, after=1)
        until_over(uids)

    found = record_of(uids)
    assert found.missing == found.doubled == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_negative_control_without_lock_and_key_cues_are_doubled(app, database, tmp_path):
    with transaction():
        db.session.execute(sa.text(f"ALTER TABLE cues DROP CONSTRAINT {KEY}"))
    try:
        with clocks_of(database, tmp_path, careless=True) as clocks:
            clocks.start(3)
            uids = an_evening(12, after=1)
            until_over(uids)
            found = record_of(uids)
    finally:
        with transaction():
            db.session.execute(sa.text("DELETE FROM cues"))
            columns = "turn_uid, sequence, kind, target"
            db.session.execute(sa.text(f"ALTER TABLE cues ADD CONSTRAINT {KEY} UNIQUE ({columns})"))

    assert found.doubled, "cues can no longer be doubled: the tests above prove nothing"
