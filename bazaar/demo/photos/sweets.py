"""Pictures of sweet things: candies, tape, cakes, bread, biscuits, palm sugar, jenang."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import apart, choose, flavour, label, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, drop, ground_shadow, plate, pod

BANANA_LEAF = c.hue("#4f8a3f")


def sweets(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Candies in twisted paper, heaped before an open carton."""
    colours = [c.CHILI, c.LEAF, c.TURMERIC, c.INDIGO, c.ROSE]
    if "pelangi" not in name.lower():
        first = apart(flavour(name, pick), look)
        colours = [first, c.lighter(first, 0.3), c.CREAM]
    front = choose(pick, look, (c.TERRACOTTA, c.INDIGO, c.LEAF, c.PLUM, c.hue("#8b3a24")))
    ground_shadow(pen, 500, 800, 560)
    pen.fill([(230, 420), (770, 420), (740, 360), (260, 360)], c.darker(front, 0.4))
    pen.fill([(230, 420), (160, 330), (200, 290), (270, 370)], c.lighter(front, 0.25))
    pen.fill([(770, 420), (840, 330), (800, 290), (730, 370)], c.lighter(front, 0.25))
    for row, (y, count) in enumerate(((360, 3), (400, 4), (440, 5))):
        for number in range(count):
            x = 500 + (number - (count - 1) / 2) * 108
            _candy(pen, x, y, pick.uniform(-24, 24), colours[(row + number) % len(colours)])
    face = [(222.0, 420.0), (778.0, 420.0), (760.0, 800.0), (240.0, 800.0)]
    pen.fill(face, front)
    with pen.clip(face):
        dye = Dye(front, c.lighter(front, 0.22), c.mix(front, c.BUTTER, 0.6))
        pen.tiles(band(pick.choice(("parang", "kawung", "ceplok", "truntum")), dye, pen, 130))
        pen.box(200, 420, 800, 440, c.TURMERIC)
        pen.box(690, 400, 800, 810, c.wash(c.NIGHT, 30))
    label(pen, name, (300, 510, 700, 730), c.darker(front, 0.15))
    for x, y, turn in ((170, 830, -12), (838, 836, 18), (760, 866, -20)):
        _candy(pen, x, y, turn, colours[round(x) % len(colours)])


def _candy(pen: Pen, x: float, y: float, turn: float, colour: Colour) -> None:
    with pen.at(x, y, turn):
        pen.shadow(box(-52, -24, 52, 24, 10), blur=6, alpha=90, dx=4, dy=9)
        for side in (-1, 1):
            pen.fill(
                [(side * 40, 0), (side * 84, -28), (side * 76, 0), (side * 84, 28)],
                c.lighter(colour, 0.28),
            )
            pen.stroke([(side * 46, 0), (side * 76, -14)], c.darker(colour, 0.15), 3)
            pen.stroke([(side * 46, 0), (side * 76, 14)], c.darker(colour, 0.15), 3)
        pen.box(-52, -25, 52, 25, colour, 10)
        pen.box(-52, 8, 52, 25, c.darker(colour, 0.16), 10)
        pen.box(-20, -25, 14, 25, c.lighter(colour, 0.45))
        pen.box(-44, -19, 44, -13, c.wash(c.WHITE, 90), 3)


def besek(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A plaited bamboo box lined with banana leaf, full of something pale and soft."""
    filled = "tape" in name.lower()
    straw = c.hue("#dcb56c")
    dye = Dye(c.darker(straw, 0.22), straw, c.lighter(straw, 0.2))
    ground_shadow(pen, 500, 806, 620)
    pen.fill([(200, 470), (800, 470), (850, 590), (150, 590)], c.darker(straw, 0.35))
    pen.fill(
        (
            "M170 560 C240 430 330 500 400 440 C470 480 560 430 640 462 "
            "C720 440 790 500 834 560 C780 620 240 620 170 560 Z"
        ),
        BANANA_LEAF,
    )
    pen.fill(
        (
            "M210 560 C280 470 350 520 420 470 C480 500 560 460 640 486 "
            "C700 480 760 520 800 560 C740 600 270 600 210 560 Z"
        ),
        c.lighter(BANANA_LEAF, 0.2),
    )
    for row, (y, count) in enumerate(((486, 4), (530, 5), (572, 5))):
        for number in range(count):
            x = 500 + (number - (count - 1) / 2) * 116 + row * 12 - 12
            if filled:
                _cassava(pen, x, y, pick.uniform(-18, 18), "bakar" in name.lower())
            else:
                _wrapped(pen, x, y, pick)
    body = [(140.0, 590.0), (860.0, 590.0), (820.0, 806.0), (180.0, 806.0)]
    pen.fill(body, straw)
    with pen.clip(body):
        pen.tiles(band("anyam", dye, pen, 184))
        pen.box(100, 580, 900, 612, c.darker(straw, 0.12))
        pen.box(100, 588, 900, 596, c.lighter(straw, 0.3))
        pen.box(740, 580, 900, 820, c.wash(c.NIGHT, 30))
    pen.box(360, 650, 640, 760, c.CREAM, 8)
    pen.text(500, 705, label_words(name), c.hue("#5c3a1c"), wide=240, high=44)
    if "madu" in name.lower():
        drop(pen, 880, 850)


def _cassava(pen: Pen, x: float, y: float, turn: float, roasted: bool) -> None:
    flesh = c.hue("#e2ad5b") if roasted else c.hue("#fbf0c9")
    with pen.at(x, y, turn):
        shape = box(-64, -30, 64, 30, 26)
        pen.shadow(shape, blur=6, alpha=80, dx=3, dy=8)
        pen.fill(shape, flesh)
        pen.box(-64, 4, 64, 30, c.darker(flesh, 0.1), 22)
        pen.stroke([(-44, -14), (36, -16)], c.lighter(flesh, 0.6), 6)
        pen.oval(52, 0, 12, 24, c.darker(flesh, 0.06))
        if roasted:
            for dx in (-34, -6, 22):
                pen.stroke([(dx, -20), (dx + 12, 18)], c.hue("#8a4b1f"), 6)


def _wrapped(pen: Pen, x: float, y: float, pick: Random) -> None:
    pen.shadow(oval(x, y, 56, 36), blur=6, alpha=90, dx=3, dy=8)
    pen.fill(
        box(x - 56, y - 34, x + 56, y + 34, 20), c.lighter(BANANA_LEAF, pick.uniform(0.05, 0.3))
    )
    pen.stroke([(x - 40, y - 20), (x + 44, y + 22)], c.darker(BANANA_LEAF, 0.2), 4)
    pen.stroke([(x - 10, y - 34), (x - 10, y + 34)], c.SAND, 7)


def loaf(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A loaf cake on a board, two slices cut."""
    said = name.lower()
    crumb = (
        c.hue("#a9b866")
        if "edamame" in said
        else c.hue("#f2d489")
        if "tape" in said
        else c.hue("#e2b878")
    )
    crust = c.hue("#5f6f2f") if "edamame" in said else c.hue("#c07a2f")
    if "cokelat" in said:
        crumb, crust = c.hue("#7a4a2c"), c.COCOA
    pen.shadow(oval(500, 826, 400, 44), blur=16, alpha=120)
    pen.fill(box(110, 780, 890, 840, 26), c.BARK)
    pen.fill(box(110, 768, 890, 816, 24), c.WOOD)
    pen.stroke([(160, 790), (500, 786), (840, 792)], c.lighter(c.WOOD, 0.25), 5)
    top = "M400 520 C420 450 470 440 560 438 C680 434 800 450 820 520 L836 768 L410 768 Z"
    pen.fill(top, crust)
    with pen.clip(top):
        pen.fill("M400 560 C520 520 700 520 840 560 L840 770 L400 770 Z", c.mix(crust, crumb, 0.55))
        pen.fill("M700 430 L860 430 L860 780 L760 780 Z", c.wash(c.NIGHT, 36))
        pen.stroke("M440 492 C560 456 700 462 790 500", c.lighter(crust, 0.35), 14)
        for _ in range(26):
            x, y = pick.uniform(420, 810), pick.uniform(450, 530)
            if "keju" in said or "almon" in said or "original" in said:
                pen.stroke([(x, y), (x + 26, y + pick.uniform(-8, 8))], c.BUTTER, 7)
            else:
                pen.dot(x, y, 6, c.lighter(crumb, 0.3))
    _slice(pen, 392, 768, crumb, crust, pick)
    with pen.at(250, 800, -74):
        _slice(pen, 0, 0, crumb, crust, pick, 0.78)
    pen.box(560, 600, 760, 706, c.CREAM, 8)
    pen.text(660, 653, label_words(name), c.hue("#5c3a1c"), wide=170, high=40)
    if "pandan" in said or "edamame" in said:
        pod(pen, 850, 838, -12, 0.8)


def _slice(
    pen: Pen, x: float, y: float, crumb: Colour, crust: Colour, pick: Random, scale: float = 1
) -> None:
    with pen.at(x, y, 0, scale):
        shape = "M-118 0 L-118 -226 C-130 -300 -70 -330 0 -330 C70 -330 130 -300 118 -226 L118 0 Z"
        pen.shadow(shape, blur=10, alpha=80, dx=10, dy=6)
        pen.fill(shape, crust)
        inner = (
            "M-100 -14 L-100 -226 C-110 -286 -60 -310 0 -310 C60 -310 110 -286 100 -226 L100 -14 Z"
        )
        pen.fill(inner, crumb)
        for _ in range(22):
            hx, hy = pick.uniform(-84, 84), pick.uniform(-280, -30)
            pen.oval(hx, hy, pick.uniform(4, 9), pick.uniform(3, 6), c.darker(crumb, 0.13))
        pen.stroke([(-78, -250), (-40, -284)], c.lighter(crumb, 0.5), 8)


def bread(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Soft rolls in a paper-lined basket."""
    crust = c.hue("#b9783a") if "gandum" in name.lower() else c.hue("#dc9a45")
    straw = c.hue("#c99a55")
    ground_shadow(pen, 500, 806, 600)
    pen.fill(
        "M150 560 L250 440 L380 520 L500 420 L640 520 L760 436 L850 560 L820 640 L180 640 Z",
        c.CREAM,
    )
    pen.fill("M640 520 L760 436 L850 560 L820 640 L700 640 Z", c.darker(c.CREAM, 0.06))
    for x, y, turn, size in (
        (330, 500, -14, 1.0),
        (660, 496, 12, 1.0),
        (500, 450, 0, 1.08),
        (400, 580, -6, 1.02),
        (600, 580, 8, 1.02),
    ):
        with pen.at(x, y, turn, size):
            shape = (
                "M-140 40 C-150 -50 -80 -96 0 -96 C80 -96 150 -50 140 40 C120 70 -120 70 -140 40 Z"
            )
            pen.shadow(shape, blur=9, alpha=80, dx=3, dy=10)
            pen.fill(shape, crust)
            with pen.clip(shape):
                pen.fill(
                    "M-160 30 C-60 60 60 60 160 30 L160 90 L-160 90 Z", c.mix(crust, c.BUTTER, 0.5)
                )
                pen.oval(60, 20, 110, 110, c.wash(c.NIGHT, 14))
            for dx in (-62, 0, 62):
                pen.stroke(
                    [(dx - 12, -62 + abs(dx) * 0.22), (dx + 14, -18)], c.lighter(crust, 0.5), 11
                )
            for _ in range(5):
                pen.oval(
                    pick.uniform(-90, 90),
                    pick.uniform(-70, 0),
                    6,
                    3.4,
                    c.CREAM,
                    pick.uniform(0, 90),
                )
    body = [(150.0, 620.0), (850.0, 620.0), (790.0, 806.0), (210.0, 806.0)]
    pen.fill(body, straw)
    with pen.clip(body):
        pen.tiles(
            band("anyam", Dye(c.darker(straw, 0.25), straw, c.lighter(straw, 0.22)), pen, 148)
        )
        pen.box(100, 616, 900, 650, c.darker(straw, 0.18))
        pen.box(720, 600, 900, 820, c.wash(c.NIGHT, 36))
    pen.box(380, 690, 620, 780, c.CREAM, 8)
    pen.text(500, 735, label_words(name), c.hue("#5c3a1c"), wide=206, high=38)


def biscuits(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Cookies, crackers or rusks laid in rings on a plate, from above."""
    said = name.lower()
    dough = flavour(name, pick)
    dough = c.mix(dough, c.hue("#dba55a"), 0.45)
    rim = pick.choice((c.INDIGO, c.TERRACOTTA, c.LEAF))
    plate(pen, 500, 490, 390, rim)
    cracker = "rengginang" in said or "kerupuk" in said
    if "ikan" in said or "udang" in said:
        dough = c.hue("#f0cfae") if "ikan" in said else c.hue("#eda27c")
    if "rengginang" in said:
        dough = c.hue("#6d4f5c") if "hitam" in said else c.hue("#ecd29a")
    places = [
        (500 + 205 * math.cos(math.tau * n / 7), 490 + 205 * math.sin(math.tau * n / 7))
        for n in range(7)
    ]
    for x, y in [*places, (500, 490)]:
        radius = 118 if cracker else 104
        turn = pick.uniform(0, 90)
        with pen.at(x, y, turn):
            pen.shadow(oval(0, 0, radius, radius), blur=10, alpha=90, dx=4, dy=10)
            if cracker:
                for number in range(22):
                    angle = math.tau * number / 22
                    far = radius * pick.uniform(0.84, 0.98)
                    pen.dot(far * math.cos(angle), far * math.sin(angle), 24, c.darker(dough, 0.1))
                pen.dot(0, 0, radius * 0.9, dough)
                for _ in range(16):
                    angle, far = pick.uniform(0, math.tau), radius * 0.86 * math.sqrt(pick.random())
                    tint = pick.choice(
                        (c.lighter(dough, 0.45), c.darker(dough, 0.12), c.lighter(dough, 0.25))
                    )
                    pen.oval(
                        far * math.cos(angle),
                        far * math.sin(angle),
                        13,
                        9,
                        tint,
                        pick.uniform(0, 90),
                    )
            else:
                pen.dot(0, 0, radius, c.darker(dough, 0.2))
                pen.dot(-3, -5, radius * 0.95, dough)
                pen.oval(
                    -radius * 0.3,
                    -radius * 0.4,
                    radius * 0.42,
                    radius * 0.24,
                    c.lighter(dough, 0.2),
                    -34,
                )
                for _ in range(9):
                    angle, far = pick.uniform(0, math.tau), radius * 0.72 * math.sqrt(pick.random())
                    cx, cy = far * math.cos(angle), far * math.sin(angle)
                    pen.box(cx - 13, cy - 11, cx + 13, cy + 11, c.COCOA, 6)
                    pen.box(cx - 9, cy - 8, cx + 2, cy - 3, c.lighter(c.COCOA, 0.25), 3)
    scenes.sprig(pen, 70, 900, -30, 110)


def palm_sugar(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Half-globes of palm sugar on a banana leaf."""
    sugar = c.hue("#8a4f25")
    banana_leaf(pen)
    for x, y, r in ((360, 610, 150), (640, 610, 150), (500, 740, 168)):
        shape = (
            f"M{x - r} {y} C{x - r} {y - r * 1.2} {x + r} {y - r * 1.2} {x + r} {y} "
            f"C{x + r} {y + r * 0.4} {x - r} {y + r * 0.4} {x - r} {y} Z"
        )
        pen.shadow(shape, blur=14, alpha=110, dx=10, dy=16)
        pen.fill(shape, sugar)
        with pen.clip(shape):
            pen.oval(x + r * 0.6, y - r * 0.1, r * 0.7, r * 1.2, c.wash(c.NIGHT, 46), 10)
            for _ in range(18):
                pen.oval(
                    x + pick.uniform(-r, r),
                    y + pick.uniform(-r, r * 0.2),
                    12,
                    5,
                    c.lighter(sugar, 0.14),
                    pick.uniform(-30, 30),
                )
        pen.oval(x - r * 0.4, y - r * 0.5, r * 0.3, r * 0.14, c.lighter(sugar, 0.4), -34)
    with pen.at(760, 470, 0):
        pen.fill("M-120 0 C-120 120 120 120 120 0 Z", c.BARK)
        pen.oval(0, 0, 120, 34, c.hue("#f3ead8"))
        pen.oval(0, 2, 100, 26, c.hue("#6b3d1c"))


def banana_leaf(pen: Pen) -> None:
    """Lay a piece of banana leaf on the table."""
    shape = (
        "M40 800 C160 640 420 640 520 660 C700 650 860 690 965 806 C860 880 700 892 520 884 "
        "C340 900 160 880 40 800 Z"
    )
    pen.shadow(shape, blur=14, alpha=100, dy=12)
    pen.fill(shape, BANANA_LEAF)
    with pen.clip(shape):
        for x in range(60, 980, 46):
            pen.stroke([(x, 620), (x - 60, 800), (x, 900)], c.lighter(BANANA_LEAF, 0.13), 5)
        pen.stroke([(30, 800), (970, 806)], c.lighter(BANANA_LEAF, 0.45), 12)


def jenang(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Glossy sticky sweet cut into lozenges on a banana leaf."""
    colour = flavour(name, pick)
    banana_leaf(pen)
    for x, y in (
        (250, 760),
        (420, 790),
        (590, 790),
        (750, 760),
        (335, 690),
        (505, 715),
        (670, 690),
        (420, 610),
        (590, 612),
        (505, 530),
    ):
        top = [(x - 92, y - 60), (x, y - 104), (x + 92, y - 60), (x, y - 16)]
        pen.shadow(
            [(x - 92, y), (x, y + 44), (x + 96, y), (x, y - 30)], blur=8, alpha=90, dx=5, dy=8
        )
        pen.fill([(x - 92, y - 60), (x, y - 16), (x, y + 44), (x - 92, y)], colour)
        pen.fill([(x + 92, y - 60), (x, y - 16), (x, y + 44), (x + 92, y)], c.darker(colour, 0.22))
        pen.fill(top, c.lighter(colour, 0.22))
        pen.fill(
            [(x - 56, y - 62), (x - 6, y - 86), (x + 10, y - 78), (x - 40, y - 54)],
            c.lighter(colour, 0.55),
        )
        for dx, dy in ((-8, -40), (28, -56), (10, -66)):
            pen.oval(x + dx, y + dy, 7, 3.6, c.CREAM, 20)
