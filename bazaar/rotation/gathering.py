"""From the tables to the planner's input: everything it may know of an edition, at one instant.

With a release in force its turns that have begun, and those inside the freeze period, enter as
slots of their own, exactly as they are, also where hours or turn lengths were changed since. Who
is on standby is left out unless pinned or already in the plan, and then gets no further turns.
A bounded number of queries, however many sellers and slots there are.
"""

import gzip
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import (
    BlockedPair,
    Channel,
    Draw,
    DrawKind,
    Edition,
    Release,
    Seller,
)
from bazaar.models import Pin as PinRow
from bazaar.rotation import airtime, kept
from bazaar.rotation.kept import Given
from bazaar.rotation.people import Person, candidates_of, people_of
from bazaar.rules.rotation import (
    Assignment,
    Block,
    Candidate,
    Closed,
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


class AllFrozen(NothingToPlan):
    """All that is still to come is inside the freeze period and stays."""

    text = N_("Semua giliran yang tersisa sudah dalam masa beku, jadi tidak ada yang disusun.")


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
    A seller-less pin leaves its slot out. Raises NothingToPlan, AllFrozen or NobodyCanCome.
    """
    people = people_of(edition, base)
    gone = frozenset(one.code for one in people.values() if not one.present)
    if not any(one.present and not one.standby for one in people.values()):
        raise NothingToPlan
    room = _room(edition, base, gone, now)
    pins, empty = _pins(edition, now)
    blocks, slots = _slots(room, empty, now)
    placed = {(slot.channel, slot.start): slot for slot in slots}
    given = _given(room.turns, placed)
    wanted = _wanted(people, pins, placed)
    stays = given.values() if kind is DrawKind.REPAIR else room.staying
    held = Counter(turn.code for turn in stays)
    who = candidates_of(edition, people, blocks, held, wanted, everyone=everyone)
    if not any(each.blocks for each in who):
        raise NobodyCanCome
    who = kept.let_stay(who, room.staying, placed)
    codes = {each.id for each in who}
    published = [
        Assignment(slot, turn.code) for slot, turn in sorted(given.items()) if turn.code in codes
    ]
    instance = Instance(
        edition.slug,
        blocks,
        slots,
        who,
        _rules(edition, slots, who, gone),
        [Pin(slot, code) for slot, code in wanted if code in codes],
        _pairs(edition, codes),
        kept.closed(room.closed, room.staying),
        {channel.id: channel.name for channel in edition.channels},
        edition.zone_name,
        Published(now, tuple(published), _begun(given)) if base else None,
        gone & codes,
    )
    return Gathered(instance, places(instance), {one.code: one.id for one in people.values()})


@dataclass(frozen=True, slots=True)
class _Room:
    """The airtime there is, the turns of the plan in force, and those of them that stay."""

    blocks: list[Block]
    grid: list[Slot]
    closed: list[Closed]
    turns: list[Given]
    staying: list[Given]


def _room(edition: Edition, base: Release | None, gone: Collection[str], now: datetime) -> _Room:
    blocks, closed = airtime.blocks(edition), airtime.closed(edition)
    turns = kept.turns_of(base, now) if base else []
    lost = {each.id: each.lost_from for each in edition.channels if each.lost_from}
    staying = kept.staying(
        turns,
        now=now,
        frozen_until=now + timedelta(minutes=edition.freeze_minutes),
        gone=gone,
        airtime=kept.Airtime(blocks, closed, lost),
    )
    return _Room(blocks, airtime.slots(edition, blocks), closed, turns, staying)


def _slots(
    room: _Room, empty: Collection[tuple[int, datetime]], now: datetime
) -> tuple[list[Block], list[Slot]]:
    """Return blocks and slots of the instance. Raises NothingToPlan or AllFrozen."""
    coming = [
        slot for slot in room.grid if slot.start >= now and (slot.channel, slot.start) not in empty
    ]
    blocks, slots = kept.merge(room.blocks, coming, room.staying, room.grid)
    if len(slots) == len(room.staying):
        raise AllFrozen if any(turn.start > now for turn in room.staying) else NothingToPlan
    return blocks, slots


def places(instance: Instance) -> dict[int, Place]:
    """Return where the slots of an instance are."""
    return {slot.id: (slot.channel, slot.start, slot.end) for slot in instance.slots}


def frozen(draw: Draw) -> Instance:
    """Return what a draw was given; read once for each digest. The draw must be frozen."""
    assert draw.instance is not None
    assert draw.instance_digest is not None
    return unpack(draw.instance_digest, draw.instance)


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
    people: Mapping[int, Person],
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


def _begun(given: Mapping[int, Given]) -> frozenset[int]:
    return frozenset(slot for slot, turn in given.items() if turn.begun)


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
def unpack(digest: str, packed: bytes) -> Instance:
    """Read an instance that was packed; the last ones are remembered by their digests."""
    del digest
    return read_instance(json.loads(gzip.decompress(packed)))
