"""What sending a parcel costs: the rate of the most exact place, times whole kilograms.

Source: the couriers' usual tolerance, where up to 300 g above a full kilogram are not charged
(1,300 g is 1 kg, 1,301 g is 2 kg), as JNE, J&T and SiCepat publish it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

TOLERANCE_G = 300
VILLAGE_CODE_LENGTH = 13
HOME = "ID"
ANY_COUNTRY = "*"


@dataclass(frozen=True, slots=True)
class Rate:
    """A courier's prices to places whose village code begins with `prefix`.

    Abroad, `prefix` is a two-letter country or `*` for any other.
    """

    prefix: str
    courier: str
    first_kg_idr: int
    next_kg_idr: int
    days: str


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """What one courier asks for one parcel."""

    courier: str
    price_idr: int
    days: str


def chargeable_kg(grams: int) -> int:
    """Return whole kilograms to be charged for `grams`, at least 1."""
    if grams < 1:
        raise ValueError(f"a parcel weighs at least 1 g, got {grams}")
    return max(1, (grams + 999 - TOLERANCE_G) // 1000)


def options(
    rates: Iterable[Rate], *, country: str, village_code: str, weight_g: int
) -> list[ShippingOption]:
    """Return what each courier asks, cheapest first; empty when nobody goes there.

    Of one courier's rates the longest prefix wins.
    """
    covering = places(country, village_code)
    exact: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda rate: len(rate.prefix)):
        if rate.prefix in covering:
            exact[rate.courier] = rate
    kilograms = chargeable_kg(weight_g)
    asked = [
        ShippingOption(
            rate.courier, rate.first_kg_idr + rate.next_kg_idr * (kilograms - 1), rate.days
        )
        for rate in exact.values()
    ]
    return sorted(asked, key=lambda option: (option.price_idr, option.courier))


def places(country: str, village_code: str) -> set[str]:
    """Return every prefix that covers the place, so that a query asks for no other rates."""
    if country != HOME:
        return {country, ANY_COUNTRY}
    return {village_code[:length] for length in range(len(village_code) + 1)}
