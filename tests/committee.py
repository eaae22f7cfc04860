"""Members of the committee for tests, and their browsers."""

import itertools
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from bazaar import accounts, times
from bazaar.accounts import codes, passwords, sessions
from bazaar.db import db
from bazaar.models import Account, Role, RoleGrant
from bazaar.seals import Seals
from tests.house import SECRET

SEALS = Seals(SECRET, "totp")
PASSWORD = "gudeg kering tanpa santan"
HASH = passwords.hashed(PASSWORD)

_numbers = itertools.count(1)


def a_member(*roles: Role, enrolled: bool = True, **given: object) -> Account:
    """A member who knows `PASSWORD`, with a phone that shows codes unless `enrolled=False`."""
    number = next(_numbers)
    fields: dict[str, object] = {
        "email": f"anggota{number}@panitia.test",
        "name": f"Anggota {number}",
        "password_hash": HASH,
        "created_at": times.now() - timedelta(days=10),
    }
    account = Account(**fields | given)
    db.session.add(account)
    account.grants = [RoleGrant(role=role) for role in roles]
    codes.give_secret(account, seals=SEALS)
    account.totp_confirmed_at = account.created_at if enrolled else None
    db.session.flush()
    return account


def code_of(account: Account, now: datetime) -> str:
    """The code that the member's phone shows."""
    return codes.next_code(account, seals=SEALS, now=now)


def bring_in(client: FlaskClient, account: Account, *, half: bool = False) -> str:
    """Sign the client in, or half-way: without the second factor. Returns the cookie's value."""
    now = times.now()
    token = sessions.begin(account, agent="tests", now=now)
    if not half:
        session = sessions.find_session(token, now=now)
        assert session is not None
        token = sessions.confirm(session, now=now)
    client.set_cookie(accounts.cookie_name(secure=False), token)
    return token


def signed_in(client: FlaskClient, *roles: Role) -> Account:
    """Sign the client in as a new member with these roles."""
    account = a_member(*roles)
    bring_in(client, account)
    return account
