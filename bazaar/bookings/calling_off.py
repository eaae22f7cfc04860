"""The errand that asks providers to call an order off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit, shipments
from bazaar.bookings.ordering import CANDIDATES, FAILURE_LENGTH
from bazaar.bookings.wishes import MANUAL
from bazaar.db import claim, db
from bazaar.errors import N_, Unavailable
from bazaar.models import Booking, BookingStatus, Parcel
from bazaar.ports import Consignment, Courier, CourierRefused, CourierSilent
from bazaar.rules.parcel_signals import Signal, SignalKind

REASON = "Dibatalkan oleh penjual"
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
WAITING = N_("Permintaan batal diterima penyedia; keputusannya menyusul.")
GIVEN_UP = N_("Penyedia tidak menjawab permintaan batal. Batalkan di dasbornya.")


@dataclass
class CancelTask:
    """A request on its way; `carry_cancel` notes in `closed` whether the order is off already."""

    booking_id: int
    provider: str
    order: Consignment
    closed: bool = False


def pick_cancel(now: datetime) -> CancelTask | None:
    """Claim one request that is due, or None: bookings called off, or of a parcel to be cancelled."""
    first = sa.and_(
        Parcel.cancel_requested_at.is_not(None),
        Booking.cancel_asked_at.is_(None),
        Booking.cancel_tries == 0,
    )
    due = (
        sa.select(Booking, Parcel.resi)
        .join(Parcel, Parcel.id == Booking.parcel_id)
        .where(
            Booking.status == BookingStatus.OPEN,
            Booking.provider != MANUAL,
            sa.or_(Booking.next_cancel_at <= now, first),
        )
        .order_by(Booking.id)
        .limit(CANDIDATES)
    )
    for booking, resi in db.session.execute(due).all():
        tries = booking.cancel_tries
        won = claim(
            sa.update(Booking)
            .where(Booking.id == booking.id, Booking.cancel_tries == tries)
            .values(
                cancel_tries=tries + 1,
                cancel_asked_at=sa.func.coalesce(Booking.cancel_asked_at, now),
                next_cancel_at=now + WAITS[tries] if tries < len(WAITS) else None,
            )
        )
        if won:
            order_id = booking.provider_order_id or ""
            order = Consignment(booking.key, order_id, booking.tracking_id, resi)
            return CancelTask(booking.id, booking.provider, order)
    return None


def carry_cancel(task: CancelTask, providers: Mapping[str, Courier]) -> None:
    """Ask the provider. Raises CourierSilent or CourierRefused."""
    courier = providers.get(task.provider)
    if courier is None:
        raise CourierSilent("penyedia ini tidak dipasang lagi")
    task.closed = courier.cancel(task.order, REASON)


def close_cancel(task: CancelTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Write down how it went: off, to be heard of, to be asked again, or refused."""
    booking = db.session.get_one(Booking, task.booking_id)
    if failure is None:
        booking.next_cancel_at = None
        booking.remark = "" if task.closed else WAITING
        if task.closed:
            _close(booking, now=now)
    elif isinstance(failure, CourierRefused):
        booking.next_cancel_at = None
        booking.remark = str(failure)[:FAILURE_LENGTH]
    else:
        given_up = booking.next_cancel_at is None
        booking.remark = GIVEN_UP if given_up else str(failure)[:FAILURE_LENGTH]
    db.session.flush()


def _close(booking: Booking, *, now: datetime) -> None:
    db.session.flush()
    parcel = db.session.get_one(Parcel, booking.parcel_id)
    audit.note(audit.CLOCK, "booking.cancel", f"parcel:{parcel.code}", now=now, key=booking.key)
    shipments.apply(booking, parcel, Signal(SignalKind.CLOSE, code="cancelled"), now=now)
