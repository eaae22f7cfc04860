"""What must agree about parcels; `bazaar.inspection` runs these checks.

Each gives (check, subject, expected, found) for what does not.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    Booking,
    BookingStatus,
    Order,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelDecision,
    ParcelLine,
    ParcelStatus,
    Product,
    StockMove,
    StockReason,
)
from bazaar.rules import couriers
from bazaar.shipments import situations
from bazaar.shipments.finding import CURRENT
from bazaar.shipments.returns import REPLACE, RESTOCK
from bazaar.shipments.situations import SENT_AGAIN

Told = tuple[str, str, object, object]
AT_ONCE: Final = 500


def _pieces_are_those_ordered() -> Iterator[Told]:
    """Of no line more is in parcels than was ordered, nor lines of other orders."""
    given_up = sa.exists().where(
        ParcelDecision.parcel_id == Parcel.id, ParcelDecision.kind == SENT_AGAIN
    )
    packed = sa.func.sum(ParcelLine.quantity)
    query = (
        sa.select(Order.reference, OrderLine.claim_code, OrderLine.quantity, packed)
        .join(OrderLine.order)
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(ParcelLine.parcel)
        .where(Parcel.status != ParcelStatus.CANCELLED, ~given_up)
        .group_by(OrderLine.id, Order.reference, OrderLine.claim_code, OrderLine.quantity)
        .having(packed > OrderLine.quantity)
    )
    for reference, code, ordered, found in db.session.execute(query):
        yield "pieces", f"order {reference}, {code}", f"at most {ordered}", int(found)
    stray = (
        sa.select(Parcel.code, Parcel.order_id, OrderLine.order_id)
        .join(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .join(ParcelLine.order_line)
        .where(OrderLine.order_id != Parcel.order_id)
    )
    for code, order_id, other in db.session.execute(stray):
        yield "stray line", f"parcel {code}", f"order {order_id}", f"order {other}"


def _parcels_hold_something() -> Iterator[Told]:
    query = (
        sa.select(Parcel.code)
        .outerjoin(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .where(ParcelLine.parcel_id.is_(None))
    )
    for code in db.session.scalars(query):
        yield "empty parcel", code, "some pieces", 0


def _numbers_belong_to_one_parcel() -> Iterator[Told]:
    """Of one company no two parcels have one number, whatever service it is called."""
    twice = (
        sa.select(Parcel.resi)
        .where(Parcel.resi != "")
        .group_by(Parcel.resi)
        .having(sa.func.count() > 1)
    )
    query = sa.select(Parcel.resi, Parcel.courier).where(Parcel.resi.in_(twice))
    used = Counter((resi, couriers.company(name)) for resi, name in db.session.execute(query))
    for (resi, company), found in used.items():
        if found > 1:
            yield "resi", f"{company} {resi}", 1, found


def _exceptions_know_where_they_came_from() -> Iterator[Told]:
    stuck = Parcel.status == ParcelStatus.EXCEPTION
    query = sa.select(Parcel.code, Parcel.status, Parcel.resume_status).where(
        stuck != Parcel.resume_status.is_not(None)
    )
    for code, status, found in db.session.execute(query):
        expected = "a state before it" if status is ParcelStatus.EXCEPTION else None
        yield "exception", f"parcel {code}", expected, found.value if found else None


def _orders_end_with_their_parcels() -> Iterator[Told]:
    """A paid order is done exactly when every piece that is owed has arrived."""
    query = (
        sa.select(Order.id, Order.reference, Order.status)
        .where(
            Order.status.in_([OrderStatus.PAID, OrderStatus.DONE]),
            sa.exists().where(Parcel.order_id == Order.id),
        )
        .order_by(Order.id)
    )
    rows = db.session.execute(query).all()
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        found = situations.of([row.id for row in some])
        for order_id, reference, status in some:
            arrived = found[order_id].all_delivered
            if arrived != (status is OrderStatus.DONE):
                expected = OrderStatus.DONE if arrived else OrderStatus.PAID
                yield "arrival", f"order {reference}", expected.value, status.value


def _stock_moved_as_decided() -> Iterator[Told]:
    """What decisions put back or took anew is what stock moved for them."""
    expected: Counter[tuple[int, StockReason]] = Counter()
    products = dict(db.session.execute(sa.select(OrderLine.id, OrderLine.product_id)).all())
    query = sa.select(ParcelDecision.kind, ParcelDecision.quantities).where(
        ParcelDecision.kind.in_([RESTOCK, REPLACE])
    )
    for kind, quantities in db.session.execute(query):
        for line, quantity in quantities.items():
            if kind == RESTOCK:
                expected[products[int(line)], StockReason.RETURNED] += quantity
            else:
                expected[products[int(line)], StockReason.REPLACED] -= quantity
    yield from _moved_otherwise(expected)


def _moved_otherwise(expected: Counter[tuple[int, StockReason]]) -> Iterator[Told]:
    query = (
        sa.select(StockMove.product_id, StockMove.reason, sa.func.sum(StockMove.pieces))
        .where(StockMove.reason.in_([StockReason.RETURNED, StockReason.REPLACED]))
        .group_by(StockMove.product_id, StockMove.reason)
    )
    found = {(product, reason): int(n) for product, reason, n in db.session.execute(query)}
    codes = dict(db.session.execute(sa.select(Product.id, Product.claim_code)).all())
    for product, reason in sorted({*expected, *found}, key=lambda key: (key[0], key[1].value)):
        pair = (expected[product, reason], found.get((product, reason), 0))
        if pair[0] != pair[1]:
            yield f"{reason.value} goods", f"product {codes[product]}", *pair


def _ended_parcels_are_not_booked() -> Iterator[Told]:
    query = (
        sa.select(Parcel.code, Booking.status)
        .join(Booking, Booking.parcel_id == Parcel.id)
        .where(Parcel.status == ParcelStatus.CANCELLED, Booking.status.in_(CURRENT))
    )
    for code, status in db.session.execute(query):
        yield "booking", f"parcel {code}", BookingStatus.CLOSED.value, status.value


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _pieces_are_those_ordered,
    _parcels_hold_something,
    _numbers_belong_to_one_parcel,
    _exceptions_know_where_they_came_from,
    _orders_end_with_their_parcels,
    _stock_moved_as_decided,
    _ended_parcels_are_not_booked,
)
