"""Importing by the pages: upload, review, apply."""

import pytest
import sqlalchemy as sa

from bazaar.db import db, reading
from bazaar.models import ImportDraft, Product, ReceivingAccount, Role, Seller
from tests.builders import a_seller, a_sticker, an_edition, sign_in
from tests.lists import PRODUCT, SELLER, a_csv, a_draft
from tests.uploads import send

FORM = "/panitia/umkm/impor"


@pytest.fixture
def registrar(client):
    an_edition()
    return sign_in(client, Role.REGISTRAR)


def upload(client, **files):
    return send(client, FORM, {kind: (f"{kind}.csv", data) for kind, data in files.items()})


def count(model):
    with reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_two_lists_are_reviewed_and_applied(client, registrar):
    answer = upload(client, sellers=a_csv(SELLER), products=a_csv(PRODUCT))
    assert answer.status_code == 303
    review = answer.headers["Location"]

    page = client.get(review)
    assert "Belum ada yang disimpan." in page.text
    assert "2 baris akan disimpan." in page.text
    assert (count(Seller), count(Product)) == (0, 0)

    answer = client.post(f"{review}/terapkan")
    assert answer.headers["Location"] == review
    assert (count(Seller), count(Product)) == (1, 1)
    page = client.get(review)
    assert "Sudah diterapkan" in page.text
    assert "Penjual: 1 baru, 0 berubah, 0 sama, 0 salah dan tidak disimpan." in page.text

    client.post(f"{review}/terapkan")
    page = client.get(review)
    assert "sudah diterapkan sebelumnya" in page.text
    assert (count(Seller), count(Product)) == (1, 1)


def test_a_sticker_in_place_of_another_waits_and_the_pages_say_so(client, registrar):
    stand = a_seller(name="Tetangga")
    first, second = (a_sticker(stand, name=name) for name in ("BATIK SEKAR", "BATIK BARU"))
    client.post(f"{upload(client, sellers=a_csv(SELLER | {'qris': first})).location}/terapkan")
    review = upload(client, sellers=a_csv(SELLER | {"qris": second})).location

    assert "baru dipakai setelah disetujui orang kedua" in client.get(review).text
    page = client.get(client.post(f"{review}/terapkan").location).text

    assert "1 QRIS pengganti belum dipakai" in page
    used = sa.select(ReceivingAccount.payload).where(ReceivingAccount.approved_at.is_not(None))
    used = used.join(Seller).where(Seller.code == "J-001")
    assert db.session.scalars(used).all() == [first]


def test_wrong_rows_come_first_with_their_sentences(client, registrar):
    rows = [SELLER, SELLER | {"kode": "J-2", "klaster": "<b>Otomotif</b>"}]
    page = client.get(upload(client, sellers=a_csv(*rows)).headers["Location"])

    assert page.text.index("J-2") < page.text.index("J-001")
    assert "“&lt;b&gt;Otomotif&lt;/b&gt;” bukan klaster. Pilih salah satu: Pangan," in page.text
    assert "1 baris yang salah dilewati" in page.text


def test_a_review_can_be_narrowed_and_paged(client, registrar):
    rows = [
        SELLER | {"kode": f"J-{n}", "telepon": "" if n % 2 else "08123456789"} for n in range(120)
    ]
    draft = a_draft(rows)

    page = client.get(f"{FORM}/{draft.row.id}?status=wrong&page=2")
    assert page.text.count('class="import-line ') == 10
    assert "Halaman 2 dari 2" in page.text
    assert client.get(f"{FORM}/{draft.row.id}?status=odd").text.count("import-line ") == 0


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "Pilih paling sedikit satu berkas."),
        ({"sellers": b""}, "Berkas ini kosong."),
        ({"sellers": b"\x89PNG\r\n\x1a\n\0\0"}, "Ini bukan berkas CSV atau XLSX."),
        ({"products": b"kode_produk,nama_produk\n1,2\n"}, "Kolom ini tidak ada: kode_penjual"),
        ({"sellers": a_csv(SELLER), "products": b"a,b\n1,2\n"}, "Baris judul tidak ditemukan."),
    ],
)
def test_a_wrong_file_is_told_beside_its_field(client, registrar, files, sentence):
    page = upload(client, **files)

    assert page.status_code == 422
    assert sentence in page.text
    assert count(ImportDraft) == 0


def test_a_file_too_large_is_refused(client, registrar):
    assert upload(client, sellers=b"x" * (17 * 1024 * 1024)).status_code == 413
    page = upload(client, sellers=b"x" * (5 * 1024 * 1024 + 1))
    assert page.status_code == 422
    assert "lebih besar dari 5 MB" in page.text


def test_names_of_files_are_only_shown(client, registrar):
    answer = send(client, FORM, {"sellers": ('../../<script>"X: y.csv', a_csv(SELLER))})

    page = client.get(answer.headers["Location"])
    assert "<script>&" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("role", [None, Role.CHAIR, Role.HOST, Role.TREASURER, Role.DISPATCHER])
def test_only_registrars_import(client, role):
    an_edition()
    draft_id = a_draft([SELLER]).row.id
    sign_in(client, *([role] if role else []))

    assert upload(client, sellers=a_csv(SELLER)).status_code == 403
    assert client.post(f"{FORM}/{draft_id}/terapkan").status_code == 403
    for path in (FORM, f"{FORM}/{draft_id}", f"{FORM}/contoh/sellers.csv"):
        assert client.get(path).status_code == 403
    assert count(Seller) == 0


@pytest.mark.parametrize("kind", ["sellers", "products"])
@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_templates_are_downloads(client, registrar, kind, ext):
    answer = client.get(f"{FORM}/contoh/{kind}.{ext}")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="contoh-')
    assert len(answer.data) > 100


def test_unknown_templates_and_uploads_are_not_found(client, registrar):
    assert client.get(f"{FORM}/contoh/orders.csv").status_code == 404
    assert client.get(f"{FORM}/contoh/sellers.exe").status_code == 404
    assert client.get(f"{FORM}/99").status_code == 404
    assert client.post(f"{FORM}/99/terapkan").status_code == 404


def test_without_an_edition_the_page_says_what_is_missing(client):
    sign_in(client, Role.REGISTRAR)

    assert "Belum ada penyelenggaraan." in client.get(FORM).text
    answer = upload(client, sellers=a_csv(SELLER))
    assert client.get(answer.headers["Location"]).status_code == 409


@pytest.mark.parametrize("rows", [1, 30])
def test_a_longer_list_costs_no_more_queries(client, registrar, queries, rows):
    draft = a_draft([SELLER | {"kode": f"J-{n}"} for n in range(rows)])
    path = f"{FORM}/{draft.row.id}"
    db.session.commit()
    client.get(path)
    queries.clear()

    client.get(path)

    assert len(queries) <= 12
