"""One evening in a real browser, from the seller's turn to the treasurer's closed day.

Buyer and seller hold phones, the committee a laptop. Only the clock's jobs are run by hand, so
that the test does not wait for them.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from bazaar import inspection, shipments, times
from bazaar.db import db, reading, transaction
from bazaar.models import Account, Charge, Order, Role
from bazaar.rules import qris
from bazaar.rules.qris import QrisInfo
from bazaar.web.formats import rupiah
from tests.browser import Visitors
from tests.builders import (
    a_product,
    a_rate,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    seller_token,
)
from tests.committee import PASSWORD, a_member, code_of
from tests.slowness import within_ms

FOLLOWS_WITHIN_MS = 5_000


def read_from_screen(page: Page) -> str:
    """Decode the one QR code that the page shows, from the pixels of a screenshot."""
    picture = page.locator("img.qr, .qr img").first
    picture.scroll_into_view_if_needed()
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    assert len(found) == 1
    return found[0].text


def sign_in(page: Page, email: str) -> None:
    page.goto("/masuk")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Lanjut").click()
    code = page.locator("input[autocomplete=one-time-code]")
    code.wait_for()
    code.fill(on_the_phone(email))
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url("**/panitia")


def on_the_phone(email: str) -> str:
    """Read the code when it is asked for: a minute later it is worth nothing."""
    with reading():
        account = db.session.scalars(sa.select(Account).where(Account.email == email)).one()
        return code_of(account, times.now())


@dataclass(frozen=True, slots=True)
class Evening:
    """What everybody was told before: addresses, and who the treasurer is."""

    claim_code: str
    seller_page: str
    email: str


def an_evening(now: datetime) -> Evening:
    """A seller on air with three pieces of batik, and a treasurer."""
    with transaction():
        edition = an_edition(name="Pasar Ramadan")
        seller = a_seller(edition=edition, name="Batik Daun Emas")
        batik = a_product(seller=seller, name="Batik tulis Labako", stock=3, price_idr=325_000)
        a_sticker(seller, name="BATIK DAUN EMAS", at=now)
        a_rate(first_kg_idr=12_000)
        midnight, _ = times.day_bounds(times.day_of(now, times.WIB), times.WIB)
        begins = max(now - timedelta(minutes=5), midnight)  # without an opening a day ends there
        a_turn(a_release(edition), seller, starts_at=begins)
        treasurer = a_member(Role.TREASURER)
        told = Evening(batik.claim_code, f"/u/{seller_token(seller)}", treasurer.email)
    db.session.remove()
    return told


def order_on_one_screen(phone: Page, claim_code: str) -> None:
    phone.goto(f"/b/{claim_code.lower()}")
    phone.get_by_role("spinbutton", name="Jumlah").fill("2")
    phone.get_by_role("button", name="Pesan sekarang").click()
    phone.get_by_label("Nama penerima").fill("Siti Aminah")
    phone.get_by_label("Nomor HP").fill("0812 3456 7890")
    phone.locator("input[name=find]").press_sequentially("Sumbersari Jember")
    phone.locator("[data-places] input[type=radio]").first.check()
    phone.get_by_label("Jalan, nomor rumah").fill("Jl. Kalimantan 37")
    phone.get_by_role("button", name="Rp662.000").click()
    phone.wait_for_url("**/o/*")


def pack_and_hand_over(shop: Page, seller_page: str) -> None:
    shop.goto(f"{seller_page}/kemas")
    shop.get_by_role("button", name="Sudah dikemas").click()
    shop.get_by_label("Nomor resi").fill("jx 1300 0267 67")
    shop.get_by_role("button", name="Serahkan").click()


def rows_of_the_day(desk: Page, day: date) -> list[tuple[str, int]]:
    sheet = desk.request.get(f"/panitia/hari/{day}.csv").body().decode("utf-8-sig")
    return [(row["kode_bayar"], int(row["total_rp"])) for row in csv.DictReader(io.StringIO(sheet))]


def test_an_evening_from_turn_to_closed_day(app: Flask, visitors: Visitors) -> None:
    now = times.now()
    told = an_evening(now)

    # 3. The seller's page says: you are on air, here is the room.
    shop = visitors.open("phone")
    shop.goto(told.seller_page)
    expect(shop.get_by_text("Anda ON AIR")).to_be_visible()
    expect(shop.get_by_role("link", name="Buka Zoom")).to_be_visible()

    # 4. A buyer sees it, opens the code from the stream, and orders on one screen.
    phone = visitors.open("phone")
    phone.goto("/")
    expect(phone.get_by_role("heading", name="Batik Daun Emas")).to_be_visible()
    order_on_one_screen(phone, told.claim_code)
    expect(phone.get_by_text("Stok ditahan sampai")).to_be_visible()
    with reading():
        order = db.session.scalars(sa.select(Order)).one()
        reference, total_idr, turn_id = order.reference, order.total_idr, order.turn_id
        asked_idr = db.session.scalars(sa.select(Charge.amount_idr)).one()
    assert (total_idr, turn_id is not None) == (662_000, True)
    assert 1 <= total_idr - asked_idr <= 99, "a unique code is taken off"

    # 5. The code on the screen asks for exactly this order's money; the page follows by itself.
    expect(phone.get_by_text(rupiah(asked_idr)).first).to_be_visible()
    payload = read_from_screen(phone)
    assert not isinstance(qris.inspect(payload), QrisInfo), "a one-time code is no sticker"
    assert qris.split_amount(payload) == asked_idr
    assert f"{len(reference):02}{reference}" in payload
    shop.goto(f"{told.seller_page}/pesanan")
    shop.get_by_text("Uang sudah masuk").click()
    shop.get_by_role("button", name=f"Ya, {rupiah(asked_idr)} sudah masuk").click()
    expect(phone.get_by_text("Sudah dibayar").first).to_be_visible(
        timeout=within_ms(FOLLOWS_WITHIN_MS)
    )

    # 6. What is paid becomes a parcel, is packed and goes to a courier.
    with transaction():
        assert shipments.open_parcels(times.now()) == 1
    pack_and_hand_over(shop, told.seller_page)
    phone.reload()
    expect(phone.get_by_text("JX1300026767").first).to_be_visible()
    phone.get_by_role("button", name="Barang sudah saya terima").click()
    expect(phone.get_by_text("Selesai").first).to_be_visible()

    # 7. The day adds up, on the page, in the file and in the database.
    desk = visitors.open("desktop")
    sign_in(desk, told.email)
    desk.goto("/panitia")
    stats = desk.locator(".stats")
    expect(stats.get_by_text("Rp662.000").first).to_be_visible()
    expect(stats.get_by_text(rupiah(asked_idr)).first).to_be_visible()
    assert rows_of_the_day(desk, times.day_of(now, times.WIB)) == [(reference, 662_000)]
    with reading():
        assert inspection.differences() == []
