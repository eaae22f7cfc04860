import threading
import time
from datetime import datetime, timedelta

import pytest
import structlog
import time_machine

from bazaar import show, times
from bazaar.clockwork import Clock, Errand, Job, lead_of
from bazaar.db import db, reading
from tests.builders import an_edition

PATIENCE_S = 30


class Leads:
    """Always leads."""

    def hold(self):
        return True

    def drop(self):
        pass


@pytest.fixture
def clock(app):
    running = []

    def start(**work):
        an_edition()
        db.session.commit()
        running.append(Clock(app, Leads(), **work))
        running[0].start()
        wait_for(lambda: beat() is not None)
        return running[0]

    yield start
    for each in running:
        assert each.stop(PATIENCE_S)


def beat():
    with reading():
        return show.pulse(times.now())


def wait_for(what):
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_scheduler_whose_thread_has_died_is_replaced(clock):
    running = clock()
    dead = running._reign.scheduler

    def die():
        raise SystemExit

    dead._process_jobs = die
    wait_for(lambda: not dead._thread.is_alive())
    assert dead.running, "APScheduler does not notice"

    wait_for(lambda: (reign := running._reign) is not None and reign.scheduler is not dead)
    ticks = beat().ticks
    wait_for(lambda: beat().ticks > ticks)


def test_a_clock_that_goes_back_an_hour_goes_on_ticking(clock):
    clock()
    back = times.now() - timedelta(hours=1)

    with time_machine.travel(back):
        began = time.monotonic()
        wait_for(lambda: beat().at < back + timedelta(minutes=1))
        ticks = beat().ticks
        wait_for(lambda: beat().ticks > ticks)
        assert time.monotonic() - began < PATIENCE_S / 2


def test_a_tick_that_fails_is_told_and_the_next_one_goes_on(clock, app, monkeypatch):
    running = clock()
    with structlog.testing.capture_logs() as logs:
        monkeypatch.setattr("bazaar.clockwork.ticker.BEAT_EVERY_S", "never")
        wait_for(lambda: running._ticker.failures)
        monkeypatch.undo()
        good_at = running._ticker.good_at
        wait_for(lambda: running._ticker.good_at > good_at)

    assert "tick_failed" in {entry["event"] for entry in logs}


def test_stopping_begins_no_further_item_and_gives_the_lead_up(app, clock):
    picked, go_on = [], threading.Event()

    def pick(_):
        picked.append(1)
        return len(picked)

    errand = Errand(
        "slow",
        timedelta(seconds=1),
        pick=pick,
        do=lambda *_: go_on.wait(PATIENCE_S),
        done=lambda *_: None,
    )
    running = clock(errands=[errand])
    wait_for(lambda: picked)

    assert not running.stop(0.5), "an item is under way"
    go_on.set()
    assert running.stop(PATIENCE_S)
    assert len(picked) == 1
    assert not running.leads


def test_whoever_takes_over_ticks_before_it_does_anything_else(app):
    """Many jobs are due when a clock begins; the cues shall not wait for them."""
    before: list[int] = []

    def look(now: datetime) -> int:
        before.append(show.pulse(now).ticks if show.pulse(now) else 0)
        return 0

    an_edition()
    db.session.commit()
    work = [Job(f"look{n}", timedelta(seconds=60), look) for n in range(9)]
    running = Clock(app, Leads(), jobs=work)
    running.start()
    try:
        wait_for(lambda: len(before) == len(work))
    finally:
        assert running.stop(PATIENCE_S)
    assert min(before) > 0


def test_only_the_leader_does_jobs(app):
    done: list[int] = []

    def count(_: datetime) -> int:
        done.append(1)
        return 0

    work = [Job("count", timedelta(seconds=0.2), count)]
    held = lead_of(app)
    assert held.hold()
    follower = Clock(app, lead_of(app), jobs=work)
    follower.start()
    try:
        time.sleep(1.5)
        assert done == []
        held.drop()
        wait_for(lambda: done)
    finally:
        held.drop()
        assert follower.stop(PATIENCE_S)
