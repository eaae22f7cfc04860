"""What the buyer sees of the parcel, and the button that ends the order."""

import pytest

from bazaar import orders, shipments
from bazaar.db import db
from bazaar.models import AuditEntry, OrderStatus, ParcelStatus
from tests.builders import HOST, NOW, a_parcel, a_product, an_order, order_token

RESI = "012345678901"


def page_of(client, order):
    return client.get(f"/o/{order_token(order)}").text


def receive(client, order):
    return client.post(f"/o/{order_token(order)}/{order.reference}/diterima")


def test_the_parcel_is_told_of_from_the_payment_on(client, now):
    order = an_order(a_product())
    assert "Menunggu dikemas" not in page_of(client, order)

    orders.mark_paid(order.id, now=now)
    assert "Menunggu dikemas" in page_of(client, order)

    shipments.open_parcels(now)
    parcel = shipments.get_parcel_of(order.id)
    shipments.pack(parcel, actor=HOST, now=now)
    assert "Nomor resi muncul di sini" in page_of(client, order)

    shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=now)
    page = page_of(client, order)
    for text in (
        f'data-copy="{RESI}"',
        'href="https://www.jne.co.id/tracking-package" target="_blank" rel="noopener noreferrer"',
        "Barang sudah saya terima",
    ):
        assert text in page


def test_the_buyer_ends_the_order(client):
    parcel = a_parcel(resi=RESI)
    order = parcel.order

    answers = [receive(client, order) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == f"/o/{order_token(order)}"
    assert (order.status, parcel.status) == (OrderStatus.DONE, ParcelStatus.DELIVERED)
    told = db.session.query(AuditEntry).filter_by(action="parcel.deliver").all()
    assert [(row.actor, row.subject) for row in told] == [("buyer", f"parcel:{parcel.code}")]
    page = page_of(client, order)
    assert "Diterima" in page
    assert "Barang sudah saya terima" not in page


def test_what_is_not_sent_cannot_be_received(client):
    parcel = a_parcel()

    assert receive(client, parcel.order).status_code == 409
    assert parcel.order.status is OrderStatus.PAID
    assert receive(client, an_order(a_product())).status_code == 404


def test_another_buyers_link_ends_nothing(client):
    parcel, other = a_parcel(resi=RESI), a_parcel(resi="999999999999")
    path = f"/o/{order_token(other.order)}/{parcel.order.reference}/diterima"

    assert client.post(path).status_code == 404
    assert parcel.status is ParcelStatus.HANDED_OVER


@pytest.mark.parametrize("courier", ["Kurir Desa", "Ambil sendiri"])
def test_a_courier_without_a_page_has_no_link(client, courier):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=NOW)
    resi = RESI if courier == "Kurir Desa" else ""
    shipments.hand_over(parcel, courier, resi, actor=HOST, now=NOW)

    page = page_of(client, parcel.order)

    assert "Lacak di halaman kurir" not in page
    assert ("Salin resi" in page) == bool(resi)
    assert "Barang sudah saya terima" in page


def test_an_order_in_two_parcels_is_done_with_the_second(client, now):
    order = an_order(a_product(), quantity=3)
    orders.mark_paid(order.id, now=now)
    shipments.open_parcels(now)
    first = shipments.get_parcel_of(order.id)
    shipments.split(first, {order.lines[0].id: 1}, actor=HOST, now=now)
    second = shipments.get_parcel_of(order.id, number=2)
    for parcel, resi in ((first, RESI), (second, "012345678902")):
        shipments.pack(parcel, actor=HOST, now=now)
        shipments.hand_over(parcel, "JNE REG", resi, actor=HOST, now=now)
    path = f"/o/{order_token(order)}/{order.reference}/diterima"

    page = page_of(client, order)
    assert "Paket 1 dari 2" in page
    assert "Paket 2 dari 2" in page
    assert page.count("Barang sudah saya terima") == 2

    client.post(path, data={"number": "2"})
    assert (order.status, first.status) == (OrderStatus.PAID, ParcelStatus.HANDED_OVER)
    assert second.status is ParcelStatus.DELIVERED
    assert client.post(path, data={"number": "3"}).status_code == 404
    client.post(path, data={"number": "1"})
    assert order.status is OrderStatus.DONE
