"""What couriers charge, in the books: each change once, whenever it becomes known.

A sweep compares what parcels' bookings say now (`shipments.fees` tells which one counts) with what
is booked for their orders, and books the difference. So nobody who books a courier, corrects a
price or calls a courier off needs to know of the ledger.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar import ledger
from bazaar.db import db, lock_alone
from bazaar.ledger import Entry
from bazaar.models import Book, Booking, BookingStatus, LedgerEntry, Order, Parcel

LOCK: Final = 6003
MOST: Final = 500
"""So many orders are booked at once; the rest the next time."""

KIND: Final = "courier"
BY_HAND: Final = "manual"
BOOKED: Final = "courier"
"""How entries tell what a person entered from what a courier booked by the committee charges."""


def book_charges(now: datetime) -> int:
    """Book what couriers charge more or less than the books say; return how many orders changed.

    Harmless when repeated, also by several at once.
    """
    lock_alone(LOCK, 0)
    by_edition: defaultdict[int, list[Entry]] = defaultdict(list)
    found = db.session.execute(_differences()).all()
    for order_id, by_hand, difference_idr, edition_id, seller_id in found:
        debit, credit = Book.COURIER, Book.COURIER_OWED
        if difference_idr < 0:
            debit, credit = credit, debit
        by_edition[edition_id].append(
            Entry(
                kind=KIND,
                debit=debit,
                credit=credit,
                amount_idr=abs(int(difference_idr)),
                seller_id=seller_id,
                order_id=order_id,
                method=BY_HAND if by_hand else BOOKED,
            )
        )
    for edition_id, entries in sorted(by_edition.items()):
        ledger.book(edition_id, entries, now=now)
    return len({row.order_id for row in found})


def _differences() -> sa.Select[Any]:
    """Return the query for orders whose charges differ: id, by hand, rupiah, edition, seller."""
    both = sa.union_all(_charged(), _booked()).subquery()
    missing = sa.func.sum(both.c.amount_idr)
    changed = (
        sa.select(both.c.order_id, both.c.by_hand, missing.label("difference_idr"))
        .group_by(both.c.order_id, both.c.by_hand)
        .having(missing != 0)
        .order_by(both.c.order_id, both.c.by_hand)
        .limit(MOST)
        .subquery()
    )
    return sa.select(
        changed.c.order_id,
        changed.c.by_hand,
        changed.c.difference_idr,
        Order.edition_id,
        Order.seller_id,
    ).join(Order, Order.id == changed.c.order_id)


def _charged() -> sa.Select[Any]:
    """Of each parcel the booking that counts: what a person entered last, else the open one."""
    better = aliased(Booking)
    overruled = sa.exists().where(
        better.parcel_id == Booking.parcel_id,
        better.charged_idr.is_not(None),
        better.provider == BY_HAND,
        sa.or_(Booking.provider != BY_HAND, better.id > Booking.id),
    )
    counts = sa.or_(Booking.provider == BY_HAND, Booking.status == BookingStatus.OPEN)
    by_hand = sa.case((Booking.provider == BY_HAND, 1), else_=0)
    return (
        sa.select(
            Parcel.order_id, by_hand.label("by_hand"), Booking.charged_idr.label("amount_idr")
        )
        .join(Parcel, Parcel.id == Booking.parcel_id)
        .where(Booking.charged_idr.is_not(None), counts, ~overruled)
    )


def _booked() -> sa.Select[Any]:
    by_hand = sa.case((LedgerEntry.method == BY_HAND, 1), else_=0)
    signed = sa.case(
        (LedgerEntry.debit == Book.COURIER, -LedgerEntry.amount_idr),
        else_=LedgerEntry.amount_idr,
    )
    return sa.select(LedgerEntry.order_id, by_hand, signed).where(
        LedgerEntry.kind == sa.literal_column(f"'{KIND}'"), LedgerEntry.order_id.is_not(None)
    )
