"""Home, stalls and products as buyers see them."""

from datetime import timedelta

import pytest

from bazaar.db import db
from tests.builders import (
    a_product,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
)


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def edition(app):
    return an_edition()


def test_the_front_page_tells_who_is_on_what_they_sell_and_who_comes(client, edition, now):
    on_air = a_seller(edition=edition, name="Batik Sekar")
    coming = a_seller(edition=edition, name="Kopi Sido")
    release = a_release(edition)
    a_turn(release, on_air, starts_at=now)
    a_turn(release, coming, starts_at=now + timedelta(minutes=15))
    a_product(seller=on_air, name="Kain tulis", claim_code="B07")
    a_product(seller=coming, name="Kopi bubuk")

    page = client.get("/").text

    assert page.index("ON AIR") < page.index("Yang sedang ditawarkan")
    assert 'href="/b/B07"' in page
    assert "Kopi bubuk" not in page
    assert page.index("Nanti hari ini") < page.rindex("Kopi Sido")


def test_the_front_page_before_the_first_edition_says_so(client, app):
    page = client.get("/")

    assert page.status_code == 200
    assert "Bazar belum dibuka" in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_a_fuller_front_page_costs_no_more_queries(client, edition, queries, now, rows):
    release = a_release(edition)
    for number in range(rows):
        seller = a_seller(edition=edition)
        a_product(seller=seller)
        a_product(seller=seller)
        a_turn(release, seller, starts_at=now + timedelta(minutes=15 * number))
    db.session.commit()
    client.get("/")  # the day is read once, then only when it changed
    queries.clear()

    client.get("/")

    assert len(queries) == 7


def test_stalls_are_searched_filtered_and_paged(client, edition):
    for number in range(25):
        a_seller(edition=edition, name=f"Batik {number:02}", cluster="Batik")
    a_seller(edition=edition, name="Kopi Sido", cluster="Kopi")

    first = client.get("/lapak").text
    assert "Batik 23" in first
    assert "Batik 24" not in first
    assert "Batik 24" in client.get("/lapak?page=2").text
    assert "Batik" not in client.get("/lapak?cluster=Kopi").text.split("</form>")[-1]
    found = client.get("/lapak?q=sido+sumbersari").text
    assert "Kopi Sido" in found
    assert "Batik 01" not in found


def test_a_search_finds_products_too(client, edition):
    a_product(seller=a_seller(edition=edition, name="Kopi Sido"), name="Keripik pisang")

    page = client.get("/lapak?q=keripik").text

    assert "Keripik pisang" in page
    assert "Tidak ada lapak bernama" in page


@pytest.mark.parametrize("query", ["q=zzz", "cluster=Tidak+ada", "q=%25", "q=_"])
def test_a_search_without_hits_says_what_to_do(client, edition, query):
    a_seller(edition=edition)

    page = client.get(f"/lapak?{query}")

    assert page.status_code == 200
    assert "Tidak ada yang cocok" in page.text


def test_without_sellers_the_list_says_so(client, edition):
    assert "Belum ada lapak" in client.get("/lapak").text


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_list_costs_no_more_queries(client, edition, queries, rows):
    for _ in range(rows):
        a_product(seller=a_seller(edition=edition, name="Kopi"))
    db.session.commit()
    client.get("/lapak?q=kopi")  # the day is read once, then only when it changed
    queries.clear()

    client.get("/lapak?q=kopi")

    assert len(queries) == 7


def test_a_claim_code_in_the_search_leads_to_its_product(client, edition):
    a_product(claim_code="B07")

    assert client.get("/cari?q=b-7").location == "/b/B07"
    assert client.get("/cari?q=kopi").location == "/lapak?q=kopi"
    assert client.get("/cari?q=B08").location == "/lapak?q=B08"
    assert client.get("/cari").location == "/lapak"


def test_a_stall_tells_its_story_and_when_it_is_on(client, edition, now):
    seller = a_seller(edition=edition, slug="kopi-sido", story="Sejak 1998.", district="Ambulu")
    a_turn(a_release(edition), seller, starts_at=now + timedelta(hours=1))
    a_product(seller=seller, name="Kopi bubuk", price_idr=38_500)

    page = client.get("/s/kopi-sido").text

    assert "Sejak 1998." in page
    assert "Kec. Ambulu" in page
    assert "Min 1 Mar 20.00 WIB" in page
    assert "Rp38.500" in page
    assert "belum menerima QRIS" in page


def test_a_stall_on_air_says_so_and_one_with_a_sticker_takes_qris(client, edition, now):
    seller = a_seller(edition=edition, slug="kopi-sido")
    a_turn(a_release(edition), seller, starts_at=now)
    a_product(seller=seller)
    a_sticker(seller)

    page = client.get("/s/kopi-sido").text

    assert "Sedang siaran" in page
    assert "Bayar dengan QRIS" in page


def test_an_empty_stall_and_a_sold_out_one_say_so(client, edition):
    a_seller(edition=edition, slug="kosong")
    a_product(seller=a_seller(edition=edition, slug="habis"), stock=0)

    assert "belum memajang barang" in client.get("/s/kosong").text
    page = client.get("/s/habis").text
    assert "sedang habis" in page
    assert "Masukkan ke keranjang" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_fuller_stall_costs_no_more_queries(client, edition, queries, rows):
    seller = a_seller(edition=edition, slug="kopi")
    for _ in range(rows):
        a_product(seller=seller)
    db.session.commit()
    client.get("/lapak")  # the show day is read once, then only when it changed
    queries.clear()

    client.get("/s/kopi")

    assert len(queries) == 6


def test_a_product_page_shows_what_is_needed_to_buy(client, edition):
    a_product(claim_code="B07", name="Kain <tulis>", price_idr=475_000, weight_g=1500, stock=3)

    page = client.get("/b/B07").text

    assert "Kain &lt;tulis&gt;" in page
    for text in ("Rp475.000", "1,5 kg", "tinggal 3", "Pesan sekarang", 'max="3"'):
        assert text in page


@pytest.mark.parametrize("written", ["b07", "B-07", "b7", "%20b07"])
def test_a_code_written_otherwise_leads_to_its_one_address(client, edition, written):
    a_product(claim_code="B07")

    answer = client.get(f"/b/{written}")

    assert (answer.status_code, answer.location) == (302, "/b/B07")


def test_an_unknown_code_is_answered_with_a_search(client, edition):
    answer = client.get("/b/Z99")

    assert answer.status_code == 404
    assert 'action="/cari"' in answer.text
    assert 'value="Z99"' in answer.text


def test_a_sold_out_product_cannot_be_ordered(client, edition):
    a_product(claim_code="B07", stock=0)

    page = client.get("/b/B07").text

    assert "Sedang habis" in page
    assert "Pesan sekarang" not in page


@pytest.mark.parametrize("path", ["/s/tidak-ada", "/s/tutup"])
def test_unknown_and_closed_stalls_are_not_told_apart(client, edition, path):
    a_seller(slug="tutup", active=False)

    answer = client.get(path)

    assert answer.status_code == 404
    assert "Lapak ini tidak ditemukan." in answer.text


def test_the_basket_in_hand_travels_along(client, edition):
    seller = a_seller(edition=edition, slug="kopi")
    a_product(seller=seller, claim_code="B07")

    stall = client.get("/s/kopi?k=rahasia").text

    assert 'name="basket" value="rahasia"' in stall
    assert 'href="/b/B07?k=rahasia"' in stall
    assert 'href="/k/rahasia"' in stall
    assert 'href="/s/kopi?k=rahasia"' in client.get("/lapak?k=rahasia").text
    assert client.get("/b/b7?k=rahasia").location == "/b/B07?k=rahasia"
