"""Pictures of cloth by the length: batik, ecoprint, shawls, table linen."""

import math
from random import Random

from PIL import Image

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs, scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import apart, choose, flourish, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, outline, oval
from bazaar.demo.photos.props import band, blossom

ECOPRINT = (
    Dye(c.hue("#f2e7d0"), c.hue("#7a5a3a"), c.hue("#8f9a5a")),
    Dye(c.hue("#ead9bd"), c.hue("#8b4a3a"), c.hue("#6f7d4a")),
    Dye(c.hue("#e9e2cf"), c.hue("#5f6b45"), c.hue("#b07a4a")),
)


EARTH = (
    Dye(c.hue("#6b3a23"), c.hue("#f1d9a8"), c.TURMERIC),
    Dye(c.hue("#efdcb6"), c.hue("#5a3320"), c.hue("#9a5a2c")),
)

CROCHET = (c.CREAM, c.hue("#c9745a"), c.hue("#6f9a8f"))


def dye_of(name: str, look: scenes.Look, pick: Random) -> Dye:
    """Choose the colours of a cloth: what its name speaks of, clear of the scene."""
    said = name.lower()
    pool = ECOPRINT if "ecoprint" in said else EARTH if "kopi" in said else motifs.DYES
    clear = [dye for dye in pool if apart(dye.ground, look) == dye.ground]
    return pick.choice(clear or pool)


def cloth_tile(pen: Pen, name: str, dye: Dye, pick: Random, units: float = 150) -> Image.Image:
    """Return a tile of the motif that the name speaks of; leaves and flowers come larger."""
    motif = motifs.motif_for(name, pick)
    large = motif in {"tembakau", "daun", "melati", "kakao"}
    return band(motif, dye, pen, units * (1.3 if large else 1))


def _folds(pen: Pen, lines: tuple[tuple[str, int], ...]) -> None:
    for path, alpha in lines:
        pen.fill(path, c.wash(c.NIGHT, alpha) if alpha > 0 else c.wash(c.WHITE, -alpha))


def length_of_cloth(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A length of batik hung over a bamboo rail, another folded below."""
    dye = dye_of(name, look, pick)
    tile = cloth_tile(pen, name, dye, pick, 230)
    bamboo = c.hue("#c9a04e")
    for x in (140, 860):
        pen.box(x - 15, 120, x + 15, 800, c.darker(bamboo, 0.2), 8)
        pen.box(x - 15, 120, x - 5, 800, bamboo, 6)
        for y in (250, 420, 590):
            pen.box(x - 18, y, x + 18, y + 9, c.darker(bamboo, 0.4), 4)
        pen.shadow(oval(x + 10, 806, 60, 14), blur=8, alpha=100)
    hung = (
        "M240 150 L760 150 C764 300 752 480 766 650 C700 672 640 640 580 664 "
        "C520 684 450 640 390 664 C330 682 280 650 234 660 C250 480 236 300 240 150 Z"
    )
    pen.shadow(hung, blur=20, alpha=90, dx=16, dy=20)
    with pen.clip(hung):
        pen.tiles(tile)
        pen.fill("M200 560 C300 590 700 560 800 590 L800 700 L200 700 Z", dye.ground)
        wide = 64
        for number in range(10):
            x = 220 + number * wide
            pen.fill([(x, 680), (x + wide, 680), (x + wide / 2, 590)], dye.figure)
            pen.fill([(x + 16, 680), (x + wide - 16, 680), (x + wide / 2, 626)], dye.accent)
        pen.stroke("M200 572 C300 600 700 570 800 598", dye.accent, 9)
        _folds(pen, (
            ("M350 150 L392 150 C380 340 404 500 384 690 L352 690 C366 500 340 340 350 150 Z", 34),
            ("M560 150 L590 150 C600 340 576 520 596 690 L566 690 C552 520 574 340 560 150 Z", 30),
            ("M690 150 L770 150 L780 690 L716 690 C704 500 708 320 690 150 Z", 40),
            ("M262 150 L300 150 C294 340 300 500 290 690 L262 690 C272 500 258 340 262 150 Z", -34),
            ("M470 150 L510 150 C502 340 516 500 500 690 L470 690 C480 500 462 340 470 150 Z", -26),
        ))  # fmt: skip
    pen.box(90, 128, 910, 166, bamboo, 18)
    pen.box(90, 150, 910, 166, c.darker(bamboo, 0.2), 12)
    for x in (330, 520, 700):
        pen.box(x, 126, x + 9, 168, c.darker(bamboo, 0.35), 4)
    with pen.clip("M240 130 L760 130 L760 186 L240 186 Z"):
        pen.tiles(tile)
        pen.box(240, 166, 760, 190, c.wash(c.NIGHT, 46))
        pen.box(240, 134, 760, 146, c.wash(c.WHITE, 50))
    _folded(pen, 500, 846, 420, 2, name, pick, look)


def _folded(
    pen: Pen,
    x: float,
    y: float,
    wide: float,
    layers: int,
    name: str,
    pick: Random,
    look: scenes.Look,
) -> None:
    pen.shadow(oval(x + 10, y, wide * 0.54, 26), blur=12, alpha=120)
    for layer in range(layers):
        dye = dye_of(name, look, pick)
        top = y - 62 * (layer + 1)
        left, right = x - wide / 2 + layer * 10, x + wide / 2 - layer * 14
        shape = box(left, top, right, top + 62, 24)
        with pen.clip(shape):
            pen.tiles(cloth_tile(pen, name, dye, pick, 200))
            pen.box(left, top + 26, right, top + 34, c.wash(c.NIGHT, 90))
            pen.box(left, top + 50, right, top + 62, c.wash(c.NIGHT, 50))
            pen.box(left, top, right, top + 8, c.wash(c.WHITE, 70))
            pen.box(right - 60, top, right, top + 62, c.wash(c.NIGHT, 30))


def folded_cloth(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A folded length of batik in a paper sleeve, with a canting, from above."""
    dye = dye_of(name, look, pick)
    tile = cloth_tile(pen, name, dye, pick, 270)
    turn = pick.choice((-9, -5, 6))
    with pen.at(480, 490, turn):
        for inset, dim in ((0, 60), (-14, 30)):
            under = box(-320 - inset, -300 + inset, 330 - inset, 318 + inset, 16)
            pen.shadow(under, blur=20, alpha=90, dx=12, dy=18)
            with pen.clip(under):
                pen.tiles(tile)
                pen.box(-500, -500, 500, 500, c.wash(c.NIGHT, dim))
        top = "M-330 -310 L326 -310 L326 170 L186 310 L-330 310 Z"
        with pen.clip(top):
            pen.tiles(tile)
            pen.fill("M-330 -310 L-220 -310 L-220 310 L-330 310 Z", c.wash(c.WHITE, 24))
            for x in range(-330, 330, 66):
                pen.fill([(x, -310), (x + 66, -310), (x + 33, -242)], dye.figure)
                pen.fill([(x + 18, -310), (x + 48, -310), (x + 33, -276)], dye.accent)
            pen.box(-400, -238, 400, -228, dye.accent)
        flap = [(326.0, 170.0), (186.0, 310.0), (150.0, 140.0)]
        pen.shadow(flap, blur=10, alpha=110, dx=-6, dy=6)
        pen.fill(flap, c.lighter(dye.ground, 0.22))
        pen.stroke([(326, 170), (150, 140), (186, 310)], c.lighter(dye.ground, 0.3), 4)
        sleeve = box(-344, -60, 340, 96)
        pen.shadow(sleeve, blur=9, alpha=100, dy=8)
        pen.fill(sleeve, c.CREAM)
        for y in (-44, 76):
            pen.box(-344, y, 340, y + 5, dye.ground if sum(dye.ground) < 520 else c.INDIGO)
        ink = dye.ground if sum(dye.ground) < 480 else c.INDIGO
        for side in (-1, 1):
            flourish(pen, side * 262, 18, 40, ink)
    with pen.at(480, 490, turn):
        pen.text(0, 18, label_words(name), ink, wide=360, high=46)
    with pen.at(690, 830, -18):
        pen.shadow(box(-150, -12, 150, 12, 12), blur=8, alpha=100, dx=4, dy=12)
        pen.box(-140, -13, 150, 13, c.WOOD, 12)
        pen.box(-140, 3, 150, 13, c.BARK, 8)
        pen.fill("M-134 -22 C-170 -40 -206 -30 -210 0 C-206 30 -170 40 -134 22 Z", c.hue("#b5742e"))
        pen.stroke("M-208 0 C-240 6 -246 22 -244 36", c.hue("#b5742e"), 9)
        pen.oval(-172, 0, 22, 14, c.hue("#7a4a1c"))
    for x, y in ((120, 850), (196, 880)):
        blossom(pen, x, y, 36, c.CREAM)


def _ribbon(spine: str, wide: float) -> list[tuple[float, float]]:
    points = outline(spine)
    left, right = [], []
    for number, (x, y) in enumerate(points):
        before, after = points[max(0, number - 1)], points[min(len(points) - 1, number + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1
        nx, ny = -dy / length * wide / 2, dx / length * wide / 2
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return [*left, *reversed(right)]


def scarf(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A shawl looped once, its fringed ends crossing, from above."""
    knitted = "rajut" in name.lower()
    dye = dye_of(name, look, pick)
    if knitted:
        yarn = choose(pick, look, (c.TERRACOTTA, c.INDIGO, c.LEAF, c.PLUM))
        dye = Dye(yarn, c.lighter(yarn, 0.35), c.CREAM)
        tile = band("rajut", Dye(c.darker(yarn, 0.25), yarn, c.CREAM), pen, 96)
    else:
        tile = cloth_tile(pen, name, dye, pick, 230)
    under = "M760 850 C700 690 600 560 480 470 C350 370 300 300 330 220 C360 150 440 140 500 142"
    over = "M240 850 C300 690 400 560 520 470 C650 370 700 300 670 220 C640 150 560 140 500 142"
    for spine, tip, lean in ((under, (760, 850), 0.37), (over, (240, 850), -0.37)):
        shape = _ribbon(spine, 188)
        pen.shadow(shape, blur=16, alpha=110, dx=10, dy=16)
        with pen.clip(shape):
            pen.tiles(tile)
            pen.stroke(spine, c.wash(c.WHITE, 26), 50)
            with pen.at(*tip, -math.degrees(math.atan(lean))):
                pen.box(-120, -64, 120, -46, dye.accent)
                pen.box(-120, -36, 120, -28, dye.accent)
        with pen.at(*tip, -math.degrees(math.atan(lean))):
            for number in range(11):
                x = -86 + number * 17.2
                pen.stroke([(x, -4), (x + pick.uniform(-6, 6), 56)], dye.figure, 6)
    paper = box(452, 36, 548, 250, 6)
    pen.shadow(paper, blur=8, alpha=90, dx=4, dy=6)
    pen.fill(paper, c.CREAM)
    for y in (52, 228):
        pen.box(452, y, 548, y + 6, dye.ground if dye.ground[0] < 200 else c.INDIGO)
    flourish(pen, 500, 143, 30, dye.ground if dye.ground[0] < 200 else c.INDIGO)


def table_cloth(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A round or square table cloth with a patterned rim, from above."""
    said = name.lower()
    thread = pick.choice((c.INDIGO, c.TERRACOTTA, c.LEAF, c.ROSE))
    if "rajut" in said:
        _crocheted(pen, look, thread, choose(pick, look, CROCHET))
        return
    with pen.at(500, 500, 45 if "bordir" in said else 12, 0.9 if "bordir" in said else 1):
        cloth = box(-330, -330, 330, 330, 14)
        pen.shadow(cloth, blur=22, alpha=110, dx=10, dy=18)
        if "bordir" in said:
            pen.fill(cloth, c.CREAM)
            _embroidery(pen, thread)
        else:
            dye = dye_of(name, look, pick)
            pen.fill(cloth, dye.ground)
            with pen.clip(box(-250, -250, 250, 250)):
                pen.tiles(cloth_tile(pen, name, dye, pick, 230))
            for side in range(4):
                with pen.at(0, 0, side * 90):
                    for x in range(-300, 300, 75):
                        pen.fill([(x, -322), (x + 75, -322), (x + 37, -262)], dye.figure)
                        pen.dot(x + 37, -304, 10, dye.accent)
                    pen.stroke([(-252, -252), (252, -252)], dye.accent, 7)


def _crocheted(pen: Pen, look: scenes.Look, thread: Colour, base: Colour) -> None:
    thread = c.CREAM if base != c.CREAM else thread
    pen.shadow(oval(500, 500, 380, 380), blur=20, alpha=110, dx=8, dy=16)
    for number in range(24):
        with pen.at(500, 500, number * 15):
            pen.dot(356, 0, 52, base)
            pen.dot(362, 0, 18, look.wall)
    pen.dot(500, 500, 352, base)
    for ring, count in ((300, 26), (226, 20), (152, 14)):
        pen.ring(500, 500, ring, thread, 6)
        for number in range(count):
            with pen.at(500, 500, 360 * number / count):
                pen.oval(ring - 38, 0, 26, 14, c.mix(base, thread, 0.45))
    stitched(pen, 500, 500, 70, thread)


def _embroidery(pen: Pen, thread: Colour) -> None:
    for side in range(4):
        with pen.at(0, 0, side * 90):
            for x in range(-300, 301, 60):
                pen.dot(x, -330, 30, c.CREAM)
                pen.dot(x, -336, 11, thread)
            with pen.at(-230, -230, 45):
                _spray(pen, thread)
    stitched(pen, 0, 0, 86, thread)
    for turn in range(0, 360, 60):
        with pen.at(0, 0, turn + 30):
            pen.fill([(x + 96, y) for x, y in leaf(70, 30)], c.MOSS)


def stitched(pen: Pen, x: float, y: float, size: float, colour: Colour) -> None:
    """Draw a flower as a needle makes it."""
    for turn in range(0, 360, 60):
        with pen.at(x, y, turn):
            pen.fill(leaf(size, size * 0.56), colour)
    pen.dot(x, y, size * 0.26, c.TURMERIC)


def _spray(pen: Pen, thread: Colour) -> None:
    pen.stroke("M-10 0 C60 -30 120 30 190 0", c.LEAF, 7)
    for x, side in ((40, -1), (80, 1), (130, -1)):
        with pen.at(x, 0, side * 50):
            pen.fill(leaf(60, 28), c.MOSS)
    stitched(pen, 0, 0, 54, thread)
    stitched(pen, 186, 0, 34, thread)


def cushion(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Two cushions with an embroidered flower."""
    first = choose(pick, look, (c.TERRACOTTA, c.TEAL, c.ROSE, c.LEAF))
    for x, y, turn, tint in ((620, 520, 12, c.CREAM), (400, 590, -8, first)):
        with pen.at(x, y, turn):
            shape = (
                "M-250 -230 C-120 -200 120 -200 250 -230 C220 -100 220 100 250 230 "
                "C120 204 -120 204 -250 230 C-220 100 -220 -100 -250 -230 Z"
            )
            pen.shadow(shape, blur=18, alpha=100, dx=10, dy=22)
            pen.fill(shape, tint)
            with pen.clip(shape):
                pen.fill(
                    "M140 -240 L270 -240 L270 250 L120 250 C180 80 180 -80 140 -240 Z",
                    c.wash(c.NIGHT, 26),
                )
            thread = c.CREAM if tint != c.CREAM else first
            for corner in range(4):
                with pen.at(0, 0, corner * 90):
                    pen.stroke("M-196 -180 C-80 -158 80 -158 196 -180", thread, 5)
            for turn_ in (0, 72, 144, 216, 288):
                with pen.at(0, 0, turn_):
                    pen.fill([(px + 30, py) for px, py in leaf(110, 62)], thread)
                    pen.fill([(px + 120, py) for px, py in leaf(40, 22)], c.MOSS)
            pen.dot(0, 0, 34, c.TURMERIC)
