"""Lists of what was asked for and what came."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from bazaar.db import db
from bazaar.models import Allocation, Charge, Order, OrderStatus, Payment


class OpenCharge(NamedTuple):
    """A request for money, as far as matching a statement needs it.

    `expires_at` is the buyer's deadline. `paid`: money was counted for its order.
    """

    id: int
    order_id: int
    reference: str
    amount_idr: int
    created_at: datetime
    expires_at: datetime
    status: OrderStatus
    paid: bool


def open_charges(account_id: int, *, since: datetime | None = None) -> list[OpenCharge]:
    """Return the requests of an account, oldest first, those of orders that ended too.

    `since`: only those made then or later. `reference` is that of the order.
    """
    counted = sa.func.coalesce(
        sa.select(sa.func.sum(Allocation.amount_idr))
        .where(Allocation.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery(),
        0,
    )
    query = (
        sa.select(
            Charge.id,
            Order.id,
            Order.reference,
            Charge.amount_idr,
            Charge.created_at,
            Order.pay_before,
            Order.status,
            counted > 0,
        )
        .join(Charge.order)
        .where(Charge.account_id == account_id)
        .order_by(Charge.id)
    )
    if since is not None:
        query = query.where(Charge.created_at >= since)
    return [OpenCharge(*row) for row in db.session.execute(query)]


def late() -> sa.Select[Payment]:
    """Return the query for payments that need a person, latest first: their orders had ended."""
    return (
        _with_orders()
        .where(Order.status.in_([OrderStatus.EXPIRED, OrderStatus.CANCELLED]))
        .order_by(Payment.received_at.desc(), Payment.id.desc())
    )


def received(start: datetime, end: datetime) -> sa.Select[Payment]:
    """Return the query for payments written down between the instants, latest first."""
    return (
        _with_orders()
        .where(Payment.received_at >= start, Payment.received_at < end)
        .order_by(Payment.received_at.desc(), Payment.id.desc())
    )


def _with_orders() -> sa.Select[Payment]:
    order = contains_eager(Payment.charge).contains_eager(Charge.order)
    return (
        sa.select(Payment)
        .join(Payment.charge)
        .join(Charge.order)
        .options(order.joinedload(Order.seller), order.joinedload(Order.checkout))
    )
