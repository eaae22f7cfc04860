"""When parcels left their sellers: the first step after which a courier had them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar.db import db
from bazaar.models import Order, Parcel, ParcelStatus, ParcelStep
from bazaar.rules.parcel_states import HERE
from bazaar.shipments.finding import with_order

STAYED: Final = HERE | {ParcelStatus.CANCELLED, ParcelStatus.EXCEPTION}
"""Of an exception nothing is known: a booked parcel can be in one before anybody took it."""
LEFT: Final = tuple(status for status in ParcelStatus if status not in STAYED)


def of_parcels(parcel_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when these parcels left, by id; those still there are left out."""
    query = (
        sa.select(ParcelStep.parcel_id, sa.func.min(ParcelStep.at))
        .where(ParcelStep.parcel_id.in_(parcel_ids), ParcelStep.status.in_(LEFT))
        .group_by(ParcelStep.parcel_id)
    )
    return dict(db.session.execute(query).all())


def between(start: datetime, end: datetime) -> sa.Select[int, datetime]:
    """Return the question for parcel id and instant of all that left from `start` until `end`."""
    earlier = aliased(ParcelStep)
    was_gone = sa.exists().where(
        earlier.parcel_id == ParcelStep.parcel_id,
        earlier.status.in_(LEFT),
        earlier.at < start,
    )
    return (
        sa.select(ParcelStep.parcel_id, sa.func.min(ParcelStep.at).label("at"))
        .where(
            ParcelStep.at >= start,
            ParcelStep.at < end,
            ParcelStep.status.in_(LEFT),
            ~was_gone,
        )
        .group_by(ParcelStep.parcel_id)
    )


def left_between(start: datetime, end: datetime) -> sa.Select[Parcel]:
    """Return the question for parcels that left from `start` until `end`, by seller and code."""
    left: Any = between(start, end).subquery()
    return (
        with_order()
        .join(left, left.c.parcel_id == Parcel.id)
        .order_by(Order.seller_id, Parcel.code)
    )
