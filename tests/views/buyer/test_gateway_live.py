"""Paying by a gateway's code on a phone: read off the screen, and the page follows the money."""

import io
import time

import pytest
import zxingcpp
from PIL import Image

from bazaar.db import db
from bazaar.rules import qris
from bazaar.times import now as clock
from tests.browser import PATIENCE_MS, width_of
from tests.builders import a_product, a_sticker, an_order, order_token
from tests.gateways import installed, run, tell_all
from tests.slowness import within_ms

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FOLLOWS_WITHIN_MS = 8_000


def codes_on(page):
    """Read all codes, once the pictures have come: their places are there before."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while True:
        picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
        if found := zxingcpp.read_barcodes(picture):
            return [code.text for code in found]
        assert time.monotonic() < until, "no code to be read"
        page.wait_for_timeout(100)


def test_the_page_follows_from_the_wish_to_the_money(app, client, page):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller, name="BATIK CONTOH JEMBER")
    order = an_order(product, quantity=2, at=clock())
    total, key = order.total_idr, f"{order.reference}-1"
    address = f"/o/{order_token(order)}"
    with installed(app, "midtrans") as case:
        db.session.commit()
        page.goto(address)
        page.get_by_role("button", name="Bayar dengan QRIS otomatis").click()
        page.get_by_text("Kode QRIS otomatis sedang dibuat").wait_for()

        run("ask_gateways")
        db.session.commit()
        picture = page.get_by_alt_text("Kode QRIS otomatis untuk membayar")
        picture.wait_for(timeout=within_ms(FOLLOWS_WITHIN_MS))
        assert picture.bounding_box()["width"] >= 280
        (code,) = codes_on(page)  # the seller's own is folded away
        assert qris.split_amount(code) == total
        assert code == case.fake.transactions[key].payload

        case.door("pay", reference=key)
        assert tell_all(client, case) == [200, 200]
        run("read_gateway_news")
        db.session.commit()
        page.get_by_text("sudah diterima").wait_for(timeout=within_ms(FOLLOWS_WITHIN_MS))
        assert width_of(page) <= 360
