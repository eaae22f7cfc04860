"""Step C, evenness: exchanges that bring everybody's prime time near to his share.

Sought is the smallest sum of squares of the balances (what somebody has and brought along, minus
his share). Exchanges are proposed at random and taken when they help, or, while the search is
warm, when they do not hurt much; it cools down to nothing. That is threshold accepting: Dueck,
Scheuer, "Threshold accepting", 1990, with thresholds drawn evenly from 0 to the heat.

Chance comes from SHAKE-256 of the seed, all comparisons are of integers, and it is proposals that
are counted, not seconds: the same input gives the same plan.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator
from math import isqrt

from bazaar.rules.rotation.board import FINE, NOBODY, Board
from bazaar.rules.rotation.clashes import count, mend
from bazaar.rules.rotation.exchange import Exchange

EXCHANGES = 8
"""So many exchanges, times the root of the number of slots, are one iteration."""

LADDERS = 4
STEPS = 6
"""Of a pass: four times along the ladder, once through the blocks, once handing over turns."""

HOT = 1600 * FINE * FINE
HALVINGS = 11
"""The first heat lets the squares of two sellers grow by 40 weights' square; then it halves."""

COLD_PASSES = 8
MENDINGS = 20
WORDS = 16_384


def words(seed: str, name: str) -> Iterator[int]:
    """Yield 32-bit numbers without end, the same for the same seed and name."""
    block = 0
    while True:
        text = f"{seed}|{name}|search|{block}"
        raw = hashlib.shake_256(text.encode()).digest(4 * WORDS)
        yield from struct.unpack(f"<{WORDS}I", raw)
        block += 1


def _heat(done: int, of: int) -> int:
    """Return the heat after so many of the warm passes: `HALVINGS` times halved at the end."""
    halved, rest = divmod(done * HALVINGS, of)
    return (HOT >> halved) * (2 * of - rest) // (2 * of)


class Search:
    """Step C on a board that steps A and B have filled."""

    def __init__(self, board: Board, chance: Iterator[int]) -> None:
        self.board = board
        self.exchange = Exchange(board)
        self._chance = chance
        free = [k for k, free in enumerate(board.open) if free]
        self._free = free
        self._ladder = sorted(free, key=lambda k: (board.grid.weight[k], k))
        self._blocks = [
            [k for m in range(a, b) for k in board.grid.members[m] if board.open[k]]
            for a, b in board.grid.range_of_block.values()
        ]

    def mend(self) -> int:
        """Exchange slots until clashes become no fewer; return how many slots still clash."""
        return mend(self.exchange, self._blocks)

    def run(self, iterations: int, progress: Callable[[float], None] | None) -> bool:
        """Even out prime time with so many iterations, and end with the best that was met.

        Says whether anything was looked for. Best is: fewest clashes, then the smallest sum of
        squares of the balances, among what stood to begin with and after each whole pass.
        """
        slots = len(self._free)
        passes = min(iterations * EXCHANGES * isqrt(slots) // max(1, STEPS * slots), 4 * slots)
        self._begin()
        left = self.mend() if passes else 0
        mending = max(1, passes // MENDINGS)
        warm = passes - COLD_PASSES
        for at in range(passes):
            if at == COLD_PASSES and not left and self._is_even():
                break
            done, cold = max(0, at - COLD_PASSES), at < COLD_PASSES or at >= warm
            heat = 0 if cold else _heat(done, warm - COLD_PASSES)
            reach = (len(self._ladder) - 1) * (5 * passes - 4 * done) // (5 * passes)
            self._pass(heat, reach)
            if left and at % mending == mending - 1:
                left = self.mend()
            self._remember()
            if progress is not None:
                progress(at / passes)
        self._return_to_best()
        if progress is not None:
            progress(1.0)
        return passes > 0

    def _begin(self) -> None:
        """Take the board as it is for the best so far."""
        board = self.board
        top = max(board.turns, default=0) + 2
        self._shares = [board.share(turns) for turns in range(top)]
        self.exchange.take_stock()
        self._clashes = 1
        self._best = self._goal()
        self._kept = board.owner[:], dict(self.exchange.effects)

    def _goal(self) -> tuple[int, int]:
        """Return what is to be small; once there are no clashes, there never are any again."""
        clashes = count(self.board) if self._clashes else 0
        self._clashes = clashes
        return clashes, sum(one * one for one in self.exchange.balance)

    def _remember(self) -> None:
        goal = self._goal()
        if goal < self._best:
            self._best, self._kept = goal, (self.board.owner[:], dict(self.exchange.effects))

    def _return_to_best(self) -> None:
        if self._goal() > self._best:
            owner, self.exchange.effects = self._kept
            self.board.settle(owner)
            self.exchange.take_stock()

    def _is_even(self) -> bool:
        """Tell whether the balances are as even as whole weights can be: one unit on average."""
        balance = self.exchange.balance
        return sum(one * one for one in balance) <= FINE * FINE * len(balance)

    def _pass(self, heat: int, reach: int) -> None:
        for block in self._blocks:
            self._sweep(block, len(block) - 1, heat)
        for _ in range(LADDERS):
            self._sweep(self._ladder, reach, heat)
        self._hand_over(heat)

    def _sweep(self, line: list[int], reach: int, heat: int) -> None:
        """Propose for each slot of the line one partner in it, at most `reach` places away."""
        board, exchange = self.board, self.exchange
        owner, row, away, moment = board.owner, board.row, board.away, board.grid.moment
        worth, balance = exchange.worth, exchange.balance
        count, span = len(line), 2 * reach + 1
        for at, chance in zip(range(count), self._chance, strict=False):
            a = line[at]
            i = owner[a]
            to = at - reach + ((chance & 0xFFFF) * span >> 16)
            if to < 0:
                to = -to
            elif to >= count:
                to = 2 * count - 2 - to
            b = line[to]
            j = owner[b]
            if i == j or i < 0:
                continue
            change = worth[b] - worth[a]
            if j < 0:
                cost = (change * (2 * balance[i] + change)) >> 1
            else:
                cost = change * (balance[i] - balance[j] + change)
            if cost >= heat * (chance >> 16) >> 16:
                continue
            m, n = moment[a], moment[b]
            if m == n or (row[i][n] < away and (j < 0 or row[j][m] < away)):
                exchange.swap(a, b)

    def _hand_over(self, heat: int) -> None:
        """Propose for each slot to hand its turn to somebody who has one turn less."""
        board, exchange, shares = self.board, self.exchange, self._shares
        owner, row, moment = board.owner, board.row, board.grid.moment
        turns, owed = board.turns, [who.owed for who in board.sellers]
        worth, balance, count = exchange.worth, exchange.balance, len(board.sellers)
        for k, chance in zip(self._free, self._chance, strict=False):
            i = owner[k]
            j = (chance & 0xFFFF) * count >> 16
            if i == NOBODY or turns[i] - owed[i] != turns[j] - owed[j] + 1 or row[j][moment[k]]:
                continue
            falls = worth[k] - shares[turns[i]] + shares[turns[i] - 1]
            rises = worth[k] - shares[turns[j] + 1] + shares[turns[j]]
            cost = rises * (2 * balance[j] + rises) - falls * (2 * balance[i] - falls)
            if cost < 2 * (heat * (chance >> 16) >> 16):
                exchange.hand_over(k, j, falls, rises)
