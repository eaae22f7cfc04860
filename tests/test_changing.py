"""Changing an unpaid order, ordering the same again, and turns where whoever pays first gets it."""

import re
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import baskets, broadcast, changing, editions, inspection, orders
from bazaar.changing import NotToBeChanged
from bazaar.db import db, reading, transaction
from bazaar.models import AuditEntry, Order, OrderStatus, Role
from bazaar.orders import CheckoutWish, Piece, Served
from bazaar.rules.order_states import StepRefused
from bazaar.tokens import new_key
from bazaar.web import desk, services
from tests.builders import (
    HOST,
    a_product,
    a_rate,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    an_order,
    order_token,
    sign_in,
)
from tests.test_races import at_once, in_a_transaction
from tests.views.buyer.test_checkout import a_form


@pytest.fixture(autouse=True)
def setting(app, time_machine, now):
    time_machine.move_to(now)
    an_edition(unpaid_per_phone=1)
    a_rate(first_kg_idr=12_000)


def sound() -> None:
    """Nothing is wrong, but that orders are marked paid here without anybody's money."""
    found = inspection.differences()
    assert [str(each) for each in found if each.check != "payment"] == []


def test_a_changed_order_is_a_new_one_and_the_old_is_over(client, now):
    product = a_product(stock=3, name="Kopi", price_idr=25_000)
    order = an_order(product, quantity=2, phone="+6281234567890")
    page = f"/o/{order_token(order)}"
    db.session.commit()

    address = client.post(f"{page}/{order.reference}/ubah").location
    assert client.post(f"{page}/{order.reference}/ubah").location == address
    form = client.get(address).text
    for text in ('value="Siti Aminah"', 'value="Jalan Jawa 10"', "Mengubah pesanan", "Rp62.000"):
        assert text in form
    basket = address.removesuffix("/pesan")
    for shown in (form, client.get(basket).text):
        assert f'href="{page}#{order.reference}">Tidak jadi diubah' in shown
    client.post(basket, data={f"quantity-{product.claim_code}": "3"})
    sent = a_form(product, agreed_idr="87000", street="Jalan Baru 1")
    done = client.post(address, data=sent)

    assert done.status_code == 303, done.text
    assert client.post(address, data=sent).location == done.location
    old, new = db.session.scalars(sa.select(Order).order_by(Order.id)).all()
    db.session.refresh(product)
    assert (old.status, new.status, new.replaces_id) == (
        (OrderStatus.CANCELLED, OrderStatus.UNPAID, old.id)
    )
    assert (product.stock, new.checkout.street) == (0, "Jalan Baru 1")
    for again in (
        client.get(address),
        client.get(basket),
        client.post(address, data=a_form(product)),
    ):
        assert again.location == f"{page}#{old.reference}"
    told = client.get(page).text
    assert f"Diganti oleh {new.reference}" in told
    assert f'href="{done.location}#{new.reference}"' in told
    assert "Pesan lagi" not in told
    assert f"Ini pengganti {old.reference}" in client.get(done.location).text
    sign_in(client, Role.TREASURER)
    assert new.reference in client.get(f"/panitia/pesanan/{old.reference}").text
    assert old.reference in client.get(f"/panitia/pesanan/{new.reference}").text
    assert (
        "order.replace"
        in db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    )
    sound()


def test_a_change_that_is_refused_leaves_the_old_order(client, now):
    product = a_product(stock=2, name="Kopi", price_idr=25_000)
    order = an_order(product, quantity=2)
    page = f"/o/{order_token(order)}"
    db.session.commit()
    address = client.post(f"{page}/{order.reference}/ubah").location
    client.post(address.removesuffix("/pesan"), data={f"quantity-{product.claim_code}": "3"})

    answer = client.post(address, data=a_form(product, agreed_idr="87000"))

    assert answer.status_code == 409
    assert "sisa 2" in answer.text
    assert db.session.scalars(sa.select(Order.status)).all() == [OrderStatus.UNPAID]
    sound()


def test_what_is_paid_is_not_changed(client, now):
    product = a_product(price_idr=25_000)
    order = an_order(product)
    page = f"/o/{order_token(order)}"
    db.session.commit()
    address = client.post(f"{page}/{order.reference}/ubah").location
    orders.mark_paid(order.id, now=now)
    db.session.commit()

    answer = client.post(address, data=a_form(product))

    assert answer.status_code == 409
    assert "sudah tidak dapat diubah" in answer.text
    assert client.post(f"{page}/{order.reference}/ubah").status_code == 409
    assert "Ubah pesanan" not in client.get(page).text
    sound()


def test_an_order_is_changed_or_paid_never_both(app, now):
    product = a_product(stock=2)
    order = an_order(product)
    order_id, product_id, seller_id = order.id, product.id, product.seller_id
    db.session.commit()
    wish = CheckoutWish(
        key="ubah", wanted=[Piece(product_id, 2)], couriers={seller_id: "JNE REG"},
        buyer_name="Siti", phone="+6281234567890", village_code="35.09.21.1002",
        street="Jalan Jawa 10", area="Sumbersari",
    )  # fmt: skip

    def change() -> int:
        try:
            with app.app_context(), transaction():
                old = db.session.get_one(Order, order_id)
                place = partial(desk().place_here, now=now)
                links = services().links
                return len(changing.change(old, wish, place, links=links, now=now).orders)
        except (NotToBeChanged, StepRefused):
            return 0

    db.session.rollback()
    changed, paid = at_once(
        [change, lambda: in_a_transaction(app, lambda: orders.mark_paid(order_id, now=now))]
    )

    assert changed + paid == 1
    with reading():
        sound()


def test_the_same_again_says_what_is_missing(client, now):
    seller = a_seller()
    kept, gone, fewer = (
        a_product(name=name, stock=2, seller=seller) for name in ("Kopi", "Teh", "Gula")
    )
    order = an_order(kept, gone, fewer, quantity=2)
    page = f"/o/{order_token(order)}"
    orders.cancel(order, now=now)
    gone.active = False
    an_order(fewer, quantity=1, phone="+6281200001111")
    db.session.commit()
    assert "Pesan lagi yang sama" in client.get(page).text

    basket = client.post(f"{page}/{order.reference}/lagi").location

    text = client.get(basket).text
    assert "Tidak lagi tersedia sebanyak itu: Teh, Gula." in text
    assert "Kopi" in text
    assert baskets.look_into(basket.removeprefix("/k/")).source == "again"


def on_air(product: Any, now: Any) -> Any:
    turn = a_turn(a_release(editions.get_current()), product.seller)
    db.session.commit()
    return turn


def test_where_whoever_pays_first_gets_it_nothing_is_held(client, now):
    product = a_product(stock=1, name="Kopi", price_idr=25_000)
    turn = on_air(product, now)
    sign_in(client, Role.HOST)
    assert "Disisihkan" in client.get("/panitia/cara-jual").text
    assert turn.uid in client.get(f"/panitia/cara-jual?q={turn.seller.name[-3:]}").text
    assert "Tidak ada yang cocok" in client.get("/panitia/cara-jual?q=%25").text
    there = client.post(
        f"/panitia/cara-jual/{turn.uid}", data={"first_paid": "0", "next": "/panitia/cara-jual?q=a"}
    )
    assert there.location == "/panitia/cara-jual?q=a"
    answer = client.post(f"/panitia/cara-jual/{turn.uid}", data={"first_paid": "1"})
    assert answer.status_code == 303
    assert "Yang membayar dulu" in client.get("/panitia/cara-jual").text

    placed = []
    for number in range(2):
        basket, token = baskets.open_basket(source="claim", now=now)
        baskets.add(basket, {product.id: 1}, now=now)
        db.session.commit()
        shown = client.get(f"/k/{token}/ongkir?village=35.09.21.1002").text
        assert "Yang membayar dulu yang dapat" in shown
        form = a_form(product, phone=f"0812 0000 111{number}")
        placed.append(client.post(f"/k/{token}/pesan", data=form).location)
    db.session.refresh(product)
    assert product.stock == 1
    page = client.get(placed[0]).text
    assert "belum disisihkan" in page
    assert not re.search("Stok ditahan", page)
    sound()

    first, second = db.session.scalars(sa.select(Order).order_by(Order.id)).all()
    assert orders.serve(second.id, now=now) is Served.PAID
    assert orders.serve(first.id, now=now) is Served.SOLD_OUT
    db.session.commit()
    sound()
    assert orders.expire_unpaid(first.release_at) == 1
    db.session.refresh(product)
    assert product.stock == 0
    sound()


def test_how_a_turn_sells_outlives_a_new_release(now):
    product = a_product()
    turn = on_air(product, now)
    broadcast.set_sale(turn, first_paid=True, actor=HOST, now=now)
    assert broadcast.selling_now([product.seller_id], now=now)[product.seller_id][1]

    later = a_release(editions.get_current(), number=2)
    moved = a_turn(later, product.seller)
    moved.uid = turn.uid
    db.session.flush()

    assert broadcast.selling_now([product.seller_id], now=now) == {
        product.seller_id: (moved.id, True)
    }
    broadcast.set_sale(moved, first_paid=False, actor=HOST, now=now)
    broadcast.set_sale(moved, first_paid=False, actor=HOST, now=now)
    assert not broadcast.selling_now([product.seller_id], now=now)[product.seller_id][1]


def test_who_only_reads_does_not_change_how_turns_sell(client, now):
    turn = on_air(a_product(), now)
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/cara-jual")
    assert page.status_code == 200
    assert '<form method="post" action="/panitia/cara-jual' not in page.text
    assert client.post(f"/panitia/cara-jual/{turn.uid}").status_code == 403
    sign_in(client, Role.HOST)
    assert client.post(f"/panitia/cara-jual/{new_key()}").status_code == 404
