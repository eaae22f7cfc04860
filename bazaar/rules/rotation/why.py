"""The planner's reasons: for every slot who could have had it, and what decided.

They are facts of the finished plan, so that anybody can count them again: a candidate for a slot
is whoever could take it if it were empty and all else stayed.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from bazaar.rules.rotation.board import FINE, NOBODY, Board
from bazaar.rules.rotation.words import Decided, Hindrance, Reason, Standing, Swap


class Why:
    """Reads reasons and standings off a finished board."""

    def __init__(self, board: Board, swaps: Mapping[int, Swap]) -> None:
        self.board = board
        self._swaps = swaps
        self._balance = board.balances()
        self._level = [board.turns[i] - who.owed for i, who in enumerate(board.sellers)]
        self._order = sorted(
            range(len(board.sellers)), key=lambda i: (self._level[i], self._balance[i], i)
        )
        self._barred = self._barred_by_pairs()
        self._had: Counter[int] = Counter()

    def reasons(self) -> tuple[Reason, ...]:
        """Return one reason a slot, in the order of slots."""
        excluded = self._excluded()
        members = self.board.grid.members
        rivals = [self._rivals(m) if members[m] else [] for m in range(len(members))]
        made = []
        for k, m in enumerate(self.board.grid.moment):
            made.append(self._reason(k, excluded[m], rivals[m]))
        return tuple(made)

    def standings(self, rounds: Sequence[int]) -> tuple[Standing, ...]:
        """Return one standing a seller, in the order of the draw."""
        board = self.board
        prime = board.primes()
        made = [
            Standing(
                who.id,
                board.place[who.id],
                rounds[i],
                board.turns[i],
                prime[i],
                _rounded(board.carry[i]),
                0 if who.id in board.dropped else _rounded(board.share(board.turns[i])),
            )
            for i, who in enumerate(board.sellers)
        ]
        return tuple(sorted(made, key=lambda standing: standing.place))

    def _excluded(self) -> list[Counter[str]]:
        """Count for each moment who cannot have another turn in it, by what keeps them."""
        board = self.board
        counts: list[Counter[str]] = [Counter() for _ in board.gone]
        here = [sum(column) for column in zip(*board.comes, strict=True)] or [0] * len(counts)
        for m, gone in enumerate(board.gone):
            counts[m][Hindrance.DROPPED.value] = gone
            counts[m][Hindrance.AVAILABILITY.value] = len(board.sellers) - gone - here[m]
        for i, comes in enumerate(board.comes):
            for m, hindrance in self._kept_from(i).items():
                if comes[m]:
                    counts[m][hindrance.value] += 1
        return counts

    def _kept_from(self, i: int) -> dict[int, Hindrance]:
        """Return the moments seller i cannot have beside what he has, and what forbids them."""
        board, grid = self.board, self.board.grid
        found: dict[int, Hindrance] = {}
        most = board.most[i]
        if most is not None and board.turns[i] >= most:
            found.update(dict.fromkeys(range(grid.moments), Hindrance.MAX_TURNS))
        if board.limit is not None:
            for day, count in board.on_day[i].items():
                if count >= board.limit:
                    found.update(dict.fromkeys(grid.moments_on[day], Hindrance.DAY))
        for m in board.held[i]:
            found.update(
                (o, Hindrance.GAP) for o in grid.near[m] if found.get(o) is not Hindrance.BUSY
            )
            found.update(dict.fromkeys(grid.overlap[m], Hindrance.BUSY))
        return found

    def _barred_by_pairs(self) -> dict[int, set[int]]:
        """Return who is kept from which slot by nothing but a blocked pair."""
        board, grid = self.board, self.board.grid
        barred: defaultdict[int, set[int]] = defaultdict(set)
        for o, i in enumerate(board.owner[:-1]):
            if i == NOBODY or not board.foes[i]:
                continue
            touched = {k for m in grid.overlap[grid.moment[o]] for k in grid.members[m]}
            touched |= {grid.before[o], grid.after[o]} - {-1}
            for k in touched - {o}:
                m = grid.moment[k]
                barred[k].update(foe for foe in board.foes[i] if self._able(foe, m))
        return barred

    def _able(self, i: int, m: int) -> bool:
        most = self.board.most[i]
        return not self.board.row[i][m] and (most is None or self.board.turns[i] < most)

    def _rivals(self, m: int) -> list[int]:
        """Return the first few who could have a turn in moment m, best claim first."""
        able = (i for i in self._order if self._able(i, m))
        return list(islice(able, 1 + max(len(self._barred.get(k, ())) for k in self._members(m))))

    def _members(self, m: int) -> list[int]:
        return self.board.grid.members[m]

    def _reason(self, k: int, counts: Counter[str], rivals: Sequence[int]) -> Reason:
        board = self.board
        m, i = board.grid.moment[k], board.owner[k]
        barred = self._barred.get(k, set[int]())
        excluded = counts + Counter({Hindrance.BLOCKED_PAIR.value: len(barred - {i})})
        if i != NOBODY:
            excluded[self._own_hindrance(i, m).value] -= 1
        rival = next((j for j in rivals if j not in barred and j != i), None)
        had = self._had[i]
        self._had[i] += 1
        return Reason(
            board.grid.slots[k].id,
            board.sellers[i].id if i != NOBODY else None,
            self._decided(k, i, rival),
            len(board.sellers) - excluded.total(),
            had if i != NOBODY else 0,
            same_cluster=i != NOBODY and board.shown[board.grid.before[k]] == board.cluster[i],
            rival=board.sellers[rival].id if rival is not None else None,
            excluded={one.value: n for one in Hindrance if (n := excluded[one.value])},
            swap=self._swaps.get(k),
        )

    def _own_hindrance(self, i: int, m: int) -> Hindrance:
        """Return as what the owner of a slot in moment m has been counted: mostly as busy there."""
        board = self.board
        if board.comes[i][m]:
            return Hindrance.BUSY
        gone = board.sellers[i].id in board.dropped and board.gone[m]
        return Hindrance.DROPPED if gone else Hindrance.AVAILABILITY

    def _decided(self, k: int, i: int, rival: int | None) -> Decided:
        if i == NOBODY:
            return Decided.NOBODY
        if k in self.board.fixed:
            return self.board.fixed[k]
        if rival is None:
            return Decided.ONLY
        return Decided.SWAP if k in self._swaps else self._claim(k, i, rival)

    def _claim(self, k: int, i: int, rival: int) -> Decided:
        """Return in what the seller without this slot is ahead of the next best candidate."""
        board = self.board
        if self._level[i] - 1 < self._level[rival]:
            return Decided.TURNS
        if self._clash(board.cluster[rival], k) and not self._clash(board.cluster[i], k):
            return Decided.CLUSTER
        if self._balance[i] - FINE * board.grid.weight[k] < self._balance[rival]:
            return Decided.BALANCE
        return Decided.TICKET

    def _clash(self, cluster: int, k: int) -> bool:
        grid, shown = self.board.grid, self.board.shown
        return cluster in (shown[grid.before[k]], shown[grid.after[k]])


def _rounded(fine: int) -> int:
    return (2 * fine + FINE) // (2 * FINE)
