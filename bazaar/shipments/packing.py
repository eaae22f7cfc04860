"""Packing by hand: lines ticked, one by one, and the photo of the packed parcel."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, NotFound
from bazaar.models import Parcel, ParcelLine
from bazaar.rules.parcel_states import HERE, ParcelAct, ParcelStepRefused


class NoSuchLine(NotFound):
    """The parcel does not hold this: it was moved to another one meanwhile."""

    text = N_("Barang ini tidak ada di paket ini lagi. Muat ulang daftarnya.")


def tick(parcel: Parcel, order_line_id: int, *, packed: bool, now: datetime) -> bool:
    """These pieces are in the box, or out of it again; return whether that is new.

    Said again it changes nothing, so that two people may tick the same list. Raises NoSuchLine,
    ParcelStepRefused once the parcel has left.
    """
    if all(line.order_line_id != order_line_id for line in parcel.lines):
        raise NoSuchLine
    here = sa.exists().where(Parcel.id == parcel.id, Parcel.status.in_(HERE))
    own = sa.update(ParcelLine).where(
        ParcelLine.parcel_id == parcel.id, ParcelLine.order_line_id == order_line_id, here
    )
    other = ParcelLine.ticked_at.is_(None) if packed else ParcelLine.ticked_at.is_not(None)
    changed = claim(own.where(other).values(ticked_at=now if packed else None))
    db.session.refresh(parcel)
    for line in parcel.lines:
        db.session.refresh(line, ["ticked_at"])
    if parcel.status not in HERE:
        raise ParcelStepRefused(parcel.status, ParcelAct.PACK)
    return changed


def set_photo(parcel: Parcel, name: str, *, actor: Actor, now: datetime) -> None:
    """Keep a photo of the packed parcel (its name); a later one takes its place.

    Raises ParcelStepRefused once the parcel has left.
    """
    here = sa.update(Parcel).where(Parcel.id == parcel.id, Parcel.status.in_(HERE))
    changed = claim(here.values(photo=name, photo_removed_at=None))
    db.session.refresh(parcel)
    if not changed:
        raise ParcelStepRefused(parcel.status, ParcelAct.PACK)
    audit.note(actor, "parcel.photo", f"parcel:{parcel.code}", now=now, photo=name)
