"""A seller's first page: the next turn, what was sold on air, what is on offer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import airing, availabilities, broadcast, catalog, editions, rotation, sellers, times
from bazaar.models import Seller, Turn
from bazaar.rotation import possible, requests
from bazaar.rules import on_air
from bazaar.rules.show import steady
from bazaar.rules.show.standing import Line, Standing, State
from bazaar.views import navigation
from bazaar.views.seller.requests import about

SHOWN = 8
"""So many turns of a list before the rest is folded away."""


def home(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return render_template(
        "seller/turns.html",
        seller=seller,
        seller_nav=navigation.seller_nav(token),
        products=catalog.products_of(seller.id),
        shown=SHOWN,
        **_facts(seller, token),
        **_asked(seller),
    )


def status(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    page = render_template("seller/_turn.html", **_facts(seller, token))
    answer = Response(page, mimetype="text/html")
    answer.set_etag(hashlib.sha256(page.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-store"
    return answer.make_conditional(request)


def _asked(seller: Seller) -> dict[str, object]:
    """Return what is asked of and by the seller, and about which turns something can be asked."""
    edition = editions.find_current()
    if edition is None:
        return {"part": None, "open_requests": {}, "askable": lambda _turn: False}
    found = requests.of_seller(edition, seller.id)
    now = times.now()
    part = availabilities.find_part(edition, seller.id)
    may_ask = part is not None and part.withdrawn_at is None
    return {
        **about(seller, found),
        "part": part,
        "open_requests": {
            one.turn_uid: one
            for one in found
            if one.seller_id == seller.id and one.state in possible.OPEN
        },
        "askable": lambda turn: may_ask and now < possible.deadline(edition, turn.starts_at),
    }


def _facts(seller: Seller, token: str) -> dict[str, object]:
    now = times.now()
    turns = rotation.turns_of(seller.id)
    edition = editions.find_current()
    today = airing.today(edition, now) if edition else {}
    coming = [turn for turn in turns if not _is_over(turn, today, now)]
    turn = coming[0] if coming else None
    line, stand = today.get(turn.uid, (None, None)) if turn else (None, None)
    is_on = line is not None and line.state is State.ON_AIR
    starts_at = turn.starts_at if turn else now
    ends_at: datetime | None = turn.ends_at if turn else now
    if line is not None and stand is not None:
        starts_at = line.expected_start if is_on else steady.expected(line, stand)
        ends_at = steady.end(stand) if is_on else starts_at + line.turn.length
    soon = turn is not None and starts_at - now <= on_air.REMIND
    return {
        "token": token,
        "turn": turn,
        "phase": "now" if is_on else "soon" if soon else "later",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "late_minutes": round(line.late.total_seconds() / 60) if line else 0,
        "is_today": line is not None,
        "later": coming[1:],
        "past": [turn for turn in reversed(turns) if turn not in coming],
        "states": {uid: line.state.value for uid, (line, _) in today.items()},
        "sales": broadcast.sold_in(turns),
    }


def _is_over(turn: Turn, today: Mapping[str, tuple[Line, Standing]], now: datetime) -> bool:
    """Say whether nothing is to be expected of the turn any more, late as today may be."""
    if turn.uid in today:
        line, _ = today[turn.uid]
        return line.state not in {State.COMING, State.ON_AIR}
    return turn.ends_at <= now
