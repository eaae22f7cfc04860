"""A draft put onto another release: what it changed is done again where that is still possible.

A release that goes out while somebody edits a draft, such as a swap two sellers agreed on, would
otherwise cost the editor the work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.models import (
    Channel,
    DrawKind,
    Edition,
    EditKind,
    PlanEdit,
    Release,
    Seller,
    Share,
    Turn,
)
from bazaar.rotation import drafts, gathering, shares
from bazaar.rotation.plans import drafts as open_drafts
from bazaar.rotation.releases import get_draft
from bazaar.rules.rotation import Assignment, Violation
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.timetable import Timetable

Spot = tuple[int, datetime]
"""A place of a plan: channel id and start."""

Owners = dict[Spot, str]
"""Who has which place, by seller code."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A change that could not be done again: who was to have the place, and who has it."""

    channel_id: int
    channel: str
    starts_at: datetime
    wanted: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Rebased:
    """How many changes a draft took along, and which it could not."""

    applied: int
    lost: Sequence[Lost]


@dataclass(eq=False, slots=True)
class _Unit:
    """Changes that belong together: place, who had it, who shall have it."""

    edit_id: int | None
    changes: list[tuple[Spot, str | None, str | None]]


def rebase(draft: Release, onto: Release, *, actor: Actor, now: datetime) -> Rebased:
    """Make `onto` the base of an open draft: its turns, with what the draft changed done again.

    Hand edits go as they were made, what a draw decided place by place; a change whose place has
    got another seller meanwhile, or that would break a hard rule now, is left out and told. The
    draft has no draw any more: what it took along from one is kept as an edit by hand. Raises
    DraftOvertaken when the draft is released or replaced.
    """
    edition = db.session.get_one(Edition, draft.edition_id)
    lock(edition)
    draft = get_draft(edition, draft.id)
    base = db.session.get(Release, draft.base_id) if draft.base_id else None
    mine, new = _owners(draft), _owners(onto)
    units = _units(draft, _owners(base) if base else {}, mine)
    gathered = gathering.gather(edition, now=now, base=onto, kind=DrawKind.REPAIR, everyone=True)
    judge = _Judge(gathered)
    state, done = _settle(units, new, judge)
    _write(draft, onto, state, judge)
    _write_edits(draft, units, done, actor, now)
    names, channels = _names(edition)
    lost = [
        Lost(
            place[0],
            channels.get(place[0], ""),
            place[1],
            _name(names, wanted),
            _name(names, state.get(place)),
        )
        for unit in units
        if unit not in done
        for place, _, wanted in unit.changes
        if state.get(place) != wanted
    ]
    subject = f"edition:{edition.slug}"
    audit.note(
        actor, "rotation.rebase", subject, now=now, onto=onto.number, kept=len(done), lost=len(lost)
    )
    return Rebased(len(done), lost)


def follow(onto: Release, *, actor: Actor, now: datetime) -> int:
    """Put the drafts that hands are at work on onto a release that just went out; return how many.

    Only where nothing is lost by it. Other drafts, and those that a draw made, stay as they are:
    a person puts them there and is told what does not fit.
    """
    edition = db.session.get_one(Edition, onto.edition_id)
    mine = open_drafts(edition).where(Release.draw_id.is_(None), Release.base_id == onto.base_id)
    followed = 0
    for draft in db.session.scalars(mine).all():
        with db.session.begin_nested() as attempt:
            if rebase(draft, onto, actor=actor, now=now).lost:
                attempt.rollback()
            else:
                followed += 1
    return followed


class _Judge:
    """The hard rules for whole plans, by place instead of slot."""

    def __init__(self, gathered: gathering.Gathered) -> None:
        self.table = Timetable(gathered.instance)
        self.slot = {(key[0], key[1]): slot for slot, key in gathered.keys.items()}
        self.end = {(key[0], key[1]): key[2] for key in gathered.keys.values()}
        self.sellers = gathered.sellers
        self.codes = {each.id for each in gathered.instance.sellers}

    def knows(self, place: Spot, code: str | None) -> bool:
        return place in self.slot and (code is None or code in self.codes)

    def faults(self, owners: Owners) -> set[Violation]:
        given = [
            Assignment(self.slot[place], code)
            for place, code in owners.items()
            if self.knows(place, code)
        ]
        return set(violations(self.table.instance, given, table=self.table))


def _settle(units: Sequence[_Unit], new: Owners, judge: _Judge) -> tuple[Owners, list[_Unit]]:
    """Do all units that fit; take out those that break a rule until none does."""
    known = judge.faults(new)
    active = list(units)
    while True:
        state, done = _replay(active, new, judge)
        worse = judge.faults(state) - known
        if not worse:
            return state, done
        slots = {v.slot for v in worse} | {v.other_slot for v in worse}
        codes = {v.seller for v in worse}
        guilty = [u for u in done if any(judge.slot[p] in slots for p, _, _ in u.changes)]
        guilty = guilty or [u for u in done if any(c in codes for _, _, c in u.changes)] or done
        active = [unit for unit in done if unit not in guilty]


def _replay(units: Iterable[_Unit], new: Owners, judge: _Judge) -> tuple[Owners, list[_Unit]]:
    state, done = dict(new), []
    for unit in units:
        fits = all(
            judge.knows(place, after) and state.get(place) in {before, after}
            for place, before, after in unit.changes
        )
        if fits:
            done.append(unit)
            for place, _, after in unit.changes:
                if after is None:
                    state.pop(place, None)
                else:
                    state[place] = after
    return state, done


def _units(draft: Release, old: Owners, mine: Owners) -> list[_Unit]:
    """Return what the draft changed against its base: what was drawn, then each hand edit."""
    query = (
        sa.select(PlanEdit)
        .where(PlanEdit.release_id == draft.id, PlanEdit.undone_at.is_(None))
        .order_by(PlanEdit.number)
    )
    edits = [
        _Unit(
            edit.id,
            [
                (
                    (row["channel"], datetime.fromisoformat(row["starts_at"])),
                    row["before"],
                    row["after"],
                )
                for row in edit.changes
                if row["before"] != row["after"]
            ],
        )
        for edit in db.session.scalars(query)
    ]
    drawn = dict(mine)
    for unit in reversed(edits):
        for place, before, _ in unit.changes:
            if before is None:
                drawn.pop(place, None)
            else:
                drawn[place] = before
    places = sorted(
        place for place in old.keys() | drawn.keys() if old.get(place) != drawn.get(place)
    )
    changed = [_Unit(None, [(place, old.get(place), drawn.get(place))]) for place in places]
    return changed + edits


def _owners(release: Release) -> Owners:
    query = (
        sa.select(Turn.channel_id, Turn.starts_at, Seller.code)
        .join(Seller, Seller.id == Turn.seller_id)
        .where(Turn.release_id == release.id)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def _write(draft: Release, onto: Release, state: Owners, judge: _Judge) -> None:
    """Replace the draft's turns: those of `onto` where nothing changed, else its own."""
    ids = judge.sellers
    rows = {(t.channel_id, t.starts_at, t.seller_id): t for t in _rows(draft)}
    rows |= {(t.channel_id, t.starts_at, t.seller_id): t for t in _rows(onto)}
    used: set[str] = set()
    made = []
    for place, code in sorted(state.items()):
        found = rows.get((*place, ids[code]))
        again = found is not None and found.uid not in used
        if found is not None:
            used.add(found.uid)
        made.append(
            {
                "release_id": draft.id,
                "channel_id": place[0],
                "starts_at": place[1],
                "ends_at": found.ends_at if found else judge.end[place],
                "seller_id": ids[code],
                "reasons": found.reasons if found else {"decided": "hand"},
            }
            | ({"uid": found.uid, "sequence": found.sequence} if found and again else {})
        )
    drafts.clear([draft.id])
    for some in ([row for row in made if "uid" in row], [row for row in made if "uid" not in row]):
        if some:
            db.session.execute(sa.insert(Turn), some)
    drafts.copy(Share, onto, draft)
    draft.base_id, draft.draw_id = onto.id, None
    draft.figures = dict(onto.figures or {})
    draft.revision += 1
    db.session.flush()
    shares.rewrite(draft)


def _rows(release: Release) -> Iterable[Any]:
    return db.session.execute(
        sa.select(
            Turn.channel_id,
            Turn.starts_at,
            Turn.ends_at,
            Turn.seller_id,
            Turn.uid,
            Turn.sequence,
            Turn.reasons,
        ).where(Turn.release_id == release.id)
    ).all()


def _write_edits(
    draft: Release, units: Sequence[_Unit], done: Sequence[_Unit], actor: Actor, now: datetime
) -> None:
    """Mark edits that were lost as undone; keep what came from a draw as one edit, the first."""
    lost = [unit.edit_id for unit in units if unit not in done and unit.edit_id is not None]
    if lost:
        db.session.execute(sa.update(PlanEdit).where(PlanEdit.id.in_(lost)).values(undone_at=now))
    by_hand = {place for unit in done if unit.edit_id is not None for place, _, _ in unit.changes}
    drawn = [
        change
        for unit in done
        if unit.edit_id is None
        for change in unit.changes
        if change[0] not in by_hand
    ]
    if drawn:
        query = sa.select(sa.func.max(PlanEdit.number)).where(PlanEdit.release_id == draft.id)
        db.session.add(
            PlanEdit(
                release_id=draft.id,
                number=(db.session.scalar(query) or 0) + 1,
                kind=EditKind.MOVE,
                changes=[
                    {
                        "channel": place[0],
                        "starts_at": place[1].isoformat(),
                        "before": before,
                        "after": after,
                    }
                    for place, before, after in drawn
                ],
                made_by=actor.name,
                made_at=now,
            )
        )
    db.session.flush()


def _names(edition: Edition) -> tuple[Mapping[str, str], Mapping[int, str]]:
    names = {row.code: row.name for row in db.session.execute(sa.select(Seller.code, Seller.name))}
    query = sa.select(Channel.id, Channel.name).where(Channel.edition_id == edition.id)
    return names, {row.id: row.name for row in db.session.execute(query)}


def _name(names: Mapping[str, str], code: str | None) -> str | None:
    return None if code is None else names.get(code, code)
