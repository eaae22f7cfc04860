"""Exchanges of two slots, or of a slot and an empty one, and turns handed over.

What is exchanged is checked here: every hard rule holds before and after, and clashes never
become more. Whether an exchange is worth it is for the caller (`search`, `clashes`).
"""

from bazaar.rules.rotation.board import FINE, NOBODY, Board
from bazaar.rules.rotation.words import Swap

Effect = tuple[int, int, int, int, int, int]
"""Other slot, other seller, distances before (own, other) and after, in `FINE` parts."""


class Exchange:
    """The board as the search sees it. `balance[i]`: how far seller i is above his fair share.

    `effects[k]` is what the last exchange that brought k's owner there did, if it brought the
    sellers nearer to their shares.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.worth = [FINE * weight for weight in board.grid.weight]
        self.balance = board.balances()
        self.effects: dict[int, Effect] = {}

    def take_stock(self) -> None:
        """Count the balances anew, after the board was changed by others."""
        self.balance[:] = self.board.balances()

    def swap(self, a: int, b: int) -> bool:
        """Exchange the sellers of two slots if no rule forbids it; b may be empty."""
        board = self.board
        i, j = board.owner[a], board.owner[b]
        if not self._may_swap(a, b, i, j) or self.clashes_more(a, b) > 0:
            return False
        self.force(a, b)
        return True

    def force(self, a: int, b: int) -> None:
        """Exchange without asking: `may_swap` has said yes."""
        board, balance = self.board, self.balance
        moment = board.grid.moment
        i, j = board.owner[a], board.owner[b]
        board.unseat(a)
        if j != NOBODY:
            board.unseat(b)
            board.seat(j, a)
            board.shift(j, moment[b], moment[a])
        board.seat(i, b)
        board.shift(i, moment[a], moment[b])
        change = self.worth[b] - self.worth[a]
        old_i, old_j = balance[i], balance[j] if j != NOBODY else 0
        balance[i] += change
        if j != NOBODY:
            balance[j] -= change
        new_j = balance[j] if j != NOBODY else 0
        self._note(a, b, (i, j), (old_i, old_j, balance[i], new_j))

    def _note(
        self, a: int, b: int, who: tuple[int, int], values: tuple[int, int, int, int]
    ) -> None:
        """Keep what the exchange did: seller who[0] is now in slot b, who[1] in slot a."""
        (i, j), (old_i, old_j, new_i, new_j) = who, values
        effects = self.effects
        effects.pop(a, None)
        effects.pop(b, None)
        if new_i * new_i + new_j * new_j < old_i * old_i + old_j * old_j:
            effects[b] = (a, j, old_i, old_j, new_i, new_j)
            if j != NOBODY and a != b:
                effects[a] = (b, i, old_j, old_i, new_j, new_i)

    def may_swap(self, a: int, b: int) -> bool:
        """Tell whether the hard rules let the seller of slot a and that of b change places."""
        return self._may_swap(a, b, self.board.owner[a], self.board.owner[b])

    def _may_swap(self, a: int, b: int, i: int, j: int) -> bool:
        board = self.board
        m, n = board.grid.moment[a], board.grid.moment[b]
        if m != n and not (board.may_shift(i, m, n) and (j == NOBODY or board.may_shift(j, n, m))):
            return False
        foes = board.foes
        return not (foes[i] or (j != NOBODY and foes[j])) or self._no_foes(a, b, i, j)

    def _no_foes(self, a: int, b: int, i: int, j: int) -> bool:
        board = self.board
        board.owner[a], board.owner[b] = j, i
        met = board.foe_beside(i, b) or (j != NOBODY and board.foe_beside(j, a))
        board.owner[a], board.owner[b] = i, j
        return not met

    def clashes_more(self, a: int, b: int) -> int:
        """Return how many clashes more there are when the sellers of two slots change places."""
        grid, shown = self.board.grid, self.board.shown
        mine, yours = shown[a], shown[b]
        if mine == yours:
            return 0
        more = 0
        for n in (grid.before[b], grid.after[b]):
            if n != a:
                there = shown[n]
                more += (there == mine) - (there == yours != NOBODY)
        for n in (grid.before[a], grid.after[a]):
            if n != b:
                there = shown[n]
                more += (there == yours != NOBODY) - (there == mine)
        if grid.moment[a] != grid.moment[b]:
            more += self._crowds_more(grid.moment[a], grid.moment[b], mine, yours)
        return more

    def _crowds_more(self, m: int, n: int, mine: int, yours: int) -> int:
        """Return how many clashes more at one time: a `mine` goes from m to n, a `yours` back."""
        board, cap = self.board, self.board.cap
        left, reached = board.grid.marks[m], board.grid.marks[n]
        more = 0
        for mark in reached:
            if mark not in left:
                air = board.on_air[mark]
                more += air[mine] >= cap
                if yours != NOBODY:
                    more -= air[yours] > cap
        for mark in left:
            if mark not in reached:
                air = board.on_air[mark]
                more -= air[mine] > cap
                if yours != NOBODY:
                    more += air[yours] >= cap
        return more

    def hand_over(self, k: int, j: int, falls: int, rises: int) -> bool:
        """Give slot k to seller j, who has one turn less than its owner, if no rule forbids it.

        By so much the owner's balance falls and that of j rises.
        """
        board, balance = self.board, self.balance
        i, m = board.owner[k], board.grid.moment[k]
        if not board.may_take(j, m) or (board.foes[j] and board.foe_beside(j, k)):
            return False
        board.unseat(k)
        if board.clashes_with(board.cluster[j], k) > board.clashes_with(board.cluster[i], k):
            board.seat(i, k)
            return False
        board.seat(j, k)
        board.move_turn(i, j, m)
        old_i, old_j = balance[i], balance[j]
        balance[i] -= falls
        balance[j] += rises
        self._note(k, k, (j, i), (old_j, old_i, balance[j], balance[i]))
        return True

    def swaps(self) -> dict[int, Swap]:
        """Return the last exchange of each slot in the words of the plan."""
        names = [who.id for who in self.board.sellers]
        slots = self.board.grid.slots
        return {
            k: Swap(
                slots[other].id,
                names[j] if j != NOBODY else None,
                (_distance(old), _distance(old_j)),
                (_distance(new), _distance(new_j)),
            )
            for k, (other, j, old, old_j, new, new_j) in self.effects.items()
        }


def _distance(fine: int) -> int:
    return (2 * abs(fine) + FINE) // (2 * FINE)
