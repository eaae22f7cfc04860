"""The sheet of one day: what was ordered, paid and received, and its closing by two people."""

from datetime import date
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, closings, payments, reports, times, total_papers
from bazaar.errors import N_, NotFound
from bazaar.models import Edition, Role
from bazaar.views.committee import preparations
from bazaar.web import count_of, see_other
from bazaar.web.downloads import list_file
from bazaar.web.formats import current_edition
from bazaar.web.fragments import living_page


class NoSuchDay(NotFound):
    """The path names no day, or there is no edition whose day it could be."""

    text = N_("Hari ini tidak ada. Periksa tanggalnya, misalnya 2026-03-01.")


def today() -> ResponseReturnValue:
    edition = current_edition()
    if edition is None:
        may_change = bool(g.person.roles & {Role.HOST, Role.ADMIN})
        return render_template("committee/no_edition.html", may_change=may_change)
    if asked := times.read_day(request.args.get("hari", "")):
        return redirect(url_for("committee.day.show", day=asked.isoformat()), 303)
    return _page(edition, times.day_of(times.now(), edition.zone))


def show(day: str) -> ResponseReturnValue:
    edition, asked = _asked(day)
    return _page(edition, asked)


def order_sheet(day: str) -> Response:
    edition, asked = _asked(day)
    response = Response(reports.day_sheet(edition, asked), mimetype="text/csv")
    name = f"pesanan-{edition.slug}-{asked}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def totals(day: str, ext: str) -> Response:
    edition, asked = _asked(day)
    table = reports.day_list(edition, asked)
    return list_file(table, f"total-{edition.slug}-{asked}", ext, by=f"account:{g.person.id}")


def paper(day: str) -> Response:
    edition, asked = _asked(day)
    sheet = total_papers.pdf(edition, asked, now=times.now())
    response = Response(sheet, mimetype="application/pdf")
    name = f"total-{edition.slug}-{asked}.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def prepare(day: str) -> ResponseReturnValue:
    edition, asked = _asked(day)
    note = request.form.get("note", "").strip()[:200]
    closings.prepare(edition, asked, actor=accounts.actor(g.person), now=times.now(), note=note)
    flash(_("Penutupan hari ini siap. Orang lain yang menandatanganinya."), "success")
    return see_other(url_for("committee.day.show", day=day, _anchor="tutup"))


def withdraw(day: str) -> ResponseReturnValue:
    edition, asked = _asked(day)
    closings.withdraw(edition, asked, actor=accounts.actor(g.person), now=times.now())
    flash(_("Penutupan dibatalkan; hari ini tetap terbuka."), "info")
    return see_other(url_for("committee.day.show", day=day, _anchor="tutup"))


def sign(day: str) -> ResponseReturnValue:
    edition, asked = _asked(day)
    closings.sign(edition, asked, actor=accounts.actor(g.person), now=times.now())
    flash(_("Hari ini ditutup. Yang datang kemudian dicatat pada hari berikutnya."), "success")
    return see_other(url_for("committee.day.show", day=day, _anchor="tutup"))


def _beside(edition: Edition) -> dict[str, Any]:
    """Return the day that was asked for to stand beside the one shown, with its totals."""
    beside = times.read_day(request.args.get("banding", ""))
    return {"beside": beside, "beside_totals": reports.of_day(edition, beside) if beside else None}


def _asked(day: str) -> tuple[Edition, date]:
    edition, asked = current_edition(), times.read_day(day)
    if edition is None or asked is None:
        raise NoSuchDay
    return edition, asked


def _page(edition: Edition, day: date) -> ResponseReturnValue:
    before, after = reports.neighbours(edition.id, day, edition.zone)
    now = times.now()
    this_day = times.day_of(now, edition.zone)
    return living_page(
        "committee/day.html",
        "committee/_day.html",
        day=day,
        this_day=this_day,
        before=before,
        after=min(filter(None, (after, this_day if day < this_day else None)), default=None),
        totals=reports.of_day(edition, day),
        mdr_idr=reports.mdr_of_day(edition, day),
        **_beside(edition),
        unpaid=reports.unpaid_of(edition, day),
        closing=closings.find(edition.id, day),
        may_prepare=bool(g.person.roles & {Role.TREASURER, Role.ADMIN}),
        may_sign=bool(g.person.roles & {Role.CHAIR, Role.ADMIN}),
        actor_key=accounts.actor(g.person).key,
        dispatch=reports.dispatch_of(edition.id, day, edition.zone, now=now),
        may_dispatch=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
        late=count_of(payments.find_cases()),
        preparations=preparations.steps(edition) if day == this_day else [],
    )
