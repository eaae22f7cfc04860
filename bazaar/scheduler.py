"""THE CLOCK MAP: what is done by the clock. How is in `bazaar.clockwork` and docs/clock.md.

The clock ticks by itself (`bazaar.show.ticking`); it needs no row. A job runs in one transaction
and does nothing the second time. An errand picks an item in one transaction, goes outside in none,
and writes down how it went in another. A watch has a thread of its own for work that takes long.
Jobs and errands are done by the process that leads, watches by every process with a clock. What is
on air never depends on any of them: pages compute it from plan and clock (`bazaar.broadcast`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

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
    photo_keeping,
    settlement,
    shipments,
    statements,
    waiting,
)
from bazaar.accounts import sessions
from bazaar.clockwork import Clock, Errand, Job, Watch, lead_of
from bazaar.ports import Letter
from bazaar.reports import sums
from bazaar.rotation import digests, draws, replans, settling, work
from bazaar.show import sending
from bazaar.web import services
from bazaar.web.services import sending_desk, waiting_letters

CHATS = frozenset({outbox.TELEGRAM, outbox.OTHER})
"""Ways of messages that `services().chats` carries."""


def _remove_old_photos(now: datetime) -> int:
    """Delete the photos that this installation has kept long enough."""
    settings = services().settings
    kept = timedelta(days=settings.photo_days)
    return photo_keeping.remove_old(now, instance_path=settings.instance_path, kept=kept)


JOBS: tuple[Job, ...] = (
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
    Job("remove_old_photos", timedelta(hours=1), _remove_old_photos),
    Job("match_courier_news", timedelta(minutes=10), courier_inbox.match_again),
)


def _with_gateways(pick: Callable[[datetime], Any]) -> Callable[[datetime], Any]:
    """Return `pick` as it is where there is a gateway; without one nothing is looked for."""
    return lambda now: pick(now) if services().gateways else None


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
        pick=_with_gateways(lambda now: gateways.pick(now, providers=services().gateways)),
        do=lambda task, outside: gateways.carry(task, outside.gateways),
        done=lambda task, failure, now: gateways.close(task, failure, now=now),
    ),
    Errand(
        "read_gateway_news",
        timedelta(seconds=1),
        pick=_with_gateways(gateways.pick_news),
        do=lambda task, outside: gateways.carry_news(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_news(task, failure, now=now),
    ),
    Errand(
        "follow_gateways",
        timedelta(seconds=5),
        pick=_with_gateways(gateways.pick_follow),
        do=lambda task, outside: gateways.carry_follow(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_follow(task, failure, now=now),
    ),
    Errand(
        "refund_by_gateways",
        timedelta(seconds=10),
        pick=_with_gateways(gateways.pick_refund),
        do=lambda task, outside: gateways.carry_refund(task, outside.gateways),
        done=lambda task, failure, now: gateways.close_refund(task, failure, now=now),
    ),
)


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


def start(app: Flask) -> Clock:
    """Start the clock of this process in the background and return it; `stop` ends it.

    Harmless in several processes at once: one leads, and another takes over when it dies.
    """
    clock = Clock(app, lead_of(app), jobs=JOBS, errands=ERRANDS, watches=WATCHES)
    clock.start()
    return clock
