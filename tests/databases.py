"""The two databases that every test with data runs on, migrated once and emptied after each test.

Emptying is what every test pays for, so it is quick: SQLite gets the migrated pages back from a
copy, PostgreSQL deletes rows with foreign keys and triggers asleep (TRUNCATE takes forty times as
long with tables as small as these).
"""

import os
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

from tests.postgres_server import address

KINDS = ("sqlite", "postgresql")
OWN_SERVER = "TEST_DATABASE_URL"
KEEPER_FOLDER = "PASAR_TEST_SERVER_FOLDER"
LOCK_PATIENCE_S = 10


class Database(Protocol):
    """A new database for the application under test, empty of tables."""

    url: str

    def migrated(self) -> None:
        """Take note of the schema that the migrations have made."""

    def empty(self) -> None:
        """Remove all rows; number rows from 1 again. A forgotten transaction is an error."""

    def keep(self) -> None:
        """Take a copy of all rows, for `put_back`. Whatever was kept before is forgotten."""

    def put_back(self) -> None:
        """Bring the kept rows into the emptied database."""

    def remove(self) -> None:
        """Remove the database."""


def new(kind: str, folder: Path) -> Database:
    """Make a database of a kind; `folder` is the test worker's own."""
    return SQLite(folder) if kind == "sqlite" else PostgreSQL(server_url())


def server_url() -> str:
    """Return the PostgreSQL server to use: the developer's own, or the test run's."""
    if given := os.environ.get(OWN_SERVER):
        return given.replace("postgresql+psycopg://", "postgresql://")
    return address(Path(os.environ[KEEPER_FOLDER]))


class SQLite:
    """A file, as in production: in memory neither locks nor several connections are real."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{secrets.token_hex(4)}.db"
        self._migrated: sqlite3.Connection | None = None
        self._rows: sqlite3.Connection | None = None
        self.url = f"sqlite:///{self._file}"

    def migrated(self) -> None:
        self._migrated = sqlite3.connect(":memory:")
        with closing(self._connect()) as connection:
            connection.backup(self._migrated)

    def empty(self) -> None:
        assert self._migrated, "nothing was migrated"
        with closing(self._connect()) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError as error:
                raise AssertionError(f"the test left a transaction open: {error}") from error
            self._migrated.backup(connection)

    def keep(self) -> None:
        self._rows = sqlite3.connect(":memory:")
        with closing(self._connect()) as connection:
            connection.backup(self._rows)

    def put_back(self) -> None:
        assert self._rows, "nothing was kept"
        with closing(self._connect()) as connection:
            self._rows.backup(connection)

    def remove(self) -> None:
        for kept in (self._migrated, self._rows):
            if kept:
                kept.close()
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=LOCK_PATIENCE_S, isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        return connection


class PostgreSQL:
    """A database of our own on the server; others there are never touched."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = f"pasar_test_{secrets.token_hex(6)}"
        self._empty: sql.Composed | None = None
        self._tables: list[str] = []
        self._sequences: dict[str, int] = {}
        self._kept: psycopg.Connection | None = None
        with psycopg.connect(self._on("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        self.url = self._on(self._name)

    def migrated(self) -> None:
        connection = self._connection()
        tables = _names(connection, "SELECT tablename FROM pg_tables")
        tables.remove("alembic_version")
        self._tables = tables
        sequences = _names(connection, "SELECT sequencename FROM pg_sequences")
        if connection.execute("SHOW is_superuser").fetchone() == ("on",):
            self._empty = sql.SQL(";").join(
                [
                    sql.SQL("SET LOCAL session_replication_role = replica"),
                    *(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables),
                    *(
                        sql.SQL("SELECT setval({}, 1, false)").format(sql.Literal(name))
                        for name in sequences
                    ),
                ]
            )
        else:
            self._empty = sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(
                sql.SQL(",").join(map(sql.Identifier, tables))
            )

    def empty(self) -> None:
        assert self._empty, "nothing was migrated"
        connection = self._connection()
        forgotten = self._cut_off(connection)
        with connection.transaction():
            connection.execute(self._empty)
        assert not forgotten, f"the test left a transaction open; its last statements: {forgotten}"

    def keep(self) -> None:
        connection = self._connection()
        with connection.transaction():
            connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")
            connection.execute("CREATE SCHEMA kept")
            for name in map(sql.Identifier, self._tables):
                connection.execute(
                    sql.SQL("CREATE TABLE kept.{} AS TABLE public.{}").format(name, name)
                )
        numbers = connection.execute("SELECT sequencename, last_value FROM pg_sequences")
        self._sequences = {name: last for name, last in numbers if last is not None}

    def put_back(self) -> None:
        connection = self._connection()
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for name in map(sql.Identifier, self._tables):
                connection.execute(
                    sql.SQL("INSERT INTO public.{} SELECT * FROM kept.{}").format(name, name)
                )
            for sequence, last in self._sequences.items():
                connection.execute("SELECT setval(%s, %s)", [sequence, last])

    def _connection(self) -> psycopg.Connection:
        if self._kept is None or self._kept.closed:
            self._kept = psycopg.connect(self.url, autocommit=True)
        return self._kept

    def _cut_off(self, connection: psycopg.Connection) -> list[str]:
        """End connections that hold a transaction open; return the last statement of each."""
        own = "datname = current_database() AND pid <> pg_backend_pid()"
        held = f"FROM pg_stat_activity WHERE {own} AND xact_start IS NOT NULL"
        deadline = time.monotonic() + LOCK_PATIENCE_S
        while connection.execute(f"SELECT 1 {held}").fetchone():
            if time.monotonic() > deadline:
                found = connection.execute(f"SELECT query, pg_terminate_backend(pid, 5000) {held}")
                return [query for query, _ in found]
            time.sleep(0.05)
        return []

    def remove(self) -> None:
        if self._kept:
            self._kept.close()
        with psycopg.connect(self._on("postgres"), autocommit=True) as admin:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(statement.format(sql.Identifier(self._name)))

    def _on(self, name: str) -> str:
        """Return the server's URL for another database, with everything else as it was given."""
        scheme, _, rest = self._server.partition("://")
        place, mark, query = rest.partition("?")
        return f"{scheme}://{place.partition('/')[0]}/{name}{mark}{query}"


def _names(connection: psycopg.Connection, query: LiteralString) -> list[str]:
    where = " WHERE schemaname = 'public' ORDER BY 1"
    return [name for (name,) in connection.execute(query + where)]
