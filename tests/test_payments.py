"""Asking for money, and writing down once what came."""

import threading
from binascii import crc_hqx
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments
from bazaar.db import db, reading, transaction
from bazaar.models import (
    AuditEntry,
    Charge,
    Message,
    Order,
    OrderStatus,
    Payment,
    ReceivingAccount,
)
from bazaar.orders import PlacedOrder
from bazaar.payments import NoSuchCharge, NotWaiting, Outcome, StickerRejected
from bazaar.rules import qris
from bazaar.rules.order_states import StepRefused
from tests.builders import HOST, TREASURER, a_product, a_seller, a_sticker, an_order

AT_ONCE = 8


def at_once(app, *acts):
    """Do all acts at the same moment, each as a person of its own; return what they gave."""
    barrier = threading.Barrier(len(acts))
    given = [None] * len(acts)

    def person(number, act):
        with app.app_context():
            barrier.wait()
            with transaction():
                given[number] = act()

    people = [threading.Thread(target=person, args=pair) for pair in enumerate(acts)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    return given


def status_of(order):
    db.session.refresh(order)
    return order.status


def amounts():
    return db.session.scalars(sa.select(Payment.amount_idr)).all()


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    return an_order(product, quantity=2)


# Stickers


def test_a_sticker_is_put_into_use(app, now):
    seller = a_seller()
    payload = a_sticker(seller, name="BATIK CONTOH JEMBER")

    account = payments.find_account(seller.id)

    assert (account.payload, account.merchant_name) == (payload, "BATIK CONTOH JEMBER")
    assert account.nmid.startswith("ID1099")


def test_the_same_sticker_again_changes_nothing(app, now):
    seller = a_seller()
    payload = a_sticker(seller)

    payments.enrol(seller.id, f" {payload}\n", actor=HOST, now=now)

    assert db.session.scalar(sa.select(sa.func.count(ReceivingAccount.id))) == 1
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("account.enrol") == 1


def test_another_sticker_replaces_it_and_the_old_one_is_kept(app, now):
    seller = a_seller()
    old = a_sticker(seller)
    new = a_sticker(seller, at=now)

    assert payments.find_account(seller.id).payload == new
    kept = db.session.scalars(
        sa.select(ReceivingAccount).where(ReceivingAccount.replaced_at.is_not(None))
    ).one()
    assert (kept.payload, kept.replaced_at) == (old, now)
    assert (
        "account.replace"
        in db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    )


@pytest.mark.parametrize(
    ("text", "code"), [("halo", "unreadable"), ("0" * 600, "too_long"), ("", "unreadable")]
)
def test_a_text_that_is_no_sticker_is_refused(app, now, text, code):
    seller = a_seller()

    with pytest.raises(StickerRejected) as refused:
        payments.enrol(seller.id, text, actor=HOST, now=now)

    assert refused.value.code == code
    assert str(refused.value) == qris.REJECTIONS[code]
    assert payments.find_account(seller.id) is None


# Asking


def test_a_charge_asks_for_the_total_under_the_reference(order):
    charge = payments.get_charge(order.reference)

    assert charge.amount_idr == order.total_idr == 62_000
    assert qris.split_amount(charge.qr_payload) == 62_000
    assert charge.names_amount


def test_an_unknown_reference_has_no_charge(app):
    with pytest.raises(NoSuchCharge):
        payments.get_charge("PV-22222")


def test_without_dynamic_codes_the_buyer_gets_the_sticker(app, now):
    product = a_product()
    sticker = a_sticker(product.seller)
    order = an_order(product, charged=False)

    payments.ask_for([placed(order)], now=now, qris_max_idr=10_000_000, dynamic=False)

    charge = payments.get_charge(order.reference)
    assert charge.qr_payload == sticker
    assert not charge.names_amount


def test_a_seller_without_sticker_is_not_asked_for(app):
    order = an_order(a_product())

    assert payments.find_charges([order.id]) == {}


@pytest.mark.parametrize(("limit_idr", "charges"), [(37_000, 1), (36_999, 0)])
def test_no_more_than_the_limit_is_asked_for(app, now, limit_idr, charges):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    order = an_order(product, charged=False)
    assert order.total_idr == 37_000

    payments.ask_for([placed(order)], now=now, qris_max_idr=limit_idr)

    assert len(payments.find_charges([order.id])) == charges


def test_a_sticker_without_room_for_the_reference_still_asks_for_the_amount(app, now):
    product = a_product()
    crowded = with_full_62(a_sticker(product.seller))
    account = payments.enrol(product.seller_id, crowded, actor=HOST, now=now)
    payments.approve(account.id, actor=TREASURER, now=now)

    order = an_order(product)

    charge = payments.get_charge(order.reference)
    assert qris.split_amount(charge.qr_payload) == order.total_idr
    assert order.reference not in charge.qr_payload


def test_a_paid_or_ended_order_shows_no_code(order, now):
    codes = payments.get_codes(order, now=order.pay_before - timedelta(seconds=1))
    assert codes == (
        payments.get_charge(order.reference).qr_payload,
        payments.find_account(order.seller_id).payload,
    )

    with pytest.raises(NotWaiting):
        payments.get_codes(order, now=order.pay_before)
    orders.cancel(order, now=now)
    db.session.refresh(order)
    with pytest.raises(NotWaiting):
        payments.get_codes(order, now=now)


def placed(order):
    return PlacedOrder(order.id, order.reference, order.seller_id, order.total_idr)


def with_full_62(sticker):
    """The sticker with a field 62 of 99 characters, and the checksum made right."""
    body = sticker[:-4].replace("62070703A01", f"62990703A015088{'X' * 88}")
    return f"{body}{crc_hqx(body.encode(), 0xFFFF):04X}"


# Confirming


def test_a_confirmed_payment_serves_its_order(order, now):
    charge = payments.get_charge(order.reference)

    outcome = payments.confirm(charge, actor=HOST, now=now, note="jam 19.02")

    payment = db.session.scalars(sa.select(Payment)).one()
    assert outcome is Outcome.SERVED
    assert (payment.amount_idr, payment.method, payment.note) == (62_000, "qris", "jam 19.02")
    assert (payment.received_at, payment.confirmed_by) == (now, HOST.name)
    assert (status_of(order), order.paid_at) == (OrderStatus.PAID, now)


def test_confirming_ten_times_is_one_payment(order, now):
    charge = payments.get_charge(order.reference)

    outcomes = [payments.confirm(charge, actor=HOST, now=now) for _ in range(10)]

    assert outcomes == [Outcome.SERVED, *[Outcome.REPEATED] * 9]
    assert amounts() == [62_000]
    entries = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert entries.count("payment.confirm") == 1


def test_eight_people_confirming_at_once_write_one_payment(app, order, now):
    reference = order.reference
    db.session.commit()

    def confirm():
        return payments.confirm(payments.get_charge(reference), actor=HOST, now=now)

    outcomes = at_once(app, *[confirm] * AT_ONCE)

    assert sorted(outcome.value for outcome in outcomes) == ["repeated"] * 7 + ["served"]
    with reading():
        assert amounts() == [62_000]
        assert inspection.differences() == []


@pytest.mark.parametrize("attempt", range(4))
def test_an_order_never_both_expires_and_is_paid(app, order, attempt):
    reference, due = order.reference, order.release_at
    db.session.commit()

    outcome, expired = at_once(
        app,
        lambda: payments.confirm(payments.get_charge(reference), actor=HOST, now=due),
        lambda: orders.expire_unpaid(due),
    )

    with reading():
        status = status_of(order)
        assert amounts() == [62_000]
        assert (outcome, expired, status) in {
            (Outcome.SERVED, 0, OrderStatus.PAID),
            (Outcome.LATE, 1, OrderStatus.EXPIRED),
        }
        assert inspection.differences() == []


def test_an_order_never_is_both_cancelled_and_paid(app, order, now):
    reference, key = order.reference, order.id
    db.session.commit()

    def cancel():
        try:
            orders.cancel(db.session.get_one(Order, key), now=now)
        except StepRefused:
            return False
        return True

    outcome, cancelled = at_once(
        app,
        lambda: payments.confirm(payments.get_charge(reference), actor=HOST, now=now),
        cancel,
    )

    with reading():
        assert amounts() == [62_000]
        assert (outcome, cancelled, status_of(order)) in {
            (Outcome.SERVED, False, OrderStatus.PAID),
            (Outcome.CANCELLED, True, OrderStatus.CANCELLED),
        }
        assert inspection.differences() == []


def test_money_for_an_expired_order_is_written_down_and_does_not_revive_it(order):
    due = order.release_at
    orders.expire_unpaid(due)

    outcome = payments.confirm(payments.get_charge(order.reference), actor=HOST, now=due)

    assert outcome is Outcome.LATE
    assert status_of(order) is OrderStatus.EXPIRED
    assert amounts() == [62_000]
    assert [case.order_id for case in db.session.scalars(payments.find_cases())] == [order.id]


def test_served_money_needs_no_person(order, now):
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)

    assert db.session.scalars(payments.find_cases()).all() == []


def test_money_agreed_on_without_a_code_is_written_down_too(app, now):
    order = an_order(a_product(price_idr=25_000))

    charge = payments.charge_of(order, now=now)
    assert payments.charge_of(order, now=now) is charge
    outcome = payments.confirm(charge, actor=HOST, now=now)

    assert outcome is Outcome.SERVED
    assert db.session.scalars(sa.select(Payment.method)).all() == ["agreed"]
    assert db.session.scalars(sa.select(Charge.account_id)).all() == [None]
    assert status_of(order) is OrderStatus.PAID
    assert inspection.differences() == []


def test_the_seller_gets_one_letter(app, now):
    seller = a_seller(email="bu.sri@contoh.id")
    product = a_product(seller=seller)
    a_sticker(seller)
    order = an_order(product)
    charge = payments.get_charge(order.reference)

    payments.confirm(charge, actor=HOST, now=now)
    payments.confirm(charge, actor=HOST, now=now)

    paid = sa.select(Message).where(Message.key.startswith("paid:"))
    letter = db.session.scalars(paid).one()
    assert letter.to == "bu.sri@contoh.id"
    assert order.reference in letter.subject


def test_received_lists_the_payments_between_two_instants(order, now):
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)

    def listed(start, end):
        return len(db.session.scalars(payments.received(start, end)).all())

    second = timedelta(seconds=1)
    assert listed(now, now + second) == 1
    assert listed(now - second, now) == 0
    assert listed(now + second, now + 2 * second) == 0
