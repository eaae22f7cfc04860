"""Notifications of gateways: proved, kept once and raw, answered at once, worked on after."""

import json
import threading

import httpx
import pytest
import sqlalchemy as sa

from bazaar import gateways
from bazaar.adapters.fakes import midtrans as fake_midtrans
from bazaar.db import db, reading
from bazaar.models import OrderStatus, PaymentEvent
from bazaar.rules.qris import QRIS_MAX_IDR
from tests.builders import a_product, a_sticker, an_order
from tests.gateways import MAKERS, installed, run, tell, tell_all

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(params=sorted(MAKERS))
def case(request, app, time_machine, now):
    time_machine.move_to(now)
    with installed(app, request.param) as case:
        yield case


@pytest.fixture
def at_midtrans(app, time_machine, now):
    time_machine.move_to(now)
    with installed(app, "midtrans") as case:
        yield case


def events():
    return list(db.session.scalars(sa.select(PaymentEvent).order_by(PaymentEvent.id)))


def status_of(order):
    return order.status


def a_paid_message(case):
    """A notification of a payment that the bazaar knows nothing of."""
    case.charged()
    case.door("pay", reference="PV-7XK2Q-1")
    return case.till.unsent[-1].body


def test_a_message_is_kept_as_it_came_without_its_secret(case, client, now):
    body = a_paid_message(case)
    raw = json.dumps(body, indent=3).encode() + b"\n"

    assert tell(client, case, raw) == 200
    (event,) = events()
    assert event.body == raw.decode()
    assert "token" not in json.dumps(event.headers).lower()
    assert (event.provider, event.attempt_key, event.received_at) == (
        case.name,
        "PV-7XK2Q-1",
        now,
    )
    assert event.handled_at is None


def test_the_same_message_is_kept_once_ever(case, client):
    body = a_paid_message(case)

    assert [tell(client, case, body) for _ in range(3)] == [200] * 3
    assert len(events()) == 1


def test_the_same_message_eight_times_at_once_is_kept_once(case, server):
    body = a_paid_message(case)
    db.session.commit()
    statuses, start = [], threading.Barrier(8)

    def send():
        start.wait()
        url = f"{server}/webhook/{case.name}"
        statuses.append(httpx.post(url, json=body, headers=case.till.headers_for({})).status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 8
    with reading():
        assert db.session.query(PaymentEvent).count() == 1


def test_a_forged_message_is_refused_and_leaves_nothing(case, client, queries):
    body = a_paid_message(case)
    forged = (
        fake_midtrans._altered(body, {"bad_signature": "1"}) if case.name == "midtrans" else body
    )
    queries.clear()

    assert tell(client, case, forged, {"x-callback-token": "wrong"}) == 403
    assert queries == []
    assert events() == []


@pytest.mark.parametrize("body", [b"", b"x", b"[1]", b"7", b"\xff", b"[" * 9000, b'{"order_id":'])
def test_what_is_no_json_object_is_refused(case, client, body):
    assert tell(client, case, body) == 400
    assert events() == []


def test_the_size_is_limited(case, client):
    body = a_paid_message(case)

    assert tell(client, case, body | {"note": "x" * (256 * 1024)}) == 413
    assert events() == []
    assert tell(client, case, body | {"note": "x" * (250 * 1024)}) == 200


def test_deep_brackets_are_answered(case, client):
    text = json.dumps(a_paid_message(case))
    deep = (text[:-1] + ', "new": ' + "[" * 900 + "]" * 900 + "}").encode()

    assert tell(client, case, deep) in {200, 400}


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "x" * 5_000, {"a": 1}, None, 10**400])
def test_odd_values_are_kept_and_worked_on(case, client, odd):
    body = a_paid_message(case)
    place = body["data"] if case.name == "xendit" else body
    place |= {"issuer": odd, "payment_details": {"issuer_name": odd}, "acquirer": odd}

    assert tell(client, case, json.dumps(body).encode()) == 200
    run("read_gateway_news")
    assert [event.result for event in events()] == ["unmatched"]


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_not_allowed(case, client, method):
    assert getattr(client, method)(f"/webhook/{case.name}").status_code == 405


@pytest.mark.parametrize("path", ["/webhook/{}/", "/webhook/{}?a=1", "/webhook/{}/x"])
def test_the_door_never_redirects(case, client, path):
    answer = client.post(path.format(case.name), data=b"{}")

    assert answer.status_code in {403, 404}


def test_without_the_gateway_there_is_no_door(app, client):
    for name in MAKERS:
        assert client.post(f"/webhook/{name}", data=b"{}").status_code == 404


def test_other_sites_pages_and_cookies_cannot_matter(case, client):
    headers = case.till.headers_for({}) | {"Sec-Fetch-Site": "cross-site", "X-CSRFToken": ""}

    assert tell(client, case, a_paid_message(case), headers) == 200


def test_what_cannot_be_stored_is_to_be_sent_again(case, client, monkeypatch):
    """The database is away: 503, upon which both gateways repeat."""
    body = a_paid_message(case)

    def away(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", None, Exception("away"))

    sa.event.listen(db.engine, "before_cursor_execute", away)
    try:
        assert tell(client, case, body) == 503
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", away)

    assert events() == []
    assert case.till.retries_after(503) >= 4
    assert tell(client, case, body) == 200


def test_a_message_is_answered_before_the_gateway_is_asked(case, client):
    body = a_paid_message(case)
    before = list(case.till.calls)

    tell(client, case, body)
    assert case.till.calls == before


def test_a_tampered_status_is_kept_and_pays_nothing(at_midtrans, client, now):
    product = a_product(price_idr=135_356)
    a_sticker(product.seller)
    order = an_order(product)
    attempt = gateways.want(order, "midtrans", now=now, limit_idr=QRIS_MAX_IDR)
    run("ask_gateways")
    (pending,) = [message.body for message in at_midtrans.till.unsent]
    tampered = fake_midtrans._altered(pending, {"tamper": "settlement"})

    assert tell(client, at_midtrans, tampered) == 200
    run("read_gateway_news")
    assert status_of(order) is OrderStatus.UNPAID
    assert [event.result for event in events()] == ["pending"]

    at_midtrans.door("pay", reference=attempt.key)
    assert tell_all(client, at_midtrans) == [200, 200]
    run("read_gateway_news")
    assert status_of(order) is OrderStatus.PAID


def test_unknown_fields_and_events_are_kept(case, client):
    body = a_paid_message(case)
    if case.name == "xendit":
        body |= {"event": "payment_token.activation"}
    assert tell(client, case, body | {"brand_new": {"x": [1]}}) == 200
    assert len(events()) == 1
