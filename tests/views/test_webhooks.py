"""Messages of courier providers: proved, kept once, answered at once, worked on after."""

import itertools
import json
import threading
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from bazaar import bookings, courier_inbox, shipments
from bazaar.db import db, reading
from bazaar.models import CourierEvent, Parcel, ParcelReview, ParcelStatus
from tests.builders import HOST, a_parcel
from tests.couriers import HEADER, OLD_SECRET, PROOFS, SECRET, WISHES, installed, run, work

BODY = {"event": "order.status", "order_id": "abc", "status": "picked"}
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(params=["biteship", "kiriminaja"])
def provider(request, app, time_machine, now):
    time_machine.move_to(now)
    with installed(app, request.param) as provider:
        yield provider


@pytest.fixture
def at_biteship(app, time_machine, now):
    time_machine.move_to(now)
    with installed(app, "biteship") as provider:
        yield provider


@pytest.fixture
def at_kiriminaja(app, time_machine, now):
    time_machine.move_to(now)
    with installed(app, "kiriminaja") as provider:
        yield provider


def told(client, provider, body, headers=None):
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    proofs = PROOFS[provider] if headers is None else headers
    return client.post(
        f"/webhook/{provider}", data=sent, content_type="application/json", headers=proofs
    )


def a_message(provider, order_id="abc", status="picked", at="2026-03-01T13:00:00+00:00"):
    if provider == "biteship":
        return {"event": "order.status", "order_id": order_id, "status": status, "updated_at": at}
    return {"method": "shipped_packages", "data": [{"order_id": order_id, "shipped_at": at}]}


def events():
    return list(db.session.scalars(sa.select(CourierEvent).order_by(CourierEvent.id)))


def booked(provider, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    booking = bookings.want(parcel, WISHES[provider], actor=HOST, now=now)
    run("order_couriers")
    return parcel, booking


# The door


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b"[]", b'{"event": "order.status"}'])
def test_a_trial_of_the_address_needs_no_secret_and_leaves_nothing(at_biteship, client, body):
    assert told(client, "biteship", body, headers={}).status_code == 200
    assert events() == []


def test_kiriminajas_trial_is_empty(at_kiriminaja, client):
    assert told(client, "kiriminaja", b"", headers={}).status_code == 200
    assert events() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: "x"}, {HEADER: SECRET.upper()}, {"Authorization": f"Bearer {SECRET}"}, {"Authorization": "é"}],
)  # fmt: skip
def test_a_forged_message_is_refused_and_leaves_nothing(provider, client, headers):
    response = told(client, provider.name, a_message(provider.name), headers=headers)

    assert response.status_code == 401
    assert events() == []


def test_a_forged_message_costs_no_database(at_biteship, client, queries):
    queries.clear()
    told(client, "biteship", BODY, headers={HEADER: "x"})

    assert queries == []


def test_the_secret_before_still_counts(at_biteship, client):
    assert told(client, "biteship", BODY, headers={HEADER: OLD_SECRET}).status_code == 200
    assert len(events()) == 1


@pytest.mark.parametrize(
    "body", [b"picked", b"[1]", b'"x"', b"7", b"\xff", b"[" * 9000, b'{"order_id":']
)
def test_what_is_no_json_object_is_refused(provider, client, body):
    assert told(client, provider.name, body).status_code == 400
    assert events() == []


def test_hundreds_of_brackets_are_answered(provider, client):
    deep = b'{"order_id": "a", "data": ' + b"[" * 900 + b"]" * 900 + b"}"

    assert told(client, provider.name, deep).status_code in {200, 400}


def test_the_size_is_limited(provider, client):
    small = a_message(provider.name) | {"note": "x" * (250 * 1024)}
    huge = a_message(provider.name) | {"note": "x" * (256 * 1024)}

    assert told(client, provider.name, huge).status_code == 413
    assert events() == []
    assert told(client, provider.name, small).status_code == 200


def test_a_form_is_no_way_around_the_size_or_the_secret(at_biteship, client):
    form = {"order_id": "abc", "status": "picked"}
    assert client.post("/webhook/biteship", data=form).status_code == 401
    assert (
        client.post("/webhook/biteship", data=form, headers=PROOFS["biteship"]).status_code == 400
    )
    assert events() == []


def test_without_the_provider_there_is_no_door(app, client):
    assert told(client, "biteship", BODY).status_code == 404


def test_other_sites_pages_cannot_matter(at_biteship, client):
    headers = PROOFS["biteship"] | {"Sec-Fetch-Site": "cross-site", "X-CSRFToken": ""}
    assert told(client, "biteship", BODY, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        BODY | {"status": "a\0b\ud800"},
        BODY | {"updated_at": 10**400, "order_price": 1e308},
        BODY | {"updated_at": "9999-12-31T23:59:59-23:59"},
        BODY | {"courier_waybill_id": {"a": 1}, "courier": ["x"]},
        BODY | {"courier_driver_name": "x" * 5_000, "courier_link": "https://" + "y" * 5_000},
        {"order_id": "z" * 5_000},
    ],
)
def test_odd_values_are_kept_and_worked_on(at_biteship, client, now, body):
    _, booking = booked("biteship", now)
    body = body if len(body["order_id"]) > 80 else body | {"order_id": booking.provider_order_id}

    assert told(client, "biteship", json.dumps(body).encode()).status_code == 200
    work(now)
    assert [event.result for event in events()] != ["fault"]


# What is kept


def test_a_message_is_kept_raw_without_its_secret(at_biteship, client, now):
    told(client, "biteship", BODY)
    (event,) = events()

    assert json.loads(event.body) == BODY
    assert SECRET not in json.dumps(event.headers) + event.body
    assert (event.provider_order_id, event.signal) == ("abc", "state handed_over")
    assert event.received_at == now


def test_the_same_message_is_kept_once_ever(provider, client):
    for _ in range(3):
        assert told(client, provider.name, a_message(provider.name)).status_code == 200

    assert len(events()) == 1


def test_the_same_message_eight_times_at_once_is_kept_once(at_biteship, server):
    db.session.commit()
    statuses, start = [], threading.Barrier(8)

    def tell():
        start.wait()
        answer = httpx.post(f"{server}/webhook/biteship", json=BODY, headers=PROOFS["biteship"])
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 8
    with reading():
        assert db.session.query(CourierEvent).count() == 1


# What becomes of it


def test_a_message_moves_its_parcel(provider, client, now):
    parcel, booking = booked(provider.name, now)
    told(client, provider.name, a_message(provider.name, booking.provider_order_id))
    assert booking.parcel.status is ParcelStatus.BOOKED

    assert work(now) == 1
    assert parcel.status is ParcelStatus.HANDED_OVER
    assert [(event.result, event.parcel_id) for event in events()] == [("applied", parcel.id)]
    assert booking.next_poll_at == now + timedelta(hours=1)


def test_news_of_nobodys_order_waits_for_its_booking(at_biteship, client, now):
    told(client, "biteship", a_message("biteship", f"5dd599eb{1:016x}"))
    work(now)
    assert [event.result for event in events()] == ["unmatched"]
    assert courier_inbox.match_again(now) == 0

    parcel, _ = booked("biteship", now)
    assert work(now) == 1
    assert parcel.status is ParcelStatus.HANDED_OVER


def test_unmatched_news_is_taken_up_by_the_clock_for_a_week(at_biteship, client, now):
    _, booking = booked("biteship", now)
    told(client, "biteship", a_message("biteship", booking.provider_order_id))
    (event,) = events()
    event.result = "unmatched"
    db.session.flush()

    assert courier_inbox.match_again(now + timedelta(days=8)) == 0
    assert courier_inbox.match_again(now + timedelta(days=6)) == 1
    assert courier_inbox.match_again(now + timedelta(days=6)) == 0


def test_strangers_in_a_message_stop_nobody(at_kiriminaja, server, client, now):
    pairs = [booked("kiriminaja", now) for _ in range(2)]
    at_kiriminaja.control(
        set={"webhook_url": f"{server}/webhook/kiriminaja", "webhook_headers": PROOFS["kiriminaja"]}
    )
    for _, booking in pairs:
        at_kiriminaja.control(advance={"order_id": booking.key, "do": "processed"})
    done = at_kiriminaja.control(together={"unknown": 2})
    assert done == {"together": 4}
    assert at_kiriminaja.control(deliver={"times": 2}) == {"deliver": [200, 200]}
    work(now)

    assert sorted(event.result for event in events()) == [
        "applied",
        "applied",
        "unmatched",
        "unmatched",
    ]
    assert {parcel.resi for parcel, _ in pairs} == {"KJAWB0000001", "KJAWB0000002"}


def test_a_message_that_breaks_something_stops_no_other(at_biteship, client, now):
    parcel, booking = booked("biteship", now)
    told(
        client,
        "biteship",
        a_message("biteship", booking.provider_order_id, at="2026-03-01T12:30:00Z"),
    )
    told(client, "biteship", a_message("biteship", booking.provider_order_id, "dropping_off"))
    events()[0].facts = {"kind": "nonsense"}
    db.session.flush()
    work(now)

    assert [event.result for event in events()] == ["fault", "applied"]
    assert parcel.status is ParcelStatus.OUT_FOR_DELIVERY


def test_a_closed_booking_only_tells(at_biteship, client, now):
    parcel, booking = booked("biteship", now)
    bookings.call_off(parcel, "salah", actor=HOST, now=now)
    run("call_couriers_off")
    told(client, "biteship", a_message("biteship", booking.provider_order_id))
    work(now)

    assert parcel.status is ParcelStatus.PACKED
    reasons = db.session.scalars(sa.select(ParcelReview.reason)).all()
    assert "moving_after_close" in reasons


@ON_SQLITE
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_every_order_a_parcel_arrives_once(at_biteship, client, now, order):
    parcel, booking = booked("biteship", now)
    words = ["allocated", "picked", "dropping_off", "delivered"]
    for index in order:
        at = (now + timedelta(hours=index)).isoformat()
        message = a_message("biteship", booking.provider_order_id, words[index], at)
        told(client, "biteship", message)
        told(client, "biteship", message)
        work(now)
        if words[index] == "delivered":
            assert parcel.status is ParcelStatus.DELIVERED

    assert parcel.status is ParcelStatus.DELIVERED
    assert len(events()) == 4


@pytest.mark.parametrize(
    "how",
    [{"times": 2}, {"reverse": True}, {"times": 2, "reverse": True}],
    ids=["twice", "backwards", "twice and backwards"],
)
@pytest.mark.parametrize("wording", [{}, {"camel_case": True}, {"without_updated_at": True}])
def test_the_pretended_provider_tells_as_badly_as_it_may(at_biteship, server, now, how, wording):
    parcel, booking = booked("biteship", now)
    at_biteship.control(
        set={"webhook_url": f"{server}/webhook/biteship", "webhook_headers": PROOFS["biteship"]}
    )
    for status in ("picking_up", "picked", "dropping_off", "delivered"):
        at_biteship.control(advance={"status": status, **wording})
    at_biteship.control(price={"price": 26_000})
    at_biteship.control(advance={"status": "teleported"})
    assert set(at_biteship.control(deliver=how)["deliver"]) == {200}
    work(now)

    assert parcel.status is ParcelStatus.DELIVERED
    assert booking.charged_idr == 26_000
    with reading():
        assert db.session.query(Parcel).count() == 1


def test_the_watch_works_in_transactions_of_its_own(at_biteship, client, now):
    parcel, booking = booked("biteship", now)
    for status in ("allocated", "picked"):
        told(client, "biteship", a_message("biteship", booking.provider_order_id, status, at=None))
    db.session.commit()

    assert courier_inbox.work() == 2
    assert courier_inbox.work() == 0
    db.session.expire_all()
    assert parcel.status is ParcelStatus.HANDED_OVER
