"""The board: a day of a plan as the committee sees it, and where a hand may put what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import Edition, Participation, Release, Seller, Share, Turn
from bazaar.rotation import airtime
from bazaar.rotation.desk import Desk, Person, Place, counts, lay
from bazaar.rules.rotation import Violation
from bazaar.rules.rotation.check import Warned, violations, warnings
from bazaar.rules.rotation.hands import Hands, after

CLAIMANTS = 120
"""Of so many sellers with the best claim to a slot it is said whether they may take it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A slot on the board. `changed`: the release in force has something else there."""

    place: Place
    ends_at: datetime
    person: Person | None
    pinned: bool
    emptied: bool
    changed: bool
    past: bool
    faults: Sequence[Violation]
    warned: Sequence[Warned]


@dataclass(frozen=True, slots=True)
class Board:
    """A day of a plan: cells by start and channel id, and all that is not as it should be."""

    desk: Desk
    day: date
    rows: dict[datetime, dict[int, Cell]]
    faults: Sequence[Violation]
    warned: Sequence[Warned]

    @property
    def empty(self) -> int:
        """How many coming slots of the day nobody has, though nobody left them so."""
        return sum(
            not (cell.person or cell.emptied or cell.past)
            for row in self.rows.values()
            for cell in row.values()
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A slot that a turn could go to; `person` has it now. `fault`: why it may not."""

    slot: int
    place: Place
    person: Person | None
    fault: Violation | None


@dataclass(frozen=True, slots=True)
class Claimant:
    """A seller who could take a slot, with its turns in the plan. `fault`: why it may not."""

    person: Person
    turns: int
    fault: Violation | None


def days(edition: Edition) -> list[date]:
    """Return the days on which the edition has airtime, in order."""
    return sorted({date.fromordinal(block.day) for block in airtime.blocks(edition)})


def near(days: Sequence[date], edition: Edition, now: datetime) -> date:
    """Return today if the bazaar is on air today, else the next day, else the last; or today."""
    today = times.day_of(now, edition.zone)
    return next((day for day in days if day >= today), days[-1] if days else today)


def board(release: Release, day: date, *, now: datetime) -> Board:
    """Return a day of the plan with its faults among coming slots."""
    desk = lay(release, [day], now=now)
    plan = after(desk.who, {})
    shown = {slot.id for slot in desk.slots}
    coming = {slot for slot in shown if not desk.table.has_started(slot)}
    faults = [
        fault
        for fault in violations(desk.instance, plan, table=desk.table)
        if fault.slot in coming and not _stays(desk, fault.slot)
    ]
    warned = [
        each for each in warnings(desk.instance, plan, table=desk.table) if each.slot in coming
    ]
    warned.sort(key=lambda each: desk.table.span[each.slot or 0])
    marked = _Marks()
    for fault in faults:
        marked.faults.setdefault(fault.slot, []).append(fault)
    for each in warned:
        marked.warned.setdefault(each.slot or 0, []).append(each)
    rows: dict[datetime, dict[int, Cell]] = {}
    for slot in desk.slots:
        rows.setdefault(slot.start, {})[slot.channel] = _cell(desk, slot.id, marked)
    return Board(desk, day, dict(sorted(rows.items())), faults, warned)


def _stays(desk: Desk, slot: int) -> bool:
    """Tell whether this is a published turn beside today's slots, too soon to be moved."""
    same = slot in desk.turns and desk.old.get(slot) == desk.turns[slot].code
    return slot in desk.strays and same and desk.table.is_frozen(slot)


@dataclass
class _Marks:
    faults: dict[int, list[Violation]] = field(default_factory=dict)
    warned: dict[int, list[Warned]] = field(default_factory=dict)


def _cell(desk: Desk, slot: int, marks: _Marks) -> Cell:
    place = desk.table.slots[slot]
    who = desk.turns[slot].code if slot in desk.turns else None
    return Cell(
        (place.channel, place.start),
        place.end,
        desk.people[who] if who else None,
        pinned=who is not None and desk.pins.get(slot) == who,
        emptied=slot in desk.emptied,
        changed=desk.overtakes and desk.old.get(slot) != who,
        past=desk.table.has_started(slot),
        faults=marks.faults.get(slot, ()),
        warned=marks.warned.get(slot, ()),
    )


def targets(desk: Desk, place: Place, day: date) -> list[Target]:
    """Return every other slot of the day, and whether what is at `place` may go there.

    A turn moves to an empty slot and changes places with another; to an empty `place` the turns
    of other slots could come.
    """
    here = desk.place[place]
    who = desk.who
    has = who.get(here)
    return [
        Target(
            slot.id,
            (slot.channel, slot.start),
            desk.people[other] if other else None,
            desk.hands.fault({here: other, slot.id: has}),
        )
        for slot in desk.slots
        for other in [who.get(slot.id)]
        if slot.id != here and other != has and desk.table.day[slot.id] == day.toordinal()
    ]


def openings_for(desk: Desk, code: str) -> list[Target]:
    """Return every slot of the desk's days, and whether this seller may be put there."""
    return [
        Target(
            slot.id,
            (slot.channel, slot.start),
            desk.people[desk.who[slot.id]] if slot.id in desk.who else None,
            desk.hands.fault({slot.id: code}),
        )
        for slot in desk.slots
    ]


def is_taken(release: Release, place: Place) -> bool:
    """Tell whether a turn of the plan starts at this place."""
    query = sa.select(Turn.id).where(
        Turn.release_id == release.id, Turn.channel_id == place[0], Turn.starts_at == place[1]
    )
    return db.session.scalar(query) is not None


def claims(edition: Edition, release: Release, *, search: str = "") -> sa.Select[Seller]:
    """Return the query for who has the best claim to a turn more, best first.

    That is who has fewest turns, then who is furthest below its share of prime time, then the
    draw. `search` is part of a stall's name.
    """
    owed = Share.prime + Share.carry - Share.share
    query = (
        sa.select(Seller)
        .join(Participation, Participation.seller_id == Seller.id)
        .outerjoin(Share, sa.and_(Share.seller_id == Seller.id, Share.release_id == release.id))
        .where(
            Participation.edition_id == edition.id,
            Participation.withdrawn_at.is_(None),
            Seller.active,
        )
        .order_by(
            sa.func.coalesce(Share.turns, 0),
            sa.func.coalesce(owed, 0),
            sa.func.coalesce(Share.place, 0),
            Seller.name,
        )
    )
    return query.where(Seller.name.icontains(search, autoescape=True)) if search else query


def waiting(
    edition: Edition, release: Release, *, most: int = 12
) -> list[tuple[Seller, bool, int]]:
    """Return who stands by, then who has fewest turns: the seller, whether standby, its turns."""
    query = claims(edition, release).add_columns(Participation.standby)
    ordered = query.order_by(None).order_by(
        Participation.standby.desc(), sa.func.coalesce(Share.turns, 0), Seller.name
    )
    rows = db.session.execute(ordered.limit(most)).all()
    had = counts(release, [seller.id for seller, _ in rows])
    return [(seller, standby, had.get(seller.id, 0)) for seller, standby in rows]


def claimants(desk: Desk, place: Place, ids: Sequence[int]) -> list[Claimant]:
    """Return these sellers of the desk in their order, and whether each may be put at `place`."""
    here = desk.place[place]
    had = counts(desk.release, ids)
    by_id = {person.id: person for person in desk.people.values()}
    has = desk.who.get(here)
    return [
        Claimant(
            by_id[each],
            had.get(each, 0),
            desk.hands.fault({here: by_id[each].code}),
        )
        for each in ids
        if each in by_id and by_id[each].code != has
    ]


def may_stay(desk: Desk, place: Place) -> Violation | None:
    """Return what speaks against pinning who is at `place`, or None."""
    here = desk.place[place]
    others = {slot: code for slot, code in desk.who.items() if slot != here}
    return Hands(desk.table, others).fault({here: desk.who[here]})
