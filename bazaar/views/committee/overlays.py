"""Addresses of a channel's overlay: made, set up, tried out, revoked."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bazaar import accounts, editions, times
from bazaar.editions import channels
from bazaar.models import Channel, OverlayLink
from bazaar.rules.show.scenes import Scene
from bazaar.show import overlays
from bazaar.show.overlays import Look
from bazaar.views.forms.overlays import OverlayForm
from bazaar.web import see_other, services

VARIANTS = (
    ("overlay.show", _l("Kartu di sudut"), _l("Penjual, produk, harga, kode, QR, sisa waktu.")),
    ("overlay.lower", _l("Sepertiga bawah"), _l("Satu baris lebar di bawah gambar.")),
    ("overlay.code", _l("QR besar"), _l("Untuk beberapa detik saat penjual menyebut produknya.")),
    ("overlay.slide", _l("Layar jeda"), _l("Layar penuh untuk azan, gangguan, dan menunggu.")),
)
"""Pages of an address: endpoint, name, what for."""

SCENES = (
    (Scene.OPENING, _l("pembukaan")),
    (Scene.NOW, _l("sedang siaran")),
    (Scene.NEXT, _l("pergantian")),
    (Scene.BREAK, _l("jeda dan azan")),
    (Scene.CLOSING, _l("penutupan")),
)


def index(number: int) -> ResponseReturnValue:
    channel = _channel(number)
    links = overlays.links_of(channel)
    return render_template("committee/overlays.html", channel=channel, links=links)


def new(number: int) -> ResponseReturnValue:
    return _new_page(_channel(number), OverlayForm(data=OverlayForm.facts("", Look())))


def make(number: int) -> ResponseReturnValue:
    channel, form = _channel(number), OverlayForm(request.form)
    if not form.validate():
        return _new_page(channel, form), HTTPStatus.UNPROCESSABLE_ENTITY
    link = overlays.make(
        channel,
        form.name.data or "",
        form.look(),
        links=services().links,
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(_("Tautan dibuat. Tempel alamatnya di OBS."), "success")
    return see_other(url_for("committee.overlays.show", number=number, link_id=link.id))


def show(number: int, link_id: int) -> ResponseReturnValue:
    channel = _channel(number)
    link = overlays.get_link(channel, link_id)
    return _page(
        channel, link, OverlayForm(data=OverlayForm.facts(link.name, Look.read(link.look)))
    )


def change(number: int, link_id: int) -> ResponseReturnValue:
    channel, form = _channel(number), OverlayForm(request.form)
    link = overlays.get_link(channel, link_id)
    if not form.validate():
        return _page(channel, link, form), HTTPStatus.UNPROCESSABLE_ENTITY
    overlays.change(
        link,
        channel,
        form.name.data or "",
        form.look(),
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(_("Tersimpan. Overlay yang sedang tampil menyesuaikan diri."), "success")
    return see_other(url_for("committee.overlays.show", number=number, link_id=link_id))


def revoke(number: int, link_id: int) -> ResponseReturnValue:
    channel = _channel(number)
    link = overlays.get_link(channel, link_id)
    overlays.revoke(link, channel, actor=accounts.actor(g.person), now=times.now())
    flash(_("Tautan %(name)s dicabut. Overlay yang memakainya kosong.", name=link.name), "success")
    return see_other(url_for("committee.overlays.index", number=number))


def _channel(number: int) -> Channel:
    return channels.get(editions.get_current(), number)


def _new_page(channel: Channel, form: OverlayForm) -> str:
    return render_template("committee/overlay_new.html", channel=channel, form=form)


def _page(channel: Channel, link: OverlayLink, form: OverlayForm) -> str:
    token = overlays.token_of(link, services().links)
    return render_template(
        "committee/overlay.html",
        channel=channel,
        link=link,
        form=form,
        token=token,
        variants=VARIANTS,
        scenes=SCENES,
    )
