"""What programs are told when something is refused: problem details, RFC 9457.

`type` names the reason and never changes; `detail` is the sentence for people; the facts of the
reason are members of their own. Pages for people are in `bazaar.web.answers`.
"""

import enum
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from flask_babel import gettext
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bazaar import errors
from bazaar.errors import N_
from bazaar.orders import StillRunning

TYPE = "application/problem+json"
UNDER = "/api/"
"""Whatever is refused at these paths is refused so."""
MAX_FAULTS = 20
"""How many faults of one body are told."""

FAULTS = {
    "missing": N_("Ini wajib ada."),
    "extra_forbidden": N_("Ini tidak dikenal."),
    "string_type": N_("Ini harus berupa teks."),
    "string_too_short": N_("Paling sedikit {min_length} huruf."),
    "string_too_long": N_("Paling banyak {max_length} huruf."),
    "string_pattern_mismatch": N_("Bentuknya tidak seperti yang diminta."),
    "int_type": N_("Ini harus berupa bilangan bulat."),
    "int_parsing": N_("Ini harus berupa bilangan bulat."),
    "greater_than_equal": N_("Paling sedikit {ge}."),
    "less_than_equal": N_("Paling banyak {le}."),
    "list_type": N_("Ini harus berupa daftar."),
    "too_short": N_("Isinya paling sedikit {min_length}."),
    "too_long": N_("Isinya paling banyak {max_length}."),
    "model_type": N_("Ini harus berupa objek."),
    "unknown_claim_code": N_("Ini bukan kode produk, misalnya B07."),
    "given_twice": N_("Ini hanya boleh sekali."),
}
"""What is said of faults, by pydantic's name of their kind; of others that they do not fit."""

RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: 5, HTTPStatus.CONFLICT: 1}

STATUS = {
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


def concern(path: str) -> bool:
    """Say whether whoever asks at this path is told of problems so."""
    return path.startswith(UNDER)


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
    answer.vary.add("Accept-Language")
    if retry or status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S.get(HTTPStatus(status), 5))
    return answer


def refused(refusal: errors.BazaarError) -> Response:
    """Return the problem that a refusal is. Its `status` is told as `state`: the other is HTTP's."""
    status = next(STATUS[kind] for kind in STATUS if isinstance(refusal, kind))
    facts = {name: _plain(value) for name, value in vars(refusal).items() if name[0] != "_"}
    return problem(
        status,
        gettext(refusal.text).format(**facts),
        name=name_of(type(refusal)),
        retry=isinstance(refusal, StillRunning),
        **{"state" if name == "status" else name: value for name, value in facts.items()},
    )


def wrong(faults: ValidationError) -> Response:
    """Return the problem that a body is which does not fit: each fault with where it is."""
    told = faults.errors(include_url=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in told):
        text = gettext("Yang dikirim bukan JSON yang utuh.")
        return problem(HTTPStatus.BAD_REQUEST, text, name="not-json")
    return invalid([(_pointer(fault["loc"]), _said(fault)) for fault in told])


def invalid(faults: Sequence[tuple[str, str]]) -> Response:
    """Return the problem of faults in a body: JSON pointers (RFC 6901) with what is wrong there."""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        gettext(errors.Invalid.text),
        name="invalid",
        errors=[{"pointer": pointer, "detail": detail} for pointer, detail in faults[:MAX_FAULTS]],
    )


def name_of(reason: type[errors.BazaarError]) -> str:
    """Return the name that stands for a reason: `OutOfStock` is `out-of-stock`."""
    return _WORDS.sub("-", reason.__name__).lower()


def _said(fault: ErrorDetails) -> str:
    text = FAULTS.get(fault["type"], errors.Invalid.text)
    return gettext(text).format(**fault.get("ctx", {}))


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, enum.Enum) else value


def _pointer(place: Sequence[int | str]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
