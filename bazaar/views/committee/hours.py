"""Hours of the edition: many days at once, or one opening."""

from datetime import time
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Form

from bazaar import accounts, editions, times
from bazaar.audit import Actor
from bazaar.editions import TurnsLoseTime, hours
from bazaar.editions.hours import NothingChosen
from bazaar.errors import BazaarError
from bazaar.models import Edition, Window
from bazaar.views.committee import agreement
from bazaar.views.forms.editions import agreed
from bazaar.views.forms.hours import DaysForm, HoursForm, ManyForm
from bazaar.web import see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def new() -> ResponseReturnValue:
    edition = editions.get_current()
    today = times.day_of(times.now(), edition.zone)
    return _page(DaysForm(first=today, last=today))


def add() -> ResponseReturnValue:
    edition = editions.get_current()
    form = DaysForm(request.form)
    if not form.validate():
        return _page(form), WRONG
    days = form.days()
    if not agreed(form, _named(hours.faults(edition, days, form.opening()))):
        return _page(form), WRONG
    added = hours.add(edition, days, form.opening(), actor=_actor(), now=times.now())
    flash(
        ngettext(
            "Jam siaran ditambahkan pada %(num)s hari.",
            "Jam siaran ditambahkan pada %(num)s hari.",
            added,
        ),
        "success",
    )
    return _back()


def edit(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    return _page(HoursForm.about(window, edition), window)


def change(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    form = HoursForm(request.form)
    day = window.show_day.day
    if not (
        form.validate() and agreed(form, hours.faults(edition, [day], form.opening(), [window]))
    ):
        return _page(form, window), WRONG
    return _change(edition, [window], form, request.path)


def remove(window_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    window = hours.get_window(edition, window_id)
    return _remove(edition, [window], url_for("committee.hours.edit", window_id=window_id))


def edit_many() -> ResponseReturnValue:
    edition = editions.get_current()
    form = ManyForm.about_hours(edition, request.args.get("jam", ""))
    return _many_page(form)


def change_many() -> ResponseReturnValue:
    edition = editions.get_current()
    form = ManyForm(request.form).offering(edition)
    if not form.validate():
        return _many_page(form), WRONG
    windows = _chosen(edition, form)
    days = [window.show_day.day for window in windows]
    faults = hours.faults(edition, days, form.opening(), windows)
    if not agreed(form, _named(faults) if windows else {"which": NothingChosen()}):
        return _many_page(form), WRONG
    return _change(edition, windows, form, url_for("committee.hours.edit_many"))


def remove_many() -> ResponseReturnValue:
    edition = editions.get_current()
    form = ManyForm(request.form).offering(edition)
    windows = _chosen(edition, form) if form.validate() else []
    if form.errors or not agreed(form, {} if windows else {"which": NothingChosen()}):
        return _many_page(form), WRONG
    return _remove(edition, windows, url_for("committee.hours.edit_many"))


def _change(
    edition: Edition, windows: list[Window], form: HoursForm, back: str
) -> ResponseReturnValue:
    try:
        lost = hours.change(
            edition,
            windows,
            form.opening(),
            agreed=agreement.agreed(),
            actor=_actor(),
            now=times.now(),
        )
    except TurnsLoseTime as loss:
        return agreement.ask(loss, _("Jam siaran yang baru tidak lagi memuatnya."), back)
    flash(
        ngettext(
            "Jam siaran %(num)s hari disimpan.", "Jam siaran %(num)s hari disimpan.", len(windows)
        ),
        "success",
    )
    agreement.tell(lost)
    return _back()


def _remove(edition: Edition, windows: list[Window], back: str) -> ResponseReturnValue:
    count = len(windows)
    try:
        lost = hours.remove(
            edition, windows, agreed=agreement.agreed(), actor=_actor(), now=times.now()
        )
    except TurnsLoseTime as loss:
        return agreement.ask(loss, _("Jam siarannya dihapus."), back)
    flash(ngettext("%(num)s jam siaran dihapus.", "%(num)s jam siaran dihapus.", count), "success")
    agreement.tell(lost)
    return _back()


def _chosen(edition: Edition, form: ManyForm) -> list[Window]:
    opens, closes = form.hours or (time.min, time.min)
    return hours.matching(edition, opens, closes, set(form.days()))


def _named(faults: dict[str, BazaarError]) -> dict[str, BazaarError]:
    """Put what is wrong with the days beside the last of them."""
    return {"last" if name == "days" else name: fault for name, fault in faults.items()}


def _actor() -> Actor:
    return accounts.actor(g.person)


def _back() -> ResponseReturnValue:
    return see_other(url_for("committee.editions.show", _anchor="hari"))


def _page(form: Form, window: Window | None = None) -> str:
    return render_template("committee/hours_form.html", form=form, window=window)


def _many_page(form: ManyForm) -> str:
    return render_template("committee/hours_many.html", form=form)
