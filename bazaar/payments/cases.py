"""Cases: money that needs a person, opened once each, closed by whoever takes an action first."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.models import CaseKind, MoneyCase, Order, Payment
from bazaar.payments.sums import Standing
from bazaar.rules import money
from bazaar.rules.money import Due, Outcome, Verdict

COMPLETED = "completed"
"""Closed because a later payment brought the rest."""

TAKEN_BACK = "taken_back"
"""Closed because its payment was booked out."""

GIVEN_BACK = money.Action.GIVE_BACK.value

NOTHING: Due = Due(0, 0, 0)


def open_for(payment: Payment, order: Standing, verdict: Verdict, *, now: datetime) -> None:
    """Open the case of a payment that does not fit its order.

    An order has one open case of too little; another payment that is too little only changes it.
    """
    if verdict.outcome is Outcome.UNDER and _still_missing(order.id, verdict.stake_idr):
        return
    _open(payment, CaseKind(verdict.outcome.value), verdict.stake_idr, order.id, {}, now)


def open_for_nobody(payment: Payment, candidates: Sequence[int], *, now: datetime) -> Outcome:
    """Open the case of a payment without a sure order; `candidates` are orders it may be for."""
    verdict = money.decide(
        None, NOTHING, paid_idr=0, amount_idr=payment.amount_idr, candidates=len(candidates)
    )
    facts = {"candidates": references_of(candidates)} if candidates else {}
    _open(payment, CaseKind(verdict.outcome.value), verdict.stake_idr, None, facts, now)
    return verdict.outcome


def open_owed(payment: Payment, order_id: int, stake_idr: int, *, now: datetime) -> None:
    """Open the case of money that counts for an order which was called off since."""
    _open(payment, CaseKind.CANCELLED, stake_idr, order_id, {}, now)


def change_stake(payment_id: int, stake_idr: int) -> None:
    """Less than before is at stake in the open case of a payment: part of it was given back."""
    db.session.execute(
        sa.update(MoneyCase)
        .where(
            MoneyCase.payment_id == payment_id,
            MoneyCase.kind != CaseKind.UNDER,
            MoneyCase.closed_at.is_(None),
        )
        .values(amount_idr=stake_idr),
        execution_options={"synchronize_session": False},
    )


def complete(order_id: int, *, actor: Actor, now: datetime) -> None:
    """Close the cases of too little of an order that has just been paid."""
    db.session.execute(
        sa.update(MoneyCase)
        .where(*_missing(order_id))
        .values(closed_at=now, closed_by=actor.name, action=COMPLETED),
        execution_options={"synchronize_session": False},
    )


def close_all(payment_id: int, action: str, *, actor: Actor, now: datetime) -> None:
    """Close whatever is open about a payment."""
    db.session.execute(
        sa.update(MoneyCase)
        .where(MoneyCase.payment_id == payment_id, MoneyCase.closed_at.is_(None))
        .values(closed_at=now, closed_by=actor.name, action=action),
        execution_options={"synchronize_session": False},
    )


def references_of(order_ids: Sequence[int]) -> list[str]:
    """Return the references of these orders, in the order given."""
    rows = db.session.execute(sa.select(Order.id, Order.reference).where(Order.id.in_(order_ids)))
    known = {row.id: row.reference for row in rows}
    return [known[order_id] for order_id in order_ids if order_id in known]


def _missing(order_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        MoneyCase.order_id == order_id,
        MoneyCase.kind == CaseKind.UNDER,
        MoneyCase.closed_at.is_(None),
    )


def _still_missing(order_id: int, missing_idr: int) -> bool:
    """Change the open case of too little of an order, if there is one."""
    return claim(sa.update(MoneyCase).where(*_missing(order_id)).values(amount_idr=missing_idr))


def _open(
    payment: Payment,
    kind: CaseKind,
    stake_idr: int,
    order_id: int | None,
    facts: Mapping[str, object],
    now: datetime,
) -> None:
    earlier = db.session.scalar(
        sa.select(sa.func.count()).where(MoneyCase.payment_id == payment.id)
    )
    insert_once(
        MoneyCase,
        key=f"{payment.id}:{kind.value}:{earlier}",
        kind=kind,
        payment_id=payment.id,
        order_id=order_id,
        amount_idr=stake_idr,
        facts=facts,
        opened_at=now,
        closed_by="",
        action="",
        note="",
    )
