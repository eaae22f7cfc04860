"""Whom the liaison should reach now, and by which ways sellers are told things."""

import hashlib

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bazaar import accounts, editions, times
from bazaar.models import ContactKind, Edition
from bazaar.rules.show.cues import CueKind
from bazaar.show import liaison
from bazaar.web import see_other, services, ways

KINDS = {
    CueKind.DAY_BEFORE: _l("Sehari sebelumnya"),
    CueKind.HOUR_BEFORE: _l("Satu jam sebelumnya"),
    CueKind.CALL: _l("15 menit: masuk ruang tunggu"),
    CueKind.CHECK: _l("Belum ada di ruang tunggu"),
    CueKind.STANDBY: _l("Dua menit: siap-siap"),
    CueKind.NO_SHOW: _l("Giliran terlewat"),
    CueKind.DONE: _l("Terima kasih setelah giliran"),
}
SHOWN = 24
"""So many of each part at once: what is less urgent comes when these are done."""
WAYS = {"mail": _l("surel"), "telegram": _l("Telegram"), "other": _l("layanan lain")}


SETTINGS = {
    ContactKind.EMAIL: (_l("Surel"), "BAZAAR_SMTP_URL"),
    ContactKind.TELEGRAM: (_l("Telegram"), "BAZAAR_TELEGRAM_TOKEN"),
}
"""What must be set for a way to work; others bring what they need."""


def index() -> ResponseReturnValue:
    has = ways.set_up()
    missing = [facts for kind, facts in SETTINGS.items() if not has[kind]]
    facts = _facts(editions.get_current())
    return render_template("committee/cues.html", missing=missing, **facts)


def status() -> ResponseReturnValue:
    page = render_template("committee/_cues.html", **_facts(editions.get_current()))
    answer = Response(page, mimetype="text/html")
    answer.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


def done(letter_id: int) -> ResponseReturnValue:
    seller = liaison.done(letter_id, actor=accounts.actor(g.person), now=times.now())
    flash(_("Dicatat: %(name)s sudah dihubungi.", name=seller.name), "success")
    return see_other(url_for("committee.cues.index"))


def _facts(edition: Edition) -> dict[str, object]:
    calls = liaison.waiting(edition, times.now())
    site = services().settings.public_url
    return {
        "needed": [call for call in calls if call.is_needed],
        "reached": [call for call in calls if not call.is_needed],
        "words": {call.letter.id: liaison.words(call, site) for call in calls},
        "shown": SHOWN,
        "kinds": KINDS,
        "ways": WAYS,
    }
