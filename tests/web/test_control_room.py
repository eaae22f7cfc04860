"""An evening in the control room: keys under stress, two operators, a phone, no script."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bazaar import accounts, show, times
from bazaar.db import db
from bazaar.models import Account, Role
from tests.browser import Visitors, width_of
from tests.builders import HOST, a_product, a_release, a_seller, a_turn, a_window, an_edition
from tests.committee import a_member, bring_in

ROOM = "/panitia/siaran/1"
NAMES = ("Batik Sri", "Kopi Ijen", "Tempe Bu Tin", "Sambal Mak", "Keripik Yu Nah", "Jenang Sari")


@pytest.fixture
def operators(app, database, visitors: Visitors):
    """Opens the room for one more host; Batik Sri has been on for five minutes."""
    now = times.now().replace(microsecond=0)
    edition = an_edition()
    a_window(edition, opens_at=now - timedelta(minutes=30), minutes=150)
    released = a_release(edition)
    sellers = [a_seller(edition=edition, name=name) for name in NAMES]
    for n, seller in enumerate(sellers):
        a_turn(released, seller, starts_at=now + timedelta(minutes=15 * n - 5))
        a_product(seller=seller, name=f"Barang {seller.name}")
    spare = a_seller(edition=edition, name="Cadangan Setia")
    db.session.flush()
    (day,) = show.kept(edition, now)
    show.add_standby(day, spare.id, actor=HOST, now=now)
    show.check_in(day, spare.id, here=True, actor=HOST, now=now)
    db.session.commit()

    def opened(name: str, *, script: bool = True) -> Page:
        member = a_member(Role.HOST, name=name)
        token = bring_in(database.app.test_client(), member)
        db.session.commit()
        page = visitors.open("desktop", script=script)
        page.set_viewport_size({"width": 1366, "height": 768})
        cookie = {"name": accounts.cookie_name(secure=False), "value": token, "url": database.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto(ROOM)
        return page

    return opened


def on_air(page, name):
    expect(page.locator("#now-who")).to_have_text(name)


def seconds_left(page):
    sign, minutes, seconds = re.fullmatch(
        r"(\+?)(\d+):(\d\d)", page.locator("#now [data-left]").inner_text()
    ).groups()
    return (60 * int(minutes) + int(seconds)) * (-1 if sign else 1)


def test_an_evening_by_keys_with_a_second_operator(operators):
    maya, rina = operators("Maya"), operators("Rina")
    on_air(maya, "Batik Sri")
    left = seconds_left(maya)
    assert 540 <= left <= 600
    expect(maya.locator("#now [data-left]")).not_to_have_text(
        maya.locator("#now [data-left]").inner_text()
    )

    maya.keyboard.press("+")
    expect(maya.locator(".added")).to_have_text("+1 menit")
    assert seconds_left(maya) > left
    expect(rina.locator(".added")).to_have_text("+1 menit")

    # Kopi Ijen is not in the room: the next one is asked about, and not started.
    maya.keyboard.press("n")
    question = maya.get_by_role("alertdialog")
    expect(question).to_contain_text("Kopi Ijen belum tercatat di ruang")
    maya.keyboard.press("Escape")
    expect(question).to_have_count(0)
    on_air(maya, "Batik Sri")

    maya.keyboard.press("h")
    expect(maya.locator(".next .row-acts .lamp")).to_contain_text("Di ruang")
    maya.keyboard.press("n")
    on_air(maya, "Kopi Ijen")
    on_air(rina, "Kopi Ijen")
    rina.keyboard.press("u")
    on_air(rina, "Batik Sri")
    on_air(maya, "Batik Sri")


def test_letters_typed_into_a_field_press_nothing_and_the_reason_goes_along(operators):
    maya, rina = operators("Maya"), operators("Rina")

    maya.keyboard.press("a")
    expect(maya.locator("#why")).to_be_focused()
    maya.keyboard.type("Sinyal hilang nue5")
    maya.keyboard.press("Escape")
    on_air(maya, "Batik Sri")
    maya.keyboard.press("Space")

    expect(maya.locator("#now [data-phase]")).to_have_text("Ditahan")
    expect(rina.locator(".now-head")).to_contain_text("Sinyal hilang nue5")
    held = seconds_left(maya)
    maya.wait_for_timeout(1500)
    assert seconds_left(maya) == held
    expect(maya.locator("#why")).to_have_value("")
    rina.keyboard.press("Space")
    expect(maya.locator("#now [data-phase]")).to_have_text("Siaran")


def test_the_same_form_is_sent_again_at_once(operators):
    maya = operators("Maya")

    for words in ("Angkat produknya", "Sebut kodenya"):
        maya.keyboard.press("m")
        maya.keyboard.type(words)
        maya.keyboard.press("Enter")
        expect(maya.locator(".last")).to_contain_text(words)
        maya.keyboard.press("Escape")

    maya.keyboard.press("n")
    question = maya.get_by_role("alertdialog")
    expect(question).to_have_count(1)
    maya.keyboard.press("Escape")
    maya.keyboard.press("n")
    expect(question).to_have_count(1)


def test_who_presses_next_just_after_somebody_else_does_not_go_on_twice(operators):
    maya, rina = operators("Maya"), operators("Rina")
    maya.keyboard.press("n")
    maya.get_by_role("button", name="Ya, mulai").click()
    on_air(rina, "Kopi Ijen")

    rina.keyboard.press("n")

    expect(rina.get_by_role("alert")).to_contain_text("Giliran baru saja berganti")
    on_air(rina, "Kopi Ijen")
    rina.wait_for_timeout(1500)
    rina.keyboard.press("n")
    expect(rina.get_by_role("alertdialog")).to_contain_text("Tempe Bu Tin belum tercatat")


def test_a_note_is_for_who_was_on_air_when_it_was_begun(operators, visitors):
    maya, rina = operators("Maya"), operators("Rina")
    maya.keyboard.press("m")
    maya.keyboard.type("Tutup dengan kode Anda")

    rina.keyboard.press("n")
    rina.get_by_role("button", name="Ya, mulai").click()
    on_air(maya, "Kopi Ijen")
    maya.keyboard.press("Enter")

    expect(maya.get_by_role("alert")).to_contain_text("Batik Sri sudah tidak siaran")
    expect(maya.locator("#note")).to_have_value("Tutup dengan kode Anda")
    maya.locator("#note").fill("")
    maya.keyboard.type("Selamat datang")
    maya.keyboard.press("Enter")
    expect(maya.locator("#log li").first).to_contain_text("Pesan ke Kopi Ijen: Selamat datang")
    assert [each.split(":")[0] for each in visitors.problems] == ["409"]
    visitors.problems.clear()


def test_who_may_act_no_longer_is_told_so_in_a_line(operators, visitors):
    maya = operators("Maya")
    member = db.session.scalars(sa.select(Account).where(Account.name == "Maya")).one()
    member.grants.clear()
    db.session.commit()

    maya.locator("#act-add60").click()

    alert = maya.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).not_to_have_text("")
    expect(alert.locator("nav, h1, form")).to_have_count(0)
    expect(maya.locator("#act-add60")).to_have_count(0)
    assert [each.split(":")[0] for each in visitors.problems] == ["403"]
    visitors.problems.clear()


def test_whoever_looks_for_a_filler_can_tick_who_is_there(operators):
    maya = operators("Maya")
    maya.keyboard.press("x")
    standby = maya.get_by_role("button", name="Cadangan: Cadangan Setia")
    expect(standby).to_be_visible()

    maya.locator(".standbys .lamp").click()
    expect(standby).to_have_count(0)
    maya.locator(".standbys .lamp").click()
    expect(standby).to_be_visible()

    maya.keyboard.press("Escape")
    expect(standby).to_be_hidden()


def test_of_two_presses_on_the_same_state_the_second_is_told_who_was_first(operators, visitors):
    maya, rina = operators("Maya"), operators("Rina")
    rina.route(  # she does not hear of it in time
        f"**{ROOM}",
        lambda route: (
            route.fulfill(status=304) if route.request.method == "GET" else route.continue_()
        ),
    )
    maya.keyboard.press("5")
    expect(maya.locator(".added")).to_have_text("+5 menit")

    rina.keyboard.press("n")
    rina.get_by_role("button", name="Ya, mulai").click()

    alert = rina.get_by_role("alert")
    expect(alert).to_contain_text("Maya baru saja mengubah waktu giliran")
    on_air(maya, "Batik Sri")
    rina.unroute(f"**{ROOM}")
    expect(rina.locator(".added")).to_have_text("+5 menit")
    assert [each.split(":")[0] for each in visitors.problems] == ["409"]
    visitors.problems.clear()


def test_who_does_not_come_is_filled_in_two_presses(operators):
    maya = operators("Maya")

    maya.keyboard.press("x")
    maya.get_by_role("button", name="Cadangan: Cadangan Setia").click()

    on_air(maya, "Cadangan Setia")
    expect(maya.locator(".now-who")).to_contain_text("mengisi giliran Batik Sri")
    expect(maya.locator(".last")).to_contain_text("tidak hadir, diisi Cadangan Setia")


def test_what_matters_fits_the_laptops_screen_and_the_phones_width(operators):
    maya = operators("Maya")
    expect(maya.locator("[data-beat], .beat-dead").first).to_be_visible()
    assert maya.evaluate("document.documentElement.scrollHeight") <= 768
    for part in ("#now", "#act-next", "#act-hold", ".coming", ".steps-zoom", ".standbys"):
        box = maya.locator(part).first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 768, part

    maya.set_viewport_size({"width": 360, "height": 740})
    assert width_of(maya) <= 360
    next_button = maya.locator("#act-next").bounding_box()
    assert next_button
    assert next_button["y"] + next_button["height"] <= 740


def test_without_script_the_room_works_by_forms(operators):
    maya = operators("Maya", script=False)

    maya.locator("#act-add300").click()
    expect(maya.locator(".added")).to_have_text("+5 menit")
    maya.locator("#act-next").click()
    maya.get_by_role("button", name="Ya, mulai").click()

    on_air(maya, "Kopi Ijen")
    expect(maya.get_by_text("Kopi Ijen mulai").first).to_be_visible()
