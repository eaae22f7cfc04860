"""Counting money for orders, and taking that back: rows with a sign, never a change."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import ledger
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.ledger import Entry
from bazaar.models import Allocation, Book, Payment
from bazaar.payments.sums import Standing


def allocate(
    payment: Payment,
    order: Standing,
    amount_idr: int,
    *,
    rule: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Count so much of a payment, whose lock the caller holds, for an order."""
    db.session.add(
        Allocation(
            payment_id=payment.id,
            order_id=order.id,
            amount_idr=amount_idr,
            rule=rule,
            made_at=now,
            made_by=actor.name,
        )
    )
    db.session.flush()
    ledger.book(
        order.edition_id,
        [_entry("allocation", Book.UNKNOWN, Book.BUYER, payment, order, amount_idr)],
        now=now,
    )


def reverse(payment: Payment, order: Standing, *, actor: Actor, now: datetime) -> int:
    """Take back whatever of the payment counts for the order. Returns how much it was."""
    undone = sa.select(Allocation.reversal_of).where(Allocation.reversal_of.is_not(None))
    standing = db.session.execute(
        sa.select(Allocation.id, Allocation.amount_idr, Allocation.rule).where(
            Allocation.payment_id == payment.id,
            Allocation.order_id == order.id,
            Allocation.reversal_of.is_(None),
            Allocation.id.not_in(undone.where(Allocation.payment_id == payment.id)),
        )
    ).all()
    taken_idr = 0
    for allocation_id, amount_idr, rule in standing:
        if insert_once(
            Allocation,
            payment_id=payment.id,
            order_id=order.id,
            amount_idr=-amount_idr,
            rule=rule,
            made_at=now,
            made_by=actor.name,
            reversal_of=allocation_id,
        ):
            taken_idr += amount_idr
    entry = _entry("allocation_back", Book.BUYER, Book.UNKNOWN, payment, order, taken_idr)
    ledger.book(order.edition_id, [entry], now=now)
    return taken_idr


def book_difference(order: Standing, missing_idr: int, *, now: datetime) -> None:
    """Let a paid order's worth and what was counted for it agree: unique codes, small change.

    Below zero there is too much, and nobody wants it back.
    """
    debit, credit = Book.DISCOUNT, Book.BUYER
    if missing_idr < 0:
        debit, credit = credit, debit
    entry = Entry(
        kind="difference",
        debit=debit,
        credit=credit,
        amount_idr=abs(missing_idr),
        seller_id=order.seller_id,
        order_id=order.id,
    )
    ledger.book(order.edition_id, [entry], now=now)


def _entry(
    kind: str, debit: Book, credit: Book, payment: Payment, order: Standing, amount_idr: int
) -> Entry:
    return Entry(
        kind=kind,
        debit=debit,
        credit=credit,
        amount_idr=amount_idr,
        seller_id=order.seller_id,
        order_id=order.id,
        account_id=payment.account_id,
        payment_id=payment.id,
        method=payment.method,
    )
