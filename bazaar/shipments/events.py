"""A courier's news put onto a parcel: the rules decide (`rules.parcel_events`), this writes it down.

All of it happens with the parcel's row locked, so that two pieces of news at once are two after
each other.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_
from bazaar.models import Booking, Parcel
from bazaar.rules import parcel_events
from bazaar.rules.parcel_events import Outcome, Snapshot
from bazaar.rules.parcel_signals import Signal
from bazaar.shipments import resi as numbers_given
from bazaar.shipments import reviews
from bazaar.shipments.finding import CURRENT, lock
from bazaar.shipments.numbers import holder, read_resi
from bazaar.shipments.refusals import WrongResi
from bazaar.shipments.steps import write_step

COURIER: Final = Actor("courier", N_("Kurir"))


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a piece of news: `applied`, `ignored` or `review`, and why in one word."""

    result: str
    why: str


@dataclass(frozen=True, slots=True)
class _Told:
    """A piece of news with what the rules make of it."""

    signal: Signal
    outcome: Outcome
    actor: Actor
    now: datetime


def apply(
    booking: Booking | None,
    parcel: Parcel,
    signal: Signal,
    *,
    now: datetime,
    actor: Actor = COURIER,
) -> Applied:
    """Apply what a courier told about a parcel, as it comes: late, twice, in any order.

    Without a booking it is about the parcel as it stands. A booking that counts no more only
    gets a review when its parcel moves on.
    """
    lock(parcel)
    if booking is not None:
        db.session.refresh(booking)
    current = booking is None or booking.status in CURRENT
    old_resi = parcel.resi
    number, unreadable = _read(signal.resi)
    if unreadable:
        reviews.require(parcel, reviews.RESI_UNREADABLE, now=now, given=signal.resi[:60])
    signal = replace(signal, resi=number)
    taken_by = holder(parcel, parcel.courier, number) if number else None
    outcome = _decide(parcel, signal, current=current, taken=taken_by is not None)
    if outcome.after.resi and outcome.after.resi != parcel.resi:
        try:
            with db.session.begin_nested():
                own = sa.update(Parcel).where(Parcel.id == parcel.id)
                db.session.execute(own.values(resi=outcome.after.resi))
        except sa.exc.IntegrityError:  # another parcel got it at this moment
            taken_by = holder(parcel, parcel.courier, number) or "?"
            outcome = _decide(parcel, signal, current=current, taken=True)
    told = _Told(signal, outcome, actor, now)
    _write(parcel, booking if current else None, told, old_resi)
    facts = _facts(signal) | ({"holder": taken_by} if taken_by else {})
    for reason in outcome.reviews:
        if reason != parcel_events.RESI_CHANGED:  # raised with the change itself
            reviews.require(parcel, reason, now=now, **facts)
    return Applied(outcome.result, outcome.why)


def _decide(parcel: Parcel, signal: Signal, *, current: bool, taken: bool) -> Outcome:
    before = Snapshot(
        status=parcel.status,
        resume=parcel.resume_status,
        code=parcel.exception_code,
        last_event_at=parcel.last_event_at,
        cancel_requested=parcel.cancel_requested_at is not None,
        resi=parcel.resi,
    )
    return parcel_events.apply(before, signal, current=current, resi_taken=taken)


def _write(parcel: Parcel, booking: Booking | None, told: _Told, old_resi: str) -> None:
    """Write down what the news changed; `booking` is the one that counts, if any."""
    signal, after, now = told.signal, told.outcome.after, told.now
    before = parcel.status
    parcel.status = after.status
    parcel.resume_status = after.resume
    parcel.exception_code = after.code[:40]
    parcel.last_event_at = after.last_event_at
    parcel.resi = after.resi
    if told.outcome.closed:
        parcel.label_hash = ""
        parcel.cancel_requested_at = None
        if booking is not None:
            numbers_given.close_booking(booking, told.outcome.closed, now=now)
    elif booking is not None and told.outcome.takes_attributes:
        _take_attributes(booking, signal)
    db.session.flush()
    why = (signal.note or signal.code)[:120]
    numbers_given.remember(parcel, old_resi, why=why, by=told.actor.name, now=now)
    if after.status is not before:
        facts = {"before": before.value, "after": after.status.value} | _facts(signal)
        audit.note(told.actor, "parcel.told", f"parcel:{parcel.code}", now=now, **facts)
        write_step(parcel, by=told.actor.name, note=why, now=now)


def _take_attributes(booking: Booking, signal: Signal) -> None:
    if signal.price_idr is not None:
        booking.charged_idr = signal.price_idr
    booking.driver = signal.driver[:200] or booking.driver
    if signal.link.startswith("https://") and len(signal.link) <= 200:
        booking.link = signal.link
    booking.sorting_code = signal.sorting_code[:40] or booking.sorting_code


def _read(text: str) -> tuple[str, bool]:
    """Return the number as it is stored, and whether there was one that cannot be read."""
    try:
        return (read_resi(text), False) if text.strip() else ("", False)
    except WrongResi:
        return "", True


def _facts(signal: Signal) -> dict[str, str]:
    """What a person needs to know of the news; no names, no telephone numbers."""
    told = {
        "kind": signal.kind.value,
        "state": signal.state.value if signal.state else "",
        "code": signal.code[:40],
        "resi": signal.resi,
        "at": signal.occurred_at.isoformat() if signal.occurred_at else "",
    }
    return {name: value for name, value in told.items() if value}
