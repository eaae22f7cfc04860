"""Pictures of what the field gives: edamame, fruit, mushrooms, young plants."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import choose
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import band, blossom, citrus, ground_shadow, pod


def edamame(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A bowl of edamame pods with some fallen beside."""
    dish = choose(pick, look, (c.INDIGO, c.TERRACOTTA, c.CREAM))
    ground_shadow(pen, 500, 812, 560)
    pen.oval(500, 560, 344, 80, c.darker(dish, 0.35))
    for y, reach, count in ((556, 250, 4), (508, 210, 4), (462, 150, 3), (418, 90, 2), (384, 0, 1)):
        for number in range(count):
            x = 500 + (reach * (2 * number / (count - 1) - 1) if count > 1 else 0)
            tint = c.mix(c.hue("#86a845"), c.hue("#a8c05c"), pick.random())
            pod(pen, x, y, pick.uniform(-34, 34), 1.12, tint)
    body = (
        "M150 562 C170 720 280 812 400 812 L600 812 C720 812 830 720 850 562 "
        "C760 640 240 640 150 562 Z"
    )
    pen.fill(body, dish)
    with pen.clip(body):
        figure = c.INDIGO if dish == c.CREAM else c.mix(dish, c.CREAM, 0.8)
        with pen.clip("M120 620 C300 700 700 700 880 620 L880 706 C700 786 300 786 120 706 Z"):
            pen.tiles(
                band(
                    pick.choice(("kawung", "ceplok", "truntum")),
                    Dye(dish, figure, c.TURMERIC),
                    pen,
                    86,
                )
            )
        pen.fill(
            "M700 540 L880 540 L880 830 L560 830 C680 780 740 680 700 540 Z", c.wash(c.NIGHT, 34)
        )
    pen.stroke("M150 562 C240 640 760 640 850 562", c.lighter(dish, 0.45), 12)
    pod(pen, 830, 846, 14, 1.0)
    pod(pen, 170, 848, -18, 0.95)


def fruit(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A basket of fruit: oranges, limes or dragon fruit."""
    said = name.lower()
    straw = c.hue("#c4914b")
    ground_shadow(pen, 500, 808, 620)
    places = ((330, 560), (500, 566), (670, 560), (410, 450), (590, 450), (500, 350))
    for x, y in places:
        if "naga" in said:
            _dragon_fruit(pen, x, y, pick.uniform(-14, 14))
        else:
            skin = (
                c.hue("#8fae3c")
                if "nipis" in said
                else c.mix(c.hue("#ee9a2c"), c.hue("#c9b13a"), pick.random() * 0.4)
            )
            _orange(pen, x, y, 108, skin)
    body = "M160 590 L840 590 C820 700 780 790 740 808 L260 808 C220 790 180 700 160 590 Z"
    pen.fill(body, straw)
    with pen.clip(body):
        pen.tiles(
            band("anyam", Dye(c.darker(straw, 0.28), straw, c.lighter(straw, 0.22)), pen, 167)
        )
        pen.box(740, 580, 900, 820, c.wash(c.NIGHT, 36))
    pen.box(144, 572, 856, 616, c.darker(straw, 0.2), 20)
    pen.box(144, 572, 856, 590, c.lighter(straw, 0.2), 10)
    if "naga" in said:
        with pen.at(800, 816, 8):
            pen.shadow(oval(0, 0, 96, 84), blur=9, alpha=100, dx=4, dy=12)
            pen.oval(0, 0, 98, 86, c.hue("#d63a75"))
            pen.oval(0, 0, 82, 70, c.hue("#a81c55"))
            for _ in range(40):
                angle, far = pick.uniform(0, math.tau), math.sqrt(pick.random())
                pen.dot(72 * far * math.cos(angle), 60 * far * math.sin(angle), 3.6, c.NIGHT)
    else:
        citrus(pen, 820, 806, 72, c.hue("#a9bf45") if "nipis" in said else c.hue("#ee9a2c"))
    scenes.sprig(pen, 70, 850, -12, 100)


def _orange(pen: Pen, x: float, y: float, radius: float, skin: Colour) -> None:
    pen.shadow(oval(x, y, radius, radius), blur=10, alpha=80, dx=4, dy=10)
    pen.dot(x, y, radius, c.darker(skin, 0.14))
    pen.dot(x - radius * 0.06, y - radius * 0.06, radius * 0.92, skin)
    pen.oval(
        x - radius * 0.36,
        y - radius * 0.42,
        radius * 0.24,
        radius * 0.14,
        c.lighter(skin, 0.6),
        -34,
    )
    with pen.at(x + radius * 0.1, y - radius * 0.86, -40):
        pen.fill(leaf(radius * 0.7, radius * 0.34), c.LEAF)


def _dragon_fruit(pen: Pen, x: float, y: float, turn: float) -> None:
    skin = c.hue("#d63a75")
    with pen.at(x, y, turn):
        pen.shadow(oval(0, 0, 100, 118), blur=10, alpha=80, dx=4, dy=10)
        pen.oval(0, 0, 100, 116, skin)
        pen.oval(-34, -40, 24, 40, c.lighter(skin, 0.3), 20)
        for dx, dy, angle in (
            (-70, -20, 200),
            (66, -30, -20),
            (-40, 54, 150),
            (46, 60, 40),
            (0, -104, -90),
            (-36, -90, -130),
            (36, -92, -50),
            (8, 4, 70),
            (-14, -34, 250),
        ):
            with pen.at(dx, dy, angle):
                pen.fill(leaf(58, 34), c.hue("#8fae3c"))
                pen.fill(leaf(40, 22), skin if abs(dx) < 20 else c.hue("#b9c860"))


def mushrooms(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A cluster of oyster mushrooms."""
    cap = c.hue("#efe4d2") if not look.dark else c.CREAM
    grow = "media" in name.lower()
    pen.shadow(oval(500, 810, 290, 40), blur=16, alpha=120)
    if grow:
        pen.box(330, 600, 670, 812, c.hue("#8a6242"), 40)
        pen.box(330, 600, 670, 650, c.hue("#e9eef0"), 26)
        pen.box(590, 610, 670, 812, c.wash(c.NIGHT, 40), 30)
        for _ in range(40):
            pen.dot(pick.uniform(345, 655), pick.uniform(660, 800), 5, c.hue("#b08a64"))
    for x, y, rx, lean in (
        (300, 520, 150, -0.7),
        (690, 500, 160, 0.8),
        (400, 380, 150, -0.4),
        (600, 370, 150, 0.4),
        (500, 500, 180, 0),
        (370, 640, 120, -0.5),
        (630, 650, 122, 0.5),
    ):
        foot = (500 + lean * 60, 810 if not grow else 640)
        pen.fill(
            [(x - 30, y), (x + 30, y), (foot[0] + 26, foot[1]), (foot[0] - 26, foot[1])],
            c.darker(cap, 0.07),
        )
        pen.stroke([(x + 10, y), (foot[0] + 8, foot[1])], c.darker(cap, 0.16), 5)
        shape = (
            f"M{x - rx} {y} C{x - rx} {y - rx * 0.9} {x + rx} {y - rx * 0.9} {x + rx} {y} "
            f"C{x + rx * 0.6} {y + rx * 0.34} {x - rx * 0.6} {y + rx * 0.34} {x - rx} {y} Z"
        )
        pen.shadow(shape, blur=9, alpha=70, dx=5, dy=12)
        pen.fill(shape, c.darker(cap, 0.13))
        pen.fill(
            (
                f"M{x - rx} {y} C{x - rx} {y - rx * 0.9} {x + rx} {y - rx * 0.9} {x + rx} {y} "
                f"C{x + rx * 0.6} {y + rx * 0.12} {x - rx * 0.6} {y + rx * 0.12} {x - rx} {y} Z"
            ),
            cap,
        )
        pen.oval(x - rx * 0.3, y - rx * 0.36, rx * 0.3, rx * 0.09, c.lighter(cap, 0.55), -18)


def plant(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A young plant in a clay pot."""
    said = name.lower()
    pot = choose(pick, look, (c.TERRACOTTA, c.CLAY, c.hue("#8f4a30")))
    green = c.hue("#4f8a4a")
    pink = "aglonema" in said
    ground_shadow(pen, 500, 812, 400)
    pen.stroke("M500 620 C496 520 506 420 500 300", c.BARK if not pink else c.LEAF, 20)
    places = (
        (500, 330, -90, 250),
        (500, 420, -30, 260),
        (500, 430, 210, 260),
        (500, 520, 10, 270),
        (500, 530, 170, 270),
        (500, 370, -60, 240),
        (500, 370, 240, 240),
        (500, 590, -14, 230),
        (500, 590, 194, 230),
    )
    for x, y, turn, size in places:
        with pen.at(x, y, turn + pick.uniform(-6, 6)):
            wide = 128 if pink else 96
            tint = c.mix(green, c.MOSS, pick.random() * 0.5)
            shape = leaf(size, wide, 10)
            pen.shadow(shape, blur=7, alpha=50, dx=3, dy=8)
            pen.fill(shape, tint)
            if pink:
                pen.fill([(px * 0.86 + 12, py * 0.62 + 3) for px, py in shape], c.hue("#e58aa0"))
            pen.stroke(
                [(0, 0), (size * 0.5, 10), (size * 0.95, 0)],
                c.darker(tint, 0.2) if not pink else c.hue("#b9405f"),
                6,
            )
            for step in (0.3, 0.5, 0.7):
                for side in (-1, 1):
                    pen.stroke(
                        [(size * step, 8), (size * (step + 0.12), 8 + side * wide * 0.28)],
                        c.lighter(tint, 0.22) if not pink else tint,
                        4,
                    )
    if "kopi" in said:
        for dx, dy in ((-30, 470), (20, 478), (-6, 500), (34, 430), (-40, 426)):
            pen.dot(500 + dx, dy, 17, c.CHILI)
            pen.dot(495 + dx, dy - 5, 5, c.lighter(c.CHILI, 0.5))
    body = "M330 610 L670 610 L630 812 L370 812 Z"
    pen.fill(body, pot)
    with pen.clip(body):
        dye = Dye(pot, c.darker(pot, 0.18), c.lighter(pot, 0.3))
        with pen.clip(box(300, 690, 700, 750)):
            pen.tiles(band("ceplok", dye, pen, 60))
        pen.fill("M590 600 L690 600 L650 820 L560 820 Z", c.wash(c.NIGHT, 36))
    pen.box(310, 590, 690, 648, c.lighter(pot, 0.12), 14)
    pen.box(310, 632, 690, 648, c.darker(pot, 0.18), 8)
    if pink:
        blossom(pen, 800, 830, 34, c.BLUSH)
