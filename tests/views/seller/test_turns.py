from datetime import timedelta

import pytest

from bazaar import broadcast, editions, rotation
from bazaar.models import OrderStatus
from bazaar.show.sales import Sales
from tests.builders import (
    a_product,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    an_order,
    seller_token,
)


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def seller(app, now, time_machine):
    time_machine.move_to(now)
    return a_seller(edition=an_edition(), name="Batik Sri")


@pytest.fixture
def token(seller):
    return seller_token(seller)


@pytest.fixture
def turn(seller, now):
    return a_turn(a_release(editions.get_current()), seller, starts_at=now + minutes(60))


@pytest.mark.parametrize(
    ("minute", "shown"),
    [
        (0, ["Giliran berikutnya", "Minggu, 1 Maret 2026", "20.00–20.15 WIB", "Mulai dalam"]),
        (45, ["Sebentar lagi giliran Anda", "Masuk ruang Zoom sekarang"]),
        (60, ["Anda ON AIR", "Buka Zoom", "0 pesanan masuk"]),
        (75, ["Belum ada giliran untuk Anda", "Sudah tampil", "tanpa pesanan"]),
    ],
)
def test_the_page_tells_when_the_turn_is(client, token, turn, time_machine, now, minute, shown):
    time_machine.move_to(now + minutes(minute))

    page = client.get(f"/u/{token}").text

    assert [text for text in shown if text not in page] == []
    assert ("https://zoom.us/j/9001" in page) == (minute < 75)


def test_the_part_that_follows_the_clock_is_served_alone(client, token, turn, time_machine, now):
    first = client.get(f"/u/{token}/giliran")
    known = {"If-None-Match": first.headers["ETag"]}

    assert "<html" not in first.text
    assert client.get(f"/u/{token}/giliran", headers=known).status_code == 304
    time_machine.move_to(now + minutes(60))
    assert "Anda ON AIR" in client.get(f"/u/{token}/giliran", headers=known).text


def test_sales_are_those_of_the_turn_also_after_a_new_release(seller, token, turn):
    product = a_product(seller=seller, price_idr=50_000)
    sold = an_order(product, turn=turn)
    expired = an_order(product, turn=turn)
    expired.status = OrderStatus.EXPIRED
    an_order(product)
    again = a_release(editions.get_current(), number=2)
    a_turn(again, seller, starts_at=turn.starts_at)

    (copy,) = rotation.turns_of(seller.id)
    assert broadcast.sold_in([copy]) == {copy.id: Sales(1, sold.goods_idr)}
    assert broadcast.sold_in([]) == {}


def test_products_on_offer_are_shown_with_code_and_stock(client, seller, token):
    full = a_product(seller=seller, stock=7)
    a_product(seller=seller, stock=0)

    page = client.get(f"/u/{token}").text

    assert full.claim_code in page
    assert "sisa 7" in page
    assert "habis" in page


def test_a_seller_without_turn_or_product_is_told_what_comes(client, token):
    page = client.get(f"/u/{token}").text

    assert "Belum ada giliran untuk Anda" in page
    assert "Belum ada produk" in page


def test_an_unknown_link_is_not_found(client, app):
    assert client.get("/u/salah").status_code == 404
    assert client.get("/u/salah/giliran").status_code == 404
