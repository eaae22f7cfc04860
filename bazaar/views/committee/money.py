"""The treasurer's page: money that is waited for, money that needs a person, money of today."""

from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from flask import flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, payments, reports, times
from bazaar.models import Order, OrderStatus
from bazaar.payments import Outcome, proofs
from bazaar.views import photos
from bazaar.views.committee import orders
from bazaar.views.forms.payments import ConfirmForm, RefuseForm
from bazaar.web import count_of, own_path, page_of, see_other
from bazaar.web.formats import current_edition, rupiah
from bazaar.web.fragments import living_page

WAITING = "menunggu"
PROOFS = "bukti"
LATE = "perlu-orang"
RECEIVED = "masuk"


def index() -> ResponseReturnValue:
    edition = current_edition()
    text = " ".join(request.args.get("q", "")[: orders.MAX_SEARCH].split())
    zone = edition.zone if edition else times.WIB
    today = times.day_of(times.now(), zone)
    lists: dict[str, sa.Select[Any]] = {
        WAITING: reports.find_orders(reports.Wish(text=text, status=OrderStatus.UNPAID))
        .order_by(None)
        .order_by(Order.pay_before, Order.id),
        PROOFS: proofs.unseen(),
        LATE: payments.find_cases(),
        RECEIVED: payments.received(*times.day_bounds(today, zone)),
    }
    asked = request.args.get("bagian", "")
    if asked == LATE:
        return see_other(url_for("committee.cases.index"))
    shown = asked if asked in lists and not text else WAITING
    page = page_of(lists[shown])
    ids = {WAITING: "id", PROOFS: "order_id"}.get(shown)
    asked_for = payments.find_charges([getattr(row, ids) for row in page.items] if ids else [])
    return living_page(
        "committee/money.html",
        "committee/_money.html",
        page=page,
        amounts={order_id: charge.amount_idr for order_id, charge in asked_for.items()},
        shown=shown,
        counts={name: count_of(query) for name, query in lists.items()},
        today=today,
        text=text,
        form=ConfirmForm(),
        may_confirm=orders.may_confirm(),
    )


def confirm(reference: str) -> ResponseReturnValue:
    now = times.now()
    form = ConfirmForm(request.form)
    if not form.validate():
        return orders.order_page(reference, form), HTTPStatus.UNPROCESSABLE_ENTITY
    order = reports.get_order(reference)
    charge = payments.charge_of(order, now=now)
    outcome = payments.confirm(
        charge, actor=accounts.actor(g.person), now=now, note=form.note.data or ""
    )
    flash(
        _sentence(outcome, order, charge.amount_idr),
        "success" if outcome is Outcome.SERVED else "warning",
    )
    return see_other(own_path(request.form.get("next"), url_for("committee.money.index")))


def proof(proof_id: int) -> ResponseReturnValue:
    return photos.of_proof(proofs.get(proof_id))


def refuse_proof(proof_id: int) -> ResponseReturnValue:
    found = proofs.get(proof_id)
    form = RefuseForm(request.form)
    if not form.validate():
        flash(" ".join(map(str, form.answer.errors)), "warning")
    else:
        proofs.refuse(
            found, form.answer.data or "", actor=accounts.actor(g.person), now=times.now()
        )
        flash(_("Jawaban Anda tampil di halaman pembeli."), "success")
    page = url_for("committee.money.index", bagian=PROOFS)
    return see_other(own_path(request.form.get("next"), page))


def _sentence(outcome: Outcome, order: Order, amount_idr: int) -> str:
    facts = {"total": rupiah(amount_idr), "reference": order.reference}
    if outcome is Outcome.SERVED:
        return _("%(total)s untuk %(reference)s dicatat; pesanannya dibayar.", **facts)
    if outcome is Outcome.REPEATED:
        return _("Uang %(reference)s sudah dicatat sebelumnya; tidak ada yang berubah.", **facts)
    return _(
        "%(total)s untuk %(reference)s dicatat, tetapi tidak cocok dengan pesanannya. "
        "Lihat daftar yang perlu orang.",
        **facts,
    )
