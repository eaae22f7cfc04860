"""From the tables to the planner's input: everything it may know of an edition, at one instant.

With a release in force its turns that have begun, and those inside the freeze period, enter as
slots of their own, exactly as they are, also where hours or turn lengths were changed since. Who
is on standby is left out unless pinned or already in the plan, and then gets no further turns.
A bounded number of queries, however many sellers and slots there are.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import (
    Availability,
    BlockedPair,
    Channel,
    Draw,
    DrawKind,
    Edition,
    MissedTurn,
    Participation,
    Presence,
    Release,
    Seller,
    Share,
    Turn,
)
from bazaar.models import Pin as PinRow
from bazaar.rotation import airtime, kept
from bazaar.rotation.kept import Given
from bazaar.rules import availability
from bazaar.rules.rotation import (
    Assignment,
    Block,
    Candidate,
    Cut,
    Instance,
    Pin,
    Published,
    Rules,
    Slot,
)
from bazaar.rules.rotation.format import read_instance

Place = tuple[int, datetime, datetime]
"""Where a slot is: channel id, start, end."""

PRIME_OF_FOUR = 3
"""Prime time is what has the weight of the slot at three quarters, counted from the lightest."""


class NothingToPlan(Conflict):
    """Channels, airtime that is still to come, or sellers are missing."""

    text = N_("Jadwal belum dapat disusun: perlu saluran, jam siaran mendatang, dan UMKM peserta.")


class NobodyCanCome(Conflict):
    """There are sellers and airtime, but at no slot anybody is available."""

    text = N_("Belum ada UMKM yang dapat hadir pada jam siaran mana pun. Periksa jadwal mereka.")


@dataclass(frozen=True, slots=True)
class Gathered:
    """An instance, and where its slots are. `sellers`: ids by code of everybody in it."""

    instance: Instance
    keys: Mapping[int, Place]
    sellers: Mapping[str, int]


def gather(
    edition: Edition,
    *,
    now: datetime,
    base: Release | None,
    kind: DrawKind = DrawKind.PLAN,
    everyone: bool = False,
) -> Gathered:
    """Return the edition as the planner shall see it; `base` is the release in force.

    With `everyone` those on standby are candidates like others: to judge what a hand does.
    A seller-less pin leaves its slot out. Raises NothingToPlan or NobodyCanCome.
    """
    blocks = airtime.blocks(edition)
    grid = airtime.slots(edition, blocks)
    people = _people(edition, base)
    turns = kept.turns_of(base) if base else []
    gone = frozenset(one.code for one in people.values() if not one.present)
    frozen_until = now + timedelta(minutes=edition.freeze_minutes)
    staying = kept.staying(turns, now=now, frozen_until=frozen_until, gone=gone)
    pins, empty = _pins(edition, now)
    coming = [
        slot for slot in grid if slot.start >= now and (slot.channel, slot.start) not in empty
    ]
    blocks, slots = kept.merge(blocks, coming, staying, grid)
    if not slots or len(slots) == len(staying):
        raise NothingToPlan
    placed = {(slot.channel, slot.start): slot for slot in slots}
    given = _given(turns, placed)
    held = Counter(turn.code for turn in staying)
    wanted = _wanted(people, pins, placed)
    if kind is DrawKind.REPAIR:
        held = Counter(turn.code for turn in given.values())
    who = _candidates(edition, people, blocks, held, wanted, everyone=everyone)
    if not any(one.present and not one.standby for one in people.values()):
        raise NothingToPlan
    if not any(each.blocks for each in who):
        raise NobodyCanCome
    who = kept.let_stay(who, staying, placed)
    codes = {each.id for each in who}
    instance = Instance(
        edition.slug,
        blocks,
        slots,
        who,
        _rules(edition, slots, who, gone),
        [Pin(slot, code) for slot, code in wanted if code in codes],
        _pairs(edition, codes),
        kept.closed(airtime.closed(edition), staying),
        {channel.id: channel.name for channel in edition.channels},
        edition.zone_name,
        Published(
            now,
            tuple(
                Assignment(slot, turn.code)
                for slot, turn in sorted(given.items())
                if turn.code in codes
            ),
        )
        if base
        else None,
        gone & codes,
    )
    keys = {slot.id: (slot.channel, slot.start, slot.end) for slot in slots}
    return Gathered(instance, keys, {one.code: one.id for one in people.values()})


def places(instance: Instance) -> dict[int, Place]:
    """Return where the slots of an instance are."""
    return {slot.id: (slot.channel, slot.start, slot.end) for slot in instance.slots}


def frozen(draw: Draw) -> Instance:
    """Return what a draw was given; read once for each digest. The draw must be frozen."""
    assert draw.instance is not None
    assert draw.instance_digest is not None
    return _unpacked(draw.instance_digest, draw.instance)


def candidates(
    edition: Edition, seller_ids: Collection[int], blocks: Sequence[Block]
) -> list[Candidate]:
    """Return some sellers as the planner sees them in some blocks: to judge one day of a plan.

    Whoever withdrew or is no longer active can come to none. Earlier editions are left out.
    """
    people = {
        each: one
        for each, one in _people(edition, None, only=seller_ids).items()
        if each in set(seller_ids)
    }
    return _candidates(edition, people, blocks, Counter(), [], everyone=True, before=False)


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    code: str
    cluster: str
    present: bool
    standby: bool
    max_turns: int | None
    answered: bool


def _people(
    edition: Edition, base: Release | None, *, only: Collection[int] | None = None
) -> dict[int, _Person]:
    """Return all who take part or stand in the plan in force, by id, in the order of codes."""
    of_edition = sa.and_(
        Participation.seller_id == Seller.id, Participation.edition_id == edition.id
    )
    concerned: sa.ColumnElement[bool] = Participation.seller_id.is_not(None)
    if base is not None:
        concerned |= Seller.id.in_(
            sa.select(Turn.seller_id).where(Turn.release_id == base.id).distinct()
        )
    query = (
        sa.select(
            Seller.id,
            Seller.code,
            Seller.cluster,
            Seller.active,
            Participation.seller_id,
            Participation.withdrawn_at,
            Participation.standby,
            Participation.max_turns,
            Participation.answered_at,
        )
        .outerjoin(Participation, of_edition)
        .where(concerned)
        .order_by(Seller.code)
    )
    if only is not None:
        query = query.where(Seller.id.in_(only))
    return {
        row[0]: _Person(
            row[0],
            row[1],
            row[2],
            present=bool(row[3] and row[4] is not None and row[5] is None),
            standby=bool(row[6]),
            max_turns=row[7],
            answered=row[8] is not None,
        )
        for row in db.session.execute(query)
    }


def _pins(
    edition: Edition, now: datetime
) -> tuple[dict[tuple[int, datetime], int], set[tuple[int, datetime]]]:
    """Return the coming pins by place, and the places that shall stay empty."""
    query = (
        sa.select(PinRow.channel_id, PinRow.starts_at, PinRow.seller_id)
        .join(Channel, Channel.id == PinRow.channel_id)
        .where(Channel.edition_id == edition.id, PinRow.starts_at >= now)
    )
    pins: dict[tuple[int, datetime], int] = {}
    empty: set[tuple[int, datetime]] = set()
    for channel, start, seller in db.session.execute(query):
        if seller is None:
            empty.add((channel, start))
        else:
            pins[channel, start] = seller
    return pins, empty


def _wanted(
    people: Mapping[int, _Person],
    pins: Mapping[tuple[int, datetime], int],
    placed: Mapping[tuple[int, datetime], Slot],
) -> list[tuple[int, str]]:
    """Return pins as (slot, code). One whose hours are gone, or whose seller is, holds nothing."""
    return sorted(
        (placed[place].id, people[seller].code)
        for place, seller in pins.items()
        if place in placed and seller in people and people[seller].present
    )


def _given(turns: Iterable[Given], placed: Mapping[tuple[int, datetime], Slot]) -> dict[int, Given]:
    """Return the published turns that have a slot of exactly their time."""
    found = {}
    for turn in turns:
        slot = placed.get((turn.channel, turn.start))
        if slot is not None and slot.end == turn.end:
            found[slot.id] = turn
    return found


def _candidates(
    edition: Edition,
    people: Mapping[int, _Person],
    blocks: Sequence[Block],
    held: Mapping[str, int],
    wanted: Iterable[tuple[int, str]],
    *,
    everyone: bool,
    before: bool = True,
) -> list[Candidate]:
    """Return the sellers of the instance. `held`: turns that stay theirs whatever is drawn."""
    pinned = Counter(code for _, code in wanted)
    chosen = [
        one
        for one in people.values()
        if held.get(one.code)
        or pinned[one.code]
        or (one.present and (everyone or not one.standby))
        or (not one.present and not before)
    ]
    comes = _comes(edition, chosen, blocks)
    earlier = _earlier(edition) if before else {}
    owed = _owed(edition) if before else {}
    found = []
    for one in chosen:
        limit = one.max_turns
        if one.standby and not everyone:
            limit = held.get(one.code, 0) + pinned[one.code]
        elif limit is not None:
            limit = max(limit, held.get(one.code, 0))
        turns_before, prime_before = earlier.get(one.id, (0, 0))
        open_blocks, cuts = comes[one.id] if one.present else (frozenset(), ())
        found.append(
            Candidate(
                one.code,
                one.cluster,
                open_blocks,
                cuts,
                turns_before,
                prime_before,
                limit,
                owed.get(one.id, 0),
            )
        )
    return found


Comes = tuple[frozenset[int], tuple[Cut, ...]]


def _comes(
    edition: Edition, chosen: Sequence[_Person], blocks: Sequence[Block]
) -> dict[int, Comes]:
    """Return the blocks each can come to: what was answered, else by the hours of the week."""
    answered = {one.id for one in chosen if one.answered}
    found = _by_presence(edition, answered, blocks)
    ids = {one.id for one in chosen} - answered
    weekly: defaultdict[int, list[Availability]] = defaultdict(list)
    if ids:
        rows = sa.select(Availability).join(
            Participation,
            sa.and_(
                Participation.seller_id == Availability.seller_id,
                Participation.edition_id == edition.id,
            ),
        )
        if len(ids) < _FEW:
            rows = sa.select(Availability).where(Availability.seller_id.in_(ids))
        for row in db.session.scalars(rows):
            weekly[row.seller_id].append(row)
    known: dict[frozenset[tuple[object, ...]], Comes] = {}
    for each in ids:
        pattern = frozenset((h.weekday, h.from_time, h.until) for h in weekly[each])
        if pattern not in known:
            known[pattern] = _by_week(edition, weekly[each], blocks)
        found[each] = known[pattern]
    return found


_FEW = 500
"""So many ids may stand in one statement."""


def _by_presence(
    edition: Edition, answered: Collection[int], blocks: Sequence[Block]
) -> dict[int, Comes]:
    if not answered:
        return {}
    of_block = {block.id: block for block in blocks}
    query = sa.select(
        Presence.seller_id, Presence.window_id, Presence.starts_at, Presence.ends_at
    ).order_by(Presence.seller_id, Presence.window_id)
    if len(answered) < _FEW:
        query = query.where(Presence.seller_id.in_(answered))
    else:
        query = query.join(
            Participation,
            sa.and_(
                Participation.seller_id == Presence.seller_id,
                Participation.edition_id == edition.id,
            ),
        )
    comes: defaultdict[int, list[int]] = defaultdict(list)
    cuts: defaultdict[int, list[Cut]] = defaultdict(list)
    for seller, window, start, end in db.session.execute(query):
        block = of_block.get(window)
        if block is None or start >= block.end or end <= block.start:
            continue
        comes[seller].append(window)
        if start > block.start or end < block.end:
            cuts[seller].append(Cut(window, max(start, block.start), min(end, block.end)))
    return {each: (frozenset(comes[each]), tuple(cuts[each])) for each in answered}


def _by_week(edition: Edition, hours: Sequence[Availability], blocks: Iterable[Block]) -> Comes:
    """Return the blocks that lie in these hours; without hours all. Of two parts the longer."""
    comes: set[int] = set()
    cuts: list[Cut] = []
    for block in blocks:
        whole = [(block.start, block.end)]
        free = availability.spans(hours, block.start, block.end, edition.zone) if hours else whole
        if free:
            comes.add(block.id)
            if free != whole:
                cuts.append(Cut(block.id, *max(free, key=lambda span: span[1] - span[0])))
    return frozenset(comes), tuple(cuts)


def _earlier(edition: Edition) -> dict[int, tuple[int, int]]:
    """Return turns and prime of each seller in the last release of every earlier edition."""
    last = (
        sa.select(sa.func.max(Release.number), Release.edition_id)
        .join(Edition, Edition.id == Release.edition_id)
        .where(Edition.created_at < edition.created_at, Release.number.is_not(None))
        .group_by(Release.edition_id)
        .subquery()
    )
    query = (
        sa.select(Share.seller_id, sa.func.sum(Share.turns), sa.func.sum(Share.prime))
        .join(Release, Release.id == Share.release_id)
        .join(last, sa.and_(last.c[0] == Release.number, last.c[1] == Release.edition_id))
        .group_by(Share.seller_id)
    )
    return {seller: (int(turns), int(prime)) for seller, turns, prime in db.session.execute(query)}


def _owed(edition: Edition) -> dict[int, int]:
    query = (
        sa.select(MissedTurn.seller_id, sa.func.count())
        .where(MissedTurn.edition_id == edition.id, MissedTurn.excused)
        .group_by(MissedTurn.seller_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _pairs(edition: Edition, codes: Collection[str]) -> list[tuple[str, str]]:
    one, other = sa.orm.aliased(Seller), sa.orm.aliased(Seller)
    query = (
        sa.select(one.code, other.code)
        .select_from(BlockedPair)
        .join(one, one.id == BlockedPair.seller_id)
        .join(other, other.id == BlockedPair.other_id)
        .where(BlockedPair.edition_id == edition.id)
        .order_by(one.code, other.code)
    )
    return [
        (first, second)
        for first, second in db.session.execute(query)
        if first in codes and second in codes
    ]


def _rules(
    edition: Edition, slots: Sequence[Slot], who: Sequence[Candidate], gone: Collection[str]
) -> Rules:
    present = [each for each in who if each.id not in gone]
    largest = max(Counter(each.cluster for each in present).values(), default=1)
    channels = len({slot.channel for slot in slots})
    weights = sorted(slot.weight for slot in slots)
    return Rules(
        edition.max_turns_per_day,
        edition.min_gap_minutes,
        max(1, -(-channels * largest // max(1, len(present)))),
        weights[len(weights) * PRIME_OF_FOUR // 4],
        sum(weights) // len(weights) // 4,
        edition.freeze_minutes,
    )


@lru_cache(maxsize=2)
def _unpacked(digest: str, packed: bytes) -> Instance:
    """Read an instance that was packed; the last ones are remembered by their digests."""
    del digest
    return read_instance(json.loads(gzip.decompress(packed)))
