"""Drafts: the planner's answer kept as turns, or a copy of the plan in force to be edited."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict
from bazaar.models import (
    Channel,
    Draw,
    DrawKind,
    Edition,
    PlanEdit,
    Release,
    Seller,
    Share,
    Turn,
)
from bazaar.rotation import gathering, pin_faults, shares
from bazaar.rotation.plans import drafts, find_current_release
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import Decided, Instance, Plan
from bazaar.rules.rotation.format import write_plan

QUICK = 200
"""So many exchanges are tried for a draft that is made at once."""


class NothingToCopy(Conflict):
    """No plan has been released that a draft could begin with."""

    text = N_("Belum ada jadwal terbit yang dapat diubah. Susun rancangan dahulu.")


class RowsGone(Conflict):
    """Channels or sellers that the plan needs have been removed; nothing was kept."""

    text = N_("Saluran atau UMKM dihapus selama jadwal dihitung. Susun ulang.")


def make_draft(
    edition: Edition, *, seed: str, actor: Actor, now: datetime, iterations: int = QUICK
) -> Release:
    """Plan the edition's airtime at once, without a draw; older drafts go. For small editions.

    The same input and `seed` give the same plan. Raises what gathering raises, or a PinFault.
    """
    base = find_current_release(edition)
    gathered = gathering.gather(edition, now=now, base=base)
    pin_faults.refuse(edition, gathered.instance)
    plan = rule.plan(gathered.instance, seed, iterations=iterations)
    retire(edition, now=now)
    draft = Release(
        edition_id=edition.id,
        base_id=base.id if base else None,
        rule=rule.RULE,
        seed=seed,
        figures=shares.figures_of(gathered.instance, plan.assignments),
        made_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    turns = write(draft, gathered.instance, plan, base=base)
    subject = f"edition:{edition.slug}"
    audit.note(actor, "rotation.draft", subject, now=now, seed=seed, turns=turns)
    return draft


def from_release(edition: Edition, *, actor: Actor, now: datetime, beside: bool = False) -> Release:
    """Return a draft with the turns of the plan in force, to be edited by hand.

    One that is open already on the same plan is returned as it is, unless another is wanted
    `beside` it. Turns keep uid, sequence and reasons. Raises NothingToCopy.
    """
    lock(edition)
    base = find_current_release(edition)
    if base is None:
        raise NothingToCopy
    if not beside:
        open_one = db.session.scalars(drafts(edition).where(Release.base_id == base.id)).first()
        if open_one is not None:
            return open_one
    draft = Release(
        edition_id=edition.id,
        base_id=base.id,
        rule=base.rule,
        seed=base.seed,
        figures=base.figures,
        made_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    copy(Turn, base, draft)
    copy(Share, base, draft)
    audit.note(actor, "rotation.draft_copy", f"edition:{edition.slug}", now=now, base=base.number)
    return draft


def discard(draft: Release, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away; its draw and its edits stay on record. Harmless when it is gone."""
    edition = db.session.get_one(Edition, draft.edition_id)
    if retire(edition, now=now, only=draft.id):
        subject = f"edition:{edition.slug}"
        audit.note(actor, "rotation.draft_discard", subject, now=now, edits=draft.revision)


def retire(
    edition: Edition, *, now: datetime, only: int | None = None, but: int | None = None
) -> int:
    """Retire the drafts there are; return how many.

    One that is being released at this moment keeps its turns.
    """
    query = sa.update(Release).where(
        Release.edition_id == edition.id,
        Release.number.is_(None),
        Release.replaced_at.is_(None),
    )
    if only is not None:
        query = query.where(Release.id == only)
    if but is not None:
        query = query.where(Release.id != but)
    replaced = db.session.scalars(query.values(replaced_at=now).returning(Release.id)).all()
    if replaced:
        clear(replaced)
    return len(replaced)


def clear(release_ids: Iterable[int]) -> None:
    """Remove the turns and shares of drafts that are no more."""
    ids = list(release_ids)
    for table in (Turn, Share):
        db.session.execute(
            sa.delete(table).where(table.release_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )


def edits_of(draft: Release) -> int:
    """Return how many hand edits of a draft are in force."""
    query = sa.select(sa.func.count(PlanEdit.id)).where(
        PlanEdit.release_id == draft.id, PlanEdit.undone_at.is_(None)
    )
    return db.session.scalar(query) or 0


def is_theirs(draft: Release) -> bool:
    """Say whether people changed or decided something here that the clock must not throw away.

    That is a draft with hand edits, a rebuild, or what came out of a draw before witnesses.
    """
    draw = db.session.get(Draw, draft.draw_id) if draft.draw_id else None
    decided = draw is not None and (draw.kind is DrawKind.REBUILD or bool(draw.witness))
    return decided or edits_of(draft) > 0


def write(draft: Release, instance: Instance, plan: Plan, *, base: Release | None) -> int:
    """Keep the planner's answer as turns and shares of the draft; return how many turns.

    A turn that is where the plan in force had it keeps uid and sequence, and its reasons when it
    was not decided anew. Raises RowsGone.
    """
    codes = sa.select(Seller.code, Seller.id)
    sellers = {row.code: row.id for row in db.session.execute(codes)}
    channels = set(
        db.session.scalars(sa.select(Channel.id).where(Channel.edition_id == draft.edition_id))
    )
    rows = list(_turns(draft, instance, plan, sellers, _known(base) if base else {}))
    if any(row["channel_id"] not in channels or not row["seller_id"] for row in rows):
        raise RowsGone
    if rows:
        db.session.execute(sa.insert(Turn), rows)
    shares.write(draft, instance, plan, sellers)
    return len(rows)


Known = Mapping[tuple[int, datetime, int], tuple[str, int, dict[str, Any]]]
"""Of the plan in force, by channel, start and seller: uid, sequence and reasons."""


def _known(base: Release) -> Known:
    query = sa.select(
        Turn.channel_id, Turn.starts_at, Turn.seller_id, Turn.uid, Turn.sequence, Turn.reasons
    ).where(Turn.release_id == base.id)
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in db.session.execute(query)}


def _turns(
    draft: Release,
    instance: Instance,
    plan: Plan,
    sellers: Mapping[str, int],
    known: Known,
) -> Iterable[dict[str, Any]]:
    slots = {slot.id: slot for slot in instance.slots}
    why = reasons(instance, plan, rule_name=draft.rule)
    new = Turn.__table__.c
    for given in plan.assignments:
        slot = slots[given.slot]
        seller = sellers.get(given.seller, 0)
        facts, kept = why.get(given.slot, ({}, False))
        uid, sequence, before = known.get(
            (slot.channel, slot.start, seller), (new.uid.default.arg(None), 0, facts)
        )
        yield {
            "release_id": draft.id,
            "channel_id": slot.channel,
            "seller_id": seller,
            "starts_at": slot.start,
            "ends_at": slot.end,
            "reasons": before if kept else facts,
            "uid": uid,
            "sequence": sequence,
        }


def reasons(
    instance: Instance, plan: Plan, *, rule_name: str
) -> dict[int, tuple[dict[str, Any], bool]]:
    """Return the facts kept with each turn, by slot, and whether it was only kept.

    They are those of the plan's file, but an exchange names channel and start, not a slot.
    """
    slots = {slot.id: slot for slot in instance.slots}
    written = write_plan(instance, plan, rule="", seed="", instance_digest="")
    found: dict[int, tuple[dict[str, Any], bool]] = {}
    for row in written["reasons"]:
        slot = row.pop("slot")
        swap = row["swap"]
        if swap is not None:
            there = slots[swap.pop("slot")]
            swap |= {"channel": there.channel, "starts_at": there.start.isoformat()}
        found[slot] = ({"rule": rule_name, **row}, row["decided"] == Decided.KEPT.value)
    return found


def copy(model: type[Turn] | type[Share], base: Release, draft: Release) -> None:
    """Copy the turns or shares of a release to a draft, inside the database."""
    table = model.metadata.tables[model.__tablename__]
    names = [column.name for column in table.columns if column.name not in {"id", "release_id"}]
    query = sa.select(sa.literal(draft.id), *(table.c[name] for name in names)).where(
        table.c.release_id == base.id
    )
    db.session.execute(sa.insert(model).from_select(["release_id", *names], query))
