"""The show as those who watch and buy see it: who is on air, who is next.

On air is a question put to the release in force, what people did in the control room, and the
clock (`bazaar.rules.show`); every page asks it anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar import audit, show, times
from bazaar.audit import Actor
from bazaar.bulk import among
from bazaar.db import Prepared, db, insert_once
from bazaar.errors import N_, NotFound
from bazaar.models import (
    Channel,
    Edition,
    Seller,
    Turn,
    TurnSale,
)
from bazaar.rotation import current_release_id, with_names
from bazaar.rules import on_air as on_air_rules
from bazaar.rules.on_air import Place
from bazaar.rules.show import steady
from bazaar.rules.show.standing import Phase, Standing
from bazaar.sellers import by_id as sellers_by_id
from bazaar.show import ChannelDay
from bazaar.show.sales import Sales
from bazaar.show.sales import sold_in as sales_in


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


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """One channel at one instant, as those who watch see it.

    `seller` is who is on air, `ends_at` and `next_at` are as expected. `changing`: a short pause
    in which one seller follows another. `held`: the control room has stopped the show for a while;
    then no time is true. `next_seller` is who is expected to have the next turn.
    """

    channel: Channel
    on_air: Turn | None
    next: Turn | None
    changing: bool
    seller: Seller | None = None
    ends_at: datetime | None = None
    next_at: datetime | None = None
    held: bool = False
    next_seller: Seller | None = None


def now_and_next(edition: Edition, *, now: datetime) -> list[ChannelNow]:
    """Return each channel, by number, with who is on and who is next; sellers are loaded.

    A bounded number of queries, whatever the number of turns.
    """
    days = {day.channel_id: day for day in show.kept(edition, now)}
    stands = {channel: day.stand_in_public(now) for channel, day in days.items()}
    seen = [
        (days[channel].ids[line.turn.uid], line.seller)
        for channel, stand in stands.items()
        for line in (stand.on_air, stand.next)
        if line
    ]
    idle = [channel for channel, stand in stands.items() if stand.next is None]
    end = _end(edition, next((day.day for day in days.values()), times.day_of(now, edition.zone)))
    turns = _turns({turn_id for turn_id, _ in seen}, idle, since=max(end, now))
    filling_in = {seller for _, seller in seen} - {turn.seller_id for turn in turns.values()}
    sellers = {turn.seller_id: turn.seller for turn in turns.values()} | sellers_by_id(filling_in)
    channels = _channels(edition, stands, turns)
    return [
        _channel_now(channels[channel], day, stands[channel], turns, sellers)
        for channel, day in days.items()
    ]


def next_day(channel_id: int, edition: Edition, *, now: datetime) -> Turn | None:
    """Return the channel's first turn of a later day, its seller loaded, or None."""
    end = _end(edition, show.day_at(edition, now))
    found = _turns((), [channel_id], since=max(end, now))
    return next(iter(found.values()), None)


def turn_on_air(seller_id: int, *, now: datetime) -> Turn | None:
    """Return the turn that the seller is having right now, or None. Orders are credited to it."""
    found = selling_now([seller_id], now=now).get(seller_id)
    return db.session.get_one(Turn, found[0]) if found else None


def sellers_on_air(edition: Edition, *, now: datetime) -> set[int]:
    """Return the ids of the sellers whom the public sees on air; one small query."""
    stands = [day.stand_in_public(now) for day in show.kept(edition, now)]
    return {stand.on_air.seller for stand in stands if stand.on_air}


def selling_now(seller_ids: Collection[int], *, now: datetime) -> dict[int, tuple[int, bool]]:
    """Return by seller the id of the turn it is having, and whether whoever pays first gets it.

    Sellers that are not on air are left out. For placing orders: one small query while nobody of
    them is on air, two if somebody is.
    """
    if not seller_ids:
        return {}
    on = {
        stand.on_air.seller: day.ids[stand.on_air.turn.uid]
        for day in show.kept_now(now)
        if (stand := day.stand_in_public(now)).on_air
    }
    mine = {seller: turn for seller, turn in on.items() if seller in set(seller_ids)}
    if not mine:
        return {}
    ways = dict(_SELLING.run(turn_ids=list(mine.values())).all())
    return {seller: (turn, bool(ways.get(turn))) for seller, turn in mine.items()}


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


_SELLING = Prepared(sa.select(Turn.id, _first_paid()).where(among(Turn.id, "turn_ids")))


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
    return [(turn, on_air_rules.place(turn, now, is_next=turn.id in coming)) for turn in turns]


def sold_in(turns: Collection[Turn]) -> dict[int, Sales]:
    """Return by turn id what was ordered during these turns; turns without orders are left out."""
    slots = {(turn.seller_id, turn.channel_id, turn.starts_at): turn.id for turn in turns}
    return {slots[slot]: sales for slot, sales in sales_in(slots).items()}


def _end(edition: Edition, day: date) -> datetime:
    _, end = times.day_bounds(day, edition.zone)
    return end


def _turns(ids: Collection[int], idle: Sequence[int], *, since: datetime) -> dict[int, Turn]:
    """Return these turns by id, and for each idle channel its first turn from `since` on."""
    wanted: sa.ColumnElement[bool] = Turn.id.in_(ids)
    if idle:
        first = (
            sa.select(Turn.channel_id, sa.func.min(Turn.starts_at))
            .where(
                Turn.release_id == current_release_id(),
                Turn.channel_id.in_(idle),
                Turn.starts_at >= since,
            )
            .group_by(Turn.channel_id)
        )
        later = sa.tuple_(Turn.channel_id, Turn.starts_at).in_(first)
        wanted = wanted | (later & (Turn.release_id == current_release_id()))
    elif not ids:
        return {}
    return {turn.id: turn for turn in db.session.scalars(with_names(sa.select(Turn).where(wanted)))}


def _channels(
    edition: Edition, wanted: Collection[int], turns: Mapping[int, Turn]
) -> dict[int, Channel]:
    """Return the channels by id; those that have a turn came with it."""
    known = {turn.channel_id: turn.channel for turn in turns.values()}
    if known.keys() >= set(wanted):
        return known
    return {channel.id: channel for channel in edition.channels}


def _channel_now(
    channel: Channel,
    day: ChannelDay,
    stand: Standing,
    turns: Mapping[int, Turn],
    sellers: Mapping[int, Seller],
) -> ChannelNow:
    """Look one channel up in what was read for all of them."""
    on_air = turns.get(day.ids[stand.on_air.turn.uid]) if stand.on_air else None
    if stand.next:
        coming = turns.get(day.ids[stand.next.turn.uid])
    else:
        coming = next((t for t in turns.values() if _is_later(t, channel, stand)), None)
    next_at = steady.start(stand)
    if next_at is not None:
        next_at += day.public_delay
    elif coming is not None:
        next_at = coming.starts_at
    coming_seller = stand.next.seller if stand.next else coming.seller_id if coming else None
    ends_at = steady.end(stand)
    ended = max((line.ended_at for line in stand.lines if line.ended_at), default=None)
    return ChannelNow(
        channel,
        on_air,
        coming,
        changing=bool(
            on_air is None and ended and next_at and next_at - ended <= on_air_rules.CHANGE_OVER
        ),
        seller=sellers.get(stand.on_air.seller) if stand.on_air else None,
        ends_at=ends_at + day.public_delay if ends_at else None,
        next_at=next_at,
        held=stand.phase is Phase.HELD,
        next_seller=sellers.get(coming_seller) if coming_seller else None,
    )


def _is_later(turn: Turn, channel: Channel, stand: Standing) -> bool:
    """Say whether this is the channel's first turn of a later day."""
    return turn.channel_id == channel.id and all(turn.uid != line.turn.uid for line in stand.lines)
