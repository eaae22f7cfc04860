from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db
from bazaar.models import Seller, Turn
from bazaar.rules.show.acts import ActKind
from tests.builders import HOST, a_product, a_release, a_seller, a_turn, an_edition

FRAGMENT = {"X-Fragment": "1"}


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now, time_machine):
    time_machine.move_to(now)
    edition = an_edition(gap_minutes=2)
    released = a_release(edition)
    batik = a_seller(name="Batik Sri", cluster="Batik", district="Sumbersari")
    kopi = a_seller(name="Kopi Ijen")
    a_turn(released, batik, starts_at=now)
    a_turn(released, kopi, starts_at=now + minutes(17))
    a_turn(released, batik, starts_at=now + timedelta(days=1))
    return edition


def test_the_home_page_begins_with_who_is_on_air(evening, client):
    page = client.get("/").text

    assert page.index("ON AIR") < page.index("Batik Sri") < page.index("Kopi Ijen")
    assert "Batik · Sumbersari" in page
    assert "sampai 19.15" in page
    assert 'href="/live/1"' in page
    assert "Lihat lapak" in page


@pytest.mark.parametrize(
    ("minute", "shown", "missing"),
    [
        (-1, ["Belum siaran", "Batik Sri"], ["ON AIR"]),
        (0, ["ON AIR", "Batik Sri"], ["Pergantian"]),
        (15, ["Pergantian penjual", "Berikutnya", "Kopi Ijen"], ["ON AIR"]),
        (17, ["ON AIR", "Kopi Ijen"], ["Pergantian"]),
        (32, ["Belum siaran", "Batik Sri", "Sen 2 Mar 19.00 WIB"], ["ON AIR"]),
        (60 * 25, ["Belum ada siaran terjadwal"], ["ON AIR"]),
    ],
)
def test_the_fragment_is_right_at_each_boundary_without_any_job(
    evening, client, time_machine, now, minute, shown, missing
):
    time_machine.move_to(now + minutes(minute))

    page = client.get("/sekarang", headers=FRAGMENT).text

    assert [text for text in shown if text not in page] == []
    assert [text for text in missing if text in page] == []
    assert "<html" not in page


def test_the_fragment_is_sent_again_only_when_it_changed(evening, client, time_machine, now):
    first = client.get("/sekarang", headers=FRAGMENT)
    known = FRAGMENT | {"If-None-Match": first.headers["ETag"]}

    assert client.get("/sekarang", headers=known).status_code == 304
    time_machine.move_to(now + minutes(15))
    assert client.get("/sekarang", headers=known).status_code == 200


def test_a_person_who_opens_the_fragment_gets_the_home_page(evening, client):
    assert client.get("/sekarang").headers["Location"] == "/"


def test_what_is_offered_goes_with_who_is_on_air(evening, client, time_machine, now):
    batik, kopi = db.session.scalars(sa.select(Seller).order_by(Seller.id))
    a_product(seller=batik, name="Kain parang")
    a_product(seller=kopi, name="Kopi bubuk")

    first = client.get("/", headers=FRAGMENT)
    assert ("Kain parang" in first.text, "Kopi bubuk" in first.text) == (True, False)
    assert ("Nanti hari ini" in first.text, "<html" in first.text) == (True, False)
    known = FRAGMENT | {"If-None-Match": first.headers["ETag"]}
    assert client.get("/", headers=known).status_code == 304

    time_machine.move_to(now + minutes(17))
    page = client.get("/", headers=known).text
    assert ("Kain parang" in page, "Kopi bubuk" in page) == (False, True)
    assert "Nanti hari ini" not in page


def test_without_edition_or_plan_pages_say_so(client, app):
    assert "Jadwal belum terbit" in client.get("/jadwal").text
    assert client.get("/").status_code == 200
    an_edition()
    assert "Jadwal belum terbit" in client.get("/jadwal").text
    assert "Belum ada siaran terjadwal" in client.get("/").text


def test_the_schedule_shows_today_from_now_on(evening, client, time_machine, now):
    time_machine.move_to(now + minutes(20))

    page = client.get("/jadwal").text

    assert "Minggu, 1 Maret 2026" in page
    assert "Kopi Ijen" in page
    assert "Batik Sri" not in page
    everything = client.get("/jadwal?hari=2026-03-01&semua=1").text
    assert everything.index("Batik Sri") < everything.index("Kopi Ijen")


def test_in_a_late_evening_every_list_tells_the_truth(evening, client, time_machine, now):
    """Batik began at 19.10, so it is on until 19.25 and Kopi, announced for 19.17, waits."""
    first, second, *_ = db.session.scalars(sa.select(Turn).order_by(Turn.starts_at))
    acts = [
        (ActKind.BY_HOST, -1, {}),
        (ActKind.START, 10, {"turn": first.uid}),
        (ActKind.BY_CLOCK, 11, {}),
    ]
    for revision, (kind, minute, more) in enumerate(acts):
        at = now + minutes(minute)
        show.act(evening, 1, kind, revision=revision, actor=HOST, now=at, **more)
    slugs = first.seller.slug, second.seller.slug
    db.session.commit()
    time_machine.move_to(now + minutes(20))

    schedule = client.get("/jadwal").text
    assert schedule.index("turn-row-now") < schedule.index("Batik Sri")
    assert schedule.index("turn-row-next") < schedule.index("Kopi Ijen")
    assert schedule.index("Batik Sri") < schedule.index("turn-row-next")
    for page in (schedule, client.get("/").text, client.get(f"/s/{slugs[1]}").text):
        assert "perkiraan 19.25" in page
    assert "sampai 19.25" in client.get(f"/s/{slugs[0]}").text


def test_another_day_can_be_chosen(evening, client):
    page = client.get("/jadwal?hari=2026-03-02").text

    assert "Senin, 2 Maret 2026" in page
    assert "Batik Sri" in page
    assert "Kopi Ijen" not in page


@pytest.mark.parametrize("day", ["", "besok", "2026-13-45", "1999-01-01", "2026-03-01T00:00"])
def test_an_odd_day_shows_today(evening, client, day):
    page = client.get("/jadwal", query_string={"hari": day})

    assert page.status_code == 200
    assert "Minggu, 1 Maret 2026" in page.text


def test_a_stall_can_be_searched(evening, client):
    page = client.get("/jadwal?q=sri").text

    assert "Minggu, 1 Maret 2026" in page
    assert "Senin, 2 Maret 2026" in page
    assert "Kopi Ijen" not in page
    assert "Tidak ada giliran mendatang" in client.get("/jadwal?q=%25").text


@pytest.mark.parametrize("turns", [1, 40])
def test_a_fuller_schedule_costs_no_more_queries(app, client, queries, time_machine, now, turns):
    time_machine.move_to(now)
    released = a_release(an_edition())
    for n in range(turns):
        a_turn(released, a_seller(), starts_at=now + minutes(15 * n))
    client.get("/jadwal")
    queries.clear()

    client.get("/jadwal")

    assert len(queries) == 8
