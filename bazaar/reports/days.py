"""Totals of a day: every figure is a query over orders and payments, none is kept.

An order counts on the day it was placed, in the edition's zone. Its worth is in exactly one of
paid, unpaid and lapsed (expired or cancelled), so the three always add up to gross. Money that
came is told apart, on the day it was received, whatever became of its order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar import times
from bazaar.db import db
from bazaar.models import Channel, Charge, Order, OrderStatus, Payment, Seller, Turn

Label = TypeVar("Label")

PAID = frozenset({OrderStatus.PAID, OrderStatus.DONE})
WAITING = frozenset({OrderStatus.QUOTING, OrderStatus.UNPAID})


@dataclass(slots=True)
class Sums:
    """Orders counted and their worth in whole rupiah: gross is paid, unpaid and lapsed."""

    orders: int = 0
    paid_orders: int = 0
    unpaid_orders: int = 0
    lapsed_orders: int = 0
    goods_idr: int = 0
    shipping_idr: int = 0
    paid_idr: int = 0
    unpaid_idr: int = 0
    lapsed_idr: int = 0
    payments: int = 0
    received_idr: int = 0

    @property
    def gross_idr(self) -> int:
        """Goods and shipping of all orders placed."""
        return self.goods_idr + self.shipping_idr

    def add(self, group: "_Group") -> None:
        """Count a group of orders of one status, or of payments."""
        worth = group.goods_idr + group.shipping_idr
        self.orders += group.orders
        self.goods_idr += group.goods_idr
        self.shipping_idr += group.shipping_idr
        self.payments += group.payments
        self.received_idr += group.received_idr
        if group.status in PAID:
            self.paid_orders += group.orders
            self.paid_idr += worth
        elif group.status in WAITING:
            self.unpaid_orders += group.orders
            self.unpaid_idr += worth
        else:
            self.lapsed_orders += group.orders
            self.lapsed_idr += worth


class SellerLabel(NamedTuple):
    """Whose orders they are; names may repeat, codes do not."""

    name: str
    code: str
    cluster: str


class TurnLabel(NamedTuple):
    """Which turn on air orders are credited to; all None for orders placed off air."""

    starts_at: datetime | None = None
    channel: str | None = None
    seller: str | None = None


OFF_AIR = TurnLabel()


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The committee's sheet of one day. Sellers and clusters are ordered by gross, largest first.

    Turns are in order of time, orders off air last; money received is not credited to turns.
    """

    day: date
    total: Sums
    sellers: Sequence[tuple[SellerLabel, Sums]]
    clusters: Sequence[tuple[str, Sums]]
    turns: Sequence[tuple[TurnLabel, Sums]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Orders of one seller, turn and status; or payments that came for one seller."""

    seller: SellerLabel
    turn: TurnLabel = OFF_AIR
    status: OrderStatus | None = None
    orders: int = 0
    goods_idr: int = 0
    shipping_idr: int = 0
    payments: int = 0
    received_idr: int = 0


def day_totals(edition_id: int, day: date, zone: ZoneInfo) -> DayTotals:
    """Return the sheet of `day`, a day in `zone`. Two queries, however many orders."""
    start, end = times.day_bounds(day, zone)
    placed = list(_placed(edition_id, start, end))
    groups = [*placed, *_received(edition_id, start, end)]
    total = Sums()
    for group in groups:
        total.add(group)
    return DayTotals(
        day=day,
        total=total,
        sellers=_largest_first(_summed(groups, lambda group: group.seller)),
        clusters=_largest_first(_summed(groups, lambda group: group.seller.cluster)),
        turns=sorted(_summed(placed, lambda group: group.turn).items(), key=_by_time),
    )


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


def _placed(edition_id: int, start: datetime, end: datetime) -> Iterator[_Group]:
    labels = (
        Seller.name,
        Seller.code,
        Seller.cluster,
        Order.status,
        Turn.starts_at,
        Channel.name,
    )
    query = (
        sa.select(
            *labels,
            sa.func.count(Order.id),
            sa.func.sum(Order.goods_idr),
            sa.func.sum(Order.shipping_idr),
        )
        .join(Order.seller)
        .outerjoin(Order.turn)
        .outerjoin(Turn.channel)
        .where(Order.edition_id == edition_id, Order.placed_at >= start, Order.placed_at < end)
        .group_by(*labels)
    )
    for name, code, cluster, status, starts_at, channel, *sums in db.session.execute(query):
        turn = TurnLabel(starts_at, channel, name) if starts_at else OFF_AIR
        orders, goods_idr, shipping_idr = map(int, sums)
        seller = SellerLabel(name, code, cluster)
        yield _Group(seller, turn, status, orders, goods_idr, shipping_idr)


def _received(edition_id: int, start: datetime, end: datetime) -> Iterator[_Group]:
    labels = (Seller.name, Seller.code, Seller.cluster)
    query = (
        sa.select(*labels, sa.func.count(Payment.id), sa.func.sum(Payment.amount_idr))
        .join(Payment.charge)
        .join(Charge.order)
        .join(Order.seller)
        .where(
            Order.edition_id == edition_id,
            Payment.received_at >= start,
            Payment.received_at < end,
        )
        .group_by(*labels)
    )
    for name, code, cluster, payments, received_idr in db.session.execute(query):
        seller = SellerLabel(name, code, cluster)
        yield _Group(seller, payments=payments, received_idr=int(received_idr))


def _summed(groups: Sequence[_Group], label_of: Callable[[_Group], Label]) -> dict[Label, Sums]:
    by_label: dict[Label, Sums] = defaultdict(Sums)
    for group in groups:
        by_label[label_of(group)].add(group)
    return by_label


def _largest_first(by_label: dict[Label, Sums]) -> list[tuple[Label, Sums]]:
    return sorted(by_label.items(), key=lambda item: (-item[1].gross_idr, str(item[0])))


def _by_time(item: tuple[TurnLabel, Sums]) -> tuple[bool, float, str]:
    label, _ = item
    if label.starts_at is None:
        return True, 0, ""
    return False, label.starts_at.timestamp(), str(label.channel)
