"""Asking for money, and writing down once what came."""

import sqlalchemy as sa

from bazaar import payments
from bazaar.db import db
from bazaar.models import OrderStatus, Payment
from bazaar.payments import Outcome
from tests.builders import HOST, a_product, a_sticker, an_order


def test_a_confirmed_payment_serves_its_order(app, now):
    product = a_product()
    a_sticker(product.seller)
    order = an_order(product)
    charge = payments.get_charge(order.reference)

    assert payments.confirm(charge, actor=HOST, now=now) is Outcome.SERVED
    db.session.refresh(order)
    assert order.status is OrderStatus.PAID
    assert db.session.scalars(sa.select(Payment.amount_idr)).all() == [order.total_idr]
