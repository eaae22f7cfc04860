"""The edition as the committee sets it up: its facts, its channels, and an overview of the rest."""

from collections import Counter
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, times
from bazaar.audit import Actor
from bazaar.editions import TurnsLoseTime, channels, closed_times, hours
from bazaar.models import Channel, Edition, Role
from bazaar.rules.coordinates import spot_of
from bazaar.views.committee import agreement
from bazaar.views.forms.closed_times import KINDS
from bazaar.views.forms.editions import ChannelForm, EditionForm, LostForm, agreed
from bazaar.web import see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def show() -> ResponseReturnValue:
    edition = editions.find_current()
    may_change = bool(g.person.roles & {Role.HOST, Role.ADMIN})
    confirmed = closed_times.confirmed(edition) if edition else ()
    return render_template(
        "committee/edition.html",
        edition=edition,
        others=editions.others(),
        may_change=may_change,
        alike_days=hours.alike_days(edition) if edition else (),
        closed=Counter(KINDS[one.kind] for one in confirmed),
        place=closed_times.spot(edition) if edition else None,
    )


def new() -> ResponseReturnValue:
    return _edition_page(EditionForm.about(None), is_new=True)


def create() -> ResponseReturnValue:
    form = EditionForm(request.form)
    if not (form.validate() and agreed(form, editions.faults(form.wish()))):
        return _edition_page(form, is_new=True), WRONG
    edition = editions.create(form.wish(), actor=_actor(), now=times.now())
    flash(_("%(name)s dibuat. Berikutnya: saluran dan jam siaran.", name=edition.name), "success")
    _tell_of_deadline(edition)
    return _back()


def open_again(slug: str) -> ResponseReturnValue:
    edition = editions.open_again(slug, actor=_actor(), now=times.now())
    flash(_("%(name)s berjalan lagi.", name=edition.name), "success")
    return _back()


def edit() -> ResponseReturnValue:
    return _edition_page(EditionForm.about(editions.get_current()))


def change() -> ResponseReturnValue:
    edition = editions.get_current()
    form = EditionForm(request.form)
    if not (form.validate() and agreed(form, editions.faults(form.wish(), edition))):
        return _edition_page(form), WRONG
    editions.change(edition, form.wish(), actor=_actor(), now=times.now())
    flash(_("Penyelenggaraan disimpan."), "success")
    _tell_of_deadline(edition)
    return _back()


def new_channel() -> ResponseReturnValue:
    editions.get_current()
    return _channel_page(ChannelForm.about(None))


def add_channel() -> ResponseReturnValue:
    edition = editions.get_current()
    form = ChannelForm(request.form)
    if not (form.validate() and agreed(form, channels.faults(form.wish()))):
        return _channel_page(form), WRONG
    channel = channels.add(edition, form.wish(), actor=_actor(), now=times.now())
    flash(_("%(name)s ditambahkan.", name=channel.name), "success")
    return _back("saluran")


def edit_channel(number: int) -> ResponseReturnValue:
    channel = channels.get(editions.get_current(), number)
    return _channel_page(ChannelForm.about(channel), channel)


def change_channel(number: int) -> ResponseReturnValue:
    channel = channels.get(editions.get_current(), number)
    form = ChannelForm(request.form)
    if not (form.validate() and agreed(form, channels.faults(form.wish()))):
        return _channel_page(form, channel), WRONG
    channels.change(channel, form.wish(), actor=_actor(), now=times.now())
    flash(_("%(name)s disimpan.", name=channel.name), "success")
    return _back("saluran")


def remove_channel(number: int) -> ResponseReturnValue:
    channel = channels.get(editions.get_current(), number)
    channels.remove(channel, actor=_actor(), now=times.now())
    flash(_("%(name)s dihapus.", name=channel.name), "success")
    return _back("saluran")


def lose_channel(number: int) -> ResponseReturnValue:
    edition = editions.get_current()
    channel = channels.get(edition, number)
    form = LostForm(request.form)
    if not form.validate():
        return _channel_page(ChannelForm.about(channel), channel, form), WRONG
    try:
        lost = channels.lose(
            channel,
            form.instant(edition),
            agreed=agreement.agreed(),
            actor=_actor(),
            now=times.now(),
        )
    except channels.LostTooFar as fault:
        agreed(form, {"day": fault})
        return _channel_page(ChannelForm.about(channel), channel, form), WRONG
    except TurnsLoseTime as loss:
        back = url_for("committee.editions.edit_channel", number=number)
        return agreement.ask(loss, _("Salurannya tidak dapat dipakai sejak saat itu."), back)
    flash(_("%(name)s ditandai hilang.", name=channel.name), "success")
    agreement.tell(lost)
    return _back("saluran")


def bring_channel_back(number: int) -> ResponseReturnValue:
    channel = channels.get(editions.get_current(), number)
    channels.bring_back(channel, actor=_actor(), now=times.now())
    flash(_("%(name)s dipakai lagi.", name=channel.name), "success")
    return _back("saluran")


def _tell_of_deadline(edition: Edition) -> None:
    until = edition.availability_until
    if until is not None and until < times.now():
        flash(
            _("Batas isi jadwal hadir sudah lewat: penjual tidak dapat mengubahnya lagi."),
            "warning",
        )


def _actor() -> Actor:
    return accounts.actor(g.person)


def _back(anchor: str | None = None) -> ResponseReturnValue:
    return see_other(url_for("committee.editions.show", _anchor=anchor))


def _edition_page(form: EditionForm, *, is_new: bool = False) -> str:
    known = spot_of(form.regency_code.data or "")
    return render_template("committee/edition_form.html", form=form, is_new=is_new, known=known)


def _channel_page(
    form: ChannelForm, channel: Channel | None = None, lost: LostForm | None = None
) -> str:
    local = times.now().astimezone(editions.get_current().zone)
    return render_template(
        "committee/channel_form.html",
        form=form,
        channel=channel,
        lost=lost or LostForm(day=local.date(), clock=local.time()),
    )
