"""Small things that lie beside a product or repeat in many pictures."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs, scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, Shape, leaf, oval

POD = c.hue("#86a845")
ORANGE = c.hue("#e8921f")


def gloss(pen: Pen, shape: Shape, left: float, right: float) -> None:
    """Light a round body from the left: a bright stripe there, a shade on the right."""
    with pen.clip(shape):
        wide = right - left
        pen.box(left + wide * 0.07, -200, left + wide * 0.14, 1200, c.wash(c.WHITE, 80))
        pen.box(right - wide * 0.2, -200, right, 1200, c.wash(c.NIGHT, 30))
        pen.box(right - wide * 0.08, -200, right, 1200, c.wash(c.NIGHT, 26))


def ground_shadow(pen: Pen, x: float, y: float, wide: float) -> None:
    """Lay the shadow of something that stands at (x, y)."""
    pen.shadow(oval(x + wide * 0.1, y, wide * 0.58, wide * 0.085), blur=16, alpha=120)


def band(motif: str, dye: Dye, pen: Pen, units: float) -> Image.Image:
    """Return a motif tile `units` wide for this pen."""
    return motifs.tile(motif, dye, max(16, round(units * pen.scale)))


def scatter(pen: Pen, name: str, colour: Colour, x: float, y: float, pick: Random) -> None:
    """Put a taste of the contents beside the package."""
    said = name.lower()
    for words, lay in TASTES:
        if any(word in said for word in words):
            lay(pen, x, y, colour, pick)
            return
    _crumbs(pen, x, y, colour, pick)


def _beans(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    for dx, dy, turn in ((0, 0, 20), (44, 16, -30), (18, 34, 70), (80, 38, 10), (-34, 30, -50)):
        bean(pen, x + dx, y + dy, 24, turn)


def _pods(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    pod(pen, x, y, -14)
    pod(pen, x + 20, y + 34, 12)


def _chilies(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    chili(pen, x, y + 10, -18)
    chili(pen, x + 26, y + 34, 8)


def _twig(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    scenes.sprig(pen, x - 50, y + 24, -8, 104)


def _chips(pen: Pen, x: float, y: float, colour: Colour, pick: Random) -> None:
    for dx, dy, r in ((-20, 8, 30), (34, 2, 34), (12, 34, 32), (74, 32, 27)):
        pen.shadow(oval(x + dx + 5, y + dy + 8, r, r * 0.5), blur=5, alpha=70)
        pen.oval(x + dx, y + dy, r, r * 0.56, c.darker(colour, 0.25), pick.uniform(-14, 14))
        pen.oval(x + dx - 2, y + dy - 4, r * 0.94, r * 0.5, c.mix(colour, c.BUTTER, 0.55))
        pen.dot(x + dx + 4, y + dy - 6, 3.4, c.darker(colour, 0.2))
        pen.dot(x + dx - 10, y + dy, 2.8, c.darker(colour, 0.2))


def _orange_half(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    citrus(pen, x + 10, y + 6, 46)


def _peanuts(pen: Pen, x: float, y: float, _colour: Colour, _pick: Random) -> None:
    nut = c.hue("#d39a54")
    for dx, dy, turn in ((-6, 6, -20), (52, 16, 14), (14, 40, 30)):
        with pen.at(x + dx, y + dy, turn):
            for side in (-16, 16):
                pen.oval(side + 3, 7, 23, 17, c.wash(c.NIGHT, 50))
            for side in (-16, 16):
                pen.oval(side, 0, 23, 17, nut)
                pen.oval(side - 5, -6, 8, 4, c.lighter(nut, 0.5))


def _crumbs(pen: Pen, x: float, y: float, colour: Colour, _pick: Random) -> None:
    for dx, dy in ((-22, 14), (14, 2), (48, 22), (4, 36), (84, 34)):
        pen.oval(x + dx + 3, y + dy + 7, 17, 9, c.wash(c.NIGHT, 50))
        pen.oval(x + dx, y + dy, 17, 14, c.mix(colour, c.BUTTER, 0.4), 20)
        pen.oval(x + dx - 4, y + dy - 4, 6, 4, c.mix(colour, c.CREAM, 0.7), 20)


TASTES: tuple[tuple[tuple[str, ...], Callable[[Pen, float, float, Colour, Random], None]], ...] = (
    (("kopi",), _beans),
    (("edamame",), _pods),
    (("pedas", "sambal", "balado", "nampol", "cabai"), _chilies),
    (("teh", "kelor", "telang", "daun", "sereh", "pandan"), _twig),
    (("pecel", "gado", "kacang"), _peanuts),
    (("pisang", "tempe", "keripik", "rengginang", "jamur", "kulit", "emping"), _chips),
    (("jeruk", "lemon"), _orange_half),
)


def bean(pen: Pen, x: float, y: float, size: float, turn: float) -> None:
    """Draw one roasted coffee bean."""
    with pen.at(x, y, turn):
        pen.oval(3, 6, size, size * 0.66, c.wash(c.NIGHT, 60))
        pen.oval(0, 0, size, size * 0.66, c.hue("#5b3a26"))
        pen.oval(-size * 0.2, -size * 0.2, size * 0.55, size * 0.24, c.hue("#79523a"))
        pen.stroke(
            [(-size * 0.8, -1), (-size * 0.2, 3), (size * 0.3, -3), (size * 0.8, 1)],
            c.hue("#2e1c13"),
            size * 0.14,
        )


def pod(pen: Pen, x: float, y: float, turn: float, scale: float = 1, colour: Colour = POD) -> None:
    """Draw an edamame pod with three beans."""
    with pen.at(x, y, turn, scale):
        shape = (
            "M-92 0 C-80 -34 -50 -34 -34 -24 C-16 -36 12 -36 24 -24 C48 -34 78 -28 98 2 "
            "C76 34 46 34 26 25 C8 36 -18 36 -34 25 C-54 35 -80 32 -92 0 Z"
        )
        pen.shadow(shape, blur=6, alpha=80, dx=4, dy=9)
        pen.fill(shape, colour)
        for bx in (-55, -4, 52):
            pen.oval(bx + 2, 3, 25, 20, c.darker(colour, 0.14))
            pen.oval(bx, -1, 24, 18, c.lighter(colour, 0.22))
            pen.oval(bx - 6, -6, 9, 5, c.lighter(colour, 0.5))
        pen.stroke([(-92, 0), (-112, -12)], c.darker(colour, 0.25), 7)


def chili(pen: Pen, x: float, y: float, turn: float, colour: Colour = c.CHILI) -> None:
    """Draw a small hot pepper."""
    with pen.at(x, y, turn):
        shape = "M-56 -12 C-20 -26 40 -16 84 18 C40 22 -24 22 -56 12 C-66 6 -66 -6 -56 -12 Z"
        pen.shadow(shape, blur=5, alpha=80, dx=3, dy=8)
        pen.fill(shape, colour)
        pen.stroke([(-40, -8), (0, -10), (34, -1)], c.lighter(colour, 0.4), 5)
        pen.stroke([(-58, 0), (-76, -4), (-88, -16)], c.LEAF, 8)


def citrus(pen: Pen, x: float, y: float, size: float, colour: Colour = ORANGE) -> None:
    """Draw half an orange, cut side to the viewer."""
    pen.oval(x + 6, y + size * 0.7, size * 0.9, size * 0.3, c.wash(c.NIGHT, 60))
    pen.dot(x, y, size, colour)
    pen.dot(x, y, size * 0.87, c.CREAM)
    for turn in range(0, 360, 45):
        with pen.at(x, y, turn):
            pen.fill(
                [
                    (size * 0.1, 0),
                    (size * 0.72, -size * 0.25),
                    (size * 0.79, 0),
                    (size * 0.72, size * 0.25),
                ],
                c.mix(colour, c.BUTTER, 0.2),
            )


def blossom(pen: Pen, x: float, y: float, size: float, colour: Colour) -> None:
    """Draw a five-petalled flower seen from above."""
    pen.shadow(oval(x + 3, y + 7, size, size * 0.8), blur=7, alpha=70)
    for turn in range(0, 360, 72):
        with pen.at(x, y, turn):
            pen.oval(size * 0.56, 0, size * 0.52, size * 0.36, c.darker(colour, 0.06))
            pen.oval(size * 0.52, 0, size * 0.46, size * 0.3, colour)
    pen.dot(x, y, size * 0.24, c.TURMERIC)


def cup(
    pen: Pen,
    x: float,
    y: float,
    colour: Colour,
    drink: Colour,
    scale: float = 1,
    *,
    steam: bool = True,
) -> None:
    """Draw a cup on a saucer, its foot at (x, y)."""
    with pen.at(x, y, 0, scale):
        pen.shadow(oval(20, 6, 190, 34), blur=12, alpha=100)
        pen.oval(0, 0, 180, 34, c.darker(colour, 0.1))
        pen.oval(0, -7, 180, 32, c.lighter(colour, 0.3))
        pen.oval(0, -10, 100, 16, c.darker(colour, 0.12))
        pen.ring(134, -108, 44, colour, 24)
        body = "M-128 -180 C-124 -70 -90 -18 -40 -12 L40 -12 C90 -18 124 -70 128 -180 Z"
        pen.fill(body, colour)
        with pen.clip(body):
            pen.fill(
                "M50 -190 L140 -190 L120 0 L20 0 C60 -40 66 -110 50 -190 Z", c.wash(c.NIGHT, 28)
            )
            pen.fill(
                "M-110 -190 L-84 -190 C-80 -110 -66 -60 -44 -20 C-84 -40 -104 -100 -110 -190 Z",
                c.wash(c.WHITE, 70),
            )
        pen.oval(0, -180, 128, 28, c.lighter(colour, 0.35))
        pen.oval(0, -177, 112, 21, drink)
        pen.oval(-24, -181, 60, 8, c.lighter(drink, 0.22))
        if steam:
            for dx, size in ((-44, 1.0), (8, 1.25), (56, 0.9)):
                with pen.at(dx, -215, 0, size):
                    pen.stroke(
                        "M0 0 C-30 -36 30 -66 0 -108 C-16 -132 4 -146 10 -156",
                        c.wash(c.WHITE, 150),
                        11,
                        caps=False,
                    )


def plate(pen: Pen, x: float, y: float, radius: float, rim: Colour) -> None:
    """Set a round plate seen from above."""
    pen.shadow(oval(x, y, radius, radius), blur=22, alpha=120, dx=12, dy=22)
    pen.dot(x, y, radius, c.CREAM)
    pen.ring(x, y, radius - 26, rim, 14)
    pen.ring(x, y, radius - 46, rim, 4)
    for step in range(28):
        angle = math.tau * step / 28
        pen.dot(x + (radius - 10) * math.cos(angle), y + (radius - 10) * math.sin(angle), 4.6, rim)
    pen.dot(x, y, radius - 72, c.darker(c.CREAM, 0.05))
    pen.dot(x - 4, y - 6, radius - 78, c.lighter(c.CREAM, 0.5))


def carrot(pen: Pen, x: float, y: float) -> None:
    """Draw a small carrot lying down."""
    pen.shadow(oval(x, y + 10, 110, 26), blur=8, alpha=80)
    for turn in (-30, 0, 30):
        with pen.at(x + 84, y, turn - 10):
            pen.fill(leaf(92, 30), c.LEAF)
    pen.fill(
        (
            f"M{x + 92} {y - 32} C{x + 112} {y - 10} {x + 108} {y + 24} {x + 86} {y + 30} "
            f"C{x + 10} {y + 24} {x - 70} {y + 20} {x - 124} {y + 10} "
            f"C{x - 60} {y - 14} {x + 20} {y - 34} {x + 92} {y - 32} Z"
        ),
        c.hue("#e8812c"),
    )
    for dx in (-50, 0, 46):
        pen.stroke([(x + dx, y - 10), (x + dx + 6, y + 8)], c.hue("#b95d18"), 4)


def shrimp(pen: Pen, x: float, y: float, turn: float) -> None:
    """Draw a small curled shrimp."""
    body = c.hue("#e98a64")
    with pen.at(x, y, turn):
        pen.shadow(oval(0, 6, 56, 26), blur=6, alpha=70)
        pen.fill(
            (
                "M-60 10 C-50 -50 40 -56 60 0 C64 20 50 34 36 36 C44 10 10 -14 -14 0 "
                "C-30 10 -34 26 -46 30 C-58 30 -64 22 -60 10 Z"
            ),
            body,
        )
        for dx, dy in ((-34, -14), (-8, -26), (20, -22)):
            pen.stroke([(dx, dy - 4), (dx + 10, dy + 22)], c.lighter(body, 0.5), 5)
        pen.fill([(36, 30), (66, 22), (58, 50), (34, 46)], c.darker(body, 0.15))
        pen.dot(-46, 8, 5, c.NIGHT)
        pen.stroke("M-58 4 C-90 -10 -100 -30 -104 -46", c.darker(body, 0.1), 3)


def ball_of_yarn(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    """Draw a ball of yarn with its loose end."""
    pen.shadow(oval(x + 6, y + radius * 0.9, radius, radius * 0.24), blur=10, alpha=110)
    pen.stroke(
        (
            f"M{x - 40} {y + radius - 6} "
            f"C{x - 160} {y + radius + 40} {x - 190} {y + radius - 10} {x - 260} {y + radius + 34}"
        ),
        c.darker(colour, 0.1),
        9,
    )
    pen.dot(x, y, radius, colour)
    with pen.clip(oval(x, y, radius, radius)):
        for turn, shade in ((20, 0.18), (80, -0.25), (140, 0.12)):
            with pen.at(x, y, turn):
                for step in range(-3, 4):
                    bend = step * radius * 0.3
                    tint = c.darker(colour, shade) if shade > 0 else c.lighter(colour, -shade)
                    pen.stroke(
                        f"M{-radius} {bend * 0.4} Q0 {bend * 1.5} {radius} {bend * 0.4}", tint, 7
                    )
        pen.oval(x + radius * 0.7, y + radius * 0.5, radius * 0.7, radius, c.wash(c.NIGHT, 30), 30)


def drop(pen: Pen, x: float, y: float) -> None:
    """Draw a drop of honey."""
    pen.fill(
        (
            f"M{x} {y - 52} C{x + 20} {y - 10} {x + 34} {y} {x + 34} {y + 20} "
            f"C{x + 34} {y + 44} {x + 18} {y + 54} {x} {y + 54} "
            f"C{x - 18} {y + 54} {x - 34} {y + 44} {x - 34} {y + 20} "
            f"C{x - 34} {y} {x - 20} {y - 10} {x} {y - 52} Z"
        ),
        c.hue("#dd971f"),
    )
    pen.oval(x - 12, y + 18, 7, 14, c.wash(c.WHITE, 160), 14)


def root(pen: Pen, x: float, y: float) -> None:
    """Draw a piece of ginger or turmeric, cut at one end."""
    skin = c.hue("#c08a4a")
    shape = (
        f"M{x - 84} {y} C{x - 84} {y - 40} {x - 40} {y - 46} {x - 20} {y - 38} "
        f"C{x - 14} {y - 84} {x + 30} {y - 84} {x + 30} {y - 40} "
        f"C{x + 70} {y - 52} {x + 98} {y - 30} {x + 92} {y} "
        f"C{x + 84} {y + 34} {x - 70} {y + 34} {x - 84} {y} Z"
    )
    pen.shadow(shape, blur=8, alpha=90, dx=4, dy=9)
    pen.fill(shape, skin)
    for dx in (-50, -10, 34, 66):
        pen.stroke([(x + dx, y - 26), (x + dx + 6, y + 12)], c.darker(skin, 0.25), 4)
    pen.oval(x + 88, y, 13, 22, c.hue("#efb64a"))


def cocoa_pod(pen: Pen, x: float, y: float) -> None:
    """Draw a ripe cocoa pod lying down."""
    skin = c.hue("#c77a2e")
    with pen.at(x, y, -24):
        shape = "M-120 0 C-100 -70 60 -82 132 0 C60 78 -100 66 -120 0 Z"
        pen.shadow(shape, blur=10, alpha=90, dx=5, dy=12)
        pen.fill(shape, skin)
        for bend in (-44, -16, 16, 44):
            pen.stroke([(-108, bend * 0.2), (0, bend), (122, bend * 0.1)], c.darker(skin, 0.22), 6)
        pen.stroke([(-60, -38), (20, -50)], c.lighter(skin, 0.4), 9)
        pen.stroke([(-120, 0), (-148, -8)], c.BARK, 14)


def tumbler(pen: Pen, x: float, y: float, drink: Colour, pick: Random) -> None:
    """Draw a tall glass with ice and a straw, its foot at (x, y)."""
    glass = [(x - 92, y - 300), (x + 92, y - 300), (x + 72, y), (x - 72, y)]
    ground_shadow(pen, x, y, 190)
    pen.fill(glass, c.hue("#e6eef0"))
    with pen.clip(glass):
        pen.box(x - 100, y - 240, x + 100, y - 14, c.mix(drink, c.CREAM, 0.12))
        pen.box(x - 100, y - 240, x + 100, y - 226, c.lighter(drink, 0.4))
        for dx, dy, turn in ((-30, -190, 14), (34, -160, -20), (-8, -120, 30)):
            with pen.at(x + dx, y + dy, turn + pick.uniform(-8, 8)):
                pen.box(-28, -28, 28, 28, c.wash(c.WHITE, 110), 8)
                pen.box(-20, -20, -4, 10, c.wash(c.WHITE, 120), 5)
    gloss(pen, glass, x - 92, x + 92)
    pen.stroke([(x + 26, y - 60), (x + 88, y - 384)], c.TERRACOTTA, 13)
    pen.stroke([(x - 92, y - 300), (x + 92, y - 300)], c.wash(c.WHITE, 170), 6)
