"""Totals of a day: every figure is a query over orders and payments, none is kept.

An order counts on the day it was placed, in the edition's zone. Its worth is in exactly one of
paid, unpaid and lapsed (expired or cancelled), so the three always add up to gross. Money that
came is told apart, on the day it was received.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import times
from bazaar.db import db
from bazaar.models import Channel, Charge, Order, OrderStatus, Payment, Seller, Turn

Label = TypeVar("Label")

PAID = {OrderStatus.PAID, OrderStatus.DONE}


@dataclass(slots=True)
class Sums:
    """Orders counted and their worth in whole rupiah: gross is paid, unpaid and lapsed."""

    orders: int = 0
    goods_idr: int = 0
    shipping_idr: int = 0
    paid_idr: int = 0
    unpaid_idr: int = 0
    lapsed_idr: int = 0

    @property
    def gross_idr(self) -> int:
        """Goods and shipping of all orders placed."""
        return self.goods_idr + self.shipping_idr

    def add(self, group: "_Group") -> None:
        """Count a group of orders of one status."""
        self.orders += group.orders
        self.goods_idr += group.goods_idr
        self.shipping_idr += group.shipping_idr
        worth = group.goods_idr + group.shipping_idr
        if group.status in PAID:
            self.paid_idr += worth
        elif group.status is OrderStatus.UNPAID:
            self.unpaid_idr += worth
        else:
            self.lapsed_idr += worth


@dataclass(frozen=True, slots=True)
class TurnLabel:
    """Which turn on air orders are credited to; all None for orders placed off air."""

    seller: str | None = None
    channel: str | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayTotals:
    """The committee's sheet of one day. The groups are ordered by gross, largest first."""

    day: date
    total: Sums
    sellers: Sequence[tuple[str, Sums]]
    clusters: Sequence[tuple[str, Sums]]
    turns: Sequence[tuple[TurnLabel, Sums]]
    received_idr: int
    payments: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Orders of one seller, turn and status."""

    seller: str
    cluster: str
    turn: TurnLabel
    status: OrderStatus
    orders: int
    goods_idr: int
    shipping_idr: int


def day_totals(edition_id: int, day: date, zone: ZoneInfo) -> DayTotals:
    """Return the sheet of `day`, a day in `zone`. Two queries, however many orders."""
    start, end = times.day_bounds(day, zone)
    groups = list(_groups(edition_id, start, end))
    total = Sums()
    for group in groups:
        total.add(group)
    received_idr, payments = _received(edition_id, start, end)
    return DayTotals(
        day=day,
        total=total,
        sellers=_summed(groups, lambda group: group.seller),
        clusters=_summed(groups, lambda group: group.cluster),
        turns=_summed(groups, lambda group: group.turn),
        received_idr=received_idr,
        payments=payments,
    )


def orders_of_day(edition_id: int, day: date, zone: ZoneInfo) -> Iterator[Order]:
    """Yield the orders placed on `day` in order of time, seller and turn loaded."""
    start, end = times.day_bounds(day, zone)
    query = (
        sa.select(Order)
        .where(Order.edition_id == edition_id, Order.placed_at >= start, Order.placed_at < end)
        .options(joinedload(Order.seller), joinedload(Order.turn).joinedload(Turn.channel))
        .order_by(Order.placed_at, Order.id)
        .execution_options(yield_per=500)
    )
    yield from db.session.scalars(query)


def days_with_orders(edition_id: int, zone: ZoneInfo) -> list[date]:
    """Return the days of `zone` on which orders were placed, latest first."""
    first, last = db.session.execute(
        sa.select(sa.func.min(Order.placed_at), sa.func.max(Order.placed_at)).where(
            Order.edition_id == edition_id
        )
    ).one()
    if first is None:
        return []
    days = times.day_of(last, zone).toordinal(), times.day_of(first, zone).toordinal()
    return [date.fromordinal(number) for number in range(days[0], days[1] - 1, -1)]


def _groups(edition_id: int, start: datetime, end: datetime) -> Iterator[_Group]:
    query = (
        sa.select(
            Seller.name,
            Seller.cluster,
            Order.status,
            Order.turn_id,
            Channel.name,
            Turn.starts_at,
            sa.func.count(Order.id),
            sa.func.sum(Order.goods_idr),
            sa.func.sum(Order.shipping_idr),
        )
        .join(Order.seller)
        .outerjoin(Order.turn)
        .outerjoin(Turn.channel)
        .where(Order.edition_id == edition_id, Order.placed_at >= start, Order.placed_at < end)
        .group_by(
            Seller.id,
            Seller.name,
            Seller.cluster,
            Order.status,
            Order.turn_id,
            Channel.name,
            Turn.starts_at,
        )
    )
    for name, cluster, status, turn_id, channel, starts_at, *sums in db.session.execute(query):
        turn = TurnLabel(name, channel, starts_at) if turn_id else TurnLabel()
        orders, goods_idr, shipping_idr = map(int, sums)
        yield _Group(name, cluster, turn, status, orders, goods_idr, shipping_idr)


def _received(edition_id: int, start: datetime, end: datetime) -> tuple[int, int]:
    """Return the rupiah that came between the instants, and in how many payments."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_idr), 0), sa.func.count(Payment.id))
        .join(Payment.charge)
        .join(Charge.order)
        .where(
            Order.edition_id == edition_id,
            Payment.received_at >= start,
            Payment.received_at < end,
        )
    )
    received_idr, payments = db.session.execute(query).one()
    return int(received_idr), payments


def _summed(
    groups: Sequence[_Group], label_of: Callable[[_Group], Label]
) -> list[tuple[Label, Sums]]:
    by_label: dict[Label, Sums] = defaultdict(Sums)
    for group in groups:
        by_label[label_of(group)].add(group)
    return sorted(by_label.items(), key=lambda item: (-item[1].gross_idr, str(item[0])))
