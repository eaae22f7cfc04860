"""Parcels: what a paid order becomes, until it is at the buyer's door."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar import audit, orders
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import (
    Checkout,
    Order,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelLine,
    ParcelStatus,
    ParcelStep,
)
from bazaar.rules import couriers, parcel_states, references
from bazaar.rules.parcel_states import HERE, LATE_AFTER, ParcelAct, ParcelStepRefused

AT_ONCE: Final = 200
MAX_LABELS: Final = 200
RESI_LENGTHS: Final = range(6, 31)
PREFIX: Final = "PK-"


class NoSuchParcel(NotFound):
    """No parcel has this code, or it is not the caller's."""

    text = N_("Paket ini tidak ditemukan.")


class ParcelMoved(Conflict):
    """Somebody else moved the parcel at the same moment."""

    text = N_("Paket ini baru saja diubah orang lain. Muat ulang halaman.")


@dataclass(eq=False)
class ResiTaken(Conflict):
    """Another parcel of this courier has the same waybill number."""

    resi: str
    parcel: str
    text = N_("Nomor resi {resi} sudah dipakai paket {parcel}.")


class WrongResi(Invalid):
    """The text is no waybill number."""

    text = N_("Nomor resi berisi 6 sampai 30 huruf atau angka.")


class WrongCourier(Invalid):
    """The parcel was to be given to nobody, or to a name that does not fit on a label."""

    text = N_("Isi nama kurir, paling banyak 40 huruf.")


def open_parcels(now: datetime) -> int:
    """Give every paid order without a parcel one, at most `AT_ONCE` a run. Returns how many.

    The parcel of the order PV-7XK2Q is PK-7XK2Q.
    """
    waiting = (
        sa.select(Order.id, Order.reference, Order.courier)
        .outerjoin(Parcel, Parcel.order_id == Order.id)
        .where(Order.status == OrderStatus.PAID, Parcel.id.is_(None))
        .order_by(Order.paid_at, Order.id)
        .limit(AT_ONCE)
    )
    opened = 0
    for order_id, reference, courier in db.session.execute(waiting).all():
        code = reference.replace(f"{references.PREFIX}-", PREFIX)
        if insert_once(Parcel, code=code, order_id=order_id, courier=courier, created_at=now):
            _put_in_all(code, order_id)
            opened += 1
    return opened


def _put_in_all(code: str, order_id: int) -> None:
    """Put every line of the order into its first parcel."""
    parcel_id = sa.select(Parcel.id).where(Parcel.code == code).scalar_subquery()
    lines = sa.select(parcel_id, OrderLine.id, OrderLine.quantity).where(
        OrderLine.order_id == order_id
    )
    db.session.execute(
        sa.insert(ParcelLine).from_select(["parcel_id", "order_line_id", "quantity"], lines)
    )


def find_parcel(order_id: int) -> Parcel | None:
    """Return the parcel of this order with its steps loaded, or None."""
    return find_parcels([order_id]).get(order_id)


def find_parcels(order_ids: Sequence[int]) -> dict[int, Parcel]:
    """Return the parcels of these orders by order id, with their steps loaded."""
    query = (
        sa.select(Parcel).where(Parcel.order_id.in_(order_ids)).options(selectinload(Parcel.steps))
    )
    return {parcel.order_id: parcel for parcel in db.session.scalars(query)}


def get_parcel_of(order_id: int) -> Parcel:
    """Return the parcel of this order with its steps loaded. Raises NoSuchParcel."""
    parcel = find_parcel(order_id)
    if parcel is None:
        raise NoSuchParcel
    return parcel


def get_parcel(code: str) -> Parcel:
    """Return the parcel with its order, lines and destination loaded. Raises NoSuchParcel."""
    parcel = db.session.scalars(_with_all().where(Parcel.code == code)).one_or_none()
    if parcel is None:
        raise NoSuchParcel
    return parcel


def get_sellers_parcel(code: str, seller_id: int) -> Parcel:
    """Return a parcel of this seller. Another seller's is as unknown as none: NoSuchParcel."""
    parcel = get_parcel(code)
    if parcel.order.seller_id != seller_id:
        raise NoSuchParcel
    return parcel


def to_label(codes: Sequence[str], status: ParcelStatus | None) -> list[Parcel]:
    """Return the parcels named, or all in a state if none is, at most `MAX_LABELS`; by code."""
    which = Parcel.code.in_(codes) if codes or status is None else Parcel.status == status
    return list(
        db.session.scalars(_with_all().where(which).order_by(Parcel.code).limit(MAX_LABELS))
    )


def sellers_waiting(seller_id: int) -> list[Parcel]:
    """Return what the seller still has: to be packed and packed, by code, with all to show it."""
    query = _with_all().where(Order.seller_id == seller_id, Parcel.status.in_(HERE))
    return list(db.session.scalars(query.order_by(Parcel.code)))


def sellers_gone(seller_id: int) -> sa.Select[Parcel]:
    """Return the question for the seller's other parcels, the newest first."""
    return (
        _with_all()
        .where(Order.seller_id == seller_id, Parcel.status.not_in(HERE))
        .order_by(Parcel.id.desc())
    )


def listed(status: ParcelStatus | None) -> sa.Select[Parcel]:
    """Return the question for parcels in a state (None: all), for the committee.

    What is still with sellers begins with what was paid first, so that late ones lead; else the
    newest lead.
    """
    query = _with_all()
    if status is not None:
        query = query.where(Parcel.status == status)
    if status in HERE:
        return query.order_by(Order.paid_at, Parcel.id)
    return query.order_by(Parcel.id.desc())


def late(now: datetime) -> sa.Select[Parcel]:
    """Return the question for parcels that should be with a courier by now, the latest first."""
    return _with_all().where(*_late(now)).order_by(Order.paid_at, Parcel.id)


def found(text: str) -> sa.Select[Parcel]:
    """Return the question for parcels whose code, order or waybill number `text` means.

    Of a waybill number the beginning is enough. A buyer's name is found by any part of it.
    """
    plain = _compact(text)
    named = [Parcel.resi.startswith(plain)] if len(plain) >= RESI_LENGTHS.start else []
    reference = references.normalise(plain.removeprefix("PK"))
    if reference is not None:
        named.append(Order.reference == reference)
    if len(text.strip()) >= 3:
        named.append(Checkout.buyer_name.icontains(text.strip(), autoescape=True))
    return _with_all().where(sa.or_(sa.false(), *named)).order_by(Parcel.id.desc())


def counts() -> dict[ParcelStatus, int]:
    """Return how many parcels are in each state that any is in."""
    query = sa.select(Parcel.status, sa.func.count()).group_by(Parcel.status)
    return dict(db.session.execute(query).all())


def count_late(now: datetime) -> int:
    """Return how many parcels should be with a courier by now."""
    query = sa.select(sa.func.count(Parcel.id)).join(Parcel.order).where(*_late(now))
    return db.session.scalar(query) or 0


def pack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """The goods are in the box and the label is on it. Raises ParcelStepRefused, ParcelMoved."""
    _step(parcel, ParcelAct.PACK, actor=actor, now=now)


def unpack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """Take the packing back. Raises ParcelStepRefused, ParcelMoved."""
    _step(parcel, ParcelAct.UNPACK, actor=actor, now=now)


def hand_over(parcel: Parcel, courier: str, resi: str, *, actor: Actor, now: datetime) -> None:
    """The courier has taken it and given this waybill number.

    A way without a courier (`couriers.gives_number`) has none. The same said again by the same
    person changes nothing. Raises WrongCourier, WrongResi, ResiTaken, ParcelStepRefused,
    ParcelMoved.
    """
    given = {"courier": read_courier(courier), "resi": _number(courier, resi)}
    with _number_taken_once(parcel, **given):
        _step(parcel, ParcelAct.HAND_OVER, actor=actor, now=now, **given)


def change_resi(
    parcel: Parcel, courier: str, resi: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Correct the courier or number of a parcel that is under way; the trail keeps the old ones.

    Raises WrongCourier, WrongResi, ResiTaken, ParcelStepRefused, ParcelMoved.
    """
    changed = {"courier": read_courier(courier), "resi": _number(courier, resi)}
    before = {"courier": parcel.courier, "resi": parcel.resi}
    if changed == before:
        return
    if parcel.status is not ParcelStatus.HANDED_OVER:
        raise ParcelStepRefused(parcel.status, ParcelAct.HAND_OVER)
    unmoved = sa.update(Parcel).where(Parcel.id == parcel.id, Parcel.status == parcel.status)
    with _number_taken_once(parcel, **changed):
        moved = claim(unmoved.where(Parcel.resi == before["resi"]).values(**changed))
    if not moved:
        raise ParcelMoved
    db.session.refresh(parcel)
    facts = changed | {"before": before, "reason": reason}
    audit.note(actor, "parcel.change_resi", f"parcel:{parcel.code}", now=now, **facts)


def deliver(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """The buyer has it; the order is done. Whoever says so again changes nothing.

    Raises ParcelStepRefused, ParcelMoved.
    """
    if _step(parcel, ParcelAct.DELIVER, actor=actor, now=now):
        orders.finish(parcel.order_id, now=now)


def read_resi(text: str) -> str:
    """Return a waybill number as it is stored: capitals and digits only. Raises WrongResi."""
    number = _compact(text)
    if len(number) not in RESI_LENGTHS:
        raise WrongResi
    return number


def read_courier(text: str) -> str:
    """Return a courier's name as it is stored: without blanks to spare. Raises WrongCourier."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise WrongCourier
    return name


def _compact(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def _with_all() -> sa.Select[Parcel]:
    """Return the question for parcels with everything that lists and labels show."""
    return (
        sa.select(Parcel)
        .join(Parcel.order)
        .join(Order.checkout)
        .options(
            contains_eager(Parcel.order).options(
                contains_eager(Order.checkout), joinedload(Order.seller), selectinload(Order.lines)
            ),
            selectinload(Parcel.steps),
        )
    )


def _late(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Parcel.status.in_(HERE), Order.paid_at < now - LATE_AFTER


def _number(courier: str, resi: str) -> str:
    """Return the number as it is stored; empty only where the courier gives none."""
    return read_resi(resi) if resi.strip() or couriers.gives_number(courier) else ""


@contextmanager
def _number_taken_once(parcel: Parcel, courier: str, resi: str) -> Iterator[None]:
    """Refuse a number that is another parcel's, also one given at the same moment."""
    if resi:
        _require_free(parcel, courier, resi)
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError:
        if resi:
            _require_free(parcel, courier, resi)
        raise


def _require_free(parcel: Parcel, courier: str, number: str) -> None:
    """Refuse a number that another parcel of the same company has. Raises ResiTaken."""
    holders = sa.select(Parcel.code, Parcel.courier).where(
        Parcel.resi == number, Parcel.id != parcel.id
    )
    for code, other in db.session.execute(holders):
        if couriers.company(other) == couriers.company(courier):
            raise ResiTaken(number, code)


def _step(parcel: Parcel, act: ParcelAct, *, actor: Actor, now: datetime, **changes: str) -> bool:
    """Take the step and write it down; False if it had been taken so already."""
    if _is_repeated(parcel, act, actor, changes):
        return False
    status = parcel_states.after(parcel.status, act)
    moved = claim(
        sa.update(Parcel)
        .where(Parcel.id == parcel.id, Parcel.status == parcel.status)
        .values(status=status, **changes)
    )
    db.session.refresh(parcel)
    if not moved:
        if _is_repeated(parcel, act, actor, changes):
            return False
        raise ParcelMoved
    parcel.steps.append(ParcelStep(parcel_id=parcel.id, status=status, at=now, by=actor.name))
    audit.note(actor, f"parcel.{act.value}", f"parcel:{parcel.code}", now=now, **changes)
    db.session.flush()
    return True


def _is_repeated(parcel: Parcel, act: ParcelAct, actor: Actor, changes: dict[str, Any]) -> bool:
    """Whether this step was the parcel's last and the same person (of a delivery: anybody) took it.

    A button pressed twice then does what it said once, without a page of refusal.
    """
    target = next(after for (_, known), after in parcel_states.STEPS.items() if known is act)
    if parcel.status is not target or not parcel.steps:
        return False
    same_person = act is ParcelAct.DELIVER or parcel.steps[-1].by == actor.name
    return same_person and all(getattr(parcel, name) == value for name, value in changes.items())
