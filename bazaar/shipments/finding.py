"""Parcels found: by code, by order, by what people have in hand; lists for pages."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar.db import db
from bazaar.models import (
    Booking,
    BookingStatus,
    Checkout,
    CourierEvent,
    Order,
    OrderLine,
    Parcel,
    ParcelLine,
    ParcelStatus,
    Product,
)
from bazaar.rules import references
from bazaar.rules.parcel_states import HERE, LATE_AFTER
from bazaar.shipments.numbers import RESI_LENGTHS, compact
from bazaar.shipments.refusals import NoSuchParcel

PREFIX: Final = "PK-"
CURRENT: Final = (BookingStatus.WANTED, BookingStatus.OPEN)
"""States of a booking that counts; a parcel has at most one such."""


def find_parcel(order_id: int, *, number: int = 1) -> Parcel | None:
    """Return a parcel of this order, the first one unless told, with steps and lines, or None."""
    parcels = find_parcels([order_id]).get(order_id, [])
    return next((parcel for parcel in parcels if parcel.number == number), None)


def find_parcels(order_ids: Sequence[int]) -> dict[int, list[Parcel]]:
    """Return the parcels of these orders by order id, first ones first, steps and lines loaded.

    An order without a parcel has no entry.
    """
    query = (
        sa.select(Parcel)
        .where(Parcel.order_id.in_(order_ids))
        .options(
            selectinload(Parcel.steps),
            selectinload(Parcel.lines).joinedload(ParcelLine.order_line),
        )
        .order_by(Parcel.number)
    )
    found: defaultdict[int, list[Parcel]] = defaultdict(list)
    for parcel in db.session.scalars(query):
        found[parcel.order_id].append(parcel)
    return dict(found)


def get_parcel_of(order_id: int, *, number: int = 1) -> Parcel:
    """Return a parcel of this order, the first one unless told. Raises NoSuchParcel."""
    parcel = find_parcel(order_id, number=number)
    if parcel is None:
        raise NoSuchParcel
    return parcel


def get_parcel(code: str) -> Parcel:
    """Return the parcel with its order, lines and destination loaded. Raises NoSuchParcel."""
    parcel = db.session.scalars(with_all().where(Parcel.code == code)).one_or_none()
    if parcel is None:
        raise NoSuchParcel
    return parcel


def get_sellers_parcel(code: str, seller_id: int) -> Parcel:
    """Return a parcel of this seller. Another seller's is as unknown as none: NoSuchParcel."""
    parcel = get_parcel(code)
    if parcel.order.seller_id != seller_id:
        raise NoSuchParcel
    return parcel


def sellers_waiting(seller_id: int) -> list[Parcel]:
    """Return what the seller still has, by code, with all to show it: packed or not, or booked."""
    query = with_all().where(Order.seller_id == seller_id, Parcel.status.in_(HERE))
    return list(db.session.scalars(query.order_by(Parcel.code)))


def sellers_gone(seller_id: int) -> sa.Select[Parcel]:
    """Return the question for the seller's other parcels, the newest first."""
    return (
        with_all()
        .where(Order.seller_id == seller_id, Parcel.status.not_in(HERE))
        .order_by(Parcel.id.desc())
    )


def listed(status: ParcelStatus | None) -> sa.Select[Parcel]:
    """Return the question for parcels in a state (None: all), for the committee.

    What is still with sellers begins with what was paid first, so that late ones lead; else the
    newest lead.
    """
    query = with_order()
    if status is not None:
        query = query.where(Parcel.status == status)
    if status in HERE:
        return query.order_by(Order.paid_at, Parcel.id)
    return query.order_by(Parcel.id.desc())


def late(now: datetime) -> sa.Select[Parcel]:
    """Return the question for parcels that should be with a courier by now, the latest first."""
    return with_order().where(*is_late(now)).order_by(Order.paid_at, Parcel.id)


def found(text: str) -> sa.Select[Parcel]:
    """Return the question for parcels whose code, order or waybill number `text` means.

    Of a waybill number the beginning is enough. A buyer's name is found by any part of it.
    """
    plain = compact(text)
    named = [Parcel.code == text.strip().upper()]
    if len(plain) >= RESI_LENGTHS.start:
        named.append(Parcel.resi.startswith(plain))
    reference = references.normalise(plain.removeprefix("PK"))
    if reference is not None:
        named.append(Order.reference == reference)
    if len(text.strip()) >= 3:
        named.append(Checkout.buyer_name.icontains(text.strip(), autoescape=True))
    return with_order().where(sa.or_(*named)).order_by(Parcel.id.desc())


def counts() -> dict[ParcelStatus, int]:
    """Return how many parcels are in each state that any is in."""
    query = sa.select(Parcel.status, sa.func.count()).group_by(Parcel.status)
    return dict(db.session.execute(query).all())


def count_late(now: datetime) -> int:
    """Return how many parcels should be with a courier by now."""
    query = sa.select(sa.func.count(Parcel.id)).join(Parcel.order).where(*is_late(now))
    return db.session.scalar(query) or 0


def current_booking(parcel: Parcel) -> Booking | None:
    """Return the booking of the parcel that counts, or None."""
    query = sa.select(Booking).where(Booking.parcel_id == parcel.id, Booking.status.in_(CURRENT))
    return db.session.scalars(query).one_or_none()


def bookings_of(parcel: Parcel) -> Sequence[Booking]:
    """Return all bookings of the parcel, the newest first."""
    query = sa.select(Booking).where(Booking.parcel_id == parcel.id)
    return db.session.scalars(query.order_by(Booking.id.desc())).all()


def news_of(parcel: Parcel, *, limit: int) -> Sequence[CourierEvent]:
    """Return what couriers told about the parcel, the latest to have happened first."""
    happened = sa.func.coalesce(CourierEvent.occurred_at, CourierEvent.received_at)
    query = (
        sa.select(CourierEvent)
        .where(CourierEvent.parcel_id == parcel.id)
        .order_by(happened.desc(), CourierEvent.received_at.desc(), CourierEvent.id.desc())
    )
    return db.session.scalars(query.limit(limit)).all()


def weight_of(parcels: Sequence[Parcel]) -> dict[int, int]:
    """Return what each parcel weighs in grams, by id: as weighed, else as its products are said to."""
    query = (
        sa.select(ParcelLine.parcel_id, sa.func.sum(ParcelLine.quantity * Product.weight_g))
        .join(ParcelLine.order_line)
        .join(Product, Product.id == OrderLine.product_id)
        .where(ParcelLine.parcel_id.in_([parcel.id for parcel in parcels]))
        .group_by(ParcelLine.parcel_id)
    )
    said = {parcel_id: int(grams) for parcel_id, grams in db.session.execute(query)}
    return {parcel.id: parcel.weight_g or said.get(parcel.id, 0) for parcel in parcels}


def lock(parcel: Parcel) -> None:
    """Let nobody else change the parcel until this transaction ends; read it again.

    On SQLite the transaction holds the only write lock anyway. Parcels come before their order,
    several in order of their ids, so that nobody waits in a circle.
    """
    row = sa.select(Parcel).where(Parcel.id == parcel.id).with_for_update(of=Parcel)
    db.session.scalars(row.execution_options(populate_existing=True)).one()


def lock_order(order_id: int) -> None:
    """Let nobody else change how the order's pieces lie in parcels until this transaction ends."""
    db.session.execute(sa.select(Order.id).where(Order.id == order_id).with_for_update())


def with_order() -> sa.Select[Parcel]:
    """Return the question for parcels with order, destination and seller, for long lists."""
    return (
        sa.select(Parcel)
        .join(Parcel.order)
        .join(Order.checkout)
        .options(
            contains_eager(Parcel.order).options(
                contains_eager(Order.checkout), joinedload(Order.seller)
            )
        )
    )


def with_all() -> sa.Select[Parcel]:
    """Return the question for parcels with everything that pages and labels show."""
    return with_order().options(
        contains_eager(Parcel.order).selectinload(Order.lines),
        selectinload(Parcel.steps),
        selectinload(Parcel.lines).joinedload(ParcelLine.order_line),
    )


def is_late(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what is true of parcels that should be with a courier by now."""
    return Parcel.status.in_(HERE), Order.paid_at < now - LATE_AFTER
