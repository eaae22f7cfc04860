"""Programs that call the JSON API: whose key was sent, and how often it may be.

Reading without a key is counted too, by network address and in the memory of each process: a read
must not cost a write, and whether one process more lets through as many again matters to nobody.
"""

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog
from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from bazaar import partners, times
from bazaar.db import reading, transaction
from bazaar.partners import Meter, Partner, Scope
from bazaar.web.limits import address, too_many

NEVER_IN_ADDRESSES = ("access_token", "api_key", "key", "token")
"""Addresses are written down in many places; a key there is none."""

READS: Final = 1_200
READS_WITHIN: Final = timedelta(minutes=1)
"""So often one network address may read without a key, for each process. Many people may stand
behind one: phone companies give thousands the same."""

MANY_ADDRESSES: Final = 20_000


class Pace:
    """Counts the reads of each network address in one process; a window begins with the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[str, tuple[int, datetime]] = {}

    def count(self, reader: str, *, now: datetime) -> datetime | None:
        """Count one read; return None, or when to come back. What is over the limit counts not."""
        with self._lock:
            reads, end = self._read.get(reader, (0, now))
            if end <= now:
                reads, end = 0, now + READS_WITHIN
            if reads >= READS:
                return end
            if reader not in self._read and len(self._read) >= MANY_ADDRESSES:
                self._make_room(now)
            self._read[reader] = (reads + 1, end)
            return None

    def forget(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._read.clear()

    def _make_room(self, now: datetime) -> None:
        """Forget windows that are over; where none is, everybody: memory must not grow."""
        self._read = {who: told for who, told in self._read.items() if told[1] > now}
        if len(self._read) >= MANY_ADDRESSES:
            self._read.clear()


log = structlog.get_logger()
meter = Meter()
pace = Pace()


def recognise() -> None:
    """Note in `g.partner` whose key was sent, None without one. Outside of any transaction.

    Raises Unauthorized for a key that is good for nothing, TooManyRequests.
    """
    g.partner = None
    if any(name in request.args for name in NEVER_IN_ADDRESSES):
        log.warning("key_in_address")
        raise _unauthorized()
    now = times.now()
    if "Authorization" not in request.headers:
        end = pace.count(address(), now=now) if request.method == "GET" else None
        if end is not None:
            raise too_many(end, now)
        return
    sent = request.authorization
    token = (sent.token if sent and sent.type == "bearer" else None) or ""
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
