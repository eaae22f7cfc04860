"""Labels as PDF: 100 × 150 mm for thermal printers, or four of A6 on a sheet of A4.

A thermal head of 203 dpi has dots of 0.125 mm; bars are two or three whole dots wide, so that
none gets blurred. The QR code holds the parcel's code only: the buyer's link is the buyer's key
and has no place on a parcel.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import segno
import structlog
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bazaar.labels.content import Label
from bazaar.labels.letters import BOLD, LEADING, PLAIN, fitted, printable, register_fonts
from bazaar.rules.label_layouts import Layout

log = structlog.get_logger()

DOT: Final = 0.125 * mm
"""One dot of a head with 203 dpi."""

QUIET_MODULES: Final = 10
BAR_HEIGHT: Final = 17 * mm
LOWER_BAR_HEIGHT: Final = 15.5 * mm
"""Where a sorting code stands below."""
QR_SIDE: Final = 27 * mm
QR_BORDER: Final = 4
STICKER_WIDTH: Final = 44 * mm
PAD: Final = 0.8 * mm

HEAD: Final = 15.5 * mm
BARS: Final = 28 * mm
FROM: Final = 19 * mm
INSIDE: Final = 34 * mm
"""Heights of the parts; what is left is the recipient's."""


@dataclass(frozen=True, slots=True)
class Form:
    """Size of a label, where its frame is and where writing begins, all in points."""

    width: float
    height: float
    frame: float
    edge: float

    @property
    def inner(self) -> float:
        """Width for writing and bars: 92 mm."""
        return self.width - 2 * self.edge


FORMS: Final = {
    Layout.THERMAL: Form(100 * mm, 150 * mm, 2 * mm, 4 * mm),
    # Office printers leave some 4 mm of a sheet blank.
    Layout.A6_ON_A4: Form(105 * mm, 148.5 * mm, 4.5 * mm, 6.5 * mm),
}
ON_A4: Final = 4


def pdf(labels: Iterable[Label], layout: Layout = Layout.THERMAL) -> bytes:
    """Return the labels as one PDF, in the order given; at least one is needed."""
    press = Press(layout)
    for label in labels:
        press.add(label)
    return press.finish()


class Press:
    """Draws labels one after the other; a page is finished when it is full."""

    def __init__(self, layout: Layout) -> None:
        register_fonts()
        self._form = FORMS[layout]
        self._on_page = ON_A4 if layout is Layout.A6_ON_A4 else 1
        self._file = io.BytesIO()
        form = self._form
        size = A4 if layout is Layout.A6_ON_A4 else (form.width, form.height)
        self._canvas = Canvas(self._file, pagesize=size, pageCompression=1)
        self._canvas.setTitle("Label paket")
        self._canvas.setAuthor("Pasar Virtual")
        self._drawn = 0

    def add(self, label: Label) -> None:
        """Draw one more label."""
        place = self._drawn % self._on_page
        if self._drawn and place == 0:
            self._canvas.showPage()
        if self._on_page > 1 and place == 0:
            _cut_marks(self._canvas)
        self._canvas.saveState()
        if self._on_page > 1:
            row, column = divmod(place, 2)
            self._canvas.translate(column * self._form.width, (1 - row) * self._form.height)
        if cut := _draw(self._canvas, self._form, label):
            log.warning("label_cut", code=label.code, parts=cut)
        self._canvas.restoreState()
        self._drawn += 1

    def finish(self) -> bytes:
        """Return the PDF; nothing can be added after it."""
        self._canvas.save()
        return self._file.getvalue()


def _cut_marks(canvas: Canvas) -> None:
    width, height = A4
    canvas.saveState()
    canvas.setLineWidth(0.2 * mm)
    canvas.setDash(2, 4)
    canvas.line(width / 2, 0, width / 2, height)
    canvas.line(0, height / 2, width, height / 2)
    canvas.restoreState()


def _draw(canvas: Canvas, form: Form, label: Label) -> list[str]:
    """Draw one label from top to bottom, every part in its own room; return what was cut."""
    canvas.setLineWidth(0.3 * mm)
    tall = form.height - 2 * form.frame
    canvas.rect(form.frame, form.frame, form.width - 2 * form.frame, tall)
    pen = _Pen(canvas, form)
    _head(pen, label)
    pen.rule(HEAD)
    _bars(pen, label)
    pen.rule(BARS)
    _recipient(pen, label, tall - HEAD - BARS - FROM - INSIDE)
    pen.rule(tall - HEAD - BARS - FROM - INSIDE)
    _sender(pen, label)
    pen.rule(FROM)
    _inside(pen, label)
    said = {name: getattr(label, name) for name in ("recipient", "address", "sender")}
    return [name for name, text in said.items() if text in pen.cut]


class _Pen:
    """Writes lines downwards in the part that begins at `top`."""

    def __init__(self, canvas: Canvas, form: Form) -> None:
        self.canvas = canvas
        self.form = form
        self.left = form.edge
        self.right = form.width - form.edge
        self.top = form.height - form.frame
        self.y = self.top - PAD
        self.cut: set[str] = set()

    def write(
        self,
        text: str,
        lines: int,
        sizes: Sequence[float],
        font: str,
        width: float | None = None,
        room: float | None = None,
    ) -> None:
        broken, size = fitted(text, width or self.form.inner, lines, sizes, font, room)
        self.canvas.setFont(font, size)
        if broken[-1].endswith("…"):
            self.cut.add(text)
        for line in broken:
            self.canvas.drawString(self.left, self.y - size, line)
            self.y -= size * LEADING

    def rule(self, below: float) -> None:
        """End the part, which is so high, with a line across the label."""
        self.top -= below
        frame = self.form.frame
        self.canvas.line(frame, self.top, self.form.width - frame, self.top)
        self.y = self.top - PAD


def _head(pen: _Pen, label: Label) -> None:
    """Who carries it where; weight, and which box of how many."""
    beside = 31 * mm
    lines = [("CASHLESS", 10)] if label.cashless else []
    lines.append(("NON-COD", 11))
    boxes = f"{_grams(label.weight_g)} · koli {label.number}/{label.total}"
    y = pen.y
    for text, size in lines:
        pen.canvas.setFont(BOLD, size)
        pen.canvas.drawRightString(pen.right, y - size, text)
        y -= size * LEADING
    pen.canvas.setFont(PLAIN, 8.5)
    pen.canvas.drawRightString(pen.right, y - 9, printable(boxes))
    pen.write(label.courier, 1, (20, 16, 12, 9), BOLD, width=pen.form.inner - beside)
    origin = f" · dari {label.origin}" if label.origin else ""
    way = f"{label.destination.upper()}{origin}" if label.destination else ""
    pen.write(way, 1, (9, 8, 7), BOLD, width=pen.form.inner - beside)


def _bars(pen: _Pen, label: Label) -> None:
    """What the scanner reads, and the courier's sorting code."""
    high = LOWER_BAR_HEIGHT if label.sorting_code else BAR_HEIGHT
    bottom = pen.top - 2 * mm - high
    _barcode(pen, label.resi or label.code, bottom, high)
    if label.sorting_code:
        room = pen.form.inner
        (text, *_), size = fitted(label.sorting_code, room, 1, (10, 8, 7), BOLD)
        pen.canvas.setFont(BOLD, size)
        pen.canvas.drawCentredString(pen.form.width / 2, bottom - 24, text)


def _recipient(pen: _Pen, label: Label, high: float) -> None:
    """Who gets it, and how it wants to be carried. The address takes what the others leave."""
    bottom = pen.top - high
    if label.fragile:
        _fragile(pen)
    pen.write("KEPADA / TO", 1, (7,), PLAIN)
    if label.fragile:
        pen.y = pen.top - 8 * mm
    pen.write(label.recipient, 2, (14, 12, 10), BOLD)
    pen.write(label.phone, 1, (11,), PLAIN)
    foot: list[tuple[str, int, tuple[float, ...], str]] = []
    if label.country:
        foot.append((label.country, 1, (11, 8), BOLD))
    if label.note:
        foot.append((f"Catatan: {label.note}", 2, (8, 7), PLAIN))
    kept = sum(lines * sizes[0] * LEADING for _, lines, sizes, _ in foot)
    room = pen.y - bottom - kept - 2
    pen.write(label.address, 9, (10.5, 9.5, 8.5, 7.5, 6.5), PLAIN, room=room)
    for words in foot:
        pen.write(*words)


def _fragile(pen: _Pen) -> None:
    """Say in white on black, at the right, that it breaks easily."""
    wide, high = 58 * mm, 6.5 * mm
    canvas = pen.canvas
    canvas.rect(pen.right - wide, pen.top - 0.8 * mm - high, wide, high, stroke=0, fill=1)
    canvas.setFillGray(1)
    canvas.setFont(BOLD, 11)
    canvas.drawCentredString(
        pen.right - wide / 2, pen.top - 0.8 * mm - high / 2 - 4, "FRAGILE · MUDAH PECAH"
    )
    canvas.setFillGray(0)


def _sender(pen: _Pen, label: Label) -> None:
    """Who sends it; without a number the room for the courier's own sticker."""
    bottom = pen.top - FROM
    beside = pen.form.inner if label.resi else pen.form.inner - STICKER_WIDTH - 2 * mm
    pen.write("DARI / FROM", 1, (7,), PLAIN)
    pen.write(label.sender, 1, (9.5, 8, 7), BOLD, width=beside)
    pen.write(label.sender_phone, 1, (9,), PLAIN, width=beside)
    room = pen.y - bottom - 2
    pen.write(label.sender_address, 2, (8, 7, 6), PLAIN, width=beside, room=room)
    if not label.resi:
        _room_for_sticker(pen, bottom + 1 * mm)


def _inside(pen: _Pen, label: Label) -> None:
    """What is in the box, and the code for our own telephones."""
    canvas, bottom = pen.canvas, pen.form.frame
    beside = pen.form.inner - QR_SIDE - 2 * mm
    pen.write("ISI / CONTENTS", 1, (7,), PLAIN)
    room = pen.y - bottom - 12.5 * mm
    pen.write(label.contents, 5, (9, 8, 7), PLAIN, width=beside, room=room)
    canvas.setFont(BOLD, 13)
    canvas.drawString(pen.left, bottom + 7 * mm, label.code)
    canvas.setFont(PLAIN, 8)
    told = f"{label.order} · versi {label.version}"
    canvas.drawString(pen.left, bottom + 2.5 * mm, told)
    _qr(canvas, label.code, pen.right - QR_SIDE, bottom + 2 * mm)


def _room_for_sticker(pen: _Pen, bottom: float) -> None:
    """Frame the place where the courier's own sticker goes."""
    left, canvas = pen.right - STICKER_WIDTH, pen.canvas
    canvas.saveState()
    canvas.setDash(2, 2)
    canvas.rect(left, bottom, STICKER_WIDTH, FROM - 2 * mm)
    canvas.restoreState()
    canvas.setFont(PLAIN, 8)
    canvas.drawCentredString(left + STICKER_WIDTH / 2, bottom + 7 * mm, "tempel resi di sini")


def _barcode(pen: _Pen, text: str, bottom: float, high: float) -> None:
    """Draw Code 128 with the number under it, in the middle; bars are whole dots wide."""
    modules = Code128(text, barWidth=1, quiet=0).width
    wide = (modules + 2 * QUIET_MODULES) * 3 * DOT <= pen.form.inner
    code = Code128(text, barWidth=(3 if wide else 2) * DOT, barHeight=high, quiet=0)
    pen.canvas.setFillGray(0)
    code.drawOn(pen.canvas, (pen.form.width - code.width) / 2, bottom)
    pen.canvas.setFont(BOLD, 12)
    pen.canvas.drawCentredString(pen.form.width / 2, bottom - 13, text)


def _qr(canvas: Canvas, text: str, left: float, bottom: float) -> None:
    """Draw a QR code of `QR_SIDE` with its quiet zone, as one path of whole rows."""
    matrix = segno.make(text, error="m", micro=False).matrix
    side = QR_SIDE / (len(matrix) + 2 * QR_BORDER)
    path = canvas.beginPath()
    for row, cells in enumerate(matrix):
        y = bottom + QR_SIDE - (row + QR_BORDER + 1) * side
        start = None
        for column, dark in enumerate([*cells, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(left + (start + QR_BORDER) * side, y, (column - start) * side, side)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def _grams(grams: int) -> str:
    return f"{grams:,} g".replace(",", ".")
