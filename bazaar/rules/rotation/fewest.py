"""The simple fair rule: fewest turns first. It fills slots from the first to the last."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from operator import itemgetter

from bazaar.rules.rotation.draw import ticket
from bazaar.rules.rotation.words import (
    Assignment,
    Candidate,
    Decided,
    Instance,
    Plan,
    Reason,
    Slot,
)

RULE = "fewest-turns/1"
"""The name of the rule below; it changes whenever the same input would give another plan."""

LONG_AGO = -(2**62)


def plan(instance: Instance, seed: str) -> Plan:
    """Give every slot, in time order, to whoever has had the fewest turns.

    Then: who has waited longest, then who is not of the cluster just before on this channel,
    then the lowest draw ticket. Pinned slots keep their sellers and count as
    turns from the beginning. When everybody can always come, turns differ by at most one.
    """
    table = _Table(instance, seed)
    order = sorted(instance.slots, key=lambda slot: (slot.start, slot.channel, slot.id))
    reasons = tuple(table.fill(slot) for slot in order)
    assignments = tuple(
        Assignment(reason.slot, reason.seller) for reason in reasons if reason.seller is not None
    )
    return Plan(assignments, reasons, ())


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
        self._gap = int(instance.rules.min_gap_minutes * 60)
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
        before = self._cluster_before(slot)
        best, *others = nsmallest(2, ((seat.key(before), seat) for seat in able), itemgetter(0))
        key, winner = best
        reason = Reason(
            slot.id,
            winner.who.id,
            _decided(key, others[0][0] if others else None),
            len(able),
            winner.turns,
            same_cluster=key[2],
            rival=others[0][1].who.id if others else None,
            excluded=excluded,
        )
        winner.turns += 1
        winner.on_day[self._day[slot.block]] += 1
        self._sit(slot, winner)
        return reason

    def _keep_pin(self, slot: Slot, seat: _Seat) -> Reason:
        had = seat.turns - len(seat.ahead)
        seat.ahead.popleft()
        self._sit(slot, seat)
        return Reason(slot.id, seat.who.id, Decided.PIN, 1, had)

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
    for cut in who.cuts:
        if cut.block in found:
            found[cut.block] = [(_second(cut.start), _second(cut.end))]
    return found


def _decided(best: tuple[object, ...], rival: tuple[object, ...] | None) -> Decided:
    if rival is None:
        return Decided.ONLY
    steps = (Decided.TURNS, Decided.TICKET, Decided.CLUSTER)
    for step, own, other in zip(steps, best, rival, strict=False):
        if own != other:
            return step
    return Decided.TICKET


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


def _seconds(slot: Slot) -> tuple[int, int]:
    return _second(slot.start), _second(slot.end)
