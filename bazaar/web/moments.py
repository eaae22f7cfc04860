"""What everybody sees is read from the database once a moment, not once a visitor.

When a stall is on air, hundreds open the same page within a second. Its facts are kept for that
long in this process; the page itself is made for each visitor, unless it is alike for all. Only
in production: who builds or tests sees everything at once.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, render_template
from flask_babel import get_locale
from sqlalchemy.orm.exc import DetachedInstanceError

from bazaar.db import db
from bazaar.web.services import services

LENGTH_S = 1.0
STALE_S = 4.0
"""So old may be what others are told while one visitor's request reads it anew."""

PATIENCE_S = 5.0
"""So long a visitor waits for somebody else's reading before reading, too."""

MOST = 2_000
"""How many pages' facts are kept at once."""

_EXTENSION = "bazaar.moments"

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was read, and the page made of it in each language, where it is alike for everybody."""

    read_at: float
    facts: Facts
    edition: Any
    pages: dict[str, str]

    def age_s(self) -> float:
        """How long ago it was read."""
        return time.monotonic() - self.read_at


@dataclass(slots=True)
class _Place:
    """What was read last for a key. Who reads it anew holds `busy`; the others need not."""

    moment: _Moment | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)


def render_shared(
    key: Hashable, template: str, read: Callable[[], Facts], *, alike: bool = False
) -> str:
    """Render a template with what `read` tells, asked at most once a moment for each `key`.

    Facts are shared between visitors, so nothing about one of them may be among them. `alike`
    says that the page shows nothing of its visitor but the language: then it is kept itself.
    """
    if services().settings.mode != "production":
        return render_template(template, **read())
    places: dict[Hashable, _Place] = current_app.extensions.setdefault(_EXTENSION, {})
    if len(places) >= MOST:
        places.clear()
    place = places.setdefault(key, _Place())
    page = _page_of(place.moment, template, LENGTH_S, alike=alike)
    if page is not None:
        return page
    mine = place.busy.acquire(blocking=False)
    try:
        if not mine:
            page = _page_of(place.moment, template, STALE_S, alike=alike)
            if page is not None:
                return page
            mine = place.busy.acquire(timeout=PATIENCE_S)
            page = _page_of(place.moment, template, LENGTH_S, alike=alike)
            if page is not None:
                return page
        return _read_anew(place, template, read, alike=alike)
    finally:
        if mine:
            place.busy.release()


def _page_of(moment: _Moment | None, template: str, lasts_s: float, *, alike: bool) -> str | None:
    """Return the page with facts read so long ago at most; None if it needs others or more."""
    if moment is None or moment.age_s() >= lasts_s:
        return None
    language = str(get_locale()) if alike else ""
    if language in moment.pages:
        return moment.pages[language]
    g.edition = moment.edition
    try:
        page = render_template(template, **moment.facts)
    except DetachedInstanceError:  # this visitor's page shows more than the first one's did
        g.pop("edition", None)
        return None
    if alike:
        moment.pages[language] = page
    return page


def _read_anew(place: _Place, template: str, read: Callable[[], Facts], *, alike: bool) -> str:
    facts = read()
    page = render_template(template, **facts)
    edition = g.get("edition")
    db.session.expunge_all()  # loaded as far as the page shows it, and nobody's any more
    pages = {str(get_locale()): page} if alike else {}
    place.moment = _Moment(time.monotonic(), facts, edition, pages)
    return page
