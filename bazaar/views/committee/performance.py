"""How couriers do, for an edition or some of its days: a table, and the same as a sheet."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from bazaar import editions, regions, times
from bazaar.errors import N_, NotFound
from bazaar.models import Edition
from bazaar.reports import performance as report
from bazaar.rules.zones import NAMES, Zone


class NoSuchEdition(NotFound):
    """The address names an edition that there is not."""

    text = N_("Penyelenggaraan ini tidak ada.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted; days are in the edition's zone, both included."""

    edition: Edition
    all_editions: list[Edition]
    first: date | None
    last: date | None

    @property
    def between(self) -> tuple[datetime | None, datetime | None]:
        """The period as instants."""
        zone = self.edition.zone
        since = times.day_bounds(self.first, zone)[0] if self.first else None
        until = times.day_bounds(self.last, zone)[1] if self.last else None
        return since, until


def show() -> ResponseReturnValue:
    asked = _asked()
    if asked is None:
        return render_template("committee/performance.html", asked=None)
    return render_template(
        "committee/performance.html",
        asked=asked,
        found=_found(asked),
        zone_names=_zone_names(asked.edition),
        days=_days,
        most=report.MAX_PARCELS,
        query={name: value for name, value in request.args.items() if value},
    )


def sheet() -> ResponseReturnValue:
    asked = _asked()
    if asked is None:
        raise NoSuchEdition
    text = report.performance_sheet(_found(asked), _zone_names(asked.edition))
    response = Response(text, mimetype="text/csv")
    days = "".join(f"-{day}" for day in (asked.first, asked.last) if day)
    name = f"kinerja-kurir-{asked.edition.slug}{days}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _asked() -> Asked | None:
    """Read what is asked for. A day that is none counts as not given; so do days the wrong way."""
    current = editions.find_current()
    known = [*([current] if current else []), *editions.others()]
    if not known:
        return None
    slug = request.args.get("edisi", "") or known[0].slug
    edition = next((each for each in known if each.slug == slug), None)
    if edition is None:
        raise NoSuchEdition
    first, last = (times.read_day(request.args.get(name, "")) for name in ("dari", "sampai"))
    if first and last and last < first:
        first, last = last, first
    return Asked(edition, known, first, last)


def _found(asked: Asked) -> report.Performance:
    edition = asked.edition
    return report.performance(edition.id, edition.regency_code, asked.between, now=times.now())


def _zone_names(edition: Edition) -> dict[Zone, str]:
    """Name the near zones after the places, where they are known."""
    names = {zone: _(name) for zone, name in NAMES.items()}
    province = edition.regency_code[:2]
    for place in regions.regencies(province):
        if place.code == edition.regency_code:
            names[Zone.REGENCY] = place.name
    for place in regions.provinces():
        if place.code == province:
            names[Zone.PROVINCE] = _("%(province)s lainnya", province=place.name)
    return names


def _days(tenths: int | None) -> str:
    return "–" if tenths is None else str(format_decimal(tenths / 10, format="0.0"))
