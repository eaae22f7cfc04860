"""What a buyer scans: the exact amount and reference, only by their own link, only while it waits."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from bazaar import orders, payments
from bazaar.db import db
from bazaar.rules import qris
from tests.builders import HOST, a_product, a_sticker, an_order, order_token
from tests.rules.test_qris import fields


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


def scanned(answer) -> str:
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)).convert("L"))
    return found.text


def address(order, picture="qr.png", *, token=None) -> str:
    return f"/o/{token or order_token(order)}/{order.reference}/{picture}"


@pytest.fixture
def order(app):
    product = a_product(price_idr=135_356)
    a_sticker(product.seller, name="BATIK CONTOH JEMBER")
    return an_order(product)


def test_the_code_asks_for_the_exact_total_with_the_reference(client, order):
    text = scanned(client.get(address(order)))

    assert qris.split_amount(text) == order.total_idr == 147_356
    assert dict(fields(dict(fields(text))["62"]))["05"] == order.reference
    assert dict(fields(text))["59"] == "BATIK CONTOH JEMBER"


def test_the_sticker_is_the_sellers_own(client, order):
    sticker = payments.find_account(order.seller_id).payload

    assert scanned(client.get(address(order, "stiker.png"))) == sticker


def test_a_sticker_replaced_meanwhile_does_not_change_what_an_order_shows(client, order):
    before = payments.find_account(order.seller_id).payload
    a_sticker(order.seller, name="TOKO LAIN")

    assert scanned(client.get(address(order, "stiker.png"))) == before
    assert dict(fields(scanned(client.get(address(order)))))["59"] == "BATIK CONTOH JEMBER"


@pytest.mark.parametrize(("picture", "name"), [("qr.png", "qris"), ("stiker.png", "stiker")])
def test_the_picture_can_be_saved_under_the_reference(client, order, picture, name):
    answer = client.get(f"{address(order, picture)}?simpan=1")

    wanted = f"attachment; filename={name}-{order.reference}.png"
    assert answer.headers["Content-Disposition"] == wanted
    assert "Content-Disposition" not in client.get(address(order, picture)).headers


def test_nobody_but_the_buyers_phone_keeps_the_picture(client, order):
    assert client.get(address(order)).headers["Cache-Control"] == "private, max-age=600"


@pytest.mark.parametrize("picture", ["qr.png", "stiker.png"])
def test_another_buyers_link_does_not_open_it(client, order, picture):
    other = order_token(an_order(a_product()))

    assert client.get(address(order, picture, token=other)).status_code == 404
    assert client.get(address(order, picture, token="x" * 43)).status_code == 404


@pytest.mark.parametrize("picture", ["qr.png", "stiker.png"])
def test_an_order_without_a_code_has_no_picture(client, picture):
    unprepared = an_order(a_product())

    assert client.get(address(unprepared, picture)).status_code == 404


@pytest.mark.parametrize("picture", ["qr.png", "stiker.png"])
@pytest.mark.parametrize("state", ["paid", "cancelled", "deadline", "expired"])
def test_nothing_can_be_scanned_once_it_does_not_wait(
    client, order, now, time_machine, picture, state
):
    if state == "paid":
        payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
    elif state == "cancelled":
        orders.cancel(order, now=now)
    elif state == "deadline":
        time_machine.move_to(order.pay_before)
    else:
        time_machine.move_to(order.release_at + timedelta(seconds=1))
        assert orders.expire_unpaid(order.release_at) == 1

    assert client.get(address(order, picture)).status_code == 409


# What the order page says


def words_of(client, order) -> str:
    return client.get(f"/o/{order_token(order)}").text


@pytest.fixture
def static_only(app):
    """The committee has switched dynamic codes off."""
    before = app.extensions["bazaar"]
    settings = before.settings.model_copy(update={"dynamic_qris": False})
    app.extensions["bazaar"] = replace(before, settings=settings)
    yield
    app.extensions["bazaar"] = before


def test_a_waiting_order_shows_amount_reference_and_shop(client, order):
    page = words_of(client, order)

    for text in (
        "Kode QRIS untuk membayar Rp147.356 kepada BATIK CONTOH JEMBER",
        'data-copy="147356"',
        f'data-copy="{order.reference}"',
        "ID1099",
        f"{address(order)}?simpan=1",
        "ketik persis Rp147.356",
        address(order, "stiker.png"),
    ):
        assert text in page


def test_without_dynamic_codes_only_the_sticker_is_shown(client, order, static_only):
    page = words_of(client, order)

    assert address(order) not in page
    assert address(order, "stiker.png") in page
    assert "Ketik persis jumlah ini" in page
    assert client.get(address(order)).status_code == 404
    assert scanned(client.get(address(order, "stiker.png")))


def test_an_order_placed_while_codes_were_off_never_shows_a_code_as_if_it_had_the_amount(
    client, now
):
    product = a_product()
    a_sticker(product.seller)
    order = an_order(product, charged=False)
    placed = orders.PlacedOrder(order.id, order.reference, order.seller_id, order.total_idr)
    payments.ask_for([placed], now=now, qris_max_idr=10_000_000, dynamic=False)

    page = words_of(client, order)

    assert address(order) not in page
    assert "Ketik persis jumlah ini" in page


def test_a_seller_without_sticker_is_to_be_asked(client):
    order = an_order(a_product())

    page = words_of(client, order)

    assert "Penjual ini belum punya QRIS" in page
    assert f"https://wa.me/{order.seller.phone.removeprefix('+')}?text=Halo" in page
    assert "qr.png" not in page


def test_a_total_above_the_limit_is_to_be_agreed_on(client):
    product = a_product(price_idr=9_999_999)
    a_sticker(product.seller)
    order = an_order(product)

    page = words_of(client, order)

    assert "paling banyak Rp10.000.000" in page
    assert "qr.png" not in page


def test_a_paid_order_shows_no_code_but_when_it_was_paid(client, order, now):
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)

    page = words_of(client, order)

    assert "Rp147.356 sudah diterima" in page
    assert "19.00 WIB" in page
    assert "qr.png" not in page


def test_from_the_deadline_on_nobody_is_asked_to_pay(client, order, time_machine):
    time_machine.move_to(order.pay_before)

    page = words_of(client, order)

    assert "Waktu bayar sudah habis" in page
    assert "qr.png" not in page


def test_a_cancelled_order_says_not_to_pay(client, order, now):
    orders.cancel(order, now=now)

    page = words_of(client, order)

    assert "Pesanan ini dibatalkan" in page
    assert "Jangan membayar lagi" in page
    assert "qr.png" not in page


def test_money_that_came_too_late_is_acknowledged(client, order):
    orders.expire_unpaid(order.release_at)
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=order.release_at)
    db.session.expire_all()

    assert "sudah dicatat, tetapi datang terlambat" in words_of(client, order)
