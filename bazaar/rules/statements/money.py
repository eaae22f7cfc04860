"""Sums of money as statements write them, as integers of sen (1/100 rupiah).

A file writes either `1,500,000.00` (English) or `1.500.000,00` (Indonesian), never both; which
one is decided for the file from all its sums, because `1.500` alone may be either.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bazaar.rules.sheets import Fault
from bazaar.rules.statements.faults import BOTH_KINDS

MAX_SEN: Final = 10**17
"""A quadrillion rupiah: above it, it is no sum but a number of something."""

_AROUND: Final = re.compile(r"^(?:RP|IDR)\.?\s*|\s*(?:RP|IDR|,-|\.-)$", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class Kind(enum.Enum):
    """How a file writes numbers: `point` is before the sen, `group` between thousands."""

    ENGLISH = (".", ",")
    INDONESIAN = (",", ".")

    @property
    def point(self) -> str:
        """The mark before the sen."""
        return self.value[0]

    @property
    def group(self) -> str:
        """The mark between thousands."""
        return self.value[1]


_ENGLISH, _INDONESIAN = Kind.ENGLISH, Kind.INDONESIAN
_SUM: Final = {
    kind: re.compile(
        rf"(?P<whole>[0-9]{{0,18}}|[0-9]{{1,3}}(?:\{kind.group}[0-9]{{3}}){{1,6}})"
        rf"(?:\{kind.point}(?P<sen>[0-9]{{1,2}}))?",
        re.ASCII,
    )
    for kind in Kind
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum without its sign; `negative` when it was written with a minus or in brackets."""

    sen: int
    negative: bool


def kind_of(text: str) -> Kind | None:
    """Return how `text` writes numbers, or None when it tells nothing, such as `147356`.

    The last mark decides: two digits or one after it are sen, three are a group of thousands.
    """
    text = _bare(text)[0]
    place = max(text.rfind("."), text.rfind(","))
    if place < 0:
        return None
    after = len(text) - place - 1
    if after in {1, 2}:
        return _ENGLISH if text[place] == "." else _INDONESIAN
    return (_ENGLISH if text[place] == "," else _INDONESIAN) if after == 3 else None


def decide(cells: Iterable[tuple[int, str]]) -> Kind | Fault:
    """Return how the file with these sums (row number and text) writes numbers.

    A file of plain digits is as good as English. Both kinds in one file are refused.
    """
    seen: dict[Kind, tuple[int, str]] = {}
    for row, text in cells:
        kind = kind_of(text)
        if kind and kind not in seen and read(text, kind) is not None:
            seen[kind] = (row, text)
            if len(seen) == 2:
                return _both(seen)
    return next(iter(seen), _ENGLISH)


def _both(seen: dict[Kind, tuple[int, str]]) -> Fault:
    facts: dict[str, str] = {}
    for name, kind in (("english", _ENGLISH), ("indonesian", _INDONESIAN)):
        row, text = seen[kind]
        facts |= {name: text[:40], f"{name}_row": str(row)}
    return Fault(BOTH_KINDS, facts)


def read(text: str, kind: Kind) -> Sum | None:
    """Return the sum, or None if `text` is none in this kind of writing.

    Groups must be of three digits, sen have one digit or two. An empty text is no sum.
    """
    bare, negative = _bare(text)
    if _DIGITS.fullmatch(bare):  # the usual case of plain files
        whole, sen = bare, "0"
    else:
        match = _SUM[kind].fullmatch(bare)
        if match is None or not (match["whole"] or match["sen"]):
            return None
        whole, sen = match["whole"].replace(kind.group, ""), match["sen"] or "0"
    value = int(whole or "0") * 100 + int(sen.ljust(2, "0"))
    return Sum(value, negative) if value <= MAX_SEN else None


def _bare(text: str) -> tuple[str, bool]:
    """Return the text without currency, sign and spaces, and whether the sign was a minus."""
    text = text.strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    bare = _AROUND.sub("", text) if text and not text.isdigit() else text
    for sign in (bare[:1], text[:1]):  # Rp -15.000, -Rp 15.000, -15.000
        if sign and sign in "+-\u2212":
            without = text.replace(sign, "", 1)
            return _AROUND.sub("", without.strip()), negative != (sign != "+")
    return bare, negative
