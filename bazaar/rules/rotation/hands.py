"""What a hand may do to a plan: the hard rules for a few slots, quick enough to ask of every slot.

`check` judges whole plans; this looks only at what a change touches, so that a board can say of
a thousand slots which of them a turn could go to and why not to the others. tests/rules hold the
two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from bazaar.rules.rotation.timetable import Timetable, second
from bazaar.rules.rotation.words import Assignment, Hindrance, Violation

Change = Mapping[int, str | None]
"""Who has a slot afterwards; slots that are not named stay as they are."""

_COUNTED = {"H4", "H7"}
"""Rules about a number of turns: which of them is one too many does not matter."""


class Hands:
    """A plan that is about to be changed by hand: `who` has which slot of `table`."""

    def __init__(self, table: Timetable, who: Mapping[int, str]) -> None:
        self.table = table
        self.who = dict(who)
        self._turns: defaultdict[str, set[int]] = defaultdict(set)
        for slot, seller in self.who.items():
            self._turns[seller].add(slot)
        self._pins = {pin.slot: pin.seller for pin in table.instance.pins}
        published = table.instance.published
        self._old = {a.slot: a.seller for a in published.assignments} if published else {}
        self._beside: defaultdict[int, list[int]] = defaultdict(list)
        for one, other in table.consecutive if table.blocked else ():
            self._beside[one].append(other)
            self._beside[other].append(one)
        self._closed = {
            slot
            for closed in table.instance.closed
            for slot in table.running(second(closed.start), second(closed.end))
        }

    def fault(self, change: Change) -> Violation | None:
        """Return the first hard rule that the change would break anew, or None."""
        return next(self.faults(change), None)

    def faults(self, change: Change) -> Iterator[Violation]:
        """Return the hard rules that the change would break and that are not broken now."""
        new = {slot: seller for slot, seller in change.items() if self.who.get(slot) != seller}
        for slot, seller in new.items():
            yield from self._of_slot(slot, seller)
        for slot, seller in new.items():
            known = seller in self.table.sellers and slot in self.table.slots
            if seller is not None and known:
                yield from self._of_seller(slot, seller, change)
                yield from self._blocked(slot, seller, change)

    def _of_slot(self, slot: int, seller: str | None) -> Iterator[Violation]:
        table = self.table
        if slot not in table.slots or (seller is not None and seller not in table.sellers):
            yield Violation("H0", slot, seller or "")
            return
        had, pinned = self._old.get(slot), self._pins.get(slot)
        kept = had is not None and not table.has_left(had, slot)
        if had != seller and (table.has_started(slot) or (kept and table.is_frozen(slot))):
            yield Violation("H9", slot, seller or had or "", other_seller=had)
        broken = pinned not in {None, seller} and (seller or self.who.get(slot) == pinned)
        if broken and not table.has_left(pinned or "", slot):
            yield Violation("H5", slot, pinned or "", other_seller=seller)
        if seller is None:
            return
        if table.has_left(seller, slot):
            yield Violation("H9", slot, seller)
        if slot in self._closed:
            yield Violation("H8", slot, seller)
        if not table.can_come(seller, slot):
            yield Violation("H1", slot, seller)

    def _of_seller(self, slot: int, seller: str, change: Change) -> Iterator[Violation]:
        """H2 to H4 and H7: the seller's other turns after the change."""
        table = self.table
        had = self._turns.get(seller, set())
        others = {s for s in had if s not in change}
        others |= {s for s, who in change.items() if who == seller and s != slot}
        for other in sorted(others, key=lambda s: table.span.get(s, (0, 0))):
            hindrance = table.between(slot, other) if other in table.span else None
            if hindrance is Hindrance.BUSY:
                yield Violation("H2", slot, seller, other_slot=other)
            elif hindrance is Hindrance.GAP:
                yield Violation("H3", slot, seller, other_slot=other)
        limit = table.instance.rules.max_turns_per_day
        day = table.day[slot]
        same = [s for s in others if table.day.get(s) == day]
        before = sum(table.day[s] == day for s in had)
        if limit is not None and len(same) + 1 > max(limit, before):
            yield Violation("H4", slot, seller, other_slot=min(same, default=None))
        most = table.sellers[seller].max_turns
        if most is not None and len(others) + 1 > max(most, len(had)):
            yield Violation("H7", slot, seller)

    def _blocked(self, slot: int, seller: str, change: Change) -> Iterator[Violation]:
        foes = self.table.blocked.get(seller)
        if not foes:
            return
        for other in {*self.table.near(slot), *self._beside[slot]}:
            has = change[other] if other in change else self.who.get(other)
            if has in foes:
                yield Violation("H6", slot, seller, other_slot=other, other_seller=has)


def worse(
    before: Iterable[Violation], after: Iterable[Violation], change: Change
) -> list[Violation]:
    """Return what a change broke: violations `after` it in its slots that were not `before` it.

    Of a rule about a number of turns one violation more or less of a seller does not matter.
    """
    known = {_key(fault) for fault in before}
    return [
        fault
        for fault in after
        if _key(fault) not in known
        and (fault.code in _COUNTED or fault.slot in change or fault.other_slot in change)
    ]


def _key(fault: Violation) -> tuple[object, ...]:
    if fault.code in _COUNTED:
        return fault.code, fault.seller
    ends = frozenset({fault.slot, fault.other_slot})
    return fault.code, ends, frozenset({fault.seller, fault.other_seller})


def after(who: Mapping[int, str], change: Change) -> list[Assignment]:
    """Return the plan after the change."""
    changed = {**who, **change}
    return [Assignment(slot, seller) for slot, seller in changed.items() if seller is not None]
