"""Repair of a published plan: what is vacated is given anew, and nothing else moves.

Slots to be given are those whose sellers dropped out or may not have them any more, those that
are new, and those that stood empty; only if they start from now on. The scarcest slot comes first;
it goes to the candidate with the fewest turns (those owed for missed ones not counted), then
without a clash of clusters, then with the least prime time, then with the lowest ticket. After
that the given slots, and only they, pass along chains of sellers, as long as this fills an empty
one or takes a turn from somebody with at least two more than the one who gets it. At last two of
them change places where that makes clashes of clusters fewer.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bazaar.rules.rotation.draw import ticket
from bazaar.rules.rotation.seats import Seats, members
from bazaar.rules.rotation.timetable import Timetable
from bazaar.rules.rotation.words import (
    Assignment,
    Decided,
    Instance,
    Plan,
    Reason,
    Standing,
)

RULE = "repair/1"
"""The name of the rule; it changes whenever the same input would give another plan."""

MANY = 2**31

Progress = Callable[[float], None]
Step = tuple[int, int]
"""A slot, and the seller who is to have it."""


def repair(instance: Instance, seed: str, *, progress: Progress | None = None) -> Plan:
    """Give the vacated slots of a published plan to others; every other turn stays.

    `seed` decides between equals. Raises ValueError when nothing is published.
    """
    if instance.published is None:
        raise ValueError("nothing is published: there is nothing to repair")
    desk = _Desk.of(instance, seed)
    tell = progress or (lambda _: None)
    desk.fill(tell)
    tell(0.6)
    desk.fill_by_chains()
    tell(0.8)
    desk.even_out()
    tell(0.9)
    desk.untangle()
    tell(1.0)
    return desk.plan()


@dataclass(slots=True)
class _Desk:
    table: Timetable
    seats: Seats
    carry: list[int]
    open: list[int]
    reasons: dict[int, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: Instance, seed: str) -> "_Desk":
        table = Timetable(instance)
        drawn = sorted(
            instance.sellers, key=lambda who: (ticket(seed, instance.name, who.id), who.id)
        )
        seats = Seats(table, drawn)
        desk = cls(table, seats, _carries(instance, seats), [])
        desk._seat_what_stays()
        desk.open = [
            slot
            for slot in table.order(table.slots)
            if slot not in seats.who and not table.has_started(slot)
        ]
        return desk

    def _seat_what_stays(self) -> None:
        """Seat what has started or is frozen, then the pins, then what breaks no hard rule."""
        table, seats, instance = self.table, self.seats, self.table.instance
        published = instance.published.assignments if instance.published else ()
        old = {a.slot: a.seller for a in published if a.slot in table.slots}
        ahead = []
        for slot in table.order(old):
            if table.has_left(old[slot], slot):
                continue
            if table.is_frozen(slot):
                self._keep(slot, old[slot], Decided.KEPT)
            else:
                ahead.append((slot, old[slot], Decided.KEPT))
        pins = {pin.slot: pin.seller for pin in instance.pins if not table.has_started(pin.slot)}
        pinned = [(slot, pins[slot], Decided.PIN) for slot in table.order(pins)]
        for slot, seller, decided in pinned + ahead:
            n = seats.number[seller]
            if slot not in seats.who and seats.hindrance(n, slot) is None:
                self._keep(slot, seller, decided)

    def _keep(self, slot: int, seller: str, decided: Decided) -> None:
        n = self.seats.number[seller]
        self.reasons[slot] = Reason(slot, seller, decided, 1, len(self.seats.has[n]))
        self.seats.sit(n, slot)

    def fill(self, tell: Progress) -> None:
        """Give the open slots away, always the one with the fewest candidates first."""
        seats = self.seats
        able = {slot: seats.able(slot) for slot in self.open}
        while able:
            slot = min(able, key=lambda slot: able[slot].bit_count())
            tell(0.6 * (1 - len(able) / len(self.open)))
            group = able.pop(slot)
            if not group:
                excluded = seats.excluded(slot)
                self.reasons[slot] = Reason(slot, None, Decided.NOBODY, 0, excluded=excluded)
                continue
            chosen = self._choose(slot, group)
            seats.sit(chosen, slot)
            touched = [chosen, *(n for n in self._partners(chosen))]
            for other, group in able.items():
                for n in touched:
                    if group >> n & 1 and seats.hindrance(n, other) is not None:
                        able[other] &= ~(1 << n)

    def _partners(self, n: int) -> Iterator[int]:
        for other in sorted(self.table.blocked.get(self.seats.order[n].id, ())):
            yield self.seats.number[other]

    def _choose(self, slot: int, group: int) -> int:
        """Return who of the group gets the slot, and write down why."""
        seats = self.seats
        clash = seats.clashing(slot)
        ranked = self._ranked(group, clash)
        best = next(ranked)
        rival = next(ranked, None)
        keys = ("turns", "cluster", "balance", "ticket")
        decided = Decided.ONLY
        if rival is not None:
            pairs = zip(keys, self._key(best, clash), self._key(rival, clash), strict=True)
            decided = Decided(next(key for key, own, other in pairs if own != other))
        self.reasons[slot] = Reason(
            slot,
            seats.order[best].id,
            decided,
            group.bit_count(),
            len(seats.has[best]),
            same_cluster=bool(clash >> best & 1),
            rival=None if rival is None else seats.order[rival].id,
            excluded=seats.excluded(slot),
        )
        return best

    def _key(self, n: int, clash: int) -> tuple[int, int, int, int]:
        return self.seats.claim(n), clash >> n & 1, self.seats.prime[n] + self.carry[n], n

    def _ranked(self, group: int, clash: int) -> Iterator[int]:
        """Yield the group, the best first: fewest turns, no clash, least prime time, ticket."""
        for _, level in self.seats.levels():
            for part in (group & level & ~clash, group & level & clash):
                if part:
                    yield from sorted(members(part), key=lambda n: self._key(n, clash))

    def fill_by_chains(self) -> None:
        """Fill what nobody could take, where others may pass on slots they were just given."""
        for slot in self.open:
            if slot not in self.seats.who:
                self._pass_on(slot, MANY, set())

    def even_out(self) -> None:
        """Pass given slots from those with many turns to those with at least two fewer."""
        for _ in range(4):
            movers = sorted(
                (slot for slot in self.open if slot in self.seats.who),
                key=lambda slot: -self.seats.claim(self.seats.who[slot]),
            )
            dead: set[int] = set()
            relieved = [slot for slot in movers if self._relieve(slot, dead)]
            if not relieved:
                return

    def _relieve(self, slot: int, dead: set[int]) -> bool:
        if slot in dead:
            return False
        return self._pass_on(slot, self.seats.claim(self.seats.who[slot]) - 2, dead)

    def _pass_on(self, start: int, most: int, dead: set[int]) -> bool:
        """Find the shortest chain that ends at somebody with at most `most` turns; follow it.

        Each step gives a slot to a seller who leaves another of the given slots, which goes on.
        What was looked at in vain is added to `dead`: no later search will find more there.
        """
        came: dict[int, Step | None] = {start: None}
        queue = deque([start])
        while queue:
            slot = queue.popleft()
            able = self.seats.able(slot)
            if slot in self.seats.who:
                able &= ~(1 << self.seats.who[slot])
            last = self._neediest(slot, able, most)
            if last is not None:
                return self._follow(came, slot, last)
            for n, other in self._exchanges(slot, able):
                if other not in came and other not in dead:
                    came[other] = (slot, n)
                    queue.append(other)
        dead.update(came)
        return False

    def _neediest(self, slot: int, able: int, most: int) -> int | None:
        if any(turns <= most and able & group for turns, group in self.seats.levels()):
            return next(self._ranked(able, self.seats.clashing(slot)))
        return None

    def _exchanges(self, slot: int, able: int) -> Iterator[Step]:
        """Yield who could take `slot`, with the given slot that it would leave for it."""
        seats, available = self.seats, self.seats.available(slot)
        for other in self.open:
            n = seats.who.get(other)
            if n is None or other == slot or not available >> n & 1:
                continue
            if seats.who.get(slot) != n and (
                able >> n & 1 or seats.hindrance(n, slot, without=other) is None
            ):
                yield n, other

    def _follow(self, came: dict[int, Step | None], slot: int, last: int) -> bool:
        """Move everybody of the chain; back again when together they would break a rule."""
        moves = [(slot, last)]
        step = came[slot]
        while step is not None:
            moves.append(step)
            step = came[step[0]]
        before = {slot: self.seats.leave(slot) for slot, _ in moves if slot in self.seats.who}
        for done, (given, n) in enumerate(moves):
            if self.seats.hindrance(n, given) is not None:
                for undone, _ in moves[:done]:
                    self.seats.leave(undone)
                for kept, seated in before.items():
                    self.seats.sit(seated, kept)
                return False
            self.seats.sit(n, given)
        for given, n in moves:
            was = before.get(given)
            self._write(given, n, was, Decided.ONLY if was is None else Decided.TURNS)
        return True

    def untangle(self) -> None:
        """Let two given slots change places where that makes clashes fewer."""
        given = [slot for slot in self.open if slot in self.seats.who]
        for slot in given:
            if self._clashes(slot):
                for other in given:
                    if self._change_places(slot, other):
                        break

    def _clashes(self, *slots: int) -> int:
        return sum(self.seats.clashing(slot) >> self.seats.who[slot] & 1 for slot in slots)

    def _change_places(self, slot: int, other: int) -> bool:
        seats = self.seats
        one, two = seats.who[slot], seats.who[other]
        if seats.order[one].cluster == seats.order[two].cluster:
            return False
        if not (seats.available(slot) >> two & seats.available(other) >> one & 1):
            return False
        before = self._clashes(slot, other)
        seats.leave(slot)
        seats.leave(other)
        fits = seats.hindrance(two, slot) is None
        seats.sit(two if fits else one, slot)
        fits = fits and seats.hindrance(one, other) is None
        seats.sit(one if fits else two, other)
        if fits and self._clashes(slot, other) < before:
            self._write(slot, two, one, Decided.CLUSTER)
            self._write(other, one, two, Decided.CLUSTER)
            return True
        for place, owner in ((slot, one), (other, two)):
            seats.leave(place)
            seats.sit(owner, place)
        return False

    def _write(self, slot: int, n: int, before: int | None, decided: Decided) -> None:
        seats = self.seats
        excluded = seats.excluded(slot)
        self.reasons[slot] = Reason(
            slot,
            seats.order[n].id,
            decided,
            max(1, len(seats.order) - sum(excluded.values())),
            len(seats.has[n]) - 1,
            same_cluster=bool(seats.clashing(slot) >> n & 1),
            rival=None if before is None else seats.order[before].id,
            excluded=excluded,
        )

    def plan(self) -> Plan:
        seats, order = self.seats, self.table.order(self.table.slots)
        nobody = {
            slot: Reason(slot, None, Decided.KEPT, 0) for slot in order if slot not in seats.who
        }
        return Plan(
            tuple(Assignment(s, seats.order[seats.who[s]].id) for s in order if s in seats.who),
            tuple(self.reasons.get(slot) or nobody[slot] for slot in order),
            tuple(self._standings()),
        )

    def _standings(self) -> Iterator[Standing]:
        seats = self.seats
        left = self.table.instance.dropped
        present = [n for n, who in enumerate(seats.order) if who.id not in left]
        total = sum(seats.prime[n] for n in present)
        floor = max(1, len(seats.who) // max(1, len(present)))
        places = sorted(
            range(len(seats.order)),
            key=lambda n: (seats.order[n].turns_before, self.carry[n], n),
        )
        for place, n in enumerate(places, 1):
            turns = len(seats.has[n])
            share = total * min(turns, floor) // (floor * max(1, len(present)))
            who = seats.order[n].id
            yield Standing(who, place, turns, turns, seats.prime[n], self.carry[n], share)


def _carries(instance: Instance, seats: Seats) -> list[int]:
    """Return what each has had of prime time against the mean of earlier editions, clipped."""
    present = [who for who in instance.sellers if who.id not in instance.dropped]
    total, many = sum(who.prime_before for who in present), max(1, len(present))
    cap = instance.rules.carry_cap
    return [max(-cap, min(cap, (who.prime_before * many - total) // many)) for who in seats.order]
