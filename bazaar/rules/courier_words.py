"""The words of courier providers, translated into the house's (`parcel_signals`).

Sources: Biteship's list of order statuses (its tracking page writes the same words in camelCase),
KiriminAja's webhook methods and its status codes for tracking. A word that is in no table is news
of kind UNKNOWN: a person looks.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

from bazaar.rules.parcel_signals import SignalKind
from bazaar.rules.parcel_states import ParcelStatus

WIB: Final = timezone(timedelta(hours=7))
MAX_IDR: Final = 1_000_000_000_000
MAX_CODE: Final = 40

Meaning = tuple[SignalKind, ParcelStatus | None, str]

_STATE = {
    "confirmed": ParcelStatus.BOOKED,
    "scheduled": ParcelStatus.BOOKED,
    "allocated": ParcelStatus.BOOKED,
    "picking_up": ParcelStatus.BOOKED,
    "picked": ParcelStatus.HANDED_OVER,
    "in_transit": ParcelStatus.IN_TRANSIT,
    "dropping_off": ParcelStatus.OUT_FOR_DELIVERY,
    "delivered": ParcelStatus.DELIVERED,
    "return_in_transit": ParcelStatus.RETURNING,
    "returned": ParcelStatus.RETURNED,
    "disposed": ParcelStatus.DESTROYED,
}
BITESHIP: Final[dict[str, Meaning]] = {
    **{word: (SignalKind.STATE, state, "") for word, state in _STATE.items()},
    "on_hold": (SignalKind.EXCEPTION, None, "on_hold"),
    "cancelled": (SignalKind.CLOSE, None, "cancelled"),
    "courier_not_found": (SignalKind.CLOSE, None, "courier_not_found"),
    "rejected": (SignalKind.CLOSE, None, "rejected"),
}
"""Statuses of Biteship's orders."""

KIRIMINAJA_METHODS: Final[dict[str, Meaning]] = {
    "processed_packages": (SignalKind.STATE, ParcelStatus.BOOKED, ""),
    "shipped_packages": (SignalKind.STATE, ParcelStatus.HANDED_OVER, ""),
    "finished_packages": (SignalKind.STATE, ParcelStatus.DELIVERED, ""),
    "returned_packages": (SignalKind.STATE, ParcelStatus.RETURNING, ""),
    "return_finished_packages": (SignalKind.STATE, ParcelStatus.RETURNED, ""),
    "canceled_packages": (SignalKind.CLOSE, None, "cancelled"),
    "rejected_packages": (SignalKind.CLOSE, None, "rejected"),
    "validated_packages": (SignalKind.ATTRIBUTES, None, ""),
}
"""Methods of KiriminAja's webhooks; `returned_packages` with a time means returned."""


def _codes() -> dict[int, Meaning]:
    states = {
        ParcelStatus.BOOKED: (100, 101, 102, 105, 110),
        ParcelStatus.HANDED_OVER: (103,),
        ParcelStatus.IN_TRANSIT: (104, 106),
        ParcelStatus.DELIVERED: (200,),
        ParcelStatus.RETURNING: (401, 402, 403, 404),
        ParcelStatus.RETURNED: (400,),
        ParcelStatus.LOST: (303, 701, 703),
        ParcelStatus.DESTROYED: (333, 555, 704),
    }
    exceptions = {
        107: "driver_report",
        152: "delivery_failed",
        210: "over_sla",
        301: "refused",
        310: "refused",
        311: "refused",
        500: "problem",
        702: "damaged",
        901: "courier_problem",
        902: "courier_problem",
        903: "courier_problem",
        905: "data_incomplete",
    }
    found: dict[int, Meaning] = {
        code: (SignalKind.STATE, state, "") for state, codes in states.items() for code in codes
    }
    # Still on the way back, and something is wrong with that.
    found |= {
        code: (SignalKind.STATE, ParcelStatus.RETURNING, why)
        for code, why in {
            405: "return_refused",
            406: "return_problem",
            904: "return_problem",
        }.items()
    }
    found |= {code: (SignalKind.EXCEPTION, None, why) for code, why in exceptions.items()}
    found |= dict.fromkeys((300, 302), (SignalKind.CLOSE, None, "cancelled"))
    found[211] = (SignalKind.CLEAR, None, "")
    found[350] = (SignalKind.ATTRIBUTES, None, "cancel_requested")
    return found


KIRIMINAJA_CODES: Final[dict[int, Meaning]] = _codes()
"""Status codes of KiriminAja's tracking."""


def plain(word: object) -> str:
    """Return a status word in one spelling: `pickingUp`, `PICKING-UP` are both `picking_up`."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", clean(word, 200))
    text = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return re.sub(r"\bcanceled\b", "cancelled", text)


def biteship(word: object) -> Meaning:
    """Return what a status of Biteship's means."""
    status = plain(word)
    return BITESHIP.get(status, (SignalKind.UNKNOWN, None, status[:MAX_CODE]))


def kiriminaja_method(method: object, *, returned: bool) -> Meaning:
    """Return what a webhook of KiriminAja's means; `returned`: it says when the parcel was back."""
    word = plain(method).replace("cancelled_packages", "canceled_packages")
    if word == "returned_packages" and returned:
        return (SignalKind.STATE, ParcelStatus.RETURNED, "")
    return KIRIMINAJA_METHODS.get(word, (SignalKind.UNKNOWN, None, word[:MAX_CODE]))


def kiriminaja_code(code: object) -> Meaning:
    """Return what a status code of KiriminAja's tracking means."""
    number = whole(code)
    unknown = (SignalKind.UNKNOWN, None, clean(code, MAX_CODE))
    return unknown if number is None else KIRIMINAJA_CODES.get(number, unknown)


def whole(value: object) -> int | None:
    """Return a number that came as int, float or text, rounded to whole; None if it is none.

    Numbers below 0 and from `MAX_IDR` on are none.
    """
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip()[:30])
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number < MAX_IDR:
        return None
    return int(number.to_integral_value())


def clean(value: object, length: int) -> str:
    """Return text as one line that every database holds; anything but text and numbers is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = "".join(c if c.isprintable() else " " for c in str(value)[: length * 4])
    return " ".join(text.split())[:length]


def link(value: object) -> str:
    """Return an address that may be shown as a link: https only, else empty."""
    text = clean(value, 200)
    return text if text.startswith("https://") and " " not in text else ""


def instant(value: object, *, zone: timezone = WIB) -> datetime | None:
    """Return the instant written in ISO 8601 or as `2026-03-01 12:00:00`; None if it is none.

    Without a zone of its own it is read in `zone`.
    """
    try:
        read = datetime.fromisoformat(clean(value, 40))
    except ValueError:
        return None
    try:
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None
