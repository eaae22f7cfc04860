"""The committee's sign-ins: passwords, second factor, sessions, invitations."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar.db import db
from bazaar.models import Account, Session
from bazaar.tokens import fingerprint


def cookie_name(*, secure: bool) -> str:
    """Return the session cookie's name; over https one that only this host can set."""
    return "__Host-panitia" if secure else "panitia"


def find_session(token: str, *, now: datetime) -> Session | None:
    """Return the living session of this cookie with its account, or None."""
    query = (
        sa.select(Session)
        .join(Session.account)
        .where(
            Session.token_hash == fingerprint(token),
            Session.ends_at > now,
            Account.active,
        )
        .options(
            joinedload(Session.account), selectinload(Session.account, Account.grants)
        )
    )
    return db.session.scalars(query).one_or_none()
