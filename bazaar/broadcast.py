"""The show as those who watch and buy see it: who is on air, who is next.

On air is a question put to the release in force, what people did in the control room, and the
clock (`bazaar.rules.show`); every page asks it anew.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
from bazaar.rules.show.standing import Line, Phase, Standing, State
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


A_MINUTE = timedelta(minutes=1)
COMING = frozenset({Place.NEXT, Place.LATER})


@dataclass(frozen=True, slots=True)
class Stood:
    """How a turn of the show day stands. `at`: when it is expected, if later than announced."""

    place: Place
    starts_at: datetime
    ends_at: datetime
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A turn in a list, and where it stands. `expected`: when, if later than announced."""

    turn: Turn
    place: Place
    expected: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """One channel at one instant, as those who watch see it.

    `seller` is who is on air, `ends_at` and `next_at` are as expected. `changing`: a short pause
    in which one seller follows another. `held`: the control room has stopped the show for a while;
    then no time is true. `next_seller` is who is expected to have the next turn. `stand` is how
    `day` stands in public.
    """

    channel: Channel
    day: ChannelDay
    stand: Standing
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
            (Turn.ends_at > now) | Turn.id.in_(_not_over(show.kept(edition, now), now)),
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


def later_today(
    edition: Edition, channels: Sequence[ChannelNow], *, limit: int, now: datetime
) -> list[Listed]:
    """Return at most `limit` turns that begin after `now` and still today, the next to come first.

    Today is the day in the edition's zone. Sellers and channels are loaded; one query.
    """
    today = times.day_of(now, edition.zone)
    _, end = times.day_bounds(today, edition.zone)
    known = _of_the_day(channels)
    coming = [turn_id for turn_id, stood in known.items() if stood.place in COMING]
    coming.sort(key=lambda turn_id: known[turn_id].at or known[turn_id].starts_at)
    # While yesterday's show still runs, today's comes as well.
    planned = (Turn.starts_at > now) & (Turn.release_id == current_release_id())
    wanted = Turn.id.in_(coming[:limit]) | (planned & Turn.id.not_in(known))
    query = with_names(sa.select(Turn).where(wanted, Turn.starts_at < end)).limit(2 * limit)
    listed = [_listed(turn, known.get(turn.id)) for turn in db.session.scalars(query)]
    return sorted(listed, key=lambda each: each.expected or each.turn.starts_at)[:limit]


def places(channels: Sequence[ChannelNow], turns: Sequence[Turn], *, now: datetime) -> list[Listed]:
    """Give turns of the release in force with where each stands."""
    known = _of_the_day(channels)
    coming = {one.next.id for one in channels if one.next}
    return [
        _listed(turn, known[turn.id])
        if turn.id in known
        else Listed(turn, on_air_rules.place(turn, now, is_next=turn.id in coming))
        for turn in turns
    ]


def open_since(channels: Sequence[ChannelNow], *, now: datetime) -> datetime:
    """Return an instant from before the planned end of all turns that are not over yet."""
    ends = [stood.ends_at for stood in _of_the_day(channels).values() if stood.place != Place.PAST]
    return min([now, *(end - A_MINUTE for end in ends)])


@dataclass(frozen=True, slots=True)
class SellerNow:
    """When one seller is to be seen: the turn it has now, until when, and what comes next."""

    on_air: Turn | None
    ends_at: datetime | None
    next: Listed | None


def of_seller(seller_id: int, *, now: datetime) -> SellerNow:
    """Return when the public sees a seller; two small queries."""
    on_air, ends_at = None, None
    mine: dict[int, Stood] = {}
    for day in show.kept_now(now):
        stand = day.stand_in_public(now)
        known = _stood(day, stand)
        if stand.on_air and stand.on_air.seller == seller_id:
            on_air, end = day.ids[stand.on_air.turn.uid], steady.end(stand)
            ends_at = end + day.public_delay if end else None
        mine |= {
            day.ids[line.turn.uid]: known[day.ids[line.turn.uid]]
            for line in stand.lines
            if seller_id in {line.seller, line.turn.seller}
        }
    coming = [turn_id for turn_id, stood in mine.items() if stood.place in COMING]
    planned = (Turn.seller_id == seller_id) & (Turn.ends_at > now) & Turn.id.not_in(mine)
    wanted = Turn.id.in_([*coming, on_air or 0]) | planned
    query = with_names(sa.select(Turn).where(Turn.release_id == current_release_id(), wanted))
    turns = db.session.scalars(query.limit(len(mine) + 1)).all()
    listed = [_listed(turn, mine.get(turn.id)) for turn in turns if turn.id != on_air]
    return SellerNow(
        next((turn for turn in turns if turn.id == on_air), None), ends_at, next(iter(listed), None)
    )


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


def _stood(day: ChannelDay, stand: Standing) -> dict[int, Stood]:
    """Return by id how the turns of a channel's day stand for the public."""
    return {day.ids[line.turn.uid]: _place(line, day, stand) for line in stand.lines}


def _place(line: Line, day: ChannelDay, stand: Standing) -> Stood:
    turn = line.turn
    if line.state is State.ON_AIR and line.seller == turn.seller:
        return Stood(Place.NOW, turn.starts_at, turn.ends_at)
    if line.state is not State.COMING:
        return Stood(Place.PAST, turn.starts_at, turn.ends_at)
    is_next = stand.next is not None and stand.next.turn.uid == turn.uid
    at = steady.expected(line, stand) + day.public_delay
    told = stand.phase is not Phase.HELD and at - turn.starts_at >= A_MINUTE
    place = Place.NEXT if is_next else Place.LATER
    return Stood(place, turn.starts_at, turn.ends_at, at if told else None)


def _of_the_day(channels: Iterable[ChannelNow]) -> dict[int, Stood]:
    return {
        turn_id: stood for one in channels for turn_id, stood in _stood(one.day, one.stand).items()
    }


def _not_over(days: Iterable[ChannelDay], now: datetime) -> list[int]:
    return [
        turn_id
        for day in days
        for turn_id, stood in _stood(day, day.stand_in_public(now)).items()
        if stood.place is not Place.PAST
    ]


def _listed(turn: Turn, stood: Stood | None) -> Listed:
    return Listed(turn, stood.place, stood.at) if stood else Listed(turn, Place.LATER)


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
        day,
        stand,
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
