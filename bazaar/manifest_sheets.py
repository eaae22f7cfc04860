"""A manifest on paper: A4 upright, one row a parcel with its bar code, signatures at the end.

Two copies follow each other, one for who gives and one for who takes. Under each page stand the
number and the SHA-256 of the rows, so that a sheet with other rows is seen. Bars are two whole
dots of a 203 dpi head wide; fonts are those of the labels.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bazaar.labels import BOLD, DOT, PLAIN
from bazaar.labels.writing import moment, put, write
from bazaar.manifests import Row, Totals, rows_of, totals_of
from bazaar.models import Manifest, ManifestStatus

EDGE: Final = 10 * mm
WIDTH, HEIGHT = A4
INNER: Final = WIDTH - 2 * EDGE
TOP: Final = 44 * mm
"""Height of the head of the first page; further pages have `TOP_AGAIN`."""
TOP_AGAIN: Final = 16 * mm
FOOT: Final = 12 * mm
ROW: Final = 13.5 * mm
NAMES: Final = 7 * mm
END: Final = 74 * mm
"""Room of the totals and signatures."""
BAR_HEIGHT: Final = 7 * mm
PAD: Final = 1.2 * mm
GREY: Final = 0.4
COPIES: Final = ("Lembar 1: untuk pengirim", "Lembar 2: untuk kurir")
COLUMNS: Final = (
    ("No", 8 * mm),
    ("Kode paket", 48 * mm),
    ("Nomor resi", 36 * mm),
    ("Penerima, tujuan", 48 * mm),
    ("Layanan", 22 * mm),
    ("Berat", 15 * mm),
    ("Cek", 13 * mm),
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands over: the bazaar's name, and where and how it can be reached, if known."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class _Sheet:
    manifest: Manifest
    sender: Sender
    zone: ZoneInfo
    rows: Sequence[Row]
    totals: Totals
    copy: str


def pdf(manifest: Manifest, sender: Sender, *, zone: ZoneInfo) -> bytes:
    """Return both copies of a locked or signed manifest as one PDF; lines must be loaded."""
    rows = rows_of(manifest)
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle(manifest.number)
    canvas.setAuthor("Pasar Virtual")
    for copy in COPIES:
        sheet = _Sheet(manifest, sender, zone, rows, totals_of(rows), copy)
        pages = list(_pages(len(rows)))
        for number, (first, past) in enumerate(pages, start=1):
            top = _head(canvas, sheet, again=number > 1)
            bottom = _table(canvas, sheet, first, past, top)
            if number == len(pages):
                _end(canvas, sheet, bottom)
            _foot(canvas, sheet, f"halaman {number} dari {len(pages)}")
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def _pages(rows: int) -> Iterator[tuple[int, int]]:
    """Yield the first row of each page and the one past its last; the last page has room for the end."""
    first = 0
    while True:
        room = HEIGHT - 2 * EDGE - FOOT - NAMES - (TOP_AGAIN if first else TOP)
        most, with_end = int(room / ROW), int((room - END) / ROW)
        if rows - first <= with_end:
            yield first, rows
            return
        past = min(first + most, rows)
        yield first, past
        first = past


def _head(canvas: Canvas, sheet: _Sheet, *, again: bool) -> float:
    """Write whose list it is; return where the table begins."""
    manifest, y = sheet.manifest, HEIGHT - EDGE
    put(canvas, WIDTH - EDGE, y - 9, sheet.copy, PLAIN, 9, right=True)
    if again:
        put(canvas, EDGE, y - 11, f"{manifest.number} · {manifest.courier}", BOLD, 11)
        return y - TOP_AGAIN
    put(canvas, EDGE, y - 14, "Berita Acara Serah Terima Paket", BOLD, 15)
    put(canvas, EDGE, y - 31, manifest.number, BOLD, 13)
    _code(canvas, manifest.number, WIDTH - EDGE, y - 20 * mm, right=True)
    write(canvas, EDGE, y - 46, 105 * mm, sheet.sender.name, BOLD, 10)
    under = " · ".join(filter(None, (sheet.sender.address, sheet.sender.phone)))
    write(canvas, EDGE, y - 58, 105 * mm, under, PLAIN, 9)
    way = "dijemput kurir" if manifest.pickup else "diantar ke agen"
    carried = [manifest.courier, manifest.branch, way]
    carried += [f"kendaraan {manifest.vehicle}"] if manifest.vehicle else []
    write(canvas, EDGE, y - 75, INNER, f"Kurir: {' · '.join(filter(None, carried))}", PLAIN, 10)
    locked = manifest.locked_at or manifest.made_at
    told = f"Dikunci {moment(locked, sheet.zone)} oleh panitia ({manifest.made_by}) · NON-COD"
    write(canvas, EDGE, y - 88, INNER, told, PLAIN, 9)
    totals = f"{sheet.totals.koli} koli · {_kg(sheet.totals.weight_g)}"
    put(canvas, EDGE, y - 107, totals, BOLD, 13)
    return y - TOP


def _table(canvas: Canvas, sheet: _Sheet, first: int, past: int, top: float) -> float:
    """Draw the rows; return where they end."""
    canvas.setLineWidth(0.25 * mm)
    _line(canvas, top)
    for x, width, name in _columns():
        write(canvas, x + PAD, top - 5 * mm, width - 2 * PAD, name, BOLD, 8)
    y = top - NAMES
    _line(canvas, y)
    for number in range(first, past):
        _row(canvas, number + 1, sheet.rows[number], y)
        y -= ROW
        _line(canvas, y)
    for x, _width, _name in _columns():
        canvas.line(x, top, x, y)
    canvas.line(WIDTH - EDGE, top, WIDTH - EDGE, y)
    return y


def _row(canvas: Canvas, number: int, row: Row, top: float) -> None:
    no, code, resi, to, way, weight, tick = _columns()
    put(canvas, no[0] + no[1] - PAD, top - 7.5 * mm, str(number), PLAIN, 9, right=True)
    _code(canvas, row.parcel, code[0] + PAD + 10 * 2 * DOT, top - 1.2 * mm - BAR_HEIGHT)
    if row.resi:
        write(canvas, resi[0] + PAD, top - 6 * mm, resi[1] - 2 * PAD, row.resi, PLAIN, 9, lines=2)
    else:
        canvas.rect(resi[0] + PAD, top - ROW + 2 * mm, resi[1] - 2 * PAD, ROW - 4 * mm)
    wide = to[1] - 2 * PAD
    write(canvas, to[0] + PAD, top - 4.2 * mm, wide, row.recipient, BOLD, 8.5)
    write(canvas, to[0] + PAD, top - 8 * mm, wide, row.place, PLAIN, 8, lines=2)
    note = f"{row.courier}{' · MUDAH PECAH' if row.fragile else ''}"
    write(canvas, way[0] + PAD, top - 4.5 * mm, way[1] - 2 * PAD, note, PLAIN, 8, lines=3)
    put(
        canvas,
        weight[0] + weight[1] - PAD,
        top - 7.5 * mm,
        _kg(row.weight_g),
        PLAIN,
        8.5,
        right=True,
    )
    if row.missing:
        write(
            canvas, tick[0] + PAD, top - 5 * mm, tick[1] - 2 * PAD, "tidak dibawa", BOLD, 7, lines=2
        )
        canvas.line(no[0] + PAD, top - ROW / 2, resi[0] - PAD, top - ROW / 2)
    else:
        canvas.rect(tick[0] + 4 * mm, top - 9.2 * mm, 5 * mm, 5 * mm)


def _end(canvas: Canvas, sheet: _Sheet, bottom: float) -> None:
    """Write the totals, what is agreed, and where people sign."""
    manifest, totals, y = sheet.manifest, sheet.totals, bottom - 7 * mm
    count = "........" if manifest.received_count is None else str(manifest.received_count)
    said = f"Jumlah: {totals.koli} koli, {_kg(totals.weight_g)}. Diterima kurir: {count} koli."
    write(canvas, EDGE, y, INNER, said, BOLD, 10)
    remark = manifest.remark or "." * 96
    write(canvas, EDGE, y - 6 * mm, INNER, f"Pengecualian: {remark}", PLAIN, 9, lines=2)
    top, half = y - 13 * mm, INNER / 2 - 3 * mm
    for x, title, name in (
        (EDGE, "Yang menyerahkan", ""),
        (EDGE + half + 6 * mm, "Yang menerima (kurir)", manifest.signer),
    ):
        canvas.rect(x, top - 46 * mm, half, 46 * mm)
        write(canvas, x + 3 * mm, top - 5 * mm, half - 6 * mm, title, BOLD, 9)
        for at, word in ((31, "Nama"), (37, "Telepon/KTP"), (43, "Waktu, cap")):
            put(canvas, x + 3 * mm, top - at * mm, word, PLAIN, 8)
            canvas.line(
                x + 25 * mm, top - (at + 0.8) * mm, x + half - 3 * mm, top - (at + 0.8) * mm
            )
        if name and manifest.status is ManifestStatus.SIGNED and manifest.signed_at:
            _signed(canvas, sheet, x, top, half)


def _signed(canvas: Canvas, sheet: _Sheet, x: float, top: float, width: float) -> None:
    manifest = sheet.manifest
    assert manifest.signed_at
    told = (manifest.signer, manifest.signer_contact, moment(manifest.signed_at, sheet.zone))
    for at, text in zip((31, 37, 43), told, strict=True):
        write(canvas, x + 26 * mm, top - at * mm, width - 29 * mm, text, PLAIN, 9)
    if manifest.signature is None:
        put(canvas, x + 3 * mm, top - 16 * mm, "Menyatakan menerima lewat tautan kurir.", PLAIN, 8)
        return
    picture = ImageReader(io.BytesIO(manifest.signature))
    room = (width - 10 * mm, 19 * mm)
    canvas.drawImage(picture, x + 5 * mm, top - 27 * mm, *room, preserveAspectRatio=True)


def _foot(canvas: Canvas, sheet: _Sheet, page: str) -> None:
    canvas.setFillGray(GREY)
    put(canvas, EDGE, EDGE + 1, f"sha256 {sheet.manifest.digest}", PLAIN, 6.5)
    put(canvas, WIDTH - EDGE, EDGE + 1, f"{sheet.manifest.number} · {page}", PLAIN, 8, right=True)
    canvas.setFillGray(0)


def _code(canvas: Canvas, text: str, x: float, bottom: float, *, right: bool = False) -> None:
    """Draw Code 128 with its text below; `x` is its left edge, or its right one."""
    code = Code128(text, barWidth=2 * DOT, barHeight=BAR_HEIGHT, quiet=0)
    left = x - code.width if right else x
    code.drawOn(canvas, left, bottom)
    canvas.setFont(BOLD, 8)
    canvas.drawCentredString(left + code.width / 2, bottom - 8.5, text)


def _columns() -> Iterator[tuple[float, float, str]]:
    """Yield where each column begins, its width and its name."""
    x = EDGE
    for name, width in COLUMNS:
        yield x, width, name
        x += width


def _line(canvas: Canvas, y: float) -> None:
    canvas.line(EDGE, y, WIDTH - EDGE, y)


def _kg(grams: int) -> str:
    return f"{grams / 1000:.2f} kg".replace(".", ",")
