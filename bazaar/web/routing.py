"""Rows of the URL map, and the guard that stands before every view."""

import enum
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from bazaar import accounts, times
from bazaar.accounts import sessions
from bazaar.db import forget, reading, transaction
from bazaar.errors import N_, Invalid, NotAllowed, NotFound
from bazaar.models import Role
from bazaar.web import csrf, limits, programs
from bazaar.web.paths import page_of_form
from bazaar.web.services import services

View = Callable[..., ResponseReturnValue]


class Who(enum.Enum):
    """Who may call a view."""

    ANYONE = "anyone"
    LINK = "holder of the unguessable link in the path"
    MACHINE = "a machine that proves itself in the view"
    PROGRAM = "a program; a key, if it sends one, must be good for it"
    PASSWORD = "committee member whose second factor is still to come"
    COMMITTEE = "any committee member"
    ADMIN = "committee member with the role admin"
    REGISTRAR = "registrar"
    HOST = "host"
    TREASURER = "treasurer"
    DISPATCHER = "dispatcher"
    CHAIR = "chair"


NEEDS_ROLE = {
    Who.ADMIN: Role.ADMIN,
    Who.REGISTRAR: Role.REGISTRAR,
    Who.HOST: Role.HOST,
    Who.TREASURER: Role.TREASURER,
    Who.DISPATCHER: Role.DISPATCHER,
    Who.CHAIR: Role.CHAIR,
}
"""An admin may do what any role may."""

MAX_FORM = 500_000
"""How many bytes a form without files may have; files have the application's larger limit."""
MAX_NOTICE = 256 * 1024
"""How many bytes a machine may send."""

UPLOAD = "multipart/form-data"

SESSION_ENDED = N_("Anda tidak masuk lagi, jadi langkah tadi belum tersimpan. Masuk, lalu ulangi.")

_UNREADABLE = re.compile("[\0\ud800-\udfff]")
OPEN_TO_ALL = {Who.ANYONE, Who.LINK, Who.MACHINE, Who.PROGRAM}
MACHINES = {Who.MACHINE, Who.PROGRAM}
"""They send no forms."""


class UnreadableText(Invalid):
    """The request holds a character that no text has (NUL, half a surrogate pair)."""

    text = N_("Ada huruf yang tidak dapat dibaca. Ketik ulang tanpa huruf itu.")


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the URL map."""

    method: str
    path: str
    view: View
    who: Who

    @property
    def endpoint(self) -> str:
        """The name for `url_for`: module under `views`, then the function."""
        return f"{self.view.__module__.removeprefix('bazaar.views.')}.{self.view.__name__}"


def get(path: str, view: View, who: Who) -> Route:
    """Return a row for a page to read. Nothing it does to the database is kept."""
    return Route("GET", path, view, who)


def post(path: str, view: View, who: Who) -> Route:
    """Return a row for an act. It is kept if it answers below 400."""
    return Route("POST", path, view, who)


def register(app: Flask, routes: Iterable[Route]) -> None:
    """Add all rows to the application."""
    for route in routes:
        app.add_url_rule(
            route.path,
            endpoint=route.endpoint,
            view_func=_guarded(route),
            methods=[route.method],
            provide_automatic_options=False,
            # A machine that writes an address wrongly is told so, not sent elsewhere.
            merge_slashes=False if route.who in MACHINES else None,
        )


def _guarded(route: Route) -> View:
    @wraps(route.view)
    def endpoint(**path: Any) -> ResponseReturnValue:
        g.route = route
        if route.who in MACHINES:
            request.max_content_length = MAX_NOTICE
            request.get_data()  # kept for the view: looking for a form would use it up
        elif request.mimetype != UPLOAD:
            request.max_content_length = MAX_FORM
        _require_readable_text(path)
        if route.who is Who.PROGRAM:
            programs.recognise()
        try:
            response = _answer(route, path)
        except NotFound:
            if route.who is Who.LINK or (route.who is Who.PROGRAM and "token" in path):
                limits.count_miss()
            raise
        _touch()
        return response

    return endpoint


def _answer(route: Route, path: dict[str, Any]) -> ResponseReturnValue:
    """Call the view in its transaction, if the caller may."""
    keep = route.method != "GET"
    with transaction() if keep else reading():
        _recognise()
        if (elsewhere := _way_in(route.who)) is not None:
            return elsewhere
        if keep and route.who not in MACHINES:
            csrf.require()
        response: Response = make_response(route.view(**path))
        if keep and response.status_code >= HTTPStatus.BAD_REQUEST:
            forget()
    return response


def _recognise() -> None:
    """Note who is signed in, if anybody, and whether their session should be touched."""
    secure = services().settings.secure
    token = request.cookies.get(accounts.cookie_name(secure=secure), "")
    now = times.now()
    g.session = session = accounts.find_session(token, now=now) if token else None
    g.person = session.account if session and session.confirmed_at else None
    g.touch = (
        (session.id, session.created_at)
        if session and sessions.due_for_touch(session, now)
        else None
    )


def _touch() -> None:
    """Note in a small transaction of its own that the session is in use.

    Not in the request's: that of a GET is never kept. When the database is too busy for it,
    the next request does it.
    """
    if g.touch is not None:
        session_id, created_at = g.touch
        with suppress(sa.exc.OperationalError), transaction():
            sessions.touch(session_id, created_at, now=times.now())


def _way_in(who: Who) -> ResponseReturnValue | None:
    """Return None if the caller may go on, else where to sign in. Raises NotAllowed."""
    if who in OPEN_TO_ALL:
        return None
    if g.session is None:
        if request.method != "GET":
            flash(gettext(SESSION_ENDED), "warning")
        return redirect(url_for("account.sign_in", next=_path_asked()), code=303)
    if who is Who.PASSWORD:
        return None
    if g.person is None:
        return redirect(url_for("account.second_factor", next=_path_asked()), code=303)
    needed = NEEDS_ROLE.get(who)
    if needed is not None and not g.person.roles & {needed, Role.ADMIN}:
        raise NotAllowed
    return None


def _path_asked() -> str | None:
    if request.method != "GET":
        return page_of_form() or None
    return request.full_path.removesuffix("?")


def _require_readable_text(path: dict[str, Any]) -> None:
    """Refuse text that a database cannot hold. Raises UnreadableText."""
    sent = [*map(str, path.values()), *_texts(request.args)]
    if request.mimetype != "application/json":  # read and checked by the view
        sent += _texts(request.form)
    if _UNREADABLE.search("\n".join(sent)):
        raise UnreadableText


def _texts(sent: MultiDict[str, str]) -> Iterator[str]:
    for name, value in sent.items(multi=True):
        yield name
        yield value
