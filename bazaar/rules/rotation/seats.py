"""Who sits where while a plan is repaired, so that "who could take this slot?" is cheap to ask.

Sets of sellers are integers, one bit each; bit 0 has the lowest draw ticket.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from bazaar.rules.rotation.timetable import Timetable
from bazaar.rules.rotation.words import Candidate, Hindrance


def members(group: int) -> Iterator[int]:
    """Yield the sellers of a set, lowest ticket first."""
    while group:
        lowest = group & -group
        yield lowest.bit_length() - 1
        group ^= lowest


class Seats:
    """The plan as far as it stands. `order` is the sellers who may be asked about, by ticket."""

    def __init__(self, table: Timetable, order: Sequence[Candidate]) -> None:
        self.table = table
        self.order = order
        self.number = {who.id: n for n, who in enumerate(order)}
        self.who: dict[int, int] = {}
        self.has: list[list[int]] = [[] for _ in order]
        self.prime = [0] * len(order)
        self.clusters: dict[str, int] = defaultdict(int)
        self._whole: dict[int, int] = defaultdict(int)
        self._cut: dict[int, list[int]] = defaultdict(list)
        self._maxed = 0
        self._full: dict[int, int] = defaultdict(int)
        self._on_day: list[Counter[int]] = [Counter() for _ in order]
        self._limit = table.instance.rules.max_turns_per_day
        self._levels: dict[int, int] = defaultdict(int)
        self._blocked = [
            sorted(
                self.number[other]
                for other in table.blocked.get(who.id, ())
                if other in self.number
            )
            for who in order
        ]
        self._beside: dict[int, list[int]] = defaultdict(list)
        for one, other in table.consecutive:
            self._beside[one].append(other)
            self._beside[other].append(one)
        dropped = table.instance.dropped if table.now is not None else frozenset()
        self._left = sum(1 << n for n, who in enumerate(order) if who.id in dropped)
        self.all = (1 << len(order)) - 1
        for n, who in enumerate(order):
            self._take_in(n, who)

    def _take_in(self, n: int, who: Candidate) -> None:
        bit = 1 << n
        cut = {cut.block for cut in who.cuts}
        for block in who.blocks:
            if block in cut:
                self._cut[block].append(n)
            else:
                self._whole[block] |= bit
        self.clusters[who.cluster] |= bit
        self._levels[self.claim(n)] |= bit
        if who.max_turns == 0:
            self._maxed |= bit
        if self._limit == 0:
            self._full = defaultdict(lambda: self.all)

    def claim(self, n: int) -> int:
        """Return the seller's turns without those that make up for missed ones."""
        return len(self.has[n]) - self.order[n].owed

    def levels(self) -> list[tuple[int, int]]:
        """Return the sellers by their turns as `claim` counts them, fewest first."""
        return sorted((turns, group) for turns, group in self._levels.items() if group)

    def sit(self, n: int, slot: int) -> None:
        """Give a free slot to a seller; the rules are the caller's business."""
        self._change(n, slot, 1)
        self.who[slot] = n

    def leave(self, slot: int) -> int:
        """Free a slot; return whose it was."""
        n = self.who.pop(slot)
        self._change(n, slot, -1)
        return n

    def _change(self, n: int, slot: int, step: int) -> None:
        bit, day = 1 << n, self.table.day[slot]
        self._levels[self.claim(n)] &= ~bit
        if step > 0:
            self.has[n].append(slot)
        else:
            self.has[n].remove(slot)
        self._levels[self.claim(n)] |= bit
        self.prime[n] += step * self.table.slots[slot].weight
        self._on_day[n][day] += step
        if self._limit is not None:
            full = self._on_day[n][day] >= self._limit
            self._full[day] = self._full[day] | bit if full else self._full[day] & ~bit
        most = self.order[n].max_turns
        if most is not None:
            maxed = len(self.has[n]) >= most
            self._maxed = self._maxed | bit if maxed else self._maxed & ~bit

    def available(self, slot: int) -> int:
        """Return who is there during the whole slot and has not dropped out."""
        block = self.table.slots[slot].block
        group = self._whole[block]
        for n in self._cut[block]:
            if self.table.can_come(self.order[n].id, slot):
                group |= 1 << n
        return group if self.table.has_started(slot) else group & ~self._left

    def able(self, slot: int) -> int:
        """Return who could take the slot now by every hard rule, the slot's own seller aside."""
        group = self.available(slot) & ~self._full[self.table.day[slot]] & ~self._maxed
        return group & ~self._near(slot, self.table.gap) & ~self._paired(slot)

    def excluded(self, slot: int) -> dict[str, int]:
        """Return how many cannot take the slot, by the first rule that keeps them from it."""
        free, found = self.all, {}
        for hindrance, kept in (
            (Hindrance.DROPPED, 0 if self.table.has_started(slot) else self._left),
            (Hindrance.AVAILABILITY, ~self.available(slot)),
            (Hindrance.BUSY, self._near(slot, 0)),
            (Hindrance.GAP, self._near(slot, self.table.gap)),
            (Hindrance.DAY, self._full[self.table.day[slot]]),
            (Hindrance.MAX_TURNS, self._maxed),
            (Hindrance.BLOCKED_PAIR, self._paired(slot)),
        ):
            if free & kept:
                found[hindrance.value] = (free & kept).bit_count()
                free &= ~kept
        return dict(sorted(found.items()))

    def clashing(self, slot: int) -> int:
        """Return whose cluster is beside the slot already, or on air as often as it may be."""
        beside = {self._cluster(other) for other in self._beside[slot] if other in self.who}
        on_air = Counter(
            self._cluster(other) for other in self.table.near(slot) if other in self.who
        )
        cap = self.table.instance.rules.cluster_same_time_max
        beside.update(cluster for cluster, count in on_air.items() if count >= cap)
        return sum(self.clusters[cluster] for cluster in sorted(beside))

    def hindrance(self, n: int, slot: int, without: int | None = None) -> Hindrance | None:
        """Return the first rule that keeps a seller from a slot, were it not in slot `without`."""
        table, who = self.table, self.order[n]
        if table.has_left(who.id, slot):
            return Hindrance.DROPPED
        if not table.can_come(who.id, slot):
            return Hindrance.AVAILABILITY
        others = [other for other in self.has[n] if other not in (slot, without)]
        apart = {table.between(slot, other) for other in others}
        for found in (Hindrance.BUSY, Hindrance.GAP):
            if found in apart:
                return found
        if self._limit is not None:
            day = table.day[slot]
            if sum(table.day[other] == day for other in others) >= self._limit:
                return Hindrance.DAY
        if who.max_turns is not None and len(others) >= who.max_turns:
            return Hindrance.MAX_TURNS
        return Hindrance.BLOCKED_PAIR if self._meets(n, slot) else None

    def _cluster(self, slot: int) -> str:
        return self.order[self.who[slot]].cluster

    def _near(self, slot: int, within: int) -> int:
        group = 0
        for other in self.table.near(slot, within):
            if other in self.who:
                group |= 1 << self.who[other]
        return group

    def _paired(self, slot: int) -> int:
        """Return who is blocked with somebody on air together with the slot, or beside it."""
        group = 0
        if self.table.blocked:
            for other in [*self._beside[slot], *self.table.near(slot)]:
                for n in self._blocked[self.who[other]] if other in self.who else ():
                    group |= 1 << n
        return group

    def _meets(self, n: int, slot: int) -> bool:
        return any(
            other in self._beside[slot] or self.table.between(slot, other) is Hindrance.BUSY
            for partner in self._blocked[n]
            for other in self.has[partner]
            if other != slot
        )
