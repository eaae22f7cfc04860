"""Counting a payment for an order: the order is served, waits on, or a person is needed."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import orders, outbox
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Payment, PaymentProof, Seller
from bazaar.orders import Served
from bazaar.payments import cases
from bazaar.payments.allocating import allocate, book_difference
from bazaar.payments.sums import Standing, counted_idr, due_of
from bazaar.ports import Letter
from bazaar.rules import money
from bazaar.rules.money import Due, Outcome, Verdict


def settle_for(
    payment: Payment,
    order: Standing,
    amount_idr: int,
    *,
    rule: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Count so much of a payment for an order and serve that, or open the case that it is.

    The caller holds the locks of both.
    """
    due = due_of(order)
    paid_idr = counted_idr(order.id)
    verdict = _serve(order, due, paid_idr, amount_idr, now)
    if verdict.counts_idr:
        allocate(payment, order, verdict.counts_idr, rule=rule, actor=actor, now=now)
    if verdict.serves:
        book_difference(order, order.total_idr - paid_idr - verdict.counts_idr, now=now)
        cases.complete(order.id, actor=actor, now=now)
        accept_proofs([order.id], actor=actor, now=now)
        tell_seller(order, now)
    if verdict.outcome not in money.FITS:
        cases.open_for(payment, order, verdict, now=now)
    return verdict.outcome


def accept_proofs(order_ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Answer the open proofs of orders that are paid now: the money has come."""
    db.session.execute(
        sa.update(PaymentProof)
        .where(PaymentProof.order_id.in_(order_ids), PaymentProof.seen_at.is_(None))
        .values(seen_at=now, seen_by=actor.name, accepted=True),
        execution_options={"synchronize_session": False},
    )


def tell_seller(order: Standing, now: datetime) -> None:
    """Write to the seller that an order is paid."""
    email = db.session.scalars(sa.select(Seller.email).where(Seller.id == order.seller_id)).one()
    letter = letter_about(order, email)
    outbox.write(letter.key, letter.to, letter.subject, letter.text, now=now)


def letter_about(order: Standing, email: str) -> Letter:
    """Return the letter that tells a seller of a paid order."""
    return Letter(
        f"paid:{order.reference}",
        email,
        f"Pesanan {order.reference} sudah dibayar",
        f"Pesanan {order.reference} sudah dibayar. Silakan dikemas; daftarnya ada di "
        "halaman Kemas pada tautan pribadi Anda.",
    )


def _serve(order: Standing, due: Due, paid_idr: int, amount_idr: int, now: datetime) -> Verdict:
    """Decide, and mark the order paid if the payment does that."""
    verdict = money.decide(order.status, due, paid_idr=paid_idr, amount_idr=amount_idr)
    if verdict.serves and orders.serve(order.id, now=now) is Served.SOLD_OUT:
        return Verdict(Outcome.SOLD_OUT, 0, amount_idr)
    return verdict
