"""Pictures of what a house uses: baskets, lamps, clay, wood."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.beads import WOODS
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import choose
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import band, ground_shadow


def basket(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A plaited basket with a high handle."""
    straw = pick.choice((c.hue("#d0a254"), c.hue("#b98445"), c.hue("#e0bd78")))
    stripe = choose(pick, look, (c.TERRACOTTA, c.INDIGO, c.LEAF))
    ground_shadow(pen, 505, 812, 580)
    for wide, tint in ((34, c.darker(straw, 0.3)), (22, straw)):
        pen.stroke("M236 500 C236 130 764 130 764 500", tint, wide, caps=False)
    for number in range(17):
        share = number / 16 * math.pi
        x, y = 500 - 262 * math.cos(share), 500 - 276 * math.sin(share)
        pen.stroke([(x - 12, y - 10), (x + 12, y + 10)], c.darker(straw, 0.3), 5)
    pen.oval(500, 500, 316, 62, c.darker(straw, 0.5))
    body = (
        "M184 500 C200 640 240 780 280 806 C400 826 600 826 720 806 C760 780 800 640 816 500 "
        "C700 572 300 572 184 500 Z"
    )
    with pen.clip(body):
        pen.tiles(
            band("anyam", Dye(c.darker(straw, 0.28), straw, c.lighter(straw, 0.22)), pen, 176)
        )
        with pen.clip("M150 610 C300 690 700 690 850 610 L850 690 C700 770 300 770 150 690 Z"):
            pen.tiles(
                band("anyam", Dye(c.darker(straw, 0.28), stripe, c.lighter(straw, 0.22)), pen, 176)
            )
        pen.fill(
            "M690 480 L860 480 L860 840 L620 840 C700 740 720 600 690 480 Z", c.wash(c.NIGHT, 40)
        )
    pen.stroke("M184 500 C300 572 700 572 816 500", c.darker(straw, 0.15), 26)
    pen.stroke("M190 494 C300 564 700 564 810 494", c.lighter(straw, 0.25), 8)


def lamp(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A plaited lamp shade, lit."""
    straw = c.hue("#d9a955")
    pen.stroke([(500, 0), (500, 190)], c.COCOA, 9)
    for radius, alpha in ((400, 30), (310, 40), (220, 46)):
        pen.dot(500, 520, radius, c.wash(c.hue("#ffe39a"), alpha))
    pen.box(460, 160, 540, 210, c.BARK, 10)
    shade = (
        "M430 200 L570 200 C700 270 790 420 800 600 C640 660 360 660 200 600 "
        "C210 420 300 270 430 200 Z"
    )
    pen.shadow(shade, blur=16, alpha=60, dy=16)
    with pen.clip(shade):
        pen.tiles(band("anyam", Dye(c.hue("#fff0b8"), straw, c.lighter(straw, 0.35)), pen, 162))
        pen.oval(500, 560, 190, 150, c.wash(c.hue("#fff3c4"), 110))
        pen.fill(
            "M620 190 L820 190 L820 660 L700 660 C740 480 700 300 620 190 Z", c.wash(c.NIGHT, 30)
        )
        pen.stroke("M236 470 C380 520 620 520 764 470", c.BARK, 11)
        pen.stroke("M320 310 C420 340 580 340 680 310", c.BARK, 11)
    pen.oval(500, 606, 300, 48, c.hue("#fff0b8"))
    pen.oval(500, 606, 270, 36, c.hue("#fffae4"))
    pen.dot(500, 612, 40, c.WHITE)
    pen.fill([(330, 800), (670, 800), (800, 700), (200, 700)], c.wash(c.hue("#ffe9a8"), 90))


def painted_tray(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A round winnowing tray painted with flowers, from above."""
    straw = c.hue("#dcb56c")
    pen.shadow(oval(500, 500, 390, 390), blur=22, alpha=120, dx=12, dy=20)
    pen.dot(500, 500, 392, c.darker(straw, 0.35))
    with pen.clip(oval(500, 500, 356, 356)):
        pen.tiles(band("anyam", Dye(c.darker(straw, 0.2), straw, c.lighter(straw, 0.25)), pen, 140))
    pen.ring(500, 500, 372, straw, 26)
    for number in range(40):
        angle = math.tau * number / 40
        x, y = 500 + 372 * math.cos(angle), 500 + 372 * math.sin(angle)
        with pen.at(x, y, math.degrees(angle) + 30):
            pen.stroke([(-16, 0), (16, 0)], c.darker(straw, 0.35), 5)
    for turn in range(0, 360, 45):
        with pen.at(500, 500, turn + 20):
            pen.fill([(x + 130, y) for x, y in leaf(160, 70)], c.LEAF if turn % 90 else c.MOSS)
    for x, y, size, tint in (
        (500, 500, 120, c.CHILI),
        (390, 380, 78, c.TURMERIC),
        (620, 400, 82, c.ROSE),
        (600, 620, 78, c.INDIGO),
        (380, 610, 74, c.CREAM),
    ):
        for turn in range(0, 360, 60):
            with pen.at(x, y, turn):
                pen.oval(size * 0.56, 0, size * 0.5, size * 0.34, c.darker(tint, 0.12))
                pen.oval(size * 0.52, 0, size * 0.42, size * 0.26, tint)
        pen.dot(x, y, size * 0.26, c.TURMERIC if tint != c.TURMERIC else c.COCOA)


def clay(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A water jug, a carved vase, or mortar and pestle of red clay."""
    said = name.lower()
    earth = choose(pick, look, (c.hue("#b9623a"), c.hue("#d8875a"), c.hue("#8f4a30")))
    if "cobek" in said:
        _mortar(pen, c.hue("#6b625e"))
        return
    ground_shadow(pen, 505, 814, 420)
    if "kendi" in said:
        pen.stroke("M660 520 C760 500 800 420 800 330", c.darker(earth, 0.15), 60)
        pen.stroke("M660 510 C750 490 786 420 790 330", earth, 40)
        pen.oval(800, 316, 34, 14, c.darker(earth, 0.4))
        body = (
            "M460 180 L540 180 C536 290 560 340 640 390 C740 450 760 560 720 660 "
            "C680 770 600 814 540 814 L460 814 C400 814 320 770 280 660 "
            "C240 560 260 450 360 390 C440 340 464 290 460 180 Z"
        )
        bands = ((470, 30), (640, 30))
    else:
        body = (
            "M410 180 L590 180 C600 260 560 300 560 350 C640 400 730 470 720 590 "
            "C710 720 620 780 600 814 L400 814 C380 780 290 720 280 590 "
            "C270 470 360 400 440 350 C440 300 400 260 410 180 Z"
        )
        bands = ((440, 26), (660, 26))
    pen.fill(body, earth)
    with pen.clip(body):
        dye = Dye(earth, c.lighter(earth, 0.3), c.darker(earth, 0.28))
        with pen.clip(box(200, 510, 800, 630)):
            pen.tiles(band("ceplok" if "kendi" in said else "kawung", dye, pen, 120))
        for y, high in bands:
            pen.fill(
                (
                    f"M200 {y} C400 {y + 40} 600 {y + 40} 800 {y} L800 {y + high} "
                    f"C600 {y + high + 40} 400 {y + high + 40} 200 {y + high} Z"
                ),
                c.darker(earth, 0.25),
            )
        pen.fill(
            "M600 170 L820 170 L820 830 L600 830 C700 700 700 460 580 330 Z", c.wash(c.NIGHT, 40)
        )
        pen.oval(370, 520, 26, 110, c.wash(c.WHITE, 46), 12)
    top = 56 if "kendi" in said else 96
    pen.oval(500, 180, top, 20, c.lighter(earth, 0.2))
    pen.oval(500, 182, top - 18, 12, c.darker(earth, 0.5))
    if "vas" in said:
        for turn, size in ((-118, 120), (-86, 160), (-58, 120)):
            with pen.at(500, 180, turn):
                pen.stroke([(0, 0), (size * 0.7, 0)], c.LEAF, 8)
                pen.fill([(x + size * 0.3, y) for x, y in leaf(size * 0.7, 44)], c.MOSS)


def _mortar(pen: Pen, stone: Colour) -> None:
    ground_shadow(pen, 500, 812, 660)
    body = "M150 600 C180 740 300 812 420 812 L580 812 C700 812 820 740 850 600 Z"
    pen.fill(body, stone)
    with pen.clip(body):
        pen.fill(
            "M680 590 L880 590 L880 820 L560 820 C680 780 720 680 680 590 Z", c.wash(c.NIGHT, 46)
        )
    pen.oval(500, 600, 350, 96, c.lighter(stone, 0.25))
    pen.oval(500, 604, 306, 76, c.darker(stone, 0.3))
    pen.oval(500, 616, 250, 52, c.hue("#a5382a"))
    for x, y in ((420, 606), (470, 630), (560, 610), (380, 626), (610, 624)):
        pen.oval(x, y, 20, 8, c.hue("#d0573c"), 20)
        pen.dot(x + 10, y + 4, 4, c.BUTTER)
    with pen.at(620, 560, -52):
        pen.shadow(box(-40, -46, 330, 46, 40), blur=12, alpha=80, dx=6, dy=14)
        pen.fill(
            (
                "M-50 0 C-50 -44 0 -50 60 -40 L300 -30 C350 -26 350 26 300 30 L60 40 "
                "C0 50 -50 44 -50 0 Z"
            ),
            c.lighter(stone, 0.12),
        )
        pen.stroke([(10, -22), (280, -14)], c.lighter(stone, 0.4), 9)
    pen.oval(250, 850, 46, 30, c.hue("#f0e7d8"), 10)
    pen.oval(320, 862, 38, 26, c.hue("#e6dcc8"), -20)


def board(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A wooden cutting board with vegetables, from above."""
    wood = c.hue("#b57b44")
    with pen.at(500, 480, -14):
        shape = (
            "M-230 -330 C-230 -360 -200 -370 -180 -370 L180 -370 C210 -370 230 -350 230 -330 "
            "L230 240 C230 290 180 300 90 310 L80 420 C70 460 -70 460 -80 420 L-90 310 "
            "C-180 300 -230 290 -230 240 Z"
        )
        pen.shadow(shape, blur=22, alpha=120, dx=14, dy=20)
        pen.fill(shape, wood)
        with pen.clip(shape):
            for x in range(-220, 240, 44):
                pen.stroke(
                    f"M{x} -380 C{x + 24} -120 {x - 24} 120 {x + 10} 460", c.darker(wood, 0.14), 7
                )
                pen.stroke(
                    f"M{x + 20} -380 C{x + 40} -120 {x} 120 {x + 28} 460", c.lighter(wood, 0.14), 5
                )
            pen.oval(-120, 60, 34, 60, c.darker(wood, 0.2), 6)
            pen.oval(-120, 60, 18, 38, c.darker(wood, 0.35), 6)
        pen.dot(0, 400, 24, c.darker(wood, 0.45))
        pen.dot(0, 402, 18, look.wall)
    for x, y in ((470, 300), (560, 340), (500, 410)):
        pen.shadow(oval(x, y, 54, 54), blur=8, alpha=90, dx=4, dy=8)
        pen.dot(x, y, 54, c.CHILI)
        pen.dot(x, y, 44, c.hue("#e2644e"))
        for turn in range(0, 360, 90):
            with pen.at(x, y, turn + 20):
                pen.oval(22, 0, 13, 9, c.BUTTER)
    scenes.sprig(pen, 380, 520, 24, 110)


def spoons(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Wooden spoons and spatulas standing in a clay pot."""
    pot = choose(pick, look, (c.TERRACOTTA, c.INDIGO, c.TEAL, c.CREAM))
    ground_shadow(pen, 500, 814, 400)
    for number, (turn, size) in enumerate(
        ((-24, 0.94), (-10, 1.05), (3, 1.0), (15, 1.08), (28, 0.92))
    ):
        wood = WOODS[number % 3]
        with pen.at(500, 720, turn, size):
            pen.box(-13, -420, 13, 0, wood, 12)
            pen.box(3, -420, 13, 0, c.darker(wood, 0.25), 8)
            if number % 2:
                pen.oval(0, -470, 58, 92, wood)
                pen.oval(0, -474, 40, 70, c.darker(wood, 0.28))
                pen.oval(-10, -490, 14, 34, c.lighter(wood, 0.25))
            else:
                pen.fill(
                    "M-18 -400 C-40 -440 -56 -520 -50 -570 L50 -570 C56 -520 40 -440 18 -400 Z",
                    wood,
                )
                for x in (-22, 0, 22):
                    pen.box(x - 5, -556, x + 5, -470, c.darker(wood, 0.35), 5)
    body = "M320 560 L680 560 C690 660 680 760 650 814 L350 814 C320 760 310 660 320 560 Z"
    pen.fill(body, pot)
    with pen.clip(body):
        dye = Dye(pot, c.mix(pot, c.CREAM, 0.7) if pot != c.CREAM else c.INDIGO, c.TURMERIC)
        with pen.clip(box(300, 630, 700, 740)):
            pen.tiles(band(pick.choice(("parang", "kawung")), dye, pen, 100))
        pen.fill(
            "M590 550 L720 550 L720 830 L560 830 C620 740 620 640 590 550 Z", c.wash(c.NIGHT, 38)
        )
    pen.oval(500, 560, 180, 22, c.lighter(pot, 0.2))
    pen.box(320, 556, 680, 590, c.lighter(pot, 0.12), 12)


def wooden_bowl(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A turned wooden bowl with fruit in it."""
    wood = c.hue("#8a5529")
    ground_shadow(pen, 500, 812, 520)
    pen.oval(500, 540, 340, 84, c.darker(wood, 0.5))
    for x, y, r, tint in (
        (380, 500, 84, c.hue("#ee9a2c")),
        (540, 470, 96, c.hue("#8fae3c")),
        (650, 510, 78, c.hue("#c0453c")),
    ):
        pen.dot(x, y, r, c.darker(tint, 0.15))
        pen.dot(x - 5, y - 6, r * 0.92, tint)
        pen.oval(x - r * 0.36, y - r * 0.42, r * 0.24, r * 0.14, c.lighter(tint, 0.6), -34)
    body = (
        "M160 540 C170 700 290 812 420 812 L580 812 C710 812 830 700 840 540 "
        "C740 620 260 620 160 540 Z"
    )
    pen.fill(body, wood)
    with pen.clip(body):
        for step in range(7):
            y = 590 + step * 36
            pen.stroke(
                f"M120 {y} C340 {y + 74} 640 {y + 66} 880 {y - 10}",
                c.lighter(wood, 0.14) if step % 2 else c.darker(wood, 0.16),
                9,
            )
        pen.fill(
            "M700 520 L880 520 L880 830 L560 830 C690 780 740 670 700 520 Z", c.wash(c.NIGHT, 44)
        )
    pen.stroke("M160 540 C260 620 740 620 840 540", c.lighter(wood, 0.3), 15)
