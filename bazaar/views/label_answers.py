"""What pages about labels have in common: the layout sent, progress, the file."""

from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import times
from bazaar.models import LabelSheet
from bazaar.rules.label_layouts import Layout
from bazaar.web.formats import current_edition


def layout_sent() -> Layout:
    """Return the layout that the form names, else that of thermal printers."""
    known = {layout.value: layout for layout in Layout}
    return known.get(request.form.get("layout", ""), Layout.THERMAL)


def progress(sheet: LabelSheet) -> ResponseReturnValue:
    """Answer how far the sheet is; once it is over the page is to be loaded again."""
    answer = Response(render_template("labels/_progress.html", sheet=sheet))
    if sheet.done_at:
        answer.headers["X-Reload"] = "1"
    return answer


def pdf(data: bytes, name: str) -> Response:
    """Answer a PDF to be kept as a file of this name, which tells nothing of people."""
    answer = Response(data, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return answer


def zone() -> ZoneInfo:
    """Return the zone that the committee lives in."""
    edition = current_edition()
    return edition.zone if edition else times.WIB
