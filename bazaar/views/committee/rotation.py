"""The plan at a glance: what is in force, the draft beside it, how fair both are, what to do."""

import hashlib
from datetime import date, datetime, timedelta
from http import HTTPStatus

import sqlalchemy as sa
from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, rotation, sellers, times
from bazaar.audit import Actor
from bazaar.db import db, forget
from bazaar.errors import Conflict
from bazaar.models import Draw, DrawKind, DrawStage, Edition, Release, Role, Turn
from bazaar.rotation import drafts, draws, needs, rebasing, replans, requests
from bazaar.views.committee import preparations
from bazaar.views.forms.rotation import EffortForm
from bazaar.web import see_other, services
from bazaar.web.answers import sentence

PLAN = "committee.rotation.plan"


def plan() -> str:
    edition = editions.find_current()
    if edition is None:
        return render_template("committee/rotation.html", edition=None, may_change=_may_change())
    now = times.now()
    current, draft = rotation.find_current_release(edition), rotation.find_draft(edition)
    last = draws.find_last(edition)
    return render_template(
        "committee/rotation.html",
        may_change=_may_change(),
        sellers=len(sellers.participants(edition)),
        preparations=preparations.steps(edition),
        current=current,
        current_fairness=rotation.fairness(current, per_seller=False) if current else None,
        draft=draft,
        draft_fairness=rotation.fairness(draft) if draft else None,
        draft_draw=db.session.get(Draw, draft.draw_id) if draft and draft.draw_id else None,
        edits=drafts.edits_of(draft) if draft else 0,
        overtaken=draft is not None and draft.base_id != (current.id if current else None),
        difference=rotation.difference(draft, current) if draft else None,
        needs=needs.summed(needs.needs_repair(edition, now)),
        asked=requests.count_open(edition),
        failed=last if last and last.stage is DrawStage.FAILED and last.secret is None else None,
        form=EffortForm(),
        **_computing(edition),
    )


def status() -> ResponseReturnValue:
    edition = editions.get_current()
    known = _computing(edition)
    body = render_template("committee/_rotation_progress.html", **known)
    answer = Response(body, mimetype="text/html")
    if known["computing"] is None:
        answer.headers["X-Reload"] = "1"
        return answer
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return answer.make_conditional(request)


def make_draft() -> ResponseReturnValue:
    return _begin(DrawKind.PLAN, EffortForm(request.form).iterations)


def repair() -> ResponseReturnValue:
    edition = editions.get_current()
    try:
        replans.repair(edition, seals=services().draw_seals, actor=_actor(), now=times.now())
    except Conflict as refusal:
        return _refused(refusal)
    return see_other(url_for(PLAN))


def rebuilding() -> ResponseReturnValue:
    edition = editions.get_current()
    current = rotation.find_current_release(edition)
    if current is None:
        return see_other(url_for(PLAN))
    now = times.now()
    frozen_until = now + timedelta(minutes=edition.freeze_minutes)
    draft = rotation.find_draft(edition)
    return render_template(
        "committee/rotation_rebuild.html",
        edition=edition,
        current=current,
        frozen_until=frozen_until,
        loose=_turns(current, frozen_until),
        edits=drafts.edits_of(draft) if draft else 0,
        form=EffortForm(),
    )


def rebuild() -> ResponseReturnValue:
    return _begin(DrawKind.REBUILD, EffortForm(request.form).iterations)


def discard(draft_id: int) -> ResponseReturnValue:
    draft = rotation.get_draft(editions.get_current(), draft_id)
    drafts.discard(draft, actor=_actor(), now=times.now())
    flash(_("Rancangan dibuang. Jadwal yang berlaku tidak berubah."), "success")
    return see_other(url_for(PLAN))


def rebase(draft_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.get_draft(edition, draft_id)
    current = rotation.find_current_release(edition)
    if current is not None and draft.base_id != current.id:
        done = rebasing.rebase(draft, onto=current, actor=_actor(), now=times.now())
        flash(
            ngettext(
                "Rancangan disesuaikan dengan terbitan %(n)s: %(num)s perubahan dipakai lagi.",
                "Rancangan disesuaikan dengan terbitan %(n)s: %(num)s perubahan dipakai lagi.",
                done.applied,
                n=current.number,
            ),
            "success",
        )
        if done.lost:
            return render_template("committee/rotation_rebased.html", done=done, draft=draft)
    return see_other(url_for(PLAN))


def _begin(kind: DrawKind, iterations: int) -> ResponseReturnValue:
    edition = editions.get_current()
    try:
        draws.begin(
            edition,
            kind=kind,
            seals=services().draw_seals,
            iterations=iterations,
            actor=_actor(),
            now=times.now(),
            needs=[need.key for need in needs.needs_repair(edition, times.now())],
        )
    except Conflict as refusal:
        return _refused(refusal)
    return see_other(url_for(PLAN))


def _refused(refusal: Conflict) -> ResponseReturnValue:
    """Say why nothing is computed (pins that contradict, nobody who can come) on the plan."""
    forget()
    flash(sentence(refusal), "error")
    return plan(), HTTPStatus.CONFLICT


def _computing(edition: Edition) -> dict[str, object]:
    """Return the draw that is computed, and what it has so far: figures, and its first day."""
    computing = draws.find_computing(edition)
    preview = rotation.find_preview(edition) if computing else None
    known: dict[str, object] = {"computing": computing, "preview": preview, "edition": edition}
    if preview is not None:
        known |= {"preview_fairness": rotation.fairness(preview, per_seller=False)}
        known |= _first_day(edition, preview, times.now())
    return known


def _first_day(edition: Edition, shown: Release, now: datetime) -> dict[str, object]:
    """Return the next day with turns, as rows by start."""
    start = db.session.scalar(
        sa.select(sa.func.min(Turn.starts_at)).where(
            Turn.release_id == shown.id, Turn.starts_at > now
        )
    )
    if start is None:
        return {"first_day": None}
    day: date = times.day_of(start, edition.zone)
    rows: dict[datetime, dict[int, Turn]] = {}
    for turn in rotation.turns_on(shown, day):
        rows.setdefault(turn.starts_at, {})[turn.channel_id] = turn
    return {"first_day": day, "rows": rows}


def _turns(release: Release, after: datetime) -> tuple[int, int]:
    """Return how many turns begin after the instant, and of how many sellers."""
    query = sa.select(sa.func.count(), sa.func.count(sa.distinct(Turn.seller_id))).where(
        Turn.release_id == release.id, Turn.starts_at >= after
    )
    turns, owners = db.session.execute(query).one()
    return turns, owners


def _may_change() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})


def _actor() -> Actor:
    return accounts.actor(g.person)
