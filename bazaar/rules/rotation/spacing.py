"""Last of all, rest: turns of one seller that stand close together are moved apart.

Only slots of the same weight are exchanged, so that nothing that matters more is touched: hard
rules, fill, turns, clashes and everybody's prime time stay as they are.
"""

from collections import defaultdict

from bazaar.rules.rotation.board import NOBODY
from bazaar.rules.rotation.exchange import Exchange

REST = 2 * 60 * 60
"""Seconds between the starts of two turns from which on they are far enough apart."""

ROUNDS = 3
LOOKS = 60
"""So many slots of the same weight are looked at for one turn, the nearest in time first."""


def spread(exchange: Exchange) -> None:
    """Exchange slots of equal weight while two sellers' shortest rests become longer by it."""
    board, weight = exchange.board, exchange.board.grid.weight
    equals: defaultdict[int, list[int]] = defaultdict(list)
    rank: dict[int, int] = {}
    for k, free in enumerate(board.open):
        if free:
            rank[k] = len(equals[weight[k]])
            equals[weight[k]].append(k)
    for _ in range(ROUNDS):
        better = False
        for a, place in rank.items():
            i = board.owner[a]
            if i != NOBODY and _rest(exchange, i, a, a) < REST:
                better = _move(exchange, a, equals[weight[a]], place) or better
        if not better:
            break


def _move(exchange: Exchange, a: int, others: list[int], place: int) -> bool:
    """Exchange slot a with the nearest of the others that leaves both sellers more rest."""
    owner = exchange.board.owner
    i = owner[a]
    mine = _rest(exchange, i, a, a)
    for step in range(2, LOOKS):
        at = place + (step // 2 if step % 2 else -(step // 2))
        if not 0 <= at < len(others):
            continue
        b = others[at]
        j = owner[b]
        if j in (i, NOBODY) or _rest(exchange, i, a, b) <= mine:
            continue
        now = min(mine, _rest(exchange, j, b, b))
        if min(_rest(exchange, i, a, b), _rest(exchange, j, b, a)) > now and exchange.swap(a, b):
            return True
    return False


def _rest(exchange: Exchange, i: int, old: int, new: int) -> int:
    """Return how far slot `new` would be from seller i's next turn, if he gave up `old` for it.

    From `REST` on, all is the same.
    """
    grid = exchange.board.grid
    start, here = grid.start, grid.start[grid.moment[new]]
    gone, nearest = grid.moment[old], REST
    for m in exchange.board.held[i]:
        if m != gone:
            nearest = min(nearest, abs(start[m] - here))
    return nearest
