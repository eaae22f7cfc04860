"""Many rows in one statement: what many buyers at once are written with.

What a statement costs on PostgreSQL is its round trip and its values, one by one. Lists and rows
travel here as one JSON text each; SQLite, which is in the same process, gets rows one by one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.ext.compiler import compiles

from bazaar.db import Base, Prepared, Values, connected

SQLITE = "sqlite"


def draw_ids(*wanted: tuple[type[Base], int]) -> list[list[int]]:
    """Return so many new row numbers for each of these tables, so that rows can name each other.

    One statement. On SQLite only for who writes: there nobody else writes until the end.
    """
    connection = connected()
    tables = [(model.__tablename__, count) for model, count in wanted]
    if connection.dialect.name == SQLITE:
        last = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table, _ in tables)
        found = connection.exec_driver_sql(f"SELECT {last}").one()
        return [
            list(range(n + 1, n + 1 + more)) for n, (_, more) in zip(found, tables, strict=True)
        ]
    drawn = " UNION ALL ".join(
        f"SELECT {number}, nextval('{table}_id_seq') FROM generate_series(1, %s)"
        for number, (table, _) in enumerate(tables)
    )
    ids: list[list[int]] = [[] for _ in tables]
    for number, new_id in connection.exec_driver_sql(drawn, tuple(count for _, count in tables)):
        ids[number].append(new_id)
    return ids


def _json(sent: object) -> str:
    return orjson.dumps(sent, option=orjson.OPT_NON_STR_KEYS).decode()


class _List(sa.types.TypeDecorator[Sequence[Any]]):
    """A list as one value."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str:
        return _json(list(value or ()))


class among(sa.ColumnElement[bool]):  # noqa: N801 (reads like the operator that it is)
    """Whether a column's value is one of a list that a `Prepared` statement is run with.

    `name` is the list's name there. It is one value to the driver, however long it is.
    """

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.values = sa.bindparam(name, type_=_List())

    def self_group(self, against: Any = None) -> "among":
        """Stand as it is: `… = 1`, as SQLite gets it for other truths, would not use an index."""
        return self


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(among, "postgresql")
def _among_postgresql(element: among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (element.column, element.values))
    kind = element.column.type.compile(dialect=compiler.dialect)
    return f"{column} = ANY (ARRAY(SELECT json_array_elements_text({values}::json)::{kind}))"


class OnRows:
    """A statement over rows that are sent with it: `{sent}` in its text is the table of them.

    `columns` are the rows' names with their SQL types. Everything else is as with `Prepared`.
    """

    def __init__(self, text: str, **columns: str) -> None:
        picked = ", ".join(f"value ->> '{name}' AS {name}" for name in columns)
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        tables = {
            SQLITE: f"(SELECT {picked} FROM json_each(:sent)) AS sent",
            "postgresql": f"json_to_recordset(CAST(:sent AS json)) AS sent ({typed})",
        }
        self._on = {
            name: Prepared(sa.text(text.format(sent=table))) for name, table in tables.items()
        }

    def run(self, rows: Sequence[Values], **values: Any) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run it with these rows."""
        statement = self._on[connected().dialect.name]
        return statement.run(sent=_json(rows), **values)


@contextmanager
def sent_together() -> Iterator[None]:
    """Send what `Rows` insert inside the block one after the other without waiting for answers.

    On PostgreSQL; inside nothing else may be asked. What goes wrong is raised at the end.
    """
    connection = connected()
    if connection.dialect.name == SQLITE:
        yield
        return
    driver: Any = connection.connection.driver_connection
    fault: Any = connection.dialect.loaded_dbapi.Error
    mark = _line.set(driver)
    try:
        with driver.pipeline():
            yield
    except fault as error:
        raise sa.exc.DBAPIError.instance(
            None, None, error, fault, dialect=connection.dialect
        ) from error
    finally:
        _line.reset(mark)


_line: ContextVar[Any] = ContextVar("line", default=None)


class Rows:
    """Inserts many rows of one table at once.

    Every row has the same names; no column has a default. An `id` may be given (`draw_ids`).
    """

    def __init__(self, model: type[Base]) -> None:
        self._table: Any = model.__table__
        self._each = Prepared(sa.insert(model).inline())
        self._texts: dict[tuple[str, ...], str] = {}

    def insert(self, rows: Sequence[Values]) -> None:
        """Insert the rows; none is no fault."""
        if not rows:
            return
        connection = connected()
        if connection.dialect.name == SQLITE:
            self._each.run_each(rows)
            return
        names = tuple(rows[0])
        text = self._texts.get(names) or self._texts.setdefault(names, self._text(names))
        if (line := _line.get()) is not None:
            line.execute(text, (_json(rows),))
            return
        connection.exec_driver_sql(text, (_json(rows),))

    def _text(self, names: tuple[str, ...]) -> str:
        columns = [self._table.c[name] for name in names]
        left_out = {c.name for c in self._table.c if c.default is not None} - set(names)
        assert not left_out, f"to be given as well: {left_out}"
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        quoted = ", ".join(f'"{column.name}"' for column in columns)
        typed = ", ".join(f'"{c.name}" {c.type.compile(dialect=dialect)}' for c in columns)
        return (
            f"INSERT INTO {self._table.name} ({quoted}) SELECT {quoted}"
            f" FROM json_to_recordset(%s::json) AS sent ({typed})"
        )
