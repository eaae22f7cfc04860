"""The buyer's page of a parcel in a browser: own times, own words, and without script."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from bazaar import shipments
from bazaar.db import db, reading, transaction
from bazaar.models import ParcelProblem, ParcelStatus
from bazaar.shipments import problems
from bazaar.times import now as clock
from tests.browser import width_of
from tests.builders import HOST, a_parcel, order_token

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def parcel(app):
    parcel = a_parcel(resi="012345678901", paid_at=clock() - timedelta(hours=3))
    db.session.commit()
    return parcel


@pytest.fixture
def path(parcel):
    order = parcel.order
    address = f"/o/{order_token(order)}/{order.reference}/paket/{parcel.number}"
    db.session.rollback()
    return address


def test_times_are_those_of_the_readers_own_clock(browser, server, path):
    contexts = [
        browser.new_context(base_url=server, locale="id-ID", timezone_id=zone)
        for zone in ("Asia/Jakarta", "Asia/Tokyo")
    ]
    home, away = (context.new_page() for context in contexts)
    for page in (home, away):
        page.goto(path)
    first = home.locator("time.step-at").first
    there = away.locator("time.step-at").first
    hour = (clock() - timedelta(hours=3) + timedelta(hours=7)).hour
    assert first.text_content().endswith("WIB")
    assert f" {hour:02}." in first.text_content()
    assert f"{(hour + 2) % 24:02}." in there.text_content()
    assert "WIB" not in there.text_content()
    assert first.get_attribute("datetime") == there.get_attribute("datetime")
    for context in contexts:
        context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_complaint_with_a_photo_and_its_answer(visitors, path, script):
    page = visitors.open("phone", script=script)
    page.goto(path)
    page.get_by_text("Laporkan masalah").click()
    page.get_by_label("Barang rusak").check()
    page.get_by_label("Ceritakan singkat").fill("Kardusnya basah.")
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(picture, "JPEG")
    page.get_by_label("Foto").set_input_files(
        {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Kirim laporan").click()
    page.get_by_text("Sedang ditangani").wait_for()
    image = page.get_by_alt_text("Foto dari Anda")
    image.scroll_into_view_if_needed()
    if script:
        page.wait_for_function("document.querySelector('.complaint-photo').naturalWidth > 0")

    with transaction():
        problem = db.session.query(ParcelProblem).one()
        problems.answer(problem, "Kami ganti.", actor=HOST, now=clock())
    page.reload()
    expect(page.get_by_text("Kami ganti.")).to_be_visible()
    if script:
        assert width_of(page) <= 360


def test_an_open_page_follows_and_keeps_what_is_typed(page, path, parcel):
    code = parcel.code
    db.session.rollback()
    page.clock.install()
    page.goto(path)
    page.get_by_text("Laporkan masalah").click()
    page.get_by_label("Ceritakan singkat").fill("Sedang menulis")
    with transaction():
        shipments.acts.bring(shipments.get_parcel(code), "kata kurir", actor=HOST, now=clock())
    page.clock.fast_forward(61_000)
    page.get_by_role("heading", name="Sedang diantar").wait_for()
    assert page.get_by_label("Ceritakan singkat").input_value() == "Sedang menulis"


@pytest.mark.parametrize("script", [True, False])
def test_the_buyer_says_that_it_is_there(visitors, path, parcel, script):
    code = parcel.code
    db.session.rollback()
    page = visitors.open("phone", script=script)
    page.goto(path)
    page.get_by_role("button", name="Barang sudah saya terima").click()
    page.get_by_text("Terima kasih.").wait_for()
    assert "/paket/1" in page.url
    with reading():
        assert shipments.get_parcel(code).status is ParcelStatus.DELIVERED
