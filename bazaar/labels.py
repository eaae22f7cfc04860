"""Labels for parcels: one page of 100 × 150 mm each, for thermal printers and plain ones alike.

A thermal head of 203 dpi has dots of 0.125 mm; bars are two or three whole dots wide, so that
none gets blurred. The QR code holds the parcel's code only: the buyer's link is the buyer's key
and has no place on a parcel. Fonts are the Bitstream Vera that reportlab brings: western and
central European letters. Others are printed without their accents, and as `?` where that does not
help: addresses abroad are to be written in Latin letters anyway.
"""

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
import segno
from babel import Locale
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bazaar import phones
from bazaar.models import Parcel

WIDTH: Final = 100 * mm
HEIGHT: Final = 150 * mm
EDGE: Final = 4 * mm
INNER: Final = WIDTH - 2 * EDGE
DOT: Final = 0.125 * mm
"""One dot of a head with 203 dpi."""

QUIET_MODULES: Final = 10
BAR_HEIGHT: Final = 17 * mm
QR_SIDE: Final = 27 * mm
STICKER_WIDTH: Final = 44 * mm
PLAIN: Final = "Label"
BOLD: Final = "LabelBold"
HOME: Final = "ID"
LEADING: Final = 1.18
"""Height of a line, in sizes of its letters."""


def pdf(parcels: Sequence[Parcel]) -> bytes:
    """Return a PDF with one page a parcel, in the order given; at least one is needed.

    Their orders must be loaded with lines, checkout and seller.
    """
    _register_fonts()
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    canvas.setTitle(", ".join(parcel.code for parcel in parcels[:20]))
    canvas.setAuthor("Pasar Virtual")
    for parcel in parcels:
        _draw(canvas, parcel)
        canvas.showPage()
    canvas.save()
    return sheet.getvalue()


def printable(text: str, font: str = PLAIN) -> str:
    """Return the text in letters that the label's font has, on one line."""
    _register_fonts()
    known = _known(font)
    letters: list[str] = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        if ord(letter) in known:
            letters.append(letter)
        elif unicodedata.category(letter) not in {"Mn", "Cf", "Cc"}:
            simple = unicodedata.normalize("NFKD", letter)
            letters.append("".join(c for c in simple if ord(c) in known and c.isprintable()) or "?")
    return "".join(letters)


Fitted = tuple[list[str], float]
"""Lines and the size of their letters, in points."""


def fitted(
    text: str,
    width: float,
    lines: int,
    sizes: Sequence[float],
    font: str,
    room: float | None = None,
) -> Fitted:
    """Break the text into at most `lines` lines of `width` points, in the largest fitting size.

    `room` is the height in points, if that is scarcer. What does not fit in the smallest of
    `sizes` is cut with an ellipsis.
    """
    text = printable(text, font)
    broken, most = [""], lines
    for size in sizes:
        most = lines if room is None else min(lines, int(room / (size * LEADING)))
        broken = _broken(text, width, size, font)
        if len(broken) <= most:
            return broken, size
    broken = broken[: max(most, 1)]
    last = broken[-1]
    while last and pdfmetrics.stringWidth(f"{last}…", font, size) > width:
        last = last[:-1]
    return [*broken[:-1], f"{last.rstrip(' ,')}…"], size


def _broken(text: str, width: float, size: float, font: str) -> list[str]:
    """Break at spaces, and words that are wider than a line anywhere."""
    found: list[str] = []
    for line in simpleSplit(text, font, size, width):
        rest: str = line
        while pdfmetrics.stringWidth(rest, font, size) > width:
            fits = next(
                end
                for end in range(len(rest) - 1, 0, -1)
                if pdfmetrics.stringWidth(rest[:end], font, size) <= width or end == 1
            )
            found.append(rest[:fits])
            rest = rest[fits:]
        found.append(rest)
    return found


def _draw(canvas: Canvas, parcel: Parcel) -> None:
    """Draw one label from top to bottom; every part has its own room."""
    order, checkout, seller = parcel.order, parcel.order.checkout, parcel.order.seller
    pen = _Pen(canvas, HEIGHT - EDGE)
    canvas.setLineWidth(0.3 * mm)
    canvas.rect(EDGE / 2, EDGE / 2, WIDTH - EDGE, HEIGHT - EDGE)

    # 14 mm: who carries it
    pen.write(parcel.courier, 1, (20, 16, 12, 9), BOLD, width=INNER - 28 * mm)
    canvas.setFont(BOLD, 11)
    canvas.drawRightString(WIDTH - EDGE, HEIGHT - EDGE - 12, "NON-COD")
    canvas.setFont(PLAIN, 9)
    canvas.drawRightString(WIDTH - EDGE, HEIGHT - EDGE - 25, printable(_grams(order.weight_g)))
    pen.rule(HEIGHT - 16 * mm)

    # 30 mm: what the scanner reads
    _barcode(canvas, parcel.resi or parcel.code, HEIGHT - 18 * mm)
    pen.rule(HEIGHT - 45 * mm)

    # 47 mm: who gets it. The address takes what the others leave.
    pen.write("KEPADA / TO", 1, (7,), PLAIN)
    pen.write(checkout.buyer_name, 2, (14, 12, 10), BOLD)
    pen.write(phones.show(checkout.phone), 1, (11,), PLAIN)
    foot: list[tuple[str, int, tuple[float, ...], str]] = []
    if checkout.country != HOME:
        foot.append((_country(checkout.country), 1, (11, 8), BOLD))
    if checkout.note:
        foot.append((f"Catatan: {checkout.note}", 2, (8, 7), PLAIN))
    kept = sum(lines * sizes[0] * LEADING for _, lines, sizes, _ in foot)
    room = pen.y - (HEIGHT - 92 * mm) - kept - 2
    pen.write(_address(parcel), 9, (10.5, 9.5, 8.5, 7.5, 6.5), PLAIN, room=room)
    for words in foot:
        pen.write(*words)
    pen.rule(HEIGHT - 92 * mm)

    # 18 mm: who sends it
    pen.write("DARI / FROM", 1, (7,), PLAIN)
    beside = INNER if parcel.resi else INNER - STICKER_WIDTH - 2 * mm
    pen.write(seller.name, 1, (9.5, 8, 7), BOLD, width=beside)
    pen.write(phones.show(seller.phone), 1, (9,), PLAIN, width=beside)
    place = ", ".join(part for part in (seller.village, seller.district) if part)
    pen.write(place, 1, (9, 7), PLAIN, width=beside)
    if not parcel.resi:
        _room_for_sticker(canvas, HEIGHT - 109 * mm)
    pen.rule(HEIGHT - 110 * mm)

    # The rest: what is inside, and the code for our own telephones
    left = INNER - QR_SIDE - 2 * mm
    pen.write("ISI / CONTENTS", 1, (7,), PLAIN)
    inside = "; ".join(f"{line.quantity} × {line.name}" for line in order.lines)
    pen.write(inside, 5, (9, 8, 7), PLAIN, width=left)
    canvas.setFont(BOLD, 13)
    canvas.drawString(EDGE, EDGE + 6 * mm, parcel.code)
    canvas.setFont(PLAIN, 8)
    canvas.drawString(EDGE, EDGE + 2 * mm, f"Kode pesanan {order.reference} · 1/1")
    _qr(canvas, parcel.code, WIDTH - EDGE - QR_SIDE, EDGE + 3 * mm)


class _Pen:
    """Writes lines downwards from `top`."""

    def __init__(self, canvas: Canvas, top: float) -> None:
        self._canvas = canvas
        self.y = top

    def write(
        self,
        text: str,
        lines: int,
        sizes: Sequence[float],
        font: str,
        width: float = INNER,
        room: float | None = None,
    ) -> None:
        broken, size = fitted(text, width, lines, sizes, font, room)
        self._canvas.setFont(font, size)
        for line in broken:
            self._canvas.drawString(EDGE, self.y - size, line)
            self.y -= size * LEADING

    def rule(self, y: float) -> None:
        self._canvas.line(EDGE / 2, y, WIDTH - EDGE / 2, y)
        self.y = y - 0.8 * mm


def _room_for_sticker(canvas: Canvas, bottom: float) -> None:
    """Frame the place where the courier's own sticker goes."""
    left = WIDTH - EDGE - STICKER_WIDTH
    canvas.saveState()
    canvas.setDash(2, 2)
    canvas.rect(left, bottom, STICKER_WIDTH, 16 * mm)
    canvas.restoreState()
    canvas.setFont(PLAIN, 8)
    canvas.drawCentredString(left + STICKER_WIDTH / 2, bottom + 7 * mm, "tempel resi di sini")


def _barcode(canvas: Canvas, text: str, top: float) -> None:
    """Draw Code 128 with the number under it, in the middle; bars are whole dots wide."""
    modules = Code128(text, barWidth=1, quiet=0).width
    wide = (modules + 2 * QUIET_MODULES) * 3 * DOT <= INNER
    bar_width = (3 if wide else 2) * DOT
    code = Code128(text, barWidth=bar_width, barHeight=BAR_HEIGHT, quiet=0)
    canvas.setFillGray(0)
    code.drawOn(canvas, (WIDTH - code.width) / 2, top - BAR_HEIGHT)
    canvas.setFont(BOLD, 12)
    canvas.drawCentredString(WIDTH / 2, top - BAR_HEIGHT - 14, text)


def _qr(canvas: Canvas, text: str, left: float, bottom: float) -> None:
    """Draw a QR code of `QR_SIDE` with its quiet zone, as one path of whole rows."""
    matrix = segno.make(text, error="m", micro=False).matrix
    border = 4
    side = QR_SIDE / (len(matrix) + 2 * border)
    path = canvas.beginPath()
    for row, cells in enumerate(matrix):
        y = bottom + QR_SIDE - (row + border + 1) * side
        start = None
        for column, dark in enumerate([*cells, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + (start + border) * side, y, (column - start) * side, side)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def _address(parcel: Parcel) -> str:
    checkout = parcel.order.checkout
    area = checkout.area
    if checkout.postal_code and checkout.postal_code not in area:
        area = f"{area} {checkout.postal_code}"
    return f"{checkout.street}, {area}"


def _country(code: str) -> str:
    """Return the country in capitals, in English as post abroad reads it."""
    return str(Locale("en").territories.get(code, code)).upper()


def _grams(grams: int) -> str:
    return f"{grams:,} g".replace(",", ".")


@cache
def _known(font: str) -> frozenset[int]:
    """Return the characters that the font has."""
    face = pdfmetrics.getFont(font).face  # type: ignore[attr-defined]  # a TTFont
    return frozenset(face.charToGlyph)


def _register_fonts() -> None:
    """Make the fonts known, once."""
    if PLAIN in pdfmetrics.getRegisteredFontNames():
        return
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "VeraBd.ttf")))
    pdfmetrics.registerFont(TTFont(PLAIN, str(folder / "Vera.ttf")))
