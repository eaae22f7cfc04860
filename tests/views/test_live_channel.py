"""One channel for those who watch: its page, and its state in few bytes."""

from datetime import timedelta

import pytest

from bazaar import catalog, show
from bazaar.db import db
from bazaar.models import ClosedKind, ClosedTime, Release
from bazaar.rules.show.acts import ActKind
from tests.builders import (
    HOST,
    a_channel,
    a_product,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    an_order,
    keep,
)

FRAGMENT = {"X-Fragment": "1"}
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now, time_machine):
    """Batik Sri 19.00-19.15 with two goods, Kopi Ijen 19.15-19.30, Batik Sri again tomorrow."""
    time_machine.move_to(now)
    edition = an_edition()
    edition.channels[0].youtube_url = VIDEO
    released = a_release(edition)
    batik = a_seller(edition=edition, name="Batik Sri", district="Sumbersari")
    kopi = a_seller(edition=edition, name="Kopi Ijen")
    turns = [
        a_turn(released, batik, starts_at=now),
        a_turn(released, kopi, starts_at=now + minutes(15)),
    ]
    a_turn(released, batik, starts_at=now + timedelta(days=1))
    a_product(seller=batik, name="Kain parang", claim_code="B01", stock=3)
    a_product(seller=batik, name="Selendang", claim_code="B02", price_idr=90_000)
    a_product(seller=kopi, name="Kopi bubuk", claim_code="K01")
    db.session.commit()
    return edition, turns


def act(evening, kind, at, *, revision=0, **more):
    show.act(evening[0], 1, kind, revision=revision, actor=HOST, now=at, **more)
    db.session.commit()


def state(client, **headers):
    return client.get("/live/1/state", headers=headers)


# -- the page


def test_the_page_tells_who_is_on_what_can_be_ordered_and_who_comes(evening, client):
    page = client.get("/live/1").text

    assert page.index("ON AIR") < page.index("Batik Sri") < page.index("Kain parang")
    assert page.index("Kopi Ijen") < page.index("Kain parang")
    assert "sampai" in page
    assert "19.15 WIB" in page
    assert 'form="order" name="quantity-B01" value="1"' in page
    assert "Sisa 3" in page
    assert "Kopi bubuk" not in page


def test_one_tap_puts_it_into_a_basket_and_leads_to_the_checkout(evening, client):
    form = {"then": "checkout", "back": "/live/1", "quantity-B01": "1"}

    answer = client.post("/keranjang", data=form)

    assert answer.location.endswith("/pesan")
    assert "Rp25.000" in client.get(answer.location).text


def test_nothing_of_the_video_is_loaded_before_it_is_asked_for(evening, client):
    page = client.get("/live/1")

    assert "<iframe" not in page.text
    assert f'href="{VIDEO}"' in page.text
    assert 'data-embed="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith("; frame-src https://www.youtube-nocookie.com")
    assert "default-src 'none'; script-src 'self'" in policy
    for other in ("/", "/jadwal", "/live/1/state", "/live/7"):
        assert "frame-src" not in client.get(other).headers["Content-Security-Policy"]


def test_an_address_that_names_no_video_is_a_plain_link(evening, client):
    edition, _ = evening
    edition.channels[0].youtube_url = "https://www.youtube.com/@pasar/live"

    page = client.get("/live/1")

    assert "data-embed" not in page.text
    assert 'href="https://www.youtube.com/@pasar/live"' in page.text
    assert "frame-src" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("minute", "shown", "missing"),
    [
        (-5, ["Siaran belum mulai", "Batik Sri", "Yang akan ditawarkan"], ["ON AIR"]),
        (16, ["ON AIR", "Kopi Ijen", "Kopi bubuk", "giliran terakhir"], ["Kain parang"]),
        (31, ["Siaran hari ini sudah selesai", "Sen 2 Mar 19.00 WIB"], ["ON AIR", "Pesan<"]),
        (60 * 30, ["Tidak ada siaran hari ini"], ["ON AIR", "Siaran berikutnya:"]),
    ],
)
def test_before_between_and_after_it_says_so(
    evening, client, time_machine, now, minute, shown, missing
):
    time_machine.move_to(now + minutes(minute))

    part = client.get("/live/1", headers=FRAGMENT).text

    assert [text for text in shown if text not in part] == []
    assert [text for text in missing if text in part] == []


def test_a_hold_is_told_without_a_time_or_a_reason(evening, client, time_machine, now):
    act(evening, ActKind.HOLD, now + minutes(5), text="Zoom putus")
    time_machine.move_to(now + minutes(6))

    page = client.get("/live/1").text

    assert "Siaran dijeda sebentar" in page
    assert "Batik Sri" in page
    assert ("sampai" in page.split("</article>")[0], "Zoom putus" in page) == (False, False)


def test_who_fills_in_is_who_is_on_and_whose_goods_are_offered(evening, client, time_machine, now):
    edition, (first, _) = evening
    filler = a_seller(edition=edition, name="Madu Rimba")
    a_product(seller=filler, name="Madu hutan")
    act(evening, ActKind.NO_SHOW, now + minutes(1), turn=first.uid, seller=filler.id)
    time_machine.move_to(now + minutes(2))

    for address in ("/live/1", "/"):
        page = client.get(address).text
        assert ("Madu Rimba" in page, "Madu hutan" in page) == (True, True), address
        assert "Kain parang" not in page, address


def test_a_closed_show_is_over(evening, client, time_machine, now):
    act(evening, ActKind.CLOSE, now + minutes(5))
    time_machine.move_to(now + minutes(6))

    assert "Siaran hari ini sudah selesai" in client.get("/live/1").text
    assert state(client).json["scene"] == "closing"


def test_the_pinned_product_comes_first_and_sold_out_ones_can_be_waited_for(evening, client, now):
    selendang = catalog.get_product("B02")
    kain = catalog.get_product("B01")
    act(evening, ActKind.PIN, now, product=selendang.id)
    an_order(kain, quantity=3)

    page = client.get("/live/1").text

    assert page.index("Selendang") < page.index("Kain parang")
    assert "Ditunjukkan" in page
    assert "Habis" in page
    assert 'name="quantity-B01" value="1" hidden' in page


def test_without_an_edition_it_says_so_and_an_unknown_channel_is_not_there(client, app):
    assert "Bazar belum dibuka" in client.get("/live/1").text
    assert state(client).status_code == 404
    an_edition()
    assert client.get("/live/1").status_code == 200
    for address in ("/live/7", "/live/7/state", "/live/7/events"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(("minute", "said"), [(-5, "Siaran belum mulai"), (32, "Jeda sebentar")])
def test_a_pause_of_the_programme_is_no_change_of_sellers(
    evening, client, time_machine, now, minute, said
):
    edition, turns = evening
    madu = a_seller(edition=edition, name="Madu Rimba")
    a_turn(db.session.get_one(Release, turns[0].release_id), madu, starts_at=now + minutes(60))
    for start, end in ((-10, -1), (30, 59)):
        pause = ClosedTime(kind=ClosedKind.MAGHRIB, edition_id=edition.id)
        pause.starts_at, pause.ends_at = now + minutes(start), now + minutes(end)
        keep(pause)
    db.session.commit()
    time_machine.move_to(now + minutes(minute))

    part = client.get("/live/1", headers=FRAGMENT).text

    assert said in part
    assert "Pergantian penjual" not in part
    assert state(client).json["scene"] == "break"
    time_machine.move_to(now + minutes(59.5))
    assert "Pergantian penjual" in client.get("/live/1", headers=FRAGMENT).text


def test_several_channels_lead_to_each_other_and_the_basket_goes_along(evening, client):
    a_channel(evening[0], number=2, name="Dapur")

    page = client.get("/live/1?k=abc").text

    assert 'href="/live/2?k=abc"' in page
    assert '<input type="hidden" name="basket" value="abc">' in page
    assert "Tidak ada siaran hari ini" in client.get("/live/2").text


def test_the_living_part_is_sent_again_only_when_it_changed(evening, client, time_machine, now):
    first = client.get("/live/1", headers=FRAGMENT)
    known = FRAGMENT | {"If-None-Match": first.headers["ETag"]}

    assert "<html" not in first.text
    assert client.get("/live/1", headers=known).status_code == 304
    time_machine.move_to(now + minutes(15))
    assert client.get("/live/1", headers=known).status_code == 200


@pytest.mark.parametrize("rows", [1, 4])
def test_more_goods_and_turns_cost_no_more_queries(app, client, now, queries, time_machine, rows):
    time_machine.move_to(now)
    edition = an_edition()
    released = a_release(edition)
    for n in range(rows + 1):
        seller = a_seller(edition=edition)
        a_turn(released, seller, starts_at=now + minutes(15 * n))
        for _ in range(rows):
            a_product(seller=seller)
    for address, most in (("/live/1", 6), ("/live/1/state", 5)):
        client.get(address)
        queries.clear()
        client.get(address)
        assert len(queries) == most, address


# -- the state


def test_the_state_is_small_and_absolute(evening, client, now):
    answer = state(client)

    assert answer.json | {"mark": "", "on_air": {}, "next": {}} == {
        "channel": 1,
        "name": "Saluran 1",
        "revision": 0,
        "scene": "now",
        "held": False,
        "on_air": {},
        "next": {},
        "products": [
            {
                "code": "B01",
                "name": "Kain parang",
                "price_idr": 25_000,
                "stock": 3,
                "pinned": False,
            },
            {"code": "B02", "name": "Selendang", "price_idr": 90_000, "stock": 10, "pinned": False},
        ],
        "mark": "",
        "server_time": answer.json["server_time"],
    }
    assert answer.json["on_air"]["name"] == "Batik Sri"
    assert answer.json["on_air"]["ends_at"] == (now + minutes(15)).isoformat()
    assert answer.json["next"]["starts_at"] == (now + minutes(15)).isoformat()
    assert answer.headers["Cache-Control"] == "public, max-age=2, stale-while-revalidate=10"
    assert answer.headers["ETag"] == f'W/"{answer.json["mark"]}"'
    assert len(answer.data) < 1_000


def test_who_knows_the_state_is_told_nothing_until_it_changes(evening, client, time_machine, now):
    etag = state(client).headers["ETag"]

    for second in (1, 30, 600):
        time_machine.move_to(now + timedelta(seconds=second))
        answer = state(client, **{"If-None-Match": etag})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["Cache-Control"].startswith("public")
    an_order(catalog.get_product("B01"))
    changed = state(client, **{"If-None-Match": etag})
    assert changed.json["products"][0]["stock"] == 2
    act(evening, ActKind.ADD, now + minutes(11), seconds=60)
    time_machine.move_to(now + minutes(12))
    later = state(client, **{"If-None-Match": changed.headers["ETag"]})
    assert later.json["on_air"]["ends_at"] == (now + minutes(16)).isoformat()


def test_in_overtime_the_state_changes_once_a_minute(evening, client, time_machine, now):
    act(evening, ActKind.BY_HOST, now + minutes(1))
    seen = set()

    for second in range(0, 120, 10):
        time_machine.move_to(now + minutes(16) + timedelta(seconds=second + 1))
        seen.add(state(client).headers["ETag"])

    assert len(seen) == 2


def test_the_public_sees_everything_as_late_as_the_picture(evening, client, time_machine, now):
    edition, _ = evening
    edition.channels[0].public_delay_s = 20
    db.session.commit()
    show.forget()
    act(evening, ActKind.HOLD, now + minutes(5))

    def at(seconds):
        time_machine.move_to(now + minutes(5) + timedelta(seconds=seconds))
        return state(client).json

    assert (at(19)["held"], at(19)["revision"]) == (False, 0)
    assert (at(20)["held"], at(20)["revision"]) == (True, 1)
    time_machine.move_to(now + timedelta(seconds=19))
    assert state(client).json["scene"] == "opening"
    time_machine.move_to(now + timedelta(seconds=20))
    told = state(client).json
    assert told["scene"] == "now"
    assert told["on_air"]["ends_at"] == (now + minutes(15) + timedelta(seconds=20)).isoformat()


def test_the_state_tells_nothing_of_buyers_notes_or_presence(evening, client, now):
    edition, (first, _) = evening
    an_order(catalog.get_product("B01"), buyer_name="Rahasia Sekali", turn=first)
    act(evening, ActKind.NOTE, now, text="Bicara pelan")
    (day,) = show.kept(edition, now)
    show.check_in(day, first.seller_id, here=True, actor=HOST, now=now)

    told = state(client).text

    assert ("Rahasia" in told, "Bicara" in told) == (False, False)
    assert {"presence", "sold", "notes", "phase"} & set(state(client).json) == set()
