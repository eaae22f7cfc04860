"""The two codes that people read aloud, write down and type: references and claim codes.

A reference (`PV-7XK2Q`, "kode bayar") names an order in bank statements, in field 62.05 of its
QRIS (which takes capitals, digits and hyphens only) and on the telephone. It opens nothing.
A claim code (`B07`, "kode") names a product on the stream and in the chat.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

PREFIX: Final = "PV"

ALPHABET: Final = "23456789CFHJKMNPQRTVWXY"
"""One of each that look alike (0 O D Q, 2 Z, 4 A, 5 S, 6 G, 8 B, U V), none of 1 I L or E (3, F).

Without vowels no reference is a word.
"""

LENGTH: Final = 5

REFERENCES: Final = len(ALPHABET) ** LENGTH
"""How many there are: 6,436,343. Draw a number below this, and again when it is taken."""

CLAIM_LETTERS: Final = "ABCDEFGHJKMNPRTVWY"
"""Letters that new claim codes begin with: none taken for a digit, another, or `x2` for times."""

MAX_CLAIM_NUMBER: Final = 999

# A character that is never drawn was misread for the one that it resembles. 1, I, L and E
# resemble several, so nothing is guessed for them.
_MISREAD = str.maketrans(
    {"0": "Q", "O": "Q", "D": "Q", "Z": "2", "A": "4", "S": "5", "G": "6", "B": "8", "U": "V"}
)
_DIGIT_MISREAD = str.maketrans("OIL", "011")
_REFERENCE = re.compile(rf"(?:{PREFIX})?([{ALPHABET}]{{{LENGTH}}})")
_CLAIM_CODE = re.compile(r"([A-Z])(?=[OIL]*[0-9])([0-9OIL]{1,3})")
_NOT_CODE = re.compile(r"[^A-Z0-9]+")


def make_reference(number: int) -> str:
    """Return the reference of a random number from 0 up to `REFERENCES`, such as `PV-7XK2Q`.

    Different numbers give different references. Raises ValueError outside that range.
    """
    if not 0 <= number < REFERENCES:
        raise ValueError(f"number must be from 0 to {REFERENCES - 1}, got {number}")
    letters = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return f"{PREFIX}-{''.join(reversed(letters))}"


def normalise(text: str) -> str | None:
    """Return the reference that a person meant, as `make_reference` writes it, or None.

    Case, spaces, hyphens and a missing prefix do not matter; look-alikes are put right where
    only one character can have been meant.
    """
    match = _REFERENCE.fullmatch(_compact(text).translate(_MISREAD))
    return f"{PREFIX}-{match[1]}" if match else None


def as_meant(text: str) -> str:
    """Return letters and digits only, each misread one put right where one alone can be meant.

    Two references that this makes equal may have been written for one another.
    """
    return _compact(text).translate(_MISREAD)


def normalise_claim_code(text: str) -> str | None:
    """Return a claim code as we write it: a letter and a number of two or three digits.

    `b7`, `B-07` and `BO7` are `B07`. None if the text is no claim code; `B00` is none.
    """
    match = _CLAIM_CODE.fullmatch(_compact(text))
    number = int(match[2].translate(_DIGIT_MISREAD)) if match else 0
    return f"{match[1]}{number:02}" if match and number else None


def free_claim_codes(taken: Collection[str], letters: str = CLAIM_LETTERS) -> Iterator[str]:
    """Yield the codes not in `taken`: A01, B01, C01, …, A02, B02, … up to Y999.

    One letter after the other, so that what is shown together is hard to mix up. `letters`
    narrows the choice, for instance to the letter of one cluster.
    """
    used = {normalise_claim_code(code) for code in taken}
    for number in range(1, MAX_CLAIM_NUMBER + 1):
        for letter in letters:
            code = f"{letter}{number:02}"
            if code not in used:
                yield code


def _compact(text: str) -> str:
    return _NOT_CODE.sub("", unicodedata.normalize("NFKC", text).upper())
