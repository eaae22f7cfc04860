"""The two codes of an order page: the one with the amount, and the seller's own sticker."""

from flask import Response, request

from bazaar import orders, payments, times
from bazaar.rules import qr_pictures
from bazaar.web import services

KEPT_BY_THE_PHONE_S = 600


def qr(token: str, reference: str) -> Response:
    code, _ = payments.get_codes(orders.get_order(token, reference), now=times.now())
    if not services().settings.dynamic_qris:
        raise payments.NoCode
    return _picture(code, f"qris-{reference}.png")


def sticker(token: str, reference: str) -> Response:
    _, code = payments.get_codes(orders.get_order(token, reference), now=times.now())
    return _picture(code, f"stiker-{reference}.png")


def _picture(code: str, file_name: str) -> Response:
    """Answer with the picture; `?simpan` makes the phone save it under `file_name`."""
    response = Response(qr_pictures.draw(code), mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_BY_THE_PHONE_S
    if "simpan" in request.args:
        response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response
