"""The reader's language, kept in a cookie."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from bazaar.web import cookie_name, own_path, see_other, services

LANGUAGES = ("id", "en")
COOKIE_AGE_S = 365 * 24 * 3600


def choose(code: str) -> ResponseReturnValue:
    if code not in LANGUAGES:
        abort(404)
    answer = see_other(own_path(request.args.get("next"), "/"))
    answer.set_cookie(
        cookie_name("language"),
        code,
        max_age=COOKIE_AGE_S,
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return answer
