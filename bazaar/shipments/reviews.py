"""What a person must look at: raised once while it is open, cleared one by one with an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import NotFound
from bazaar.models import Parcel, ParcelReview
from bazaar.shipments.refusals import ReviewCleared
from bazaar.shipments.steps import read_reason

CLAIM_DUE = "claim_due"
ADDRESS_CHANGED = "address_changed"
RESI_UNREADABLE = "resi_unreadable"


def require(parcel: Parcel, reason: str, *, now: datetime, **facts: Any) -> bool:
    """Ask for a person, unless that is asked for already; return whether it is new."""
    return insert_once(ParcelReview, parcel_id=parcel.id, reason=reason, facts=facts, raised_at=now)


def open_ones(parcel: Parcel) -> Sequence[ParcelReview]:
    """Return what is still to be looked at, the oldest first."""
    return db.session.scalars(_of(parcel).where(ParcelReview.cleared_at.is_(None))).all()


def history(parcel: Parcel) -> Sequence[ParcelReview]:
    """Return everything that was ever to be looked at, the oldest first."""
    return db.session.scalars(_of(parcel)).all()


def clear(parcel: Parcel, review_id: int, answer: str, *, actor: Actor, now: datetime) -> None:
    """A person has dealt with it, and says how. Raises ReasonMissing, NotFound, ReviewCleared."""
    answer = read_reason(answer)
    review = db.session.get(ParcelReview, review_id)
    if review is None or review.parcel_id != parcel.id:
        raise NotFound
    cleared = claim(
        sa.update(ParcelReview)
        .where(ParcelReview.id == review_id, ParcelReview.cleared_at.is_(None))
        .values(cleared_at=now, cleared_by=actor.name, answer=answer)
    )
    if not cleared:
        raise ReviewCleared
    db.session.refresh(review)
    facts = {"review": review.reason, "answer": answer}
    audit.note(actor, "parcel.clear_review", f"parcel:{parcel.code}", now=now, **facts)


def _of(parcel: Parcel) -> sa.Select[ParcelReview]:
    return (
        sa.select(ParcelReview).where(ParcelReview.parcel_id == parcel.id).order_by(ParcelReview.id)
    )
