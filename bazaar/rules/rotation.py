"""Who gets which slot: the words of a rotation, and the simple fair rule that fills it.

The classes use the words of the open exchange format "rotation-instance/1" (slots, blocks, cuts,
pins …), so that another planner can stand behind `plan` and a plan can be judged outside. Same
instance and seed give the same plan on every machine: comparisons end with the seller's id, and
ties are drawn by tickets of HMAC-SHA256 that anybody can compute again.
"""

import enum
import hmac
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter

RULE = "fewest-turns/1"
"""The name of the rule below; it changes whenever the same input would give another plan."""

LONG_AGO = -(2**62)


@dataclass(frozen=True, slots=True)
class Block:
    """One opening of the programme, the same on all channels. `day` tells which local day."""

    id: int
    day: int
    start: datetime
    end: datetime
    weight: int = 10


@dataclass(frozen=True, slots=True)
class Slot:
    """Airtime for one seller.

    Slots `pos` and `pos` + 1 of a block and channel are consecutive, unless the later one has
    `break_before`.
    """

    id: int
    block: int
    channel: int
    pos: int
    start: datetime
    end: datetime
    weight: int = 10
    break_before: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """In this block the seller can only take slots that lie within `start` and `end`."""

    block: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A seller to be given turns.

    `blocks` are those it can come to; several cuts of one block are alternatives.
    """

    id: str
    cluster: str
    blocks: frozenset[int]
    cuts: tuple[Cut, ...] = ()
    max_turns: int | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """The slot belongs to the seller, whatever the rule would say."""

    slot: int
    seller: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits: turns of one seller on one day and the gap between two of its turns are hard.

    `rest` is soft: who was on so recently is asked only when nobody else can come.
    """

    max_turns_per_day: int | None = None
    min_gap: timedelta = timedelta(0)
    rest: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything a planner may know. `name` enters the draw, so that editions draw apart."""

    name: str
    blocks: Sequence[Block]
    slots: Sequence[Slot]
    sellers: Sequence[Candidate]
    pins: Sequence[Pin] = ()
    rules: Rules = Rules()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A seller has a slot."""

    slot: int
    seller: str


class Decided(enum.Enum):
    """What preferred the winner of a slot to the next best candidate."""

    PIN = "pin"
    ONLY = "only"
    TURNS = "turns"
    WAITED = "waited"
    CLUSTER = "cluster"
    DRAW = "draw"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a slot went where it went: the facts at the moment of the decision.

    `turns` the seller had before it, `last_end` of the turn before, `candidates` who could have
    taken it, `rival` the next best of them, `excluded` how many could not, by what.
    """

    slot: int
    seller: str | None
    decided: Decided
    candidates: int
    turns: int = 0
    last_end: datetime | None = None
    same_cluster: bool = False
    rival: str | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who has which slot, and why. A slot without an assignment stays empty; it has a reason."""

    assignments: tuple[Assignment, ...]
    reasons: tuple[Reason, ...]


def slots(
    blocks: Iterable[Block], channels: Sequence[int], *, turn: timedelta, gap: timedelta
) -> list[Slot]:
    """Cut every block into slots of `turn` with `gap` between them, on each channel alike.

    A slot that would pass the end of its block is not made. Ordered by start, then channel as
    given; ids count from 0.
    """
    if turn <= timedelta(0) or gap < timedelta(0):
        raise ValueError(f"turn must be positive and gap not negative: {turn=} {gap=}")
    made: list[Slot] = []
    for block in sorted(blocks, key=lambda block: (block.start, block.id)):
        for pos in range((block.end - block.start + gap) // (turn + gap)):
            start = block.start + pos * (turn + gap)
            made += [
                Slot(len(made) + n, block.id, channel, pos, start, start + turn, block.weight)
                for n, channel in enumerate(channels)
            ]
    return made


def ticket(seed: str, instance: str, seller: str) -> str:
    """Return the seller's draw ticket: HMAC-SHA256(seed, "instance|seller") as hex; lowest wins."""
    return hmac.digest(seed.encode(), f"{instance}|{seller}".encode(), "sha256").hex()


def plan(instance: Instance, seed: str) -> Plan:
    """Give every slot, in time order, to whoever has had the fewest turns.

    Who was on only just now waits while anybody else can come (`Rules.rest`). Then: who has
    waited longest, then who is not of the cluster just before on this
    channel, then the lowest draw ticket. Never a seller who is not available, is on air
    elsewhere, or would pass a limit of `rules`. Pinned slots keep their sellers and count as
    turns from the beginning. When everybody can always come, turns differ by at most one.
    """
    table = _Table(instance, seed)
    order = sorted(instance.slots, key=lambda slot: (slot.start, slot.channel, slot.id))
    reasons = tuple(table.fill(slot) for slot in order)
    assignments = tuple(
        Assignment(reason.slot, reason.seller) for reason in reasons if reason.seller is not None
    )
    return Plan(assignments, reasons)


@dataclass(slots=True)
class _Seat:
    """What the rule knows of one seller while it fills slots from the first to the last."""

    who: Candidate
    ticket: str
    open: dict[int, list[tuple[int, int]]]
    turns: int = 0
    last_end: int = LONG_AGO
    ahead: deque[tuple[int, int]] = field(default_factory=deque)
    on_day: Counter[int] = field(default_factory=Counter)

    def key(self, cluster_before: str | None) -> tuple[int, int, bool, str, str]:
        same = self.who.cluster == cluster_before
        return self.turns, self.last_end, same, self.ticket, self.who.id


class _Table:
    def __init__(self, instance: Instance, seed: str) -> None:
        self._limit = instance.rules.max_turns_per_day
        self._gap = int(instance.rules.min_gap.total_seconds())
        self._rest = int(instance.rules.rest.total_seconds())
        self._day = {block.id: block.day for block in instance.blocks}
        self._seats = {
            who.id: _Seat(who, ticket(seed, instance.name, who.id), _openings(who))
            for who in instance.sellers
        }
        self._pinned = {pin.slot: pin.seller for pin in instance.pins}
        self._before: dict[tuple[int, int], tuple[int, str]] = {}
        for slot in sorted(instance.slots, key=lambda slot: slot.start):
            if slot.id in self._pinned:
                seat = self._seats[self._pinned[slot.id]]
                seat.turns += 1
                seat.on_day[self._day[slot.block]] += 1
                seat.ahead.append(_seconds(slot))

    def fill(self, slot: Slot) -> Reason:
        """Decide one slot; slots must come in time order."""
        if slot.id in self._pinned:
            return self._keep_pin(slot, self._seats[self._pinned[slot.id]])
        able, excluded = self._sieve(slot)
        if not able:
            return Reason(slot.id, None, Decided.NOBODY, 0, excluded=excluded)
        start = _seconds(slot)[0]
        able = [seat for seat in able if start - seat.last_end >= self._rest] or able
        before = self._cluster_before(slot)
        best, *others = nsmallest(2, ((seat.key(before), seat) for seat in able), itemgetter(0))
        key, winner = best
        reason = Reason(
            slot.id,
            winner.who.id,
            _decided(key, others[0][0] if others else None),
            len(able),
            winner.turns,
            _instant(winner.last_end),
            same_cluster=key[2],
            rival=others[0][1].who.id if others else None,
            excluded=excluded,
        )
        winner.turns += 1
        winner.on_day[self._day[slot.block]] += 1
        self._sit(slot, winner)
        return reason

    def _keep_pin(self, slot: Slot, seat: _Seat) -> Reason:
        had, last_end = seat.turns - len(seat.ahead), _instant(seat.last_end)
        seat.ahead.popleft()
        self._sit(slot, seat)
        return Reason(slot.id, seat.who.id, Decided.PIN, 1, had, last_end)

    def _sieve(self, slot: Slot) -> tuple[list[_Seat], Mapping[str, int]]:
        """Return who can take the slot, and how many cannot, by what keeps them."""
        able: list[_Seat] = []
        excluded: Counter[str] = Counter()
        start, end = _seconds(slot)
        day = self._day[slot.block]
        for seat in self._seats.values():
            hindrance = self._hindrance(seat, slot.block, start, end, day)
            if hindrance:
                excluded[hindrance] += 1
            else:
                able.append(seat)
        return able, dict(sorted(excluded.items()))

    def _hindrance(self, seat: _Seat, block: int, start: int, end: int, day: int) -> str | None:
        """Return what keeps the seller from this slot, in one word, or None."""
        spans = seat.open.get(block)
        if spans is None or (spans and not any(a <= start and end <= b for a, b in spans)):
            return "availability"
        if start < seat.last_end + self._gap:
            return "busy"
        if seat.ahead and seat.ahead[0][0] < end + self._gap:
            return "busy"
        if self._limit is not None and seat.on_day[day] >= self._limit:
            return "day"
        if seat.who.max_turns is not None and seat.turns >= seat.who.max_turns:
            return "max_turns"
        return None

    def _cluster_before(self, slot: Slot) -> str | None:
        found = self._before.get((slot.block, slot.channel))
        if found is None or slot.break_before or found[0] != slot.pos - 1:
            return None
        return found[1]

    def _sit(self, slot: Slot, seat: _Seat) -> None:
        seat.last_end = max(seat.last_end, _seconds(slot)[1])
        self._before[slot.block, slot.channel] = (slot.pos, seat.who.cluster)


def _openings(who: Candidate) -> dict[int, list[tuple[int, int]]]:
    """Return the blocks a seller can come to; an empty list is the whole block."""
    found: dict[int, list[tuple[int, int]]] = {block: [] for block in who.blocks}
    for block, cuts in groupby(sorted(who.cuts, key=lambda cut: cut.block), lambda c: c.block):
        if block in found:
            found[block] = [(_second(cut.start), _second(cut.end)) for cut in cuts]
    return found


def _decided(best: tuple[object, ...], rival: tuple[object, ...] | None) -> Decided:
    if rival is None:
        return Decided.ONLY
    steps = (Decided.TURNS, Decided.WAITED, Decided.CLUSTER)
    for step, own, other in zip(steps, best, rival, strict=False):
        if own != other:
            return step
    return Decided.DRAW


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


def _seconds(slot: Slot) -> tuple[int, int]:
    return _second(slot.start), _second(slot.end)


def _instant(second: int) -> datetime | None:
    return None if second == LONG_AGO else datetime.fromtimestamp(second, UTC)
