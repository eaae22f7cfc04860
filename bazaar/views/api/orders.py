"""Placing orders by program: no session, no page, one line for all of this process."""

import hashlib
import re
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from flask_babel import gettext as _
from pydantic import ValidationError

from bazaar import orders, phones, regions, times
from bazaar.db import reading
from bazaar.errors import BazaarError
from bazaar.orders import CheckoutWish, Kept, Piece, Placed
from bazaar.tokens import fingerprint
from bazaar.views.api.bodies import BuyerBody, OrderBody
from bazaar.web import desk, problems, services

ANYONE = "anyone"
JSON = "application/json"
KEY = re.compile(r"[\x21-\x7e]{8,255}", re.ASCII)


def create() -> Response:
    return place(ANYONE)


def place(owner: str) -> Response:
    """Place what the request asks for, under the keys of `owner`, and tell what it became."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        text = _("Sertakan Idempotency-Key: 8–255 huruf atau angka, baru untuk setiap pesanan.")
        return problems.problem(HTTPStatus.BAD_REQUEST, text, name="key-missing")
    if request.mimetype != JSON:
        text = _("Kirim pesanan sebagai application/json.")
        return problems.problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text, name="not-json")
    sent = request.get_data()
    try:
        body = OrderBody.model_validate_json(sent)
    except ValidationError as error:
        return problems.wrong(error)
    if faults := _faults(body.buyer):
        return problems.invalid(faults)
    kept = Kept(owner, key, hashlib.sha256(sent).hexdigest(), _told)
    try:
        placed = desk().place(_wish(body, kept), now=times.now())
    except BazaarError as refusal:
        return problems.refused(refusal)
    return _answer(placed)


def _faults(buyer: BuyerBody) -> list[tuple[str, str]]:
    found = []
    if buyer.e164 is None:
        found.append(("/buyer/phone", _("Nomor ini tidak dikenal.")))
    if buyer.country == phones.HOME:
        if regions.find_village(buyer.village_code) is None:
            found.append(("/buyer/village_code", _("Desa atau kelurahan ini tidak dikenal.")))
    elif regions.foreign_form(buyer.country) is None:
        found.append(("/buyer/country", _(regions.NO_SUCH_COUNTRY)))
    return found


def _wish(body: OrderBody, kept: Kept) -> CheckoutWish:
    buyer = body.buyer
    village = regions.find_village(buyer.village_code) if buyer.country == phones.HOME else None
    area, postal_code = buyer.area, buyer.postal_code
    if village is not None:
        area = village.line.removesuffix(village.postal_code).rstrip()
        postal_code = village.postal_code
    return CheckoutWish(
        key=fingerprint(f"{kept.owner}|{kept.key}"),
        wanted=[Piece(line.product, line.quantity) for line in body.lines],
        couriers={},
        buyer_name=buyer.name,
        phone=buyer.e164 or "",
        country=buyer.country,
        village_code=village.code if village else "",
        street=buyer.street,
        area=area,
        postal_code=postal_code,
        note=buyer.note,
        source="api",
        agreed_idr=body.total_idr,
        cheapest=True,
        courier=body.courier,
        kept=kept,
    )


def _told(placed: Placed) -> str:
    """Return the part of an answer that is kept. The link is not: it derives from the key."""
    charges = [
        {
            "reference": asked.reference,
            "amount_idr": asked.amount_idr,
            "qr_payload": asked.payload or None,
            "pay_before": asked.pay_before,
        }
        for asked in placed.asked
    ]
    return orjson.dumps({"charges": charges}, option=orjson.OPT_UTC_Z).decode()


def _answer(placed: Placed) -> Response:
    told = placed.told
    if not told:  # placed longer ago than answers are kept
        with reading():
            told = _told(Placed(placed.token, asked=orders.asked_of(placed.token)))
    url = f"{services().settings.public_url}/o/{placed.token}"
    body: dict[str, Any] = {"code": placed.token, "url": url, **orjson.loads(told)}
    answer = Response(orjson.dumps(body), HTTPStatus.CREATED, mimetype=JSON)
    answer.headers["Location"] = url
    return answer
