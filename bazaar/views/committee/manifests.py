"""Manifests: made, filled, locked, printed, signed on paper."""

from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, manifests, phones, pixels, rates, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.errors import N_, BazaarError, Conflict, Invalid
from bazaar.models import Manifest, ManifestStatus, Role
from bazaar.rules import qr_pictures
from bazaar.views.forms.cells import sent_file
from bazaar.views.forms.manifests import MakeForm, SignForm
from bazaar.web import page_of, see_other, services
from bazaar.web.answers import sentence
from bazaar.web.formats import current_edition

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


class NoSheetYet(Conflict):
    """An open list still changes: a printed one would be another."""

    text = N_("Kunci daftarnya dulu, baru dicetak.")


def index() -> ResponseReturnValue:
    day = times.read_day(request.args.get("hari", ""))
    query = manifests.listed(times.day_bounds(day, _zone()) if day else None)
    return render_template(
        "committee/manifests.html",
        page=page_of(query),
        day=day,
        waiting=manifests.waiting(),
        may_act=_may_act(),
    )


def new() -> ResponseReturnValue:
    return _new_page(MakeForm(data={"courier": request.args.get("kurir", "")[:40]}))


def make() -> ResponseReturnValue:
    form = MakeForm(request.form)
    if not form.validate():
        return _new_page(form), WRONG
    now = times.now()
    manifest = manifests.make(
        form.courier.data or "",
        times.day_of(now, _zone()),
        branch=form.branch.data or "",
        pickup=request.form.get("pickup") != "0",
        vehicle=form.vehicle.data or "",
        links=services().links,
        actor=_actor(),
        now=now,
    )
    flash(_("Berita acara %(number)s dibuat. Pindai paketnya.", number=manifest.number), "success")
    return see_other(url_for("committee.scanning.show", number=manifest.number))


def show(number: str) -> ResponseReturnValue:
    return _page(manifests.get(number))


def add(number: str) -> ResponseReturnValue:
    manifest = manifests.get(number)
    codes = request.form.getlist("kode")[: manifests.MOST]
    told = [manifests.scan(manifest, code, actor=_actor(), now=times.now()) for code in codes]
    added = sum(one.answer is manifests.Answer.ADDED for one in told)
    left = [one.parcel or one.text for one in told if one.answer not in _ON]
    flash(_("%(added)s paket ditambahkan.", added=added), "success" if added else "info")
    if left:
        flash(_("Tidak dapat ditambahkan: %(codes)s.", codes=", ".join(left[:10])), "warning")
    return _back(number)


def take_off(number: str) -> ResponseReturnValue:
    code = request.form.get("kode", "")
    taken = manifests.take_off(manifests.get(number), code, actor=_actor(), now=times.now())
    told = _("Paket %(code)s dikeluarkan dari daftar.", code=code)
    flash(told if taken else _("Paket itu tidak ada di daftar ini."), "info")
    return _back(number)


def lock(number: str) -> ResponseReturnValue:
    manifest = manifests.get(number)
    try:
        manifests.lock(manifest, actor=_actor(), now=times.now())
    except (manifests.EmptyManifest, manifests.ParcelStopped) as refused:
        return _again(number, refused)
    flash(_("Daftar dikunci. Cetak, atau berikan tautannya kepada kurir."), "success")
    return _back(number)


def void(number: str) -> ResponseReturnValue:
    why = request.form.get("reason", "")
    try:
        manifests.void(manifests.get(number), why, actor=_actor(), now=times.now())
    except Invalid as refused:
        return _again(number, refused, void_why=why)
    flash(_("Berita acara %(number)s dibatalkan. Paketnya bebas lagi.", number=number), "success")
    return _back(number)


def renew_link(number: str) -> ResponseReturnValue:
    manifest = manifests.get(number)
    manifests.renew_link(manifest, links=services().links, actor=_actor(), now=times.now())
    flash(_("Tautan kurir diganti. Tautan yang lama tidak dapat dibuka lagi."), "success")
    return _back(number)


def sign_on_paper(number: str) -> ResponseReturnValue:
    form = SignForm(request.form)
    file = sent_file("sheet")
    if not form.validate():
        return _page(manifests.get(number), form=form), WRONG
    try:
        sheet = manifests.read_sheet(file.stream.read(pixels.MAX_BYTES + 1)) if file else None
        said = form.signing(sheet, on_paper=True)
        signed = manifests.sign(manifests.get(number), said, actor=_actor(), now=times.now())
    except (Invalid, manifests.ParcelStopped) as refused:
        return _again(number, refused, form=form)
    flash(_("%(signed)s paket diserahkan ke kurir.", signed=signed), "success")
    return _back(number)


def sheet(number: str) -> ResponseReturnValue:
    from bazaar import manifest_sheets  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    manifest = manifests.get(number)
    if manifest.status in {ManifestStatus.OPEN, ManifestStatus.VOID}:
        raise NoSheetYet
    edition, place = current_edition(), services().pickup
    sender = manifest_sheets.Sender(
        edition.name if edition else "Pasar Virtual",
        f"{place.street}, {place.village}, {place.district}, {place.regency}" if place else "",
        phones.show(place.phone) if place else "",
    )
    answer = Response(
        manifest_sheets.pdf(manifest, sender, zone=_zone()), mimetype="application/pdf"
    )
    answer.headers.set("Content-Disposition", "attachment", filename=f"{manifest.number}.pdf")
    return answer


def code(number: str) -> ResponseReturnValue:
    return Response(qr_pictures.draw(_link(manifests.get(number)), 360), mimetype="image/png")


_ON = {manifests.Answer.ADDED, manifests.Answer.AGAIN}


def _again(number: str, refused: BazaarError, **given: object) -> ResponseReturnValue:
    """Show the list again with what was refused; nothing was changed."""
    forget()
    status = HTTPStatus.CONFLICT if isinstance(refused, Conflict) else WRONG
    return _page(manifests.get(number), refusal=sentence(refused), **given), status


def _page(manifest: Manifest, **given: object) -> str:
    rows = manifests.rows_of(manifest)
    is_open = manifest.status is ManifestStatus.OPEN
    values: dict[str, object] = {
        "form": None,
        "refusal": "",
        "void_why": "",
        "manifest": manifest,
        "rows": rows,
        "totals": manifests.totals_of(rows),
        "stopped": set() if manifest.signed_at else set(manifests.faults(manifest)),
        "candidates": manifests.candidates(manifest) if is_open and _may_act() else [],
        "link": _link(manifest) if _may_act() else "",
        "ends_at": manifest.signed_at + manifests.LINK_LASTS if manifest.signed_at else None,
        "signature": manifests.data_address(manifest.signature),
        "may_act": _may_act(),
    }
    return render_template("committee/manifest.html", **values | given)


def _new_page(form: MakeForm) -> str:
    return render_template(
        "committee/manifest_new.html",
        form=form,
        couriers=sorted({manifests.name_of(name) for name in rates.couriers()}),
        waiting=manifests.waiting(),
    )


def _link(manifest: Manifest) -> str:
    token = manifests.link_of(manifest, services().links)
    return f"{services().settings.public_url}{url_for('courier.manifest.show', token=token)}"


def _back(number: str) -> ResponseReturnValue:
    return see_other(url_for("committee.manifests.show", number=number))


def _actor() -> Actor:
    return accounts.actor(g.person)


def _may_act() -> bool:
    return bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN})


def _zone() -> ZoneInfo:
    edition = current_edition()
    return edition.zone if edition else times.WIB
