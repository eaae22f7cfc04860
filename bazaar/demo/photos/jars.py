"""Pictures of what comes in glass: sambal, biscuits, syrup, jamu, soy milk."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.labels import flavour, flourish, label
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, citrus, gloss, ground_shadow, root, scatter, tumbler


def jar(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A glass jar of sambal, jam, honey or seasoning under a cloth lid."""
    stuff = flavour(name, pick)
    lid = pick.choice((c.INDIGO, c.TERRACOTTA, c.LEAF, c.TURMERIC))
    glass = (
        "M310 330 C290 350 280 372 280 400 L280 740 C280 796 310 812 360 814 L640 814 "
        "C690 812 720 796 720 740 L720 400 C720 372 710 350 690 330 Z"
    )
    ground_shadow(pen, 505, 815, 460)
    pen.fill(glass, c.hue("#e8eef0"))
    with pen.clip(glass):
        pen.fill("M280 392 C400 376 600 408 720 390 L720 830 L270 830 Z", stuff)
        pen.oval(500, 394, 224, 18, c.lighter(stuff, 0.24))
        for _ in range(46):
            x, y, r = pick.uniform(285, 715), pick.uniform(420, 810), pick.uniform(4, 12)
            pen.oval(
                x,
                y,
                r,
                r * 0.7,
                c.mix(stuff, pick.choice((c.BUTTER, c.TURMERIC, c.NIGHT)), 0.3),
                pick.uniform(0, 90),
            )
    label(pen, name, (316, 480, 684, 730), c.darker(stuff, 0.3))
    gloss(pen, glass, 280, 720)
    pen.box(296, 262, 704, 346, c.darker(lid, 0.12), 18)
    dye = Dye(lid, c.CREAM, c.TURMERIC if lid != c.TURMERIC else c.TERRACOTTA)
    skirt = (
        "M300 250 C300 190 420 176 500 176 C580 176 700 190 700 250 C720 300 744 330 760 352 "
        "L704 336 L660 366 L606 338 L552 370 L500 340 L448 370 L394 338 L340 366 L296 336 "
        "L240 352 C256 330 280 300 300 250 Z"
    )
    with pen.clip(skirt):
        pen.tiles(band(pick.choice(("kawung", "truntum", "lurik", "titik")), dye, pen, 84))
        pen.fill(
            "M600 170 L780 170 L780 380 L640 380 C660 300 640 220 600 170 Z", c.wash(c.NIGHT, 44)
        )
    pen.stroke("M298 268 C400 290 600 290 702 268", c.BUTTER, 13)
    pen.stroke("M640 282 C660 320 650 350 668 380", c.BUTTER, 9)
    scatter(pen, name, stuff, 780, 800, pick)


def cookies(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A clear jar filled with round biscuits under a bright lid."""
    said = name.lower()
    dough = (
        c.hue("#a8b565")
        if "edamame" in said
        else c.COCOA
        if "cokelat" in said
        else c.hue("#e2a94e")
    )
    lid = pick.choice((c.CHILI, c.INDIGO, c.LEAF, c.PLUM))
    glass = box(270, 300, 730, 814, 44)
    ground_shadow(pen, 505, 816, 490)
    pen.fill(glass, c.hue("#eef2ef"))
    with pen.clip(glass):
        for row in range(7):
            for column in range(6):
                x = 300 + column * 82 + (row % 2) * 40 - 20
                y = 786 - row * 66
                pen.dot(x + 3, y + 5, 43, c.darker(dough, 0.25))
                pen.dot(x, y, 41, c.mix(dough, c.BUTTER, 0.18 * ((row + column) % 3)))
                pen.dot(x, y, 15, c.hue("#c9641f") if "nanas" in said else c.darker(dough, 0.16))
                pen.oval(x - 14, y - 16, 12, 7, c.lighter(dough, 0.5), -30)
    label(pen, name, (330, 500, 670, 700), c.darker(lid, 0.1))
    gloss(pen, glass, 270, 730)
    pen.box(256, 232, 744, 326, lid, 22)
    pen.box(256, 232, 744, 262, c.lighter(lid, 0.25), 18)
    for x in range(276, 740, 24):
        pen.box(x, 276, x + 8, 318, c.darker(lid, 0.2))
    for x, y in ((790, 806), (838, 838)):
        pen.shadow(oval(x + 4, y + 12, 46, 20), blur=7, alpha=90)
        pen.oval(x, y, 46, 24, c.darker(dough, 0.25))
        pen.oval(x, y - 7, 46, 23, dough)
        pen.oval(x, y - 9, 16, 8, c.hue("#c9641f") if "nanas" in said else c.darker(dough, 0.16))


def bottle(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A tall bottle of syrup with a full glass beside it."""
    drink = flavour(name, pick)
    cap = pick.choice((c.CHILI, c.INDIGO, c.LEAF, c.COCOA))
    glass = (
        "M372 150 L462 150 L462 300 C470 350 540 380 544 460 L544 770 C544 802 524 814 496 814 "
        "L338 814 C310 814 290 802 290 770 L290 460 C294 380 364 350 372 300 Z"
    )
    ground_shadow(pen, 420, 816, 290)
    pen.fill(glass, c.hue("#e4ecec"))
    pen.box(366, 206, 468, 216, c.wash(c.NIGHT, 40))
    with pen.clip(glass):
        pen.box(280, 330, 560, 830, drink)
        pen.oval(417, 330, 90, 9, c.lighter(drink, 0.3))
    label(pen, name, (298, 500, 536, 712), c.darker(drink, 0.35))
    gloss(pen, glass, 290, 544)
    pen.box(362, 118, 472, 206, cap, 14)
    pen.box(362, 118, 472, 138, c.lighter(cap, 0.25), 10)
    tumbler(pen, 708, 814, drink, pick)
    if "jeruk" in name.lower() or "lemon" in name.lower():
        citrus(pen, 872, 810, 56, c.hue("#e8c23a") if "lemon" in name.lower() else c.hue("#e8921f"))
    else:
        scenes.sprig(pen, 800, 836, -10, 92)


def jamu(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Three small bottles in a row, each its own colour, with a cut root."""
    first = flavour(name, pick)
    many = "paket" in name.lower() or "isi" in name.lower()
    others = (c.hue("#d9a866"), c.hue("#7d9a4a"), c.hue("#a5442f"), c.hue("#e58a1f"))
    row = ((300, others[0] if many else first), (700, others[1] if many else first), (500, first))
    for number, (x, drink) in enumerate(row):
        y = 814 if number == 2 else 782
        glass = (
            f"M{x - 34} {y - 500} L{x + 34} {y - 500} L{x + 34} {y - 410} "
            f"C{x + 40} {y - 360} {x + 96} {y - 350} {x + 98} {y - 270} L{x + 98} {y - 40} "
            f"C{x + 98} {y - 10} {x + 80} {y} {x + 60} {y} L{x - 60} {y} "
            f"C{x - 80} {y} {x - 98} {y - 10} {x - 98} {y - 40} L{x - 98} {y - 270} "
            f"C{x - 96} {y - 350} {x - 40} {y - 360} {x - 34} {y - 410} Z"
        )
        ground_shadow(pen, x, y, 210)
        pen.fill(glass, c.hue("#e4ecec"))
        with pen.clip(glass):
            pen.box(x - 110, y - 390, x + 110, y + 10, drink)
            pen.oval(x, y - 390, 60, 8, c.lighter(drink, 0.3))
        if number == 2:
            label(pen, name, (x - 92, y - 250, x + 92, y - 70), c.darker(drink, 0.4))
        else:
            pen.box(x - 92, y - 220, x + 92, y - 90, c.CREAM, 8)
            flourish(pen, x, y - 155, 44, c.darker(drink, 0.3))
        gloss(pen, glass, x - 98, x + 98)
        pen.box(x - 44, y - 536, x + 44, y - 476, pick.choice((c.LEAF, c.TERRACOTTA, c.INDIGO)), 10)
    root(pen, 838, 838)
    scenes.sprig(pen, 120, 842, -14, 88)


def drink(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A carafe of milk-like drink and a full glass."""
    tint = c.hue("#f3ecd8") if "pandan" not in name.lower() else c.hue("#e6efcf")
    ground_shadow(pen, 420, 814, 330)
    glass = (
        "M340 250 L500 250 C500 340 470 380 520 440 C570 500 580 560 580 640 "
        "C580 760 540 812 470 814 L370 814 C300 812 260 760 260 640 C260 560 270 500 320 440 "
        "C370 380 340 340 340 250 Z"
    )
    pen.fill(glass, c.hue("#dfe9ea"))
    with pen.clip(glass):
        pen.box(240, 470, 600, 830, tint)
        pen.oval(420, 470, 120, 14, c.WHITE)
    label(pen, name, (310, 560, 530, 720), c.LEAF)
    gloss(pen, glass, 260, 580)
    pen.box(326, 220, 514, 268, c.WOOD, 12)
    ground_shadow(pen, 720, 814, 200)
    cup_ = [(630.0, 500.0), (810.0, 500.0), (790.0, 814.0), (650.0, 814.0)]
    pen.fill(cup_, c.hue("#dfe9ea"))
    with pen.clip(cup_):
        pen.box(600, 556, 830, 800, tint)
        pen.box(600, 556, 830, 572, c.WHITE)
    gloss(pen, cup_, 630, 810)
    scenes.sprig(pen, 800, 850, -14, 100)
    for x, y in ((150, 830), (196, 850), (116, 858)):
        pen.oval(x + 3, y + 7, 26, 16, c.wash(c.NIGHT, 60))
        pen.oval(x, y, 26, 20, c.hue("#e0c07a"))
        pen.oval(x - 7, y - 6, 8, 5, c.CREAM)
