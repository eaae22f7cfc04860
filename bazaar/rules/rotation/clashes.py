"""Clashes mended: two of one cluster after each other on a channel, or too many at one time."""

from collections.abc import Iterable

from bazaar.rules.rotation.board import NOBODY, Board
from bazaar.rules.rotation.exchange import Exchange

ROUNDS = 20
LOOKS = 4_000
"""So many slots are looked at to mend one clash: then it waits for the next round."""


def clashing(exchange: Exchange) -> list[int]:
    """Return the slots, free to be exchanged, whose seller clashes with another."""
    board, grid = exchange.board, exchange.board.grid
    found = []
    for k, free in enumerate(board.open):
        cluster = board.shown[k]
        if not free or cluster == NOBODY:
            continue
        if cluster in (board.shown[grid.before[k]], board.shown[grid.after[k]]) or any(
            board.on_air[mark][cluster] > board.cap for mark in grid.marks[grid.moment[k]]
        ):
            found.append(k)
    return found


def count(board: Board) -> int:
    """Return how many clashes there are: neighbours of one cluster, and too many at one time."""
    shown = board.shown
    beside = sum(
        cluster != NOBODY and cluster == shown[after]
        for cluster, after in zip(shown, board.grid.after, strict=False)
    )
    crowded = sum(max(0, many - board.cap) for mark in board.on_air for many in mark)
    return beside + crowded


def mend(exchange: Exchange, blocks: list[list[int]]) -> int:
    """Exchange slots so that clashes become fewer; return how many slots still clash.

    Of all exchanges that take away most clashes, the one that costs least evenness; first inside
    the block, then with the blocks around it.
    """
    home = {k: n for n, slots in enumerate(blocks) for k in slots}
    found = clashing(exchange)
    for _ in range(ROUNDS):
        better = False
        for a in found:
            looks = 0
            for n in _outwards(home[a], len(blocks)):
                b = _best(exchange, a, blocks[n])
                looks += len(blocks[n])
                if b is not None:
                    exchange.force(a, b)
                    better = True
                if b is not None or looks > LOOKS:
                    break
        found = clashing(exchange)
        if not better or not found:
            break
    return len(found)


def _outwards(home: int, count: int) -> list[int]:
    return sorted(range(count), key=lambda n: (abs(n - home), n))


def _best(exchange: Exchange, a: int, choice: Iterable[int]) -> int | None:
    """Return the slot to exchange with that takes away most clashes, if one takes away any."""
    board, worth, balance = exchange.board, exchange.worth, exchange.balance
    i, cluster = board.owner[a], board.shown[a]
    best: int | None = None
    least = (0, 0)
    for b in choice:
        j = board.owner[b]
        if board.shown[b] == cluster:
            continue
        more = exchange.clashes_more(a, b)
        if more >= 0 or more > least[0]:
            continue
        change = worth[b] - worth[a]
        other = 2 * (change - balance[j]) if j != NOBODY else change
        cost = (more, change * (2 * balance[i] + other))
        if (best is None or cost < least) and exchange.may_swap(a, b):
            best, least = b, cost
    return best
