"""How often a courier is asked how a parcel goes, because its messages may never come."""

from datetime import timedelta
from typing import Final

from bazaar.rules.parcel_states import ParcelStatus

POLL_EVERY: Final = {
    ParcelStatus.PACKED: timedelta(hours=3),
    ParcelStatus.BOOKED: timedelta(hours=3),
    ParcelStatus.HANDED_OVER: timedelta(hours=1),
    ParcelStatus.IN_TRANSIT: timedelta(hours=1),
    ParcelStatus.OUT_FOR_DELIVERY: timedelta(minutes=30),
    ParcelStatus.EXCEPTION: timedelta(hours=1),
    ParcelStatus.RETURNING: timedelta(hours=3),
}


def poll_wait(status: ParcelStatus) -> timedelta | None:
    """Return after how long a parcel in this state is asked about again, or None: never."""
    return POLL_EVERY.get(status)
