"""The plan as the committee sees it: what is released, the draft beside it, how fair both are."""

from datetime import date, datetime

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, rotation, sellers, times, tokens
from bazaar.models import Edition, Release, Role, Turn
from bazaar.rules import on_air
from bazaar.views.committee import preparations
from bazaar.web import see_other

DRAFT = "rancangan"


def plan() -> ResponseReturnValue:
    edition = editions.find_current()
    may_change = bool(g.person.roles & {Role.HOST, Role.ADMIN})
    if edition is None:
        return render_template("committee/rotation.html", edition=None, may_change=may_change)
    current, draft = rotation.find_current_release(edition), rotation.find_draft(edition)
    asked = request.args.get("versi")
    shown = draft if draft and (asked == DRAFT or not current) else current
    now = times.now()
    return render_template(
        "committee/rotation.html",
        edition=edition,
        may_change=may_change,
        sellers=len(sellers.participants(edition)),
        preparations=preparations.steps(edition),
        current=current,
        current_fairness=rotation.fairness(current) if current else None,
        draft=draft,
        draft_fairness=rotation.fairness(draft) if draft else None,
        difference=rotation.difference(draft, current) if draft else None,
        shown=shown,
        **(_day_of(edition, shown, now) if shown else {}),
    )


def make_draft() -> ResponseReturnValue:
    edition = editions.get_current()
    rotation.make_draft(
        edition, seed=tokens.new_key(), actor=accounts.actor(g.person), now=times.now()
    )
    flash(_("Rancangan selesai disusun. Periksa dulu, lalu terbitkan."), "success")
    return see_other(url_for("committee.rotation.plan", versi=DRAFT))


def _day_of(edition: Edition, shown: Release, now: datetime) -> dict[str, object]:
    """Return the day asked for, else today or the next one with turns, as rows by start."""
    days = rotation.days_of(shown)
    today = times.day_of(now, edition.zone)
    try:
        chosen = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        chosen = next((day for day in days if day >= today), today)
    turns = rotation.turns_on(shown, chosen)
    coming = [turn for turn in turns if "semua" in request.args or turn.ends_at > now]
    rows: dict[datetime, dict[int, Turn]] = {}
    for turn in turns if chosen != today else coming:
        rows.setdefault(turn.starts_at, {})[turn.channel_id] = turn
    return {
        "days": days,
        "today": today,
        "chosen": chosen,
        "rows": rows,
        "folded": chosen == today and len(coming) < len(turns),
        "phase": lambda turn: on_air.phase(turn, now).value,
    }
