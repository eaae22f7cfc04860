"""Who orders by program what is known to be sold out is turned away before anything else begins.

When goods are gone thousands still ask for them. Nearly all of what an answer costs then is
setting up what answers other things: sessions, languages, transactions, templates. So this stands
before the application: it reads the body as the view does and asks the desk, which knows from
memory. The answer is the one that the application gave before to the same refusal; if it has given
none yet, or anything is out of the ordinary, the application answers, and what it says is kept.
"""

import io
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from pydantic import ValidationError

from bazaar.catalog import OutOfStock
from bazaar.errors import BazaarError
from bazaar.ordering.desk import AWAY
from bazaar.orders import Desk
from bazaar.views.api.bodies import OrderBody
from bazaar.views.api.orders import ANYONE, KEY_FORM, faults_of, key_of, wanted_of
from bazaar.views.api.reading import JSON
from bazaar.web import problems
from bazaar.web.routing import MAX_NOTICE

PATH = "/api/v1/orders"
EXTENSION = "bazaar.turnstile"
MOST = 1_000
"""How many answers are kept at once."""

REQUEST_ID = "X-Request-ID"

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Refusal = tuple[str, str, int, str, int]
"""What an answer depends on: host, languages asked for, product, its name, how many are left."""

log = structlog.get_logger()

_LENGTH = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Turnstile:
    """A WSGI application that stands before another one."""

    def __init__(self, application: Application, desk: Desk) -> None:
        self._application = application
        self._desk = desk
        self.kept: dict[Refusal, _Answer] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or not _is_plain(environ):
            return self._application(environ, start)
        began = time.perf_counter()
        sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = io.BytesIO(sent)
        refusal = self._refusal(environ["HTTP_IDEMPOTENCY_KEY"], sent)
        if refusal is None:
            return self._application(environ, start)
        languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        facts = (refusal.product_id, refusal.product, refusal.left)
        about = (environ.get("HTTP_HOST", ""), languages, *facts)
        answer = self.kept.get(about)
        if answer is None:
            return self._ask(about, environ, start)
        request_id = secrets.token_hex(8)
        start(answer.status, [*answer.headers, (REQUEST_ID, request_id)])
        log.info(
            "request",
            method="POST",
            rule=PATH,
            status=int(answer.status[:3]),
            ms=round((time.perf_counter() - began) * 1000, 1),
            request_id=request_id,
        )
        return [answer.body]

    def _refusal(self, key: str, sent: bytes) -> OutOfStock | None:
        """Return why the desk turns this body away, None if it does not or is not to be asked."""
        try:
            body = OrderBody.model_validate_json(sent)
            if faults_of(body.buyer):
                return None
            return self._desk.refusal(key_of(ANYONE, key), wanted_of(body))
        except (ValidationError, BazaarError, *AWAY):
            return None

    def _ask(self, about: Refusal, environ: Environ, start: Start) -> Iterable[bytes]:
        """Let the application answer, and keep what it says if it is about this refusal."""
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *more: object) -> object:
            told.append((status, headers))
            return start(status, headers, *more)

        parts = self._application(environ, note)
        body = b"".join(parts)
        if close := getattr(parts, "close", None):
            close()
        ((status, headers),) = told
        if _tells_of(about, headers, body):
            if len(self.kept) >= MOST:
                self.kept.clear()
            kept = [(name, value) for name, value in headers if name != REQUEST_ID]
            self.kept[about] = _Answer(status, kept, body)
        return [body]


def _is_plain(environ: Environ) -> bool:
    """Whether this is an order as nearly all programs send it: whole, without a key of a partner."""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == JSON
        and not environ.get("QUERY_STRING")
        and "HTTP_AUTHORIZATION" not in environ
        and "HTTP_COOKIE" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and KEY_FORM.fullmatch(environ.get("HTTP_IDEMPOTENCY_KEY", "")) is not None
        and _LENGTH.fullmatch(environ.get("CONTENT_LENGTH", "")) is not None
        and int(environ["CONTENT_LENGTH"]) <= MAX_NOTICE
    )


def _tells_of(about: Refusal, headers: list[tuple[str, str]], body: bytes) -> bool:
    if ("Content-Type", problems.TYPE) not in headers:
        return False
    said = orjson.loads(body)
    facts = (said.get("product_id"), said.get("product"), said.get("left"))
    return said["type"] == problems.name_of(OutOfStock) and facts == about[2:]
