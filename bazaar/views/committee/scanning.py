"""Parcels scanned onto a manifest: by a reader that types, a camera, or a photo."""

from typing import Final

from flask import g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, code_photos, manifests, pixels, times, tokens
from bazaar.db import forget
from bazaar.errors import Invalid
from bazaar.manifests import Answer, Scanned
from bazaar.models import Manifest
from bazaar.views.forms.cells import sent_file
from bazaar.web.answers import sentence

TONES: Final = {
    Answer.ADDED: "done",
    Answer.AGAIN: "again",
    Answer.ELSEWHERE: "again",
    Answer.GONE: "again",
    Answer.CANCELLED: "stop",
}
"""Colours of answers; the others are a person's turn."""


def show(number: str) -> ResponseReturnValue:
    return _page(manifests.get(number), [])


def scan(number: str) -> ResponseReturnValue:
    manifest = manifests.get(number)
    text, key = request.form.get("code", ""), request.form.get("key", "")
    told = manifests.scan(manifest, text, key=key, actor=accounts.actor(g.person), now=times.now())
    answer = _said(told)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(answer)
    return _page(manifests.get(number), [answer])


def scan_photo(number: str) -> ResponseReturnValue:
    file = sent_file("photo")
    try:
        texts = code_photos.read(file.stream.read(pixels.MAX_BYTES + 1)) if file else []
    except Invalid as refused:
        forget()
        return _page(manifests.get(number), [], photo_error=sentence(refused)), 422
    if not file:
        return _page(manifests.get(number), [], photo_error=_("Pilih fotonya dulu.")), 422
    manifest = manifests.get(number)
    told = manifests.scan_each(manifest, texts, actor=accounts.actor(g.person), now=times.now())
    error = "" if told else _("Tidak ada kode yang terbaca. Ambil foto lebih dekat dan terang.")
    return _page(manifests.get(number), [_said(one) for one in told], photo_error=error)


def _page(manifest: Manifest, answers: list[dict[str, object]], photo_error: str = "") -> str:
    rows = manifests.rows_of(manifest)
    return render_template(
        "committee/manifest_scan.html",
        manifest=manifest,
        answers=answers,
        photo_error=photo_error,
        rows=rows[::-1],
        totals=manifests.totals_of(rows),
        key=tokens.new_key(),
    )


def _said(told: Scanned) -> dict[str, object]:
    """An answer as the page shows it: tone, title, what to do."""
    words = {
        Answer.ADDED: (_("Masuk"), _("Taruh di tumpukan kurir.")),
        Answer.AGAIN: (_("Sudah dipindai"), _("Paket ini sudah ada di daftar.")),
        Answer.OTHER_COURIER: (
            _("Kurir lain"),
            _("Paket ini untuk %(other)s. Sisihkan.", other=told.other),
        ),
        Answer.NOT_PACKED: (_("Belum dikemas"), _("Penjual belum menandainya dikemas.")),
        Answer.OUTDATED: (_("Label lama"), _("Alamat atau isinya berubah. Cetak label baru.")),
        Answer.NO_CUSTOMS: (
            _("Bea cukai belum lengkap"),
            _("Sisihkan. Yang kurang tertulis di halaman paketnya."),
        ),
        Answer.CANCELLED: (_("STOP – dibatalkan"), _("Jangan diserahkan. Kembalikan ke penjual.")),
        Answer.GONE: (_("Sudah diserahkan"), _("Menurut catatan paket ini sudah di kurir.")),
        Answer.UNKNOWN: (_("Kode tidak dikenal"), _("Pindai kode paket (PK-…) atau resinya.")),
        Answer.ELSEWHERE: (
            _("Di daftar lain"),
            _("Paket ini sudah di berita acara %(other)s.", other=told.other),
        ),
        Answer.TAKEN_OFF: (_("Sudah dikeluarkan"), _("Pindai sekali lagi bila tetap ikut.")),
        Answer.CLOSED: (_("Daftar dikunci"), _("Tidak ada yang dapat ditambahkan lagi.")),
    }
    title, text = words[told.answer]
    return {
        "answer": told.answer.value,
        "tone": TONES.get(told.answer, "needs"),
        "title": title,
        "text": text,
        "code": told.parcel or told.text[:60],
        "count": told.count,
    }
