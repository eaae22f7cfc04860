"""Signed-in browsers: a row each. The cookie holds a random token, the row its fingerprint.

A session begins with the password and can then only give the second factor; with that it gets a
new token. It ends after half an hour without use, after twelve hours whatever happens, and at
once when somebody ends it, because every request looks for the row.
Source: OWASP ASVS 5.0, V7.2 to V7.4.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from bazaar.db import claim, db
from bazaar.errors import N_, NotFound
from bazaar.models import Account, Session
from bazaar.tokens import fingerprint

HALF_WAY = timedelta(minutes=15)
"""How long there is for the second factor: time enough to install the app."""
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
AGENT_LENGTH = 200


class NoSuchSession(NotFound):
    """The account has no such session, or not any more."""

    text = N_("Sesi ini sudah tidak ada.")


def cookie_name(*, secure: bool) -> str:
    """Return the session cookie's name; over https one that only this host can set."""
    return "__Host-panitia" if secure else "panitia"


def find_session(token: str, *, now: datetime) -> Session | None:
    """Return the living session of this cookie with its account and roles, or None."""
    query = (
        sa.select(Session)
        .join(Session.account)
        .where(
            Session.token_hash == fingerprint(token),
            Session.ends_at > now,
            Account.active,
        )
        .options(contains_eager(Session.account), selectinload(Session.account, Account.grants))
    )
    return db.session.scalars(query).one_or_none()


def living(ids: Iterable[int], *, now: datetime) -> Collection[int]:
    """Return those of the sessions that have given the second factor and have not ended."""
    query = (
        sa.select(Session.id)
        .join(Session.account)
        .where(
            Session.id.in_(list(ids)),
            Session.confirmed_at.is_not(None),
            Session.ends_at > now,
            Account.active,
        )
    )
    return db.session.scalars(query).all()


def begin(account: Account, *, agent: str, now: datetime) -> str:
    """Begin a session that has given the password only; return the token for its cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        Session(
            token_hash=fingerprint(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            ends_at=now + HALF_WAY,
            agent=agent[:AGENT_LENGTH],
        )
    )
    db.session.flush()
    return token


def confirm(session: Session, *, now: datetime) -> str:
    """Note that the second factor was given; return the new token, the old one is dead."""
    session.confirmed_at = now
    session.seen_at = now
    session.ends_at = _end(session.created_at, now)
    return renew(session)


def renew(session: Session) -> str:
    """Give the session a new token and return it; a copy of the old cookie is dead."""
    token = secrets.token_urlsafe(32)
    session.token_hash = fingerprint(token)
    db.session.flush()
    return token


def due_for_touch(session: Session, now: datetime) -> bool:
    """Say whether it is time to note that a session is in use."""
    return session.confirmed_at is not None and now - session.seen_at >= TOUCH_EVERY


def touch(session_id: int, created_at: datetime, *, now: datetime) -> bool:
    """Note that the session is in use, which moves its end; say whether this caller did it."""
    return claim(
        sa.update(Session)
        .where(Session.id == session_id, Session.seen_at <= now - TOUCH_EVERY)
        .values(seen_at=now, ends_at=_end(created_at, now))
    )


def sessions_of(account: Account, *, now: datetime) -> Sequence[Session]:
    """Return the account's living sessions, last used first."""
    query = (
        sa.select(Session)
        .where(Session.account_id == account.id, Session.ends_at > now)
        .order_by(Session.seen_at.desc(), Session.id.desc())
    )
    return db.session.scalars(query).all()


def get_session(account: Account, session_id: int) -> Session:
    """Return one of the account's sessions. Raises NoSuchSession, also for other people's."""
    query = sa.select(Session).where(Session.id == session_id, Session.account_id == account.id)
    session = db.session.scalars(query).one_or_none()
    if session is None:
        raise NoSuchSession
    return session


def end(session: Session) -> None:
    """Sign this browser out; nothing happens if it was already."""
    (session_id,) = sa.inspect(session).identity or (None,)
    db.session.execute(sa.delete(Session).where(Session.id == session_id))


def end_all(account: Account, *, besides: Session | None = None) -> int:
    """Sign the account out everywhere, `besides` excepted; return how many sessions ended."""
    doomed = sa.delete(Session).where(Session.account_id == account.id)
    if besides is not None:
        doomed = doomed.where(Session.id != besides.id)
    ended: int = db.session.execute(doomed).rowcount  # type: ignore[attr-defined]
    return ended


def forget_ended(now: datetime) -> int:
    """Remove the rows of sessions that have ended; return how many."""
    gone = db.session.execute(sa.delete(Session).where(Session.ends_at <= now))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _end(created_at: datetime, now: datetime) -> datetime:
    return min(now + IDLE, created_at + LONGEST)
