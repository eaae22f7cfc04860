"""A seller's own labels: which parcels, a sheet that is drawn in the background, the PDF."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import label_sheets, sellers, shipments, times
from bazaar.audit import Actor
from bazaar.label_sheets import MOST, Wish
from bazaar.models import Seller
from bazaar.views import label_answers, navigation
from bazaar.web import see_other


def index(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    parcels = label_sheets.find(Wish(seller_id=seller.id))
    void = {parcel.code for parcel in parcels if shipments.label_is_void(parcel)}
    return render_template(
        "seller/labels.html",
        **_frame(seller, token),
        parcels=parcels,
        void=void,
        sheets=label_sheets.recent(seller.id),
    )


def make(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    sheet = label_sheets.make(
        request.form.getlist("kode")[: 2 * MOST],
        label_answers.layout_sent(),
        seller_id=seller.id,
        actor=_actor(seller),
        now=times.now(),
    )
    return see_other(url_for("seller.labels.show", token=token, sheet_id=sheet.id))


def show(token: str, sheet_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    sheet = label_sheets.get(sheet_id, seller_id=seller.id)
    return render_template(
        "seller/label_sheet.html",
        **_frame(seller, token),
        sheet=sheet,
        left_out=label_sheets.left_out(sheet) if sheet.done_at else [],
        outdated=label_sheets.outdated(sheet) if sheet.done_at else [],
    )


def status(token: str, sheet_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return label_answers.progress(label_sheets.get(sheet_id, seller_id=seller.id))


def fetch(token: str, sheet_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    sheet = label_sheets.get(sheet_id, seller_id=seller.id)
    data = label_sheets.fetch(sheet, actor=_actor(seller), now=times.now())
    return label_answers.pdf(data, f"label-{len(sheet.versions)}-paket")


def print_one(token: str, code: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    parcel = shipments.get_sellers_parcel(code, seller.id)
    data = label_sheets.print_one(parcel, actor=_actor(seller), now=times.now())
    return label_answers.pdf(data, f"label-{parcel.code}")


def _frame(seller: Seller, token: str) -> dict[str, object]:
    return {"seller": seller, "token": token, "seller_nav": navigation.seller_nav(token)}


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)
