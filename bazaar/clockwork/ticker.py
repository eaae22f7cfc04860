"""Ticks: looks at what is due, writes it down, says that it lives. Never raises."""

import threading
import time
from datetime import datetime, timedelta

import structlog

from bazaar import show, times
from bazaar.db import reading, transaction

log = structlog.get_logger()

BEAT_EVERY_S = 2.0
"""A tick that finds nothing due says only so often that it lives: saying so is a write."""

STANDS_STILL = timedelta(seconds=5)
"""When the clock goes back by less, ticks wait for it; by more, they go back with it."""

ROUNDS = 100
"""After so many portions in one go the next heartbeat goes on."""


class Ticker:
    """The ticks of this process. `good_at` and `turned_at` are on the monotonic clock.

    `good_at`: when the last tick went well; `turned_at`: when one last began or ended; `since`:
    when the one that runs began, or None.
    """

    def __init__(self, process: str) -> None:
        self._process = process
        self._one_at_a_time = threading.Lock()
        self._last: datetime | None = None
        self._ticks = 0
        self._said_at = 0.0
        self.failures = 0
        self.since: float | None = None
        self.good_at = self.turned_at = time.monotonic()

    def begin(self) -> None:
        """Start anew, as the leader: what others ticked meanwhile is read."""
        show.forget()
        self._last, self._said_at = None, 0.0
        self.good_at = self.turned_at = time.monotonic()

    def tick(self) -> datetime | None:
        """Do all that is due; return when something will be, or None if that is not known."""
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        self.since = self.turned_at = time.monotonic()
        try:
            next_at = self._tick()
        except Exception:
            self.failures += 1
            self._last = None
            show.forget()
            log.exception("tick_failed", failures=self.failures)
            return None
        else:
            self.good_at = time.monotonic()
            return next_at
        finally:
            self.since, self.turned_at = None, time.monotonic()
            self._one_at_a_time.release()

    def _tick(self) -> datetime | None:
        self._ticks += 1
        for _ in range(ROUNDS):
            now = self._instant()
            with reading():
                found = show.look(now)
            if found.due or time.monotonic() - self._said_at >= BEAT_EVERY_S:
                with transaction():
                    written = show.record(found, now)
                    show.beat(self._process, ticks=self._ticks, done=not found.more, now=now)
                self._ticks, self._said_at = 0, time.monotonic()
                if written:
                    log.info("cues_written", new=written)
            if not found.more:
                return found.next_at
        return None

    def _instant(self) -> datetime:
        """Return the instant to tick for: never before the last one, except after a big jump.

        A clock that was ahead and is put right again has written down as late what has yet to
        come. That is taken back, so that it is told in its time; what was told stays told.
        """
        now = times.now()
        if self._last is None:
            with reading():
                before = show.pulse(now)
            self._last = before.at if before else now
        behind = self._last - now
        if behind <= timedelta(0):
            self._last = now
        elif behind > STANDS_STILL:
            with transaction():
                struck = show.strike(now)
            log.warning("clock_went_back", by_s=behind.total_seconds(), taken_back=struck)
            self._last = now
        return self._last
