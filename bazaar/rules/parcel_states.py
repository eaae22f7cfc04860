"""The steps a parcel takes by hand. What is not in the table is refused."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from bazaar.errors import N_, Conflict


class ParcelStatus(enum.Enum):
    """Where a parcel stands; the words are those of every courier's, made one."""

    DRAFT = "draft"
    PACKED = "packed"
    BOOKED = "booked"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    DESTROYED = "destroyed"
    CANCELLED = "cancelled"


class ParcelAct(enum.Enum):
    """What people do with a parcel."""

    PACK = "pack"
    UNPACK = "unpack"
    HAND_OVER = "hand_over"
    DELIVER = "deliver"
    CANCEL = "cancel"


STEPS: dict[tuple[ParcelStatus, ParcelAct], ParcelStatus] = {
    (ParcelStatus.DRAFT, ParcelAct.PACK): ParcelStatus.PACKED,
    (ParcelStatus.DRAFT, ParcelAct.CANCEL): ParcelStatus.CANCELLED,
    (ParcelStatus.PACKED, ParcelAct.UNPACK): ParcelStatus.DRAFT,
    (ParcelStatus.PACKED, ParcelAct.CANCEL): ParcelStatus.CANCELLED,
    (ParcelStatus.PACKED, ParcelAct.HAND_OVER): ParcelStatus.HANDED_OVER,
    (ParcelStatus.HANDED_OVER, ParcelAct.DELIVER): ParcelStatus.DELIVERED,
}


HERE = frozenset({ParcelStatus.DRAFT, ParcelStatus.PACKED})
"""States in which the parcel is still with the seller."""

LATE_AFTER = timedelta(days=2)
"""So long after the payment a parcel should be with the courier."""


@dataclass(eq=False)
class ParcelStepRefused(Conflict):
    """The parcel is in a state that does not allow the act."""

    status: ParcelStatus
    act: ParcelAct
    text = N_("Paket ini sudah berubah keadaan. Muat ulang halaman, lalu coba lagi.")


def after(status: ParcelStatus, act: ParcelAct) -> ParcelStatus:
    """Return the state after `act`. Raises ParcelStepRefused when `STEPS` has no such row."""
    try:
        return STEPS[status, act]
    except KeyError:
        raise ParcelStepRefused(status, act) from None


def is_late(status: ParcelStatus, paid_at: datetime | None, now: datetime) -> bool:
    """Return whether the buyer paid more than `LATE_AFTER` ago and no courier has the parcel."""
    return status in HERE and paid_at is not None and now - paid_at > LATE_AFTER
