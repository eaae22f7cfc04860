"""A draft grows before the committee's eyes: on a phone, with the clock in its own thread."""

import threading
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bazaar import accounts, times
from bazaar.db import db
from bazaar.models import Role
from bazaar.rotation import draws, work
from bazaar.web import services
from tests.browser import Visitors
from tests.builders import a_seller, a_window, an_edition
from tests.committee import a_member, bring_in

PATIENCE_MS = 60_000


@pytest.fixture
def planner(app):
    """Computes what is queued, as the clock's watch does, until the test ends."""
    called, over = threading.Event(), threading.Event()

    def compute():
        while not over.is_set():
            called.wait(0.5)
            called.clear()
            with app.app_context():
                work.work(seals=services().draw_seals)

    draws.when_queued(called.set)
    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    yield
    over.set()
    called.set()
    thread.join(timeout=60)


@pytest.fixture
def host(app, database, visitors: Visitors):
    """A host's phone, with an edition of eight sellers and two days to come."""
    edition = an_edition(channels=2)
    for day in (1, 2):
        a_window(edition, opens_at=times.now().replace(second=0) + timedelta(days=day))
    for _ in range(8):
        a_seller(edition=edition)
    token = bring_in(database.app.test_client(), a_member(Role.HOST))
    db.session.commit()

    def opened(*, script: bool = True) -> Page:
        page = visitors.open("phone", script=script)
        name = accounts.cookie_name(secure=False)
        page.context.add_cookies([{"name": name, "value": token, "url": database.url}])
        page.goto("/panitia/jadwal")
        return page

    return opened


def test_one_press_brings_a_draft_by_itself(host, planner):
    page = host()

    page.get_by_role("button", name="Susun rancangan").click()

    publish = page.get_by_role("link", name="Periksa dan terbitkan")
    expect(publish).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("32", exact=True)).to_be_visible()
    expect(page.locator("progress")).to_have_count(0)


def test_without_script_a_reload_shows_how_far_it_is(host):
    page = host(script=False)

    page.get_by_role("button", name="Susun rancangan").click()

    expect(page.get_by_text("Menunggu penyusun jadwal")).to_be_visible()
    work.work(seals=services().draw_seals)
    page.get_by_role("link", name="Muat ulang untuk melihat kemajuannya").click()
    expect(page.get_by_role("link", name="Periksa dan terbitkan")).to_be_visible()
