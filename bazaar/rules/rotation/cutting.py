"""Openings of the programme cut into slots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from bazaar.rules.rotation.words import Block, Slot


def slots(
    blocks: Iterable[Block],
    channels: Sequence[int],
    *,
    weights: Mapping[int, int],
    turn: timedelta,
    gap: timedelta,
) -> list[Slot]:
    """Cut every block into slots of `turn` with `gap` between them, on each channel alike.

    A slot that would pass the end of its block is not made. Ordered by start, then channel as
    given; ids count from 0. `weights` by block.
    """
    if turn <= timedelta(0) or gap < timedelta(0):
        raise ValueError(f"turn must be positive and gap not negative: {turn=} {gap=}")
    made: list[Slot] = []
    for block in sorted(blocks, key=lambda block: (block.start, block.id)):
        for pos in range((block.end - block.start + gap) // (turn + gap)):
            start = block.start + pos * (turn + gap)
            made += [
                Slot(len(made) + n, block.id, channel, pos, start, start + turn, weights[block.id])
                for n, channel in enumerate(channels)
            ]
    return made
