"""Xendit: QRIS by its Payments API v3.

Source: Xendit's public reference of payment requests, payments, refunds and webhooks. A create has
no protection against repeats, so it is never repeated: both requests could be paid. A request that
has expired stays so although a payment came for it later, so payments are asked about by
themselves. Webhooks show one fixed token, which is no signature over the body. Amounts are numbers
or text. A refund's webhook wraps its object twice.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Final
from urllib.parse import quote

from bazaar.adapters.calling import REASON_LENGTH, Answer, rows, texts
from bazaar.adapters.paying import CONNECT_S, PATIENCE_S, GatewayLine
from bazaar.ports import (
    ChargeName,
    ChargeWish,
    GatewayCharge,
    GatewayRefused,
    GatewaySilent,
    NotGenuine,
    Notification,
    RefundWish,
    UnreadableNotification,
)
from bazaar.rules import qris
from bazaar.rules.courier_words import clean, instant
from bazaar.rules.gateway_events import (
    BROUGHT_MONEY,
    Capture,
    GatewaySignal,
    GatewayState,
    RefundNews,
    RefundState,
    after,
)
from bazaar.rules.gateway_words import XENDIT, XENDIT_REFUNDS, rupiah

API_VERSION: Final = "2024-11-11"
MAX_ID: Final = 80
READ_TRIES: Final = 3
NO_REQUEST: Final = "pr-00000000-0000-4000-8000-000000000000"
OUR_ACCOUNT: Final = frozenset({401, 403})
"""Statuses that every other request would get as well."""

LATER: Final = frozenset({"PAYMENT_REQUEST_RATE_LIMITED", "TEMPORARILY_UNAVAILABLE"})
"""Codes under 400 that say no more than: not now."""

ENDED: Final = frozenset({"INACTIVE_PAYMENT_REQUEST", "INELIGIBLE_TRANSACTION_STATUS"})
PERHAPS_OURS: Final = frozenset({"REFUND_IN_PROGRESS", "DUPLICATE_ERROR"})
EVENTS: Final[Mapping[str, GatewayState]] = {
    "payment.authorization": GatewayState.PENDING,
    "payment.capture": GatewayState.PAID,
    "payment.succeeded": GatewayState.PAID,
    "payment.failure": GatewayState.PENDING,
    "payment.expiry": GatewayState.PENDING,
    "payment_request.expiry": GatewayState.EXPIRED,
}
"""What a webhook says of the request. A payment that failed leaves it open for the next one."""


class Xendit:
    """A PaymentGateway that is Xendit. Webhooks show one of `tokens`.

    `for_user` is the sub-account in whose name requests are made, if any. `send_expiry` sends our
    deadline, which the page on QRIS says is not heeded.
    """

    name = "xendit"

    def __init__(
        self,
        url: str,
        key: str,
        *,
        tokens: Sequence[str],
        for_user: str = "",
        send_expiry: bool = False,
        patience_s: float = PATIENCE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        headers = {"api-version": API_VERSION}
        if for_user:
            headers["for-user-id"] = for_user
        self._line = GatewayLine(
            url, key, headers=headers, patience_s=patience_s, connect_s=connect_s
        )
        self._tokens = [token.encode() for token in tokens if token]
        self._send_expiry = send_expiry
        self.is_trial = "development" in key

    @property
    def is_well(self) -> bool:
        """Whether there were fewer than five failures in the last minute."""
        return self._line.circuit.is_closed

    def create(self, wish: ChargeWish) -> GatewayCharge:
        """Make a payment request, once."""
        sent = self._wish(wish)
        headers = {"idempotency-key": wish.reference}
        answer = self._line.ask("POST", "/v3/payment_requests", json=sent, headers=headers)
        body = self._good(answer)
        gateway_id = clean(body.get("payment_request_id"), MAX_ID)
        is_ours = body.get("reference_id") == wish.reference and body.get("currency") == "IDR"
        if not gateway_id or not is_ours or rupiah(body.get("request_amount")) != wish.amount_idr:
            raise GatewaySilent("jawaban untuk tagihan lain")
        state = XENDIT.get(clean(body.get("status"), 40))
        if state is not GatewayState.PENDING:
            raise GatewayRefused(clean(body.get("failure_code"), REASON_LENGTH) or "ditolak")
        payload = next(
            (
                action.get("value")
                for action in rows(body.get("actions"))
                if action.get("descriptor") == "QR_STRING"
            ),
            None,
        )
        if not isinstance(payload, str) or not payload:
            raise GatewaySilent(f"tanpa kode QR ({gateway_id})")
        if qris.split_amount(payload) not in {None, wish.amount_idr}:
            raise GatewaySilent("kode QR dengan jumlah lain")
        return GatewayCharge(gateway_id, payload, None, sent)

    def status(self, charge: ChargeName) -> GatewaySignal:
        """Return how the request stands, with every payment known of, and refunds if one came."""
        if not charge.gateway_id:
            raise GatewaySilent("nomor permintaan di Xendit belum diketahui")
        body = self._good(self._line.ask("GET", _path(charge), tries=READ_TRIES))
        if body.get("reference_id") != charge.reference:
            raise GatewaySilent("jawaban untuk tagihan lain")
        word = clean(body.get("status"), 40)
        state = XENDIT.get(word)
        payments = self._payments(charge, clean(body.get("latest_payment_id"), MAX_ID))
        captures = tuple(capture for payment in payments for capture in _captures(payment))
        if captures:
            state = after(state or GatewayState.PENDING, GatewayState.PAID)
        elif state in BROUGHT_MONEY:
            raise GatewaySilent("pembayarannya belum terbaca")
        refunds = self._refunds(charge) if captures else ()
        at = [capture.at for capture in captures if capture.at]
        return GatewaySignal(
            charge.reference,
            charge.gateway_id,
            _with_refunds(state, captures, refunds),
            word,
            rupiah(body.get("request_amount")),
            min(at) if at else instant(body.get("updated"), zone=UTC),
            captures,
            refunds,
            next((_issuer(payment) for payment in payments), ""),
        )

    def expire(self, charge: ChargeName) -> bool:
        """Cancel the request."""
        answer = self._line.ask("POST", f"{_path(charge)}/cancel", json={})
        if answer.body.get("error_code") in ENDED:
            return False
        return XENDIT.get(clean(self._good(answer).get("status"), 40)) is GatewayState.CANCELLED

    def refund(self, wish: RefundWish) -> RefundNews:
        """Give back, unless a refund under this key is there already.

        Whether a repeat would be known there is not certain, so nothing is repeated blindly: after
        silence it is looked up, and if it is not there the next try looks again first.
        """
        if (known := self._refund_before(wish)) is not None:
            return known
        sent = {
            "reference_id": wish.key,
            "payment_request_id": wish.charge.gateway_id,
            "currency": "IDR",
            "amount": wish.amount_idr,
            "reason": "REQUESTED_BY_CUSTOMER",
            "metadata": {"why": clean(wish.reason, 200)},
        }
        headers = {"idempotency-key": wish.key}
        try:
            answer = self._line.ask("POST", "/refunds", json=sent, headers=headers)
            if answer.body.get("error_code") not in PERHAPS_OURS:
                return _refund(self._good(answer))
            silence = GatewaySilent(clean(answer.body.get("error_code"), REASON_LENGTH))
        except GatewaySilent as failure:
            silence = failure
        if (known := self._refund_before(wish)) is not None:
            return known
        raise silence

    def probe(self) -> None:
        """Ask for a request that cannot be: not being found is a good answer."""
        answer = self._line.ask("GET", f"/v3/payment_requests/{NO_REQUEST}", tries=READ_TRIES)
        if answer.status != 404:
            self._good(answer)

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """Compare the token, then read; events nobody knows say nothing."""
        shown = {name.lower(): value for name, value in headers.items()}.get("x-callback-token", "")
        shown_bytes = shown.encode("utf-8", "replace")
        fits = [hmac.compare_digest(shown_bytes, token) for token in self._tokens]
        if not any(fits):
            raise NotGenuine
        try:
            read = json.loads(body)
        except (ValueError, RecursionError):
            raise UnreadableNotification from None
        if not isinstance(read, dict):
            raise UnreadableNotification
        return _notification(read, body)

    def _wish(self, wish: ChargeWish) -> dict[str, Any]:
        until = wish.pay_before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "reference_id": wish.reference,
            "type": "PAY",
            "country": "ID",
            "currency": "IDR",
            "request_amount": wish.amount_idr,
            "capture_method": "AUTOMATIC",
            "channel_code": "QRIS",
            "channel_properties": {"expires_at": until} if self._send_expiry else {},
            "description": clean(wish.description, 200) or wish.reference,
        }

    def _payments(self, charge: ChargeName, latest: str) -> list[Mapping[str, Any]]:
        """Return the payments known of that are for this request."""
        found = []
        for payment_id in dict.fromkeys(filter(None, (charge.payment_id, latest))):
            path = f"/v3/payments/{quote(payment_id, safe='')}"
            answer = self._line.ask("GET", path, tries=READ_TRIES)
            if answer.status == 404:
                continue
            body = self._good(answer)
            if body.get("payment_request_id") == charge.gateway_id:
                found.append(body)
        return found

    def _refunds(self, charge: ChargeName) -> tuple[RefundNews, ...]:
        query = {"payment_request_id": charge.gateway_id}
        body = self._good(self._line.ask("GET", "/refunds", params=query, tries=READ_TRIES))
        return tuple(_refund(row) for row in rows(body.get("data")))

    def _refund_before(self, wish: RefundWish) -> RefundNews | None:
        found = (refund for refund in self._refunds(wish.charge) if refund.key == wish.key)
        return next(found, None)

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        """Return the body of a success. Raises GatewaySilent, GatewayRefused."""
        if answer.status < 300:
            return answer.body
        code = clean(answer.body.get("error_code"), 60)
        words = f"{clean(answer.body.get('message'), REASON_LENGTH)} ({code or answer.status})"
        if answer.status in OUR_ACCOUNT or code in LATER:
            self._line.circuit.note(well=False)
        if answer.status < 400 or code in LATER:
            raise GatewaySilent(words)
        raise GatewayRefused(words)


def _path(charge: ChargeName) -> str:
    return f"/v3/payment_requests/{quote(charge.gateway_id, safe='') or '-'}"


def _captures(payment: Mapping[str, Any]) -> list[Capture]:
    """Return what came by a payment that succeeded, each capture by itself."""
    if payment.get("status") != "SUCCEEDED" or payment.get("currency", "IDR") != "IDR":
        return []
    payment_id = clean(payment.get("payment_id"), MAX_ID)
    found = []
    for row in rows(payment.get("captures")):
        amount_idr = rupiah(row.get("capture_amount"))
        if amount_idr:
            capture_id = clean(row.get("capture_id"), MAX_ID) or payment_id
            at = instant(row.get("capture_timestamp"), zone=UTC)
            found.append(Capture(capture_id, amount_idr, at, payment_id))
    return found


def _with_refunds(
    state: GatewayState | None, captures: Sequence[Capture], refunds: Sequence[RefundNews]
) -> GatewayState | None:
    """Return the state with what was given back taken into account."""
    back = sum(
        refund.amount_idr or 0 for refund in refunds if refund.state is RefundState.CONFIRMED
    )
    if state is not GatewayState.PAID or not back:
        return state
    whole = back >= sum(capture.amount_idr for capture in captures)
    return GatewayState.REFUNDED if whole else GatewayState.PARTLY_REFUNDED


def _refund(row: Mapping[str, Any]) -> RefundNews:
    return RefundNews(
        clean(row.get("reference_id"), MAX_ID),
        clean(row.get("id"), MAX_ID),
        XENDIT_REFUNDS.get(clean(row.get("status"), 40), RefundState.SENT),
        rupiah(row.get("amount")),
        instant(row.get("updated"), zone=UTC),
        clean(row.get("failure_code"), 60),
    )


def _issuer(payment: Mapping[str, Any]) -> str:
    return clean(texts(payment.get("payment_details")).get("issuer_name"), 40)


def _notification(body: Mapping[str, Any], sent: bytes) -> Notification:
    """Read a webhook: a refund's object lies one deeper, in bodies of v2 ids have other names."""
    event = clean(body.get("event"), 60)
    data = texts(body.get("data"))
    data = texts(data.get("data")) or data
    is_refund = event.startswith("refund.")
    payment_id = clean(data.get("payment_id") or ("" if is_refund else data.get("id")), MAX_ID)
    captures = tuple(_captures(data)) if event == "payment.capture" else ()
    amount = data.get("request_amount", data.get("amount"))
    signal = GatewaySignal(
        "" if is_refund else clean(data.get("reference_id"), MAX_ID),
        clean(data.get("payment_request_id"), MAX_ID),
        EVENTS.get(event),
        event,
        None if is_refund else rupiah(amount),
        instant(body.get("created"), zone=UTC),
        captures,
        (_refund(data),) if is_refund else (),
        _issuer(data),
    )
    about = clean(data.get("id"), MAX_ID) if is_refund else payment_id or signal.gateway_id
    parts = [event, about or hashlib.sha256(sent).hexdigest()]
    parts += [capture.id for capture in captures]
    return Notification(":".join(parts), signal, payment_id)
