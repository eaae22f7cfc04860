"""Where a product stands: a wall with a faint ornament, a sun behind, a table with a batik hem."""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import OVERSAMPLING, Pen, leaf

HORIZON = 690
GHOSTS = ("kawung", "truntum", "ceplok")


@dataclass(frozen=True, slots=True)
class Look:
    """The colours that one picture keeps to."""

    wall: Colour
    sun: Colour
    table: Colour
    hem: Colour
    trim: Colour
    dark: bool = False


LOOKS = {
    "paper": Look(c.PAPER, c.hue("#f4d58a"), c.hue("#e9cf9f"), c.INDIGO, c.TURMERIC),
    "butter": Look(
        c.hue("#f9e6b4"), c.hue("#fdf5dd"), c.hue("#d99a4e"), c.hue("#8f3b22"), c.BUTTER
    ),
    "blush": Look(c.BLUSH, c.hue("#fcefe2"), c.hue("#c9744f"), c.INDIGO, c.BLUSH),
    "sage": Look(c.SAGE, c.hue("#f4efd6"), c.hue("#93a873"), c.hue("#3d5c36"), c.BUTTER),
    "sky": Look(c.SKY, c.hue("#fbf3df"), c.hue("#7fa0b5"), c.INDIGO, c.hue("#f3d48c")),
    "indigo": Look(
        c.hue("#34477b"), c.hue("#eebd55"), c.hue("#253158"), c.TURMERIC, c.INDIGO, dark=True
    ),
    "clay": Look(
        c.hue("#c8704a"), c.hue("#f4cf9f"), c.hue("#8d4426"), c.BUTTER, c.hue("#8d4426"), dark=True
    ),
    "leaf": Look(
        c.hue("#5f8753"), c.hue("#f0e0a6"), c.hue("#3d5c36"), c.BUTTER, c.hue("#3d5c36"), dark=True
    ),
    "turmeric": Look(c.hue("#ebbc50"), c.hue("#fcefca"), c.hue("#b8652f"), c.INDIGO, c.BUTTER),
    "teal": Look(
        c.hue("#3d8380"), c.hue("#f3deaa"), c.hue("#235552"), c.BUTTER, c.hue("#235552"), dark=True
    ),
    "rose": Look(c.hue("#eec3bd"), c.hue("#fbeee2"), c.hue("#b8596a"), c.hue("#6f2f4b"), c.BLUSH),
}
LIGHT = ("paper", "butter", "blush", "sage", "sky", "rose")
DARK = ("indigo", "clay", "leaf", "teal", "turmeric")


def stage(pixels: int, pick: Random, looks: tuple[str, ...] = (*LIGHT, *DARK)) -> tuple[Pen, Look]:
    """Set a table before a wall. Things stand best with their foot near y = 800."""
    look = LOOKS[pick.choice(looks)]
    pen = _wall(pixels, look, pick)
    _sun(pen, look, pick)
    _table(pen, look, pick)
    return pen, look


def cloth(pixels: int, pick: Random, looks: tuple[str, ...] = LIGHT) -> tuple[Pen, Look]:
    """Lay a cloth seen from above, with a border; for what lies flat."""
    look = LOOKS[pick.choice(looks)]
    pen = _wall(pixels, look, pick)
    rim = c.mix(look.wall, look.table, 0.55)
    for y in (0, 940):
        pen.box(0, y, 1000, y + 60, rim)
        hem(pen, y + 8, 44, look, up=y == 0)
    return pen, look


def hem(
    pen: Pen, top: float, high: float, look: Look, *, up: bool = False, left: float = 0
) -> None:
    """Draw a row of tumpal, the triangles along the edge of a Javanese cloth."""
    wide = high * 1.3
    for number in range(math.ceil((1000 - left) / wide) + 1):
        x = left + number * wide
        tip, foot = (top + high, top) if up else (top, top + high)
        pen.fill([(x, foot), (x + wide, foot), (x + wide / 2, tip)], look.hem)
        middle = foot + (tip - foot) * 0.34
        pen.dot(x + wide / 2, middle, high * 0.13, look.trim)


def _wall(pixels: int, look: Look, pick: Random) -> Pen:
    pen = Pen(pixels * OVERSAMPLING, look.wall)
    ghost = c.mix(
        look.wall, look.table if not look.dark else c.CREAM, 0.1 if not look.dark else 0.06
    )
    dye = Dye(look.wall, ghost, c.mix(look.wall, ghost, 0.6))
    span = pick.choice((250, 333)) * pen.scale
    pen.tiles(_tile(pick.choice(GHOSTS), dye, round(span)))
    return pen


def _tile(motif: str, dye: Dye, pixels: int) -> Image.Image:
    return motifs.tile(motif, dye, pixels)


def _sun(pen: Pen, look: Look, pick: Random) -> None:
    shape = pick.choice(("disc", "disc", "arch", "rays", "gunungan", "rings"))
    soft = c.mix(look.sun, look.wall, 0.45)
    if shape == "disc":
        pen.dot(500, 450, 365, look.sun)
    elif shape == "rings":
        for radius, colour in ((400, soft), (350, look.wall), (325, look.sun)):
            pen.dot(500, 450, radius, colour)
    elif shape == "arch":
        pen.fill("M150 700 L150 440 C150 10 850 10 850 440 L850 700 Z", soft)
        pen.fill("M195 700 L195 450 C195 70 805 70 805 450 L805 700 Z", look.sun)
    elif shape == "rays":
        for turn in range(0, 360, 15):
            with pen.at(500, 470, turn):
                pen.fill([(0, 0), (430, -26), (430, 26)], soft)
        pen.dot(500, 470, 320, look.sun)
    else:
        pen.fill(
            (
                "M500 30 C560 190 860 300 860 560 C860 660 800 720 740 720 L260 720 "
                "C200 720 140 660 140 560 C140 300 440 190 500 30 Z"
            ),
            soft,
        )
        pen.fill(
            (
                "M500 105 C560 245 810 340 810 560 C810 650 760 720 700 720 L300 720 "
                "C240 720 190 650 190 560 C190 340 440 245 500 105 Z"
            ),
            look.sun,
        )


def _table(pen: Pen, look: Look, pick: Random) -> None:
    top = look.table
    pen.box(0, HORIZON, 1000, 1000, top)
    pen.box(0, HORIZON, 1000, HORIZON + 10, c.lighter(top, 0.35))
    kind = pick.choice(("plain", "plank", "mat", "runner"))
    if kind == "plank":
        for y in (752, 832):
            pen.box(0, y, 1000, y + 5, c.darker(top, 0.14))
        for x, y in ((180, 692), (720, 757), (400, 837)):
            pen.box(x, y, x + 5, y + (62 if y < 800 else 80), c.darker(top, 0.14))
    elif kind == "mat":
        with pen.clip([(120, 730), (880, 730), (985, 905), (15, 905)]):
            dye = Dye(
                c.mix(top, c.BUTTER, 0.35), c.mix(top, c.BUTTER, 0.55), c.mix(top, c.BUTTER, 0.2)
            )
            pen.tiles(_tile("anyam", dye, round(140 * pen.scale)))
    elif kind == "runner":
        pen.fill(
            [(170, HORIZON + 10), (830, HORIZON + 10), (930, 912), (70, 912)],
            c.mix(top, look.sun, 0.45),
        )
        pen.fill(
            [(200, HORIZON + 10), (800, HORIZON + 10), (890, 912), (110, 912)],
            c.mix(top, look.sun, 0.6),
        )
    pen.box(0, 906, 1000, 1000, c.darker(top, 0.26))
    pen.box(0, 906, 1000, 914, c.darker(top, 0.1))
    hem(pen, 924, 64, look, left=-pick.randrange(30))


def sprig(pen: Pen, x: float, y: float, turn: float, size: float, colour: Colour = c.LEAF) -> None:
    """Lay a small twig with leaves beside the product."""
    with pen.at(x, y, turn, size / 100):
        pen.stroke("M0 0 C40 -8 80 -6 128 10", c.darker(colour), 6)
        for number, (lx, side) in enumerate(((18, -1), (40, 1), (66, -1), (92, 1), (120, 0))):
            with pen.at(lx, -2 if number < 4 else 8, side * 46):
                pen.fill(leaf(66, 30, 3), c.mix(colour, c.MOSS, 0.35 * (number % 3)))
                pen.stroke([(4, 0), (56, 2)], c.darker(colour, 0.12), 2.4)
