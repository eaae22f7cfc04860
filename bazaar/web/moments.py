"""What everybody sees is read from the database once a moment, not once a visitor.

When a stall is on air, hundreds open the same page within a second. Its facts are kept for that
long in this process; the page itself is still made for each visitor. Only in production: who
builds or tests sees everything at once.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any

from flask import current_app, g, render_template
from sqlalchemy.orm.exc import DetachedInstanceError

from bazaar.db import db
from bazaar.web.services import services

LENGTH_S = 1.0
MOST = 2_000
"""How many pages' facts are kept at once."""

_EXTENSION = "bazaar.moments"

Facts = dict[str, Any]


def render_shared(key: Hashable, template: str, read: Callable[[], Facts]) -> str:
    """Render a template with what `read` tells, asked at most once a moment for each `key`.

    Facts are shared between visitors, so nothing about one of them may be among them.
    """
    kept: dict[Hashable, tuple[float, Facts, Any]] = current_app.extensions.setdefault(
        _EXTENSION, {}
    )
    found = kept.get(key)
    if found is not None and found[0] > time.monotonic():
        g.edition = found[2]
        try:
            return render_template(template, **found[1])
        except DetachedInstanceError:  # this visitor's page shows more than the first one's did
            g.pop("edition", None)
            kept.pop(key, None)
    facts = read()
    page = render_template(template, **facts)
    if services().settings.mode == "production":
        edition = g.get("edition")
        db.session.expunge_all()  # loaded as far as the page shows it, and nobody's any more
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = (time.monotonic() + LENGTH_S, facts, edition)
    return page
