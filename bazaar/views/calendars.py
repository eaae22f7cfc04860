"""Calendars to subscribe to, and the schedule to take away."""

import gzip

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import calendars, editions, rotation, sellers, times
from bazaar.calendars import Feed
from bazaar.models import Edition
from bazaar.web import services
from bazaar.web.formats import current_edition
from bazaar.web.sheets import NoSchedule, sheet_of


def feed() -> ResponseReturnValue:
    edition = _edition()
    found = calendars.public_feed(edition, site=_site(), now=times.now())
    return _answer(found, f"jadwal-{edition.slug}.ics")


def channel_feed(number: int) -> ResponseReturnValue:
    edition = _edition()
    channel = editions.channels.get(edition, number)
    found = calendars.public_feed(edition, site=_site(), now=times.now(), channel=channel)
    return _answer(found, f"jadwal-{edition.slug}-{number}.ics")


def turn(uid: str) -> ResponseReturnValue:
    return _answer(calendars.single(_edition(), uid, site=_site()), "siaran.ics")


def keep(uid: str) -> ResponseReturnValue:
    found = calendars.single(_edition(), uid, site=_site())
    return render_template("live/keep_turn.html", turn=found.entries[0])


def turn_google(uid: str) -> ResponseReturnValue:
    return redirect(calendars.google_link(calendars.single(_edition(), uid, site=_site())), 303)


def own_feed(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    found = calendars.private_feed(
        _edition(), seller, site=_site(), own_page=_own_page(token), now=times.now()
    )
    return _answer(found, "giliran.ics", private=True)


def own_turn(token: str, uid: str) -> ResponseReturnValue:
    return _answer(_own(token, uid), "giliran.ics", private=True)


def own_turn_google(token: str, uid: str) -> ResponseReturnValue:
    return redirect(calendars.google_link(_own(token, uid)), 303)


def schedule(kind: str) -> ResponseReturnValue:
    edition = _edition()
    release = rotation.find_current_release(edition)
    if release is None:
        raise NoSchedule
    return sheet_of(edition, release, kind)


def _own(token: str, uid: str) -> Feed:
    seller = sellers.get_by_link(token)
    page = _own_page(token)
    return calendars.single(_edition(), uid, site=_site(), seller=seller, own_page=page)


def _answer(found: Feed, name: str, *, private: bool = False) -> ResponseReturnValue:
    """Answer a calendar, or that the reader's copy is still good.

    Public ones, which are the same for everybody, go compressed to whoever takes that.
    """
    packed = not private and request.accept_encodings.quality("gzip") > 0
    answer = Response(mimetype="text/calendar")
    answer.set_etag(f"{found.etag}-gzip" if packed else found.etag)
    answer.vary.add("Accept-Encoding")
    answer.last_modified = found.changed_at
    answer.headers["Cache-Control"] = "private, no-cache" if private else "public, max-age=600"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.make_conditional(request)
    if answer.status_code == 200:
        content = calendars.ical(found)
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
            content = gzip.compress(content, 3, mtime=0)
        answer.set_data(content)
    return answer


def _edition() -> Edition:
    edition = current_edition()
    if edition is None:
        raise NoSchedule
    return edition


def _own_page(token: str) -> str:
    return f"{_site()}{url_for('seller.turns.home', token=token)}"


def _site() -> str:
    return services().settings.public_url
