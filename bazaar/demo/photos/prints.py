"""Pictures of printed and painted things: portraits, cards, stickers, books, mugs."""

from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import motifs, scenes
from bazaar.demo.photos.labels import choose, flourish, label_words
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, leaf, oval
from bazaar.demo.photos.props import band, blossom, cup, ground_shadow, pod


def portrait(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A framed drawing of a family."""
    pen.shadow(box(210, 120, 790, 800, 6), blur=20, alpha=110, dx=14, dy=18)
    pen.box(210, 120, 790, 800, c.BARK, 8)
    pen.box(222, 126, 778, 140, c.WOOD)
    pen.box(250, 160, 750, 760, c.CREAM)
    back = choose(pick, look, (c.hue("#f2cf9a"), c.hue("#bcd4c6"), c.hue("#e8b9a6")))
    pen.box(290, 200, 710, 720, back)
    with pen.clip(box(290, 200, 710, 720)):
        pen.dot(500, 400, 190, c.lighter(back, 0.5))
        for x, y, size, skin, hair, shirt_, veil_ in (
            (404, 440, 1.0, c.hue("#c98f64"), c.hue("#2e211f"), c.INDIGO, False),
            (594, 450, 0.96, c.hue("#dba67c"), c.ROSE, c.ROSE, True),
            (500, 580, 0.72, c.hue("#d39b70"), c.hue("#3a2723"), c.TURMERIC, False),
        ):
            with pen.at(x, y, 0, size):
                pen.fill("M-150 330 C-150 150 -90 110 0 110 C90 110 150 150 150 330 Z", shirt_)
                pen.box(-30, 60, 30, 130, c.darker(skin, 0.12))
                pen.dot(0, 0, 100, hair)
                if veil_:
                    pen.fill(
                        (
                            "M-100 0 C-110 110 -130 160 -120 220 C-40 190 40 190 120 220 "
                            "C130 160 110 110 100 0 Z"
                        ),
                        hair,
                    )
                pen.oval(0, 16, 76, 84, skin)
                pen.fill("M-80 0 C-70 -80 70 -80 80 0 C40 -36 -40 -36 -80 0 Z", hair)
                for dx in (-28, 28):
                    pen.dot(dx, 16, 8, c.NIGHT)
                    pen.oval(dx * 1.7, 44, 14, 9, c.wash(c.CHILI, 80))
                pen.stroke("M-24 50 C-12 68 12 68 24 50", c.hue("#8f3b32"), 6)
    pen.fill("M250 160 L330 160 L250 300 Z", c.wash(c.WHITE, 50))


def cards(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Painted post cards of hills and fields, fanned, from above."""
    for x, y, turn, sky_, hill in (
        (380, 360, -16, c.hue("#f3c98a"), c.TERRACOTTA),
        (600, 450, 10, c.hue("#bcd8de"), c.INDIGO),
        (450, 640, -4, c.hue("#f4e2b4"), c.LEAF),
    ):
        with pen.at(x, y, turn):
            card = box(-290, -190, 290, 190, 8)
            pen.shadow(card, blur=14, alpha=110, dx=8, dy=14)
            pen.fill(card, c.WHITE)
            with pen.clip(box(-266, -166, 266, 166)):
                pen.box(-300, -200, 300, 200, sky_)
                pen.dot(130, -60, 56, c.lighter(c.TURMERIC, 0.2))
                pen.fill(
                    (
                        "M-300 60 C-220 -110 -150 -110 -80 40 C-20 -150 90 -160 170 50 "
                        "C220 -40 270 -40 320 60 L320 200 L-300 200 Z"
                    ),
                    c.lighter(hill, 0.25),
                )
                pen.fill(
                    "M-300 100 C-160 20 -20 60 80 80 C180 60 260 70 320 50 L320 200 L-300 200 Z",
                    hill,
                )
                for step in range(5):
                    pen.stroke(
                        (
                            f"M-300 {120 + step * 20} "
                            f"C-100 {90 + step * 22} 100 {130 + step * 16} 320 {96 + step * 24}"
                        ),
                        c.lighter(hill, 0.3),
                        6,
                    )
                for px in (-180, -150, 210):
                    pen.box(px - 5, 20, px + 5, 90, c.COCOA)
                    for turn_ in (-150, -110, -70, -30):
                        with pen.at(px, 22, turn_):
                            pen.fill(leaf(64, 18), c.hue("#3d6b3a"))


def stickers(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A sheet of round stickers of local things, or fridge magnets, from above."""
    magnets = "magnet" in name.lower()
    if not magnets:
        pen.shadow(box(130, 100, 870, 890, 16), blur=20, alpha=110, dx=10, dy=16)
        pen.box(130, 100, 870, 890, c.WHITE, 16)
    tints = pick.sample((c.TURMERIC, c.TEAL, c.ROSE, c.LEAF, c.INDIGO, c.TERRACOTTA), 6)
    for number, tint in enumerate(tints):
        with pen.at(325 + 350 * (number % 2), 240 + 255 * (number // 2), 0, 1.2):
            pen.shadow(oval(0, 0, 98, 98), blur=9, alpha=100 if magnets else 60, dx=5, dy=9)
            pen.dot(0, 0, 100, c.CREAM)
            pen.dot(0, 0, 88, c.lighter(tint, 0.25))
            _sticker(pen, number)
            pen.oval(-44, -52, 26, 12, c.wash(c.WHITE, 130), -36)


def _sticker(pen: Pen, number: int) -> None:
    if number == 0:
        pod(pen, 0, 0, -20, 0.66)
    elif number == 1:
        with pen.at(-56, 34, -32):
            pen.fill(leaf(140, 66, 6), c.hue("#b8cf7a"))
            pen.stroke([(-10, 0), (70, 6), (134, 0)], c.LEAF, 5)
    elif number == 2:
        cup(pen, -6, 48, c.CREAM, c.COCOA, 0.34, steam=False)
    elif number == 3:
        pen.dot(36, -44, 17, c.BUTTER)
        pen.fill(
            "M-88 40 C-50 -60 -20 -50 0 10 C24 -50 60 -30 88 40 C40 80 -40 80 -88 40 Z", c.CREAM
        )
    elif number == 4:
        for dx, turn in ((-16, -20), (18, 16)):
            with pen.at(dx, 0, turn):
                pen.box(-40, -17, 40, 17, c.BUTTER, 7)
                for side in (-1, 1):
                    pen.fill([(side * 36, 0), (side * 64, -18), (side * 64, 18)], c.CREAM)
    else:
        blossom(pen, 0, 0, 50, c.CREAM)


def stationery(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """Invitations on rough paper with their envelope, from above."""
    ink = pick.choice((c.INDIGO, c.LEAF, c.hue("#8b3a24")))
    with pen.at(400, 560, -10):
        pen.shadow(box(-270, -200, 270, 200, 6), blur=16, alpha=110, dx=10, dy=16)
        pen.box(-270, -200, 270, 200, c.hue("#d9bd8f"), 6)
        pen.fill([(-270, -200), (270, -200), (0, 40)], c.hue("#c7a672"))
        pen.stroke([(-270, -200), (0, 40), (270, -200)], c.hue("#b08e5a"), 5)
        pen.dot(0, 30, 44, c.CHILI)
        pen.dot(0, 30, 32, c.darker(c.CHILI, 0.15))
        flourish(pen, 0, 30, 22, c.BUTTER)
    with pen.at(600, 440, 8):
        card = box(-210, -300, 210, 300, 4)
        pen.shadow(card, blur=16, alpha=110, dx=10, dy=16)
        pen.fill(card, c.hue("#f6ecd8"))
        for _ in range(60):
            x, y = pick.uniform(-200, 200), pick.uniform(-290, 290)
            pen.stroke(
                [(x, y), (x + pick.uniform(-18, 18), y + pick.uniform(-8, 8))], c.hue("#dcc59c"), 3
            )
        for inset in (22, 32):
            points = box(-210 + inset, -300 + inset, 210 - inset, 300 - inset)
            pen.stroke([*points, points[0]], ink, 4)
        for turn in range(0, 360, 45):
            with pen.at(0, -130, turn):
                pen.fill([(x + 34, y) for x, y in leaf(70, 34)], ink)
        pen.dot(0, -130, 26, c.TURMERIC)
        for y, wide in ((110, 120), (140, 150), (170, 90)):
            pen.box(-wide, y, wide, y + 7, c.mix(ink, c.CREAM, 0.4), 3)
        flourish(pen, 0, 224, 44, ink)
    with pen.at(600, 440, 8):
        pen.text(0, 48, "UNDANGAN", ink, wide=280, high=58)


def notebook(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A notebook bound in corn husk, with a pencil, from above."""
    husk = c.hue("#d9bb7c")
    with pen.at(470, 490, -8):
        pen.shadow(box(-250, -330, 260, 330, 16), blur=22, alpha=120, dx=14, dy=20)
        pen.box(-240, -318, 268, 338, c.CREAM, 12)
        pen.box(-250, -330, 256, 326, husk, 16)
        with pen.clip(box(-250, -330, 256, 326, 16)):
            for x in range(-250, 270, 23):
                pen.stroke(
                    f"M{x} -340 C{x + 14} -100 {x - 14} 100 {x + 8} 340",
                    c.darker(husk, 0.12) if x % 2 else c.lighter(husk, 0.25),
                    6,
                )
            pen.box(-250, -340, -190, 340, c.hue("#8a5a30"))
            with pen.clip(box(-250, -330, -190, 326)):
                pen.tiles(band("kawung", Dye(c.hue("#8a5a30"), c.BUTTER, c.TURMERIC), pen, 60))
        pen.box(-110, -140, 170, 40, c.CREAM, 10)
        pen.box(196, -330, 216, 326, c.CHILI)
    with pen.at(470, 490, -8):
        pen.text(30, -50, label_words(name), c.hue("#6b3f22"), wide=230, high=46)
    with pen.at(820, 560, 78):
        pen.shadow(box(-260, -16, 260, 16, 8), blur=10, alpha=110, dx=6, dy=14)
        pen.box(-240, -17, 220, 17, c.TEAL, 4)
        pen.box(-240, -17, 220, -6, c.lighter(c.TEAL, 0.3))
        pen.fill([(220, -17), (270, 0), (220, 17)], c.SAND)
        pen.fill([(254, -6), (270, 0), (254, 6)], c.NIGHT)
        pen.box(-266, -17, -238, 17, c.ROSE, 6)


def mug(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A white mug with a batik band and a name."""
    dye = pick.choice((motifs.DYES[0], motifs.DYES[3], motifs.DYES[4], motifs.DYES[9]))
    ground_shadow(pen, 480, 814, 460)
    pen.stroke("M650 400 C800 390 810 650 650 640", c.darker(c.CREAM, 0.12), 56, caps=False)
    pen.stroke("M650 396 C790 386 800 640 650 632", c.CREAM, 44, caps=False)
    body = "M260 300 L680 300 L672 770 C670 800 650 814 620 814 L320 814 C290 814 270 800 268 770 Z"
    pen.fill(body, c.CREAM)
    with pen.clip(body):
        for top in (360, 690):
            with pen.clip(box(240, top, 700, top + 70)):
                pen.tiles(band(pick.choice(("kawung", "ceplok", "parang")), dye, pen, 72))
        pen.text(
            470,
            560,
            "JEMBER",
            dye.ground if sum(dye.ground) < 480 else c.INDIGO,
            wide=300,
            high=110,
        )
        pen.box(560, 280, 700, 830, c.wash(c.NIGHT, 24))
        pen.box(630, 280, 700, 830, c.wash(c.NIGHT, 24))
        pen.box(286, 310, 312, 800, c.wash(c.WHITE, 130))
    pen.oval(470, 300, 210, 36, c.WHITE)
    pen.oval(470, 302, 188, 28, c.hue("#5b3423"))
    pen.oval(440, 297, 100, 11, c.hue("#7a4a30"))
    for dx, size in ((-60, 1.0), (10, 1.3), (70, 0.9)):
        with pen.at(470 + dx, 250, 0, size):
            pen.stroke(
                "M0 0 C-30 -36 30 -66 0 -108 C-16 -132 4 -146 10 -156",
                c.wash(c.WHITE, 160),
                12,
                caps=False,
            )
