"""Pictures of soft things for small hands: knitted toys, booties, rag dolls, cloth books."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs, scenes
from bazaar.demo.photos.cloth import cloth_tile, dye_of
from bazaar.demo.photos.labels import choose
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import ball_of_yarn, band, blossom, ground_shadow


def yarn_toy(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A crocheted rabbit with a ball of yarn."""
    wool = choose(pick, look, (c.hue("#f1dcc8"), c.hue("#c9a98f"), c.hue("#e9b9b4")))
    dress = pick.choice((c.TEAL, c.ROSE, c.TURMERIC, c.INDIGO))
    ground_shadow(pen, 450, 810, 380)
    for x, turn in ((372, -10), (528, 10)):
        with pen.at(x, 340, turn):
            pen.oval(0, -110, 50, 150, wool)
            pen.oval(0, -104, 26, 110, c.mix(wool, c.ROSE, 0.4))
    for x in (350, 550):
        pen.oval(x, 780, 74, 44, wool)
    body = "M330 560 C320 680 320 760 360 790 L540 790 C580 760 580 680 570 560 Z"
    pen.fill(body, dress)
    with pen.clip(body):
        pen.tiles(band("rajut", Dye(c.darker(dress, 0.2), dress, dress), pen, 84))
        pen.box(300, 720, 600, 750, c.CREAM)
    for x, turn in ((312, 24), (588, -24)):
        with pen.at(x, 640, turn):
            pen.oval(0, 0, 40, 92, wool)
    head = oval(450, 440, 174, 152)
    pen.shadow(head, blur=10, alpha=60, dy=12)
    with pen.clip(head):
        pen.tiles(band("rajut", Dye(c.darker(wool, 0.08), wool, wool), pen, 84))
        pen.oval(560, 480, 120, 170, c.wash(c.NIGHT, 18))
    for x in (390, 510):
        pen.dot(x, 430, 17, c.NIGHT)
        pen.dot(x - 5, 424, 5, c.WHITE)
        pen.oval(x + (-34 if x < 450 else 34), 482, 26, 16, c.wash(c.ROSE, 120))
    pen.fill("M436 470 L464 470 L450 488 Z", c.ROSE)
    pen.stroke("M450 488 C446 506 428 508 420 498", c.NIGHT, 5)
    pen.stroke("M450 488 C454 506 472 508 480 498", c.NIGHT, 5)
    ball_of_yarn(pen, 770, 740, 96, pick.choice((c.TERRACOTTA, c.LEAF, c.PLUM)))


def booties(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Two knitted baby shoes with a ribbon."""
    wool = choose(pick, look, (c.hue("#e9b9b4"), c.hue("#a9cdd0"), c.BUTTER, c.hue("#b9cf9a")))
    for x, y, size in ((610, 640, 0.94), (390, 770, 1.0)):
        with pen.at(x, y, 0, size):
            pen.shadow(oval(0, 40, 230, 34), blur=14, alpha=110)
            shape = (
                "M-190 40 C-210 -80 -180 -150 -170 -290 C-110 -320 0 -320 50 -290 "
                "C50 -200 60 -160 130 -130 C220 -100 244 -10 220 40 C120 62 -100 62 -190 40 Z"
            )
            with pen.clip(shape):
                pen.tiles(band("rajut", Dye(c.darker(wool, 0.16), wool, wool), pen, 84))
                pen.fill("M-220 6 L260 6 L260 80 L-220 80 Z", c.CREAM)
                pen.fill("M-190 -330 L80 -330 L60 -250 L-180 -250 Z", c.CREAM)
                pen.fill(
                    "M60 -300 L260 -160 L260 80 L120 80 C160 -20 120 -120 40 -160 Z",
                    c.wash(c.NIGHT, 24),
                )
            pen.stroke([(-178, -190), (52, -190)], c.ROSE, 13)
            for side in (-1, 1):
                with pen.at(10, -190, 0 if side > 0 else 180):
                    pen.fill("M0 0 C40 -50 90 -40 84 0 C90 40 40 50 0 0 Z", c.ROSE)
            pen.dot(10, -190, 17, c.darker(c.ROSE, 0.2))
    ball_of_yarn(pen, 820, 770, 78, wool)


def doll(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A rag doll in batik patchwork."""
    skin = c.hue("#d9a074")
    hair = c.hue("#3a2723")
    dye = dye_of(name, look, pick)
    ground_shadow(pen, 500, 814, 440)
    for x in (440, 560):
        pen.box(x - 30, 690, x + 30, 800, skin, 28)
        pen.oval(x + (-8 if x < 500 else 8), 798, 52, 28, c.CHILI)
    for x, turn in ((318, 34), (682, -34)):
        with pen.at(x, 560, turn):
            pen.box(-32, -90, 32, 110, skin, 32)
    dress = (
        "M430 450 L570 450 C620 560 690 660 720 740 C640 770 360 770 280 740 "
        "C310 660 380 560 430 450 Z"
    )
    pen.shadow(dress, blur=10, alpha=70, dy=8)
    with pen.clip(dress):
        pen.tiles(cloth_tile(pen, name, dye, pick, 170))
        second = pick.choice([other for other in motifs.DYES if other != dye])
        with pen.clip("M500 600 L720 560 L760 800 L520 800 Z"):
            pen.tiles(band("lurik", second, pen, 90))
        pen.stroke([(500, 600), (520, 790)], c.CREAM, 5)
        pen.stroke([(500, 600), (700, 564)], c.CREAM, 5)
        pen.box(200, 724, 800, 744, dye.accent)
        pen.fill("M600 440 L760 440 L760 800 L660 800 Z", c.wash(c.NIGHT, 30))
    for x in (340, 660):
        pen.dot(x, 300, 62, hair)
        pen.dot(x, 352, 14, c.CHILI)
    pen.dot(500, 330, 168, hair)
    pen.oval(500, 352, 146, 136, skin)
    pen.fill(
        "M352 330 C360 190 640 190 648 330 C600 300 560 250 520 246 C470 290 400 310 352 330 Z",
        hair,
    )
    for x in (446, 554):
        pen.dot(x, 356, 14, c.NIGHT)
        pen.dot(x - 4, 351, 4, c.WHITE)
        pen.oval(x + (-26 if x < 500 else 26), 396, 24, 15, c.wash(c.CHILI, 80))
    pen.stroke("M466 408 C480 430 520 430 534 408", c.CHILI, 7)
    pen.fill("M436 452 C470 480 530 480 564 452 L572 484 C530 510 470 510 428 484 Z", c.CREAM)
    blossom(pen, 606, 236, 34, c.CREAM)


def cloth_book(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """An open cloth book with shapes to feel."""
    pen.shadow(box(120, 260, 880, 760, 30), blur=20, alpha=110, dx=8, dy=20)
    for x, tint in ((120, c.hue("#8fb9b4")), (500, c.hue("#f0c877"))):
        pen.box(x, 250, x + 380, 750, c.darker(tint, 0.2), 34)
        pen.box(x, 240, x + 380, 736, tint, 34)
        for number in range(24):
            pen.box(x + 22 + number * 14.4, 254, x + 30 + number * 14.4, 258, c.CREAM)
            pen.box(x + 22 + number * 14.4, 716, x + 30 + number * 14.4, 720, c.CREAM)
    pen.stroke([(500, 244), (500, 744)], c.CHILI, 12)
    pen.dot(310, 420, 84, c.TERRACOTTA)
    pen.fill("M220 620 C260 520 360 520 400 620 Z", c.LEAF)
    pen.dot(290, 402, 9, c.NIGHT)
    pen.dot(336, 402, 9, c.NIGHT)
    pen.stroke("M286 440 C300 460 326 460 340 440", c.NIGHT, 7)
    for turn in range(0, 360, 60):
        with pen.at(690, 470, turn):
            pen.oval(74, 0, 54, 38, c.ROSE)
    pen.dot(690, 470, 46, c.CREAM)
    pen.stroke([(690, 560), (690, 660)], c.LEAF, 17)
    with pen.at(690, 640, -30):
        pen.fill(leaf(84, 40), c.LEAF)
    pen.shadow(oval(790, 800, 80, 12), blur=8, alpha=80)
