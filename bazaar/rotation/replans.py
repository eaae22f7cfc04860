"""After publication: who leaves or comes back, what that leaves open, and the repair of it.

The product proposes only repairs by itself: for each need once, as a draft that a person
releases, and never over a draft that somebody is editing by hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit, editions
from bazaar.audit import CLOCK, Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import (
    BlockedPair,
    Draw,
    DrawKind,
    Edition,
    MissedTurn,
    Participation,
    Release,
    Seller,
    Turn,
)
from bazaar.rotation import drafts, draws
from bazaar.rotation.needs import answered, needs_repair
from bazaar.rotation.plans import find_current_release, find_draft
from bazaar.seals import Seals

MOST_TURNS = 1_000


@dataclass(eq=False)
class NotTakingPart(Conflict):
    """The seller takes no part in the edition, or has withdrawn."""

    name: str
    text = N_("{name} bukan peserta penyelenggaraan ini, atau sudah mundur.")


@dataclass(eq=False)
class StillTakingPart(Conflict):
    """The seller has not withdrawn."""

    name: str
    text = N_("{name} masih menjadi peserta.")


class PairOfOne(Invalid):
    """A pair needs two sellers."""

    text = N_("Pilih dua UMKM yang berbeda.")


class NotYetBegun(Conflict):
    """Nobody can have missed a turn that has not begun."""

    text = N_("Giliran ini belum mulai, jadi belum dapat dicatat tidak hadir.")


def withdraw(edition: Edition, seller: Seller, why: str, *, actor: Actor, now: datetime) -> int:
    """Let a seller leave the edition; return how many of its coming turns become free.

    The plan in force stays as it is until a repair is released. Raises NotTakingPart.
    """
    left = claim(
        _of(edition, seller)
        .where(Participation.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_why=why)
    )
    if not left:
        raise NotTakingPart(seller.name)
    db.session.expire_all()
    freed = coming_turns(edition, seller, now)
    _note("roster.withdraw", seller, actor, now, why=why, turns=freed)
    return freed


def come_back(edition: Edition, seller: Seller, *, actor: Actor, now: datetime) -> None:
    """Let a seller who withdrew take part again. Raises StillTakingPart."""
    back = claim(
        _of(edition, seller)
        .where(Participation.withdrawn_at.is_not(None))
        .values(withdrawn_at=None, withdrawn_why="")
    )
    if not back:
        raise StillTakingPart(seller.name)
    db.session.expire_all()
    _note("roster.come_back", seller, actor, now)


def set_standby(
    edition: Edition,
    seller: Seller,
    *,
    standby: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Put a seller on the standby list, or take it off. Raises NotTakingPart."""
    _change(edition, seller, standby=standby)
    _note("roster.standby" if standby else "roster.no_standby", seller, actor, now)


def set_max_turns(
    edition: Edition, seller: Seller, most: int | None, *, actor: Actor, now: datetime
) -> None:
    """Give a seller at most so many turns, None: as many as are fair. Raises NotTakingPart."""
    _change(edition, seller, max_turns=most)
    _note("roster.max_turns", seller, actor, now, most=most)


def block_pair(
    edition: Edition, one: Seller, other: Seller, note: str = "", *, actor: Actor, now: datetime
) -> bool:
    """Keep two sellers apart: never on air together or one after the other; False if they were.

    Raises PairOfOne or NotTakingPart.
    """
    if one.id == other.id:
        raise PairOfOne
    for each in (one, other):
        if db.session.get(Participation, (edition.id, each.id)) is None:
            raise NotTakingPart(each.name)
    first, second = sorted((one, other), key=lambda each: each.id)
    new = insert_once(
        BlockedPair, edition_id=edition.id, seller_id=first.id, other_id=second.id, note=note
    )
    if new:
        _note("roster.block_pair", one, actor, now, other=other.code, note=note)
    return new


def unblock_pair(
    edition: Edition, one: Seller, other: Seller, *, actor: Actor, now: datetime
) -> None:
    """Let two sellers meet again. Harmless when they may."""
    first, second = sorted((one.id, other.id))
    gone = db.session.execute(
        sa.delete(BlockedPair)
        .where(
            BlockedPair.edition_id == edition.id,
            BlockedPair.seller_id == first,
            BlockedPair.other_id == second,
        )
        .returning(BlockedPair.seller_id)
    ).first()
    if gone:
        _note("roster.unblock_pair", one, actor, now, other=other.code)


def note_missed(turn: Turn, *, excused: bool, why: str, actor: Actor, now: datetime) -> None:
    """Write down that a seller was not there for its turn; said again it replaces what was said.

    Excused, the turn counts as not had: the next plans owe the seller one. Raises NotYetBegun.
    """
    if turn.starts_at > now:
        raise NotYetBegun
    release = db.session.get_one(Release, turn.release_id)
    said = {"excused": excused, "why": why, "noted_by": actor.name, "noted_at": now}
    new = insert_once(
        MissedTurn,
        edition_id=release.edition_id,
        turn_uid=turn.uid,
        seller_id=turn.seller_id,
        starts_at=turn.starts_at,
        **said,
    )
    if not new:
        db.session.execute(sa.update(MissedTurn).where(*_missed(turn)).values(**said))
    db.session.expire_all()
    _note("roster.missed", turn.seller, actor, now, turn=turn.uid, excused=excused, why=why)


def take_back_missed(turn: Turn, *, actor: Actor, now: datetime) -> None:
    """Forget that a turn was missed: it was not. Harmless when nobody said so."""
    gone = db.session.execute(
        sa.delete(MissedTurn).where(*_missed(turn)).returning(MissedTurn.id)
    ).first()
    if gone:
        _note("roster.not_missed", turn.seller, actor, now, turn=turn.uid)


def coming_turns(edition: Edition, seller: Seller, now: datetime) -> int:
    """Return how many turns the seller still has in the plan in force."""
    current = find_current_release(edition)
    if current is None:
        return 0
    query = sa.select(sa.func.count(Turn.id)).where(
        Turn.release_id == current.id, Turn.seller_id == seller.id, Turn.starts_at > now
    )
    return db.session.scalar(query) or 0


def repair(edition: Edition, *, seals: Seals, actor: Actor, now: datetime) -> Draw:
    """Queue a repair of the plan in force. Raises what `draws.begin` raises."""
    needs = [need.key for need in needs_repair(edition, now)]
    return draws.begin(
        edition, kind=DrawKind.REPAIR, seals=seals, actor=actor, now=now, needs=needs
    )


def propose(now: datetime, *, seals: Seals) -> int:
    """Queue a repair of the current edition if something new asks for it; return how many.

    Nothing is queued while a draw is computed, nor over a draft that people decided on.
    """
    edition = editions.find_current()
    current = find_current_release(edition) if edition else None
    if edition is None or current is None or draws.find_computing(edition):
        return 0
    needs = {need.key for need in needs_repair(edition, now)}
    if not needs or needs <= answered(edition, current):
        return 0
    draft = find_draft(edition)
    if draft is not None and drafts.is_theirs(draft):
        return 0
    asked = (current.id, frozenset(needs))
    before, again_at = _in_vain.get(edition.id, (None, now))
    if before == asked and now < again_at:
        return 0
    try:
        with db.session.begin_nested():
            repair(edition, seals=seals, actor=CLOCK, now=now)
    except Conflict:  # nothing that could be planned, or pins that a person must look at
        _in_vain[edition.id] = (asked, now + AGAIN)
        return 0
    return 1


AGAIN = timedelta(minutes=5)
"""So long the same needs are not looked into again when nothing could be planned."""

_in_vain: dict[int, tuple[tuple[int, frozenset[str]], datetime]] = {}
"""By edition: for which release and needs nothing could be planned, and when to try again."""


def _of(edition: Edition, seller: Seller) -> sa.Update:
    return sa.update(Participation).where(
        Participation.edition_id == edition.id, Participation.seller_id == seller.id
    )


def _change(edition: Edition, seller: Seller, **values: object) -> None:
    """Change who takes part and has not withdrawn. Raises NotTakingPart."""
    if not claim(_of(edition, seller).where(Participation.withdrawn_at.is_(None)).values(**values)):
        raise NotTakingPart(seller.name)
    db.session.expire_all()


def _missed(turn: Turn) -> tuple[sa.ColumnElement[bool], ...]:
    release = db.session.get_one(Release, turn.release_id)
    return MissedTurn.edition_id == release.edition_id, MissedTurn.turn_uid == turn.uid


def _note(action: str, seller: Seller, actor: Actor, now: datetime, **facts: object) -> None:
    audit.note(actor, action, f"seller:{seller.code}", now=now, **facts)
