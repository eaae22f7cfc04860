"""Parcels: what a paid order becomes, until it is at the buyer's door."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar import audit, orders
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import Order, OrderStatus, Parcel, ParcelStatus, ParcelStep
from bazaar.rules import parcel_states
from bazaar.rules.parcel_states import ParcelAct

AT_ONCE = 200
RESI_LENGTHS = range(6, 31)


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


def open_parcels(now: datetime) -> int:
    """Give every paid order without a parcel one, at most `AT_ONCE` a run. Returns how many."""
    waiting = (
        sa.select(Order.id, Order.reference, Order.courier)
        .outerjoin(Parcel, Parcel.order_id == Order.id)
        .where(Order.status == OrderStatus.PAID, Parcel.id.is_(None))
        .order_by(Order.paid_at)
        .limit(AT_ONCE)
    )
    return sum(
        insert_once(
            Parcel,
            code=reference.replace("PV-", "PK-"),
            order_id=order_id,
            status=ParcelStatus.DRAFT,
            courier=courier,
            resi="",
            created_at=now,
        )
        for order_id, reference, courier in db.session.execute(waiting).all()
    )


def find_parcels(order_ids: Sequence[int]) -> dict[int, Parcel]:
    """Return the parcels of these orders by order id, with their steps loaded."""
    query = (
        sa.select(Parcel).where(Parcel.order_id.in_(order_ids)).options(selectinload(Parcel.steps))
    )
    return {parcel.order_id: parcel for parcel in db.session.scalars(query)}


def get_parcel(code: str) -> Parcel:
    """Return the parcel with its order, lines and destination loaded. Raises NoSuchParcel."""
    query = (
        sa.select(Parcel)
        .where(Parcel.code == code)
        .options(
            joinedload(Parcel.order).joinedload(Order.checkout),
            joinedload(Parcel.order).joinedload(Order.seller),
            joinedload(Parcel.order).selectinload(Order.lines),
            selectinload(Parcel.steps),
        )
    )
    parcel = db.session.scalars(query).one_or_none()
    if parcel is None:
        raise NoSuchParcel
    return parcel


def get_sellers_parcel(code: str, seller_id: int) -> Parcel:
    """Return a parcel of this seller. Another seller's is as unknown as none: NoSuchParcel."""
    parcel = get_parcel(code)
    if parcel.order.seller_id != seller_id:
        raise NoSuchParcel
    return parcel


def pack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """The goods are in the box and the label is on it. Raises ParcelStepRefused, ParcelMoved."""
    _step(parcel, ParcelAct.PACK, actor=actor, now=now)


def unpack(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """Take the packing back. Raises ParcelStepRefused, ParcelMoved."""
    _step(parcel, ParcelAct.UNPACK, actor=actor, now=now)


def hand_over(parcel: Parcel, courier: str, resi: str, *, actor: Actor, now: datetime) -> None:
    """The courier has taken it and given this waybill number.

    Raises WrongResi, ResiTaken, ParcelStepRefused, ParcelMoved.
    """
    number = read_resi(resi)
    holder = db.session.scalar(
        sa.select(Parcel.code).where(
            Parcel.courier == courier, Parcel.resi == number, Parcel.id != parcel.id
        )
    )
    if holder is not None:
        raise ResiTaken(number, holder)
    _step(parcel, ParcelAct.HAND_OVER, actor=actor, now=now, courier=courier, resi=number)


def deliver(parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    """The buyer has it; the order is done. Raises ParcelStepRefused, ParcelMoved."""
    _step(parcel, ParcelAct.DELIVER, actor=actor, now=now)
    orders.finish(parcel.order_id, now=now)


def read_resi(text: str) -> str:
    """Return a waybill number as it is stored: capitals and digits only. Raises WrongResi."""
    number = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())
    if len(number) not in RESI_LENGTHS:
        raise WrongResi
    return number


def _step(parcel: Parcel, act: ParcelAct, *, actor: Actor, now: datetime, **changes: str) -> None:
    status = parcel_states.after(parcel.status, act)
    moved = claim(
        sa.update(Parcel)
        .where(Parcel.id == parcel.id, Parcel.status == parcel.status)
        .values(status=status, **changes)
    )
    if not moved:
        raise ParcelMoved
    db.session.refresh(parcel)
    db.session.add(ParcelStep(parcel_id=parcel.id, status=status, at=now, by=actor.name))
    audit.note(actor, f"parcel.{act.value}", f"parcel:{parcel.code}", now=now, **changes)
    db.session.flush()
