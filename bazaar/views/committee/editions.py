"""The edition as the committee sets it up: facts, channels, show days and hours."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Form

from bazaar import accounts, editions, times
from bazaar.audit import Actor
from bazaar.editions import channels, hours
from bazaar.models import Channel, Role, Window
from bazaar.views.forms.editions import ChannelForm, DaysForm, EditionForm, HoursForm, agreed
from bazaar.web import see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def show() -> ResponseReturnValue:
    edition = editions.find_current()
    may_change = bool(g.person.roles & {Role.HOST, Role.ADMIN})
    return render_template(
        "committee/edition.html",
        edition=edition,
        others=editions.others(),
        may_change=may_change,
    )


def new() -> ResponseReturnValue:
    return _edition_page(EditionForm.about(None), is_new=True)


def create() -> ResponseReturnValue:
    form = EditionForm(request.form)
    if not (form.validate() and agreed(form, editions.faults(form.wish()))):
        return _edition_page(form, is_new=True), WRONG
    edition = editions.create(form.wish(), actor=_actor(), now=times.now())
    flash(_("%(name)s dibuat. Berikutnya: saluran dan jam siaran.", name=edition.name), "success")
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


def new_hours() -> ResponseReturnValue:
    edition = editions.get_current()
    today = times.day_of(times.now(), edition.zone)
    return _hours_page(DaysForm(first=today, last=today))


def add_hours() -> ResponseReturnValue:
    edition = editions.get_current()
    form = DaysForm(request.form)
    if not form.validate():
        return _hours_page(form), WRONG
    days = form.days()
    faults = hours.faults(edition, days, form.opening())
    if not agreed(form, {"last" if name == "days" else name: f for name, f in faults.items()}):
        return _hours_page(form), WRONG
    added = hours.add(edition, days, form.opening(), actor=_actor(), now=times.now())
    flash(
        ngettext(
            "Jam siaran ditambahkan pada %(num)s hari.",
            "Jam siaran ditambahkan pada %(num)s hari.",
            added,
        ),
        "success",
    )
    return _back("hari")


def edit_hours(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    return _hours_page(HoursForm.about(window, edition), window)


def change_hours(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    form = HoursForm(request.form)
    day = window.show_day.day
    if not (form.validate() and agreed(form, hours.faults(edition, [day], form.opening(), window))):
        return _hours_page(form, window), WRONG
    hours.change(edition, window, form.opening(), actor=_actor(), now=times.now())
    flash(_("Jam siaran disimpan."), "success")
    return _back("hari")


def remove_hours(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    hours.remove(edition, window, actor=_actor(), now=times.now())
    flash(_("Jam siaran dihapus."), "success")
    return _back("hari")


def _actor() -> Actor:
    return accounts.actor(g.person)


def _back(anchor: str | None = None) -> ResponseReturnValue:
    return see_other(url_for("committee.editions.show", _anchor=anchor))


def _edition_page(form: EditionForm, *, is_new: bool = False) -> str:
    return render_template("committee/edition_form.html", form=form, is_new=is_new)


def _channel_page(form: ChannelForm, channel: Channel | None = None) -> str:
    return render_template("committee/channel_form.html", form=form, channel=channel)


def _hours_page(form: Form, window: Window | None = None) -> str:
    return render_template("committee/hours_form.html", form=form, window=window)
