"""A seller's own stall, by the personal link."""

import pytest
import sqlalchemy as sa

from bazaar import catalog, waiting
from bazaar.db import db
from bazaar.models import AuditEntry
from bazaar.pixels import MAX_BYTES
from bazaar.web.services import waiting_letters
from tests.builders import NOW, a_product, a_seller, an_edition, seller_token
from tests.test_photos import HEIC, a_photo, flat_jpeg
from tests.uploads import send


@pytest.fixture
def seller(app):
    return a_seller(edition=an_edition(), name="Batik Sekar", story="Lama.")


@pytest.fixture
def stall(seller):
    return f"/u/{seller_token(seller)}/lapak"


def noted():
    query = (
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.actor.startswith("seller:"))
    )
    return [(entry.action, entry.actor_name) for entry in db.session.scalars(query)]


def test_a_stall_shows_all_its_products(client, seller, stall):
    one = a_product(seller=seller, name="Kain A", stock=3)
    off = a_product(seller=seller, name="Kain B", active=False)
    other = a_product(name="Punya lain")

    page = client.get(stall).text

    assert all(text in page for text in (one.name, one.claim_code, off.name, "tidak dijual"))
    assert other.name not in page


def test_a_stall_tells_how_many_wait_and_not_who(client, seller, stall, now):
    kopi = a_product(seller=seller, stock=0, name="Kopi")
    elsewhere = a_product(stock=0)
    links = waiting_letters().links
    for number, (product, pieces) in enumerate([(kopi, 2), (kopi, 3), (elsewhere, 7)]):
        who = waiting.Who(name="Bu Rini", phone=f"+628123456789{number}")
        waiting.join(product, pieces, who, key=f"{number}" * 22, links=links, now=now)
    page = client.get(stall).text
    assert "2 orang menunggu 5 buah" in page
    assert "Rini" not in page
    assert "345-678" not in page
    assert "2 orang di daftar tunggu" in client.get(stall.replace("lapak", "pesanan")).text

    catalog.set_stock(kopi, 2, now=now)
    waiting.sweep(now, waiting_letters())

    page = client.get(stall).text
    assert "1 orang menunggu 3 buah" in page
    assert "2 buah sedang ditawarkan" in page


def test_an_empty_stall_says_what_to_do(client, stall):
    assert "Belum ada produk" in client.get(stall).text


def test_stock_and_offer_are_changed_and_noted(client, seller, stall):
    product = a_product(seller=seller, stock=3)

    answer = client.post(f"{stall}/{product.claim_code}", data={"stock": "12", "seen": "3"})

    assert answer.headers["Location"] == f"{stall}#{product.claim_code}"
    assert (product.stock, product.active) == (12, False)
    assert noted() == [("product.change", "Batik Sekar")]


def test_a_page_from_before_an_order_puts_nothing_back(client, seller, stall):
    product = a_product(seller=seller, stock=5)
    catalog.set_stock(product, 3, now=NOW)  # two were ordered meanwhile

    untouched = client.post(
        f"{stall}/{product.claim_code}", data={"stock": "5", "seen": "5", "active": "1"}
    )
    assert (untouched.status_code, product.stock) == (303, 3)

    page = client.post(
        f"{stall}/{product.claim_code}", data={"stock": "10", "seen": "5", "active": "1"}
    )
    assert (page.status_code, product.stock) == (422, 3)
    assert "sekarang 3. Periksa, lalu simpan sekali lagi." in page.text
    assert 'name="seen" type="hidden" value="3"' in page.text
    assert 'value="10"' in page.text

    client.post(f"{stall}/{product.claim_code}", data={"stock": "10", "seen": "3", "active": "1"})
    assert product.stock == 10


@pytest.mark.parametrize("stock", ["", "-1", "sepuluh", "100001", "9" * 40])
def test_a_wrong_stock_has_its_sentence(client, seller, stall, stock):
    product = a_product(seller=seller, stock=5)
    page = client.post(f"{stall}/{product.claim_code}", data={"stock": stock, "seen": "5"})

    assert page.status_code == 422
    assert f'id="stock-{product.id}-error"' in page.text
    assert (product.stock, product.active) == (5, True)


@pytest.mark.parametrize("data", [a_photo(), flat_jpeg(8000, 6000) + b"\0" * 12_000_000])
def test_a_photo_is_replaced(client, seller, stall, data):
    product = a_product(seller=seller)

    assert (
        send(
            client, f"{stall}/{product.claim_code}/foto", {"photo": ("foto.jpg", data)}
        ).status_code
        == 303
    )

    assert f"/foto/{product.photo}-320.webp" in client.get(stall).text
    assert noted() == [("product.photo", "Batik Sekar")]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg onload=alert(1)>", "Berkas ini bukan foto."),
        (a_photo(size=(20, 20)), "Foto ini terlalu kecil."),
        (a_photo() + b"\0" * MAX_BYTES, "Foto ini terlalu besar. Paling besar 15 MB"),
        (HEIC, "Foto HEIC dari iPhone belum dapat dibaca."),
    ],
)
def test_a_wrong_photo_is_told(client, seller, stall, data, sentence):
    product = a_product(seller=seller)
    page = send(client, f"{stall}/{product.claim_code}/foto", {"photo": ("foto.jpg", data)})

    assert page.status_code == 422
    assert sentence in page.text
    assert product.photo is None


def test_no_photo_chosen_is_told(client, seller, stall):
    product = a_product(seller=seller)
    page = client.post(f"{stall}/{product.claim_code}/foto", data={})

    assert page.status_code == 422
    assert "Pilih fotonya dulu." in page.text


def test_the_story_is_changed(client, seller, stall):
    client.post(f"{stall}/cerita", data={"story": " Sejak 1987.\r\nTiga generasi. "})

    assert seller.story == "Sejak 1987.\nTiga generasi."
    assert noted() == [("seller.story", "Batik Sekar")]
    page = client.post(f"{stall}/cerita", data={"story": "x" * 2_001})
    assert page.status_code == 422
    assert "Paling panjang 2000 huruf; ini 2001." in page.text


def test_others_products_are_out_of_reach(client, seller, stall):
    other = a_product(stock=4)

    for path in (other.claim_code, f"{other.claim_code}/foto"):
        assert client.post(f"{stall}/{path}", data={"stock": "9"}).status_code == 404
    assert other.stock == 4
    assert client.get(f"/u/{'x' * 43}/lapak").status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_a_fuller_stall_costs_no_more_queries(client, seller, stall, queries, rows):
    for _ in range(rows):
        a_product(seller=seller)
    client.get(stall)
    queries.clear()

    client.get(stall)

    assert len(queries) == 5


SIZES = {"length": "30", "width": "20", "height": "5"}
CUSTOMS = {"net_weight": "180", "hs_code": "6217.10", "customs_text": " Cotton  scarf "}


def test_sizes_and_customs_data_are_kept(client, seller, stall):
    product = a_product(seller=seller, stock=3)
    path, form = f"{stall}/{product.claim_code}", {"stock": "3", "seen": "3", "active": "1"}
    assert "Ukuran dan bea cukai" in client.get(stall).text

    assert client.post(path, data=form | SIZES | CUSTOMS).status_code == 303
    assert (product.length_cm, product.width_cm, product.height_cm) == (30, 20, 5)
    assert (product.hs_code, product.customs_text) == ("621710", "Cotton scarf")
    assert product.net_weight_g == 180

    client.post(path, data=form)  # a page without these fields leaves them
    assert product.hs_code == "621710"
    client.post(path, data=form | {"length": "", "hs_code": ""})
    assert (product.length_cm, product.width_cm, product.hs_code) == (None, 20, "")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("most", "0", "Isi antara 1 dan 50"),
        ("length", "besar", "bukan ukuran"),
        ("height", "500", "di luar batas"),
        ("hs_code", "62", "Kode HS terdiri dari"),
        ("customs_text", "kain “batik”", "huruf biasa"),
    ],
)
def test_each_wrong_size_has_its_sentence(client, seller, stall, field, value, sentence):
    product = a_product(seller=seller, stock=3)
    form = {"stock": "3", "seen": "3", "active": "1", field: value}
    answer = client.post(f"{stall}/{product.claim_code}", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
