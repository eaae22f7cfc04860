"""What a package says and in which colour: the words of a label, the taste of a name."""

import re
from collections.abc import Sequence
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.pen import Pen, leaf

LINE_LENGTHS = (11, 13)
_SIZES = re.compile(
    r"\b(\d[\d.,%]*\s*(g|kg|ml|liter|butir|cm)?|isi|botol|batang|besek)\b", re.IGNORECASE
)


MIN_CLEARANCE = 90


FLAVOURS: tuple[tuple[tuple[str, ...], Colour], ...] = (
    (("telang", "biru"), c.hue("#4a5fae")),
    (("petis", "terasi bubuk"), c.hue("#6a3a2c")),
    (("pecel", "gado"), c.hue("#a8642c")),
    (("suwar",), c.hue("#c9823a")),
    (("pedas", "balado", "cabai", "nampol", "sambal bawang", "sambal cumi"), c.CHILI),
    (("edamame", "kelor", "hijau", "jeruk nipis", "teh daun"), c.hue("#7f9f4a")),
    (("sambal",), c.hue("#8f2f22")),
    (("buah naga", "naga", "bit"), c.hue("#b5305f")),
    (("cokelat", "kakao", "brownies"), c.COCOA),
    (("jeruk", "wortel", "waluh", "kunyit", "keju", "nanas"), c.hue("#e58a1f")),
    (("madu", "jagung", "gula", "temulawak", "pisang", "lemon"), c.TURMERIC),
    (("uwuh", "secang", "jahe merah", "ronde"), c.hue("#a5442f")),
    (("kopi", "lanang", "tubruk"), c.hue("#3d2a22")),
    (("jahe", "wedang", "beras", "kencur", "tempe", "kacang", "wijen"), c.hue("#cf9a55")),
    (("udang", "ikan", "petis", "terasi", "lele", "cumi"), c.hue("#3f6f93")),
    (("jamur", "susu", "kelapa"), c.hue("#8aa0a8")),
)


def flavour(name: str, pick: Random) -> Colour:
    """Return the colour that the name tastes of."""
    said = name.lower()
    for words, colour in FLAVOURS:
        if any(word in said for word in words):
            return colour
    return pick.choice((c.TERRACOTTA, c.INDIGO, c.LEAF, c.TURMERIC, c.PLUM, c.TEAL))


def choose(pick: Random, look: scenes.Look, options: Sequence[Colour]) -> Colour:
    """Choose among the colours that stand out from the scene."""
    clear = [colour for colour in options if _clearance(colour, look) > MIN_CLEARANCE]
    return pick.choice(clear) if clear else max(options, key=lambda one: _clearance(one, look))


def apart(colour: Colour, look: scenes.Look) -> Colour:
    """Return the colour, or a deeper or paler one if it would sink into the scene."""
    tints = (colour, c.darker(colour, 0.22), c.lighter(colour, 0.3), c.darker(colour, 0.4))
    for tint in tints:
        if _clearance(tint, look) > MIN_CLEARANCE:
            return tint
    return colour


def _clearance(colour: Colour, look: scenes.Look) -> int:
    return min(
        sum(abs(a - b) for a, b in zip(colour, ground, strict=True))
        for ground in (look.sun, look.table, look.wall)
    )


def label_words(name: str) -> list[str]:
    """Return up to two short lines for a label: the name without sizes and counts."""
    plain = re.sub(r"[^\w\s'-]", " ", _SIZES.sub(" ", name))
    lines: list[str] = []
    for word in plain.upper().split():
        if lines and len(lines[-1]) + len(word) < LINE_LENGTHS[len(lines) - 1]:
            lines[-1] += f" {word}"
        elif len(lines) < 2:
            lines.append(word)
        else:
            break
    return lines or ["JEMBER"]


def label(pen: Pen, name: str, frame: tuple[float, float, float, float], ink: Colour) -> None:
    """Stick a paper label with the product's name and a small ornament into the frame."""
    left, top, right, bottom = frame
    pen.box(left, top, right, bottom, c.CREAM, 10)
    pen.box(left + 7, top + 7, right - 7, bottom - 7, ink, 7)
    pen.box(left + 10, top + 10, right - 10, bottom - 10, c.CREAM, 5)
    wide, high = right - left, bottom - top
    middle = (left + right) / 2
    pen.text(middle, top + high * 0.44, label_words(name), ink, wide=wide - 56, high=high * 0.29)
    flourish(pen, middle, bottom - high * 0.15, min(40, high * 0.2), ink)


def flourish(pen: Pen, x: float, y: float, size: float, colour: Colour) -> None:
    """Draw a small pair of leaves with a dot, the mark under a name."""
    for turn in (180, 0):
        with pen.at(x, y, turn):
            pen.fill([(px + size * 0.2, py) for px, py in leaf(size, size * 0.36)], colour)
    pen.dot(x, y, size * 0.13, colour)
