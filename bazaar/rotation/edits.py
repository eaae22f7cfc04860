"""Changes of a draft by hand: each is checked, kept with who and why, and can be undone.

Two people may have the same draft before them. Every change names the revision it was made on;
the one whose revision is no longer current is told who changed what, and changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import Edition, EditKind, PlanEdit, Release, Seller, Share
from bazaar.rotation import shares
from bazaar.rotation.desk import Desk, Place, days_at, lay
from bazaar.rotation.edit_rows import Row, instant, put_back, put_pins, put_turns, row_of, stands
from bazaar.rotation.faults import clock, refuse
from bazaar.rotation.releases import DraftOvertaken
from bazaar.rotation.shares import Fairness, fairness
from bazaar.rules.rotation import Violation
from bazaar.rules.rotation.check import Warned, violations_of, warnings
from bazaar.rules.rotation.hands import Change, Hands, after, worse

LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """What a hand wants: at `place`, and for swap and move with `to`; PUT puts `seller` (code)."""

    kind: EditKind
    place: Place
    to: Place | None = None
    seller: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A change as people speak of it; as text without words: `Batik Sari ↔ Kopi Argopuro`."""

    kind: str
    seller: str
    other: str = ""
    where: str = ""

    def __str__(self) -> str:
        """Say it in signs, which need no translation."""
        if self.kind == EditKind.SWAP.value:
            return f"{self.seller} ↔ {self.other}"
        sign = {EditKind.EMPTY.value: "✕", EditKind.PIN.value: "⊙", EditKind.UNPIN.value: "○"}
        return f"{self.seller} {sign.get(self.kind, '→')} {self.where}".strip()


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was made: new soft faults, and how even the plan was before and is now."""

    edit: PlanEdit
    warnings: Sequence[Warned]
    desk: Desk
    before: Fairness
    after: Fairness


@dataclass(eq=False)
class RevisionChanged(Conflict):
    """Somebody else changed the draft since this page was loaded; nothing was changed now."""

    who: str
    what: Told
    undone: bool
    text = N_(
        "{who} baru saja mengubah rancangan ini: {what}. Perubahan Anda belum disimpan;"
        " periksa rancangan yang terbaru, lalu ulangi."
    )


class NoSuchPlace(Invalid):
    """There is no such slot in the days shown."""

    text = N_("Slot itu tidak ada. Muat ulang halaman, lalu pilih lagi.")


class NothingThere(Invalid):
    """The slot is not as this change needs it: empty, or taken."""

    text = N_("Slot itu isinya tidak cocok dengan perubahan ini. Pilih lagi.")


class NoSuchSeller(Invalid):
    """No seller has this code."""

    text = N_("UMKM itu tidak ada. Pilih lagi.")


class NothingToUndo(Conflict):
    """No change by hand is left to undo."""

    text = N_("Tidak ada perubahan yang dapat diurungkan.")


class NoLongerSo(Conflict):
    """The slots of the change were changed in another way since; nothing was undone."""

    text = N_("Perubahan itu tidak dapat diurungkan lagi: slotnya sudah berubah dengan cara lain.")


def apply(
    draft: Release, edit: Edit, *, revision: int, why: str, actor: Actor, now: datetime
) -> Done:
    """Change the draft, keep the change as a PlanEdit, and work its figures out again.

    Raises RevisionChanged or DraftOvertaken when others were first, RuleBroken with a sentence
    for each hard rule the change would break, NoSuchPlace, NothingThere or NoSuchSeller
    when it makes no sense.
    """
    _claim(draft, revision)
    even = fairness(draft, per_seller=False)
    edition = db.session.get_one(Edition, draft.edition_id)
    seller = get_seller(edit.seller) if edit.kind is EditKind.PUT else None
    days = days_at(edition, [edit.place, *([edit.to] if edit.to else [])])
    desk = lay(draft, days, now=now, others={seller.id} if seller else ())
    change = changed(desk, edit)
    refuse(desk, _broken(desk, edit, change))
    pins = _pins_wanted(desk, edit, change, actor, now)
    rows = [row_of(desk, slot, change, pins) for slot in {**change, **pins}]
    rows[0]["figures"] = draft.figures
    number = _number(draft)
    put_turns(draft, desk, change, rows, number)
    put_pins(rows)
    kept = PlanEdit(
        release_id=draft.id,
        number=number,
        kind=edit.kind,
        changes=rows,
        why=why.strip()[:LONGEST_WHY],
        made_by=actor.name,
        made_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    _count_again(draft, rows)
    before, then = _warnings(desk, {}), _warnings(desk, change)
    known = draft.figures or {}
    if known.get("clashes") is not None:
        clashes = max(0, known["clashes"] + _clashes(desk, then) - _clashes(desk, before))
        draft.figures = {**known, "clashes": clashes}
    told = told_of(desk, edit)
    _note(actor, draft, edition, "rotation.edit", told, now, why=kept.why)
    new = [each for each in then if each not in before]
    return Done(kept, new, desk, even, fairness(draft, per_seller=False))


def undo(draft: Release, *, revision: int, actor: Actor, now: datetime) -> PlanEdit:
    """Take back the last change that still stands, to the letter; return it.

    Raises RevisionChanged, DraftOvertaken, NothingToUndo or NoLongerSo.
    """
    _claim(draft, revision)
    last = find_last(draft)
    if last is None:
        raise NothingToUndo
    if not all(stands(draft, row) for row in last.changes):
        raise NoLongerSo
    edition = db.session.get_one(Edition, draft.edition_id)
    told = told_of_kept(edition, last)
    put_back(draft, last.changes)
    last.undone_at = now
    _count_again(draft, last.changes)
    draft.figures = last.changes[0]["figures"]
    db.session.flush()
    _note(actor, draft, edition, "rotation.undo_edit", told, now)
    return last


def find_last(draft: Release) -> PlanEdit | None:
    """Return the change that `undo` would take back, or None.

    What brought the draft in line with a newer release is no change of this kind and ends the
    line: before it the draft was another one.
    """
    query = (
        sa.select(PlanEdit)
        .where(PlanEdit.release_id == draft.id, PlanEdit.undone_at.is_(None))
        .order_by(PlanEdit.number.desc())
        .limit(1)
    )
    last = db.session.scalars(query).one_or_none()
    return last if last and "figures" in last.changes[0] else None


def changed(desk: Desk, edit: Edit) -> dict[int, str | None]:
    """Return who has which slot after the edit; empty if it changes pins only.

    Raises NoSuchPlace or NothingThere.
    """
    here = _slot(desk, edit.place)
    has = desk.who.get(here)
    if edit.kind in {EditKind.SWAP, EditKind.MOVE}:
        there = _slot(desk, edit.to)
        other = desk.who.get(there)
        if has in {None, other} or (other is None) is not (edit.kind is EditKind.MOVE):
            raise NothingThere
        return {here: other, there: has}
    senseless = {
        EditKind.PUT: has == edit.seller,
        EditKind.EMPTY: has is None and here in desk.emptied,
        EditKind.PIN: has is None or desk.pins.get(here) == has,
        EditKind.UNPIN: here not in desk.pins,
    }
    if senseless[edit.kind]:
        raise NothingThere
    if edit.kind is EditKind.PUT:
        return {here: edit.seller}
    return {here: None} if has and edit.kind is EditKind.EMPTY else {}


def told_of(desk: Desk, edit: Edit) -> Told:
    """Return the edit as people speak of it, on the desk as it was before."""
    place = edit.place if edit.kind is EditKind.PUT or edit.to is None else edit.to
    seller = edit.seller or desk.who.get(desk.place[edit.place], "")
    other = desk.who.get(desk.place[edit.to], "") if edit.to else ""
    where = f"{clock(desk, place[1], dated=True)} {desk.channel_name(place[0])}"
    names = {code: person.name for code, person in desk.people.items()}
    return Told(edit.kind.value, names.get(seller, ""), names.get(other, ""), where)


def told_of_kept(edition: Edition, edit: PlanEdit) -> Told:
    """Return a kept edit as people speak of it."""
    rows = sorted(edit.changes, key=lambda row: row["before"] is None)
    codes = [row["before"] or row["after"] or "" for row in rows]
    shown = rows[-1]
    if edit.kind is EditKind.PUT:
        codes = [shown["after"]]
    query = sa.select(Seller.code, Seller.name).where(Seller.code.in_(codes))
    names = dict(db.session.execute(query).all())
    channels = {channel.id: channel.name for channel in edition.channels}
    local = instant(shown).astimezone(edition.zone)
    where = f"{local.day}/{local.month} {local:%H.%M} {channels.get(shown['channel'], '')}"
    named = [names.get(code, "") for code in codes] + [""]
    return Told(edit.kind.value, named[0], named[1] if len(rows) > 1 else "", where)


def _claim(draft: Release, revision: int) -> None:
    won = claim(
        sa.update(Release)
        .where(
            Release.id == draft.id,
            Release.revision == revision,
            Release.number.is_(None),
            Release.replaced_at.is_(None),
        )
        .values(revision=Release.revision + 1)
    )
    db.session.refresh(draft)
    if won:
        return
    if draft.number is not None or draft.replaced_at is not None:
        raise DraftOvertaken
    last = db.session.scalars(
        audit.entries(subject=_subject(draft), action="rotation.").limit(1)
    ).one_or_none()
    if last is None:
        raise DraftOvertaken
    undone = last.action == "rotation.undo_edit"
    told = Told(*(last.facts.get(name, "") for name in ("kind", "seller", "other", "where")))
    raise RevisionChanged(last.actor_name, told, undone)


def _broken(desk: Desk, edit: Edit, change: Change) -> list[Violation]:
    """Return the hard rules that the edit breaks; the judge has the last word."""
    if edit.kind is EditKind.PIN:
        here = desk.place[edit.place]
        seller = desk.who[here]
        others = {slot: who for slot, who in desk.who.items() if slot != here}
        return list(Hands(desk.table, others).faults({here: seller}))
    found = list(desk.hands.faults(change))
    if found or not change:
        return found
    touched = {who for slot in change for who in (desk.who.get(slot), change[slot]) if who}
    before = violations_of(desk.instance, after(desk.who, {}), touched, table=desk.table)
    then = violations_of(desk.instance, after(desk.who, change), touched, table=desk.table)
    return worse(before, then, change)


def _warnings(desk: Desk, change: Change) -> list[Warned]:
    """Return the soft faults among neighbours after a change."""
    found = warnings(desk.instance, after(desk.who, change), table=desk.table)
    return [each for each in found if each.slot is not None]


def _clashes(desk: Desk, found: Iterable[Warned]) -> int:
    """Count as the figures do: each pair, and each seller beyond the cap."""
    cap = desk.instance.rules.cluster_same_time_max
    return sum(each.count - cap if each.kind == "same_time" else 1 for each in found)


def _count_again(draft: Release, rows: Iterable[Row]) -> None:
    """Work out the shares of those whom these rows touch; who has nothing and drew nothing goes."""
    codes = {code for row in rows for code in (row["before"], row["after"]) if code}
    ids = db.session.scalars(sa.select(Seller.id).where(Seller.code.in_(codes))).all()
    shares.rewrite(draft, ids)
    db.session.execute(
        sa.delete(Share).where(
            Share.release_id == draft.id,
            Share.seller_id.in_(ids),
            Share.turns == 0,
            Share.place == 0,
            Share.share == 0,
        )
    )


def get_seller(code: str) -> Seller:
    """Return the seller with this code. Raises NoSuchSeller."""
    seller = db.session.scalars(sa.select(Seller).filter_by(code=code)).one_or_none()
    if seller is None:
        raise NoSuchSeller
    return seller


def _slot(desk: Desk, place: Place | None) -> int:
    if place is None or place not in desk.place:
        raise NoSuchPlace
    return desk.place[place]


def _number(draft: Release) -> int:
    last = sa.select(sa.func.max(PlanEdit.number)).where(PlanEdit.release_id == draft.id)
    return (db.session.scalar(last) or 0) + 1


def _pins_wanted(
    desk: Desk, edit: Edit, change: Change, actor: Actor, now: datetime
) -> dict[int, Row | None]:
    """Return the pin that slots get, or None where theirs goes.

    Who gets a slot that was left empty on purpose takes the mark off it.
    """
    here = desk.place[edit.place]
    found: dict[int, Row | None] = {
        slot: None for slot, seller in change.items() if seller and slot in desk.emptied
    }
    if edit.kind is EditKind.UNPIN:
        found[here] = None
    if edit.kind is EditKind.PIN or (edit.kind is EditKind.EMPTY and here not in desk.strays):
        seller = desk.who[here] if edit.kind is EditKind.PIN else None
        found[here] = {
            "seller": seller,
            "note": "",
            "made_by": actor.name,
            "made_at": now.isoformat(),
        }
    return found


def _subject(draft: Release) -> str:
    return f"draft:{draft.id}"


def _note(
    actor: Actor,
    draft: Release,
    edition: Edition,
    action: str,
    told: Told,
    now: datetime,
    **facts: Any,
) -> None:
    said = {**asdict(told), "edition": edition.slug, **facts}
    audit.note(actor, action, _subject(draft), now=now, **said)
