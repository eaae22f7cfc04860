"""The orders of a day, and which days have any.

An order belongs to the day it was placed on, in the edition's zone. What days are worth is summed
from the ledger (`bazaar.reports.books`).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar import times
from bazaar.db import db
from bazaar.models import Order, OrderStatus, Turn

PAID = frozenset({OrderStatus.PAID, OrderStatus.DONE})
WAITING = frozenset({OrderStatus.QUOTING, OrderStatus.UNPAID})


def orders_of_day(edition_id: int, day: date, zone: ZoneInfo) -> Sequence[Order]:
    """Return the orders placed on `day` in order of time, with everything a sheet tells of them."""
    start, end = times.day_bounds(day, zone)
    query = (
        sa.select(Order)
        .where(Order.edition_id == edition_id, Order.placed_at >= start, Order.placed_at < end)
        .options(
            joinedload(Order.seller),
            joinedload(Order.checkout),
            joinedload(Order.turn).joinedload(Turn.channel),
            selectinload(Order.lines),
        )
        .order_by(Order.placed_at, Order.id)
    )
    return db.session.scalars(query).all()


def days_with_orders(edition_id: int, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days of `zone` on which orders were placed, latest first. One query a day."""
    day = _last_day(zone, Order.edition_id == edition_id)
    while day is not None:
        yield day
        day, _ = neighbours(edition_id, day, zone)


def neighbours(edition_id: int, day: date, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """Return the day before and the day after `day` on which orders were placed."""
    start, end = times.day_bounds(day, zone)
    first = sa.select(sa.func.min(Order.placed_at))
    after = db.session.scalar(first.where(Order.edition_id == edition_id, Order.placed_at >= end))
    return (
        _last_day(zone, Order.edition_id == edition_id, Order.placed_at < start),
        times.day_of(after, zone) if after else None,
    )


def _last_day(zone: ZoneInfo, *which: sa.ColumnElement[bool]) -> date | None:
    last = db.session.scalar(sa.select(sa.func.max(Order.placed_at)).where(*which))
    return times.day_of(last, zone) if last else None
