"""Alembic's entry: run the migrations on the application's database.

SQLite cannot alter a table: it is copied, dropped and renamed. With foreign keys awake dropping a
table that others point to fails, or takes their rows along, and they can only be put to sleep
outside of a transaction. They are checked before each revision is kept, and awake afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context
from flask import current_app

from bazaar.db import db


def run() -> None:
    """Upgrade or downgrade in one transaction a revision."""
    with db.engine.connect() as connection, _foreign_keys_asleep(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            on_version_apply=lambda **_: _check(connection),
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _foreign_keys_asleep(connection: sa.Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=ON")


def _check(connection: sa.Connection) -> None:
    """Refuse a revision that leaves a row pointing to nothing."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lost:
        raise RuntimeError(f"the migration would leave rows that point to nothing: {lost[:5]}")


run()
