"""What gateways tell by themselves: kept first, once and as it came; worked on after.

A message is a reason to ask, no more: the attempt it names is asked about, and the answer counts.
So a forged, repeated, late or overtaken message does nothing that a question would not do.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from bazaar.db import claim, db, insert_once
from bazaar.errors import Unavailable
from bazaar.gateways.hearing import hear, name_of
from bazaar.models import GatewayAttempt, PaymentEvent
from bazaar.ports import (
    ChargeName,
    GatewayRefused,
    GatewaySilent,
    Notification,
    PaymentGateway,
)
from bazaar.rules import gateway_polls
from bazaar.rules.gateway_events import BROUGHT_MONEY, GatewaySignal

log = structlog.get_logger()

UNMATCHED = "unmatched"
FOREIGN = "foreign"
"""About no attempt of ours: money, or something that needs nobody."""
UNKNOWN_THERE = "unknown_there"
GIVEN_UP = "given_up"
TROUBLES = (UNMATCHED, UNKNOWN_THERE, GIVEN_UP)
"""Results that a person should look at."""

KEPT_HEADERS = ("User-Agent", "Content-Type", "Date")
"""Never those that hold secrets."""

HEADER_LENGTH = 200
KEY_LENGTH = 200
CANDIDATES = 20
CLAIM = timedelta(minutes=1)


@dataclass
class NewsTask:
    """A message on its way; `carry_news` puts the gateway's answer into `signal`."""

    event_id: int
    provider: str
    attempt_id: int
    name: ChargeName
    picked_at: datetime
    signal: GatewaySignal | None = None


def store(
    provider: str,
    notice: Notification,
    body: bytes,
    *,
    headers: Mapping[str, str],
    now: datetime,
) -> bool:
    """Keep a genuine message as it came; say whether it was news."""
    signal = notice.signal
    return insert_once(
        PaymentEvent,
        provider=provider,
        event_key=_key(notice.key),
        attempt_key=signal.reference,
        received_at=now,
        headers={name: headers[name][:HEADER_LENGTH] for name in KEPT_HEADERS if name in headers},
        body=body.decode("utf-8", "backslashreplace").replace("\0", ""),
        facts={
            "gateway_id": signal.gateway_id,
            "payment_id": notice.payment_id,
            "word": signal.word,
            "money": signal.state in BROUGHT_MONEY,
        },
        tries=0,
        next_try_at=now,
        result="",
        why="",
    )


def pick_news(now: datetime) -> NewsTask | None:
    """Claim the oldest message that is due, or None; one about no attempt of ours is put aside."""
    due = (
        sa.select(PaymentEvent)
        .where(PaymentEvent.handled_at.is_(None), PaymentEvent.next_try_at <= now)
        .order_by(PaymentEvent.next_try_at, PaymentEvent.id)
        .limit(CANDIDATES)
    )
    for event in db.session.scalars(due).all():
        won = claim(
            sa.update(PaymentEvent)
            .where(PaymentEvent.id == event.id, PaymentEvent.tries == event.tries)
            .where(PaymentEvent.handled_at.is_(None))
            .values(tries=PaymentEvent.tries + 1, next_try_at=now + CLAIM)
        )
        if not won:
            continue
        attempt = _attempt(event)
        if attempt is None:
            _finish(event, UNMATCHED if event.facts.get("money") else FOREIGN, now)
            continue
        name = name_of(attempt, str(event.facts.get("payment_id", "")))
        if not name.gateway_id:
            known = str(event.facts.get("gateway_id", ""))
            name = ChargeName(name.reference, known, name.payment_id)
        return NewsTask(event.id, event.provider, attempt.id, name, now)
    return None


def carry_news(task: NewsTask, providers: Mapping[str, PaymentGateway]) -> None:
    """Ask the gateway whether it is so. Raises GatewaySilent or GatewayRefused."""
    gateway = providers.get(task.provider)
    if gateway is None:
        raise GatewaySilent("gerbang ini tidak dipasang lagi")
    task.signal = gateway.status(task.name)


def close_news(task: NewsTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Take in the answer, which settles every message about the attempt that came before it."""
    event = db.session.get_one(PaymentEvent, task.event_id)
    if task.signal is not None and failure is None:
        attempt = db.session.get_one(GatewayAttempt, task.attempt_id)
        word = hear(attempt, task.signal, now=now)
        _finish(db.session.get_one(PaymentEvent, task.event_id), word, now)
        _finish_others(task, word, now)
    elif isinstance(failure, GatewayRefused):
        _finish(event, UNKNOWN_THERE, now, str(failure))
    else:
        _later(event, str(failure), now)


def _key(key: str) -> str:
    """Return the key as the table holds it; of long ones a fingerprint."""
    return key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()


def _attempt(event: PaymentEvent) -> GatewayAttempt | None:
    """Return the attempt that a message is about: by our number, else by theirs."""
    of_provider = sa.select(GatewayAttempt).where(GatewayAttempt.provider == event.provider)
    if event.attempt_key:
        query = of_provider.where(GatewayAttempt.key == event.attempt_key)
    else:
        gateway_id = str(event.facts.get("gateway_id", ""))
        query = of_provider.where(GatewayAttempt.provider_id == (gateway_id or None))
    return db.session.scalars(query).one_or_none()


def _finish(event: PaymentEvent, result: str, now: datetime, why: str = "") -> None:
    event.handled_at, event.result, event.why = now, result[:20], why[:200]
    event.next_try_at = None
    db.session.flush()


def _finish_others(task: NewsTask, word: str, now: datetime) -> None:
    """Finish other messages about the attempt, except those that name a payment not asked about."""
    others = sa.select(PaymentEvent).where(
        PaymentEvent.provider == task.provider,
        PaymentEvent.attempt_key == task.name.reference,
        PaymentEvent.received_at <= task.picked_at,
        PaymentEvent.handled_at.is_(None),
    )
    for event in db.session.scalars(others).all():
        if event.facts.get("payment_id", "") in {"", task.name.payment_id}:
            _finish(event, word, now)


def _later(event: PaymentEvent, why: str, now: datetime) -> None:
    wait = gateway_polls.try_again(event.tries)
    if wait is None:
        log.error("gateway_news_given_up", provider=event.provider, id=event.id, why=why)
        _finish(event, GIVEN_UP, now, why)
    else:
        event.next_try_at, event.why = now + wait, why[:200]
        db.session.flush()
