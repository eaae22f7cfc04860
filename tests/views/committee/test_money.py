"""The treasurer writes down money once; everybody on the committee may look."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import orders, payments
from bazaar.db import db
from bazaar.models import AuditEntry, OrderStatus, Payment, Role
from tests.builders import HOST, a_product, a_sticker, an_order, sign_in


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def product(app):
    product = a_product(price_idr=25_000, stock=100)
    a_sticker(product.seller)
    return product


def confirm(client, order, **form):
    return client.post(f"/panitia/uang/{order.reference}/masuk", data=form)


def written():
    return db.session.scalars(sa.select(Payment)).all()


def test_what_waits_is_shown_nearest_deadline_first(client, product, now):
    later = an_order(product, at=now)
    sooner = an_order(product, at=now - timedelta(minutes=30))
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/uang").text

    assert page.index(sooner.reference) < page.index(later.reference)


def test_the_treasurer_confirms_with_a_note(client, product):
    order = an_order(product)
    member = sign_in(client, Role.TREASURER, name="Wulan")

    answer = confirm(client, order, note="  jam 19.02,  atas nama Siti ")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/panitia/uang")
    (payment,) = written()
    assert (payment.note, payment.confirmed_by) == ("jam 19.02, atas nama Siti", "Wulan")
    db.session.refresh(order)
    assert order.status is OrderStatus.PAID
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action == "payment.confirm")
    )
    assert (entry.actor, entry.facts["outcome"]) == (f"committee:{member.id}", "served")
    assert "pesanannya dibayar" in client.get("/panitia/uang").text


def test_confirming_again_changes_nothing(client, product):
    order = an_order(product)
    sign_in(client, Role.TREASURER)

    for _ in range(3):
        assert confirm(client, order).status_code == 303

    assert len(written()) == 1


def test_a_note_that_is_too_long_is_refused_and_kept(client, product):
    order = an_order(product)
    sign_in(client, Role.TREASURER)

    answer = confirm(client, order, note="x" * 201)

    assert answer.status_code == 422
    assert "Catatan paling panjang 200 huruf." in answer.text
    assert "x" * 201 in answer.text
    assert written() == []


def test_the_way_back_is_to_this_site_only(client, product):
    order = an_order(product)
    sign_in(client, Role.TREASURER)

    answer = confirm(client, order, next=f"/panitia/pesanan/{order.reference}")
    assert answer.headers["Location"] == f"/panitia/pesanan/{order.reference}"
    answer = confirm(client, order, next="//elsewhere.example")
    assert answer.headers["Location"] == "/panitia/uang"


@pytest.mark.parametrize("role", [Role.HOST, Role.REGISTRAR, Role.DISPATCHER])
def test_others_look_but_do_not_write(client, product, role):
    order = an_order(product)
    sign_in(client, role)

    page = client.get("/panitia/uang")

    assert page.status_code == 200
    assert f"/panitia/uang/{order.reference}/masuk" not in page.text
    assert confirm(client, order).status_code == 403
    assert written() == []


def test_strangers_are_kept_out(client, product):
    order = an_order(product)

    for path in ("/panitia/uang", "/panitia/pesanan", f"/panitia/pesanan/{order.reference}"):
        assert client.get(path).headers["Location"].startswith("/masuk")
    assert confirm(client, order).status_code == 303
    assert written() == []


def test_an_unknown_order_is_not_found(client, product):
    sign_in(client, Role.TREASURER)

    assert client.post("/panitia/uang/PV-22222/masuk").status_code == 404


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_late_money_is_listed_with_what_to_do(client, product, now, state):
    order = an_order(product)
    if state == "expired":
        orders.expire_unpaid(order.release_at)
        db.session.expire_all()
    else:
        orders.cancel(order, now=now)
    sign_in(client, Role.TREASURER)
    confirm(client, order, note="jam 20.10")

    assert client.get("/panitia/uang?bagian=perlu-orang").location == "/panitia/uang/perlu"
    page = client.get("/panitia/uang/perlu").text

    assert order.reference in page
    assert ("Datang terlambat" if state == "expired" else "Pesanannya dibatalkan") in page
    assert "Siti Aminah" in page
    assert "1 uang masuk perlu orang" in client.get("/panitia/uang").text
    db.session.refresh(order)
    assert order.status.value == state


def test_money_of_today_is_listed(client, product, now):
    today, yesterday = an_order(product), an_order(product)
    payments.confirm(payments.get_charge(today.reference), actor=HOST, now=now)
    before = now - timedelta(days=1)
    payments.confirm(payments.get_charge(yesterday.reference), actor=HOST, now=before)
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/uang?bagian=masuk").text

    assert today.reference in page
    assert yesterday.reference not in page


def test_money_agreed_on_without_a_code_can_be_confirmed(client):
    order = an_order(a_product())
    sign_in(client, Role.TREASURER)

    confirm(client, order)

    assert [payment.method for payment in written()] == ["agreed"]


def test_a_bill_is_found_by_its_amount(client, product):
    wanted, other = an_order(product, quantity=2), an_order(product)
    sign_in(client, Role.TREASURER)

    page = client.get("/panitia/uang?q=62.000").text

    assert wanted.reference in page
    assert other.reference not in page


@pytest.mark.parametrize("bagian", ["", "menunggu", "bukti", "masuk"])
def test_empty_lists_say_what_will_come(client, bagian):
    sign_in(client, Role.TREASURER)

    assert 'class="empty"' in client.get(f"/panitia/uang?bagian={bagian}").text


def test_the_list_follows_by_itself(client, product):
    order = an_order(product)
    sign_in(client, Role.TREASURER)
    fragment = client.get("/panitia/uang", headers={"X-Fragment": "1"})
    etag = {"X-Fragment": "1", "If-None-Match": fragment.headers["ETag"]}

    assert client.get("/panitia/uang", headers=etag).status_code == 304
    confirm(client, order)
    changed = client.get("/panitia/uang", headers=etag)
    assert changed.status_code == 200
    assert order.reference not in changed.text


@pytest.mark.parametrize("bagian", ["menunggu", "masuk"])
def test_longer_lists_cost_no_more_queries(client, product, queries, now, bagian):
    counts = []
    sign_in(client, Role.TREASURER)
    for _ in range(2):
        for _ in range(3):
            an_order(product)
            order = an_order(product)
            payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
        db.session.commit()
        queries.clear()
        client.get(f"/panitia/uang?bagian={bagian}")
        counts.append(len(queries))

    assert counts[0] == counts[1]
