"""The seller's orders, and saying that the money of one has come."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import payments, reports, sellers, times, waiting_lines
from bazaar.audit import Actor
from bazaar.models import Order, OrderStatus
from bazaar.payments import Outcome
from bazaar.views import navigation
from bazaar.web import page_of, see_other
from bazaar.web.formats import rupiah
from bazaar.web.fragments import living_page

PER_PAGE = 20
STATES = {status.value: status for status in OrderStatus}


def index(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    status = STATES.get(request.args.get("status", ""))
    wish = reports.Wish(seller_id=seller.id, status=status)
    page = page_of(reports.find_orders(wish), per_page=PER_PAGE)
    return living_page(
        "seller/orders.html",
        "seller/_orders.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        page=page,
        status=status,
        counts=reports.count_by_status(wish),
        charges=payments.find_charges([order.id for order in page.items]),
        came=payments.payments_of([order.id for order in page.items]),
        proofs=payments.proofs.of_orders([order.id for order in page.items]),
        takes_qris=payments.find_account(seller.id) is not None,
        waits=waiting_lines.of_seller(seller.id),
    )


def confirm(token: str, reference: str) -> ResponseReturnValue:
    now = times.now()
    seller = sellers.get_by_link(token)
    order = reports.get_order(reference, seller_id=seller.id)
    charge = payments.charge_of(order, now=now)
    outcome = payments.confirm(charge, actor=Actor(f"seller:{seller.id}", seller.name), now=now)
    flash(
        _sentence(outcome, order, charge.amount_idr),
        "success" if outcome is Outcome.SERVED else "warning",
    )
    return see_other(url_for("seller.orders.index", token=token, _anchor=reference))


def _sentence(outcome: Outcome, order: Order, amount_idr: int) -> str:
    facts = {"total": rupiah(amount_idr), "reference": order.reference}
    if outcome is Outcome.SERVED:
        return _("%(total)s untuk %(reference)s dicatat. Silakan dikemas.", **facts)
    if outcome is Outcome.REPEATED:
        return _("Uang %(reference)s sudah dicatat sebelumnya; tidak ada yang berubah.", **facts)
    if outcome is Outcome.SOLD_OUT:
        return _(
            "%(total)s untuk %(reference)s dicatat, tetapi barangnya keburu habis. Jangan kirim; "
            "bendahara akan menghubungi Anda untuk mengembalikan uangnya.",
            **facts,
        )
    if outcome not in {Outcome.LATE, Outcome.CANCELLED}:
        return _(
            "%(total)s untuk %(reference)s dicatat, tetapi tidak cocok dengan pesanannya. "
            "Bendahara yang memutuskannya; apakah boleh dikirim terlihat pada pesanannya.",
            **facts,
        )
    return _(
        "%(total)s untuk %(reference)s dicatat, tetapi pesanan itu sudah berakhir dan tidak "
        "dilanjutkan. Jangan kirim barangnya; bendahara akan menghubungi Anda.",
        **facts,
    )
