"""Step B, places: which slot of its block each turn gets.

Block by block in time, whoever is furthest behind his share takes the heaviest slot that is
left, without a clash of clusters if there is one. The moments of step A are kept where a cut, a
gap or a second turn in the block leaves no freedom.
"""

from collections.abc import Iterable

from bazaar.rules.rotation.board import FINE, NOBODY, Board


class Places:
    """Step B on a board whose moments are booked."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._received = [0] * len(board.sellers)
        self._placed = [0] * len(board.sellers)

    def run(self) -> None:
        """Seat everybody who holds a moment."""
        board = self.board
        grid = board.grid
        worth = sum(grid.weight[k] for k, free in enumerate(board.open) if free)
        slots = max(1, sum(board.open))
        self._mean = worth // slots
        for a, b in grid.range_of_block.values():
            crowd = [i for m in range(a, b) for i in board.holders[m]]
            if not crowd:
                continue
            places = None
            if len(set(crowd)) == len(crowd):
                places = self._freely(sorted(crowd, key=self._behind), a, b)
            if places is None:
                places = self._as_booked(a, b)
            for i, k in places:
                self._received[i] += grid.weight[k]
                self._placed[i] += 1

    def _behind(self, i: int) -> tuple[int, int]:
        """Return how far seller i is ahead of the mean for the turns placed so far, carry too."""
        carry = self.board.carry[i] // FINE
        return self._received[i] - self._placed[i] * self._mean + carry, i

    def _freely(self, crowd: list[int], a: int, b: int) -> list[tuple[int, int]] | None:
        """Seat the crowd anywhere in its block, or nobody when somebody would be left over."""
        board, grid = self.board, self.board.grid
        booked = {i: m for m in range(a, b) for i in board.holders[m]}
        slots = [k for m in range(a, b) for k in grid.members[m] if board.open[k]]
        slots.sort(key=lambda k: (-grid.weight[k], k))
        tight = {i: sum(not board.may_shift(i, booked[i], m) for m in range(a, b)) for i in crowd}
        seated: list[tuple[int, int]] = []
        for i in sorted(crowd, key=lambda i: (-tight[i], self._behind(i))):
            k = self._best(i, slots, booked[i])
            if k is None:
                for _, taken in seated:
                    board.unseat(taken)
                return None
            board.seat(i, k)
            slots.remove(k)
            seated.append((i, k))
        for i, k in seated:
            if grid.moment[k] != booked[i]:
                board.unbook(i, booked[i])
                board.book(i, grid.moment[k])
        return seated

    def _best(self, i: int, slots: Iterable[int], old: int) -> int | None:
        """Return the heaviest slot without a clash, or else the one with the fewest clashes."""
        board, grid = self.board, self.board.grid
        cluster = board.cluster[i]
        best, fewest = None, 0
        for k in slots:
            if not board.may_shift(i, old, grid.moment[k]):
                continue
            if board.foes[i] and board.foe_beside(i, k):
                continue
            clashes = board.clashes_with(cluster, k)
            if best is None or clashes < fewest:
                best, fewest = k, clashes
                if not clashes:
                    break
        return best

    def _as_booked(self, a: int, b: int) -> list[tuple[int, int]]:
        """Seat everybody in the moment booked; who would meet a foe there goes without."""
        board, grid = self.board, self.board.grid
        seated: list[tuple[int, int]] = []
        for m in range(a, b):
            slots = [k for k in grid.members[m] if board.open[k]]
            slots.sort(key=lambda k: (-grid.weight[k], k))
            for i in sorted(board.holders[m], key=lambda i: (not board.foes[i], self._behind(i))):
                k = self._best(i, slots, m)
                if k is None:
                    board.unbook(i, m)
                    continue
                board.seat(i, k)
                slots.remove(k)
                seated.append((i, k))
        return seated


def fill_up(board: Board) -> None:
    """Give each empty slot to whoever has fewest turns among those who can come.

    There is one where a blocked pair was in the way and has moved apart since.
    """
    grid = board.grid
    owed = [who.owed for who in board.sellers]
    for k, m in enumerate(grid.moment):
        if not board.open[k] or board.owner[k] != NOBODY:
            continue
        able = [
            (board.turns[i] - owed[i], i)
            for i in range(len(owed))
            if board.may_take(i, m) and not board.foe_beside(i, k)
        ]
        if able:
            _, best = min(able)
            board.book(best, m)
            board.seat(best, k)
