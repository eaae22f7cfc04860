"""The buyer says that the goods are there."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import orders, shipments, times
from bazaar.audit import BUYER
from bazaar.models import OrderStatus
from bazaar.web import see_other


def receive(token: str, reference: str) -> ResponseReturnValue:
    order = orders.get_order(token, reference)
    parcel = shipments.get_parcel_of(order.id, number=request.form.get("number", 1, type=int))
    shipments.deliver(parcel, actor=BUYER, now=times.now())
    if order.status is OrderStatus.DONE:
        flash(_("Terima kasih. Pesanan %(reference)s selesai.", reference=reference), "success")
    else:
        flash(_("Terima kasih. Paket lainnya masih menyusul."), "success")
    return see_other(url_for("buyer.order.show", token=token))
