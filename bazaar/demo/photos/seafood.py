"""Pictures of what comes from the coast: terasi, fish, fish cakes in leaf."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.colours import Colour
from bazaar.demo.photos.labels import label_words
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import chili, citrus, shrimp
from bazaar.demo.photos.sweets import BANANA_LEAF, banana_leaf


def terasi(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Dark blocks of shrimp paste in paper, with small shrimps."""
    paste = c.hue("#6d3b3a")
    banana_leaf(pen)
    for x, y, wide in ((350, 740, 300), (650, 740, 280), (500, 590, 300)):
        left, right = x - wide / 2, x + wide / 2
        pen.shadow(box(left, y - 130, right, y), blur=12, alpha=100, dx=8, dy=12)
        pen.fill(
            [(left, y - 110), (left + 40, y - 150), (right + 40, y - 150), (right, y - 110)],
            c.lighter(paste, 0.2),
        )
        pen.fill(
            [(right, y - 110), (right + 40, y - 150), (right + 40, y - 34), (right, y)],
            c.darker(paste, 0.4),
        )
        pen.box(left, y - 110, right, y, paste)
        for _ in range(16):
            pen.dot(
                pick.uniform(left + 8, right - 8),
                pick.uniform(y - 100, y - 8),
                4,
                c.mix(paste, c.ROSE, 0.5),
            )
        pen.box(left + 60, y - 110, left + 170, y, c.CREAM)
        pen.fill(
            [
                (left + 60, y - 110),
                (left + 100, y - 150),
                (left + 210, y - 150),
                (left + 170, y - 110),
            ],
            c.lighter(c.CREAM, 0.4),
        )
        pen.text(left + 115, y - 55, label_words(name)[0], c.CHILI, wide=96, high=36)
    for x, y, turn in ((190, 850, -10), (850, 846, 18), (760, 880, -24)):
        shrimp(pen, x, y, turn)


def fish(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Whole fish on a long plate with lime and leaf, from above."""
    said = name.lower()
    skin = (
        c.hue("#8a5a34")
        if "asap" in said or "lele" in said
        else c.hue("#6f93a6")
        if "asin" not in said
        else c.hue("#c9b48c")
    )
    rim = pick.choice((c.INDIGO, c.TERRACOTTA, c.LEAF))
    pen.shadow(oval(500, 500, 452, 330), blur=22, alpha=120, dx=10, dy=22)
    pen.oval(500, 500, 452, 330, c.CREAM)
    pen.oval(500, 500, 432, 310, rim)
    pen.oval(500, 500, 424, 302, c.CREAM)
    pen.oval(500, 500, 370, 250, c.darker(c.CREAM, 0.05))
    with pen.at(150, 480, -6):
        pen.fill(leaf(700, 330, -20), BANANA_LEAF)
        pen.stroke([(10, 0), (350, -20), (680, 0)], c.lighter(BANANA_LEAF, 0.4), 9)
    for y, turn, size in ((360, -4, 0.92), (500, 0, 1.0), (640, 5, 0.92)):
        with pen.at(500, y, turn, size):
            _fish(pen, skin, slim="layur" in said or "lele" in said)
    citrus(pen, 812, 690, 52, c.hue("#a9bf45"))
    chili(pen, 230, 700, 24)


def _fish(pen: Pen, skin: Colour, *, slim: bool) -> None:
    with pen.at(0, 0, 0, 1):
        fat = 52 if slim else 74
        body = (
            f"M-300 0 C-250 -{fat} -60 -{fat + 16} 90 -{fat * 0.6} "
            f"C150 -{fat * 0.4} 190 -18 220 -12 L220 12 C190 18 150 {fat * 0.4} 90 {fat * 0.6} "
            f"C-60 {fat + 16} -250 {fat} -300 0 Z"
        )
        pen.shadow(body, blur=9, alpha=100, dx=5, dy=12)
        pen.fill("M205 0 L310 -74 C296 -24 296 24 310 74 Z", c.darker(skin, 0.2))
        pen.fill(
            f"M-80 -{fat} C-30 -{fat + 62} 40 -{fat + 48} 90 -{fat * 0.6} Z", c.darker(skin, 0.25)
        )
        pen.fill(body, skin)
        with pen.clip(body):
            pen.fill("M-320 16 C-100 60 100 40 240 4 L240 110 L-320 110 Z", c.lighter(skin, 0.4))
            for x in range(-150, 200, 42):
                pen.stroke(f"M{x} -70 C{x + 26} -30 {x + 26} 30 {x} 70", c.darker(skin, 0.13), 5)
            pen.fill(
                "M-320 -110 L-190 -110 C-160 -40 -160 40 -190 110 L-320 110 Z", c.darker(skin, 0.1)
            )
            pen.stroke("M-192 -80 C-162 -30 -162 30 -192 80", c.darker(skin, 0.35), 6)
        pen.dot(-238, -14, 15, c.CREAM)
        pen.dot(-240, -14, 8, c.NIGHT)
        pen.fill("M-120 12 C-80 20 -60 50 -70 62 C-100 56 -126 40 -120 12 Z", c.darker(skin, 0.28))


def leaf_rolls(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Fish cake grilled in banana leaf, stacked."""
    pen.shadow(oval(500, 816, 380, 44), blur=16, alpha=120)
    pen.fill(box(120, 780, 880, 834, 24), c.BARK)
    pen.fill(box(120, 768, 880, 812, 22), c.WOOD)
    for x, y in ((300, 720), (500, 720), (700, 720), (400, 610), (600, 610), (500, 500)):
        tint = c.lighter(BANANA_LEAF, pick.uniform(0.0, 0.18))
        pen.shadow(oval(x, y, 100, 60), blur=8, alpha=80, dx=4, dy=8)
        pen.box(x - 104, y - 54, x + 104, y + 54, tint, 24)
        pen.box(x - 104, y + 10, x + 104, y + 54, c.darker(tint, 0.14), 22)
        for dx in (-60, -20, 22, 60):
            pen.stroke([(x + dx, y - 50), (x + dx + 6, y + 48)], c.lighter(tint, 0.18), 4)
        for dx in (-30, 40):
            pen.stroke([(x + dx, y - 44), (x + dx + 14, y + 40)], c.hue("#2f3a1c"), 7)
        for side in (-1, 1):
            pen.stroke([(x + side * 84, y - 34), (x + side * 84, y + 34)], c.SAND, 7)
            pen.fill(
                [
                    (x + side * 100, y - 40),
                    (x + side * 136, y - 16),
                    (x + side * 136, y + 16),
                    (x + side * 100, y + 40),
                ],
                c.darker(tint, 0.1),
            )
    chili(pen, 830, 850, -8)
