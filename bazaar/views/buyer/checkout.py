"""From basket to orders on one screen: who, where, by which courier."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from flask import flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bazaar import baskets, broadcast, changing, orders, phones, rates, regions, times, waiting
from bazaar.baskets import Contents
from bazaar.db import forget, reading
from bazaar.errors import Conflict
from bazaar.models import Checkout
from bazaar.orders import CheckoutWish, Part, Placed, Wanted
from bazaar.regions import Place, Region
from bazaar.rules.shipping import ASKED, HOME, PICK_UP, ShippingOption, next_free
from bazaar.tokens import fingerprint, new_key
from bazaar.views.buyer.basket import (
    LAST_ORDER,
    change_of,
    held_until,
    last_order,
    page_of_order,
    remember,
    wanted_in,
)
from bazaar.views.buyer.offers import add_offers, chosen_offer
from bazaar.views.forms.checkout import CheckoutForm
from bazaar.web import desk, see_other, services
from bazaar.web.answers import sentence

COURIER = "courier-"
LOOKING = {"find", "pick", "country", "fit", "fetch", "send"}
"""Buttons that change what the screen offers and check nothing yet."""


def form(token: str) -> ResponseReturnValue:
    basket = baskets.look_into(token)
    if not basket.items:
        return _nothing_to_order(token, basket)
    return _page(basket, token, CheckoutForm(data={"key": new_key()} | _known(basket)))


def send(token: str) -> ResponseReturnValue:
    if request.form.get("do") in LOOKING or "within" in request.form:
        return _look(token)
    basket = baskets.look_into(token)
    wanted = wanted_in(basket)
    sent = CheckoutForm(request.form)
    key = fingerprint(f"{token}|{sent.key.data}")
    agreed_idr = _agreed_idr()
    refusal = ""
    if wanted and sent.validate() and agreed_idr is not None:
        try:
            placed = _place(basket, wanted, sent, key, agreed_idr)
        except Conflict as conflict:
            forget()
            refusal = sentence(conflict)
            basket = baskets.look_into(token)
            wanted = wanted_in(basket)
        else:
            return _done(placed)
    # The same click again finds what it became, although the basket is empty by now.
    if earlier := orders.find_placed(key, services().links):
        return _done(earlier)
    if not wanted:
        return _nothing_to_order(token, basket)
    if refusal:
        return _page(basket, token, sent, refusal), 409
    # Without errors nobody has seen a total yet.
    return _page(basket, token, sent), 422 if sent.errors else 200


def shipping(token: str) -> ResponseReturnValue:
    sent = CheckoutForm(request.args)
    return render_template(
        "buyer/_shipping.html", **_offer(wanted_in(baskets.look_into(token)), sent)
    )


def find_places() -> ResponseReturnValue:
    return jsonify(places=[asdict(place) for place in regions.search(request.args.get("q", ""))])


def places_in(code: str) -> ResponseReturnValue:
    return jsonify(regions=[region._asdict() for region in _within(code)])


def _known(basket: Contents) -> dict[str, str]:
    """Return whom the goods in the basket are for, as far as it is known: to be typed only once."""
    if order := changing.changed_by(basket.source):
        return _typed_before(order.checkout)
    if held_until(basket) is None:
        return {}
    held = waiting.held_for(basket.basket_id)
    return {"buyer_name": held[0].name, "phone": phones.show(held[0].phone)} if held else {}


def _typed_before(checkout: Checkout) -> dict[str, str]:
    """Return what the buyer typed for the order that is being changed."""
    at_home = checkout.country == HOME
    known = {
        "buyer_name": checkout.buyer_name,
        "phone": phones.show(checkout.phone),
        "country": checkout.country,
        "village": checkout.village_code,
        "street": checkout.street,
        "note": checkout.note,
        "postal_code": "" if at_home else checkout.postal_code,
    }
    if at_home and not checkout.village_code:
        known |= {"fetch": "1", "street": ""}
    return known


def _look(token: str) -> ResponseReturnValue:
    """Show the screen with other choices; what was typed stays, nothing is checked yet."""
    if request.form.get("do") == "fit":
        _fit(token)
    basket = baskets.look_into(token)
    sent = CheckoutForm(request.form)
    if request.form.get("do") in {"fetch", "send"}:
        sent.fetch.data = "1" if request.form["do"] == "fetch" else ""
    return _page(basket, token, sent) if basket.items else _nothing_to_order(token, basket)


def _fit(token: str) -> None:
    """Leave in the basket what can be had of it."""
    wanted = wanted_in(baskets.look_into(token))
    short = {item.product.id: item.left for item in wanted if item.short}
    baskets.change(baskets.get_basket(token), short, now=times.now())
    flash(_("Isi keranjang sudah disesuaikan. Periksa jumlah yang baru."), "info")


def _place(
    basket: Contents, wanted: Sequence[Wanted], sent: CheckoutForm, key: str, agreed_idr: int
) -> Placed:
    where = sent.destination()
    wish = CheckoutWish(
        key=key,
        wanted=wanted,
        couriers=_couriers(),
        buyer_name=sent.buyer_name.data or "",
        phone=sent.e164 or "",
        country=where.country,
        village_code=where.village_code,
        street=where.street,
        area=where.area,
        postal_code=where.postal_code,
        note=sent.note.data or "",
        source=basket.source,
        language=str(get_locale()),
        agreed_idr=agreed_idr,
        basket_id=basket.basket_id,
        offered=_offered(wanted, where.village_code),
    )
    now = times.now()
    forget()  # the desk places it in a transaction that many buyers share
    if order := changing.changed_by(basket.source):
        place = partial(desk().place_here, now=now)
        return changing.change(order, wish, place, links=services().links, now=now)
    if any(item.held for item in wanted):
        place = partial(desk().place_here, now=now)
        return waiting.take(basket.basket_id, wish, place, now=now)
    return desk().place(wish, now=now)


def _offered(wanted: Sequence[Wanted], village_code: str) -> dict[int, ShippingOption]:
    couriers = _couriers()
    found = {
        part.seller_id: chosen_offer(part, village_code, couriers)
        for part in orders.parts_of(wanted)
        if couriers.get(part.seller_id, "").startswith("~")
    }
    return {seller_id: option for seller_id, option in found.items() if option}


def _done(placed: Placed) -> ResponseReturnValue:
    if not placed.orders:
        flash(_("Pesanan ini sudah tercatat; tidak dibuat dua kali."), "info")
    answer = see_other(url_for("buyer.order.show", token=placed.token))
    remember(answer, LAST_ORDER, placed.token)
    return answer


def _page(basket: Contents, token: str, sent: CheckoutForm, refusal: str = "") -> str:
    """Return the screen. One that answers a form keeps nothing, so it asks outside like any other.

    Only where stock was fitted something is kept: the lock must not be held while others think.
    """
    if request.method == "GET" or request.form.get("do") == "fit":
        return _screen(basket, token, sent, refusal)
    forget()
    with reading():
        return _screen(baskets.look_into(token), token, sent, refusal)


def _screen(basket: Contents, token: str, sent: CheckoutForm, refusal: str) -> str:
    return render_template(
        "buyer/checkout.html",
        basket_token=token,
        form=sent,
        refusal=refusal,
        countries=regions.countries(str(get_locale())),
        village=sent.chosen_village(),
        found=_found(sent),
        searched=request.form.get("do") == "find",
        levels=_levels() if sent.at_home else [],
        held_until=held_until(basket),
        **change_of(basket),
        **_offer(wanted_in(basket), sent),
    )


def _nothing_to_order(token: str, basket: Contents) -> ResponseReturnValue:
    if order := changing.changed_by(basket.source):  # its page leads to what became of it
        return see_other(page_of_order(order))
    if not last_order():  # who comes back from an order knows why
        flash(_("Keranjang ini kosong. Pilih barang dulu."), "warning")
    return see_other(url_for("buyer.basket.show", token=token))


def _agreed_idr() -> int | None:
    """Read the total that stood on the button."""
    text = request.form.get("agreed_idr", "")
    return int(text) if re.fullmatch(r"[0-9]{1,11}", text, re.ASCII) else None


def _offer(wanted: Sequence[Wanted], sent: CheckoutForm) -> dict[str, object]:
    """Return what would be ordered as things stand, with what shipping there would cost."""
    parts = orders.parts_of(wanted)
    quotes = rates.quotes(
        country=HOME if sent.at_home else sent.country.data or "",
        village_code=sent.village_code,
        now=times.now(),
    )
    if sent.place_known:
        for part in parts:
            part.options = quotes.options(
                part.weight_g, part.box, seller_id=part.seller_id, goods_idr=part.goods_idr
            )
    couriers = _couriers()
    ask = request.form.get("do") != "fit"
    add_offers(parts, sent.village_code, couriers, quotes.free, ask=ask)
    chosen = {part.seller_id: _chosen(part, couriers) for part in parts if part.options}
    complete = bool(parts) and len(chosen) == len(parts)
    goods_idr = sum(part.goods_idr for part in parts)
    shipping_idr = sum(option.price_idr for option in chosen.values())
    return {
        "parts": parts,
        "chosen": chosen,
        "place_known": sent.place_known,
        "goods_idr": goods_idr,
        "shipping_idr": shipping_idr,
        "total_idr": goods_idr + shipping_idr if complete else None,
        "short": any(item.short for item in wanted),
        "fetching": sent.fetching,
        "first_paid": _first_paid(parts),
        "asked": ASKED,
        "quoting": any(option.courier == ASKED for option in chosen.values()),
        "may_fetch": any(rate.courier == PICK_UP for rate in quotes.rates),
        "ahead": {
            part.seller_id: next_free(
                quotes.free, seller_id=part.seller_id, goods_idr=part.goods_idr
            )
            for part in parts
        },
    }


def _first_paid(parts: Sequence[Part]) -> list[str]:
    """Return the names of the stalls on air where whoever pays first gets the goods."""
    names = {part.seller_id: part.wanted[0].product.seller.name for part in parts}
    turns = broadcast.selling_now(set(names), now=times.now())
    return [names[seller_id] for seller_id, (_turn, first_paid) in turns.items() if first_paid]


def _couriers() -> dict[int, str]:
    """Read the chosen courier of each seller."""
    return {
        int(name.removeprefix(COURIER)): courier
        for name, courier in request.values.items()
        if re.fullmatch(rf"{COURIER}[0-9]{{1,15}}", name)
    }


def _chosen(part: Part, couriers: dict[int, str]) -> ShippingOption:
    """Return the chosen option, the cheapest where none of the options was chosen."""
    asked = couriers.get(part.seller_id)
    return next((o for o in part.options if asked in (o.value, o.courier)), part.options[0])


def _found(sent: CheckoutForm) -> list[Place]:
    """Return the places to choose from: those of the district asked for, or those searched."""
    if not sent.at_home:
        return []
    district = request.form.get("within", "")
    if request.form.get("do") == "pick":
        district = request.form.get("district", "")
    if district:
        around = ", ".join(
            region.name
            for level in (regions.districts(district[:5]), regions.regencies(district[:2]))
            for region in level
            if district.startswith(region.code)
        )
        return [Place(v.code, v.name, around, None) for v in regions.villages(district)]
    return regions.search(sent.find.data) if sent.find.data else []


def _levels() -> list[tuple[str, str, Sequence[Region], str]]:
    """Return the lists to go down by hand: field, label, choices, choice."""
    province, regency = (request.form.get(name, "") for name in ("province", "regency"))
    district = request.form.get("district", "")
    regency = regency if regency.startswith(province) else ""
    district = district if regency and district.startswith(regency) else ""
    return [
        ("province", _("Provinsi"), regions.provinces(), province),
        ("regency", _("Kabupaten/kota"), regions.regencies(province), regency),
        ("district", _("Kecamatan"), regions.districts(regency), district),
    ]


def _within(code: str) -> Sequence[Region]:
    """Return the next smaller places; the code of a province, regency or district decides."""
    return regions.regencies(code) or regions.districts(code) or regions.villages(code)
