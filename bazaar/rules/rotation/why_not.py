"""Why a seller does not have a slot: the first thing that stood in the way."""

from collections.abc import Iterable

from bazaar.rules.rotation.seats import Seats
from bazaar.rules.rotation.timetable import Timetable
from bazaar.rules.rotation.words import Assignment, Hindrance, Instance

PIN, KEPT = "pin", "kept"
TURNS, CLUSTER, BALANCE = "turns", "cluster", "balance"


def why_not(
    instance: Instance,
    assignments: Iterable[Assignment],
    slot: int,
    seller: str,
    *,
    table: Timetable | None = None,
) -> Hindrance | str | None:
    """Return what keeps `seller` from `slot` while everything else is as assigned.

    A `Hindrance` if it is a hard rule; "pin" or "kept" if the slot was not to be given at all;
    else what spoke for the one who has it: "turns" (the seller has no fewer), "cluster" (a clash),
    "balance". None if nothing does: the seller has it, or could simply take it.
    """
    table = table or Timetable(instance)
    who = {a.slot: a.seller for a in assignments if a.slot in table.slots}
    has = who.get(slot)
    if has == seller:
        return None
    if any(pin.slot == slot and pin.seller == has for pin in instance.pins):
        return PIN
    published = instance.published.assignments if instance.published else ()
    if has and table.is_frozen(slot) and Assignment(slot, has) in published:
        return KEPT
    seats = _seats_around(table, who, slot, seller)
    own = seats.number[seller]
    hindrance = seats.hindrance(own, slot)
    if hindrance is not None or has is None:
        return hindrance
    if seats.claim(own) > seats.claim(seats.number[has]):
        return TURNS
    return CLUSTER if seats.clashing(slot) >> own & 1 else BALANCE


def _seats_around(table: Timetable, who: dict[int, str], slot: int, seller: str) -> Seats:
    """Seat, with all they have but `slot`, only those whom the question concerns."""
    concerned = {seller, *table.blocked.get(seller, ())}
    beside = [other for pair in table.consecutive if slot in pair for other in pair]
    around = [slot, *beside, *table.near(slot)]
    concerned.update(who[other] for other in around if other in who)
    seats = Seats(table, [table.sellers[one] for one in sorted(concerned)])
    for other, owner in who.items():
        if other != slot and owner in concerned:
            seats.sit(seats.number[owner], other)
    return seats
