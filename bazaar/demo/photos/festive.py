"""Pictures for feast days: bamboo music, carnival crowns and masks, brooches, a gift."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs, scenes
from bazaar.demo.photos.beads import bead
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import choose
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import band, ground_shadow


def bamboo_sound(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Patrol clapper, angklung or flute of bamboo."""
    said = name.lower()
    bamboo = c.hue("#d9b35c")
    if "angklung" in said:
        _angklung(pen, bamboo)
        return
    if "seruling" in said:
        _flutes(pen, bamboo)
        return
    for x, turn, size in ((350, -14, 0.92), (600, 10, 1.06)):
        with pen.at(x, 480, turn, size):
            pen.shadow(box(-100, -300, 100, 300, 40), blur=18, alpha=110, dx=14, dy=20)
            pen.box(-100, -300, 100, 300, bamboo, 34)
            pen.box(44, -300, 100, 300, c.darker(bamboo, 0.2), 30)
            pen.box(-84, -280, -62, 280, c.lighter(bamboo, 0.45), 10)
            for y in (-250, 240):
                pen.box(-106, y, 106, y + 22, c.darker(bamboo, 0.3), 10)
            pen.box(-20, -180, 26, 180, c.darker(bamboo, 0.62), 22)
            pen.box(-20, -180, -8, 180, c.darker(bamboo, 0.75), 10)
            with pen.clip(box(-100, 186, 100, 232)):
                pen.tiles(band("ceplok", Dye(c.CHILI, c.BUTTER, c.TURMERIC), pen, 46))
    with pen.at(800, 640, 58):
        pen.shadow(box(-190, -18, 190, 18, 16), blur=10, alpha=100, dx=6, dy=14)
        pen.box(-190, -18, 190, 18, c.WOOD, 16)
        pen.box(90, -34, 200, 34, c.CHILI, 30)


def _angklung(pen: Pen, bamboo: Colour) -> None:
    ground_shadow(pen, 500, 812, 640)
    for y in (220, 780):
        pen.box(170, y, 830, y + 24, c.BARK, 12)
    for x in (184, 816):
        pen.box(x - 12, 200, x + 12, 812, c.BARK, 8)
    for number in range(5):
        x = 270 + number * 115
        high = 430 - number * 46
        for dx, share in ((-24, 1.0), (24, 0.72)):
            top = 760 - high * share
            pen.box(x + dx - 19, top, x + dx + 19, 766, c.darker(bamboo, 0.15), 14)
            pen.box(x + dx - 19, top, x + dx + 7, 766, bamboo, 14)
            pen.box(x + dx - 12, top + 10, x + dx - 6, 740, c.lighter(bamboo, 0.4), 3)
            pen.box(x + dx - 19, 640, x + dx + 19, 650, c.darker(bamboo, 0.4))
        pen.stroke([(x, 240), (x, 760 - high)], c.CHILI, 6)
        pen.dot(x, 244, 13, c.CHILI)


def _flutes(pen: Pen, bamboo: Colour) -> None:
    for y, turn, tint in ((420, -16, bamboo), (600, -16, c.hue("#b5803c"))):
        with pen.at(500, y, turn):
            pen.shadow(box(-370, -36, 370, 36, 20), blur=14, alpha=110, dx=8, dy=18)
            pen.box(-370, -36, 370, 36, tint, 14)
            pen.box(-370, 10, 370, 36, c.darker(tint, 0.22), 10)
            pen.box(-340, -26, 340, -16, c.lighter(tint, 0.4), 5)
            for x in (-60, 20, 100, 180, 250, 310):
                pen.oval(x, -2, 14, 11, c.darker(tint, 0.6))
            for x in (-230, -190):
                pen.box(x, -37, x + 15, 37, c.CHILI)
            pen.oval(-300, -4, 18, 13, c.darker(tint, 0.6))


def crown(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A carnival head-dress with fanned plumes."""
    first, second = pick.sample((c.TEAL, c.ROSE, c.INDIGO, c.CHILI, c.PLUM), 2)
    gold = c.TURMERIC
    ground_shadow(pen, 500, 800, 460)
    for number in range(11):
        turn = -90 + (number - 5) * 15
        tint = first if number % 2 else second
        reach = 500 - abs(number - 5) * 30
        with pen.at(500, 660, turn):
            pen.fill(leaf(reach, 104), c.darker(tint, 0.2))
            pen.fill([(x, y * 0.8) for x, y in leaf(reach - 14, 104)], tint)
            pen.stroke([(60, 0), (reach - 30, 0)], c.lighter(tint, 0.45), 6)
            pen.oval(reach - 78, 0, 40, 25, gold)
            pen.oval(reach - 74, 0, 24, 15, c.CREAM)
            pen.oval(reach - 72, 0, 12, 8, tint)
    base = (
        "M270 640 C300 560 400 600 500 470 C600 600 700 560 730 640 C740 720 720 770 690 800 "
        "L310 800 C280 770 260 720 270 640 Z"
    )
    pen.shadow(base, blur=10, alpha=90, dy=-4)
    pen.fill(base, gold)
    with pen.clip(base):
        pen.tiles(band("ceplok", Dye(gold, c.lighter(gold, 0.45), c.darker(gold, 0.3)), pen, 92))
        pen.fill(
            "M620 460 L760 460 L760 820 L640 820 C690 720 680 600 620 460 Z", c.wash(c.NIGHT, 34)
        )
    pen.box(286, 744, 714, 800, c.darker(gold, 0.22), 20)
    for x in range(320, 700, 45):
        bead(pen, x, 772, 17, first if (x // 45) % 2 else c.CREAM)
    pen.fill("M500 530 C540 590 540 640 500 690 C460 640 460 590 500 530 Z", c.CHILI)
    pen.fill(
        "M500 560 C516 590 514 610 500 630 C486 610 484 590 500 560 Z", c.lighter(c.CHILI, 0.5)
    )


def mask(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A carnival half mask with plumes."""
    face = choose(pick, look, (c.CHILI, c.INDIGO, c.TEAL, c.PLUM))
    for number in range(7):
        with pen.at(500 + (number - 3) * 54, 430, -90 + (number - 3) * 13):
            tint = (c.TURMERIC, c.ROSE, c.TEAL)[number % 3]
            pen.fill(leaf(320 - abs(number - 3) * 24, 84), tint)
            pen.stroke([(20, 0), (270 - abs(number - 3) * 24, 0)], c.lighter(tint, 0.5), 6)
    shape = (
        "M500 430 C560 390 700 370 830 420 C850 520 800 640 690 660 C610 670 560 620 500 570 "
        "C440 620 390 670 310 660 C200 640 150 520 170 420 C300 370 440 390 500 430 Z"
    )
    pen.shadow(shape, blur=16, alpha=110, dx=10, dy=18)
    pen.fill(shape, face)
    with pen.clip(shape):
        pen.tiles(band("truntum", Dye(face, c.mix(face, c.TURMERIC, 0.75), c.CREAM), pen, 96))
        pen.fill(
            "M690 360 L880 360 L880 680 L650 680 C740 600 740 480 690 360 Z", c.wash(c.NIGHT, 40)
        )
    for x in (335, 665):
        pen.oval(x, 515, 96, 58, c.TURMERIC, -8 if x < 500 else 8)
        pen.oval(x, 515, 80, 44, c.darker(face, 0.6), -8 if x < 500 else 8)
    pen.fill("M500 400 C530 450 530 500 500 550 C470 500 470 450 500 400 Z", c.TURMERIC)
    pen.dot(500, 476, 17, c.CHILI)
    for x in (190, 810):
        pen.stroke(f"M{x} 560 C{x - 10} 660 {x + 30} 720 {x} 830", c.TURMERIC, 13)
    for number in range(9):
        for side in (-1, 1):
            x = 500 + side * (60 + number * 32)
            pen.dot(x, 644 - abs(number - 5) * 3 - (number < 3) * (3 - number) * 26, 7, c.CREAM)


def brooch(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Satin flower brooches on a card, from above."""
    pen.shadow(box(240, 130, 760, 870, 24), blur=20, alpha=110, dx=8, dy=18)
    pen.box(240, 130, 760, 870, c.CREAM, 24)
    pen.box(262, 152, 738, 848, c.mix(look.hem, c.CREAM, 0.75), 16)
    pen.box(268, 158, 732, 842, c.CREAM, 14)
    pen.text(500, 210, "JEMBER", look.hem if sum(look.hem) < 500 else c.INDIGO, wide=200, high=44)
    for x, y, size, tint in (
        (420, 380, 118, c.ROSE),
        (590, 560, 112, c.TURMERIC),
        (420, 720, 96, c.TEAL),
    ):
        pen.shadow(oval(x, y, size, size), blur=10, alpha=100, dx=4, dy=12)
        for ring, shade in ((1.0, 0.2), (0.72, 0.0), (0.44, -0.25)):
            for turn in range(0, 360, 45):
                with pen.at(x, y, turn + ring * 40):
                    petal = c.darker(tint, shade) if shade >= 0 else c.lighter(tint, -shade)
                    pen.oval(size * 0.6 * ring, 0, size * 0.42 * ring, size * 0.3 * ring, petal)
        for turn in range(0, 360, 60):
            angle = math.radians(turn)
            pen.dot(
                x + size * 0.2 * math.cos(angle),
                y + size * 0.2 * math.sin(angle),
                size * 0.08,
                c.CREAM,
            )
        pen.dot(x, y, size * 0.12, c.TURMERIC if tint != c.TURMERIC else c.CHILI)


def gift(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A gift box with a batik ribbon; also what we draw when nothing else fits."""
    paper = choose(pick, look, (c.TERRACOTTA, c.TEAL, c.INDIGO, c.CREAM, c.LEAF))
    dye = pick.choice([one for one in motifs.DYES if one.ground != paper])
    ground_shadow(pen, 500, 814, 560)
    tile = band(pick.choice(("kawung", "parang", "ceplok", "tembakau")), dye, pen, 90)
    front = [(240.0, 470.0), (760.0, 470.0), (740.0, 814.0), (260.0, 814.0)]
    pen.fill(front, paper)
    with pen.clip(front):
        pen.box(640, 460, 780, 830, c.wash(c.NIGHT, 34))
    with pen.clip(box(440, 470, 560, 814)):
        pen.tiles(tile)
    lid = box(210, 380, 790, 490, 12)
    pen.shadow(lid, blur=8, alpha=90, dy=10)
    pen.fill(lid, c.lighter(paper, 0.14))
    pen.box(210, 380, 790, 394, c.lighter(paper, 0.4), 8)
    with pen.clip(box(440, 380, 560, 490)):
        pen.tiles(tile)
    for mirror in (False, True):
        with pen.at(500, 380, 0, 1, mirror=mirror):
            bow = "M0 0 C60 -150 220 -190 250 -100 C260 -30 120 10 0 0 Z"
            pen.shadow(bow, blur=8, alpha=70, dy=8)
            with pen.clip(bow):
                pen.tiles(tile)
                pen.oval(110, -50, 70, 34, c.wash(c.NIGHT, 80), -26)
            tail = "M0 0 C40 30 90 60 120 130 L70 120 L50 150 C40 90 20 40 0 0 Z"
            with pen.clip(tail):
                pen.tiles(tile)
    pen.oval(500, 376, 42, 34, dye.accent)
