"""How far an order is on its way, worked out from quantities; never stored.

Of each line: ordered = unassigned + in parcels. What left in a parcel that is with a courier or
beyond is shipped. A cancelled parcel counts for nothing, nor does one that was given up for
another (its goods are sent again, or the money goes back).
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bazaar.rules.parcel_states import HERE, ParcelStatus


class ShippingState(enum.Enum):
    """Where the goods of an order are, taken together."""

    NONE = "none"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"
    RETURNED = "returned"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class InParcel:
    """What one parcel holds: pieces by line. `before` is where it stood before an exception."""

    status: ParcelStatus
    pieces: Mapping[int, int]
    before: ParcelStatus | None = None
    given_up: bool = False
    needs_review: bool = False

    @property
    def counts(self) -> bool:
        """Whether its pieces are assigned: not if it was cancelled or given up for another."""
        return self.status is not ParcelStatus.CANCELLED and not self.given_up


_TROUBLE: Final = frozenset({ParcelStatus.EXCEPTION, ParcelStatus.LOST, ParcelStatus.DESTROYED})


def shipping_state(ordered: Mapping[int, int], parcels: Iterable[InParcel]) -> ShippingState:
    """Return where the goods are. `ordered` is pieces by line; more than that never counts twice.

    A parcel that needs a person wins over everything else.
    """
    counted = [parcel for parcel in parcels if parcel.counts]
    if any(parcel.needs_review or parcel.status in _TROUBLE for parcel in counted):
        return ShippingState.ATTENTION
    total = sum(ordered.values())
    shipped = _pieces(ordered, (p for p in counted if p.status not in HERE))
    delivered = _pieces(ordered, (p for p in counted if p.status is ParcelStatus.DELIVERED))
    returned = _pieces(ordered, (p for p in counted if p.status is ParcelStatus.RETURNED))
    if total and returned == total:
        return ShippingState.RETURNED
    if total and delivered == total:
        return ShippingState.DELIVERED
    if delivered:
        return ShippingState.PARTIALLY_DELIVERED
    if total and shipped == total:
        return ShippingState.SHIPPED
    return ShippingState.PARTIALLY_SHIPPED if shipped else ShippingState.NONE


def unassigned(ordered: Mapping[int, int], parcels: Iterable[InParcel]) -> dict[int, int]:
    """Return the pieces of each line that are in no parcel that counts, without lines of none."""
    packed = _by_line(parcel for parcel in parcels if parcel.counts)
    left = {line: quantity - packed[line] for line, quantity in ordered.items()}
    return {line: quantity for line, quantity in left.items() if quantity > 0}


def all_delivered(ordered: Mapping[int, int], parcels: Iterable[InParcel]) -> bool:
    """Return whether every piece has arrived, whatever else somebody should look at."""
    there = (p for p in parcels if p.counts and p.status is ParcelStatus.DELIVERED)
    return bool(ordered) and _pieces(ordered, there) == sum(ordered.values())


def _pieces(ordered: Mapping[int, int], parcels: Iterable[InParcel]) -> int:
    packed = _by_line(parcels)
    return sum(min(quantity, packed[line]) for line, quantity in ordered.items())


def _by_line(parcels: Iterable[InParcel]) -> Counter[int]:
    packed: Counter[int] = Counter()
    for parcel in parcels:
        packed.update(parcel.pieces)
    return packed
