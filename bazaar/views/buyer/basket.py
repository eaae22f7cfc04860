"""The basket: its link is the key to it, the cookie only a comfort.

In-app browsers lose cookies, so every answer leads to the basket's own address, and the pages
reached from there pass the link on (`?k=…`, or the hidden field `basket`).
"""

import re
from collections.abc import Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bazaar import baskets, catalog, changing, rates, times
from bazaar.baskets import Contents, Offer
from bazaar.models import Basket, Order, Product
from bazaar.orders import Wanted, parts_of
from bazaar.rules.references import normalise_claim_code
from bazaar.rules.shipping import ANY_COUNTRY, next_free
from bazaar.web import cookie_name, own_path, see_other, services

COOKIE_AGE_S = 30 * 24 * 3600
BASKET = "keranjang"
LAST_ORDER = "pesanan"
"""Cookies: the link of the basket in hand, and of the last order page."""
QUANTITY = "quantity-"


def add() -> ResponseReturnValue:
    now = times.now()
    asked, wrong = _quantities()
    products = catalog.products_by_code(list(asked))
    back = own_path(request.form.get("back"), url_for("buyer.catalog.stalls"))
    if wrong or not products:
        flash(wrong or _("Pilih dulu jumlah barangnya."), "warning")
        return see_other(back)
    basket, token = _basket_in_hand()
    if basket is None:
        basket, token = baskets.open_basket(source=_source(), now=now)
    wanted = {product.id: asked[code] for code, product in products.items()}
    baskets.add(basket, wanted, now=now)
    _tell_limits({product: asked[code] for code, product in products.items()})
    if request.form.get("then") == "checkout":
        answer = see_other(url_for("buyer.checkout.form", token=token))
    else:
        flash(_("Sudah masuk keranjang."), "success")
        answer = see_other(url_for("buyer.basket.show", token=token))
    remember(answer, BASKET, token)
    return answer


def mine() -> ResponseReturnValue:
    token = request.cookies.get(cookie_name(BASKET), "")
    if token and baskets.find_basket(token):
        return redirect(url_for("buyer.basket.show", token=token), 303)
    return render_template("buyer/no_basket.html", last_order=last_order())


def show(token: str) -> ResponseReturnValue:
    contents = baskets.look_into(token)
    order = changing.changed_by(contents.source)
    if order is not None and not changing.may_change(order):
        flash(_("Pesanan ini tidak dapat diubah lagi."), "info")
        return see_other(page_of_order(order))
    wanted = wanted_in(contents)
    parts = parts_of(wanted)
    rules = rates.free_rules() if parts else []
    return render_template(
        "buyer/basket.html",
        basket_token=token,
        parts=parts,
        ahead={
            part.seller_id: next_free(rules, seller_id=part.seller_id, goods_idr=part.goods_idr)
            for part in parts
        },
        place_name=_place_name,
        goods_idr=sum(item.amount_idr for item in wanted),
        short=any(item.short for item in wanted),
        most=baskets.MAX_QUANTITY,
        held_until=held_until(contents),
        last_order=last_order(),
        **change_of(contents),
    )


def change(token: str) -> ResponseReturnValue:
    basket = baskets.get_basket(token)
    asked, wrong = _quantities(remove=request.form.get("remove", ""))
    if wrong:
        flash(wrong, "warning")
        return see_other(url_for("buyer.basket.show", token=token))
    items = baskets.look_into(token).items
    products = {item.product.claim_code: item.product.id for item in items}
    wanted = {products[code]: pieces for code, pieces in asked.items() if code in products}
    baskets.change(basket, wanted, now=times.now())
    offers = {item.product.claim_code: item.product for item in items}
    _tell_limits({offers[code]: pieces for code, pieces in asked.items() if code in offers})
    if request.form.get("then") == "checkout":
        return see_other(url_for("buyer.checkout.form", token=token))
    return see_other(url_for("buyer.basket.show", token=token))


def _tell_limits(asked: Mapping[Offer | Product, int]) -> None:
    """Say of which products fewer went into the basket than were asked for, and why."""
    for product, pieces in asked.items():
        if product.most_per_order is not None and pieces > product.most_per_order:
            flash(
                _(
                    "%(name)s paling banyak %(n)s per pesanan; jumlahnya disesuaikan.",
                    name=product.name,
                    n=product.most_per_order,
                ),
                "warning",
            )


def _place_name(prefix: str) -> str:
    """Name a place where shipping may be free; empty for all of Indonesia."""
    if prefix == ANY_COUNTRY:
        return _("luar negeri")
    return rates.place_name(prefix, str(get_locale() or "id"))


def wanted_in(contents: Contents) -> list[Wanted]:
    """Return what lies in the basket as what would be ordered."""
    order = changing.changed_by(contents.source)
    held = changing.held_by(order) if order else {}
    return [
        Wanted(item.product, item.quantity, item.held + held.get(item.product.id, 0))
        for item in contents.items
    ]


def change_of(contents: Contents) -> dict[str, object]:
    """Return the order that this basket changes, if it does, and the way back to its page."""
    order = changing.changed_by(contents.source)
    return {"changes": order, "old_page": page_of_order(order) if order else ""}


def page_of_order(order: Order) -> str:
    """Return the way to an order's page, for somebody who holds another link of the same buyer."""
    token = services().links.token("order", order.checkout.key)
    return url_for("buyer.order.show", token=token, _anchor=order.reference)


def held_until(contents: Contents) -> datetime | None:
    """Return until when goods in the basket are set aside for its buyer, None if none are."""
    return min((item.held_until for item in contents.items if item.held_until), default=None)


def remember(answer: Response, name: str, token: str) -> None:
    """Leave a link on the phone, for a month."""
    answer.set_cookie(
        cookie_name(name),
        token,
        max_age=COOKIE_AGE_S,
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )


def last_order() -> str:
    """Return the link of the last order that was placed on this phone; empty if there is none."""
    token = request.cookies.get(cookie_name(LAST_ORDER), "")
    known = re.fullmatch(r"[A-Za-z0-9_-]{20,64}", token, re.ASCII)
    return url_for("buyer.order.show", token=token) if known else ""


def _quantities(remove: str = "") -> tuple[dict[str, int], str]:
    """Read `quantity-<claim code>` fields: pieces by code, and what is wrong with them, if anything.

    Empty fields and, when nothing is to be changed, zeros mean nothing. `remove`: a code to be 0.
    """
    asked: dict[str, int] = {}
    changing = request.view_args is not None and "token" in request.view_args
    for name, value in request.form.items():
        code = normalise_claim_code(name.removeprefix(QUANTITY))
        text = value.strip()
        if not name.startswith(QUANTITY) or code is None or not text:
            continue
        if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII):
            return {}, _(
                "Jumlah ditulis dengan angka, paling banyak %(n)s.", n=baskets.MAX_QUANTITY
            )
        if int(text) > baskets.MAX_QUANTITY:
            return {}, _("Paling banyak %(n)s buah untuk satu barang.", n=baskets.MAX_QUANTITY)
        if int(text) or changing:
            asked[code] = int(text)
    if code := normalise_claim_code(remove):
        asked[code] = 0
    return asked, ""


def _basket_in_hand() -> tuple[Basket | None, str]:
    """Return the basket that the form or the cookie names, and its token."""
    for token in (request.form.get("basket", ""), request.cookies.get(cookie_name(BASKET), "")):
        basket = baskets.find_basket(token) if token else None
        if basket is not None:
            return basket, token
    return None, ""


def _source() -> str:
    """Say how the buyer came: by a product's short link, or from a stall."""
    return "claim" if request.form.get("back", "").startswith("/b/") else "link"
