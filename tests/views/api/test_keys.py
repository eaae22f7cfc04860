"""What a partner's key opens, how often, and until when."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import partners
from bazaar.db import db, reading, transaction
from bazaar.models import Allowance, ApiKey, Checkout, IdempotentAnswer, Order
from bazaar.partners import BLOCK, NOTED, PER_MINUTE, UNUSED, Scope
from bazaar.web import programs
from tests.builders import (
    HOST,
    a_product,
    a_rate,
    a_seller,
    a_sticker,
    an_edition,
    an_order,
    order_token,
)

STATE = "/api/v1/state"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


def a_key(*scopes: Scope, now, name: str = "Toko Mitra") -> str:
    key = partners.make(name, scopes or list(Scope), by=HOST, now=now)
    db.session.commit()
    return key


def ask(client, key: str, path: str = STATE, **more):
    return client.get(path, headers={"Authorization": f"Bearer {key}"}, **more)


def body(product, quantity=1):
    buyer = {"name": "Siti", "phone": "081234567890", "street": "Jalan Jawa 10"}
    return {
        "lines": [{"product": product.claim_code, "quantity": quantity}],
        "buyer": buyer | {"village_code": "35.09.21.1002"},
    }


def place(client, product, idempotency="pesanan-satu", key=None, **more):
    headers = {"Idempotency-Key": idempotency}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return client.post("/api/v1/orders", json=body(product, **more), headers=headers)


@pytest.fixture
def batik(app):
    edition = an_edition(unpaid_per_phone=None)
    a_rate()
    seller = a_seller(edition=edition)
    a_sticker(seller)
    product = a_product(seller=seller, stock=50)
    db.session.commit()
    return product


@pytest.mark.parametrize(
    "sent",
    ["Bearer salah", "Bearer ", "Bearer", "Basic YTpi", "pv_x", "Bearer " + "x" * 5000, "\xff"],
)
def test_a_key_that_is_none_is_told_so(client, sent):
    answer = client.get(STATE, headers={"Authorization": sent})

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", programs.NEVER_IN_ADDRESSES)
def test_a_key_in_the_address_opens_nothing(client, now, name):
    key = a_key(now=now)

    assert client.get(STATE, query_string={name: key}).status_code == 401


def test_a_key_is_good_for_its_scopes_only(client, batik, now):
    order = an_order(batik)
    path = f"/api/v1/orders/{order_token(order)}"
    key = a_key(Scope.CATALOGUE_READ, now=now)

    assert ask(client, key).status_code == 200
    assert ask(client, key, "/api/v1/products").status_code == 200
    headers = {"Authorization": f"Bearer {key}"}
    refused = [
        place(client, batik, key=key),
        ask(client, key, path),
        client.post(f"{path}/cancel", headers=headers),
    ]
    assert [answer.status_code for answer in refused] == [403] * 3
    assert [answer.json["scope"] for answer in refused] == [
        "orders:create",
        "orders:read",
        "orders:cancel",
    ]
    assert client.get(path).status_code == 200


def test_a_revoked_key_is_refused_at_once(client, now):
    key = a_key(now=now)
    assert ask(client, key).status_code == 200

    with transaction():
        partners.revoke(db.session.scalars(sa.select(ApiKey)).one(), by=HOST, now=now)

    assert ask(client, key).status_code == 401


def test_a_key_unused_for_a_year_is_refused(client, now, time_machine):
    key = a_key(now=now)
    time_machine.move_to(now + UNUSED - timedelta(seconds=1))
    assert ask(client, key).status_code == 200

    time_machine.move_to(now + 2 * UNUSED)
    assert ask(client, key).status_code == 401


def test_orders_remember_the_partner_and_its_keys_are_its_own(client, batik, now):
    key, other = a_key(now=now), a_key(name="Kasir Jaya", now=now)

    mine = place(client, batik, key=key)
    new_key = a_key(now=now)

    assert mine.status_code == 201
    assert place(client, batik, key=new_key).json == mine.json
    assert place(client, batik, key=key, quantity=2).status_code == 422
    assert place(client, batik, key=other).json["code"] != mine.json["code"]
    assert place(client, batik).json["code"] != mine.json["code"]
    with reading():
        sources = db.session.scalars(sa.select(Checkout.source).order_by(Checkout.id)).all()
        owners = set(db.session.scalars(sa.select(IdempotentAnswer.owner)))
    assert sources == ["Toko Mitra", "Kasir Jaya", "api"]
    assert owners == {"partner:Toko Mitra", "partner:Kasir Jaya", "anyone"}


def test_uses_are_not_written_each(client, now, queries, time_machine):
    key = a_key(now=now)
    ask(client, key)
    queries.clear()
    for _ in range(BLOCK - 1):
        assert ask(client, key).status_code == 200
    assert [text for text in queries if not text.startswith("SELECT")] == []

    with reading():
        assert db.session.scalars(sa.select(ApiKey.used_at)).one() == now
    time_machine.move_to(now + NOTED)
    ask(client, key)
    with reading():
        assert db.session.scalars(sa.select(ApiKey.used_at)).one() == now + NOTED


def test_too_many_uses_are_told_when_to_come_back(client, now, time_machine):
    key, other = a_key(now=now), a_key(now=now)
    ask(client, key)
    with transaction():
        db.session.execute(sa.update(Allowance).values(spent=PER_MINUTE.times))
    programs.meter.forget()

    refused = ask(client, key)

    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.headers["Retry-After"] == "61"
    assert ask(client, other).status_code == 200
    assert client.get(STATE).status_code == 200
    time_machine.move_to(now + PER_MINUTE.within)
    assert ask(client, key).status_code == 200


def test_without_a_key_nothing_of_keys_is_asked(client, batik, queries):
    assert place(client, batik).status_code == 201

    assert [text for text in queries if "api_keys" in text] == []
    with reading():
        assert db.session.scalar(sa.select(sa.func.count(Order.id))) == 1
