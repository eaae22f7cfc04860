"""The page by which somebody in Indonesia pays for a buyer, who may be abroad.

It shows whom to pay and how much, nothing of who ordered or where it goes. Its link names the order
and carries a token made from it, so nothing is stored.
"""

import hmac

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from bazaar import payments, reports, times
from bazaar.models import Order
from bazaar.orders import NoSuchCheckout
from bazaar.reports import NoSuchOrder
from bazaar.views.buyer import payment
from bazaar.views.buyer.order import family_key


def show(reference: str, key: str) -> ResponseReturnValue:
    found = _order(reference, key)
    charges = payments.charges_of([found.id]).get(found.id, [])
    return render_template(
        "buyer/family.html",
        order=found,
        charge=charges[0] if charges else None,
        counted=payments.counted_for([found.id]).get(found.id, 0),
        key=key,
        waits=found.status.value == "unpaid" and times.now() < found.pay_before,
    )


def qr(reference: str, key: str) -> Response:
    return payment.code_of(_order(reference, key))


def sticker(reference: str, key: str) -> Response:
    return payment.sticker_of(_order(reference, key))


def _order(reference: str, key: str) -> Order:
    if not hmac.compare_digest(family_key(reference).encode(), key.encode()):
        raise NoSuchCheckout
    try:
        return reports.get_order(reference)
    except NoSuchOrder as missing:
        raise NoSuchCheckout from missing
