"""The overlay as the program that makes the broadcast sees it: real Chromium, transparent ground."""

import io
import random
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from bazaar import show
from bazaar.db import db, transaction
from bazaar.models import ClosedKind, ClosedTime, OverlayLink
from bazaar.rules.show.acts import ActKind
from bazaar.show import overlays
from bazaar.show.overlays import Corner
from bazaar.times import now as clock
from bazaar.web import services
from tests import builders as a
from tests.browser import PATIENCE_MS
from tests.overlays import a_link, an_evening
from tests.slowness import within, within_ms

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SIZES = [(1920, 1080), (1280, 720)]
FOLLOWS_WITHIN_MS = 15_000
SAFE = 0.04
LONG = "Kelompok Wanita Tani Sumber Rejeki Makmur Abadi Sejahtera Bersama Desa Sumberwringin"


@pytest.fixture
def evening(app):
    evening = an_evening(clock())
    db.session.commit()
    return evening


@pytest.fixture
def stage(visitors):
    """Open a page in a frame of this size and wait until it shows something."""

    def opened(path, size=SIZES[1]):
        page = visitors.open("desktop")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(path)
        page.locator("body.stage:visible").wait_for()
        return page

    return opened


def act(evening, kind, **more):
    show.forget()
    with transaction():
        now = clock()
        edition = evening.edition
        revision = show.kept(edition, now)[0].revision
        show.act(edition, 1, kind, revision=revision, actor=a.HOST, now=now, **more)


def picture_of(page):
    return Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")


def over_video(picture):
    """The picture over something as restless as a stall in front of a camera."""
    dice = random.Random(7)
    noise = Image.frombytes("RGB", (192, 108), dice.randbytes(192 * 108 * 3))
    video = noise.resize(picture.size, Image.Resampling.BICUBIC).convert("RGBA")
    video.alpha_composite(picture)
    return video.convert("L")


def symbol(page, picture, selector="img.qr[data-code]"):
    """Where the dark modules of the code are, and the white around it, in pixels."""
    box = page.locator(selector).bounding_box()
    edges = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    shown = picture.convert("L").crop(tuple(round(edge) for edge in edges))
    inside = shown.crop((6, 6, shown.width - 6, shown.height - 6))  # without the round corners
    left, top, right, bottom = inside.point(lambda grey: 255 * (grey < 128)).getbbox()
    return right - left, bottom - top, min(left, top) + 6


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(("variant", "least"), [("", 0.17), ("/bawah", 0.17), ("/qr", 0.35)])
def test_the_code_is_read_out_of_the_video(evening, stage, width, height, variant, least):
    page = stage(f"{evening.path}{variant}", (width, height))

    picture = picture_of(page)

    (found,) = zxingcpp.read_barcodes(over_video(picture))
    assert found.text == f"{services().settings.public_url}/b/B07"
    assert found.ec_level == "M"
    across, down, quiet = symbol(page, picture)
    assert across == down
    assert down >= least * height
    modules = page.locator("img.qr[data-code]").evaluate("code => code.naturalWidth") - 8
    assert down % modules == 0  # each of them whole pixels, so that the encoder keeps them sharp
    assert quiet + 1 >= 4 * down / modules  # the frame's own edges may lie between two pixels


@pytest.mark.parametrize("variant", ["", "/bawah", "/qr"])
@pytest.mark.parametrize("corner", [Corner.BOTTOM_RIGHT, Corner.TOP_LEFT])
def test_the_rest_is_transparent_and_the_edges_stay_free(evening, stage, variant, corner):
    link = a_link(evening.channel, clock(), corner=corner)
    path = f"/overlay/{overlays.token_of(link, services().links)}{variant}"
    db.session.commit()

    alpha = picture_of(stage(path)).getchannel("A")

    clear = alpha.histogram()[0] / (alpha.width * alpha.height)
    assert clear > 0.6
    solid = alpha.point(lambda value: 255 * (value > 200)).getbbox()
    left, top, right, bottom = solid
    assert left >= SAFE * alpha.width
    assert top >= SAFE * alpha.height
    assert right <= (1 - SAFE) * alpha.width
    assert bottom <= (1 - SAFE) * alpha.height


def code_on(page: Page) -> str:
    found = zxingcpp.read_barcodes(over_video(picture_of(page)))
    return found[0].text if found else ""


def test_the_slide_covers_everything(evening, stage):
    page = stage(f"{evening.path}/jeda")

    assert picture_of(page).getchannel("A").getextrema() == (255, 255)
    (found,) = zxingcpp.read_barcodes(picture_of(page).convert("L"))
    assert found.text.endswith("/b/B07")


def test_it_follows_the_evening_by_itself(evening, stage):
    other = a.a_product(seller=evening.batik, claim_code="C05", name="Selendang sutra")
    db.session.commit()
    page = stage(evening.path)
    expect(page.get_by_text("Sedang siaran")).to_be_visible()
    expect(page.locator("[data-timer]").first).to_contain_text("sisa 8:")
    db.session.rollback()

    act(evening, ActKind.PIN, product=other.id)
    expect(page.get_by_text("Selendang sutra")).to_be_visible(timeout=within_ms(FOLLOWS_WITHIN_MS))
    until = time.monotonic() + within(5)  # while it changes over nothing can be read
    while not (text := code_on(page)).endswith("/b/C05"):
        assert time.monotonic() < until, text
        page.wait_for_timeout(100)

    act(evening, ActKind.HOLD, text="Azan")
    expect(page.get_by_text("Azan", exact=True)).to_be_visible(timeout=within_ms(FOLLOWS_WITHIN_MS))
    expect(page.get_by_text("Kami segera kembali.")).to_be_visible()
    expect(page.get_by_text("Selendang sutra")).to_be_hidden()

    act(evening, ActKind.START, turn=evening.turns[1].uid)
    expect(page.get_by_text("Rp48.000")).to_be_visible(timeout=within_ms(FOLLOWS_WITHIN_MS))
    expect(page.get_by_role("heading", name="Kopi Argopuro")).to_be_visible()


@pytest.mark.parametrize(
    ("begins", "title", "also"),
    [
        (6, "Segera dimulai", "Batik Sekar Jagad"),
        (-16, "Sedang siaran", "Kopi Argopuro"),
        (-40, "Terima kasih sudah menonton", "Lapak tetap buka. Sampai jumpa!"),
    ],
)
@pytest.mark.parametrize("variant", ["", "/bawah"])
def test_every_time_of_the_evening_has_its_scene(app, stage, variant, begins, title, also):
    evening = an_evening(clock(), begins=timedelta(minutes=begins))
    db.session.commit()

    page = stage(evening.path + variant)

    for text in (title, also):
        expect(page.get_by_text(text).locator("visible=true").first).to_be_visible()


def test_a_closed_time_is_on_the_slide_without_goods(app, stage):
    now = clock()
    evening = an_evening(now, begins=timedelta(minutes=-40))
    a.a_turn(evening.turns[0].release, evening.batik, starts_at=now + timedelta(minutes=30))
    a.keep(
        ClosedTime(
            edition_id=evening.edition.id,
            kind=ClosedKind.MAGHRIB,
            starts_at=now - timedelta(minutes=5),
            ends_at=now + timedelta(minutes=25),
        )
    )
    db.session.commit()

    page = stage(f"{evening.path}/jeda")

    expect(page.get_by_role("heading", name="Maghrib dan buka puasa")).to_be_visible()
    expect(page.get_by_text("Kami kembali pukul")).to_be_visible()
    expect(page.locator("[data-goods]")).to_be_hidden()


@pytest.mark.parametrize("variant", ["", "/bawah", "/qr", "/jeda"])
def test_long_names_take_two_lines_and_nothing_leaves_the_frame(evening, stage, variant):
    evening.batik.name = evening.kopi.name = evening.product.name = LONG
    evening.product.price_idr = 12_750_000
    db.session.commit()

    page = stage(evening.path + variant)

    for name in page.locator(".seller:visible, .product:visible").all():
        lines = name.evaluate("e => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)")
        assert lines < 2.2
    for part in page.locator(".price:visible, .claim:visible, .qr:visible, .coming:visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 720
    qr, price = (page.locator(f"{part}:visible").first.bounding_box() for part in (".qr", ".price"))
    beside = qr["x"] >= price["x"] + price["width"] or price["x"] >= qr["x"] + qr["width"]
    assert beside or price["y"] >= qr["y"] + qr["height"]


def test_what_is_sold_out_says_so_and_nothing_on_offer_shows_no_code(evening, stage):
    evening.product.stock = 0
    db.session.commit()
    page = stage(evening.path)
    expect(page.get_by_text("Habis")).to_be_visible()

    evening.product.active = False
    db.session.commit()

    expect(page.locator(".offer")).to_be_hidden(timeout=within_ms(FOLLOWS_WITHIN_MS))
    expect(page.get_by_role("heading", name="Batik Sekar Jagad")).to_be_visible()


def test_english_and_another_look_come_without_touching_the_program(evening, stage):
    page = stage(evening.path)
    link_id = evening.link.id
    db.session.rollback()

    with transaction():
        link = db.session.get_one(OverlayLink, link_id)
        look = overlays.Look(corner=Corner.TOP_LEFT, language="en", scale=130)
        overlays.change(link, evening.channel, "x", look, actor=a.HOST, now=clock())

    page.locator("body.at-top-left.scale-130").wait_for(timeout=within_ms(FOLLOWS_WITHIN_MS))
    expect(page.get_by_text("Rp275,000")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_revoked_address_becomes_empty_at_once(evening, stage, visitors):
    page = stage(evening.path)
    db.session.rollback()

    with transaction():
        overlays.revoke(evening.link, evening.channel, actor=a.HOST, now=clock())

    expect(page.locator("body > *")).to_have_count(0, timeout=within_ms(FOLLOWS_WITHIN_MS))
    assert picture_of(page).getchannel("A").getextrema() == (0, 0)
    assert [problem[:4] for problem in visitors.problems] == ["404:"]  # once: it asks no more
    visitors.problems.clear()


@contextmanager
def a_server(app, port=0):
    """A server of its own that can go away."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_without_the_server_the_last_state_stays_but_no_old_price(evening, browser, app):
    """For two minutes everything stays; then price and stock go, and come back with the server."""
    path = evening.path
    db.session.rollback()
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.clock.install()
    faults = []
    page.on("pageerror", lambda fault: faults.append(fault))  # noqa: PLW0108 (it marks its handlers)
    price, stock = page.get_by_text("Rp275.000"), page.get_by_text("Sisa 12")
    with a_server(app) as port:
        page.goto(f"http://127.0.0.1:{port}{path}")
        expect(price).to_be_visible()

    page.clock.run_for(100_000)
    expect(price).to_be_visible()
    expect(stock).to_be_visible()

    page.clock.run_for(30_000)
    expect(price).to_be_hidden()
    expect(stock).to_be_hidden()
    for text in ("Batik Sekar Jagad", "Kain batik tulis motif tembakau", "B07", "Kopi Argopuro"):
        expect(page.get_by_text(text, exact=True).locator("visible=true")).to_be_visible()
    expect(page.locator("img.qr")).to_be_visible()
    assert zxingcpp.read_barcodes(over_video(picture_of(page)))[0].text.endswith("/b/B07")

    with a_server(app, port):
        for _ in range(20):  # what was asked meanwhile fails in its own time
            page.clock.run_for(3_000)
            page.wait_for_timeout(200)
            if price.is_visible():
                break
        expect(price).to_be_visible()
    assert not faults
    context.close()
