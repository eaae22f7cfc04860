"""Who is turned away by the turnstile hears what the application says, and nobody wrongly is."""

import threading
from typing import cast

import orjson
import pytest
import sqlalchemy as sa
from flask import request_started
from flask.testing import FlaskClient

from bazaar import catalog, orders
from bazaar.db import db, transaction
from bazaar.models import Order, Product
from bazaar.orders import CheckoutWish
from bazaar.routes import ROUTES
from bazaar.views.api import turnstile
from bazaar.web import desk
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition
from tests.views.api.test_orders import BUYER, PATH, a_body, send

FOREVER = 60.0


@pytest.fixture
def batik(app) -> Product:
    an_edition()
    a_rate(first_kg_idr=12_000)
    seller = a_seller()
    a_sticker(seller)
    product = a_product(seller=seller, stock=2, price_idr=25_000)
    db.session.commit()
    return product


@pytest.fixture(autouse=True)
def believed(monkeypatch):
    """A busy machine must not make what the desk remembers stale within a test."""
    monkeypatch.setattr("bazaar.ordering.desk.FRESH_S", FOREVER)


@pytest.fixture
def asked(app):
    """What reached the application behind the turnstile."""
    paths = []

    def note(_, **__):
        paths.append(PATH)

    request_started.connect(note, app)
    yield paths
    request_started.disconnect(note, app)


def sell_out(client, product):
    """Sell all that is left; the desk remembers, and the application has told it once."""
    for number in range(2):
        assert send(client, a_body(product), f"pembeli-{number}").status_code == 201
    told = send(client, a_body(product), "pembeli-telat")
    assert told.status_code == 409
    return told


def alike(one, other):
    kept = [
        {name: value for name, value in answer.headers if name != "X-Request-ID"}
        for answer in (one, other)
    ]
    return (one.status, one.data, kept[0]) == (other.status, other.data, kept[1])


def test_it_says_what_the_application_says(client, batik, asked):
    told = sell_out(client, batik)
    asked.clear()

    again = send(client, a_body(batik), "pembeli-lagi")

    assert asked == []
    assert alike(told, again)
    assert again.json["type"] == "out-of-stock"
    assert (again.json["product_id"], again.json["left"]) == (batik.id, 0)
    assert len(again.headers["X-Request-ID"]) == 16
    assert again.headers["X-Request-ID"] != told.headers["X-Request-ID"]


def test_it_asks_nothing_but_whether_the_click_was_served_before(client, batik, queries):
    sell_out(client, batik)
    body = a_body(batik)
    queries.clear()
    send(client, body, "pembeli-lagi")

    (only,) = queries
    assert "FROM checkouts" in only


def test_who_was_served_is_not_turned_away(client, batik):
    served = send(client, a_body(batik), "pembeli-0")
    sell_out(client, batik)
    again = send(client, a_body(batik), "pembeli-0")

    assert (again.status_code, again.json) == (201, served.json)


def test_goods_that_came_back_are_sold(client, batik, monkeypatch):
    sell_out(client, batik)
    monkeypatch.setattr("bazaar.ordering.desk.FRESH_S", 0.0)
    with transaction():
        catalog.set_stock(db.session.get_one(Product, batik.id), 1, now=batik.updated_at)

    assert send(client, a_body(batik), "pembeli-lagi").status_code == 201
    assert send(client, a_body(batik), "pembeli-lain").status_code == 409


def test_each_language_and_each_host_hear_their_own(client, batik, app):
    sell_out(client, batik)

    def say(language, key, host="localhost"):
        headers = {"Idempotency-Key": key, "Accept-Language": language, "Host": host}
        return client.post(PATH, json=a_body(batik), headers=headers)

    indonesian, english = (say(language, f"bahasa-{language}") for language in ("id", "en"))
    assert alike(indonesian, say("id", "bahasa-id-lagi"))
    assert alike(english, say("en", "bahasa-en-lagi"))
    say("en", "bahasa-en-sana", host="sana.example")
    kept = {about[:2] for about in app.extensions[turnstile.EXTENSION].kept}
    assert kept >= {("localhost", "id"), ("localhost", "en"), ("sana.example", "en")}


def test_who_wants_more_than_is_left_hears_how_many(client, batik, asked):
    send(client, a_body(batik), "pembeli-0")
    first = send(client, a_body(batik, quantity=2), "pembeli-1")
    asked.clear()
    again = send(client, a_body(batik, quantity=2), "pembeli-2")
    assert (first.json["left"], again.json["left"], asked) == (1, 1, [])
    assert alike(first, again)

    assert send(client, a_body(batik), "pembeli-3").status_code == 201  # one is enough
    assert send(client, a_body(batik, quantity=2), "pembeli-4").json["left"] == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b"[]"}, 422),
        ({"data": b'{"lines": []}'}, 422),
        ({"headers": {"Idempotency-Key": "x"}}, 400),
        ({"headers": {}}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"query_string": "token=x"}, 401),
        ({"headers": {"Idempotency-Key": "pembeli-x", "Authorization": "Bearer salah"}}, 401),
    ],
)
def test_what_is_out_of_the_ordinary_goes_to_the_application(client, batik, asked, sent, status):
    sell_out(client, batik)
    asked.clear()
    usual = {
        "data": orjson.dumps(a_body(batik)),
        "content_type": "application/json",
        "headers": {"Idempotency-Key": "pembeli-lagi"},
    }

    answer = client.post(PATH, **usual | sent)

    assert answer.status_code == status
    assert len(asked) == 1


@pytest.mark.parametrize(
    "buyer", [{"phone": "12"}, {"village_code": "99.99.99.9999"}, {"country": "ZZ"}]
)
def test_wrong_values_are_told_before_that_it_is_sold_out(client, batik, buyer):
    sell_out(client, batik)

    answer = client.post(
        PATH,
        json=a_body(batik, buyer=BUYER | buyer),
        headers={"Idempotency-Key": "pembeli-lagi"},
    )

    assert (answer.status_code, answer.json["type"]) == (422, "invalid")


def test_other_goods_are_not_touched(client, batik):
    kopi = a_product(seller=batik.seller, stock=9, price_idr=9_000)
    sell_out(client, batik)

    assert send(client, a_body(kopi), "pembeli-kopi").status_code == 201
    assert send(client, a_body(kopi, batik), "pembeli-dua").json["product_id"] == batik.id


def test_answers_are_not_kept_without_end(client, batik, monkeypatch, app):
    monkeypatch.setattr(turnstile, "MOST", 2)
    sell_out(client, batik)
    for number in range(5):
        headers = {"Idempotency-Key": f"bahasa-{number}", "Accept-Language": f"x{number}"}
        assert client.post(PATH, json=a_body(batik), headers=headers).status_code == 409
    answers = app.extensions[turnstile.EXTENSION].kept
    assert len(answers) <= 2


def test_the_database_gone_is_told_by_the_application(client, batik, monkeypatch):
    sell_out(client, batik)

    def gone(*_):
        raise sa.exc.OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setattr("bazaar.ordering.finding.known_keys", gone)

    assert send(client, a_body(batik), "pembeli-lagi").status_code == 503


def test_fifty_at_once_get_the_last_two(server, client, batik, app):
    """Whatever turns them away: exactly as many are served as there are pieces."""
    start = threading.Barrier(50)
    found: list[int] = []

    def buy(number):
        start.wait()
        answer = FlaskClient(app).post(
            PATH, json=body, headers={"Idempotency-Key": f"pembeli-{number:03}"}
        )
        found.append(answer.status_code)

    body = a_body(batik)
    db.session.commit()
    threads = [threading.Thread(target=buy, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [201] * 2 + [409] * 48
    db.session.expire_all()
    assert db.session.get_one(Product, batik.id).stock == 0
    assert db.session.query(Order).count() == 2


def test_its_address_is_that_of_the_map():
    assert [route.method for route in ROUTES if route.path == turnstile.PATH] == ["POST"]


def test_a_click_that_is_being_placed_is_left_to_it(client, batik, app):
    sell_out(client, batik)
    wish = orders.Piece(batik.claim_code, 1)
    line = desk()
    line._running["sedang"] = cast(CheckoutWish, object())
    try:
        assert line.refusal("sedang", [wish]) is None
        assert line.refusal("lain", [wish]) is not None
    finally:
        del line._running["sedang"]
