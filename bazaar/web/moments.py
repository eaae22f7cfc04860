"""What everybody sees is read from the database once a moment, not once a visitor.

When a stall is on air, hundreds open the same page within a second. Its facts are kept for that
long in this process; the page itself is made for each visitor, unless it is alike for all. Only
in production: who builds or tests sees everything at once.
"""

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
MOST = 2_000
"""How many pages' facts are kept at once."""

_EXTENSION = "bazaar.moments"

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Moment:
    """What was read, and the page made of it in each language, where it is alike for everybody."""

    ends_at: float
    facts: Facts
    edition: Any
    pages: dict[str, str] = field(default_factory=dict)


def render_shared(
    key: Hashable, template: str, read: Callable[[], Facts], *, alike: bool = False
) -> str:
    """Render a template with what `read` tells, asked at most once a moment for each `key`.

    Facts are shared between visitors, so nothing about one of them may be among them. `alike`
    says that the page shows nothing of its visitor but the language: then it is kept itself.
    """
    kept: dict[Hashable, _Moment] = current_app.extensions.setdefault(_EXTENSION, {})
    found = kept.get(key)
    language = str(get_locale()) if alike else ""
    if found is not None and found.ends_at > time.monotonic():
        if alike and language in found.pages:
            return found.pages[language]
        g.edition = found.edition
        try:
            page = render_template(template, **found.facts)
        except DetachedInstanceError:  # this visitor's page shows more than the first one's did
            g.pop("edition", None)
            kept.pop(key, None)
        else:
            if alike:
                found.pages[language] = page
            return page
    facts = read()
    page = render_template(template, **facts)
    if services().settings.mode == "production":
        edition = g.get("edition")
        db.session.expunge_all()  # loaded as far as the page shows it, and nobody's any more
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = _Moment(time.monotonic() + LENGTH_S, facts, edition)
        if alike:
            kept[key].pages[language] = page
    return page
