"""What stands on a parcel's label, in words, read for many parcels with a few questions.

Left out on purpose: a declared value (we insure no parcel) and a sum to collect (we know no COD).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import sqlalchemy as sa
from babel import Locale

from bazaar import phones, regions, shipments
from bazaar.db import db
from bazaar.models import Booking, BookingStatus, Checkout, Parcel, ParcelStatus
from bazaar.rules import couriers

HOME: Final = "ID"
COURIER_WITH_CASHLESS: Final = "JNE"
"""Its counters take parcels that are paid for already only with the word CASHLESS on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is printed. `number` of `total`: the boxes of the order. `version` names this label.

    `cashless`: it is brought to the courier's counter and paid for already.
    """

    code: str
    order: str
    number: int
    total: int
    version: str
    courier: str
    resi: str
    sorting_code: str = ""
    cashless: bool = False
    weight_g: int
    origin: str
    destination: str
    recipient: str
    phone: str
    address: str
    country: str = ""
    note: str = ""
    sender: str
    sender_phone: str
    sender_address: str
    contents: str
    fragile: bool = False


def read(parcels: Sequence[Parcel]) -> list[Label]:
    """Return the labels of these parcels as they are today, in the order given.

    Their lines, and their orders with checkout and seller, must be loaded.
    """
    weights = shipments.weight_of(parcels)
    boxes = _boxes([parcel.order_id for parcel in parcels])
    bookings = _bookings([parcel.id for parcel in parcels])
    return [
        _label(parcel, weights[parcel.id], boxes[parcel.order_id], bookings.get(parcel.id))
        for parcel in parcels
    ]


def _label(parcel: Parcel, weight_g: int, boxes: Sequence[int], booking: Booking | None) -> Label:
    order, checkout, seller = parcel.order, parcel.order.checkout, parcel.order.seller
    origin = _regency(seller.district_code)
    home = [seller.village, seller.district, origin]
    abroad = checkout.country != HOME
    return Label(
        code=parcel.code,
        order=order.reference,
        number=boxes.index(parcel.id) + 1 if parcel.id in boxes else parcel.number,
        total=max(len(boxes), 1),
        version=shipments.label_hash(parcel)[:6].upper(),
        courier=parcel.courier,
        resi=parcel.resi,
        sorting_code=booking.sorting_code if booking else "",
        cashless=_is_cashless(parcel, booking),
        weight_g=weight_g,
        origin=origin,
        destination=_destination(checkout),
        recipient=checkout.buyer_name,
        phone=phones.show(checkout.phone),
        address=_address(checkout),
        country=_country(checkout.country) if abroad else "",
        note=checkout.note,
        sender=seller.name,
        sender_phone=(phones.abroad if abroad else phones.show)(seller.phone),
        sender_address=", ".join(part for part in [*home, "INDONESIA" * abroad] if part),
        contents="; ".join(f"{line.quantity} × {line.order_line.name}" for line in parcel.lines),
        fragile=parcel.fragile,
    )


def _boxes(order_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """Return by order the ids of its parcels that were not cancelled, in their order."""
    query = (
        sa.select(Parcel.order_id, Parcel.id)
        .where(Parcel.order_id.in_(order_ids), Parcel.status != ParcelStatus.CANCELLED)
        .order_by(Parcel.number)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for order_id, parcel_id in db.session.execute(query):
        found[order_id].append(parcel_id)
    return found


def _bookings(parcel_ids: Sequence[int]) -> dict[int, Booking]:
    query = sa.select(Booking).where(
        Booking.parcel_id.in_(parcel_ids), Booking.status == BookingStatus.OPEN
    )
    return {booking.parcel_id: booking for booking in db.session.scalars(query)}


def _is_cashless(parcel: Parcel, booking: Booking | None) -> bool:
    """Return whether a provider was paid for it and somebody brings it to JNE's counter."""
    if booking is None or booking.provider == shipments.acts.MANUAL:
        return False
    brought = booking.sent.get("pickup") is False
    return brought and couriers.company(parcel.courier) == couriers.company(COURIER_WITH_CASHLESS)


def _address(checkout: Checkout) -> str:
    area = checkout.area
    if checkout.postal_code and checkout.postal_code not in area:
        area = f"{area} {checkout.postal_code}"
    return f"{checkout.street}, {area}"


def _destination(checkout: Checkout) -> str:
    """Return the regency or city that it goes to; abroad the country."""
    if checkout.country != HOME:
        return _country(checkout.country)
    village = regions.find_village(checkout.village_code)
    return _short(village.regency) if village else ""


@cache
def _regency(code: str) -> str:
    """Return the regency or city that a district's code lies in, empty if there is none."""
    names = dict(regions.regencies(code[:2])) if code[:2].isdecimal() else {}
    return _short(names.get(code[:5], ""))


def _short(regency: str) -> str:
    return regency.replace("Kabupaten ", "Kab. ", 1)


@cache
def _country(code: str) -> str:
    """Return the country in capitals, in English as post abroad reads it."""
    return str(Locale("en").territories.get(code, code)).upper()
