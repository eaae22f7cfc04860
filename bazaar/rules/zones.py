"""How far a parcel goes, in the steps that couriers price and keep time by."""

import enum
import math
import re
from collections.abc import Sequence
from typing import Final

from bazaar.errors import N_

HOME: Final = "ID"
DEFAULT_DAYS: Final = 7
"""So many days a parcel may be on its way where nobody said how long it takes."""

MAX_DAYS: Final = 60


class Zone(enum.Enum):
    """Where a parcel goes as seen from the bazaar's regency, the nearest first."""

    REGENCY = "regency"
    PROVINCE = "province"
    JAVA = "java"
    BALI_NUSA = "bali_nusa"
    SUMATRA = "sumatra"
    KALIMANTAN = "kalimantan"
    SULAWESI = "sulawesi"
    EAST = "east"
    ABROAD = "abroad"


NAMES: Final = {
    Zone.REGENCY: N_("Kabupaten/kota sendiri"),
    Zone.PROVINCE: N_("Provinsi yang sama"),
    Zone.JAVA: N_("Jawa lainnya"),
    Zone.BALI_NUSA: N_("Bali dan Nusa Tenggara"),
    Zone.SUMATRA: N_("Sumatra"),
    Zone.KALIMANTAN: N_("Kalimantan"),
    Zone.SULAWESI: N_("Sulawesi"),
    Zone.EAST: N_("Maluku dan Papua"),
    Zone.ABROAD: N_("Luar negeri"),
}
"""Untranslated. Our names for groups of provinces; no courier's own zones."""

# Kemendagri numbers provinces by island: 1x-2x, 3x, 5x, 6x, 7x, 8x-9x.
_ISLANDS: Final = {
    "1": Zone.SUMATRA,
    "2": Zone.SUMATRA,
    "3": Zone.JAVA,
    "5": Zone.BALI_NUSA,
    "6": Zone.KALIMANTAN,
    "7": Zone.SULAWESI,
    "8": Zone.EAST,
    "9": Zone.EAST,
}


def zone_of(country: str, village_code: str, regency_code: str) -> Zone:
    """Return where an address lies; `regency_code` is where the bazaar is.

    An address at home without a village is fetched at the stall: the own regency.
    """
    if country != HOME:
        return Zone.ABROAD
    if not village_code or village_code[:5] == regency_code[:5]:
        return Zone.REGENCY
    if village_code[:2] == regency_code[:2]:
        return Zone.PROVINCE
    return _ISLANDS.get(village_code[:1], Zone.EAST)


def promised_days(text: str | None) -> int:
    """Return the most days that a courier's words allow: `2-3` is 3, `4-8 jam` is 1.

    Where no number stands it is `DEFAULT_DAYS`; more than `MAX_DAYS` is not believed.
    """
    words = (text or "").lower()
    numbers = [int(number) for number in re.findall(r"[0-9]{1,3}", words)]
    if not numbers or numbers[-1] > MAX_DAYS:
        return DEFAULT_DAYS
    hours = re.search(r"jam|hour", words) is not None
    return max(1, math.ceil(numbers[-1] / 24) if hours else numbers[-1])


def quantile(sorted_seconds: Sequence[int], part: tuple[int, int]) -> int | None:
    """Return the smallest value that at least `part` (1, 2 is half) of them do not exceed.

    None for nothing. The values must be in order.
    """
    if not sorted_seconds:
        return None
    over, under = part
    return sorted_seconds[-(-len(sorted_seconds) * over // under) - 1]
