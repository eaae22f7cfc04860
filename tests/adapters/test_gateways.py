"""One suite for all payment gateways: what the port promises, whoever keeps it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

import pytest
from flask import Flask, request

from bazaar.adapters.fakes.serving import Served
from bazaar.adapters.paying import FAILURES, WINDOW_S, Circuit
from bazaar.ports import (
    ChargeName,
    GatewayRefused,
    GatewaySilent,
    NotGenuine,
    UnreadableNotification,
)
from bazaar.rules import qris
from bazaar.rules.gateway_events import GatewayState, RefundState
from tests.gateways import MAKERS, a_refund, a_wish, served


@pytest.fixture(params=sorted(MAKERS))
def case(request):
    with served(request.param) as case:
        yield case


def states(case, charge):
    return case.gateway.status(charge).state


# Asking for money


def test_the_code_asks_for_the_exact_amount(case):
    wish = a_wish()
    charge = case.gateway.create(wish)

    assert qris.split_amount(charge.qr_payload) == 147_356
    assert charge.gateway_id
    assert case.gateway.status(ChargeName(wish.reference, charge.gateway_id)).amount_idr == 147_356
    assert case.count() == 1


def test_what_it_was_told_holds_nothing_of_the_buyer(case):
    sent = json.dumps(case.gateway.create(a_wish()).sent)

    assert "PV-7XK2Q-1" in sent
    assert "customer" not in sent


@pytest.mark.parametrize(
    "fault", [{"status": 0}, {"status": 500}, {"status": 503}, {"status": 429}]
)
@pytest.mark.parametrize("done", ["", "1"])
def test_a_create_is_never_repeated_and_silence_is_told(case, fault, done):
    case.door("fail-next", done=done, **fault)

    with pytest.raises(GatewaySilent):
        case.impatient(fault["status"]).create(a_wish())

    assert len(case.till.calls) == 1
    assert case.count() == (1 if done else 0)


def test_after_silence_the_next_reference_gets_a_code_of_its_own(case):
    case.door("fail-next", status=500, done=1)
    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())

    charge = case.charged(a_wish("PV-7XK2Q-2"))

    assert case.count() == 2
    case.door("pay", reference="PV-7XK2Q-1")
    assert states(case, charge) is GatewayState.PENDING


def test_an_answer_about_another_amount_is_not_believed(case):
    case.door("set", on="other_amount")

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())


def test_a_refusal_says_nothing_was_made(case):
    case.door("set", on="deny,failed")

    with pytest.raises(GatewayRefused):
        case.gateway.create(a_wish())


def test_a_wrong_key_is_a_refusal(case):
    gateway = case.another(key="SB-wrong")

    for call in (lambda: gateway.create(a_wish()), gateway.probe):
        with pytest.raises(GatewayRefused):
            call()
    assert case.count() == 0


def test_nobody_listening_is_silence(case):
    gateway = MAKERS[case.gateway.name][1]("http://127.0.0.1:9", patience_s=0.2, connect_s=0.2)
    charge = ChargeName("PV-1-1", "x")

    for call in (
        lambda: gateway.create(a_wish()),
        lambda: gateway.expire(charge),
        lambda: gateway.refund(a_refund(charge)),
        lambda: gateway.status(charge),
    ):
        with pytest.raises(GatewaySilent):
            call()


def test_redirects_are_not_followed(case):
    case.door("fail-next", status=302, times=3)

    with pytest.raises((GatewaySilent, GatewayRefused)):
        case.gateway.create(a_wish())
    assert len(case.till.calls) == 1


# How it stands


def test_a_payment_is_seen(case):
    charge = case.paid()
    signal = case.gateway.status(charge)

    assert (signal.state, signal.paid_idr) == (GatewayState.PAID, 147_356)
    assert (signal.reference, signal.gateway_id) == (charge.reference, charge.gateway_id)
    assert signal.issuer.lower() == "dana"
    assert signal.occurred_at == signal.captures[0].at
    assert case.gateway.status(charge) == replace(signal, occurred_at=signal.occurred_at)


def test_reading_is_repeated_and_survives_two_faults(case):
    charge = case.paid()
    case.door("fail-next", status=503, times=2)

    assert states(case, charge) is GatewayState.PAID


def test_a_request_nobody_knows_is_refused(case):
    with pytest.raises(GatewayRefused):
        case.gateway.status(ChargeName("PV-NONE-1", "pr-none"))


def test_the_answer_must_be_about_the_request_asked_for(case):
    charge = case.charged()

    with pytest.raises(GatewaySilent):
        case.gateway.status(replace(charge, reference="PV-OTHER-1"))


def test_an_ended_request_cannot_be_paid(case):
    charge = case.charged()

    assert case.gateway.expire(charge) is True
    assert states(case, charge) in {GatewayState.EXPIRED, GatewayState.CANCELLED}


def test_what_is_paid_or_over_cannot_be_ended(case):
    paid, over = case.paid(), case.charged(a_wish("PV-7XK2Q-2"))
    case.door("expire", reference=over.reference)

    assert case.gateway.expire(paid) is False
    assert case.gateway.expire(over) is False
    assert states(case, paid) is GatewayState.PAID
    assert states(case, over) is GatewayState.EXPIRED


def test_a_payment_after_expiry_is_seen(case):
    charge = case.charged()
    case.door("expire", reference=charge.reference)
    assert states(case, charge) is GatewayState.EXPIRED

    payment_id = case.door("pay", reference=charge.reference)

    signal = case.gateway.status(replace(charge, payment_id=payment_id))
    assert (signal.state, signal.paid_idr) == (GatewayState.PAID, 147_356)


# Giving back


def test_a_refund_is_sent_then_confirmed(case):
    charge = case.paid()
    sent = case.gateway.refund(a_refund(charge))
    case.door("refund-bank-confirm", reference=charge.reference)
    signal = case.gateway.status(charge)

    assert (sent.key, sent.state, sent.amount_idr) == ("PV-7XK2Q-r1", RefundState.SENT, 50_000)
    (told,) = signal.refunds
    assert (told.key, told.state, told.amount_idr) == (sent.key, RefundState.CONFIRMED, 50_000)
    assert signal.state is GatewayState.PARTLY_REFUNDED
    assert signal.paid_idr == 147_356


def test_the_whole_can_be_given_back(case):
    charge = case.paid()
    case.gateway.refund(a_refund(charge, 147_356))
    case.door("refund-bank-confirm", reference=charge.reference)

    assert states(case, charge) is GatewayState.REFUNDED


@pytest.mark.parametrize("status", [0, 500, 503])
def test_a_refund_whose_answer_was_lost_is_given_once(case, status):
    charge = case.paid()
    case.door("fail-next", status=status, done=1, method="POST")

    news = case.impatient(status).refund(a_refund(charge))
    again = case.gateway.refund(a_refund(charge))

    assert (news.key, again.key) == ("PV-7XK2Q-r1", "PV-7XK2Q-r1")
    assert len(case.gateway.status(charge).refunds) == 1


def test_a_refund_of_everything_is_found_again_long_after(case):
    charge, gateway = case.paid(), case.gateway
    gateway.refund(a_refund(charge, 147_356, key="PV-7XK2Q-r9"))
    case.fake.forget_keys()

    assert gateway.refund(a_refund(charge, 147_356, key="PV-7XK2Q-r9")).key == "PV-7XK2Q-r9"
    with pytest.raises(GatewayRefused):
        gateway.refund(a_refund(charge, 1, key="PV-7XK2Q-r10"))


def test_two_refunds_are_two(case):
    charge = case.paid()
    case.gateway.refund(a_refund(charge))
    case.gateway.refund(a_refund(charge, key="PV-7XK2Q-r2"))

    told = {refund.key: refund.amount_idr for refund in case.gateway.status(charge).refunds}
    assert told == {"PV-7XK2Q-r1": 50_000, "PV-7XK2Q-r2": 50_000}


def test_more_than_came_is_not_given_back(case):
    with pytest.raises(GatewayRefused):
        case.gateway.refund(a_refund(case.paid(), 147_357))


def test_what_was_not_paid_is_not_given_back(case):
    with pytest.raises(GatewayRefused):
        case.gateway.refund(a_refund(case.charged()))


# Messages


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'"x"', b"\xff", b"[" * 9000, b"null"])
def test_what_is_no_object_is_not_read(case, body):
    headers = {"X-CALLBACK-TOKEN": "token-fiktif-0123456789"}
    with pytest.raises(UnreadableNotification):
        case.gateway.read_notification(headers, body)


@pytest.mark.parametrize("headers", [{}, {"x-callback-token": "é"}, {"x-callback-token": ""}])
def test_strangers_are_not_believed(case, headers):
    for body in ({}, {"order_id": "x", "signature_key": "é\ud800"}, {"event": "payment.capture"}):
        with pytest.raises(NotGenuine):
            case.gateway.read_notification(headers, json.dumps(body).encode())


def test_a_probe_is_harmless(case):
    case.gateway.probe()

    assert case.count() == 0
    assert case.gateway.is_trial


# When it is ill


def test_after_five_failures_nobody_is_called_for_a_minute(case):
    clock = [0.0]
    case.gateway._line.circuit = Circuit(lambda: clock[0])
    case.door("fail-next", status=503, times=6)
    for number in range(FAILURES):
        with pytest.raises(GatewaySilent):
            case.gateway.create(a_wish(f"PV-7XK2Q-{number}"))
    assert not case.gateway.is_well

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish("PV-7XK2Q-9"))
    assert len(case.till.calls) == FAILURES

    clock[0] = WINDOW_S
    with pytest.raises(GatewaySilent):  # one goes first, and finds it ill
        case.gateway.create(a_wish("PV-7XK2Q-9"))
    assert not case.gateway.is_well

    clock[0] = 2 * WINDOW_S
    case.gateway.create(a_wish("PV-7XK2Q-9"))
    assert case.gateway.is_well


def test_failures_far_apart_do_not_stop_calls():
    clock = [0.0]
    circuit = Circuit(lambda: clock[0])
    for _ in range(20):
        clock[0] += WINDOW_S / 4
        circuit.enter()
        circuit.note(well=False)

    assert circuit.is_closed


# The pretended ones themselves


def test_they_repeat_what_was_not_taken(case):
    answers, told = [503, 503, 200], []
    receiver = Flask("receiver")

    @receiver.post("/hook")
    def hook():
        told.append(request.get_json())
        return "", answers.pop(0)

    with Served(receiver) as behind:
        case.paid()
        del case.till.unsent[:-1]
        case.door("set", notify_url=f"{behind.url}/hook")

        assert case.door("notify") == [503]
        assert case.door("retry") == [503]
        assert case.door("retry") == [200]
        assert case.door("retry") == []
    assert told[0] == told[1] == told[2]


def test_they_tell_twice_and_backwards(case):
    told = []
    receiver = Flask("receiver")

    @receiver.post("/hook")
    def hook():
        told.append(request.get_data())
        return ""

    with Served(receiver) as behind:
        case.paid()
        case.paid(a_wish("PV-7XK2Q-2"))
        bodies = [message.body for message in case.till.unsent]
        case.door("set", notify_url=f"{behind.url}/hook")
        assert case.door("notify", dup=2, order="reverse") == [200] * 2 * len(bodies)

    assert [json.loads(body) for body in told[::2]] == bodies[::-1]


def test_their_page_shows_what_can_be_paid(case):
    charge = case.charged()
    page = case.app.test_client().get("/").text

    assert charge.reference in page
    answer = case.app.test_client().post(
        "/_fake/pay", data={"reference": charge.reference, "page": "1"}
    )
    assert answer.status_code == 302
    assert states(case, charge) is GatewayState.PAID


def test_they_can_be_started_by_hand():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "bazaar",
        "fake-gateway",
        "xendit",
        "--port",
        str(port),
    ]
    environment = {"BAZAAR_MODE": "development", "BAZAAR_LOG_LEVEL": "WARNING"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAZAAR_")}
    with tempfile.TemporaryDirectory() as folder:
        environment["BAZAAR_INSTANCE_PATH"] = folder
        with subprocess.Popen(
            program, env=kept | environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                assert f"BAZAAR_XENDIT_URL=http://127.0.0.1:{port}" in process.stdout.readline()
                assert "BAZAAR_XENDIT_TOKENS=" in process.stdout.readline()
                assert wait_for(MAKERS["xendit"][1], port).create(a_wish()).qr_payload
            finally:
                process.terminate()


def wait_for(adapter, port):
    """Return an adapter before a gateway that is only just starting."""
    for _ in range(100):
        gateway = adapter(f"http://127.0.0.1:{port}")
        try:
            gateway.probe()
        except GatewaySilent:
            time.sleep(0.1)
        else:
            return gateway
    raise AssertionError("it did not start")
