"""What a courier's news says about a parcel, in the house's words."""

import enum
from dataclasses import dataclass
from datetime import datetime

from bazaar.rules.parcel_states import ParcelStatus


class SignalKind(enum.Enum):
    """What sort of news it is."""

    STATE = "state"
    EXCEPTION = "exception"
    CLEAR = "clear"
    CLOSE = "close"
    ATTRIBUTES = "attributes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of news. What it does not say is None or empty.

    `state` belongs to STATE, `code` to EXCEPTION and CLOSE (why) and UNKNOWN (the word itself).
    Any kind may bring attributes: a waybill number, the price charged, the driver, a link.
    """

    kind: SignalKind
    state: ParcelStatus | None = None
    code: str = ""
    occurred_at: datetime | None = None
    resi: str = ""
    price_idr: int | None = None
    driver: str = ""
    link: str = ""
    sorting_code: str = ""
    note: str = ""
