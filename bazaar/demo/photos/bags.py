"""Pictures of bags and purses."""

import math
from random import Random

from bazaar.demo.photos import colours as c
from bazaar.demo.photos import scenes
from bazaar.demo.photos.cloth import cloth_tile, dye_of
from bazaar.demo.photos.labels import choose, flourish
from bazaar.demo.photos.motifs import Dye
from bazaar.demo.photos.pen import Pen, box, oval
from bazaar.demo.photos.props import band, blossom, ground_shadow


def tote(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A canvas bag with long handles and a print."""
    said = name.lower()
    canvas = c.hue("#efe3c8")
    ground_shadow(pen, 505, 814, 500)
    for dx in (0, 16):
        pen.stroke(
            f"M{390 + dx} 350 C{390 + dx} 100 {590 + dx} 100 {590 + dx} 350",
            c.darker(canvas, 0.2 if dx else 0.05),
            26,
        )
    body = "M280 330 L720 330 L748 806 C640 822 360 822 252 806 Z"
    if "rajut" in said:
        yarn = choose(pick, look, (c.TERRACOTTA, c.TEAL, c.ROSE, c.INDIGO))
        pen.fill(body, yarn)
        with pen.clip(body):
            pen.tiles(band("rajut", Dye(c.darker(yarn, 0.22), yarn, yarn), pen, 110))
            for y in (420, 560, 700):
                pen.box(200, y, 800, y + 30, c.mix(yarn, c.CREAM, 0.7))
    else:
        pen.fill(body, canvas)
        dye = dye_of(name, look, pick)
        if "ecoprint" in said:
            with pen.clip(body):
                pen.tiles(cloth_tile(pen, name, dye, pick, 260))
        else:
            _town(pen)
    with pen.clip(body):
        pen.box(200, 330, 800, 376, c.wash(c.NIGHT, 26))
        pen.fill("M640 320 L780 320 L780 830 L660 830 Z", c.wash(c.NIGHT, 30))
    for x in (392, 604):
        pen.box(x - 18, 334, x + 22, 384, c.BARK, 5)


def _town(pen: Pen) -> None:
    with pen.clip(oval(500, 580, 168, 168)):
        pen.box(300, 400, 700, 800, c.BUTTER)
        pen.dot(560, 500, 46, c.TERRACOTTA)
        pen.fill(
            "M320 640 C380 520 430 520 480 620 C530 500 620 520 700 650 L700 800 L320 800 Z", c.LEAF
        )
        pen.fill("M300 700 C420 620 560 660 700 690 L700 800 L300 800 Z", c.INDIGO)
        for x, high in ((400, 120), (440, 170), (580, 140)):
            pen.box(x, 690 - high, x + 26, 720, c.PAPER)
            pen.box(x, 690 - high, x + 26, 702 - high, c.TERRACOTTA)
    pen.ring(500, 580, 170, c.INDIGO, 8)


def pouch_bag(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A zipped purse in batik, prints or knitting."""
    said = name.lower()
    dye = dye_of(name, look, pick)
    ground_shadow(pen, 500, 800, 560)
    shape = (
        "M230 440 C400 420 600 420 770 440 C800 560 806 680 780 780 C640 806 360 806 220 780 "
        "C194 680 200 560 230 440 Z"
    )
    if "rajut" in said:
        yarn = choose(pick, look, (c.ROSE, c.TEAL, c.TURMERIC))
        dye = Dye(yarn, c.CREAM, c.BARK)
        tile = band("rajut", Dye(c.darker(yarn, 0.22), yarn, yarn), pen, 110)
    else:
        tile = cloth_tile(pen, name, dye, pick, 200)
    with pen.clip(shape):
        pen.tiles(tile)
        pen.fill(
            "M660 420 L820 420 L820 820 L640 820 C700 700 700 560 660 420 Z", c.wash(c.NIGHT, 36)
        )
        pen.fill(
            "M220 430 C400 410 600 410 780 430 L780 486 C600 466 400 466 220 486 Z",
            c.darker(dye.ground, 0.3),
        )
    pen.stroke("M232 462 C400 442 600 442 768 462", c.TURMERIC, 12)
    for number in range(30):
        x = 240 + number * 18
        y = 462 - 16 * math.sin((x - 232) / 536 * math.pi)
        pen.box(x, y - 7, x + 6, y + 7, c.darker(c.TURMERIC, 0.3))
    pen.box(700, 440, 730, 560, c.BARK, 12)
    pen.dot(715, 545, 9, c.BUTTER)
    if "rajut" in said:
        blossom(pen, 420, 630, 84, c.CREAM)


def backpack(pen: Pen, look: scenes.Look, name: str, pick: Random) -> None:
    """A canvas backpack with leather straps."""
    canvas = choose(pick, look, (c.hue("#6f7d4a"), c.INDIGO, c.hue("#a8632f"), c.TEAL))
    leather = c.hue("#7a4626")
    ground_shadow(pen, 505, 814, 470)
    pen.stroke("M440 210 C440 120 560 120 560 210", leather, 24)
    for side in (0, 1):
        pen.stroke(
            "M300 400 C230 520 240 640 290 740"
            if not side
            else "M700 400 C770 520 760 640 710 740",
            c.darker(canvas, 0.3),
            44,
        )
    pen.fill(
        (
            "M300 320 C310 200 690 200 700 320 L716 770 C716 800 690 814 660 814 L340 814 "
            "C310 814 284 800 284 770 Z"
        ),
        canvas,
    )
    pen.fill(
        "M600 220 C680 240 700 280 700 320 L716 770 C716 800 690 814 660 814 L620 814 Z",
        c.wash(c.NIGHT, 34),
    )
    pocket = box(340, 580, 660, 790, 30)
    pen.shadow(pocket, blur=8, alpha=70, dy=6)
    dye = dye_of(name, look, pick)
    with pen.clip(pocket):
        pen.tiles(band(pick.choice(("kawung", "ceplok", "parang")), dye, pen, 110))
        pen.box(340, 580, 660, 610, c.wash(c.NIGHT, 60))
    pen.fill(
        "M290 330 C300 210 700 210 710 330 L710 480 C640 530 360 530 290 480 Z",
        c.lighter(canvas, 0.12),
    )
    pen.stroke("M290 480 C360 530 640 530 710 480", c.darker(canvas, 0.2), 6)
    for x in (400, 600):
        pen.box(x - 20, 400, x + 20, 600, leather, 8)
        pen.box(x - 28, 530, x + 28, 572, c.TURMERIC, 6)
        pen.box(x - 16, 540, x + 16, 562, leather, 3)
    pen.box(448, 330, 552, 394, c.CREAM, 8)
    flourish(pen, 500, 362, 30, leather)
