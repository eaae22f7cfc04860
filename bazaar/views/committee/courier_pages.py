"""Couriers' own pages and telephones, as the committee writes them down."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, courier_desk, courier_pages, rates, times
from bazaar.courier_desk import Known, PageExists
from bazaar.db import forget
from bazaar.models import Role
from bazaar.rules import couriers
from bazaar.views.forms.courier_pages import CourierPageForm
from bazaar.web import see_other

EXAMPLE = "1234567890"
"""A number that no parcel has, to show what an address becomes."""


def index() -> ResponseReturnValue:
    return render_template(
        "committee/courier_pages.html",
        known=courier_desk.listed(rates.couriers_in_use()),
        link=courier_pages.link,
        may_act=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
    )


def new() -> ResponseReturnValue:
    return _form_page(CourierPageForm())


def add() -> ResponseReturnValue:
    form = CourierPageForm(request.form)
    name = form.company.data or ""
    if faults := courier_desk.faults(name, *form.wish()):
        form.blame(faults)
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        courier_desk.add(name, *form.wish(), actor=accounts.actor(g.person), now=times.now())
    except PageExists as taken:
        forget()
        form.blame({"company": taken})
        return _form_page(form), HTTPStatus.CONFLICT
    return _saved(name)


def edit(company: str) -> ResponseReturnValue:
    known = _known(company)
    return _form_page(CourierPageForm(obj=known.page), known)


def change(company: str) -> ResponseReturnValue:
    known = _known(company)
    form = CourierPageForm(request.form)
    if faults := courier_desk.faults(company, *form.wish()):
        form.blame(faults)
        return _form_page(form, known), HTTPStatus.UNPROCESSABLE_ENTITY
    courier_desk.change(company, *form.wish(), actor=accounts.actor(g.person), now=times.now())
    return _saved(known.name)


def remove(company: str) -> ResponseReturnValue:
    courier_desk.remove(company, actor=accounts.actor(g.person), now=times.now())
    flash(_("Catatan tentang %(courier)s dihapus.", courier=company), "success")
    return see_other(url_for("committee.courier_pages.index"))


def _known(company: str) -> Known:
    return courier_desk.get_known(company, rates.couriers_in_use())


def _saved(name: str) -> ResponseReturnValue:
    flash(_("Halaman lacak %(courier)s disimpan.", courier=name), "success")
    return see_other(url_for("committee.courier_pages.index"))


def _form_page(form: CourierPageForm, known: Known | None = None) -> str:
    default = couriers.find(known.page.company) if known else None
    return render_template(
        "committee/courier_page.html",
        form=form,
        known=known,
        default=default.tracking_page if default else "",
        example=courier_pages.link(known.page, EXAMPLE) if known else "",
        placeholder=courier_pages.NUMBER,
    )
