"""Pictures of toys of wood, paper and bamboo, and a set for learning batik."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.labels import choose, flourish
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, ground_shadow


def car(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A wooden push car."""
    paint = choose(pick, look, (c.CHILI, c.INDIGO, c.TEAL, c.TURMERIC))
    wood = c.hue("#d6a466")
    ground_shadow(pen, 500, 816, 700)
    cabin = "M300 540 C320 420 360 380 430 376 L600 376 C660 380 700 430 730 540 Z"
    pen.fill(cabin, wood)
    pen.fill("M344 540 C356 450 386 420 436 418 L490 418 L490 540 Z", c.SKY)
    pen.fill("M524 418 L596 418 C640 424 666 460 684 540 L524 540 Z", c.SKY)
    pen.fill("M350 520 L420 420 L450 420 L370 540 L346 540 Z", c.wash(c.WHITE, 120))
    body = (
        "M140 620 C140 560 180 536 240 532 L760 532 C830 540 866 580 866 640 L866 706 "
        "C866 736 850 750 820 750 L180 750 C152 750 136 736 138 706 Z"
    )
    pen.fill(body, paint)
    with pen.clip(body):
        pen.box(100, 690, 900, 760, c.darker(paint, 0.22))
        pen.box(100, 620, 900, 640, c.CREAM)
        pen.box(160, 548, 840, 558, c.lighter(paint, 0.4), 5)
    pen.oval(846, 612, 22, 30, c.BUTTER)
    pen.box(126, 600, 152, 640, c.CHILI if paint != c.CHILI else c.TURMERIC, 8)
    for x in (300, 706):
        pen.dot(x + 5, 760, 98, c.wash(c.NIGHT, 50))
        pen.dot(x, 748, 96, c.hue("#6b4226"))
        pen.dot(x, 748, 78, wood)
        pen.ring(x, 748, 56, c.darker(wood, 0.2), 6)
        pen.ring(x, 748, 34, c.darker(wood, 0.14), 5)
        pen.dot(x, 748, 19, paint)


def puzzle(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A wooden map puzzle, one piece beside it, from above."""
    pen.shadow(box(120, 150, 860, 800, 24), blur=22, alpha=120, dx=12, dy=20)
    pen.box(120, 150, 860, 800, c.hue("#b98048"), 24)
    pen.box(150, 180, 830, 770, c.hue("#e3bd86"), 14)
    tints = (c.LEAF, c.TURMERIC, c.TERRACOTTA, c.TEAL, c.ROSE, c.INDIGO, c.MOSS)
    with pen.clip(
        "M190 420 C230 260 360 240 470 220 C620 200 740 240 790 340 "
        "C820 460 760 560 700 620 C640 700 520 740 420 720 C300 730 220 660 190 580 Z"
    ):
        for row in range(5):
            for column in range(6):
                x, y = 170 + column * 112, 200 + row * 112
                tint = tints[(row * 3 + column * 2 + pick.randrange(2)) % len(tints)]
                pen.box(x, y, x + 112, y + 112, tint)
        for row in range(5):
            for column in range(6):
                x, y = 170 + column * 112, 200 + row * 112
                pen.dot(x + 112, y + 56, 18, tints[(row + column) % len(tints)])
                pen.stroke([(x, y), (x, y + 112)], c.CREAM, 6)
                pen.stroke([(x, y), (x + 112, y)], c.CREAM, 6)
        pen.box(506, 424, 618, 536, c.hue("#c99a5c"))
    with pen.at(830, 850, 16):
        piece = "M-60 -60 L-16 -60 C-26 -96 26 -96 16 -60 L60 -60 L60 60 L-60 60 Z"
        pen.shadow(piece, blur=10, alpha=110, dx=6, dy=12)
        pen.fill(piece, c.CHILI)
        pen.fill("M-60 48 L60 48 L60 60 L-60 60 Z", c.hue("#b98048"))


def tops(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Two spinning tops with their cord."""
    for x, y, size, turn in ((360, 560, 1.05, -12), (680, 640, 0.84, 16)):
        tints = pick.sample((c.CHILI, c.INDIGO, c.TURMERIC, c.TEAL), 2)
        pen.shadow(oval(x + 30, y + 230 * size, 150 * size, 26), blur=12, alpha=110)
        with pen.at(x, y, turn, size):
            body = (
                "M-40 -180 L40 -180 C60 -120 200 -90 200 -10 C200 90 60 150 0 230 "
                "C-60 150 -200 90 -200 -10 C-200 -90 -60 -120 -40 -180 Z"
            )
            pen.fill(body, c.hue("#d6a466"))
            with pen.clip(body):
                for dy, tint in ((-70, tints[0]), (20, tints[1]), (96, tints[0])):
                    pen.fill(
                        (
                            f"M-220 {dy} C-80 {dy + 44} 80 {dy + 44} 220 {dy} L220 {dy + 44} "
                            f"C80 {dy + 88} -80 {dy + 88} -220 {dy + 44} Z"
                        ),
                        tint,
                    )
                pen.fill(
                    "M60 -200 L240 -200 L240 240 L20 240 C130 120 140 -60 60 -200 Z",
                    c.wash(c.NIGHT, 40),
                )
                pen.oval(-100, -30, 20, 70, c.wash(c.WHITE, 90), 24)
            pen.box(-24, -240, 24, -170, c.BARK, 12)
            pen.oval(0, -240, 28, 12, c.WOOD)
    pen.stroke("M180 840 C300 780 420 900 540 836 C660 780 760 890 860 830", c.CREAM, 11)


def kite(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A bird kite or a paper kite against the sky."""
    first, second = pick.sample((c.CHILI, c.TURMERIC, c.INDIGO, c.LEAF, c.ROSE), 2)
    for x, y, size in ((200, 250, 1.0), (790, 170, 0.8), (760, 560, 0.7)):
        with pen.at(x, y, 0, size):
            for dx, r in ((-70, 44), (0, 62), (74, 40)):
                pen.dot(dx, 0, r, c.wash(c.WHITE, 210))
            pen.box(-112, 0, 112, 42, c.wash(c.WHITE, 210), 20)
    pen.stroke("M500 560 C520 700 640 780 560 1000", c.CREAM, 5)
    if "burung" in name.lower():
        for side in (False, True):
            with pen.at(500, 430, 0, 1, mirror=side):
                wing = (
                    "M0 -30 C120 -190 300 -220 420 -120 C340 -110 330 -60 270 -50 "
                    "C240 0 180 0 150 40 C100 50 40 70 0 60 Z"
                )
                pen.shadow(wing, blur=14, alpha=60, dx=6, dy=18)
                with pen.clip(wing):
                    pen.box(-20, -240, 460, 100, first)
                    pen.fill(
                        "M0 -10 C120 -130 280 -170 420 -120 C300 -100 160 -60 60 60 L0 60 Z", second
                    )
                    pen.fill("M0 10 C90 -60 200 -100 300 -90 C200 -60 120 0 60 80 L0 60 Z", c.CREAM)
        body = (
            "M500 290 C550 300 560 360 550 450 C545 540 530 590 500 640 "
            "C470 590 455 540 450 450 C440 360 450 300 500 290 Z"
        )
        pen.fill(body, second)
        pen.fill(
            (
                "M450 600 C420 680 400 730 420 790 C460 760 480 740 500 720 "
                "C520 740 540 760 580 790 C600 730 580 680 550 600 Z"
            ),
            first,
        )
        pen.dot(500, 300, 52, second)
        for x in (480, 520):
            pen.dot(x, 292, 9, c.NIGHT)
        pen.fill(
            [(484, 316), (516, 316), (500, 346)], c.TURMERIC if second != c.TURMERIC else c.CHILI
        )
        return
    with pen.at(500, 420, 12):
        shape = [(0.0, -300.0), (230.0, -40.0), (0.0, 300.0), (-230.0, -40.0)]
        pen.shadow(shape, blur=16, alpha=70, dx=10, dy=22)
        pen.fill(shape, first)
        pen.fill([(0, -300), (230, -40), (0, -40)], second)
        pen.fill([(0, 300), (-230, -40), (0, -40)], second)
        pen.stroke([(0, -300), (0, 300)], c.WOOD, 8)
        pen.stroke([(-230, -40), (230, -40)], c.WOOD, 8)
        flourish(pen, 0, -40, 90, c.CREAM)
        for number in range(5):
            with pen.at(30 * math.sin(number * 1.6), 350 + number * 54):
                pen.fill([(0, 0), (-40, -22), (-40, 22)], second)
                pen.fill([(0, 0), (40, -22), (40, 22)], first)


def batik_set(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A beginner's set: stretched cloth, canting and a pan of wax."""
    frame = [(170.0, 190.0), (640.0, 190.0), (640.0, 660.0), (170.0, 660.0)]
    pen.shadow(frame, blur=18, alpha=110, dx=10, dy=16)
    pen.fill(box(146, 166, 664, 684, 10), c.BARK)
    pen.fill(box(152, 166, 658, 676, 8), c.WOOD)
    dye = Dye(c.CREAM, c.INDIGO, c.TERRACOTTA)
    pen.fill(box(180, 196, 630, 650), c.CREAM)
    with pen.clip([(180, 196), (630, 196), (470, 420), (180, 560)]):
        pen.tiles(band(pick.choice(("melati", "tembakau", "kawung")), dye, pen, 190))
    pen.stroke("M560 330 C590 420 470 470 500 560 C520 610 580 600 590 560", c.hue("#a9743c"), 7)
    pen.stroke("M300 560 C340 520 400 540 400 590", c.hue("#a9743c"), 7)
    with pen.at(560, 580, 34):
        pen.shadow(box(0, -14, 320, 14, 12), blur=8, alpha=90, dx=4, dy=12)
        pen.box(40, -15, 330, 15, c.WOOD, 14)
        pen.box(40, 3, 330, 15, c.BARK, 8)
        pen.fill("M50 -22 C10 -40 -26 -30 -30 0 C-26 30 10 40 50 22 Z", c.hue("#b5742e"))
        pen.stroke("M-26 0 C-60 6 -66 22 -64 36", c.hue("#b5742e"), 9)
        pen.oval(10, 0, 22, 14, c.hue("#7a4a1c"))
    pen.shadow(oval(300, 830, 150, 40), blur=12, alpha=110)
    pen.oval(300, 800, 150, 60, c.hue("#3a3438"))
    pen.oval(300, 788, 136, 48, c.hue("#6b4a24"))
    pen.oval(280, 782, 70, 18, c.hue("#8f6a34"))
    pen.stroke([(440, 800), (560, 830)], c.hue("#3a3438"), 24)
    for x, tint in ((760, c.INDIGO), (860, c.TERRACOTTA)):
        pen.shadow(oval(x, 800, 50, 14), blur=8, alpha=100)
        pen.box(x - 40, 690, x + 40, 800, tint, 12)
        pen.box(x - 32, 664, x + 32, 700, c.CREAM, 8)
