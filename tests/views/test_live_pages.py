"""Real pages follow the clock by themselves: nobody presses reload while a stall takes over."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bazaar import catalog, sellers, show, times
from bazaar.accounts import sessions
from bazaar.db import db, reading
from bazaar.editions import get_current
from bazaar.models import Role
from bazaar.rules.show.acts import ActKind
from bazaar.web import services
from tests.browser import Visitors
from tests.builders import (
    HOST,
    a_channel,
    a_product,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    an_order,
    seller_token,
)
from tests.committee import signed_in
from tests.slowness import within_ms

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
    expect(card.locator("h2")).to_have_text("Kopi Ijen", timeout=within_ms(30_000))
    expect(page.get_by_role("link", name="Kopi bubuk")).to_be_visible()
    expect(page.get_by_role("link", name="Kain parang")).to_have_count(0)


def test_the_sellers_page_goes_on_air_by_itself(boundary, page: Page):
    page.goto(f"/u/{boundary}")

    expect(page.get_by_text("Sebentar lagi giliran Anda")).to_be_visible()
    expect(page.get_by_text("Anda ON AIR")).to_be_visible(timeout=within_ms(30_000))
    expect(page.get_by_role("link", name="Buka Zoom")).to_be_visible()


PLAYER = "https://www.youtube-nocookie.com"


@pytest.fixture
def on_air(app):
    """Batik Sri is on air for some minutes, with three cloths; returns its link."""
    now = times.now()
    edition = an_edition()
    edition.channels[0].youtube_url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    released = a_release(edition, made_at=now, released_at=now)
    batik = a_seller(edition=edition, name="Batik Sri")
    kopi = a_seller(edition=edition, name="Kopi Ijen")
    a_turn(released, batik, starts_at=now - timedelta(minutes=5))
    a_turn(released, kopi, starts_at=now + timedelta(minutes=10))
    a_product(seller=batik, name="Kain parang", claim_code="B01", stock=3)
    token = seller_token(batik)
    db.session.commit()
    return token


def act(kind, revision=0, **more):
    show.act(get_current(), 1, kind, revision=revision, actor=HOST, now=times.now(), **more)
    db.session.commit()


def test_those_who_watch_see_stock_and_a_hold_without_pressing_anything(on_air, page: Page):
    page.goto("/live/1")
    row = page.locator("[data-product=B01]")
    expect(row).to_contain_text("Sisa 3")

    with reading():
        product = catalog.get_product("B01")
    an_order(product, quantity=2, at=times.now())
    db.session.commit()
    expect(row).to_contain_text("Sisa 1", timeout=within_ms(20_000))
    an_order(product, at=times.now())
    db.session.commit()
    expect(row).to_contain_text("Habis", timeout=within_ms(20_000))
    expect(row.get_by_role("button", name="Pesan")).to_be_hidden()
    expect(row.get_by_role("link", name="Antre")).to_be_visible()
    act(ActKind.HOLD, text="Azan")
    expect(page.get_by_text("Siaran dijeda sebentar")).to_be_visible(timeout=within_ms(20_000))


def test_one_tap_orders(on_air, page: Page):
    page.goto("/live/1")

    page.get_by_role("button", name="Pesan Kain parang").click()

    expect(page).to_have_url(re.compile(r"/k/[^/]+/pesan$"))


def test_the_video_comes_with_a_tap_and_nothing_of_it_before(on_air, visitors: Visitors):
    page = visitors.open("phone")
    page.route(f"{PLAYER}/**", lambda route: route.fulfill(body="<p>video</p>"))
    page.goto("/live/1")
    page.wait_for_timeout(500)
    assert visitors.problems == []

    page.get_by_text("Tonton siaran").click()

    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("video")).to_be_visible()
    asked = [problem for problem in visitors.problems if f"another host: {PLAYER}" in problem]
    assert len(asked) == 1
    visitors.problems.remove(asked[0])


def test_without_script_everything_is_there(on_air, visitors: Visitors):
    page = visitors.open("phone", script=False)
    page.goto("/live/1")

    expect(page.get_by_role("heading", name="Batik Sri")).to_be_visible()
    expect(page.get_by_role("link", name="Tonton siaran")).to_have_attribute(
        "href", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    )
    page.get_by_role("button", name="Pesan Kain parang").click()
    expect(page).to_have_url(re.compile(r"/k/[^/]+/pesan$"))
    page.goto(f"/u/{on_air}/siaran")
    page.get_by_role("button", name="Saya sudah di ruang Zoom").click()
    expect(page.get_by_text("Tercatat di ruang Zoom")).to_be_visible()


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Tokyo", r"^ \(\d\d\.\d\d di tempat Anda\)$"),
        ("Pacific/Honolulu", r"^ \(\w+, \d+ \w+ \d\d\.\d\d di tempat Anda\)$"),
    ],
)
def test_who_reads_in_another_zone_is_told_the_time_there(app, browser, server, zone, told):
    now = times.now()
    edition = an_edition()
    soon = (now + timedelta(days=1)).astimezone(edition.zone).replace(hour=13, minute=0, second=0)
    a_turn(a_release(edition), a_seller(edition=edition), starts_at=soon)
    db.session.commit()
    context = browser.new_context(base_url=server, timezone_id=zone, locale="id-ID")
    page = context.new_page()
    page.goto("/live/1")

    expect(page.locator(".own-time").first).to_have_text(re.compile(told), use_inner_text=False)
    context.close()


def test_with_many_channels_the_one_that_is_shown_is_in_sight(on_air, page: Page):
    for number in range(2, 8):
        a_channel(get_current(), number=number, name=f"Kanal Lapangan {number}")
    db.session.commit()
    page.set_viewport_size({"width": 360, "height": 740})

    page.goto("/live/7")

    expect(page.locator(".day-chip[aria-current]")).to_be_in_viewport(ratio=0.99)


def test_whose_link_was_replaced_is_told_so(on_air, browser, server):
    context = browser.new_context(base_url=server)
    page = context.new_page()
    page.goto(f"/u/{on_air}/siaran")
    expect(page.get_by_text("ON AIR")).to_be_visible()

    with reading():
        seller = sellers.get_by_link(on_air)
    sellers.issue_link(seller, services().links, actor=HOST, now=times.now())
    db.session.commit()

    expect(page.get_by_text("Tautan pribadi ini tidak berlaku")).to_be_visible(
        timeout=within_ms(20_000)
    )
    context.close()


def test_who_was_signed_out_meanwhile_is_led_to_the_sign_in(on_air, page: Page, client):
    member = signed_in(client, Role.HOST)
    db.session.commit()
    cookie = client.get_cookie("panitia").value
    page.goto("/")
    page.context.add_cookies([{"name": "panitia", "value": cookie, "url": page.url}])
    page.goto("/panitia/siaran/1")
    expect(page.get_by_text("Batik Sri").first).to_be_visible()

    sessions.end_all(member)
    db.session.commit()

    expect(page).to_have_url(re.compile(r"/masuk\?next="), timeout=within_ms(20_000))


def test_a_seller_on_air_follows_the_room_within_seconds(on_air, page: Page):
    page.goto(f"/u/{on_air}/siaran")
    expect(page.locator(".stage-left time")).to_have_text(re.compile(r"^0[89]:\d\d$|^10:00$"))

    act(ActKind.NOTE, text="Sebut ongkir gratis")
    expect(page.get_by_text("Sebut ongkir gratis")).to_be_visible(timeout=within_ms(15_000))
    act(ActKind.ADD, revision=1, seconds=-540)
    expect(page.get_by_text("Bungkus: sebut kode")).to_be_visible(timeout=within_ms(15_000))
    act(ActKind.END, revision=2)
    expect(page.get_by_text("Selesai, terima kasih!")).to_be_visible(timeout=within_ms(15_000))
