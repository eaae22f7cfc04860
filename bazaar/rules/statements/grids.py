"""Statement files as rows of text: CSV parted by comma, semicolon, tab or bar, or a workbook.

Nothing of the file runs or is followed. Cells come without the apostrophe that keeps spreadsheet
programs from converting them, and without anything that cannot be seen.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from bazaar.rules import sheets
from bazaar.rules.sheets import Fault
from bazaar.rules.statements import faults

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_LINES: Final = 20_000
HEADER_WITHIN: Final = 60
"""The header is sought in so many rows: statements begin with whose they are and for when."""

MAX_COLUMNS: Final = 60
MAX_CELL: Final = 500
_SPARE: Final = 200
"""Rows that a file may hold besides its lines: what is above and below the table."""

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = (",", ";", "\t", "|")
_UNSEEN: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff0-\uffff]"
)

Row = tuple[int, list[str]]
"""A row as the spreadsheet numbers it, and its cells."""


@dataclass(slots=True)
class Grid:
    """A file read in one way. `fault` is set where it could not be read to its end."""

    rows: list[Row] = field(default_factory=list)
    fault: Fault | None = None


def heads(data: bytes) -> Sequence[Grid] | Fault:
    """Return the beginning of the file in every way that it may be read, best guess first.

    Safe on any bytes. A workbook gives a grid for every sheet. Read the one whose header is known
    to its end with `whole`.
    """
    if len(data) > MAX_BYTES:
        return faults.TOO_BIG
    if not data.strip():
        return faults.EMPTY
    if data.startswith(_OLD_EXCEL):
        return faults.OLD_EXCEL
    if data.startswith(_ZIP):
        return _workbook(data)
    text = _decoded(data)
    if text is None:
        return faults.NOT_A_STATEMENT
    found = [_Text(text, mark) for mark in _SEPARATORS if mark in text]
    if not found:
        return faults.NO_TABLE if text.strip("\ufeff \r\n\t") else faults.EMPTY
    return sorted(found, key=lambda grid: -_likeness(grid.rows))


def whole(grid: Grid) -> Grid:
    """Return the grid read to its end; `fault` tells where that was not possible."""
    return grid.finished() if isinstance(grid, _Text) else grid


def clean(text: str) -> str:
    """Return a cell on one line: white space collapsed, unseen characters and apostrophe gone."""
    text = " ".join(text.split())
    if _UNSEEN.search(text):
        text = " ".join(_UNSEEN.sub("", text).split())
    return (text.removeprefix("'").lstrip() if text.startswith("'") else text)[:MAX_CELL]


def disarmed(text: str) -> str:
    """Return the text for a CSV of ours: what a spreadsheet would run gets an apostrophe."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


class _Text(Grid):
    """CSV with one separator; only its beginning is read at first."""

    __slots__ = ("mark", "text")

    def __init__(self, text: str, mark: str) -> None:
        super().__init__()
        self.text, self.mark = text, mark
        self._read(HEADER_WITHIN)

    def finished(self) -> Grid:
        self.rows, self.fault = [], None
        self._read(MAX_LINES + _SPARE)
        if len(self.rows) > MAX_LINES + _SPARE:
            self.fault = faults.TOO_LONG
        return self

    def _read(self, limit: int) -> None:
        rows = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.mark, strict=True)
        number = 0
        try:
            for number, cells in enumerate(rows, start=1):
                if any(cells):
                    self.rows.append((number, [clean(cell) for cell in cells[:MAX_COLUMNS]]))
                    if len(self.rows) > limit:
                        return
        except csv.Error:
            self.fault = Fault(faults.QUOTES, {"row": str(number + 1)})


def _likeness(rows: Iterable[Row]) -> int:
    """Return how much the rows look like a table: many rows of the same, larger width."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    return max((width * count for width, count in widths.items()), default=0)


def _decoded(data: bytes) -> str | None:
    if data.startswith(_UTF16):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _workbook(data: bytes) -> Sequence[Grid] | Fault:
    import openpyxl  # noqa: PLC0415 (0.1 s, only when a workbook is read)

    try:
        if fault := sheets.unsafe(data):
            return faults.NOT_A_STATEMENT if fault is sheets.NOT_A_LIST else fault
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return [_sheet(sheet) for sheet in book.worksheets[: sheets.MAX_SHEETS]]
    except Exception:  # noqa: BLE001 - a broken workbook breaks the library in a dozen ways
        return faults.BROKEN


def _sheet(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # a sheet may lie about its size
    grid = Grid()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        row = list(_without_end(_told(value) for value in cells))
        if row:
            grid.rows.append((number, row))
        if len(grid.rows) > MAX_LINES + _SPARE:
            grid.fault = faults.TOO_LONG
            break
    return grid


def _without_end(cells: Iterable[str]) -> Iterator[str]:
    """Leave out the empty cells at the end of a row."""
    waiting = 0
    for cell in cells:
        if cell:
            yield from [""] * waiting
            waiting = 0
            yield cell
        else:
            waiting += 1


def _told(value: object) -> str:
    """Return a cell of a workbook the way a CSV of the same would say it."""
    match value:
        case None | bool():
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case date() | time():
            return value.isoformat()
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.2f}"
        case _:
            return clean(str(value))
