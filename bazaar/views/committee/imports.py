"""Lists of sellers and products: sent, reviewed, applied."""

from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, imports, regions, times
from bazaar.imports.entries import LAYOUTS
from bazaar.rules import sheets
from bazaar.rules.sheets import Fault, Sheet
from bazaar.views.forms.cells import say, sent_file
from bazaar.web import page_among, see_other, services


def form() -> ResponseReturnValue:
    return _form({})


def upload() -> ResponseReturnValue:
    read: list[Sheet] = []
    names: list[str] = []
    errors: dict[str, str] = {}
    for kind, layout in LAYOUTS.items():
        if (file := sent_file(kind)) is None:
            continue
        data = file.stream.read(sheets.MAX_BYTES + 1)
        found = sheets.read(data, layout)
        if isinstance(found, Fault):
            errors[kind] = _("Ini daftar yang lain: pilih berkas ini di isian satunya.")
            others = (other for name, other in LAYOUTS.items() if name != kind)
            if all(isinstance(sheets.read(data, other), Fault) for other in others):
                errors[kind] = say(found)
            continue
        read.append(found)
        names.append(file.filename or kind)
    if not read and not errors:
        errors["sellers"] = _("Pilih paling sedikit satu berkas.")
    if errors:
        return _form(errors), HTTPStatus.UNPROCESSABLE_ENTITY
    draft = imports.make(read, names, actor=accounts.actor(g.person), now=times.now())
    return see_other(url_for("committee.imports.show", draft_id=draft.row.id))


def show(draft_id: int) -> ResponseReturnValue:
    draft = imports.get(draft_id)
    review = imports.review(draft)
    wanted = request.args.get("status", "")
    shown = [line for line in review.lines if not wanted or line.status.value == wanted]
    return render_template(
        "committee/import_review.html",
        draft=draft,
        review=review,
        status=imports.Status,
        wanted=wanted,
        page=page_among(shown),
        say=say,
    )


def apply(draft_id: int) -> ResponseReturnValue:
    draft = imports.get(draft_id)
    applied = imports.apply(
        draft, links=services().links, actor=accounts.actor(g.person), now=times.now()
    )
    if applied.again:
        flash(_("Unggahan ini sudah diterapkan sebelumnya. Tidak ada yang digandakan."), "info")
    else:
        flash(_("Selesai. Semua baris yang benar sudah disimpan."), "success")
    if applied.proposed:
        flash(
            ngettext(
                "%(num)s QRIS pengganti belum dipakai: orang kedua menyetujuinya dulu di Uang, "
                "Rekening dan cara bayar.",
                "%(num)s QRIS pengganti belum dipakai: orang kedua menyetujuinya dulu di Uang, "
                "Rekening dan cara bayar.",
                applied.proposed,
            ),
            "warning",
        )
    return see_other(url_for("committee.imports.show", draft_id=draft_id))


def example(kind: str, ext: str) -> ResponseReturnValue:
    edition = editions.find_current()
    districts = regions.districts(edition.regency_code) if edition else ()
    name, media_type, content = imports.example(kind, ext, districts)
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _form(errors: dict[str, str]) -> str:
    return render_template(
        "committee/import_form.html",
        errors=errors,
        latest=imports.latest(),
        layouts=LAYOUTS,
        edition_needed=editions.find_current() is None,
    )
