"""The basket, with cookies and without."""

import re

import pytest
import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Basket, BasketLine, FreeShipping
from tests.builders import a_product, a_seller, an_edition


@pytest.fixture(autouse=True)
def edition(app):
    return an_edition()


def put_in(client, code="B07", quantity="2", **form) -> str:
    answer = client.post("/keranjang", data={f"quantity-{code}": quantity, **form})
    assert answer.status_code == 303
    return answer.location


def contents() -> dict[str, int]:
    lines = sa.select(BasketLine).join(BasketLine.product)
    return {line.product.claim_code: line.quantity for line in db.session.scalars(lines)}


def test_the_first_goods_make_a_basket_behind_a_link_and_a_cookie(client):
    a_product(claim_code="B07", name="Kain", price_idr=25_000)

    location = put_in(client)

    assert re.fullmatch(r"/k/[A-Za-z0-9_-]{22,}", location)
    cookie = client.get_cookie("keranjang")
    assert location == f"/k/{cookie.value}"
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    page = client.get(location).text
    assert "Kain" in page
    assert "Rp50.000" in page
    assert client.get("/keranjang").location == location


def test_the_link_is_not_stored(client):
    a_product(claim_code="B07")

    token = put_in(client).removeprefix("/k/")

    assert token not in db.session.scalars(sa.select(Basket.link_hash)).one()


def test_without_cookies_the_form_names_the_basket(client):
    a_product(claim_code="B07")
    a_product(claim_code="B08")
    location = put_in(client)
    client.delete_cookie("keranjang")

    assert put_in(client, "B08", basket=location.removeprefix("/k/")) == location
    assert contents() == {"B07": 2, "B08": 2}


def test_without_cookies_every_page_knows_the_basket_in_hand(client):
    a_product(claim_code="B07")
    location = put_in(client)
    client.delete_cookie("keranjang")
    token = location.removeprefix("/k/")

    for address in (location, f"/?k={token}", f"/jadwal?k={token}", f"/b/ZZZ?k={token}"):
        page = client.get(address).text
        for link in (location, f"/?k={token}", f"/lapak?k={token}", f"/jadwal?k={token}"):
            assert f'href="{link}"' in page
    assert f'name="k" value="{token}"' in client.get(f"/?k={token}").text  # the search


def test_without_cookies_and_link_a_new_basket_begins(client):
    a_product(claim_code="B07")
    first = put_in(client)
    client.delete_cookie("keranjang")

    assert put_in(client) != first
    assert put_in(client, basket="unknown") != first


def test_several_products_go_in_at_once_and_zeros_stay_out(client):
    for code in ("B07", "B08", "B09"):
        a_product(claim_code=code)

    put_in(client, **{"quantity-B08": "3", "quantity-B09": "0"})

    assert contents() == {"B07": 2, "B08": 3}


def test_ordering_now_leads_to_the_checkout(client):
    a_product(claim_code="B07")

    assert put_in(client, then="checkout").endswith("/pesan")


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("", "Pilih dulu jumlah barangnya."),
        ("0", "Pilih dulu jumlah barangnya."),
        ("51", "Paling banyak 50 buah untuk satu barang."),
        ("-1", "Jumlah ditulis dengan angka"),
        ("dua", "Jumlah ditulis dengan angka"),
        ("1e3", "Jumlah ditulis dengan angka"),
        ("99999999999999999999", "Jumlah ditulis dengan angka"),
    ],
)
def test_wrong_quantities_are_told_on_the_page_they_came_from(client, quantity, sentence):
    a_product(claim_code="B07")

    location = put_in(client, quantity=quantity, back="/b/B07")

    assert location == "/b/B07"
    assert sentence in client.get(location).text
    assert contents() == {}


def test_unknown_goods_and_foreign_addresses_lead_to_the_stalls(client):
    assert put_in(client, "Z99", back="//evil.example") == "/lapak"


def test_quantities_are_changed_and_lines_taken_out(client):
    a_product(claim_code="B07")
    a_product(claim_code="B08")
    location = put_in(client, **{"quantity-B08": "1"})

    client.post(location, data={"quantity-B07": "4", "quantity-B08": "1"})
    assert contents() == {"B07": 4, "B08": 1}
    client.post(location, data={"quantity-B07": "4", "quantity-B08": "1", "remove": "B08"})
    assert contents() == {"B07": 4}
    client.post(location, data={"quantity-B07": "0"})
    assert contents() == {}
    assert "Keranjang masih kosong" in client.get(location).text


def test_a_wrong_change_changes_nothing_and_says_why(client):
    a_product(claim_code="B07")
    location = put_in(client)

    client.post(location, data={"quantity-B07": "banyak"})

    assert contents() == {"B07": 2}
    assert "Jumlah ditulis dengan angka" in client.get(location).text


def test_going_on_to_order_keeps_what_was_changed(client):
    a_product(claim_code="B07")
    location = put_in(client)

    answer = client.post(location, data={"quantity-B07": "5", "then": "checkout"})

    assert answer.location == f"{location}/pesan"
    assert contents() == {"B07": 5}


def test_lines_that_cannot_be_had_are_marked(client):
    gone = a_product(claim_code="B07")
    short = a_product(claim_code="B08")
    a_product(claim_code="B09", seller=a_seller())
    location = put_in(client, **{"quantity-B08": "2", "quantity-B09": "2"})
    assert "Kurangi jumlahnya atau keluarkan" not in client.get(location).text

    gone.active, short.stock = False, 1

    page = client.get(location).text
    assert page.count("Habis") == 1
    assert "Tinggal 1" in page
    assert "Kurangi jumlahnya atau keluarkan" in page


@pytest.mark.parametrize("products", [1, 3])
def test_a_fuller_basket_costs_no_more_queries(client, queries, products):
    form = {f"quantity-{a_product().claim_code}": "1" for _ in range(products)}
    location = client.post("/keranjang", data=form).location
    queries.clear()

    client.get(location)

    assert len(queries) == 3


def test_an_empty_hand_gets_an_empty_basket_page(client):
    answer = client.get("/keranjang")

    assert answer.status_code == 200
    assert "Keranjang masih kosong" in answer.text


def test_a_cookie_of_a_basket_that_is_gone_is_no_fault(client):
    client.set_cookie("keranjang", "gone")

    assert "Keranjang masih kosong" in client.get("/keranjang").text


def test_wrong_links_are_all_alike(client):
    paths = ["/k/unknown", "/k/" + "a" * 22, "/k/unknown/pesan", "/k/unknown/ongkir"]
    answers = [client.get(path) for path in paths]
    answers += [client.post(path, data={}) for path in paths[:3]]

    assert {answer.status_code for answer in answers} == {404}
    pages = {without_id(answer.text, paths) for answer in answers}
    assert len(pages) == 1


def without_id(page: str, paths: list[str]) -> str:
    """The page without what tells of the request itself."""
    page = re.sub(r"<code>[0-9a-f]{16}</code>|content=\"[^\"]*\d\d:\d\d[^\"]*\"", "", page)
    return re.sub(r"next=[^\"&]*", "", page)


def test_baskets_are_private(client):
    a_product(claim_code="B07")
    answer = client.get(put_in(client))

    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_basket_says_how_much_is_missing_for_free_shipping(client):
    product = a_product(price_idr=25_000)
    db.session.add(FreeShipping(prefix="35", min_goods_idr=60_000))
    location = client.post("/keranjang", data={f"quantity-{product.claim_code}": "1"}).location
    page = client.get(location).text.replace("\xa0", "")
    assert "Gratis ongkir mulai Rp60.000 dari lapak ini (Jawa Timur): kurang Rp35.000 lagi." in page


def test_more_than_one_order_may_have_is_lowered_and_told(client, now):
    product = a_product(name="Kopi", most_per_order=2)
    form = {f"quantity-{product.claim_code}": "5"}

    basket = client.post("/keranjang", data=form).location

    assert "Kopi paling banyak 2 per pesanan; jumlahnya disesuaikan." in client.get(basket).text
    client.post(basket, data=form)
    assert "Kopi paling banyak 2 per pesanan" in client.get(basket).text
    product.most_per_order = 1
    db.session.commit()
    page = client.get(basket).text
    assert "Paling banyak 1 per pesanan" in page
    assert "Tinggal" not in page
    page = client.get(f"{basket}/pesan").text
    assert "Perbaiki keranjang" in page
    assert "Sesuaikan dengan stok" in page


def test_the_product_page_says_how_many_one_order_may_have(client):
    product = a_product(most_per_order=2)

    page = client.get(f"/b/{product.claim_code}").text

    assert "paling banyak 2 per pesanan" in page
    assert 'max="2"' in page
