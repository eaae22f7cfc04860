"""Rules of free shipping: to where, of whom, from how much on."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import accounts, rates, regions, sellers, times
from bazaar.db import db, forget
from bazaar.models import Role
from bazaar.rates import FreeExists
from bazaar.rules.shipping import ANY_COUNTRY, HOME
from bazaar.views.forms.free import FreeForm
from bazaar.web import see_other
from bazaar.web.answers import sentence


def index() -> ResponseReturnValue:
    return render_template(
        "committee/free.html",
        rules=rates.free_table(),
        place_name=_place_name,
        may_act=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
    )


def new() -> ResponseReturnValue:
    return _form_page(_form())


def add() -> ResponseReturnValue:
    return _set(_form(sent=True), None)


def edit(free_id: int) -> ResponseReturnValue:
    rule = rates.get_free(free_id)
    form = FreeForm(
        prefix=rule.prefix,
        seller_id=str(rule.seller_id or ""),
        min_goods_idr=rule.min_goods_idr,
        up_to_idr=rule.up_to_idr,
        off=not rule.active,
    )
    return _form_page(_with_choices(form), free_id)


def change(free_id: int) -> ResponseReturnValue:
    rates.get_free(free_id)
    return _set(_form(sent=True), free_id)


def remove(free_id: int) -> ResponseReturnValue:
    rates.remove_free(free_id, actor=accounts.actor(g.person), now=times.now())
    flash(_("Aturan gratis ongkir dihapus. Pesanan yang sudah ada tidak berubah."), "success")
    return see_other(url_for("committee.free.index"))


def _set(form: FreeForm, free_id: int | None) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, free_id), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        rates.set_free(
            form.wish(),
            active=not form.off.data,
            free_id=free_id,
            actor=accounts.actor(g.person),
            now=times.now(),
        )
    except FreeExists as taken:
        forget()
        form.min_goods_idr.errors = [sentence(taken)]
        return _form_page(form, free_id), HTTPStatus.CONFLICT
    flash(_("Aturan gratis ongkir disimpan. Berlaku untuk pesanan berikutnya."), "success")
    return see_other(url_for("committee.free.index"))


def _form(*, sent: bool = False) -> FreeForm:
    return _with_choices(FreeForm(request.form if sent else None))


def _with_choices(form: FreeForm) -> FreeForm:
    """Offer the places that committees promise: Indonesia, a province, a regency, a country."""
    places = [("", _place_name("")), (ANY_COUNTRY, _place_name(ANY_COUNTRY))]
    for province in regions.provinces():
        places.append((province.code, province.name))
        places += [
            (each.code, f"{each.name}, {province.name}")
            for each in regions.regencies(province.code)
        ]
    places += [
        (each.code, each.name) for each in regions.countries(_language()) if each.code != HOME
    ]
    form.prefix.choices = places
    everybody = db.session.scalars(sellers.search())
    form.seller_id.choices = [("", _("Semua lapak"))] + [
        (str(each.id), f"{each.code} {each.name}") for each in everybody
    ]
    return form


def _form_page(form: FreeForm, free_id: int | None = None) -> str:
    return render_template("committee/free_form.html", form=form, free_id=free_id)


def _place_name(prefix: str) -> str:
    if prefix == "":
        return _("Seluruh Indonesia")
    if prefix == ANY_COUNTRY:
        return _("Negara lain")
    return rates.place_name(prefix, _language()) or prefix


def _language() -> str:
    return str(get_locale() or "id")
