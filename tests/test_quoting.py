"""Orders abroad whose fee a person works out: held, answered once, then unpaid like any other."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments, quoting, reports
from bazaar.db import db
from bazaar.models import AuditEntry, Charge, ChargeAmount, Edition, OrderStatus
from bazaar.orders import QUOTE_WITHIN, Charging
from bazaar.payments import NotPriced
from bazaar.quoting import NoFee, NoSuchQuote, NotAsked
from bazaar.rules import qris
from bazaar.rules.order_states import StepRefused
from bazaar.rules.shipping import ASKED
from tests.builders import HOST, a_product, a_rate, a_sticker, an_order

SLACK = timedelta(minutes=15)


def asked(**given):
    a_rate(prefix="SG", courier="Pos Internasional")
    product = a_product(price_idr=25_000, stock=5)
    a_sticker(product.seller)
    return an_order(
        product,
        country="NL",
        village_code="",
        couriers={product.seller_id: ASKED},
        **given,
    )


def answer(order, now, fee_idr=300_000):
    quoting.answer(
        order,
        "Pos EMS",
        fee_idr,
        slack=SLACK,
        charging=Charging(10_000_000),
        actor=HOST,
        now=now,
    )


def charges():
    return db.session.scalars(sa.select(Charge)).all()


def test_an_order_without_a_rate_holds_goods_and_asks_no_money(app, now):
    order = asked()

    assert order.status is OrderStatus.QUOTING
    assert (order.total_idr, order.shipping_idr) == (25_000, 0)
    assert order.pay_before == order.release_at == order.placed_at + QUOTE_WITHIN
    assert order.lines[0].product_id
    assert charges() == []
    assert list(quoting.open_quotes()) == [order]
    assert list(inspection.differences()) == []


@pytest.mark.parametrize(
    ("way", "least", "most"), [("add", 325_001, 325_099), ("off", 325_000, 325_000)]
)
def test_the_edition_decides_about_unique_codes(app, now, way, least, most):
    order = asked()
    db.session.get_one(Edition, order.edition_id).unique_codes = way
    answer(order, now)

    (charge,) = charges()
    assert least <= charge.amount_idr <= most


def test_above_the_limit_of_a_code_nothing_is_asked_for(app, now):
    order = asked()
    answer(order, now, fee_idr=10_000_000)

    assert order.status is OrderStatus.UNPAID
    assert charges() == []


def test_an_answer_fixes_the_fee_and_asks_for_the_money(app, now):
    order = asked()
    later = now + timedelta(hours=5)
    answer(order, later)

    assert (order.status, order.courier) == (OrderStatus.UNPAID, "Pos EMS")
    assert (order.shipping_idr, order.shipping_full_idr) == (300_000, 300_000)
    assert order.total_idr == 325_000
    assert order.pay_before == later + quoting.PAY_WITHIN
    assert order.release_at == later + quoting.PAY_WITHIN + SLACK
    (charge,) = charges()
    assert (charge.reference, charge.full_idr) == (order.reference, 325_000)
    assert 1 <= charge.unique_idr <= 99
    assert charge.amount_idr == 325_000 - charge.unique_idr
    assert qris.split_amount(charge.qr_payload) == charge.amount_idr
    kept = db.session.scalars(sa.select(ChargeAmount)).one()
    assert (kept.charge_id, kept.amount_idr) == (charge.id, charge.amount_idr)
    assert kept.free_at == order.release_at + timedelta(days=7)
    by_amount = reports.find_orders(reports.Wish(text=str(charge.amount_idr)))
    assert db.session.scalars(by_amount).all() == [order]
    assert quoting.open_quotes() == []
    assert list(inspection.differences()) == []
    assert list(inspection.differences()) == []
    told = db.session.scalars(sa.select(AuditEntry).filter_by(action="order.quote")).one()
    assert told.facts["shipping_idr"] == 300_000


def test_the_later_of_two_answers_is_refused(app, now):
    order = asked()
    answer(order, now)
    with pytest.raises(NotAsked):
        answer(order, now, 1)
    assert order.total_idr == 325_000
    assert len(charges()) == 1


@pytest.mark.parametrize("fee_idr", [0, -1])
def test_nothing_is_no_fee(app, now, fee_idr):
    order = asked()
    with pytest.raises(NoFee):
        answer(order, now, fee_idr)
    db.session.refresh(order)
    assert order.status is OrderStatus.QUOTING
    assert charges() == []


def test_an_answer_that_comes_too_late_is_refused(app, now):
    order = asked()
    with pytest.raises(NotAsked):
        answer(order, order.release_at)
    assert orders.expire_unpaid(order.release_at) == 1
    db.session.refresh(order)
    assert order.status is OrderStatus.EXPIRED
    with pytest.raises(NotAsked):
        answer(order, now)


def test_it_may_be_cancelled_but_not_paid(app, now):
    order = asked()
    assert not orders.mark_paid(order.id, now=now)
    with pytest.raises(NotPriced):
        payments.charge_of(order, now=now)
    orders.cancel(order, now=now)
    db.session.refresh(order)
    assert order.status is OrderStatus.CANCELLED
    with pytest.raises(StepRefused):
        orders.cancel(order, now=now)
    assert list(inspection.differences()) == []


def test_an_unknown_reference_is_not_found(app, now):
    with pytest.raises(NoSuchQuote):
        quoting.get("PV-XXXXX")
