"""Closed times of the edition: proposals beside what is confirmed, and each of them by hand."""

from datetime import date, time
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, times
from bazaar.audit import Actor
from bazaar.editions import TurnsLoseTime, closed_times
from bazaar.editions.closed_times import AlreadyClosed, DayPlan
from bazaar.editions.hours import NoDays
from bazaar.errors import BazaarError
from bazaar.models import ClosedKind, ClosedTime, Edition, Role
from bazaar.views.committee import agreement
from bazaar.views.forms.closed_times import (
    KINDS,
    FastingForm,
    PauseForm,
    PausesForm,
    Ticked,
    read_ticked,
)
from bazaar.views.forms.editions import agreed
from bazaar.web import see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
ALL = "semua"
STANDING = "tetap"


def index() -> ResponseReturnValue:
    return _proposals(editions.get_current(), Ticked())


def confirm() -> ResponseReturnValue:
    """Close what was ticked."""
    edition = editions.get_current()
    plan = closed_times.plan(edition, _fasting(edition).days())
    notes = {
        each.pause.key: each.pause.note for day in plan for each in day.proposals if each.pause.note
    }
    ticked = read_ticked(request.form, notes)
    for pause in ticked.pauses:
        ticked.blame(pause, closed_times.fault_of(edition, pause).values())
    if ticked.faults:
        return _proposals(edition, ticked), WRONG
    if not ticked.pauses:
        flash(_("Belum ada usulan yang dicentang."), "warning")
        return see_other(_here())
    try:
        lost = closed_times.add(
            edition, ticked.pauses, agreed=agreement.agreed(), actor=_actor(), now=times.now()
        )
    except TurnsLoseTime as loss:
        return agreement.ask(loss, _("Waktu yang akan ditutup memuatnya."), _here())
    count = len(ticked.pauses)
    flash(ngettext("%(num)s waktu ditutup.", "%(num)s waktu ditutup.", count), "success")
    agreement.tell(lost)
    return see_other(_here())


def new() -> ResponseReturnValue:
    edition = editions.get_current()
    days = [show_day.day for show_day in edition.show_days]
    today = times.day_of(times.now(), edition.zone)
    whole = request.args.get("jenis") == ClosedKind.HOLIDAY.value
    first = max(today, min(days, default=today))
    return _new_page(
        PausesForm(
            kind=ClosedKind.HOLIDAY.value if whole else ClosedKind.BREAK.value,
            first=first,
            last=first if whole else max(days, default=today),
            starts=time.min if whole else None,
            ends=time.min if whole else None,
        )
    )


def add() -> ResponseReturnValue:
    edition = editions.get_current()
    form = PausesForm(request.form)
    if not form.validate():
        return _new_page(form), WRONG
    pauses = form.pauses(show_day.day for show_day in edition.show_days)
    if not agreed(
        form, closed_times.fault_of(edition, pauses[0]) if pauses else {"last": NoDays()}
    ):
        return _new_page(form), WRONG
    try:
        lost = closed_times.add(
            edition, pauses, agreed=agreement.agreed(), actor=_actor(), now=times.now()
        )
    except AlreadyClosed as fault:
        agreed(form, {"starts": fault})
        return _new_page(form), HTTPStatus.CONFLICT
    except TurnsLoseTime as loss:
        here = url_for("committee.closed_times.new")
        return agreement.ask(loss, _("Waktu yang akan ditutup memuatnya."), here)
    flash(
        ngettext("Ditutup pada %(num)s hari.", "Ditutup pada %(num)s hari.", len(pauses)), "success"
    )
    agreement.tell(lost)
    return see_other(_here())


def edit(closed_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    closed = closed_times.get(edition, closed_id)
    return _edit_page(edition, PauseForm.about(closed_times.pause_of(edition, closed)), closed)


def change(closed_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    closed = closed_times.get(edition, closed_id)
    form = PauseForm(request.form)
    day = times.day_of(closed.starts_at, edition.zone)
    if not (form.validate() and agreed(form, _faults(edition, form, day))):
        return _edit_page(edition, form, closed), WRONG
    try:
        lost = closed_times.change(
            edition,
            closed,
            form.pause(day),
            agreed=agreement.agreed(),
            actor=_actor(),
            now=times.now(),
        )
    except AlreadyClosed as fault:
        agreed(form, {"starts": fault})
        return _edit_page(edition, form, closed), HTTPStatus.CONFLICT
    except TurnsLoseTime as loss:
        return agreement.ask(loss, _("Waktu yang akan ditutup memuatnya."), request.path)
    flash(_("Waktu tutup disimpan."), "success")
    agreement.tell(lost)
    return see_other(_here())


def remove(closed_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    closed = closed_times.get(edition, closed_id)
    closed_times.remove(edition, [closed], actor=_actor(), now=times.now())
    flash(_("Waktu itu dibuka lagi. Rancangan berikutnya mengisinya."), "success")
    return see_other(_here(STANDING))


def remove_many() -> ResponseReturnValue:
    """Open again what was ticked; what somebody else has opened already is skipped."""
    edition = editions.get_current()
    ids = set(request.form.getlist("pick", int))
    found = [one for one in closed_times.confirmed(edition) if one.id in ids]
    count = closed_times.remove(edition, found, actor=_actor(), now=times.now())
    flash(
        ngettext("%(num)s waktu dibuka lagi.", "%(num)s waktu dibuka lagi.", count),
        "success" if count else "warning",
    )
    return see_other(_here(STANDING))


def _faults(edition: Edition, form: PauseForm, day: date) -> dict[str, BazaarError]:
    found = closed_times.fault_of(edition, form.pause(day))
    found.pop("day", None)  # the day of what stands already may have lost its hours since
    return found


def _fasting(edition: Edition) -> FastingForm:
    """Read the days of Ramadan that were asked for, else those of the calendar."""
    if "puasa" in request.values:
        form = FastingForm(request.values)
        form.validate()
        return form
    first, last = closed_times.fasting_days(edition) or (None, None)
    return FastingForm(first=first, last=last)


def _proposals(edition: Edition, ticked: Ticked) -> str:
    view = request.values.get("lihat", "")
    fasting = _fasting(edition)
    plan = closed_times.plan(edition, fasting.days())
    touching = sum(each.matters for day in plan for each in day.proposals)
    return render_template(
        "committee/closed_times.html",
        plan=_shown(plan, view),
        view=view,
        counts=(touching, sum(len(d.proposals) for d in plan), sum(len(d.confirmed) for d in plan)),
        fasting=fasting,
        place=closed_times.spot(edition),
        odd_noon=closed_times.odd_noon(edition, plan[0].day) if plan else None,
        kinds=KINDS,
        may_change=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
        ticked={pause.key for pause in ticked.pauses} | set(ticked.faults),
        faults=ticked.faults,
        sent=request.form,
    )


def _shown(plan: list[DayPlan], view: str) -> list[DayPlan]:
    """Return the days that have something to show, with only that."""
    if view == STANDING:
        return [DayPlan(day.day, day.confirmed, ()) for day in plan if day.confirmed]
    kept = [
        DayPlan(d.day, d.confirmed, [p for p in d.proposals if p.matters or view == ALL])
        for d in plan
    ]
    return [day for day in kept if day.proposals]


def _new_page(form: PausesForm) -> str:
    return render_template("committee/closed_form.html", form=form, closed=None, day=None)


def _edit_page(edition: Edition, form: PauseForm, closed: ClosedTime) -> str:
    day = times.day_of(closed.starts_at, edition.zone)
    return render_template("committee/closed_form.html", form=form, closed=closed, day=day)


def _here(view: str | None = None) -> str:
    return url_for("committee.closed_times.index", lihat=view)


def _actor() -> Actor:
    return accounts.actor(g.person)
