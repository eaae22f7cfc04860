"""What people do with parcels, one function an act (`rules.parcel_states` says when).

Of two people at once one wins, the other reads that the parcel has moved (ParcelMoved); what the
state does not allow is ParcelStepRefused; acts that tell what nobody can prove need a reason
(ReasonMissing).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit, catalog, orders
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.models import Order, OrderStatus, Parcel, ParcelStatus
from bazaar.rules import couriers
from bazaar.rules.order_states import Step, StepRefused
from bazaar.rules.parcel_states import (
    HERE,
    UNDER_WAY,
    ParcelAct,
    ParcelStepRefused,
    after,
)
from bazaar.shipments import customs
from bazaar.shipments import resi as numbers_given
from bazaar.shipments.finding import current_booking, find_parcels, lock, lock_order
from bazaar.shipments.numbers import number_for, read_courier, taken_once
from bazaar.shipments.refusals import AtCourier, OnItsWay, ParcelMoved, WrongWeight
from bazaar.shipments.steps import CORRECTED, read_reason, take

MAX_WEIGHT_G = 50_000
MAX_SIDE_CM = 200
MANUAL = "manual"
"""Name of the provider that is people with telephones."""


def pack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """The goods are in the box and the label is on it."""
    take(parcel, ParcelAct.PACK, actor=actor, now=now)


def unpack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """Take the packing back; a label that was printed is void. Raises AtCourier too."""
    if current_booking(parcel):
        raise AtCourier(parcel.code)
    take(parcel, ParcelAct.UNPACK, actor=actor, now=now, label_hash="")


def measure(
    parcel: Parcel,
    weight_g: int | None,
    sides_cm: tuple[int, int, int] | None,
    *,
    fragile: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what the box weighs and measures, while it is still here; None: not known.

    A changed weight voids the label. Raises WrongWeight, ParcelStepRefused.
    """
    if weight_g is not None and not 0 < weight_g <= MAX_WEIGHT_G:
        raise WrongWeight
    if sides_cm is not None and not all(0 < side <= MAX_SIDE_CM for side in sides_cm):
        raise WrongWeight
    length, width, height = sides_cm or (None, None, None)
    measured = {
        "weight_g": weight_g,
        "length_cm": length,
        "width_cm": width,
        "height_cm": height,
        "fragile": fragile,
    }
    if all(getattr(parcel, name) == value for name, value in measured.items()):
        return
    here = sa.update(Parcel).where(Parcel.id == parcel.id, Parcel.status.in_(HERE))
    if not claim(here.values(**measured)):
        db.session.refresh(parcel)
        raise ParcelStepRefused(parcel.status, ParcelAct.PACK)
    db.session.refresh(parcel)
    audit.note(actor, "parcel.measure", f"parcel:{parcel.code}", now=now, **measured)


def book(parcel: Parcel, *, actor: Actor, now: datetime, note: str = "") -> None:
    """A pick-up was ordered by telephone; what providers do is not written down here."""
    take(parcel, ParcelAct.BOOK, actor=actor, now=now, why=note)


def unbook(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """A pick-up ordered by telephone does not come. Raises AtCourier if a provider was booked."""
    if current_booking(parcel):
        raise AtCourier(parcel.code)
    take(parcel, ParcelAct.UNBOOK, actor=actor, now=now, why=why)


def hand_over(
    parcel: Parcel, courier: str, resi: str, *, actor: Actor, now: datetime, why: str = ""
) -> None:
    """The courier has taken it and given this waybill number.

    A way without a courier (`couriers.gives_number`) has none. The same said again by the same
    person changes nothing. A number that replaces one that a provider gave needs `why`. Raises
    WrongCourier, WrongResi, ResiTaken too, and CustomsMissing.
    """
    given = {"courier": read_courier(courier), "resi": number_for(courier, resi)}
    old = parcel.resi
    replaces = bool(old) and old != given["resi"] and parcel.status in HERE
    why = read_reason(why, needed=replaces and current_booking(parcel) is not None)
    if parcel.status in HERE:
        customs.require([parcel])
    with taken_once(parcel, **given):
        taken = take(parcel, ParcelAct.HAND_OVER, actor=actor, now=now, why=why, **given)
    if taken:
        numbers_given.remember(parcel, old, why=why, by=actor.name, now=now)


def hand_over_all(
    parcels: Sequence[Parcel], *, courier: str, actor: Actor, now: datetime, note: str = ""
) -> int:
    """The courier signed for all of these; return how many that moved. All or none.

    Those that the courier has scanned already stay as they are. Numbers may come later. Raises
    ParcelStepRefused when one is not packed or was cancelled, CustomsMissing; then nothing may be
    kept.
    """
    moved = 0
    named = read_courier(courier)
    customs.require(parcels)
    for parcel in sorted(parcels, key=lambda one: one.id):
        lock(parcel)
        if parcel.status in UNDER_WAY:
            continue
        same = couriers.company(parcel.courier) == couriers.company(named)
        changes: dict[str, Any] = {} if same else {"courier": named}
        moved += take(parcel, ParcelAct.HAND_OVER, actor=actor, now=now, why=note, **changes)
    return moved


def move(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The courier says that it is on its way, also again after an attempt at the door."""
    take(parcel, ParcelAct.MOVE, actor=actor, now=now, why=why)


def bring(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The courier is on its way to the door."""
    take(parcel, ParcelAct.BRING, actor=actor, now=now, why=why)


def deliver(parcel: Parcel, *, actor: Actor, now: datetime, why: str = "") -> None:
    """The buyer has it; once all parcels have arrived, the order is done.

    Whoever says so again changes nothing.
    """
    take(parcel, ParcelAct.DELIVER, actor=actor, now=now, why=why)


def fail(parcel: Parcel, why: str, *, actor: Actor, now: datetime, code: str = "failed") -> None:
    """Something keeps it from arriving; `code` is what, in one word."""
    take(parcel, ParcelAct.FAIL, actor=actor, now=now, why=why, code=code)


def resume(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The trouble is over; it is where it was before."""
    take(parcel, ParcelAct.RESUME, actor=actor, now=now, why=why)


def send_back(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The courier brings it back to the seller; what was lost has turned up."""
    take(parcel, ParcelAct.RETURN, actor=actor, now=now, why=why)


def take_back(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The seller has it again; what becomes of the goods is to be decided (`returns`)."""
    take(parcel, ParcelAct.TAKE_BACK, actor=actor, now=now, why=why)


def lose(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """Nobody can find it."""
    take(parcel, ParcelAct.LOSE, actor=actor, now=now, why=why)


def destroy(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """It is damaged beyond use, or customs kept it."""
    take(parcel, ParcelAct.DESTROY, actor=actor, now=now, why=why)


def correct(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """It was said to be delivered and was not: it becomes an exception, its order is open again."""
    if take(parcel, ParcelAct.CORRECT, actor=actor, now=now, why=why, code=CORRECTED):
        lock_order(parcel.order_id)
        orders.reopen(parcel.order_id)


def request_cancel(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> bool:
    """The parcel is not to go. Returns whether it is cancelled now.

    Where a provider was booked, it is asked to give the parcel back (`cancel_requested_at`) and
    only its answer cancels; asking again changes nothing.
    """
    lock(parcel)
    booking = current_booking(parcel)
    if booking is None or booking.provider == MANUAL:
        cancel(parcel, why, actor=actor, now=now)
        return True
    after(parcel.status, ParcelAct.REQUEST_CANCEL)
    why = read_reason(why)
    if parcel.cancel_requested_at is None:
        parcel.cancel_requested_at = now
        db.session.flush()
        subject = f"parcel:{parcel.code}"
        audit.note(actor, "parcel.request_cancel", subject, now=now, why=why)
    return False


def cancel(parcel: Parcel, why: str, *, actor: Actor, now: datetime) -> None:
    """The parcel does not go; its pieces are free for another. Its number is given up.

    Raises AtCourier when a provider was booked.
    """
    booking = current_booking(parcel)
    if booking is not None and booking.provider != MANUAL:
        raise AtCourier(parcel.code)
    old = parcel.resi
    if take(parcel, ParcelAct.CANCEL, actor=actor, now=now, why=why, resi="", label_hash=""):
        numbers_given.remember(parcel, old, why=why, by=actor.name, now=now)
        if booking is not None:
            numbers_given.close_booking(booking, "cancelled", now=now)


def cancel_order(order: Order, why: str, *, actor: Actor, now: datetime) -> None:
    """Cancel a paid order with all its parcels; its goods are for sale again.

    The money that came stays to be given back: it shows among the payments that need a person.
    Raises OnItsWay once a courier has a parcel, AtCourier while one is booked, StepRefused, and
    ParcelMoved if a parcel was made at the same moment.
    """
    why = read_reason(why)
    parcels = find_parcels([order.id]).get(order.id, [])
    for parcel in sorted(parcels, key=lambda one: one.id):
        lock(parcel)
        if parcel.status is ParcelStatus.CANCELLED:
            continue
        if parcel.status not in HERE:
            raise OnItsWay(parcel.code)
        cancel(parcel, why, actor=actor, now=now)
    lock_order(order.id)
    db.session.refresh(order)
    living = sa.exists().where(Parcel.order_id == order.id, Parcel.status != ParcelStatus.CANCELLED)
    if db.session.scalar(sa.select(living)):  # opened or split off at this moment
        raise ParcelMoved
    if order.status is not OrderStatus.PAID or not orders.call_off(order.id, now=now):
        raise StepRefused(order.status, Step.CALL_OFF)
    catalog.give_back([order.id], now=now)
    db.session.refresh(order)
    audit.note(actor, "order.cancel", f"order:{order.reference}", now=now, why=why)
