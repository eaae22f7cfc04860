"""What left on a day, and what sending it brought in and cost: every figure is a query, none is kept.

A parcel counts on the day on which a courier first had it (`shipments.departures`), in the
edition's zone, under the company that carries it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import manifests, shipments, times
from bazaar.db import db
from bazaar.models import Order, OrderLine, Parcel, ParcelLine, ParcelStatus, Product, Seller
from bazaar.reports.workbooks import Cell, Table
from bazaar.rules.parcel_states import HERE
from bazaar.shipments.fees import Fee

LONGEST: Final = timedelta(days=92)
"""So many days can be asked for at once."""

FEE_COLUMNS: Final = (
    *("hari", "kode_paket", "kode_pesanan", "kode_umkm", "umkm", "kurir", "resi"),
    *("ongkir_penuh_rp", "ongkir_dibayar_rp", "ditawarkan_rp", "ditagih_rp", "selisih_rp"),
)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one company took."""

    courier: str
    parcels: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What left on a day, the busiest company first; what waits is as of now, whatever the day."""

    couriers: Sequence[Carried]
    to_pack: int
    packed: int
    late: int

    @property
    def parcels(self) -> int:
        """All that left."""
        return sum(carried.parcels for carried in self.couriers)

    @property
    def weight_g(self) -> int:
        """What all of it weighs."""
        return sum(carried.weight_g for carried in self.couriers)


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One parcel that left: its money, and what people know it by."""

    day: date
    code: str
    reference: str
    seller_code: str
    seller: str
    courier: str
    resi: str
    fee: Fee


@dataclass(slots=True)
class FeeSum:
    """The money of a company's parcels of one day, whole rupiah.

    `unknown` of them have no charge yet: they are in `paid_idr`, but not in `difference_idr`.
    """

    day: date
    courier: str
    parcels: int = 0
    unknown: int = 0
    full_idr: int = 0
    paid_idr: int = 0
    charged_idr: int = 0
    difference_idr: int = 0

    def add(self, fee: Fee) -> None:
        """Count one parcel."""
        self.parcels += 1
        self.full_idr += fee.full_idr
        self.paid_idr += fee.paid_idr
        self.charged_idr += fee.charged_idr or 0
        self.difference_idr += fee.difference_idr or 0
        self.unknown += fee.charged_idr is None


def dispatch_of(edition_id: int, day: date, zone: ZoneInfo, *, now: datetime) -> Dispatch:
    """Return what left on `day`, a day in `zone`, and what waits now. Two queries."""
    left = shipments.departures.between(*times.day_bounds(day, zone)).subquery()
    said = (
        sa.select(sa.func.sum(ParcelLine.quantity * Product.weight_g))
        .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(ParcelLine.parcel_id == Parcel.id)
        .correlate(Parcel)
        .scalar_subquery()
    )
    weight = sa.func.sum(sa.func.coalesce(Parcel.weight_g, said, 0))
    query = (
        sa.select(Parcel.courier, sa.func.count(), weight)
        .join(left, left.c.parcel_id == Parcel.id)
        .join(Order, Order.id == Parcel.order_id)
        .where(Order.edition_id == edition_id)
        .group_by(Parcel.courier)
    )
    sums: dict[str, tuple[int, int]] = {}
    for service, parcels, grams in db.session.execute(query):
        company = manifests.name_of(service)
        before = sums.get(company, (0, 0))
        sums[company] = (before[0] + parcels, before[1] + int(grams))
    busiest = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    couriers = [Carried(company, *counted) for company, counted in busiest]
    return Dispatch(couriers, *_waiting(edition_id, now))


def fee_rows(start: date, last: date, zone: ZoneInfo) -> list[FeeRow]:
    """Return the money of all parcels that left from `start` to `last`, days in `zone`, by day."""
    begins, ends = times.day_bounds(start, zone)[0], times.day_bounds(last, zone)[1]
    left = shipments.departures.between(begins, ends).subquery()
    query = (
        sa.select(
            left.c.at,
            Parcel.id,
            Parcel.code,
            Order.reference,
            Seller.code,
            Seller.name,
            Parcel.courier,
            Parcel.resi,
        )
        .join(Parcel, Parcel.id == left.c.parcel_id)
        .join(Order, Order.id == Parcel.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .order_by(left.c.at, Parcel.id)
    )
    found = db.session.execute(query).all()
    fees = shipments.fees.of_parcels([row[1] for row in found])
    return [
        FeeRow(times.day_of(at, zone), code, reference, umkm, seller, courier, resi, fees[parcel])
        for at, parcel, code, reference, umkm, seller, courier, resi in found
    ]


def fee_sums(rows: Sequence[FeeRow]) -> list[FeeSum]:
    """Return the sums of each day and company, days in order, companies by name."""
    sums: dict[tuple[date, str], FeeSum] = {}
    for row in rows:
        key = (row.day, manifests.name_of(row.courier))
        sums.setdefault(key, FeeSum(*key)).add(row.fee)
    return [sums[key] for key in sorted(sums)]


def fee_list(rows: Sequence[FeeRow]) -> Table:
    """Return a row a parcel; without a charge the last two cells are empty."""
    return Table("Selisih ongkir", FEE_COLUMNS, _fee_cells(rows), {"umkm": 24, "resi": 20})


def _fee_cells(rows: Sequence[FeeRow]) -> Iterator[Sequence[Cell]]:
    for row in rows:
        fee = row.fee
        told = (row.code, row.reference, row.seller_code, row.seller, row.courier, row.resi)
        sums = (fee.full_idr, fee.paid_idr, fee.quoted_idr, fee.charged_idr, fee.difference_idr)
        yield (row.day, *told, *sums)


def _waiting(edition_id: int, now: datetime) -> tuple[int, int, int]:
    """Return how many are to be packed, packed but still here, and late."""
    status, paid_before = shipments.is_late(now)
    query = (
        sa.select(Parcel.status, sa.func.count(), sa.func.sum(sa.case((paid_before, 1), else_=0)))
        .join(Order, Order.id == Parcel.order_id)
        .where(status, Order.edition_id == edition_id)
        .group_by(Parcel.status)
    )
    counts = dict.fromkeys(HERE, 0)
    late = 0
    for state, parcels, of_them_late in db.session.execute(query):
        counts[state] = parcels
        late += int(of_them_late)
    to_pack = counts.pop(ParcelStatus.DRAFT)
    return to_pack, sum(counts.values()), late
