"""A place in the line for what is sold out, behind its own link."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import catalog, times, waiting, waiting_lines
from bazaar.errors import Conflict
from bazaar.models import WaitingEntry, WaitState
from bazaar.views.buyer.basket import page_of_order
from bazaar.views.buyer.catalog import product_page
from bazaar.views.forms.waiting import WaitForm
from bazaar.waiting import Who
from bazaar.web import see_other, services
from bazaar.web.answers import sentence
from bazaar.web.fragments import living_page


def join(claim_code: str) -> ResponseReturnValue:
    product = catalog.get_product(claim_code)
    form = WaitForm(request.form)
    if not form.validate():
        return product_page(product, form), 422
    who = Who(name=form.name.data or "", phone=form.e164 or "", language=str(get_locale()))
    try:
        token = waiting.join(
            product,
            form.quantity.data or 1,
            who,
            key=form.key.data or "",
            links=services().links,
            now=times.now(),
        )
    except Conflict as conflict:
        flash(sentence(conflict), "warning")
        return see_other(url_for("buyer.catalog.product", claim_code=product.claim_code))
    return see_other(url_for("buyer.waiting.show", token=token))


def show(token: str) -> ResponseReturnValue:
    entry = waiting.get(token)
    link = f"{services().settings.public_url}{url_for('buyer.waiting.show', token=token)}"
    return living_page(
        "buyer/waiting.html",
        "buyer/_waiting.html",
        entry=entry,
        token=token,
        link=link,
        ahead=waiting.ahead_of(entry) if entry.state is WaitState.WAITING else 0,
        order_page=_order_page(entry),
    )


def take(token: str) -> ResponseReturnValue:
    entry = waiting.get(token)
    basket = waiting.open_offer(entry, links=services().links, now=times.now())
    return see_other(url_for("buyer.checkout.form", token=basket))


def leave(token: str) -> ResponseReturnValue:
    waiting.leave(waiting.get(token), now=times.now())
    flash(_("Anda keluar dari daftar tunggu."), "success")
    return see_other(url_for("buyer.waiting.show", token=token))


def _order_page(entry: WaitingEntry) -> str:
    """Return the way to the order that took the offer; empty where none did."""
    taken = waiting_lines.taken_by(entry) if entry.order_id is not None else None
    return page_of_order(taken) if taken else ""
