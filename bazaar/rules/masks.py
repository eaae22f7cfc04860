"""Personal data so that only its owner knows it again, for pages whose link may be passed on."""

import re
from typing import Final

SHORTEST: Final = 3
"""Shorter words of a name also stand for other things, and stay."""
SHORTEST_STREET: Final = 6

_DIGITS: Final = re.compile(r"\+?\d(?:[\s.\-]?\d){7,}")


def name(full: str) -> str:
    """Return a name with only the first letter of each word: `S*** A***`."""
    return " ".join(f"{word[0]}***" for word in full.split())


def within(text: str, *, names: str, street: str = "", keep: str = "") -> str:
    """Return a courier's remark without the buyer's name and street, and without long numbers.

    `keep` is the number that may stand: the waybill's. Words of a name are found in any case.
    """
    if len(street.strip()) >= SHORTEST_STREET:
        text = re.sub(re.escape(street.strip()), "***", text, flags=re.IGNORECASE)
    for word in sorted(set(names.split()), key=len, reverse=True):
        if len(word) >= SHORTEST:
            whole = rf"(?<!\w){re.escape(word)}(?!\w)"
            text = re.sub(whole, f"{word[0]}***", text, flags=re.IGNORECASE)
    return _DIGITS.sub(lambda found: found[0] if found[0] == keep and keep else "***", text)
