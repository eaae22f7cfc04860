"""Paying by a gateway's code: offered where one is set up, made by the clock, followed by the page."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from bazaar import gateways, orders, payments
from bazaar.db import db
from bazaar.models import GatewayAttempt
from bazaar.rules import qris
from tests.builders import HOST, a_product, a_sticker, an_order, order_token
from tests.gateways import MAKERS, installed, run, tell_all

OFFER = "Bayar dengan QRIS otomatis"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture(params=sorted(MAKERS))
def case(request, app):
    with installed(app, request.param) as case:
        yield case


@pytest.fixture
def order(app):
    product = a_product(price_idr=135_356)
    a_sticker(product.seller)
    return an_order(product)


def page_of(client, order):
    return client.get(f"/o/{order_token(order)}").text


def ask(client, order):
    return client.post(f"/o/{order_token(order)}/{order.reference}/otomatis")


def picture(client, order):
    return client.get(f"/o/{order_token(order)}/{order.reference}/otomatis.png")


def test_without_a_gateway_nothing_is_offered(client, order):
    assert OFFER not in page_of(client, order)
    assert ask(client, order).status_code == 409
    assert picture(client, order).status_code == 404


def test_a_code_is_offered_made_shown_and_paid(case, client, order):
    assert OFFER in page_of(client, order)

    answer = ask(client, order)
    assert answer.status_code == 303
    assert answer.location.endswith(f"#{order.reference}")
    page = page_of(client, order)
    assert "sedang dibuat" in page
    assert OFFER not in page
    assert picture(client, order).status_code == 404

    run("ask_gateways")
    page = page_of(client, order)
    assert "QRIS otomatis untuk membayar" in page
    assert "Atau bayar dengan QRIS penjual" in page
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture(client, order).data)))
    assert qris.split_amount(found.text) == order.total_idr

    case.door("pay", reference=f"{order.reference}-1")
    tell_all(client, case)
    run("read_gateway_news")
    page = page_of(client, order)
    assert "sudah diterima" in page
    assert "QRIS otomatis" not in page
    assert picture(client, order).status_code == 404


def test_the_picture_is_saved_under_the_orders_name(case, client, order):
    ask(client, order)
    run("ask_gateways")
    address = re.search(r'href="([^"]*otomatis\.png[^"]*simpan=1)"', page_of(client, order))[1]

    answer = client.get(address.replace("&amp;", "&"))
    assert f"qris-otomatis-{order.reference}.png" in answer.headers["Content-Disposition"]
    assert answer.cache_control.private


def test_after_a_failure_it_may_be_asked_again_and_the_sticker_stays(case, client, order):
    case.door("set", on="deny,failed")
    ask(client, order)
    run("ask_gateways")
    page = page_of(client, order)

    assert "tadi gagal dibuat" in page
    assert OFFER in page
    assert "stiker" in page


def test_when_it_was_asked_often_enough_the_sticker_stays(case, client, order):
    case.door("set", on="deny,failed")
    for _ in range(gateways.MOST_ATTEMPTS):
        ask(client, order)
        run("ask_gateways")
    page = page_of(client, order)

    assert "sedang bermasalah" in page
    assert OFFER not in page
    assert ask(client, order).status_code == 409


def test_while_it_is_ill_nothing_is_offered(case, client, order):
    case.door("fail-next", status=503, times=99)
    for _ in range(3):
        other = an_order(a_product())
        ask(client, other)
    run("ask_gateways")

    assert OFFER not in page_of(client, order)
    assert ask(client, order).status_code == 409
    assert "stiker" in page_of(client, order)


def test_the_other_gateway_takes_its_place(app, client, order):
    with installed(app, "midtrans", "xendit") as case:
        case.door("fail-next", status=503, times=99)
        for _ in range(3):
            ask(client, an_order(a_product()))
        run("ask_gateways")
        ask(client, order)

        attempt = gateways.latest([order.id])[order.id]
    assert attempt.provider == "xendit"


def test_nothing_is_offered_for_what_waits_for_no_money(case, client, order, time_machine):
    payments.confirm(payments.find_charges([order.id])[order.id], actor=HOST, now=order.placed_at)
    assert OFFER not in page_of(client, order)
    assert ask(client, order).status_code == 409

    cancelled = an_order(a_product())
    orders.cancel(cancelled, now=cancelled.placed_at)
    assert OFFER not in page_of(client, cancelled)

    late = an_order(a_product())
    time_machine.move_to(late.pay_before)
    assert OFFER not in page_of(client, late)
    assert ask(client, late).status_code == 409


def test_a_seller_without_a_sticker_can_be_paid_so(case, client):
    order = an_order(a_product())

    assert OFFER in page_of(client, order)
    ask(client, order)
    run("ask_gateways")
    assert "QRIS otomatis untuk membayar" in page_of(client, order)


def test_only_its_own_link_asks_for_a_code(case, client, order):
    stranger = an_order(a_product())

    path = f"/o/{order_token(stranger)}/{order.reference}/otomatis"
    assert client.post(path).status_code == 404
    assert client.get(f"{path}.png").status_code == 404
    assert db.session.query(GatewayAttempt).count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_more_orders_cost_no_more_queries(case, client, queries, number):
    products = [a_product() for _ in range(number)]
    for product in products:
        a_sticker(product.seller)
    order = an_order(*products)
    for each in order.checkout.orders:
        ask(client, each)
    run("ask_gateways")
    token = order_token(order)
    db.session.commit()
    queries.clear()
    client.get(f"/o/{token}")

    assert len([query for query in queries if "gateway_attempts" in query]) == 2
