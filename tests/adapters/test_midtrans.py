"""Midtrans' own whims: body codes, signatures, pictures instead of text, keys that hold 5 minutes."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bazaar.adapters.fakes import midtrans as fake_midtrans
from bazaar.adapters.fakes.midtrans import KEY, sign
from bazaar.adapters.midtrans import _sha512, _signal
from bazaar.ports import GatewayRefused, GatewaySilent, NotGenuine
from bazaar.rules import qris
from bazaar.rules.gateway_events import GatewayState
from tests.gateways import BEGUN, OLD_KEY, a_refund, a_wish, served

VECTORS = json.loads((Path(__file__).parents[1] / "data/midtrans_notifications.json").read_text())
BODIES = {vector["id"]: vector for vector in VECTORS["notifications"]}
STATES = {
    "pending": GatewayState.PENDING,
    "settlement": GatewayState.PAID,
    "expire": GatewayState.EXPIRED,
    "deny": GatewayState.FAILED,
    "partial-refund": GatewayState.PARTLY_REFUNDED,
    "refund": GatewayState.REFUNDED,
    "amount-no-decimals": GatewayState.PAID,
    "status-not-signed": None,
    "other-amount": GatewayState.PAID,
    "unknown-order": GatewayState.PAID,
}


@pytest.fixture
def case():
    with served("midtrans") as case:
        yield case


def read(case, body):
    return case.gateway.read_notification({}, json.dumps(body).encode())


def signed(**body):
    whole = {"order_id": "PV-1-1", "status_code": "200", "gross_amount": "1000.00",
             "transaction_status": "settlement", "transaction_id": "t", **body}  # fmt: skip
    return whole | {"signature_key": sign(whole)}


# Notifications


def test_the_key_of_the_vectors_is_the_pretended_one():
    assert VECTORS["server_key"] == KEY


def test_the_documented_sample_is_signed_as_here():
    text = "1111" + "200" + "100000.00" + "askvnoibnosifnboseofinbofinfgbiufglnbfg"

    assert _sha512(text).decode() == VECTORS["doc_sample_sha512"]


@pytest.mark.parametrize("id_", sorted(BODIES))
def test_every_recorded_notification_is_read_as_it_should_be(case, id_):
    vector = BODIES[id_]
    if vector["expect"] == "bad_signature":
        with pytest.raises(NotGenuine):
            read(case, vector["body"])
        return
    signal = read(case, vector["body"]).signal

    assert signal.state is STATES[id_]
    assert signal.reference == vector["body"]["order_id"]
    assert signal.amount_idr == int(vector["body"]["gross_amount"].removesuffix(".00"))
    assert bool(signal.captures) is (id_ not in {"pending", "expire", "deny", "status-not-signed"})


def test_keys_tell_repeats_from_news(case):
    keys = {id_: read(case, BODIES[id_]["body"]).key for id_ in STATES}
    bodies = [BODIES[id_]["body"] for id_ in STATES]

    # three of them are settlements with code 200 of one transaction
    assert len(set(keys.values())) == len(bodies) - 3
    assert keys["settlement"] != keys["status-not-signed"]
    assert keys["partial-refund"].endswith(":200:1")
    assert keys["refund"].endswith(":200:2+")


def test_times_are_wib(case):
    signal = read(case, BODIES["settlement"]["body"]).signal

    assert signal.occurred_at == datetime(2026, 8, 3, 12, 2, 40, tzinfo=UTC)


def test_both_keys_count_during_a_change(case):
    body = signed()

    assert read(case, body | {"signature_key": sign(body, OLD_KEY)}).signal.paid_idr == 1_000
    with pytest.raises(NotGenuine):
        read(case, body | {"signature_key": sign(body, "SB-Mid-server-LAIN")})


@pytest.mark.parametrize("flip", range(0, 128, 16))
def test_one_wrong_letter_of_the_signature_is_enough(case, flip):
    body = signed()
    key = body["signature_key"]
    wrong = key[:flip] + ("0" if key[flip] != "0" else "1") + key[flip + 1 :]

    with pytest.raises(NotGenuine):
        read(case, body | {"signature_key": wrong})


@pytest.mark.parametrize(
    "change",
    [{"fraud_status": "challenge"}, {"currency": "USD"}, {"status_code": "201"}, {"status_code": "202"}],
)  # fmt: skip
def test_money_is_only_what_all_fields_agree_on(case, change):
    signal = read(case, signed(**change)).signal

    assert (signal.state, signal.captures) == (None, ())


def test_numbers_instead_of_texts_are_not_signed(case):
    body = signed()

    with pytest.raises(NotGenuine):
        read(case, body | {"status_code": 200})


def test_unknown_fields_and_words_are_no_trouble(case):
    signal = read(case, signed(transaction_status="teleported", new={"x": [1]})).signal

    assert (signal.state, signal.word) == (None, "teleported")


def test_a_fraction_of_a_rupiah_is_no_amount():
    signal = _signal(signed(gross_amount="1000.50"))

    assert (signal.state, signal.amount_idr, signal.captures) == (GatewayState.PAID, None, ())


def test_a_tampered_status_still_fits_but_pays_nothing(case):
    case.charged()
    (message,) = case.till.unsent
    tampered = fake_midtrans._altered(message.body, {"tamper": "settlement"})

    assert read(case, tampered).signal.state is None


# Charges


def test_the_code_looks_as_gopays(case):
    payload = case.gateway.create(a_wish()).qr_payload

    assert payload.index("54" + "06147356") > payload.index("610568118")
    assert "5036" in payload
    assert qris.split_amount(payload) == 147_356


@pytest.mark.parametrize("on", ["no_qr_string", "no_qr_string,http_as_body", "no_expiry_time"])
def test_what_is_left_out_is_found_another_way(case, on):
    case.door("set", on=on)
    charge = case.gateway.create(a_wish())

    assert qris.split_amount(charge.qr_payload) == 147_356
    assert (charge.expires_at is None) is (on == "no_expiry_time")


def test_without_any_code_it_is_silence(case):
    case.door("set", on="no_qr_string,no_code")

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())


def test_pictures_of_other_houses_are_not_fetched(case):
    case.door("set", on="no_qr_string,foreign_code")

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())
    assert len(case.till.calls) == 1


def test_it_expires_when_we_say_but_not_before_15_minutes(case):
    short = a_wish(pay_before=BEGUN + timedelta(seconds=61))
    long = a_wish("PV-2-1", pay_before=BEGUN + timedelta(days=30))
    wish = a_wish("PV-3-1", pay_before=BEGUN + timedelta(minutes=59, seconds=30))

    ends = [case.gateway.create(each).expires_at - BEGUN for each in (short, long, wish)]

    assert ends == [timedelta(minutes=15), timedelta(days=5), timedelta(minutes=60)]


def test_the_number_is_used_once(case):
    case.charged()
    case.fake.forget_keys()

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())
    assert case.count() == 1


def test_the_answer_kept_for_another_body_is_not_taken(case):
    """The key holds whatever the body: an answer for another order must not be ours."""
    case.charged()
    made = case.fake.transactions.pop("PV-7XK2Q-1")
    case.fake.transactions["PV-OTHER-1"] = replace(made, order_id="PV-OTHER-1")

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish(amount_idr=147_357))


def test_while_the_first_is_running_the_second_is_silence(case):
    case.door("set", delay=0.4)
    slow = case.another(patience_s=5)
    first = threading.Thread(target=slow.create, args=(a_wish(),))
    first.start()
    try:
        while not case.till.calls:
            pass
        with pytest.raises(GatewaySilent):
            case.another(patience_s=5).create(a_wish())
    finally:
        first.join()
    assert case.count() == 1


@pytest.mark.parametrize("on", ["", "http_as_body"])
def test_the_bodys_code_counts_whatever_http_says(case, on):
    case.door("set", on=on)
    charge = case.charged()

    assert case.gateway.expire(charge) is True  # 407
    assert case.gateway.expire(charge) is False  # 412
    assert case.gateway.status(charge).state is GatewayState.EXPIRED  # 202
    with pytest.raises(GatewayRefused):
        case.gateway.status(replace(charge, gateway_id="", reference="PV-NONE"))  # 404


def test_it_is_found_by_our_number_too(case):
    charge = replace(case.paid(), gateway_id="")

    assert case.gateway.status(charge).state is GatewayState.PAID


def test_a_refund_that_the_bank_denies_is_a_refusal(case):
    charge = case.paid()
    case.door("set", on="refund_denied")

    with pytest.raises(GatewayRefused) as caught:
        case.gateway.refund(a_refund(charge))
    assert "denied by the bank" in str(caught.value)


def test_a_refund_key_that_is_used_gives_the_refund_it_made(case):
    charge = case.paid()
    first = case.gateway.refund(a_refund(charge))
    case.fake.forget_keys()

    assert case.gateway.refund(a_refund(charge)).gateway_id == first.gateway_id
    assert len(case.gateway.status(charge).refunds) == 1


def test_the_order_of_notifications_can_be_any(case):
    case.paid()
    bodies = [message.body for message in case.till.unsent]

    assert [body["transaction_status"] for body in bodies] == ["pending", "settlement"]
    assert [read(case, body).signal.state for body in reversed(bodies)] == [
        GatewayState.PAID,
        GatewayState.PENDING,
    ]


def test_two_notifications_come_of_a_refund(case):
    charge = case.paid()
    case.gateway.refund(a_refund(charge))
    case.door("refund-bank-confirm", reference=charge.reference)

    first, second = (read(case, message.body) for message in case.till.unsent[-2:])

    assert first.key != second.key
    assert second.key == f"{first.key}+"


def test_it_can_be_told_where_to_send_notifications(case):
    gateway = case.another(notify_url="https://pasar.contoh.id/webhook/midtrans")

    assert gateway._line._client.headers["X-Override-Notification"].startswith("https://pasar")


@pytest.mark.parametrize(
    ("status", "tries"), [(200, 0), (500, 1), (503, 4), (404, 2), (302, 0), (418, 5)]
)
def test_it_retries_by_what_it_is_answered(status, tries):
    assert fake_midtrans._retries(status) == tries
