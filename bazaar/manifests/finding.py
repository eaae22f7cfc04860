"""Manifests found, what may come onto one, and what waits for one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bazaar import shipments, tokens
from bazaar.db import db
from bazaar.manifests.refusals import LinkEnded, NoSuchManifest
from bazaar.models import (
    Manifest,
    ManifestLine,
    ManifestStatus,
    Order,
    OrderStatus,
    Parcel,
    ParcelLine,
    ParcelStatus,
)
from bazaar.rules import couriers, parcel_codes
from bazaar.rules.parcel_states import UNDER_WAY

LINK_LASTS: Final = timedelta(days=30)
"""So long after the signature the courier's link shows the proof."""

READY: Final = (ParcelStatus.PACKED, ParcelStatus.BOOKED)
MOST: Final = 300
"""So many parcels are offered to tick at once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Packed parcels of a company that are on no list yet."""

    courier: str
    parcels: int


def get(number: str) -> Manifest:
    """Return the manifest with its lines, parcels and destinations loaded. Raises NoSuchManifest."""
    return _one(Manifest.number == number)


def get_by_link(token: str, *, now: datetime) -> Manifest:
    """Return the manifest that the courier's link opens. Raises NoSuchManifest, LinkEnded."""
    manifest = _one(Manifest.link_hash == tokens.fingerprint(token))
    signed_at = manifest.signed_at
    if manifest.status is ManifestStatus.VOID or (signed_at and now >= signed_at + LINK_LASTS):
        raise LinkEnded
    return manifest


def listed(
    between: tuple[datetime, datetime] | None = None, status: ManifestStatus | None = None
) -> sa.Select[Manifest]:
    """Return the question for manifests with their lines, the newest first; `between` is half-open."""
    query = sa.select(Manifest).options(selectinload(Manifest.lines))
    if between:
        query = query.where(Manifest.made_at >= between[0], Manifest.made_at < between[1])
    if status:
        query = query.where(Manifest.status == status)
    return query.order_by(Manifest.made_at.desc(), Manifest.id.desc())


def waiting() -> list[Waiting]:
    """Return for each company how many packed parcels are on no live list, most first."""
    query = (
        sa.select(Parcel.courier, sa.func.count())
        .where(Parcel.status.in_(READY), ~on_a_list())
        .group_by(Parcel.courier)
    )
    parcels: Counter[str] = Counter()
    for courier, count in db.session.execute(query):
        parcels[name_of(courier)] += count
    return [Waiting(*row) for row in sorted(parcels.items(), key=lambda row: (-row[1], row[0]))]


def candidates(manifest: Manifest) -> list[Parcel]:
    """Return packed parcels of the manifest's company that are on no live list, by code."""
    same = [name for name in _names() if company_fits(name, manifest.courier)]
    query = shipments.with_all().where(
        Parcel.status.in_(READY), Parcel.courier.in_(same), ~on_a_list()
    )
    return list(db.session.scalars(query.order_by(Parcel.code).limit(MOST)))


def faults(manifest: Manifest) -> list[str]:
    """Return the codes of parcels on the list that must not go; lines must be loaded."""
    return [line.parcel.code for line in manifest.lines if not line.void and stopped(line.parcel)]


def parcels_of(manifest: Manifest) -> list[Parcel]:
    """Return the parcels whose lines count."""
    return [line.parcel for line in manifest.lines if not line.void]


def of_parcels(parcel_ids: Sequence[int]) -> dict[int, str]:
    """Return the number of the live manifest by parcel id, for those on one."""
    query = (
        sa.select(ManifestLine.parcel_id, Manifest.number)
        .join(Manifest, Manifest.id == ManifestLine.manifest_id)
        .where(ManifestLine.parcel_id.in_(parcel_ids), ~ManifestLine.void)
    )
    return dict(db.session.execute(query).all())


def stopped(parcel: Parcel) -> bool:
    """Return whether a parcel on a list must not be handed over. One that has left is no matter."""
    if parcel.status not in READY:
        return parcel.status not in UNDER_WAY
    return is_called_off(parcel) or shipments.label_is_void(parcel)


def is_called_off(parcel: Parcel) -> bool:
    """Return whether the parcel, or its order, was cancelled or is about to be."""
    called_off = parcel.order.status is OrderStatus.CANCELLED
    asked = parcel.cancel_requested_at is not None
    return called_off or asked or parcel.status is ParcelStatus.CANCELLED


def company_fits(courier: str, other: str) -> bool:
    """Return whether two names are services of one company."""
    return couriers.company(courier) == couriers.company(other)


def name_of(courier: str) -> str:
    """Return the company as the committee reads it."""
    known = couriers.find(courier)
    return known.name if known else courier


def on_a_list() -> sa.ColumnElement[bool]:
    """Return what is true of a parcel that is on a live manifest."""
    return sa.exists().where(ManifestLine.parcel_id == Parcel.id, ~ManifestLine.void)


def meant(text: str) -> Iterator[Parcel]:
    """Yield the parcels that a scanned text means: by code, in our QR text, or by number."""
    if code := parcel_codes.read(text):
        yield from db.session.scalars(shipments.with_all().where(Parcel.code == code))
        return
    with suppress(shipments.WrongResi):
        number = shipments.read_resi(text)
        yield from db.session.scalars(
            shipments.with_all().where(Parcel.resi == number).order_by(Parcel.id.desc())
        )


def _names() -> Sequence[str]:
    return db.session.scalars(
        sa.select(Parcel.courier).where(Parcel.status.in_(READY)).distinct()
    ).all()


def _one(which: sa.ColumnElement[bool]) -> Manifest:
    of_parcel = selectinload(Manifest.lines).joinedload(ManifestLine.parcel)
    query = (
        sa.select(Manifest)
        .where(which)
        .options(
            of_parcel.joinedload(Parcel.order).joinedload(Order.checkout),
            of_parcel.selectinload(Parcel.lines).joinedload(ParcelLine.order_line),
            of_parcel.joinedload(Parcel.order).joinedload(Order.seller),
        )
        .execution_options(populate_existing=True)
    )
    manifest = db.session.scalars(query).unique().one_or_none()
    if manifest is None:
        raise NoSuchManifest
    return manifest
