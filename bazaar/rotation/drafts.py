"""A draft: the input of the planner gathered, its answer kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Availability, Edition, Participation, Release, Seller, Turn
from bazaar.rotation import airtime
from bazaar.rotation.plans import find_current_release, with_names
from bazaar.rules import availability
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import Block, Candidate, Cut, Instance, Pin, Reason, Rules, Slot

FREEZE = timedelta(hours=1)
"""Turns that begin so soon after a draft keep their seller: somebody is getting ready."""


class NothingToPlan(Conflict):
    """Channels, airtime that is still to come, or sellers are missing."""

    text = N_("Jadwal belum dapat disusun: perlu saluran, jam siaran mendatang, dan UMKM peserta.")


def make_draft(edition: Edition, *, seed: str, actor: Actor, now: datetime) -> Release:
    """Plan all airtime from `now` on and keep it as the edition's draft; older drafts go.

    The same input and `seed` give the same plan. Raises NothingToPlan.
    """
    base = find_current_release(edition)
    kept = _kept(base, now) if base else []
    taking_part = _taking_part(edition)
    fixed = [turn for turn in kept if turn.seller.code in taking_part]
    instance = _instance(edition, list(taking_part.values()), fixed, now)
    if not taking_part or len(instance.slots) == len(fixed):
        raise NothingToPlan
    plan = rule.plan(instance, seed)
    _replace_drafts(edition, now)
    draft = Release(
        edition_id=edition.id,
        base_id=base.id if base else None,
        rule=rule.RULE,
        seed=seed,
        made_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    rows = [_copied(turn) for turn in kept]
    rows += _planned(instance, plan, taking_part)
    if rows:
        db.session.execute(sa.insert(Turn), [{"release_id": draft.id, **row} for row in rows])
    subject = f"edition:{edition.slug}"
    audit.note(actor, "rotation.draft", subject, now=now, seed=seed, turns=len(rows))
    return draft


def _replace_drafts(edition: Edition, now: datetime) -> None:
    """Retire the drafts there are. One that is being released at this moment keeps its turns."""
    replaced = db.session.scalars(
        sa.update(Release)
        .where(
            Release.edition_id == edition.id,
            Release.number.is_(None),
            Release.replaced_at.is_(None),
        )
        .values(replaced_at=now)
        .returning(Release.id)
    ).all()
    if replaced:
        db.session.execute(sa.delete(Turn).where(Turn.release_id.in_(replaced)))


def _kept(base: Release, now: datetime) -> list[Turn]:
    """Return the turns of the release in force that a new draft leaves as they are."""
    query = with_names(
        sa.select(Turn)
        .join(Release, Release.id == Turn.release_id)
        .join(Turn.seller)
        .outerjoin(
            Participation,
            sa.and_(
                Participation.seller_id == Turn.seller_id,
                Participation.edition_id == Release.edition_id,
            ),
        )
        .where(
            Turn.release_id == base.id,
            sa.or_(
                Turn.starts_at <= now,
                sa.and_(
                    Turn.starts_at < now + FREEZE,
                    Participation.seller_id.is_not(None),
                    Seller.active,
                ),
            ),
        )
    )
    return list(db.session.scalars(query))


def _taking_part(edition: Edition) -> dict[str, Seller]:
    query = (
        sa.select(Seller)
        .join(Participation, Participation.seller_id == Seller.id)
        .where(Participation.edition_id == edition.id, Seller.active)
        .order_by(Seller.code)
    )
    return {seller.code: seller for seller in db.session.scalars(query)}


def _instance(
    edition: Edition, sellers: Sequence[Seller], fixed: Sequence[Turn], now: datetime
) -> Instance:
    """Put the edition's airtime from `now` on into the planner's words; `fixed` are pinned."""
    blocks = airtime.blocks(edition)
    slots = [
        slot
        for slot in airtime.slots(edition, blocks)
        if slot.start >= now and not any(_overlap(slot, turn) for turn in fixed)
    ]
    pins = []
    for number, turn in enumerate(fixed, start=max((slot.id for slot in slots), default=-1) + 1):
        block = _block_of(turn, blocks, edition)
        step = timedelta(minutes=edition.turn_minutes + edition.gap_minutes)
        pos = (turn.starts_at - block.start) // step
        if block not in blocks:
            blocks.append(block)
        slots.append(Slot(number, block.id, turn.channel_id, pos, turn.starts_at, turn.ends_at))
        pins.append(Pin(number, turn.seller.code))
    candidates = _candidates(edition, sellers, blocks)
    return Instance(edition.slug, blocks, slots, candidates, Rules(), pins)


def _overlap(slot: Slot, turn: Turn) -> bool:
    same_channel = slot.channel == turn.channel_id
    return same_channel and slot.start < turn.ends_at and turn.starts_at < slot.end


def _block_of(turn: Turn, blocks: Iterable[Block], edition: Edition) -> Block:
    """Return the opening a kept turn lies in; one of its own if the hours were changed since."""
    for block in blocks:
        if block.start <= turn.starts_at < block.end:
            return block
    day = times.day_of(turn.starts_at, edition.zone).toordinal()
    return Block(-turn.id, day, turn.starts_at, turn.ends_at)


def _candidates(
    edition: Edition, sellers: Sequence[Seller], blocks: Sequence[Block]
) -> list[Candidate]:
    weekly: defaultdict[int, list[Availability]] = defaultdict(list)
    rows = sa.select(Availability).where(
        Availability.seller_id.in_([seller.id for seller in sellers])
    )
    for row in db.session.scalars(rows):
        weekly[row.seller_id].append(row)
    return [_candidate(edition, seller, weekly[seller.id], blocks) for seller in sellers]


def _candidate(
    edition: Edition, seller: Seller, weekly: Sequence[Availability], blocks: Iterable[Block]
) -> Candidate:
    comes: set[int] = set()
    cuts: list[Cut] = []
    for block in blocks:
        whole = [(block.start, block.end)]
        free = availability.spans(weekly, block.start, block.end, edition.zone) if weekly else whole
        if free:
            comes.add(block.id)
        if free != whole:
            cuts += [Cut(block.id, *max(free, key=lambda span: span[1] - span[0]))] if free else []
    return Candidate(seller.code, seller.cluster, frozenset(comes), tuple(cuts))


def _copied(turn: Turn) -> dict[str, Any]:
    return {
        "channel_id": turn.channel_id,
        "seller_id": turn.seller_id,
        "starts_at": turn.starts_at,
        "ends_at": turn.ends_at,
        "reasons": turn.reasons,
    }


def _planned(
    instance: Instance, plan: rule.Plan, sellers: dict[str, Seller]
) -> list[dict[str, Any]]:
    slots = {slot.id: slot for slot in instance.slots}
    return [
        {
            "channel_id": slots[reason.slot].channel,
            "seller_id": sellers[reason.seller].id,
            "starts_at": slots[reason.slot].start,
            "ends_at": slots[reason.slot].end,
            "reasons": _facts(reason),
        }
        for reason in plan.reasons
        if reason.seller is not None and reason.decided is not rule.Decided.PIN
    ]


def _facts(reason: Reason) -> dict[str, Any]:
    return {
        "rule": rule.RULE,
        "decided": reason.decided.value,
        "candidates": reason.candidates,
        "turns_before": reason.turns,
        "same_cluster": reason.same_cluster,
        "rival": reason.rival,
        "excluded": dict(reason.excluded),
    }
