"""The tap grid in a browser, on a phone, with and without script."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bazaar import times
from bazaar.db import db, reading
from tests.browser import width_of
from tests.builders import a_seller, a_window, an_edition, seller_token
from tests.views.seller.test_availability import presences


@pytest.fixture
def month(app):
    """30 days with three windows each; the seller and its link."""
    midnight = times.now().replace(hour=0, minute=0, second=0, microsecond=0)
    edition = an_edition(availability_until=midnight + timedelta(days=3))
    for day in range(1, 31):
        for hour in (2, 6, 12):  # 9, 13 and 19 o'clock in Jember
            a_window(edition, opens_at=midnight + timedelta(days=day, hours=hour))
    seller = a_seller(edition=edition)
    path = f"/u/{seller_token(seller)}/hadir"
    number = seller.id
    db.session.commit()
    return number, path


def labels(page):
    return page.locator(".avail-week[open] label.avail-cell")


def test_a_month_is_answered_with_a_few_taps(visitors, month):
    seller, path = month
    page = visitors.open("phone")
    page.goto(path)
    assert width_of(page) <= 360
    sizes = labels(page).evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    assert min(sizes) >= 44

    page.get_by_role("button", name="Kosongkan").tap()
    page.get_by_role("button", name="+ Malam").tap()
    expect(page.locator("[data-avail-total]")).to_contain_text("30 dari 90")
    page.locator(".avail-week summary").nth(1).tap()
    cell = page.locator(".avail-week").nth(1).locator("label.avail-cell").first
    cell.tap()
    page.locator(".avail-week").nth(1).locator("label.avail-date").first.tap()
    until = page.locator(".avail-week").nth(1).locator("select[name^=until]").first
    until.select_option("10:30")
    expect(cell).to_contain_text("09.00–10.30")
    page.get_by_role("button", name="Simpan").last.tap()
    page.get_by_text("Jadwal Anda disimpan.").wait_for()

    with reading():
        kept = presences(seller)
    assert len(kept) == 31
    assert sorted({end - start for start, end in kept.values()}) == [
        timedelta(minutes=90),
        timedelta(hours=2),
    ]


def test_without_script_a_quick_choice_and_a_tap_are_kept(visitors, month):
    seller, path = month
    page = visitors.open("phone", script=False)
    page.goto(path)
    page.get_by_role("button", name="Kosongkan").tap()
    page.get_by_text("Pilihan cepat sudah diisikan. Tekan Simpan.").wait_for()
    labels(page).first.tap()
    page.get_by_role("button", name="Simpan").last.tap()
    page.get_by_text("Jadwal Anda disimpan.").wait_for()

    with reading():
        assert len(presences(seller)) == 1


def test_the_second_phone_sees_what_it_typed_and_why_it_was_not_kept(visitors, month):
    seller, path = month
    one, other = visitors.open("phone"), visitors.open("phone")
    for page in (one, other):
        page.goto(path)
        page.get_by_role("button", name="Kosongkan").tap()
    labels(one).nth(0).tap()
    labels(other).nth(1).tap()
    one.get_by_role("button", name="Simpan").last.tap()
    one.get_by_text("Jadwal Anda disimpan.").wait_for()
    other.get_by_role("button", name="Simpan").last.tap()

    other.get_by_text("sudah disimpan dari perangkat lain").wait_for()
    expect(other.locator("[data-avail-total]")).to_contain_text("1 dari 90")
    other.get_by_role("button", name="Simpan").last.tap()
    other.get_by_text("Jadwal Anda disimpan.").wait_for()
    with reading():
        assert len(presences(seller)) == 1


def test_without_a_connection_nothing_chosen_is_lost(visitors, month):
    seller, path = month
    page = visitors.open("phone")
    page.goto(path)
    page.get_by_role("button", name="+ Malam").tap()
    page.context.set_offline(True)
    save = page.get_by_role("button", name="Simpan").last
    save.tap()
    page.get_by_text("Tidak ada sambungan").wait_for()

    page.context.set_offline(False)
    save.tap()
    page.get_by_text("Jadwal Anda disimpan.").wait_for()
    with reading():
        assert len(presences(seller)) == 90
