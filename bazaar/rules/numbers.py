"""Whole numbers the way people type them: `15.000`, `Rp 15.000,-`, `250 gram`."""

import re
from typing import Final

_WHOLE: Final = re.compile(
    r"(?P<digits>[0-9]{1,15}|[0-9]{1,3}(?P<mark>[., ])[0-9]{3}(?:(?P=mark)[0-9]{3}){0,4})"
    r"(?:[.,](?:00?|-{1,2}))?",
    re.ASCII,
)


def read_whole(text: str, *, prefix: str = "", suffix: str = "") -> int | None:
    """Return the whole number that `text` means, or None when it means none or might mean two.

    Groups of three digits may be parted by points, commas or spaces; a fraction of zero is
    dropped. `prefix` and `suffix` are patterns of words that may stand before and after it.
    """
    plain = " ".join(text.replace("\u00a0", " ").split())
    if prefix:
        plain = re.sub(rf"^(?:{prefix})\s*", "", plain, flags=re.IGNORECASE)
    if suffix:
        plain = re.sub(rf"\s*(?:{suffix})$", "", plain, flags=re.IGNORECASE)
    match = _WHOLE.fullmatch(plain)
    if match is None:
        return None
    return int(re.sub(r"[^0-9]", "", match["digits"]))


def read_rupiah(text: str) -> int | None:
    """Return whole rupiah from `15000`, `15.000`, `Rp15.000,00`, or None."""
    return read_whole(text, prefix=r"rp\.?|idr", suffix=r"rupiah|rp")


def read_grams(text: str) -> int | None:
    """Return grams from `250`, `1.500`, `250 gr`, or None; kilograms are not guessed."""
    return read_whole(text, suffix=r"g|gr|gram|grams?")


def read_pieces(text: str) -> int | None:
    """Return pieces from `40`, `40 pcs`, or None."""
    return read_whole(text, suffix=r"pcs|buah|bh|biji|bungkus|botol|potong|lembar|pasang|unit")


def rupiah(amount_idr: int) -> str:
    """Write whole rupiah the Indonesian way: `Rp1.250.000`; a minus stands before the Rp."""
    sign = "-" if amount_idr < 0 else ""
    return f"{sign}Rp{abs(amount_idr):,}".replace(",", ".")
