"""The page of closed times: proposals beside what stands, ticked, edited, opened again."""

import re
from datetime import UTC, date, datetime, time

import pytest

from bazaar.db import db
from bazaar.editions import closed_times, hours
from bazaar.editions.hours import Opening
from bazaar.models import ClosedTime, Role
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition, sign_in

HERE = "/panitia/penyelenggaraan/tutup"
SUNDAY = date(2026, 3, 1)
TARAWIH = "2026-03-01.tarawih"
PICKED = {"pick": TARAWIH, f"starts-{TARAWIH}": "19:00", f"ends-{TARAWIH}": "20:15"}
BY_HAND = {
    "kind": "break",
    "first": "2026-03-01",
    "last": "2026-03-31",
    "weekdays": list("0123456"),
    "starts": "20:15",
    "ends": "20:30",
    "note": "",
}


@pytest.fixture
def host(client, time_machine, now):
    time_machine.move_to(now)
    return sign_in(client, Role.HOST)


@pytest.fixture
def edition(app, now):
    edition = an_edition()
    days = [SUNDAY, date(2026, 3, 2)]
    hours.add(edition, days, Opening(time(19), time(21)), actor=HOST, now=now)
    return edition


def rows():
    return db.session.query(ClosedTime).order_by(ClosedTime.starts_at).all()


def test_without_show_days_the_page_says_what_comes_first(client, host):
    an_edition()

    page = client.get(HERE)

    assert "Belum ada hari siaran" in page.text
    assert client.post(HERE, data={}).status_code == 303


def test_proposals_that_take_airtime_are_ticked_and_confirmed(client, host, edition):
    page = client.get(HERE).text
    assert "Jember (-8,17; 113,70)" in page
    assert 'name="puasa"' in page
    assert re.search(rf'value="{TARAWIH}"[^>]* checked', page)
    assert "2026-03-01.maghrib" not in page
    assert "di luar jam siaran" in client.get(f"{HERE}?lihat=semua").text

    done = client.post(HERE, data=PICKED)

    assert (done.status_code, done.location) == (303, HERE)
    (row,) = rows()
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 13, 15, tzinfo=UTC),
    )
    assert TARAWIH not in client.get(HERE).text
    assert "19.00–20.15" in client.get(f"{HERE}?lihat=tetap").text
    assert "Isya dan tarawih: 1" in client.get("/panitia/penyelenggaraan").text


def test_a_zone_that_does_not_fit_the_place_is_told(client, host, edition):
    assert "tampak tidak cocok" not in client.get(HERE).text
    edition.latitude, edition.longitude = -2.53, 140.72

    assert "Zuhur jatuh pukul 09.5" in client.get(HERE).text


def test_the_days_of_fasting_can_be_others_than_the_calendars(client, host, edition):
    page = client.get(f"{HERE}?puasa=2026-03-02&sampai=2026-03-03&lihat=semua").text

    assert "2026-03-01.maghrib" not in page
    assert "2026-03-02.maghrib" in page
    none = client.get(f"{HERE}?puasa=&sampai=&lihat=semua").text
    assert "maghrib" not in none
    assert "Tidak ada usulan lagi" in none
    assert "Pilih tanggal" in client.get(f"{HERE}?puasa=besok&sampai=").text


@pytest.mark.parametrize(
    ("key", "starts", "ends", "sentence"),
    [
        (TARAWIH, "tujuh", "20:15", "Tulis jam seperti 19:00."),
        (TARAWIH, "19:00", "25:00", "Tulis jam seperti 19:00."),
        (TARAWIH, "20:15", "19:00", "Jam selesai harus sesudah jam mulai."),
    ],
)
def test_a_wrong_time_is_named_beside_its_proposal(
    client, host, edition, key, starts, ends, sentence
):
    good = "2026-03-02.tarawih"
    sent = {"pick": [key, good], f"starts-{key}": starts, f"ends-{key}": ends}

    page = client.post(HERE, data=sent | {f"starts-{good}": "19:00", f"ends-{good}": "20:00"})

    assert page.status_code == 422
    assert f'id="fault-{key}"' in page.text
    assert sentence in page.text
    assert rows() == []


@pytest.mark.parametrize("key", ["x", "2026-13-01.tarawih", "2026-03-01.tidur", ""])
def test_what_nobody_proposed_is_skipped(client, host, edition, key):
    done = client.post(HERE, data={"pick": key, f"starts-{key}": "19:00", f"ends-{key}": "20:00"})

    assert done.status_code == 303
    assert rows() == []
    assert "Belum ada usulan yang dicentang." in client.get(HERE).text


def test_the_second_of_two_who_confirm_is_told(client, host, edition):
    client.post(HERE, data=PICKED)

    again = client.post(HERE, data=PICKED)

    assert again.status_code == 409
    assert "Sudah ada waktu tutup yang sama pada 01-03-2026." in again.text
    assert len(rows()) == 1


def test_released_turns_are_told_of_before_their_time_is_closed(client, host, edition, now):
    a_turn(a_release(edition), a_seller(name="Batik Labako"), starts_at=now)

    asked = client.post(HERE, data=PICKED)

    assert asked.status_code == 409
    assert "1 giliran terbit kehilangan waktunya" in asked.text
    assert "Batik Labako" in asked.text
    assert rows() == []
    sent = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.text)
    assert client.post(HERE, data=dict(sent)).status_code == 303
    assert len(rows()) == 1
    assert "Tambal jadwal" in client.get(HERE).text


def test_a_break_on_many_days_is_entered_by_hand(client, host, edition):
    assert "Tutup pada banyak hari" in client.get(f"{HERE}/tambah").text

    assert client.post(f"{HERE}/tambah", data=BY_HAND).status_code == 303

    assert [row.starts_at.day for row in rows()] == [1, 2]
    assert client.post(f"{HERE}/tambah", data=BY_HAND).status_code == 409


def test_a_holiday_is_a_whole_day_with_a_name(client, host, edition):
    assert 'value="00:00"' in client.get(f"{HERE}/tambah?jenis=holiday").text
    holiday = BY_HAND | {"kind": "holiday", "last": "2026-03-01", "starts": "0:00", "ends": "24:00"}

    page = client.post(f"{HERE}/tambah", data=holiday)
    assert page.status_code == 422
    assert "Tulis nama hari liburnya." in page.text
    client.post(f"{HERE}/tambah", data=holiday | {"note": "Hari Jadi Jember"})

    (row,) = rows()
    assert (row.ends_at - row.starts_at).days == 1
    assert "Hari Jadi Jember" in client.get(f"{HERE}?lihat=tetap").text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"kind": "tidur"}, "kind", "Pilih salah satu dari daftar."),
        ({"first": ""}, "first", "Pilih tanggal pertama."),
        ({"first": "2026-05-01", "last": "2026-05-02"}, "last", "Tidak ada hari yang terpilih."),
        ({"starts": ""}, "starts", "Isi jam."),
        ({"ends": "20:00"}, "ends", "Jam selesai harus sesudah jam mulai."),
        ({"note": "x" * 201}, "note", "Paling panjang 200 huruf."),
    ],
)
def test_a_wrong_field_keeps_what_was_typed(client, host, edition, changes, field, sentence):
    page = client.post(f"{HERE}/tambah", data=BY_HAND | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{field}-error"' in page.text
    assert rows() == []


def test_one_is_edited_and_removed(client, host, edition, now):
    client.post(HERE, data=PICKED)
    address = f"{HERE}/{rows()[0].id}"
    assert 'value="19:00"' in client.get(address).text

    new = {"kind": "break", "starts": "19:30", "ends": "20:00", "note": "Istirahat"}
    assert client.post(address, data=new | {"ends": "19:00"}).status_code == 422
    assert client.post(address, data=new).status_code == 303
    db.session.expire_all()
    assert closed_times.pause_of(edition, rows()[0]).starts == time(19, 30)

    assert client.post(f"{address}/hapus").status_code == 303
    assert rows() == []
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/hapus").status_code == 404


def test_many_are_opened_again_at_once(client, host, edition):
    client.post(f"{HERE}/tambah", data=BY_HAND)
    ids = [row.id for row in rows()]

    client.post(f"{HERE}/hapus", data={"pick": [str(number) for number in [*ids, 999]]})

    assert rows() == []
    assert "2 waktu dibuka lagi." in client.get(HERE).text


def test_who_only_reads_sees_them_without_buttons(client, time_machine, now, edition):
    time_machine.move_to(now)
    sign_in(client, Role.CHAIR)

    page = client.get(HERE)

    assert page.status_code == 200
    assert "usulan" in page.text
    assert "Tetapkan" not in page.text
    assert client.post(HERE, data=PICKED).status_code == 403


def test_more_days_cost_no_more_queries(client, host, edition, queries, now):
    counts = []
    for _ in range(2):
        for path in (f"{HERE}?lihat=semua", "/panitia/penyelenggaraan"):
            queries.clear()
            client.get(path)
            counts.append(len(queries))
        days = hours.days_between(date(2026, 3, 3), date(2026, 3, 30), range(7))
        if len(counts) == 2:
            hours.add(edition, days, Opening(time(19), time(21)), actor=HOST, now=now)

    assert counts[:2] == counts[2:]
