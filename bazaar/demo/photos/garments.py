"""Pictures of what is worn: shirts, kebaya, veils, sandals, masks."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.cloth import cloth_tile, dye_of, stitched
from bazaar.demo.photos.labels import choose, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, leaf, outline, oval
from bazaar.demo.photos.props import band, blossom, ground_shadow, pod


def shirt(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A batik shirt on a wooden hanger."""
    dye = dye_of(name, look, pick)
    _hanger(pen)
    left_sleeve = "M310 270 C230 300 170 380 140 500 L270 550 L330 440 Z"
    body = (
        "M400 226 C370 250 340 262 310 270 L320 440 L310 800 C430 824 570 824 690 800 L680 440 "
        "L690 270 C660 262 630 250 600 226 L500 330 Z"
    )
    for shape in (left_sleeve, _mirrored(left_sleeve), body):
        pen.shadow(shape, blur=14, alpha=70, dx=10, dy=14)
    tile = cloth_tile(pen, name, dye, pick, 200)
    for shape, shade in ((left_sleeve, -16), (_mirrored(left_sleeve), 44), (body, 0)):
        with pen.clip(shape):
            pen.tiles(tile)
            if shade:
                pen.box(0, 0, 1000, 1000, c.wash(c.NIGHT if shade > 0 else c.WHITE, abs(shade)))
    with pen.clip(body):
        pen.fill(
            "M600 230 L720 230 L720 830 L620 830 C650 640 640 420 600 230 Z", c.wash(c.NIGHT, 34)
        )
        pen.box(488, 300, 512, 830, c.wash(c.NIGHT, 40))
        pen.box(486, 300, 491, 830, dye.accent)
    for y in (400, 500, 600, 700):
        pen.dot(501, y, 8, dye.figure)
    pen.box(560, 430, 650, 530, c.wash(c.NIGHT, 24), 8)
    pen.box(560, 430, 650, 440, dye.accent)
    pen.fill("M400 226 L500 330 L440 372 L372 250 Z", c.lighter(dye.ground, 0.12))
    pen.fill("M600 226 L500 330 L560 372 L628 250 Z", c.darker(dye.ground, 0.12))
    pen.stroke([(372, 250), (440, 372), (500, 330)], dye.accent, 5)
    pen.stroke([(628, 250), (560, 372), (500, 330)], dye.accent, 5)


def _hanger(pen: Pen) -> None:
    pen.stroke("M500 214 C500 180 540 176 540 142 C540 100 470 96 466 138", c.STEEL, 11)
    pen.stroke([(330, 274), (500, 204), (670, 274)], c.BARK, 24)
    pen.stroke([(332, 268), (500, 198), (668, 268)], c.WOOD, 9)


def _mirrored(path: str) -> list[tuple[float, float]]:
    return [(1000 - x, y) for x, y in outline(path)]


def kebaya(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """An embroidered kebaya on a hanger."""
    cloth = choose(pick, look, (c.CREAM, c.ROSE, c.hue("#7fa38c"), c.hue("#d9b24c")))
    thread = c.CREAM if cloth != c.CREAM else c.ROSE
    _hanger(pen)
    left_sleeve = "M322 268 C240 320 180 480 150 690 L250 712 C276 600 300 520 340 450 Z"
    body = (
        "M400 226 C370 250 340 262 318 270 C330 380 380 450 366 560 C350 660 320 740 316 800 "
        "C380 812 440 830 500 850 C560 830 620 812 684 800 C680 740 650 660 634 560 "
        "C620 450 670 380 682 270 C660 262 630 250 600 226 L500 430 Z"
    )
    for shape in (left_sleeve, _mirrored(left_sleeve), body):
        pen.shadow(shape, blur=14, alpha=70, dx=10, dy=14)
    dye = Dye(cloth, c.mix(cloth, thread, 0.25), c.mix(cloth, thread, 0.18))
    tile = band("melati", dye, pen, 190)
    for shape, shade in ((left_sleeve, 0), (_mirrored(left_sleeve), 30), (body, 0)):
        with pen.clip(shape):
            pen.tiles(tile)
            if shade:
                pen.box(0, 0, 1000, 1000, c.wash(c.NIGHT, shade))
    with pen.clip(body):
        pen.fill(
            "M590 230 L720 230 L720 860 L600 860 C630 640 620 420 590 230 Z", c.wash(c.NIGHT, 26)
        )
    for path in ("M400 226 L500 430 L500 846", "M600 226 L500 430"):
        pen.stroke(path, thread, 13)
    for side in (-1, 1):
        for y, dx in ((480, 64), (600, 72), (720, 84), (360, 110)):
            stitched(pen, 500 + side * dx, y, 30, thread)
        for number, (x, y) in enumerate(((200, 640), (236, 560))):
            stitched(pen, x if side < 0 else 1000 - x, y, 26 - number * 4, thread)
    for y in (470, 560, 650):
        pen.dot(500, y, 12, c.TURMERIC)


def tee(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A T-shirt laid flat, printed on the chest."""
    said = name.lower()
    cotton = choose(pick, look, (c.CREAM, c.INDIGO, c.TURMERIC, c.LEAF, c.TERRACOTTA))
    if "hitam" in said:
        cotton = c.hue("#2a2730")
    pale = sum(cotton) > 480
    ink = c.INDIGO if pale else c.hue("#f6e7c4")
    shape = (
        "M370 190 C300 200 230 230 180 270 L70 470 L210 550 L270 460 C280 600 276 720 262 850 "
        "C420 870 580 870 738 850 C724 720 720 600 730 460 L790 550 L930 470 L820 270 "
        "C770 230 700 200 630 190 C600 270 400 270 370 190 Z"
    )
    pen.shadow(shape, blur=22, alpha=110, dx=12, dy=20)
    pen.fill(shape, cotton)
    with pen.clip(shape):
        pen.fill(
            "M690 190 L940 190 L940 880 L690 880 C700 640 700 430 690 190 Z", c.wash(c.NIGHT, 26)
        )
        pen.stroke([(268, 470), (284, 330)], c.wash(c.NIGHT, 50), 8)
        pen.stroke([(732, 470), (716, 330)], c.wash(c.NIGHT, 50), 8)
        pen.fill(
            "M300 860 C330 760 330 640 306 540 C360 640 372 760 350 870 Z", c.wash(c.WHITE, 24)
        )
    pen.stroke(
        "M370 190 C400 270 600 270 630 190",
        c.darker(cotton, 0.3) if pale else c.lighter(cotton, 0.25),
        15,
    )
    if "tembakau" in said or "daun" in said:
        with pen.at(360, 660, -40):
            pen.fill(leaf(380, 180, 18), c.LEAF if pale else c.hue("#a9c46a"))
            pen.stroke([(-40, 0), (190, 18), (370, 0)], ink, 8)
            for step in range(1, 6):
                for side in (-1, 1):
                    pen.stroke([(step * 58, 14), (step * 58 + 34, side * 46 + 12)], ink, 5)
        pen.text(500, 740, "JEMBER", ink, wide=260, high=56)
    elif "anak" in said:
        pod(pen, 500, 520, -14, 2.1)
        for x in (470, 540):
            pen.dot(x, 516, 12, c.NIGHT)
        pen.stroke("M480 546 C494 566 516 566 530 542", c.NIGHT, 7)
        pen.text(500, 720, "AREK JEMBER", ink, wide=300, high=56)
    else:
        words = label_words(name.replace("Kaos", "").replace("hitam", ""))
        pen.dot(500, 520, 128, c.TURMERIC if cotton != c.TURMERIC else c.CREAM)
        for turn in range(0, 360, 30):
            with pen.at(500, 520, turn):
                pen.fill([(134, -12), (172, 0), (134, 12)], c.TURMERIC)
        with pen.clip(oval(500, 520, 128, 128)):
            pen.fill(
                "M340 600 C400 480 450 520 500 560 C540 470 600 500 660 600 L660 680 L340 680 Z",
                c.LEAF,
            )
            pen.fill("M340 620 C430 560 560 600 660 610 L660 680 L340 680 Z", c.INDIGO)
        pen.text(500, 736, words, ink, wide=360, high=62 if len(words) == 1 else 50)


def veil(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A head scarf draped on a stand."""
    said = name.lower()
    printed = "ecoprint" in said
    tint = choose(
        pick,
        look,
        (c.ROSE, c.hue("#7fa38c"), c.hue("#c9a06c"), c.TEAL, c.hue("#a06a8c"), c.TURMERIC),
    )
    dye = dye_of(name, look, pick) if printed else Dye(tint, tint, tint)
    ground_shadow(pen, 500, 812, 420)
    pen.box(488, 600, 512, 800, c.BARK)
    pen.oval(500, 804, 130, 22, c.BARK)
    pen.oval(500, 798, 130, 20, c.WOOD)
    drape = (
        "M500 130 C640 130 700 240 690 370 C686 440 730 500 780 640 C700 730 600 700 540 740 "
        "C470 700 330 740 220 650 C270 500 314 440 310 370 C300 240 360 130 500 130 Z"
    )
    pen.shadow(drape, blur=18, alpha=90, dx=14, dy=18)
    with pen.clip(drape):
        if printed:
            pen.tiles(cloth_tile(pen, name, dye, pick, 250))
        else:
            pen.box(0, 0, 1000, 1000, tint)
        if "plisket" in said:
            for number in range(-12, 13):
                pen.stroke(
                    [(500 + number * 16, 120), (500 + number * 44, 780)], c.wash(c.NIGHT, 30), 7
                )
        pen.fill(
            "M640 160 L800 160 L800 760 L600 760 C680 600 690 300 640 160 Z", c.wash(c.NIGHT, 36)
        )
        pen.fill(
            "M330 430 C420 560 600 560 690 420 C680 520 600 610 500 610 C420 610 350 540 330 430 Z",
            c.wash(c.NIGHT, 44),
        )
        pen.fill(
            "M320 470 C400 620 470 660 540 740 C430 700 330 640 280 560 Z", c.wash(c.WHITE, 44)
        )
        pen.fill(
            "M360 200 C400 150 440 146 470 146 C410 190 380 280 380 380 C350 330 344 250 360 200 Z",
            c.wash(c.WHITE, 50),
        )
    pen.oval(500, 350, 118, 156, c.darker(dye.ground, 0.42))
    pen.oval(500, 362, 102, 138, c.hue("#d8b389"))
    with pen.clip(oval(500, 362, 102, 138)):
        pen.oval(566, 380, 70, 150, c.wash(c.BARK, 50))
        pen.stroke("M440 310 C470 300 480 420 470 480", c.wash(c.BARK, 50), 5)
        pen.stroke("M410 340 C430 380 430 420 424 450", c.wash(c.BARK, 44), 5)
        pen.oval(500, 250, 110, 50, c.wash(c.NIGHT, 70))
    pen.fill(
        "M390 330 C400 210 600 210 610 330 C580 260 420 260 390 330 Z", c.lighter(dye.ground, 0.22)
    )
    blossom(pen, 640, 560, 34, c.CREAM)


def sandals(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A pair of sandals from above."""
    batik = "batik" in name.lower() or "selop" in name.lower()
    sole = c.hue("#c79a5f")
    strap = choose(pick, look, (c.INDIGO, c.TERRACOTTA, c.LEAF))
    dye = dye_of(name, look, pick)
    for x, side in ((330, 1), (670, -1)):
        with pen.at(x, 500, -6 * side, 1, mirror=side < 0):
            rubber = (
                "M-60 -370 C20 -400 130 -330 132 -190 C134 -90 100 0 106 110 "
                "C114 260 90 360 6 362 C-80 364 -104 270 -100 150 C-96 20 -130 -60 -138 -180 "
                "C-144 -290 -120 -350 -60 -370 Z"
            )
            pen.shadow(rubber, blur=18, alpha=110, dx=12, dy=18)
            pen.fill(rubber, c.hue("#3a2f33"))
            with pen.at(0, 0, 0, 0.93):
                pen.fill(rubber, sole)
                with pen.clip(rubber):
                    pen.fill(
                        "M40 -400 L200 -400 L200 400 L30 400 C100 100 110 -150 40 -400 Z",
                        c.wash(c.NIGHT, 26),
                    )
                    for y in range(-330, 340, 44):
                        pen.stroke([(-140, y), (140, y + 10)], c.darker(sole, 0.1), 4)
            if batik:
                upper = "M-138 -220 C-60 -280 70 -290 134 -240 L126 -60 C60 -90 -40 -84 -124 -40 Z"
                pen.shadow(upper, blur=10, alpha=110, dy=12)
                with pen.clip(upper):
                    pen.tiles(cloth_tile(pen, name, dye, pick, 160))
                pen.stroke("M-124 -40 C-40 -84 60 -90 126 -60", c.TURMERIC, 11)
            else:
                for path in (
                    "M-14 -236 C-60 -170 -110 -100 -108 30",
                    "M-14 -236 C50 -180 104 -100 104 30",
                ):
                    pen.stroke(path, c.darker(strap, 0.3), 50)
                    pen.stroke(path, strap, 40)
                    pen.stroke(path, c.lighter(strap, 0.3), 6)
                pen.dot(-14, -240, 26, c.darker(strap, 0.2))


def masks(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Three cloth masks fanned out, from above."""
    for x, y, turn in ((360, 330, -14), (600, 480, 8), (420, 670, -6)):
        dye = dye_of(name, look, pick)
        with pen.at(x, y, turn):
            for side in (-1, 1):
                pen.stroke(
                    f"M{side * 190} -70 C{side * 300} -60 {side * 300} 60 {side * 190} 70",
                    c.CREAM,
                    9,
                )
            shape = (
                "M-200 -100 C-90 -140 90 -140 200 -100 C214 -30 214 30 200 90 "
                "C90 150 -90 150 -200 90 C-214 30 -214 -30 -200 -100 Z"
            )
            pen.shadow(shape, blur=14, alpha=110, dx=8, dy=14)
            with pen.clip(shape):
                pen.tiles(cloth_tile(pen, name, dye, pick, 170))
                pen.fill("M-220 10 C-90 40 90 40 220 10 L220 160 L-220 160 Z", c.wash(c.NIGHT, 30))
            for y_ in (-40, 10, 60):
                pen.stroke(
                    f"M-190 {y_} C-80 {y_ + 22} 80 {y_ + 22} 190 {y_}", c.wash(c.NIGHT, 60), 4
                )
