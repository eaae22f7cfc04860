"""The seller's packing list: what to pack, what waits for the courier, what is under way."""

from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import rates, sellers, shipments, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.models import Parcel, ParcelStatus, Seller
from bazaar.rules import parcel_states
from bazaar.rules.parcel_states import HERE
from bazaar.shipments import ResiTaken, WrongWeight
from bazaar.views import label_answers, navigation, photos
from bazaar.views.forms import stall
from bazaar.views.forms.parcels import (
    MAX_DIGITS,
    ChangeResiForm,
    HandOverForm,
    MeasureForm,
    odd_resi,
)
from bazaar.web import page_of, see_other
from bazaar.web.answers import sentence

PER_PAGE = 20


def index(token: str) -> ResponseReturnValue:
    return _page(sellers.get_by_link(token), token)


def pack(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    shipments.pack(parcel, actor=_actor(seller), now=times.now())
    flash(_("Paket %(code)s sudah dikemas.", code=code), "success")
    return _back(token, code)


def unpack(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    shipments.unpack(parcel, actor=_actor(seller), now=times.now())
    flash(_("Paket %(code)s kembali ke daftar yang perlu dikemas.", code=code), "info")
    return _back(token, code)


def hand_over(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    form = HandOverForm(request.form)
    if not form.validate():
        return _page(seller, token, code, form), HTTPStatus.UNPROCESSABLE_ENTITY
    courier, resi = form.courier.data or "", form.resi.data or ""
    try:
        shipments.hand_over(parcel, courier, resi, actor=_actor(seller), now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return _page(sellers.get_by_link(token), token, code, form), HTTPStatus.CONFLICT
    flash(_("Paket %(code)s diserahkan ke %(courier)s.", code=code, courier=courier), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(token, code)


def tick(token: str, code: str) -> ResponseReturnValue:
    """Tick the line that the button names (`centang`), or take its tick away (`lepas`)."""
    _seller, parcel = _own(token, code)
    word = "centang" if "centang" in request.form else "lepas"
    line = request.form.get(word, "")
    number = int(line) if line.isascii() and line.isdigit() and len(line) <= MAX_DIGITS else 0
    shipments.packing.tick(parcel, number, packed=word == "centang", now=times.now())
    if "X-Fragment" in request.headers:
        return render_template("seller/_ticks.html", parcel=parcel, token=token)
    return _back(token, code)


def measure(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    form = MeasureForm(request.form)
    if not form.validate():
        return _page(seller, token, code, box=form), HTTPStatus.UNPROCESSABLE_ENTITY
    fragile, who, now = bool(form.fragile.data), _actor(seller), times.now()
    try:
        shipments.measure(parcel, form.grams, form.sides, fragile=fragile, actor=who, now=now)
    except WrongWeight as wrong:
        forget()
        form.weight_g.errors = [sentence(wrong)]
        seller, _parcel = _own(token, code)
        return _page(seller, token, code, box=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Berat dan ukuran paket %(code)s disimpan.", code=code), "success")
    return _back(token, code)


def photo(token: str, code: str) -> ResponseReturnValue:
    _seller, parcel = _own(token, code)
    return photos.of_parcel(parcel)


def keep_photo(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    name, wrong = stall.keep_photo(photos.parcel_folder(), needed=True)
    if name is None:
        return _page(seller, token, code, photo_error=wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    shipments.packing.set_photo(parcel, name, actor=_actor(seller), now=times.now())
    flash(_("Foto paket %(code)s disimpan.", code=code), "success")
    return _back(token, code)


def sheet(token: str) -> ResponseReturnValue:
    from bazaar import packing_sheets  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    seller = sellers.get_by_link(token)
    parcels = packing_sheets.parcels_of(seller.id, HERE)
    data = packing_sheets.pdf(parcels, zone=label_answers.zone(), printed_at=times.now())
    return label_answers.pdf(data, f"daftar-kemas-{seller.slug}")


def number(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    return _number_page(seller, parcel, token)


def change_number(token: str, code: str) -> ResponseReturnValue:
    seller, parcel = _own(token, code)
    form = ChangeResiForm(request.form)
    if not form.validate():
        return _number_page(seller, parcel, token, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = (form.courier.data or "", form.resi.data or "", form.reason.data or "")
    try:
        shipments.change_resi(parcel, *given, actor=_actor(seller), now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return _number_page(*_own(token, code), token, form), HTTPStatus.CONFLICT
    flash(_("Nomor resi paket %(code)s diperbarui.", code=code), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(token, code)


def _own(token: str, code: str) -> tuple[Seller, Parcel]:
    seller = sellers.get_by_link(token)
    return seller, shipments.get_sellers_parcel(code, seller.id)


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)


def _back(token: str, code: str) -> ResponseReturnValue:
    return see_other(url_for("seller.packing.index", token=token, _anchor=code))


def _number_page(
    seller: Seller, parcel: Parcel, token: str, form: ChangeResiForm | None = None
) -> str:
    return render_template(
        "seller/parcel_number.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        parcel=parcel,
        couriers=rates.couriers(),
        form=form,
    )


def _page(
    seller: Seller,
    token: str,
    code: str = "",
    form: HandOverForm | None = None,
    *,
    box: MeasureForm | None = None,
    photo_error: str = "",
) -> str:
    """Show the list; of the parcel `code` with what was typed into its form."""
    now = times.now()
    waiting = shipments.sellers_waiting(seller.id)
    late = {p.code for p in waiting if parcel_states.is_late(p.status, p.order.paid_at, now)}
    waiting.sort(key=lambda parcel: parcel.code not in late)
    return render_template(
        "seller/packing.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        to_pack=[parcel for parcel in waiting if parcel.status is ParcelStatus.DRAFT],
        packed=[parcel for parcel in waiting if parcel.status is not ParcelStatus.DRAFT],
        gone=page_of(shipments.sellers_gone(seller.id), per_page=PER_PAGE),
        late=late,
        no_tax_number=shipments.customs.lacks_tax_number(waiting),
        void={parcel.code for parcel in waiting if shipments.label_is_void(parcel)},
        weights=shipments.weight_of(waiting),
        couriers=rates.couriers(),
        attention=shipments.overview.attention(seller.id, now),
        wrong=code,
        form=form,
        box=box,
        photo_error=photo_error,
    )
