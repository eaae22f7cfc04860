"""Pictures of what is salty and filling: crunchy bowls, eggs, soup, noodles, floss."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import choose, flavour
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, carrot, chili, ground_shadow, plate


def bowl(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A batik-rimmed bowl heaped with small crunchy things."""
    said = name.lower()
    bite = c.mix(flavour(name, pick), c.BUTTER, 0.35)
    if "kacang" in said or "mete" in said:
        bite = c.hue("#d39a54")
    if "cokelat" in said:
        bite = c.hue("#6f4227")
    if "marning" in said or "jagung" in said:
        bite = c.hue("#eebb45")
    dish = choose(pick, look, (c.INDIGO, c.TERRACOTTA, c.TEAL, c.hue("#8b3a24")))
    ground_shadow(pen, 500, 812, 560)
    pen.oval(500, 560, 344, 78, c.darker(dish, 0.35))
    rows = ((560, 300, 8), (520, 262, 7), (478, 214, 6), (440, 150, 4), (408, 76, 2))
    for y, reach, count in rows:
        for number in range(count):
            x = 500 + reach * (2 * number / max(1, count - 1) - 1) + pick.uniform(-14, 14)
            _bite(pen, x, y + pick.uniform(-10, 10), said, bite, pick)
    body = (
        "M150 562 C170 720 280 812 400 812 L600 812 C720 812 830 720 850 562 "
        "C760 640 240 640 150 562 Z"
    )
    pen.fill(body, dish)
    with pen.clip(body):
        dye = Dye(dish, c.mix(dish, c.CREAM, 0.75), c.TURMERIC)
        with pen.clip("M120 610 C300 690 700 690 880 610 L880 700 C700 780 300 780 120 700 Z"):
            pen.tiles(band(pick.choice(("kawung", "truntum", "ceplok", "parang")), dye, pen, 86))
        pen.stroke("M146 600 C300 690 700 690 854 600", c.TURMERIC, 9)
        pen.stroke("M160 690 C300 784 700 784 840 690", c.TURMERIC, 9)
        pen.fill(
            "M700 540 L880 540 L880 830 L560 830 C680 780 740 680 700 540 Z", c.wash(c.NIGHT, 34)
        )
    pen.stroke("M150 562 C240 640 760 640 850 562", c.lighter(dish, 0.45), 12)
    for x, y in ((800, 826), (868, 846), (190, 842)):
        _bite(pen, x, y, said, bite, pick)
    if "pedas" in said or "balado" in said:
        chili(pen, 160, 850, -12)


def _bite(pen: Pen, x: float, y: float, said: str, colour: Colour, pick: Random) -> None:
    turn = pick.uniform(-40, 40)
    with pen.at(x, y, turn):
        if "kacang" in said and "kulit" in said:
            shape = (
                "M-64 0 C-64 -34 -24 -36 0 -20 C24 -36 64 -34 64 0 C64 34 24 36 0 20 "
                "C-24 36 -64 34 -64 0 Z"
            )
            pen.shadow(shape, blur=5, alpha=70, dx=3, dy=7)
            pen.fill(shape, colour)
            for dx in (-36, -12, 14, 38):
                pen.stroke([(dx, -18), (dx - 4, 16)], c.darker(colour, 0.2), 4)
            pen.stroke([(-48, -12), (-22, -18)], c.lighter(colour, 0.4), 5)
        elif "stik" in said or "sale" in said:
            pen.shadow(box(-76, -15, 76, 15, 12), blur=5, alpha=70, dx=3, dy=8)
            pen.box(-76, -16, 76, 16, colour, 13)
            pen.box(-76, 3, 76, 16, c.darker(colour, 0.15), 10)
            pen.box(-60, -10, 50, -5, c.lighter(colour, 0.4), 3)
        elif "mete" in said:
            shape = (
                "M-48 -6 C-40 -44 34 -44 46 -2 C50 22 26 26 16 10 C4 -8 -14 -8 -22 12 "
                "C-34 26 -52 18 -48 -6 Z"
            )
            pen.shadow(shape, blur=5, alpha=70, dx=3, dy=8)
            pen.fill(shape, c.mix(colour, c.CREAM, 0.35))
            pen.stroke([(-30, -18), (0, -28), (24, -18)], c.CREAM, 6)
        elif "marning" in said or "berondong" in said or "edamame" in said or "kacang" in said:
            pen.shadow(oval(0, 0, 40, 30), blur=5, alpha=70, dx=3, dy=8)
            pen.oval(0, 0, 42, 32, c.darker(colour, 0.12))
            pen.oval(-3, -4, 38, 27, colour)
            pen.oval(-12, -12, 14, 8, c.lighter(colour, 0.5), -20)
        else:
            pen.shadow(oval(0, 0, 78, 44), blur=6, alpha=80, dx=3, dy=9)
            pen.oval(0, 3, 80, 45, c.darker(colour, 0.25))
            pen.oval(0, -3, 78, 42, colour)
            pen.oval(-8, -8, 58, 26, c.lighter(colour, 0.25))
            for dx, dy in ((-24, -10), (16, -4), (0, 10), (34, -14)):
                pen.oval(dx, dy, 5, 3.4, c.darker(colour, 0.22))


def eggs(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Blue-green salted eggs in a nest of straw, one cut open."""
    shell = c.hue("#a9d0c6") if "asap" not in name.lower() else c.hue("#b98a5e")
    ground_shadow(pen, 500, 810, 640)
    _straw(pen, pick, 110, 690)
    for x, y, turn in (
        (390, 470, -8),
        (610, 470, 10),
        (280, 620, -14),
        (500, 610, 4),
        (716, 624, 14),
    ):
        with pen.at(x, y, turn):
            shape = (
                "M0 -150 C70 -150 116 -40 116 30 C116 96 66 134 0 134 C-66 134 -116 96 -116 30 "
                "C-116 -40 -70 -150 0 -150 Z"
            )
            pen.shadow(shape, blur=12, alpha=90, dx=6, dy=14)
            pen.fill(shape, shell)
            with pen.clip(shape):
                pen.oval(70, 60, 110, 150, c.wash(c.NIGHT, 24), 20)
            pen.oval(-46, -62, 24, 40, c.wash(c.WHITE, 150), 22)
            for _ in range(7):
                pen.dot(pick.uniform(-70, 80), pick.uniform(-80, 100), 4, c.darker(shell, 0.14))
    _straw(pen, pick, 90, 726)
    with pen.at(770, 800, 24):
        pen.shadow(oval(0, 0, 128, 96), blur=10, alpha=100, dx=4, dy=12)
        pen.oval(0, 0, 130, 98, shell)
        pen.oval(0, -4, 120, 88, c.CREAM)
        pen.oval(8, -2, 66, 56, c.hue("#e37a1c"))
        pen.oval(-8, -16, 30, 18, c.hue("#f5a545"), -20)


def _straw(pen: Pen, pick: Random, count: int, top: float) -> None:
    tints = (c.hue("#d9ae5c"), c.hue("#ebcb84"), c.hue("#b98a42"))
    for _ in range(count):
        x = pick.uniform(150, 850)
        y = pick.uniform(top + abs(x - 500) * 0.1, 800)
        end = (x + pick.uniform(-110, 110), y + pick.uniform(-34, 26))
        pen.stroke([(x, y), end], pick.choice(tints), 9)


def soup(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A bowl of meatballs or dumplings in broth, steaming."""
    said = name.lower()
    meat = c.hue("#b58a6c") if "bakso" in said else c.hue("#f4e3bd")
    ground_shadow(pen, 500, 812, 520)
    pen.fill("M150 520 C170 720 300 800 400 806 L600 806 C700 800 830 720 850 520 Z", c.CREAM)
    with pen.clip("M150 520 C170 720 300 800 400 806 L600 806 C700 800 830 720 850 520 Z"):
        dye = Dye(c.CREAM, c.INDIGO if pick.random() < 0.6 else c.CHILI, c.TURMERIC)
        with pen.clip("M100 600 C300 680 700 680 900 600 L900 690 C700 780 300 780 100 690 Z"):
            pen.tiles(band(pick.choice(("kawung", "ceplok")), dye, pen, 92))
        pen.fill(
            "M720 500 L880 500 L880 820 L580 820 C700 760 750 660 720 500 Z", c.wash(c.NIGHT, 24)
        )
    pen.oval(500, 520, 350, 104, c.lighter(c.CREAM, 0.6))
    pen.oval(500, 524, 318, 86, c.hue("#c88b3e"))
    pen.oval(500, 532, 318, 78, c.hue("#dba453"))
    for x, y, r in ((360, 506, 86), (520, 480, 92), (664, 510, 84), (446, 560, 82), (594, 566, 80)):
        if "pangsit" in said:
            shape = (
                f"M{x - r} {y + 10} "
                f"C{x - r * 0.6} {y - r * 0.9} {x + r * 0.6} {y - r * 0.9} {x + r} {y + 10} "
                f"C{x + r * 0.6} {y + r * 0.5} {x - r * 0.6} {y + r * 0.5} {x - r} {y + 10} Z"
            )
            pen.shadow(shape, blur=8, alpha=70, dx=3, dy=8)
            pen.fill(shape, meat)
            for dx in (-0.5, -0.2, 0.1, 0.4):
                pen.stroke(
                    [(x + dx * r, y + r * 0.1), (x + dx * r * 0.6, y - r * 0.5)],
                    c.darker(meat, 0.14),
                    5,
                )
        else:
            pen.dot(x + 3, y + 6, r * 0.9, c.darker(meat, 0.28))
            pen.dot(x, y, r * 0.86, meat)
            pen.oval(x - r * 0.3, y - r * 0.36, r * 0.28, r * 0.16, c.lighter(meat, 0.5), -30)
    for _ in range(12):
        angle, far = pick.uniform(0, math.tau), pick.uniform(0.2, 1)
        pen.ring(
            500 + 290 * far * math.cos(angle),
            536 + 66 * far * math.sin(angle),
            11,
            c.hue("#5d9440"),
            5,
        )
    for dx, size in ((-90, 1.1), (0, 1.4), (96, 1.0)):
        with pen.at(500 + dx, 400, 0, size):
            pen.stroke(
                "M0 0 C-30 -36 30 -66 0 -108 C-16 -132 4 -146 10 -156",
                c.wash(c.WHITE, 150),
                12,
                caps=False,
            )


def noodles(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Nests of dried noodles in their own vegetable colours."""
    said = name.lower()
    green, orange, red = c.hue("#7c9b47"), c.hue("#e8923a"), c.hue("#b63a5a")
    tints = (
        [green] * 3
        if "kelor" in said
        else [orange] * 3
        if "wortel" in said
        else [green, red, orange]
    )
    straw = c.hue("#c99a55")
    pen.shadow(oval(500, 790, 400, 70), blur=16, alpha=120)
    pen.oval(500, 770, 400, 106, c.darker(straw, 0.25))
    pen.oval(500, 756, 390, 96, straw)
    with pen.clip(oval(500, 752, 362, 84)):
        pen.tiles(
            band(
                "anyam",
                Dye(c.darker(straw, 0.2), c.lighter(straw, 0.1), c.lighter(straw, 0.25)),
                pen,
                96,
            )
        )
    for (x, y), tint in zip(((330, 660), (670, 660), (500, 560)), tints, strict=True):
        pen.shadow(oval(x, y + 30, 170, 96), blur=12, alpha=100, dx=6, dy=16)
        pen.oval(x, y, 172, 126, c.darker(tint, 0.25))
        for ring in range(15):
            reach = 1 - ring * 0.06
            shade = c.mix(c.darker(tint, 0.16), c.lighter(tint, 0.4), (ring % 3) / 2)
            wobble = pick.uniform(-12, 12)
            points = oval(
                x + wobble * 0.5,
                y - 4 + wobble * 0.3,
                164 * reach,
                118 * reach,
                pick.uniform(-12, 12),
            )
            pen.stroke([*points, points[0]], shade, 9, caps=False)
    if "kelor" in said:
        scenes.sprig(pen, 780, 850, -16, 110)
    elif "wortel" in said:
        carrot(pen, 800, 850)


def abon(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A heap of shredded floss on a plate, from above."""
    tint = c.hue("#b9713a") if "pedas" not in name.lower() else c.hue("#a5482c")
    plate(pen, 500, 490, 390, pick.choice((c.INDIGO, c.TERRACOTTA, c.LEAF)))
    if "dendeng" in name.lower():
        for row in range(3):
            for column in range(2):
                x, y = 400 + column * 200, 330 + row * 150
                with pen.at(x, y, pick.uniform(-12, 12)):
                    shape = (
                        "M-100 -60 C-50 -80 60 -74 104 -54 C116 -10 108 40 96 62 "
                        "C40 76 -50 74 -98 56 C-112 20 -112 -30 -100 -60 Z"
                    )
                    pen.shadow(shape, blur=8, alpha=90, dx=4, dy=9)
                    pen.fill(shape, c.hue("#7a3a24"))
                    for dy in (-34, -6, 24):
                        pen.stroke([(-74, dy), (0, dy + 10), (76, dy - 4)], c.hue("#9c5433"), 7)
    else:
        pen.shadow(oval(500, 490, 226, 214), blur=14, alpha=80, dx=4, dy=12)
        pen.oval(500, 490, 222, 210, c.darker(tint, 0.2))
        for _ in range(150):
            angle, far = pick.uniform(0, math.tau), math.sqrt(pick.random())
            sx, sy = 500 + 226 * far * math.cos(angle), 490 + 214 * far * math.sin(angle)
            turn = pick.uniform(0, math.tau)
            reach = pick.uniform(30, 58)
            shade = pick.choice(
                (c.darker(tint, 0.25), tint, c.lighter(tint, 0.25), c.lighter(tint, 0.4))
            )
            pen.stroke(
                [
                    (sx - reach * math.cos(turn), sy - reach * math.sin(turn)),
                    (sx, sy + 8),
                    (sx + reach * math.cos(turn), sy + reach * math.sin(turn)),
                ],
                shade,
                10,
                caps=False,
            )
    chili(pen, 850, 850, 150)
    scenes.sprig(pen, 70, 900, -30, 110)
