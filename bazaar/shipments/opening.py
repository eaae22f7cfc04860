"""What becomes a parcel: paid orders, what is left of them, and parts of a parcel.

The pieces of an order's line in all parcels that count are never more than were ordered. Whoever
changes how they lie locks the parcel, then the order, and works it out again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.models import Order, OrderLine, OrderStatus, Parcel, ParcelLine, ParcelStatus
from bazaar.rules import references
from bazaar.rules.parcel_states import ParcelAct, ParcelStepRefused
from bazaar.shipments import situations
from bazaar.shipments.finding import PREFIX, get_parcel, lock, lock_order
from bazaar.shipments.refusals import NothingLeft, TooManyPieces

AT_ONCE: Final = 200


def open_parcels(now: datetime) -> int:
    """Give every paid order without a parcel one, at most `AT_ONCE` a run. Returns how many.

    The parcel of the order PV-7XK2Q is PK-7XK2Q; further ones are PK-7XK2Q-2 and so on.
    """
    waiting = (
        sa.select(Order.id, Order.reference, Order.courier)
        .outerjoin(Parcel, Parcel.order_id == Order.id)
        .where(Order.status == OrderStatus.PAID, Parcel.id.is_(None))
        .order_by(Order.paid_at, Order.id)
        .limit(AT_ONCE)
        .with_for_update(of=Order, skip_locked=True)  # who is calling one off goes first
    )
    opened = 0
    for order_id, reference, courier in db.session.execute(waiting).all():
        code = code_of(reference, 1)
        if insert_once(Parcel, code=code, order_id=order_id, courier=courier, created_at=now):
            _put_in_all(code, order_id)
            opened += 1
    return opened


def code_of(reference: str, number: int) -> str:
    """Return the code of an order's parcel number so and so."""
    code = reference.replace(f"{references.PREFIX}-", PREFIX)
    return code if number == 1 else f"{code}-{number}"


def split(parcel: Parcel, pieces: Mapping[int, int], *, actor: Actor, now: datetime) -> Parcel:
    """Move so many pieces of order lines out of a parcel that is to be packed into a new one.

    Both must keep something. Raises ParcelStepRefused, TooManyPieces.
    """
    lock(parcel)
    if parcel.status is not ParcelStatus.DRAFT:
        raise ParcelStepRefused(parcel.status, ParcelAct.PACK)
    lock_order(parcel.order_id)
    held = _pieces_of(parcel)
    moved = {line: quantity for line, quantity in pieces.items() if quantity}
    sensible = all(0 < quantity <= held.get(line, 0) for line, quantity in moved.items())
    if not moved or not sensible or sum(moved.values()) >= sum(held.values()):
        raise TooManyPieces
    for line, quantity in sorted(moved.items()):
        _take_out(parcel, line, quantity, whole=quantity == held[line])
    db.session.expire(parcel, ["lines"])
    made = add_parcel(parcel.order, moved, courier=parcel.courier, now=now)
    facts = {"into": made.code, "pieces": sum(moved.values())}
    audit.note(actor, "parcel.split", f"parcel:{parcel.code}", now=now, **facts)
    return get_parcel(made.code)


def open_rest(order: Order, *, actor: Actor, now: datetime) -> Parcel:
    """Put the pieces of a paid order that are in no parcel into a new one. Raises NothingLeft."""
    lock_order(order.id)
    db.session.refresh(order)
    left = situations.of([order.id])[order.id].unassigned
    if order.status is not OrderStatus.PAID or not left:
        raise NothingLeft
    made = add_parcel(order, left, courier=order.courier, now=now)
    audit.note(actor, "parcel.open", f"parcel:{made.code}", now=now, pieces=sum(left.values()))
    return get_parcel(made.code)


def add_parcel(order: Order, pieces: Mapping[int, int], *, courier: str, now: datetime) -> Parcel:
    """Make another parcel of an order that the caller has locked. Raises NothingLeft.

    `pieces` must be unassigned.
    """
    db.session.flush()
    left = situations.of([order.id])[order.id].unassigned
    if any(left.get(line, 0) < quantity for line, quantity in pieces.items()):
        raise NothingLeft
    numbers = sa.select(sa.func.max(Parcel.number)).where(Parcel.order_id == order.id)
    number = (db.session.scalar(numbers) or 0) + 1
    made = Parcel(
        code=code_of(order.reference, number),
        order_id=order.id,
        number=number,
        courier=courier,
        created_at=now,
        lines=[ParcelLine(order_line_id=line, quantity=n) for line, n in sorted(pieces.items())],
    )
    db.session.add(made)
    db.session.flush()
    return made


def _pieces_of(parcel: Parcel) -> dict[int, int]:
    query = sa.select(ParcelLine.order_line_id, ParcelLine.quantity).where(
        ParcelLine.parcel_id == parcel.id
    )
    return dict(db.session.execute(query).all())


def _take_out(parcel: Parcel, line: int, quantity: int, *, whole: bool) -> None:
    row = (ParcelLine.parcel_id == parcel.id, ParcelLine.order_line_id == line)
    if whole:
        db.session.execute(sa.delete(ParcelLine).where(*row))
    else:
        fewer = ParcelLine.quantity - quantity
        claim(sa.update(ParcelLine).where(*row).values(quantity=fewer, ticked_at=None))


def _put_in_all(code: str, order_id: int) -> None:
    """Put every line of the order into its first parcel."""
    parcel_id = sa.select(Parcel.id).where(Parcel.code == code).scalar_subquery()
    lines = sa.select(parcel_id, OrderLine.id, OrderLine.quantity).where(
        OrderLine.order_id == order_id
    )
    db.session.execute(
        sa.insert(ParcelLine).from_select(["parcel_id", "order_line_id", "quantity"], lines)
    )
