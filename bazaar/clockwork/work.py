"""What the clock can be given to do, and how each kind is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask

from bazaar import times
from bazaar.db import transaction
from bazaar.errors import Unavailable
from bazaar.web import Services, services

log = structlog.get_logger()

AT_ONCE = 50
"""How many items an errand carries before the next one gets its turn."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work on our own data, harmless when repeated. `run` returns how much it did."""

    name: str
    every: timedelta
    run: Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Errand:
    """Work with an outside system, one item at a time and never inside a transaction.

    `pick` claims an item, `do` goes outside, `done` writes down how it went. An item
    whose errand died is picked again, so outside calls carry a reference of ours.
    """

    name: str
    every: timedelta
    pick: Callable[[datetime], Any]
    do: Callable[[Any, Services], object]
    done: Callable[[Any, Unavailable | None, datetime], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Long work that waits for a call of this process, and looks by itself `every` so often.

    Every process with a clock does it, leader or not: calls come from the process that answered,
    and each piece of work is claimed. `run` opens its own short transactions and returns how much
    it did; `call` is told what to call when there is work.
    """

    name: str
    every: timedelta
    run: Callable[[], int]
    call: Callable[[Callable[[], None]], None]


def run_job(job: Job) -> int:
    """Do the job once, in one transaction; return how much was done."""
    with transaction():
        return job.run(times.now())


def run_errand(errand: Errand, *, over: Callable[[], bool] = lambda: False) -> int:
    """Carry what is there, at most `AT_ONCE` items, and none more once it is `over`; count them."""
    for carried in range(AT_ONCE):
        if over():
            return carried
        with transaction():
            item = errand.pick(times.now())
        if item is None:
            return carried
        failure: Unavailable | None = None
        try:
            errand.do(item, services())
        except Unavailable as error:
            failure = error
        with transaction():
            errand.done(item, failure, times.now())
    return AT_ONCE


def safely(app: Flask, name: str, run: Callable[[], int]) -> int:
    """Run it and return how much was done; whatever happens is logged and the clock goes on."""
    with app.app_context():
        try:
            done = run()
        except Exception:
            log.exception("clock_work_failed", work=name)
            return 0
    if done:
        log.info("clock_work_done", work=name, done=done)
    return done
