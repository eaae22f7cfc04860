"""The committee's labels: chosen, drawn, fetched; void ones pointed out wherever it matters."""

import pypdfium2
import pytest

from bazaar import label_sheets, shipments, times
from bazaar.db import db
from bazaar.models import ParcelStatus, Role
from bazaar.rules.label_layouts import Layout
from tests.builders import HOST, a_parcel, a_product, a_seller, sign_in
from tests.test_label_sheets import moved

PAGE = "/panitia/label"


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def pages(data):
    document = pypdfium2.PdfDocument(data)
    count = len(document)
    document.close()
    return count


def make(client, **data):
    answer = client.post(PAGE, data=data)
    assert answer.status_code == 303
    return answer.location


def work():
    db.session.commit()
    done = label_sheets.work()
    db.session.expire_all()
    return done


def test_from_the_choice_to_the_file(client, dispatcher, now):
    parcels = [a_parcel() for _ in range(3)]
    listed = client.get(PAGE, query_string={"yang": "belum"}).text
    for parcel in parcels:
        assert parcel.code in listed
    assert "Buat 3 label" in listed

    sheet = make(client, semua="1", yang="belum", cetak="perlu", layout="a6_on_a4")
    waiting = client.get(sheet)
    assert "Sedang dibuat" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert client.post(f"{sheet}/unduh").status_code == 409
    progress = client.get(f"{sheet}/kemajuan")
    assert "Menunggu giliran" in progress.text
    assert "X-Reload" not in progress.headers

    assert work() == 1
    assert client.get(f"{sheet}/kemajuan").headers["X-Reload"] == "1"
    ready = client.get(sheet).text
    assert "3 label" in ready
    assert "Unduh PDF" in ready
    file = client.post(f"{sheet}/unduh")
    assert (file.mimetype, file.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert file.headers["Content-Disposition"] == "attachment; filename=label-3-paket.pdf"
    assert pages(file.data) == 1
    assert all(shipments.label_is_current(parcel) for parcel in parcels)
    assert (
        "Tidak ada label yang perlu dicetak"
        in client.get(PAGE, query_string={"yang": "belum"}).text
    )
    everything = client.get(PAGE, query_string={"yang": "belum", "cetak": "semua"}).text
    assert parcels[0].code in everything
    assert "Siap dicetak" in everything


def test_ticked_ones_and_those_that_cannot(client, dispatcher):
    here, other, gone = a_parcel(), a_parcel(), a_parcel(resi="012345678901")
    sheet = make(client, kode=[here.code, gone.code, "PK-22222"])

    page = client.get(sheet).text
    assert "2 paket tidak ikut" in page
    (made,) = label_sheets.recent()
    assert made.codes == [here.code]
    assert other.code not in made.codes


@pytest.mark.parametrize("data", [{}, {"kode": "PK-22222"}, {"semua": "1", "yang": "dikemas"}])
def test_nothing_to_print_is_said(client, dispatcher, data):
    a_parcel()
    refused = client.post(PAGE, data=data)

    assert refused.status_code == 422
    assert "Belum ada paket yang dipilih" in refused.text
    assert label_sheets.recent() == []


def test_the_choice_is_by_courier_seller_and_day(client, dispatcher):
    seller = a_seller(name="Dapur Bu Sri", code="U9001")
    own, other = a_parcel(a_product(seller=seller)), a_parcel()
    other.courier = "SiCepat BEST"
    for parcel in (own, other):
        shipments.pack(parcel, actor=HOST, now=times.now())

    def found(**asked):
        text = client.get(PAGE, query_string=asked).text
        return {one.code for one in (own, other) if f'value="{one.code}"' in text}

    assert found() == {own.code, other.code}
    assert found(umkm="U9001") == {own.code}
    assert found(kurir="SiCepat BEST") == {other.code}
    assert found(yang="hari-ini") == {own.code, other.code}
    assert found(yang="belum") == set()
    assert found(yang="ngawur", cetak="ngawur") == {own.code, other.code}
    assert client.get(PAGE, query_string={"umkm": "U0"}).status_code == 404


def test_an_outdated_label_is_pointed_out_everywhere(client, dispatcher, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    page = f"/panitia/paket/{parcel.code}"
    assert "Label belum dicetak." in client.get(page).text

    answer = client.post(f"{page}/label")
    assert pages(answer.data) == 1
    assert answer.headers["Content-Disposition"] == f"attachment; filename=label-{parcel.code}.pdf"
    assert "Label dicetak" in client.get(page).text
    assert "Label lama tidak berlaku" not in client.get(page).text

    sheet = make(client, kode=parcel.code)
    work()
    moved(parcel, now)
    assert "Label lama tidak berlaku" in client.get(page).text
    assert "Label lama" in client.get(PAGE).text
    assert "1 label di lembar ini sudah lama" in client.get(sheet).text
    client.post(f"{page}/label")
    assert "Label lama tidak berlaku" not in client.get(page).text


def test_what_has_left_gets_no_label(client, dispatcher):
    parcel = a_parcel(resi="012345678901")
    page = f"/panitia/paket/{parcel.code}"

    assert f"{page}/label" not in client.get(page).text
    refused = client.post(f"{page}/label")
    assert refused.status_code == 409
    assert "labelnya tidak dicetak lagi" in refused.text
    assert parcel.label_printed_at is None


def test_a_label_is_not_to_be_had_by_reading(client, dispatcher):
    parcel = a_parcel()
    for path in (f"/panitia/paket/{parcel.code}/label", f"{PAGE}/1/unduh"):
        assert client.get(path).status_code == 405


def test_a_sheet_that_is_none_and_one_of_a_seller(client, dispatcher, now):
    seller = a_seller()
    parcel = a_parcel(a_product(seller=seller))
    own = label_sheets.make([parcel.code], Layout.THERMAL, seller_id=seller.id, actor=HOST, now=now)
    for number in (own.id, 999_999):
        assert client.get(f"{PAGE}/{number}").status_code == 404
        assert client.get(f"{PAGE}/{number}/kemajuan").status_code == 404
        assert client.post(f"{PAGE}/{number}/unduh").status_code == 404


def test_a_sheet_that_failed_says_so(client, dispatcher, now):
    parcel = a_parcel()
    sheet = make(client, kode=parcel.code)
    shipments.cancel(parcel, "batal", actor=HOST, now=now)
    work()

    page = client.get(sheet).text
    assert "Lembar ini tidak jadi" in page
    assert "sudah berangkat atau dibatalkan" in page
    assert "Gagal" in client.get(PAGE).text


def test_others_of_the_committee_print_nothing(client):
    sign_in(client, Role.TREASURER)
    parcel = a_parcel()

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"kode": parcel.code}).status_code == 403
    assert client.post(f"/panitia/paket/{parcel.code}/label").status_code == 403
    assert client.get("/panitia/paket/daftar-kemas.pdf").status_code == 403
    assert parcel.status is ParcelStatus.DRAFT


def test_the_packing_list_of_all_or_of_one(client, dispatcher):
    seller = a_seller(code="U9001")
    a_parcel(a_product(seller=seller))
    a_parcel()

    assert pages(client.get("/panitia/paket/daftar-kemas.pdf").data) == 2
    assert pages(client.get("/panitia/paket/daftar-kemas.pdf?umkm=U9001").data) == 1
    assert client.get("/panitia/paket/daftar-kemas.pdf?umkm=U0").status_code == 404


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_fuller_page_costs_no_more_queries(client, queries, dispatcher, parcels):
    for _ in range(parcels):
        a_parcel()
    db.session.commit()
    queries.clear()

    assert client.get(PAGE, query_string={"yang": "belum"}).status_code == 200

    assert len(queries) == 11
