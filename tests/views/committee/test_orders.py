"""Every order is found and told whole."""

import pytest

from bazaar import orders, payments, shipments
from bazaar.db import db
from bazaar.models import Role
from tests.builders import HOST, a_product, a_sticker, an_order, sign_in


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def order(app):
    product = a_product(price_idr=25_000, name="Batik tulis")
    a_sticker(product.seller, name="BATIK CONTOH JEMBER")
    return an_order(product, quantity=2, note="Bungkus kado", reference="PV-7XK2Q")


def test_an_order_is_found_as_its_buyer_names_it(client, order):
    other = an_order(a_product(), buyer_name="Budi", phone="+6281399990000")
    sign_in(client, Role.HOST)

    for asked in ("7xk2o", "PV-7XK2Q", "siti", "7890"):
        page = client.get("/panitia/pesanan", query_string={"q": asked}).text
        assert "PV-7XK2Q" in page, asked
        assert other.reference not in page, asked


def test_filters_narrow_the_list(client, order, now):
    other = an_order(a_product())
    orders.cancel(other, now=now)
    sign_in(client, Role.HOST)

    def listed(**asked):
        page = client.get("/panitia/pesanan", query_string=asked).text
        return "PV-7XK2Q" in page, other.reference in page

    assert listed() == (True, True)
    assert listed(keadaan="cancelled") == (False, True)
    assert listed(umkm=order.seller.code) == (True, False)
    assert listed(hari="2026-03-01") == (True, True)
    assert listed(hari="2026-02-28") == (False, False)
    assert listed(keadaan="x", umkm="x", hari="x", page="x") == (True, True)


def test_the_page_of_an_order_tells_everything(client, order, now):
    payments.confirm(payments.charge_of(order, now=now), actor=HOST, now=now, note="jam 19.02")
    shipments.open_parcels(now)
    sign_in(client, Role.HOST)

    page = client.get("/panitia/pesanan/PV-7XK2Q").text

    for fact in (
        "Batik tulis",
        "Rp62.000",
        "Siti Aminah",
        "0812-3456-7890",
        "Jalan Jawa 10",
        "Bungkus kado",
        "BATIK CONTOH JEMBER",
        "jam 19.02",
        HOST.name,
        "PK-7XK2Q",
        "payment.confirm",
    ):
        assert fact in page, fact


def test_a_reference_as_it_was_heard_opens_the_page(client, order):
    sign_in(client, Role.HOST)

    assert client.get("/panitia/pesanan/pv7xk2o").status_code == 200
    assert client.get("/panitia/pesanan/PV-22222").status_code == 404
    assert client.get("/panitia/pesanan/x").status_code == 404


def test_an_order_without_a_code_can_be_opened(client):
    order = an_order(a_product())
    sign_in(client, Role.TREASURER)

    page = client.get(f"/panitia/pesanan/{order.reference}").text

    assert "Tanpa kode QR" in page
    assert f"/panitia/uang/{order.reference}/masuk" in page


def test_an_empty_list_says_what_will_come(client):
    sign_in(client, Role.HOST)

    assert "Belum ada pesanan" in client.get("/panitia/pesanan").text
    assert "Tidak ada yang cocok" in client.get("/panitia/pesanan?q=siti").text


def test_a_longer_list_costs_no_more_queries(client, queries):
    counts = []
    sign_in(client, Role.HOST)
    for _ in range(2):
        for _ in range(3):
            an_order(a_product())
        db.session.commit()
        queries.clear()
        client.get("/panitia/pesanan")
        counts.append(len(queries))

    assert counts[0] == counts[1]
