"""The table of prices: kept by dispatchers, read and tried out by every member."""

import re

import pytest

from bazaar.db import db
from bazaar.models import AuditEntry, Role, ShippingRate
from tests.builders import a_rate, sign_in

TABLE = "/panitia/ongkir"
ADD = f"{TABLE}/tambah"
GOOD = {
    "prefix": "35.09",
    "courier": " JNE   REG ",
    "first_kg_idr": "Rp 9.000",
    "next_kg_idr": "8000",
    "days": "1-2",
}


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def rows():
    return [
        (row.prefix, row.courier, row.first_kg_idr, row.next_kg_idr, row.days)
        for row in db.session.query(ShippingRate).order_by(ShippingRate.id)
    ]


def test_an_empty_table_says_what_to_do(client, dispatcher):
    page = client.get(TABLE).text

    assert "Tabel ongkir masih kosong" in page
    assert f'href="{ADD}"' in page


def test_the_place_is_chosen_step_by_step(client, dispatcher):
    first = client.get(ADD).text
    assert all(choice in first for choice in ("Seluruh Indonesia", "Jawa Timur", "Singapura"))
    # The whole of Indonesia is the empty choice; a required list would never let it be sent.
    assert not re.search(r"<select[^>]*required", first)
    assert "Kabupaten Jember" in client.get(f"{ADD}?tujuan=35").text
    assert "Sumbersari" in client.get(f"{ADD}?tujuan=35.09").text
    narrowest = client.get(f"{ADD}?tujuan=35.09.21").text
    assert "Sumbersari, Kabupaten Jember, Jawa Timur" in narrowest
    assert "Persempit" not in narrowest
    assert "Negara lain" in client.get(f"{ADD}?tujuan=*").text
    assert client.get(f"{ADD}?tujuan=").status_code == 200
    assert client.get(f"{ADD}?tujuan=99").status_code == 422


def test_a_row_is_added_changed_and_removed(client, dispatcher):
    assert client.post(ADD, data=GOOD).location == TABLE
    assert rows() == [("35.09", "JNE REG", 9_000, 8_000, "1-2")]
    assert "Kabupaten Jember, Jawa Timur" in client.get(TABLE).text

    path = f"{TABLE}/{db.session.query(ShippingRate).one().id}"
    assert 'value="9000"' in client.get(path).text
    client.post(path, data=GOOD | {"prefix": "35", "first_kg_idr": "7.500", "days": ""})
    db.session.expire_all()
    assert rows() == [("35.09", "JNE REG", 7_500, 8_000, "")]

    assert client.post(f"{path}/hapus").location == TABLE
    assert rows() == []
    assert client.post(f"{path}/hapus").status_code == 404
    told = db.session.query(AuditEntry).filter(AuditEntry.action.startswith("rate."))
    assert [(row.action, row.actor_name) for row in told.order_by(AuditEntry.id)] == [
        ("rate.add", "Wulan"),
        ("rate.change", "Wulan"),
        ("rate.remove", "Wulan"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("courier", " ", "Isi nama kurir."),
        ("courier", "K" * 41, "Paling banyak 40 huruf."),
        ("courier", "JNE\u202e", "Ada huruf yang tidak dapat dibaca."),
        ("first_kg_idr", "", "Isi harganya."),
        ("first_kg_idr", "sembilan ribu", "Isi dengan angka rupiah"),
        ("first_kg_idr", "-1", "Isi dengan angka rupiah"),
        ("next_kg_idr", "1,5", "Isi dengan angka rupiah"),
        ("next_kg_idr", "999999999", "Isi dengan angka rupiah"),
        ("days", "x" * 21, "Paling banyak 20 huruf."),
    ],
)
def test_a_wrong_field_gets_a_sentence(client, dispatcher, field, value, sentence):
    page = client.post(ADD, data=GOOD | {field: value})

    assert page.status_code == 422
    assert re.search(rf'id="{field}-error">.*?{re.escape(sentence)}', page.text, re.DOTALL)
    assert 'value="35.09"' in page.text, "the place stays chosen"
    assert rows() == []


def test_free_shipping_is_a_price(client, dispatcher):
    client.post(ADD, data=GOOD | {"first_kg_idr": "0", "next_kg_idr": "0"})
    assert rows() == [("35.09", "JNE REG", 0, 0, "1-2")]


def test_the_same_place_and_courier_twice_is_a_conflict(client, dispatcher):
    client.post(ADD, data=GOOD)

    page = client.post(ADD, data=GOOD | {"first_kg_idr": "1234"})

    assert page.status_code == 409
    assert "Ongkir JNE REG ke Kabupaten Jember, Jawa Timur sudah ada di tabel." in page.text
    assert 'value="1234"' in page.text
    assert len(rows()) == 1


@pytest.mark.parametrize("prefix", ["99.99", "ID", "", None])
def test_a_made_up_place_is_refused(client, dispatcher, prefix):
    given = {
        name: value for name, value in (GOOD | {"prefix": prefix}).items() if value is not None
    }
    answer = client.post(ADD, data=given)

    assert answer.status_code == (303 if not prefix else 422)


def test_the_table_is_searched_by_place_and_courier(client, dispatcher):
    a_rate(prefix="35.09", first_kg_idr=9_001)
    a_rate(prefix="35.78", first_kg_idr=9_002)
    a_rate(prefix="35.09", courier="TIKI", first_kg_idr=9_003)

    def prices(**wish):
        return re.findall(r"Rp9\.00[123]", client.get(TABLE, query_string=wish).text)

    assert prices() == ["Rp9.001", "Rp9.003", "Rp9.002"]
    assert prices(q="jember") == ["Rp9.001", "Rp9.003"]
    assert prices(q="jember", kurir="TIKI") == ["Rp9.003"]
    assert prices(q="surabaya") == ["Rp9.002"]
    assert "Tidak ada ongkir yang cocok" in client.get(f"{TABLE}?q=zzzz").text


def try_out(client, **wish):
    return client.get(TABLE, query_string={"negara": "ID", "berat": "1301"} | wish).text


def test_trying_out_shows_what_buyers_would_pay(client, dispatcher):
    a_rate(first_kg_idr=30_000)
    a_rate(prefix="35.09", first_kg_idr=9_000, next_kg_idr=8_000)
    a_rate(prefix="SG", courier="Pos", first_kg_idr=180_000, next_kg_idr=90_000)

    page = try_out(client, tempat="35.09.21.1002")
    assert "Hasil hitungan" in page
    assert "Rp17.000" in page
    assert "Rp270.000" in try_out(client, negara="SG")
    assert "Ongkir ke alamat ini belum ada." in try_out(client, negara="NL")
    assert "Rp39.000" not in try_out(client, tempat="35.09.21.1002")


def test_trying_out_asks_which_place_is_meant(client, dispatcher):
    page = try_out(client, tempat="sumbersari")
    assert "Tempat mana yang dimaksud?" in page
    assert len(re.findall(r"tempat=\d\d\.\d\d\.\d\d\.\d{4}", page)) == 8
    assert "Tempat ini tidak ditemukan" in try_out(client, tempat="zzzzzz")
    assert "Tempat ini tidak ditemukan" in try_out(client)
    for grams in ("", "0", "-1", "satu", "9999999"):
        wrong = try_out(client, tempat="35.09.21.1002", berat=grams)
        assert "Isi berat dalam gram" in wrong
    assert "Pilih negara dari daftar." in try_out(client, negara="XX")


def test_members_without_the_task_read_and_try_out(client):
    sign_in(client, Role.HOST)
    rate = a_rate()

    page = client.get(TABLE)
    assert page.status_code == 200
    assert "Rp12.000" in page.text
    assert "Ubah" not in page.text
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, data=GOOD).status_code == 403
    for act in ("", "/hapus"):
        assert client.post(f"{TABLE}/{rate.id}{act}", data=GOOD).status_code == 403
    assert len(rows()) == 1


def test_a_row_that_does_not_exist(client, dispatcher):
    assert client.get(f"{TABLE}/999").status_code == 404
    assert client.post(f"{TABLE}/999", data=GOOD).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_fuller_table_costs_no_more_queries(client, queries, dispatcher, number):
    for at in range(number):
        a_rate(prefix=f"35.0{at + 1}")
    db.session.commit()
    queries.clear()

    client.get(TABLE)

    assert len(queries) == 6


def test_a_courier_is_one_however_it_is_written(client, dispatcher):
    client.post(ADD, data=GOOD)

    again = client.post(ADD, data=GOOD | {"courier": "jne reg"})
    client.post(ADD, data=GOOD | {"courier": "Jne Reg", "prefix": "35"})
    assert again.status_code == 409
    assert [courier for _, courier, *_ in rows()] == ["JNE REG", "JNE REG"]

    one = db.session.query(ShippingRate).filter_by(prefix="35").one()
    db.session.delete(one)
    db.session.commit()
    path = f"{TABLE}/{db.session.query(ShippingRate).one().id}"
    client.post(path, data=GOOD | {"courier": "JNE Reg"})
    assert [courier for _, courier, *_ in rows()] == ["JNE Reg"]
