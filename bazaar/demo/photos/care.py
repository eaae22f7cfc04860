"""Pictures of what smells good: soap, scrub, oil, candles."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.labels import apart, flavour, flourish, label, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, bean, blossom, gloss, ground_shadow


def soap(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Stacked bars of hand-cut soap with bubbles."""
    said = name.lower()
    base = (
        c.hue("#8a6244")
        if "kopi" in said
        else c.hue("#b9c98a")
        if "sereh" in said
        else c.hue("#f2e6d0")
    )
    tints = (base, c.lighter(base, 0.3), c.mix(base, c.BLUSH, 0.5))
    pen.shadow(oval(500, 822, 360, 40), blur=16, alpha=120)
    pen.fill("M170 800 L830 800 L790 846 L210 846 Z", c.BARK)
    pen.fill("M150 776 L850 776 L830 808 L170 808 Z", c.WOOD)
    for number, (x, y, wide) in enumerate(((330, 776, 290), (640, 776, 280), (480, 606, 310))):
        tint = tints[number % 3]
        left, right = x - wide / 2, x + wide / 2
        pen.box(left, y - 158, right, y, c.darker(tint, 0.16), 26)
        pen.box(left, y - 168, right, y - 26, tint, 26)
        pen.box(left + 18, y - 156, right - 18, y - 146, c.lighter(tint, 0.55), 5)
        if number == 2:
            pen.box(x - 120, y - 130, x + 120, y - 44, c.mix(tint, c.darker(tint), 0.3), 14)
            pen.text(
                x,
                y - 87,
                label_words(name)[0],
                c.lighter(tint, 0.7) if "kopi" in said else c.BARK,
                wide=200,
                high=62,
            )
        else:
            flourish(pen, x, y - 90, 54, c.darker(tint, 0.25))
        for _ in range(14 if "kopi" in said else 0):
            pen.dot(pick.uniform(left + 24, right - 24), pick.uniform(y - 140, y - 40), 5, c.COCOA)
    for x, y, r in (
        (730, 500, 46),
        (806, 430, 28),
        (690, 400, 20),
        (270, 540, 34),
        (210, 470, 20),
        (850, 560, 18),
    ):
        pen.dot(x, y, r, c.wash(c.WHITE, 110))
        pen.dot(x - r * 0.12, y - r * 0.12, r * 0.78, c.wash(look.wall, 90))
        pen.oval(x - r * 0.4, y - r * 0.42, r * 0.26, r * 0.16, c.wash(c.WHITE, 220), -40)
    scenes.sprig(pen, 800, 772, -30, 96)


def balm(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A low pot of scrub or balm, open, its lid leaning."""
    said = name.lower()
    cream = (
        c.hue("#6b4630")
        if "kopi" in said
        else c.hue("#f3d58a")
        if "madu" in said
        else c.hue("#f6ead6")
    )
    pot = pick.choice((c.hue("#f7efe0"), c.hue("#c98f5f"), c.TEAL, c.ROSE))
    ground_shadow(pen, 460, 808, 480)
    with pen.at(742, 690, 14):
        pen.shadow(oval(0, 0, 150, 150), blur=12, alpha=90, dx=12, dy=14)
        pen.dot(0, 0, 152, c.darker(pot, 0.2))
        pen.dot(-8, -6, 142, c.mix(pot, c.WOOD, 0.4))
        pen.ring(-8, -6, 112, c.darker(pot, 0.15), 6)
        flourish(pen, -8, -6, 70, c.darker(pot, 0.45))
    body = "M230 530 L690 530 L676 760 C670 800 640 810 600 812 L320 812 C280 810 250 800 244 760 Z"
    pen.fill(body, pot)
    pen.oval(460, 530, 230, 52, c.darker(pot, 0.14))
    pen.oval(460, 530, 208, 43, cream)
    pen.fill(
        "M300 520 C360 470 420 506 450 476 C500 440 560 490 620 516 C580 560 340 566 300 520 Z",
        c.lighter(cream, 0.22),
    )
    pen.stroke("M380 520 C430 490 500 520 550 500", c.lighter(cream, 0.5), 9)
    for _ in range(26 if "kopi" in said else 0):
        pen.dot(pick.uniform(310, 610), pick.uniform(500, 550), 4.5, c.hue("#2e1c13"))
    label(pen, name, (310, 606, 610, 776), c.darker(pot, 0.55) if pot != c.TEAL else c.TEAL)
    gloss(pen, body, 235, 690)
    if "kopi" in said:
        for dx, dy, turn in ((0, 0, 20), (44, 26, -30), (-30, 30, 60)):
            bean(pen, 170 + dx, 812 + dy, 25, turn)
    else:
        scenes.sprig(pen, 90, 846, -12, 100)


def oil(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A brown dropper bottle with a carton, for oils and capsules."""
    amber = c.hue("#8a4b1f")
    colour = apart(flavour(name, pick), look)
    ground_shadow(pen, 500, 812, 520)
    pen.fill([(230, 360), (470, 360), (470, 806), (230, 806)], c.lighter(colour, 0.15))
    pen.fill([(470, 360), (520, 336), (520, 780), (470, 806)], c.darker(colour, 0.3))
    pen.fill([(230, 360), (280, 336), (520, 336), (470, 360)], c.lighter(colour, 0.45))
    with pen.clip([(230, 360), (470, 360), (470, 806), (230, 806)]):
        dye = Dye(c.lighter(colour, 0.15), c.lighter(colour, 0.4), c.BUTTER)
        pen.tiles(band(pick.choice(("daun", "melati", "truntum")), dye, pen, 150))
    label(pen, name, (248, 500, 452, 680), c.darker(colour, 0.4))
    glass = (
        "M580 470 C580 436 610 430 620 410 L620 360 L740 360 L740 410 C750 430 790 436 790 470 "
        "L790 772 C790 802 770 814 744 814 L626 814 C600 814 580 802 580 772 Z"
    )
    pen.fill(glass, amber)
    label(pen, name, (588, 540, 782, 730), amber)
    gloss(pen, glass, 580, 790)
    pen.box(612, 296, 748, 380, c.hue("#2f2a33"), 12)
    for x in range(622, 744, 16):
        pen.box(x, 306, x + 6, 374, c.hue("#4a4450"))
    pen.fill(
        "M642 300 C640 230 656 200 680 200 C704 200 720 230 718 300 Z",
        c.hue("#d8c6a8") if "kapsul" not in name.lower() else c.hue("#2f2a33"),
    )
    if "kapsul" in name.lower():
        for x, y, turn in ((846, 830, 20), (880, 862, -30), (820, 868, 60)):
            with pen.at(x, y, turn):
                pen.box(-30, -13, 30, 13, c.hue("#7d9a4a"), 13)
                pen.box(-30, -13, 0, 13, c.hue("#e4e8cf"), 13)
    else:
        pen.fill(
            (
                "M860 742 C880 786 892 800 892 820 C892 840 878 852 860 852 "
                "C842 852 828 840 828 820 C828 800 840 786 860 742 Z"
            ),
            c.hue("#d9992e"),
        )
        pen.oval(850, 822, 7, 13, c.wash(c.WHITE, 150))


def candle(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A scented candle burning in a glass."""
    tint = c.hue("#c7a27a") if "kopi" in name.lower() else c.hue("#eee3cf")
    ink = c.COCOA if "kopi" in name.lower() else c.LEAF
    for radius, alpha in ((330, 26), (240, 34), (160, 44)):
        pen.dot(500, 330, radius, c.wash(c.hue("#ffdf8a"), alpha))
    glass = box(300, 420, 700, 814, 34)
    ground_shadow(pen, 505, 816, 430)
    pen.fill(glass, c.hue("#e9eeec"))
    with pen.clip(glass):
        pen.box(290, 500, 710, 830, tint)
        pen.oval(500, 500, 204, 26, c.lighter(tint, 0.45))
        pen.oval(500, 502, 90, 12, c.hue("#ffe9ad"))
    pen.stroke([(500, 498), (500, 440)], c.NIGHT, 8)
    pen.fill(
        (
            "M500 296 C534 360 552 386 552 416 C552 450 528 466 500 466 "
            "C472 466 448 450 448 416 C448 386 466 360 500 296 Z"
        ),
        c.hue("#f0962e"),
    )
    pen.fill(
        (
            "M500 350 C520 390 530 404 530 424 C530 448 516 460 500 460 "
            "C484 460 470 448 470 424 C470 404 480 390 500 350 Z"
        ),
        c.hue("#ffe9a0"),
    )
    label(pen, name, (352, 570, 648, 760), ink)
    gloss(pen, glass, 300, 700)
    if "kopi" in name.lower():
        for dx, dy, turn in ((0, 0, 20), (46, 24, -30), (-30, 32, 60), (80, 2, 80)):
            bean(pen, 776 + dx, 816 + dy, 26, turn)
    else:
        for x, y in ((790, 820), (866, 846), (200, 838)):
            blossom(pen, x, y, 42, c.CREAM)
