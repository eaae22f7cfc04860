"""Ordering on a phone, with script: places appear while one types, shipping follows by itself."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from bazaar.db import db
from tests.builders import a_product, a_rate, an_edition


@pytest.fixture(autouse=True)
def goods(app):
    an_edition()
    a_rate(first_kg_idr=12_000)
    a_rate(prefix="SG", courier="EMS", first_kg_idr=180_000)
    a_product(claim_code="B07", price_idr=25_000)
    db.session.commit()


def fill_in(page: Page, phone: str, street: str) -> None:
    page.goto("/b/B07")
    page.get_by_role("button", name="Pesan sekarang").click()
    page.get_by_label("Nama penerima").fill("Siti Aminah")
    page.get_by_label("Nomor HP").fill(phone)
    page.locator("[name=street]").fill(street)


def order_for(page: Page, total: str) -> None:
    page.get_by_role("button", name=f"Pesan sekarang, {total}").click()
    page.wait_for_url(re.compile(r"/o/"))
    expect(page.get_by_role("heading", name="Pesanan Anda")).to_be_visible()


def test_a_village_is_found_by_typing(page):
    fill_in(page, "0812 3456 7890", "Jalan Jawa 10")
    page.locator("[name=find]").fill("68121")

    page.get_by_label("Sumbersari", exact=False).first.check()

    order_for(page, "Rp37.000")


def test_what_was_typed_before_the_script_came_is_looked_for(page):
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/address*.js*", hold)
    fill_in(page, "0812 3456 7890", "Jalan Jawa 10")
    page.locator("[name=find]").fill("68121")
    expect(page.locator("[data-places] input")).to_have_count(0)

    late[0].continue_()

    expect(page.get_by_label("Sumbersari", exact=False).first).to_be_visible()


def test_a_district_opens_into_its_villages(page):
    fill_in(page, "0812 3456 7890", "Jalan Jawa 10")
    page.locator("[name=find]").fill("sumbersari jember")
    page.get_by_role("button", name="Kec. Sumbersari").click()

    page.get_by_label("Antirogo").check()

    expect(page.locator("[data-places] input")).to_have_count(1)
    order_for(page, "Rp37.000")


def test_the_lists_lead_from_province_to_village(page):
    fill_in(page, "0812 3456 7890", "Jalan Jawa 10")
    page.get_by_text("Atau pilih dari daftar").click()
    for level, name in (
        ("province", "Jawa Timur"),
        ("regency", "Kabupaten Jember"),
        ("district", "Sumbersari"),
    ):
        page.locator(f"[data-level={level}]").select_option(label=name)

    page.get_by_label("Antirogo").check()

    order_for(page, "Rp37.000")


def test_another_country_asks_for_its_own_address(page):
    fill_in(page, "9123 4567", "10 Orchard Road")
    page.get_by_text("Kirim ke luar Indonesia?").click()
    page.get_by_label("Negara tujuan").select_option("SG")
    page.get_by_label("Kode pos").fill("238841")

    order_for(page, "Rp205.000")


def test_arrow_keys_reach_every_village_and_courier(page):
    a_rate(courier="POS", first_kg_idr=15_000)
    db.session.commit()
    fill_in(page, "0812 3456 7890", "Jalan Jawa 10")
    page.locator("[name=find]").press_sequentially("sumbersari jember")
    page.get_by_role("button", name="Kec. Sumbersari").press("Enter")
    expect(page.get_by_label("Antirogo")).to_be_focused()

    for name in ("Karangrejo", "Kebonsari", "Kranjingan"):
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label(name)).to_be_checked()
        expect(page.get_by_role("button", name="Pesan sekarang, Rp37.000")).to_be_visible()
    courier = page.locator("[data-shipping]")
    courier.focus()
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("button", name="Pesan sekarang, Rp40.000")).to_be_visible()
    expect(courier).to_be_focused()


def test_arrow_keys_go_through_countries_without_leaving(page):
    fill_in(page, "9123 4567", "10 Orchard Road")
    page.get_by_text("Kirim ke luar Indonesia?").click()
    country = page.get_by_label("Negara tujuan")
    country.focus()
    page.keyboard.type("Singapura")
    expect(country).to_have_value("SG")
    expect(country).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_label("Kode pos")).to_be_visible()
