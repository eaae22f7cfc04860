"""Tax numbers and customs declarations on the pages of sellers and committee."""

import pypdfium2
import pytest

from bazaar import shipments, tax_ids
from bazaar.db import db
from bazaar.models import Product, Role
from bazaar.web import services
from tests.builders import HOST, a_parcel, a_rate, a_seller, a_tax_number, seller_token, sign_in
from tests.test_customs_sheets import JAPAN, batik

NIK = "3509214101900001"


@pytest.fixture
def seller(app):
    a_rate()
    a_rate(prefix="*")
    return a_seller(name="Batik Sekar")


@pytest.fixture
def link(seller):
    return f"/u/{seller_token(seller)}"


def number_of(seller):
    return tax_ids.reveal(seller.id, seals=services().tax_seals)[1]


def test_a_seller_gives_changes_and_takes_away_its_number(client, seller, link):
    assert "Belum diisi" in client.get(f"{link}/pajak").text

    wrong = client.post(f"{link}/pajak", data={"number": "3509 2141"})
    assert wrong.status_code == 422
    assert "Isi NPWP (15 atau 16 angka)" in wrong.text
    assert 'value="3509 2141"' in wrong.text
    assert client.post(f"{link}/pajak", data={}).status_code == 422

    kept = client.post(f"{link}/pajak", data={"number": "3509 2141 0190 0001"})
    page = client.get(kept.location).text
    assert "3509********0001" in page
    assert NIK not in page
    assert number_of(seller) == NIK

    assert client.post(f"{link}/pajak/hapus").status_code == 303
    assert number_of(seller) == ""


def test_the_registrar_gives_it_and_others_only_see_that_it_is_there(client, seller):
    page = f"/panitia/umkm/{seller.code}/pajak"
    sign_in(client, Role.REGISTRAR)
    assert client.post(page, data={"number": "1"}).status_code == 422
    assert client.post(page, data={"number": NIK}).status_code == 303
    assert number_of(seller) == NIK
    assert page in client.get(f"/panitia/umkm/{seller.code}").text

    sign_in(client, Role.DISPATCHER)
    seen = client.get(page).text
    assert "3509********0001" in seen
    assert 'name="number"' not in seen
    assert client.post(page, data={"number": NIK}).status_code == 403
    assert client.post(f"{page}/hapus").status_code == 403

    sign_in(client, Role.REGISTRAR)
    assert client.post(f"{page}/hapus").status_code == 303
    assert number_of(seller) == ""


def test_the_parcels_page_says_what_customs_lacks_and_prints_it_then(client, seller, now):
    parcel = a_parcel(batik(seller, hs_code=""), **JAPAN)
    home = a_parcel()
    sign_in(client, Role.DISPATCHER)
    page, sheet = f"/panitia/paket/{parcel.code}", f"/panitia/paket/{parcel.code}/bea-cukai"

    before = client.get(page).text
    assert "1-2 Ginza, Tokyo 104-0061, Jepang" in before
    assert "Kain batik" in before
    assert f"/panitia/umkm/{seller.code}/pajak" in before
    assert sheet not in before
    assert client.post(sheet).status_code == 409
    assert 'id="bea-cukai"' not in client.get(f"/panitia/paket/{home.code}").text
    assert client.post(f"/panitia/paket/{home.code}/bea-cukai").status_code == 409

    product = db.session.get_one(Product, parcel.lines[0].order_line.product_id)
    product.hs_code = "621710"
    a_tax_number(seller)
    assert sheet in client.get(page).text
    answer = client.post(sheet)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith(f"bea-cukai-{parcel.code}.pdf")
    assert len(pypdfium2.PdfDocument(answer.data)) == 1

    sign_in(client, Role.TREASURER)
    assert sheet not in client.get(page).text
    assert client.post(sheet).status_code == 403


def test_a_seller_prints_its_own_and_reads_what_is_missing(client, seller, link, now):
    parcel = a_parcel(batik(seller), **JAPAN)
    other = a_parcel(batik(a_seller()), **JAPAN)
    sheet = f"{link}/kemas/{parcel.code}/bea-cukai"

    page = client.get(f"{link}/kemas").text
    assert sheet in page
    assert "Tokyo 104-0061, Jepang" in page
    assert "NPWP atau NIK belum ada" in page
    refused = client.post(sheet)
    assert refused.status_code == 409
    assert "Batik Sekar" in refused.text

    a_tax_number(seller)
    assert "NPWP atau NIK belum ada" not in client.get(f"{link}/kemas").text
    assert client.post(sheet).mimetype == "application/pdf"
    assert client.post(f"{link}/kemas/{other.code}/bea-cukai").status_code == 404

    shipments.pack(parcel, actor=HOST, now=now)
    assert sheet in client.get(f"{link}/kemas").text
