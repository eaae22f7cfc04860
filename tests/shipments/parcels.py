"""Parcels for tests: in any state, with bookings, told about by couriers."""

import itertools
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bazaar import inspection, shipments
from bazaar.db import db
from bazaar.models import (
    Booking,
    BookingStatus,
    Order,
    Parcel,
    ParcelReview,
    ParcelStatus,
    ParcelStep,
)
from bazaar.rules.parcel_signals import Signal, SignalKind
from tests.builders import HOST, NOW, a_parcel, a_product, a_seller, keep

RESI = "012345678901"
_numbers = itertools.count(1)


def told(state: str, hours: float | None = 1, **given: Any) -> Signal:
    """News of a state, so many hours after NOW; None: without an instant."""
    at = None if hours is None else NOW + timedelta(hours=hours)
    return Signal(SignalKind.STATE, state=ParcelStatus(state), occurred_at=at, **given)


def said(kind: str, hours: float | None = 1, **given: Any) -> Signal:
    """Other news."""
    at = None if hours is None else NOW + timedelta(hours=hours)
    return Signal(SignalKind(kind), occurred_at=at, **given)


def a_parcel_in(state: str, *, resi: str = "", **given: Any) -> Parcel:
    """A parcel that courier and people brought into this state."""
    parcel = a_parcel(**given)
    if state == "draft":
        return parcel
    if state == "cancelled":
        shipments.acts.cancel(parcel, "batal", actor=HOST, now=NOW)
        return parcel
    shipments.pack(parcel, actor=HOST, now=NOW)
    if resi:
        shipments.set_resi(parcel, resi, actor=HOST, now=NOW)
    if state == "packed":
        return parcel
    if state == "exception":
        shipments.apply(None, parcel, told("in_transit"), now=NOW)
        shipments.apply(None, parcel, said("exception", code="on_hold"), now=NOW)
    else:
        shipments.apply(None, parcel, told(state), now=NOW)
    assert parcel.status is ParcelStatus(state)
    return parcel


def a_parcel_of(quantity: int, products: int = 1, *, state: str = "draft") -> Parcel:
    """A parcel of one seller with so many pieces of each of so many products."""
    seller = a_seller()
    wares = [a_product(seller=seller, stock=20) for _ in range(products)]
    parcel = a_parcel(*wares, quantity=quantity)
    return parcel if state == "draft" else _brought(parcel, state)


def _brought(parcel: Parcel, state: str) -> Parcel:
    shipments.pack(parcel, actor=HOST, now=NOW)
    shipments.apply(None, parcel, told(state), now=NOW)
    return parcel


def a_booking(parcel: Parcel, **given: Any) -> Booking:
    """The booking of a parcel with a provider."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "key": f"{parcel.code}-{number}",
        "provider": "biteship",
        "status": BookingStatus.OPEN,
        "provider_order_id": f"order-{number}",
        "made_by": "Rina",
        "made_at": NOW,
    }
    return keep(Booking(parcel_id=parcel.id, **fields | given))


def steps_of(parcel: Parcel) -> list[str]:
    """The states that the parcel came into."""
    query = sa.select(ParcelStep.status).where(ParcelStep.parcel_id == parcel.id)
    return [status.value for status in db.session.scalars(query.order_by(ParcelStep.id))]


def differences() -> list[str]:
    """What `flask audit` finds, but for the payments that these tests do not write."""
    found = inspection.differences()
    return [str(difference) for difference in found if difference.check != "payment"]


def reasons(parcel: Parcel) -> list[str]:
    """What a person must look at."""
    query = sa.select(ParcelReview.reason).where(
        ParcelReview.parcel_id == parcel.id, ParcelReview.cleared_at.is_(None)
    )
    return sorted(db.session.scalars(query))


def line_ids(parcel: Parcel) -> list[int]:
    """The order lines of a parcel's order."""
    return [line.id for line in db.session.get_one(Order, parcel.order_id).lines]
