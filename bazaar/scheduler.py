"""THE CLOCK MAP: jobs (our data) and errands (outside systems), and the runner of both.

A job runs in one transaction and does nothing the second time. An errand picks an item in one
transaction, goes outside in none, and writes down how it went in another. What is on air never
depends on any of them: pages compute it from plan and clock (`bazaar.broadcast`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from bazaar import attempts, broadcast, orders, outbox, shipments, times
from bazaar.accounts import sessions
from bazaar.db import transaction
from bazaar.errors import Unavailable
from bazaar.ports import Letter
from bazaar.rotation import digests
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


JOBS: tuple[Job, ...] = (
    Job("advance_rotation", timedelta(seconds=5), broadcast.advance),
    Job("expire_unpaid_orders", timedelta(seconds=30), orders.expire_unpaid),
    Job("forget_ended_sessions", timedelta(minutes=10), sessions.forget_ended),
    Job("forget_old_attempts", timedelta(minutes=10), attempts.forget_old),
    Job("open_parcels", timedelta(seconds=5), shipments.open_parcels),
)

ERRANDS: tuple[Errand, ...] = (
    Errand(
        "send_letters",
        timedelta(seconds=10),
        # Without a mail server letters wait in the outbox.
        pick=lambda now: _letter(now) if services().messenger else None,
        do=lambda letter, outside: outbox.carry(letter, outside.messenger),
        done=lambda letter, failure, now: outbox.close(letter, failure, now=now),
    ),
)


def _letter(now: datetime) -> Letter | None:
    """Claim a due letter; where it refers to the seller's own page it gets the address."""
    letter = outbox.pick(now)
    site, links = services().settings.public_url, services().links
    return digests.addressed(letter, site=site, links=links) if letter else None


def start(app: Flask) -> BackgroundScheduler:
    """Run all jobs and errands in the background of this process; return the scheduler.

    The list of due work lives in memory only: what must be done is in the tables.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        _add(scheduler, app, job.name, job.every, _run_job, job)
    for errand in ERRANDS:
        _add(scheduler, app, errand.name, errand.every, _run_errand, errand)
    scheduler.start()
    return scheduler


def _add(
    scheduler: BackgroundScheduler,
    app: Flask,
    name: str,
    every: timedelta,
    run: Callable[[Any], int],
    work: Job | Errand,
) -> None:
    scheduler.add_job(
        _safely,
        "interval",
        args=(app, name, run, work),
        id=name,
        seconds=every.total_seconds(),
        next_run_time=times.now(),
    )


def _safely(app: Flask, name: str, run: Callable[[Any], int], work: Job | Errand) -> None:
    """Run `work`; whatever happens is logged and the clock goes on."""
    with app.app_context():
        try:
            done = run(work)
        except Exception:
            log.exception("clock_work_failed", work=name)
            return
    if done:
        log.info("clock_work_done", work=name, done=done)


def _run_job(job: Job) -> int:
    with transaction():
        return job.run(times.now())


def _run_errand(errand: Errand) -> int:
    for carried in range(AT_ONCE):
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
