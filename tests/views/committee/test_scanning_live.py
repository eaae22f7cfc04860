"""Scanning as people do it: a reader that types, a lost network, a photo, a finger that signs."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bazaar import accounts, manifests, shipments, times
from bazaar.db import db, reading
from bazaar.models import ParcelStatus, Role
from tests.browser import Visitors, width_of
from tests.builders import HOST, a_parcel
from tests.committee import a_member, bring_in
from tests.views.committee.test_manifests import a_photo

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def parcels(app):
    found = [a_parcel() for _ in range(3)]
    for parcel in found:
        shipments.pack(parcel, actor=HOST, now=parcel.created_at)
    return found


@pytest.fixture
def number(app, parcels):
    day = times.day_of(times.now(), times.WIB)
    links = app.extensions["bazaar"].links
    return manifests.make("JNE", day, links=links, actor=HOST, now=times.now()).number


@pytest.fixture
def opened(app, database, number, visitors: Visitors):
    """The scanning page on a dispatcher's phone."""
    token = bring_in(database.app.test_client(), a_member(Role.DISPATCHER))

    def open_page(*, script: bool = True) -> Page:
        db.session.commit()  # what the test has looked at holds SQLite's write lock
        page = visitors.open("phone", script=script)
        name = accounts.cookie_name(secure=False)
        page.context.add_cookies([{"name": name, "value": token, "url": database.url}])
        page.goto(f"/panitia/serah-terima/{number}/pindai")
        return page

    return open_page


def typed(page: Page, code: str) -> None:
    """A reader types into whatever has the focus and presses Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def on_the_list(number: str) -> set[str]:
    with reading():
        return {parcel.code for parcel in manifests.parcels_of(manifests.get(number))}


def test_a_reader_types_one_code_after_the_other(opened, parcels, number):
    codes = [parcel.code for parcel in parcels]
    page, now = opened(), times.now()
    page.clock.set_fixed_time(now)
    answers = page.locator(".scan-answer")
    expect(page.locator("#code")).to_be_focused()

    for code in codes[:2]:
        typed(page, code)
    expect(page.locator(".scan-done")).to_have_count(2)
    typed(page, codes[1])  # the same within two seconds: the reader's double
    typed(page, "8991234567890")
    expect(answers.first).to_contain_text("Kode tidak dikenal")
    expect(answers).to_have_count(3)
    expect(page.locator("#scan-count")).to_have_text("2")
    page.clock.set_fixed_time(now + timedelta(seconds=2.1))
    typed(page, codes[1])

    expect(answers.first).to_contain_text("Sudah dipindai")
    expect(page.locator("#code")).to_be_focused()
    assert on_the_list(number) == set(codes[:2])


def test_a_reader_works_without_script(opened, parcels, number):
    code = parcels[0].code
    page = opened(script=False)
    for told in ("Masuk", "Sudah dipindai"):
        page.locator("#code").focus()
        typed(page, code)
        expect(page.locator(".scan-answer")).to_contain_text(told)

    assert on_the_list(number) == {code}


def test_what_is_scanned_without_a_network_is_sent_later_in_order(
    opened, parcels, number, visitors
):
    codes = [parcel.code for parcel in parcels]
    page = opened()
    page.context.set_offline(True)
    for code in codes:
        typed(page, code)
    waiting = page.locator(".scan-waiting")
    expect(waiting).to_have_count(3)
    expect(waiting.first).to_contain_text("Menunggu jaringan")
    assert on_the_list(number) == set()
    page.context.set_offline(False)

    expect(page.locator(".scan-done")).to_have_count(3)
    expect(page.locator("#scan-count")).to_have_text("3")
    with reading():
        sent = [parcel.code for parcel in manifests.parcels_of(manifests.get(number))]
    assert sent == codes
    visitors.problems[:] = [told for told in visitors.problems if OFFLINE not in told]


def test_an_answer_that_was_lost_is_asked_for_again(opened, parcels, number, visitors):
    code = parcels[0].code
    page = opened()
    lost = []

    def lose(route):
        route.fetch()  # it arrives, its answer does not
        lost.append(route.request.post_data)
        route.abort()

    page.route("**/pindai", lose, times=1)
    with page.expect_event("requestfailed"):
        typed(page, code)
    expect(page.locator(".scan-waiting")).to_have_count(1)
    page.reload()  # the queue outlives the page

    expect(page.locator(".scan-done")).to_have_count(1)
    expect(page.locator(".scan-again")).to_have_count(0)
    assert len(lost) == 1
    assert on_the_list(number) == {code}
    visitors.problems[:] = [told for told in visitors.problems if "net::ERR_FAILED" not in told]


def test_a_photo_is_sent_as_soon_as_it_is_taken(opened, parcels, number):
    codes = {parcel.code for parcel in parcels[:2]}
    photo = a_photo(*parcels[:2])
    page = opened()
    page.get_by_text("Pindai dari foto").click()
    page.locator("#photo").set_input_files(
        {"name": "label.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )

    expect(page.locator(".scan-done")).to_have_count(2)
    assert on_the_list(number) == codes


def test_the_camera_reads_where_the_browser_can(opened, parcels, number):
    code = parcels[0].code
    page = opened()
    page.add_init_script(f"window.scannedCode = '{code}';")
    page.add_init_script(
        """
        window.BarcodeDetector = class {
          static getSupportedFormats() { return Promise.resolve(['code_128', 'qr_code']); }
          async detect() { return [{ rawValue: scannedCode }]; }
        };
        navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream(1);
        HTMLMediaElement.prototype.play = async () => {};
        """
    )
    page.reload()
    page.get_by_role("button", name="Kamera").click()

    expect(page.locator(".scan-done")).to_have_count(1)
    expect(page.locator("#view")).to_be_visible()
    page.get_by_role("button", name="Kamera").click()
    expect(page.locator("#view")).to_be_hidden()
    assert on_the_list(number) == {code}


@pytest.mark.parametrize("script", [True, False])
def test_a_courier_signs_on_a_phone(app, parcels, number, visitors, script):
    manifests.scan(manifests.get(number), parcels[0].code, actor=HOST, now=times.now())
    manifests.lock(manifests.get(number), actor=HOST, now=times.now())
    link = manifests.link_of(manifests.get(number), app.extensions["bazaar"].links)
    code = parcels[0].code
    db.session.commit()
    page = visitors.open("phone", script=script)
    page.goto(f"/m/{link}")
    assert width_of(page) <= 360
    page.get_by_label("Jumlah paket yang diterima").fill("1")
    page.get_by_label("Nama kurir").fill("Budi Santoso")
    page.get_by_label("Nomor telepon atau KTP").fill("0812-0000-1111")
    if script:
        pad = page.locator("#pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
        page.mouse.up()
    else:
        expect(page.locator("#pad")).to_be_hidden()
        page.get_by_label("Saya menerima paket-paket ini").check()
    page.get_by_label("Jumlah paket yang diterima").fill("2")
    page.get_by_role("button", name="Terima 1 paket").click()
    expect(page.get_by_text("Hitung sekali lagi").first).to_be_visible()
    # The signature stands there still: only the count is typed again.
    page.get_by_label("Jumlah paket yang diterima").fill("1")
    page.get_by_role("button", name="Terima 1 paket").click()

    expect(page.get_by_text("Halaman ini bukti serah terima")).to_be_visible()
    expect(page.locator("img.signature")).to_have_count(1 if script else 0)
    expect(page.locator("form")).to_have_count(0)
    with reading():
        assert shipments.get_parcel(code).status is ParcelStatus.HANDED_OVER
        assert re.match(r"MAN-", manifests.get(number).number)
