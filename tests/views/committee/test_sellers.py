"""The committee's pages about sellers."""

import pytest
import sqlalchemy as sa

from bazaar import editions, payments, sellers
from bazaar.db import db
from bazaar.models import AuditEntry, Role
from bazaar.web import services
from tests.builders import a_product, a_seller, a_sticker, an_edition, seller_token, sign_in
from tests.test_photos import a_photo
from tests.uploads import send


@pytest.fixture
def seller(client):
    edition = an_edition()
    sign_in(client, Role.REGISTRAR)
    seller = a_seller(edition=edition, code="J-001", name="Batik Sekar", owner_name="Siti")
    seller_token(seller)
    return seller


def fields(**given):
    return {
        "name": "Batik Sekar Jati",
        "owner_name": "Siti Aminah",
        "cluster": "Batik",
        "district": "35.09.19",
        "village": "",
        "phone": "0812 3456 7890",
        "email": "",
        "social": "",
        "story": "Sejak 1987.",
        "hours": "Sab-Min",
        "qris": "",
        "active": "y",
    } | given


def actions():
    query = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("seller."))
    return db.session.scalars(query.order_by(AuditEntry.id)).all()


def test_an_empty_registry_leads_to_the_import(client):
    sign_in(client, Role.REGISTRAR)
    page = client.get("/panitia/umkm")

    assert "Belum ada UMKM" in page.text
    assert "/panitia/umkm/impor" in page.text


def test_who_may_not_import_is_not_led_there(client):
    sign_in(client, Role.CHAIR)

    assert "/panitia/umkm/impor" not in client.get("/panitia/umkm").text


def test_the_list_is_searched(client, seller):
    a_seller(name="Tahu Lain")

    page = client.get("/panitia/umkm?q=sekar")
    assert "Batik Sekar" in page.text
    assert "Tahu Lain" not in page.text
    assert "Tidak ada yang cocok" in client.get("/panitia/umkm?q=zzz").text
    assert client.get("/panitia/umkm?klaster=Kriya&page=9").status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_a_longer_list_costs_no_more_queries(client, seller, queries, rows):
    for _ in range(rows):
        a_product(seller=a_seller())
    client.get("/panitia/umkm")
    queries.clear()

    client.get("/panitia/umkm")

    assert len(queries) == 9


def test_the_name_on_the_sticker_stands_beside_the_owners(client, seller):
    a_sticker(seller, name="SITI AMINAH")
    page = client.get("/panitia/umkm/J-001").text

    assert "Nama di QRIS" in page
    assert "SITI AMINAH" in page


def test_the_link_is_shown_only_when_asked_for_and_noted(client, seller):
    token = sellers.link_token(seller, services().links)
    assert token not in client.get("/panitia/umkm/J-001").text
    assert actions() == []

    page = client.post("/panitia/umkm/J-001/tautan")

    assert f"{services().settings.public_url}/u/{token}" in page.text
    assert "https://wa.me/62812" in page.text
    assert actions() == ["seller.show_link"]
    assert client.get(f"/u/{token}/lapak").status_code == 200


def test_a_new_edition_says_how_sellers_join_it(client, seller):
    assert "Belum ada yang ikut" not in client.get("/panitia/umkm").text

    editions.get_current().is_current = False
    an_edition(name="Pasar Baru")
    db.session.commit()

    assert "Belum ada yang ikut Pasar Baru." in client.get("/panitia/umkm").text


def test_what_is_typed_into_whatsapp_is_plain_text(client, seller):
    seller.name = "D'Sekar & Anak"
    db.session.commit()

    page = client.post("/panitia/umkm/J-001/tautan")

    assert "D%27Sekar%20%26%20Anak" in page.text


def test_who_cannot_be_paid_is_not_ready(client, seller):
    a_product(seller=seller)
    db.session.commit()
    assert "belum ada QRIS" in client.get("/panitia/umkm").text

    a_sticker(seller)
    db.session.commit()
    assert "belum ada QRIS" not in client.get("/panitia/umkm").text


def test_a_replaced_link_is_dead_at_once(client, seller):
    token = sellers.link_token(seller, services().links)

    assert client.post("/panitia/umkm/J-001/tautan/ganti").status_code == 303

    assert client.get(f"/u/{token}/lapak").status_code == 404
    new = sellers.link_token(seller, services().links)
    assert new != token
    assert client.get(f"/u/{new}/lapak").status_code == 200
    assert actions() == ["seller.issue_link"]


@pytest.mark.parametrize("role", [Role.CHAIR, Role.HOST, Role.TREASURER, Role.DISPATCHER])
def test_others_read_but_neither_see_links_nor_change(client, role):
    seller = a_seller(edition=an_edition(), code="J-001")
    token, product = seller_token(seller), a_product(seller=seller)
    sign_in(client, role)

    page = client.get("/panitia/umkm/J-001")
    assert page.status_code == 200
    assert "tautan" not in page.text.lower().replace("tautan sekali", "")
    for path in ("tautan", "tautan/ganti", "ubah", f"produk/{product.claim_code}"):
        answer = client.post(f"/panitia/umkm/J-001/{path}", data=fields())
        assert answer.status_code == 403
        assert token not in answer.text
    assert actions() == []


def test_the_fields_are_changed(client, seller):
    answer = client.post("/panitia/umkm/J-001/ubah", data=fields())

    assert answer.status_code == 303
    assert (seller.name, seller.phone, seller.story) == (
        "Batik Sekar Jati",
        "+6281234567890",
        "Sejak 1987.",
    )
    assert (seller.district_code, seller.district) == ("35.09.19", "Kaliwates")
    assert len(sellers.hours_of([seller.id])[seller.id]) == 2
    assert actions() == ["seller.change"]


def test_a_new_sticker_is_put_into_use(client, seller):
    other = a_seller()
    payload = a_sticker(other)
    client.post("/panitia/umkm/J-001/ubah", data=fields(qris=f" {payload}\n"))

    account = payments.find_account(seller.id)
    assert account is not None
    assert account.payload == payload


def test_a_sticker_in_place_of_another_waits_and_the_page_says_so(client, seller):
    used, payload = a_sticker(seller), a_sticker(a_seller())

    done = client.post("/panitia/umkm/J-001/ubah", data=fields(qris=payload))
    page = client.get(done.location).text

    assert "QRIS yang baru belum dipakai: orang kedua" in page
    assert payments.find_account(seller.id).payload == used


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Wajib diisi."),
        ("phone", "12", "bukan nomor telepon yang ada"),
        ("email", "a@b", "bukan alamat surel"),
        ("hours", "besok", "tidak dimengerti"),
        ("district", "99.99.99", "Pilih salah satu dari daftar."),
        ("cluster", "Otomotif", "Pilih salah satu dari daftar."),
        ("qris", "halo", "Ini bukan isi kode QRIS."),
    ],
)
def test_a_wrong_field_keeps_what_was_typed(client, seller, field, value, sentence):
    page = client.post("/panitia/umkm/J-001/ubah", data=fields(**{field: value}))

    assert page.status_code == 422
    assert sentence in page.text
    assert "Batik Sekar Jati" in page.text or field == "name"
    assert seller.name == "Batik Sekar"
    assert actions() == []


def test_who_stops_is_gone_for_buyers(client, seller):
    gone = fields()
    del gone["active"]
    client.post("/panitia/umkm/J-001/ubah", data=gone)

    assert client.get(f"/s/{seller.slug}").status_code == 404
    assert "berhenti" in client.get("/panitia/umkm").text


def product_fields(product, **given):
    return {
        "name": "Kain baru",
        "description": "",
        "price": "30.000",
        "weight": "250 gr",
        "stock": str(product.stock),
        "seen": str(product.stock),
        "active": "y",
    } | given


def test_a_product_is_changed_with_its_photo(client, seller):
    product = a_product(seller=seller, stock=5)
    path = f"/panitia/umkm/J-001/produk/{product.claim_code}"
    assert client.get(path).status_code == 200

    answer = send(
        client, path, {"photo": ("x.exe", a_photo())}, product_fields(product, stock="8", most="3")
    )

    assert answer.status_code == 303
    assert product.most_per_order == 3
    assert (product.name, product.price_idr, product.weight_g, product.stock) == (
        ("Kain baru", 30_000, 250, 8)
    )
    assert product.photo is not None
    picture = client.get(f"/foto/{product.photo}-320.webp")
    assert picture.mimetype == "image/webp"
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Set-Cookie" not in picture.headers


def test_a_wrong_photo_or_field_changes_nothing(client, seller):
    product = a_product(seller=seller)
    path = f"/panitia/umkm/J-001/produk/{product.claim_code}"
    name = product.name
    page = send(client, path, {"photo": ("x.jpg", b"<svg/>")}, product_fields(product))

    assert page.status_code == 422
    assert "Berkas ini bukan foto." in page.text
    page = client.post(path, data=product_fields(product, price="abc"))
    assert page.status_code == 422
    assert "“abc” bukan harga." in page.text
    assert product.name == name
    assert product.photo is None


def test_products_are_found_only_under_their_seller(client, seller):
    other = a_product()

    assert client.get(f"/panitia/umkm/J-001/produk/{other.claim_code}").status_code == 404
    assert client.get("/panitia/umkm/J-404").status_code == 404
    assert client.get(f"/foto/{'a' * 64}-320.webp").status_code == 404
    assert client.get("/foto/x-320.webp").status_code == 404
