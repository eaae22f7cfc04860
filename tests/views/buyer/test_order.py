"""The buyer's page of orders."""

import re

import pytest

from bazaar import orders, shipments
from bazaar.db import db
from bazaar.rules.shipping import PICK_UP
from tests.builders import HOST, a_parcel, a_product, a_rate, a_sticker, an_order, order_token


@pytest.fixture(autouse=True)
def clock(app, time_machine, now):
    time_machine.move_to(now)


def address(order) -> str:
    return f"/o/{order_token(order)}"


def test_the_page_tells_what_was_ordered_and_until_when_it_is_held(client):
    product = a_product(name="Kain tulis", price_idr=25_000)
    a_sticker(product.seller)
    order = an_order(product, quantity=2, note="Bungkus kado")

    page = client.get(address(order)).text

    for text in (
        order.reference,
        product.seller.name,
        "2 × Kain tulis",
        "Rp62.000",
        "Menunggu bayar",
        "Stok ditahan sampai",
        "Bungkus kado",
        "Sumbersari, Sumbersari, Jember, Jawa Timur",
        "Simpan tautan ini",
        "https://wa.me/?text=",
    ):
        assert text in page


def test_who_and_where_is_masked(client):
    order = an_order(a_product())

    page = client.get(address(order)).text

    assert "Si** Am**" in page
    for secret in ("Siti", "Aminah", "Jalan Jawa", "0812-3456-7890", "81234567890"):
        assert secret not in page


def test_orders_of_one_checkout_stand_side_by_side(client):
    order = an_order(a_product(), a_product())

    page = client.get(address(order)).text

    assert page.count("<article") == 2
    assert "2 pesanan, satu per lapak" in page


def test_the_story_goes_on_with_the_order(client, now):
    order = an_order(a_product())
    assert "Menunggu pembayaran" in client.get(address(order)).text

    orders.mark_paid(order.id, now=now)
    paid = client.get(address(order)).text
    assert "Pembayaran diterima" in paid
    assert "Stok ditahan" not in paid
    assert "Batalkan pesanan ini" not in paid


def test_who_fetches_reads_of_no_courier(client, now):
    a_rate(courier=PICK_UP, first_kg_idr=0, next_kg_idr=0, days="")
    product = a_product()
    wish = {"couriers": {product.seller_id: PICK_UP}, "village_code": "", "area": ""}
    parcel = a_parcel(product, street=PICK_UP, postal_code="", **wish)
    order = parcel.order
    db.session.commit()
    packing = client.get(address(order)).text
    shipments.pack(parcel, actor=HOST, now=now)
    db.session.commit()
    ready = client.get(address(order)).text
    shipments.hand_over(parcel, PICK_UP, "", actor=HOST, now=now)
    db.session.commit()
    fetched = client.get(address(order)).text
    tracked = client.get(f"{address(order)}/{order.reference}/paket/1").text

    for wrong in ("Diserahkan ke kurir", "Kurir membawa", "resi"):
        assert wrong not in tracked
    assert tracked.count("Sudah diambil") == 2
    for page in (packing, ready, fetched):
        assert "Ambil sendiri di lapak" in page
        assert "Diambil di lapak" in page
        for wrong in ("Dikirim ke", "Sampai di tujuan", "Diserahkan ke kurir", "resi"):
            assert wrong not in page
    assert "Siap diambil. Penjual memberi tahu tempat dan waktunya" in ready
    assert "Sudah diambil" in fetched
    assert "Siap diambil" not in fetched


def test_an_expired_order_says_so_and_leads_back_to_the_stall(client):
    order = an_order(a_product())
    orders.expire_unpaid(order.release_at)

    page = client.get(address(order)).text

    assert "Waktu bayar habis dan barang dilepas." in page
    assert f'href="/s/{order.seller.slug}"' in page


def test_between_deadline_and_release_nothing_invites_to_pay(client, time_machine):
    product = a_product()
    a_sticker(product.seller)
    order = an_order(product)
    time_machine.move_to(order.pay_before)

    page = client.get(address(order)).text

    assert "Waktu bayar sudah habis" in page
    assert "Sudah membayar tepat waktu?" in page
    for text in ("Stok ditahan", "qr.png", "Batalkan pesanan ini"):
        assert text not in page


def test_a_refused_form_leads_back_to_its_page(client):
    order = an_order(a_product())
    action = f"{address(order)}/{order.reference}/batal"
    client.post(action)

    def back(referrer: str) -> str:
        page = client.post(action, headers={"Referer": referrer}).text
        return page.split('class="btn btn-primary" href="')[1].split('"')[0]

    page = address(order)
    assert back(f"http://localhost{page}?k=1") == f"{page}?k=1"
    # Where the browser does not say, or says what cannot be opened: the beginning of their pages.
    for odd in (f"https://evil.example{page}?k=1", f"http://localhost{action}", ""):
        assert back(odd) == page


def test_the_buyer_cancels_in_two_steps_and_once(client):
    product = a_product(stock=5)
    order = an_order(product)
    page = client.get(address(order)).text
    action = f"{address(order)}/{order.reference}/batal"
    assert f'action="{action}"' in page

    first = client.post(action)
    second = client.post(action)

    assert (first.status_code, first.location) == (303, address(order))
    assert second.status_code == 409
    assert "Keadaan pesanan ini sudah berubah." in second.text
    assert product.stock == 5
    assert "Dibatalkan" in client.get(address(order)).text


def test_a_paid_order_is_not_cancelled(client, now):
    product = a_product(stock=5)
    order = an_order(product)
    orders.mark_paid(order.id, now=now)

    answer = client.post(f"{address(order)}/{order.reference}/batal")

    assert answer.status_code == 409
    assert product.stock == 4


def test_a_page_that_waits_is_told_only_what_is_new(client, now):
    order = an_order(a_product())
    status = f"{address(order)}/status"

    first = client.get(status)
    assert "<html" not in first.text
    assert first.headers["Cache-Control"] == "no-store"
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(status, headers=known).status_code == 304

    orders.mark_paid(order.id, now=now)
    changed = client.get(status, headers=known)
    assert changed.status_code == 200
    assert "Pembayaran diterima" in changed.text


def test_a_page_on_which_nothing_will_change_stops_asking(client, now):
    order = an_order(a_product())
    status = f"{address(order)}/status"
    orders.cancel(order, now=now)

    last = client.get(status)

    assert last.status_code == 200
    assert client.get(status, headers={"If-None-Match": last.headers["ETag"]}).status_code == 204


def test_the_whole_page_shows_what_the_fragment_shows(client):
    order = an_order(a_product())

    assert client.get(f"{address(order)}/status").text.strip() in client.get(address(order)).text


def test_orders_are_private(client):
    answer = client.get(address(an_order(a_product())))

    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_wrong_links_are_all_alike_and_references_open_nothing(client):
    order, other = an_order(a_product()), an_order(a_product())
    token, reference = order_token(order), order.reference
    answers = [
        client.get("/o/unknown"),
        client.get(f"/o/{reference}"),
        client.get(f"/o/{token[:-1]}"),
        client.get(f"/o/{reference}/status"),
        client.post(f"/o/unknown/{reference}/batal"),
        client.post(f"/o/{order_token(other)}/{reference}/batal"),
        client.post(f"/o/{token}/{other.reference}/batal"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({without_id(answer.text) for answer in answers}) == 1


def without_id(page: str) -> str:
    page = re.sub(r"<code>[0-9a-f]{16}</code>|content=\"[^\"]*\d\d:\d\d[^\"]*\"", "", page)
    return re.sub(r"next=[^\"&]*", "", page)


@pytest.mark.parametrize("products", [1, 3])
def test_a_bigger_order_costs_no_more_queries(client, queries, products):
    order = an_order(*(a_product() for _ in range(products)))
    path = address(order)
    db.session.commit()
    queries.clear()

    client.get(path)

    assert len(queries) == 12
