"""What couriers tell: kept first, raw and once; worked on after, in the order in which it came.

The same body is taken once, ever: its key is a fingerprint. News of an order that is not ours yet
(a message may be faster than our own transaction) waits for its booking for a week.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from bazaar import shipments, times
from bazaar.db import db, insert_each, reading, transaction
from bazaar.models import Booking, CourierEvent, Parcel
from bazaar.ports import Notice
from bazaar.rules.courier_polls import poll_wait
from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.rules.parcel_states import ParcelStatus

log = structlog.get_logger()

UNMATCHED = "unmatched"
FAULT = "fault"
WAIT_FOR_BOOKING = timedelta(days=7)
BATCH = 1
"""So many pieces of news in one transaction: on SQLite whoever writes waits for it."""

PAUSE_S = 0.005
"""Between two of them those who wait to write get their turn."""

AT_ONCE = 50
"""So many are worked on before it is said how many there were."""

NOTE_LENGTH = 200
KEPT_HEADERS = ("User-Agent", "Content-Type", "Date")
"""Never those that hold secrets."""


def store(
    provider: str,
    notices: Sequence[Notice],
    *,
    headers: Mapping[str, str] | None = None,
    now: datetime,
) -> int:
    """Keep what has not been told before; return how much that is."""
    kept = {
        name: headers[name][:NOTE_LENGTH] for name in KEPT_HEADERS if headers and name in headers
    }
    return insert_each(
        CourierEvent,
        [
            {
                "key": _fingerprint(provider, notice.body),
                "provider": provider,
                "provider_order_id": notice.order_id[:80],
                "body": _canonical(notice.body),
                "headers": kept,
                "facts": _packed(notice.signal),
                "occurred_at": notice.signal.occurred_at,
                "received_at": now,
                "signal": _word(notice.signal),
                "note": notice.signal.note[:NOTE_LENGTH],
                "result": "",
                "why": "",
            }
            for notice in notices
        ],
    )


def work() -> int:
    """Work on the oldest pieces of news, in transactions of its own; return on how many."""
    with reading():
        if db.session.scalar(_waiting().with_only_columns(CourierEvent.id)) is None:
            return 0  # without having kept any writer waiting
    done = 0
    while done < AT_ONCE:
        with transaction():
            worked_on = work_on(times.now())
        if not worked_on:
            break
        done += worked_on
        time.sleep(PAUSE_S)
    return done


def work_on(now: datetime) -> int:
    """Work on up to `BATCH` pieces of news; return on how many.

    One that cannot be worked on is marked and told in the log: it stops no other.
    """
    events = db.session.scalars(_waiting().with_for_update(skip_locked=True)).all()
    for event in events:
        try:
            with db.session.begin_nested():
                _work_on(event, now)
        except sa.exc.OperationalError:
            raise  # the database is busy or away: all of them later
        except Exception:
            log.exception("courier_news_failed", id=event.id, provider=event.provider)
            event.result, event.why = FAULT, ""
        db.session.flush()
    return len(events)


def match_again(now: datetime) -> int:
    """Take up news of the last week whose booking is there by now; return how much."""
    booked = sa.exists().where(
        Booking.provider == CourierEvent.provider,
        Booking.provider_order_id == CourierEvent.provider_order_id,
    )
    result = db.session.execute(
        sa.update(CourierEvent)
        .where(
            CourierEvent.result == UNMATCHED,
            CourierEvent.received_at > now - WAIT_FOR_BOOKING,
            booked,
        )
        .values(result=""),
        execution_options={"synchronize_session": False},
    )
    changed: int = result.rowcount  # type: ignore[attr-defined]
    return changed


def _waiting() -> sa.Select[CourierEvent]:
    return (
        sa.select(CourierEvent)
        .where(CourierEvent.result == "")
        .order_by(CourierEvent.received_at, CourierEvent.id)
        .limit(BATCH)
    )


def _work_on(event: CourierEvent, now: datetime) -> None:
    booking = db.session.scalars(
        sa.select(Booking).where(
            Booking.provider == event.provider,
            Booking.provider_order_id == event.provider_order_id,
        )
    ).one_or_none()
    if booking is None:
        event.result = UNMATCHED
        return
    parcel = db.session.get_one(Parcel, booking.parcel_id)
    event.booking_id, event.parcel_id = booking.id, parcel.id
    outcome = shipments.apply(booking, parcel, _unpacked(event), now=now)
    event.result, event.why = outcome.result, outcome.why[:40]
    wait = poll_wait(parcel.status)
    if booking.next_poll_at is not None and wait is not None:
        booking.next_poll_at = min(booking.next_poll_at, now + wait)


def _fingerprint(provider: str, body: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{provider}\n{_canonical(body)}".encode()).hexdigest()


def _canonical(body: Mapping[str, Any]) -> str:
    """Return the body as JSON in one way of writing; only ASCII, so every database holds it."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _word(signal: Signal) -> str:
    word = signal.state.value if signal.state else signal.code
    return f"{signal.kind.value} {word}".strip()[:40]


def _packed(signal: Signal) -> dict[str, Any]:
    """Return the signal as JSON holds it; what is empty is left out."""
    packed = {name: value for name, value in asdict(signal).items() if value not in {None, ""}}
    packed["kind"] = signal.kind.value
    if signal.state:
        packed["state"] = signal.state.value
    if signal.occurred_at:
        packed["occurred_at"] = signal.occurred_at.isoformat()
    return packed


def _unpacked(event: CourierEvent) -> Signal:
    packed = dict(event.facts)
    packed["kind"] = SignalKind(packed["kind"])
    if "state" in packed:
        packed["state"] = ParcelStatus(packed["state"])
    packed["occurred_at"] = event.occurred_at
    return Signal(**packed)
