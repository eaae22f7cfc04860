"""The table of shipping prices: to read, to change, to try out."""

from http import HTTPStatus
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import accounts, rates, regions, times
from bazaar.db import forget
from bazaar.models import Role
from bazaar.rates import NoSuchPlace, RateExists
from bazaar.regions import Place, Region
from bazaar.rules.shipping import ANY_COUNTRY, ASKED, HOME
from bazaar.views.forms.rates import RateForm, TrialForm
from bazaar.web import page_of, see_other
from bazaar.web.answers import sentence

MOST_PLACES = 8


def index() -> ResponseReturnValue:
    courier = request.args.get("kurir", "")
    text = request.args.get("q", "").strip()[:80]
    page = page_of(rates.table(courier=courier, place=text, language=_language()))
    return render_template(
        "committee/rates.html",
        page=page,
        q=text,
        courier=courier,
        couriers=rates.couriers_in_use(),
        place_name=_place_name,
        trial=_trial(),
        countries=_countries(),
        may_act=_may_act(),
    )


def choose() -> ResponseReturnValue:
    """Add a row: first the place, step by step, then the prices."""
    if "tujuan" not in request.args:
        return _form_page(RateForm(), None)
    prefix = request.args["tujuan"]
    if not rates.is_place(prefix):
        raise NoSuchPlace
    return _form_page(RateForm(data={"prefix": prefix}), prefix)


def add() -> ResponseReturnValue:
    form = RateForm(request.form)
    if not rates.is_place(form.prefix.data or ""):
        raise NoSuchPlace
    return _set(form, None)


def edit(rate_id: int) -> ResponseReturnValue:
    rate = rates.get_rate(rate_id)
    return _form_page(RateForm(obj=rate, off=not rate.active), rate.prefix, rate_id)


def change(rate_id: int) -> ResponseReturnValue:
    form = RateForm(request.form)
    form.prefix.data = rates.get_rate(rate_id).prefix
    return _set(form, rate_id)


def remove(rate_id: int) -> ResponseReturnValue:
    rates.remove_rate(rate_id, actor=accounts.actor(g.person), now=times.now())
    flash(_("Baris ongkir dihapus. Pesanan yang sudah ada tidak berubah."), "success")
    return see_other(url_for("committee.rates.index"))


def _set(form: RateForm, rate_id: int | None) -> ResponseReturnValue:
    prefix = form.prefix.data or ""
    if not form.validate():
        return _form_page(form, prefix, rate_id), HTTPStatus.UNPROCESSABLE_ENTITY
    wish = form.rate()
    try:
        rates.set_rate(wish, rate_id=rate_id, actor=accounts.actor(g.person), now=times.now())
    except RateExists as taken:
        forget()
        form.courier.errors = [sentence(taken)]
        return _form_page(form, prefix, rate_id), HTTPStatus.CONFLICT
    place = _place_name(wish.prefix)
    flash(
        _("Ongkir %(courier)s ke %(place)s disimpan.", courier=wish.courier, place=place), "success"
    )
    return see_other(url_for("committee.rates.index"))


def _form_page(form: RateForm, prefix: str | None, rate_id: int | None = None) -> str:
    return render_template(
        "committee/rate.html",
        form=form,
        prefix=prefix,
        place=_place_name(prefix) if prefix is not None else "",
        narrower=_narrower(prefix),
        countries=_countries(),
        couriers=rates.couriers(),
        rate_id=rate_id,
    )


def _trial() -> dict[str, Any]:
    """What the table says about the place and weight that were asked for, if any were."""
    form = TrialForm(request.args)
    found: dict[str, Any] = {"form": form, "asked": "berat" in request.args}
    if not found["asked"]:
        return found
    grams = form.grams()
    if grams is None:
        form.berat.errors = [_("Isi berat dalam gram, misalnya 1250.")]
    if form.box_wrong():
        form.ukuran.errors = [_("Tulis tiga angka, misalnya 38x29x28, atau kosongkan.")]
    country = form.negara.data or HOME
    village = None
    if country == HOME:
        village = regions.find_village(form.tempat.data or "")
        found["choices"] = [] if village else _villages(form.tempat.data or "")
        if village is None and len(found["choices"]) == 1:
            village = regions.find_village(found["choices"][0].code)
        if village is None and not found["choices"]:
            form.tempat.errors = [
                _("Tempat ini tidak ditemukan. Tulis nama desa dan kabupatennya.")
            ]
    elif not rates.place_name(country, _language()):
        form.negara.errors = [_("Pilih negara dari daftar.")]
        return found
    if grams is None or form.box_wrong() or (country == HOME and village is None):
        return found
    code = village.code if village else ""
    where = village.line if village else _place_name(country)
    quotes = rates.quotes(country=country, village_code=code, now=times.now())
    found_options = quotes.options(grams, form.box())
    options = [option for option in found_options if option.courier != ASKED]
    return found | {"options": options, "where": where, "grams": grams}


def _villages(text: str) -> list[Place]:
    return [place for place in regions.search(text, 40) if place.postal_code][:MOST_PLACES]


def _narrower(prefix: str | None) -> list[Region]:
    """The places inside a province or regency; the provinces inside Indonesia."""
    if prefix is None or prefix == "":
        return list(regions.provinces())
    return list(regions.regencies(prefix) or regions.districts(prefix))


def _place_name(prefix: str) -> str:
    if prefix == "":
        return _("Seluruh Indonesia")
    if prefix == ANY_COUNTRY:
        return _("Negara lain")
    return rates.place_name(prefix, _language()) or prefix


def _countries() -> list[Region]:
    return [place for place in regions.countries(_language()) if place.code != HOME]


def _language() -> str:
    return str(get_locale() or "id")


def _may_act() -> bool:
    return bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN})
