"""The database: column types with meaning, transactions, and the two tools against races.

Nothing else in the house commits or rolls back. On SQLite a transaction that writes begins with
BEGIN IMMEDIATE: without it eight buyers can all read the same last piece and all get it, because
SQLite ignores `with_for_update` (tests/test_races.py shows the loss when this is taken away).
"""

import enum
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

INTEGER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""64 bits on both databases; SQLite numbers rows by itself only in a plain INTEGER key."""

BUSY_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 3_000
STATEMENT_TIMEOUT_MS = 15_000

SQLITE_PRAGMAS: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a confirmed order survives a power cut
    "foreign_keys": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
}


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps it without the zone, PostgreSQL as timestamptz."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: they would be right in one zone only."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _choice(choices: type[enum.Enum]) -> sa.Enum:
    return sa.Enum(
        choices,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


Key = Annotated[int, mapped_column(INTEGER, primary_key=True)]
Code = Annotated[str, mapped_column(sa.String(40), unique=True)]
"""A short public name of a row, unique in its table."""
Fingerprint = Annotated[str, mapped_column(sa.String(64), unique=True)]
"""The SHA-256 of a link's token (`bazaar.tokens`)."""
Name = Annotated[str, mapped_column(sa.String(120))]
Line = Annotated[str, mapped_column(sa.String(200))]
Text = Annotated[str, mapped_column(sa.Text)]
Rupiah = Annotated[int, mapped_column(INTEGER)]
"""Whole rupiah."""
Facts = Annotated[dict[str, Any], mapped_column(sa.JSON)]


class Base(DeclarativeBase):
    """Where all tables hang."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: Instant,
            int: INTEGER,
            enum.Enum: _choice(enum.Enum),
        },
    )


db = SQLAlchemy(model_class=Base)

_MY_TURN = "my_turn"
_CONNECTION = "connection"
_writers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""By SQLite file: who may write next among the threads of this process."""

_only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit when the block ends, roll back when it raises."""
    try:
        yield
        if _asked_anything():
            db.session.commit()
    except BaseException:
        if _asked_anything():
            db.session.rollback()
        raise


@contextmanager
def reading() -> Iterator[None]:
    """Read in one transaction that is never kept and, on SQLite, never waits for a writer."""
    mark = _only_reading.set(True)
    try:
        yield
    finally:
        if _asked_anything():
            db.session.rollback()
        _only_reading.reset(mark)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read as `reading` does, everything as of one instant, while others go on writing."""
    with reading():
        if db.engine.dialect.name == "postgresql":
            db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield


def forget() -> None:
    """Undo what this transaction has done so far; the block may go on and end normally."""
    if _asked_anything():
        db.session.rollback()


def _asked_anything() -> bool:
    """Whether there is a session at all: making one only to end it costs every request 0.1 ms."""
    return db.session.registry.has()


def keep() -> None:
    """Keep what this transaction has done so far, whatever becomes of the rest of it.

    For the edge only, and for counts of attempts only: those must outlive the refusal that
    the rest of the request may end in.
    """
    db.session.commit()


def claim(statement: sa.Update) -> bool:
    """Run a conditional UPDATE of one row; say whether this caller changed it.

    Two workers may read the same due row. The one whose UPDATE still matches wins;
    the other gets False and moves on. Needs no lock and works on every database.
    """
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    changed: int = result.rowcount  # type: ignore[attr-defined]
    return changed == 1


def lock_shared(name: int, number: int) -> None:
    """Hold a lock that others may hold as well, but nobody alone, until the transaction ends.

    Nothing on SQLite: there only one transaction writes at a time.
    """
    _lock("pg_advisory_xact_lock_shared", name, number)


def lock_alone(name: int, number: int) -> None:
    """Wait until nobody else holds this lock, and hold it until the transaction ends."""
    _lock("pg_advisory_xact_lock", name, number)


def _lock(function: str, name: int, number: int) -> None:
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            sa.text(f"SELECT {function}(:name, :number)"), {"name": name, "number": number}
        )


def insert_once(model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same unique key stands; say whether it was inserted."""
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    key = sa.inspect(model).primary_key
    statement = dialect.insert(model).values(**values).on_conflict_do_nothing().returning(*key)
    return db.session.execute(statement).first() is not None


def insert_each(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, except those whose unique key stands; return how many were inserted.

    Run once a row by the driver: one statement with thousands of values takes seconds to build.
    """
    if not rows:
        return 0
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(model.__table__).on_conflict_do_nothing()
    result = db.session.connection().execute(
        statement, rows, execution_options={"preserve_rowcount": True}
    )
    return result.rowcount


Values = Mapping[str, Any]
_Convert = Callable[[Values], Any]


class Prepared:
    """A statement that is compiled once for each database and then goes straight to the driver.

    For what every order runs: `execute` takes twice as long there. It is always run with the same
    names. Values are converted by their types as always, but no column has a default, rows come as
    the driver gives them (ask for numbers and texts only), and no value may be a list.
    """

    def __init__(self, statement: sa.UpdateBase | sa.SelectBase | sa.TextClause) -> None:
        self._statement = statement
        self._ready: dict[str, tuple[str, _Convert]] = {}

    def run(self, **values: Any) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run it with these values."""
        connection = connected()
        text, convert = self._for(connection.dialect, values)
        return connection.exec_driver_sql(text, convert(values))

    def run_each(self, rows: Sequence[Values]) -> None:
        """Run it once a row, in one go; at least one is needed."""
        connection = connected()
        text, convert = self._for(connection.dialect, rows[0])
        connection.exec_driver_sql(text, [convert(row) for row in rows])

    def _for(self, dialect: Dialect, values: Values) -> tuple[str, _Convert]:
        if dialect.name not in self._ready:
            compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(values))
            assert not compiled.insert_prefetch, f"to be given as well: {compiled.insert_prefetch}"
            self._ready[dialect.name] = (str(compiled), _converter(compiled, dialect))
        return self._ready[dialect.name]


def connected() -> sa.Connection:
    """Return the session's connection; the session itself takes long to find it each time."""
    session = db.session()
    known: sa.Connection | None = session.info.get(_CONNECTION)
    if known is None or known.closed:
        known = session.info[_CONNECTION] = session.connection()
    return known


def _converter(compiled: Any, dialect: Dialect) -> _Convert:
    """Return what makes a statement's parameters of our values: a tuple or a dictionary."""
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    plan = [
        (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in compiled.positiontup or binds
    ]

    def in_order(values: Values) -> list[Any]:
        known = {**fixed, **values}
        return [process(known[name]) if process else known[name] for name, process in plan]

    if compiled.positional:
        return lambda values: tuple(in_order(values))
    return lambda values: dict(zip(binds, in_order(values), strict=True))


def engine_options(url: str) -> dict[str, Any]:
    """Return what `create_engine` needs for `url`: few connections, short waits, no surprises."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        return {"pool_size": 8, "max_overflow": 8, "pool_timeout": 5}
    waits = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    return {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 5,
            "options": f"{waits} -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        },
    }


def wrong_pragmas() -> dict[str, object]:
    """Return the SQLite settings that are not as they must be; empty on other databases."""
    if db.engine.dialect.name != "sqlite":
        return {}
    with db.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in SQLITE_PRAGMAS
        }
    return {name: value for name, value in found.items() if value != SQLITE_PRAGMAS[name]}


@sa.event.listens_for(sa.Engine, "connect")
def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")


@sa.event.listens_for(sa.Engine, "begin")
def _begin(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if _only_reading.get():
        connection.exec_driver_sql("BEGIN")
        return
    _stand_in_line(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _stand_in_line(connection: sa.Connection) -> None:
    """Let the writers of this process wait for each other, the longest waiting first to go.

    SQLite's own waiting is to sleep and look again, which leaves the file idle for most of the
    time that eight threads want it. Other processes still meet at BEGIN IMMEDIATE.
    """
    if _MY_TURN in connection.info:
        return
    turn = _writers[connection.engine.url.database or ""]
    if not turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
        locked = sqlite3.OperationalError("database is locked by a writer of this process")
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, locked)
    connection.info[_MY_TURN] = turn


@sa.event.listens_for(sa.Pool, "checkin")
def _step_aside(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    turn = record.info.pop(_MY_TURN, None)
    if turn is not None:
        turn.release()
