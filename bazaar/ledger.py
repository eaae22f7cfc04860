"""The books: which entry is made when, and on which day. Every total is a query over them.

One entry moves an amount from the book it credits to the book it debits (`models.ledger.Book`):

| when | debit | credit |
| --- | --- | --- |
| an order is placed | buyer | goods promised, shipping promised |
| it ends unpaid | goods promised, shipping promised | buyer |
| it is paid | goods promised, shipping promised | goods sold, shipping sold |
| it is called off, or part of it credited | goods sold, shipping sold | buyer |
| money comes | money | unknown |
| it is allocated to an order | unknown | buyer |
| less than the worth is accepted (unique code, difference) | discount | buyer |
| money is given back | buyer, or unknown | money |
| a gateway keeps a fee | fee | money |
| a courier charges | courier | courier owed |
| the committee pays a seller | paid out | money |

So an order's balance in the book of buyers is what is still to be paid, or, below zero, to be given
back; the balance of unknown is money that needs a person. Nothing is ever changed: what was wrong
is booked back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import times
from bazaar.bulk import Rows
from bazaar.db import Prepared, lock_shared
from bazaar.models import Book, DayClosing, Edition, LedgerEntry

LOCK = 6001
"""Name of the lock between booking (shared) and signing a day (alone)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """So much, in whole rupiah, from the book `credit` to the book `debit`, and whom it concerns."""

    kind: str
    debit: Book
    credit: Book
    amount_idr: int
    seller_id: int | None = None
    order_id: int | None = None
    account_id: int | None = None
    payment_id: int | None = None
    refund_id: int | None = None
    method: str = ""


def book(
    edition_id: int, entries: Sequence[Entry], *, now: datetime, day: date | None = None
) -> None:
    """Write entries of one edition on the day of `now`, or the next one that is open.

    Entries of nothing are left out. Whoever signs a day waits until this transaction has ended.
    `day` is what `booking_day` has just told, if it was asked before.
    """
    day = day or booking_day(edition_id, now)
    common = {"edition_id": edition_id, "at": now, "day": day}
    _INSERT.insert([_row(entry) | common for entry in entries if entry.amount_idr])


def booking_day(edition_id: int, now: datetime) -> date:
    """Return the day on which what happens `now` is booked, and hold it open meanwhile."""
    lock_shared(LOCK, edition_id)
    rows = _DAYS.run(of_edition=edition_id, since=now.date() - _DAY).all()
    closed = {day for _, day in rows}
    today = times.day_of(now, ZoneInfo(rows[0][0]))
    while today.isoformat() in closed:
        today += timedelta(days=1)
    return today


def worth(
    kind: str,
    debit: tuple[Book, Book],
    credit: tuple[Book, Book],
    goods_idr: int,
    shipping_idr: int,
    *,
    seller_id: int,
    order_id: int,
) -> list[Entry]:
    """Return the entries of an order's goods and shipping, from `credit` to `debit` of each."""
    return [
        Entry(
            kind=kind,
            debit=to,
            credit=of,
            amount_idr=amount_idr,
            seller_id=seller_id,
            order_id=order_id,
        )
        for to, of, amount_idr in zip(debit, credit, (goods_idr, shipping_idr), strict=True)
    ]


def _row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _COLUMNS}


OWED = (Book.BUYER, Book.BUYER)
PROMISED = (Book.GOODS_PROMISED, Book.SHIPPING_PROMISED)
SOLD = (Book.GOODS_SOLD, Book.SHIPPING_SOLD)

_COLUMNS = tuple(column.name for column in fields(Entry))
_DAY = timedelta(days=1)
_INSERT = Rows(LedgerEntry)
_DAYS = Prepared(
    sa.select(Edition.zone_name, sa.cast(DayClosing.day, sa.String))
    .outerjoin(
        DayClosing,
        sa.and_(
            DayClosing.edition_id == Edition.id,
            DayClosing.day >= sa.bindparam("since", type_=sa.Date),
            DayClosing.signed_at.is_not(None),
        ),
    )
    .where(Edition.id == sa.bindparam("of_edition"))
)
