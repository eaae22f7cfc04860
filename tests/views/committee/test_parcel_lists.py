"""Lists of parcels as files: for dispatchers, and for sellers of their own."""

import csv
import io

import openpyxl
import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import Role
from tests.builders import HOST, a_parcel, a_product, a_seller, seller_token, sign_in

LISTS = (
    "/panitia/paket/daftar-kemas",
    "/panitia/paket/daftar-kirim",
    "/panitia/serah-terima/daftar",
)


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def read(answer):
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    if answer.mimetype == "text/csv":
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_what_people_typed_runs_nothing(client, dispatcher, ext):
    formula = '=HYPERLINK("http://x")'
    parcel = a_parcel(buyer_name=f"{formula} Siti", note="-1+1", street="@jalan")
    db.session.commit()
    quote = "'" if ext == "csv" else ""

    (packed,) = read(client.get(f"{LISTS[0]}.{ext}"))
    (sent,) = read(client.get(f"{LISTS[1]}.{ext}"))

    assert packed["kode_paket"] == sent["kode_paket"] == parcel.code
    assert packed["pembeli"] == quote + formula
    assert sent["penerima"] == f"{quote}{formula} Siti"
    assert (sent["catatan"], sent["jalan"]) == (f"{quote}-1+1", f"{quote}@jalan")
    assert packed["berat_paket_g"] in (300, "300")
    assert read(client.get(f"{LISTS[2]}.{ext}")) == []


def test_the_list_is_what_the_page_shows(client, dispatcher, now):
    sent, waiting = a_parcel(resi="JX1300026767"), a_parcel()
    db.session.commit()

    def codes(**query):
        return {
            row["kode_paket"] for row in read(client.get(f"{LISTS[1]}.csv", query_string=query))
        }

    assert codes() == {sent.code, waiting.code}
    assert codes(keadaan="handed_over") == {sent.code}
    assert codes(q="JX1300026767") == {sent.code}
    assert codes(hari="2026-03-01") == {sent.code}
    assert codes(hari="2026-03-02") == set()
    page = client.get("/panitia/paket?keadaan=draft").text
    assert "/panitia/paket/daftar-kirim.xlsx?keadaan=draft" in page
    assert "/panitia/paket/daftar-kemas.csv" in page
    assert "/panitia/paket/daftar-kirim.csv?hari=2026-03-01" in client.get("/panitia").text


def test_names_of_files_hold_nobodys_data(client, dispatcher):
    a_parcel()
    db.session.commit()
    answer = client.get(f"{LISTS[1]}.xlsx?hari=2026-03-01")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=daftar-kirim-2026-03-01.xlsx"
    )


@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_list_is_not_found(client, dispatcher, path):
    assert client.get(f"{path}.ods").status_code == 404
    if path != LISTS[0]:
        assert client.get(f"{path}.csv?hari=besok").status_code == 404
    assert client.get("/panitia/serah-terima/MAN-1/daftar.csv").status_code == 404


@pytest.mark.parametrize("path", LISTS)
def test_only_dispatchers_take_addresses_away(client, path):
    a_parcel()
    sign_in(client, Role.TREASURER)
    assert client.get(f"{path}.csv").status_code == 403
    assert "daftar-kirim" not in client.get("/panitia/paket?keadaan=draft").text
    assert "daftar-kirim" not in client.get("/panitia").text


@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_a_seller_takes_its_own_packing_list(client, ext):
    seller = a_seller()
    mine, _others = a_parcel(a_product(seller=seller)), a_parcel()
    token = seller_token(seller)
    db.session.commit()

    rows = read(client.get(f"/u/{token}/kemas/daftar.{ext}"))

    assert [row["kode_paket"] for row in rows] == [mine.code]
    assert not {"telepon", "jalan"} & set(rows[0])
    assert f"/u/{token}/kemas/daftar.{ext}" in client.get(f"/u/{token}/kemas").text
    assert client.get(f"/u/{token}/kemas/daftar.ods").status_code == 404
    assert client.get(f"/u/{'x' * 40}/kemas/daftar.csv").status_code == 404


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_longer_list_costs_no_more_queries(client, dispatcher, queries, parcels):
    for number in range(parcels):
        parcel = a_parcel()
        if number == 0:
            shipments.acts.measure(
                parcel, 900, None, fragile=False, actor=HOST, now=parcel.created_at
            )
    db.session.commit()
    queries.clear()
    client.get(f"{LISTS[1]}.csv")
    assert len(queries) <= 13
    queries.clear()
    client.get(f"{LISTS[0]}.csv")
    assert len(queries) <= 10
