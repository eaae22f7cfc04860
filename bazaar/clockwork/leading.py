"""Which of several processes leads: a lock that goes when its process does.

On PostgreSQL a session lock on a connection of its own, which the server gives up when the
connection ends: at once when the process dies, after some seconds when its machine does or when it
stands still. Beside SQLite an flock on a file, given up by the system. Two leaders for a moment do
no harm, because everything they write has a unique key; the lock saves work.

The system does not take an flock from a process that stands still, and no watchdog in it can run. So
the leader touches its file at every look, and who has seen no touch for some seconds, by its own
monotonic clock, puts a new file in its place: the lock of the old one counts for nothing.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

import sqlalchemy as sa
import structlog
from flask import Flask

from bazaar.db import db

log = structlog.get_logger()

LOCK = (7_240_119, 4)
"""Name of the lock in the database; `lock_alone` of `bazaar.db` uses other first numbers."""

ANSWER_MS = 2_000
SILENT_MS = 5_000
"""A leader gives a sign of life every half second. Silent for so long, it has lost."""

KNOWS_IDLE_SESSIONS = (14,)


class Lead(Protocol):
    """Takes part in being the leader. Used by one thread."""

    def hold(self) -> bool:
        """Take the lead if nobody has it, make sure of it if we have; say whether we lead."""

    def drop(self) -> None:
        """Give the lead up, if we have it."""


class FileLead:
    """An flock. It belongs to the open file, so a child made by fork lets go of its copy."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._seen = (0, 0)
        self._seen_at = 0.0
        _files.add(self)

    def hold(self) -> bool:
        """Lock the file, or see that what we have locked is still the file of that name."""
        if self._file is not None and not self._is_the_same():
            self.drop()
        if self._file is None:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._watch(file)
                os.close(file)
                return False
            self._file = file
        os.utime(self._file)
        return True

    def _watch(self, file: int) -> None:
        """Take the file away from a leader that does not touch it any more."""
        status, now = os.fstat(file), time.monotonic()
        seen = (status.st_ino, status.st_mtime_ns)
        if seen != self._seen:
            self._seen, self._seen_at = seen, now
        elif now - self._seen_at > SILENT_MS / 1000:
            log.warning("clock_lead_silent", for_s=round(now - self._seen_at, 1))
            self._path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Give up the lock, also for a child that has just been made and not yet let go."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self.let_go()

    def let_go(self) -> None:
        """Close the file only: in a child the lock stays the parent's."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _is_the_same(self) -> bool:
        assert self._file is not None
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False


class DatabaseLead:
    """An advisory lock of PostgreSQL, held by a session that speaks all the time.

    Not through a proxy that shares connections between transactions, such as PgBouncer's
    transaction mode: there sessions are not ours.
    """

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa.create_engine(
            url,
            poolclass=sa.pool.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": 2,
                "tcp_user_timeout": ANSWER_MS,
                "application_name": "pasar clock",
                "options": f"-c statement_timeout={ANSWER_MS} -c tcp_keepalives_idle=2"
                " -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3",
            },
        )
        self._connection: sa.Connection | None = None
        self._held = False

    def hold(self) -> bool:
        """Ask for the lock, or whether the connection that holds it still lives."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            if self._held:
                self._connection.execute(sa.text("SELECT 1"))
            else:
                asked = sa.select(sa.func.pg_try_advisory_lock(*LOCK))
                self._held = bool(self._connection.scalar(asked))
        except sa.exc.DBAPIError as error:
            if self._held:
                log.warning("clock_lead_lost", reason=str(error.orig).strip())
            self.drop()
        return self._held

    def drop(self) -> None:
        """End the session, which gives up the lock."""
        self._held = False
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()

    def _connect(self) -> sa.Connection:
        connection = self._engine.connect()
        if (connection.dialect.server_version_info or ()) >= KNOWS_IDLE_SESSIONS:
            connection.execute(sa.text(f"SET idle_session_timeout = {SILENT_MS}"))
        return connection


def lead_of(app: Flask) -> Lead:
    """Return how the clocks of this installation agree on a leader."""
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "postgresql":
            return DatabaseLead(engine.url)
    return FileLead(Path(app.instance_path) / "clock.lock")


_files: WeakSet[FileLead] = WeakSet()


def _let_go() -> None:
    for lead in _files:
        lead.let_go()


os.register_at_fork(after_in_child=_let_go)
