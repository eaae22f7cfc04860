"""Orders that were paid in part: as long as money counts for one, its case says what is missing."""

from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Allocation, OrderStatus, Payment
from bazaar.payments import cases
from bazaar.payments.sums import Standing, counted_idr, due_of
from bazaar.rules.money import Outcome, Verdict


def look_again(order: Standing, *, now: datetime) -> None:
    """Bring the case of too little up to date after money was taken off an order.

    A case closed with its payment is opened anew for the latest that still counts, if any does.
    Nothing happens to an order that does not wait. The caller holds the order's lock.
    """
    if order.status is not OrderStatus.UNPAID:
        return
    counts_for_it = sa.exists().where(
        Allocation.payment_id == Payment.id, Allocation.order_id == order.id
    )
    latest_first = sa.select(Payment).where(counts_for_it).order_by(Payment.id.desc())
    for payment in db.session.scalars(latest_first).all():
        if counted_idr(order.id, payment.id) > 0:
            missing_idr = due_of(order).missing_idr(counted_idr(order.id))
            cases.open_for(payment, order, Verdict(Outcome.UNDER, 0, missing_idr), now=now)
            return
