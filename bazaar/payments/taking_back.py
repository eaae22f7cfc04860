"""Booking out a payment that was written down by mistake, as when an import is undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from bazaar import audit, ledger, orders
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Conflict
from bazaar.ledger import Entry
from bazaar.models import (
    Allocation,
    Book,
    OrderStatus,
    Parcel,
    ParcelLine,
    ParcelStatus,
    ParcelStep,
    Payment,
    Refund,
    Withdrawal,
)
from bazaar.payments import cases, short
from bazaar.payments.allocating import reverse
from bazaar.payments.refunds import seller_of, subject_of
from bazaar.payments.sums import (
    Standing,
    counted_idr,
    due_of,
    lock_order,
    lock_payment,
)


class WasGivenBack(Conflict):
    """Money of the payment was given back already."""

    text = N_("Uang ini sudah (sebagian) dikembalikan, jadi pencatatannya tidak dapat ditarik.")


@dataclass(eq=False)
class BuiltUpon(Conflict):
    """The order that the payment paid for has gone on."""

    reference: str
    text = N_(
        "Pesanan {reference} sudah diproses dengan uang ini, jadi pencatatannya tidak dapat ditarik."
    )


class Coming(Protocol):
    """Money that came, as far as the books need to know it."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def amount_idr(self) -> int: ...  # noqa: D102
    @property
    def fee_idr(self) -> int: ...  # noqa: D102
    @property
    def account_id(self) -> int | None: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102


def withdrawn(payment: Coming, seller_id: int | None) -> list[Entry]:
    """Return what books a payment out again that never was, and its fee."""
    return [
        Entry(
            kind="withdrawal",
            debit=debit,
            credit=credit,
            amount_idr=amount_idr,
            seller_id=seller_id,
            account_id=payment.account_id,
            payment_id=payment.id,
            method=payment.method,
        )
        for debit, credit, amount_idr in (
            (Book.UNKNOWN, Book.MONEY, payment.amount_idr),
            (Book.MONEY, Book.FEE, payment.fee_idr),
        )
    ]


def take_back(payment_id: int, *, actor: Actor, why: str, now: datetime) -> bool:
    """Book out a payment that never was; its orders wait for money again. Returns False if it was.

    Its row stays. Raises NoSuchPayment, WasGivenBack, and BuiltUpon once a parcel of its order
    was packed or the order done.
    """
    payment = lock_payment(payment_id)
    if not insert_once(
        Withdrawal, payment_id=payment_id, why=why, taken_at=now, taken_by=actor.name
    ):
        return False
    refuse_given_back(payment_id)
    cases.close_all(payment_id, cases.TAKEN_BACK, actor=actor, now=now)
    for order_id in sorted(_counted(payment)):
        let_wait(payment, lock_order(order_id), actor=actor, now=now)
    entries = withdrawn(payment, seller_of(payment, None))
    ledger.book(payment.edition_id, entries, now=now)
    audit.note(
        actor,
        "payment.take_back",
        subject_of(payment),
        now=now,
        amount_idr=payment.amount_idr,
        why=why,
    )
    return True


def refuse_given_back(payment_id: int) -> None:
    """Raise WasGivenBack if any of a payment was."""
    if db.session.scalar(sa.select(sa.exists().where(Refund.payment_id == payment_id))):
        raise WasGivenBack


def _counted(payment: Payment) -> dict[int, int]:
    signed: dict[int, int] = {}
    query = sa.select(Allocation.order_id, Allocation.amount_idr)
    for order_id, amount_idr in db.session.execute(
        query.where(Allocation.payment_id == payment.id)
    ):
        signed[order_id] = signed.get(order_id, 0) + amount_idr
    return {order_id: amount_idr for order_id, amount_idr in signed.items() if amount_idr}


def let_wait(payment: Payment, order: Standing, *, actor: Actor, now: datetime) -> None:
    """Take the payment off the order; one that it had paid waits for money again.

    Raises BuiltUpon. The caller holds the locks of both.
    """
    taken_idr = reverse(payment, order, actor=actor, now=now)
    left_idr = counted_idr(order.id)
    due = due_of(order)
    if order.status is OrderStatus.DONE:
        raise BuiltUpon(order.reference)
    if order.status is OrderStatus.PAID and taken_idr and due.missing_idr(left_idr):
        wait_again(order, now=now)
        order = lock_order(order.id)
    short.look_again(order, now=now)


def wait_again(order: Standing, *, now: datetime) -> None:
    """Let a paid order wait for money again. Raises BuiltUpon."""
    _put_parcels_away(order)
    if not orders.wait_again(order.id, now=now):
        raise BuiltUpon(order.reference)


def _put_parcels_away(order: Standing) -> None:
    """Remove the parcels of an order that nobody has touched. Raises BuiltUpon."""
    of_order = sa.select(Parcel.id).where(Parcel.order_id == order.id)
    if db.session.scalar(sa.select(of_order.where(touched()).exists())):
        raise BuiltUpon(order.reference)
    db.session.execute(sa.delete(ParcelLine).where(ParcelLine.parcel_id.in_(of_order)))
    db.session.execute(sa.delete(Parcel).where(Parcel.order_id == order.id))


def touched() -> sa.ColumnElement[bool]:
    """Return the condition of parcels that somebody has begun to pack or send."""
    return sa.or_(
        Parcel.status != ParcelStatus.DRAFT,
        Parcel.label_hash != "",
        sa.exists().where(ParcelStep.parcel_id == Parcel.id),
    )
