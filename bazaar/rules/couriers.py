"""What is known of couriers: their tracking pages and what their waybill numbers look like.

A courier is named on orders and rates as the committee writes it (`JNE REG`, `J&T Express`); the
company is told from the first words. Source of the forms: numbers that shops see every day. None
is published as binding, so a number that looks odd is only a reason to look at it again. That of
postal numbers with 13 characters is the UPU's standard S10.
"""

import re
from dataclasses import dataclass
from typing import Final

from bazaar.errors import N_


@dataclass(frozen=True, slots=True)
class Courier:
    """A company that carries parcels, or a way without one.

    `words` begin its name as people write it, without spaces and signs. `tracking_page` is its
    own page for numbers ("" if none), `number` the usual form of a number, `looks` that in words.
    """

    name: str
    words: tuple[str, ...]
    tracking_page: str = ""
    number: re.Pattern[str] | None = None
    looks: str = ""
    gives_number: bool = True


# The pages take the number by hand: what their addresses take as a parameter is not documented.
COURIERS: Final = (
    Courier(
        "JNE",
        ("JNE",),
        "https://www.jne.co.id/tracking-package",
        re.compile(r"(?:[0-9]{10}|[0-9]{12}|[0-9]{15}|J(?:NE|P)[0-9A-Z]{6,})"),
        N_("10, 12, atau 15 angka"),
    ),
    Courier(
        "J&T",
        ("JT", "JNT"),
        "https://jet.co.id/track",
        re.compile(r"[A-Z]{2}[0-9]{8,14}"),
        N_("dua huruf lalu angka, seperti JX1300026767"),
    ),
    Courier(
        "SiCepat",
        ("SICEPAT",),
        "https://www.sicepat.com/checkAwb",
        re.compile(r"[0-9]{12}"),
        N_("12 angka"),
    ),
    Courier("AnterAja", ("ANTERAJA", "ANTARAJA"), "https://anteraja.id/tracking"),
    Courier(
        "Pos Indonesia",
        ("POS",),
        "https://www.posindonesia.co.id/id/tracking",
        re.compile(r"P[0-9A-Z]{8,}|[A-Z]{2}[0-9]{9}[A-Z]{2}"),
        N_("huruf P lalu angka; ke luar negeri seperti RA123456785ID"),
    ),
    Courier("TIKI", ("TIKI",), "https://www.tiki.id/id/track"),
    Courier("Lion Parcel", ("LION",), "https://lionparcel.com/track"),
    Courier("SPX", ("SPX", "SHOPEEXPRESS"), "https://spx.co.id/track"),
    Courier("Ambil sendiri", ("AMBILSENDIRI",), gives_number=False),
    Courier("Antar lokal", ("ANTARLOKAL",), gives_number=False),
)

_S10: Final = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")
_S10_WEIGHTS: Final = (8, 6, 4, 2, 3, 5, 9, 7)


def find(name: str) -> Courier | None:
    """Return the company that `name` begins with, or None if it is not known here."""
    plain = _plain(name)
    return next((known for known in COURIERS if plain.startswith(known.words)), None)


def company(name: str) -> str:
    """Return what is the same for all services of one company: two of them share numbers."""
    known = find(name)
    return known.name if known else _plain(name)


def gives_number(name: str) -> bool:
    """Return whether a parcel gets a waybill number this way; unknown couriers give one."""
    known = find(name)
    return known.gives_number if known else True


def odd_number(name: str, number: str) -> str | None:
    """Return, untranslated, how this courier's numbers look if `number` does not look so.

    None when nothing is wrong or nothing is known. `number` is normalised: capitals and digits.
    """
    known = find(name)
    if known is None or known.number is None:
        return None
    right = known.number.fullmatch(number) and check_digit_fits(number)
    return None if right else known.looks


def check_digit_fits(number: str) -> bool:
    """Return whether the check digit of a postal number (S10) is right; others have none."""
    match = _S10.fullmatch(number)
    if match is None:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(match[1], _S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(rest := 11 - total % 11, rest) == int(match[2])


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())
