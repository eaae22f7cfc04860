"""The sheet of one day: what was ordered, paid and received; per seller, cluster and turn."""

from datetime import date

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import payments, reports, times
from bazaar.errors import N_, NotFound
from bazaar.models import Edition, Role
from bazaar.views.committee import preparations
from bazaar.web import count_of
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
    sheet = reports.day_sheet(edition, asked)
    return _file(sheet, f"pesanan-{edition.slug}-{asked}.csv")


def seller_sheet(day: str) -> Response:
    edition, asked = _asked(day)
    sheet = reports.seller_sheet(reports.day_totals(edition.id, asked, edition.zone))
    return _file(sheet, f"ringkasan-{edition.slug}-{asked}.csv")


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
        sheet=reports.day_totals(edition.id, day, edition.zone),
        dispatch=reports.dispatch_of(edition.id, day, edition.zone, now=now),
        may_dispatch=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
        late=count_of(payments.late()),
        preparations=preparations.steps(edition) if day == this_day else [],
    )


def _file(sheet: str, name: str) -> Response:
    response = Response(sheet, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
