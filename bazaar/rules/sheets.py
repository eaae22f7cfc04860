"""Lists that people keep in a spreadsheet: CSV or XLSX bytes in, rows of text out.

What a spreadsheet program has already spoilt is found here and told, never guessed: numbers of
16 or more digits (Excel keeps 15, the rest are zeros), fractions, codes that became dates,
formulas and error values. `openpyxl` tells all of these from a cell's type.

Nothing of the file runs or is followed: formulas are refused, links are not kept, a packed
workbook is measured before it is unpacked, and XML that declares entities is refused.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from bazaar.errors import N_

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_ROWS: Final = 5_000
MAX_UNPACKED: Final = 60 * 1024 * 1024
"""Of a workbook. Five thousand rows with long stories are about 15 MB."""

MAX_COLUMNS: Final = 60
MAX_SHEETS: Final = 8
MAX_CELL: Final = 4_000
HEADER_WITHIN: Final = 10
"""The header row is sought in so many rows: many lists begin with a title."""

EXACT_DIGITS: Final = 15

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS: Final = (",", ";", "\t")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2}", re.ASCII)
_DECLARES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PADDED: Final = re.compile(r"0{2,15}", re.ASCII)
_UNREADABLE: Final = frozenset({"Cc", "Cs"})
_AROUND: Final = " \t\r\n\u00a0\u200b\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and what to type instead. `text` is untranslated, `facts` its placeholders."""

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.facts)


TOO_BIG: Final = Fault(N_("Berkas lebih besar dari 5 MB. Bagi menjadi beberapa berkas."))
TOO_LONG: Final = Fault(N_("Daftar berisi lebih dari 5.000 baris. Bagi menjadi beberapa berkas."))
EMPTY: Final = Fault(N_("Berkas ini kosong."))
NO_ROWS: Final = Fault(N_("Di bawah baris judul belum ada isinya."))
NOT_A_LIST: Final = Fault(
    N_("Ini bukan berkas CSV atau XLSX. Simpan daftarnya sebagai salah satu.")
)
OLD_EXCEL: Final = Fault(
    N_("Ini berkas Excel lama (.xls) atau bersandi. Simpan sebagai .xlsx tanpa sandi.")
)
BROKEN: Final = Fault(
    N_("Berkas XLSX ini rusak. Buka di Excel atau LibreOffice, simpan ulang, lalu coba lagi.")
)
NO_HEADER: Final = N_(
    "Baris judul tidak ditemukan. Baris pertama harus memuat nama kolom: {columns}."
)
COLUMNS_MISSING: Final = N_("Kolom ini tidak ada: {columns}.")
COLUMN_TWICE: Final = N_("Kolom {column} ada dua kali. Hapus salah satunya.")
QUOTES: Final = N_("Tanda petik di baris {row} tidak ditutup. Perbaiki lalu unggah lagi.")

SPOILT: Final[Mapping[str, str]] = {
    "formula": N_("Sel ini berisi rumus. Salin lalu tempel sebagai nilai."),
    "date": N_("Excel mengubah isian ini menjadi tanggal. Format kolom sebagai Teks, ketik ulang."),
    "digits": N_("Excel membulatkan angka panjang ini. Format kolom sebagai Teks, ketik ulang."),
    "fraction": N_("Ada angka pecahan ({value}). Ketik angka bulat, atau format sebagai Teks."),
    "error": N_("Sel ini berisi kesalahan rumus ({value}). Ketik isinya."),
    "letters": N_("Ada huruf yang tidak dapat dibaca. Ketik ulang isinya."),
    "long": N_("Isinya terlalu panjang."),
}
"""Why a cell's text cannot be trusted, by the code that `Row.spoilt` holds."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of list. `aliases` are other names that people give to them."""

    kind: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    aliases: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of the template."""
        return self.required + self.optional

    def column(self, header: str) -> str | None:
        """Return our name of the column that a header means, or None."""
        name = _plain(header)
        name = self.aliases.get(name, name)
        return name if name in self.columns else None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is the spreadsheet's; `spoilt` maps columns to a code of `SPOILT`.

    `numbers` maps columns whose cell holds a number and no text to `int` or `float`.
    """

    number: int
    cells: Mapping[str, str]
    spoilt: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as read: which of our columns it has, which of its own we ignore, and its rows."""

    kind: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    spoilt: str = ""
    number: str = ""


_Rows = list[tuple[int, list[_Cell]]]


@dataclass(slots=True)
class _Grid:
    """One way to read the file: a sheet, or the text with one separator. `fault`: not to its end."""

    rows: _Rows = field(default_factory=list)
    fault: Fault | None = None


def read(data: bytes, layout: Layout) -> Sheet | Fault:
    """Return the list in the file, or why it cannot be read. Safe on any bytes.

    CSV may be UTF-8, UTF-16 with its mark or Windows-1252, parted by comma, semicolon or tab.
    Of a workbook the sheet whose header fits best is read. Empty rows are left out.
    """
    if len(data) > MAX_BYTES:
        return TOO_BIG
    if not data.strip():
        return EMPTY
    if data.startswith(_OLD_EXCEL):
        return OLD_EXCEL
    grids = _workbook(data) if data.startswith(_ZIP) else _texts(data)
    if isinstance(grids, Fault):
        return grids
    known, index, grid = 0, 0, _Grid()
    for candidate in grids:
        for place, (_, cells) in enumerate(candidate.rows[:HEADER_WITHIN]):
            fitting = len({layout.column(cell.text) for cell in cells} - {None})
            if fitting > known:
                known, index, grid = fitting, place, candidate
    if known < 2:
        faults = [candidate.fault for candidate in grids if candidate.fault]
        return faults[0] if faults else Fault(NO_HEADER, {"columns": ", ".join(layout.required)})
    return grid.fault or _under_header(layout, grid.rows[index][1], grid.rows[index + 1 :])


def _under_header(layout: Layout, header: list[_Cell], body: _Rows) -> Sheet | Fault:
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(header):
        column = layout.column(cell.text)
        if column in places:
            return Fault(COLUMN_TWICE, {"column": column})
        if column:
            places[column] = place
        elif cell.text:
            ignored.append(cell.text[:40])
    if missing := [column for column in layout.required if column not in places]:
        return Fault(COLUMNS_MISSING, {"columns": ", ".join(missing)})
    rows = []
    for number, cells in body:
        found = {
            column: cells[place] if place < len(cells) else _Cell("")
            for column, place in places.items()
        }
        if any(cell.text or cell.spoilt for cell in found.values()):
            rows.append(
                Row(
                    number,
                    {column: cell.text for column, cell in found.items()},
                    {column: cell.spoilt for column, cell in found.items() if cell.spoilt},
                    {column: cell.number for column, cell in found.items() if cell.number},
                )
            )
    if not rows:
        return NO_ROWS
    if len(rows) > MAX_ROWS:
        return TOO_LONG
    columns = tuple(column for column in layout.columns if column in places)
    return Sheet(layout.kind, columns, tuple(ignored), tuple(rows))


def _texts(data: bytes) -> list[_Grid] | Fault:
    """Return the CSV read with each separator; the header tells which one was meant."""
    text = _decoded(data)
    if text is None:
        return NOT_A_LIST
    if not text.strip(_AROUND):
        return EMPTY
    return [_separated(text, separator) for separator in _SEPARATORS if separator in text]


def _separated(text: str, separator: str) -> _Grid:
    grid = _Grid()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if any(cells):
                grid.rows.append((number, [_typed(cell) for cell in cells[:MAX_COLUMNS]]))
            if len(grid.rows) > MAX_ROWS + HEADER_WITHIN:
                grid.fault = TOO_LONG
                break
    except csv.Error:
        grid.fault = Fault(QUOTES, {"row": str(number + 1)})
    return grid


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
        return None if _is_binary(text) else text
    return None


def _is_binary(text: str) -> bool:
    return re.search(r"[\x00-\x08\x0e-\x1f]", text[:100_000]) is not None


def _typed(text: str) -> _Cell:
    """Return a CSV cell; its type is gone, but scientific notation betrays lost digits."""
    text = _clean(text)
    return _Cell(text, "digits") if _SCIENTIFIC.fullmatch(text) else _fit(text)


def _workbook(data: bytes) -> list[_Grid] | Fault:
    import openpyxl  # noqa: PLC0415 (0.1 s, only when a workbook is read)

    try:
        if fault := unsafe(data):
            return fault
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return [_grid(sheet) for sheet in book.worksheets[:MAX_SHEETS]]
    except Exception:  # noqa: BLE001 - a broken workbook breaks the library in a dozen ways
        return BROKEN


def unsafe(data: bytes) -> Fault | None:
    """Return why a workbook should not be opened: not one, too much in it, or entities declared."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.infolist()
        if not any(info.filename == "xl/workbook.xml" for info in names):
            return NOT_A_LIST
        if len(names) > 1_000 or sum(info.file_size for info in names) > MAX_UNPACKED:
            return TOO_BIG
        for info in names:
            with packed.open(info) as part:
                if _DECLARES.search(part.read(1_000)):
                    return BROKEN
    return None


def _grid(sheet: Any) -> _Grid:
    sheet.reset_dimensions()  # a sheet may lie about its size
    grid = _Grid()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        row = [_of_workbook(cell) for cell in cells]
        if any(cell.text or cell.spoilt for cell in row):
            grid.rows.append((number, row))
        if len(grid.rows) > MAX_ROWS + HEADER_WITHIN:
            grid.fault = TOO_LONG
            break
    return grid


def _of_workbook(cell: Any) -> _Cell:
    value = cell.value
    match value:
        case None:
            return _Cell("")
        case _ if cell.data_type == "f":
            return _Cell(_clean(str(value))[:60], "formula")
        case _ if cell.data_type == "e":
            return _Cell(str(value), "error")
        case bool():
            return _Cell("ya" if value else "tidak")
        case datetime() | date() | time() | timedelta():
            return _Cell(str(value), "date")
        case int() | float():
            read = _of_number(value, str(cell.number_format))
            return replace(read, number=type(value).__name__)
        case _:
            return _fit(_clean(str(value)))


def _of_number(value: float, number_format: str) -> _Cell:
    if value != value or abs(value) >= 10**EXACT_DIGITS:  # noqa: PLR0124 - only NaN differs from itself
        return _Cell(f"{value}", "digits")
    if value != int(value):
        return _Cell(f"{value}".replace(".", ","), "fraction")
    text = str(int(value))
    # A code shown as 007 is the number 7 with the format 000.
    return _Cell(text.zfill(len(number_format)) if _PADDED.fullmatch(number_format) else text)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip(_AROUND)


def _fit(text: str) -> _Cell:
    """Return the cell; what no database and no page should hold is marked and made harmless."""
    if len(text) > MAX_CELL:
        return _Cell(text[:40], "long")
    if any(unicodedata.category(c) in _UNREADABLE for c in text if c not in "\n\t"):
        return _Cell("".join(c if c.isprintable() else "\ufffd" for c in text), "letters")
    return _Cell(text)


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")
