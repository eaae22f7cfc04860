"""The treasurer's inbox on its pages: what is seen, who may act, what is typed is kept."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from bazaar import orders, payments
from bazaar.db import db
from bazaar.models import Order, OrderStatus, Product, Refund, Role
from tests.builders import (
    HOST,
    a_product,
    a_sticker,
    an_order,
    order_token,
    seller_token,
    sign_in,
)
from tests.test_money_coming import open_cases, receive

ACTS = ("tetapkan", "terima", "lanjutkan", "kembalikan", "hubungi", "bukan", "urungkan")


def picture(size=(200, 300)):
    sent = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Jalan Rahasia 1"
    Image.new("RGB", size, (10, 120, 30)).save(sent, "JPEG", exif=exif)
    sent.seek(0)
    return sent, "bukti.jpg"


@pytest.fixture
def order(app, now):
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    return an_order(product, quantity=2)


@pytest.fixture
def extra(order, now):
    receive(order, now=now)
    receive(order, key="baris-2", now=now)
    (case,) = open_cases()
    db.session.commit()
    return case.id


def given(**more):
    fields = {"key": "k", "amount": "62.000", "how": "bank", "reference": "TRF-1", "note": ""}
    return fields | more


def test_a_case_is_listed_with_its_obvious_action(client, order, extra):
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/uang/perlu").text

    assert "Dibayar dua kali" in page
    assert "Catat pengembalian" in page
    assert order.reference in page


def test_an_empty_inbox_says_what_will_come(client):
    sign_in(client, Role.TREASURER)

    assert "Semua uang beres" in client.get("/panitia/uang/perlu").text
    assert "Belum ada yang selesai" in client.get("/panitia/uang/perlu?bagian=selesai").text
    assert "Belum ada pengembalian" in client.get("/panitia/uang/pengembalian").text


@pytest.mark.parametrize("act", ACTS)
def test_only_the_treasurer_acts(client, extra, act):
    sign_in(client, Role.HOST)

    assert client.get(f"/panitia/uang/perlu/{extra}").status_code == 200
    assert client.post(f"/panitia/uang/perlu/{extra}/{act}").status_code == 403


@pytest.mark.parametrize("act", ["terima", "lanjutkan", "urungkan"])
def test_what_the_case_does_not_allow_is_a_conflict(client, extra, act):
    sign_in(client, Role.TREASURER)

    assert client.post(f"/panitia/uang/perlu/{extra}/{act}").status_code == 409


def test_an_unknown_case_is_not_found(client):
    sign_in(client, Role.TREASURER)

    assert client.get("/panitia/uang/perlu/99").status_code == 404
    assert client.post("/panitia/uang/perlu/99/terima").status_code == 404


def test_giving_back_needs_a_picture_and_keeps_nothing_but_its_pixels(client, extra):
    sign_in(client, Role.TREASURER)
    address = f"/panitia/uang/perlu/{extra}/kembalikan"

    refused = client.post(address, data=given())
    assert refused.status_code == 422
    assert "Pilih fotonya dulu" in refused.text
    assert "TRF-1" in refused.text

    answer = client.post(address, data=given(photo=picture()))
    assert answer.location == "/panitia/uang/perlu"
    refund = db.session.scalars(sa.select(Refund)).one()
    assert (refund.amount_idr, refund.reference) == (62_000, "TRF-1")
    shown = client.get(f"/panitia/uang/pengembalian/{refund.id}.webp")
    assert shown.mimetype == "image/webp"
    assert b"Rahasia" not in shown.data
    assert "TRF-1" in client.get("/panitia/uang/pengembalian").text
    assert client.post(address, data=given(photo=picture())).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 1


def test_what_came_without_a_reference_is_given_back_as_its_orders(client, order, now):
    receive(order, key="tanpa-kode", order_id=None, now=now)
    (case,) = open_cases()
    payments.assign(case.id, order.reference, actor=HOST, now=now)
    back = payments.Back("bank", "TRF-9")
    payments.give_back(case.payment_id, 62_000, back, key="k", actor=HOST, now=now)
    db.session.commit()
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/uang/pengembalian").text

    assert order.reference in page
    assert "tanpa pesanan" not in page


@pytest.mark.parametrize(
    ("amount", "told"),
    [("", "Isi jumlahnya"), ("banyak", "Isi dengan angka rupiah"), ("62.001", "hanya Rp62.000")],
)
def test_a_wrong_amount_is_told_beside_its_field(client, extra, amount, told):
    sign_in(client, Role.TREASURER)

    page = client.post(
        f"/panitia/uang/perlu/{extra}/kembalikan", data=given(amount=amount, photo=picture())
    )

    assert page.status_code == 422
    assert told in page.text


def test_cash_needs_no_picture(client, extra):
    sign_in(client, Role.TREASURER)

    answer = client.post(f"/panitia/uang/perlu/{extra}/kembalikan", data=given(how="cash"))

    assert answer.status_code == 303


def test_money_is_assigned_and_that_undone_on_the_page(client, order, now):
    receive(order, now=now, order_id=None)
    (case,) = open_cases()
    case_id, reference, key = case.id, order.reference, order.id
    db.session.commit()
    sign_in(client, Role.TREASURER)
    address = f"/panitia/uang/perlu/{case_id}"

    wrong = client.post(f"{address}/tetapkan", data={"reference": "PV-22222"})
    assert wrong.status_code == 422
    assert "Tidak ada pesanan dengan kode bayar itu" in wrong.text
    client.post(f"{address}/tetapkan", data={"reference": reference.lower()})
    db.session.expire_all()
    assert db.session.get_one(Order, key).status is OrderStatus.PAID
    assert "ditetapkan untuk pesanan" in client.get(address).text

    client.post(f"{address}/urungkan")
    db.session.expire_all()
    assert db.session.get_one(Order, key).status is OrderStatus.UNPAID
    again = client.post(f"{address}/tetapkan", data={"reference": reference})
    assert again.status_code == 409


def test_a_late_order_is_revived_with_one_button(client, order):
    due = order.release_at
    orders.expire_unpaid(due)
    receive(order, now=due)
    (case,) = open_cases()
    case_id = case.id
    db.session.commit()
    sign_in(client, Role.TREASURER)

    assert "Ambil lagi barangnya" in client.get("/panitia/uang/perlu").text
    client.post(f"/panitia/uang/perlu/{case_id}/lanjutkan")

    revived = db.session.scalars(sa.select(Order).where(Order.replaces_id == order.id)).one()
    assert revived.status is OrderStatus.PAID
    assert "pesanan dilanjutkan" in client.get("/panitia/uang/perlu?bagian=selesai").text
    case = client.get(f"/panitia/uang/perlu/{case_id}").text
    assert f'<a class="reference" href="/panitia/pesanan/{revived.reference}">' in case
    old = client.get(f"/panitia/pesanan/{order.reference}").text
    assert "perlu diputuskan" not in old
    told = client.get(f"/o/{order_token(order)}").text
    assert f"Dilanjutkan sebagai {revived.reference}" in told
    assert "Bayar yang" not in told


def test_an_ended_order_leads_to_the_case_of_its_money(client, order):
    due = order.release_at
    orders.expire_unpaid(due)
    receive(order, now=due)
    (case,) = open_cases()
    db.session.commit()
    sign_in(client, Role.TREASURER)

    page = client.get(f"/panitia/pesanan/{order.reference}").text

    assert "perlu diputuskan" in page
    assert f'href="/panitia/uang/perlu/{case.id}"' in page


def test_too_little_tells_how_long_goods_are_held_and_giving_back_lets_them_go(
    client, order, now, time_machine
):
    receive(order, 30_000, now=now)
    (case,) = open_cases()
    address, product = f"/panitia/uang/perlu/{case.id}", order.lines[0].product_id
    token, late = order_token(order), order.release_at + timedelta(minutes=1)
    seller = seller_token(order.seller)
    db.session.commit()
    time_machine.move_to(now)
    sign_in(client, Role.TREASURER)
    page = client.get(address).text
    assert "Barang ditahan" in page
    assert 'value="30000"' in page
    assert 'value="30000"' in client.get(f"/u/{seller}/uang").text
    assert "sampai kasus ini selesai; waktu bayarnya sampai" in page
    assert "sudah lewat" not in page
    refused = client.post(f"{address}/kembalikan", data=given(amount="-1", how="cash")).text
    assert 'href="#amount-back"' in refused
    assert 'id="amount-back"' in refused

    time_machine.move_to(late)
    sign_in(client, Role.TREASURER)
    assert orders.expire_unpaid(late) == 0
    assert "Barang ini tidak bisa dijual kepada orang lain" in client.get(address).text
    told = client.get(f"/o/{token}").text
    assert "masih kurang Rp32.000" in told
    assert "pesanan Anda masih menunggu" in told
    assert "Jangan membayar lagi" not in told
    stock = db.session.get_one(Product, product).stock
    done = client.post(f"{address}/kembalikan", data=given(amount="30.000", how="cash"))
    assert done.status_code == 303, done.text

    db.session.expire_all()
    assert orders.expire_unpaid(late) == 1
    db.session.expire_all()
    assert db.session.get_one(Product, product).stock == stock + 2
    assert "Barang ditahan" not in client.get(address).text


def test_money_for_an_order_that_was_changed_is_offered_to_the_new_one(client, order, now):
    product = db.session.get_one(Product, order.lines[0].product_id)
    new = an_order(product, quantity=2)
    orders.cancel(order, now=now)
    new.replaces_id = order.id
    db.session.flush()
    receive(order, now=now)
    (case,) = open_cases()
    address, reference = f"/panitia/uang/perlu/{case.id}", new.reference
    db.session.commit()
    sign_in(client, Role.TREASURER)

    page = client.get(address).text
    assert "Diganti oleh" in page
    assert f"Untuk {reference}" in page
    client.post(f"{address}/tetapkan", data={"reference": reference})

    assert db.session.scalars(
        sa.select(Order.status).where(Order.reference == reference)
    ).one() is (OrderStatus.PAID)


def test_asking_and_booking_out_need_a_word(client, order, now):
    receive(order, now=now, order_id=None)
    (case,) = open_cases()
    address = f"/panitia/uang/perlu/{case.id}"
    db.session.commit()
    sign_in(client, Role.TREASURER)

    assert client.post(f"{address}/hubungi", data={"note": ""}).status_code == 422
    client.post(f"{address}/hubungi", data={"note": "tidak diangkat"})
    assert "tidak diangkat" in client.get(address).text
    assert client.post(f"{address}/bukan", data={}).status_code == 422
    client.post(f"{address}/bukan", data={"note": "pembeli toko"})
    assert open_cases() == []


@pytest.mark.parametrize("count", [1, 4])
def test_more_cases_cost_no_more_queries(client, now, queries, count):
    product = a_product(price_idr=25_000, stock=50)
    a_sticker(product.seller)
    for number in range(count):
        order = an_order(product, quantity=2)
        payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
        receive(order, key=f"dobel-{number}", now=now)
    sign_in(client, Role.TREASURER)
    queries.clear()

    client.get("/panitia/uang/perlu")

    assert len(queries) == QUERIES


QUERIES = 11
"""Session and member; cases: count, rows, count; goods that are left; what is free of the payments
(four); edition."""
