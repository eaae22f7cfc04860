"""Orders in every state, so that each page of the demo has something to show.

They are placed by the same functions as real ones, at moments of the last hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import (
    broadcast,
    catalog,
    orders,
    payments,
    rates,
    regions,
    shipments,
    tax_ids,
    times,
)
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Checkout, Edition, Order, OrderStatus, Parcel, Product, Seller
from bazaar.orders import CheckoutWish, PlacedOrder, Wanted
from bazaar.rules.shipping import HOME, ShippingOption
from bazaar.web import Services, charging_of

KEY = "demo"
"""How the keys of the demo's checkouts begin."""

TREASURER = Actor("demo", "Sulastri Handayani")
COURIER = Actor("demo", "Agus Setiawan")
FEWEST = 6
"""With fewer orders than this today, the evening is filled again."""

PLAY_NIK = "3509214101900001"
LATELY = timedelta(minutes=5)
"""Without an order so recent, whoever is on air gets some."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A fictional buyer; `village_code` is empty abroad."""

    name: str
    phone: str
    village_code: str
    street: str
    country: str = "ID"
    area: str = ""
    postal_code: str = ""


BUYERS = (
    Buyer("Siti Aminah", "+6281200000101", "35.09.21.1002", "Jl. Kalimantan 37"),
    Buyer("Rudi Hartono", "+6281200000102", "35.09.19.1004", "Perum Kaliwates Asri B-12"),
    Buyer("Dewi Lestari", "+6281200000103", "35.78.08.1001", "Jl. Gubeng Kertajaya IV/9"),
    Buyer("Yusuf Maulana", "+6281200000104", "35.73.05.1011", "Jl. Soekarno Hatta 15 kav. 3"),
    Buyer("Ibu Nurhayati", "+6281200000105", "35.09.12.2004", "Dusun Krajan RT 03 RW 01"),
    Buyer("Anton Wibowo", "+6281200000106", "35.78.08.1001", "Apartemen Gubeng lt. 7"),
    Buyer(
        "Farah Ismail",
        "+60123456789",
        "",
        "12 Jalan Ampang, Taman U Thant",
        "MY",
        "Kuala Lumpur",
        "50450",
    ),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One checkout: how long ago, and how far it has come since."""

    minutes_ago: int
    reaches: str
    on_air: bool = True
    stalls: int = 1


VISITS = (
    Visit(1, "unpaid"),
    Visit(1, "paid"),
    Visit(7, "unpaid", stalls=2),
    Visit(16, "unpaid"),
    Visit(11, "paid"),
    Visit(23, "paid"),
    Visit(31, "paid", on_air=False),
    Visit(38, "packed"),
    Visit(44, "packed", on_air=False),
    Visit(50, "handed_over"),
    Visit(56, "handed_over", stalls=2),
    Visit(61, "delivered"),
    Visit(95, "expired", on_air=False),
    Visit(100, "late", on_air=False),
    Visit(20, "cancelled"),
    Visit(24 * 60, "delivered", on_air=False),
    Visit(25 * 60, "delivered", on_air=False, stalls=3),
    Visit(26 * 60, "handed_over", on_air=False),
    Visit(27 * 60, "expired", on_air=False),
)


def fill(edition: Edition, services: Services, *, now: datetime) -> None:
    """Place the visits of an evening, or only the latest when today has orders already."""
    visits = _missing(edition, now)
    if not visits:
        return
    shelves = stocked()
    if not shelves:
        return
    for number, visit in enumerate(sorted(visits, key=lambda visit: -visit.minutes_ago)):
        _visit(visit, number, shelves, edition, services, now)
    orders.expire_unpaid(now)
    _pay_late(now)


def _missing(edition: Edition, now: datetime) -> Sequence[Visit]:
    start, _ = times.day_bounds(times.day_of(now, edition.zone), edition.zone)
    if _orders_since(min(start, now - timedelta(hours=3))) < FEWEST:
        return VISITS
    if _orders_since(now - LATELY) == 0:
        return [visit for visit in VISITS if timedelta(minutes=visit.minutes_ago) < LATELY]
    return ()


def _orders_since(instant: datetime) -> int:
    query = sa.select(sa.func.count(Order.id)).where(Order.placed_at >= instant)
    return db.session.scalar(query) or 0


def _visit(
    visit: Visit,
    number: int,
    shelves: Sequence[Sequence[Product]],
    edition: Edition,
    services: Services,
    now: datetime,
) -> None:
    then = now - timedelta(minutes=visit.minutes_ago)
    buyer = BUYERS[number % len(BUYERS)]
    wanted = list(_wanted(visit, number, shelves, edition, then))
    key = f"{KEY}-{visit.reaches}-{then:%Y%m%d%H%M}-{number}"
    placed = place(key, buyer, wanted, edition, services, now=then)
    if buyer.country != HOME:
        _give_tax_numbers([one.id for one in placed], services, then)
    for order in placed:
        _go_on(visit.reaches, order.reference, then, now)


def _give_tax_numbers(order_ids: Sequence[int], services: Services, now: datetime) -> None:
    """Let the sellers of orders for abroad fill in what customs asks for."""
    query = sa.select(Seller).join(Order, Order.seller_id == Seller.id)
    for seller in db.session.scalars(query.where(Order.id.in_(order_ids)).distinct()):
        who = Actor(f"seller:{seller.id}", seller.name)
        tax_ids.give(seller, PLAY_NIK, seals=services.tax_seals, actor=who, now=now)


def place(
    key: str,
    buyer: Buyer,
    wanted: Sequence[Wanted],
    edition: Edition,
    services: Services,
    *,
    courier: str = "",
    now: datetime,
) -> Sequence[PlacedOrder]:
    """Order these goods as the buyer would, and ask for the money; return the orders.

    `courier` is how the courier's name begins; the cheapest one carries where it is not offered.
    """
    settings = services.settings
    placed = orders.place(
        _wish(key, buyer, wanted, courier, now),
        edition=edition,
        links=services.links,
        slack=timedelta(minutes=settings.release_slack_minutes),
        now=now,
    )
    query = sa.select(Order).where(Order.id.in_([one.id for one in placed.orders]))
    for order in db.session.scalars(query.order_by(Order.id)):
        if order.status is OrderStatus.UNPAID:
            payments.ask(order, charging_of(settings), now=now)
    return placed.orders


def _go_on(reaches: str, reference: str, then: datetime, now: datetime) -> None:
    """Take an order as far as the visit says, a few minutes a step, never into the future."""

    def moment(minutes: int) -> datetime:
        return min(then + timedelta(minutes=minutes), now)

    order = db.session.scalars(sa.select(Order).where(Order.reference == reference)).one()
    if reaches == "cancelled":
        orders.cancel(order, now=moment(4))
    if reaches not in {"paid", "packed", "handed_over", "delivered"}:
        return
    pay(reference, now=moment(3))
    shipments.open_parcels(moment(4))
    if reaches == "paid":
        return
    code = db.session.scalars(sa.select(Parcel.code).where(Parcel.order_id == order.id)).one()
    parcel = shipments.get_parcel(code)
    packer = Actor(f"seller:{order.seller_id}", parcel.order.seller.name)
    shipments.pack(parcel, actor=packer, now=moment(12))
    if reaches == "packed":
        return
    resi = f"99{order.id:010}"
    shipments.hand_over(parcel, parcel.courier, resi, actor=COURIER, now=moment(25))
    if reaches == "delivered":
        shipments.deliver(parcel, actor=COURIER, now=moment(24 * 60))


def pay(reference: str, *, now: datetime) -> None:
    """Let the treasurer see the money of an order; kept with the rest of the demo, or not at all."""
    charge = payments.get_charge(reference)
    payments.confirm(charge, actor=TREASURER, now=now, together=True)


def _pay_late(now: datetime) -> None:
    """Let the money of one expired order come after all: a row that needs a person."""
    query = (
        sa.select(Order.reference)
        .join(Order.checkout)
        .where(Order.status == OrderStatus.EXPIRED, Checkout.key.startswith(f"{KEY}-late"))
        .order_by(Order.id.desc())
        .limit(1)
    )
    for reference in db.session.scalars(query):
        pay(reference, now=now)


def stocked() -> Sequence[Sequence[Product]]:
    """Return what each stall that takes QRIS offers and has plenty of."""
    sellers = payments.with_sticker(db.session.scalars(sa.select(Seller.id)).all())
    shelves: dict[int, list[Product]] = {}
    for product in catalog.products_of(*sellers):
        if product.stock > FEWEST:
            shelves.setdefault(product.seller_id, []).append(product)
    return [shelves[seller_id] for seller_id in sorted(shelves)]


def _wanted(
    visit: Visit,
    number: int,
    shelves: Sequence[Sequence[Product]],
    edition: Edition,
    then: datetime,
) -> Iterator[Wanted]:
    """Choose goods: of those on air at that moment, or of any stall."""
    chosen = [shelves[(number * 7 + stall * 11) % len(shelves)] for stall in range(visit.stalls)]
    if visit.on_air:
        live = {
            channel.on_air.seller_id
            for channel in broadcast.now_and_next(edition, now=then)
            if channel.on_air
        }
        on_air = [shelf for shelf in shelves if shelf[0].seller_id in live]
        chosen = (on_air + chosen)[: visit.stalls]
    for index, shelf in enumerate(chosen):
        yield Wanted(shelf[0], 1 + (number + index) % 3)
        if len(shelf) > 1 and (number + index) % 2:
            yield Wanted(shelf[1], 1)


def _wish(
    key: str, buyer: Buyer, wanted: Sequence[Wanted], courier: str, now: datetime
) -> CheckoutWish:
    village = regions.get_village(buyer.village_code) if buyer.village_code else None
    quotes = rates.quotes(country=buyer.country, village_code=buyer.village_code, now=now)
    return CheckoutWish(
        key=key,
        wanted=wanted,
        couriers={
            part.seller_id: _courier(quotes.options(part.weight_g), courier)
            for part in orders.parts_of(wanted)
        },
        buyer_name=buyer.name,
        phone=buyer.phone,
        country=buyer.country,
        village_code=buyer.village_code,
        street=buyer.street,
        area=village.line if village else buyer.area,
        postal_code=(village.postal_code or "") if village else buyer.postal_code,
    )


def _courier(options: Sequence[ShippingOption], wish: str) -> str:
    fitting = [option.courier for option in options if option.courier.startswith(wish)]
    return fitting[0] if fitting else options[0].courier
