"""Step A, turns: who gets how many, in rounds.

Round after round, everybody in the order of claim gets one turn more if there is room for it:
directly, or by moving other sellers to other moments, so that nobody loses a turn. Whoever finds
no room is finished. The numbers of turns that come out are the most even ones there are at the
fullest programme (leximin), as in an optimal semi-matching: Harvey, Ladner, Lovász, Tamir,
"Semi-matchings for bipartite graphs and load balancing", 2006.

Gaps between turns can hide room from this search where a flow would still find it; a second look
at those who were turned away, which may also take from somebody with two turns more, mends that.
"""

from collections.abc import Iterable

from bazaar.rules.rotation.board import Board

RETRIES = 4
SECOND_LOOKS = 20_000_000
"""Steps of the second look, all sellers together: it is bounded, and the bound is not a clock."""

Move = tuple[int, int, int]
"""Seller, the moment given up (-1: none), the moment taken."""


class Rounds:
    """Step A on a board. `rounds[i]`: in so many rounds seller i got a turn."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.rounds = [0] * len(board.sellers)
        self.level = [board.turns[i] - who.owed for i, who in enumerate(board.sellers)]
        self._dead: set[int] = set()
        self._open = list(range(board.grid.moments))
        self._steps = 0

    def run(self) -> None:
        """Hand out all the turns there is room for."""
        waiting, finished = list(range(len(self.level))), list[int]()
        at = min(self.level, default=0)
        while waiting:
            stay = []
            for i in waiting:
                if self.level[i] > at or self._one_more(i):
                    stay.append(i)
                else:
                    finished.append(i)
            waiting = stay
            at += 1
        self._look_again(finished)

    def _one_more(self, i: int) -> bool:
        board = self.board
        self._forget_full()
        open_to = (m for m in self._open if board.free[m] > 0 and board.may_take(i, m))
        found = self._uncrowded(i, open_to)
        if found is not None:
            board.book(i, found)
            self._count(i, 1)
            return True
        path, seen = self._find_room(i)
        if path is None:
            self._dead.update(seen)
            return False
        return self._walk(i, path)

    def _uncrowded(self, i: int, open_to: Iterable[int]) -> int | None:
        """Return the first moment with room for i's cluster, or else the first at all."""
        board, cluster = self.board, self.board.cluster[i]
        first = None
        for m in open_to:
            if board.crowd[m][cluster] < board.cap:
                return m
            first = m if first is None else first
        return first

    def _count(self, i: int, step: int) -> None:
        self.level[i] += step
        self.rounds[i] += step

    def _forget_full(self) -> None:
        free = self.board.free
        if self._open and free[self._open[0]] <= 0:
            self._open = [m for m in self._open if free[m] > 0]

    def _walk(self, i: int, path: list[Move]) -> bool:
        """Make the moves, last first. When they disturb each other, look for another way."""
        shun: set[Move] = set()
        found: list[Move] | None = path
        for _ in range(RETRIES):
            if found is None:
                return False
            if self._apply(found):
                self._count(i, 1)
                return True
            shun.update(found)
            found, _ = self._find_room(i, shun)
        return False

    def _apply(self, path: list[Move]) -> bool:
        board = self.board
        done: list[Move] = []
        for i, old, new in reversed(path):
            may = board.may_take(i, new) if old < 0 else board.may_shift(i, old, new)
            if not may or board.free[new] <= 0:
                for who, back, away in reversed(done):
                    board.unbook(who, away)
                    board.book(who, back)
                return False
            if old >= 0:
                board.unbook(i, old)
            board.book(i, new)
            done.append((i, old, new))
        return True

    def _find_room(
        self, i: int, shun: set[Move] | frozenset[Move] = frozenset(), poor: int | None = None
    ) -> tuple[list[Move] | None, list[int]]:
        """Search breadth first for moves that make room for one turn more of seller i.

        Returns the moves, first seller i's own, or None; and the moments that were reached. With
        `poor`, a moment where somebody has two levels more than that counts as room, too.
        """
        board, free = self.board, self.board.free
        came: dict[int, Move] = {}
        queue: list[int] = []
        unseen: list[int] = []
        for m in range(board.grid.moments):
            if m in self._dead:
                continue
            if board.may_take(i, m) and (i, -1, m) not in shun:
                came[m] = (i, -1, m)
                queue.append(m)
            else:
                unseen.append(m)
        for m in queue:
            if free[m] > 0 or (poor is not None and self._rich(m, poor) is not None):
                return _way_back(came, m), queue
            for j in board.holders[m]:
                row, away = board.row[j], board.away
                self._steps += len(unseen)
                rest = []
                for new in unseen:
                    if row[new] < away and board.may_shift(j, m, new) and (j, m, new) not in shun:
                        came[new] = (j, m, new)
                        queue.append(new)
                    else:
                        rest.append(new)
                unseen = rest
        return None, queue

    def _rich(self, m: int, poor: int) -> int | None:
        """Return who of moment m has the most turns, if that is at least two more than `poor`."""
        rich = max(self.board.holders[m], key=lambda j: (self.level[j], j), default=None)
        return rich if rich is not None and self.level[rich] >= poor + 2 else None

    def _look_again(self, finished: list[int]) -> None:
        """Try once more for those turned away, now without skipping what looked hopeless."""
        self._dead = set()
        again = True
        while again:
            again = False
            top = max((self.level[j] for some in self.board.holders for j in some), default=0)
            room = any(free > 0 for free in self.board.free)
            for i in sorted(finished, key=lambda i: (self.level[i], i)):
                if self._steps > SECOND_LOOKS or not (room or top >= self.level[i] + 2):
                    return
                again = self._another_way(i) or again

    def _another_way(self, i: int) -> bool:
        """Give seller i one turn more, maybe one that somebody richer gives up."""
        board = self.board
        path, _ = self._find_room(i, poor=self.level[i])
        if path is None:
            return False
        last = path[-1][2]
        rich = None if board.free[last] > 0 else self._rich(last, self.level[i])
        if rich is not None:
            board.unbook(rich, last)
            self._count(rich, -1)
        if self._walk(i, path):
            return True
        if rich is not None:
            board.book(rich, last)
            self._count(rich, 1)
        return False


def _way_back(came: dict[int, Move], m: int) -> list[Move]:
    path = [came[m]]
    while path[-1][1] >= 0:
        path.append(came[path[-1][1]])
    return path[::-1]
