"""Real pages follow the clock by themselves: nobody presses reload while a stall takes over."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bazaar import times
from bazaar.db import db
from tests.builders import a_product, a_release, a_seller, a_turn, an_edition, seller_token

SOON = timedelta(seconds=8)


@pytest.fixture
def boundary(app):
    """Batik Sri is on air for some seconds more, then Kopi Ijen; returns the latter's link."""
    now = times.now()
    edition = an_edition()
    released = a_release(edition, made_at=now, released_at=now)
    batik = a_seller(edition=edition, name="Batik Sri")
    kopi = a_seller(edition=edition, name="Kopi Ijen")
    a_turn(released, batik, starts_at=now - timedelta(minutes=15) + SOON)
    a_turn(released, kopi, starts_at=now + SOON)
    a_product(seller=batik, name="Kain parang")
    a_product(seller=kopi, name="Kopi bubuk")
    token = seller_token(kopi)
    db.session.commit()
    return token


def test_the_home_page_changes_over_by_itself(boundary, page: Page):
    page.goto("/")
    card = page.locator(".show-live")

    expect(card.locator("h2")).to_have_text("Batik Sri")
    expect(page.get_by_role("link", name="Kain parang")).to_be_visible()
    expect(card.locator("h2")).to_have_text("Kopi Ijen", timeout=30_000)
    expect(page.get_by_role("link", name="Kopi bubuk")).to_be_visible()
    expect(page.get_by_role("link", name="Kain parang")).to_have_count(0)


def test_the_sellers_page_goes_on_air_by_itself(boundary, page: Page):
    page.goto(f"/u/{boundary}")

    expect(page.get_by_text("Sebentar lagi giliran Anda")).to_be_visible()
    expect(page.get_by_text("Anda ON AIR")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="Buka Zoom")).to_be_visible()
