"""Booking out many payments together does to each what booking it out alone does."""

import threading

import pytest
import sqlalchemy as sa

from bazaar import catalog, inspection, orders, payments, shipments
from bazaar.db import db, reading, transaction
from bazaar.errors import Conflict
from bazaar.models import (
    Allocation,
    AuditEntry,
    LedgerEntry,
    MoneyCase,
    Order,
    OrderStatus,
    Parcel,
    Payment,
    Withdrawal,
)
from bazaar.payments import Back, Received
from tests.builders import HOST, a_product, a_sticker, an_order
from tests.test_money_coming import receive

WHY = "Impor mutasi ditarik."


@pytest.fixture
def product(app):
    product = a_product(price_idr=25_000, stock=100)
    a_sticker(product.seller)
    return product


def paid(product, now, *, key, amount_idr=0, **more):
    """A new order with a payment; the whole of it, unless told otherwise."""
    order = an_order(product, at=now)
    return order, receive(order, amount_idr or order.total_idr, key, now=now, **more).payment_id


def of_every_kind(product, now):
    """Payments in whatever state there is, by what is the matter with them."""
    found = {}
    for kind in ("plain", "second", "packed", "draft", "done", "called_off", "refunded", "gone"):
        order, found[kind] = paid(product, now, key=kind, fee_idr=100)
        if kind in {"packed", "draft"}:
            shipments.open_parcels(now)
        if kind == "packed":
            db.session.refresh(order)
            shipments.pack(shipments.get_parcel_of(order.id), actor=HOST, now=now)
        if kind == "done":
            orders.finish(order.id, now=now)
        if kind == "called_off":
            orders.call_off(order.id, now=now)
            catalog.give_back([order.id], now=now)
    payments.give_back(found["refunded"], 5_000, Back("bank"), key="a", actor=HOST, now=now)
    payments.take_back(found["gone"], actor=HOST, why="sudah", now=now)
    order = an_order(product, at=now)
    asked_idr = payments.get_charge(order.reference).amount_idr  # less by a unique code
    found["code"] = receive(order, asked_idr, "code", now=now).payment_id
    _, found["under"] = paid(product, now, key="under", amount_idr=20_000)
    _, found["over"] = paid(product, now, key="over", amount_idr=90_000)
    order, found["first"] = paid(product, now, key="first", amount_idr=20_000)
    found["rest"] = receive(order, order.total_idr - 20_000, "rest", now=now).payment_id
    order, found["whole"] = paid(product, now, key="whole")
    found["extra"] = receive(order, order.total_idr, "extra", now=now).payment_id
    late = an_order(product, at=now)
    orders.cancel(late, now=now)
    found["late"] = receive(late, late.total_idr, "late", now=now).payment_id
    for key in ("unknown", "other"):
        nobody = Received(
            key=key,
            amount_idr=7_000,
            method="qris",
            source="midtrans",
            edition_id=order.edition_id,
            account_id=payments.find_account(product.seller_id).id,
        )
        found[key] = payments.receive(nobody, actor=HOST, now=now, together=True).payment_id
    return found


def one_by_one(ids, now):
    """What a person does who books them out after each other."""
    refused = {}
    for payment_id in ids:
        try:
            with db.session.begin_nested():
                payments.take_back(payment_id, actor=HOST, why=WHY, now=now)
        except Conflict as refusal:
            refused[payment_id] = str(refusal)
    return refused


def as_it_stands():
    """All that money is made of, without the numbers of rows."""

    def rows(*columns):
        found = db.session.execute(sa.select(*columns)).all()
        return sorted((tuple(map(str, row)) for row in found), key=str)

    entry = LedgerEntry
    return {
        "ledger": rows(
            *(getattr(entry, c.key) for c in sa.inspect(entry).columns if c.key != "id")
        ),
        "allocations": rows(
            Allocation.payment_id,
            Allocation.order_id,
            Allocation.amount_idr,
            Allocation.rule,
            Allocation.made_by,
            Allocation.reversal_of,
        ),
        "withdrawals": rows(Withdrawal.payment_id, Withdrawal.why, Withdrawal.taken_by),
        "orders": rows(Order.id, Order.status, Order.paid_at, Order.holds),
        "cases": rows(
            MoneyCase.key,
            MoneyCase.order_id,
            MoneyCase.amount_idr,
            MoneyCase.closed_by,
            MoneyCase.action,
        ),
        "parcels": rows(Parcel.order_id, Parcel.status),
        "trail": rows(AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.facts),
    }


def test_together_is_as_one_by_one(product, now):
    found = of_every_kind(product, now)
    ids = list(found.values())
    before = as_it_stands()
    alone = db.session.begin_nested()
    refused = one_by_one(ids, now)
    expected = as_it_stands()
    alone.rollback()
    db.session.expire_all()
    assert as_it_stands() == before

    outcomes = payments.take_back_each(ids, actor=HOST, why=WHY, now=now)

    assert {key: str(why) for key, why in outcomes.items() if why} == refused
    assert set(outcomes) == set(ids)
    stands = as_it_stands()
    for name, rows in expected.items():
        assert stands[name] == rows, name
    assert {key for key, payment_id in found.items() if payment_id in refused} == {
        "packed",
        "done",
        "refunded",
    }
    assert inspection.differences() == []


def test_the_same_again_does_nothing(product, now):
    ids = list(of_every_kind(product, now).values())
    first = payments.take_back_each(ids, actor=HOST, why=WHY, now=now)
    stands = as_it_stands()

    again = payments.take_back_each(ids, actor=HOST, why=WHY, now=now)

    assert {key: str(why) for key, why in again.items()} == {
        key: str(why) for key, why in first.items()
    }
    assert as_it_stands() == stands


def test_many_cost_no_more_statements_than_few(product, now, queries):
    cost = []
    for count in (2, 12):
        ids = [paid(product, now, key=f"{count}:{n}")[1] for n in range(count)]
        queries.clear()
        payments.take_back_each(ids, actor=HOST, why=WHY, now=now)
        cost.append(len(queries))
    assert cost[0] == cost[1]


def test_no_payments_are_no_fault(app, now):
    assert payments.take_back_each([], actor=HOST, why=WHY, now=now) == {}


def test_two_who_take_the_same_back_at_once_book_it_out_once(product, app, now):
    ids = [paid(product, now, key=f"{n}")[1] for n in range(6)]
    db.session.commit()
    start = threading.Barrier(2)
    done = []

    def work(some):
        with app.app_context():
            start.wait()
            with transaction():
                done.append(payments.take_back_each(some, actor=HOST, why=WHY, now=now))

    workers = [threading.Thread(target=work, args=(some,)) for some in (ids, ids[::-1])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [set(one.values()) for one in done] == [{None}, {None}]
    with reading():
        assert db.session.query(Withdrawal).count() == len(ids)
        assert {one.status for one in db.session.query(Order)} == {OrderStatus.UNPAID}
        assert inspection.differences() == []


def test_who_pays_again_after_it_is_served(product, now):
    order, payment_id = paid(product, now, key="a")
    payments.take_back_each([payment_id], actor=HOST, why=WHY, now=now)
    assert db.session.get_one(Payment, payment_id)

    receive(order, order.total_idr, "b", now=now)

    db.session.refresh(order)
    assert order.status is OrderStatus.PAID
    assert inspection.differences() == []
