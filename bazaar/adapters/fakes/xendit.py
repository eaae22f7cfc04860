"""Xendit pretended: the same paths, bodies, codes and whims, without money.

    flask --app bazaar fake-gateway xendit

Whims: `text_amounts`, `no_code`, `other_amount`, `failed`, `refund_fails`, `refund_in_progress`,
`no_payment_yet` (SUCCEEDED, and the payment cannot be read). Creates have no protection against
repeats: each makes a request, and each can be paid, even after it has expired.
"""

import base64
import uuid
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from bazaar import times
from bazaar.adapters.fakes.till import Body, Till, Values, emv, open_doors

KEY = "xnd_development_fiktif0000000000"
TOKEN = "token-fiktif-0123456789"  # noqa: S105 (of the pretended gateway)
VERSION: Final = "2024-11-11"
RETRIES: Final = 6
NEEDED: Final = (
    "reference_id",
    "type",
    "country",
    "currency",
    "request_amount",
    "channel_code",
    "channel_properties",
)


def make() -> Flask:
    """Return the application; its requests live in memory."""
    app = Flask("fake_xendit")
    fake = Xendit()
    app.extensions["fake"] = fake
    served = fake.till.served
    app.post("/v3/payment_requests", endpoint="create")(served(fake.create))
    app.get("/v3/payment_requests/<id_>", endpoint="show")(served(fake.show))
    app.post("/v3/payment_requests/<id_>/cancel", endpoint="cancel")(served(fake.cancel))
    app.post("/v3/payment_requests/<id_>/simulate", endpoint="simulate")(served(fake.simulate))
    app.get("/v3/payments/<id_>", endpoint="payment")(served(fake.show_payment))
    app.post("/refunds", endpoint="refund")(served(fake.refund))
    app.get("/refunds", endpoint="refunds")(served(fake.show_refunds))
    doors: dict[str, Callable[[Values], Any]] = {
        "pay": fake.pay,
        "expire": fake.expire_now,
        "refund-bank-confirm": fake.confirm_refunds,
    }
    open_doors(app, fake.till, doors, fake.listed)
    return app


@dataclass
class Request:
    """One payment request."""

    id: str
    sent: Body
    payload: str
    made_at: str
    status: str = "REQUIRES_ACTION"
    payments: list[Body] = field(default_factory=list)
    refunds: list[Body] = field(default_factory=list)

    @property
    def paid_idr(self) -> int:
        """What came together."""
        return sum(capture["capture_amount"] for p in self.payments for capture in p["captures"])


class Xendit:
    """The requests, and what happens to them."""

    def __init__(self) -> None:
        self.till = Till(
            "Xendit",
            is_keyed=_is_keyed,
            refusal=lambda: _refused(401, "INVALID_API_KEY"),
            headers_for=_headers,
            retries_after=lambda status: 0 if status < 300 else RETRIES,
        )
        self.requests: dict[str, Request] = {}

    def create(self) -> ResponseReturnValue:
        """Make a request, however often the same was sent."""
        sent = request.get_json()
        if request.headers.get("api-version") != VERSION:
            return _refused(400, "API_VALIDATION_ERROR")
        if any(name not in sent for name in NEEDED) or not isinstance(sent["request_amount"], int):
            return _refused(400, "API_VALIDATION_ERROR")
        if not 1 <= sent["request_amount"] <= 10_000_000:
            return _refused(400, "INVALID_VALUE_ERROR")
        id_ = f"pr-{uuid.uuid4()}"
        amount = sent["request_amount"]
        made = Request(id_, sent, _payload(amount, id_), _now())
        if "failed" in self.till.whims:
            made.status = "FAILED"
        self.requests[id_] = made
        return jsonify(self._object(made)), 201

    def show(self, id_: str) -> ResponseReturnValue:
        """Answer with the request."""
        found = self.requests.get(id_)
        return jsonify(self._object(found)) if found else _refused(404, "DATA_NOT_FOUND")

    def cancel(self, id_: str) -> ResponseReturnValue:
        """End a request that waits."""
        found = self.requests.get(id_)
        if found is None:
            return _refused(404, "DATA_NOT_FOUND")
        if found.status != "REQUIRES_ACTION":
            return _refused(400, "INACTIVE_PAYMENT_REQUEST")
        found.status = "CANCELED"
        return jsonify(self._object(found))

    def simulate(self, id_: str) -> ResponseReturnValue:
        """Pay as in the test mode: the answer is PENDING, the webhook tells."""
        if id_ not in self.requests:
            return _refused(404, "DATA_NOT_FOUND")
        sent = {name: str(value) for name, value in request.get_json().items()}
        self.pay({"id": id_, **sent})
        return jsonify({"status": "PENDING", "message": "The simulation is being processed."})

    def show_payment(self, id_: str) -> ResponseReturnValue:
        """Answer with one payment."""
        if "no_payment_yet" in self.till.whims:
            return _refused(404, "DATA_NOT_FOUND")
        for known in self.requests.values():
            for payment in known.payments:
                if payment["payment_id"] == id_:
                    return jsonify(self._amounts(payment))
        return _refused(404, "DATA_NOT_FOUND")

    def refund(self) -> ResponseReturnValue:
        """Give back; the end comes by webhook."""
        sent = request.get_json()
        found = self.requests.get(sent["payment_request_id"])
        if found is None:
            return _refused(404, "DATA_NOT_FOUND")
        if "refund_in_progress" in self.till.whims:
            return _refused(400, "REFUND_IN_PROGRESS")
        back = sum(row["amount"] for row in found.refunds if row["status"] != "FAILED")
        if not found.payments:
            return _refused(400, "INELIGIBLE_TRANSACTION_STATUS")
        if sent["amount"] > found.paid_idr - back:
            return _refused(400, "REFUND_AMOUNT_EXCEEDED")
        row = {
            "id": f"rfd-{uuid.uuid4()}",
            "payment_request_id": found.id,
            "reference_id": sent["reference_id"],
            "currency": "IDR",
            "amount": sent["amount"],
            "status": "PENDING",
            "reason": sent["reason"],
            "updated": _now(),
        }
        found.refunds.append(row)
        return jsonify(self._amounts(row))

    def show_refunds(self) -> ResponseReturnValue:
        """Answer with the refunds of one request."""
        found = self.requests.get(request.args.get("payment_request_id", ""))
        rows = [self._amounts(row) for row in found.refunds] if found else []
        return jsonify({"data": rows, "has_more": False})

    def pay(self, given: Values) -> str:
        """Let a buyer pay `amount` (else what was asked for); an expired request stays expired."""
        found = self._find(given)
        amount = int(given.get("amount") or found.sent["request_amount"])
        payment = {
            "payment_id": f"py-{uuid.uuid4()}",
            "payment_request_id": found.id,
            "reference_id": found.sent["reference_id"],
            "type": "PAY",
            "country": "ID",
            "currency": "IDR",
            "request_amount": found.sent["request_amount"],
            "channel_code": "QRIS",
            "status": "SUCCEEDED",
            "captures": [
                {
                    "capture_id": f"cptr-{uuid.uuid4()}",
                    "capture_amount": amount,
                    "capture_timestamp": _now(),
                }
            ],
            "payment_details": {"issuer_name": "DANA"},
        }
        found.payments.append(payment)
        if found.status == "REQUIRES_ACTION":
            found.status = "SUCCEEDED"
        self._tell("payment.capture", payment)
        return str(payment["payment_id"])

    def expire_now(self, given: Values) -> str:
        """Let a request's time be over."""
        found = self._find(given)
        if found.status == "REQUIRES_ACTION":
            found.status = "EXPIRED"
            self._tell("payment_request.expiry", self._object(found))
        return found.id

    def confirm_refunds(self, given: Values) -> str:
        """Let all refunds end; their webhooks wrap the object twice."""
        found = self._find(given)
        fails = "refund_fails" in self.till.whims
        for row in found.refunds:
            if row["status"] == "PENDING":
                row["status"] = "FAILED" if fails else "SUCCEEDED"
                row["failure_code"] = "ACCOUNT_NOT_FOUND" if fails else None
                event = "refund.failed" if fails else "refund.succeeded"
                self._tell(event, {"event": event, "data": dict(row)})
        return found.id

    def forget_keys(self) -> None:
        """There are no idempotency keys to forget."""

    def listed(self) -> list[Body]:
        """Return the requests for the page."""
        return [
            {
                "reference": known.sent["reference_id"],
                "amount": known.sent["request_amount"],
                "status": known.status,
                "payload": known.payload,
            }
            for known in reversed(self.requests.values())
        ]

    def _find(self, given: Values) -> Request:
        """Return the newest request by our reference, or the one with that id."""
        return next(
            known
            for known in reversed(self.requests.values())
            if given.get("id", known.id) == known.id
            and given.get("reference", known.sent["reference_id"]) == known.sent["reference_id"]
        )

    def _object(self, found: Request) -> Body:
        amount = found.sent["request_amount"] + ("other_amount" in self.till.whims)
        body = {
            **found.sent,
            "payment_request_id": found.id,
            "business_id": "5f27a14a9bf05c73dd000000",
            "request_amount": amount,
            "status": found.status,
            "created": found.made_at,
            "updated": _now(),
            "actions": [
                {
                    "type": "PRESENT_TO_CUSTOMER",
                    "descriptor": "QR_STRING",
                    "value": found.payload,
                }
            ],
        }
        if found.payments:
            body["latest_payment_id"] = found.payments[-1]["payment_id"]
        if "no_code" in self.till.whims:
            body["actions"] = []
        return self._amounts(body)

    def _amounts(self, body: Body) -> Body:
        """Return the object with amounts as text, if that is the whim."""
        if "text_amounts" not in self.till.whims:
            return body
        texts: Body = {n: str(body[n]) for n in ("request_amount", "amount") if n in body}
        if "captures" in body:
            texts["captures"] = [
                row | {"capture_amount": str(row["capture_amount"])} for row in body["captures"]
            ]
        return body | texts

    def _tell(self, event: str, data: Body) -> None:
        self.till.tell(
            {
                "event": event,
                "business_id": "5f27a14a9bf05c73dd000000",
                "created": _now(),
                "api_version": "v3",
                "data": self._amounts(data),
            }
        )


def _payload(amount: int, id_: str) -> str:
    account = emv([("00", "COM.XENDIT.WWW"), ("01", "936008990000000017"), ("03", "UMI")])
    body = emv(
        [
            ("00", "01"),
            ("01", "12"),
            ("26", account),
            ("51", emv([("00", "ID.CO.QRIS.WWW"), ("02", "ID1099000000017"), ("03", "UMI")])),
            ("52", "5651"),
            ("53", "360"),
            ("54", f"{amount}.00"),
            ("58", "ID"),
            ("59", "PASAR CONTOH"),
            ("60", "JEMBER"),
            ("61", "68118"),
            ("62", emv([("05", id_[-12:]), ("07", "A01")])),
        ]
    )
    return f"{body}6304{crc_hqx(f'{body}6304'.encode(), 0xFFFF):04X}"


def _headers(given: Values) -> dict[str, str]:
    """Return the header with the token: `token` another one, `token=none` without."""
    token = given.get("token", TOKEN)
    return {} if token == "none" else {"x-callback-token": token}  # noqa: S105 (a word)


def _is_keyed() -> bool:
    expected = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    return request.headers.get("authorization") == expected


def _refused(status: int, code: str) -> tuple[Response, int]:
    return jsonify({"error_code": code, "message": code.replace("_", " ").lower()}), status


def _now() -> str:
    return times.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
