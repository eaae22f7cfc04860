"""What programs read: the catalogue, what is on air, how an order stands; and cancelling it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import orders
from bazaar.db import db, reading
from bazaar.models import Order, OrderStatus, Product
from bazaar.routes import ROUTES
from bazaar.views.api.document import BASE, OPERATIONS
from bazaar.web import programs
from tests.builders import (
    a_product,
    a_rate,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    an_order,
    order_token,
)

PROBLEM = "application/problem+json"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def evening(app, now):
    """Two stalls, one on air and one next, with a product each."""
    edition = an_edition()
    a_rate()
    release = a_release(edition)
    found = []
    for number, name in enumerate(("Batik Sekar", "Kopi Ijen")):
        seller = a_seller(edition=edition, name=name)
        a_sticker(seller)
        found.append(a_product(seller=seller, name=f"{name} pilihan", stock=5))
        a_turn(release, seller, starts_at=now + timedelta(minutes=15 * number))
    db.session.commit()
    return found


def get(client, path, **more):
    return client.get(f"{BASE}{path}", **more)


def test_the_state_tells_who_is_on_air_and_who_is_next(client, evening):
    [channel] = get(client, "/state").json["channels"]

    assert channel["on_air"]["name"] == "Batik Sekar"
    assert channel["on_air"]["ends_at"] == "2026-03-01T12:15:00Z"
    assert channel["next"]["name"] == "Kopi Ijen"
    assert channel["on_air"]["url"].endswith(f"/s/{channel['on_air']['stall']}")


@ON_SQLITE
def test_without_an_edition_nothing_is_on_air(client):
    assert get(client, "/state").json == {"edition": None, "channels": []}


def test_stalls_and_products_are_listed_in_pages(client, evening):
    first = get(client, "/products?per_page=1").json
    second = get(client, "/products?per_page=1&page=2").json
    third = get(client, "/products?per_page=1&page=3").json

    assert [page["total"] for page in (first, second, third)] == [2, 2, 2]
    codes = [item["product"] for page in (first, second, third) for item in page["items"]]
    assert codes == [product.claim_code for product in evening]
    [stall] = get(client, "/stalls?q=kopi").json["items"]
    assert stall["name"] == "Kopi Ijen"
    assert get(client, f"/stalls/{stall['slug']}").json == stall
    [product] = get(client, f"/products?stall={stall['slug']}&q=pilihan").json["items"]
    assert product["stock"] == 5
    assert get(client, f"/products/{product['product'].lower()}").json == product


def test_what_is_not_on_offer_is_not_listed(client, evening):
    evening[0].active = False
    evening[1].seller.active = False
    db.session.commit()

    assert get(client, "/products").json["total"] == 0
    for product in evening:
        answer = get(client, f"/products/{product.claim_code}")
        assert (answer.status_code, answer.mimetype) == (404, PROBLEM)


@ON_SQLITE
@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=x", "page=1e3", "page=99999", "per_page=101", "per_page=0",
        "per_page=1000000000", f"page={2**63}", "page=1&page=2", "q=" + "x" * 81, "q=%00",
        "more=1", "page=",
    ],
)  # fmt: skip
def test_pages_are_bounded(client, evening, query):
    answer = get(client, f"/products?{query}")

    assert (answer.status_code, answer.mimetype) == (422, PROBLEM)


@pytest.mark.parametrize("path", ["/state", "/stalls", "/products", "/openapi.json"])
def test_what_is_known_is_not_sent_again(client, evening, path):
    first = get(client, path)

    again = get(client, path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "no-cache"
    if path == "/products":
        db.session.execute(sa.update(Product).values(stock=1))
        changed = get(client, path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


def test_a_page_takes_as_many_questions_however_long_the_list(client, evening, queries):
    get(client, "/products")
    few = len(queries)
    for _ in range(20):
        a_product(seller=evening[0].seller)
    db.session.commit()
    queries.clear()

    get(client, "/products")
    assert len(queries) == few


def test_an_order_tells_how_it_stands_and_nothing_of_its_buyer(client, evening, now):
    order = an_order(evening[0], quantity=2)
    path = f"/orders/{order_token(order)}"

    answer = get(client, path)

    [told] = answer.json["orders"]
    assert (told["reference"], told["status"]) == (order.reference, "unpaid")
    assert told["lines"][0]["quantity"] == 2
    assert told["charge"]["qr_payload"].startswith("0002")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    for secret in ("Siti", "6281234567890", "Jalan Jawa"):
        assert secret not in answer.text
    orders.mark_paid(order.id, now=now)
    [told] = get(client, path).json["orders"]
    assert (told["status"], told["paid_at"], told["charge"]) == (
        "paid",
        "2026-03-01T12:00:00Z",
        None,
    )


def test_cancelling_gives_the_goods_back_and_may_be_repeated(client, evening):
    order = an_order(*evening, quantity=2)
    path = f"{BASE}/orders/{order_token(order)}/cancel"

    answers = [client.post(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert [told["status"] for told in answers[0].json["orders"]] == ["cancelled"] * 2
    with reading():
        assert set(db.session.scalars(sa.select(Product.stock))) == {5}


def test_what_is_paid_cannot_be_cancelled(client, evening, now):
    order = an_order(*evening)
    paid, other = order.checkout.orders
    orders.mark_paid(paid.id, now=now)
    path = f"{BASE}/orders/{order_token(order)}/cancel"

    first, second = client.post(path), client.post(path)

    assert [told["status"] for told in first.json["orders"]] == ["paid", "cancelled"]
    assert (second.status_code, second.json["type"]) == (409, "step-refused")
    assert (second.json["state"], second.json["step"]) == ("paid", "cancel")
    with reading():
        assert db.session.get_one(Order, other.id).status is OrderStatus.CANCELLED


@ON_SQLITE
def test_who_guesses_links_is_told_to_wait(client):
    path = f"/orders/{'A' * 43}"
    statuses = [get(client, path).status_code for _ in range(31)]

    assert statuses == [404] * 30 + [429]
    waiting = client.post(f"{BASE}{path}/cancel")
    assert (waiting.status_code, waiting.mimetype) == (429, PROBLEM)
    assert int(waiting.headers["Retry-After"]) > 0


@ON_SQLITE
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/", 404),
        ("GET", "/api/v2/state", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api//v1/state", 404),
        ("GET", "/api/v1/state/", 404),
        ("GET", "/api/v1/stalls/%00", 422),
        ("GET", "/api/v1/stalls/../../etc/passwd", 404),
        ("POST", "/api/v1/state", 405),
        ("DELETE", "/api/v1/orders", 405),
        ("OPTIONS", "/api/v1/orders", 405),
        ("TRACE", "/api/v1/products", 405),
    ],
)
def test_nothing_but_problems_is_told_under_api(client, method, path, status):
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert answer.json["status"] == status
    if status == 405:
        assert answer.headers["Allow"]


@ON_SQLITE
def test_what_is_too_large_or_of_another_kind_is_told(client, evening):
    def send(data, kind="application/json", **more):
        headers = {"Idempotency-Key": "pesanan-satu"}
        return client.post(f"{BASE}/orders", data=data, content_type=kind, headers=headers, **more)

    answers = {
        413: send(b'{"lines": "' + b"x" * 300_000 + b'"}'),
        415: send(b"a=b", "application/x-www-form-urlencoded"),
        400: send(b"[" * 10_000),
        422: send(b'{"lines": [{"product": "B07", "quantity": 9223372036854775808}], "buyer": 1}'),
    }

    for status, answer in answers.items():
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
        assert answer.json["detail"]


@ON_SQLITE
def test_problems_are_told_in_the_language_asked_for(client):
    indonesian = get(client, "/state?page=1&key=x")
    english = get(client, "/nothing", headers={"Accept-Language": "en-GB, en;q=0.8"})

    assert "Kunci" in indonesian.json["detail"]
    assert "not found" in english.json["detail"].lower() or "does not" in english.json["detail"]


@ON_SQLITE
def test_the_document_lists_every_address_under_api_and_nothing_else(client):
    document = get(client, "/openapi.json").json
    told = {
        (method.upper(), f"{BASE}{path}")
        for path, row in document["paths"].items()
        for method in row
    }
    known = {
        (route.method, route.path.replace("<", "{").replace(">", "}"))
        for route in ROUTES
        if route.path.startswith("/api/")
    }

    assert told == known
    assert len(told) == len(OPERATIONS)
    assert document["openapi"] == "3.1.0"
    assert "$defs" not in str(document)


def test_reading_without_a_key_has_a_limit_that_costs_no_write(
    client, now, time_machine, queries, monkeypatch
):
    monkeypatch.setattr(programs, "READS", 3)
    time_machine.move_to(now)
    assert [client.get(f"{BASE}/state").status_code for _ in range(3)] == [200] * 3
    queries.clear()

    refused = client.get(f"{BASE}/state")

    assert (refused.status_code, refused.mimetype) == (429, PROBLEM)
    assert refused.headers["Retry-After"] == "61"
    assert len(queries) == 0
    elsewhere = client.get(f"{BASE}/state", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert elsewhere.status_code == 200
    time_machine.move_to(now + timedelta(minutes=1))
    assert client.get(f"{BASE}/state").status_code == 200


def test_memory_of_readers_does_not_grow(now, monkeypatch):
    monkeypatch.setattr(programs, "MANY_ADDRESSES", 4)
    pace = programs.Pace()
    for number in range(20):
        assert pace.count(f"10.0.0.{number}", now=now) is None
        assert len(pace._read) <= 4
    later = now + programs.READS_WITHIN
    assert pace.count("10.0.0.1", now=later) is None
