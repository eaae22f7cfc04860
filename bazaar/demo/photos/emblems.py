"""A medallion for each stall: initials in a ring of batik petals."""

import math
import re
from random import Random

from PIL import Image

from bazaar.demo.photos import colours as c
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.pen import OVERSAMPLING, Pen, leaf

PAIRS = (
    (c.INDIGO, c.TURMERIC),
    (c.TERRACOTTA, c.BUTTER),
    (c.LEAF, c.BUTTER),
    (c.hue("#8e2f2b"), c.TURMERIC),
    (c.TEAL, c.hue("#f0b04a")),
    (c.PLUM, c.hue("#f0b7a0")),
    (c.hue("#6b3a23"), c.TURMERIC),
    (c.hue("#34477b"), c.hue("#f3b08a")),
)
RINGS = ("petals", "sunflower", "tumpal", "kawung")
SMALL_WORDS = {"bu", "pak", "mas", "mbah", "mbok", "mak", "ibu", "dan"}


def draw_emblem(name: str, *, seed: int | str, size: int = 256) -> Image.Image:
    """Draw the square emblem of a stall in RGB; the same name and seed give the same picture."""
    pick = Random(f"{seed}:{name}")  # noqa: S311 - chance for a picture, not for a secret
    deep, bright = pick.choice(PAIRS)
    pen = Pen(size * OVERSAMPLING, c.PAPER)
    pen.dot(500, 500, 486, deep)
    pen.ring(500, 500, 462, bright, 10)
    _ring(pen, pick.choice(RINGS), deep, bright)
    pen.dot(500, 500, 276, bright)
    pen.dot(500, 500, 262, c.CREAM)
    pen.ring(500, 500, 242, c.mix(deep, c.CREAM, 0.3), 5)
    letters = initials(name)
    pen.text(500, 496, letters, deep, wide=330, high=260 if len(letters) == 1 else 220)
    return pen.finished()


def initials(name: str) -> str:
    """Return one or two capitals for a business; forms of address do not count."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if word.lower() not in SMALL_WORDS]
    return "".join(word[0] for word in words[:2]).upper() or "U"


def _ring(pen: Pen, kind: str, deep: Colour, bright: Colour) -> None:
    if kind == "petals":
        for step in range(12):
            with pen.at(500, 500, step * 30):
                pen.fill([(x + 270, y) for x, y in leaf(170, 112)], c.CREAM)
                pen.fill([(x + 296, y * 0.55) for x, y in leaf(116, 112)], bright)
            _beyond(pen, step * 30 + 15, 416, 17, bright)
    elif kind == "sunflower":
        for step in range(24):
            with pen.at(500, 500, step * 15):
                tint = c.CREAM if step % 2 else bright
                pen.fill([(x + 262, y) for x, y in leaf(180 if step % 2 else 150, 64)], tint)
    elif kind == "tumpal":
        for step in range(20):
            with pen.at(500, 500, step * 18):
                pen.fill([(274, -40), (274, 40), (430, 0)], c.CREAM)
                pen.fill([(280, -18), (280, 18), (352, 0)], deep)
                pen.dot(396, 62, 9, bright)
    else:
        for step in range(10):
            with pen.at(500, 500, step * 36):
                pen.oval(362, 0, 84, 60, c.CREAM)
                pen.oval(362, 0, 58, 36, deep)
                pen.oval(362, 0, 40, 20, bright)
            _beyond(pen, step * 36 + 18, 408, 19, bright)
            _beyond(pen, step * 36 + 18, 318, 13, c.CREAM)


def _beyond(pen: Pen, turn: float, far: float, radius: float, colour: Colour) -> None:
    angle = math.radians(turn)
    pen.dot(500 + far * math.cos(angle), 500 + far * math.sin(angle), radius, colour)
