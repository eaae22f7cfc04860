"""Numbers by which the tax office knows people: NPWP (15 or 16 digits) and NIK (16).

Since 2024 a person's NPWP is its NIK; all others put a 0 before the old 15 digits. The ninth digit of
the old number is a check digit (Luhn) over the eight before it. Whether a NIK can be one is looked up
elsewhere (`bazaar.tax_ids`): it begins with a district and goes on with a day of birth.
"""

import re
from typing import Final

NPWP: Final = "npwp"
NIK: Final = "nik"
OLD_LENGTH: Final = 15
LENGTH: Final = 16
CHECKED: Final = 9
"""So many digits are covered by the check digit, it included."""

_BETWEEN: Final = re.compile(r"[\s.\-]", re.ASCII)


def digits_of(text: str) -> str:
    """Return the number without the dots, dashes and spaces that people write in it."""
    return _BETWEEN.sub("", text)


def kind_of(digits: str) -> str:
    """Return `npwp` or `nik`, empty for what is neither by its length or check digit."""
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    if len(digits) == LENGTH and not digits.startswith("0"):
        return NIK
    old = digits.removeprefix("0") if len(digits) == LENGTH else digits
    if len(old) != OLD_LENGTH or not int(old) or not passes_luhn(old[:CHECKED]):
        return ""
    return NPWP


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of those before it."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def masked(digits: str) -> str:
    """Return the number as pages show it: four digits, stars, the last four."""
    return f"{digits[:4]}{'*' * (len(digits) - 8)}{digits[-4:]}"
