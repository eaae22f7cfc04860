"""The front page: who is on air now, who comes next, and what they sell."""

from flask import render_template
from flask.typing import ResponseReturnValue

from bazaar import broadcast, catalog, times
from bazaar.web.formats import current_edition

COMING = 12
STALLS = 6
GOODS = 12


def show() -> ResponseReturnValue:
    now = times.now()
    edition = current_edition()
    channels = broadcast.now_and_next(edition, now=now) if edition else []
    coming = broadcast.later_today(edition, limit=COMING + 1, now=now) if edition else []
    on_air = [channel.on_air.seller_id for channel in channels if channel.on_air]
    some = catalog.some_stalls(edition, limit=STALLS)
    return render_template(
        "buyer/home.html",
        channels=channels,
        coming=coming[:COMING],
        more=len(coming) > COMING,
        goods=catalog.products_of(*on_air)[:GOODS] if on_air else [],
        stalls=some,
        photos=catalog.show_pieces([seller.id for seller in some]),
    )
