"""Pictures of what comes in paper or foil: pouches, coffee, tea, sachets, bars, sacks."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.labels import apart, choose, flavour, flourish, label, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, bean, cocoa_pod, cup, gloss, ground_shadow, scatter

BAGS = (
    c.hue("#b98a58"),
    c.hue("#2f2a33"),
    c.INDIGO,
    c.hue("#3f5c3a"),
    c.hue("#8b3a24"),
    c.TURMERIC,
    c.hue("#e9dcc2"),
    c.TEAL,
)


def pouch(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A standing pouch of snacks with a window of batik."""
    colour = apart(flavour(name, pick), look)
    body = (
        "M300 200 L700 200 C708 400 722 600 738 806 C660 830 340 830 262 806 "
        "C278 600 292 400 300 200 Z"
    )
    ground_shadow(pen, 505, 815, 480)
    pen.fill(body, colour)
    dye = Dye(colour, c.lighter(colour, 0.3), c.mix(colour, c.BUTTER, 0.5))
    with pen.clip(body):
        pen.tiles(band(pick.choice(("kawung", "truntum", "ceplok", "parang")), dye, pen, 120))
        pen.fill("M240 330 C400 290 600 290 760 330 L760 680 C600 720 400 720 240 680 Z", c.CREAM)
        pen.fill(
            "M240 330 C400 290 600 290 760 330 L760 344 C600 304 400 304 240 344 Z", c.TURMERIC
        )
        pen.fill(
            "M240 666 C400 706 600 706 760 666 L760 680 C600 720 400 720 240 680 Z", c.TURMERIC
        )
        pen.box(200, 190, 800, 258, c.darker(colour, 0.16))
    pen.text(500, 480, label_words(name), c.darker(colour, 0.3), wide=370, high=96)
    flourish(pen, 500, 620, 40, c.TERRACOTTA if colour != c.TERRACOTTA else c.LEAF)
    with pen.clip(body):
        pen.fill("M300 200 L340 200 C330 420 318 620 306 830 L240 830 Z", c.wash(c.WHITE, 46))
        pen.fill(
            "M655 200 L720 200 L760 830 L690 830 C680 600 668 400 655 200 Z", c.wash(c.NIGHT, 36)
        )
    pen.box(300, 228, 700, 234, c.lighter(colour, 0.35))
    for x in range(306, 700, 14):
        pen.box(x, 200, x + 6, 212, c.lighter(colour, 0.25))
    scatter(pen, name, c.mix(colour, c.TURMERIC, 0.3), 770, 800, pick)


def coffee(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A kraft or dark bag of coffee with a folded top, beans and a cup."""
    skin = choose(pick, look, BAGS)
    body = "M270 250 L640 250 L662 806 C560 824 350 824 248 806 Z"
    ground_shadow(pen, 470, 815, 440)
    pen.fill(body, skin)
    pen.fill("M560 250 L640 250 L662 806 L590 816 Z", c.darker(skin, 0.22))
    pen.fill("M262 196 L648 196 L642 268 L268 268 Z", c.darker(skin, 0.12))
    pen.fill("M262 196 L648 196 L647 210 L263 210 Z", c.lighter(skin, 0.2))
    pen.box(395, 240, 515, 262, c.TURMERIC, 6)
    dye = Dye(skin, c.mix(skin, c.BUTTER, 0.5), c.mix(skin, c.TERRACOTTA, 0.6))
    with pen.clip([(252, 700), (658, 700), (662, 806), (560, 818), (350, 818), (248, 806)]):
        pen.tiles(band(pick.choice(("kopi", "kawung", "truntum")), dye, pen, 110))
        pen.fill("M575 690 L680 690 L680 830 L590 830 Z", c.wash(c.NIGHT, 60))
    label(pen, name, (296, 360, 556, 640), c.hue("#4a2d1d"))
    gloss(pen, body, 250, 700)
    cup(pen, 742, 792, pick.choice((c.CREAM, c.TERRACOTTA, c.TEAL)), c.hue("#4a2a1a"), 0.8)
    for dx, dy, turn in ((0, 0, 20), (50, 18, -30), (-46, 22, 60), (12, 42, 100), (96, 44, 10)):
        bean(pen, 560 + dx, 838 + dy, 25, turn)


def tea(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A printed carton with a steaming cup and a tea bag's tag."""
    colour = apart(flavour(name, pick), look)
    ground_shadow(pen, 420, 812, 430)
    pen.fill([(200, 300), (530, 300), (530, 812), (200, 812)], colour)
    pen.fill([(530, 300), (610, 262), (610, 778), (530, 812)], c.darker(colour, 0.3))
    pen.fill([(200, 300), (280, 262), (610, 262), (530, 300)], c.lighter(colour, 0.35))
    dye = Dye(colour, c.lighter(colour, 0.28), c.mix(colour, c.BUTTER, 0.6))
    with pen.clip([(200, 300), (530, 300), (530, 812), (200, 812)]):
        pen.tiles(band(pick.choice(("daun", "truntum", "melati", "ceplok")), dye, pen, 150))
        pen.box(190, 300, 540, 318, c.TURMERIC)
    label(pen, name, (226, 430, 504, 700), c.darker(colour, 0.3))
    drink = c.mix(colour, c.hue("#b5762d"), 0.35 if "telang" not in name.lower() else 0)
    cup(pen, 732, 806, c.CREAM, drink, 0.95)
    scenes.sprig(pen, 470, 866, -6, 90)


def sachets(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A fan of sachets leaning before a steaming cup."""
    colour = apart(flavour(name, pick), look)
    cup(
        pen,
        700,
        800,
        pick.choice((c.CREAM, c.TEAL, c.TERRACOTTA)),
        c.mix(c.hue("#8a5530"), colour, 0.3),
        1.05,
    )
    pen.shadow(oval(370, 818, 260, 36), blur=14, alpha=110)
    for turn, x in ((-17, 270), (-4, 345), (9, 420)):
        with pen.at(x, 806, turn):
            skin = c.mix(colour, c.CREAM, 0.0 if turn == 9 else 0.2 if turn < -10 else 0.1)
            shape = box(-122, -480, 122, 0, 12)
            pen.shadow(shape, blur=9, alpha=60, dx=7, dy=4)
            pen.fill(shape, skin)
            with pen.clip(shape):
                dye = Dye(skin, c.lighter(skin, 0.26), c.mix(skin, c.BUTTER, 0.5))
                if turn == 9:
                    pen.tiles(band(pick.choice(("kawung", "truntum", "parang")), dye, pen, 96))
                pen.box(-130, -480, 130, -448, c.darker(skin, 0.15))
                pen.box(-130, -32, 130, 0, c.darker(skin, 0.15))
    with pen.at(420, 806, 9):
        pen.box(-104, -372, 104, -130, c.CREAM, 12)
    pen.text(457, 556, label_words(name), c.darker(colour, 0.3), wide=176, high=56)
    flourish(pen, 440, 646, 34, c.TERRACOTTA)


def chocolate(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A bar half out of its wrapper, with a cocoa pod."""
    brown = c.hue("#4a2a1c") if "hitam" in name.lower() or "70" in name else c.hue("#7a4a2c")
    sleeve = flavour(name.lower().replace("cokelat", ""), pick)
    with pen.at(520, 560, -14):
        pen.shadow(box(-180, -330, 180, 330, 10), blur=20, alpha=110, dx=12, dy=22)
        pen.box(-176, -330, 176, 60, brown, 10)
        for row in range(3):
            for column in range(3):
                x, y = -164 + column * 112, -318 + row * 106
                pen.box(x, y, x + 104, y + 98, c.lighter(brown, 0.1), 8)
                pen.box(x + 12, y + 12, x + 92, y + 84, c.darker(brown, 0.1), 6)
                pen.box(x + 12, y + 12, x + 92, y + 22, c.lighter(brown, 0.22), 4)
        pen.fill(
            [
                (-186, -24),
                (-140, -44),
                (-90, -20),
                (-40, -46),
                (10, -18),
                (60, -44),
                (110, -20),
                (150, -42),
                (186, -22),
                (186, 40),
                (-186, 40),
            ],
            c.hue("#dfe3e6"),
        )
        wrap = [(-186.0, 10.0), (186.0, 10.0), (186.0, 330.0), (-186.0, 330.0)]
        pen.fill(wrap, sleeve)
        with pen.clip(wrap):
            dye = Dye(sleeve, c.lighter(sleeve, 0.3), c.TURMERIC)
            pen.tiles(band(pick.choice(("kakao", "kawung", "tembakau")), dye, pen, 150))
        pen.box(-140, 80, 140, 260, c.CREAM, 10)
    pen.text(561, 726, label_words(name), c.hue("#4a2a1c"), wide=230, high=56)
    cocoa_pod(pen, 812, 806)
    for dx, dy, turn in ((0, 0, 15), (56, 24, -40), (-40, 34, 70)):
        bean(pen, 190 + dx, 826 + dy, 30, turn)


def sack(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A tied cloth sack of grain with a wooden scoop."""
    said = name.lower()
    grain = (
        c.hue("#8a4a3c") if "merah" in said else c.hue("#3a2b3d") if "hitam" in said else c.CREAM
    )
    jute = pick.choice((c.hue("#d9bd8b"), c.hue("#eadbb9"), c.hue("#c9a56c")))
    body = (
        "M300 330 C220 420 210 600 236 740 C246 800 290 816 360 818 L640 818 "
        "C710 816 754 800 764 740 C790 600 780 420 700 330 Z"
    )
    ground_shadow(pen, 505, 818, 540)
    pen.fill(
        (
            "M300 200 C360 250 380 240 420 214 C450 250 540 250 576 214 "
            "C620 246 660 246 704 200 C720 260 690 310 700 340 L300 340 "
            "C312 310 280 260 300 200 Z"
        ),
        c.darker(jute, 0.12),
    )
    pen.fill(body, jute)
    with pen.clip(body):
        pen.fill(
            "M640 320 L800 320 L800 830 L660 830 C720 660 720 480 640 320 Z", c.wash(c.NIGHT, 36)
        )
        for x in (330, 430, 560, 660):
            pen.stroke([(x, 335), (x + (x - 500) * 0.22, 400)], c.darker(jute, 0.22), 6)
        dye = Dye(c.LEAF, c.BUTTER, c.TURMERIC)
        pen.fill("M200 690 C400 720 600 720 800 690 L800 760 C600 790 400 790 200 760 Z", c.LEAF)
        with pen.clip("M200 698 C400 728 600 728 800 698 L800 752 C600 782 400 782 200 752 Z"):
            pen.tiles(band("ceplok", dye, pen, 60))
    pen.stroke("M300 336 C400 356 600 356 700 336", c.TERRACOTTA, 22)
    pen.text(500, 540, label_words(name), c.hue("#5a3a22"), wide=370, high=84)
    pen.fill(
        (
            "M752 800 C770 760 850 740 900 790 C940 830 930 850 880 852 L770 852 "
            "C744 850 740 826 752 800 Z"
        ),
        c.mix(grain, c.SAND, 0.2),
    )
    for _ in range(70):
        gx, gy = pick.uniform(756, 916), pick.uniform(778, 850)
        if gy > 838 - 62 * (1 - abs(gx - 836) / 96):
            pen.oval(
                gx,
                gy,
                9,
                3.6,
                c.mix(grain, c.darker(grain, 0.25), pick.random()),
                pick.uniform(-60, 60),
            )
