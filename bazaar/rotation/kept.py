"""What of a released plan a new one must leave as it is, put into the planner's words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import Edition, Release, Seller, Turn
from bazaar.rotation.begun import begun_uids
from bazaar.rules.rotation import Block, Candidate, Closed, Cut, Slot

HOMELESS = 10
"""The weight of a kept turn whose hours are gone: that of an ordinary hour."""


@dataclass(frozen=True, slots=True)
class Given:
    """A turn of the release in force. `code` is its seller's; `begun`: it was on air early."""

    id: int
    channel: int
    start: datetime
    end: datetime
    seller_id: int
    code: str
    begun: bool
    day: int


def turns_of(base: Release, now: datetime) -> list[Given]:
    """Return the turns of a release by start and channel, without loading rows as objects."""
    zone = db.session.get_one(Edition, base.edition_id).zone
    query = (
        sa.select(
            Turn.id,
            Turn.channel_id,
            Turn.starts_at,
            Turn.ends_at,
            Turn.seller_id,
            Seller.code,
            sa.and_(Turn.starts_at >= now, Turn.uid.in_(begun_uids(base.edition_id, now))),
        )
        .join(Seller, Seller.id == Turn.seller_id)
        .where(Turn.release_id == base.id)
        .order_by(Turn.starts_at, Turn.channel_id)
    )
    return [
        Given(*row, times.day_of(row[2], zone).toordinal()) for row in db.session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Airtime:
    """Where there can be turns: openings, closed times, and channels by when they are lost."""

    blocks: Sequence[Block]
    closed: Sequence[Closed]
    lost: Mapping[int, datetime]

    def holds(self, turn: Given) -> bool:
        """Tell whether the turn can still be held."""
        lost_from = self.lost.get(turn.channel)
        if lost_from is not None and turn.end > lost_from:
            return False
        if any(turn.start < each.end and each.start < turn.end for each in self.closed):
            return False
        return any(block.start <= turn.start and turn.end <= block.end for block in self.blocks)


def staying(
    turns: Iterable[Given],
    *,
    now: datetime,
    frozen_until: datetime,
    gone: Collection[str],
    airtime: Airtime,
) -> list[Given]:
    """Return the turns that have begun, and those too near to be taken from who still comes.

    Begun are also turns that were put on air before their time.

    What cannot be held any more, because hours or channel are gone, does not stay.
    """
    return [
        turn
        for turn in turns
        if turn.start <= now
        or turn.begun
        or (turn.start < frozen_until and turn.code not in gone and airtime.holds(turn))
    ]


def merge(
    blocks: Sequence[Block], coming: Sequence[Slot], staying: Sequence[Given], grid: Sequence[Slot]
) -> tuple[list[Block], list[Slot]]:
    """Return blocks and slots in which the turns that stay have exactly their time.

    Slots on the grid that one of them overlaps on its channel give way. Ids and places are
    counted anew, by start and channel.
    """
    if not staying:
        return list(blocks), _numbered(coming)
    homes = {(slot.channel, slot.start, slot.end): slot for slot in grid}
    weight = {slot.block: slot.weight for slot in grid}
    blocks = _with_room(list(blocks), staying)
    made: list[Slot] = []
    taken: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for turn in staying:
        taken[turn.channel].append((turn.start, turn.end))
        home = homes.get((turn.channel, turn.start, turn.end))
        if home is None:
            block = next(b for b in blocks if b.start <= turn.start and turn.end <= b.end)
            worth = weight.get(block.id, HOMELESS)
            home = Slot(0, block.id, turn.channel, 0, turn.start, turn.end, worth)
        made.append(home)
    ends = {channel: max(end for _, end in spans) for channel, spans in taken.items()}
    for slot in coming:
        spans = taken.get(slot.channel, ())
        near = slot.channel in ends and slot.start < ends[slot.channel]
        if not near or not any(slot.start < end and start < slot.end for start, end in spans):
            made.append(slot)
    return blocks, _numbered(made)


def closed(times: Iterable[Closed], staying: Sequence[Given]) -> list[Closed]:
    """Return the closed times without what a turn that stays takes of them."""
    found: list[Closed] = []
    for each in times:
        parts = [each]
        for turn in staying:
            if turn.start < each.end and each.start < turn.end:
                parts = [
                    piece
                    for part in parts
                    for piece in (
                        replace(part, end=min(part.end, turn.start)),
                        replace(part, start=max(part.start, turn.end)),
                    )
                    if piece.start < piece.end
                ]
        found += parts
    return found


def let_stay(
    who: Iterable[Candidate],
    staying: Iterable[Given],
    placed: Mapping[tuple[int, datetime], Slot],
) -> list[Candidate]:
    """Return the candidates, each able to come to the turns that stay its own.

    Who says now that it cannot come to such a block keeps there what it has, and gets no more.
    """
    held: defaultdict[str, list[Slot]] = defaultdict(list)
    for turn in staying:
        held[turn.code].append(placed[turn.channel, turn.start])
    return [_at_home(each, held[each.id]) if each.id in held else each for each in who]


def _at_home(who: Candidate, slots: Iterable[Slot]) -> Candidate:
    cuts = {cut.block: cut for cut in who.cuts}
    blocks = set(who.blocks)
    mine: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        mine[slot.block].append(slot)
    for block, there in mine.items():
        start, end = min(s.start for s in there), max(s.end for s in there)
        cut = cuts.get(block)
        if block not in blocks or (cut and not (cut.start <= start and end <= cut.end)):
            blocks.add(block)
            cuts[block] = Cut(block, start, end)
    return replace(who, blocks=frozenset(blocks), cuts=tuple(cuts[block] for block in sorted(cuts)))


def _with_room(blocks: list[Block], staying: Iterable[Given]) -> list[Block]:
    """Return the blocks so that every turn that stays lies in one; none overlap."""
    homeless = [
        turn
        for turn in staying
        if not any(block.start <= turn.start and turn.end <= block.end for block in blocks)
    ]
    following = max((block.id for block in blocks), default=0) + 1
    for turn in homeless:
        start, end, day, number = turn.start, turn.end, turn.day, None
        apart = []
        for block in blocks:
            if block.start < end and start < block.end:
                number = block.id if number is None else number
                day = block.day
                start, end = min(start, block.start), max(end, block.end)
            else:
                apart.append(block)
        if number is None:
            number, following = following, following + 1
        blocks = [*apart, Block(number, day, start, end)]
    return sorted(blocks, key=lambda block: (block.start, block.id))


def _numbered(slots: Iterable[Slot]) -> list[Slot]:
    """Count slots by start and channel, and their places in each row; a hole is a break."""
    found: list[Slot] = []
    last: dict[tuple[int, int], tuple[int, Slot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.channel)):
        row = (slot.block, slot.channel)
        pos, hole = 0, slot.break_before
        if row in last:
            pos = last[row][0] + 1
            hole = hole or slot.pos > last[row][1].pos + 1
        last[row] = (pos, slot)
        found.append(replace(slot, id=len(found), pos=pos, break_before=hole and pos > 0))
    return found
