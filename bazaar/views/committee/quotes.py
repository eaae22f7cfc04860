"""Orders from abroad that wait for their shipping fee."""

from datetime import timedelta
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import accounts, quoting, rates, regions, times
from bazaar.models import Order, Role
from bazaar.views.forms.quotes import QuoteForm
from bazaar.web import charging_of, see_other, services
from bazaar.web.formats import rupiah


def index() -> ResponseReturnValue:
    return _page()


def answer(reference: str) -> ResponseReturnValue:
    order = quoting.get(reference)
    form = QuoteForm(request.form)
    if not form.validate():
        return _page({reference: form}), HTTPStatus.UNPROCESSABLE_ENTITY
    settings = services().settings
    quoting.answer(
        order,
        form.courier.data or "",
        form.fee,
        slack=timedelta(minutes=settings.release_slack_minutes),
        charging=charging_of(settings),
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(
        _("Ongkir %(reference)s ditetapkan. Beri tahu pembelinya.", reference=reference), "success"
    )
    return see_other(url_for("committee.quotes.index", baru=reference))


def _page(forms: dict[str, QuoteForm] | None = None) -> str:
    waiting = quoting.open_quotes()
    answered = request.args.get("baru", "")
    return render_template(
        "committee/quotes.html",
        waiting=waiting,
        forms={order.reference: QuoteForm() for order in waiting} | (forms or {}),
        couriers=rates.couriers(),
        countries=dict(regions.countries(str(get_locale() or "id"))),
        may_act=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
        answered=_told(quoting.get(answered)) if answered else None,
    )


def _told(order: Order) -> dict[str, str]:
    """The order that has just got its fee, with a message ready to be sent to its buyer."""
    token = services().links.token("order", order.checkout.key)
    link = f"{services().settings.public_url}{url_for('buyer.order.show', token=token)}"
    words = {
        "name": order.checkout.buyer_name,
        "reference": order.reference,
        "courier": order.courier,
        "fee": rupiah(order.shipping_idr),
        "total": rupiah(order.total_idr),
        "link": link,
    }
    text = _(
        "Halo %(name)s, ongkir pesanan %(reference)s dengan %(courier)s adalah %(fee)s, jadi "
        "jumlahnya %(total)s. Silakan bayar dalam 24 jam di %(link)s",
        **words,
    )
    return {"reference": order.reference, "phone": order.checkout.phone, "text": text}
