"""The board in pages: what is shown to whom, changes without script, and what refusals say."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from bazaar import accounts, times
from bazaar.db import db, reading
from bazaar.models import Participation, Pin, PlanEdit, Release, Role, Seller, Turn
from bazaar.rotation import shares
from tests.browser import Visitors, width_of
from tests.builders import a_member, a_release, a_seller, a_turn, a_window, an_edition, sign_in
from tests.committee import bring_in

BOARD = "/panitia/jadwal/papan"
SLOT = timedelta(minutes=15)


@pytest.fixture
def begins():
    """Tomorrow at 19.00 in Jember: the board follows the clock of the machine."""
    zone = times.WIB
    tomorrow = times.day_of(times.now(), zone) + timedelta(days=1)
    return times.day_bounds(tomorrow, zone)[0] + timedelta(hours=19)


@pytest.fixture
def edition(app, begins):
    edition = an_edition(channels=2, freeze_minutes=0)
    a_window(edition, opens_at=begins, minutes=60)
    return edition


@pytest.fixture
def draft(edition, begins):
    """19.00: Batik Sari and Teh Ijen side by side; 19.30: Kopi Argopuro on channel 2."""
    draft = a_release(edition, number=None)
    two = edition.channels[1]
    a_turn(draft, a_seller(edition=edition, name="Batik Sari"), starts_at=begins)
    teh = a_seller(edition=edition, name="Teh Ijen", cluster="Teh")
    a_turn(draft, teh, starts_at=begins, channel=two)
    kopi = a_seller(edition=edition, name="Kopi Argopuro", cluster="Pangan")
    a_turn(draft, kopi, starts_at=begins + 2 * SLOT, channel=two)
    return draft


@pytest.fixture
def keys(begins):
    """keys(2, 1): the second slot of channel 2 as addresses name it."""
    return lambda channel, n: f"{channel}-{begins + n * SLOT:%Y%m%dT%H%M}"


@pytest.fixture
def host(client):
    return sign_in(client, Role.HOST, name="Rina")


def form(draft, slot, act, **more):
    return {"rancangan": draft.id, "revisi": draft.revision, "slot": slot, "aksi": act, **more}


def names(draft):
    with reading():
        turns = db.session.scalars(
            sa.select(Turn).where(Turn.release_id == draft.id).order_by(Turn.starts_at)
        )
        return {(t.channel.number, t.starts_at): t.seller.name for t in turns}


def test_without_plan_the_board_leads_to_making_one(client, host, edition):
    page = client.get(BOARD).text

    assert "Belum ada rancangan" in page
    assert 'href="/panitia/jadwal"' in page


def test_without_edition_too(client, host):
    assert "Belum ada penyelenggaraan" in client.get(BOARD).text


def test_a_released_plan_is_read_only_until_a_copy_is_opened(client, host, edition, begins):
    released = a_release(edition)
    a_turn(released, a_seller(edition=edition, name="Batik Sari"), starts_at=begins)

    page = client.get(BOARD).text
    assert "Terbitan 1" in page
    assert "Ubah jadwal terbit" in page
    assert f"{BOARD}/slot/1" not in page

    opened = client.post(f"{BOARD}/buka")
    assert opened.status_code == 303
    page = client.get(opened.headers["Location"]).text
    assert f"{BOARD}/slot/1" in page
    assert "Batik Sari" in page


def test_who_only_looks_sees_no_buttons_and_may_not_press(client, draft, keys):
    sign_in(client, Role.TREASURER)

    page = client.get(BOARD).text

    assert "Batik Sari" in page
    assert f"{BOARD}/slot/1" not in page
    assert "Urungkan" not in page
    assert client.get(f"{BOARD}/slot/{keys(1, 0)}").status_code == 403
    assert client.post(BOARD, data=form(draft, keys(1, 0), "empty")).status_code == 403
    assert client.post(f"{BOARD}/urungkan").status_code == 403


def test_the_menu_says_what_is_possible_and_why_the_rest_is_not(
    client, host, draft, edition, keys, begins
):
    teh = db.session.scalars(sa.select(Turn).where(Turn.channel_id == edition.channels[1].id))
    first = min(teh, key=lambda turn: turn.starts_at)
    db.session.get_one(Participation, (edition.id, first.seller_id)).withdrawn_at = begins

    page = client.get(f"{BOARD}/slot/{keys(1, 0)}").text

    assert re.search(rf'<option value="{keys(2, 2)}">19\.30 Saluran 2 · Kopi Argopuro', page)
    assert f'<option value="{keys(1, 1)}">19.15 Saluran 1' in page
    assert "Teh Ijen sudah mundur atau tidak aktif." in page
    assert f'value="{keys(2, 0)}"' not in page


def test_the_menu_of_a_pinned_cell_says_so_and_offers_to_unpin(client, host, draft, keys):
    client.post(BOARD, data=form(draft, keys(1, 0), "pin"))

    page = client.get(f"{BOARD}/slot/{keys(1, 0)}").text

    assert "disematkan untuk Batik Sari. Lepas dulu sematannya." in page
    assert 'value="unpin"' in page
    assert 'value="go"' not in page
    assert 'value="empty"' not in page


def test_somebody_else_can_be_searched_and_another_day_chosen(
    client, host, draft, edition, keys, begins
):
    a_window(edition, opens_at=begins + timedelta(days=1), minutes=30)
    a_seller(edition=edition, name="Wayang Kulit")
    next_day = times.day_of(begins, edition.zone) + timedelta(days=1)
    there = f"1-{begins + timedelta(days=1):%Y%m%dT%H%M}"

    found = client.get(f"{BOARD}/slot/{keys(1, 0)}?q=wayang&ke={next_day}").text

    assert found.count("Wayang Kulit") == 1
    assert "Kopi Argopuro" not in found
    assert f'<option value="{there}">' in found
    moved = client.post(BOARD, data=form(draft, keys(1, 0), "go", ke=there))
    assert moved.status_code == 303
    assert names(draft)[1, begins + timedelta(days=1)] == "Batik Sari"


def test_a_change_and_back(client, host, draft, keys, begins):
    swap = form(draft, keys(1, 0), "go", ke=keys(2, 2), alasan="Permintaan UMKM")
    swapped = client.post(BOARD, data=swap)

    assert swapped.status_code == 303
    assert swapped.headers["Location"].endswith(f"#c-{keys(2, 2)}")
    page = client.get(BOARD).text
    assert "Batik Sari dan Kopi Argopuro bertukar tempat." in page
    assert names(draft)[1, begins] == "Kopi Argopuro"
    db.session.refresh(draft)

    client.post(f"{BOARD}/urungkan", data={"rancangan": draft.id, "revisi": draft.revision})

    assert names(draft)[1, begins] == "Batik Sari"
    assert "Diurungkan: Batik Sari dan Kopi Argopuro bertukar tempat." in client.get(BOARD).text


@pytest.mark.parametrize(
    ("act", "more", "said"),
    [
        ("pin", {}, "Batik Sari disematkan pada"),
        ("empty", {}, "dibiarkan kosong."),
        ("go", {"ke": (1, 1)}, "Batik Sari pindah ke"),
    ],
)
def test_acts_without_script(client, host, draft, keys, act, more, said):
    more = {name: keys(*value) for name, value in more.items()}

    done = client.post(BOARD, data=form(draft, keys(1, 0), act, **more))

    assert done.status_code == 303
    assert said in client.get(BOARD).text


def test_a_turn_is_brought_to_an_empty_slot(client, host, draft, keys, begins):
    client.post(BOARD, data=form(draft, keys(1, 3), "bring", ke=keys(1, 0)))

    assert names(draft)[1, begins + 3 * SLOT] == "Batik Sari"


def test_a_seller_is_put_and_neighbours_of_one_cluster_are_mentioned(
    client, host, draft, edition, keys
):
    tenun = a_seller(edition=edition, name="Tenun Jaya")
    fragment = {"X-Fragment": "1"}

    put = client.post(BOARD, data=form(draft, keys(1, 1), "put", umkm=tenun.code), headers=fragment)

    assert put.status_code == 200
    assert "<html" not in put.text
    assert "Klaster Batik berturut-turut di Saluran 1: Batik Sari, lalu Tenun Jaya" in put.text
    assert 'name="revisi" value="1"' in put.text


def test_it_is_mentioned_when_turns_become_less_even(client, host, draft, edition, keys):
    kopi = db.session.scalars(sa.select(Seller).where(Seller.name == "Kopi Argopuro")).one()
    shares.rewrite(draft)

    client.post(BOARD, data=form(draft, keys(1, 1), "put", umkm=kopi.code))

    page = client.get(BOARD).text
    assert "Giliran per UMKM kini 1 sampai 2." in page
    assert "Beda jam ramai naik dari 0,0% menjadi 35,4%." in page


def test_a_broken_rule_changes_nothing_and_is_explained(client, host, draft, keys):
    batik = db.session.scalars(
        sa.select(Turn).where(Turn.release_id == draft.id).order_by(Turn.id)
    ).first()
    assert batik

    refused = client.post(BOARD, data=form(draft, keys(2, 0), "put", umkm=batik.seller.code))

    assert refused.status_code == 409
    assert "Batik Sari sudah tampil pukul 19.00 di Saluran 1." in refused.text
    db.session.refresh(draft)
    assert draft.revision == 0
    assert "Teh Ijen" in names(draft).values()


def test_the_second_of_two_editors_is_told_who_did_what(client, host, draft, keys):
    stale = form(draft, keys(1, 0), "empty")
    client.post(BOARD, data=form(draft, keys(1, 0), "go", ke=keys(2, 2)))

    refused = client.post(BOARD, data=stale, headers={"X-Fragment": "1"})

    assert refused.status_code == 409
    assert (
        "Rina baru saja mengubah rancangan ini: Batik Sari dan Kopi Argopuro bertukar"
        in refused.text
    )
    assert 'name="revisi" value="1"' in refused.text
    assert len(names(draft)) == 3


@pytest.mark.parametrize("slot", ["", "x", "9-20260301T1200", "1-20269901T1200", "1-20200101T0000"])
def test_an_odd_slot_is_refused(client, host, draft, slot):
    assert client.post(BOARD, data=form(draft, slot, "empty")).status_code == 422
    assert client.get(f"{BOARD}/slot/{slot or 'x'}").status_code == 422


@pytest.mark.parametrize("act", ["", "steal", "swap"])
def test_an_odd_act_is_refused(client, host, draft, keys, act):
    assert client.post(BOARD, data=form(draft, keys(1, 0), act)).status_code == 422


def test_without_draft_nothing_is_changed(client, host, edition, keys):
    gone = {"rancangan": "7", "revisi": "0", "slot": keys(1, 0), "aksi": "empty"}

    assert client.post(BOARD, data=gone).status_code == 409
    assert client.get(f"{BOARD}/slot/{keys(1, 0)}").status_code == 303


def test_dragging_asks_where_to(client, host, draft, edition, keys):
    query = {"rancangan": draft.id}
    spare = a_seller(edition=edition, name="Cadangan")

    where = client.get(f"{BOARD}/slot/{keys(1, 0)}/sasaran", query_string=query).json
    put = client.get(
        f"{BOARD}/umkm/{spare.code}/sasaran",
        query_string={**query, "hari": times.day_of(times.now(), times.WIB) + timedelta(days=1)},
    ).json

    assert where[keys(2, 2)] == where[keys(1, 1)] == ""
    assert put[keys(1, 1)] == ""
    assert "sudah terisi" in put[keys(1, 0)]


def test_two_editors_at_once_one_wins_and_nothing_is_lost(app, host, client, draft, keys, edition):
    """Real threads, real transactions: six hands on one revision."""
    editors = [app.test_client() for _ in range(6)]
    for n, editor in enumerate(editors):
        bring_in(editor, a_member(Role.HOST, name=f"Editor {n}"))
    draft_id = draft.id
    edit = form(draft, keys(1, 0), "go", ke=keys(1, 3))
    others = form(draft, keys(2, 0), "empty")
    db.session.commit()
    ready = threading.Barrier(6)

    def press(n):
        with app.app_context():
            ready.wait(timeout=30)
            return editors[n].post(BOARD, data=others if n % 2 else edit).status_code

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(press, range(6)))

    assert sorted(answers) == [303, 409, 409, 409, 409, 409]
    with reading():
        assert db.session.get_one(Release, draft_id).revision == 1
        assert len(db.session.scalars(sa.select(PlanEdit)).all()) == 1
        turns = db.session.scalars(sa.select(Turn).where(Turn.release_id == draft_id)).all()
        pins = db.session.scalars(sa.select(Pin)).all()
        assert len(turns) + len(pins) == 3


@pytest.mark.parametrize("channels", [1, 4])
def test_a_wider_board_costs_no_more_queries(client, host, queries, channels, begins):
    edition = an_edition(channels=channels)
    a_window(edition, opens_at=begins, minutes=60)
    draft = a_release(edition, number=None)
    for channel in edition.channels:
        for n in range(4):
            seller = a_seller(edition=edition)
            a_turn(draft, seller, starts_at=begins + n * SLOT, channel=channel)
    client.get(BOARD)
    queries.clear()

    client.get(BOARD)

    assert len(queries) <= 28


# In a browser


@pytest.fixture
def rina(draft, visitors: Visitors, database):
    """Opens the board as Rina, a host: rina("phone")."""
    account = a_member(Role.HOST, name="Rina")
    token = bring_in(database.app.test_client(), account)
    db.session.commit()

    def opened(screen, *, script=True):
        page = visitors.open(screen, script=script)
        name = accounts.cookie_name(secure=False)
        page.context.add_cookies([{"name": name, "value": token, "url": database.url}])
        page.goto(BOARD)
        return page

    return opened


def cell(page: Page, key):
    return page.locator(f"#c-{key}")


def test_a_cell_is_dragged_onto_another(rina, keys):
    page = rina("desktop")

    cell(page, keys(1, 0)).drag_to(cell(page, keys(2, 2)))

    expect(cell(page, keys(2, 2))).to_contain_text("Batik Sari")
    expect(cell(page, keys(1, 0))).to_contain_text("Kopi Argopuro")
    page.get_by_role("button", name="Urungkan").click()
    expect(cell(page, keys(1, 0))).to_contain_text("Batik Sari")
    expect(page.get_by_role("button", name="Urungkan")).to_be_disabled()


def test_somebody_who_waits_is_dragged_onto_an_empty_slot(rina, keys, edition):
    a_seller(edition=edition, name="Cadangan Jaya")
    db.session.commit()
    page = rina("desktop")

    page.locator(".board-waiting li", has_text="Cadangan Jaya").drag_to(cell(page, keys(1, 2)))

    expect(cell(page, keys(1, 2))).to_contain_text("Cadangan Jaya")


def test_what_is_said_of_a_warning_is_its_sentence_without_the_link(rina, keys, edition):
    a_seller(edition=edition, name="Batik Jaya")
    db.session.commit()
    page = rina("desktop")
    said = page.locator("#board-said")

    page.locator(".board-waiting li", has_text="Batik Jaya").drag_to(cell(page, keys(1, 1)))

    expect(said).to_contain_text("Batik Jaya mengisi")
    expect(said).to_contain_text("berturut-turut")
    expect(said).not_to_contain_text("Lihat")
    expect(page.locator(".notice").get_by_role("link", name="Lihat").first).to_be_visible()


def test_while_dragging_targets_are_marked_and_the_others_say_why(rina, keys, edition, draft):
    page = rina("desktop")
    box = cell(page, keys(1, 0)).bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 90, steps=5)

    expect(cell(page, keys(2, 2))).to_have_class(re.compile("may-go"))
    page.mouse.up()


def test_the_keyboard_does_it_all(rina, keys):
    page = rina("desktop")
    said = page.locator("#board-said")
    cell(page, keys(1, 0)).focus()

    page.keyboard.press("p")
    expect(said).to_contain_text("Batik Sari disematkan")
    expect(cell(page, keys(1, 0))).to_be_focused()
    page.keyboard.press("p")
    expect(said).to_contain_text("dilepas")

    page.keyboard.press("t")
    expect(said).to_contain_text("Pilih sel tujuan")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(said).to_contain_text("Batik Sari dan Kopi Argopuro bertukar tempat.")
    expect(cell(page, keys(2, 2))).to_be_focused()

    page.keyboard.press("k")
    expect(cell(page, keys(2, 2))).to_contain_text("dibiarkan kosong")
    page.keyboard.press("u")
    expect(cell(page, keys(2, 2))).to_contain_text("Batik Sari")

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(cell(page, keys(2, 2))).to_be_focused()


def test_on_the_phone_a_tap_opens_the_menu(rina, keys):
    page = rina("phone")
    expect(cell(page, keys(2, 0))).to_be_hidden()

    cell(page, keys(1, 0)).tap()
    page.get_by_role("dialog").get_by_label("Slot").select_option(keys(1, 2))
    page.get_by_role("button", name="Tukar / pindah").tap()

    expect(cell(page, keys(1, 2))).to_contain_text("Batik Sari")
    assert width_of(page) <= 360


def test_without_script_on_the_phone(rina, keys, draft, begins):
    page = rina("phone", script=False)
    page.get_by_role("link", name="Saluran 2").click()
    cell(page, keys(2, 2)).click()
    page.get_by_label("Alasan").fill("UMKM berhalangan")
    assert width_of(page) <= 360
    page.get_by_label("Slot").select_option(keys(1, 0))
    page.get_by_role("button", name="Tukar / pindah").click()

    expect(page.get_by_text("Kopi Argopuro dan Batik Sari bertukar tempat.").first).to_be_visible()
    assert names(draft)[1, begins] == "Kopi Argopuro"
    page.get_by_role("button", name="Urungkan").click()
    expect(page.get_by_text("Diurungkan:").first).to_be_visible()
    assert names(draft)[1, begins] == "Batik Sari"


def test_a_conflict_keeps_what_was_written(rina, keys, visitors: Visitors):
    page, other = rina("desktop"), rina("desktop")
    cell(other, keys(2, 2)).focus()
    other.keyboard.press("p")
    expect(other.locator("#board-said")).to_contain_text("disematkan")

    page.get_by_label("Alasan perubahan berikutnya").fill("Klaster berdekatan")
    cell(page, keys(1, 0)).drag_to(cell(page, keys(1, 3)))

    expect(page.get_by_role("alert").first).to_contain_text("Rina baru saja mengubah rancangan ini")
    expect(page.get_by_label("Alasan perubahan berikutnya")).to_have_value("Klaster berdekatan")
    expect(cell(page, keys(1, 0))).to_contain_text("Batik Sari")
    cell(page, keys(1, 0)).focus()
    page.keyboard.press("t")
    expect(cell(page, keys(1, 3))).to_have_class(re.compile("may-go"))
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(cell(page, keys(1, 3))).to_contain_text("Batik Sari")
    visitors.problems[:] = [each for each in visitors.problems if not each.startswith("409")]
