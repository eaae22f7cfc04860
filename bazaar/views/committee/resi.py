"""Waybill numbers: one by one with a scanner, or from a list, looked at before it is applied."""

from datetime import date
from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, resi_lists, shipments, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.errors import Conflict, Invalid, NotFound
from bazaar.models import Parcel
from bazaar.resi_lists import Status
from bazaar.rules import parcel_codes, sheets
from bazaar.rules.sheets import Fault, Sheet
from bazaar.views.forms.cells import say, sent_file
from bazaar.views.forms.parcels import odd_resi
from bazaar.web import see_other
from bazaar.web.answers import sentence
from bazaar.web.formats import current_edition

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NoExample(NotFound):
    """There is no template of this form."""


def show() -> ResponseReturnValue:
    code = parcel_codes.read(request.args.get("kode", "")) or ""
    return _page(code=code, parcel=_found(code))


def save() -> ResponseReturnValue:
    """Keep one number. A parcel's code alone asks for its number next."""
    sent, resi = request.form.get("kode", ""), request.form.get("resi", "")
    why = request.form.get("reason", "")
    code = parcel_codes.read(sent) or ""
    parcel = _found(code)
    if parcel is None:
        told = _("Paket %(code)s tidak ditemukan. Pindai kode paket (PK-…).", code=sent[:40])
        return _page(code=sent, resi=resi, error=told), WRONG
    if not resi.strip():
        return _page(code=code, parcel=parcel)
    try:
        news = shipments.set_resi(parcel, resi, why=why, actor=_actor(), now=times.now())
    except (Invalid, Conflict) as refused:
        forget()
        status = HTTPStatus.CONFLICT if isinstance(refused, Conflict) else WRONG
        page = _page(code=code, parcel=_found(code), resi=resi, why=why, error=sentence(refused))
        return page, status
    told = _("Resi %(resi)s dicatat untuk paket %(code)s.", resi=parcel.resi, code=code)
    same = _("Paket %(code)s sudah punya resi %(resi)s.", resi=parcel.resi, code=code)
    flash(told if news else same, "success" if news else "info")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return see_other(url_for("committee.resi.show"))


def check() -> ResponseReturnValue:
    pasted, file = request.form.get("list", ""), sent_file("file")
    data = file.stream.read(sheets.MAX_BYTES + 1) if file else pasted.encode()
    if not data.strip():
        return _page(pasted=pasted, list_error=_("Tempel daftarnya, atau pilih berkas.")), WRONG
    found = resi_lists.read_list(data)
    if isinstance(found, Fault):
        return _page(pasted=pasted, list_error=say(found)), WRONG
    return _review(found)


def apply() -> ResponseReturnValue:
    found = resi_lists.read_list(request.form.get("rows", "").encode())
    if isinstance(found, Fault):
        return _page(list_error=say(found)), WRONG
    why = request.form.get("reason", "")
    try:
        done = resi_lists.apply(found, why, today=_today(), actor=_actor(), now=times.now())
    except (Invalid, Conflict) as refused:
        forget()
        status = HTTPStatus.CONFLICT if isinstance(refused, Conflict) else WRONG
        return _review(found, why=why, error=sentence(refused)), status
    total = done.total()
    if total:
        flash(ngettext("%(num)s baris diterapkan.", "%(num)s baris diterapkan.", total), "success")
    else:
        flash(_("Tidak ada yang berubah: semua sudah sama, atau alasan belum diisi."), "info")
    return see_other(url_for("committee.resi.show"))


def example(ext: str) -> ResponseReturnValue:
    if ext not in KINDS:
        raise NoExample
    answer = Response(resi_lists.example(ext), content_type=KINDS[ext])
    answer.headers["Content-Disposition"] = f'attachment; filename="contoh-resi.{ext}"'
    return answer


def _review(found: Sheet, why: str = "", error: str = "") -> str:
    lines = resi_lists.review(found, today=_today())
    order = list(Status)[::-1]
    return render_template(
        "committee/resi_review.html",
        lines=sorted(lines, key=lambda line: (order.index(line.status), line.number)),
        counts=resi_lists.counts(lines),
        status=Status,
        good=[line for line in lines if line.status in resi_lists.GOOD],
        rows=resi_lists.accepted(lines),
        ignored=found.ignored,
        words=_words(),
        say=say,
        why=why,
        error=error,
    )


def _words() -> dict[Status, tuple[str, str, str]]:
    """Name, tone and explanation of each outcome."""
    return {
        Status.NEW: (_("Baru"), "done", ""),
        Status.REPLACE: (_("Mengganti"), "needs", _("Resi yang tercatat: %(old)s.")),
        Status.CHANGED: (_("Data lain berubah"), "info", ""),
        Status.SAME: (_("Sama"), "quiet", ""),
        Status.CONFLICT: (_("Bentrok"), "needs", _("Resi ini sudah dipakai paket %(other)s.")),
        Status.UNKNOWN: (_("Tidak dikenal"), "needs", _("Tidak ada paket dengan kode ini.")),
        Status.WRONG_COURIER: (
            _("Kurir lain"),
            "needs",
            _("Kurir paket ini menurut catatan: %(other)s."),
        ),
        Status.WRONG_STATE: (
            _("Tidak dapat diisi"),
            "needs",
            _("Paket ini sudah selesai atau dibatalkan, atau belum dikemas."),
        ),
        Status.DUPLICATE: (_("Ganda"), "needs", _("Sudah ada di baris %(other)s.")),
        Status.WRONG: (_("Salah"), "needs", ""),
    }


def _page(parcel: Parcel | None = None, **given: object) -> str:
    values: dict[str, object] = {
        "code": "",
        "resi": "",
        "why": "",
        "error": "",
        "pasted": "",
        "list_error": "",
        "columns": resi_lists.LAYOUT.columns,
        "needed": resi_lists.LAYOUT.required,
    }
    return render_template("committee/resi.html", parcel=parcel, **values | given)


def _found(code: str) -> Parcel | None:
    try:
        return shipments.get_parcel(code) if code else None
    except shipments.NoSuchParcel:
        return None


def _today() -> date:
    edition = current_edition()
    return times.day_of(times.now(), edition.zone if edition else times.WIB)


def _actor() -> Actor:
    return accounts.actor(g.person)
