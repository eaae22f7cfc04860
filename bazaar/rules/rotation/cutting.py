"""Openings of the programme cut into slots."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bazaar.rules.rotation.words import Block, Closed, Slot

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pace:
    """How slots follow each other: each takes `turn`, then comes `gap`.

    After every `buffer_every` turns of an opening comes `buffer` more; 0: no buffers.
    """

    turn: timedelta
    gap: timedelta = NO_TIME
    buffer_every: int = 0
    buffer: timedelta = NO_TIME

    def __post_init__(self) -> None:
        lengths = (self.gap, self.buffer)
        if self.turn <= NO_TIME or min(lengths) < NO_TIME or self.buffer_every < 0:
            raise ValueError(f"turn must be positive, nothing else negative: {self}")


def slots(
    blocks: Iterable[Block],
    channels: Sequence[int],
    *,
    weights: Mapping[int, int],
    pace: Pace,
    closed: Iterable[Closed] = (),
    lost: Mapping[int, datetime] | None = None,
) -> list[Slot]:
    """Cut every block into slots, on each channel alike.

    No slot overlaps a closed time or passes the end of its block; after a closed time slots and
    buffers begin anew at its end. A channel in `lost` has no slot that ends after the instant
    from which it is lost. Ordered by start, then channel as given; ids count from 0. `weights`
    by block.
    """
    shut = sorted((one.start, one.end) for one in closed)
    gone = lost or {}
    made: list[Slot] = []
    for block in sorted(blocks, key=lambda block: (block.start, block.id)):
        for pos, (start, after_break) in enumerate(_starts(block, shut, pace)):
            end = start + pace.turn
            there = [each for each in channels if each not in gone or end <= gone[each]]
            made += [
                Slot(
                    len(made) + n,
                    block.id,
                    channel,
                    pos,
                    start,
                    end,
                    weights[block.id],
                    break_before=after_break and pos > 0,
                )
                for n, channel in enumerate(there)
            ]
    return made


def _starts(
    block: Block, shut: Sequence[tuple[datetime, datetime]], pace: Pace
) -> Iterator[tuple[datetime, bool]]:
    """Give where slots of a block begin, and whether a closed time lies just before."""
    for begins, ends, after_break in _open_parts(block, shut):
        start, first, turns = begins, after_break, 0
        while start + pace.turn <= ends:
            yield start, first
            first = False
            turns += 1
            start += pace.turn + pace.gap
            if pace.buffer_every and turns % pace.buffer_every == 0:
                start += pace.buffer


def _open_parts(
    block: Block, shut: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime, bool]]:
    """Give what the closed times, sorted by start, leave of a block; they may overlap."""
    begins, after_break = block.start, False
    for start, end in shut:
        if end <= begins or start >= block.end:
            continue
        if begins < start:
            yield begins, start, after_break
        begins, after_break = end, True
    if begins < block.end:
        yield begins, block.end, after_break
