"""Some days of a plan on the table: all that the hard rules ask there, and no more.

An edition may have 10,000 sellers and 26,000 turns; whoever changes a turn by hand asks of one
day or two. Everything here is read for those days only, so a board is as quick in a large
edition as in a small one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import (
    BlockedPair,
    Edition,
    Participation,
    Pin,
    Release,
    Seller,
    Turn,
)
from bazaar.rotation import airtime
from bazaar.rotation.begun import begun_uids
from bazaar.rotation.people import comes_of
from bazaar.rotation.plans import find_current_release
from bazaar.rules.rotation import (
    Assignment,
    Block,
    Candidate,
    Instance,
    Published,
    Rules,
    Slot,
)
from bazaar.rules.rotation import Pin as Pinned
from bazaar.rules.rotation.hands import Hands
from bazaar.rules.rotation.timetable import Timetable

Place = tuple[int, datetime]
"""A channel's id and when a slot of it starts."""
Reach = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Person:
    """A seller as the board names it. `gone`: withdrawn, inactive or not of this edition."""

    id: int
    code: str
    name: str
    cluster: str
    standby: bool
    gone: bool
    max_turns: int | None
    answered: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A turn of the plan, as much of it as a change needs."""

    id: int
    channel_id: int
    seller_id: int
    code: str
    starts_at: datetime
    ends_at: datetime
    uid: str


@dataclass
class Desk:
    """Days of a plan as the rules see them: slots by number, sellers by code.

    `turns` and `old` (of the release in force) are by slot; `pins` too, None where a slot was
    left empty on purpose. `strays` are slots that only a turn has: the hours were changed since.
    """

    edition: Edition
    release: Release
    days: tuple[date, ...]
    now: datetime
    instance: Instance
    place: dict[Place, int]
    turns: dict[int, Held]
    old: dict[int, str]
    pins: dict[int, str | None]
    people: dict[str, Person]
    strays: frozenset[int]

    @cached_property
    def who(self) -> dict[int, str]:
        """Who has which slot."""
        return {slot: turn.code for slot, turn in self.turns.items()}

    @cached_property
    def table(self) -> Timetable:
        """The instance, read once."""
        return Timetable(self.instance)

    @cached_property
    def hands(self) -> Hands:
        """What a hand may do here."""
        return Hands(self.table, self.who)

    @cached_property
    def slots(self) -> Sequence[Slot]:
        """The slots of the chosen days, by start and channel, neighbouring days left out."""
        days = {day.toordinal() for day in self.days}
        return [slot for slot in self.instance.slots if self.table.day[slot.id] in days]

    def channel_name(self, channel: int) -> str:
        """Return the name of the channel with this id."""
        return next((each.name for each in self.edition.channels if each.id == channel), "")

    @property
    def overtakes(self) -> bool:
        """Whether this is a draft that would replace a release in force."""
        return self.release.number is None and self.release.base_id is not None

    @cached_property
    def emptied(self) -> frozenset[int]:
        """The slots that were left empty on purpose."""
        return frozenset(slot for slot, seller in self.pins.items() if seller is None)


def lay(
    release: Release, days: Iterable[date], *, now: datetime, others: Collection[int] = ()
) -> Desk:
    """Return the desk for `days` of a plan; sellers with the ids `others` are known there too."""
    edition = db.session.get_one(Edition, release.edition_id)
    chosen = tuple(sorted(set(days)))
    blocks, reaches = _reach(edition, chosen)
    turns = _turns(release, reaches)
    current = find_current_release(edition)
    published = _published(current, release, turns, reaches)
    slots = airtime.slots(edition, blocks)
    strays = _strays(slots, turns)
    slots = [slot for slot in slots if not any(_overlap(slot, stray) for stray in strays)]
    for number, turn in enumerate(strays, start=max((slot.id for slot in slots), default=-1) + 1):
        day = times.day_of(turn.starts_at, edition.zone).toordinal()
        blocks.append(Block(-turn.id, day, turn.starts_at, turn.ends_at))
        slots.append(Slot(number, -turn.id, turn.channel_id, 0, turn.starts_at, turn.ends_at))
    place = {(slot.channel, slot.start): slot.id for slot in slots}
    ends = {slot.id: slot.end for slot in slots}
    people = _people(edition, {turn.seller_id for turn in [*turns, *published]} | set(others))
    pins = {place[where]: code for where, code in _pins(edition, reaches) if where in place}
    old = {
        place[turn.channel_id, turn.starts_at]: turn.code
        for turn in published
        if ends.get(place.get((turn.channel_id, turn.starts_at), -1)) == turn.ends_at
    }
    instance = Instance(
        edition.slug,
        blocks,
        slots,
        _candidates(edition, release, people, blocks, turns),
        Rules(
            edition.max_turns_per_day,
            edition.min_gap_minutes,
            cluster_same_time_max=cluster_cap(edition),
            freeze_minutes=edition.freeze_minutes,
        ),
        [Pinned(slot, code) for slot, code in pins.items() if code],
        _blocked(edition, people),
        [one for one in airtime.closed(edition) if _meets(reaches, one.start, one.end)],
        timezone=edition.zone_name,
        published=Published(
            now,
            tuple(Assignment(slot, code) for slot, code in old.items()),
            _begun(edition.id, published, place, old, now),
        ),
        dropped=frozenset(code for code, person in people.items() if person.gone),
    )
    held = {place[turn.channel_id, turn.starts_at]: turn for turn in turns}
    stray_slots = frozenset(place[turn.channel_id, turn.starts_at] for turn in strays)
    return Desk(
        edition, release, chosen, now, instance, place, held, old, pins, people, stray_slots
    )


def days_at(edition: Edition, places: Iterable[Place]) -> set[date]:
    """Return the show days to which these places belong; where is no opening, their own day."""
    blocks = airtime.blocks(edition)
    return {
        next(
            (date.fromordinal(block.day) for block in blocks if block.start <= start < block.end),
            times.day_of(start, edition.zone),
        )
        for _, start in places
    }


def cluster_cap(edition: Edition) -> int:
    """Return how many sellers of one cluster on air together are no more than its share."""
    sizes = db.session.scalars(
        sa.select(sa.func.count())
        .select_from(Participation)
        .join(Seller, Seller.id == Participation.seller_id)
        .where(
            Participation.edition_id == edition.id,
            Participation.withdrawn_at.is_(None),
            Seller.active,
        )
        .group_by(Seller.cluster)
    ).all()
    return max(1, -(-len(edition.channels) * max(sizes, default=0) // max(1, sum(sizes))))


def _reach(edition: Edition, days: Iterable[date]) -> tuple[list[Block], list[Reach]]:
    """Return the openings of these days, and what lies so near that a pause could be too short."""
    blocks = airtime.blocks(edition)
    gap = timedelta(minutes=edition.min_gap_minutes)
    reaches = []
    for day in days:
        start, end = times.day_bounds(day, edition.zone)
        own = [block for block in blocks if block.day == day.toordinal()]
        first = min([start, *(block.start for block in own)])
        reaches.append((first - gap, max([end, *(block.end for block in own)]) + gap))
    return [block for block in blocks if _meets(reaches, block.start, block.end)], reaches


def _meets(reaches: Iterable[Reach], start: datetime, end: datetime) -> bool:
    return any(start < last and first < end for first, last in reaches)


def _overlap(slot: Slot, turn: Held) -> bool:
    same_channel = slot.channel == turn.channel_id
    return same_channel and slot.start < turn.ends_at and turn.starts_at < slot.end


def _turns(release: Release, reaches: Iterable[Reach]) -> list[Held]:
    query = (
        sa.select(
            Turn.id,
            Turn.channel_id,
            Turn.seller_id,
            Seller.code,
            Turn.starts_at,
            Turn.ends_at,
            Turn.uid,
        )
        .join(Seller, Seller.id == Turn.seller_id)
        .where(
            Turn.release_id == release.id,
            sa.or_(
                *(sa.and_(Turn.starts_at < last, Turn.ends_at > first) for first, last in reaches)
            ),
        )
        .order_by(Turn.starts_at, Turn.channel_id)
    )
    return [Held(*row) for row in db.session.execute(query)]


def _published(
    current: Release | None, release: Release, turns: list[Held], reaches: Iterable[Reach]
) -> list[Held]:
    if current is None:
        return []
    return turns if current.id == release.id else _turns(current, reaches)


def _begun(
    edition_id: int,
    published: Iterable[Held],
    place: Mapping[Place, int],
    old: Collection[int],
    now: datetime,
) -> frozenset[int]:
    """Return the slots to come whose published turns were on air already."""
    ahead = {turn.uid: turn for turn in published if turn.starts_at >= now}
    if not ahead:
        return frozenset()
    uids = db.session.scalars(begun_uids(edition_id, now)).all()
    spots = (ahead[uid] for uid in uids if uid in ahead)
    slots = (place.get((turn.channel_id, turn.starts_at), -1) for turn in spots)
    return frozenset(slot for slot in slots if slot in old)


def _strays(slots: Iterable[Slot], turns: Iterable[Held]) -> list[Held]:
    """Return the turns that lie in no slot as they are cut today."""
    cut = {(slot.channel, slot.start, slot.end) for slot in slots}
    return [t for t in turns if (t.channel_id, t.starts_at, t.ends_at) not in cut]


def _people(edition: Edition, ids: Collection[int]) -> dict[str, Person]:
    part = Participation
    query = (
        sa.select(
            Seller.id,
            Seller.code,
            Seller.name,
            Seller.cluster,
            sa.func.coalesce(part.standby, sa.false()),
            sa.or_(~Seller.active, part.seller_id.is_(None), part.withdrawn_at.is_not(None)),
            part.max_turns,
            part.answered_at.is_not(None),
        )
        .outerjoin(part, sa.and_(part.seller_id == Seller.id, part.edition_id == edition.id))
        .where(Seller.id.in_(ids))
        .order_by(Seller.code)
    )
    return {row[1]: Person(*row) for row in db.session.execute(query)}


def _pins(edition: Edition, reaches: Iterable[Reach]) -> Iterator[tuple[Place, str | None]]:
    query = (
        sa.select(Pin.channel_id, Pin.starts_at, Seller.code)
        .outerjoin(Seller, Seller.id == Pin.seller_id)
        .where(Pin.channel_id.in_([channel.id for channel in edition.channels]))
    )
    for channel, starts_at, code in db.session.execute(query):
        if _meets(reaches, starts_at, starts_at + timedelta(minutes=1)):
            yield (channel, starts_at), code


def _blocked(edition: Edition, people: dict[str, Person]) -> list[tuple[str, str]]:
    """Return the pairs of which both are known here; of others none can be on air here."""
    codes = {person.id: person.code for person in people.values()}
    query = sa.select(BlockedPair.seller_id, BlockedPair.other_id).where(
        BlockedPair.edition_id == edition.id
    )
    return [
        (codes[one], codes[other])
        for one, other in db.session.execute(query)
        if one in codes and other in codes
    ]


def _candidates(
    edition: Edition,
    release: Release,
    people: dict[str, Person],
    blocks: Sequence[Block],
    turns: Iterable[Held],
) -> list[Candidate]:
    """Return these sellers as the rules see them; what they have elsewhere lowers their limit."""
    # To what is no opening any more (a stray turn's block, numbered below 0) nobody can come.
    comes = comes_of(edition, people.values(), [block for block in blocks if block.id > 0])
    limited = [person.id for person in people.values() if person.max_turns is not None]
    had = Counter(turn.seller_id for turn in turns)
    elsewhere = {seller: n - had[seller] for seller, n in counts(release, limited).items()}
    return [
        Candidate(
            code,
            person.cluster,
            *comes[person.id],
            max_turns=None
            if person.max_turns is None
            else max(0, person.max_turns - elsewhere.get(person.id, 0)),
        )
        for code, person in people.items()
    ]


def counts(release: Release, sellers: Collection[int]) -> dict[int, int]:
    """Return how many turns these sellers have in the whole plan, by id."""
    if not sellers:
        return {}
    query = (
        sa.select(Turn.seller_id, sa.func.count())
        .where(Turn.release_id == release.id, Turn.seller_id.in_(sellers))
        .group_by(Turn.seller_id)
    )
    return dict(db.session.execute(query).all())
