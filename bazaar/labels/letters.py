"""What can be written on paper: letters that the fonts have, in the largest size that fits.

Fonts are the Bitstream Vera that reportlab brings: western and central European letters. Others are
printed without their accents, and as `?` where that does not help: addresses abroad are to be
written in Latin letters anyway.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import reportlab
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Label"
BOLD: Final = "LabelBold"
LEADING: Final = 1.18
"""Height of a line, in sizes of its letters."""

Fitted = tuple[list[str], float]
"""Lines and the size of their letters, in points."""


def printable(text: str, font: str = PLAIN) -> str:
    """Return the text in letters that the font has, on one line."""
    register_fonts()
    known = _known(font)
    letters: list[str] = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())):
        if ord(letter) in known:
            letters.append(letter)
        elif unicodedata.category(letter) not in {"Mn", "Cf", "Cc"}:
            simple = unicodedata.normalize("NFKD", letter)
            letters.append("".join(c for c in simple if ord(c) in known and c.isprintable()) or "?")
    return "".join(letters)


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


def register_fonts() -> None:
    """Make the fonts known, once."""
    if PLAIN in pdfmetrics.getRegisteredFontNames():
        return
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "VeraBd.ttf")))
    pdfmetrics.registerFont(TTFont(PLAIN, str(folder / "Vera.ttf")))


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


@cache
def _known(font: str) -> frozenset[int]:
    """Return the characters that the font has."""
    face = pdfmetrics.getFont(font).face  # type: ignore[attr-defined]  # a TTFont
    return frozenset(face.charToGlyph)
