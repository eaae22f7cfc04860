"""Forged requests from other sites: refused by origin, and by a token in every form.

The token is the installation's signature over the signed-in session, so it needs no cookie of its
own: buyers and sellers, whose in-app browsers lose cookies, hold a link instead of a session and
their forms carry the signature over "nobody". What protects them is that their page's address
cannot be guessed, and the origin check. See docs/decisions/0003-csrf-without-cookies.md.
"""

import hmac
from functools import lru_cache
from urllib.parse import urlsplit

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

from bazaar.errors import N_, Invalid

FIELD = "csrf_token"


class FormExpired(Invalid):
    """The form was not made by this site for this session, or by a session that has ended."""

    text = N_("Formulir ini sudah kedaluwarsa. Muat ulang halaman lalu kirim sekali lagi.")


def token() -> str:
    """Return the token for forms of this page."""
    return _serializer().dumps(_subject())


def field() -> Markup:
    """Return the hidden input that every form that posts must hold."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def require() -> None:
    """Refuse a request that another site caused. Raises FormExpired."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        raise FormExpired
    origin = request.headers.get("Origin", "null")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        raise FormExpired
    sent = request.headers.get("X-CSRFToken") or request.form.get(FIELD, "")
    try:
        subject = _serializer().loads(sent)
    except BadSignature:
        raise FormExpired from None
    if not isinstance(subject, str) or not hmac.compare_digest(subject, _subject()):
        raise FormExpired


def _subject() -> str:
    session = g.get("session")
    return session.token_hash if session else ""


def _serializer() -> URLSafeSerializer:
    secret = current_app.secret_key
    if secret is None:
        raise RuntimeError("the application has no secret key")
    return _serializer_of(secret)


@lru_cache(maxsize=2)
def _serializer_of(secret: str | bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="csrf")
