"""What everybody asks for again and again is answered without waking the application.

Two thousand phones ask every few seconds who is on air. The application answers one of them a
second; the others get a copy of that answer, or 304 when they have it already. Such answers are
the same for everybody, cookies or not, and carry a weak ETag. Only in production: who builds or
tests sees everything at once.
"""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LASTS_S = 1.0
STALE_S = 10.0
"""So long an old copy is given to others while one request fetches a new one."""

MOST = 64
"""How many addresses are kept."""

OWN = {"x-request-id", "set-cookie", "content-length", "date"}
"""Headers of the one answer that was copied, not of what it tells."""

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class _Copy:
    headers: Headers
    body: bytes
    etag: str
    made_at: float


@dataclass(slots=True)
class _Place:
    copy: _Copy | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)


class Quick:
    """A WSGI application that answers paths which `paths` matches from a copy, a second long."""

    def __init__(
        self,
        app: WSGIApplication,
        paths: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._paths = re.compile(paths)
        self._clock = clock
        self._places: dict[str, _Place] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer from the copy, or by the application."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] != "GET" or not self._paths.fullmatch(path):
            return self._app(environ, start)
        place = self._places.get(path) or self._places.setdefault(path, _Place())
        copy = place.copy
        age = self._clock() - copy.made_at if copy else STALE_S
        if copy and age < LASTS_S:
            return _give(copy, environ, start)
        free = place.busy.acquire(blocking=False)
        if copy and age < STALE_S and not free:
            return _give(copy, environ, start)
        try:
            return self._fetch(place, path, environ, start)
        finally:
            if free:
                place.busy.release()

    def _fetch(
        self, place: _Place, path: str, environ: WSGIEnvironment, start: StartResponse
    ) -> Iterable[bytes]:
        """Ask the application for the whole answer and keep it, if it is one."""
        asked = environ.pop("HTTP_IF_NONE_MATCH", None)
        answered: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, exc_info: object = None) -> Callable[..., object]:
            del exc_info
            answered.append((status, headers))
            return lambda _: None

        parts = self._app(environ, note)
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        status, headers = answered[-1]
        if asked is not None:
            environ["HTTP_IF_NONE_MATCH"] = asked
        etag = next((value for name, value in headers if name.lower() == "etag"), "")
        if not status.startswith("200") or not etag:
            self._places.pop(path, None)
            start(status, headers)
            return [body]
        kept = [(name, value) for name, value in headers if name.lower() not in OWN]
        place.copy = _Copy(kept, body, etag, self._clock())
        if len(self._places) > MOST:
            self._places.clear()
        return _give(place.copy, environ, start)


def _give(copy: _Copy, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and (known == copy.etag or copy.etag in known):
        status = HTTPStatus.NOT_MODIFIED
        start(
            f"{status.value} {status.phrase}",
            [header for header in copy.headers if header[0].lower() != "content-type"],
        )
        return []
    start("200 OK", [*copy.headers, ("Content-Length", str(len(copy.body)))])
    return [copy.body]
