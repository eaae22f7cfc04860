"""The committee's sign-ins: passwords, second factor, sessions, invitations."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.accounts import codes, passwords, sessions
from bazaar.accounts.members import actor, create, tell
from bazaar.accounts.sessions import cookie_name, find_session
from bazaar.audit import Actor
from bazaar.db import db, reading
from bazaar.models import Account, Session
from bazaar.seals import Seals

__all__ = [
    "Actor",
    "actor",
    "change_password",
    "confirm",
    "cookie_name",
    "create",
    "find_session",
    "password_fits",
    "sign_in",
]


def sign_in(email: str, password: str, *, agent: str, seals: Seals, now: datetime) -> str | None:
    """Begin a session with the password; return its token, or None when something is wrong.

    It takes as long when there is no such account. Call it first in a request: it ends the
    transaction while the password is checked, so that no buyer waits for the slow hash.
    """
    with reading():
        found = sa.select(Account.id, Account.password_hash).where(
            Account.email == email.strip().lower(), Account.active
        )
        account_id, stored = db.session.execute(found).one_or_none() or (None, None)
    if not passwords.fits(password, stored):
        return None
    account = db.session.get_one(Account, account_id)
    if passwords.outdated(account.password_hash or ""):
        account.password_hash = passwords.hashed(password)
    if account.totp_secret is None:
        codes.give_secret(account, seals=seals)
    return sessions.begin(account, agent=agent, now=now)


def confirm(session: Session, code: str, *, seals: Seals, now: datetime) -> str | None:
    """Take the second factor; return the session's new token, or None when the code is wrong.

    The first right code also confirms the phone.
    """
    account = session.account
    if not codes.take(account, code, seals=seals, now=now):
        return None
    first = account.totp_confirmed_at is None
    if first:
        account.totp_confirmed_at = now
    action = "account.pair_phone" if first else "account.sign_in"
    audit.note(actor(account), action, f"account:{account.id}", now=now)
    return sessions.confirm(session, now=now)


def password_fits(account: Account, password: str) -> bool:
    """Say whether this is the member's password."""
    return passwords.fits(password, account.password_hash)


def change_password(session: Session, password: str, *, now: datetime) -> str:
    """Set a new password and end all other sessions; return this session's new token."""
    account = session.account
    account.password_hash = passwords.hashed(password)
    sessions.end_all(account, besides=session)
    audit.note(actor(account), "account.change_password", f"account:{account.id}", now=now)
    tell(account, "password-changed", now=now)
    return sessions.renew(session)
