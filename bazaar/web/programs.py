"""Programs that call the JSON API: whose key was sent, and how often it may be."""

import structlog
from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from bazaar import partners, times
from bazaar.db import reading, transaction
from bazaar.partners import Meter, Partner, Scope
from bazaar.web.limits import too_many

NEVER_IN_ADDRESSES = ("access_token", "api_key", "key", "token")
"""Addresses are written down in many places; a key there is none."""

log = structlog.get_logger()
meter = Meter()


def recognise() -> None:
    """Note in `g.partner` whose key was sent, None without one. Outside of any transaction.

    Raises Unauthorized for a key that is good for nothing, TooManyRequests.
    """
    g.partner = None
    if any(name in request.args for name in NEVER_IN_ADDRESSES):
        log.warning("key_in_address")
        raise _unauthorized()
    if "Authorization" not in request.headers:
        return
    sent = request.authorization
    token = (sent.token if sent and sent.type == "bearer" else None) or ""
    now = times.now()
    with reading():
        partner = partners.find(token, now=now)
    if partner is None:
        raise _unauthorized()
    if not meter.take(partner, now=now):
        with transaction():
            end = partners.spend(partner, now=now)
        if end is not None:
            raise too_many(end, now)
        meter.fill(partner, now=now)
    g.partner = partner


def partner_for(scope: Scope) -> Partner | None:
    """Return whose key was sent, None without one. Raises ScopeMissing if it is not for this."""
    partner: Partner | None = g.partner
    if partner is not None:
        partner.require(scope)
    return partner


def _unauthorized() -> Unauthorized:
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "pasar-virtual"}))
