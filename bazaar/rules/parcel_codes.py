"""The code of a parcel (`PK-7XK2Q`, further ones of the order `PK-7XK2Q-2`) in what was scanned.

Scanners give it bare or as part of an address; people type it without hyphens, in small letters,
and mistake letters that look alike (`rules.references`).
"""

import re
import unicodedata
from typing import Final

from bazaar.rules import references

PREFIX: Final = "PK"
_CODE: Final = re.compile(r"(?<![0-9A-Z])PK[-\s]?([0-9A-Z]{5})(?:[-\s]([0-9]{1,2}))?(?![0-9A-Z])")


def read(text: str) -> str | None:
    """Return the first parcel code in the text as it is stored, or None."""
    match = _CODE.search(unicodedata.normalize("NFKC", text).upper())
    reference = references.normalise(match[1]) if match else None
    if match is None or reference is None:
        return None
    code = f"{PREFIX}{reference.removeprefix(references.PREFIX)}"
    return f"{code}-{int(match[2])}" if match[2] else code
