"""Why a turn belongs to its seller: the facts that planner and committee left, put together.

Nothing is worked out anew: the planner wrote its reasons while it decided (`Turn.reasons`), the
committee gave its own with every edit by hand. Sentences are made of these facts in the pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import (
    Channel,
    Draw,
    DrawKind,
    Edition,
    EditKind,
    Pin,
    PlanEdit,
    Release,
    RequestKind,
    RequestState,
    Seller,
    Share,
    Turn,
    TurnRequest,
)
from bazaar.rotation.plans import find_current_release, with_names
from bazaar.rules.rotation import Decided, Hindrance


class NoSuchTurn(NotFound):
    """The plan in force, or the one asked for, has no such turn."""

    text = N_("Giliran ini tidak ada dalam jadwal yang berlaku. Mungkin sudah dipindah.")


@dataclass(frozen=True, slots=True)
class Evening:
    """An exchange that evened out prime time. Distances are from the fair share, in weight."""

    name: str | None
    starts_at: datetime | None
    own: tuple[int, int]
    other: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hand:
    """What a person decided: who, when and why. `number` of the edit, None for a pin."""

    by: str
    at: datetime
    why: str
    number: int | None = None
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What sellers asked for and got: a swap with `other`, or a move."""

    kind: RequestKind
    other: str | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a turn is its seller's. `decided` None: nothing was written down for it.

    `turns`: how many the seller has earlier in the plan; `excluded` is in the order of the rules.
    `kept`: the number of the release since which the turn stands, when it was only kept.
    `repair`: the slot had become free after a release. `wish`: what the hand only carried out.
    """

    turn: Turn
    release: Release
    decided: Decided | None
    candidates: int
    turns: int
    same_cluster: bool
    excluded: Mapping[Hindrance, int]
    rival: str | None
    evening: Evening | None
    hand: Hand | None
    wish: Wish | None
    kept: int | None
    repair: bool
    draw: int | None
    share: Share | None
    sellers: int


def get_turn(edition: Edition | None, uid: str) -> Turn:
    """Return the turn with this `uid` in the release in force. Raises NoSuchTurn."""
    release = find_current_release(edition) if edition else None
    if release is None:
        raise NoSuchTurn
    return get_turn_of(release, uid)


def get_turn_of(release: Release, uid: str) -> Turn:
    """Return the turn with this `uid` in a release or draft. Raises NoSuchTurn."""
    query = with_names(sa.select(Turn).where(Turn.release_id == release.id, Turn.uid == uid))
    turn = db.session.scalars(query.limit(1)).one_or_none()
    if turn is None:
        raise NoSuchTurn
    return turn


def explain(turn: Turn) -> Why:
    """Return why the turn is its seller's, in the release or draft it belongs to."""
    release = db.session.get_one(Release, turn.release_id)
    first, of = _first(turn, release)
    decided = _decided(first.reasons)
    draw = _draw(of)
    hand = _hand(turn, release, decided)
    return Why(
        turn=turn,
        release=release,
        decided=decided,
        candidates=int(first.reasons.get("candidates") or 0),
        turns=int(first.reasons.get("turns") or first.reasons.get("turns_before") or 0),
        same_cluster=bool(first.reasons.get("same_cluster")),
        excluded=_excluded(first.reasons.get("excluded") or {}),
        rival=_name_of(first.reasons.get("rival")),
        evening=_evening(first.reasons.get("swap")),
        hand=hand,
        wish=_wish(turn, hand),
        kept=of.number if of.id != release.id else None,
        repair=draw is not None and draw.kind is DrawKind.REPAIR and decided is not Decided.KEPT,
        draw=draw.number if draw else None,
        share=db.session.get(Share, (release.id, turn.seller_id)),
        sellers=sellers_in(release),
    )


def _draw(release: Release) -> Draw | None:
    if release.draw_id is None:
        return None
    query = sa.select(Draw).where(Draw.id == release.draw_id)
    return db.session.scalar(query.options(defer(Draw.instance), defer(Draw.plan)))


def sellers_in(release: Release) -> int:
    """Return how many sellers the ledger of a release has."""
    query = sa.select(sa.func.count()).select_from(Share).where(Share.release_id == release.id)
    return db.session.scalar(query) or 0


def _decided(reasons: Mapping[str, Any]) -> Decided | None:
    try:
        return Decided(reasons.get("decided"))
    except ValueError:
        return None


def _excluded(counts: Mapping[str, int]) -> dict[Hindrance, int]:
    return {each: counts[each.value] for each in Hindrance if counts.get(each.value)}


def _first(turn: Turn, release: Release) -> tuple[Turn, Release]:
    """Return the turn as it was first given to its seller at this place, and in which release."""
    query = (
        sa.select(Turn, Release)
        .join(Release, Release.id == Turn.release_id)
        .where(
            Turn.uid == turn.uid,
            Turn.seller_id == turn.seller_id,
            Turn.channel_id == turn.channel_id,
            Turn.starts_at == turn.starts_at,
            Release.edition_id == release.edition_id,
            Release.number < (release.number or sa.func.coalesce(Release.number, 0) + 1),
        )
        .order_by(Release.number)
        .limit(1)
    )
    found = db.session.execute(query).one_or_none()
    return (found[0], found[1]) if found else (turn, release)


def _name_of(code: str | None) -> str | None:
    if not code:
        return None
    return db.session.scalar(sa.select(Seller.name).where(Seller.code == code)) or code


def _evening(swap: Mapping[str, Any] | None) -> Evening | None:
    if not swap:
        return None
    before, after = swap["before"], swap["after"]
    starts_at = swap.get("starts_at")
    return Evening(
        _name_of(swap.get("seller")),
        datetime.fromisoformat(starts_at) if starts_at else None,
        (int(before[0]), int(after[0])),
        (int(before[1]), int(after[1])),
    )


def _hand(turn: Turn, release: Release, decided: Decided | None) -> Hand | None:
    """Return who put the seller there: the last edit that did, else the pin that stands."""
    if decided is Decided.PIN:
        pin = db.session.scalars(
            sa.select(Pin).where(
                Pin.channel_id == turn.channel_id,
                Pin.starts_at == turn.starts_at,
                Pin.seller_id == turn.seller_id,
            )
        ).one_or_none()
        if pin is not None:
            return Hand(pin.made_by, pin.made_at, pin.note)
    if decided not in {Decided.HAND, Decided.PIN}:
        return None
    place = (turn.channel_id, turn.starts_at, turn.seller.code)
    own = aliased(Release)
    query = (
        sa.select(PlanEdit, own.number)
        .join(own, own.id == PlanEdit.release_id)
        .where(
            own.edition_id == release.edition_id,
            sa.or_(own.number.is_not(None), own.id == release.id),
            PlanEdit.undone_at.is_(None),
            PlanEdit.kind.not_in([EditKind.PIN, EditKind.UNPIN]),
            PlanEdit.made_at <= (release.released_at or PlanEdit.made_at),
        )
        .order_by(PlanEdit.made_at.desc(), PlanEdit.number.desc())
    )
    for edit, number in db.session.execute(query):
        if place in {_after(row) for row in rows_of(edit)}:
            return Hand(edit.made_by, edit.made_at, edit.why, edit.number, number)
    return None


def _wish(turn: Turn, hand: Hand | None) -> Wish | None:
    """Return the request that the hand carried out; both were written at one instant."""
    if hand is None or hand.number is None:
        return None
    query = sa.select(TurnRequest).where(
        sa.or_(TurnRequest.turn_uid == turn.uid, TurnRequest.other_uid == turn.uid),
        TurnRequest.state == RequestState.GRANTED,
        TurnRequest.kind != RequestKind.GIVE_BACK,
        TurnRequest.closed_at == hand.at,
    )
    request = db.session.scalars(query.limit(1)).one_or_none()
    if request is None:
        return None
    other = request.other_id if request.turn_uid == turn.uid else request.seller_id
    name = db.session.scalar(sa.select(Seller.name).where(Seller.id == other)) if other else None
    return Wish(request.kind, name)


def rows_of(edit: PlanEdit) -> list[Mapping[str, Any]]:
    """Return what an edit changed: {channel, starts_at, before, after}, sellers by code."""
    changes: Any = edit.changes
    if isinstance(changes, Mapping):
        changes = changes.get("changes", changes.get("rows", ()))
    return [row for row in changes if isinstance(row, Mapping) and "starts_at" in row]


def _after(row: Mapping[str, Any]) -> tuple[int, datetime, str | None]:
    return row["channel"], datetime.fromisoformat(row["starts_at"]), row.get("after")


def names_in(edits: Iterable[PlanEdit]) -> dict[str, Seller]:
    """Return the sellers that these edits name, by code."""
    codes = {
        code
        for edit in edits
        for row in rows_of(edit)
        for code in (row.get("before"), row.get("after"))
        if code
    }
    query = sa.select(Seller).where(Seller.code.in_(codes))
    return {seller.code: seller for seller in db.session.scalars(query)} if codes else {}


def channels_of(edition: Edition) -> dict[int, Channel]:
    """Return the channels of an edition by id."""
    return {channel.id: channel for channel in edition.channels}
