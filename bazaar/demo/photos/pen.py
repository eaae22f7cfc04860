"""A drawing pen over Pillow: shapes in units of a thousandth, clipping, shadows, fitted text.

Everything is drawn at twice the wanted size and halved at the end, which smooths the edges.
Paths are written in the letters of SVG: M, L, C, Q and Z with absolute coordinates.
"""

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bazaar.demo.photos.colours import NIGHT, Colour, Wash

UNITS = 1000
OVERSAMPLING = 2
CURVE_STEPS = 22
SHADOW_SHRINK = 8

Point = tuple[float, float]
Shape = str | Sequence[Point]
Matrix = tuple[float, float, float, float, float, float]


class Pen:
    """Draws on a square of 1000 × 1000 units; the origin is the upper left corner."""

    def __init__(self, pixels: int, ground: Colour) -> None:
        self.image = Image.new("RGB", (pixels, pixels), ground)
        self._draw = ImageDraw.Draw(self.image, "RGBA")
        scale = pixels / UNITS
        self._matrix: Matrix = (scale, 0, 0, scale, 0, 0)

    @property
    def scale(self) -> float:
        """How many pixels one unit is now."""
        return math.hypot(self._matrix[0], self._matrix[1])

    @contextmanager
    def at(
        self, x: float, y: float, turn: float = 0, scale: float = 1, *, mirror: bool = False
    ) -> Iterator[None]:
        """Move the origin to (x, y), turned clockwise by `turn` degrees and scaled."""
        before = self._matrix
        a, b, c, d, e, f = before
        cos = math.cos(math.radians(turn)) * scale
        sin = math.sin(math.radians(turn)) * scale
        side = -1 if mirror else 1
        self._matrix = (
            (a * cos + c * sin) * side,
            (b * cos + d * sin) * side,
            -a * sin + c * cos,
            -b * sin + d * cos,
            a * x + c * y + e,
            b * x + d * y + f,
        )
        try:
            yield
        finally:
            self._matrix = before

    @contextmanager
    def clip(self, shape: Shape) -> Iterator[None]:
        """Let only what falls inside the shape be drawn. May be nested."""
        points = self._place(shape)
        left, top, right, bottom = _bounds(points, 1)
        outer, draw, matrix = self.image, self._draw, self._matrix
        self.image = outer.crop((left, top, right, bottom))
        self._draw = ImageDraw.Draw(self.image, "RGBA")
        self._matrix = (*matrix[:4], matrix[4] - left, matrix[5] - top)
        try:
            yield
        finally:
            mask = Image.new("L", self.image.size)
            ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=255)
            outer.paste(self.image, (left, top), mask)
            self.image, self._draw, self._matrix = outer, draw, matrix

    def fill(self, shape: Shape, colour: Colour | Wash) -> None:
        """Fill a closed path."""
        self._draw.polygon(self._place(shape), fill=colour)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour | Wash, turn: float = 0
    ) -> None:
        """Fill an oval around (x, y)."""
        self.fill(oval(x, y, rx, ry, turn), colour)

    def dot(self, x: float, y: float, radius: float, colour: Colour | Wash) -> None:
        """Fill a circle."""
        self.fill(oval(x, y, radius, radius), colour)

    def ring(self, x: float, y: float, radius: float, colour: Colour | Wash, width: float) -> None:
        """Draw a circle's outline."""
        points = oval(x, y, radius, radius)
        self.stroke([*points, points[0]], colour, width, caps=False)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour | Wash,
        round_: float = 0,
    ) -> None:
        """Fill a rectangle, its corners rounded by `round_` units."""
        self.fill(box(left, top, right, bottom, round_), colour)

    def stroke(
        self, shape: Shape, colour: Colour | Wash, width: float, *, caps: bool = True
    ) -> None:
        """Draw a line along an open path, with round ends unless told otherwise."""
        points = self._place(shape)
        thick = max(1, round(width * self.scale))
        if len(colour) == 4:
            self._wash_along(points, colour, thick)
            return
        self._draw.line(points, fill=colour, width=thick, joint="curve")
        if caps and thick > 2:
            half = thick / 2 - 0.5
            for x, y in (points[0], points[-1]):
                self._draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    def _wash_along(self, points: Sequence[Point], colour: Wash, thick: int) -> None:
        # Through a mask: where a line's pieces overlap, a see-through one would show twice.
        left, top, right, bottom = _bounds(points, thick)
        mask = Image.new("L", (right - left, bottom - top))
        moved = [(x - left, y - top) for x, y in points]
        ImageDraw.Draw(mask).line(moved, fill=colour[3], width=thick, joint="curve")
        self.image.paste(colour[:3], (left, top), mask)

    def shadow(
        self, shape: Shape, *, blur: float = 16, alpha: int = 80, dx: float = 0, dy: float = 0
    ) -> None:
        """Lay a soft shadow of the shape, moved by (dx, dy), on what is already there."""
        scale = self.scale
        points = [(x + dx * scale, y + dy * scale) for x, y in self._place(shape)]
        left, top, right, bottom = _bounds(points, blur * scale * 2.5)
        wide, high = (right - left) // SHADOW_SHRINK + 1, (bottom - top) // SHADOW_SHRINK + 1
        small = Image.new("L", (wide, high))
        ImageDraw.Draw(small).polygon(
            [((x - left) / SHADOW_SHRINK, (y - top) / SHADOW_SHRINK) for x, y in points],
            fill=alpha,
        )
        soft = small.filter(ImageFilter.GaussianBlur(blur * scale / SHADOW_SHRINK))
        mask = soft.resize((wide * SHADOW_SHRINK, high * SHADOW_SHRINK), Image.Resampling.BILINEAR)
        self.image.paste(NIGHT, (left, top), mask)

    def tiles(self, tile: Image.Image) -> None:
        """Cover everything (within the clip) with a repeated tile."""
        wide, high = self.image.size
        row = Image.new("RGB", (wide, tile.height))
        for x in range(0, wide, tile.width):
            row.paste(tile, (x, 0))
        for y in range(0, high, tile.height):
            self.image.paste(row, (0, y))

    def text(
        self,
        x: float,
        y: float,
        words: str | Sequence[str],
        colour: Colour,
        *,
        wide: float,
        high: float,
    ) -> None:
        """Write lines of one size centred on (x, y), as large as `wide` × `high` allow.

        `high` is for one line. The letters stay upright whatever the turn.
        """
        lines = [words] if isinstance(words, str) else words
        longest = max(_font(100).getlength(line) / 100 for line in lines)
        size = max(6.0, min(high, wide / max(longest, 0.1)) * self.scale)
        left, middle = self._place([(x, y)])[0]
        for number, line in enumerate(lines):
            self._draw.text(
                (left, middle + (number - (len(lines) - 1) / 2) * size * 1.08),
                line,
                fill=colour,
                font=_font(round(size)),
                anchor="mm",
                stroke_width=max(0, round(size / 34)),
            )

    def finished(self) -> Image.Image:
        """Return the picture at its real size."""
        return self.image.reduce(OVERSAMPLING)

    def _place(self, shape: Shape) -> list[Point]:
        a, b, c, d, e, f = self._matrix
        points = outline(shape) if isinstance(shape, str) else shape
        return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0) -> list[Point]:
    """Return the outline of an oval, with more points the larger it is."""
    steps = 16 if max(rx, ry) < 16 else 28 if max(rx, ry) < 60 else 64
    if not turn:
        return [(x + rx * cos, y + ry * sin) for cos, sin in _circle(steps)]
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return [
        (x + rx * cos * c - ry * sin * s, y + rx * cos * s + ry * sin * c)
        for cos, sin in _circle(steps)
    ]


def box(left: float, top: float, right: float, bottom: float, round_: float = 0) -> list[Point]:
    """Return the outline of a rectangle with rounded corners."""
    if not round_:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    r = min(round_, (right - left) / 2, (bottom - top) / 2)
    corners = (
        (right - r, bottom - r),
        (left + r, bottom - r),
        (left + r, top + r),
        (right - r, top + r),
    )
    circle = _circle(32)
    return [
        (x + r * cos, y + r * sin)
        for quarter, (x, y) in enumerate(corners)
        for cos, sin in (*circle, circle[0])[quarter * 8 : quarter * 8 + 9]
    ]


def leaf(length: float, width: float, bend: float = 0) -> list[Point]:
    """Return a pointed leaf lying along the x axis from its stem at the origin."""
    upper = [(0.0, 0.0)]
    lower = []
    for step in range(1, 16):
        along = step / 16
        spine = bend * math.sin(along * math.pi)
        half = width / 2 * math.sin(along**0.8 * math.pi)
        upper.append((along * length, spine - half))
        lower.append((along * length, spine + half))
    return [*upper, (length, 0.0), *reversed(lower)]


@lru_cache(maxsize=512)
def outline(path: str) -> tuple[Point, ...]:
    """Return the points of a path; curves are cut into short lines."""
    points: list[Point] = []
    for letter, rest in re.findall(r"([MLCQZ])([^MLCQZ]*)", path):
        numbers = [float(n) for n in rest.replace(",", " ").split()]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if letter in "ML":
            points += pairs
        step = {"C": 3, "Q": 2}.get(letter, 0)
        for first in range(0, len(pairs) if step else 0, step or 1):
            points += _curve([points[-1], *pairs[first : first + step]])
    return tuple(points)


def _curve(handles: Sequence[Point]) -> Iterator[Point]:
    for step in range(1, CURVE_STEPS + 1):
        rest = list(handles)
        share = step / CURVE_STEPS
        while len(rest) > 1:
            rest = [
                (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                for (x0, y0), (x1, y1) in pairwise(rest)
            ]
        yield rest[0]


def _bounds(points: Sequence[Point], margin: float) -> tuple[int, int, int, int]:
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return (
        math.floor(min(xs) - margin),
        math.floor(min(ys) - margin),
        math.ceil(max(xs) + margin) + 1,
        math.ceil(max(ys) + margin) + 1,
    )


@lru_cache(maxsize=8)
def _circle(steps: int) -> tuple[Point, ...]:
    angles = [math.tau * step / steps for step in range(steps)]
    return tuple((math.cos(angle), math.sin(angle)) for angle in angles)


@lru_cache(maxsize=128)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
