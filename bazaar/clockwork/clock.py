"""The clock of one process: it waits until it leads, then ticks and does jobs and errands.

APScheduler keeps the appointments, with its list in memory only: what must be done is in the
tables. It is not trusted: when the wall clock goes back it sleeps through the difference, and when
its thread dies it goes on saying that it runs. So a thread of our own looks after it by the
monotonic clock: it holds the lead, sees jumps, and builds a scheduler anew that has fallen silent.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from flask import Flask

from bazaar import times
from bazaar.clockwork.leading import Lead
from bazaar.clockwork.ticker import Ticker
from bazaar.clockwork.work import Errand, Job, Watch, run_errand, run_job, safely

log = structlog.get_logger()

HEARTBEAT_S = 1.0
"""Ticks come at least so often: they see what people did in other processes."""

LOOK_S = 0.4
"""So often the leader looks whether it still leads, and whether its scheduler lives."""

FOLLOW_S = 0.1
"""So often the others look whether they lead: nobody ticks while the lead is free."""

JUMP_S = 1.0
SILENT_S = 3.0
"""No tick has begun or ended for so long: the scheduler is built anew."""

STUCK_S = 20.0
"""The database gives up before; a tick that takes longer will not come back."""

RESIGN_S = 10.0
"""No tick went well for so long: another process shall try."""

REST_S = 2.0

SOON = timedelta(milliseconds=20)
TICKS, JOBS, ERRANDS = "ticks", "jobs", "errands"
THREADS = {TICKS: 1, JOBS: 3, ERRANDS: 4}
"""Ticks wait for nothing else; each thread with work may hold a connection to the database."""

PROCESS_LENGTH = 120


@dataclass(eq=False, slots=True)
class _Reign:
    """One time of leading, or one scheduler of it; nothing new is begun once it is over.

    `works`: it does jobs and errands. They wait for the first tick: many are due at once then.
    """

    scheduler: BackgroundScheduler
    works: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Clock:
    """Runs watches always, and ticks, jobs and errands while it leads."""

    def __init__(
        self,
        app: Flask,
        lead: Lead,
        *,
        jobs: Sequence[Job] = (),
        errands: Sequence[Errand] = (),
        watches: Sequence[Watch] = (),
    ) -> None:
        self._app, self._lead = app, lead
        self._jobs, self._errands, self._watches = jobs, errands, watches
        self._ticker = Ticker(f"{socket.gethostname()}:{os.getpid()}"[-PROCESS_LENGTH:])
        self._reign: _Reign | None = None
        self._over = threading.Event()
        self._offset = _offset()
        self._rests_until = 0.0
        self._busy = 0
        self._idle = threading.Condition()
        self._thread = threading.Thread(target=self._look_after, name="clock", daemon=True)

    @property
    def leads(self) -> bool:
        """Whether this process ticks now."""
        return self._reign is not None

    def start(self) -> None:
        """Begin, in threads of this process. After a fork, never before one."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a heartbeat waits for a tick
        for watch in self._watches:
            threading.Thread(
                target=self._keep_watch, args=(watch,), name=watch.name, daemon=True
            ).start()
        self._thread.start()

    def stop(self, patience_s: float = 5.0) -> bool:
        """Begin nothing more, give up the lead, wait for what runs; say whether all has ended."""
        until = time.monotonic() + patience_s
        self._over.set()
        self._thread.join(patience_s)
        if self._thread.is_alive():
            return False
        with self._idle:
            return self._idle.wait_for(lambda: not self._busy, until - time.monotonic())

    # -- looking after it -------------------------------------------------------------------

    def _look_after(self) -> None:
        while True:
            try:
                self._look()
            except Exception:
                log.exception("clock_watchdog_failed")
            if self._over.wait(LOOK_S if self.leads else FOLLOW_S):
                break
        self._end()
        self._lead.drop()

    def _look(self) -> None:
        now = time.monotonic()
        leads = now >= self._rests_until and self._lead.hold()
        if leads and self._reign is None:
            log.info("clock_leads")
            self._ticker.begin()
            self._begin()
        elif not leads and self._reign is not None:
            log.warning("clock_leads_no_more")
            self._end()
        if self._reign is not None:
            self._watch_over(self._reign)

    def _watch_over(self, reign: _Reign) -> None:
        jumped, self._offset = _offset() - self._offset, _offset()
        if abs(jumped) > JUMP_S:
            log.warning("clock_jumped", by_s=round(jumped, 3))
            _do_all_now(reign.scheduler)
        now, since = time.monotonic(), self._ticker.since
        if now - self._ticker.good_at > RESIGN_S:
            log.error("clock_resigns", failures=self._ticker.failures)
            self._end()
            self._lead.drop()
            self._rests_until = now + REST_S
        elif now - self._ticker.turned_at > (SILENT_S if since is None else STUCK_S):
            log.error("clock_silent", for_s=round(now - self._ticker.turned_at, 1))
            self._end()
            self._ticker.turned_at = now
            self._begin()

    def _begin(self) -> None:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={name: ThreadPoolExecutor(count) for name, count in THREADS.items()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        reign = _Reign(scheduler)
        self._every(reign, "heartbeat", HEARTBEAT_S, lambda: self._tick(reign), TICKS)
        scheduler.start()
        self._offset = _offset()
        self._reign = reign

    def _begin_work(self, reign: _Reign) -> None:
        reign.works = True
        for job in self._jobs:
            work = self._worker(reign, job.name, partial(run_job, job))
            self._every(reign, job.name, job.every.total_seconds(), work, JOBS)
        for errand in self._errands:
            run = partial(run_errand, errand, over=reign.over.is_set)
            work = self._worker(reign, errand.name, run)
            self._every(reign, errand.name, errand.every.total_seconds(), work, ERRANDS)

    def _end(self) -> None:
        if self._reign is not None:
            reign, self._reign = self._reign, None
            reign.over.set()
            reign.scheduler.shutdown(wait=False)

    # -- the work ---------------------------------------------------------------------------

    def _tick(self, reign: _Reign) -> None:
        """Tick, and make the appointment for the next boundary."""
        if reign.over.is_set():
            return
        with self._counted(), self._app.app_context():
            next_at = self._ticker.tick()
        if reign.over.is_set():
            return
        if not reign.works:
            self._begin_work(reign)
        if next_at is None:
            return
        reign.scheduler.add_job(
            self._tick,
            "date",
            args=(reign,),
            id="boundary",
            run_date=max(next_at, times.now() + SOON),
            replace_existing=True,
            max_instances=2,  # it makes its next appointment before it has ended itself
            executor=TICKS,
        )

    def _worker(self, reign: _Reign, name: str, run: Callable[[], int]) -> Callable[[], None]:
        def work() -> None:
            if not reign.over.is_set():
                with self._counted():
                    safely(self._app, name, run)

        return work

    @staticmethod
    def _every(
        reign: _Reign, name: str, seconds: float, work: Callable[[], None], threads: str
    ) -> None:
        every = _Every(timedelta(seconds=seconds))
        reign.scheduler.add_job(work, every, id=name, next_run_time=times.now(), executor=threads)

    def _keep_watch(self, watch: Watch) -> None:
        called = threading.Event()
        watch.call(called.set)
        while not self._over.is_set():
            called.clear()
            if not safely(self._app, watch.name, watch.run):
                called.wait(watch.every.total_seconds())

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Again so long after the last time. What was missed is done once.

    APScheduler's own interval counts out every time that was missed: after a jump of two days that
    takes four seconds of all threads.
    """

    def __init__(self, length: timedelta) -> None:
        self._length = length

    def get_next_fire_time(self, _: datetime | None, now: datetime) -> datetime:
        """Return the next instant, counted from now."""
        return now + self._length


def _offset() -> float:
    """Return how far the wall clock is from the monotonic one: it changes only by jumps."""
    return times.now().timestamp() - time.monotonic()


def _do_all_now(scheduler: BackgroundScheduler) -> None:
    """Make every appointment anew from now on; they were made by a clock that has jumped."""
    now: datetime = times.now()
    for job in scheduler.get_jobs():
        job.modify(next_run_time=now)
