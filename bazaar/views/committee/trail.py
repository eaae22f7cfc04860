"""Who did what: the audit trail, newest first."""

from datetime import date, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bazaar import audit, editions, times
from bazaar.web import page_of


def index() -> ResponseReturnValue:
    edition = editions.find_current()
    zone = edition.zone if edition else times.WIB
    day = _day(request.args.get("day", ""))
    query = audit.entries(
        actor=request.args.get("actor", "").strip(),
        action=request.args.get("action", "").strip(),
        subject=request.args.get("subject", "").strip(),
        between=times.day_bounds(day, zone) if day else None,
    )
    return render_template(
        "committee/trail.html", page=page_of(query), day=day, searched=any(request.args.values())
    )


def _day(text: str) -> date | None:
    """Return the day of a date field; anything else is no day."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
    return day if date(2000, 1, 1) < day < date(2200, 1, 1) else None
