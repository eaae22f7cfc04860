"""Channels' days as `bazaar.rules.show` plays them: turns, acts, and who is in the room.

What a process has read is kept until something changed; whether it did costs one small query.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bazaar import editions, times
from bazaar.db import Prepared, db
from bazaar.editions.channels import NoSuchChannel
from bazaar.models import Channel, CheckIn, Edition, ShowAct, ShowDay, Turn, Window
from bazaar.rotation import current_release_id
from bazaar.rules.show import standing
from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.standing import Day, Presence, Standing

STRAY = timedelta(hours=1)
"""A turn outside all opening hours, because they were changed, has so long after its end."""


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One channel on one show day. `ids` gives the row of each turn by its uid."""

    channel_id: int
    number: int
    name: str
    day: date
    public_delay: timedelta
    plan: Day
    ids: Mapping[str, int]

    @property
    def revision(self) -> int:
        """The number of the last act on this channel and day."""
        return self.plan.revision

    def stand(self, now: datetime) -> Standing:
        """Return how the channel stands in its room."""
        return standing.stand(self.plan, now)

    def stand_in_public(self, now: datetime) -> Standing:
        """Return how the channel stands for those who watch, whose picture comes later."""
        return standing.stand(self.plan, now - self.public_delay)


def day_at(edition: Edition, now: datetime) -> date:
    """Return the show day that `now` belongs to: yesterday's while its opening still runs.

    Also while a channel goes on because somebody extended it; then five queries, else one.
    """
    today = times.day_of(now, edition.zone)
    yesterday = today - timedelta(days=1)
    running = (
        sa.select(ShowDay.day)
        .join(Window, Window.show_day_id == ShowDay.id)
        .where(
            ShowDay.edition_id == edition.id,
            ShowDay.day == yesterday,
            Window.closes_at > now,
        )
        .exists()
    )
    extended = (
        sa.select(ShowAct.id)
        .join(Channel, Channel.id == ShowAct.channel_id)
        .where(
            Channel.edition_id == edition.id,
            ShowAct.day == yesterday,
            ShowAct.kind == ActKind.EXTEND,
        )
        .exists()
    )
    is_running, was_extended = db.session.execute(sa.select(running, extended)).one()
    if not is_running and was_extended:
        stand = [each.stand(now) for each in days(edition, yesterday)]
        is_running = any(each.on_air or each.next for each in stand)
    return yesterday if is_running else today


def days(edition: Edition, day: date) -> list[ChannelDay]:
    """Return every channel of the edition on that show day, by number; four queries."""
    channels = db.session.execute(
        sa.select(
            Channel.id, Channel.number, Channel.name, Channel.lost_from, Channel.public_delay_s
        )
        .where(Channel.edition_id == edition.id)
        .order_by(Channel.number)
    ).all()
    ids = [channel.id for channel in channels]
    turns = _turns(edition, day, ids)
    acts = _acts(ids, day)
    present = _presence(ids, day)
    return [
        ChannelDay(
            channel.id,
            channel.number,
            channel.name,
            day,
            timedelta(seconds=channel.public_delay_s),
            Day(
                tuple(turn for _, turn in turns[channel.id]),
                tuple(acts[channel.id]),
                present[channel.id],
                timedelta(seconds=edition.warn_s),
                timedelta(seconds=edition.danger_s),
            ),
            {turn.uid: turn_id for turn_id, turn in turns[channel.id]},
        )
        for channel in channels
    ]


def of_number(all_days: Sequence[ChannelDay], number: int) -> ChannelDay:
    """Return the day of the channel of this number. Raises NoSuchChannel."""
    found = next((each for each in all_days if each.number == number), None)
    if found is None:
        raise NoSuchChannel
    return found


def kept(edition: Edition, now: datetime) -> list[ChannelDay]:
    """Return the channels' show day that `now` belongs to; one small query while nothing changed.

    What is edited beside the show (names of channels, opening hours) is seen after `LASTS`.
    """
    today = times.day_of(now, edition.zone)
    asked = (edition.id, today)
    found = _fresh()
    # While yesterday's opening runs, the day changes at an instant within today.
    is_todays = found is not None and (found.asked, found.day) == (asked, today)
    day = today if is_todays else day_at(edition, now)
    seen = mark(day, day)
    if found is not None and (found.asked, found.day, found.mark) == (asked, day, seen):
        return found.days
    found = _Kept(asked, edition.zone, day, seen, time.monotonic(), days(edition, day))
    _kept[db.engine] = found
    return found.days


def kept_now(now: datetime) -> list[ChannelDay]:
    """Return what `kept` does for the current edition, without asking for it while days hold."""
    found = _fresh()
    is_todays = found is not None and (found.day == times.day_of(now, found.zone) == found.asked[1])
    if found is not None and is_todays and found.mark == mark(found.day, found.day):
        return found.days
    edition = editions.find_current()
    return kept(edition, now) if edition else []


def _fresh() -> "_Kept | None":
    found = _kept.get(db.engine)
    if found is None or time.monotonic() - found.read_at >= LASTS:
        return None
    return found


def mark(first: date, last: date) -> tuple[object, ...]:
    """Return what is different whenever turns, acts or presence of these days are; one query."""
    return tuple(_MARK.run(first=first, last=last).one())


def forget() -> None:
    """Let what this process has read be read again."""
    _kept.clear()


def standings(edition: Edition, now: datetime) -> list[tuple[ChannelDay, Standing]]:
    """Return every channel of the edition, by number, as it stands in its room now."""
    return [(each, each.stand(now)) for each in kept(edition, now)]


@dataclass(frozen=True, slots=True)
class _Kept:
    asked: tuple[int, date]
    zone: ZoneInfo
    day: date
    mark: tuple[object, ...]
    read_at: float
    days: list[ChannelDay]


LASTS = 2.0
"""Seconds after which a process reads a day again, whether or not it seems to have changed."""

_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


_FIRST, _LAST = (sa.bindparam(name, type_=sa.Date()) for name in ("first", "last"))


def _between(table: type[ShowAct | CheckIn]) -> list[sa.ScalarSelect[Any]]:
    return [
        sa.select(what).select_from(table).where(table.day.between(_FIRST, _LAST)).scalar_subquery()
        for what in (sa.func.count(), sa.func.max(table.at))
    ]


_MARK = Prepared(sa.select(current_release_id(), *_between(ShowAct), *_between(CheckIn)))
"""Both tables only ever grow, so how many there are and the last instant tell any change."""


def _turns(
    edition: Edition, day: date, channels: Sequence[int]
) -> dict[int, list[tuple[int, standing.Turn]]]:
    """Return the turns of the release in force on that show day, by channel, with their ids."""
    start, end = times.day_bounds(day, edition.zone)
    spans = _openings(edition, start - timedelta(days=1), end + timedelta(days=1))
    query = (
        sa.select(
            Turn.id,
            Turn.channel_id,
            Turn.uid,
            Turn.seller_id,
            Turn.starts_at,
            Turn.ends_at,
            Turn.sequence,
        )
        .where(
            Turn.release_id == current_release_id(),
            Turn.channel_id.in_(channels),
            Turn.starts_at >= start,
            Turn.starts_at < end + timedelta(days=1),
        )
        .order_by(Turn.starts_at)
    )
    found: dict[int, list[tuple[int, standing.Turn]]] = defaultdict(list)
    for row in db.session.execute(query):
        opening = next(
            (each for each in spans if each.opens_at <= row.starts_at < each.closes_at), None
        )
        if (opening.day if opening else times.day_of(row.starts_at, edition.zone)) != day:
            continue
        closes_at = opening.closes_at if opening else row.ends_at + STRAY
        turn = standing.Turn(
            row.uid,
            row.seller_id,
            row.starts_at,
            row.ends_at,
            max(closes_at, row.ends_at),
            row.sequence,
        )
        found[row.channel_id].append((row.id, turn))
    return found


def _openings(edition: Edition, start: datetime, end: datetime) -> Sequence[Any]:
    return db.session.execute(
        sa.select(ShowDay.day, Window.opens_at, Window.closes_at)
        .join(Window, Window.show_day_id == ShowDay.id)
        .where(ShowDay.edition_id == edition.id, Window.closes_at > start, Window.opens_at < end)
    ).all()


def _acts(channels: Sequence[int], day: date) -> dict[int, list[Act]]:
    query = (
        sa.select(ShowAct)
        .where(ShowAct.channel_id.in_(channels), ShowAct.day == day)
        .order_by(ShowAct.channel_id, ShowAct.number)
    )
    found: dict[int, list[Act]] = defaultdict(list)
    for act in db.session.scalars(query):
        found[act.channel_id].append(
            Act(
                act.number,
                act.kind,
                act.at,
                act.turn_uid,
                act.seller_id,
                act.product_id,
                act.seconds,
                act.text,
                act.undoes,
                act.actor_name,
            )
        )
    return found


def _presence(channels: Sequence[int], day: date) -> dict[int, dict[int, list[Presence]]]:
    """Return by channel and seller from when to when it was in the room."""
    query = (
        sa.select(CheckIn.channel_id, CheckIn.seller_id, CheckIn.at, CheckIn.here)
        .where(CheckIn.channel_id.in_(channels), CheckIn.day == day)
        .order_by(CheckIn.id)
    )
    found: dict[int, dict[int, list[Presence]]] = defaultdict(lambda: defaultdict(list))
    for channel, seller, at, here in db.session.execute(query):
        spans = found[channel][seller]
        is_here = bool(spans) and spans[-1][1] is None
        if here and not is_here:
            spans.append((at, None))
        elif not here and is_here:
            spans[-1] = (spans[-1][0], at)
    return found
