"""What has been counted for orders and of payments, and the locks under which that may be asked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import (
    Allocation,
    Charge,
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    Refund,
    Withdrawal,
)
from bazaar.rules.money import Due


class NoSuchPayment(NotFound):
    """No payment has this number."""

    text = N_("Pembayaran ini tidak ditemukan.")


class Standing(NamedTuple):
    """An order as far as money needs it."""

    id: int
    reference: str
    status: OrderStatus
    total_idr: int
    seller_id: int
    edition_id: int


STANDING = tuple(getattr(Order, name) for name in Standing._fields)


def lock_order(order_id: int) -> Standing:
    """Return how an order stands; until the transaction ends nobody else changes it."""
    row = db.session.execute(
        sa.select(*STANDING).where(Order.id == order_id).with_for_update()
    ).one()
    return Standing(*row)


def lock_payment(payment_id: int, *others: int) -> Payment:
    """Return a payment; until the transaction ends nobody else decides about it or its orders.

    `others` are ids of orders that are to be locked too. Orders are always locked before payments,
    the lower id first. Raises NoSuchPayment. What is
    decided about a payment are other rows: it is never changed itself.
    """
    concerned: sa.CompoundSelect[Any] = sa.union(
        sa.select(Allocation.order_id).where(Allocation.payment_id == payment_id),
        sa.select(MoneyCase.order_id).where(
            MoneyCase.payment_id == payment_id, MoneyCase.order_id.is_not(None)
        ),
        sa.select(Charge.order_id).join(Payment.charge).where(Payment.id == payment_id),
    )
    for order_id in sorted({*db.session.scalars(concerned), *others}):
        lock_order(order_id)
    query = sa.select(Payment).where(Payment.id == payment_id).with_for_update(of=Payment)
    payment = db.session.scalars(query).one_or_none()
    if payment is None:
        raise NoSuchPayment
    return payment


def due_of(order: Standing) -> Due:
    """Return what the order and its requests ask for."""
    asked = db.session.scalars(sa.select(Charge.amount_idr).where(Charge.order_id == order.id))
    return Due.of(order.total_idr, asked.all())


def counted_idr(order_id: int, payment_id: int | None = None) -> int:
    """Return how much has been counted for an order, of one payment or of all.

    Less what was given back of it.
    """
    counted = sa.select(sa.func.sum(Allocation.amount_idr)).where(Allocation.order_id == order_id)
    back = sa.select(sa.func.sum(Refund.amount_idr)).where(Refund.order_id == order_id)
    if payment_id is not None:
        counted = counted.where(Allocation.payment_id == payment_id)
        back = back.where(Refund.payment_id == payment_id)
    return int(db.session.scalar(counted) or 0) - int(db.session.scalar(back) or 0)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a payment counts for, by order id, and what of it counts for nothing yet."""

    orders: dict[int, int]
    free_idr: int


def rest_of(payment: Payment) -> Rest:
    """Return where a payment's money is; nothing is left of what was given back or booked out."""
    signed: dict[int | None, int] = {None: payment.amount_idr}
    counted = sa.select(Allocation.order_id, Allocation.amount_idr)
    for order_id, amount_idr in db.session.execute(
        counted.where(Allocation.payment_id == payment.id)
    ):
        signed[order_id] = signed.get(order_id, 0) + amount_idr
        signed[None] -= amount_idr
    back = sa.select(Refund.order_id, Refund.amount_idr)
    for of_order, amount_idr in db.session.execute(back.where(Refund.payment_id == payment.id)):
        signed[of_order] = signed.get(of_order, 0) - amount_idr
    free_idr = 0 if is_withdrawn(payment.id) else signed[None]
    orders = {key: idr for key, idr in signed.items() if key is not None and idr}
    return Rest(orders, free_idr)


def free_of(payment_ids: Collection[int]) -> dict[int, int]:
    """Return what of each of these payments counts for nothing yet, as `rest_of` does for one."""
    of = Payment.id.in_(payment_ids)
    free = {
        row.id: row.amount_idr
        for row in db.session.execute(sa.select(Payment.id, Payment.amount_idr).where(of))
    }
    counted = sa.select(Allocation.payment_id, Allocation.amount_idr)
    back = sa.select(Refund.payment_id, Refund.amount_idr).where(Refund.order_id.is_(None))
    for query in (
        counted.where(Allocation.payment_id.in_(payment_ids)),
        back.where(Refund.payment_id.in_(payment_ids)),
    ):
        for row in db.session.execute(query):
            free[row[0]] -= row[1]
    gone = sa.select(Withdrawal.payment_id).where(Withdrawal.payment_id.in_(payment_ids))
    return free | dict.fromkeys(db.session.scalars(gone), 0)


def is_withdrawn(payment_id: int) -> bool:
    """Whether the payment was booked out again."""
    return bool(
        db.session.scalar(sa.select(sa.exists().where(Withdrawal.payment_id == payment_id)))
    )


def untouched() -> sa.ColumnElement[bool]:
    """Return the condition of payments that nothing was decided about yet."""
    return ~sa.or_(
        sa.exists().where(Allocation.payment_id == Payment.id),
        sa.exists().where(MoneyCase.payment_id == Payment.id),
        sa.exists().where(Refund.payment_id == Payment.id),
        sa.exists().where(Withdrawal.payment_id == Payment.id),
    )
