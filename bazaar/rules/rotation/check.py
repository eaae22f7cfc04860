"""The hard rules H0 to H9, by which every plan and every change by hand is judged.

It shares nothing with the planner but the words, so that one finds the faults of the other. What
each rule says stands in docs/rotation.md.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bazaar.rules.rotation.timetable import Timetable, second
from bazaar.rules.rotation.words import Assignment, Instance, Violation


@dataclass(frozen=True, slots=True)
class Warned:
    """Something soft that is not as it should be.

    `kind`: "adjacent" (the seller's cluster is on this channel just before, in `other_slot`),
    "same_time" (more sellers of the cluster on air at the start of the slot than the cap; `count`
    of them) or "few_turns" (`count` turns are fewer than everybody could have; no slot).
    """

    kind: str
    slot: int | None
    seller: str
    other_slot: int | None = None
    count: int = 0


def violations(
    instance: Instance, assignments: Iterable[Assignment], *, table: Timetable | None = None
) -> list[Violation]:
    """Return everything in which the assignments break a hard rule, in the order of the rules.

    One for each slot, day, neighbourhood or pair concerned. `table` saves reading the instance
    again.
    """
    return _Judge(table or Timetable(instance), assignments, None).all()


def violations_of(
    instance: Instance,
    assignments: Iterable[Assignment],
    sellers: Collection[str],
    *,
    table: Timetable | None = None,
) -> list[Violation]:
    """Return the violations that concern one of the sellers; quicker than all of them."""
    return _Judge(table or Timetable(instance), assignments, frozenset(sellers)).all()


def pin_faults(instance: Instance) -> list[Violation]:
    """Return how the pins contradict each other, their sellers' time, or what is frozen.

    Each is a violation that no plan could avoid. Pins of sellers who dropped out, and of slots
    that have started, do not count.
    """
    table = Timetable(replace(instance, published=None))
    now = Timetable(instance)
    pins = [
        Assignment(pin.slot, pin.seller)
        for pin in instance.pins
        if pin.slot not in now.slots
        or not (now.has_started(pin.slot) or now.has_left(pin.seller, pin.slot))
    ]
    slots, sellers = {pin.slot for pin in pins}, {pin.seller for pin in pins}
    found = [
        fault
        for fault in _Judge(table, [*_frozen(now, slots), *pins], None).all()
        if fault.code != "H5"
        and (
            {fault.slot, fault.other_slot} & slots
            or (fault.code in {"H4", "H7"} and fault.seller in sellers)
        )
    ]
    return found + list(_pins_against_frozen(now, pins))


def warnings(
    instance: Instance, assignments: Iterable[Assignment], *, table: Timetable | None = None
) -> list[Warned]:
    """Return the soft faults: one cluster twice in a row, too often at a time, too few turns."""
    table = table or Timetable(instance)
    who = {a.slot: a.seller for a in assignments if a.slot in table.slots}
    return [*_adjacent(table, who), *_same_time(table, who), *_few_turns(table, who)]


class _Judge:
    """Assignments under judgement; with `only`, what concerns none of these sellers is skipped."""

    def __init__(
        self, table: Timetable, assignments: Iterable[Assignment], only: frozenset[str] | None
    ) -> None:
        self.table = table
        self.only = only
        self.who: dict[int, str] = {}
        self.unknown: list[Violation] = []
        for given in assignments:
            slot, seller = given.slot, given.seller
            if slot not in table.slots or seller not in table.sellers:
                self.unknown.append(Violation("H0", slot, seller))
            elif slot in self.who:
                first = self.who[slot]
                self.unknown.append(Violation("H0", slot, seller, other_seller=first))
            else:
                self.who[slot] = seller
        self.turns: defaultdict[str, list[int]] = defaultdict(list)
        for slot, seller in self.who.items():
            if only is None or seller in only:
                self.turns[seller].append(slot)
        for slots in self.turns.values():
            slots.sort(key=table.span.__getitem__)

    def all(self) -> list[Violation]:
        found = [v for v in self.unknown if self._concerns(v.seller, v.other_seller)]
        found += self._availability()
        found += self._apart()
        found += self._days()
        found += self._pins()
        found += self._blocked()
        found += self._limits()
        found += self._closed()
        if self.table.now is not None:
            found += self._published()
        return found

    def _concerns(self, *sellers: str | None) -> bool:
        return self.only is None or not self.only.isdisjoint(sellers)

    def _availability(self) -> Iterator[Violation]:
        for seller, slots in self.turns.items():
            for slot in slots:
                if not self.table.can_come(seller, slot):
                    yield Violation("H1", slot, seller)

    def _apart(self) -> Iterator[Violation]:
        """H2 and H3: between a seller's slot and its next one."""
        span, gap = self.table.span, self.table.gap
        for seller, slots in self.turns.items():
            for one, other in pairwise(slots):
                pause = span[other][0] - span[one][1]
                if pause < 0:
                    yield Violation("H2", other, seller, other_slot=one)
                elif pause < gap:
                    yield Violation("H3", other, seller, other_slot=one)

    def _days(self) -> Iterator[Violation]:
        limit = self.table.instance.rules.max_turns_per_day
        if limit is None:
            return
        for seller, slots in self.turns.items():
            by_day: dict[int, list[int]] = {}
            for slot in slots:
                by_day.setdefault(self.table.day[slot], []).append(slot)
            for same in by_day.values():
                if len(same) > limit:
                    yield Violation("H4", same[-1], seller, other_slot=same[0])

    def _pins(self) -> Iterator[Violation]:
        for pin in self.table.instance.pins:
            has = self.who.get(pin.slot)
            if has != pin.seller and self._concerns(pin.seller, has):
                if pin.slot in self.table.slots and self.table.has_left(pin.seller, pin.slot):
                    continue
                yield Violation("H5", pin.slot, pin.seller, other_seller=has)

    def _blocked(self) -> Iterator[Violation]:
        blocked, who = self.table.blocked, self.who
        if not blocked:
            return
        for one, other in self.table.consecutive:
            a, b = who.get(one), who.get(other)
            if a in blocked and b in blocked[a] and self._concerns(a, b):
                yield Violation("H6", other, b, other_slot=one, other_seller=a)
        for slot, seller in who.items():
            if seller not in blocked or not self._concerns(seller, *blocked[seller]):
                continue
            for other in self.table.near(slot):
                has = who.get(other)
                if has in blocked[seller] and slot < other and self._concerns(seller, has):
                    yield Violation("H6", slot, seller, other_slot=other, other_seller=has)

    def _limits(self) -> Iterator[Violation]:
        for seller, slots in self.turns.items():
            limit = self.table.sellers[seller].max_turns
            if limit is not None and len(slots) > limit:
                yield Violation("H7", slots[-1], seller)

    def _closed(self) -> Iterator[Violation]:
        for closed in self.table.instance.closed:
            start, end = second(closed.start), second(closed.end)
            for slot in self.table.running(start, end):
                seller = self.who.get(slot)
                if seller is not None and self._concerns(seller):
                    yield Violation("H8", slot, seller)

    def _published(self) -> Iterator[Violation]:
        """H9: what has started or is frozen stays; who dropped out appears no more."""
        table, published = self.table, self.table.instance.published
        old = {a.slot: a.seller for a in published.assignments} if published else {}
        for slot in table.slots:
            had, has = old.get(slot), self.who.get(slot)
            if has is not None and table.has_left(has, slot) and self._concerns(has):
                yield Violation("H9", slot, has)
            if had == has or not self._concerns(had, has):
                continue
            kept = had is not None and not table.has_left(had, slot)
            if table.has_started(slot) or (kept and table.is_frozen(slot)):
                yield Violation("H9", slot, has or had or "", other_seller=had)


def _frozen(now: Timetable, pinned: Collection[int]) -> Iterator[Assignment]:
    """Yield what stays in a replan whatever happens, save in pinned slots."""
    published = now.instance.published
    for given in published.assignments if published else ():
        slot = given.slot
        if slot not in now.slots or slot in pinned or now.has_left(given.seller, slot):
            continue
        if now.is_frozen(slot):
            yield given


def _pins_against_frozen(now: Timetable, pins: Iterable[Assignment]) -> Iterator[Violation]:
    published = now.instance.published
    if published is None:
        return
    old = {a.slot: a.seller for a in published.assignments}
    for pin in pins:
        had = old.get(pin.slot)
        if pin.slot not in now.slots or had is None or had == pin.seller:
            continue
        if now.is_frozen(pin.slot) and not now.has_left(had, pin.slot):
            yield Violation("H9", pin.slot, pin.seller, other_seller=had)


def _adjacent(table: Timetable, who: dict[int, str]) -> Iterator[Warned]:
    for one, other in table.consecutive:
        if one in who and other in who:
            before, after = table.sellers[who[one]], table.sellers[who[other]]
            if before.cluster == after.cluster:
                yield Warned("adjacent", other, after.id, other_slot=one)


def _same_time(table: Timetable, who: dict[int, str]) -> Iterator[Warned]:
    """Yield one for each start of a slot at which a cluster is on air more often than the cap."""
    cap = table.instance.rules.cluster_same_time_max
    seen: set[tuple[int, str]] = set()
    for slot in table.order(who):
        start, cluster = table.span[slot][0], table.sellers[who[slot]].cluster
        if (start, cluster) in seen:
            continue
        seen.add((start, cluster))
        on_air = [
            other
            for other in table.near(slot)
            if other in who and table.span[other][0] <= start < table.span[other][1]
        ]
        count = 1 + sum(table.sellers[who[other]].cluster == cluster for other in on_air)
        if count > cap:
            yield Warned("same_time", slot, who[slot], count=count)


def _few_turns(table: Timetable, who: dict[int, str]) -> Iterator[Warned]:
    present = [
        seller
        for seller in table.sellers
        if table.now is None or seller not in table.instance.dropped
    ]
    had = Counter(who.values())
    floor = len(who) // max(1, len(present))
    for seller in present:
        if had[seller] < floor:
            yield Warned("few_turns", None, seller, count=had[seller])
