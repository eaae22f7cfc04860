"""Paying an order: its codes, choosing another way, the picture that shows that it was paid."""

from http import HTTPStatus

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import editions, orders, payments, times
from bazaar.db import forget
from bazaar.models import AccountKind, Order
from bazaar.payments import NoSuchMethod, proofs
from bazaar.rules import qr_pictures
from bazaar.views import photos
from bazaar.views.buyer import order as order_page
from bazaar.views.forms.payments import ProofForm
from bazaar.views.forms.stall import keep_photo
from bazaar.web import charging_of, see_other, services

KEPT_BY_THE_PHONE_S = 600
KINDS = {kind.value: kind for kind in (AccountKind.QRIS, AccountKind.BANK, AccountKind.OTHER)}


def qr(token: str, reference: str) -> Response:
    return code_of(orders.get_order(token, reference))


def sticker(token: str, reference: str) -> Response:
    return sticker_of(orders.get_order(token, reference))


def choose(token: str, reference: str) -> ResponseReturnValue:
    """Ask for the money by another of the seller's accounts."""
    kind = KINDS.get(request.form.get("kind", ""))
    if kind is None:
        raise NoSuchMethod
    found = orders.get_order(token, reference)
    payments.choose(found, kind, charging_of(services().settings), now=times.now())
    page = url_for("buyer.order.show", token=token, cara=kind.value, _anchor=reference)
    return see_other(page)


def prove(token: str, reference: str) -> ResponseReturnValue:
    """Keep a picture for who looks after the money."""
    found = orders.get_order(token, reference)
    form = ProofForm(request.form)
    photo, wrong = keep_photo(photos.money_folder(), needed=True)
    if not form.validate() or photo is None:
        told = wrong or " ".join(map(str, form.note.errors))
        forget()
        return order_page.page(token, {reference: told}), HTTPStatus.UNPROCESSABLE_ENTITY
    proofs.send(found.id, photo, form.note.data or "", now=times.now())
    flash(_("Bukti Anda sudah kami terima. Penjual memeriksanya."), "success")
    return see_other(url_for("buyer.order.show", token=token, _anchor=reference))


def proof(token: str, reference: str, proof_id: int) -> Response:
    found = orders.get_order(token, reference)
    return photos.of_proof(proofs.get(proof_id, order_id=found.id))


def code_of(found: Order) -> Response:
    """Answer with the code that names the amount."""
    code, _sticker = payments.get_codes(found, now=times.now())
    if not services().settings.dynamic_qris or not editions.get_terms().dynamic_qris:
        raise payments.NoCode
    return _picture(code, f"qris-{found.reference}.png")


def sticker_of(found: Order) -> Response:
    """Answer with the seller's own sticker."""
    _code, code = payments.get_codes(found, now=times.now())
    return _picture(code, f"stiker-{found.reference}.png")


def _picture(code: str, file_name: str) -> Response:
    """Answer with the picture; `?simpan` makes the phone save it under `file_name`."""
    response = Response(qr_pictures.draw(code), mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_BY_THE_PHONE_S
    if "simpan" in request.args:
        response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response
