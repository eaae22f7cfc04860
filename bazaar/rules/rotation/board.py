"""The board the planner works on: who may sit where, who does, and how far from a fair share.

Sellers are numbered in the order of their claim: fewest turns in earlier editions, then the
smallest carry, then the draw. All arithmetic is in integers, so that the same input gives the
same plan everywhere. Prime balances are kept in `FINE` parts of one unit of audience weight.
"""

from collections import Counter
from collections.abc import Sequence

from bazaar.rules.rotation.draw import ticket
from bazaar.rules.rotation.grid import Grid, second
from bazaar.rules.rotation.words import Candidate, Decided, Instance

FINE = 8
NOBODY = -1


class Board:
    """The state that the three steps share.

    `row[i][m]` is 0 when seller i may take a turn in moment m as things stand. Else it counts
    his own turns that m is too near to, plus `full` when he has all the turns of that day, plus
    `away` when he cannot come at all or a turn that stays fixed forbids it.
    """

    def __init__(self, instance: Instance, seed: str) -> None:
        self.grid = Grid(instance)
        self.limit = instance.rules.max_turns_per_day
        self.cap = max(1, instance.rules.cluster_same_time_max)
        self.now = second(instance.published.now) if instance.published else None
        self.dropped = instance.dropped if instance.published else frozenset[str]()
        self.begun = instance.published.begun if instance.published else frozenset[int]()
        tickets = {who.id: ticket(seed, instance.name, who.id) for who in instance.sellers}
        carries = _carries(instance, self.dropped)
        self.sellers: list[Candidate] = sorted(
            instance.sellers,
            key=lambda who: (who.turns_before, carries[who.id], tickets[who.id], who.id),
        )
        self.index = {who.id: i for i, who in enumerate(self.sellers)}
        drawn = sorted(self.sellers, key=lambda who: (tickets[who.id], who.id))
        self.place = {who.id: n for n, who in enumerate(drawn, 1)}
        self.carry = [carries[who.id] for who in self.sellers]
        self.most = [who.max_turns for who in self.sellers]
        names = sorted({who.cluster for who in self.sellers})
        self.cluster = [names.index(who.cluster) for who in self.sellers]
        self.clusters = len(names)
        self.foes = self._foes(instance.blocked_pairs)
        self._lay_out(instance)
        self._set_up()
        self._fix(instance)

    def _foes(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, ...]]:
        foes: list[set[int]] = [set() for _ in self.sellers]
        for one, other in pairs:
            if one in self.index and other in self.index and one != other:
                foes[self.index[one]].add(self.index[other])
                foes[self.index[other]].add(self.index[one])
        return [tuple(sorted(some)) for some in foes]

    def _lay_out(self, instance: Instance) -> None:
        """Note what does not change: which turns of one seller disturb each other."""
        grid = self.grid
        by_day = self.limit == 1
        self.near = [
            [o for o in others if not by_day or grid.day[o] != grid.day[m]]
            for m, others in enumerate(grid.near)
        ]
        self.near_to = [frozenset(others) for others in self.near]
        most = max(map(len, grid.near), default=0)
        self.full, self.away = (64, 128) if most < 64 else (1 << 30, 1 << 31)
        self.plain = not any(self.near)
        self.meets = [
            frozenset([*overlap, *self._forced_neighbours(m)])
            for m, overlap in enumerate(grid.overlap)
        ]

    def _forced_neighbours(self, m: int) -> list[int]:
        """Return the moments just before and after whose only slot follows the only slot of m."""
        if len(self.grid.members[m]) > 1:
            return []
        (k,) = self.grid.members[m]
        return [
            self.grid.moment[o]
            for o in (self.grid.before[k], self.grid.after[k])
            if o >= 0 and len(self.grid.members[self.grid.moment[o]]) == 1
        ]

    def _set_up(self) -> None:
        grid = self.grid
        count = len(grid.slots)
        self.owner = [NOBODY] * (count + 1)  # the last belongs to the neighbour -1
        self.shown = [NOBODY] * (count + 1)  # the owner's cluster
        self.fixed: dict[int, Decided] = {}
        self.open = [
            self.now is None or (second(slot.start) >= self.now and slot.id not in self.begun)
            for slot in grid.slots
        ]
        self.on_air = [[0] * self.clusters for _ in range(grid.mark_count)]
        self.turns = [0] * len(self.sellers)
        self.held: list[list[int]] = [[] for _ in self.sellers]
        self.holders: list[list[int]] = [[] for _ in range(grid.moments)]
        self.crowd = [[0] * self.clusters for _ in range(grid.moments)]
        self.on_day: list[Counter[int]] = [Counter() for _ in self.sellers]
        self.row = [self._row(who) for who in self.sellers]
        able = bytes([1]) + bytes(255)
        self.comes = [
            row.translate(able) if isinstance(row, bytearray) else bytes(x == 0 for x in row)
            for row in self.row
        ]
        self.gone = [
            len(self.dropped & self.index.keys()) if self.now is not None and at >= self.now else 0
            for at in grid.start
        ]

    def _row(self, who: Candidate) -> bytearray | list[int]:
        grid, away = self.grid, self.away
        row = bytearray([away]) * grid.moments if away < 256 else [away] * grid.moments
        if self.limit is not None and self.limit < 1:
            return row
        for block in sorted(who.blocks):
            if block in grid.range_of_block:
                a, b = grid.range_of_block[block]
                row[a:b] = bytes(b - a)
        for cut in who.cuts:
            a, b = grid.range_of_block.get(cut.block, (0, 0))
            opens, closes = second(cut.start), second(cut.end)
            for m in range(a, b):
                if grid.start[m] < opens or grid.end[m] > closes:
                    row[m] = away
        if who.id in self.dropped and self.now is not None:
            for m in range(grid.moments):
                if grid.start[m] >= self.now:
                    row[m] = away
        return row

    def _fix(self, instance: Instance) -> None:
        """Seat those who stay whatever the rule says: pins, and published turns in the freeze.

        What is fixed is not judged here. A pin on a slot that has started is a thing of the past.
        """
        for k, (i, why) in sorted(self._fixed(instance).items()):
            m = self.grid.moment[k]
            self.open[k] = False
            self.fixed[k] = why
            self.seat(i, k)
            self.crowd[m][self.cluster[i]] += 1
            self.turns[i] += 1
            self.held[i].append(m)
            self.on_day[i][self.grid.day[m]] += 1
            row, day = self.row[i], self.grid.day[m]
            shut = list(self.grid.near[m])
            if self.limit is not None and self.on_day[i][day] >= self.limit:
                shut += self.grid.moments_on[day]
            for o in shut:
                row[o] = self.away
        self.free = [sum(self.open[k] for k in some) for some in self.grid.members]
        self._count_shares()

    def _fixed(self, instance: Instance) -> dict[int, tuple[int, Decided]]:
        found: dict[int, tuple[int, Decided]] = {}
        published = instance.published
        if published is not None and self.now is not None:
            until = self.now + int(instance.rules.freeze_minutes * 60)
            for given in sorted(published.assignments, key=lambda one: (one.slot, one.seller)):
                k, i = self.grid.number.get(given.slot), self.index.get(given.seller)
                begun = given.slot in self.begun
                if k is None or i is None or (self._starts(k) >= until and not begun):
                    continue
                if given.seller not in self.dropped or self._starts(k) < self.now or begun:
                    found.setdefault(k, (i, Decided.KEPT))
        for pin in sorted(instance.pins, key=lambda one: (one.slot, one.seller), reverse=True):
            k, i = self.grid.number.get(pin.slot), self.index.get(pin.seller)
            if k is not None and i is not None and self.open[k] and pin.seller not in self.dropped:
                found[k] = (i, Decided.PIN)
        return found

    def _starts(self, k: int) -> int:
        return self.grid.start[self.grid.moment[k]]

    # Who holds a turn in which moment: what the hard rules are about.

    def book(self, i: int, m: int) -> None:
        """Give seller i a turn in moment m; `may_take` or `may_shift` has been asked."""
        self.holders[m].append(i)
        self.crowd[m][self.cluster[i]] += 1
        self.free[m] -= 1
        self._hold(i, m, 1)

    def unbook(self, i: int, m: int) -> None:
        """Take back what `book` gave."""
        self.holders[m].remove(i)
        self.crowd[m][self.cluster[i]] -= 1
        self.free[m] += 1
        self._hold(i, m, -1)

    def shift(self, i: int, old: int, new: int) -> None:
        """Let seller i hold moment `new` instead of `old`, without the books of step A."""
        if old == new:
            return
        if self.plain and self.limit == 1 and self.grid.day[old] == self.grid.day[new]:
            held = self.held[i]
            held[held.index(old)] = new
            return
        self._hold(i, old, -1)
        self._hold(i, new, 1)

    def move_turn(self, i: int, j: int, m: int) -> None:
        """Let seller j hold moment m instead of seller i, without the books of step A."""
        self._hold(i, m, -1)
        self._hold(j, m, 1)

    def _hold(self, i: int, m: int, step: int) -> None:
        row, day = self.row[i], self.grid.day[m]
        if step > 0:
            self.held[i].append(m)
        else:
            self.held[i].remove(m)
        self.turns[i] += step
        for o in self.near[m]:
            row[o] += step
        if self.limit is not None:
            count = self.on_day[i]
            count[day] += step
            if count[day] == self.limit - (step < 0):
                change = step * self.full
                for o in self.grid.moments_on[day]:
                    row[o] += change

    def may_take(self, i: int, m: int) -> bool:
        """Tell whether seller i could have one turn more, in moment m."""
        most = self.most[i]
        return (
            not self.row[i][m]
            and (most is None or self.turns[i] < most)
            and not (self.foes[i] and self._foe_at(i, m))
        )

    def may_shift(self, i: int, old: int, new: int) -> bool:
        """Tell whether seller i could have his turn of moment `old` in moment `new` instead."""
        x = self.row[i][new]
        if x:
            if x >= self.away:
                return False
            if x >= self.full:
                if self.grid.day[old] != self.grid.day[new]:
                    return False
                x -= self.full
            if x > (new in self.near_to[old]):
                return False
        return not (self.foes[i] and self._foe_at(i, new))

    def _foe_at(self, i: int, m: int) -> bool:
        meets = self.meets[m]
        return any(o in meets for foe in self.foes[i] for o in self.held[foe])

    # Who has which slot: what clusters and audiences are about.

    def seat(self, i: int, k: int) -> None:
        """Show seller i in slot k."""
        cluster = self.cluster[i]
        self.owner[k] = i
        self.shown[k] = cluster
        for mark in self.grid.marks[self.grid.moment[k]]:
            self.on_air[mark][cluster] += 1

    def unseat(self, k: int) -> None:
        """Leave slot k empty."""
        for mark in self.grid.marks[self.grid.moment[k]]:
            self.on_air[mark][self.shown[k]] -= 1
        self.owner[k] = self.shown[k] = NOBODY

    def settle(self, owner: Sequence[int]) -> None:
        """Seat everybody as in `owner`, a copy made of this board's when it was as full."""
        moment = self.grid.moment
        moved = [k for k in range(len(moment)) if owner[k] != self.owner[k]]
        for k in moved:
            if (i := self.owner[k]) != NOBODY:
                self.unseat(k)
                self._hold(i, moment[k], -1)
        for k in moved:
            if (i := owner[k]) != NOBODY:
                self.seat(i, k)
                self._hold(i, moment[k], 1)

    def clashes_with(self, cluster: int, k: int) -> int:
        """Count the clashes that one of this cluster would make in the empty slot k."""
        grid = self.grid
        found = (self.shown[grid.before[k]] == cluster) + (self.shown[grid.after[k]] == cluster)
        for mark in grid.marks[grid.moment[k]]:
            found += self.on_air[mark][cluster] >= self.cap
        return found

    def foe_beside(self, i: int, k: int) -> bool:
        """Tell whether a blocked pair would be on air together, or one after the other."""
        foes, grid, owner = self.foes[i], self.grid, self.owner
        if owner[grid.before[k]] in foes or owner[grid.after[k]] in foes:
            return True
        return any(owner[o] in foes for m in grid.overlap[grid.moment[k]] for o in grid.members[m])

    # The fair share.

    def balances(self) -> list[int]:
        """Return each seller's prime received and carried, minus its share, in `FINE` parts."""
        shares = self.shares()
        prime = self.primes()
        return [FINE * prime[i] + self.carry[i] - shares[i] for i in range(len(self.sellers))]

    def primes(self) -> list[int]:
        """Return the audience weight each seller has."""
        prime = [0] * len(self.sellers)
        for k, i in enumerate(self.owner):
            if i >= 0:
                prime[i] += self.grid.weight[k]
        return prime

    def shares(self) -> list[int]:
        """Return the share each seller is entitled to by its turns, in `FINE` parts."""
        return [self.share(turns) for turns in self.turns]

    def share(self, turns: int) -> int:
        """Return what somebody with so many turns is entitled to, in `FINE` parts.

        That is the mean of all airtime, or so much less as his turns are below its floor. Empty
        slots count: what nobody could come to does not make the others' shares smaller.
        """
        parts = self.counted * self.floor
        return (2 * FINE * self.total * min(turns, self.floor) + parts) // (2 * parts)

    def _count_shares(self) -> None:
        """Note what the airtime is worth that is shared out, and how many turns are the floor."""
        gone = {self.index[name] for name in self.dropped if name in self.index}
        shared = [
            k
            for k in range(len(self.grid.slots))
            if self.open[k] or (self.owner[k] != NOBODY and self.owner[k] not in gone)
        ]
        self.counted = max(1, len(self.sellers) - len(gone))
        self.floor = max(1, len(shared) // self.counted)
        self.total = sum(self.grid.weight[k] for k in shared)


def _carries(instance: Instance, dropped: frozenset[str]) -> dict[str, int]:
    """Return what earlier editions count for each seller, clipped, in `FINE` parts."""
    counted = [who for who in instance.sellers if who.id not in dropped]
    number, total = len(counted), sum(who.prime_before for who in counted)
    cap = FINE * instance.rules.carry_cap
    return {
        who.id: max(-cap, min(cap, FINE * (number * who.prime_before - total) // max(1, number)))
        for who in instance.sellers
    }
