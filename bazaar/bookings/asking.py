"""A parcel in the words of the port: where from, where to, what is in it; and what it would cost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
import structlog

from bazaar import regions
from bazaar.db import db, insert_once
from bazaar.errors import Unavailable
from bazaar.models import Booking, Checkout, OrderLine, Parcel, ParcelLine, Product, ProviderArea
from bazaar.ports import Courier, CourierRate, CourierRefused, Goods, Place, Shipment

log = structlog.get_logger()

PATIENCE_S = 4.0
MOST_KEPT = 2_000
_found_lately: dict[tuple[str, str], str] = {}
"""Areas found while a page was made, which keeps nothing: by provider and village."""


def shipment_of(parcel: Parcel, origin: Place, booking: Booking | None = None) -> Shipment:
    """Return the parcel as providers are told it. Raises NoSuchVillage for addresses abroad."""
    goods = tuple(
        Goods(name, quantity, price_idr, weight_g)
        for name, quantity, price_idr, weight_g in db.session.execute(
            sa.select(OrderLine.name, ParcelLine.quantity, OrderLine.price_idr, Product.weight_g)
            .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
            .join(Product, Product.id == OrderLine.product_id)
            .where(ParcelLine.parcel_id == parcel.id)
            .order_by(OrderLine.id)
        )
    )
    shipment = Shipment(
        key="",
        origin=origin,
        destination=_destination(parcel.order.checkout),
        goods=goods,
        weight_g=parcel.weight_g or sum(each.weight_g * each.quantity for each in goods),
        length_cm=parcel.length_cm or 0,
        width_cm=parcel.width_cm or 0,
        height_cm=parcel.height_cm or 0,
    )
    if booking is None:
        return shipment
    return replace(
        shipment,
        key=booking.key,
        courier_code=booking.courier_code,
        service_code=booking.service_code,
        price_idr=booking.quoted_idr,
        pickup=bool(booking.sent.get("pickup", True)),
        repeated=booking.tries > 0,
    )


def rates(
    providers: Mapping[str, Courier], shipment: Shipment, *, timeout_s: float = PATIENCE_S
) -> list[CourierRate]:
    """Return what all providers ask for a shipment, cheapest first; nothing without any.

    For pages to read: it goes outside, so call it where nothing is being written. Raises
    Unavailable when no provider answers.
    """
    found: list[CourierRate] = []
    failures: list[Unavailable] = []
    for courier in providers.values():
        try:
            found += courier.rates(with_areas(courier, shipment), timeout_s=timeout_s)
        except Unavailable as failure:
            log.warning("no_courier_rates", provider=courier.name, why=str(failure))
            failures.append(failure)
    if failures and not found:
        raise failures[0]
    return sorted(found, key=lambda rate: rate.price_idr)


def rates_to(
    providers: Mapping[str, Courier],
    origin: Place | None,
    village_code: str,
    goods: Sequence[Goods],
    *,
    weight_g: int,
    timeout_s: float,
) -> list[CourierRate]:
    """Return what providers ask for goods that are not ordered yet, to a village; cheapest first.

    Nothing without a provider or a place where couriers come. `timeout_s` is for each answer.
    Raises NoSuchVillage; Unavailable when no provider answers (then the committee's table counts).
    """
    if origin is None or not goods:
        return []
    destination = _place(village_code)
    shipment = Shipment("", origin, destination, tuple(goods), weight_g=weight_g)
    return rates(providers, shipment, timeout_s=timeout_s)


def with_areas(
    courier: Courier, shipment: Shipment, known: Mapping[str, str] | None = None
) -> Shipment:
    """Return the shipment with the provider's ids of both places, asking for unknown ones.

    `known`: ids by village that were read before; without it they are read now. Raises
    CourierRefused when a provider that needs the id knows no such place.
    """
    if not courier.needs_area:
        return shipment
    places = (shipment.origin, shipment.destination)
    if known is None:
        known = known_areas(courier.name, [place.village_code for place in places])
    origin, destination = (_with_area(courier, place, known) for place in places)
    return replace(shipment, origin=origin, destination=destination)


def known_areas(provider: str, village_codes: Sequence[str]) -> dict[str, str]:
    """Return the provider's ids of these villages that are kept."""
    query = sa.select(ProviderArea.village_code, ProviderArea.area_id).where(
        ProviderArea.provider == provider, ProviderArea.village_code.in_(village_codes)
    )
    return dict(db.session.execute(query).all())


def keep_areas(provider: str, places: Sequence[Place], *, now: datetime) -> None:
    """Keep the ids of these places for ever."""
    for place in places:
        if place.area_id:
            insert_once(
                ProviderArea,
                provider=provider,
                village_code=place.village_code,
                area_id=place.area_id,
                found_at=now,
            )


def _with_area(courier: Courier, place: Place, known: Mapping[str, str]) -> Place:
    lately = (courier.name, place.village_code)
    area_id = known.get(place.village_code) or _found_lately.get(lately, "")
    if not area_id:
        area_id = courier.find_area(place)
        if not area_id:
            raise CourierRefused(f"alamat tidak dikenal: {place.village}, {place.district}")
        if len(_found_lately) >= MOST_KEPT:
            _found_lately.clear()
        _found_lately[lately] = area_id
    return replace(place, area_id=area_id)


def _destination(checkout: Checkout) -> Place:
    village = _place(checkout.village_code)
    return replace(
        village,
        name=checkout.buyer_name,
        phone=checkout.phone,
        street=checkout.street,
        postal_code=checkout.postal_code or village.postal_code,
        note=checkout.note,
    )


def _place(village_code: str) -> Place:
    village = regions.get_village(village_code)
    return Place(
        name="",
        phone="",
        street="",
        village_code=village.code,
        village=village.name,
        district=village.district,
        regency=village.regency,
        province=village.province,
        postal_code=village.postal_code,
    )
