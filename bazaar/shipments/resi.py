"""A parcel's waybill number: given, replaced with a reason, never forgotten."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.models import Booking, BookingStatus, Parcel, ResiChange
from bazaar.rules.parcel_events import RESI_CHANGED
from bazaar.rules.parcel_states import ENDED, HERE, ParcelAct, ParcelStepRefused
from bazaar.shipments import notices, reviews
from bazaar.shipments.numbers import number_for, read_courier, taken_once
from bazaar.shipments.refusals import ParcelMoved
from bazaar.shipments.steps import read_reason


def set_resi(
    parcel: Parcel,
    resi: str,
    *,
    courier: str | None = None,
    why: str = "",
    actor: Actor,
    now: datetime,
) -> bool:
    """Give a parcel that has not ended its number, or another one; return whether that is news.

    Replacing a number needs `why`; the old one is kept, and the buyer is told once. Raises
    WrongCourier, WrongResi, ResiTaken, ReasonMissing, ParcelStepRefused, ParcelMoved.
    """
    named = read_courier(parcel.courier if courier is None else courier)
    given = {"courier": named, "resi": number_for(named, resi)}
    before = {"courier": parcel.courier, "resi": parcel.resi}
    if given == before:
        return False
    if parcel.status in ENDED:
        raise ParcelStepRefused(parcel.status, ParcelAct.HAND_OVER)
    why = read_reason(why, needed=bool(before["resi"]))
    same = sa.update(Parcel).where(
        Parcel.id == parcel.id, Parcel.status == parcel.status, Parcel.resi == before["resi"]
    )
    with taken_once(parcel, **given):
        moved = claim(same.values(**given))
    if not moved:
        raise ParcelMoved
    db.session.refresh(parcel)
    facts = given | {"before": before, "reason": why}
    audit.note(actor, "parcel.change_resi", f"parcel:{parcel.code}", now=now, **facts)
    remember(parcel, before["resi"], why=why, by=actor.name, now=now)
    return True


def change_resi(
    parcel: Parcel, courier: str, resi: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Correct the courier or number of a parcel that has left, as `set_resi` does, with a reason."""
    if parcel.status in HERE and (parcel.courier, parcel.resi) != (courier, resi):
        raise ParcelStepRefused(parcel.status, ParcelAct.HAND_OVER)
    set_resi(parcel, resi, courier=courier, why=read_reason(reason), actor=actor, now=now)


def remember(parcel: Parcel, old: str, *, why: str, by: str, now: datetime) -> None:
    """Keep the number that the parcel had; if it has another one now, the buyer is to be told.

    A first number is no change, unless one had been taken away before; it is told as such.
    """
    if parcel.resi == old:
        return
    if not (old or _had_one(parcel)):
        notices.tell_number(parcel, now=now)
        return
    change = ResiChange(
        parcel_id=parcel.id,
        courier=parcel.courier,
        old=old,
        new=parcel.resi,
        why=why,
        by=by,
        at=now,
    )
    db.session.add(change)
    db.session.flush()
    if parcel.resi:
        reviews.require(parcel, RESI_CHANGED, now=now, old=old, new=parcel.resi)
        notices.tell_resi(parcel, change, now=now)


def changes_of(parcel: Parcel) -> list[ResiChange]:
    """Return the numbers that the parcel had before, the latest first."""
    query = sa.select(ResiChange).where(ResiChange.parcel_id == parcel.id)
    return list(db.session.scalars(query.order_by(ResiChange.id.desc())))


def close_booking(booking: Booking, why: str, *, now: datetime) -> None:
    """The booking counts no more; it is kept."""
    booking.status = BookingStatus.CLOSED
    booking.closed_at = now
    booking.closed_why = why[:200]
    booking.next_poll_at = None
    db.session.flush()


def _had_one(parcel: Parcel) -> bool:
    query = sa.select(sa.exists().where(ResiChange.parcel_id == parcel.id))
    return bool(db.session.scalar(query))
