"""The table of prices as a list: a preview first, then all good rows at once, once."""

import io

import pytest

from bazaar.db import db
from bazaar.models import AuditEntry, ImportDraft, Role, ShippingRate
from tests.builders import a_rate, sign_in
from tests.lists import a_csv

FORM = "/panitia/ongkir/impor"
ROW = {
    "tujuan": "35.09",
    "kurir": "JNE REG",
    "kg_pertama": "9000",
    "kg_berikutnya": "Rp 8.000",
    "hari": "1-2",
}


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def send(client, data, name="ongkir.csv"):
    return client.post(FORM, data={"rates": (io.BytesIO(data), name)})


def table():
    db.session.expire_all()
    return [
        (row.prefix, row.courier, row.first_kg_idr, row.next_kg_idr, row.days)
        for row in db.session.query(ShippingRate).order_by(ShippingRate.prefix)
    ]


def test_a_list_is_reviewed_then_applied_once(client, dispatcher):
    a_rate(prefix="35", courier="JNE REG")
    a_rate(prefix="31", courier="JNE REG", first_kg_idr=9_000, next_kg_idr=8_000, days="")
    rows = [
        ROW,
        ROW | {"tujuan": "35", "kurir": "jne reg", "kg_pertama": "13000"},
        ROW | {"tujuan": "31", "hari": ""},
        ROW | {"tujuan": "99"},
    ]
    review = send(client, a_csv(*rows)).location
    page = client.get(review).text
    assert "2 baris akan disimpan. 1 baris yang salah dilewati" in page
    assert "bukan kode tujuan" in page
    assert "<del>12000</del> → <ins>13000</ins>" in page
    assert len(table()) == 2

    client.post(f"{review}/terapkan")
    client.post(f"{review}/terapkan")
    assert table() == [
        ("31", "JNE REG", 9_000, 8_000, ""),
        ("35", "JNE REG", 13_000, 8_000, "1-2"),
        ("35.09", "JNE REG", 9_000, 8_000, "1-2"),
    ]
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions.count("rate.add") == actions.count("rate.change") == 1
    assert actions.count("import.apply") == 1
    changed = db.session.query(AuditEntry).filter_by(action="rate.change").one()
    assert changed.facts["before"]["first_kg_idr"] == 12_000
    assert "1 baru, 1 berubah, 1 sama, 1 salah" in client.get(review).text


@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_what_was_written_out_changes_nothing(client, dispatcher, ext):
    a_rate(prefix="")
    a_rate(prefix="35.10", courier="Pos", days="3-4", max_kg=30, divisor=4000, active=False)
    a_rate(prefix="*", courier="Pos Internasional")
    before = table()
    written = client.get(f"/panitia/ongkir/ekspor.{ext}").data

    review = send(client, written, f"ongkir.{ext}").location

    page = client.get(review).text
    assert "Semua sudah sama dengan yang tersimpan" in page
    client.post(f"{review}/terapkan")
    assert table() == before


@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_the_example_can_be_sent(client, dispatcher, ext):
    example = client.get(f"{FORM}/contoh.{ext}")
    assert example.status_code == 200
    assert "1 baris akan disimpan." in client.get(send(client, example.data).location).text
    assert client.get(f"{FORM}/contoh.pdf").status_code == 404


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("tujuan", "", "Wajib diisi."),
        ("kurir", "", "Wajib diisi."),
        ("kurir", "a" * 41, "Paling panjang 40 huruf."),
        ("kg_pertama", "mahal", "bukan harga"),
        ("kg_berikutnya", "", "Wajib diisi."),
        ("hari", "x" * 21, "Paling panjang 20 huruf."),
        ("min_kg", "0", "isi angka bulat dari 1 sampai 1000"),
        ("maks_kg", "banyak", "isi angka bulat"),
        ("pembagi", "6", "isi angka bulat dari 1000 sampai 10000"),
        ("toleransi_gram", "1000", "isi angka bulat dari 0 sampai 999"),
        ("berlaku_mulai", "besok", "bukan tanggal"),
        ("dipakai", "mungkin", "isi ya atau tidak"),
    ],
)
def test_each_wrong_cell_has_its_sentence(client, dispatcher, column, value, sentence):
    page = client.get(send(client, a_csv(ROW | {column: value})).location).text
    assert f"<code>{column}</code>" in page
    assert sentence in page
    assert "Tidak ada baris yang dapat disimpan." in page


def test_limits_that_contradict_each_other_are_told(client, dispatcher):
    day = {"berlaku_mulai": "2026-03-02", "berlaku_sampai": "2026-03-01"}
    weight = {"min_kg": "10", "maks_kg": "5"}
    assert "sebelum hari pertama" in client.get(send(client, a_csv(ROW | day)).location).text
    assert "di bawah berat minimum" in client.get(send(client, a_csv(ROW | weight)).location).text


def test_a_place_and_courier_twice_is_wrong_in_both_rows(client, dispatcher):
    page = client.get(send(client, a_csv(ROW, ROW | {"kurir": "Jne Reg"})).location).text
    assert "juga ada di baris 3" in page
    assert "juga ada di baris 2" in page


def test_the_next_season_is_a_row_of_its_own(client, dispatcher):
    a_rate(prefix="35.09")
    season = ROW | {"kg_pertama": "15000", "berlaku_mulai": "2026-06-01"}
    client.post(f"{send(client, a_csv(season)).location}/terapkan")
    assert [row[2] for row in table()] == [12_000, 15_000]

    page = client.get(send(client, a_csv(ROW)).location).text
    assert "punya beberapa masa berlaku. Tambahkan kolom berlaku_mulai." in page

    always = season | {"kg_pertama": "11000", "berlaku_mulai": ""}
    client.post(f"{send(client, a_csv(season, always)).location}/terapkan")
    assert sorted(row[2] for row in table()) == [11_000, 15_000]
    written = client.get("/panitia/ongkir/ekspor.xlsx").data
    page = client.get(send(client, written, "ongkir.xlsx").location).text
    assert "Semua sudah sama dengan yang tersimpan" in page


def test_files_that_are_no_list_are_refused(client, dispatcher):
    assert client.post(FORM).status_code == 422
    assert send(client, b"").status_code == 422
    assert send(client, b"a,b\n1,2\n").status_code == 422
    assert db.session.query(ImportDraft).count() == 0


def test_uploads_of_sellers_are_not_shown_as_prices(client):
    sign_in(client, Role.ADMIN)
    review = send(client, a_csv(ROW)).location
    number = review.rsplit("/", 1)[1]
    assert client.get(f"/panitia/umkm/impor/{number}").status_code == 404
    assert client.get(review).status_code == 200


def test_only_dispatchers_send_lists(client):
    sign_in(client, Role.TREASURER)
    assert client.get(FORM).status_code == 403
    assert send(client, a_csv(ROW)).status_code == 403
    assert client.get("/panitia/ongkir/ekspor.csv").status_code == 200
