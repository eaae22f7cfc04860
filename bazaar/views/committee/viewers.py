"""A host orders for a viewer: what was typed is understood, goods set aside, a link sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import (
    accounts,
    baskets,
    broadcast,
    catalog,
    editions,
    phones,
    stalls,
    times,
    waiting,
    waiting_lines,
)
from bazaar.catalog import Goods
from bazaar.errors import Conflict
from bazaar.rules import claims
from bazaar.rules.claim_tokens import Goods as ClaimGoods
from bazaar.tokens import new_key
from bazaar.waiting import Who
from bazaar.web import see_other, services
from bazaar.web.answers import sentence

MAX_TEXT = 300
_KEY = re.compile(r"[A-Za-z0-9_-]{22,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line says, checked against the goods. `wrong`: sentences about what is missing."""

    pieces: Sequence[tuple[Goods, int]]
    name: str
    phone: str
    wrong: Sequence[str]

    @property
    def total_idr(self) -> int:
        """What the goods cost, without shipping."""
        return sum(goods.price_idr * pieces for goods, pieces in self.pieces)


def form() -> ResponseReturnValue:
    return _page("", None, new_key())


def send() -> ResponseReturnValue:
    text = request.form.get("text", "")[:MAX_TEXT]
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        return _page(
            text, None, new_key(), [_("Formulir ini tidak lengkap. Coba sekali lagi.")]
        ), 422
    earlier = services().links.token("basket", key)
    if baskets.find_basket(earlier) is not None:  # the same click again
        return see_other(url_for("committee.viewers.show", token=earlier))
    found = understand(text)
    if found.wrong:
        return _page(text, found, key), 422
    if request.form.get("do") != "hold":
        return _page(text, found, key)
    now = times.now()
    edition = editions.get_current()
    turns = broadcast.selling_now({goods.seller_id for goods, _ in found.pieces}, now=now)
    try:
        token = waiting.set_aside(
            {goods.id: pieces for goods, pieces in found.pieces},
            Who(name=found.name, phone=phones.read_phone(found.phone) or ""),
            key=key,
            until=now + timedelta(minutes=edition.hold_minutes),
            turns={seller_id: turn_id for seller_id, (turn_id, _first) in turns.items()},
            links=services().links,
            actor=accounts.actor(g.person),
            now=now,
        )
    except Conflict as conflict:
        return _page(text, found, key, [sentence(conflict)]), 409
    flash(_("Barang disisihkan. Kirim tautannya kepada penonton."), "success")
    return see_other(url_for("committee.viewers.show", token=token))


def show(token: str) -> ResponseReturnValue:
    contents = baskets.look_into(token)
    held = waiting.held_for(contents.basket_id)
    link = f"{services().settings.public_url}{url_for('buyer.checkout.form', token=token)}"
    words = ""
    if held and held[0].offer_until:
        words = _(
            "Halo %(name)s, pesanan Anda di Pasar Virtual sudah disisihkan sampai %(until)s."
            " Isi alamat dan selesaikan di sini: %(link)s",
            name=held[0].name,
            until=f"{held[0].offer_until.astimezone(editions.get_current().zone):%H.%M}",
            link=link,
        )
    return render_template(
        "committee/viewer.html",
        held=held,
        link=link,
        words=words,
        ordered=[] if held else waiting_lines.taken_from(contents.basket_id),
    )


def understand(text: str) -> Understood:
    """Return what a host typed, and what is missing in it."""
    codes = stalls.codes_on_offer()
    typed = claims.read_typed(text, ClaimGoods(codes, max_qty=baskets.MAX_QUANTITY))
    goods = {
        one.claim_code: one for one in catalog.goods_of([], [c.code for c in typed.claims]).values()
    }
    pieces = [(goods[claim.code], claim.qty) for claim in typed.claims if claim.code in goods]
    wrong = [_("Kode %(code)s tidak dikenal.", code=code) for code in typed.unknown]
    wrong += [sentence_of for one in pieces if (sentence_of := _too_many(*one))]
    if not pieces and not typed.unknown:
        wrong.append(_("Tulis kode barangnya, misalnya B07 x2."))
    if not typed.name:
        wrong.append(_("Tulis nama penontonnya."))
    if not phones.read_phone(typed.phone):
        wrong.append(_("Tulis nomor WhatsApp penontonnya, misalnya 0812-3456-7890."))
    return Understood(pieces, typed.name[:120], typed.phone, wrong)


def _too_many(goods: Goods, pieces: int) -> str:
    most = min(goods.most_per_order or baskets.MAX_QUANTITY, baskets.MAX_QUANTITY)
    if pieces > most:
        return _("%(name)s paling banyak %(n)s per pesanan.", name=goods.name, n=most)
    left = max(goods.stock - goods.waited, 0)
    if pieces > left:
        return _("%(name)s tinggal %(n)s.", name=goods.name, n=left)
    return ""


def _page(text: str, found: Understood | None, key: str, wrong: Sequence[str] = ()) -> str:
    return render_template(
        "committee/viewer_form.html",
        text=text,
        found=found,
        key=key,
        wrong=[*wrong, *(found.wrong if found else ())],
        edition=editions.find_current(),
    )
