"""The show as it runs: who is on air, who is next, and the clock's record of what passed.

On air is a question put to the release in force and the clock (`bazaar.rules.on_air`); every page
asks it anew. The job below only writes down what happened.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.bulk import among
from bazaar.db import Instant, Prepared, db, insert_once
from bazaar.errors import N_, NotFound
from bazaar.models import (
    Channel,
    Edition,
    Order,
    OrderStatus,
    Turn,
    TurnEvent,
    TurnEventKind,
    TurnSale,
)
from bazaar.rotation import current_release_id, with_names
from bazaar.rules import on_air
from bazaar.rules.on_air import Place

AT_ONCE = 500
"""How many boundaries one run of the clock writes down; after a long silence it needs several."""

SOLD = (OrderStatus.QUOTING, OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.DONE)
"""Orders that still hold goods; expired and cancelled ones were not sold."""


class NoSuchTurn(NotFound):
    """The release in force has no such turn."""

    text = N_("Giliran ini tidak ada di jadwal yang berlaku.")


def _first_paid() -> sa.ScalarSelect[bool]:
    """Return a subquery for how a turn was said to sell, in this release or an earlier one."""
    same = aliased(Turn)
    return (
        sa.select(TurnSale.first_paid)
        .join(same, same.id == TurnSale.turn_id)
        .where(same.uid == Turn.uid)
        .order_by(TurnSale.set_at.desc(), TurnSale.turn_id.desc())
        .limit(1)
        .correlate(Turn)
        .scalar_subquery()
    )


def _turn_id(when: sa.ColumnElement[bool], *, latest: bool) -> sa.ScalarSelect[int]:
    """Return a subquery for the one turn of a channel nearest to an instant, on either side."""
    order = Turn.starts_at.desc() if latest else Turn.starts_at.asc()
    return (
        sa.select(Turn.id)
        .where(Turn.release_id == current_release_id(), Turn.channel_id == Channel.id, when)
        .order_by(order)
        .limit(1)
        .correlate(Channel)
        .scalar_subquery()
    )


def _now_and_next() -> sa.Select[Channel, Turn, Turn]:
    now = sa.bindparam("now", type_=Instant())
    last, coming = aliased(Turn), aliased(Turn)
    return (
        sa.select(Channel, last, coming)
        .select_from(Channel)
        .outerjoin(last, last.id == _turn_id(Turn.starts_at <= now, latest=True))
        .outerjoin(coming, coming.id == _turn_id(Turn.starts_at > now, latest=False))
        .where(Channel.edition_id == sa.bindparam("edition_id"))
        .order_by(Channel.number)
        .options(joinedload(last.seller), joinedload(coming.seller))
    )


NOW_AND_NEXT = _now_and_next()
"""Built once: every page about the show asks it, many times a second."""


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """One channel at one instant. `changing`: a short pause in which one seller follows another."""

    channel: Channel
    on_air: Turn | None
    next: Turn | None
    changing: bool


@dataclass(frozen=True, slots=True)
class Sales:
    """What was ordered in a turn, without what expired or was cancelled."""

    orders: int
    goods_idr: int


def now_and_next(edition: Edition, *, now: datetime) -> list[ChannelNow]:
    """Return each channel, by number, with who is on and who is next; sellers are loaded.

    One query, whatever the number of turns.
    """
    found = db.session.execute(NOW_AND_NEXT, {"edition_id": edition.id, "now": now})
    return [
        _channel_now(channel, [turn for turn in turns if turn], now) for channel, *turns in found
    ]


def turn_on_air(seller_id: int, *, now: datetime) -> Turn | None:
    """Return the turn that the seller is having right now, or None. Orders are credited to it."""
    query = (
        sa.select(Turn)
        .where(
            Turn.release_id == current_release_id(),
            Turn.seller_id == seller_id,
            Turn.starts_at <= now,
            Turn.ends_at > now,
        )
        .order_by(Turn.starts_at)
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def selling_now(seller_ids: Collection[int], *, now: datetime) -> dict[int, tuple[int, bool]]:
    """Return by seller the id of the turn it is having, and whether whoever pays first gets it.

    Sellers that are not on air are left out. One query, for placing orders.
    """
    rows = _SELLING.run(seller_ids=list(seller_ids), at=now)
    return {seller_id: (turn_id, bool(first_paid)) for seller_id, turn_id, first_paid in rows}


def set_sale(turn: Turn, *, first_paid: bool, actor: Actor, now: datetime) -> None:
    """Say how a turn sells: whoever pays first gets it, or goods are held as usual.

    Orders that stand already stay as they are. It holds for the turn in later releases as well.
    """
    facts = {"first_paid": first_paid, "set_by": actor.name, "set_at": now}
    if not insert_once(TurnSale, turn_id=turn.id, **facts):
        db.session.execute(sa.update(TurnSale).where(TurnSale.turn_id == turn.id).values(**facts))
    audit.note(actor, "turn.sell", f"turn:{turn.uid}", now=now, first_paid=first_paid)


def coming(edition: Edition, *, limit: int, now: datetime) -> list[tuple[Turn, bool]]:
    """Return the turns that are on or come next, with whether whoever pays first gets it there."""
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == current_release_id(),
            Turn.ends_at > now,
            Turn.channel_id.in_(sa.select(Channel.id).where(Channel.edition_id == edition.id)),
        )
    )
    turns = db.session.scalars(query.limit(limit)).all()
    ways = sa.select(Turn.id, _first_paid()).where(Turn.id.in_([turn.id for turn in turns]))
    first_paid = dict(db.session.execute(ways).all())
    return [(turn, bool(first_paid.get(turn.id))) for turn in turns]


def get_turn(uid: str) -> Turn:
    """Return the turn of this name in the release in force. Raises NoSuchTurn."""
    query = sa.select(Turn).where(Turn.release_id == current_release_id(), Turn.uid == uid)
    turn = db.session.scalars(query).one_or_none()
    if turn is None:
        raise NoSuchTurn
    return turn


_SELLING = Prepared(
    sa.select(Turn.seller_id, Turn.id, _first_paid())
    .where(
        Turn.release_id == current_release_id(),
        among(Turn.seller_id, "seller_ids"),
        Turn.starts_at <= sa.bindparam("at", type_=Turn.starts_at.type),
        Turn.ends_at > sa.bindparam("at", type_=Turn.starts_at.type),
    )
    .order_by(Turn.starts_at.desc())
)


def later_today(edition: Edition, *, limit: int, now: datetime) -> list[tuple[Turn, Place]]:
    """Return at most `limit` turns that begin after `now` and still today, by start.

    Today is the day in the edition's zone. Each comes with where it stands; sellers and channels
    are loaded.
    """
    _, end = times.day_bounds(times.day_of(now, edition.zone), edition.zone)
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == current_release_id(), Turn.starts_at > now, Turn.starts_at < end
        )
    )
    first: set[int] = set()
    found: list[tuple[Turn, Place]] = []
    for turn in db.session.scalars(query.limit(limit)):
        found.append((turn, Place.LATER if turn.channel_id in first else Place.NEXT))
        first.add(turn.channel_id)
    return found


def places(edition: Edition, turns: Sequence[Turn], *, now: datetime) -> list[tuple[Turn, Place]]:
    """Pair turns of the release in force with where each stands."""
    coming = {one.next.id for one in now_and_next(edition, now=now) if one.next}
    return [(turn, on_air.place(turn, now, is_next=turn.id in coming)) for turn in turns]


def sold_in(turns: Collection[Turn]) -> dict[int, Sales]:
    """Return by turn id what was ordered during these turns; turns without orders are left out.

    Orders are credited to the turn of the release that was in force when they were placed; the
    same turn in a later release counts them too.
    """
    keys = {(turn.seller_id, turn.channel_id, turn.starts_at): turn.id for turn in turns}
    query = (
        sa.select(
            Turn.seller_id,
            Turn.channel_id,
            Turn.starts_at,
            sa.func.count(Order.id),
            sa.func.sum(Order.goods_idr),
        )
        .join(Order, Order.turn_id == Turn.id)
        .where(
            Turn.seller_id.in_({turn.seller_id for turn in turns}),
            Order.status.in_(SOLD),
        )
        .group_by(Turn.seller_id, Turn.channel_id, Turn.starts_at)
    )
    return {
        keys[seller, channel, start]: Sales(count, int(goods_idr))
        for seller, channel, start, count, goods_idr in db.session.execute(query)
        if (seller, channel, start) in keys
    }


def advance(now: datetime) -> int:
    """Write down which turns of the release in force began and ended; return how many steps.

    Each step is written once, however often and in however many processes this runs; after a
    time without a clock what was missed is caught up, at most `AT_ONCE` a run.
    """
    written = 0
    for kind, due_at in (
        (TurnEventKind.BEGAN, Turn.starts_at),
        (TurnEventKind.ENDED, Turn.ends_at),
    ):
        noted = sa.exists().where(TurnEvent.turn_id == Turn.id, TurnEvent.kind == kind)
        query = (
            sa.select(Turn.id, due_at)
            .where(Turn.release_id == current_release_id(), due_at <= now, ~noted)
            .order_by(due_at, Turn.id)
            .limit(AT_ONCE - written)
        )
        for turn_id, due in db.session.execute(query).all():
            written += insert_once(
                TurnEvent, turn_id=turn_id, kind=kind, due_at=due, recorded_at=now
            )
    return written


def _channel_now(channel: Channel, turns: Sequence[Turn], now: datetime) -> ChannelNow:
    standing = on_air.on_channel(turns, now)
    return ChannelNow(channel, standing.on_air, standing.next, standing.changing)
