"""A change of a parcel's state by a person: one conditional UPDATE, one step, one row of the trail."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, orders
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.models import Order, Parcel, ParcelStatus, ParcelStep
from bazaar.rules import parcel_states
from bazaar.rules.parcel_states import NEED_REASON, ParcelAct, ReasonMissing
from bazaar.shipments import notices, situations
from bazaar.shipments.finding import lock_order
from bazaar.shipments.refusals import ParcelMoved

REASON_LENGTH: Final = 120
CORRECTED: Final = "corrected"


def read_reason(text: str, *, needed: bool = True) -> str:
    """Return a reason as it is stored. Raises ReasonMissing when it is too long, or is needed."""
    reason = " ".join(text.split())
    if len(reason) > REASON_LENGTH or not reason.isprintable() or (needed and not reason):
        raise ReasonMissing
    return reason


def take(
    parcel: Parcel,
    act: ParcelAct,
    *,
    actor: Actor,
    now: datetime,
    why: str = "",
    code: str = "",
    **changes: Any,
) -> bool:
    """Take the step and write it down; False if it had been taken so already.

    `code` is the kind of trouble of an exception; `changes` are further columns. Raises
    ParcelStepRefused, ParcelMoved, ReasonMissing.
    """
    why = read_reason(why, needed=act in NEED_REASON)
    if _is_repeated(parcel, act, actor, changes):
        return False
    before = parcel.status
    status = parcel_states.after(before, act, parcel.resume_status)
    stuck = status is ParcelStatus.EXCEPTION
    resume = ParcelStatus.HANDED_OVER if before is ParcelStatus.DELIVERED else before
    moved = claim(
        sa.update(Parcel)
        .where(Parcel.id == parcel.id, Parcel.status == before)
        .values(
            status=status,
            resume_status=resume if stuck else None,
            exception_code=code if stuck else "",
            **changes,
        )
    )
    db.session.refresh(parcel)
    if not moved:
        if _is_repeated(parcel, act, actor, changes):
            return False
        raise ParcelMoved
    facts = {name: value for name, value in changes.items() if isinstance(value, str) and value}
    if why:
        facts["why"] = why
    audit.note(actor, f"parcel.{act.value}", f"parcel:{parcel.code}", now=now, **facts)
    write_step(parcel, by=actor.name, note=why, now=now)
    return True


def write_step(parcel: Parcel, *, by: str, note: str, now: datetime) -> None:
    """Write down that the parcel came into its state, and do what follows from it once."""
    step = ParcelStep(parcel_id=parcel.id, status=parcel.status, at=now, by=by, note=note[:200])
    parcel.steps.append(step)
    db.session.flush()
    if parcel.status is ParcelStatus.DELIVERED:
        finish_order(parcel.order_id, now=now)
    notices.tell(parcel, step, now=now)


def finish_order(order_id: int, *, now: datetime) -> None:
    """End a paid order whose pieces have all arrived. Of two last parcels at once one does it."""
    lock_order(order_id)
    if situations.of([order_id])[order_id].all_delivered and orders.finish(order_id, now=now):
        # Whoever has the order in hand reads how it stands now.
        db.session.expire(db.session.get_one(Order, order_id), ["status", "ended_at"])


def _is_repeated(parcel: Parcel, act: ParcelAct, actor: Actor, changes: dict[str, Any]) -> bool:
    """Whether this step was the parcel's last and the same person (of a delivery: anybody) took it.

    A button pressed twice then does what it said once, without a page of refusal.
    """
    if (parcel.status, act) in parcel_states.STEPS or not parcel.steps:
        return False
    targets = {after for (_, known), after in parcel_states.STEPS.items() if known is act}
    if parcel.status not in targets:
        return False
    same_person = act is ParcelAct.DELIVER or parcel.steps[-1].by == actor.name
    return same_person and all(getattr(parcel, name) == value for name, value in changes.items())
