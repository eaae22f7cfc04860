"""Placing orders by program."""

import hashlib
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import orders
from bazaar.db import db, reading, transaction
from bazaar.models import (
    AuditEntry,
    Charge,
    ChargeAmount,
    Checkout,
    Edition,
    IdempotentAnswer,
    LedgerEntry,
    Order,
    Product,
    StockMove,
)
from bazaar.ordering.writing import KEPT_FOR
from bazaar.rules import qris
from bazaar.web import desk
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition

PATH = "/api/v1/orders"
SUMBERSARI = "35.09.21.1002"
BUYER = {
    "name": "Siti Aminah",
    "phone": "0812 3456 7890",
    "village_code": SUMBERSARI,
    "street": "Jalan Jawa 10",
}


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def batik(app) -> Product:
    """Five pieces at 25,000, to be paid by QRIS; shipping 12,000."""
    an_edition()
    a_rate(first_kg_idr=12_000)
    seller = a_seller()
    a_sticker(seller)
    product = a_product(seller=seller, stock=5, price_idr=25_000)
    db.session.commit()
    return product


def a_body(*products: Product, quantity: int = 1, **given: Any) -> dict[str, Any]:
    lines = [{"product": product.claim_code, "quantity": quantity} for product in products]
    return {"lines": lines, "buyer": BUYER} | given


def send(client, body: Any, key: str = "pesanan-satu"):
    return client.post(PATH, json=body, headers={"Idempotency-Key": key})


def count(model) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(model)).one()


def test_an_order_by_program_is_all_that_an_order_is(client, batik, now):
    answer = send(client, a_body(batik, quantity=2, total_idr=62_000))

    assert answer.status_code == 201
    told = answer.json
    assert list(told) == ["code", "url", "charges"]
    assert told["url"].endswith(f"/o/{told['code']}")
    assert answer.location == told["url"]
    (charge,) = told["charges"]
    with reading():
        (order,) = orders.get_checkout(told["code"]).orders
        assert (order.total_idr, order.courier) == (62_000, "JNE REG")
        assert (order.checkout.phone, order.checkout.source) == ("+6281234567890", "api")
        assert order.checkout.area == "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur"
        kept = db.session.scalars(sa.select(Charge)).one()
        assert charge == {
            "reference": order.reference,
            "amount_idr": kept.amount_idr,
            "qr_payload": kept.qr_payload,
            "pay_before": "2026-03-01T13:00:00Z",
        }
        assert 1 <= kept.unique_idr <= 99
        assert kept.amount_idr == 62_000 - kept.unique_idr
        assert qris.split_amount(kept.qr_payload) == kept.amount_idr
        assert db.session.scalars(sa.select(Product.stock)).one() == 3
        counted = [LedgerEntry, AuditEntry, StockMove, ChargeAmount, IdempotentAnswer]
        assert [count(model) for model in counted] == [2, 2, 2, 1, 1]


def test_the_same_key_gets_the_same_answer_and_nothing_more(client, batik):
    answers = [send(client, a_body(batik)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.data for answer in answers}) == 1
    assert (count(Checkout), count(Order)) == (1, 1)


def test_the_link_is_not_kept_with_the_answer(client, batik):
    told = send(client, a_body(batik)).json

    kept = db.session.scalars(sa.select(IdempotentAnswer)).one()
    assert told["code"] not in kept.body
    assert kept.body_hash != hashlib.sha256(b"").hexdigest()


def test_the_same_key_with_another_body_is_refused(client, batik):
    send(client, a_body(batik))

    answer = send(client, a_body(batik, quantity=2))

    assert answer.status_code == 422
    assert (answer.json["type"], answer.mimetype) == ("key-reused", "application/problem+json")
    assert count(Order) == 1


def test_when_its_answer_was_forgotten_a_key_opens_and_places_nothing(client, batik, now):
    send(client, a_body(batik))
    with transaction():
        assert orders.forget_answers(now + KEPT_FOR) == 1
        assert orders.forget_answers(now + KEPT_FOR) == 0

    for quantity in (1, 2):
        answer = send(client, a_body(batik, quantity=quantity))
        assert (answer.status_code, answer.json["type"]) == (422, "key-reused")
    assert count(Order) == 1


def test_while_a_request_is_being_worked_on_its_repetition_is_told_to_wait(client, batik):
    class Running(dict[str, Any]):
        def setdefault(self, key: str, wish: Any = None) -> Any:
            return "another"

    desk()._running = Running()
    try:
        answer = send(client, a_body(batik))
    finally:
        desk()._running = {}

    assert (answer.status_code, answer.json["type"]) == (409, "still-running")
    assert answer.headers["Retry-After"] == "1"
    assert count(Order) == 0


def test_sold_out_is_told_with_what_is_left_and_again_from_memory(client, batik, queries):
    send(client, a_body(batik, quantity=3))
    queries.clear()

    answer = send(client, a_body(batik, quantity=3), key="pesanan-dua")

    assert (answer.status_code, answer.json["type"]) == (409, "out-of-stock")
    assert (answer.json["left"], answer.json["product"]) == (2, batik.name)
    placed_more = [text for text in queries if "UPDATE" in text or "INSERT" in text]
    assert placed_more == []


def test_who_was_served_is_not_turned_away_when_the_rest_is_sold(client, batik):
    first = send(client, a_body(batik, quantity=5))

    assert send(client, a_body(batik, quantity=5)).json == first.json


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [{"product": "B07", "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"product": "nol", "quantity": 1}]}, "/lines/0/product"),
        ({"buyer": BUYER | {"phone": "123"}}, "/buyer/phone"),
        ({"buyer": BUYER | {"name": " "}}, "/buyer/name"),
        ({"buyer": BUYER | {"name": "a\0b"}}, "/buyer/name"),
        ({"buyer": BUYER | {"village_code": "99"}}, "/buyer/village_code"),
        ({"buyer": BUYER | {"country": "XX", "phone": "+6281234567890"}}, "/buyer/country"),
        ({"more": 1}, "/more"),
    ],
)
def test_a_body_that_does_not_fit_is_told_where(client, batik, change, pointer):
    answer = send(client, a_body(batik) | change)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert count(Checkout) == 0


@pytest.mark.parametrize(
    ("sent", "status", "name"),
    [
        ({"data": b"{", "content_type": "application/json"}, 400, "not-json"),
        ({"data": b'{"buyer": "\\ud800"}', "content_type": "application/json"}, 400, "not-json"),
        ({"data": b"a=b", "content_type": "text/plain"}, 415, "not-json"),
    ],
)
def test_what_is_no_json_is_told(client, batik, sent, status, name):
    answer = client.post(PATH, headers={"Idempotency-Key": "pesanan-satu"}, **sent)

    assert (answer.status_code, answer.json["type"]) == (status, name)


@pytest.mark.parametrize("key", ["", "kurang", "dengan spasi di dalam", "x" * 256])
def test_without_a_usable_key_nothing_is_placed(client, batik, key):
    answer = send(client, a_body(batik), key=key)

    assert (answer.status_code, answer.json["type"]) == (400, "key-missing")


def test_refusals_name_their_reason(client, batik):
    batik.most_per_order = 2
    closed = a_product(seller=a_seller(active=False))
    db.session.commit()

    def asked(body: Any, key: str) -> tuple[int, str]:
        answer = send(client, body, key)
        return answer.status_code, answer.json["type"]

    assert asked(a_body(batik, quantity=3), "pesanan-1") == (409, "too-many-pieces")
    assert asked(a_body(closed), "pesanan-2") == (409, "seller-closed")
    assert asked(a_body(batik, courier="Merpati"), "pesanan-3") == (409, "no-rate")
    assert asked(a_body(batik, total_idr=1), "pesanan-4") == (409, "total-changed")
    unknown = a_body(batik) | {"lines": [{"product": "Y999", "quantity": 1}]}
    assert asked(unknown, "pesanan-5") == (422, "not-on-offer")
    assert client.get("/api/v1/orders").json["status"] == 405


def test_a_phone_may_have_so_many_unpaid_orders(client, batik):
    db.session.execute(sa.update(Edition).values(unpaid_per_phone=2))
    db.session.commit()

    answers = [send(client, a_body(batik), f"pesanan-{n}") for n in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json["type"] == "too-many-unpaid"


def test_the_clock_of_an_answer_is_the_buyers(client, batik, now: datetime):
    (charge,) = send(client, a_body(batik)).json["charges"]

    assert datetime.fromisoformat(charge["pay_before"]) > now
