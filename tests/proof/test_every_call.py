"""The database fails at its n-th call, for every n: all of an act is kept or nothing of it.

Each act is repeated with the n-th statement (or the commit) failing, on a bazaar made anew, until it
gets through. After a failure the rest of the world is as before the act, or as after it; then the
act is asked for once more and must come out as if nothing had happened.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import closings, editions, inspection, orders, payments, shipments
from bazaar.db import db, reading, transaction
from bazaar.models import Edition, Order, Payment, Product
from bazaar.orders import CheckoutWish, Piece
from bazaar.payments import Back, Received
from bazaar.web import services
from tests.builders import (
    HOST,
    NOW,
    TREASURER,
    a_product,
    a_seller,
    a_sticker,
    an_edition,
    an_order,
)
from tests.proof.world import look

LATER = NOW + timedelta(hours=2)
MOST_CALLS = 200


class Broken(Exception):
    """The connection to the database is gone."""


@contextmanager
def breaking_at(number: int) -> Iterator[list[int]]:
    """Let the call of that number fail; the list holds one item for each call so far."""
    engine = db.engine
    calls: list[int] = []

    def count(*_: Any) -> None:
        calls.append(len(calls) + 1)
        if len(calls) == number:
            raise sa.exc.OperationalError("lost", None, Broken())

    sa.event.listen(engine, "before_cursor_execute", count)
    sa.event.listen(engine, "commit", count)
    try:
        yield calls
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
        sa.event.remove(engine, "commit", count)


def an_order_of_two() -> int:
    an_edition()
    seller = a_seller()
    a_sticker(seller)
    return an_order(a_product(seller=seller), quantity=2).id


def a_paid_order() -> int:
    order_id = an_order_of_two()
    confirm(order_id)
    return order_id


def place(_: int) -> None:
    orders.place(
        CheckoutWish(
            key="klik-kedua",
            wanted=[Piece(db.session.scalars(sa.select(Product.id)).one(), 1)],
            couriers={},
            buyer_name="Siti Aminah",
            phone="+6281234567890",
            village_code="35.09.21.1002",
            street="Jalan Jawa 10",
            area="Sumbersari, Sumbersari, Jember, Jawa Timur",
            cheapest=True,
        ),
        edition=editions.get_current(),
        links=services().links,
        slack=timedelta(minutes=10),
        now=NOW,
    )


def confirm(order_id: int) -> None:
    charge = payments.find_charges([order_id])[order_id]
    payments.confirm(charge, actor=HOST, now=NOW, together=True)


def import_line(order_id: int) -> None:
    line = Received(
        key="mutasi:1",
        amount_idr=62_000,
        method="qris",
        source="statement",
        edition_id=1,
        order_id=order_id,
    )
    payments.receive_each([line], actor=HOST, now=NOW)


def cancel(order_id: int) -> None:
    order = db.session.get_one(Order, order_id)
    if order.status.value == "unpaid":
        orders.cancel(order, now=NOW)


def expire(_: int) -> None:
    orders.expire_unpaid(LATER)


def call_off(order_id: int) -> None:
    order = db.session.get_one(Order, order_id)
    if order.status.value == "paid":
        shipments.cancel_order(order, "habis", actor=HOST, now=NOW)


def give_back(_: int) -> None:
    payment_id = db.session.scalars(sa.select(Payment.id)).one()
    payments.give_back(payment_id, 1_000, Back("transfer"), key="balik", actor=HOST, now=NOW)


def close_day(_: int) -> None:
    edition = db.session.scalars(sa.select(Edition)).one()
    closing = closings.find(edition.id, NOW.date())
    if closing is None:
        closings.prepare(edition, NOW.date(), actor=HOST, now=LATER)
    if closing is None or closing.signed_at is None:
        closings.sign(edition, NOW.date(), actor=TREASURER, now=LATER)


def shape() -> tuple[Any, ...]:
    """What is in the database, but for the numbers of rows: PostgreSQL leaves some out."""
    seen = look()
    cases = [(case.kind, case.amount_idr) for case in seen.cases]
    numbered = (seen.stock, seen.status, seen.payments, seen.counted, seen.back, seen.buyers)
    return seen.books, sorted(cases), *(sorted(rows.values()) for rows in numbered)


FLOWS: tuple[tuple[Callable[[], int], Callable[[int], None]], ...] = (
    (an_order_of_two, place),
    (an_order_of_two, confirm),
    (an_order_of_two, import_line),
    (an_order_of_two, cancel),
    (an_order_of_two, expire),
    (a_paid_order, call_off),
    (a_paid_order, give_back),
    (a_paid_order, close_day),
)


@pytest.mark.parametrize(("prepare", "act"), FLOWS, ids=[act.__name__ for _, act in FLOWS])
def test_all_or_nothing_at_every_call(app, database, prepare, act):
    after, broke, number = None, False, 0
    for number in itertools.chain([0], range(1, MOST_CALLS)):  # 0: nothing fails
        database.clean()
        with transaction():
            order_id = prepare()
        before = shape()
        broke = False
        with breaking_at(number) as calls:
            try:
                with transaction():
                    act(order_id)
            except sa.exc.OperationalError:
                broke = True
        if number == 0:
            after = shape()
            assert calls
            assert after != before or act is close_day
            continue
        if not broke:
            break
        assert shape() in (before, after)
        with transaction():
            act(order_id)
        assert shape() == after
        with transaction():
            payments.open_owed(NOW)
        with reading():
            told = [each for each in inspection.differences() if each.check != "statement lines"]
        assert told == []
    assert number > 3
    assert not broke
