"""What was granted becomes the plan: a release of its own, beside whatever draft is open.

The draft that the committee may be editing is put on the new release afterwards if all of it still
fits; else it is not touched, and its page offers that and tells what would be lost.
"""

from datetime import datetime

from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Edition, EditKind, PlanEdit, Release, Turn
from bazaar.rotation import drafts, rebasing, releases, shares
from bazaar.rotation.desk import Desk, Place
from bazaar.rotation.edit_rows import put_turns, row_of
from bazaar.rotation.edits import NoSuchPlace
from bazaar.rotation.faults import refuse
from bazaar.rotation.possible import desk_for, slot_of, swap_of
from bazaar.rules.rotation.hands import Change


def swap(one: Turn, other: Turn, *, note: str, actor: Actor, now: datetime) -> Release:
    """Release a plan in which these two turns of the one in force have each other's sellers.

    Raises RuleBroken, and whatever a release raises; then nothing was changed.
    """
    draft = _copy(one, actor, now)
    desk = desk_for(draft, [one.starts_at, other.starts_at], now=now)
    change = swap_of(desk, one, other)
    return _release(draft, desk, EditKind.SWAP, change, note=note, actor=actor, now=now)


def empty(turn: Turn, *, note: str, actor: Actor, now: datetime) -> Release:
    """Release a plan in which nobody has the slot of this turn. Raises as `swap` does."""
    draft = _copy(turn, actor, now)
    desk = desk_for(draft, [turn.starts_at], now=now)
    change = {slot_of(desk, turn): None}
    return _release(draft, desk, EditKind.EMPTY, change, note=note, actor=actor, now=now)


def move(turn: Turn, to: Place, *, note: str, actor: Actor, now: datetime) -> Release:
    """Release a plan in which this turn is at `to`, a free slot. Raises as `swap` does.

    Raises NoSuchPlace when there is no such slot, or somebody has it.
    """
    draft = _copy(turn, actor, now)
    desk = desk_for(draft, [turn.starts_at, to[1]], now=now)
    here, there = slot_of(desk, turn), desk.place.get(to)
    if there is None or there in desk.who or there in desk.emptied:
        raise NoSuchPlace
    change = {here: None, there: desk.who[here]}
    return _release(draft, desk, EditKind.MOVE, change, note=note, actor=actor, now=now)


def _copy(turn: Turn, actor: Actor, now: datetime) -> Release:
    base = db.session.get_one(Release, turn.release_id)
    edition = db.session.get_one(Edition, base.edition_id)
    return drafts.from_release(edition, actor=actor, now=now, beside=True)


def _release(
    draft: Release,
    desk: Desk,
    kind: EditKind,
    change: Change,
    *,
    note: str,
    actor: Actor,
    now: datetime,
) -> Release:
    refuse(desk, desk.hands.faults(change))
    rows = [row_of(desk, slot, change, {}) for slot in change]
    put_turns(draft, desk, change, rows, 1)
    db.session.add(
        PlanEdit(
            release_id=draft.id,
            number=1,
            kind=kind,
            changes=rows,
            why=note,
            made_by=actor.name,
            made_at=now,
        )
    )
    draft.revision = 1
    db.session.flush()
    codes = {code for slot in change for code in (desk.who.get(slot), change[slot]) if code}
    shares.rewrite(draft, [desk.people[code].id for code in codes])
    released = releases.release(draft, actor=actor, now=now, note=note)
    rebasing.follow(released, actor=actor, now=now)
    return released
