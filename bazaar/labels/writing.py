"""Words on a sheet of paper, as packing lists and manifests write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from reportlab.pdfgen.canvas import Canvas

from bazaar import times
from bazaar.labels.letters import LEADING, fitted, printable


def write(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    text: str,
    font: str,
    size: float,
    *,
    lines: int = 1,
) -> None:
    """Write text from the left, smaller or cut where it does not fit. All in points."""
    if not text:
        return
    broken, fitting = fitted(text, width, lines, (size, size - 1, size - 2), font)
    canvas.setFont(font, fitting)
    for number, line in enumerate(broken):
        canvas.drawString(x, y - number * fitting * LEADING, line)


def put(
    canvas: Canvas, x: float, y: float, text: str, font: str, size: float, *, right: bool = False
) -> None:
    """Write one short line as it is; `right`: it ends at `x`."""
    written = printable(text, font)  # also makes the fonts known
    canvas.setFont(font, size)
    (canvas.drawRightString if right else canvas.drawString)(x, y, written)


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return day and time in `zone`, with its short name: `1 Maret 2026 19.00 WIB`."""
    local = format_datetime(instant.astimezone(zone), "d MMMM y HH.mm", locale="id")
    return f"{local} {times.ZONES.get(zone.key, zone.key)}"
