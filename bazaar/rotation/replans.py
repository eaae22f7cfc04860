"""After publication: who leaves or comes back, what that leaves open, and the repair of it.

The product proposes only repairs by itself: for each need once, as a draft that a person
releases, and never over a draft that somebody is editing by hand.
"""

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit, editions
from bazaar.audit import CLOCK, Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import (
    BlockedPair,
    Channel,
    ClosedTime,
    Draw,
    DrawKind,
    Edition,
    MissedTurn,
    Participation,
    Release,
    RequestKind,
    RequestState,
    Seller,
    ShowDay,
    Turn,
    TurnRequest,
    Window,
)
from bazaar.rotation import drafts, draws
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


class NeedKind(enum.Enum):
    """What a plan in force has that does not fit any more."""

    LEFT = "left"
    LOST_CHANNEL = "lost_channel"
    OUTSIDE = "outside"
    NEW_HOURS = "new_hours"
    NEW_CHANNEL = "new_channel"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a repair would mend: `turns` concerned of `name`; `key` names it for good."""

    kind: NeedKind
    name: str
    turns: int
    key: str


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


def needs_repair(edition: Edition, now: datetime) -> list[Need]:
    """Return what a repair of the plan in force would mend, nothing without a release.

    A handful of queries that the indexes answer, so that it can be asked every few seconds.
    """
    current = find_current_release(edition)
    if current is None:
        return []
    return [
        *_left(current, now),
        *_lost_channels(current, now),
        *_outside(current, now),
        *_new_hours(edition, current, now),
        *_new_channels(edition, current, now),
        *_given_back(edition, current, now),
    ]


def repair(edition: Edition, *, seals: Seals, actor: Actor, now: datetime) -> Draw:
    """Queue a repair of the plan in force. Raises what `draws.begin` raises."""
    needs = [need.key for need in needs_repair(edition, now)]
    return draws.begin(
        edition, kind=DrawKind.REPAIR, seals=seals, actor=actor, now=now, needs=needs
    )


def propose(now: datetime, *, seals: Seals) -> int:
    """Queue a repair of the current edition if something new asks for it; return how many.

    Nothing is queued while a draw is computed, nor over a draft with hand edits.
    """
    edition = editions.find_current()
    current = find_current_release(edition) if edition else None
    if edition is None or current is None or draws.find_computing(edition):
        return 0
    needs = {need.key for need in needs_repair(edition, now)}
    if not needs or needs <= _answered(edition, current):
        return 0
    draft = find_draft(edition)
    if draft is not None and drafts.edits_of(draft):
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


def _answered(edition: Edition, current: Release) -> set[str]:
    """Return the needs that draws on this release were made for, also those thrown away."""
    query = sa.select(Draw.needs).where(
        Draw.edition_id == edition.id, Draw.base_number == current.number
    )
    return {key for needs in db.session.scalars(query) for key in (needs or {}).get("keys", ())}


def _coming(current: Release, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Turn.release_id == current.id, Turn.starts_at > now)


def _left(current: Release, now: datetime) -> Iterator[Need]:
    query = (
        sa.select(Seller.code, Seller.name, sa.func.count(Turn.id))
        .select_from(Turn)
        .join(Seller, Seller.id == Turn.seller_id)
        .outerjoin(
            Participation,
            sa.and_(
                Participation.seller_id == Turn.seller_id,
                Participation.edition_id == current.edition_id,
            ),
        )
        .where(
            _coming(current, now),
            sa.or_(
                Participation.seller_id.is_(None),
                Participation.withdrawn_at.is_not(None),
                ~Seller.active,
            ),
        )
        .group_by(Seller.code, Seller.name)
        .order_by(Seller.name)
    )
    for code, name, turns in db.session.execute(query):
        yield Need(NeedKind.LEFT, name, turns, f"left:{code}")


def _lost_channels(current: Release, now: datetime) -> Iterator[Need]:
    query = (
        sa.select(Channel.id, Channel.name, sa.func.count(Turn.id))
        .select_from(Turn)
        .join(Channel, Channel.id == Turn.channel_id)
        .where(_coming(current, now), Channel.lost_from < Turn.ends_at)
        .group_by(Channel.id, Channel.name)
        .order_by(Channel.name)
    )
    for number, name, turns in db.session.execute(query):
        yield Need(NeedKind.LOST_CHANNEL, name, turns, f"lost:{number}")


def _outside(current: Release, now: datetime) -> Iterator[Need]:
    """Turns whose hours are gone, or in which nobody may be on air any more."""
    around = (
        sa.select(Window.id)
        .join(ShowDay)
        .where(
            ShowDay.edition_id == current.edition_id,
            Window.opens_at <= Turn.starts_at,
            Window.closes_at >= Turn.ends_at,
        )
    )
    shut = sa.select(ClosedTime.id).where(
        ClosedTime.edition_id == current.edition_id,
        ClosedTime.starts_at < Turn.ends_at,
        ClosedTime.ends_at > Turn.starts_at,
    )
    query = sa.select(Turn.uid).where(
        _coming(current, now), sa.or_(~around.exists(), shut.exists())
    )
    for uid in db.session.scalars(query):
        yield Need(NeedKind.OUTSIDE, "", 1, f"outside:{uid}")


def _new_hours(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    used = sa.select(Turn.id).where(
        Turn.release_id == current.id,
        Turn.starts_at >= Window.opens_at,
        Turn.starts_at < Window.closes_at,
    )
    query = (
        sa.select(Window.id, ShowDay.day)
        .join(ShowDay)
        .where(ShowDay.edition_id == edition.id, Window.opens_at > now, ~used.exists())
        .order_by(Window.opens_at)
    )
    for number, day in db.session.execute(query):
        yield Need(NeedKind.NEW_HOURS, day.isoformat(), 0, f"hours:{number}")


def _new_channels(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    used = sa.select(Turn.id).where(_coming(current, now), Turn.channel_id == Channel.id)
    still = sa.select(Turn.id).where(_coming(current, now))
    query = sa.select(Channel.id, Channel.name).where(
        Channel.edition_id == edition.id,
        Channel.lost_from.is_(None),
        ~used.exists(),
        still.exists(),
    )
    for number, name in db.session.execute(query.order_by(Channel.number)):
        yield Need(NeedKind.NEW_CHANNEL, name, 0, f"channel:{number}")


def _given_back(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    """Turns that sellers gave back, as long as nobody has their place."""
    old = sa.orm.aliased(Turn)
    there = sa.select(Turn.id).where(
        Turn.release_id == current.id,
        Turn.channel_id == old.channel_id,
        Turn.starts_at == old.starts_at,
    )
    query = (
        sa.select(TurnRequest.turn_uid, Seller.name)
        .distinct()
        .join(Seller, Seller.id == TurnRequest.seller_id)
        .join(old, old.uid == TurnRequest.turn_uid)
        .where(
            ~there.exists(),
            TurnRequest.edition_id == edition.id,
            TurnRequest.kind == RequestKind.GIVE_BACK,
            TurnRequest.state == RequestState.GRANTED,
            TurnRequest.starts_at > now,
        )
        .order_by(TurnRequest.turn_uid)
    )
    for uid, name in db.session.execute(query):
        yield Need(NeedKind.GIVEN_BACK, name, 1, f"back:{uid}")


def summed(needs: list[Need]) -> list[tuple[NeedKind, int, int, str]]:
    """Return kind, how many things, how many turns and the first name, for each kind there is."""
    things, turns = Counter(n.kind for n in needs), Counter[NeedKind]()
    first: dict[NeedKind, str] = {}
    for need in needs:
        turns[need.kind] += need.turns
        first.setdefault(need.kind, need.name)
    return [(kind, things[kind], turns[kind], first[kind]) for kind in NeedKind if things[kind]]


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
