"""One suite for everybody who has parcels carried, and what only each provider can do wrong."""

from dataclasses import replace
from typing import Any

import pytest

from bazaar.adapters.by_hand import ByHand
from bazaar.adapters.fakes.serving import Served
from bazaar.ports import Consignment, CourierRefused, CourierSilent, Goods, Place, Shipment
from bazaar.rules.parcel_signals import SignalKind
from bazaar.rules.parcel_states import ParcelStatus
from tests.couriers import (
    HEADER,
    IMPATIENT_S,
    MAKERS,
    OLD_SECRET,
    ORIGIN,
    SECRET,
    SILENCE_S,
)

HOME = Place(
    "Siti A'minah, S.Pd. / rumah", "+6281234567890", "Jl. Gubeng IV/9", "35.78.08.1001",
    "Airlangga", "Gubeng", "Kota Surabaya", "Jawa Timur", "60286", note="pagar hijau " * 9,
)  # fmt: skip
GOODS = (Goods("Kopi “Argopuro” 200 g", 2, 45_000, 250), Goods("Gantungan kunci", 1, 500, 20))
SHIPMENT = Shipment("PK-7XK2Q-1", ORIGIN, HOME, GOODS, weight_g=700)
SERVICES = {"manual": ("", ""), "biteship": ("jne", "reg"), "kiriminaja": ("jne", "REG23")}


class Case:
    """A courier before its provider; `provider` is the pretended one, None by hand."""

    def __init__(self, courier, provider=None, app=None):
        self.courier: Any = courier
        self.app: Any = app
        self.provider = provider
        service = SERVICES[courier.name]
        self.shipment = replace(
            self.placed(SHIPMENT), courier_code=service[0], service_code=service[1]
        )

    def placed(self, shipment):
        if not self.courier.needs_area:
            return shipment
        ends = {
            name: replace(place, area_id=self.courier.find_area(place))
            for name, place in (("origin", shipment.origin), ("destination", shipment.destination))
        }
        return replace(shipment, **ends)

    def order_of(self, booked):
        return Consignment(SHIPMENT.key, booked.order_id, booked.tracking_id, booked.resi)

    @property
    def fake(self):
        return self.app.extensions["fake"]


def open_case(name):
    module, adapter = MAKERS[name]
    app = module.make()
    with Served(app) as served:
        yield Case(adapter(served.url), served, app)


@pytest.fixture(params=["manual", "biteship", "kiriminaja"])
def case(request):
    if request.param == "manual":
        yield Case(ByHand())
    else:
        yield from open_case(request.param)


@pytest.fixture(params=["biteship", "kiriminaja"])
def online(request):
    yield from open_case(request.param)


@pytest.fixture
def at_biteship():
    yield from open_case("biteship")


@pytest.fixture
def at_kiriminaja():
    yield from open_case("kiriminaja")


def count_of(case):
    return len(case.fake.orders)


# Everybody


def test_what_is_booked_has_an_order_id(case):
    booked = case.courier.book(case.shipment)

    assert booked.order_id
    assert case.courier.book(replace(case.shipment, repeated=True)).order_id == booked.order_id


def test_rates_are_the_cheapest_first(case):
    rates = case.courier.rates(case.shipment, timeout_s=2)

    assert [rate.price_idr for rate in rates] == sorted(rate.price_idr for rate in rates)
    assert all(rate.provider == case.courier.name and rate.courier_code for rate in rates)
    assert bool(rates) is (case.provider is not None)


def test_news_of_an_order_are_the_same_on_every_call(case):
    order = case.order_of(case.courier.book(case.shipment))

    first = case.courier.track(order)
    assert case.courier.track(order) == first
    assert {notice.order_id for notice in first} <= {order.order_id}


def test_nobody_without_the_secret_is_believed(case):
    for headers in (
        {},
        {HEADER: ""},
        {HEADER: "x"},
        {"Authorization": "Bearer "},
        {"Authorization": "kj_fake"},
    ):
        assert not case.courier.proves(headers)


def test_an_order_can_be_called_off(case):
    booked = case.courier.book(case.shipment)
    if case.courier.name == "kiriminaja":
        case.provider.control(
            advance={"order_id": booked.order_id, "do": "processed"}, deliver={"drop": True}
        )
        booked = replace(booked, resi="KJAWB0000001")

    at_once = case.courier.cancel(case.order_of(booked), "Pembeli batal")

    assert at_once is (case.courier.name != "kiriminaja")


# Whoever answers over the network


@pytest.mark.parametrize("how", ["timeout", "500", "429"])
def test_an_answer_that_was_lost_is_no_second_order(online, how):
    online.provider.control(set={"fail_next": 1, "how": how, "slow_s": SILENCE_S})
    impatient = MAKERS[online.courier.name][1](online.provider.url, patience_s=IMPATIENT_S)

    with pytest.raises(CourierSilent):
        impatient.book(online.shipment)
    booked = online.courier.book(replace(online.shipment, repeated=True))

    assert count_of(online) == 1
    assert getattr(online.fake, "duplicates", 0) == 0
    assert booked.order_id in {SHIPMENT.key, *online.fake.orders}


def test_nobody_listening_is_silence(online):
    courier = MAKERS[online.courier.name][1]("http://127.0.0.1:9", patience_s=0.2)

    for call in (
        lambda: courier.book(online.shipment),
        lambda: courier.rates(online.shipment, timeout_s=0.2),
        lambda: courier.find_area(HOME),
        lambda: courier.track(Consignment("x", "x", "x", "x")),
        lambda: courier.cancel(Consignment("x", "x", "x", "x"), "batal"),
    ):
        with pytest.raises(CourierSilent):
            call()


def test_a_wrong_key_is_no_fault_of_the_order(online):
    module, _ = MAKERS[online.courier.name]
    kept, module.KEY = module.KEY, "another"
    try:
        with pytest.raises(CourierSilent):
            online.courier.book(online.shipment)
    finally:
        module.KEY = kept
    assert count_of(online) == 0


def test_an_unknown_place_has_no_area(online):
    nowhere = replace(HOME, village="Antah", district="Berantah")

    assert online.courier.find_area(nowhere) == ""
    assert online.courier.find_area(ORIGIN)


def test_rates_are_asked_once_for_a_quarter_of_an_hour(online):
    first = online.courier.rates(online.shipment, timeout_s=2)
    online.provider.close()

    assert online.courier.rates(online.shipment, timeout_s=0.2) == first


# Biteship


def test_biteship_gets_whole_numbers_and_the_whole_weight(at_biteship):
    booked = at_biteship.courier.book(at_biteship.shipment)
    sent = booked.sent

    assert sent["reference_id"] == "PK-7XK2Q-1"
    assert (sent["origin_postal_code"], sent["destination_postal_code"]) == (68121, 60286)
    assert sent["destination_contact_phone"] == "081234567890"
    assert sum(item["weight"] * item["quantity"] for item in sent["items"]) in range(700, 702)
    assert (booked.resi, booked.price_idr) == ("WYB000000001", 18_000)


def test_biteship_may_give_the_number_later(at_biteship):
    shipment = replace(at_biteship.shipment, courier_code="jnt", service_code="ez")
    booked = at_biteship.courier.book(shipment)
    assert booked.resi == ""

    at_biteship.provider.control(advance={"status": "picked"}, deliver={"drop": True})
    told = at_biteship.courier.track(at_biteship.order_of(booked))

    assert [(n.signal.kind, n.signal.state) for n in told] == [
        (SignalKind.ATTRIBUTES, None),
        (SignalKind.STATE, ParcelStatus.BOOKED),
        (SignalKind.STATE, ParcelStatus.HANDED_OVER),
    ]
    assert told[0].signal.resi == "WYB000000001"
    assert told[1].signal.occurred_at < told[2].signal.occurred_at


def test_biteship_refuses_in_its_own_words(at_biteship):
    with pytest.raises(CourierRefused) as caught:
        at_biteship.courier.book(replace(at_biteship.shipment, courier_code="kurir-lain"))
    assert "Courier type is missing" in str(caught.value)


def test_biteship_does_not_call_off_what_is_under_way(at_biteship):
    booked = at_biteship.courier.book(at_biteship.shipment)
    at_biteship.provider.control(advance={"status": "picked"}, deliver={"drop": True})

    with pytest.raises(CourierRefused):
        at_biteship.courier.cancel(at_biteship.order_of(booked), "batal")


def test_biteship_that_lost_the_answer_to_a_cancellation_has_cancelled(at_biteship):
    order = at_biteship.order_of(at_biteship.courier.book(at_biteship.shipment))
    at_biteship.provider.control(set={"fail_next": 1, "how": "500"})

    with pytest.raises(CourierSilent):
        at_biteship.courier.cancel(order, "batal")
    assert at_biteship.courier.cancel(order, "batal") is True


def test_both_secrets_of_biteship_count_during_a_change(at_biteship):
    assert at_biteship.courier.proves({HEADER: SECRET})
    assert at_biteship.courier.proves({HEADER.lower(): OLD_SECRET})
    assert not at_biteship.courier.proves({HEADER: SECRET + "x"})


@pytest.mark.parametrize(
    ("body", "kind", "state", "code"),
    [
        ({"event": "order.status", "status": "pickingUp"}, SignalKind.STATE, ParcelStatus.BOOKED, ""),
        ({"event": "order.status", "status": "dropping_off"}, SignalKind.STATE, ParcelStatus.OUT_FOR_DELIVERY, ""),
        ({"event": "order.status", "status": "canceled"}, SignalKind.CLOSE, None, "cancelled"),
        ({"event": "order.status", "status": "on_hold"}, SignalKind.EXCEPTION, None, "on_hold"),
        ({"event": "order.status", "status": "teleported"}, SignalKind.UNKNOWN, None, "teleported"),
        ({"event": "order.sold", "status": "picked"}, SignalKind.UNKNOWN, None, "order.sold"),
        ({"event": "order.waybill_id", "status": "confirmed"}, SignalKind.ATTRIBUTES, None, ""),
        ({"event": "order.price", "price": "26000.0", "status": "picked"}, SignalKind.ATTRIBUTES, None, ""),
        ({"event": "order.status", "status": None}, SignalKind.UNKNOWN, None, ""),
        ({"event": 7, "status": ["picked"]}, SignalKind.UNKNOWN, None, "7"),
    ],
)  # fmt: skip
def test_biteships_webhooks_are_read(at_biteship, body, kind, state, code):
    (notice,) = at_biteship.courier.read_webhook({"order_id": "abc", **body})

    assert (notice.signal.kind, notice.signal.state, notice.signal.code) == (kind, state, code)
    assert notice.signal.price_idr == (26_000 if body["event"] == "order.price" else None)


def test_a_nested_waybill_of_biteships_is_found_and_only_https_is_a_link(at_biteship):
    body = {"event": "order.status", "order_id": "a", "status": "picked", "courier_link": "javascript:x",
            "courier": {"waybill_id": "WYB1"}, "updated_at": "2026-03-01T19:00:00"}  # fmt: skip
    (notice,) = at_biteship.courier.read_webhook(body)

    assert (notice.signal.resi, notice.signal.link) == ("WYB1", "")
    assert notice.signal.occurred_at.isoformat() == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize("body", [None, {}, [], "", {"event": "order.status"}, {"order_id": ""}])
def test_biteships_trial_of_the_address_is_known(at_biteship, body):
    assert at_biteship.courier.is_probe(body)


# KiriminAja


def test_kiriminaja_gets_what_it_takes_and_it_is_kept(at_kiriminaja):
    booked = at_kiriminaja.courier.book(at_kiriminaja.shipment)
    package = booked.sent["packages"][0]

    assert package["destination_name"] == "Siti A minah S Pd rumah"
    assert package["destination_phone"] == "6281234567890"
    assert len(package["note"]) <= 50
    assert (package["destination_kecamatan_id"], package["destination_kelurahan_id"]) == (31, 302)
    assert booked.sent["schedule"] == "2026-03-02 14:00:00"
    assert booked.resi == ""


def test_kiriminaja_is_asked_before_anything_is_repeated(at_kiriminaja):
    at_kiriminaja.courier.book(at_kiriminaja.shipment)
    calls = at_kiriminaja.fake.stage.calls
    assert [call for call in calls if call.startswith("track")] == []

    at_kiriminaja.courier.book(replace(at_kiriminaja.shipment, repeated=True))

    assert [call.split()[0] for call in calls if call != "search"] == ["order", "track"]


def test_kiriminaja_says_no_under_http_200(at_kiriminaja):
    with pytest.raises(CourierRefused) as caught:
        at_kiriminaja.courier.book(replace(at_kiriminaja.shipment, key="1-begins-with-a-number"))
    assert "order_id tidak valid" in str(caught.value)


def test_kiriminaja_reads_prices_that_are_text(at_kiriminaja):
    rates = at_kiriminaja.courier.rates(at_kiriminaja.shipment, timeout_s=2)

    assert [(r.courier_code, r.service_code, r.price_idr) for r in rates] == [
        ("jnt", "EZ", 11_000),
        ("jne", "REG23", 12_000),
    ]


def test_kiriminaja_cannot_call_off_without_a_number(at_kiriminaja):
    order = at_kiriminaja.order_of(at_kiriminaja.courier.book(at_kiriminaja.shipment))

    with pytest.raises(CourierSilent):
        at_kiriminaja.courier.cancel(order, "batal")


def test_kiriminaja_knows_no_foreign_telephone(at_kiriminaja):
    abroad = replace(at_kiriminaja.shipment.destination, phone="+6591234567")

    with pytest.raises(CourierRefused):
        at_kiriminaja.courier.book(replace(at_kiriminaja.shipment, destination=abroad))


@pytest.mark.parametrize(
    ("method", "row", "state", "at"),
    [
        ("processed_packages", {"date": "2026-03-01 12:00:00"}, ParcelStatus.BOOKED, "12:00"),
        ("shipped_packages", {"shipped_at": "2026-03-01T12:00:00Z"}, ParcelStatus.HANDED_OVER, "12:00"),
        ("finished_packages", {"finished_at": "2026-03-01 12:30:00"}, ParcelStatus.DELIVERED, "12:30"),
        ("returned_packages", {"returned_at": None}, ParcelStatus.RETURNING, None),
        ("returned_packages", {"returned_at": "2026-03-01 13:00:00"}, ParcelStatus.RETURNED, "13:00"),
        ("return_finished_packages", {"date": "kemarin"}, ParcelStatus.RETURNED, None),
    ],
)  # fmt: skip
def test_kiriminajas_webhooks_are_read(at_kiriminaja, method, row, state, at):
    (notice,) = at_kiriminaja.courier.read_webhook(
        {"method": method, "data": [{"order_id": "PK-1", "awb": "A1", **row}]}
    )

    assert (notice.signal.state, notice.signal.resi) == (state, "A1")
    moment = notice.signal.occurred_at
    assert (moment.strftime("%H:%M") if moment else None) == at


def test_kiriminaja_speaks_of_several_packages_at_once(at_kiriminaja):
    rows = [
        {"order_id": "PK-1"},
        None,
        "x",
        {"order_id": ""},
        {"order_id": "PK-2", "reason": "alamat"},
    ]
    notices = at_kiriminaja.courier.read_webhook({"method": "canceledPackages", "data": rows})

    assert [notice.order_id for notice in notices] == ["PK-1", "PK-2"]
    assert {notice.signal.kind for notice in notices} == {SignalKind.CLOSE}
    assert at_kiriminaja.courier.read_webhook({"method": "x", "data": {"order_id": "PK-1"}}) == []


def test_the_key_before_counts_in_kiriminajas_webhooks(at_kiriminaja):
    assert at_kiriminaja.courier.proves({"authorization": "Bearer kj_fake"})
    assert at_kiriminaja.courier.proves({"Authorization": "Bearer kj_old"})


@pytest.mark.parametrize(
    ("doing", "states"),
    [
        (["processed"], [ParcelStatus.BOOKED]),
        (["processed", "shipped"], [ParcelStatus.HANDED_OVER, ParcelStatus.IN_TRANSIT]),
        (["shipped", "finished"], [ParcelStatus.HANDED_OVER, ParcelStatus.DELIVERED]),
        (["shipped", "returned"], [ParcelStatus.HANDED_OVER, ParcelStatus.RETURNED]),
    ],
)
def test_kiriminajas_tracking_is_read_from_the_top(at_kiriminaja, doing, states):
    booked = at_kiriminaja.courier.book(at_kiriminaja.shipment)
    for do in doing:
        at_kiriminaja.provider.control(
            advance={"order_id": booked.order_id, "do": do}, deliver={"drop": True}
        )

    told = at_kiriminaja.courier.track(at_kiriminaja.order_of(booked))

    assert [notice.signal.state for notice in told] == states
    assert {notice.signal.resi for notice in told} == {"KJAWB0000001"}
    assert all(notice.signal.occurred_at.hour in range(12, 15) for notice in told)
