"""The schema comes from migrations only: up, down, and equal to the models."""

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from bazaar.db import db


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, db.metadata)


def constraints() -> dict[str, set[str]]:
    """Return the names of what guards each table; autogenerate does not see CHECKs."""
    inspector = sa.inspect(db.engine)
    return {
        table: {
            str(found["name"])
            for found in (
                *inspector.get_check_constraints(table),
                *inspector.get_unique_constraints(table),
            )
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def wanted() -> dict[str, set[str]]:
    return {
        table.name: {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint | sa.UniqueConstraint)
        }
        for table in db.metadata.sorted_tables
    }


def test_migrations_make_what_the_models_say(app_without_tables: Flask) -> None:
    flask_migrate.upgrade()

    assert differences() == []
    assert constraints() == wanted()


def test_every_migration_can_be_undone_and_done_again(app_without_tables: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")

    assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}

    flask_migrate.upgrade()

    assert differences() == []
