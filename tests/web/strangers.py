"""The URL map as every kind of stranger walks it."""

import contextvars
import hashlib
import re
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bazaar.db import db
from bazaar.models import Role
from bazaar.routes import ROUTES
from bazaar.web import Route, Who
from bazaar.web.routing import NEEDS_ROLE, OPEN_TO_ALL
from tests.committee import a_member, bring_in

NOBODY, HALF_WAY, NO_ROLE = "nobody", "half-way", "member"
KINDS = (NOBODY, HALF_WAY, NO_ROLE, *(role.value for role in Role))

SIGN_IN, CODE, REFUSED, IN = "to sign in", "to the code", "refused", "in"


def address(route: Route, value: str = "tidak-ada", number: int = 1_000_000) -> str:
    """The route's path, filled: numbers for whole numbers, `value` for texts."""
    path = re.sub(r"<int:\w+>", str(number), route.path)
    return re.sub(r"<(\w+:)?\w+>", value, path)


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def pages() -> list[str]:
    """The rules of all pages to read."""
    return [route.path for route in ROUTES if route.method == "GET"]


def come(app: Flask, kind: str) -> FlaskClient:
    """A browser of this kind of person."""
    client = app.test_client()
    if kind == NOBODY:
        return client
    roles = [Role(kind)] if kind in {role.value for role in Role} else []
    bring_in(client, a_member(*roles), half=kind == HALF_WAY)
    return client


def expected(who: Who, kind: str) -> str:
    """What the house promises: said once more, in other words than the guard's."""
    if who in OPEN_TO_ALL:
        return IN
    if kind == NOBODY:
        return SIGN_IN
    if who is Who.PASSWORD:
        return IN
    if kind == HALF_WAY:
        return CODE
    if who is Who.COMMITTEE or kind == Role.ADMIN.value:
        return IN
    return IN if NEEDS_ROLE[who].value == kind else REFUSED


def tables() -> str:
    """A fingerprint of every row of every table."""
    digest = hashlib.sha256()
    for line in _rows():
        digest.update(line.encode())
    return digest.hexdigest()


def _rows() -> Iterator[str]:
    for table in db.metadata.sorted_tables:
        yield table.name
        yield from sorted(map(repr, db.session.execute(sa.select(table)).all()))


def aside(call: Callable[..., str], *given: object) -> str:
    """Call with a fresh context, as a request would: the test's own stays as it is."""
    return contextvars.Context().run(call, *given)
