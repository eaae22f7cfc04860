"""Midtrans: QRIS by its Core API.

Source: Midtrans' public documentation of the Core API (charge, status, notification, refund) and
its official clients. The HTTP status and the body's `status_code` are two things, and the body
counts. Amounts are text with two decimals, times are WIB without a zone, an expired transaction
answers 407, a number used before 406. The signature of a notification covers number, code and
amount, but not `transaction_status`: a message can name another status and still fit, so money is
money only when status, code and a look at the transaction agree.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from bazaar import code_photos
from bazaar.adapters.calling import REASON_LENGTH, Answer, rows
from bazaar.adapters.paying import CONNECT_S, PATIENCE_S, GatewayLine
from bazaar.errors import Invalid
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
from bazaar.rules.courier_words import WIB, clean, instant
from bazaar.rules.gateway_events import (
    BROUGHT_MONEY,
    Capture,
    GatewaySignal,
    RefundNews,
    RefundState,
)
from bazaar.rules.gateway_words import MIDTRANS, rupiah

EXPIRED: Final = 407
USED_BEFORE: Final = 406
UNCHANGEABLE: Final = 412
NOT_FOUND: Final = 404
BUSY: Final = 429
RUNNING: Final = 202
OUR_ACCOUNT: Final = frozenset({401, 402, 403, 411})
"""Codes that every other request would get as well."""

SHORTEST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=5)
"""What codes of all acquirers may last; shorter ones are not ended reliably."""

MAX_KEY: Final = 46
MAX_ID: Final = 80
READ_TRIES: Final = 3
REFUND_TRIES: Final = 2
PROBE: Final = "uji-pemasangan"


class Midtrans:
    """A PaymentGateway that is Midtrans. Notifications may be signed by `old_keys` as well.

    `notify_url` tells it where to send them; empty: where its dashboard says.
    """

    name = "midtrans"

    def __init__(
        self,
        url: str,
        key: str,
        *,
        old_keys: Sequence[str] = (),
        acquirer: str = "gopay",
        notify_url: str = "",
        patience_s: float = PATIENCE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        headers = {"X-Override-Notification": notify_url} if notify_url else {}
        self._line = GatewayLine(
            url, key, headers=headers, patience_s=patience_s, connect_s=connect_s
        )
        self._keys = [key, *old_keys]
        self._acquirer = acquirer
        self.is_trial = key.startswith("SB-") or "sandbox" in url

    @property
    def is_well(self) -> bool:
        """Whether there were fewer than five failures in the last minute."""
        return self._line.circuit.is_closed

    def create(self, wish: ChargeWish) -> GatewayCharge:
        """Charge once. A number that was used before is silence: its code is not known here."""
        sent = self._wish(wish)
        key = f"{wish.reference}-charge"[-MAX_KEY:]
        answer = self._line.ask("POST", "/v2/charge", json=sent, headers={"Idempotency-Key": key})
        if _code(answer) == USED_BEFORE or answer.status == RUNNING:
            raise GatewaySilent("nomor percobaan ini sudah dipakai")
        body = self._good(answer)
        if body.get("transaction_status") != "pending":
            raise GatewayRefused(clean(body.get("status_message"), REASON_LENGTH) or "ditolak")
        gateway_id = clean(body.get("transaction_id"), MAX_ID)
        is_ours = body.get("order_id") == wish.reference
        if not gateway_id or not is_ours or rupiah(body.get("gross_amount")) != wish.amount_idr:
            raise GatewaySilent("jawaban untuk tagihan lain")
        payload = self._payload(body, gateway_id)
        if qris.split_amount(payload) not in {None, wish.amount_idr}:
            raise GatewaySilent("kode QR dengan jumlah lain")
        return GatewayCharge(gateway_id, payload, instant(body.get("expiry_time")), sent)

    def status(self, charge: ChargeName) -> GatewaySignal:
        """Return how the transaction stands. Raises GatewayRefused where there is none."""
        answer = self._line.ask("GET", f"{_path(charge)}/status", tries=READ_TRIES)
        signal = _signal(self._good(answer))
        if signal.reference != charge.reference:
            raise GatewaySilent("jawaban untuk tagihan lain")
        return signal

    def expire(self, charge: ChargeName) -> bool:
        """End a pending transaction: the answer 407 says that it is done."""
        answer = self._line.ask("POST", f"{_path(charge)}/expire", json={})
        if _code(answer) == UNCHANGEABLE:
            return False
        self._good(answer)
        return True

    def refund(self, wish: RefundWish) -> RefundNews:
        """Give back; a key that was used before is looked up among the transaction's refunds."""
        sent = {"refund_key": wish.key, "amount": wish.amount_idr, "reason": wish.reason}
        answer = self._line.ask(
            "POST",
            f"{_path(wish.charge)}/refund",
            json=sent,
            headers={"Idempotency-Key": f"{wish.key}-refund"[-MAX_KEY:]},
            tries=REFUND_TRIES,
        )
        if _code(answer) in {USED_BEFORE, UNCHANGEABLE}:
            return self._refund_before(wish, answer)
        body = self._good(answer)
        status = body.get("transaction_status")
        if status in {"refund", "partial_refund"}:
            gateway_id = clean(body.get("refund_chargeback_id"), MAX_ID)
            return RefundNews(wish.key, gateway_id, RefundState.SENT, wish.amount_idr)
        if status is None:
            raise GatewaySilent("sedang diproses")
        raise GatewayRefused(clean(body.get("status_message"), REASON_LENGTH) or "ditolak bank")

    def probe(self) -> None:
        """Ask about a transaction that cannot be: not being found is a good answer."""
        answer = self._line.ask("GET", f"/v2/{PROBE}/status", tries=READ_TRIES)
        if _code(answer) != NOT_FOUND:
            self._good(answer)

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """Check the signature over the texts as they came, and read the rest."""
        try:
            read = json.loads(body)
        except (ValueError, RecursionError):
            raise UnreadableNotification from None
        if not isinstance(read, dict):
            raise UnreadableNotification
        if not self._signed(read):
            raise NotGenuine
        return Notification(_event_key(read), _signal(read))

    def _wish(self, wish: ChargeWish) -> dict[str, Any]:
        name = clean(wish.description, 50) or wish.reference
        lasts = min(max(wish.pay_before - wish.now, SHORTEST), LONGEST)
        item = {"id": wish.reference, "price": wish.amount_idr, "quantity": 1, "name": name}
        return {
            "payment_type": "qris",
            "transaction_details": {"order_id": wish.reference, "gross_amount": wish.amount_idr},
            "item_details": [item],
            "qris": {"acquirer": self._acquirer},
            "custom_expiry": {
                "order_time": wish.now.astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S %z"),
                "expiry_duration": -(-int(lasts.total_seconds()) // 60),
                "unit": "minute",
            },
        }

    def _payload(self, body: Mapping[str, Any], gateway_id: str) -> str:
        """Return the text of the code; where it is left out, by reading its picture."""
        payload = body.get("qr_string")
        if isinstance(payload, str) and payload:
            return payload
        addresses = {
            str(action.get("name")): action.get("url") for action in rows(body.get("actions"))
        }
        url = addresses.get("generate-qr-code") or addresses.get("generate-qr-code-v2")
        if not isinstance(url, str):
            raise GatewaySilent(f"tanpa kode QR ({gateway_id})")
        try:
            codes = code_photos.read(self._line.fetch(url))
        except Invalid:
            codes = []
        if len(codes) != 1:
            raise GatewaySilent("gambar QR tidak terbaca")
        return codes[0]

    def _refund_before(self, wish: RefundWish, answer: Answer) -> RefundNews:
        """Return the refund that was made under this key, if so; a whole one ends all others."""
        known = self.status(wish.charge).refunds
        found = next((refund for refund in known if refund.key == wish.key), None)
        if found is None and _code(answer) == USED_BEFORE:
            raise GatewaySilent("nomor pengembalian sudah dipakai")
        if found is None:
            raise _refused(answer)
        return found

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        """Return the body of a success. Raises GatewaySilent, GatewayRefused."""
        code = _code(answer)
        if code < 400 or code == EXPIRED:
            return answer.body
        if code >= 500 or code == BUSY or code in OUR_ACCOUNT:
            self._line.circuit.note(well=False)
        if code >= 500 or code == BUSY:  # in the body, under whatever HTTP status
            raise GatewaySilent(f"kode {code}")
        raise _refused(answer)

    def _signed(self, body: Mapping[str, Any]) -> bool:
        """Say whether number, code and amount fit the signature, each as it was written."""
        parts = [body.get(name) for name in ("order_id", "status_code", "gross_amount")]
        shown = body.get("signature_key")
        if not isinstance(shown, str) or not all(isinstance(part, str) for part in parts):
            return False
        text = "".join(map(str, parts))
        fits = [
            hmac.compare_digest(_sha512(text + key), shown.encode("utf-8", "replace"))
            for key in self._keys
        ]
        return any(fits)


def _sha512(text: str) -> bytes:
    return hashlib.sha512(text.encode("utf-8", "replace")).hexdigest().encode()


def _path(charge: ChargeName) -> str:
    return f"/v2/{quote(charge.gateway_id or charge.reference, safe='')}"


def _code(answer: Answer) -> int:
    """Return the body's code; the HTTP status where it has none."""
    code = clean(answer.body.get("status_code"), 4)
    return int(code) if code.isascii() and code.isdigit() else answer.status


def _refused(answer: Answer) -> GatewayRefused:
    told = answer.body.get("validation_messages")
    words = "; ".join(map(str, told)) if isinstance(told, list) else ""
    words = clean(words or answer.body.get("status_message"), REASON_LENGTH)
    return GatewayRefused(f"{words or 'tanpa alasan'} ({_code(answer)})")


def _signal(body: Mapping[str, Any]) -> GatewaySignal:
    word = clean(body.get("transaction_status"), 40)
    code = clean(body.get("status_code"), 4)
    state = MIDTRANS.get(word)
    if state in BROUGHT_MONEY and not _is_money(body):
        state, word = None, f"{word} {code}"
    amount_idr = rupiah(body.get("gross_amount"))
    gateway_id = clean(body.get("transaction_id"), MAX_ID)
    at = instant(body.get("settlement_time"))
    captures: tuple[Capture, ...] = ()
    if state in BROUGHT_MONEY and amount_idr:
        captures = (Capture(gateway_id, amount_idr, at, gateway_id),)
    return GatewaySignal(
        clean(body.get("order_id"), MAX_ID),
        gateway_id,
        state,
        word,
        amount_idr,
        at or instant(body.get("transaction_time")),
        captures,
        tuple(_refund(row) for row in rows(body.get("refunds"))),
        clean(body.get("issuer"), 40),
    )


def _is_money(body: Mapping[str, Any]) -> bool:
    """Whether everything beside the status agrees that money came."""
    return (
        body.get("status_code") == "200"
        and body.get("fraud_status", "accept") == "accept"
        and body.get("currency", "IDR") == "IDR"
    )


def _refund(row: Mapping[str, Any]) -> RefundNews:
    confirmed_at = instant(row.get("bank_confirmed_at"))
    return RefundNews(
        clean(row.get("refund_key"), MAX_ID),
        clean(row.get("refund_chargeback_id"), MAX_ID),
        RefundState.CONFIRMED if confirmed_at else RefundState.SENT,
        rupiah(row.get("refund_amount")),
        confirmed_at or instant(row.get("created_at")),
    )


def _event_key(body: Mapping[str, Any]) -> str:
    """Return what is the same in repeats: transaction, status, code, and its refunds' stand."""
    parts = [
        clean(body.get(name), MAX_ID)
        for name in ("transaction_id", "transaction_status", "status_code")
    ]
    for row in rows(body.get("refunds")):
        confirmed = "+" if row.get("bank_confirmed_at") else ""
        parts.append(f"{clean(row.get('refund_chargeback_id'), MAX_ID)}{confirmed}")
    return ":".join(parts)
