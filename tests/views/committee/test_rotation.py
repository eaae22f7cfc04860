from datetime import timedelta

import pytest

from bazaar import rotation
from bazaar.db import db
from bazaar.models import Release, Role
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, sign_in

PLAN = "/panitia/jadwal"


@pytest.fixture
def clock(time_machine, now):
    time_machine.move_to(now)
    return time_machine


@pytest.fixture
def host(client, clock):
    return sign_in(client, Role.HOST)


@pytest.fixture
def bazaar(app, now):
    edition = an_edition(channels=2)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=60)
    for n in range(4):
        a_seller(edition=edition, name=f"Lapak Sri {n}")
    return edition


def draft_of(edition, now):
    return rotation.make_draft(edition, seed="benih", actor=HOST, now=now)


def test_without_edition_the_page_leads_to_making_one(client, host):
    page = client.get(PLAN).text

    assert "Belum ada penyelenggaraan" in page
    assert 'href="/panitia/penyelenggaraan/baru"' in page


@pytest.mark.parametrize("missing", ["saluran", "jam", "umkm"])
def test_what_is_missing_is_named(client, host, now, missing):
    edition = an_edition(channels=missing != "saluran")
    if missing != "jam":
        a_window(edition, opens_at=now)
    if missing != "umkm":
        a_seller(edition=edition)

    page = client.get(PLAN).text

    assert "Sebelum bazar dibuka" in page
    assert "Susun rancangan</span>" not in page
    refused = client.post(f"{PLAN}/rancangan")
    assert refused.status_code == 409
    assert "Jadwal belum dapat disusun" in refused.text


def test_from_nothing_to_version_one(client, host, bazaar):
    made = client.post(f"{PLAN}/rancangan")

    assert (made.status_code, made.headers["Location"]) == (303, f"{PLAN}?versi=rancangan")
    page = client.get(made.headers["Location"]).text
    assert "belum terbit" in page
    assert "Selisih antar-UMKM paling banyak satu giliran" in page
    assert "21.00" in page
    assert "Lapak Sri 0" in page
    (draft,) = db.session.query(Release)

    released = client.post(f"{PLAN}/rancangan/{draft.id}/terbitkan")

    assert released.headers["Location"] == PLAN
    page = client.get(PLAN).text
    assert "Terbitan 1" in page
    assert "Jadwal terbitan 1 berlaku" in page
    db.session.refresh(draft)
    assert draft.number == 1


def test_the_second_of_two_operators_is_told(client, host, bazaar, now):
    draft = draft_of(bazaar, now)
    address = f"{PLAN}/rancangan/{draft.id}/terbitkan"
    client.post(address)

    refused = client.post(address)

    assert refused.status_code == 409
    assert "sudah diganti atau jadwal lain sudah terbit" in refused.text
    assert client.post(f"{PLAN}/rancangan/999/terbitkan").status_code == 409


def test_a_draft_is_compared_with_what_is_out(client, host, bazaar, now):
    rotation.release(draft_of(bazaar, now), actor=HOST, now=now)
    rotation.make_draft(bazaar, seed="lain", actor=HOST, now=now)

    page = client.get(PLAN).text

    assert "Dibanding terbitan 1" in page
    assert "Susun ulang" in page


def test_who_is_on_air_is_marked_and_what_is_over_folded(client, host, clock, now):
    released = a_release(an_edition())
    a_turn(released, a_seller(name="Batik Sri"), starts_at=now)
    a_turn(released, a_seller(name="Kopi Ijen"), starts_at=now + timedelta(minutes=15))
    clock.move_to(now + timedelta(minutes=20))

    page = client.get(PLAN).text

    assert "Kopi Ijen" in page.partition("<tbody>")[2]
    assert "Batik Sri</a>" not in page
    assert "plan-now" in page
    assert "Batik Sri</a>" in client.get(f"{PLAN}?semua=1").text
    assert "Tidak ada giliran pada hari ini" in client.get(f"{PLAN}?hari=2027-01-01").text


@pytest.mark.parametrize("day", ["besok", "2026-13-01", ""])
def test_an_odd_day_shows_today(client, host, bazaar, now, day):
    rotation.release(draft_of(bazaar, now), actor=HOST, now=now)

    assert "Minggu, 1 Maret 2026" in client.get(PLAN, query_string={"hari": day}).text


def test_who_only_reads_sees_no_buttons_and_may_not_press(client, clock, bazaar, now):
    sign_in(client, Role.TREASURER)
    draft = draft_of(bazaar, now)

    page = client.get(PLAN).text

    assert "Terbitkan" not in page
    assert "Susun" not in page
    assert client.post(f"{PLAN}/rancangan").status_code == 403
    assert client.post(f"{PLAN}/rancangan/{draft.id}/terbitkan").status_code == 403


@pytest.mark.parametrize("hours", [1, 4])
def test_a_longer_plan_costs_no_more_queries(client, host, queries, now, hours):
    edition = an_edition(channels=2)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=60 * hours)
    for _ in range(8 * hours):
        a_seller(edition=edition)
    rotation.release(draft_of(edition, now), actor=HOST, now=now)
    draft_of(edition, now)
    db.session.commit()
    client.get(PLAN)
    queries.clear()

    client.get(PLAN)

    assert len(queries) <= 24
