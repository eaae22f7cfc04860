"""Totals from the ledger: each figure is a sum of entries, so screen, sheets and books agree.

What happened is counted on the day it was booked on. An order that is paid after its day was
signed stands on the next open day; `corrections` tells how much of a day belongs to earlier ones.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import (
    Book,
    Channel,
    Edition,
    LedgerEntry,
    Order,
    OrderStatus,
    Seller,
    Turn,
)

PLACED = ("placed", "quoted")
PAID = ("paid",)
AGAIN = ("waits_again",)
ENDED = ("expired", "cancelled")
WITHDRAWN = ("withdrawal",)
ENTRY = LedgerEntry


class Move(NamedTuple):
    """What kind of entry, from which book to which."""

    kind: str
    debit: Book
    credit: Book


@dataclass(slots=True)
class Figures:
    """Sums in whole rupiah, and counts, of some entries. Net is what selling brought.

    `gross_idr` is what was paid for, goods and shipping; `returned_idr` what of it was called off
    or credited; `net_idr` what remains after discounts and the fees that gateways kept.
    """

    idr: Counter[Move] = field(default_factory=Counter)
    rows: Counter[Move] = field(default_factory=Counter)

    def add(self, move: Move, rows: int, amount_idr: int) -> None:
        """Count so many entries of one kind."""
        self.idr[move] += amount_idr
        self.rows[move] += rows

    @property
    def orders(self) -> int:
        """Orders placed."""
        return self._count(PLACED, credit=Book.GOODS_PROMISED)

    @property
    def placed_idr(self) -> int:
        """What the orders placed are worth, goods and shipping."""
        return self._sum(PLACED, debit=Book.BUYER)

    @property
    def paid_orders(self) -> int:
        """Orders that were paid."""
        again = self._count(AGAIN, debit=Book.GOODS_SOLD)
        return self._count(PAID, credit=Book.GOODS_SOLD) - again

    @property
    def goods_idr(self) -> int:
        """Goods paid for."""
        return self._paid(Book.GOODS_SOLD)

    @property
    def shipping_idr(self) -> int:
        """Shipping paid for."""
        return self._paid(Book.SHIPPING_SOLD)

    @property
    def gross_idr(self) -> int:
        """Goods and shipping paid for."""
        return self.goods_idr + self.shipping_idr

    @property
    def lapsed_orders(self) -> int:
        """Orders that ended unpaid."""
        return self._count(ENDED, debit=Book.GOODS_PROMISED)

    @property
    def lapsed_idr(self) -> int:
        """What orders that ended unpaid were worth."""
        return self._sum(ENDED, credit=Book.BUYER)

    @property
    def returned_idr(self) -> int:
        """Sales taken back: orders called off after they were paid, and parts credited."""
        return self.gross_idr + self._net(Book.GOODS_SOLD) + self._net(Book.SHIPPING_SOLD)

    @property
    def discount_idr(self) -> int:
        """Unique codes and differences accepted."""
        return self._net(Book.DISCOUNT)

    @property
    def fee_idr(self) -> int:
        """What gateways kept."""
        return self._net(Book.FEE)

    @property
    def net_idr(self) -> int:
        """What selling brought: gross less returns, discounts and fees."""
        return self.gross_idr - self.returned_idr - self.discount_idr - self.fee_idr

    @property
    def payments(self) -> int:
        """Payments that came."""
        return self._count(("payment",), debit=Book.MONEY)

    @property
    def received_idr(self) -> int:
        """Money that came, less what was written down by mistake."""
        return self._sum(("payment",), debit=Book.MONEY) - self.mistaken_idr

    @property
    def mistaken_idr(self) -> int:
        """Payments that were booked out again because they never came."""
        return self._sum(WITHDRAWN, credit=Book.MONEY)

    @property
    def refunded_idr(self) -> int:
        """Money given back."""
        return self._sum(("refund",), credit=Book.MONEY)

    @property
    def unknown_idr(self) -> int:
        """Money whose order was not known, less what became known."""
        return -self._net(Book.UNKNOWN)

    @property
    def owed_idr(self) -> int:
        """How much more buyers owe than before; negative: less."""
        return self._net(Book.BUYER)

    @property
    def courier_idr(self) -> int:
        """What couriers charged."""
        return self._net(Book.COURIER)

    @property
    def paid_out_idr(self) -> int:
        """What the committee paid to sellers."""
        return self._net(Book.PAID_OUT)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def _count(
        self, kinds: Sequence[str], *, debit: Book | None = None, credit: Book | None = None
    ) -> int:
        return _sum(self.rows, kinds, debit, credit)

    def _sum(
        self, kinds: Sequence[str] = (), *, debit: Book | None = None, credit: Book | None = None
    ) -> int:
        return _sum(self.idr, kinds, debit, credit)

    def _net(self, book: Book) -> int:
        return self._sum(debit=book) - self._sum(credit=book)

    def _paid(self, book: Book) -> int:
        return self._sum(PAID, credit=book) - self._sum(AGAIN, debit=book)


def _sum(
    counted: Mapping[Move, int], kinds: Sequence[str], debit: Book | None, credit: Book | None
) -> int:
    """Add up what fits: a page of a season does so ten thousand times."""
    total = 0
    for (kind, of_debit, of_credit), n in counted.items():
        if (
            (debit is None or of_debit is debit)
            and (credit is None or of_credit is credit)
            and (not kinds or kind in kinds)
        ):
            total += n
    return total


class SellerLabel(NamedTuple):
    """Whose sales they are; names may repeat, codes do not."""

    name: str
    code: str
    cluster: str
    district: str


class TurnLabel(NamedTuple):
    """Which turn on air orders are credited to; all None for orders placed off air."""

    starts_at: datetime | None = None
    channel: str | None = None
    seller: str | None = None


OFF_AIR = TurnLabel()
NOBODY = SellerLabel("", "", "", "")
"""Whose money it is that nobody knows."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that have everything in common that totals tell apart."""

    seller: SellerLabel
    turn: TurnLabel
    method: str
    hour: int
    day: date
    earlier: bool
    move: Move
    rows: int
    amount_idr: int


Label = Hashable
Lines = Sequence[tuple[Label, Figures]]

AXES: Mapping[str, Callable[[Group], Label]] = {
    "seller": lambda group: group.seller,
    "cluster": lambda group: group.seller.cluster,
    "district": lambda group: group.seller.district,
    "turn": lambda group: group.turn,
    "channel": lambda group: group.turn.channel,
    "method": lambda group: group.method,
    "hour": lambda group: group.hour,
    "day": lambda group: group.day,
}
"""What totals can be told apart by."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures together and along each axis; `earlier` are those of orders of earlier days."""

    total: Figures
    earlier: Figures
    by: Mapping[str, Lines]


def of_day(edition: Edition, day: date) -> Totals:
    """Return the totals of what was booked on one day, worked out from each of its entries.

    Takes the longer the more there are: pages read kept sums instead (`reports.totals`).
    """
    axes = [axis for axis in AXES if axis != "day"]
    return _totals(labelled(rows_of(edition, day)), axes)


class Unpaid(NamedTuple):
    """Orders that still wait for money, and what they are worth in whole rupiah."""

    orders: int
    amount_idr: int


def unpaid_of(edition: Edition, day: date) -> Unpaid:
    """Return what was ordered on `day` and waits for its money now."""
    start, end = times.day_bounds(day, edition.zone)
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Order.total_idr), 0)).where(
        Order.edition_id == edition.id,
        Order.placed_at >= start,
        Order.placed_at < end,
        Order.status == OrderStatus.UNPAID,
    )
    orders, amount_idr = db.session.execute(query).one()
    return Unpaid(orders, int(amount_idr))


def summed(groups: Iterable[Group], label_of: Callable[[Group], Label]) -> dict[Label, Figures]:
    """Return the figures of these groups by label."""
    by_label: dict[Label, Figures] = defaultdict(Figures)
    for group in groups:
        by_label[label_of(group)].add(group.move, group.rows, group.amount_idr)
    return by_label


def _totals(groups: Iterable[Group], axes: Sequence[str]) -> Totals:
    known = list(groups)
    together = summed(known, lambda _: None)
    earlier = summed([group for group in known if group.earlier], lambda _: None)
    return Totals(
        together.get(None, Figures()),
        earlier.get(None, Figures()),
        {axis: in_order(axis, summed(known, AXES[axis])) for axis in axes},
    )


def in_order(axis: str, lines: Mapping[Label, Figures]) -> Lines:
    """Return the lines of an axis as people read them: by time, else the largest first."""
    if axis in {"turn", "hour", "day"}:
        return sorted(lines.items(), key=lambda line: _place(line[0]))
    return sorted(lines.items(), key=lambda line: (-line[1].placed_idr, str(line[0])))


def _place(label: Label) -> tuple[bool, str]:
    if isinstance(label, TurnLabel):
        return label.starts_at is None, f"{label.starts_at} {label.channel}"
    return False, f"{label:02}" if isinstance(label, int) else str(label)


class Row(NamedTuple):
    """A sum of entries, told apart by everything that totals know, as the database gives it."""

    seller_id: int | None
    turn_id: int | None
    method: str
    hour: int
    day: date
    earlier: bool
    move: Move
    rows: int
    amount_idr: int


def labelled(rows: Iterable[Row]) -> Iterator[Group]:
    """Yield sums with the labels that people know them by. One query for each kind of label."""
    found = list(rows)
    sellers = sellers_of({row.seller_id for row in found})
    turns = turns_of({row.turn_id for row in found})
    for row in found:
        yield Group(
            sellers.get(row.seller_id, NOBODY),
            turns.get(row.turn_id, OFF_AIR),
            *row[2:],
        )


def rows_of(
    edition: Edition, day: date | None = None, *, after: int = 0, until: int | None = None
) -> Iterator[Row]:
    """Yield the sums of the entries of a day, or of all; `earlier` is told of a day only.

    With numbers above `after` and up to `until`. One grouping query.
    """
    which = [ENTRY.edition_id == edition.id]
    earlier: sa.ColumnElement[bool] = sa.false()
    if day is not None:
        which.append(ENTRY.day == day)
        earlier = Order.placed_at < times.day_bounds(day, edition.zone)[0]
    if after:
        which.append(ENTRY.id > after)
    if until is not None:
        which.append(ENTRY.id <= until)
    keys = (
        ENTRY.seller_id,
        Order.turn_id,
        ENTRY.method,
        sa.extract("hour", ENTRY.at),
        ENTRY.day,
        sa.case((earlier, 1), else_=0),
        ENTRY.kind,
        ENTRY.debit,
        ENTRY.credit,
    )
    query = (
        sa.select(*keys, sa.func.count(), sa.func.sum(ENTRY.amount_idr))
        .outerjoin(Order, Order.id == ENTRY.order_id)
        .where(*which)
        .group_by(*(sa.text(str(n)) for n, _ in enumerate(keys, 1)))
    )
    for (
        seller_id,
        turn_id,
        method,
        hour,
        on,
        is_earlier,
        *move,
        rows,
        amount_idr,
    ) in db.session.execute(query):
        yield Row(
            seller_id,
            turn_id,
            method,
            _local(int(hour), on, edition.zone),
            on,
            bool(is_earlier),
            Move(*move),
            int(rows),
            int(amount_idr),
        )


def sellers_of(ids: set[int | None]) -> dict[int | None, SellerLabel]:
    """Return who these sellers are, by id."""
    query = sa.select(Seller.id, Seller.name, Seller.code, Seller.cluster, Seller.district)
    rows = db.session.execute(query.where(Seller.id.in_(ids - {None})))
    return {seller_id: SellerLabel(*label) for seller_id, *label in rows}


def turns_of(ids: set[int | None]) -> dict[int | None, TurnLabel]:
    """Return which turns these are, by id."""
    query = (
        sa.select(Turn.id, Turn.starts_at, Channel.name, Seller.name)
        .join(Turn.channel)
        .join(Turn.seller)
        .where(Turn.id.in_(ids - {None}))
    )
    rows = db.session.execute(query)
    return {turn_id: TurnLabel(at, channel, seller) for turn_id, at, channel, seller in rows}


def _local(utc_hour: int, day: date, zone: ZoneInfo) -> int:
    """Return which hour of `zone` an hour of UTC is; its zones are whole hours apart from UTC."""
    offset = times.at(day, time(12), zone).astimezone(zone).utcoffset()
    assert offset is not None
    return (utc_hour + int(offset.total_seconds()) // 3600) % 24
