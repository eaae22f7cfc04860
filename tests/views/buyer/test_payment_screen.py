"""Paying on a phone: the code is large enough to be read off the screen, and the page follows."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from bazaar import payments
from bazaar.db import db, transaction
from bazaar.rules import qris
from bazaar.times import now as clock
from tests.builders import HOST, a_product, a_sticker, an_order, order_token
from tests.slowness import within_ms

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SMALLEST_PX = 280
FOLLOWS_WITHIN_MS = 5_000


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller, name="BATIK CONTOH JEMBER")
    order = an_order(product, quantity=2, at=clock())
    db.session.commit()
    return order


def codes_on(page):
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_is_read_off_the_screen(page, order, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/o/{order_token(order)}")

    (code,) = codes_on(page)
    assert qris.split_amount(code) == 62_000
    image = page.get_by_alt_text("Rp62.000")
    assert image.bounding_box()["width"] >= SMALLEST_PX
    assert image.evaluate("image => getComputedStyle(image).filter") == "none"
    for text in ("BATIK CONTOH JEMBER", "ID1099", order.reference):
        expect(page.get_by_text(text).first).to_be_visible()


def test_the_sticker_opens_beside_it_without_script(visitors, order):
    page = visitors.open("phone", script=False)
    page.goto(f"/o/{order_token(order)}")

    page.get_by_text("Kalau aplikasi Anda menolak kode ini").click()

    expect(page.get_by_text("ketik persis Rp62.000")).to_be_visible()
    assert payments.find_account(order.seller_id).payload in codes_on(page)
    db.session.rollback()


def test_the_picture_is_saved_under_the_reference(page, order):
    page.goto(f"/o/{order_token(order)}")

    with page.expect_download() as download:
        page.get_by_role("link", name="Simpan gambar QR").click()

    assert download.value.suggested_filename == f"qris-{order.reference}.png"


def test_the_page_follows_a_confirmation_by_itself(page, order):
    reference = order.reference
    page.goto(f"/o/{order_token(order)}")
    db.session.rollback()

    with transaction():
        payments.confirm(payments.get_charge(reference), actor=HOST, now=clock())

    page.get_by_text("Rp62.000 sudah diterima").wait_for(timeout=within_ms(FOLLOWS_WITHIN_MS))
    expect(page.locator("img.qr")).to_have_count(0)
