"""Sellers' tax numbers, and customs declarations of parcels for abroad."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, sellers, shipments, tax_ids, times
from bazaar.models import Role, Seller
from bazaar.views import label_answers
from bazaar.views.forms.taxes import TaxForm
from bazaar.web import see_other, services


def show(code: str) -> ResponseReturnValue:
    return _page(sellers.get_by_code(code), TaxForm())


def save(code: str) -> ResponseReturnValue:
    seller, form = sellers.get_by_code(code), TaxForm(request.form)
    if not form.validate():
        return _page(seller, form), HTTPStatus.UNPROCESSABLE_ENTITY
    seals, who = services().tax_seals, accounts.actor(g.person)
    tax_ids.give(seller, form.number.data or "", seals=seals, actor=who, now=times.now())
    flash(_("Nomor pajak disimpan tersandi."), "success")
    return see_other(url_for("committee.taxes.show", code=code))


def remove(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    if tax_ids.take_away(seller, actor=accounts.actor(g.person), now=times.now()):
        flash(_("Nomor pajak dihapus."), "success")
    return see_other(url_for("committee.taxes.show", code=code))


def customs(code: str) -> ResponseReturnValue:
    from bazaar import customs_sheets  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    parcel = shipments.get_parcel(code)
    data = customs_sheets.print_one(
        parcel,
        seals=services().tax_seals,
        zone=label_answers.zone(),
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    return label_answers.pdf(data, f"bea-cukai-{parcel.code}")


def _page(seller: Seller, form: TaxForm) -> str:
    return render_template(
        "committee/seller_tax.html",
        seller=seller,
        form=form,
        known=tax_ids.show(seller.id, seals=services().tax_seals),
        may_change=bool(g.person.roles & {Role.REGISTRAR, Role.ADMIN}),
    )
