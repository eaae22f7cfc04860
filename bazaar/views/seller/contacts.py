"""How a seller is reached: language, mail, Telegram; trying it out and ending it."""

from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from bazaar import editions, sellers, times
from bazaar.audit import Actor
from bazaar.errors import NotFound
from bazaar.models import ContactKind, Seller
from bazaar.show import contacts
from bazaar.views import navigation
from bazaar.views.forms.contacts import ChatForm, MailForm
from bazaar.web import see_other, services, ways

WORDS = {"surel": ContactKind.EMAIL, "telegram": ContactKind.TELEGRAM, "lain": ContactKind.OTHER}
"""How ways are called in addresses."""

FORMS: dict[ContactKind, type[MailForm | ChatForm]] = {
    ContactKind.EMAIL: MailForm,
    ContactKind.TELEGRAM: ChatForm,
}


def show(token: str) -> ResponseReturnValue:
    return _page(sellers.get_by_link(token), token)


def language(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    chosen = request.form.get("language", "")
    contacts.set_language(seller, chosen, actor=_actor(seller), now=times.now())
    flash(_("Bahasa pesan disimpan."), "success")
    return _back(token)


def save(token: str, way: str) -> ResponseReturnValue:
    seller, kind = sellers.get_by_link(token), _kind(way)
    if kind not in FORMS:
        raise NotFound
    if kind is not ContactKind.EMAIL:  # a mail address is kept for later
        ways.require(kind)
    form = FORMS[kind](request.form)
    if not form.validate():
        return _page(seller, token, {kind: form}), HTTPStatus.UNPROCESSABLE_ENTITY
    contacts.set_address(
        seller,
        kind,
        form.address.data or "",
        seals=services().contact_seals,
        links=services().links,
        actor=_actor(seller),
        now=times.now(),
    )
    flash(_("Disimpan. Kirim pesan percobaan untuk memastikan."), "success")
    return _back(token)


def stop(token: str, way: str) -> ResponseReturnValue:
    seller, kind = sellers.get_by_link(token), _kind(way)
    links = services().links
    contacts.turn_off(seller, kind, links=links, actor=_actor(seller), now=times.now())
    flash(_("Pengingat lewat jalan ini dihentikan."), "success")
    return _back(token)


def test(token: str, way: str) -> ResponseReturnValue:
    seller, kind = sellers.get_by_link(token), _kind(way)
    ways.require(kind)
    bazaar = editions.get_current().name
    if contacts.send_test(seller, kind, bazaar=bazaar, now=times.now()):
        flash(_("Pesan percobaan dikirim. Biasanya sampai dalam satu menit."), "success")
    else:
        flash(_("Baru saja dikirim. Tunggu satu menit sebelum mencoba lagi."), "warning")
    return _back(token)


def _page(seller: Seller, token: str, forms: dict[ContactKind, Form] | None = None) -> str:
    known = contacts.of([seller.id]).get(seller.id, {})
    open_ways = contacts.open_ways(seller, known)
    tests = contacts.last_tests(seller)
    filled = {
        kind: form(data={"address": contacts.shown(known.get(kind), services().contact_seals)})
        for kind, form in FORMS.items()
    }
    return render_template(
        "seller/contacts.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        forms=filled | (forms or {}),
        is_open={way: kind in open_ways for way, kind in WORDS.items()},
        ended={way: (row := known.get(kind)) and row.ended_at for way, kind in WORDS.items()},
        tests={way: tests.get(kind) for way, kind in WORDS.items()},
        has={way: ways.set_up()[kind] for way, kind in WORDS.items()},
        bot=services().settings.telegram_bot,
        bot_url=f"https://t.me/{services().settings.telegram_bot}",
        quiet=services().settings,
        kinds=ContactKind,
    )


def _kind(way: str) -> ContactKind:
    if way not in WORDS:
        raise NotFound
    return WORDS[way]


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)


def _back(token: str) -> ResponseReturnValue:
    return see_other(url_for("seller.contacts.show", token=token))
