"""The front page: who is on air now, who comes next, and what they sell.

When a turn ends, the page asks for the cards (`views.live`) and for what is offered anew.
"""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bazaar import broadcast, catalog, times
from bazaar.broadcast import ChannelNow
from bazaar.models import Edition
from bazaar.web.formats import current_edition
from bazaar.web.fragments import living_page

COMING = 12
STALLS = 6
GOODS = 8


def show() -> ResponseReturnValue:
    now = times.now()
    edition = current_edition()
    channels = broadcast.now_and_next(edition, now=now) if edition else []
    offered = _offered(edition, channels, now)
    if "X-Fragment" in request.headers:
        return living_page("buyer/home.html", "buyer/_offered.html", **offered)
    some = catalog.some_stalls(edition, limit=STALLS)
    return render_template(
        "buyer/home.html",
        channels=channels,
        stalls=some,
        photos=catalog.show_pieces([seller.id for seller in some]),
        **offered,
    )


def _offered(
    edition: Edition | None, channels: Sequence[ChannelNow], now: datetime
) -> dict[str, object]:
    """Return what those on air sell, and the turns that come later today."""
    on_air = [channel.seller.id for channel in channels if channel.seller]
    return {
        "goods": catalog.products_of(*on_air)[:GOODS] if on_air else [],
        "coming": broadcast.later_today(edition, channels, limit=COMING, now=now)
        if edition
        else [],
    }
