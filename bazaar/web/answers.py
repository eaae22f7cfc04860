"""What every answer carries, and what a refusal or a fault looks like."""

import gzip
import secrets
import time
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from bazaar import errors
from bazaar.web import problems
from bazaar.web.paths import page_of_form
from bazaar.web.routing import Who

log = structlog.get_logger()

STATUS = problems.STATUS
KINDS: dict[int, type[errors.BazaarError]] = {status.value: kind for kind, status in STATUS.items()}
RETRY_AFTER_S = 5
IN_THE_PICTURE = "/overlay/"
"""Pages that a broadcast shows: no word of a fault may stand there."""

GZIP_LEVEL = 6

DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
)
CONTENT_SECURITY_POLICY = "; ".join(DIRECTIVES)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


def see_other(url: str) -> BaseResponse:
    """Answer a form that was done: look there now."""
    return redirect(url, code=HTTPStatus.SEE_OTHER)


def safe_headers(*, secure: bool) -> dict[str, str]:
    """Return what every answer and every file carries; over https also that it stays so."""
    return HEADERS | ({"Strict-Transport-Security": HSTS} if secure else {})


def install(app: Flask, *, secure: bool) -> None:
    """Give every request an id and a log line, every answer its headers, every fault a page."""
    headers = safe_headers(secure=secure)

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def finish(response: Response) -> Response:
        there = set(response.headers.keys())
        response.headers.extend([(n, value) for n, value in headers.items() if n not in there])
        response.headers.setdefault("Cache-Control", _caching())
        if _private():
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers["X-Request-ID"] = g.get("request_id", "")
        _compress(response)
        log.info(
            "request",
            method=request.method,
            # The rule, not the path: paths hold the tokens of buyers and sellers.
            rule=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", 0.0)) * 1000, 1),
        )
        return response

    app.register_error_handler(errors.BazaarError, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(sa.exc.OperationalError, _database_away)
    app.register_error_handler(sa.exc.InterfaceError, _database_away)
    app.register_error_handler(sa.exc.TimeoutError, _database_away)
    app.register_error_handler(Exception, _fault)


def sentence(error: errors.BazaarError) -> str:
    """Return the refusal's sentence in the reader's language."""
    return gettext(error.text).format(**vars(error))


def _private() -> bool:
    route = g.get("route")
    return route is not None and route.who is not Who.ANYONE


def _caching() -> str:
    return "no-store" if _private() or request.method != "GET" else "no-cache, private"


def _compress(response: Response) -> None:
    """Make small what depends on its address alone: a first visit, and a seller's own pages.

    Whoever can make a browser ask for such a page, to learn a secret from its compressed length
    (BREACH), knows the address and can read it without; pages for somebody who is signed in, and
    those of buyers who have visited before (they lead to their basket), go as they are.
    """
    whole = response.status_code == HTTPStatus.OK and response.mimetype == "text/html"
    if not whole or "ETag" in response.headers:
        return
    response.vary.update(("Accept-Encoding", "Cookie"))
    if _address_tells_all() and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), GZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def _address_tells_all() -> bool:
    of_a_seller = (request.endpoint or "").startswith("seller.") and g.get("session") is None
    return "Cookie" not in request.headers or of_a_seller


def _page(status: int, text: str) -> ResponseReturnValue:
    if problems.concern(request.path):
        return problems.problem(status, text)
    g.plain = True  # the page must not ask the database anything
    if request.path.startswith(IN_THE_PICTURE):
        page = _empty(status)
    else:
        page = render_template("refused.html", status=status, sentence=text, back=page_of_form())
    answer = app_response(page, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _empty(status: int) -> str:
    """Return a page that shows nothing; when the fault may pass it is asked for again by itself."""
    again = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    refresh = f'<meta http-equiv="refresh" content="{2 * RETRY_AFTER_S}">' if again else ""
    return (
        f'<!doctype html><html lang="id"><meta charset="utf-8">{refresh}<title>-</title></html>\n'
    )


def app_response(page: str, status: int) -> Response:
    """Return an HTML answer."""
    return Response(page, status=status, mimetype="text/html")


def _refused(error: errors.BazaarError) -> ResponseReturnValue:
    if problems.concern(request.path):
        return problems.refused(error)
    kind = next(kind for kind in STATUS if isinstance(error, kind))
    return _page(STATUS[kind], sentence(error))


def _http_refused(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):
        # Another host's name: our pages have no addresses there.
        return Response("Unknown host.\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect
    texts: dict[int, str] = {
        HTTPStatus.UNAUTHORIZED: gettext("Kunci ini tidak dikenal atau sudah dicabut."),
        HTTPStatus.METHOD_NOT_ALLOWED: gettext("Alamat ini tidak dapat dibuka dengan cara itu."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext("Yang dikirim terlalu besar."),
        HTTPStatus.TOO_MANY_REQUESTS: gettext("Terlalu sering dicoba. Tunggu beberapa menit."),
    }
    kind = KINDS.get(error.code, errors.BazaarError)
    answer: Any = _page(error.code, texts.get(error.code) or gettext(kind.text))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer  # type: ignore[no-any-return]


def _database_away(error: Exception) -> ResponseReturnValue:
    log.warning("database_away", error=type(error).__name__)
    return _page(HTTPStatus.SERVICE_UNAVAILABLE, gettext(errors.Unavailable.text))


def _fault(error: Exception) -> ResponseReturnValue:
    log.exception("fault", error=type(error).__name__)
    text = gettext("Ada kesalahan di pihak kami. Tidak ada yang tersimpan dari langkah ini.")
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, text)
