"""The rundown of a day: to print from the screen, and as a PDF."""

from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import editions, show, show_papers, times
from bazaar.models import Edition


def page() -> ResponseReturnValue:
    edition, day = _asked()
    parts = show_papers.rundown(edition, day)
    return render_template("committee/show_rundown.html", day=day, parts=parts)


def paper() -> Response:
    edition, day = _asked()
    response = Response(show_papers.pdf(edition, day, now=times.now()), mimetype="application/pdf")
    name = f"susunan-acara-{edition.slug}-{day}.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def _asked() -> tuple[Edition, date]:
    edition = editions.get_current()
    asked = times.read_day(request.args.get("hari", ""))
    return edition, asked or show.day_at(edition, times.now())
