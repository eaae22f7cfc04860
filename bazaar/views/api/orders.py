"""Placing orders by program: no session, no page, one line for all of this process."""

import hashlib
import re
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from flask_babel import gettext as _
from pydantic import ValidationError

from bazaar import orders, phones, regions, shipments, times
from bazaar.db import db
from bazaar.errors import N_, BazaarError
from bazaar.models import Checkout, Order, OrderStatus
from bazaar.orders import Asked, CheckoutWish, Kept, Piece, Placed
from bazaar.partners import Partner, Scope
from bazaar.rules.order_states import Step, StepRefused, before
from bazaar.tokens import fingerprint
from bazaar.views.api.bodies import KEY, BuyerBody, OrderBody
from bazaar.views.api.reading import JSON, told
from bazaar.web import desk, problems, services
from bazaar.web.programs import partner_for

ANYONE = "anyone"
SOURCE = "api"
"""Where orders without a partner come from."""


def create() -> Response:
    partner = partner_for(Scope.ORDERS_CREATE)
    key = request.headers.get("Idempotency-Key", "")
    if not KEY_FORM.fullmatch(key):
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
    if faults := faults_of(body.buyer):
        return problems.invalid([(where, _(text)) for where, text in faults])
    owner = partner.owner if partner else ANYONE
    kept = Kept(owner, key, hashlib.sha256(sent).hexdigest(), _kept)
    try:
        placed = desk().place(_wish(body, kept, partner), now=times.now())
    except BazaarError as refusal:
        return problems.refused(refusal)
    return _answer(placed)


def show(token: str) -> Response:
    partner_for(Scope.ORDERS_READ)
    return _status(orders.get_checkout(token), token)


def cancel(token: str) -> Response:
    """Cancel whatever waits for money behind the link; that it was done before is no fault."""
    partner_for(Scope.ORDERS_CANCEL)
    checkout = orders.get_checkout(token)
    waiting = [order for order in checkout.orders if order.status in before(Step.CANCEL)]
    if not waiting:
        kept = [order for order in checkout.orders if order.status is not OrderStatus.CANCELLED]
        if kept:
            raise StepRefused(kept[0].status, Step.CANCEL)
    now = times.now()
    for order in waiting:
        orders.cancel(order, now=now)
    db.session.expire_all()
    return _status(orders.get_checkout(token), token)


KEY_FORM = re.compile(KEY)


def faults_of(buyer: BuyerBody) -> list[tuple[str, str]]:
    """Return what is wrong with a buyer's values: JSON pointers, and texts to be translated."""
    found = []
    if buyer.e164 is None:
        found.append(("/buyer/phone", N_("Nomor ini tidak dikenal.")))
    if buyer.country == phones.HOME:
        if regions.find_village(buyer.village_code) is None:
            text = N_("Desa atau kelurahan ini tidak dikenal.")
            found.append(("/buyer/village_code", text))
    elif regions.foreign_form(buyer.country) is None:
        found.append(("/buyer/country", regions.NO_SUCH_COUNTRY))
    return found


def key_of(owner: str, key: str) -> str:
    """Return the click's key that a program's own key becomes."""
    return fingerprint(f"{owner}|{key}")


def wanted_of(body: OrderBody) -> list[Piece]:
    """Return the goods that are asked for."""
    return [Piece(line.product, line.quantity) for line in body.lines]


def _wish(body: OrderBody, kept: Kept, partner: Partner | None) -> CheckoutWish:
    buyer = body.buyer
    village = regions.find_village(buyer.village_code) if buyer.country == phones.HOME else None
    area, postal_code = buyer.area, buyer.postal_code
    if village is not None:
        area = village.line.removesuffix(village.postal_code).rstrip()
        postal_code = village.postal_code
    return CheckoutWish(
        key=key_of(kept.owner, kept.key),
        wanted=wanted_of(body),
        couriers={},
        buyer_name=buyer.name,
        phone=buyer.e164 or "",
        country=buyer.country,
        village_code=village.code if village else "",
        street=buyer.street,
        area=area,
        postal_code=postal_code,
        note=buyer.note,
        source=partner.name if partner else SOURCE,
        agreed_idr=body.total_idr,
        cheapest=True,
        courier=body.courier,
        kept=kept,
    )


def _kept(placed: Placed) -> str:
    """Return the part of an answer that is kept. The link is not: it derives from the key."""
    charges = [_charge(asked) for asked in placed.asked]
    return orjson.dumps({"charges": charges}, option=orjson.OPT_UTC_Z).decode()


def _answer(placed: Placed) -> Response:
    url = _url(placed.token)
    body: dict[str, Any] = {"code": placed.token, "url": url, **orjson.loads(placed.told)}
    answer = Response(orjson.dumps(body), HTTPStatus.CREATED, mimetype=JSON)
    answer.headers["Location"] = url
    return answer


def _status(checkout: Checkout, token: str) -> Response:
    asked = {each.reference: each for each in orders.asked_of(token)}
    parcels = shipments.find_parcels([order.id for order in checkout.orders])
    return told(
        {
            "code": token,
            "url": _url(token),
            "orders": [
                {
                    **_order(order),
                    "charge": _charge(asked[order.reference])
                    if order.status is OrderStatus.UNPAID
                    else None,
                    "parcels": [
                        {
                            "status": parcel.status.value,
                            "courier": parcel.courier,
                            "resi": parcel.resi,
                        }
                        for parcel in parcels.get(order.id, [])
                    ],
                }
                for order in checkout.orders
            ],
        },
        public=False,
    )


def _order(order: Order) -> dict[str, Any]:
    return {
        "reference": order.reference,
        "stall": order.seller.slug,
        "status": order.status.value,
        "goods_idr": order.goods_idr,
        "shipping_idr": order.shipping_idr,
        "total_idr": order.total_idr,
        "courier": order.courier,
        "placed_at": order.placed_at,
        "pay_before": order.pay_before,
        "paid_at": order.paid_at,
        "ended_at": order.ended_at,
        "lines": [
            {
                "product": line.claim_code,
                "name": line.name,
                "quantity": line.quantity,
                "price_idr": line.price_idr,
                "amount_idr": line.amount_idr,
            }
            for line in order.lines
        ],
    }


def _charge(asked: Asked) -> dict[str, Any]:
    return {
        "reference": asked.reference,
        "amount_idr": asked.amount_idr,
        "qr_payload": asked.payload or None,
        "pay_before": asked.pay_before,
    }


def _url(token: str) -> str:
    return f"{services().settings.public_url}/o/{token}"
