"""How often a person may try: what goes over the limit is answered 429 with Retry-After.

See docs/decisions/0004-limits-counted-in-the-database.md.
"""

from datetime import datetime, timedelta

from flask import request
from werkzeug.exceptions import TooManyRequests

from bazaar import attempts, times
from bazaar.attempts import Limit
from bazaar.db import keep, reading, transaction

SIGN_IN_ACCOUNT = Limit("sign-in-account", 10, timedelta(minutes=5))
SIGN_IN_ADDRESS = Limit("sign-in-address", 10, timedelta(minutes=5))
CODE = Limit("code", 5, timedelta(minutes=5))
CODE_DAY = Limit("code-day", 50, timedelta(days=1))
LINK_MISS = Limit("link-miss", 30, timedelta(minutes=1))


def address() -> str:
    """Return the network address of the caller, as the trusted proxy wrote it if there is one."""
    return request.remote_addr or "unknown"


def spend(*spent: tuple[Limit, str]) -> None:
    """Count one attempt at each of these, kept whatever the answer. Raises TooManyRequests.

    Call it before the request changes anything: it ends the transaction.
    """
    now = times.now()
    refused = [end for limit, key in spent if (end := attempts.spend(limit, key, now=now))]
    keep()
    if refused:
        raise too_many(max(refused), now)


def give_back(*spent: tuple[Limit, str]) -> None:
    """Do not count the attempts after all: they were right."""
    for limit, key in spent:
        attempts.give_back(limit, key, now=times.now())


def count_miss() -> None:
    """Count a link that does not exist against the caller's address. Raises TooManyRequests.

    For the guard, after the request's own transaction. Links that exist keep working from an
    address over the limit: behind one address of a phone company stand many buyers.
    """
    now = times.now()
    with reading():
        end = attempts.find_end(LINK_MISS, address(), now=now)
    if end is None:
        with transaction():
            end = attempts.spend(LINK_MISS, address(), now=now)
    if end is not None:
        raise too_many(end, now)


def too_many(end: datetime, now: datetime) -> TooManyRequests:
    """Return the refusal that says when to come back."""
    return TooManyRequests(retry_after=max(1, int((end - now).total_seconds()) + 1))
