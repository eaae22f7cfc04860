"""Bookings found: of a parcel, and those that need somebody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar.db import db
from bazaar.models import Booking, BookingStatus, CourierEvent

CURRENT = (BookingStatus.WANTED, BookingStatus.OPEN)
"""States in which a booking counts; a parcel has at most one such."""


def attempts(parcel_id: int) -> Sequence[Booking]:
    """Return all bookings of a parcel, the newest first."""
    query = sa.select(Booking).where(Booking.parcel_id == parcel_id).order_by(Booking.id.desc())
    return db.session.scalars(query).all()


def find_current(parcel_id: int) -> Booking | None:
    """Return the booking that counts, or None."""
    query = sa.select(Booking).where(Booking.parcel_id == parcel_id, Booking.status.in_(CURRENT))
    return db.session.scalars(query).one_or_none()


def current(bookings: Sequence[Booking]) -> Booking | None:
    """Return the one of a parcel's bookings that counts, or None."""
    return next((booking for booking in bookings if booking.status in CURRENT), None)


def troubled() -> sa.Select[Booking]:
    """Return the question for parcels' newest bookings that failed or wait after a failure.

    The newest first, each with its parcel.
    """
    newest = sa.select(sa.func.max(Booking.id)).group_by(Booking.parcel_id)
    failed = Booking.status == BookingStatus.FAILED
    waiting = sa.and_(Booking.status.in_(CURRENT), Booking.failure != "")
    return (
        sa.select(Booking)
        .where(Booking.id.in_(newest), sa.or_(failed, waiting))
        .options(joinedload(Booking.parcel))
        .order_by(Booking.id.desc())
    )


def unmatched_count() -> int:
    """Return how many pieces of couriers' news belong to no booking of ours."""
    query = sa.select(sa.func.count(CourierEvent.id)).where(CourierEvent.result == "unmatched")
    return db.session.scalar(query) or 0
