"""Lists to take away, as CSV or as a workbook with typed cells.

In a workbook texts are texts and numbers are numbers: no text is ever a formula or an address,
whatever it begins with, and a waybill number keeps all its digits. CSV has no types; there a text
that begins like a formula gets an apostrophe in front (`sheets.written`).
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bazaar.errors import N_, NotFound
from bazaar.reports.sheets import written

Cell = str | int | date | datetime | None

MOST_LETTERS: Final = 32_000
"""A cell of a workbook holds 32,767."""
WIDTH: Final = 16


class NoSuchForm(NotFound):
    """Lists are given as csv and xlsx only."""

    text = N_("Daftar hanya tersedia sebagai CSV atau XLSX.")


@dataclass(frozen=True, slots=True)
class Table:
    """A list: what its columns are called, and rows that are read while it is written.

    An instant (`datetime`) is local and without zone: it is shown as it stands. `wide` columns
    hold sentences.
    """

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    wide: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class File:
    """What a browser keeps."""

    content: bytes
    mimetype: str


def as_file(table: Table, form: str) -> File:
    """Return the list as `csv` or `xlsx`. Raises NoSuchForm."""
    if form not in FORMS:
        raise NoSuchForm
    mimetype, write = FORMS[form]
    return File(write(table), mimetype)


def _csv(table: Table) -> bytes:
    rows = ([_plain(cell) for cell in row] for row in table.rows)
    return written(table.columns, rows).encode()


def _plain(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case date():
            return cell.isoformat()
    return cell


def _xlsx(table: Table) -> bytes:
    import xlsxwriter  # noqa: PLC0415 (only when a workbook is made)

    file = io.BytesIO()
    options = {
        "constant_memory": True,  # a row is written out before the next one is read
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(table.title[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    money = book.add_format({"num_format": "#,##0"})
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, table.wide.get(column, WIDTH))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column, head)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            match cell:
                case None | "":
                    continue
                case datetime():
                    sheet.write_datetime(last, place, cell, moment)
                case date():
                    sheet.write_datetime(last, place, cell, day)
                case int():
                    sheet.write_number(last, place, cell, money)
                case _:
                    sheet.write_string(last, place, cell[:MOST_LETTERS], text)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    book.close()
    return file.getvalue()


FORMS: Final[Mapping[str, tuple[str, Callable[[Table], bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}


def local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return an instant as the clocks of `zone` show it, without its zone."""
    return (
        instant.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0) if instant else None
    )
