"""The dispatcher's page of orders that wait for their fee, and what the buyer sees meanwhile."""

import pytest
import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Order, OrderStatus, Role
from bazaar.rules.shipping import ASKED
from tests.builders import a_product, a_sticker, an_edition, sign_in
from tests.views.buyer.test_checkout import a_basket, an_abroad_form

PAGE = "/panitia/ongkir/ditanyakan"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def placed(client, now):
    an_edition()
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    form = an_abroad_form(product, agreed_idr="25000")
    address = a_basket(now, product)
    shown = client.post(address, data=form | {"do": "country"}).text
    assert "Ongkir dihitung panitia" in shown
    assert "panitia menghitung ongkirnya" in shown
    answer = client.post(address, data=form | {f"courier-{product.seller_id}": ASKED})
    assert answer.status_code == 303
    return answer.location


def test_a_buyer_abroad_asks_and_then_pays(client, placed):
    page = client.get(placed).text
    assert "Ongkir sedang dihitung" in page
    assert "Menunggu ongkir" in page
    assert "Jangan membayar dulu" in page
    order = db.session.scalars(sa.select(Order)).one()
    assert order.status is OrderStatus.QUOTING

    sign_in(client, Role.DISPATCHER)
    assert order.reference in client.get(PAGE).text
    fee = {"courier": "Pos EMS", "fee_idr": "Rp 300.000"}
    told = client.post(f"{PAGE}/{order.reference}", data=fee)
    said = client.get(told.location).text
    assert "https://wa.me/6591234567" in said
    assert "Tidak ada yang menunggu ongkir" in said
    assert client.post(f"{PAGE}/{order.reference}", data=fee).status_code == 409

    page = client.get(placed).text.replace("\xa0", "")
    assert "Rp325.000" in page
    assert "Simpan gambar QR" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("courier", ""), ("courier", "x" * 41), ("fee_idr", ""), ("fee_idr", "mahal")],
)
def test_each_wrong_field_has_its_sentence(client, placed, field, value):
    sign_in(client, Role.DISPATCHER)
    order = db.session.scalars(sa.select(Order)).one()
    form = {"courier": "Pos EMS", "fee_idr": "300000"} | {field: value}
    answer = client.post(f"{PAGE}/{order.reference}", data=form)
    assert answer.status_code == 422
    assert "is-invalid" in answer.text
    assert order.status is OrderStatus.QUOTING


@pytest.mark.parametrize("nothing", ["0", "Rp0", "Rp 0,00"])
def test_nothing_is_no_fee_and_the_courier_stays_typed(client, placed, nothing):
    sign_in(client, Role.DISPATCHER)
    order = db.session.scalars(sa.select(Order)).one()
    form = {"courier": "Pos EMS", "fee_idr": nothing}
    answer = client.post(f"{PAGE}/{order.reference}", data=form)
    assert answer.status_code == 422
    assert "Ongkir tidak boleh Rp0." in answer.text
    assert 'value="Pos EMS"' in answer.text
    db.session.refresh(order)
    assert (order.status, order.shipping_idr) == (OrderStatus.QUOTING, 0)


def test_others_only_read(client, placed):
    sign_in(client, Role.TREASURER)
    order = db.session.scalars(sa.select(Order)).one()
    assert client.get(PAGE).status_code == 200
    assert "Tetapkan ongkir" not in client.get(PAGE).text
    assert client.post(f"{PAGE}/{order.reference}", data={}).status_code == 403
    assert client.get("/panitia/pesanan").status_code == 200
