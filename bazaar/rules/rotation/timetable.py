"""An instance read once: seconds, days, neighbours and openings, for whoever asks often."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from bazaar.rules.rotation.words import Candidate, Hindrance, Instance, Slot

Span = tuple[int, int]


def second(instant: datetime) -> int:
    """Return the whole second of an aware instant."""
    return int(instant.timestamp())


class Timetable:
    """What is fixed in an instance, whoever gets the slots. Spans are whole seconds."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.gap = instance.rules.min_gap_minutes * 60
        self.slots = {slot.id: slot for slot in instance.slots}
        self.span = {slot.id: (second(slot.start), second(slot.end)) for slot in instance.slots}
        days = {block.id: block.day for block in instance.blocks}
        self.day = {slot.id: days[slot.block] for slot in instance.slots}
        self.sellers: Mapping[str, Candidate] = {who.id: who for who in instance.sellers}
        self.now, self.frozen_until = _freeze(instance)
        self.begun = instance.published.begun if instance.published else frozenset[int]()
        self.consecutive = list(_consecutive(instance.slots))
        self.blocked: dict[str, set[str]] = {}
        for one, other in instance.blocked_pairs:
            self.blocked.setdefault(one, set()).add(other)
            self.blocked.setdefault(other, set()).add(one)
        self._openings: dict[str, dict[int, Span | None]] = {}
        by_start = sorted((start, end, slot) for slot, (start, end) in self.span.items())
        self._in_order = [slot for _, _, slot in by_start]
        self._starts = [start for start, _, _ in by_start]
        self._longest = max((end - start for start, end, _ in by_start), default=0)

    def order(self, slots: Iterable[int]) -> list[int]:
        """Return slots by start, channel, id."""
        return sorted(slots, key=lambda s: (self.span[s][0], self.slots[s].channel, s))

    def can_come(self, seller: str, slot: int) -> bool:
        """Tell whether the seller is available during the whole slot."""
        openings = self._openings.get(seller)
        if openings is None:
            openings = self._openings[seller] = _openings(self.sellers[seller])
        block = self.slots[slot].block
        if block not in openings:
            return False
        within = openings[block]
        start, end = self.span[slot]
        return within is None or (within[0] <= start and end <= within[1])

    def has_started(self, slot: int) -> bool:
        """Tell whether the slot starts before the `now` of a replan, or was on air before it."""
        return self.now is not None and (self.span[slot][0] < self.now or slot in self.begun)

    def is_frozen(self, slot: int) -> bool:
        """Tell whether a replan must leave the slot to its published seller."""
        if self.frozen_until is None:
            return False
        return self.span[slot][0] < self.frozen_until or slot in self.begun

    def has_left(self, seller: str, slot: int) -> bool:
        """Tell whether the seller dropped out before this slot."""
        return (
            self.now is not None and seller in self.instance.dropped and not self.has_started(slot)
        )

    def running(self, after: int, before: int) -> Iterator[int]:
        """Return the slots that end after the second `after` and start before `before`."""
        first = bisect_left(self._starts, after - self._longest)
        for slot in self._in_order[first : bisect_left(self._starts, before)]:
            if self.span[slot][1] > after:
                yield slot

    def near(self, slot: int, within: int = 0) -> Iterator[int]:
        """Return the other slots that overlap this one, or lie less than `within` seconds away."""
        start, end = self.span[slot]
        for other in self.running(start - within, end + within):
            if other != slot:
                yield other

    def between(self, one: int, other: int) -> Hindrance | None:
        """Tell what keeps one seller from having both slots: BUSY, GAP or nothing."""
        first, then = sorted((self.span[one], self.span[other]))
        pause = then[0] - first[1]
        if pause < 0:
            return Hindrance.BUSY
        return Hindrance.GAP if pause < self.gap else None


def _freeze(instance: Instance) -> tuple[int | None, int | None]:
    if instance.published is None:
        return None, None
    now = second(instance.published.now)
    return now, now + instance.rules.freeze_minutes * 60


def _consecutive(slots: Iterable[Slot]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that follow each other on a channel in a block, nothing closed between."""
    rows: dict[tuple[int, int], list[Slot]] = {}
    for slot in slots:
        rows.setdefault((slot.block, slot.channel), []).append(slot)
    for row in rows.values():
        row.sort(key=lambda slot: slot.pos)
        for one, other in pairwise(row):
            if not other.break_before:
                yield one.id, other.id


def _openings(who: Candidate) -> dict[int, Span | None]:
    """Return the blocks the seller can come to, with its span in those it cannot come to whole."""
    found: dict[int, Span | None] = dict.fromkeys(who.blocks)
    for cut in who.cuts:
        if cut.block in found:
            found[cut.block] = second(cut.start), second(cut.end)
    return found
