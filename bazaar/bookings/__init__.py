"""Having couriers carry parcels: wishes, what providers made of them, asking how it goes.

A booking is written down before anybody is called (its key is the provider's reference), and the
clock does the calling, outside of every transaction. What couriers tell goes through one door,
`bazaar.courier_inbox`.
"""

from bazaar.bookings.asking import rates, rates_to, shipment_of
from bazaar.bookings.calling_off import (
    CancelTask,
    carry_cancel,
    close_cancel,
    pick_cancel,
)
from bazaar.bookings.listing import attempts, current, find_current, troubled, unmatched_count
from bazaar.bookings.ordering import BookTask, carry, close, pick
from bazaar.bookings.polling import PollTask, carry_poll, close_poll, pick_poll
from bazaar.bookings.wishes import (
    MANUAL,
    AlreadyBooked,
    HasNumber,
    NotAbroad,
    NothingBooked,
    NotPacked,
    TooLate,
    Wish,
    call_off,
    want,
)

__all__ = [
    "MANUAL",
    "AlreadyBooked",
    "BookTask",
    "CancelTask",
    "HasNumber",
    "NotAbroad",
    "NotPacked",
    "NothingBooked",
    "PollTask",
    "TooLate",
    "Wish",
    "attempts",
    "call_off",
    "carry",
    "carry_cancel",
    "carry_poll",
    "close",
    "close_cancel",
    "close_poll",
    "current",
    "find_current",
    "pick",
    "pick_cancel",
    "pick_poll",
    "rates",
    "rates_to",
    "shipment_of",
    "troubled",
    "unmatched_count",
    "want",
]
