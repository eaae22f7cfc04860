"""What needs the committee, exceptions first: each kind a condition, counted in one question."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bazaar.db import db
from bazaar.models import (
    Order,
    Parcel,
    ParcelDecision,
    ParcelLine,
    ParcelReview,
    ParcelStatus,
    ParcelStep,
)
from bazaar.rules.parcel_states import SILENT_AFTER, UNDER_WAY
from bazaar.shipments import problems
from bazaar.shipments.finding import is_late, with_order
from bazaar.shipments.returns import BACK, BUYER, GONE, GOODS
from bazaar.shipments.situations import SENT_AGAIN


class Need(enum.Enum):
    """Why a parcel needs a person, the most urgent first."""

    PROBLEM = "problem"
    REVIEW = "review"
    EXCEPTION = "exception"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    SILENT = "silent"
    LATE = "late"


def needing(need: Need, now: datetime, *, seller_id: int | None = None) -> sa.Select[Parcel]:
    """Return the question for parcels with this need, the longest waiting first.

    With `seller_id` only for those of that seller.
    """
    order = Order.paid_at if need is Need.LATE else Parcel.id
    asked = with_order().where(*_conditions(need, now), *_of(seller_id))
    return asked.order_by(order, Parcel.id)


def first(need: Need, now: datetime, seller_id: int, most: int) -> Sequence[Parcel]:
    """Return so many of this seller's parcels with this need, with their lines."""
    query = needing(need, now, seller_id=seller_id).options(
        selectinload(Parcel.lines).joinedload(ParcelLine.order_line)
    )
    return db.session.scalars(query.limit(most)).all()


def counts(now: datetime, *, seller_id: int | None = None) -> dict[Need, int]:
    """Return how many parcels, with `seller_id` of that seller, have each need, also zero."""
    columns = [
        sa.select(sa.func.count(Parcel.id))
        .select_from(Parcel)
        .join(Parcel.order)
        .where(*_conditions(need, now), *_of(seller_id))
        .scalar_subquery()
        .label(f"of_{need.value}")
        for need in Need
    ]
    row = db.session.execute(sa.select(*columns)).one()
    return dict(zip(Need, row, strict=True))


def attention(seller_id: int, now: datetime) -> int:
    """Return how many parcels of this seller it should look at: all needs but the committee's."""
    kinds = [
        sa.select(Parcel.id).join(Parcel.order).where(*_conditions(need, now), *_of(seller_id))
        for need in Need
        if need is not Need.REVIEW
    ]
    either = sa.union(*kinds).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(either)) or 0


def needs_of(parcel_ids: list[int], now: datetime) -> dict[int, list[Need]]:
    """Return for each of these parcels what it needs, if anything."""
    rows = [
        sa.select(Parcel.id, sa.literal(need.value))
        .join(Parcel.order)
        .where(Parcel.id.in_(parcel_ids), *_conditions(need, now))
        for need in Need
    ]
    found: dict[int, list[Need]] = {}
    for parcel_id, need in db.session.execute(sa.union_all(*rows)) if parcel_ids else ():
        found.setdefault(parcel_id, []).append(Need(need))
    return found


def _conditions(need: Need, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return {
        Need.PROBLEM: (problems.is_open(),),
        Need.REVIEW: (_reviewed(),),
        Need.EXCEPTION: (Parcel.status == ParcelStatus.EXCEPTION,),
        Need.LOST: (Parcel.status.in_(GONE), ~_decided(BUYER)),
        Need.RETURNING: (Parcel.status == ParcelStatus.RETURNING,),
        Need.RETURNED: (
            Parcel.status.in_(BACK),
            sa.or_(~_decided(BUYER), ~_decided(GOODS | {SENT_AGAIN})),
        ),
        Need.SILENT: _silent(now),
        Need.LATE: is_late(now),
    }[need]


def _of(seller_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    return () if seller_id is None else (Order.seller_id == seller_id,)


def _silent(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """A courier has it, and nothing was heard of it for `SILENT_AFTER`."""
    since = now - SILENT_AFTER
    moved = sa.exists().where(ParcelStep.parcel_id == Parcel.id, ParcelStep.at > since)
    heard = sa.and_(Parcel.last_event_at.is_not(None), Parcel.last_event_at > since)
    return Parcel.status.in_(UNDER_WAY), ~heard, ~moved


def _reviewed() -> sa.ColumnElement[bool]:
    open_ones: Final = sa.select(ParcelReview.parcel_id).where(ParcelReview.cleared_at.is_(None))
    return Parcel.id.in_(open_ones)


def _decided(kinds: frozenset[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        ParcelDecision.parcel_id == Parcel.id, ParcelDecision.kind.in_(sorted(kinds))
    )
