"""The schema comes from migrations only: up, down, equal to the models, and no row is lost."""

from datetime import UTC, date, datetime, time
from typing import Any

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


FITTING: dict[str | tuple[str, str], Any] = {
    "weekday": 1,
    "ends_at": datetime(2026, 3, 1, 13, tzinfo=UTC),
    "closes_at": datetime(2026, 3, 1, 13, tzinfo=UTC),
    "total_idr": 2,
    "zone_name": "Asia/Jakarta",
    ("turn_events", "kind"): "began",
}
"""What the tables' own rules ask for, by column, or by table and column; the rest is a one."""


def one_of_each() -> dict[str, dict[str, Any]]:
    """Put a row with every column filled into every table there is; return what was put."""
    with db.engine.begin() as connection:
        known = sa.MetaData()
        known.reflect(connection, only=lambda name, _: name != "alembic_version")
        rows = {
            table.name: {column.name: a_value(column) for column in table.columns}
            for table in known.sorted_tables
        }
        for table in known.sorted_tables:
            connection.execute(sa.insert(table), rows[table.name])
    return rows


def a_value(column: sa.Column[Any]) -> Any:
    instant = datetime(2026, 3, 1, 12, tzinfo=UTC)
    by_type = {str: "x", datetime: instant, date: instant.date(), time: time(9), bool: True}
    usual = FITTING.get(column.name, by_type.get(column.type.python_type, 1))
    fitting = FITTING.get((column.table.name, column.name), usual)
    if column.type.python_type is dict:
        return {"one": 1}
    if db.engine.dialect.name == "sqlite" and isinstance(fitting, datetime):
        return fitting.replace(tzinfo=None)
    return fitting


def kept(before: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what the tables hold now in the columns that were filled before."""
    with db.engine.connect() as connection:
        known = sa.MetaData()
        known.reflect(connection, only=list(before))
        return {
            name: dict(connection.execute(sa.select(*(table.c[c] for c in row))).mappings().one())
            for name, row in before.items()
            for table in (known.tables[name],)
        }


def test_an_upgrade_keeps_every_row(app_without_tables: Flask) -> None:
    flask_migrate.upgrade(revision="0001")
    before = one_of_each()

    flask_migrate.upgrade()

    events = before.pop("turn_events")  # they became cues
    assert kept(before) == before
    with db.engine.connect() as connection:
        cue = connection.execute(sa.text("SELECT turn_uid, kind, target, late FROM cues")).one()
        assert tuple(cue) == ("turn-1", "on_air", "host", False)
        turn = connection.execute(sa.text("SELECT uid, sequence FROM turns")).one()
        edition = connection.execute(
            sa.text("SELECT buffer_every, freeze_minutes, request_hours, veto_hours FROM editions")
        ).one()
        assert tuple(turn) == ("turn-1", 0)
        assert tuple(edition) == (0, 1440, 24, 12)
        if db.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

    flask_migrate.downgrade(revision="0001")

    assert kept(before | {"turn_events": events}) == before | {"turn_events": events}
