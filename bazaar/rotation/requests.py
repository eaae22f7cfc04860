"""What sellers ask about their turns: swap, give back, move. Every step once, whoever comes first.

A request names turns by uid and start. When another release changes one of them meanwhile, nobody
can grant the request any more, and the clock closes it. What is granted becomes a release at once
(`granting`); state and plan change in one transaction, so that there is never one without the
other. The freeze period does not hinder: all who are concerned want it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit, availabilities
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Edition, RequestKind, RequestState, Seller, Turn, TurnRequest
from bazaar.rotation import granting, request_letters
from bazaar.rotation.desk import Place
from bazaar.rotation.faults import refuse
from bazaar.rotation.plans import find_current_release
from bazaar.rotation.possible import OPEN, TurnChanged, deadline, desk_for, swap_of

ANSWER_WITHIN = timedelta(hours=24)
LEAST_LEAD = timedelta(hours=1)
"""So long before a turn at least a swap must be final, whatever the edition says."""


class NoSuchRequest(NotFound):
    """There is no such request, or it is not this seller's."""

    text = N_("Permintaan ini tidak ditemukan.")


@dataclass(eq=False)
class TooLate(Conflict):
    """The turn begins too soon for anything to be asked about it."""

    hours: int
    text = N_("Terlambat: permintaan hanya sampai {hours} jam sebelum giliran mulai.")


class AlreadyAsked(Conflict):
    """Another request about this turn is open."""

    text = N_("Giliran ini masih punya permintaan terbuka. Tunggu jawabannya, atau tarik dulu.")


class AlreadyClosed(Conflict):
    """Somebody else was first: the request is answered, withdrawn or over."""

    text = N_("Permintaan ini sudah dijawab atau ditutup. Muat ulang untuk melihat hasilnya.")


class AnswerTooLate(Conflict):
    """The time to answer is over."""

    text = N_("Batas menjawab permintaan ini sudah lewat.")


class NotTakingPart(Conflict):
    """The seller has withdrawn from the edition."""

    text = N_("Anda sudah mundur dari penyelenggaraan ini. Hubungi panitia.")


def find_own(edition: Edition, seller_id: int, uid: str) -> Turn:
    """Return a seller's turn of the plan in force. Raises TurnChanged."""
    turn = find_turn(edition, uid)
    if turn.seller_id != seller_id:
        raise TurnChanged
    return turn


def find_turn(edition: Edition, uid: str) -> Turn:
    """Return a turn of the plan in force. Raises TurnChanged."""
    turn = _turn(edition, uid)
    if turn is None:
        raise TurnChanged
    return turn


def ask_swap(
    edition: Edition, turn: Turn, other: Turn, wish: str, *, actor: Actor, now: datetime
) -> TurnRequest:
    """Ask another seller to swap turns; told by letter. The same question again is the first one.

    Raises TooLate, TurnChanged, AlreadyAsked, NotTakingPart, or RuleBroken when the swap would
    break a hard rule for either of them.
    """
    _require_time(edition, now, turn.starts_at, other.starts_at)
    if turn.seller_id == other.seller_id:
        raise TurnChanged
    desk = desk_for(turn.release, [turn.starts_at, other.starts_at], now=now)
    refuse(desk, desk.hands.faults(swap_of(desk, turn, other)))
    return _ask(edition, turn, RequestKind.SWAP, wish, other=other, actor=actor, now=now)


def ask_move(
    edition: Edition,
    turn: Turn,
    wish: str,
    windows: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> TurnRequest:
    """Ask the committee for another time; `windows` would suit. Raises as `ask_swap` does."""
    _require_time(edition, now, turn.starts_at)
    kind = RequestKind.MOVE
    return _ask(edition, turn, kind, wish, windows=windows, actor=actor, now=now)


def give_back(
    edition: Edition, turn: Turn, why: str, *, actor: Actor, now: datetime
) -> TurnRequest:
    """Let a turn go: at once a release without it. Its time counts as one the seller cannot come.

    So a repair, which the clock queues for the committee, offers the slot to others. Raises
    TooLate, TurnChanged, AlreadyAsked, and whatever a release raises.
    """
    _require_time(edition, now, turn.starts_at)
    lock(edition)
    seller = db.session.get_one(Seller, turn.seller_id)
    request = _ask(edition, turn, RequestKind.GIVE_BACK, why, actor=actor, now=now)
    if not _step(request, (RequestState.ASKED,), RequestState.GRANTED, closed_at=now):
        return request
    span = (turn.starts_at, turn.ends_at)
    own = sa.select(Turn.starts_at, Turn.ends_at).where(
        Turn.release_id == turn.release_id, Turn.seller_id == seller.id, Turn.ends_at > now
    )
    others = [(start, end) for start, end in db.session.execute(own)]
    note = f"Giliran {seller.name} dikembalikan."
    granting.empty(turn, note=note[:200], actor=actor, now=now)
    availabilities.leave_out(edition, seller, span, keep=others, actor=actor, now=now)
    _note(request, "request.grant", actor, now)
    return request


def find_given_back(edition: Edition, seller_id: int, uid: str) -> TurnRequest | None:
    """Return the request by which the seller gave this turn back, or None."""
    query = sa.select(TurnRequest).where(
        TurnRequest.edition_id == edition.id,
        TurnRequest.seller_id == seller_id,
        TurnRequest.turn_uid == uid,
        TurnRequest.kind == RequestKind.GIVE_BACK,
        TurnRequest.state == RequestState.GRANTED,
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def accept(request: TurnRequest, *, actor: Actor, now: datetime) -> None:
    """The other seller agrees. Without time for a veto the swap is granted at once.

    Said twice it is said once. Raises AlreadyClosed, AnswerTooLate, TurnChanged, RuleBroken.
    """
    edition = _alone(request)
    if request.state is RequestState.ASKED and request.answer_by <= now:
        raise AnswerTooLate
    veto_by = _veto_by(edition, request, now)
    agreed = (RequestState.AGREED, RequestState.GRANTED)
    if not _step(request, (RequestState.ASKED,), *agreed, veto_by=veto_by):
        return
    one, other = _both(edition, request)
    desk = desk_for(one.release, [one.starts_at, other.starts_at], now=now)
    refuse(desk, desk.hands.faults(swap_of(desk, one, other)))
    _note(request, "request.accept", actor, now)
    if veto_by <= now:
        _grant_swap(request, actor=actor, now=now)
    else:
        request_letters.agreed(request, now=now)


def decline(request: TurnRequest, why: str, *, actor: Actor, now: datetime) -> None:
    """The other seller does not want to. Raises AlreadyClosed."""
    values = {"answer": why, "closed_at": now}
    if _step(request, (RequestState.ASKED,), RequestState.REFUSED, **values):
        _note(request, "request.decline", actor, now)
        request_letters.refused(request, now=now)


def withdraw(request: TurnRequest, *, actor: Actor, now: datetime) -> None:
    """Whoever asked does not want it any more; also after the other agreed. Raises AlreadyClosed."""
    if _step(request, OPEN, RequestState.WITHDRAWN, closed_at=now):
        _note(request, "request.withdraw", actor, now)
        request_letters.withdrawn(request, now=now)


def approve(request: TurnRequest, *, actor: Actor, now: datetime) -> bool:
    """Let an agreed swap count at once; False if it does already. Raises as `accept` does."""
    return _grant_swap(request, actor=actor, now=now)


def veto(request: TurnRequest, why: str, *, actor: Actor, now: datetime) -> None:
    """The committee stops an agreed swap. Raises AlreadyClosed when it counts already."""
    values = {"answer": why, "closed_at": now}
    if _step(request, (RequestState.AGREED,), RequestState.VETOED, **values):
        _note(request, "request.veto", actor, now, why=why)
        request_letters.vetoed(request, now=now)


def grant_move(request: TurnRequest, to: Place, *, actor: Actor, now: datetime) -> None:
    """The committee moves the turn to a free slot. Raises AlreadyClosed, TurnChanged, RuleBroken."""
    if request.kind is not RequestKind.MOVE:
        raise AlreadyClosed
    edition = _alone(request)
    if not _step(request, (RequestState.ASKED,), RequestState.GRANTED, closed_at=now):
        return
    turn = _as_asked(edition, request.turn_uid, request.seller_id, request.starts_at)
    seller = db.session.get_one(Seller, request.seller_id)
    note = f"Giliran {seller.name} dipindah atas permintaannya."
    granting.move(turn, to, note=note[:200], actor=actor, now=now)
    _note(request, "request.grant", actor, now, to=to[1].isoformat())


def refuse_move(request: TurnRequest, why: str, *, actor: Actor, now: datetime) -> None:
    """The committee does not move the turn. Raises AlreadyClosed."""
    if request.kind is not RequestKind.MOVE:
        raise AlreadyClosed
    values = {"answer": why, "closed_at": now}
    if _step(request, (RequestState.ASKED,), RequestState.REFUSED, **values):
        _note(request, "request.refuse", actor, now, why=why)
        request_letters.refused(request, now=now)


def lapse(request: TurnRequest, why: str, *, actor: Actor, now: datetime) -> bool:
    """Close a request that nobody can grant any more; say whether it was still open."""
    ours = sa.update(TurnRequest).where(TurnRequest.id == request.id, TurnRequest.state.in_(OPEN))
    if not claim(ours.values(state=RequestState.LAPSED, answer=why, closed_at=now)):
        return False
    db.session.refresh(request)
    _note(request, "request.lapse", actor, now, why=why)
    request_letters.lapsed(request, now=now)
    return True


def get(edition: Edition, request_id: int) -> TurnRequest:
    """Return a request of the edition. Raises NoSuchRequest."""
    found = db.session.get(TurnRequest, request_id)
    if found is None or found.edition_id != edition.id:
        raise NoSuchRequest
    return found


def of_seller(edition: Edition, seller_id: int) -> Sequence[TurnRequest]:
    """Return what a seller asked or is asked, open ones first, then the newest."""
    query = (
        sa.select(TurnRequest)
        .where(
            TurnRequest.edition_id == edition.id,
            sa.or_(TurnRequest.seller_id == seller_id, TurnRequest.other_id == seller_id),
        )
        .order_by(TurnRequest.state.not_in(OPEN), TurnRequest.asked_at.desc(), TurnRequest.id)
    )
    return db.session.scalars(query.limit(50)).all()


def for_committee(edition: Edition) -> sa.Select[TurnRequest]:
    """Return the query for all requests: those the committee may answer first, then the newest."""
    return (
        sa.select(TurnRequest)
        .where(TurnRequest.edition_id == edition.id)
        .order_by(
            sa.not_(_waits_for_committee()),
            TurnRequest.state.not_in(OPEN),
            TurnRequest.asked_at.desc(),
            TurnRequest.id,
        )
    )


def count_open(edition: Edition) -> int:
    """Return how many requests the committee may answer now: agreed swaps and moves."""
    query = sa.select(sa.func.count()).where(
        TurnRequest.edition_id == edition.id, _waits_for_committee()
    )
    return db.session.scalar(query) or 0


def names_of(requests: Collection[TurnRequest]) -> dict[int, Seller]:
    """Return the sellers of these requests, by id."""
    ids = {one.seller_id for one in requests} | {one.other_id for one in requests}
    query = sa.select(Seller).where(Seller.id.in_([each for each in ids if each]))
    return {seller.id: seller for seller in db.session.scalars(query)}


def _waits_for_committee() -> sa.ColumnElement[bool]:
    return sa.or_(
        TurnRequest.state == RequestState.AGREED,
        sa.and_(TurnRequest.state == RequestState.ASKED, TurnRequest.kind == RequestKind.MOVE),
    )


def _ask(
    edition: Edition,
    turn: Turn,
    kind: RequestKind,
    wish: str,
    *,
    other: Turn | None = None,
    windows: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> TurnRequest:
    seller = db.session.get_one(Seller, turn.seller_id)
    _require_part(edition, seller)
    starts = [turn.starts_at, *([other.starts_at] if other else [])]
    new = insert_once(
        TurnRequest,
        edition_id=edition.id,
        kind=kind,
        state=RequestState.ASKED,
        seller_id=turn.seller_id,
        turn_uid=turn.uid,
        starts_at=turn.starts_at,
        other_id=other.seller_id if other else None,
        other_uid=other.uid if other else None,
        other_starts_at=other.starts_at if other else None,
        wish=wish,
        preferred={"windows": list(windows)},
        answer="",
        answer_by=min(now + ANSWER_WITHIN, deadline(edition, *starts)),
        asked_at=now,
    )
    query = sa.select(TurnRequest).where(
        TurnRequest.turn_uid == turn.uid, TurnRequest.state.in_(OPEN)
    )
    request = db.session.scalars(query).one_or_none()
    if request is None:
        raise AlreadyClosed
    if not new:
        asked = (request.kind, request.seller_id, request.other_uid)
        if asked != (kind, turn.seller_id, other.uid if other else None):
            raise AlreadyAsked
        return request
    _note(request, "request.ask", actor, now)
    if kind is RequestKind.SWAP:
        request_letters.asked(request, now=now)
    return request


def _grant_swap(request: TurnRequest, *, actor: Actor, now: datetime) -> bool:
    edition = _alone(request)
    if not _step(request, (RequestState.AGREED,), RequestState.GRANTED, closed_at=now):
        return False
    one, other = _both(edition, request)
    names = names_of([request])
    pair = f"{names[one.seller_id].name} ↔ {names[other.seller_id].name}"
    note = f"Tukar giliran {pair}, disepakati keduanya."
    granting.swap(one, other, note=note[:200], actor=actor, now=now)
    _note(request, "request.grant", actor, now)
    return True


def _alone(request: TurnRequest) -> Edition:
    """Return the edition, locked: always before the request's row, so that nobody waits in a ring.

    Whoever may change the plan takes them in this order; others take the row only.
    """
    edition = db.session.get_one(Edition, request.edition_id)
    lock(edition)
    return edition


def _step(
    request: TurnRequest,
    before: Collection[RequestState],
    *after: RequestState,
    **values: object,
) -> bool:
    """Take the request to the first state of `after`; False if it has one of them already.

    Raises AlreadyClosed when it is in another state than `before`.
    """
    ours = sa.update(TurnRequest).where(
        TurnRequest.id == request.id, TurnRequest.state.in_(list(before))
    )
    won = claim(ours.values(state=after[0], **values))
    db.session.refresh(request)
    if not won and request.state not in after:
        raise AlreadyClosed
    return won


def _veto_by(edition: Edition, request: TurnRequest, now: datetime) -> datetime:
    """Return until when the committee may stop the swap: long enough before the turns."""
    starts = min(request.starts_at, request.other_starts_at or request.starts_at)
    lead = max(LEAST_LEAD, timedelta(hours=edition.request_hours) / 2)
    return max(now, min(now + timedelta(hours=edition.veto_hours), starts - lead))


def _both(edition: Edition, request: TurnRequest) -> tuple[Turn, Turn]:
    one = _as_asked(edition, request.turn_uid, request.seller_id, request.starts_at)
    other = _as_asked(
        edition, request.other_uid or "", request.other_id or 0, request.other_starts_at
    )
    return one, other


def _as_asked(edition: Edition, uid: str, seller_id: int, start: datetime | None) -> Turn:
    turn = _turn(edition, uid)
    if turn is None or (turn.seller_id, turn.starts_at) != (seller_id, start):
        raise TurnChanged
    return turn


def _turn(edition: Edition, uid: str) -> Turn | None:
    current = find_current_release(edition)
    if current is None:
        return None
    query = sa.select(Turn).where(Turn.release_id == current.id, Turn.uid == uid)
    return db.session.scalars(query).one_or_none()


def _require_time(edition: Edition, now: datetime, *starts: datetime) -> None:
    if now >= deadline(edition, *starts):
        raise TooLate(edition.request_hours)


def _require_part(edition: Edition, seller: Seller) -> None:
    part = availabilities.find_part(edition, seller.id)
    if part is None or part.withdrawn_at is not None:
        raise NotTakingPart


def _note(request: TurnRequest, action: str, actor: Actor, now: datetime, **facts: object) -> None:
    names = names_of([request])
    facts |= {"kind": request.kind.value, "seller": names[request.seller_id].code}
    if request.other_id:
        facts["other"] = names[request.other_id].code
    audit.note(actor, action, f"request:{request.id}", now=now, **facts)
