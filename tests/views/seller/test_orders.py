"""A seller sees their own orders only, and says once that the money of one has come."""

import pytest
import sqlalchemy as sa

from bazaar import orders
from bazaar.db import db
from bazaar.models import AuditEntry, OrderStatus, Payment
from tests.builders import a_product, a_seller, a_sticker, an_order, seller_token


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def seller(app):
    seller = a_seller()
    a_sticker(seller)
    return seller


@pytest.fixture
def product(seller):
    return a_product(seller=seller, price_idr=25_000, stock=100)


def address(seller, rest=""):
    return f"/u/{seller_token(seller)}/pesanan{rest}"


def confirm(client, seller, order):
    return client.post(address(seller, f"/{order.reference}/masuk"))


def payments():
    return db.session.scalars(sa.select(Payment)).all()


def test_orders_are_shown_newest_first_with_the_first_name_only(client, seller, product, now):
    first = an_order(product, at=now, quantity=2)
    second = an_order(product, at=now)

    page = client.get(address(seller)).text

    assert page.index(second.reference) < page.index(first.reference)
    assert "Siti" in page
    assert "Aminah" not in page
    assert "+6281234567890" not in page
    assert "Rp62.000" in page


def test_another_sellers_orders_are_not_shown(client, seller):
    strange = an_order(a_product())

    assert strange.reference not in client.get(address(seller)).text


def test_a_state_narrows_the_list(client, seller, product, now):
    waiting, cancelled = an_order(product), an_order(product)
    orders.cancel(cancelled, now=now)

    page = client.get(address(seller, "?status=cancelled")).text

    assert cancelled.reference in page
    assert waiting.reference not in page


@pytest.mark.parametrize("query", ["?status=x", "?status=", "?page=0", "?page=99", "?page=x"])
def test_odd_questions_are_answered(client, seller, product, query):
    an_order(product)

    assert client.get(address(seller, query)).status_code == 200


def test_confirming_pays_the_order(client, seller, product, now):
    order = an_order(product)

    answer = confirm(client, seller, order)

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{address(seller)}#{order.reference}",
    )
    assert "dicatat. Silakan dikemas." in client.get(address(seller)).text
    db.session.refresh(order)
    assert (order.status, order.paid_at) == (OrderStatus.PAID, now)
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action == "payment.confirm")
    )
    assert entry.actor == f"seller:{seller.id}"


def test_confirming_again_changes_nothing(client, seller, product):
    order = an_order(product)

    for _ in range(3):
        assert confirm(client, seller, order).status_code == 303

    assert len(payments()) == 1
    assert "sudah dicatat sebelumnya" in client.get(address(seller)).text


def test_another_sellers_order_cannot_be_confirmed(client, seller):
    strange = an_order(a_product())

    assert confirm(client, seller, strange).status_code == 404
    assert client.post(address(seller, "/PV-22222/masuk")).status_code == 404
    assert payments() == []


def test_late_money_is_written_down_and_the_seller_told_not_to_send(client, seller, product):
    order = an_order(product)
    orders.expire_unpaid(order.release_at)
    db.session.expire_all()

    confirm(client, seller, order)

    page = client.get(address(seller)).text
    assert "Jangan kirim barangnya" in page
    db.session.refresh(order)
    assert order.status is OrderStatus.EXPIRED
    assert len(payments()) == 1


def test_a_stranger_sees_nothing(client, product):
    order = an_order(product)

    assert client.get(f"/u/{'x' * 43}/pesanan").status_code == 404
    assert client.post(f"/u/{'x' * 43}/pesanan/{order.reference}/masuk").status_code == 404


def test_a_forged_confirmation_is_refused(client, seller, product):
    order = an_order(product)

    answer = client.post(address(seller, f"/{order.reference}/masuk"), headers={"X-CSRFToken": ""})

    assert answer.status_code == 422
    assert payments() == []


def test_a_seller_without_orders_is_told_what_to_expect(client, seller):
    assert "Belum ada pesanan" in client.get(address(seller)).text


def test_a_seller_without_sticker_is_told(client):
    assert "QRIS Anda belum terpasang" in client.get(address(a_seller())).text


def test_the_list_follows_by_itself(client, seller, product):
    order = an_order(product)
    fragment = client.get(address(seller), headers={"X-Fragment": "1"})
    etag = {"X-Fragment": "1", "If-None-Match": fragment.headers["ETag"]}

    assert "<html" not in fragment.text
    assert client.get(address(seller), headers=etag).status_code == 304
    confirm(client, seller, order)
    assert client.get(address(seller), headers=etag).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_more_orders_cost_no_more_queries(client, seller, product, queries, count):
    for _ in range(count):
        an_order(product)
    path = address(seller)
    db.session.commit()
    queries.clear()

    client.get(path)

    assert len(queries) == QUERIES


QUERIES = 12
"""Seller; page: count and rows, lines; counts by state; charges with payments, what
came (two), proofs; sticker; who waits; edition."""
