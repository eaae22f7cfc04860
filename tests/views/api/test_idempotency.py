"""The same click by program, again and again: over real HTTP, on both databases (R13)."""

import json
import secrets
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from bazaar import catalog, orders, web
from bazaar.app import build_desk
from bazaar.db import db, reading, transaction
from bazaar.models import Checkout, IdempotentAnswer, Order, Product
from bazaar.ordering import placing
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition

PATH = "/api/v1/orders"
CLIENTS = 8
BUYER = {
    "name": "Siti Aminah",
    "phone": "0812 3456 7890",
    "village_code": "35.09.21.1002",
    "street": "Jalan Jawa 10",
}


@pytest.fixture
def code(app) -> str:
    """Twenty pieces. Nothing of it is asked later: that would hold SQLite's only write lock."""
    edition = an_edition(unpaid_per_phone=None)
    a_rate()
    seller = a_seller(edition=edition)
    a_sticker(seller)
    claim_code = a_product(seller=seller, stock=20).claim_code
    db.session.commit()
    return claim_code


def ask(server: str, code: str, key: str, quantity: int = 1) -> tuple[int, Any, Any]:
    connection = HTTPConnection(urlsplit(server).netloc, timeout=30)
    body = json.dumps({"lines": [{"product": code, "quantity": quantity}], "buyer": BUYER})
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    connection.request("POST", PATH, body, headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told, answer.headers


def at_once(server: str, code: str, asked: list[tuple[str, int]]) -> list[tuple[int, Any, Any]]:
    ready = threading.Barrier(len(asked))

    def one(each: tuple[str, int]) -> tuple[int, Any, Any]:
        ready.wait(timeout=30)
        return ask(server, code, *each)

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(one, asked))


def count() -> tuple[int, int]:
    with reading():
        orders_there = db.session.scalar(sa.select(sa.func.count(Order.id))) or 0
        return orders_there, db.session.scalars(sa.select(Product.stock)).one()


def test_eight_at_once_with_one_key_are_one_order(server, code):
    for number in range(1, 6):
        key = secrets.token_urlsafe(16)

        answers = at_once(server, code, [(key, 2)] * CLIENTS)

        statuses = Counter(status for status, _, _ in answers)
        assert set(statuses) <= {201, 409}
        assert statuses[201] >= 1
        assert len({json.dumps(told) for status, told, _ in answers if status == 201}) == 1
        for status, told, headers in answers:
            if status == 409:
                assert told["type"] == "still-running"
                assert headers["Retry-After"] == "1"
        status, told, _ = ask(server, code, key, 2)
        assert (status, told) == next((s, t) for s, t, _ in answers if s == 201)
        assert count() == (number, 20 - 2 * number)


def test_eight_at_once_with_one_key_and_two_bodies_are_one_order(server, code):
    key = secrets.token_urlsafe(16)

    answers = at_once(server, code, [(key, 1 + n % 2) for n in range(CLIENTS)])

    assert {status for status, _, _ in answers} <= {201, 409, 422}
    won = {json.dumps(told) for status, told, _ in answers if status == 201}
    assert len(won) == 1
    assert count()[0] == 1
    later = [ask(server, code, key, quantity)[0] for quantity in (1, 2)]
    assert sorted(later) == [201, 422]


def test_while_the_first_is_at_work_the_second_is_told_to_come_back(server, code, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    real = placing.place_each

    def slow(*given: Any, **more: Any) -> Any:
        begun.set()
        go_on.wait(timeout=30)
        return real(*given, **more)

    monkeypatch.setattr(placing, "place_each", slow)
    key = secrets.token_urlsafe(16)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, server, code, key)
        assert begun.wait(timeout=30)

        status, told, headers = ask(server, code, key)

        assert (status, told["type"], headers["Retry-After"]) == (409, "still-running", "1")
        go_on.set()
        assert first.result(timeout=30)[0] == 201
    assert ask(server, code, key)[1] == first.result()[1]
    assert count() == (1, 19)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_also_when_the_first_is_at_work_in_another_process(app, server, code, monkeypatch):
    """SQLite has one writer: there the second waits for the first, and gets its answer."""
    begun, go_on = threading.Event(), threading.Event()
    real = catalog.take

    def slow(*given: Any) -> Any:
        if not begun.is_set():
            begun.set()
            go_on.wait(timeout=30)
        return real(*given)

    monkeypatch.setattr(catalog, "take", slow)
    key, other = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, server, code, key)
        assert begun.wait(timeout=30)
        elsewhere = build_desk(app, app.extensions["bazaar"].settings)
        monkeypatch.setitem(app.extensions, web.DESK, elsewhere)

        status, told, headers = ask(server, code, key)

        assert (status, told["type"], headers["Retry-After"]) == (409, "still-running", "1")
        assert ask(server, code, other)[0] == 201, "others are not kept waiting"
        go_on.set()
        assert first.result(timeout=30)[0] == 201
    assert ask(server, code, key)[1] == first.result()[1]
    assert count() == (2, 18)


def test_an_answer_is_kept_for_72_hours_also_when_nothing_is_left(server, code):
    key = secrets.token_urlsafe(16)
    first = ask(server, code, key, 20)
    with reading():
        kept = db.session.scalars(sa.select(IdempotentAnswer.kept_until)).one()
        placed_at = db.session.scalars(sa.select(Checkout.placed_at)).one()

    assert kept == placed_at + timedelta(hours=72)
    with transaction():
        assert orders.forget_answers(kept - timedelta(seconds=1)) == 0
    assert ask(server, code, key, 20)[:2] == first[:2]
    assert ask(server, code, secrets.token_urlsafe(16))[1]["type"] == "out-of-stock"
    with transaction():
        assert orders.forget_answers(kept) == 1
    status, told, _ = ask(server, code, key, 20)
    assert (status, told["type"]) == (422, "key-reused")


def test_a_refusal_is_not_kept_the_key_may_be_used_again(server, code):
    key = secrets.token_urlsafe(16)

    assert ask(server, code, key, 21)[0] == 409
    assert ask(server, code, key, 2)[0] == 201
    assert count() == (1, 18)
