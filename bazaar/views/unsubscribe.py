"""Ending one way of being reminded, by the link in every message: no sign-in, one press.

Mail programs press it themselves by a POST of their own (RFC 8058). Opening the page alone ends
nothing, because programs that look at links open it too.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from bazaar import times
from bazaar.db import db
from bazaar.models import ContactWay, Seller
from bazaar.show import contacts


def show(token: str) -> ResponseReturnValue:
    return _page(contacts.get_by_link(token), token)


def stop(token: str) -> ResponseReturnValue:
    return _page(contacts.unsubscribe(token, now=times.now()), token)


def _page(way: ContactWay, token: str) -> str:
    return render_template(
        "unsubscribe.html",
        way=way,
        token=token,
        seller=db.session.get_one(Seller, way.seller_id),
    )
