"""By which ways one seller is told things, set up by the committee for who cannot do it alone."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from bazaar import accounts, sellers, times
from bazaar.errors import NotFound
from bazaar.models import ContactKind, Role, Seller
from bazaar.show import contacts
from bazaar.views.forms.contacts import ChatForm, ServiceForm
from bazaar.web import see_other, services, ways

KINDS = {"telegram": ContactKind.TELEGRAM, "lain": ContactKind.OTHER}
FORMS: dict[ContactKind, type[ChatForm | ServiceForm]] = {
    ContactKind.TELEGRAM: ChatForm,
    ContactKind.OTHER: ServiceForm,
}


def show(code: str) -> ResponseReturnValue:
    return _page(sellers.get_by_code(code))


def save(code: str, way: str) -> ResponseReturnValue:
    seller, kind = sellers.get_by_code(code), _kind(way)
    ways.require(kind)
    form = FORMS[kind](request.form)
    if not form.validate():
        return _page(seller, {kind: form}), HTTPStatus.UNPROCESSABLE_ENTITY
    contacts.set_address(
        seller,
        kind,
        form.address.data or "",
        seals=services().contact_seals,
        links=services().links,
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(_("Disimpan. Minta penjual mengirim pesan percobaan dari halamannya."), "success")
    return _back(code)


def stop(code: str, way: str) -> ResponseReturnValue:
    seller, kind = sellers.get_by_code(code), _kind(way)
    actor = accounts.actor(g.person)
    contacts.turn_off(seller, kind, links=services().links, actor=actor, now=times.now())
    flash(_("Pengingat lewat jalan ini dihentikan."), "success")
    return _back(code)


def _page(seller: Seller, forms: dict[ContactKind, Form] | None = None) -> str:
    known = contacts.of([seller.id]).get(seller.id, {})
    return render_template(
        "committee/contacts.html",
        seller=seller,
        open_ways=contacts.open_ways(seller, known),
        known=known,
        forms={kind: form() for kind, form in FORMS.items()} | (forms or {}),
        words={kind: way for way, kind in KINDS.items()},
        kinds=ContactKind,
        has=ways.set_up(),
        may_change=bool(g.person.roles & {Role.REGISTRAR, Role.ADMIN}),
    )


def _kind(way: str) -> ContactKind:
    if way not in KINDS:
        raise NotFound
    return KINDS[way]


def _back(code: str) -> ResponseReturnValue:
    return see_other(url_for("committee.cue_ways.show", code=code))
