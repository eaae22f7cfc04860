"""The plan: drafts of the rotation and the numbered releases that they become.

`bazaar.rules.rotation` decides who gets which slot; here its input is gathered and its answer
kept. A new draft leaves in place what is already on the way: turns that have begun, and those of
sellers who are told to be ready within `FREEZE`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict
from bazaar.models import (
    Availability,
    Channel,
    Edition,
    Participation,
    Release,
    Seller,
    ShowDay,
    Turn,
    Window,
)
from bazaar.rules import availability
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import Block, Candidate, Cut, Instance, Pin, Reason, Slot

FREEZE = timedelta(hours=1)
"""Turns that begin so soon after a draft keep their seller: somebody is getting ready."""


class NothingToPlan(Conflict):
    """Channels, airtime that is still to come, or sellers are missing."""

    text = N_("Jadwal belum dapat disusun: perlu saluran, jam siaran mendatang, dan UMKM peserta.")


class DraftOvertaken(Conflict):
    """The draft was replaced, or another plan was released meanwhile; nothing was released."""

    text = N_("Rancangan ini sudah diganti atau jadwal lain sudah terbit. Muat ulang halaman.")


class DraftTooOld(Conflict):
    """Turns began since the draft was made that it would rewrite; nothing was released."""

    text = N_("Rancangan ini sudah terlalu lama: ada giliran yang telanjur tayang. Susun ulang.")


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly a plan shares airtime. `per_seller` is fewest turns first, then by name."""

    turns: int
    least: int
    most: int
    empty: int
    per_seller: Sequence[tuple[Seller, int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a plan changes against another: turns that appear, and turns that go."""

    added: int
    removed: int
    sellers: int


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


def release(draft: Release, *, actor: Actor, now: datetime) -> Release:
    """Make the draft the next numbered release of its edition; from then on it never changes.

    Raises DraftOvertaken for the second of two operators, DraftTooOld when turns that have
    begun are not in the draft as they were.
    """
    edition = db.session.get_one(Edition, draft.edition_id)
    base = db.session.get(Release, draft.base_id) if draft.base_id else None
    if base and _begun(base, now) != _begun(draft, now):
        raise DraftTooOld
    number = (base.number or 0) + 1 if base else 1
    if not _number(draft.id, number, now):
        raise DraftOvertaken
    db.session.refresh(draft)
    audit.note(actor, "rotation.release", f"edition:{edition.slug}", now=now, number=number)
    return draft


def find_current_release(edition: Edition) -> Release | None:
    """Return the release in force: the one with the highest number, or None."""
    query = (
        sa.select(Release)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc())
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def find_draft(edition: Edition) -> Release | None:
    """Return the newest draft that is neither released nor replaced, or None."""
    return db.session.scalars(_drafts(edition).limit(1)).one_or_none()


def get_draft(edition: Edition, draft_id: int) -> Release:
    """Return this draft. Raises DraftOvertaken when it has been replaced or released."""
    draft = db.session.scalars(_drafts(edition).where(Release.id == draft_id)).one_or_none()
    if draft is None:
        raise DraftOvertaken
    return draft


def current_release_id() -> sa.ScalarSelect[int]:
    """Return a subquery for the id of the release in force of the current edition."""
    return (
        sa.select(Release.id)
        .join(Edition, Edition.id == Release.edition_id)
        .where(Edition.is_current, Release.number.is_not(None))
        .order_by(Release.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def turns_on(release: Release, day: date) -> Sequence[Turn]:
    """Return the turns that begin on `day` of the edition's zone, by start and channel number.

    Sellers and channels are loaded.
    """
    edition = db.session.get_one(Edition, release.edition_id)
    start, end = times.day_bounds(day, edition.zone)
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == release.id, Turn.starts_at >= start, Turn.starts_at < end
        )
    )
    return db.session.scalars(query).all()


def turns_of(seller_id: int) -> Sequence[Turn]:
    """Return all turns of a seller in the release in force, by start, channels loaded."""
    query = with_names(
        sa.select(Turn).where(Turn.release_id == current_release_id(), Turn.seller_id == seller_id)
    )
    return db.session.scalars(query).all()


def next_turn(seller_id: int, now: datetime) -> Turn | None:
    """Return the seller's turn that is on or comes next in the release in force, or None."""
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == current_release_id(),
            Turn.seller_id == seller_id,
            Turn.ends_at > now,
        )
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def with_names(query: sa.Select[Turn]) -> sa.Select[Turn]:
    """Order turns by start and channel number, and load sellers and channels with them."""
    return (
        query.join(Turn.channel)
        .options(joinedload(Turn.seller), joinedload(Turn.channel))
        .order_by(Turn.starts_at, Channel.number)
    )


def days_of(release: Release) -> dict[date, int]:
    """Return how many turns begin on each day of the edition's zone, in order of days."""
    zone = db.session.get_one(Edition, release.edition_id).zone
    starts = db.session.scalars(
        sa.select(Turn.starts_at).where(Turn.release_id == release.id).order_by(Turn.starts_at)
    )
    return dict(Counter(times.day_of(start, zone) for start in starts))


def fairness(release: Release) -> Fairness:
    """Return how many turns each participant has, and the slots to come that nobody has."""
    edition = db.session.get_one(Edition, release.edition_id)
    had = sa.func.count(Turn.id)
    query = (
        sa.select(Seller, had)
        .join(Participation, Participation.seller_id == Seller.id)
        .outerjoin(Turn, sa.and_(Turn.seller_id == Seller.id, Turn.release_id == release.id))
        .where(Participation.edition_id == edition.id, Seller.active)
        .group_by(Seller.id)
        .order_by(had, Seller.name)
    )
    per_seller = [(seller, turns) for seller, turns in db.session.execute(query)]
    taken = db.session.execute(
        sa.select(Turn.channel_id, Turn.starts_at).where(Turn.release_id == release.id)
    ).all()
    cut = _slots(edition, _blocks(edition))
    coming = {(slot.channel, slot.start) for slot in cut if slot.start >= release.made_at}
    counts = [turns for _, turns in per_seller] or [0]
    empty = len(coming - {(channel, start) for channel, start in taken})
    return Fairness(len(taken), min(counts), max(counts), empty, per_seller)


def difference(draft: Release, current: Release | None) -> Difference:
    """Return what releasing the draft would change."""
    new, old = _turns(draft), _turns(current) if current else set()
    touched = {seller for _, _, seller in new ^ old}
    return Difference(len(new - old), len(old - new), len(touched))


def _drafts(edition: Edition) -> sa.Select[Release]:
    return (
        sa.select(Release)
        .where(
            Release.edition_id == edition.id,
            Release.number.is_(None),
            Release.replaced_at.is_(None),
        )
        .order_by(Release.id.desc())
    )


def _turns(release: Release, before: datetime | None = None) -> set[tuple[int, datetime, int]]:
    query = sa.select(Turn.channel_id, Turn.starts_at, Turn.seller_id).where(
        Turn.release_id == release.id
    )
    if before is not None:
        query = query.where(Turn.starts_at <= before)
    return {(channel, start, seller) for channel, start, seller in db.session.execute(query)}


def _begun(release: Release, now: datetime) -> set[tuple[int, datetime, int]]:
    return _turns(release, before=now)


def _number(draft_id: int, number: int, now: datetime) -> bool:
    """Give the draft its number, unless the draft or the number is taken."""
    statement = (
        sa.update(Release)
        .where(Release.id == draft_id, Release.number.is_(None), Release.replaced_at.is_(None))
        .values(number=number, released_at=now)
    )
    try:
        with db.session.begin_nested():
            return claim(statement)
    except sa.exc.IntegrityError:
        return False


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


def _blocks(edition: Edition) -> list[Block]:
    query = (
        sa.select(Window.id, ShowDay.day, Window.opens_at, Window.closes_at, Window.weight)
        .join(ShowDay, ShowDay.id == Window.show_day_id)
        .where(ShowDay.edition_id == edition.id)
        .order_by(Window.opens_at)
    )
    return [
        Block(number, day.toordinal(), opens, closes, weight)
        for number, day, opens, closes, weight in db.session.execute(query)
    ]


def _slots(edition: Edition, blocks: Iterable[Block]) -> list[Slot]:
    return rule.slots(
        blocks,
        [channel.id for channel in edition.channels],
        turn=timedelta(minutes=edition.turn_minutes),
        gap=timedelta(minutes=edition.gap_minutes),
    )


def _instance(
    edition: Edition, sellers: Sequence[Seller], fixed: Sequence[Turn], now: datetime
) -> Instance:
    """Put the edition's airtime from `now` on into the planner's words; `fixed` are pinned."""
    blocks = _blocks(edition)
    slots = [
        slot
        for slot in _slots(edition, blocks)
        if slot.start >= now and not any(_overlap(slot, turn) for turn in fixed)
    ]
    pins = []
    for number, turn in enumerate(fixed, start=max((slot.id for slot in slots), default=-1) + 1):
        block = _block_of(turn, blocks, edition)
        step = timedelta(minutes=edition.turn_minutes + edition.gap_minutes)
        pos = (turn.starts_at - block.start) // step
        if block not in blocks:
            blocks.append(block)
        slots.append(
            Slot(number, block.id, turn.channel_id, pos, turn.starts_at, turn.ends_at, block.weight)
        )
        pins.append(Pin(number, turn.seller.code))
    return Instance(edition.slug, blocks, slots, _candidates(edition, sellers, blocks), pins)


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
            cuts += [Cut(block.id, start, end) for start, end in free]
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
        "last_ended_at": reason.last_end.isoformat() if reason.last_end else None,
        "same_cluster": reason.same_cluster,
        "rival": reason.rival,
        "excluded": dict(reason.excluded),
    }
