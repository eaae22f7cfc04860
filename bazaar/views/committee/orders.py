"""Every order: found however its buyer names it, with everything that happened to it."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import audit, changing, payments, reports, sellers, shipments, times
from bazaar.db import db
from bazaar.models import Order, OrderStatus, Role
from bazaar.rules import references
from bazaar.views.committee.trail import WORDS
from bazaar.views.forms.payments import ConfirmForm
from bazaar.web import page_of
from bazaar.web.formats import current_edition

MAX_SEARCH = 80
STATES = {status.value: status for status in OrderStatus}


def index() -> ResponseReturnValue:
    edition = current_edition()
    text = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    status = STATES.get(request.args.get("keadaan", ""))
    code = request.args.get("umkm", "")[:MAX_SEARCH]
    day = times.read_day(request.args.get("hari", ""))
    seller = sellers.find_by_codes([code]).get(code) if code else None
    wish = reports.Wish(
        text=text,
        status=status,
        seller_id=seller.id if seller else None,
        day=day,
        zone=edition.zone if edition else times.WIB,
    )
    return render_template(
        "committee/orders.html",
        page=page_of(reports.find_orders(wish)),
        counts=reports.count_by_status(wish),
        names=[(found.code, found.name) for found in db.session.scalars(sellers.search())],
        text=text,
        status=status,
        seller=seller,
        day=day,
        filtered=bool(seller or day),
    )


def show(reference: str) -> ResponseReturnValue:
    return order_page(reference, ConfirmForm())


def order_page(reference: str, form: ConfirmForm) -> str:
    """Return the page of one order, with what was typed into the form for its money."""
    order = reports.get_order(references.normalise(reference) or reference)
    parcels = shipments.find_parcels([order.id]).get(order.id, [])
    subjects = [f"order:{order.reference}", *(f"parcel:{parcel.code}" for parcel in parcels)]
    return render_template(
        "committee/order.html",
        order=order,
        successor=changing.successors([order.id]).get(order.id),
        replaced=db.session.get(Order, order.replaces_id) if order.replaces_id else None,
        charge=payments.find_charges([order.id]).get(order.id),
        came=payments.payments_of([order.id]).get(order.id, []),
        cases=db.session.scalars(payments.find_cases(order_id=order.id)).all(),
        proofs=payments.proofs.of_orders([order.id]).get(order.id, []),
        parcels=parcels,
        rest=sum(shipments.situations.of([order.id])[order.id].unassigned.values()),
        may_send=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
        trail=db.session.scalars(audit.about(*subjects)).all(),
        words=WORDS,
        form=form,
        may_confirm=may_confirm(),
    )


def may_confirm() -> bool:
    """Say whether the member may write down money."""
    return bool(g.person.roles & {Role.TREASURER, Role.ADMIN})
