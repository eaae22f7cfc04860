"""A seller's tax number, and the customs declaration of its parcels for abroad."""

from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import sellers, shipments, tax_ids, times
from bazaar.audit import Actor
from bazaar.models import Seller
from bazaar.views import label_answers, navigation
from bazaar.views.forms.taxes import TaxForm
from bazaar.web import see_other, services


def show(token: str) -> ResponseReturnValue:
    return _page(sellers.get_by_link(token), token, TaxForm())


def save(token: str) -> ResponseReturnValue:
    seller, form = sellers.get_by_link(token), TaxForm(request.form)
    if not form.validate():
        return _page(seller, token, form), HTTPStatus.UNPROCESSABLE_ENTITY
    seals, who = services().tax_seals, _actor(seller)
    tax_ids.give(seller, form.number.data or "", seals=seals, actor=who, now=times.now())
    flash(_("Nomor pajak disimpan tersandi."), "success")
    return see_other(url_for("seller.taxes.show", token=token))


def remove(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    if tax_ids.take_away(seller, actor=_actor(seller), now=times.now()):
        flash(_("Nomor pajak dihapus."), "success")
    return see_other(url_for("seller.taxes.show", token=token))


def customs(token: str, code: str) -> ResponseReturnValue:
    from bazaar import customs_sheets  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    seller = sellers.get_by_link(token)
    parcel = shipments.get_sellers_parcel(code, seller.id)
    data = customs_sheets.print_one(
        parcel,
        seals=services().tax_seals,
        zone=label_answers.zone(),
        actor=_actor(seller),
        now=times.now(),
    )
    return label_answers.pdf(data, f"bea-cukai-{parcel.code}")


def _page(seller: Seller, token: str, form: TaxForm) -> str:
    return render_template(
        "seller/tax.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        form=form,
        known=tax_ids.show(seller.id, seals=services().tax_seals),
    )


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)
