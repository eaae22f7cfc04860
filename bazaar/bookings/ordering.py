"""The errand that orders couriers: pick a wish, call the provider, write down what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from bazaar import audit, shipments
from bazaar.bookings.asking import keep_areas, known_areas, shipment_of, with_areas
from bazaar.db import claim, db
from bazaar.errors import N_, BazaarError, Conflict, NotFound, Unavailable
from bazaar.models import Booking, BookingStatus, CourierEvent, Parcel, ParcelStatus
from bazaar.ports import Booked, Courier, CourierRefused, CourierSilent, Place, Shipment
from bazaar.rules.courier_polls import POLL_EVERY
from bazaar.rules.parcel_signals import Signal, SignalKind

log = structlog.get_logger()

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)
"""How long after each try the next one comes; there are no more tries than these."""

CANDIDATES = 20
FAILURE_LENGTH = 200


class GivenUp(Conflict):
    """The provider kept silent to every try; it may have the order."""

    text = N_("Penyedia kurir tidak menjawab. Periksa pesanannya di dasbor mereka, lalu ulangi.")


class NoLonger(Conflict):
    """The parcel is not packed any more, or its order was cancelled."""

    text = N_("Paket sudah berubah sebelum kurir dipesan.")


@dataclass
class BookTask:
    """A wish on its way. `carry` puts what the provider said into `booked` and `shipment`."""

    booking_id: int
    provider: str
    shipment: Shipment
    areas: Mapping[str, str] = field(default_factory=dict)
    booked: Booked | None = None


def pick(now: datetime, *, origin: Place | None) -> BookTask | None:
    """Claim one wish that is due, or None. Who dies with it loses the claim after the wait.

    A wish whose tries are used up, or whose parcel is no longer packed, ends as failed.
    """
    if origin is None:
        return None
    due = (
        sa.select(Booking)
        .where(Booking.status == BookingStatus.WANTED, Booking.next_poll_at <= now)
        .order_by(Booking.next_poll_at, Booking.id)
        .limit(CANDIDATES)
    )
    for booking in db.session.scalars(due).all():
        try:
            task = _task(booking, origin)
        except (NotFound, Conflict) as wrong:
            _fail(booking, wrong, now=now)
            continue
        won = claim(
            sa.update(Booking)
            .where(Booking.id == booking.id, Booking.next_poll_at == booking.next_poll_at)
            .values(tries=Booking.tries + 1, next_poll_at=now + WAITS[booking.tries])
        )
        if won:
            return task
    return None


def carry(task: BookTask, providers: Mapping[str, Courier]) -> None:
    """Call the provider. Raises CourierSilent or CourierRefused."""
    courier = providers.get(task.provider)
    if courier is None:
        raise CourierSilent("penyedia ini tidak dipasang lagi")
    task.shipment = with_areas(courier, task.shipment, task.areas)
    task.booked = courier.book(task.shipment)


def close(task: BookTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Write down how it went: booked, to be tried again, or failed with a sentence."""
    booking = db.session.get_one(Booking, task.booking_id)
    if task.booked is not None and failure is None:
        _open(booking, task, task.booked, now=now)
    elif isinstance(failure, CourierRefused):
        _fail(booking, failure, now=now)
    elif booking.tries >= len(WAITS):
        _fail(booking, GivenUp(), now=now)
    else:
        booking.failure = str(failure)[:FAILURE_LENGTH]


def _task(booking: Booking, origin: Place) -> BookTask:
    """Raises GivenUp, NoLonger, NoSuchVillage."""
    if booking.tries >= len(WAITS):
        raise GivenUp
    parcel = db.session.get_one(Parcel, booking.parcel_id)
    gone = parcel.status is not ParcelStatus.PACKED or parcel.cancel_requested_at is not None
    if gone and booking.tries == 0:
        raise NoLonger
    shipment = shipment_of(parcel, origin, booking)
    villages = [shipment.origin.village_code, shipment.destination.village_code]
    areas = known_areas(booking.provider, villages)
    return BookTask(booking.id, booking.provider, shipment, areas)


def _open(booking: Booking, task: BookTask, booked: Booked, *, now: datetime) -> None:
    """The provider has it: the booking counts, and news that came before it find it now."""
    opened = claim(
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.status == BookingStatus.WANTED)
        .values(
            status=BookingStatus.OPEN,
            provider_order_id=booked.order_id,
            tracking_id=booked.tracking_id,
            sorting_code=booked.sorting_code,
            link=booked.link,
            sent={"pickup": task.shipment.pickup, **booked.sent},
            charged_idr=booked.price_idr,
            remark=booked.note[:FAILURE_LENGTH],
            failure="",
            next_poll_at=now + POLL_EVERY[ParcelStatus.BOOKED],
        )
    )
    if not opened:
        return
    db.session.refresh(booking)
    keep_areas(task.provider, (task.shipment.origin, task.shipment.destination), now=now)
    db.session.execute(
        sa.update(CourierEvent)
        .where(
            CourierEvent.provider == booking.provider,
            CourierEvent.provider_order_id == booked.order_id,
            CourierEvent.result == "unmatched",
        )
        .values(result=""),
        execution_options={"synchronize_session": False},
    )
    parcel = db.session.get_one(Parcel, booking.parcel_id)
    audit.note(audit.CLOCK, "booking.book", f"parcel:{parcel.code}", now=now, key=booking.key)
    signal = Signal(
        SignalKind.STATE,
        ParcelStatus.BOOKED,
        resi=booked.resi,
        sorting_code=booked.sorting_code,
        link=booked.link,
    )
    shipments.apply(booking, parcel, signal, now=now)


def _fail(booking: Booking, why: BazaarError, *, now: datetime) -> None:
    """End the attempt. A parcel whose order was cancelled meanwhile is free to be cancelled."""
    ended = claim(
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.status == BookingStatus.WANTED)
        .values(
            status=BookingStatus.FAILED,
            failure=str(why)[:FAILURE_LENGTH],
            next_poll_at=None,
            closed_at=now,
        )
    )
    if not ended:
        return
    db.session.refresh(booking)
    parcel = db.session.get_one(Parcel, booking.parcel_id)
    log.warning("booking_failed", key=booking.key, why=booking.failure)
    audit.note(audit.CLOCK, "booking.fail", f"parcel:{parcel.code}", now=now, key=booking.key)
    if parcel.cancel_requested_at is not None:
        signal = Signal(SignalKind.CLOSE, code="cancelled")
        shipments.apply(None, parcel, signal, now=now)
