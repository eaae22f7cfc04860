"""The airtime of an instance in integers: slots, the moments they share, and what touches what.

A *moment* is all slots of one block with the same start and end, one on each channel: for a
seller they differ in audience only. Slots and moments are numbered in a fixed order (by time,
then ids), so that every step of the planner can work with lists and break ties by number.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from bazaar.rules.rotation.words import Block, Instance, Slot


def second(instant: datetime) -> int:
    """Return the instant in seconds since 1970."""
    return int(instant.timestamp())


class Grid:
    """Slots and moments by number. A neighbour of -1 is nobody's slot."""

    def __init__(self, instance: Instance) -> None:
        rank, blocks = _ranked(instance.blocks)
        self.slots: list[Slot] = sorted(
            instance.slots, key=lambda slot: (second(slot.start), slot.channel, slot.id)
        )
        self.number = {slot.id: k for k, slot in enumerate(self.slots)}
        self.weight = [slot.weight for slot in self.slots]
        keys = [
            (rank[slot.block], second(slot.start), second(slot.end), slot.block)
            for slot in self.slots
        ]
        moments = sorted(set(keys))
        self.moments = len(moments)
        self.start = [key[1] for key in moments]
        self.end = [key[2] for key in moments]
        self.day = [blocks[key[3]].day for key in moments]
        self.block = [key[3] for key in moments]
        self.range_of_block = _ranges(self.block)
        where = {key: m for m, key in enumerate(moments)}
        self.moment = [where[key] for key in keys]
        self.members: list[list[int]] = [[] for _ in moments]
        for k, m in enumerate(self.moment):
            self.members[m].append(k)
        self.before, self.after = self._neighbours()
        self.overlap = self._within(0)
        self.near = self._within(int(instance.rules.min_gap_minutes * 60))
        self.marks = self._marks()
        self.moments_on: defaultdict[int, list[int]] = defaultdict(list)
        for m, day in enumerate(self.day):
            self.moments_on[day].append(m)

    def _neighbours(self) -> tuple[list[int], list[int]]:
        before, after = [-1] * len(self.slots), [-1] * len(self.slots)
        chains: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for k, slot in enumerate(self.slots):
            chains[slot.block, slot.channel].append((slot.pos, k))
        for chain in chains.values():
            chain.sort()
            for (_, first), (_, second_) in pairwise(chain):
                if not self.slots[second_].break_before:
                    before[second_], after[first] = first, second_
        return before, after

    def _within(self, gap: int) -> list[list[int]]:
        """Return for each moment, itself included, those it leaves less than `gap` seconds to."""
        near: list[list[int]] = [[m] for m in range(self.moments)]
        order = sorted(range(self.moments), key=lambda m: (self.start[m], m))
        for n, m in enumerate(order):
            until = self.end[m] + gap
            after = n + 1
            while after < len(order) and self.start[order[after]] < until:
                near[m].append(order[after])
                near[order[after]].append(m)
                after += 1
        return [sorted(others) for others in near]

    def _marks(self) -> list[list[int]]:
        """Return for each moment the starts (numbered) in its block at which it is on air."""
        numbers: dict[tuple[int, int], int] = {}
        for m in range(self.moments):
            numbers.setdefault((self.block[m], self.start[m]), len(numbers))
        self.mark_count = len(numbers)
        return [
            sorted(
                {
                    numbers[self.block[o], self.start[o]]
                    for o in self.overlap[m]
                    if self.block[o] == self.block[m] and self.start[o] >= self.start[m]
                }
            )
            for m in range(self.moments)
        ]


def _ranked(blocks: Sequence[Block]) -> tuple[dict[int, int], dict[int, Block]]:
    """Return the place of each block in time, and the block, by id."""
    order = sorted(blocks, key=lambda block: (second(block.start), block.id))
    return {block.id: n for n, block in enumerate(order)}, {block.id: block for block in order}


def _ranges(block: list[int]) -> dict[int, tuple[int, int]]:
    """Return where the moments of each block begin and end; they stand together."""
    ranges: dict[int, tuple[int, int]] = {}
    for m, number in enumerate(block):
        ranges[number] = ranges.get(number, (m, m))[0], m + 1
    return ranges
