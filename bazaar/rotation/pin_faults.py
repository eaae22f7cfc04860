"""Pins that contradict each other, or what is known of their sellers: told before planning."""

from dataclasses import dataclass

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Edition, Seller
from bazaar.rules.rotation import Instance, Violation
from bazaar.rules.rotation.check import pin_faults


@dataclass(eq=False)
class PinFault(Conflict):
    """A pin that no plan can keep: whose, when (the edition's clock), and with whom it collides."""

    seller: str
    at: str
    other: str


class PinAway(PinFault):
    """H1: the seller is not available then."""

    text = N_("Sematan {seller} pada {at} tidak mungkin: ia tidak hadir pada jam itu.")


class PinTwice(PinFault):
    """H2, H3: the seller is pinned too near to another slot of its own."""

    text = N_("Sematan {seller} pada {at} bertabrakan dengan sematannya yang lain.")


class PinTooMany(PinFault):
    """H4, H7: more pins than the seller may have turns."""

    text = N_("Sematan {seller} pada {at} melebihi batas giliran yang boleh ia punya.")


class PinPair(PinFault):
    """H6: pinned beside somebody it must not meet."""

    text = N_("Sematan {seller} pada {at} bersebelahan dengan {other}; keduanya dipisahkan.")


class PinClosed(PinFault):
    """H8: nobody is on air then."""

    text = N_("Sematan {seller} pada {at} berada di waktu tutup.")


class PinFrozen(PinFault):
    """H9: the slot is published for somebody else, and stays."""

    text = N_("Sematan {seller} pada {at} sudah beku untuk {other}. Lepas sematannya.")


_KINDS: dict[str, type[PinFault]] = {
    "H1": PinAway,
    "H2": PinTwice,
    "H3": PinTwice,
    "H4": PinTooMany,
    "H6": PinPair,
    "H7": PinTooMany,
    "H8": PinClosed,
    "H9": PinFrozen,
}


def refuse(edition: Edition, instance: Instance) -> None:
    """Raise a PinFault for the first pin that no plan could keep; does nothing without one."""
    if not instance.pins:
        return
    faults = pin_faults(instance)
    if faults:
        raise _worded(edition, instance, min(faults, key=lambda fault: (fault.slot, fault.code)))


def _worded(edition: Edition, instance: Instance, fault: Violation) -> PinFault:
    start = next(slot.start for slot in instance.slots if slot.id == fault.slot)
    local = start.astimezone(edition.zone)
    codes = [fault.seller, fault.other_seller or ""]
    query = sa.select(Seller.code, Seller.name).where(Seller.code.in_(codes))
    names = {row.code: row.name for row in db.session.execute(query)}
    return _KINDS[fault.code](
        names.get(codes[0], codes[0]),
        f"{local.day}/{local.month} {local:%H.%M}",
        names.get(codes[1], codes[1]),
    )
