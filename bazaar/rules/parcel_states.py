"""The states of a parcel and what people may do in each; what is not in the table is refused.

draft → packed → booked → handed_over → in_transit → out_for_delivery → delivered is the way of a
good parcel. Beside it: exception remembers where the parcel was; returning ends in returned; lost
and destroyed are what they say; only we cancel. What couriers tell is applied by
`rules.parcel_events`, never by this table.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bazaar.errors import N_, Conflict, Invalid


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
    """What people do with a parcel, or say that has become of it.

    UNBOOK takes back a pick-up ordered by telephone; REQUEST_CANCEL asks a courier that was booked
    to give the parcel back and waits for its answer; RESUME ends an exception; CORRECT says that a
    delivered parcel was not.
    """

    PACK = "pack"
    UNPACK = "unpack"
    BOOK = "book"
    UNBOOK = "unbook"
    HAND_OVER = "hand_over"
    REQUEST_CANCEL = "request_cancel"
    CANCEL = "cancel"
    MOVE = "move"
    BRING = "bring"
    DELIVER = "deliver"
    FAIL = "fail"
    RESUME = "resume"
    RETURN = "return"
    TAKE_BACK = "take_back"
    LOSE = "lose"
    DESTROY = "destroy"
    CORRECT = "correct"


_DRAFT, _PACKED, _BOOKED = ParcelStatus.DRAFT, ParcelStatus.PACKED, ParcelStatus.BOOKED
_GIVEN, _MOVING = ParcelStatus.HANDED_OVER, ParcelStatus.IN_TRANSIT
_BROUGHT, _STUCK = ParcelStatus.OUT_FOR_DELIVERY, ParcelStatus.EXCEPTION
_GOING_BACK, _LOST = ParcelStatus.RETURNING, ParcelStatus.LOST

RANKS: Final = {_DRAFT: 0, _PACKED: 10, _BOOKED: 20, _GIVEN: 30, _MOVING: 40, _BROUGHT: 50}
"""How far along the good way a state is; the others have no rank."""

HERE: Final = frozenset({_DRAFT, _PACKED, _BOOKED})
"""States in which the parcel is still with the seller."""

UNDER_WAY: Final = frozenset({_GIVEN, _MOVING, _BROUGHT})
"""States in which a courier has it and nothing is wrong."""

ENDED: Final = frozenset(
    {
        ParcelStatus.DELIVERED,
        ParcelStatus.RETURNED,
        ParcelStatus.LOST,
        ParcelStatus.DESTROYED,
        ParcelStatus.CANCELLED,
    }
)
"""States that no event leads out of, except that what was lost can turn up."""

_FATES: Final = {
    ParcelAct.DELIVER: ParcelStatus.DELIVERED,
    ParcelAct.RETURN: _GOING_BACK,
    ParcelAct.TAKE_BACK: ParcelStatus.RETURNED,
}

STEPS: Final[dict[tuple[ParcelStatus, ParcelAct], ParcelStatus | None]] = {
    (_DRAFT, ParcelAct.PACK): _PACKED,
    (_DRAFT, ParcelAct.CANCEL): ParcelStatus.CANCELLED,
    (_PACKED, ParcelAct.UNPACK): _DRAFT,
    (_PACKED, ParcelAct.BOOK): _BOOKED,
    (_PACKED, ParcelAct.HAND_OVER): _GIVEN,
    (_PACKED, ParcelAct.REQUEST_CANCEL): _PACKED,
    (_PACKED, ParcelAct.CANCEL): ParcelStatus.CANCELLED,
    (_BOOKED, ParcelAct.UNBOOK): _PACKED,
    (_BOOKED, ParcelAct.HAND_OVER): _GIVEN,
    (_BOOKED, ParcelAct.REQUEST_CANCEL): _BOOKED,
    (_BOOKED, ParcelAct.CANCEL): ParcelStatus.CANCELLED,
    (_GIVEN, ParcelAct.MOVE): _MOVING,
    (_BROUGHT, ParcelAct.MOVE): _MOVING,
    (_STUCK, ParcelAct.MOVE): _MOVING,
    (_GIVEN, ParcelAct.BRING): _BROUGHT,
    (_MOVING, ParcelAct.BRING): _BROUGHT,
    (_STUCK, ParcelAct.BRING): _BROUGHT,
    **{(status, ParcelAct.FAIL): _STUCK for status in (_BOOKED, *UNDER_WAY)},
    (_STUCK, ParcelAct.RESUME): None,  # where it was before
    **{
        (status, act): fate
        for status in (*UNDER_WAY, _STUCK, _LOST)
        for act, fate in _FATES.items()
    },
    (_GOING_BACK, ParcelAct.DELIVER): ParcelStatus.DELIVERED,
    (_GOING_BACK, ParcelAct.TAKE_BACK): ParcelStatus.RETURNED,
    **{(s, ParcelAct.LOSE): _LOST for s in (*UNDER_WAY, _STUCK, _GOING_BACK)},
    **{(s, ParcelAct.DESTROY): ParcelStatus.DESTROYED for s in (*UNDER_WAY, _STUCK, _GOING_BACK)},
    (ParcelStatus.DELIVERED, ParcelAct.CORRECT): _STUCK,
}
"""State and act give the next state. None: the state before the exception."""

NEED_REASON: Final = frozenset(
    {
        ParcelAct.CANCEL,
        ParcelAct.REQUEST_CANCEL,
        ParcelAct.UNBOOK,
        ParcelAct.MOVE,
        ParcelAct.BRING,
        ParcelAct.FAIL,
        ParcelAct.RESUME,
        ParcelAct.RETURN,
        ParcelAct.TAKE_BACK,
        ParcelAct.LOSE,
        ParcelAct.DESTROY,
        ParcelAct.CORRECT,
    }
)
"""Acts by which a person tells what nobody else can prove: they need a few words."""

LATE_AFTER: Final = timedelta(days=2)
"""So long after the payment a parcel should be with the courier."""

SILENT_AFTER: Final = timedelta(days=4)
"""So long without news a parcel that a courier has is looked after."""


@dataclass(eq=False)
class ParcelStepRefused(Conflict):
    """The parcel is in a state that does not allow the act."""

    status: ParcelStatus
    act: ParcelAct
    text = N_("Paket ini sudah berubah keadaan. Muat ulang halaman, lalu coba lagi.")


class ReasonMissing(Invalid):
    """Nothing was said about why."""

    text = N_("Tulis alasannya, paling banyak 120 huruf.")


def after(status: ParcelStatus, act: ParcelAct, resume: ParcelStatus | None = None) -> ParcelStatus:
    """Return the state after `act`; `resume` is where an exception came from, if known.

    Raises ParcelStepRefused when `STEPS` has no such row.
    """
    try:
        return STEPS[status, act] or resume or ParcelStatus.HANDED_OVER
    except KeyError:
        raise ParcelStepRefused(status, act) from None


def acts_in(status: ParcelStatus) -> frozenset[ParcelAct]:
    """Return what people may do with a parcel in this state."""
    return frozenset(act for known, act in STEPS if known is status)


def rank(status: ParcelStatus) -> int | None:
    """Return how far along the good way the state is, None beside it."""
    return RANKS.get(status)


def is_late(status: ParcelStatus, paid_at: datetime | None, now: datetime) -> bool:
    """Return whether the buyer paid more than `LATE_AFTER` ago and no courier has the parcel."""
    return status in HERE and paid_at is not None and now - paid_at > LATE_AFTER
