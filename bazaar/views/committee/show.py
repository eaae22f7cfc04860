"""The control room: all channels at a glance, and one channel with everything about it."""

from collections.abc import Mapping
from datetime import datetime

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import editions, show, times
from bazaar.models import Edition, Role
from bazaar.views.committee import show_rooms as rooms
from bazaar.views.committee import show_words as words
from bazaar.web import streams
from bazaar.web.formats import current_edition
from bazaar.web.fragments import living_page

SECONDS_BETWEEN = 2
"""How often the room asks for what others did."""


def index() -> ResponseReturnValue:
    edition, now = current_edition(), times.now()
    return living_page(
        "committee/show.html",
        "committee/_show.html",
        glances=rooms.glances(edition, now) if edition else [],
        may_act=may_act(),
        every=SECONDS_BETWEEN,
        pulse=show.pulse(now),
    )


def room(number: int) -> ResponseReturnValue:
    edition, now = editions.get_current(), times.now()
    if "X-Fragment" not in request.headers:
        return whole(number, {})
    facts = _facts(edition, number, now)
    return living_page("committee/show_room.html", "committee/_show_room.html", **facts)


def whole(number: int, said: Mapping[str, object]) -> str:
    """Return the room's page, with what is to be said about an act on top."""
    edition = editions.get_current()
    facts = {**_facts(edition, number, times.now()), **said}
    facts["candidates"] = rooms.candidates(edition)
    return render_template("committee/show_room.html", **facts)


def address(number: int) -> str:
    return url_for("committee.show.room", number=number)


def clock() -> ResponseReturnValue:
    """Answer when the clock last ticked; kept apart, for it changes at every question."""
    return render_template("committee/_show_clock.html", pulse=show.pulse(times.now()))


def may_act() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})


def _facts(edition: Edition, number: int, now: datetime) -> dict[str, object]:
    """Return what the room's page and its living part show."""
    return {
        **rooms.room(edition, number, now),
        "number": number,
        "room_url": address(number),
        "report_url": url_for("committee.show_reports.page", number=number),
        "may_act": may_act(),
        "every": SECONDS_BETWEEN,
        "reasons": words.HOLD_REASONS,
        "pulse": show.pulse(now),
        "events": streams.address("streams.room", number=number),
    }
