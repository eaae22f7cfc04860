"""Batik and weaving motifs as tiles that repeat without a seam.

Kawung, parang, truntum and ceplok are the old court motifs; daun tembakau, kopi and kakao are
what Jember's makers draw. All are drawn here from simple leaves and ovals.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from PIL import Image

from bazaar.demo.photos import colours as c
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.pen import Pen, leaf


@dataclass(frozen=True, slots=True)
class Dye:
    """The colours of one cloth: its ground, its figures, and what is set off."""

    ground: Colour
    figure: Colour
    accent: Colour


DYES = (
    Dye(c.INDIGO, c.PAPER, c.TURMERIC),
    Dye(c.hue("#f3e3c3"), c.hue("#6a3d24"), c.INDIGO),
    Dye(c.hue("#6b3a23"), c.hue("#f1d9a8"), c.TURMERIC),
    Dye(c.hue("#8e2f2b"), c.hue("#f8e6c8"), c.TURMERIC),
    Dye(c.hue("#2f5a45"), c.hue("#f3ead0"), c.TURMERIC),
    Dye(c.hue("#f7ecd6"), c.INDIGO, c.TERRACOTTA),
    Dye(c.hue("#232b4a"), c.hue("#cfdbe8"), c.CLAY),
    Dye(c.TERRACOTTA, c.hue("#fbecd2"), c.hue("#6d2717")),
    Dye(c.hue("#5a2f52"), c.hue("#f3dcd0"), c.TURMERIC),
    Dye(c.hue("#206164"), c.hue("#f6ecd2"), c.hue("#f0b04a")),
)


def tile(motif: str, dye: Dye, pixels: int) -> Image.Image:
    """Draw one tile of a motif named in `MOTIFS`, `pixels` wide and high."""
    pen = Pen(pixels * 2, dye.ground)
    MOTIFS[motif](pen, dye)
    return pen.finished()


def dye_for(pick: Random) -> Dye:
    """Choose a cloth's colours."""
    return pick.choice(DYES)


def motif_for(name: str, pick: Random) -> str:
    """Choose the motif that the product's name speaks of, or any court motif."""
    said = name.lower()
    for words, motif in SPOKEN:
        if any(word in said for word in words):
            return motif
    return pick.choice(("kawung", "parang", "truntum", "ceplok", "tembakau"))


def _each(x: float, y: float, reach: float = 500) -> Iterator[tuple[float, float]]:
    """Give the place and its images in the neighbouring tiles that reach into this one."""
    for dx in (-1000, 0, 1000):
        for dy in (-1000, 0, 1000):
            if -reach < x + dx < 1000 + reach and -reach < y + dy < 1000 + reach:
                yield x + dx, y + dy


def _kawung(pen: Pen, dye: Dye) -> None:
    for row in range(2):
        for column in range(2):
            turn = 45 if (row + column) % 2 == 0 else -45
            for x, y in _each(250 + 500 * column, 250 + 500 * row, 350):
                with pen.at(x, y, turn):
                    pen.oval(0, 0, 318, 150, dye.figure)
                    pen.oval(0, 0, 250, 96, dye.ground)
                    pen.oval(0, 0, 205, 60, dye.figure)
                    pen.dot(-78, 0, 27, dye.ground)
                    pen.dot(78, 0, 27, dye.ground)
    for x, y in ((500, 500), (0, 0)):
        for px, py in _each(x, y, 100):
            pen.fill(_diamond(px, py, 58), dye.accent)
    for x, y in ((500, 0), (0, 500)):
        for px, py in _each(x, y, 100):
            pen.dot(px, py, 52, dye.accent)
            pen.dot(px, py, 24, dye.ground)


def _parang(pen: Pen, dye: Dye) -> None:
    blade = (
        "M-30 -222 C96 -236 168 -120 92 -34 C40 24 48 84 118 170 "
        "C10 176 -60 96 -24 6 C0 -60 10 -110 -46 -128 C-60 -160 -50 -200 -30 -222 Z"
    )
    for side in (-255, 255):
        for x, y in _each(500 + side * 0.7071, 500 + side * 0.7071, 1100):
            pen.stroke([(x - 900, y + 900), (x + 900, y - 900)], dye.accent, 34)
    for step in range(5):
        for x, y in _each(step * 200, 1000 - step * 200, 400):
            with pen.at(x, y, -45):
                pen.fill(blade, dye.figure)
                pen.dot(34, -120, 34, dye.accent)
    for step in range(8):
        for x, y in _each(step * 125 + 500, 1000 - step * 125, 80):
            pen.fill(_diamond(x, y, 52), dye.figure)


def _truntum(pen: Pen, dye: Dye) -> None:
    for x, y in ((250, 250), (750, 750)):
        for turn in range(0, 360, 45):
            with pen.at(x, y, turn):
                pen.fill(leaf(205, 70), dye.figure)
        pen.dot(x, y, 54, dye.accent)
    for x, y in ((750, 250), (250, 750)):
        pen.dot(x, y, 50, dye.figure)
        for turn in range(0, 360, 60):
            angle = math.radians(turn)
            pen.dot(x + 115 * math.cos(angle), y + 115 * math.sin(angle), 26, dye.accent)


def _ceplok(pen: Pen, dye: Dye) -> None:
    for turn in range(0, 360, 90):
        with pen.at(500, 500, turn + 45):
            pen.fill(leaf(420, 215), dye.figure)
            pen.fill([(x + 70, y * 0.45) for x, y in leaf(270, 215)], dye.accent)
        with pen.at(500, 500, turn):
            pen.fill(leaf(300, 110), dye.figure)
    pen.dot(500, 500, 88, dye.ground)
    pen.dot(500, 500, 60, dye.accent)
    for x, y in _each(0, 0, 300):
        pen.fill(_diamond(x, y, 190), dye.figure)
        pen.fill(_diamond(x, y, 130), dye.ground)
        pen.dot(x, y, 58, dye.accent)


def _tobacco_leaf(pen: Pen, dye: Dye, size: float) -> None:
    pen.fill(leaf(size, size * 0.46, size * 0.05), dye.figure)
    pen.stroke(
        [(-size * 0.14, -size * 0.02), (size * 0.5, size * 0.05), (size * 0.94, 0)],
        dye.ground,
        size * 0.03,
    )
    for step in range(1, 6):
        x = size * (0.1 + step * 0.13)
        reach = size * 0.17 * math.sin(min(1, step / 5.6) * math.pi) + size * 0.03
        for side in (-1, 1):
            pen.stroke(
                [(x, size * 0.035), (x + reach * 0.9, size * 0.03 + side * reach)],
                dye.ground,
                size * 0.02,
            )


def _tembakau(pen: Pen, dye: Dye) -> None:
    _dots(pen, dye.accent, 20, 250)
    for x, y, turn in ((60, 420, -52), (540, 930, -38), (520, 130, 28)):
        for px, py in _each(x, y, 640):
            with pen.at(px, py, turn):
                _tobacco_leaf(pen, dye, 540)
    for x, y in ((440, 560), (930, 700), (200, 40)):
        for px, py in _each(x, y, 160):
            for turn in range(0, 360, 72):
                with pen.at(px, py, turn):
                    pen.fill(leaf(92, 56), dye.accent)
            pen.dot(px, py, 22, dye.figure)


def _kopi(pen: Pen, dye: Dye) -> None:
    for x, y, turn in ((250, 250, 20), (750, 750, -30)):
        for px, py in _each(x, y, 420):
            with pen.at(px, py, turn):
                pen.stroke("M-330 60 C-100 -40 100 70 340 -30", dye.accent, 22)
                for bx, by in ((-150, -92), (-10, 112), (140, -80)):
                    pen.oval(bx, by, 124, 88, dye.figure, 24)
                    fold = [(bx - 94, by - 32), (bx - 10, by + 18), (bx + 94, by + 32)]
                    pen.stroke(fold, dye.ground, 18)
    for x, y, turn in ((820, 130, 100), (210, 640, 75), (560, 480, 170), (700, 420, -40)):
        for px, py in _each(x, y, 320):
            with pen.at(px, py, turn):
                pen.fill(leaf(250, 124), dye.accent)
                pen.stroke([(15, 0), (222, 0)], dye.ground, 13)


def _kakao(pen: Pen, dye: Dye) -> None:
    _dots(pen, dye.accent, 20, 250)
    for x, y, turn in ((270, 270, -35), (770, 770, 35)):
        for px, py in _each(x, y, 330):
            with pen.at(px, py, turn):
                pen.oval(0, 0, 270, 140, dye.figure)
                for bend in (-84, 0, 84):
                    pen.stroke([(-226, bend * 0.3), (0, bend), (226, bend * 0.3)], dye.ground, 17)
    for x, y, turn in ((780, 250, 120), (280, 760, -60)):
        for px, py in _each(x, y, 330):
            with pen.at(px, py, turn):
                pen.fill(leaf(300, 130), dye.accent)
                pen.stroke([(15, 0), (270, 0)], dye.ground, 14)


def _ombak(pen: Pen, dye: Dye) -> None:
    rings = ((242, dye.figure), (186, dye.ground), (132, dye.figure), (76, dye.accent))
    for row in range(-1, 4):
        for column in range(-1, 3):
            x, y = column * 500 + (row % 2) * 250, row * 333 + 200
            pen.dot(x, y, 256, dye.ground)
            for radius, colour in rings:
                pen.dot(x, y, radius, colour)


def _melati(pen: Pen, dye: Dye) -> None:
    for x, y, turn in ((250, 250, 0), (750, 720, 30)):
        for px, py in _each(x, y, 420):
            with pen.at(px, py, turn):
                pen.stroke("M-330 150 C-160 260 120 140 300 290", dye.accent, 20)
                for lx, ly, lt in ((-230, 190, -60), (130, 200, 60), (220, 230, -20)):
                    with pen.at(lx, ly, lt):
                        pen.fill(leaf(140, 74), dye.accent)
                for petal in range(0, 360, 72):
                    with pen.at(0, 0, petal):
                        pen.fill(leaf(205, 132), dye.figure)
                        pen.stroke([(60, 0), (130, 0)], dye.ground, 12)
                pen.dot(0, 0, 52, dye.ground)
                pen.dot(0, 0, 34, dye.accent)
    _dots(pen, dye.figure, 13, 250)


def _daun(pen: Pen, dye: Dye) -> None:
    soft = (c.mix(dye.ground, dye.figure, 0.5), c.mix(dye.ground, dye.accent, 0.7), dye.figure)
    places = (
        (60, 330, -50, 480), (560, 60, 62, 400), (960, 560, 170, 420),
        (330, 960, -80, 420), (700, 960, -62, 330), (900, 420, -140, 270),
    )  # fmt: skip
    for number, (x, y, turn, size) in enumerate(places):
        for px, py in _each(x, y, 500):
            with pen.at(px, py, turn):
                pen.fill(leaf(size, size * 0.56, size * 0.06), soft[number % 3])
                rib = [(-30.0, 0.0), (size * 0.5, size * 0.06), (size * 0.95, 0.0)]
                pen.stroke(rib, dye.ground, 12)
                for step in range(1, 5):
                    at = size * step * 0.19
                    for side in (-1, 1):
                        tip = (at + size * 0.11, side * size * 0.14)
                        pen.stroke([(at, size * 0.04), tip], dye.ground, 8)


def _lurik(pen: Pen, dye: Dye) -> None:
    for x, wide, colour in (
        (60, 130, dye.figure),
        (250, 40, dye.accent),
        (340, 40, dye.accent),
        (470, 200, dye.figure),
        (520, 30, dye.ground),
        (620, 30, dye.ground),
        (780, 50, dye.accent),
        (880, 50, dye.figure),
    ):
        pen.box(x, 0, x + wide, 1000, colour)


def _anyam(pen: Pen, dye: Dye) -> None:
    edge = c.darker(dye.figure, 0.3)
    for row in range(4):
        for column in range(4):
            x, y = column * 250, row * 250
            over = (row + column) % 2 == 0
            pen.box(x, y, x + 250, y + 250, dye.ground)
            if over:
                pen.box(x, y + 22, x + 250, y + 228, dye.figure)
                pen.box(x, y + 186, x + 250, y + 228, edge)
            else:
                pen.box(x + 22, y, x + 228, y + 250, dye.accent)
                pen.box(x + 186, y, x + 228, y + 250, c.darker(dye.accent, 0.3))


def _rajut(pen: Pen, dye: Dye) -> None:
    for row in range(4):
        for column in range(4):
            x, y = column * 250, row * 250
            for px, py in _each(x + 125, y + 125, 160):
                pen.oval(px - 62, py, 96, 44, dye.figure, 52)
                pen.oval(px + 62, py, 96, 44, c.mix(dye.figure, dye.ground, 0.25), -52)


def _titik(pen: Pen, dye: Dye) -> None:
    for x, y in ((250, 250), (750, 750)):
        pen.dot(x, y, 110, dye.figure)


def _dots(pen: Pen, colour: Colour, radius: float, step: int) -> None:
    for x in range(0, 1000, step):
        for y in range(0, 1000, step):
            pen.dot(x + step / 2, y + (step / 2 if x // step % 2 else step / 4), radius, colour)


def _diamond(x: float, y: float, reach: float) -> list[tuple[float, float]]:
    return [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]


MOTIFS: dict[str, Callable[[Pen, Dye], None]] = {
    "kawung": _kawung,
    "parang": _parang,
    "truntum": _truntum,
    "ceplok": _ceplok,
    "tembakau": _tembakau,
    "kopi": _kopi,
    "kakao": _kakao,
    "ombak": _ombak,
    "melati": _melati,
    "daun": _daun,
    "lurik": _lurik,
    "anyam": _anyam,
    "rajut": _rajut,
    "titik": _titik,
}

SPOKEN = (
    (("kawung",), "kawung"),
    (("parang",), "parang"),
    (("truntum",), "truntum"),
    (("tembakau", "labako"), "tembakau"),
    (("kakao", "cokelat"), "kakao"),
    (("kopi",), "kopi"),
    (("ombak", "perahu", "laut"), "ombak"),
    (("melati", "bunga", "bordir", "cempaka"), "melati"),
    (("ecoprint", "daun"), "daun"),
)
