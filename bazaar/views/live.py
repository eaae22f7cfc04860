"""What is on air and what comes, for everybody."""

import hashlib
from datetime import date, datetime, timedelta

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import airing, broadcast, rotation, show, times
from bazaar.airing import Airing
from bazaar.models import Channel, Edition
from bazaar.rules import videos
from bazaar.rules.show.scenes import Scene
from bazaar.web import answers, page_of, see_other
from bazaar.web.formats import current_edition
from bazaar.web.moments import render_shared

MAX_SEARCH = 80
PLAYER = "https://www.youtube-nocookie.com"
"""Whose pages may stand in ours, on the page of a channel only, and only once it was asked for."""

STATE_CACHING = "public, max-age=2, stale-while-revalidate=10"
SOON = timedelta(hours=12)
"""What is further away is told by day and clock, without a countdown."""


def on_air() -> ResponseReturnValue:
    if "X-Fragment" not in request.headers:
        return see_other(url_for("buyer.home.show"))
    alike = "k" not in request.args  # else the links lead to the visitor's basket
    page = render_shared("on-air", "buyer/_channels.html", _channels, alike=alike)
    answer = Response(page, mimetype="text/html")
    answer.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
    return answer.make_conditional(request)


def _channels() -> dict[str, object]:
    edition = current_edition()
    return {"channels": broadcast.now_and_next(edition, now=times.now()) if edition else []}


def channel(number: int) -> ResponseReturnValue:
    """Show one channel to those who watch; asked by script, only its living part."""
    edition = current_edition()
    if edition is None:
        return render_template("live/channel.html", edition=None)
    found = _channel(edition, number)
    if "X-Fragment" in request.headers:
        alike = "k" not in request.args  # else the links lead to the visitor's basket
        part = render_shared(
            ("live", number),
            "live/_channel.html",
            lambda: _living(edition, number),
            alike=alike,
        )
        answer = Response(part, mimetype="text/html")
        answer.set_etag(hashlib.sha256(part.encode()).hexdigest()[:32])
        return answer.make_conditional(request)
    video = videos.embed(found.youtube_url, PLAYER)
    page = Response(
        render_template(
            "live/channel.html",
            channel=found,
            channels=edition.channels,
            video=video,
            **_living(edition, number),
        )
    )
    if video:
        policy = f"{answers.CONTENT_SECURITY_POLICY}; frame-src {PLAYER}"
        page.headers["Content-Security-Policy"] = policy
    return page


def state(number: int) -> Response:
    """Answer what a channel shows, in few bytes that change only when it does."""
    now = times.now()
    edition = current_edition()
    if edition is None:
        raise show.NoSuchChannel
    facts = airing.public_facts(_airing(edition, number, now))
    answer = Response(airing.told(facts, now), mimetype="application/json")
    answer.set_etag(airing.mark_of(facts), weak=True)
    answer.headers["Cache-Control"] = STATE_CACHING
    answer.make_conditional(request)
    return answer


def _living(edition: Edition, number: int) -> dict[str, object]:
    now = times.now()
    seen = _airing(edition, number, now)
    later = None
    if seen.stand.on_air is None and seen.stand.next is None:
        later = broadcast.next_day(seen.channel.channel_id, edition, now=now)
    return {
        "seen": seen,
        "scene": seen.scene.value,
        "held": seen.stand.held_since is not None,
        "over": seen.scene is Scene.CLOSING,
        "later": later,
        "mark": airing.mark_of(airing.public_facts(seen)),
        "soon": lambda instant: instant - now < SOON,
    }


def _channel(edition: Edition, number: int) -> Channel:
    found = next((each for each in edition.channels if each.number == number), None)
    if found is None:
        raise show.NoSuchChannel
    return found


def _airing(edition: Edition, number: int, now: datetime) -> Airing:
    """Return the channel as the public sees it. Raises NoSuchChannel."""
    seen = airing.airings(edition, now, in_public=True)
    found = next((each for each in seen if each.channel.number == number), None)
    if found is None:
        raise show.NoSuchChannel
    return found


def schedule() -> ResponseReturnValue:
    edition = current_edition()
    release = rotation.find_current_release(edition) if edition else None
    if edition is None or release is None:
        return render_template("live/schedule.html", release=None)
    now = times.now()
    search = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    today = times.day_of(now, edition.zone)
    days = {day: n for day, n in rotation.days_of(release).items() if day >= today}
    chosen = _chosen(days, today)
    all_of_today = "semua" in request.args
    channels = broadcast.now_and_next(edition, now=now)
    page = page_of(
        rotation.find_turns(
            release,
            search=search,
            day=None if search else chosen,
            ends_after=None
            if all_of_today and not search
            else broadcast.open_since(channels, now=now),
        )
    )
    return render_template(
        "live/schedule.html",
        release=release,
        page=page,
        turns=broadcast.places(channels, page.items, now=now),
        days=days,
        chosen=chosen,
        today=today,
        all_of_today=all_of_today,
        search=search,
    )


def _chosen(days: dict[date, int], today: date) -> date:
    """Return the day asked for, else today or the next day with turns."""
    try:
        asked = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        asked = None
    return asked if asked in days else next(iter(days), today)
