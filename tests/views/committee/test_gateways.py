"""The committee's page of gateways: how they do, what they told, giving money back."""

import pytest
import sqlalchemy as sa

from bazaar import gateways
from bazaar.db import db
from bazaar.models import GatewayRefund, Payment, Role
from bazaar.rules.qris import QRIS_MAX_IDR
from tests.builders import a_product, a_sticker, an_order, sign_in
from tests.gateways import MAKERS, installed, run, tell_all


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture(params=sorted(MAKERS))
def case(request, app):
    with installed(app, request.param) as case:
        yield case


@pytest.fixture
def treasurer(app, client):
    return sign_in(client, Role.TREASURER)


def a_paid_attempt(case, client, now):
    product = a_product(price_idr=135_356)
    a_sticker(product.seller)
    order = an_order(product)
    attempt = gateways.want(order, case.name, now=now, limit_idr=QRIS_MAX_IDR)
    run("ask_gateways")
    case.door("pay", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")
    return attempt


def refund(client, attempt, payment, **given):
    sent = {"payment_id": payment.id, "amount_idr": "50000", "reason": "Stok habis"} | given
    return client.post(f"/panitia/gerbang/{attempt.key}/kembalikan", data=sent)


def the_payment():
    return db.session.scalars(sa.select(Payment)).one()


def test_without_a_gateway_the_page_says_what_that_means(client, treasurer):
    page = client.get("/panitia/gerbang").text

    assert "Tidak ada gerbang pembayaran" in page
    assert "QRIS penjual" in page


def test_the_page_tells_how_it_does(case, client, treasurer, now):
    attempt = a_paid_attempt(case, client, now)
    troubles = client.get("/panitia/gerbang").text

    assert "percobaan, bukan uang sungguhan" in troubles
    assert "0 terbuka, 1 dibayar, 0 tak ada kabar" in troubles
    assert f"/webhook/{case.name}" in troubles
    assert "Semua beres" in troubles
    assert attempt.key in client.get("/panitia/gerbang?bagian=percobaan").text
    assert attempt.key in client.get("/panitia/gerbang?bagian=kabar").text


def test_the_connection_is_tried(case, client, treasurer):
    assert "Sambungan dan kunci baik" in client.get(f"/panitia/gerbang?uji={case.name}").text

    case.door("fail-next", status=503, times=9)
    assert "Uji sambungan gagal" in client.get(f"/panitia/gerbang?uji={case.name}").text
    assert "Uji sambungan gagal" not in client.get("/panitia/gerbang?uji=lain").text


def test_only_treasurers_try_it(case, client):
    sign_in(client, Role.HOST)
    before = len(case.till.calls)
    page = client.get(f"/panitia/gerbang?uji={case.name}").text

    assert "Sambungan" not in page
    assert len(case.till.calls) == before


def test_no_secret_is_on_the_page(case, client, treasurer, now):
    attempt = a_paid_attempt(case, client, now)
    pages = [
        client.get(path).text
        for path in ("/panitia/gerbang?bagian=kabar", f"/panitia/gerbang/{attempt.key}")
    ]
    module, _ = MAKERS[case.name]

    for page in pages:
        assert module.KEY not in page
        assert getattr(module, "TOKEN", module.KEY) not in page


def test_lost_answers_and_money_of_nobody_need_a_person(case, client, treasurer, now):
    order = an_order(a_product())
    gateways.want(order, case.name, now=now, limit_idr=QRIS_MAX_IDR)
    case.door("fail-next", status=503, times=2)
    run("ask_gateways")
    case.charged()
    case.door("pay", reference="PV-7XK2Q-1")
    tell_all(client, case)
    run("read_gateway_news")
    page = client.get("/panitia/gerbang").text

    assert f"{order.reference}-1" in page
    assert "tak ada kabar" in page
    assert "uang tak dikenal di sini" in page


def test_a_treasurer_gives_money_back(case, client, treasurer, now):
    attempt = a_paid_attempt(case, client, now)
    page = client.get(f"/panitia/gerbang/{attempt.key}").text
    assert "Kembalikan lewat gerbang" in page

    answer = refund(client, attempt, the_payment())
    assert answer.status_code == 303
    run("refund_by_gateways")
    assert "dikirim, menunggu bank" in client.get(answer.location).text
    case.door("refund-bank-confirm", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")
    assert "sudah kembali" in client.get(answer.location).text


@pytest.mark.parametrize(
    "wrong",
    [{"amount_idr": ""}, {"amount_idr": "-1"}, {"amount_idr": "1e3"}, {"reason": " "}, {"reason": "x" * 101},
     {"amount_idr": "99999999"}],
)  # fmt: skip
def test_a_wrong_wish_is_refused(case, client, treasurer, now, wrong):
    attempt = a_paid_attempt(case, client, now)

    assert refund(client, attempt, the_payment(), **wrong).status_code == 422
    assert db.session.query(GatewayRefund).count() == 0


def test_only_the_codes_own_money_is_given_back(case, client, treasurer, now):
    attempt = a_paid_attempt(case, client, now)

    assert refund(client, attempt, the_payment(), payment_id="999999").status_code == 404
    assert client.get("/panitia/gerbang/PV-NONE-1").status_code == 404


def test_others_read_but_do_not_give_back(case, client, now):
    sign_in(client, Role.HOST)
    attempt = a_paid_attempt(case, client, now)

    assert "Kembalikan lewat gerbang" not in client.get(f"/panitia/gerbang/{attempt.key}").text
    assert refund(client, attempt, the_payment()).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_more_codes_cost_no_more_queries(case, client, treasurer, now, queries, number):
    for _ in range(number):
        gateways.want(an_order(a_product()), case.name, now=now, limit_idr=QRIS_MAX_IDR)
    db.session.commit()
    queries.clear()
    client.get("/panitia/gerbang?bagian=percobaan")

    assert len([query for query in queries if "gateway_attempts" in query]) == 4
