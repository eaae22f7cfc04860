"""The colours of the demo pictures: batik dyes, spices and leaves on rice paper."""

Colour = tuple[int, int, int]
Wash = tuple[int, int, int, int]


def hue(code: str) -> Colour:
    """Read `#rrggbb`."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return `first` with `share` (0 to 1) of `second` stirred in."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float = 0.2) -> Colour:
    """Return the colour towards a warm night; pure black would look dirty."""
    return mix(colour, NIGHT, share)


def lighter(colour: Colour, share: float = 0.25) -> Colour:
    """Return the colour towards rice paper."""
    return mix(colour, CREAM, share)


def wash(colour: Colour, alpha: int) -> Wash:
    """Return the colour as a see-through layer; `alpha` 255 hides what is below."""
    return (*colour, alpha)


NIGHT = hue("#241a2c")
INDIGO = hue("#2b3a67")
SEA = hue("#3f6f93")
SKY = hue("#cfdfe6")
TEAL = hue("#2f7d78")
LEAF = hue("#4f7942")
MOSS = hue("#8aa35c")
SAGE = hue("#d6dfc0")
TURMERIC = hue("#e0a526")
BUTTER = hue("#f6dfa0")
SAND = hue("#e6cfa3")
WOOD = hue("#b9804a")
BARK = hue("#7d4f2c")
COCOA = hue("#4f3022")
TERRACOTTA = hue("#bd5a34")
CLAY = hue("#d98a5b")
BLUSH = hue("#f3d6c4")
CHILI = hue("#b8322a")
ROSE = hue("#cf5f76")
PLUM = hue("#6f3658")
PAPER = hue("#faf5ea")
CREAM = hue("#fffaf0")
WHITE = hue("#ffffff")
STEEL = hue("#9aa3ab")
