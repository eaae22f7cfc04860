"""The application as tests hold it: on a database, as a client, behind a real server."""

import contextvars
import socket
import threading
from collections.abc import Callable, Iterable
from functools import _lru_cache_wrapper, lru_cache
from pathlib import Path
from sys import modules
from types import SimpleNamespace
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import flask_migrate
from flask import Flask, g
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from bazaar import accounts
from bazaar.app import create_app
from bazaar.db import db
from bazaar.settings import Mode, Settings
from bazaar.tokens import fingerprint
from bazaar.web import DESK, csrf, programs
from tests import databases

SECRET = "only-for-tests-0123456789-abcdefghij"
CALM_S = 30
KEEPS = ("bazaar.rules", "bazaar.regions", "bazaar.phones", "bazaar.assets", "bazaar.demo")
"""Modules whose caches hold what never changes, and stay warm from test to test."""


class Client(FlaskClient):
    """A browser without a screen.

    Another person than the test: what the test has done so far is committed before a request,
    and each request has its own application context and database session, as in production.
    Afterwards the test sees what the request changed. POSTs carry the CSRF token as a header
    (that forms hold it too is a house rule); send `headers={"X-CSRFToken": ""}` to forge one.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        if kwargs.get("method") not in {"GET", "HEAD", None}:
            headers = dict(kwargs.get("headers") or {})
            headers.setdefault(
                "X-CSRFToken", contextvars.Context().run(_csrf_token, self.application, self)
            )
            kwargs["headers"] = headers
        return contextvars.Context().run(super().open, *args, **kwargs)


def _csrf_token(app: Flask, client: FlaskClient) -> str:
    with app.test_request_context():
        cookie = client.get_cookie(accounts.cookie_name(secure=False))
        g.session = SimpleNamespace(token_hash=fingerprint(cookie.value)) if cookie else None
        return csrf.token()


class House:
    """One application on one database, kept for all tests of a worker."""

    def __init__(self, kind: str, folder: Path, *, migrate: bool = True) -> None:
        self.kind = kind
        self.database = databases.new(kind, folder)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.app = create_app(
            Settings(
                mode=Mode.DEVELOPMENT,
                secret_key=SECRET,
                database_url=self.database.url,
                instance_path=folder / "instance",
                public_url=self.url,
                log_level="WARNING",
            )
        )
        self.app.test_client_class = Client
        self.app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        self._busy = _Busy(self.app.wsgi_app)
        self.app.wsgi_app = self._busy  # type: ignore[assignment, method-assign]
        self._server: BaseWSGIServer | None = None
        if migrate:
            with self.app.app_context():
                flask_migrate.upgrade()
                db.engine.dispose()
            self.database.migrated()

    def serve(self) -> str:
        """Answer HTTP on a port of this house, in threads; return the address."""
        if self._server is None:
            host, port = self._socket.getsockname()
            self._server = make_server(
                host,
                port,
                self.app,
                threaded=True,
                request_handler=_Quiet,
                fd=self._socket.fileno(),
            )
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self.url

    def clean(self) -> None:
        """Forget everything the last test did."""
        self._busy.wait()
        for limiter in self.app.extensions.get("limiter", ()):
            limiter.reset()
        self.app.extensions[DESK].forget()
        programs.meter.forget()
        programs.pace.forget()
        for clear in _caches():
            clear()
        self.database.empty()

    def close(self) -> None:
        """End the server and remove the database."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._socket.close()
        with self.app.app_context():
            db.engine.dispose()
        self.database.remove()


class _Busy:
    """Counts requests that are being answered."""

    def __init__(self, app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        self._app = app
        self._count = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with self._changed:
            self._count += 1
        try:
            return self._app(environ, start)
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        """Wait until nothing is being answered: a page asks for news until it is closed."""
        with self._changed:
            calm = self._changed.wait_for(lambda: self._count == 0, timeout=CALM_S)
        assert calm, f"the server still answers a request {CALM_S} s after the test"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        if type == "error":
            super().log(type, message, *args)


def _caches() -> Iterable[Callable[[], None]]:
    """Return what clears each cache of the house; looked for anew only when modules were loaded."""
    return _caches_of(len(modules))


@lru_cache(maxsize=1)
def _caches_of(_modules: int) -> list[Callable[[], None]]:
    return [
        value.cache_clear
        for name, module in modules.copy().items()
        if name.startswith("bazaar.") and not name.startswith(KEEPS)
        for value in vars(module).copy().values()
        if isinstance(value, _lru_cache_wrapper)
    ]
