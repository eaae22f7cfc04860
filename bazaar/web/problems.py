"""What programs are told when something is refused: problem details, RFC 9457.

`type` names the reason and never changes; `detail` is the sentence for people; the facts of the
reason are members of their own. Pages for people are in `bazaar.web.answers`.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from flask_babel import gettext
from pydantic import ValidationError

from bazaar import errors
from bazaar.orders import StillRunning

TYPE = "application/problem+json"
UNDER = "/api/"
"""Whatever is refused at these paths is refused so."""

RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: 5, HTTPStatus.CONFLICT: 1}

STATUS = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


def problem(
    status: int, detail: str, *, name: str = "about:blank", retry: bool = False, **facts: Any
) -> Response:
    """Return a problem. `name` is the reason's, such as `out-of-stock`; `retry`: come again soon."""
    body = {
        "type": name,
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    answer = Response(orjson.dumps(facts | body, default=str), status, mimetype=TYPE)
    if retry or status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S.get(HTTPStatus(status), 5))
    return answer


def refused(refusal: errors.BazaarError) -> Response:
    """Return the problem that a refusal is."""
    status = next(STATUS[kind] for kind in STATUS if isinstance(refusal, kind))
    facts = {name: value for name, value in vars(refusal).items() if not name.startswith("_")}
    return problem(
        status,
        gettext(refusal.text).format(**facts),
        name=name_of(type(refusal)),
        retry=isinstance(refusal, StillRunning),
        **facts,
    )


def wrong(faults: ValidationError) -> Response:
    """Return the problem that a body is which does not fit: each fault with where it is."""
    told = faults.errors(include_url=False, include_input=False, include_context=False)
    if any(fault["type"] == "json_invalid" for fault in told):
        text = gettext("Yang dikirim bukan JSON yang utuh.")
        return problem(HTTPStatus.BAD_REQUEST, text, name="not-json")
    return invalid([(_pointer(fault["loc"]), fault["msg"]) for fault in told])


def invalid(faults: Sequence[tuple[str, str]]) -> Response:
    """Return the problem of faults in a body: JSON pointers (RFC 6901) with what is wrong there."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        gettext(errors.Invalid.text),
        name="invalid",
        errors=[{"pointer": pointer, "detail": detail} for pointer, detail in faults],
    )


def name_of(reason: type[errors.BazaarError]) -> str:
    """Return the name that stands for a reason: `OutOfStock` is `out-of-stock`."""
    return _WORDS.sub("-", reason.__name__).lower()


def _pointer(place: Sequence[int | str]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
