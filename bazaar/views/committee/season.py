"""The sheet of a whole edition: day by day, along every axis, beside another edition."""

import sqlalchemy as sa
from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import closings, editions, reports
from bazaar.db import db
from bazaar.models import Edition
from bazaar.web.downloads import list_file


def show() -> ResponseReturnValue:
    edition = _asked()
    others = [one for one in editions.others() if one.id != edition.id]
    current = editions.get_current()
    if edition.id != current.id:
        others.insert(0, current)
    beside = next((one for one in others if one.slug == request.args.get("banding")), None)
    return render_template(
        "committee/season.html",
        shown=edition,
        totals=reports.of_season(edition),
        mdr_idr=reports.mdr_of_season(edition),
        closed={closing.day for closing in closings.signed_days(edition.id)},
        others=others,
        beside=beside,
        beside_totals=reports.of_season(beside) if beside else None,
    )


def totals(ext: str) -> Response:
    edition = _asked()
    table = reports.season_list(edition)
    return list_file(table, f"total-{edition.slug}", ext, by=f"account:{g.person.id}")


def _asked() -> Edition:
    """Return the edition asked for by its short name, or the current one."""
    slug = request.args.get("edisi", "")
    found = db.session.scalars(sa.select(Edition).where(Edition.slug == slug)).one_or_none()
    return found or editions.get_current()
