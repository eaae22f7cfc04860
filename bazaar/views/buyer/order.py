"""The buyer's page of orders: what happened, what comes next, and the money and parcel parts."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import changing, orders, payments, phones, regions, shipments, times
from bazaar.models import Charge, Checkout, Order, OrderStatus, Parcel, ParcelStatus
from bazaar.rules.order_states import ENDED
from bazaar.rules.shipping import PICK_UP
from bazaar.views.buyer import gateway
from bazaar.views.buyer.basket import BASKET, page_of_order, remember
from bazaar.web import see_other, services


def show(token: str) -> ResponseReturnValue:
    return page(token)


def page(token: str, wrong_proofs: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the page; `wrong_proofs` are sentences about refused pictures by reference."""
    checkout = orders.get_checkout(token)
    link = f"{services().settings.public_url}{url_for('buyer.order.show', token=token)}"
    words = _("Pesanan saya di Pasar Virtual")
    return render_template(
        "buyer/order.html",
        link=link,
        share_url=f"https://wa.me/?text={quote(f'{words}: {link}', safe='')}",
        **_facts(checkout, token) | {"wrong_proofs": wrong_proofs},
    )


def status(token: str) -> ResponseReturnValue:
    checkout = orders.get_checkout(token)
    page = render_template("buyer/_order_status.html", **_facts(checkout, token))
    answer = Response(page, mimetype="text/html")
    answer.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-store"
    answer.make_conditional(request)
    if answer.status_code == 304 and all(order.status in ENDED for order in checkout.orders):
        return Response(status=204)
    return answer


def cancel(token: str, reference: str) -> ResponseReturnValue:
    order = orders.get_order(token, reference)
    orders.cancel(order, now=times.now())
    flash(_("Pesanan %(reference)s dibatalkan.", reference=order.reference), "success")
    return see_other(url_for("buyer.order.show", token=token))


def change(token: str, reference: str) -> ResponseReturnValue:
    order = orders.get_order(token, reference)
    basket = changing.open_change(order, links=services().links, now=times.now())
    return see_other(url_for("buyer.checkout.form", token=basket))


def again(token: str, reference: str) -> ResponseReturnValue:
    order = orders.get_order(token, reference)
    basket, missing = changing.again(order, now=times.now())
    if missing:
        names = ", ".join(missing)
        flash(_("Tidak lagi tersedia sebanyak itu: %(names)s.", names=names), "warning")
    answer = see_other(url_for("buyer.basket.show", token=basket))
    remember(answer, BASKET, basket)
    return answer


def _facts(checkout: Checkout, token: str) -> dict[str, Any]:
    ids = [order.id for order in checkout.orders]
    parcels = shipments.find_parcels(ids)
    return {
        "checkout": checkout,
        "token": token,
        "successors": {
            old: (order.reference, page_of_order(order))
            for old, order in changing.successors(ids).items()
        },
        "originals": {
            old: order.reference
            for old, order in changing.originals(checkout.orders).items()
            if order.checkout_id != checkout.id
        },
        "charges": {key: _chosen(some) for key, some in payments.charges_of(ids).items()},
        "ways": payments.ways_to_pay(checkout.orders),
        "came": payments.payments_of(ids),
        "counted": payments.counted_for(ids),
        "given": payments.given_back_for(ids),
        "continued": {order.replaces_id: order.reference for order in checkout.orders},
        "proofs": payments.proofs.of_orders(ids),
        "family": {order.id: _family_link(order) for order in checkout.orders},
        "wrong_proofs": {},
        "cara": request.args.get("cara", ""),
        "automatic": gateway.shown(checkout.orders),
        "parcels": parcels,
        "stories": {
            order.id: _story(order, _last(parcels.get(order.id, []))) for order in checkout.orders
        },
        "pick_up": PICK_UP,
        "name": _masked(checkout.buyer_name),
        "country": _country(checkout.country),
        "phone": phones.mask(checkout.phone),
    }


def _chosen(charges: Sequence[Charge]) -> Charge:
    """Return the request to be shown: by the way that was chosen just now, else the newest."""
    wanted = request.args.get("cara", "")
    return next((charge for charge in charges if charge.method == wanted), charges[0])


def family_key(reference: str) -> str:
    """Return the token in the link by which others pay an order: 132 bits."""
    return services().links.token("pay", reference)[:22]


def _family_link(order: Order) -> str:
    key = family_key(order.reference)
    path = url_for("buyer.family.show", reference=order.reference, key=key)
    return f"{services().settings.public_url}{path}"


def _story(order: Order, parcel: Parcel | None) -> list[Mapping[str, object]]:
    """Tell what happened and what comes next, as items for the macro `steps`."""
    told: list[Mapping[str, object]] = [
        {"label": _("Pesanan dibuat"), "state": "done", "at": order.placed_at}
    ]
    if order.status is OrderStatus.CANCELLED:
        note = _("Barang sudah dilepas; tidak perlu membayar.")
        return [
            *told,
            {"label": _("Dibatalkan"), "state": "over", "at": order.ended_at, "note": note},
        ]
    if order.status is OrderStatus.EXPIRED:
        note = _("Waktu bayar habis dan barang dilepas. Sudah membayar? Hubungi panitia.")
        return [
            *told,
            {"label": _("Lewat waktu"), "state": "over", "at": order.ended_at, "note": note},
        ]
    if order.status is OrderStatus.QUOTING:
        note = _("Panitia menghitung ongkir ke negara Anda; belum ada yang dibayar.")
        told.append({"label": _("Menunggu ongkir"), "state": "now", "note": note})
        rest = ("", "", "")
    elif order.paid_at is None:
        note = _("Halaman ini berubah sendiri begitu pembayaran dikonfirmasi.")
        if times.now() >= order.pay_before:
            note = _("Sudah membayar tepat waktu? Halaman ini berubah sendiri begitu dikonfirmasi.")
        told.append({"label": _("Menunggu pembayaran"), "state": "now", "note": note})
        rest = ("", "", "")
    else:
        told.append({"label": _("Pembayaran diterima"), "state": "done", "at": order.paid_at})
        rest = _parcel_states(parcel)
    labels = (_("Dikemas penjual"), _("Diserahkan ke kurir"), _("Sampai di tujuan"))
    at = {step.status: step.at for step in parcel.steps} if parcel else {}
    stages = list(zip(labels, rest, _WAY, strict=True))
    if order.courier == PICK_UP:  # nobody carries it: it is there when it was handed over
        stages[1:] = [(_("Diambil di lapak"), rest[1], _WAY[1 if _WAY[1] in at else 2])]
    for label, state, reached in stages:
        told.append({"label": label, "state": state or "next", "at": at.get(reached)})
    return told


_WAY = (ParcelStatus.PACKED, ParcelStatus.HANDED_OVER, ParcelStatus.DELIVERED)
_STAGE = {
    ParcelStatus.PACKED: 1,
    ParcelStatus.BOOKED: 1,
    ParcelStatus.HANDED_OVER: 2,
    ParcelStatus.IN_TRANSIT: 2,
    ParcelStatus.OUT_FOR_DELIVERY: 2,
    ParcelStatus.EXCEPTION: 2,
    ParcelStatus.DELIVERED: 3,
}
"""How many stages of `_WAY` a parcel has behind it; none in the other states."""


def _last(parcels: Sequence[Parcel]) -> Parcel | None:
    """Return the parcel that is least far: what the order as a whole still waits for."""
    live = [parcel for parcel in parcels if parcel.status is not ParcelStatus.CANCELLED]
    return min(live, key=lambda parcel: _STAGE.get(parcel.status, 0), default=None)


def _parcel_states(parcel: Parcel | None) -> tuple[str, str, str]:
    """Return done, now or next for each stage of `_WAY`."""
    reached = _STAGE.get(parcel.status, 0) if parcel else 0
    states = ["done"] * reached + ["now"] + ["next"] * len(_WAY)
    return states[0], states[1], states[2]


def _country(code: str) -> str:
    """Return the name of a country abroad, nothing for home."""
    if code == phones.HOME:
        return ""
    named = dict(regions.countries(str(get_locale())))
    return named.get(code, code)


def _masked(name: str) -> str:
    """Return a name so that only its owner knows it again: `Si** Am**`."""
    return " ".join(f"{word[:2]}**" for word in name.split())
