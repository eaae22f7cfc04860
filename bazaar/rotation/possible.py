"""Where a seller's turn could go: with whom it can be swapped, which free slot it could take.

Both ways every hard rule is asked, as the board asks them, with one difference: the freeze period
does not count. It guards people from surprises, and here everybody concerned has said yes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Edition, Release, RequestState, Seller, Turn, TurnRequest
from bazaar.rotation.desk import Desk, lay
from bazaar.rules.rotation import Slot
from bazaar.rules.rotation.hands import Change

OPEN = (RequestState.ASKED, RequestState.AGREED)
MOST_DAYS = 7
"""On so many days at most the turns of sellers that were searched for are looked at."""


class TurnChanged(Conflict):
    """A turn of the request is not where it was: another release changed it."""

    text = N_("Giliran ini sudah berubah sejak halaman dibuka. Lihat jadwal Anda yang terbaru.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A turn of somebody else that could be swapped for one's own."""

    uid: str
    seller_id: int
    seller: str
    cluster: str
    channel: str
    starts_at: datetime
    ends_at: datetime


def deadline(edition: Edition, *starts: datetime) -> datetime:
    """Return until when something may be asked about turns that start then."""
    return min(starts) - timedelta(hours=edition.request_hours)


def desk_for(
    release: Release, starts: Iterable[datetime], *, now: datetime, others: Collection[int] = ()
) -> Desk:
    """Return the days of these instants on the table, without the freeze period."""
    edition = db.session.get_one(Edition, release.edition_id)
    return thawed(lay(release, _days(edition, starts), now=now, others=others))


def thawed(desk: Desk) -> Desk:
    """Return the desk without the freeze period; what has begun stays as it is all the same."""
    rules = replace(desk.instance.rules, freeze_minutes=0)
    return replace(desk, instance=replace(desk.instance, rules=rules))


def swap_of(desk: Desk, one: Turn, other: Turn) -> Change:
    """Return the change in which two turns have each other's sellers. Raises TurnChanged."""
    here, there = slot_of(desk, one), slot_of(desk, other)
    return {here: desk.who[there], there: desk.who[here]}


def slot_of(desk: Desk, turn: Turn) -> int:
    """Return the slot in which a turn is. Raises TurnChanged when its seller has it no more."""
    slot = desk.place.get((turn.channel_id, turn.starts_at))
    if slot is None or slot not in desk.turns or desk.turns[slot].seller_id != turn.seller_id:
        raise TurnChanged
    return slot


def partners(
    release: Release, turn: Turn, day: date, *, search: str = "", now: datetime
) -> list[Offer]:
    """Return the turns that could be swapped for this one, by start and channel.

    Those of `day`; with `search` those of sellers whose name holds it, on the days of theirs
    that are nearest. Turns about which something is asked already are left out.
    """
    edition = db.session.get_one(Edition, release.edition_id)
    days = [day]
    if search:
        days = _days_with(release, search, turn, now)
    desk = thawed(lay(release, {*days, *_days(edition, [turn.starts_at])}, now=now))
    here = slot_of(desk, turn)
    mine = desk.who[here]
    earliest = now + timedelta(hours=edition.request_hours)
    chosen = {each.toordinal() for each in days}
    found = [
        slot
        for slot in desk.slots
        if desk.table.day[slot.id] in chosen
        and desk.who.get(slot.id, mine) != mine
        and slot.start > earliest
        and (not search or search.casefold() in desk.people[desk.who[slot.id]].name.casefold())
        and desk.hands.fault({here: desk.who[slot.id], slot.id: mine}) is None
    ]
    return list(_offers(desk, found))


def free_slots(release: Release, turn: Turn, days: Sequence[date], *, now: datetime) -> list[Slot]:
    """Return the empty slots of `days` that this turn could be moved to, by start and channel.

    Slots that were left empty on purpose are not free.
    """
    edition = db.session.get_one(Edition, release.edition_id)
    desk = thawed(lay(release, {*days, *_days(edition, [turn.starts_at])}, now=now))
    here = slot_of(desk, turn)
    chosen = {each.toordinal() for each in days}
    return [
        slot
        for slot in desk.slots
        if desk.table.day[slot.id] in chosen
        and slot.id not in desk.who
        and slot.id not in desk.emptied
        and slot.start > now
        and desk.hands.fault({here: None, slot.id: desk.who[here]}) is None
    ]


def _offers(desk: Desk, slots: Iterable[Slot]) -> Iterator[Offer]:
    turns = {desk.turns[slot.id].id: slot for slot in slots}
    asked = sa.select(TurnRequest.turn_uid).where(
        TurnRequest.edition_id == desk.edition.id, TurnRequest.state.in_(OPEN)
    )
    names = sa.select(Turn.id, Turn.uid).where(Turn.id.in_(turns), Turn.uid.not_in(asked))
    uids = {row.id: row.uid for row in db.session.execute(names)}
    for number, slot in turns.items():
        if number in uids:
            person = desk.people[desk.who[slot.id]]
            yield Offer(
                uids[number],
                person.id,
                person.name,
                person.cluster,
                desk.channel_name(slot.channel),
                slot.start,
                slot.end,
            )


def _days(edition: Edition, starts: Iterable[datetime]) -> set[date]:
    return {times.day_of(start, edition.zone) for start in starts}


def _days_with(release: Release, search: str, turn: Turn, now: datetime) -> list[date]:
    """Return the days nearest to the turn on which sellers of this name have turns to come."""
    edition = db.session.get_one(Edition, release.edition_id)
    query = (
        sa.select(Turn.starts_at)
        .join(Seller, Seller.id == Turn.seller_id)
        .where(
            Turn.release_id == release.id,
            Turn.starts_at > now,
            Seller.name.icontains(search, autoescape=True),
        )
    )
    days = _days(edition, db.session.scalars(query))
    own = times.day_of(turn.starts_at, edition.zone)
    return sorted(sorted(days, key=lambda day: (abs(day - own), day))[:MOST_DAYS])
