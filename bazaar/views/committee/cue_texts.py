"""The words of messages about turns: all of them as they read, and changing them."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, times
from bazaar.errors import NotFound
from bazaar.models import Edition, Role
from bazaar.rules.show.cues import CueKind
from bazaar.show import contacts, previews, telling, texts
from bazaar.show.previews import Previews
from bazaar.views.committee.cues import KINDS, WAYS
from bazaar.views.forms.cues import CueTextForm
from bazaar.web import see_other, services

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}


def index() -> ResponseReturnValue:
    edition = editions.get_current()
    return render_template(
        "committee/cue_texts.html",
        previews=_previews(edition),
        changed=texts.changed(edition.id),
        kinds={kind: KINDS[kind] for kind in texts.KINDS},
        languages=LANGUAGES,
        ways=_ways(),
        may_change=_may_change(),
    )


def edit(kind: str, language: str) -> ResponseReturnValue:
    edition, cue = editions.get_current(), _kind(kind, language)
    words = texts.words_of(edition.id, [cue])[cue, language]
    form = CueTextForm(data={"subject": words.subject, "text": words.text})
    return _page(edition, cue, language, form)


def save(kind: str, language: str) -> ResponseReturnValue:
    edition, cue = editions.get_current(), _kind(kind, language)
    form = CueTextForm(request.form)
    if not form.validate():
        return _page(edition, cue, language, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if "preview" in request.form:
        return _page(edition, cue, language, form)
    actor = accounts.actor(g.person)
    texts.change(edition, cue, language, form.words(), actor=actor, now=times.now())
    flash(_("Kata-kata disimpan."), "success")
    return see_other(url_for("committee.cue_texts.index", _anchor=f"{kind}-{language}"))


def reset(kind: str, language: str) -> ResponseReturnValue:
    edition, cue = editions.get_current(), _kind(kind, language)
    if texts.reset(edition, cue, language, actor=accounts.actor(g.person), now=times.now()):
        flash(_("Kata-kata bawaan dipakai lagi."), "success")
    return see_other(url_for("committee.cue_texts.index", _anchor=f"{kind}-{language}"))


def _page(edition: Edition, kind: CueKind, language: str, form: CueTextForm) -> str:
    shown = _previews(edition)
    return render_template(
        "committee/cue_text.html",
        kind=kind,
        title=KINDS[kind],
        language=language,
        languages=LANGUAGES,
        form=form,
        preview=shown.of(form.words(), language),
        values=shown.values(language),
        fields=texts.FIELDS,
        is_own=(kind, language) in texts.changed(edition.id),
    )


def _previews(edition: Edition) -> Previews:
    return previews.previews(edition, site=services().settings.public_url, now=times.now())


def _kind(kind: str, language: str) -> CueKind:
    found = next((one for one in texts.KINDS if one.value == kind), None)
    if found is None or language not in texts.LANGUAGES:
        raise NotFound
    return found


def _ways() -> dict[CueKind, list[object]]:
    """Return by which ways each message goes, in words."""
    found: dict[CueKind, list[object]] = {kind: [] for kind in texts.KINDS}
    for (kind, target), ways in telling.BY.items():
        names = [WAYS[contacts.WAYS[way]] for way in contacts.WAYS if way in ways]
        if (kind, target) in telling.BY_HAND:
            names.append(_("WhatsApp oleh panitia"))
        found[kind] += [name for name in names if name not in found[kind]]
    return found


def _may_change() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})
