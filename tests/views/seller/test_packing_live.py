"""Packing on a phone: ticks that stay, also without script and when the network is gone; labels."""

import pypdfium2
import pytest
from playwright.sync_api import expect

from bazaar import label_sheets
from bazaar.db import db, reading
from bazaar.models import ParcelLine
from tests.browser import Visitors
from tests.builders import a_parcel, a_product, a_seller, seller_token

NOT_SAVED = "Belum tersimpan"


@pytest.fixture
def seller(app):
    return a_seller(name="Dapur Bu Sri")


@pytest.fixture
def link(seller):
    return f"/u/{seller_token(seller)}"


@pytest.fixture
def parcel(seller):
    return a_parcel(*[a_product(seller=seller, name=name) for name in ("Keripik", "Kain")])


def ticked():
    with reading():
        return sum(line.ticked_at is not None for line in db.session.query(ParcelLine))


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_line_is_ticked_by_a_tap(seller, parcel, link, visitors: Visitors, script):
    db.session.commit()
    page = visitors.open("phone", script=script)
    page.goto(f"{link}/kemas")
    line = page.get_by_role("button", name="Kain")

    line.click()
    expect(line).to_have_attribute("aria-pressed", "true")
    assert ticked() == 1
    page.get_by_role("button", name="Keripik").click()
    expect(page.get_by_role("button", pressed=True)).to_have_count(2)
    line.click()
    expect(line).to_have_attribute("aria-pressed", "false")
    assert ticked() == 1


def test_a_tick_that_was_not_kept_is_not_shown(seller, parcel, link, visitors: Visitors):
    db.session.commit()
    page = visitors.open("phone")
    page.goto(f"{link}/kemas")
    line = page.get_by_role("button", name="Kain")
    page.context.set_offline(True)

    line.click()
    expect(page.get_by_text(NOT_SAVED)).to_be_visible()
    expect(line).to_have_attribute("aria-pressed", "false")

    page.context.set_offline(False)
    line.click()
    expect(line).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(NOT_SAVED)).to_have_count(0)
    visitors.problems = [one for one in visitors.problems if "INTERNET_DISCONNECTED" not in one]


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_labels_are_made_while_the_page_looks_on(
    app, seller, parcel, link, visitors: Visitors, script
):
    db.session.commit()
    page = visitors.open("phone", script=script)
    page.goto(f"{link}/label")
    page.get_by_role("button", name="Buat label yang dicentang").click()
    expect(page.get_by_text("Menunggu giliran")).to_be_visible()

    assert label_sheets.work() == 1
    fetch = page.get_by_role("button", name="Unduh PDF")
    expect(fetch).to_be_visible()
    with page.expect_download() as download:
        fetch.click()

    document = pypdfium2.PdfDocument(download.value.path())
    assert len(document) == 1
    document.close()
