"""What becomes of a parcel that came back, was lost or destroyed: decided by people, once each.

Two questions: what of the goods (back into stock, or written off), and what of the buyer (sent
again, or the money back). Compensation by the courier is noted whenever it comes; who sends must
claim in time, so a person is reminded.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bazaar import audit, catalog
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import (
    OrderLine,
    Parcel,
    ParcelDecision,
    ParcelReview,
    ParcelStatus,
    ParcelStep,
)
from bazaar.shipments import opening, reviews, steps
from bazaar.shipments.finding import get_parcel, lock, lock_order
from bazaar.shipments.refusals import (
    DecidedAlready,
    MoreThanPaid,
    NotBack,
    NotSoMany,
    WrongAmount,
)
from bazaar.shipments.situations import REFUNDED, SENT_AGAIN
from bazaar.shipments.steps import read_reason

RESTOCK: Final = "restock"
WRITE_OFF: Final = "write_off"
COMPENSATION: Final = "compensation"
REPLACE: Final = "replace"
"""Pieces taken out of stock anew, for a parcel that is sent again."""

BACK: Final = frozenset({ParcelStatus.RETURNED})
GONE: Final = frozenset({ParcelStatus.LOST, ParcelStatus.DESTROYED})
GOODS: Final = frozenset({RESTOCK, WRITE_OFF})
BUYER: Final = frozenset({SENT_AGAIN, REFUNDED})

CLAIM_WITHIN: Final = timedelta(days=14)
"""So long couriers are known to take claims of the sender (press reports; ask the courier)."""
REMIND_AFTER: Final = timedelta(days=7)
MAX_IDR: Final = 1_000_000_000


def decisions_of(parcel: Parcel) -> Sequence[ParcelDecision]:
    """Return what was decided about the parcel, the oldest first."""
    query = sa.select(ParcelDecision).where(ParcelDecision.parcel_id == parcel.id)
    return db.session.scalars(query.order_by(ParcelDecision.id)).all()


def questions(parcel: Parcel, decisions: Sequence[ParcelDecision]) -> tuple[str, ...]:
    """Return what is still to be decided: `goods`, `buyer`; nothing while it may still arrive."""
    kinds = {decision.kind for decision in decisions}
    asked: list[str] = []
    if parcel.status in BACK and not kinds & (GOODS | {SENT_AGAIN}):
        asked.append("goods")
    if parcel.status in BACK | GONE and not kinds & BUYER:
        asked.append("buyer")
    return tuple(asked)


def put_back(
    parcel: Parcel, pieces: Mapping[int, int], note: str, *, actor: Actor, now: datetime
) -> None:
    """So many pieces of its order lines can be sold again; the rest is written off.

    Raises NotBack, DecidedAlready, NotSoMany, ReasonMissing when all or some is written off
    without a word.
    """
    _ask(parcel, "goods")
    held = {line.order_line_id: line.quantity for line in parcel.lines}
    good = {line: quantity for line, quantity in pieces.items() if quantity}
    if any(not 0 < quantity <= held.get(line, 0) for line, quantity in good.items()):
        raise NotSoMany
    broken = {line: held[line] - good.get(line, 0) for line in held}
    broken = {line: quantity for line, quantity in broken.items() if quantity}
    note = read_reason(note, needed=bool(broken))
    if good:
        _decide(parcel, RESTOCK, actor=actor, now=now, pieces=good, note=note)
        catalog.take_back(_by_product(good), now=now)
    if broken:
        _decide(parcel, WRITE_OFF, actor=actor, now=now, pieces=broken, note=note)


def write_off(parcel: Parcel, note: str, *, actor: Actor, now: datetime) -> None:
    """Nothing of it can be sold again. Raises NotBack, DecidedAlready, ReasonMissing."""
    put_back(parcel, {}, note, actor=actor, now=now)


def send_again(parcel: Parcel, note: str, *, actor: Actor, now: datetime) -> Parcel:
    """Make a new parcel for the same pieces, to be packed; the old one is given up for it.

    What came back and was not decided about is sent again itself; what is gone, was put back or
    was written off is taken out of stock anew. Raises NotBack, DecidedAlready, OutOfStock,
    ReasonMissing.
    """
    note = read_reason(note, needed=False)
    _ask(parcel, "buyer")
    lock_order(parcel.order_id)
    pieces = {line.order_line_id: line.quantity for line in parcel.lines}
    kinds = {decision.kind for decision in decisions_of(parcel)}
    if parcel.status in GONE or kinds & GOODS:
        catalog.replace(_by_product(pieces), now=now)
        _decide(parcel, REPLACE, actor=actor, now=now, pieces=pieces, note=note)
    _decide(parcel, SENT_AGAIN, actor=actor, now=now, pieces=pieces, note=note)
    made = opening.add_parcel(parcel.order, pieces, courier=parcel.courier, now=now)
    facts = {"instead_of": parcel.code}
    audit.note(actor, "parcel.open", f"parcel:{made.code}", now=now, **facts)
    return get_parcel(made.code)


def refund(parcel: Parcel, amount_idr: int, note: str, *, actor: Actor, now: datetime) -> None:
    """The buyer gets so much money back instead; the committee pays it outside of this house.

    Once nothing is owed any more, the order is done. Raises NotBack, DecidedAlready, WrongAmount,
    MoreThanPaid if it is more than the order's total together with what was decided about its
    other parcels.
    """
    note = read_reason(note, needed=False)
    if not 0 < amount_idr <= MAX_IDR:
        raise WrongAmount
    _ask(parcel, "buyer")
    lock_order(parcel.order_id)
    if _refunded_idr(parcel.order_id) + amount_idr > parcel.order.total_idr:
        raise MoreThanPaid
    pieces = {line.order_line_id: line.quantity for line in parcel.lines}
    _decide(parcel, REFUNDED, actor=actor, now=now, pieces=pieces, note=note, amount_idr=amount_idr)
    steps.finish_order(parcel.order_id, now=now)


def compensate(parcel: Parcel, amount_idr: int, note: str, *, actor: Actor, now: datetime) -> None:
    """The courier paid so much for the parcel. Raises NotBack, WrongAmount."""
    note = read_reason(note, needed=False)
    if not 0 < amount_idr <= MAX_IDR:
        raise WrongAmount
    lock(parcel)
    if parcel.status not in BACK | GONE:
        raise NotBack
    _decide(parcel, COMPENSATION, actor=actor, now=now, note=note, amount_idr=amount_idr)


def remind_of_claims(now: datetime) -> int:
    """Ask a person to claim for what was lost or destroyed a week ago; return how many are new.

    The sender must claim within `CLAIM_WITHIN`. A compensation that was noted needs no claim.
    """
    ended = (
        sa.select(ParcelStep.parcel_id, sa.func.max(ParcelStep.at).label("at"))
        .join(Parcel, Parcel.id == ParcelStep.parcel_id)
        .where(Parcel.status.in_(GONE), ParcelStep.status == Parcel.status)
        .group_by(ParcelStep.parcel_id)
        .having(
            sa.func.max(ParcelStep.at) <= now - REMIND_AFTER,
            sa.func.max(ParcelStep.at) > now - CLAIM_WITHIN,
        )
        .subquery()
    )
    paid = sa.exists().where(
        ParcelDecision.parcel_id == Parcel.id, ParcelDecision.kind == COMPENSATION
    )
    reminded = sa.exists().where(
        ParcelReview.parcel_id == Parcel.id,
        ParcelReview.reason == reviews.CLAIM_DUE,
    )
    due = (
        sa.select(Parcel, ended.c.at)
        .join(ended, ended.c.parcel_id == Parcel.id)
        .where(~paid, ~reminded)
        .order_by(Parcel.id)
    )
    return sum(
        reviews.require(
            parcel, reviews.CLAIM_DUE, now=now, claim_before=(at + CLAIM_WITHIN).isoformat()
        )
        for parcel, at in db.session.execute(due).all()
    )


def _ask(parcel: Parcel, question: str) -> None:
    """Lock the parcel and make sure that the question is open."""
    lock(parcel)
    if parcel.status not in (BACK if question == "goods" else BACK | GONE):
        raise NotBack
    if question not in questions(parcel, decisions_of(parcel)):
        raise DecidedAlready


def _refunded_idr(order_id: int) -> int:
    """Return what the buyer is to get back for all parcels of an order."""
    query = (
        sa.select(sa.func.sum(ParcelDecision.amount_idr))
        .join(Parcel, Parcel.id == ParcelDecision.parcel_id)
        .where(Parcel.order_id == order_id, ParcelDecision.kind == REFUNDED)
    )
    return int(db.session.scalar(query) or 0)


def _decide(
    parcel: Parcel,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    note: str,
    pieces: Mapping[int, int] | None = None,
    amount_idr: int = 0,
) -> None:
    by_line = {str(line): quantity for line, quantity in (pieces or {}).items()}
    decision = ParcelDecision(
        parcel_id=parcel.id,
        kind=kind,
        quantities=by_line,
        amount_idr=amount_idr,
        note=note,
        by=actor.name,
        at=now,
    )
    db.session.add(decision)
    db.session.flush()
    facts: dict[str, object] = {"pieces": sum(by_line.values())} if by_line else {}
    if amount_idr:
        facts["amount_idr"] = amount_idr
    audit.note(actor, f"parcel.{kind}", f"parcel:{parcel.code}", now=now, note=note, **facts)


def _by_product(pieces: Mapping[int, int]) -> dict[int, int]:
    lines = sa.select(OrderLine.id, OrderLine.product_id).where(OrderLine.id.in_(list(pieces)))
    return {product: pieces[line] for line, product in db.session.execute(lines)}
