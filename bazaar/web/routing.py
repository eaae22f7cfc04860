"""Rows of the URL map, and the guard that stands before every view."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import accounts, times
from bazaar.db import forget, reading, transaction
from bazaar.errors import N_, Invalid, NotAllowed
from bazaar.models import Role
from bazaar.web import csrf

View = Callable[..., ResponseReturnValue]


class Who(enum.Enum):
    """Who may call a view."""

    ANYONE = "anyone"
    LINK = "holder of the unguessable link in the path"
    MACHINE = "a machine that proves itself in the view"
    PASSWORD = "committee member whose second factor is still to come"
    COMMITTEE = "any committee member"
    ADMIN = "committee member with the role admin"
    REGISTRAR = "registrar"
    HOST = "host"
    TREASURER = "treasurer"
    DISPATCHER = "dispatcher"


NEEDS_ROLE = {
    Who.ADMIN: Role.ADMIN,
    Who.REGISTRAR: Role.REGISTRAR,
    Who.HOST: Role.HOST,
    Who.TREASURER: Role.TREASURER,
    Who.DISPATCHER: Role.DISPATCHER,
}
"""An admin may do what any role may."""

OPEN_TO_ALL = {Who.ANYONE, Who.LINK, Who.MACHINE}


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
        return (
            f"{self.view.__module__.removeprefix('bazaar.views.')}.{self.view.__name__}"
        )


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
        )


def _guarded(route: Route) -> View:
    @wraps(route.view)
    def endpoint(**path: Any) -> ResponseReturnValue:
        g.route = route
        _require_readable_text(path)
        keep = route.method != "GET"
        with transaction() if keep else reading():
            _recognise()
            if (elsewhere := _way_in(route.who)) is not None:
                return elsewhere
            if keep and route.who is not Who.MACHINE:
                csrf.require()
            response: Response = make_response(route.view(**path))
            if keep and response.status_code >= HTTPStatus.BAD_REQUEST:
                forget()
        return response

    return endpoint


def _recognise() -> None:
    """Note who is signed in, if anybody."""
    token = request.cookies.get(accounts.cookie_name(secure=request.is_secure), "")
    g.session = accounts.find_session(token, now=times.now()) if token else None
    g.person = g.session.account if g.session and g.session.confirmed_at else None


def _way_in(who: Who) -> ResponseReturnValue | None:
    """Return None if the caller may go on, else where to sign in. Raises NotAllowed."""
    if who in OPEN_TO_ALL:
        return None
    if g.session is None:
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
    return request.full_path.removesuffix("?") if request.method == "GET" else None


def _require_readable_text(path: dict[str, Any]) -> None:
    """Refuse text that a database cannot hold. Raises UnreadableText."""
    sent = [*path.values(), *request.args.values(), *request.form.values()]
    for value in sent:
        text = str(value)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise UnreadableText
