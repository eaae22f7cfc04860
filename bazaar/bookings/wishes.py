"""What the committee decides: have a parcel carried by this courier, or call that off."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit, shipments
from bazaar.audit import Actor
from bazaar.bookings.listing import attempts, find_current
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict
from bazaar.models import Booking, BookingStatus, Parcel, ParcelStatus
from bazaar.rules import couriers

MANUAL = "manual"
"""The provider of bookings made by telephone: nobody is called."""

HOME = "ID"


class NotPacked(Conflict):
    """Only a packed parcel is booked: its weight and box are what the courier is told."""

    text = N_("Kurir dipesan setelah paket dikemas. Muat ulang halaman.")


class HasNumber(Conflict):
    """The parcel has a waybill number that was typed in: it goes by hand."""

    text = N_("Paket ini sudah punya nomor resi, jadi tidak dipesankan kurir lagi.")


class AlreadyBooked(Conflict):
    """A booking of the parcel is open or on its way."""

    text = N_("Kurir untuk paket ini sudah dipesan.")


class NotAbroad(Conflict):
    """Providers carry inside Indonesia."""

    text = N_("Pengiriman ke luar negeri dipesan dengan tangan.")


class NothingBooked(Conflict):
    """There is no booking that could be called off."""

    text = N_("Tidak ada pesanan kurir yang dapat dibatalkan.")


class TooLate(Conflict):
    """The courier has the parcel: it can come back, it cannot be called off."""

    text = N_("Paket sudah di tangan kurir, jadi pesanan kurir tidak dapat dibatalkan.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Who shall carry a parcel: a service of a provider's, by its codes, at the price it named.

    `courier` is the name people read. `pickup`: they come; else somebody brings it to them.
    """

    provider: str
    courier: str
    courier_code: str = ""
    service_code: str = ""
    quoted_idr: int | None = None
    pickup: bool = True


def want(parcel: Parcel, wish: Wish, *, actor: Actor, now: datetime) -> Booking:
    """Write down that a packed parcel is to be carried; the clock calls the provider.

    The parcel keeps its courier's name if the wish is for the same company. The provider `manual`
    is not called: the booking counts at once. Raises WrongCourier, NotPacked, HasNumber, NotAbroad,
    AlreadyBooked.
    """
    by_hand = wish.provider == MANUAL
    _require_bookable(parcel, by_hand=by_hand)
    name = shipments.read_courier(wish.courier)
    if couriers.company(name) == couriers.company(parcel.courier):
        name = parcel.courier
    unmoved = sa.update(Parcel).where(
        Parcel.id == parcel.id, Parcel.status == ParcelStatus.PACKED, Parcel.resi == parcel.resi
    )
    if not claim(unmoved.values(courier=name)):
        raise NotPacked
    key = f"{parcel.code}-{len(attempts(parcel.id)) + 1}"
    written = insert_once(
        Booking,
        parcel_id=parcel.id,
        key=key,
        provider=wish.provider,
        status=BookingStatus.OPEN if by_hand else BookingStatus.WANTED,
        courier_code=wish.courier_code,
        service_code=wish.service_code,
        sent={"pickup": wish.pickup},
        quoted_idr=wish.quoted_idr,
        made_by=actor.name,
        made_at=now,
        tries=0,
        next_poll_at=None if by_hand else now,
    )
    if not written:
        raise AlreadyBooked
    db.session.refresh(parcel)
    booking = db.session.scalars(sa.select(Booking).where(Booking.key == key)).one()
    facts = {"provider": wish.provider, "courier": name, "service": wish.service_code, "key": key}
    audit.note(actor, "booking.want", f"parcel:{parcel.code}", now=now, **facts)
    if by_hand:
        shipments.acts.book(parcel, actor=actor, now=now)
    return booking


def call_off(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> Booking:
    """Call the parcel's booking off: at once if nobody was called yet, else the clock asks.

    The parcel is packed again once the courier agrees. Raises NothingBooked, TooLate.
    """
    if parcel.status not in {ParcelStatus.PACKED, ParcelStatus.BOOKED}:
        raise TooLate
    booking = find_current(parcel.id)
    if booking is None:
        raise NothingBooked
    audit.note(
        actor, "booking.call_off", f"parcel:{parcel.code}", now=now, key=booking.key, why=why
    )
    this = sa.update(Booking).where(Booking.id == booking.id)
    uncalled = this.where(Booking.status == BookingStatus.WANTED, Booking.tries == 0)
    closed = {"status": BookingStatus.CLOSED, "closed_at": now, "closed_why": why}
    if claim(uncalled.values(next_poll_at=None, **closed)):
        pass
    elif booking.provider == MANUAL:
        claim(this.values(**closed))
        db.session.refresh(booking)
        shipments.acts.unbook(parcel, why, actor=actor, now=now)
    else:
        claim(this.values(cancel_asked_at=now, cancel_tries=0, next_cancel_at=now, remark=""))
    db.session.refresh(booking)
    return booking


def _require_bookable(parcel: Parcel, *, by_hand: bool) -> None:
    if parcel.status is not ParcelStatus.PACKED:
        raise AlreadyBooked if parcel.status is ParcelStatus.BOOKED else NotPacked
    if parcel.resi and not by_hand:
        raise HasNumber
    if not by_hand and parcel.order.checkout.country != HOME:
        raise NotAbroad
