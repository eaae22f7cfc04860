"""Where a parcel goes, what its label says, and what happens when either changes.

A label carries a fingerprint of what is on it. When today's is another, the label is void: it must
be printed again before the parcel can be handed over.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Invalid
from bazaar.models import Checkout, Order, Parcel, ParcelLine
from bazaar.rules.parcel_states import ENDED, HERE
from bazaar.shipments import reviews
from bazaar.shipments.finding import current_booking, lock
from bazaar.shipments.refusals import LeftAlready
from bazaar.shipments.steps import read_reason


class WrongAddress(Invalid):
    """Something that a label needs is missing or too long."""

    text = N_("Nama dan alamat wajib diisi, paling banyak 120 dan 200 huruf.")


@dataclass(frozen=True, slots=True)
class Address:
    """What can change of where a parcel goes. `area` follows the street on a label."""

    buyer_name: str
    phone: str
    street: str
    area: str
    village_code: str
    postal_code: str
    note: str


def address_of(checkout: Checkout) -> Address:
    """Return where the orders of this checkout go."""
    return Address(
        checkout.buyer_name,
        checkout.phone,
        checkout.street,
        checkout.area,
        checkout.village_code,
        checkout.postal_code,
        checkout.note,
    )


def label_hash(parcel: Parcel, *, resi: str | None = None) -> str:
    """Return the fingerprint of what the parcel's label says today; order and checkout loaded.

    `resi` is what its bars say: the parcel's number unless told, empty for the parcel's code.
    """
    checkout = parcel.order.checkout
    return _fingerprint(
        asdict(address_of(checkout)),
        checkout.country,
        parcel.courier,
        parcel.weight_g,
        parcel.fragile,
        parcel.order.seller_id,
        sorted((line.order_line_id, line.quantity) for line in parcel.lines),
        parcel.resi if resi is None else resi,
    )


def _fingerprint(*said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def void_labels(seller_id: int | None = None) -> list[int]:
    """Return the ids of parcels that are here with a void label, of one seller or of all.

    As `label_is_void` says, from columns only: of thousands of parcels in a tenth of the time.
    """
    printed: list[sa.ColumnElement[bool]] = [
        Parcel.status.in_(HERE),
        Parcel.label_printed_at.is_not(None),
    ]
    if seller_id is not None:
        printed.append(Order.seller_id == seller_id)
    pieces = _pieces(printed)
    query = (
        sa.select(
            Parcel.id,
            Parcel.label_hash,
            Parcel.resi,
            Checkout.country,
            Parcel.courier,
            Parcel.weight_g,
            Parcel.fragile,
            Order.seller_id,
            *(getattr(Checkout, field.name) for field in fields(Address)),
        )
        .join(Parcel.order)
        .join(Order.checkout)
        .where(*printed)
    )
    names = [field.name for field in fields(Address)]
    found = []
    for parcel_id, label, resi, *said in db.session.execute(query):
        address, own = dict(zip(names, said[5:], strict=True)), pieces[parcel_id]
        good = (_fingerprint(address, *said[:5], own, bars) for bars in dict.fromkeys((resi, "")))
        if label not in good:
            found.append(parcel_id)
    return found


def _pieces(which: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[tuple[int, int]]]:
    """Return what is in each of the parcels, lines in order."""
    query = (
        sa.select(ParcelLine.parcel_id, ParcelLine.order_line_id, ParcelLine.quantity)
        .join(ParcelLine.parcel)
        .join(Parcel.order)
        .where(*which)
        .order_by(ParcelLine.parcel_id, ParcelLine.order_line_id)
    )
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for parcel_id, line, quantity in db.session.execute(query):
        found[parcel_id].append((line, quantity))
    return found


def label_is_void(parcel: Parcel) -> bool:
    """Return whether a label was printed that says something else than today's would.

    One from before there was a number stays good: the courier's sticker goes on it.
    """
    if not parcel.label_printed_at:
        return False
    return parcel.label_hash not in {label_hash(parcel), label_hash(parcel, resi="")}


def label_is_current(parcel: Parcel) -> bool:
    """Return whether a label was printed that still holds."""
    return bool(parcel.label_printed_at) and not label_is_void(parcel)


def mark_printed(
    parcels: Sequence[Parcel], *, now: datetime, versions: Mapping[str, str] | None = None
) -> None:
    """The labels of these parcels were printed as they are today.

    With `versions` (fingerprint by code) they were read at `now`, and may say something else than
    today's: then they are void. A label that was read later and printed before stays the last.
    """
    for parcel in parcels:
        version = label_hash(parcel) if versions is None else versions[parcel.code]
        earlier = sa.or_(Parcel.label_printed_at.is_(None), Parcel.label_printed_at <= now)
        claim(
            sa.update(Parcel)
            .where(Parcel.id == parcel.id, earlier)
            .values(label_hash=version, label_printed_at=now)
        )
        db.session.expire(parcel, ["label_hash", "label_printed_at"])


def change_address(
    parcel: Parcel, address: Address, why: str, *, actor: Actor, now: datetime
) -> bool:
    """Send a parcel that has not left to another address; return whether that is another one.

    The address belongs to the whole checkout: labels of its parcels here are void then. Where a
    courier was booked or has one, a person must tell it (a review). Raises WrongAddress,
    ReasonMissing, LeftAlready.
    """
    why = read_reason(why)
    if not 0 < len(address.buyer_name) <= 120 or not 0 < len(address.street) <= 200:
        raise WrongAddress
    lock(parcel)
    if parcel.status not in HERE:
        raise LeftAlready
    checkout = parcel.order.checkout
    before = address_of(checkout)
    if before == address:
        return False
    changed = sorted(
        name for name, value in asdict(address).items() if value != asdict(before)[name]
    )
    own = sa.update(Checkout).where(Checkout.id == checkout.id)
    claim(own.values(**asdict(address)))
    db.session.refresh(checkout)
    facts = {"changed": changed, "why": why}
    audit.note(actor, "parcel.change_address", f"parcel:{parcel.code}", now=now, **facts)
    others = sa.select(Parcel).join(Parcel.order).where(Order.checkout_id == checkout.id)
    for other in db.session.scalars(others.order_by(Parcel.id)):
        gone = other.status not in HERE | ENDED
        if gone or current_booking(other) is not None:
            reviews.require(other, reviews.ADDRESS_CHANGED, now=now, changed=changed)
    return True


def note_to_courier(parcel: Parcel, text: str, *, actor: Actor, now: datetime) -> None:
    """Keep what the courier was told about a parcel that has left. Raises ReasonMissing."""
    text = read_reason(text)
    audit.note(actor, "parcel.note", f"parcel:{parcel.code}", now=now, note=text)
