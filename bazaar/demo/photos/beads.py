"""Pictures of jewellery of wood and beads."""

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import choose, flourish, label_words
from bazaar.demo.photos.pen import Pen, Point, box, outline, oval
from bazaar.demo.photos.props import ground_shadow, pod

SPICES = (c.TERRACOTTA, c.INDIGO, c.TURMERIC, c.LEAF, c.CHILI, c.TEAL, c.PLUM)


WOODS = (c.hue("#6b3f22"), c.hue("#8a5a30"), c.hue("#b3824c"))


def bead(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    """Draw one polished bead."""
    pen.dot(x, y, radius, c.darker(colour, 0.25))
    pen.dot(x - radius * 0.06, y - radius * 0.08, radius * 0.88, colour)
    pen.oval(
        x - radius * 0.32,
        y - radius * 0.38,
        radius * 0.28,
        radius * 0.18,
        c.lighter(colour, 0.7),
        -36,
    )


def _string(pen: Pen, points: Sequence[Point], radius: float, tints: Sequence[Colour]) -> None:
    for x, y in points:
        pen.dot(x + 5, y + 12, radius * 0.95, c.wash(c.NIGHT, 40))
    for number, (x, y) in enumerate(points):
        bead(pen, x, y, radius * (1 if number % 3 else 1.22), tints[number % len(tints)])


def _along(path: str, step: float) -> list[Point]:
    """Return points along a path, `step` units apart."""
    points = outline(path)
    found, left = [points[0]], step
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        while length and left <= length:
            share = left / length
            found.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
            left += step
        left -= length
    return found


def necklace(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A bead necklace on a bust of velvet."""
    tints = pick.sample(SPICES, 3)
    velvet = choose(
        pick, look, (c.hue("#3a2f45"), c.hue("#f2e6d2"), c.hue("#5d2f3a"), c.hue("#2d4a4a"))
    )
    ground_shadow(pen, 505, 816, 460)
    bust = (
        "M440 140 L560 140 C560 220 580 270 640 300 C740 340 780 420 770 560 "
        "C760 680 700 760 690 816 L310 816 C300 760 240 680 230 560 C220 420 260 340 360 300 "
        "C420 270 440 220 440 140 Z"
    )
    pen.fill(bust, velvet)
    with pen.clip(bust):
        pen.fill(
            "M600 130 L800 130 L800 830 L620 830 C720 640 690 400 600 300 Z", c.wash(c.NIGHT, 40)
        )
        pen.fill(
            "M300 420 C280 520 300 640 350 760 L310 816 L220 816 L220 420 Z", c.wash(c.WHITE, 18)
        )
    pen.oval(500, 140, 60, 14, c.lighter(velvet, 0.25))
    inner = "M452 236 C350 300 330 590 500 596 C670 590 650 300 548 236"
    outer = "M446 232 C250 300 230 700 500 712 C770 700 750 300 554 232"
    for path, radius in ((inner, 15), (outer, 21)):
        _string(pen, _along(path, radius * 1.9), radius, [*tints, c.CREAM])
    pen.dot(505, 770, 46, c.wash(c.NIGHT, 50))
    pen.dot(500, 758, 46, tints[0])
    pen.dot(500, 758, 32, c.CREAM)
    flourish(pen, 500, 758, 22, tints[1])


def bracelets(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Rings of beads overlapping on the cloth, from above."""
    said = name.lower()
    wooden = "kayu" in said
    rings = (
        ((500, 500, 250, 26),)
        if "pria" in said
        else ((370, 390, 176, 23), (640, 440, 176, 23), (470, 640, 176, 23))
    )
    for x, y, reach, radius in rings:
        tints = list(WOODS) if wooden else pick.sample(SPICES, 3)
        count = round(math.tau * reach / (radius * 2.04))
        pen.ring(x + 5, y + 12, reach, c.wash(c.NIGHT, 40), radius * 1.7)
        points = [
            (x + reach * math.cos(math.tau * n / count), y + reach * math.sin(math.tau * n / count))
            for n in range(count)
        ]
        _string(pen, points, radius, tints if wooden else [*tints, c.CREAM, tints[0]])
    if wooden:
        for turn in (70, 110):
            with pen.at(500, 750, turn):
                pen.stroke([(0, 0), (110, 10)], c.COCOA, 9)
                bead(pen, 120, 10, 17, c.TURMERIC)


def tasbih(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A long string of prayer beads with its tassel, from above."""
    wood = pick.choice(WOODS)
    points = []
    for number in range(66):
        angle = math.tau * number / 66 + math.pi / 2
        wobble = 1 + 0.1 * math.sin(3 * angle)
        points.append((500 + 330 * wobble * math.cos(angle), 430 + 300 * wobble * math.sin(angle)))
    for x, y in points:
        pen.dot(x + 5, y + 12, 16, c.wash(c.NIGHT, 44))
    for number, (x, y) in enumerate(points):
        bead(pen, x, y, 16 if number % 22 else 24, wood if number % 22 else c.TURMERIC)
    tassel = choose(pick, look, (c.LEAF, c.INDIGO, c.CHILI))
    x, y = points[0]
    pen.box(x - 13, y + 16, x + 13, y + 70, wood, 12)
    pen.shadow(box(x - 40, y + 90, x + 40, y + 220), blur=8, alpha=80, dx=5, dy=9)
    pen.dot(x, y + 84, 22, tassel)
    for step in range(-6, 7):
        pen.stroke(
            [(x + step * 2.6, y + 92), (x + step * 7, y + 214)],
            c.mix(tassel, c.CREAM, 0.12 * (step % 3)),
            7,
        )
    pen.box(x - 22, y + 104, x + 22, y + 116, c.TURMERIC, 5)


def earrings(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A pair of bead earrings on a card, from above."""
    tints = pick.sample(SPICES, 3)
    card = box(260, 130, 740, 860, 26)
    pen.shadow(card, blur=20, alpha=110, dx=10, dy=18)
    pen.fill(card, c.CREAM)
    pen.box(282, 152, 718, 838, c.lighter(tints[0], 0.5), 16)
    pen.box(288, 158, 712, 832, c.CREAM, 14)
    pen.text(500, 226, label_words(name), tints[0], wide=300, high=50)
    for x in (400, 600):
        pen.stroke(f"M{x} 400 C{x - 44} 360 {x - 10} 300 {x + 6} 330", c.STEEL, 7)
        for number, (y, radius) in enumerate(((430, 24), (490, 34), (566, 46))):
            pen.dot(x + 4, y + 12, radius, c.wash(c.NIGHT, 36))
            bead(pen, x, y, radius, tints[number])
        for turn in (50, 90, 130):
            with pen.at(x, 608, turn):
                pen.stroke([(0, 0), (70, 0)], c.TURMERIC, 5)
                bead(pen, 90, 0, 20, tints[(turn // 40) % 3])


def charms(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Key rings with a bead string or a smiling edamame, from above."""
    beads = "manik" in name.lower()
    for x, turn in ((340, 8), (660, -10)):
        with pen.at(x, 250, turn):
            for dx, dy, tint in ((6, 14, c.wash(c.NIGHT, 46)), (0, 0, c.STEEL)):
                points = oval(dx, dy - 20, 84, 84)
                pen.stroke([*points, points[0]], tint, 15, caps=False)
            for step in range(3):
                pen.oval(0, 84 + step * 34, 12, 22, c.STEEL)
                pen.oval(0, 84 + step * 34, 5, 14, look.wall)
            if beads:
                tints = pick.sample(SPICES, 3)
                _string(pen, [(0, 210 + step * 58) for step in range(5)], 30, tints)
                for side in (-16, 0, 16):
                    pen.stroke([(side * 0.4, 470), (side * 1.6, 570)], tints[0], 10)
            else:
                with pen.at(0, 350, 90 if x < 500 else 78):
                    pen.shadow(box(-190, -90, 190, 90, 84), blur=10, alpha=80, dx=8, dy=-4)
                    pen.box(-190, -92, 190, 92, c.wash(c.WHITE, 190), 84)
                    pod(pen, 0, 0, 0, 1.6)
                for side in (-1, 1):
                    pen.dot(side * 20, 330, 9, c.NIGHT)
                pen.stroke("M-16 352 C-8 368 8 368 16 352", c.NIGHT, 6)
