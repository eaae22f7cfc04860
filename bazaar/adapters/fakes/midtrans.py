"""Midtrans pretended: the same paths, bodies, codes and whims, without money.

    flask --app bazaar fake-gateway midtrans

Whims: `no_qr_string`, `no_expiry_time`, `no_code` (a blank picture), `unknown_field`, `http_as_body`
(the HTTP status follows the body's code; else it is 200), `deny`, `other_amount`, `foreign_code`,
`refund_denied`. Idempotency keys hold for five minutes, whatever the body; failures are not kept.
"""

import base64
import hashlib
import io
import time
import uuid
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from PIL import Image

from bazaar import times
from bazaar.adapters.fakes.till import Body, Till, Values, emv, open_doors
from bazaar.rules import qr_pictures
from bazaar.rules.courier_words import WIB

KEY = "SB-Mid-server-FIKTIF000000000000000000"
KEPT_S: Final = 300.0
MAX_KEY: Final = 46
SUCCESSES: Final = {"200", "201", "202", "407"}
CODES: Final = {"pending": "201", "settlement": "200", "expire": "202", "cancel": "200"}
RETRIES: Final = {500: 1, 503: 4, 400: 2, 404: 2, 301: 0, 302: 0, 303: 0}


def make() -> Flask:
    """Return the application; its transactions live in memory."""
    app = Flask("fake_midtrans")
    fake = Midtrans()
    app.extensions["fake"] = fake
    served = fake.till.served
    app.post("/v2/charge")(served(fake.charge))
    app.get("/v2/<id_>/status", endpoint="status")(served(fake.show))
    app.post("/v2/<id_>/cancel", endpoint="cancel")(served(fake.cancel))
    app.post("/v2/<id_>/expire", endpoint="expire")(served(fake.expire))
    app.post("/v2/<id_>/refund", endpoint="refund")(served(fake.refund))
    app.get("/v2/qris/<id_>/qr-code", endpoint="picture")(served(fake.picture))
    doors: dict[str, Callable[[Values], Any]] = {
        "pay": fake.pay,
        "expire": fake.expire_now,
        "refund-bank-confirm": fake.confirm_refunds,
    }
    open_doors(app, fake.till, doors, fake.listed)
    return app


@dataclass
class Transaction:
    """One charge."""

    id: str
    order_id: str
    amount_idr: int
    payload: str
    made_at: datetime
    expires_at: datetime
    status: str = "pending"
    paid_at: datetime | None = None
    refunds: list[Body] = field(default_factory=list)

    @property
    def refunded_idr(self) -> int:
        """What was given back together."""
        return sum(int(refund["refund_amount"][:-3]) for refund in self.refunds)


class Midtrans:
    """The transactions, and what happens to them."""

    def __init__(self) -> None:
        self.till = Till(
            "Midtrans",
            is_keyed=_is_keyed,
            refusal=lambda: _answer("401", "Transaction cannot be authorized with the current key"),
            headers_for=lambda _: {},
            retries_after=_retries,
            altered=_altered,
        )
        self.transactions: dict[str, Transaction] = {}
        self._kept: dict[str, tuple[float, Response | None]] = {}

    def charge(self) -> ResponseReturnValue:
        """Make a transaction, or repeat the answer kept under the idempotency key."""
        return self._once(lambda: self._charge(request.get_json()))

    def _once(self, make: Callable[[], Response]) -> ResponseReturnValue:
        """Repeat the successful answer of the same key, whatever was asked with it."""
        key = request.headers.get("Idempotency-Key", "")
        if not key or len(key) > MAX_KEY:
            return make()
        at, answer = self._kept.get(key, (-KEPT_S, None))
        if time.monotonic() - at < KEPT_S:
            return answer or (jsonify({"status_message": "Request is being processed"}), 202)
        self._kept[key] = (time.monotonic(), None)
        time.sleep(self.till.delay_s)
        made = make()
        if made.get_json()["status_code"] in SUCCESSES:
            self._kept[key] = (time.monotonic(), made)
        else:
            del self._kept[key]
        return made

    def show(self, id_: str) -> ResponseReturnValue:
        """Answer as in notifications."""
        found = self._find(id_)
        if found is None:
            return self._answered("404", "Transaction doesn't exist.")
        return self._answered(_code(found), "Success, transaction is found", **_told(found))

    def cancel(self, id_: str) -> ResponseReturnValue:
        """End a transaction before its settlement."""
        return self._end(id_, "cancel", "200", "Success, transaction is canceled")

    def expire(self, id_: str) -> ResponseReturnValue:
        """End a pending transaction; success is code 407."""
        return self._end(id_, "expire", "407", "Success, transaction has expired")

    def refund(self, id_: str) -> ResponseReturnValue:
        """Give back; a key counts once."""
        return self._once(lambda: self._refund(id_, request.get_json()))

    def _refund(self, id_: str, sent: Body) -> Response:
        found = self._find(id_)
        if found is None:
            return self._answered("404", "Transaction doesn't exist.")
        if found.status not in {"settlement", "partial_refund"}:
            return self._answered("412", "Merchant cannot modify the status of the transaction")
        if any(refund["refund_key"] == sent["refund_key"] for refund in found.refunds):
            return self._answered("406", "Duplicate refund ID")
        left = found.amount_idr - found.refunded_idr
        amount = sent.get("amount", left)
        if not 0 < amount <= left:
            return self._answered("414", "Refund amount is invalid")
        if "refund_denied" in self.till.whims:
            denied = "Refund denied by the bank"
            return self._answered("202", denied, transaction_status=found.status)
        row = {
            "refund_chargeback_id": len(found.refunds) + 1,
            "refund_amount": f"{amount}.00",
            "created_at": _wib(times.now()),
            "reason": sent.get("reason", ""),
            "refund_key": sent["refund_key"],
            "refund_method": "online",
        }
        found.refunds.append(row)
        found.status = "refund" if amount == left else "partial_refund"
        self._tell(found)
        told = _told(found) | row
        return self._answered("200", "Success, refund request is approved", **told)

    def picture(self, id_: str) -> ResponseReturnValue:
        """Answer with the code as a bare PNG."""
        found = self._find(id_)
        if found is None:
            return self._answered("404", "Transaction doesn't exist.")
        if "no_code" in self.till.whims:
            file = io.BytesIO()
            Image.new("L", (600, 600), 255).save(file, "PNG")
            return Response(file.getvalue(), mimetype="image/png")
        return Response(qr_pictures.draw(found.payload), mimetype="image/png")

    def pay(self, given: Values) -> str:
        """Let a buyer pay (`reference`); a code may be paid although it has expired."""
        found = self.transactions[given["reference"]]
        found.status, found.paid_at = "settlement", times.now()
        self._tell(found)
        return found.id

    def expire_now(self, given: Values) -> str:
        """Let a transaction's time be over."""
        found = self.transactions[given["reference"]]
        if found.status == "pending":
            found.status = "expire"
            self._tell(found)
        return found.id

    def confirm_refunds(self, given: Values) -> str:
        """Let the payer's bank confirm all refunds: the second notification about them."""
        found = self.transactions[given["reference"]]
        for refund in found.refunds:
            refund.setdefault("bank_confirmed_at", _wib(times.now()))
        self._tell(found)
        return found.id

    def forget_keys(self) -> None:
        """Let five minutes pass: idempotency keys are forgotten."""
        self._kept.clear()

    def listed(self) -> list[Body]:
        """Return the transactions for the page."""
        return [
            {
                "reference": t.order_id,
                "amount": t.amount_idr,
                "status": t.status,
                "payload": t.payload,
            }
            for t in reversed(self.transactions.values())
        ]

    def _charge(self, sent: Body) -> Response:
        details = sent["transaction_details"]
        order_id, amount = details["order_id"], details["gross_amount"]
        items = sum(item["price"] * item["quantity"] for item in sent.get("item_details", []))
        if sent["payment_type"] != "qris" or not isinstance(amount, int) or amount < 1:
            return self._answered("400", "One or more parameters in the payload is invalid.")
        if "item_details" in sent and items != amount:
            wrong = ["transaction_details.gross_amount is not equal to the sum of item_details"]
            return self._answered("400", "Validation error", validation_messages=wrong)
        known = self.transactions.get(order_id)
        if known is not None and known.status not in {"cancel", "expire"}:
            return self._answered("406", "The request could not be completed due to a conflict")
        if "deny" in self.till.whims:
            return self._answered("202", "Denied", transaction_status="deny", order_id=order_id)
        made = self._made(order_id, amount, sent.get("custom_expiry", {}))
        self.transactions[order_id] = made
        self._tell(made)
        qr_url = f"{request.host_url}v2/qris/{made.id}/qr-code"
        if "foreign_code" in self.till.whims:
            qr_url = f"https://cdn.example/{made.id}.png"
        more: Body = {
            "actions": [{"name": "generate-qr-code", "method": "GET", "url": qr_url}],
            "qr_string": made.payload,
            "expiry_time": _wib(made.expires_at),
        }
        for name in ("qr_string", "expiry_time"):
            if f"no_{name}" in self.till.whims:
                del more[name]
        told = _told(made)
        if "other_amount" in self.till.whims:
            told["gross_amount"] = f"{amount + 1}.00"
        return self._answered("201", "QRIS transaction is created", **told, **more)

    def _made(self, order_id: str, amount: int, expiry: Body) -> Transaction:
        unit = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[expiry.get("unit", "minute")]
        lasts = timedelta(seconds=expiry.get("expiry_duration", 15) * unit)
        now = times.now()
        id_ = str(uuid.uuid4())
        begun = now
        if "order_time" in expiry:
            begun = datetime.strptime(expiry["order_time"], "%Y-%m-%d %H:%M:%S %z")
        return Transaction(id_, order_id, amount, _payload(amount, id_), now, begun + lasts)

    def _end(self, id_: str, status: str, code: str, message: str) -> ResponseReturnValue:
        found = self._find(id_)
        if found is None:
            return self._answered("404", "Transaction doesn't exist.")
        if found.status != "pending":
            return self._answered("412", "Transaction status cannot be updated.")
        found.status = status
        self._tell(found)
        told = _told(found) | {"transaction_status": status}
        return self._answered(code, message, **told)

    def _find(self, id_: str) -> Transaction | None:
        known = self.transactions.values()
        return next((t for t in reversed(known) if id_ in {t.id, t.order_id}), None)

    def _tell(self, found: Transaction) -> None:
        body = _told(found) | {
            "status_code": _code(found),
            "status_message": "midtrans payment notification",
        }
        if "unknown_field" in self.till.whims:
            body["settlement_batch"] = {"new": [1, 2]}
        self.till.tell(body | {"signature_key": sign(body)})

    def _answered(self, code: str, message: str, **more: Any) -> Response:
        answer = _answer(code, message, **more)
        if "http_as_body" in self.till.whims:
            answer.status_code = int(code)
        return answer


def sign(body: Body, key: str = KEY) -> str:
    """Return the signature of a notification, over its texts as they are."""
    text = f"{body['order_id']}{body['status_code']}{body['gross_amount']}{key}"
    return hashlib.sha512(text.encode()).hexdigest()


def _told(found: Transaction) -> Body:
    told: Body = {
        "transaction_time": _wib(found.made_at),
        "transaction_status": found.status,
        "transaction_id": found.id,
        "order_id": found.order_id,
        "merchant_id": "G000000001",
        "gross_amount": f"{found.amount_idr}.00",
        "fraud_status": "accept",
        "currency": "IDR",
        "payment_type": "qris",
        "acquirer": "gopay",
    }
    if found.paid_at:
        told |= {"settlement_time": _wib(found.paid_at), "issuer": "dana"}
    if found.refunds:
        refunds = [dict(refund) for refund in found.refunds]
        told |= {"refund_amount": f"{found.refunded_idr}.00", "refunds": refunds}
    return told


def _code(found: Transaction) -> str:
    return CODES.get(found.status, "200")


def _payload(amount: int, id_: str) -> str:
    """Return a code as GoPay's look: the amount behind the postal code, an id in 62.50."""
    account = emv([("00", "COM.GO-JEK.WWW"), ("01", "936009143000000017"), ("02", "G000000001")])
    body = emv(
        [
            ("00", "01"),
            ("01", "12"),
            ("26", account),
            ("51", emv([("00", "ID.CO.QRIS.WWW"), ("02", "ID1099000000017"), ("03", "UMI")])),
            ("52", "5651"),
            ("53", "360"),
            ("58", "ID"),
            ("59", "PASAR CONTOH"),
            ("60", "JEMBER"),
            ("61", "68118"),
            ("54", str(amount)),
            ("62", emv([("50", id_), ("07", "A01")])),
        ]
    )
    return f"{body}6304{crc_hqx(f'{body}6304'.encode(), 0xFFFF):04X}"


def _altered(body: Body, given: Values) -> Body:
    """Forge: `tamper` names another status under the same signature, `bad_signature` breaks it."""
    body = dict(body)
    if tamper := given.get("tamper"):
        body["transaction_status"] = tamper
    if given.get("bad_signature"):
        body["signature_key"] = sign(body, "another key")
    return body


def _is_keyed() -> bool:
    expected = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    return request.headers.get("authorization") == expected


def _answer(code: str, message: str, **more: Any) -> Response:
    return jsonify({**more, "status_code": code, "status_message": message})


def _retries(status: int) -> int:
    return 0 if status < 300 else RETRIES.get(status, 5)


def _wib(at: datetime) -> str:
    return at.astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S")
