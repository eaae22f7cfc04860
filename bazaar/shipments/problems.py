"""Buyers say that something is wrong with a parcel; one person answers, the buyer reads it.

One complaint of a parcel is open at a time, and at most `MOST` are taken in all: whoever has
answered has seen it, and a link in strange hands writes no novels. A complaint moves no parcel:
a person decides what became of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar import audit
from bazaar.audit import BUYER, Actor
from bazaar.db import claim, db
from bazaar.errors import N_
from bazaar.models import Order, Parcel, ParcelLine, ParcelProblem, ParcelStatus
from bazaar.rules.parcel_states import HERE, is_late
from bazaar.shipments import notices
from bazaar.shipments.finding import lock
from bazaar.shipments.refusals import (
    NoSuchProblem,
    NothingToReport,
    ProblemAnswered,
    ProblemOpen,
    TooManyProblems,
)

NOT_SENT: Final = "not_sent"
KINDS: Final = {
    NOT_SENT: N_("Belum dikirim"),
    "not_arrived": N_("Paket belum sampai"),
    "damaged": N_("Barang rusak"),
    "wrong": N_("Barang keliru"),
    "missing": N_("Barang kurang"),
    "other": N_("Lainnya"),
}
"""What may be wrong, by the word it is kept under."""

MOST: Final = 5
TEXT_LENGTH: Final = 600
SHOWN: Final = 50
"""So many are looked at together; the next ones come when these are answered."""


def kinds_for(parcel: Parcel, now: datetime) -> tuple[str, ...]:
    """Return what may be wrong with the parcel as it stands; nothing while all is in time.

    Before a courier has it, only that it is late; its order must be loaded.
    """
    if parcel.status is ParcelStatus.CANCELLED:
        return ()
    if parcel.status in HERE:
        late = is_late(parcel.status, parcel.order.paid_at, now)
        return (NOT_SENT, "other") if late else ()
    return tuple(kind for kind in KINDS if kind != NOT_SENT)


def tell(
    parcel: Parcel, kind: str, text: str, photo: str | None = None, *, now: datetime
) -> ParcelProblem:
    """Write down what the buyer says; the same said again is the one that is open already.

    `kind` is one of `kinds_for`, else NothingToReport. Raises ProblemOpen while another one is
    unanswered, and TooManyProblems.
    """
    lock(parcel)
    told = of_parcel(parcel)
    waiting = next((problem for problem in told if problem.answered_at is None), None)
    if waiting is not None:
        if (waiting.kind, waiting.text) == (kind, text):
            return waiting
        raise ProblemOpen
    if kind not in kinds_for(parcel, now):
        raise NothingToReport
    if len(told) >= MOST:
        raise TooManyProblems
    problem = ParcelProblem(parcel_id=parcel.id, kind=kind, text=text, photo=photo, told_at=now)
    db.session.add(problem)
    db.session.flush()
    audit.note(BUYER, "parcel.complain", f"parcel:{parcel.code}", now=now, kind=kind)
    notices.tell_problem(parcel, problem, KINDS[kind], now=now)
    return problem


def answer(problem: ParcelProblem, text: str, *, actor: Actor, now: datetime) -> None:
    """Answer the buyer. The same answer of the same person again changes nothing.

    Raises ProblemAnswered when somebody else was faster.
    """
    won = claim(
        sa.update(ParcelProblem)
        .where(ParcelProblem.id == problem.id, ParcelProblem.answered_at.is_(None))
        .values(answered_at=now, answer=text, answered_by=actor.name)
    )
    db.session.refresh(problem)
    if not won:
        if (problem.answer, problem.answered_by) == (text, actor.name):
            return
        raise ProblemAnswered
    notices.tell_buyer(
        problem.parcel, problem, (notices.of_answer(problem.parcel, problem),), now=now
    )
    subject = f"parcel:{problem.parcel.code}"
    audit.note(actor, "parcel.answer_complaint", subject, now=now, kind=problem.kind)


def get(problem_id: int, *, seller_id: int | None = None) -> ParcelProblem:
    """Return a problem, with `seller_id` only if its parcel is that seller's. Raises NoSuchProblem."""
    query = _with_parcel(seller_id).where(ParcelProblem.id == problem_id)
    problem = db.session.scalars(query).one_or_none()
    if problem is None:
        raise NoSuchProblem
    return problem


def of_parcel(parcel: Parcel) -> Sequence[ParcelProblem]:
    """Return all problems of the parcel, the newest first."""
    query = sa.select(ParcelProblem).where(ParcelProblem.parcel_id == parcel.id)
    return db.session.scalars(query.order_by(ParcelProblem.id.desc())).all()


def waiting(*, seller_id: int | None = None) -> Sequence[ParcelProblem]:
    """Return what nobody has answered, the longest waiting first, at most `SHOWN`."""
    query = _with_parcel(seller_id).where(ParcelProblem.answered_at.is_(None))
    return db.session.scalars(
        query.order_by(ParcelProblem.told_at, ParcelProblem.id).limit(SHOWN)
    ).all()


def answered(*, seller_id: int | None = None) -> sa.Select[ParcelProblem]:
    """Return the question for what was answered, the newest answer first."""
    return (
        _with_parcel(seller_id)
        .where(ParcelProblem.answered_at.is_not(None))
        .order_by(ParcelProblem.answered_at.desc(), ParcelProblem.id.desc())
    )


def open_in(order_ids: Sequence[int]) -> set[int]:
    """Return those of these orders with a complaint that nobody has answered."""
    query = (
        sa.select(Parcel.order_id)
        .join(ParcelProblem, ParcelProblem.parcel_id == Parcel.id)
        .where(Parcel.order_id.in_(order_ids), ParcelProblem.answered_at.is_(None))
    )
    return set(db.session.scalars(query))


def is_open() -> sa.ColumnElement[bool]:
    """Return what is true of parcels with a complaint that nobody has answered."""
    # The few open complaints are looked up once, not once a parcel.
    return Parcel.id.in_(
        sa.select(ParcelProblem.parcel_id).where(ParcelProblem.answered_at.is_(None))
    )


def _with_parcel(seller_id: int | None) -> sa.Select[ParcelProblem]:
    query = (
        sa.select(ParcelProblem)
        .join(ParcelProblem.parcel)
        .join(Parcel.order)
        .options(
            contains_eager(ParcelProblem.parcel).options(
                contains_eager(Parcel.order).options(
                    joinedload(Order.checkout), joinedload(Order.seller)
                ),
                selectinload(Parcel.lines).joinedload(ParcelLine.order_line),
            )
        )
    )
    return query if seller_id is None else query.where(Order.seller_id == seller_id)
