"""The table of shipping prices as a list: sent, reviewed, applied, downloaded."""

from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, imports, times
from bazaar.imports import EXAMPLES, NoSuchExample
from bazaar.imports.rate_lists import (
    RATES,
    apply_rates,
    example_rates,
    review_rates,
    written_rates,
)
from bazaar.rules import sheets
from bazaar.rules.sheets import Fault
from bazaar.views.forms.cells import say, sent_file
from bazaar.web import page_among, see_other

KINDS = ("rates",)


def form() -> ResponseReturnValue:
    return _form("")


def upload() -> ResponseReturnValue:
    file = sent_file("rates")
    if file is None:
        return _form(_("Pilih berkasnya dulu.")), HTTPStatus.UNPROCESSABLE_ENTITY
    found = sheets.read(file.stream.read(sheets.MAX_BYTES + 1), RATES)
    if isinstance(found, Fault):
        return _form(say(found)), HTTPStatus.UNPROCESSABLE_ENTITY
    name = file.filename or "ongkir"
    draft = imports.make([found], [name], actor=accounts.actor(g.person), now=times.now())
    return see_other(url_for("committee.rate_lists.show", draft_id=draft.row.id))


def show(draft_id: int) -> ResponseReturnValue:
    draft = imports.get(draft_id, KINDS)
    review = review_rates(draft)
    wanted = request.args.get("status", "")
    shown = [line for line in review.lines if not wanted or line.status.value == wanted]
    return render_template(
        "committee/rates_review.html",
        draft=draft,
        review=review,
        status=imports.Status,
        wanted=wanted,
        page=page_among(shown),
        say=say,
    )


def apply(draft_id: int) -> ResponseReturnValue:
    draft = imports.get(draft_id, KINDS)
    if apply_rates(draft, actor=accounts.actor(g.person), now=times.now()).again:
        flash(_("Unggahan ini sudah diterapkan sebelumnya. Tidak ada yang digandakan."), "info")
    else:
        flash(_("Selesai. Semua baris yang benar sudah disimpan."), "success")
    return see_other(url_for("committee.rate_lists.show", draft_id=draft_id))


def example(ext: str) -> ResponseReturnValue:
    return _file(ext, "contoh-ongkir", example=True)


def export(ext: str) -> ResponseReturnValue:
    return _file(ext, "ongkir", example=False)


def _file(ext: str, name: str, *, example: bool) -> Response:
    if ext not in EXAMPLES:
        raise NoSuchExample
    content = example_rates(ext) if example else written_rates(ext)
    answer = Response(content, content_type=EXAMPLES[ext])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{ext}"'
    return answer


def _form(error: str) -> str:
    return render_template(
        "committee/rates_import.html",
        errors={"rates": error} if error else {},
        latest=imports.latest(kinds=KINDS),
        layout=RATES,
    )
