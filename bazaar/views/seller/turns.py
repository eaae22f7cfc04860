"""A seller's first page: the next turn, what was sold on air, what is on offer."""

import hashlib

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import availabilities, broadcast, catalog, editions, rotation, sellers, times
from bazaar.models import Seller
from bazaar.rotation import possible, requests
from bazaar.rules import on_air
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
    coming = [turn for turn in turns if turn.ends_at > now]
    turn = coming[0] if coming else None
    return {
        "token": token,
        "turn": turn,
        "phase": on_air.phase(turn, now).value if turn else None,
        "later": coming[1:],
        "past": [turn for turn in reversed(turns) if turn.ends_at <= now],
        "sales": broadcast.sold_in(turns),
    }
