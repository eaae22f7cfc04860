"""Every row of the demo removed, those that are only ever inserted too."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models.ledger import IMMUTABLE


def remove_all() -> None:
    """Delete the rows of all tables. To be called for a demo only: nothing is asked here."""
    with _books_open():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(sa.delete(table))
    db.session.expunge_all()


@contextmanager
def _books_open() -> Iterator[None]:
    """Let the triggers that guard books sleep until the block ends, in the same transaction."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        known = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.exec_driver_sql(known).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            connection.exec_driver_sql(statement)
        return
    for table in IMMUTABLE:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in IMMUTABLE:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
