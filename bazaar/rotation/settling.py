"""The clock's part in requests: agreed swaps come into force, what nobody answered ends."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bazaar import editions
from bazaar.audit import CLOCK
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict
from bazaar.models import Edition, Participation, RequestKind, RequestState, Seller, Turn
from bazaar.models import TurnRequest as Request
from bazaar.rotation import requests
from bazaar.rotation.plans import find_current_release
from bazaar.rotation.possible import OPEN, TurnChanged

GRANTS = 5
"""So many swaps a time: each is a release of its own."""

CHANGED = N_("Giliran yang dimaksud sudah berubah karena terbitan jadwal yang baru")
LEFT = N_("Salah satu pihak sudah tidak ikut")
UNANSWERED = N_("Tidak dijawab sampai batasnya")
BROKEN = N_("Perubahan ini tidak lagi sesuai aturan jadwal")


def settle(now: datetime) -> int:
    """Bring due swaps of the current edition into force, and close what cannot be granted.

    Returns how many requests it closed. One that fails never stops the others.
    """
    edition = editions.find_current()
    if edition is None:
        return 0
    found = db.session.scalars(
        sa.select(Request)
        .where(Request.edition_id == edition.id, Request.state.in_(OPEN))
        .order_by(Request.answer_by, Request.id)
    ).all()
    why = _hopeless(edition, found)
    due = [one for one in found if one.id in why or _is_over(one, now) or _is_due(one, now)]
    if due:
        lock(edition)  # before any row, as everybody does who may change the plan
    done = grants = 0
    for request in due:
        db.session.refresh(request)  # somebody may have answered before the lock
        if reason := why.get(request.id):
            done += requests.lapse(request, reason, actor=CLOCK, now=now)
        elif _is_over(request, now):
            done += requests.lapse(request, UNANSWERED, actor=CLOCK, now=now)
        elif _is_due(request, now) and grants < GRANTS:
            grants += 1
            done += _grant(request, now)
    return done


def _is_over(request: Request, now: datetime) -> bool:
    return request.state is RequestState.ASKED and request.answer_by <= now


def _is_due(request: Request, now: datetime) -> bool:
    return (
        request.state is RequestState.AGREED
        and request.veto_by is not None
        and request.veto_by <= now
    )


def _grant(request: Request, now: datetime) -> bool:
    """Bring one swap into force; say whether the request is closed now, one way or another."""
    try:
        with db.session.begin_nested():
            return requests.approve(request, actor=CLOCK, now=now)
    except requests.AlreadyClosed:
        return False
    except TurnChanged:
        return requests.lapse(request, CHANGED, actor=CLOCK, now=now)
    except Conflict:
        return requests.lapse(request, BROKEN, actor=CLOCK, now=now)


def _hopeless(edition: Edition, found: Iterable[Request]) -> dict[int, str]:
    """Return the requests that nobody can grant any more, and why."""
    asked = list(found)
    if not asked:
        return {}
    current = find_current_release(edition)
    uids = {uid for one in asked for uid in (one.turn_uid, one.other_uid) if uid}
    query = sa.select(Turn.uid, Turn.seller_id, Turn.starts_at).where(
        Turn.release_id == (current.id if current else 0), Turn.uid.in_(uids)
    )
    there = {tuple(row) for row in db.session.execute(query)}
    people = {each for one in asked for each in (one.seller_id, one.other_id) if each}
    part = sa.select(Participation.seller_id).join(Seller, Seller.id == Participation.seller_id)
    present = set(
        db.session.scalars(
            part.where(
                Participation.edition_id == edition.id,
                Participation.seller_id.in_(people),
                Participation.withdrawn_at.is_(None),
                Seller.active,
            )
        )
    )
    why: dict[int, str] = {}
    for one in asked:
        sides = [(one.turn_uid, one.seller_id, one.starts_at)]
        if one.kind is RequestKind.SWAP:
            sides.append(
                (one.other_uid or "", one.other_id or 0, one.other_starts_at or one.starts_at)
            )
        if not all(seller in present for _, seller, _ in sides):
            why[one.id] = LEFT
        elif not all(side in there for side in sides):
            why[one.id] = CHANGED
    return why
