"""Lists of what was asked for and what came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from bazaar.db import db
from bazaar.models import (
    Allocation,
    CaseKind,
    Charge,
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    ReceivingAccount,
    Refund,
    Withdrawal,
)
from bazaar.rules.money import Due

KINDS = (
    CaseKind.SOLD_OUT,
    CaseKind.LATE,
    CaseKind.UNDER,
    CaseKind.UNKNOWN,
    CaseKind.AMBIGUOUS,
    CaseKind.OVER,
    CaseKind.EXTRA,
    CaseKind.CANCELLED,
)
"""Kinds of cases, those first in which a buyer waits for goods."""


class OpenCharge(NamedTuple):
    """A request for money, as far as matching a statement needs it.

    `expires_at` is the buyer's deadline. `paid_idr` is what has been counted for its order; its
    total and the least and most of all its requests say what pays it (`rules.money.Due`).
    """

    id: int
    order_id: int
    reference: str
    amount_idr: int
    created_at: datetime
    expires_at: datetime
    status: OrderStatus
    paid_idr: int
    total_idr: int
    least_idr: int
    most_idr: int

    @property
    def due(self) -> Due:
        """What pays its order."""
        return Due.of(self.total_idr, (self.least_idr, self.most_idr))


def open_charges(account_id: int, *, since: datetime | None = None) -> list[OpenCharge]:
    """Return the requests of an account, oldest first, those of orders that ended too.

    `since`: only those made then or later. `reference` is that of the order.
    """
    asked = aliased(Charge)
    query = (
        sa.select(
            Charge.id,
            Order.id,
            Order.reference,
            Charge.amount_idr,
            Charge.created_at,
            Order.pay_before,
            Order.status,
            _of(Allocation.order_id, sa.func.sum(Allocation.amount_idr))
            - _of(Refund.order_id, sa.func.sum(Refund.amount_idr)),
            Order.total_idr,
            _of(asked.order_id, sa.func.min(asked.amount_idr)),
            _of(asked.order_id, sa.func.max(asked.amount_idr)),
        )
        .join(Charge.order)
        .where(Charge.account_id == account_id)
        .order_by(Charge.id)
    )
    if since is not None:
        query = query.where(Charge.created_at >= since)
    found = db.session.execute(query)
    return [OpenCharge(*row)._replace(paid_idr=int(row[7])) for row in found]


def _of(order_id: Any, what: Any) -> Any:
    """Return what the rows of the order say together, 0 if there are none."""
    query = sa.select(what).where(order_id == Order.id).correlate(Order)
    return sa.func.coalesce(query.scalar_subquery(), 0)


def received(start: datetime, end: datetime) -> sa.Select[Payment]:
    """Return the query for payments written down between the instants, latest first."""
    charge = contains_eager(Payment.charge)
    order = charge.contains_eager(Charge.order)
    return (
        sa.select(Payment)
        .outerjoin(Payment.charge)
        .outerjoin(Charge.order)
        .options(
            order.joinedload(Order.seller),
            order.joinedload(Order.checkout),
            joinedload(Payment.account).joinedload(ReceivingAccount.seller),
        )
        .where(Payment.received_at >= start, Payment.received_at < end)
        .order_by(Payment.received_at.desc(), Payment.id.desc())
    )


def payments_of(order_ids: Sequence[int]) -> dict[int, list[Payment]]:
    """Return the payments that count for each order or were meant for it, oldest first.

    Without those that were booked out again.
    """
    other = sa.select(Allocation.payment_id).where(
        Allocation.payment_id == Payment.id, Allocation.order_id != Charge.order_id
    )
    elsewhere = other.correlate(Payment, Charge).exists()
    meant = (
        sa.select(Charge.order_id, Payment.id)
        .join(Payment, Payment.charge_id == Charge.id)
        .where(Charge.order_id.in_(order_ids), ~elsewhere)
    )
    counted = sa.select(Allocation.order_id, Allocation.payment_id).where(
        Allocation.order_id.in_(order_ids)
    )
    pairs = {(row[0], row[1]) for row in db.session.execute(sa.union(meant, counted))}
    query = (
        sa.select(Payment)
        .where(
            Payment.id.in_([payment_id for _, payment_id in pairs]),
            ~sa.exists().where(Withdrawal.payment_id == Payment.id),
        )
        .order_by(Payment.id)
    )
    rows = db.session.scalars(query).all() if pairs else ()
    found: dict[int, list[Payment]] = {}
    for payment in rows:
        for order_id in sorted(key for key, payment_id in pairs if payment_id == payment.id):
            found.setdefault(order_id, []).append(payment)
    return found


def counted_for(order_ids: Sequence[int]) -> dict[int, int]:
    """Return how much has been counted for each of these orders; none is left out."""
    query = (
        sa.select(Allocation.order_id, sa.func.sum(Allocation.amount_idr))
        .where(Allocation.order_id.in_(order_ids))
        .group_by(Allocation.order_id)
    )
    return {order_id: int(amount_idr) for order_id, amount_idr in db.session.execute(query)}


def given_back_for(order_ids: Sequence[int]) -> dict[int, int]:
    """Return how much was given back of what was meant for or counted for each of these orders."""
    query = (
        sa.select(Charge.order_id, sa.func.sum(Refund.amount_idr))
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Charge, Charge.id == Payment.charge_id)
        .where(Charge.order_id.in_(order_ids))
        .group_by(Charge.order_id)
    )
    return {order_id: int(amount_idr) for order_id, amount_idr in db.session.execute(query)}


def find_cases(
    *, closed: bool = False, seller_id: int | None = None, order_id: int | None = None
) -> sa.Select[MoneyCase]:
    """Return the query for cases: open ones by kind and age, else the closed, latest first.

    `seller_id`: only those of its accounts and orders.
    """
    query = (
        sa.select(MoneyCase)
        .join(MoneyCase.payment)
        .outerjoin(Payment.account)
        .outerjoin(MoneyCase.order)
        .options(
            contains_eager(MoneyCase.payment)
            .contains_eager(Payment.account)
            .joinedload(ReceivingAccount.seller),
            contains_eager(MoneyCase.order).joinedload(Order.seller),
            contains_eager(MoneyCase.order).joinedload(Order.checkout),
        )
    )
    if seller_id is not None:
        query = query.where(
            sa.or_(ReceivingAccount.seller_id == seller_id, Order.seller_id == seller_id)
        )
    if order_id is not None:
        query = query.where(MoneyCase.order_id == order_id)
    if closed:
        return query.where(MoneyCase.closed_at.is_not(None)).order_by(
            MoneyCase.closed_at.desc(), MoneyCase.id.desc()
        )
    place = sa.case({kind.value: number for number, kind in enumerate(KINDS)}, value=MoneyCase.kind)
    return query.where(MoneyCase.closed_at.is_(None)).order_by(
        place, MoneyCase.opened_at, MoneyCase.id
    )


def find_refunds(*, seller_id: int | None = None) -> sa.Select[Refund]:
    """Return the query for money given back, latest first."""
    query = (
        sa.select(Refund)
        .outerjoin(Refund.payment)
        .outerjoin(Payment.account)
        .outerjoin(Payment.charge)
        .outerjoin(Charge.order)
        .options(
            contains_eager(Refund.payment).contains_eager(Payment.account),
            contains_eager(Refund.payment)
            .contains_eager(Payment.charge)
            .contains_eager(Charge.order),
            selectinload(Refund.order),
        )
        .order_by(Refund.given_at.desc(), Refund.id.desc())
    )
    if seller_id is not None:
        query = query.where(
            sa.or_(ReceivingAccount.seller_id == seller_id, Order.seller_id == seller_id)
        )
    return query
