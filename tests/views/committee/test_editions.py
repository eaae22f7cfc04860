from datetime import date, timedelta

import pytest

from bazaar import editions
from bazaar.db import db
from bazaar.models import Channel, Edition, Role, Window
from tests.builders import a_release, a_seller, a_turn, a_window, an_edition, sign_in

HERE = "/panitia/penyelenggaraan"
EDITION = {
    "name": "Ramadan 1447",
    "slug": "ramadan-1447",
    "regency_code": "35.09",
    "zone_name": "Asia/Jakarta",
    "turn_minutes": "15",
    "gap_minutes": "2",
    "hold_minutes": "60",
    "unpaid_per_phone": "3",
    "offer_minutes": "20",
    "contact_phone": "0812-3456-7890",
    "buffer_every": "4",
    "buffer_minutes": "5",
    "max_turns_per_day": "1",
    "min_gap_minutes": "60",
    "freeze_minutes": "24",
    "deadline_day": "2026-03-05",
    "deadline_time": "21:00",
    "request_hours": "24",
    "veto_hours": "12",
    "warn_s": "90",
    "danger_s": "30",
    "latitude": "-8,17",
    "longitude": "113.70",
}
CHANNEL = {
    "name": "Dapur",
    "zoom_url": "https://zoom.us/j/1",
    "youtube_url": "https://youtu.be/abc",
    "public_delay_s": "15",
}
HOURS = {
    "first": "2026-03-01",
    "last": "2026-03-07",
    "weekdays": ["5", "6"],
    "opens": "19:00",
    "closes": "21:00",
    "weight": "10",
}


@pytest.fixture
def host(client, time_machine, now):
    time_machine.move_to(now)
    return sign_in(client, Role.HOST)


@pytest.fixture
def edition(app):
    return an_edition(slug="ramadan-1447")


def windows():
    return db.session.query(Window).order_by(Window.opens_at).all()


def test_from_nothing_to_a_programme(client, host):
    assert "Buat penyelenggaraan" in client.get(HERE).text
    assert client.get(f"{HERE}/baru").status_code == 200

    assert client.post(f"{HERE}/baru", data=EDITION).status_code == 303
    assert client.post(f"{HERE}/saluran", data=CHANNEL).status_code == 303
    assert client.post(f"{HERE}/jam", data=HOURS).status_code == 303

    page = client.get(HERE).text
    for text in ("Ramadan 1447", "0812-3456-7890", "Dapur", "Sabtu, 7 Maret 2026", "19.00–21.00"):
        assert text in page
    edition = editions.get_current()
    assert [day.day for day in edition.show_days] == [date(2026, 3, 1), date(2026, 3, 7)]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Tulis nama penyelenggaraan"),
        ("slug", "Ramadan 2026", "Pakai huruf kecil"),
        ("slug", "lama", "Nama pendek lama sudah dipakai"),
        ("regency_code", "00.00", "Pilih kabupaten atau kota dari daftar."),
        ("zone_name", "Asia/Tokyo", "Zona waktu Asia/Tokyo tidak dikenal."),
        ("turn_minutes", "sepuluh", "Isi dengan angka bulat."),
        ("turn_minutes", "", "Isi lama giliran."),
        ("turn_minutes", "500", "Isi dengan angka 1 sampai 240."),
        ("gap_minutes", "-1", "Isi dengan angka 0 sampai 60."),
        ("hold_minutes", "1", "Isi dengan angka 5 sampai 2880."),
        ("unpaid_per_phone", "0", "Isi dengan angka 1 sampai 100."),
        ("offer_minutes", "", "Isi batas waktu tawaran."),
        ("contact_phone", "halo", "Nomor telepon ini tidak dikenali."),
        ("buffer_every", "0", "Isi keduanya"),
        ("buffer_minutes", "0", "Isi keduanya"),
        ("buffer_minutes", "", "Isi 0 bila tanpa jeda cadangan."),
        ("max_turns_per_day", "0", "Isi dengan angka 1 sampai 50."),
        ("min_gap_minutes", "2000", "Isi dengan angka 0 sampai 1440."),
        ("freeze_minutes", "400", "Isi dengan 0 sampai 336 jam."),
        ("deadline_day", "besok", "Pilih tanggal, misalnya"),
        ("deadline_day", "0226-03-05", "Periksa tahunnya."),
        ("deadline_time", "malam", "Tulis jam seperti 19:00."),
        ("request_hours", "-1", "Isi dengan angka 0 sampai 336."),
        ("veto_hours", "25", "Waktu veto tidak boleh lebih lama"),
        ("veto_hours", "99999999999999999999", "Angka ini terlalu besar."),
        ("latitude", "selatan", "Tulis derajat desimal"),
        ("latitude", "51,5", "Titik ini di luar Indonesia"),
        ("longitude", "nan", "Titik ini di luar Indonesia"),
        ("longitude", "", "Isi lintang dan bujur"),
        ("warn_s", "601", "Isi dengan angka 0 sampai 600."),
        ("warn_s", "", "Isi berapa detik sebelum habis."),
        ("danger_s", "91", "Merah tidak boleh lebih awal daripada kuning."),
    ],
)
def test_a_wrong_field_keeps_what_was_typed_and_says_why(client, host, field, value, sentence):
    an_edition(slug="lama", is_current=False)

    page = client.post(f"{HERE}/baru", data=EDITION | {field: value})

    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{field}-error"' in page.text
    assert 'value="Ramadan 1447"' in page.text or field == "name"
    assert editions.find_current() is None


def test_an_edition_is_changed(client, host, edition):
    assert 'value="ramadan-1447"' in client.get(f"{HERE}/ubah").text

    client.post(f"{HERE}/ubah", data=EDITION | {"turn_minutes": "20"})

    changed = db.session.get_one(Edition, edition.id)
    assert (changed.turn_minutes, changed.warn_s, changed.danger_s) == (20, 90, 30)


def test_a_turn_that_fits_no_opening_is_refused_beside_its_field(client, host, edition):
    a_window(edition, minutes=30)

    page = client.post(f"{HERE}/ubah", data=EDITION | {"turn_minutes": "31"})

    assert page.status_code == 422
    assert "jam siaran hanya 30 menit" in page.text
    assert 'id="turn_minutes-error"' in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Tulis nama saluran."),
        ("zoom_url", "http://zoom.us/j/1", "Tautan harus diawali https://"),
        ("youtube_url", "javascript:alert(1)", "Tautan harus diawali https://"),
        ("public_delay_s", "121", "Isi 0 sampai 120 detik."),
        ("public_delay_s", "-1", "Isi 0 sampai 120 detik."),
        ("public_delay_s", "", "Isi 0 bila tanpa jeda."),
    ],
)
def test_a_wrong_channel_is_refused(client, host, edition, field, value, sentence):
    for address in (f"{HERE}/saluran", f"{HERE}/saluran/1"):
        if address.endswith("1"):
            client.post(f"{HERE}/saluran", data=CHANNEL)
        page = client.post(address, data=CHANNEL | {field: value})
        assert page.status_code == 422
        assert sentence in page.text
        assert f'id="{field}-error"' in page.text


def test_a_channel_is_renamed_and_removed(client, host, edition):
    client.post(f"{HERE}/saluran", data=CHANNEL)
    number = max(channel.number for channel in db.session.query(Channel))

    client.post(f"{HERE}/saluran/{number}", data=CHANNEL | {"name": "Alun-alun"})
    assert "Alun-alun" in client.get(f"{HERE}/saluran/{number}").text
    client.post(f"{HERE}/saluran/{number}/hapus")

    assert "Alun-alun" not in {channel.name for channel in db.session.query(Channel)}
    assert client.get(f"{HERE}/saluran/{number}").status_code == 404


def test_a_channel_with_turns_is_not_removed(client, host, edition):
    a_turn(a_release(edition), a_seller())

    assert client.post(f"{HERE}/saluran/1/hapus").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"closes": "18:00"}, "closes", "Jam tutup harus sesudah jam buka."),
        ({"closes": "19:10"}, "closes", "Satu giliran 15 menit tidak muat"),
        ({"opens": "jam tujuh"}, "opens", "Tulis jam seperti 19:00."),
        ({"opens": ""}, "opens", "Isi jam."),
        ({"first": "kemarin"}, "first", "Pilih tanggal"),
        ({"last": "2026-02-01"}, "last", "Tidak ada hari yang terpilih."),
        ({"weekdays": []}, "last", "Tidak ada hari yang terpilih."),
        ({"weight": "0"}, "weight", "Bobot penonton diisi angka 1 sampai 100."),
        (
            {"opens": "20:00", "closes": "22:00"},
            "closes",
            "Bertumpuk dengan jam siaran 19.00–21.00",
        ),
    ],
)
def test_wrong_hours_are_refused_beside_their_field(
    client, host, edition, now, changes, field, sentence
):
    a_window(edition, opens_at=now)

    page = client.post(f"{HERE}/jam", data=HOURS | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{field}-error"' in page.text
    assert len(windows()) == 1


def test_hours_may_be_typed_with_a_point_and_end_at_midnight(client, host, edition):
    client.post(f"{HERE}/jam", data=HOURS | {"opens": "19.30", "closes": "24.00"})

    assert {w.closes_at - w.opens_at for w in windows()} == {timedelta(hours=4, minutes=30)}


def test_one_opening_is_changed_and_removed(client, host, edition, now):
    window = a_window(edition, opens_at=now)
    address = f"{HERE}/jam/{window.id}"
    assert 'value="19:00"' in client.get(address).text

    client.post(address, data={"opens": "19:00", "closes": "22:00", "weight": "30"})
    db.session.refresh(window)
    assert (window.closes_at - window.opens_at, window.weight) == (timedelta(hours=3), 30)
    assert client.post(address, data={"opens": "19:00", "closes": "18:00"}).status_code == 422

    client.post(f"{address}/hapus")
    assert windows() == []
    assert client.get(address).status_code == 404


def test_an_opening_with_released_turns_goes_after_a_second_question(client, host, edition, now):
    window = a_window(edition, opens_at=now)
    seller = a_seller(name="Batik Labako")
    a_turn(a_release(edition), seller, starts_at=now)

    asked = client.post(f"{HERE}/jam/{window.id}/hapus")

    assert asked.status_code == 409
    for text in ("1 giliran terbit kehilangan waktunya", "Batik Labako", 'name="agreed" value="1"'):
        assert text in asked.text
    assert windows() == [window]

    assert client.post(f"{HERE}/jam/{window.id}/hapus", data={"agreed": "1"}).status_code == 303
    assert windows() == []
    assert "Tambal jadwal" in client.get(HERE).text


def test_without_edition_its_parts_are_refused(client, host):
    for path in ("ubah", "saluran", "jam"):
        assert client.get(f"{HERE}/{path}").status_code == 409


def test_a_new_edition_warns_that_it_replaces_the_running_one(client, host, edition):
    assert "sedang berjalan" in client.get(f"{HERE}/baru").text


def test_who_only_reads_sees_no_buttons(client, time_machine, now, edition):
    time_machine.move_to(now)
    sign_in(client, Role.CHAIR)

    page = client.get(HERE)

    assert page.status_code == 200
    assert "Tambah saluran" not in page.text
    assert client.post(f"{HERE}/saluran", data=CHANNEL).status_code == 403


def test_an_edition_left_by_mistake_is_run_again(client, host, edition):
    client.post(f"{HERE}/baru", data=EDITION | {"slug": "salah", "name": "Salah buat"})
    page = client.get(HERE).text
    assert "Salah buat" in page
    assert f'action="{HERE}/buka/ramadan-1447"' in page

    done = client.post(f"{HERE}/buka/ramadan-1447")

    assert done.location == HERE
    assert editions.get_current().slug == "ramadan-1447"
    assert client.post(f"{HERE}/buka/tidak-ada").status_code == 404


def test_all_of_an_edition_is_shown_and_kept(client, host, edition):
    client.post(f"{HERE}/ubah", data=EDITION | {"deadline_day": "2026-02-01"})

    page = client.get(HERE).text
    for text in (
        "paling banyak 3 pesanan",
        "20 menit",
        "5 menit sesudah tiap 4 giliran",
        "paling banyak 1 per hari",
        "dalam 24 jam sebelum mulai",
        "sudah lewat",
        "Batas isi jadwal hadir sudah lewat",
        "-8,17; 113,70",
    ):
        assert text in page
    form = client.get(f"{HERE}/ubah").text
    for text in ('value="-8,17"', 'value="2026-02-01"', 'value="21:00"', 'value="24"'):
        assert text in form
    kept = db.session.get_one(Edition, edition.id)
    assert (kept.freeze_minutes, kept.availability_until.hour) == (1440, 14)


def test_what_is_left_empty_has_no_limit(client, host, edition):
    times = ("deadline_day", "deadline_time", "latitude", "longitude")
    empty = ("max_turns_per_day", "unpaid_per_phone", *times)

    assert client.post(f"{HERE}/ubah", data=EDITION | dict.fromkeys(empty, "")).status_code == 303

    kept = db.session.get_one(Edition, edition.id)
    assert (kept.max_turns_per_day, kept.availability_until, kept.latitude) == (None, None, None)
    assert kept.unpaid_per_phone is None
    assert "Jember -8,17; 113,70" in client.get(HERE).text


def test_a_channel_is_lost_and_brought_back(client, host, edition, now):
    a_window(edition, opens_at=now)
    a_turn(a_release(edition), a_seller(name="Batik Labako"), starts_at=now)
    lost = {"day": "2026-03-01", "clock": "19:00"}

    assert client.post(f"{HERE}/saluran/1/hilang", data=lost | {"clock": ""}).status_code == 422
    assert (
        client.post(f"{HERE}/saluran/1/hilang", data=lost | {"day": "2016-03-01"}).status_code
        == 422
    )
    asked = client.post(f"{HERE}/saluran/1/hilang", data=lost)
    assert asked.status_code == 409
    assert "Batik Labako" in asked.text
    assert client.post(f"{HERE}/saluran/1/hilang", data=lost | {"agreed": "1"}).status_code == 303
    assert "hilang sejak" in client.get(HERE).text
    assert "Pakai lagi" in client.get(f"{HERE}/saluran/1").text

    assert client.post(f"{HERE}/saluran/1/kembali").status_code == 303
    assert "hilang sejak" not in client.get(HERE).text
    assert client.post(f"{HERE}/saluran/1/kembali").status_code == 409
