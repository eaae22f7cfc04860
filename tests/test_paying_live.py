"""In a browser: a sticker is sent as a photo, and an order is paid without any script."""

import pytest
from playwright.sync_api import expect

from bazaar import payments, times
from bazaar.db import db, reading
from bazaar.models import AccountKind
from bazaar.payments import Wanted
from bazaar.rules import qr_pictures
from tests.browser import width_of
from tests.builders import HOST, a_product, a_seller, a_sticker, an_order, order_token, seller_token

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def sticker(app):
    """The text of a sticker that nobody uses any more."""
    seller = a_seller()
    payload = a_sticker(seller, name="STIKER FOTO")
    payments.stop(payments.find_account(seller.id).id, "contoh", actor=HOST, now=times.now())
    return payload


def test_a_seller_sends_a_photo_of_its_sticker(page, server, sticker):
    seller = a_product().seller
    address = f"{server}/u/{seller_token(seller)}/uang"
    db.session.commit()

    page.goto(address)
    page.get_by_text("Stiker QRIS", exact=True).click()
    picture = {"name": "stiker.png", "mimeType": "image/png", "buffer": qr_pictures.draw(sticker)}
    page.get_by_label("Foto stiker").set_input_files(picture)
    page.locator("#tambah-qris").get_by_role("button", name="Kirim ke panitia").click()

    page.get_by_text("menunggu panitia").wait_for()
    expect(page.get_by_text("STIKER FOTO", exact=True)).to_be_visible()
    with reading():
        (proposal,) = payments.proposed()
        assert (proposal.payload, proposal.seller_id) == (sticker, seller.id)


@pytest.mark.parametrize("script", [True, False])
def test_what_is_wrong_with_an_account_is_seen_without_looking_for_it(visitors, server, script):
    seller = a_product().seller
    a_sticker(seller)
    address = f"{server}/u/{seller_token(seller)}/uang"
    db.session.commit()
    page = visitors.open("phone", script=script)

    page.goto(address)
    page.get_by_text("Rekening bank", exact=True).click()
    page.get_by_label("Bank", exact=True).fill("BRI")
    page.get_by_label("Nomor rekening").fill("12")
    page.get_by_label("Atas nama").fill("Sri Wahyuni")
    page.locator("#tambah-bank").get_by_role("button", name="Kirim ke panitia").click()

    told = page.get_by_role("alert").get_by_text("5 sampai 20 angka")
    expect(told).to_be_in_viewport()
    told.click()
    expect(page.get_by_label("Nomor rekening")).to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False])
def test_a_buyer_chooses_the_bank_and_sends_a_proof(visitors, server, script):
    now = times.now()
    product = a_product(price_idr=25_000)
    a_sticker(product.seller, at=now)
    bank = Wanted(kind=AccountKind.BANK, bank="BRI", number="0021456789012", holder="Sri Wahyuni")
    payments.propose(product.seller_id, bank, actor=HOST, now=now)
    order = an_order(product, at=now)
    token = order_token(order)
    db.session.commit()
    page = visitors.open("phone", script=script)

    page.goto(f"{server}/o/{token}")
    page.get_by_text("Bayar dengan cara lain").click()
    page.get_by_role("button", name="Transfer bank BRI").click()
    expect(page.get_by_text("0021456789012", exact=True)).to_be_visible()
    page.get_by_text("Sudah membayar? Kirim bukti").click()
    picture = {"name": "b.png", "mimeType": "image/png", "buffer": qr_pictures.draw("bukti")}
    page.get_by_label("Foto atau tangkapan layar").set_input_files(picture)
    page.get_by_role("button", name="Kirim bukti").click()

    page.get_by_text("Bukti Anda sedang diperiksa penjual").wait_for()
    assert width_of(page) <= 360
