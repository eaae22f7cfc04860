"""What QRIS costs a seller, estimated: the merchant discount rate (MDR) by the criteria of a sticker.

The acquirer keeps it back by itself; nobody tells the bazaar how much it was. So these are
estimates, shown as such and never booked.

Source: Bank Indonesia's rates as published for 1 December 2024; regular merchants (URE, or none
given) are counted with the highest rate of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

SMALL_IDR: Final = 500_000
"""Up to this much one payment costs the smaller rate."""


class Rate(NamedTuple):
    """In ten-thousandths of a payment, up to `SMALL_IDR` and above it."""

    small: int
    large: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rates from a day on, by criteria."""

    since: date
    rates: dict[str, Rate]
    others: Rate


TABLES: Final[Sequence[Table]] = (
    Table(
        date(2024, 12, 1),
        {
            "UMI": Rate(0, 30),
            "UKE": Rate(70, 70),
            "UME": Rate(70, 70),
            "UBE": Rate(70, 70),
            "PSO": Rate(40, 40),
            "BLU": Rate(40, 40),
        },
        Rate(70, 70),
    ),
)
"""Latest last. Before the first one nothing is estimated."""


def estimate(criteria: str, day: date, *, small_idr: int, large_idr: int) -> int:
    """Return what is probably kept back of payments of a day, in whole rupiah.

    `small_idr` is the sum of payments of at most `SMALL_IDR` each, `large_idr` that of larger ones.
    """
    table = next((table for table in reversed(TABLES) if table.since <= day), None)
    if table is None:
        return 0
    rate = table.rates.get(criteria, table.others)
    return (small_idr * rate.small + large_idr * rate.large + 5_000) // 10_000
