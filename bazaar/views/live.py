"""What is on air and what comes, for everybody."""

import hashlib
from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import broadcast, rotation, times
from bazaar.web import page_of, see_other
from bazaar.web.formats import current_edition
from bazaar.web.moments import render_shared

MAX_SEARCH = 80


def on_air() -> ResponseReturnValue:
    if "X-Fragment" not in request.headers:
        return see_other(url_for("buyer.home.show"))
    alike = "k" not in request.args  # else the links lead to the visitor's basket
    page = render_shared("on-air", "buyer/_channels.html", _channels, alike=alike)
    answer = Response(page, mimetype="text/html")
    answer.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
    return answer.make_conditional(request)


def _channels() -> dict[str, object]:
    edition = current_edition()
    return {"channels": broadcast.now_and_next(edition, now=times.now()) if edition else []}


def schedule() -> ResponseReturnValue:
    edition = current_edition()
    release = rotation.find_current_release(edition) if edition else None
    if edition is None or release is None:
        return render_template("live/schedule.html", release=None)
    now = times.now()
    search = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    today = times.day_of(now, edition.zone)
    days = {day: n for day, n in rotation.days_of(release).items() if day >= today}
    chosen = _chosen(days, today)
    all_of_today = "semua" in request.args
    page = page_of(
        rotation.find_turns(
            release,
            search=search,
            day=None if search else chosen,
            ends_after=None if all_of_today and not search else now,
        )
    )
    return render_template(
        "live/schedule.html",
        release=release,
        page=page,
        turns=broadcast.places(edition, page.items, now=now),
        days=days,
        chosen=chosen,
        today=today,
        all_of_today=all_of_today,
        search=search,
    )


def _chosen(days: dict[date, int], today: date) -> date:
    """Return the day asked for, else today or the next day with turns."""
    try:
        asked = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        asked = None
    return asked if asked in days else next(iter(days), today)
