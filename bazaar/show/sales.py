"""What was ordered in turns, without what expired or was cancelled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Order, Turn
from bazaar.rules.order_states import SOLD
from bazaar.rules.show import standing
from bazaar.show.days import ChannelDay

Slot = tuple[int, int, datetime]
"""A turn in whichever release: the row of its seller and of its channel, and when it starts."""


@dataclass(frozen=True, slots=True)
class Sales:
    """So many orders, with goods of so much."""

    orders: int = 0
    goods_idr: int = 0


def slot_of(day: ChannelDay, turn: standing.Turn) -> Slot:
    """Return the slot of a turn of this channel's day."""
    return turn.seller, day.channel_id, turn.starts_at


def sold_in(slots: Collection[Slot]) -> dict[Slot, Sales]:
    """Return what was ordered in these turns; those without orders are left out. One query.

    An order is credited to the turn of the release that was in force when it was placed; the same
    turn in another release counts it too.
    """
    if not slots:
        return {}
    slot = Turn.seller_id, Turn.channel_id, Turn.starts_at
    query = (
        sa.select(*slot, sa.func.count(Order.id), sa.func.sum(Order.goods_idr))
        .join(Order, Order.turn_id == Turn.id)
        .where(Turn.seller_id.in_({seller for seller, *_ in slots}), Order.status.in_(SOLD))
        .group_by(*slot)
    )
    wanted = set(slots)
    return {
        (seller, channel, start): Sales(count, int(goods_idr))
        for seller, channel, start, count, goods_idr in db.session.execute(query)
        if (seller, channel, start) in wanted
    }
