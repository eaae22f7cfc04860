"""Which of Indonesia's three zones a place has, told from its Kemendagri code.

Source: Keputusan Presiden 41/1987: the west of Kalimantan belongs to WIB, the rest of it with
Bali, Nusa Tenggara and Sulawesi to WITA, Maluku and all of Papua to WIT.
"""

from typing import Final

WIB: Final = "Asia/Jakarta"
WITA: Final = "Asia/Makassar"
WIT: Final = "Asia/Jayapura"

_WITA: Final = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
_WIT: Final = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def clock_of(code: str) -> str:
    """Return the zone of a province, regency, district or village by its code (`35.09.21`).

    What is no Indonesian code, such as the empty one of addresses abroad, has WIB.
    """
    province = code[:2]
    if province in _WITA:
        return WITA
    return WIT if province in _WIT else WIB
