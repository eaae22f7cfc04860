"""Calendars to subscribe to, and the schedule to take away."""

from collections.abc import Callable

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import calendars, editions, rotation, schedules, sellers, times
from bazaar.calendars import Feed
from bazaar.errors import NotFound
from bazaar.models import Edition, Release
from bazaar.rotation import NoSuchRelease
from bazaar.schedules import Schedule
from bazaar.web import services
from bazaar.web.formats import current_edition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: dict[str, tuple[str, Callable[[Schedule], bytes]]] = {
    "pdf": ("application/pdf", lambda schedule: schedules.pdf(schedule, now=times.now())),
    "xlsx": (XLSX, schedules.xlsx),
    "csv": ("text/csv", lambda schedule: schedules.csv(schedule).encode()),
    "json": ("application/json", lambda schedule: schedules.json(schedule).encode()),
}


class NoSchedule(NotFound):
    """There is no release, or not in this form."""

    text = NoSuchRelease.text


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
    if release is None or kind not in WRITERS:
        raise NoSchedule
    return sheet_of(edition, release, kind)


def sheet_of(edition: Edition, release: Release, kind: str) -> ResponseReturnValue:
    """Answer a release as a file to keep. Raises NoSchedule for a kind there is not."""
    if kind not in WRITERS:
        raise NoSchedule
    mimetype, write = WRITERS[kind]
    answer = Response(write(schedules.schedule(release)), mimetype=mimetype)
    name = f"jadwal-{edition.slug}-terbitan-{release.number}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _own(token: str, uid: str) -> Feed:
    seller = sellers.get_by_link(token)
    page = _own_page(token)
    return calendars.single(_edition(), uid, site=_site(), seller=seller, own_page=page)


def _answer(found: Feed, name: str, *, private: bool = False) -> ResponseReturnValue:
    """Answer a calendar, or that the reader's copy is still good."""
    answer = Response(mimetype="text/calendar")
    answer.set_etag(found.etag)
    answer.last_modified = found.changed_at
    answer.headers["Cache-Control"] = "private, no-cache" if private else "public, max-age=600"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.make_conditional(request)
    if answer.status_code == 200:
        answer.set_data(calendars.ical(found))
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
