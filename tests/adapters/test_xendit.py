"""Xendit's own whims: no protection against repeats, a fixed token, refunds wrapped twice."""

import json
from dataclasses import replace

import httpx
import pytest

from bazaar.adapters.fakes import xendit as fake_xendit
from bazaar.adapters.fakes.xendit import TOKEN
from bazaar.ports import GatewaySilent, NotGenuine
from bazaar.rules.gateway_events import GatewayState, RefundState
from tests.gateways import OLD_TOKEN, a_refund, a_wish, served, xendit


@pytest.fixture
def case():
    with served("xendit") as case:
        yield case


def read(case, body, token=TOKEN):
    return case.gateway.read_notification(
        {"X-Callback-Token": token, "Host": "x"}, json.dumps(body).encode()
    )


def told(case):
    return [read(case, message.body) for message in case.till.unsent]


# Requests


def test_the_same_twice_is_two_and_both_can_be_paid(case):
    first, second = case.charged(), case.charged()

    assert first.gateway_id != second.gateway_id
    for charge in (first, second):
        case.door("pay", id=charge.gateway_id)
        assert case.gateway.status(charge).state is GatewayState.PAID


@pytest.mark.parametrize("on", ["", "text_amounts"])
def test_amounts_are_numbers_or_texts(case, on):
    case.door("set", on=on)
    charge = case.paid()
    case.gateway.refund(a_refund(charge))
    signal = case.gateway.status(charge)

    assert (signal.amount_idr, signal.paid_idr, signal.refunds[0].amount_idr) == (
        147_356, 147_356, 50_000,
    )  # fmt: skip


def test_what_came_is_told_not_what_was_asked_for(case):
    charge = case.paid(amount=147_000)
    signal = case.gateway.status(charge)

    assert (signal.amount_idr, signal.paid_idr) == (147_356, 147_000)


def test_a_request_stays_expired_although_it_was_paid(case):
    charge = case.charged()
    case.door("expire", reference=charge.reference)
    case.door("pay", reference=charge.reference)

    signal = case.gateway.status(charge)
    assert (signal.state, signal.word) == (GatewayState.PAID, "EXPIRED")


def test_two_payments_of_one_request_are_two(case):
    charge = case.paid()
    first = case.gateway.status(charge).captures[0].payment_id
    case.door("pay", reference=charge.reference)

    signal = case.gateway.status(replace(charge, payment_id=first))
    assert signal.paid_idr == 2 * 147_356
    assert len({capture.id for capture in signal.captures}) == 2


def test_a_payment_of_another_request_is_not_counted(case):
    ours, other = case.charged(), case.paid(a_wish("PV-2-1"))
    foreign = case.gateway.status(other).captures[0].payment_id

    signal = case.gateway.status(replace(ours, payment_id=foreign))
    assert (signal.state, signal.paid_idr) == (GatewayState.PENDING, 0)


def test_success_without_a_payment_to_read_is_silence(case):
    charge = case.paid()
    case.door("set", on="no_payment_yet")

    with pytest.raises(GatewaySilent):
        case.gateway.status(charge)


def test_without_their_number_there_is_nothing_to_ask(case):
    case.charged()

    with pytest.raises(GatewaySilent):
        case.gateway.status(replace(case.charged(), gateway_id=""))


def test_no_code_is_silence(case):
    case.door("set", on="no_code")

    with pytest.raises(GatewaySilent):
        case.gateway.create(a_wish())


def test_the_deadline_is_sent_only_if_that_is_set(case):
    assert case.gateway.create(a_wish()).sent["channel_properties"] == {}
    sent = case.another(send_expiry=True).create(a_wish()).sent
    assert sent["channel_properties"] == {"expires_at": "2026-03-01T13:00:00Z"}


def test_a_sub_account_and_the_version_go_into_headers(case):
    headers = case.another(for_user="5f27a14a")._line._client.headers

    assert (headers["for-user-id"], headers["api-version"]) == ("5f27a14a", "2024-11-11")


def test_simulating_answers_before_the_webhook_comes(case):
    charge = case.charged()
    answer = httpx.post(
        f"{case.served.url}/v3/payment_requests/{charge.gateway_id}/simulate",
        json={"amount": 147_356},
        auth=(fake_xendit.KEY, ""),
        trust_env=False,
    )

    assert answer.json()["status"] == "PENDING"
    assert [notice.signal.state for notice in told(case)] == [GatewayState.PAID]


# Refunds


def test_a_refund_in_progress_is_waited_for(case):
    charge = case.paid()
    case.door("set", on="refund_in_progress")

    with pytest.raises(GatewaySilent):
        case.gateway.refund(a_refund(charge))


def test_a_refund_may_fail_after_it_was_taken(case):
    charge = case.paid()
    case.gateway.refund(a_refund(charge))
    case.door("set", on="refund_fails")
    case.door("refund-bank-confirm", reference=charge.reference)
    signal = case.gateway.status(charge)

    assert (signal.state, signal.refunds[0].state) == (GatewayState.PAID, RefundState.FAILED)
    assert signal.refunds[0].why == "ACCOUNT_NOT_FOUND"


def test_a_refunds_webhook_is_wrapped_twice(case):
    charge = case.paid()
    case.gateway.refund(a_refund(charge))
    case.door("refund-bank-confirm", reference=charge.reference)

    assert "data" in case.till.unsent[-1].body["data"]
    notice = told(case)[-1]
    assert (notice.signal.state, notice.signal.gateway_id) == (None, charge.gateway_id)
    (refund,) = notice.signal.refunds
    assert (refund.key, refund.state) == ("PV-7XK2Q-r1", RefundState.CONFIRMED)
    assert notice.key == f"refund.succeeded:{refund.gateway_id}"
    assert notice.payment_id == ""


# Webhooks


def test_a_capture_names_its_payment(case):
    charge = case.paid()
    (notice,) = told(case)
    (capture,) = notice.signal.captures

    assert notice.payment_id == capture.payment_id
    assert notice.key == f"payment.capture:{capture.payment_id}:{capture.id}"
    assert (notice.signal.reference, notice.signal.gateway_id) == (
        charge.reference,
        charge.gateway_id,
    )
    assert notice.signal.paid_idr == 147_356


def test_an_expiry_names_its_request(case):
    charge = case.charged()
    case.door("expire", reference=charge.reference)
    (notice,) = told(case)

    assert notice.key == f"payment_request.expiry:{charge.gateway_id}"
    assert notice.signal.state is GatewayState.EXPIRED


@pytest.mark.parametrize("token", ["", TOKEN + "x", TOKEN.upper(), "é"])
def test_a_wrong_token_is_refused(case, token):
    with pytest.raises(NotGenuine):
        read(case, {"event": "payment.capture"}, token)


def test_both_tokens_count_during_a_change(case):
    assert read(case, {"event": "x"}, OLD_TOKEN).signal.state is None


def test_without_a_token_set_nobody_is_believed(case):
    with pytest.raises(NotGenuine):
        xendit(case.served.url, tokens=[""]).read_notification({"x-callback-token": ""}, b"{}")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"event": 7, "data": []}, {"event": "payment.capture", "data": {"captures": "x"}},
        {"event": "payment_token.activation", "data": {"payment_token_id": "pt-1"}},
        {"event": "payment.capture", "data": {"status": "SUCCEEDED", "captures": [{"capture_amount": -5}]}},
    ],
)  # fmt: skip
def test_odd_bodies_are_read_and_bring_nothing(case, body):
    notice = read(case, body)

    assert notice.signal.captures == ()
    assert notice.key


def test_bodies_of_the_older_version_are_known(case):
    body = {"event": "payment.succeeded", "data": {"id": "py-1", "amount": 1000,
            "payment_request_id": "pr-1", "reference_id": "PV-1-1", "payment_method": {}}}  # fmt: skip
    notice = read(case, body)

    assert (notice.payment_id, notice.signal.amount_idr) == ("py-1", 1_000)
    assert (notice.signal.reference, notice.signal.captures) == ("PV-1-1", ())


def test_news_nobody_can_name_are_told_apart_by_their_body(case):
    keys = {read(case, {"event": "x", "data": {"n": n}}).key for n in (1, 1, 2)}

    assert len(keys) == 2


def test_it_retries_six_times(case):
    assert case.till.retries_after(500) == 6
    assert case.till.retries_after(204) == 0
