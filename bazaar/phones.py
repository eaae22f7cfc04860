"""Telephone numbers: read what people type, keep E.164 (`+6281234567890`), show it their way.

Lengths and prefixes are those of the library `phonenumbers` (Google's tables).
"""

import re
from typing import Final
from urllib.parse import quote

import phonenumbers

HOME: Final = "ID"

# Letters are not allowed: the library reads them as the keys of a telephone or drops what follows
# them, so that `0812 3456 789O` would become somebody else's valid number.
_TYPED = re.compile(r"[\d\s+().,/\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060\ufeff]{4,40}")


def read_phone(text: str, country: str = HOME) -> str | None:
    """Return the number as E.164, or None if nobody can have it.

    `country` (two letters) is where a number without + or 00 is dialled. Accepts `0812…`,
    `812…`, `62812…`, `+62 (0)812…`, `(0331) 334567` and any country's own way of writing.
    """
    text = text.strip()
    if not _TYPED.fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text)
    # Two zeros are how most of the world dials +. No Indonesian number begins so.
    international = f"+{digits[2:]}" if digits.startswith("00") else None
    return _valid(text, country) or (_valid(international, country) if international else None)


def show(e164: str) -> str:
    """Return a stored number for people: `0812-3456-7890` at home, `+65 9123 4567` abroad."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(HOME)
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if at_home else form.INTERNATIONAL)


def abroad(e164: str) -> str:
    """Return a stored number as it is dialled from another country: `+62 812-3456-7890`."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def mask(e164: str) -> str:
    """Return the number so that only its owner knows it again: `08**-****-7890`.

    The first two and the last four digits stay, of short numbers fewer.
    """
    shown = show(e164)
    count = sum(c.isdigit() for c in shown)
    ends = 4 if count > 8 else 2
    masked, seen = "", 0
    for c in shown:
        seen += c.isdigit()
        masked += "*" if c.isdigit() and 2 < seen <= count - ends else c
    return masked


def wa_link(e164: str, text: str = "") -> str:
    """Return the address that opens a WhatsApp chat with this number, `text` already typed."""
    address = f"https://wa.me/{e164.removeprefix('+')}"
    return f"{address}?text={quote(text, safe='')}" if text else address


def _valid(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
