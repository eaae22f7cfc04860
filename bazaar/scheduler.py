"""THE CLOCK MAP: jobs (our data) and errands (outside systems), and the runner of both.

A job runs in one transaction and does nothing the second time. An errand picks an item in one
transaction, goes outside in none, and writes down how it went in another. A watch has a thread of
its own for work that takes long. What is on air never depends on any of them: pages compute it
from plan and clock (`bazaar.broadcast`).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.events import EVENT_SCHEDULER_SHUTDOWN
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from bazaar import (
    attempts,
    bookings,
    courier_costs,
    courier_inbox,
    gateways,
    label_sheets,
    orders,
    outbox,
    payments,
    settlement,
    shipments,
    show,
    statements,
    times,
    waiting,
)
from bazaar.accounts import sessions
from bazaar.db import transaction
from bazaar.errors import Unavailable
from bazaar.ports import Letter, PaymentGateway
from bazaar.reports import sums
from bazaar.rotation import digests, draws, replans, settling, work
from bazaar.show import sending
from bazaar.web import Services, services
from bazaar.web.services import sending_desk, waiting_letters

log = structlog.get_logger()

CHATS = frozenset({outbox.TELEGRAM, outbox.OTHER})
"""Ways of messages that `services().chats` carries."""

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
    Job("tick", timedelta(seconds=5), show.tick),
    Job("drop_expired_letters", timedelta(seconds=15), outbox.drop_expired),
    Job("expire_unpaid_orders", timedelta(seconds=30), orders.expire_unpaid),
    Job(
        "offer_what_is_waited_for",
        timedelta(seconds=5),
        lambda now: waiting.sweep(now, waiting_letters()),
    ),
    Job("forget_answers", timedelta(minutes=10), orders.forget_answers),
    Job("settle_payments", timedelta(seconds=10), payments.settle_left),
    Job("open_cases_of_called_off_orders", timedelta(seconds=15), payments.open_owed),
    Job("keep_sums", timedelta(seconds=5), sums.keep),
    Job("release_amounts", timedelta(minutes=10), payments.release_amounts),
    Job("remind_of_proofs", timedelta(minutes=10), payments.proofs.remind),
    Job("forget_ended_sessions", timedelta(minutes=10), sessions.forget_ended),
    Job("forget_old_attempts", timedelta(minutes=10), attempts.forget_old),
    Job(
        "propose_repairs",
        timedelta(seconds=10),
        lambda now: replans.propose(now, seals=services().draw_seals),
    ),
    Job("open_parcels", timedelta(seconds=5), shipments.open_parcels),
    Job("book_courier_charges", timedelta(minutes=1), courier_costs.book_charges),
    Job("remind_of_claims", timedelta(minutes=30), shipments.returns.remind_of_claims),
    Job("settle_requests", timedelta(seconds=30), settling.settle),
    Job("forget_label_sheets", timedelta(hours=1), label_sheets.forget_old),
    Job("match_courier_news", timedelta(minutes=10), courier_inbox.match_again),
)


@dataclass(frozen=True, slots=True)
class Watch:
    """Long work that waits for a call of this process, and looks by itself `every` so often.

    `run` opens its own short transactions and returns how much it did; `call` is told what to
    call when there is work.
    """

    name: str
    every: timedelta
    run: Callable[[], int]
    call: Callable[[Callable[[], None]], None]


ERRANDS: tuple[Errand, ...] = (
    Errand(
        "send_letters",
        timedelta(seconds=10),
        # Without a mail server letters wait in the outbox.
        pick=lambda now: _letter(now) if services().messenger else None,
        do=lambda letter, outside: outbox.carry(letter, outside.messenger),
        done=lambda letter, failure, now: outbox.close(letter, failure, now=now),
    ),
    Errand(
        "send_chats",
        timedelta(seconds=5),
        pick=lambda now: sending.pick(now, CHATS, sending_desk()),
        do=lambda letter, outside: outbox.carry(letter, outside.chats),
        done=lambda letter, failure, now: outbox.close(letter, failure, now=now),
    ),
    Errand(
        "order_couriers",
        timedelta(seconds=5),
        pick=lambda now: bookings.pick(now, origin=services().pickup),
        do=lambda task, outside: bookings.carry(task, outside.couriers),
        done=lambda task, failure, now: bookings.close(task, failure, now=now),
    ),
    Errand(
        "call_couriers_off",
        timedelta(seconds=15),
        pick=bookings.pick_cancel,
        do=lambda task, outside: bookings.carry_cancel(task, outside.couriers),
        done=lambda task, failure, now: bookings.close_cancel(task, failure, now=now),
    ),
    Errand(
        "ask_couriers",
        timedelta(minutes=1),
        pick=bookings.pick_poll,
        do=lambda task, outside: bookings.carry_poll(task, outside.couriers),
        done=lambda task, failure, now: bookings.close_poll(task, failure, now=now),
    ),
    Errand(
        "ask_gateways",
        timedelta(seconds=2),
        # Without a gateway none of these looks for anything.
        pick=lambda now: gateways.pick(now, providers=_gateways()) if _gateways() else None,
        do=lambda task, outside: gateways.carry(task, outside.gateways),
        done=lambda task, failure, now: gateways.close(task, failure, now=now),
    ),
    Errand(
        "read_gateway_news",
        timedelta(seconds=1),
        pick=lambda now: gateways.pick_news(now) if _gateways() else None,
        do=lambda task, outside: gateways.carry_news(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_news(task, failure, now=now),
    ),
    Errand(
        "follow_gateways",
        timedelta(seconds=5),
        pick=lambda now: gateways.pick_follow(now) if _gateways() else None,
        do=lambda task, outside: gateways.carry_follow(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_follow(task, failure, now=now),
    ),
    Errand(
        "refund_by_gateways",
        timedelta(seconds=10),
        pick=lambda now: gateways.pick_refund(now) if _gateways() else None,
        do=lambda task, outside: gateways.carry_refund(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_refund(task, failure, now=now),
    ),
)


def _gateways() -> Mapping[str, PaymentGateway]:
    return services().gateways


def _letter(now: datetime) -> Letter | None:
    """Claim a due letter; where it refers to the seller's own page it gets the address."""
    letter = sending.pick(now, {outbox.MAIL}, sending_desk())
    site, links = services().settings.public_url, services().links
    if letter is None:
        return None
    letter = settlement.addressed(letter, site=site, links=links)
    return digests.addressed(letter, site=site, links=links)


WATCHES: tuple[Watch, ...] = (
    Watch(
        "compute_draws",
        timedelta(seconds=0.5),
        run=lambda: work.work(seals=services().draw_seals),
        call=draws.when_queued,
    ),
    Watch(
        "draw_labels",
        timedelta(seconds=1),
        run=label_sheets.work,
        call=lambda _: None,  # a sheet is made in whichever process answered
    ),
    Watch(
        "read_courier_news",
        timedelta(seconds=1),
        run=courier_inbox.work,
        call=lambda _: None,  # news is stored by whichever process answered
    ),
    Watch(
        "import_statements",
        timedelta(seconds=1),
        run=statements.work,
        call=statements.when_queued,
    ),
)


def start(app: Flask) -> BackgroundScheduler:
    """Run all jobs, errands and watches in the background of this process; return the scheduler.

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
    over = threading.Event()
    scheduler.add_listener(lambda _: over.set(), EVENT_SCHEDULER_SHUTDOWN)
    for watch in WATCHES:
        threading.Thread(
            target=_keep_watch, args=(app, watch, over), name=watch.name, daemon=True
        ).start()
    scheduler.start()
    return scheduler


def _keep_watch(app: Flask, watch: Watch, over: threading.Event) -> None:
    called = threading.Event()
    watch.call(called.set)
    while not over.is_set():
        called.clear()
        if not _safely(app, watch.name, _run_watch, watch):
            called.wait(watch.every.total_seconds())


def _add(
    scheduler: BackgroundScheduler,
    app: Flask,
    name: str,
    every: timedelta,
    run: Callable[[Any], int],
    what: Job | Errand,
) -> None:
    scheduler.add_job(
        _safely,
        "interval",
        args=(app, name, run, what),
        id=name,
        seconds=every.total_seconds(),
        next_run_time=times.now(),
    )


def _safely(app: Flask, name: str, run: Callable[[Any], int], what: Job | Errand | Watch) -> int:
    """Run it and return how much was done; whatever happens is logged and the clock goes on."""
    with app.app_context():
        try:
            done = run(what)
        except Exception:
            log.exception("clock_work_failed", work=name)
            return 0
    if done:
        log.info("clock_work_done", work=name, done=done)
    return done


def _run_watch(watch: Watch) -> int:
    return watch.run()


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
