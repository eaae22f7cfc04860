"""How couriers do: parcels, days to the door, and what went wrong, per company and distance.

Counted are parcels that left (a courier has or had them), in the period in which they left. Days
run from the first step that says so to the last one that says delivered, as they were written
down here. Every figure is worked out from parcels and their steps; none is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Checkout, Order, Parcel, ParcelStatus, ParcelStep
from bazaar.reports.sheets import written
from bazaar.rules import couriers
from bazaar.rules.shipping import PICK_UP
from bazaar.rules.zones import Zone, promised_days, quantile, zone_of

MAX_PARCELS: Final = 20_000
"""The newest so many parcels are counted; a page must not take for ever."""

NOT_GONE: Final = (
    ParcelStatus.DRAFT,
    ParcelStatus.PACKED,
    ParcelStatus.BOOKED,
    ParcelStatus.EXCEPTION,
    ParcelStatus.CANCELLED,
)
"""Steps that do not say that a courier has the parcel."""

LOST: Final = frozenset({ParcelStatus.LOST, ParcelStatus.DESTROYED})
HALF: Final = (1, 2)
NINE_TENTHS: Final = (9, 10)
DAY_S: Final = 86_400

COLUMNS: Final = (
    "kurir",
    "tujuan",
    "paket",
    "sampai",
    "hari_separuh",
    "hari_9_dari_10",
    "pernah_terkendala",
    "kembali",
    "hilang_atau_rusak",
    "masih_di_jalan",
    "di_jalan_terlalu_lama",
)


class Trip(NamedTuple):
    """One parcel that left, as the database tells it."""

    courier: str
    status: ParcelStatus
    country: str
    village_code: str
    promise: str | None
    left_at: datetime
    arrived_at: datetime | None
    troubled: int


@dataclass(slots=True)
class Figures:
    """Parcels counted; delivered, returned, lost (or destroyed) and open ones add up to all.

    `late` are the open ones that are on their way longer than was promised. `troubled` were an
    exception once, whatever became of them.
    """

    parcels: int = 0
    delivered: int = 0
    returned: int = 0
    lost: int = 0
    open: int = 0
    late: int = 0
    troubled: int = 0
    seconds: list[int] = field(default_factory=list)

    def add(self, trip: Trip, now: datetime) -> None:
        """Count a parcel."""
        self.parcels += 1
        self.troubled += trip.troubled
        if trip.status is ParcelStatus.DELIVERED and trip.arrived_at:
            self.delivered += 1
            self.seconds.append(int((trip.arrived_at - trip.left_at).total_seconds()))
        elif trip.status is ParcelStatus.RETURNED:
            self.returned += 1
        elif trip.status in LOST:
            self.lost += 1
        else:
            self.open += 1
            self.late += now - trip.left_at > timedelta(days=promised_days(trip.promise))

    @property
    def median_tenths(self) -> int | None:
        """Tenths of days within which half of the delivered ones arrived, None without any."""
        return _tenths(quantile(sorted(self.seconds), HALF))

    @property
    def p90_tenths(self) -> int | None:
        """Tenths of days within which nine of ten arrived, None without any."""
        return _tenths(quantile(sorted(self.seconds), NINE_TENTHS))


@dataclass(frozen=True, slots=True)
class Company:
    """A company with its figures altogether and by distance, the nearest first."""

    name: str
    total: Figures
    zones: Sequence[tuple[Zone, Figures]]


@dataclass(frozen=True, slots=True)
class Performance:
    """Companies with the most parcels first. `cut`: older parcels were left out."""

    companies: Sequence[Company]
    cut: bool = False


def performance(
    edition_id: int,
    regency_code: str,
    between: tuple[datetime | None, datetime | None],
    *,
    now: datetime,
) -> Performance:
    """Return how couriers did with the parcels of an edition that left in this period. One query.

    `between` is from (included) until (not included), None without such an end.
    """
    trips = [Trip(*row) for row in db.session.execute(_trips(edition_id, *between))]
    return summed(trips[:MAX_PARCELS], regency_code, now, cut=len(trips) > MAX_PARCELS)


def summed(
    trips: Iterable[Trip], regency_code: str, now: datetime, *, cut: bool = False
) -> Performance:
    """Return the figures of these parcels."""
    totals: defaultdict[str, Figures] = defaultdict(Figures)
    zones: defaultdict[str, defaultdict[Zone, Figures]] = defaultdict(lambda: defaultdict(Figures))
    names: dict[str, str] = {}
    for trip in trips:
        company = couriers.company(trip.courier)
        known = couriers.find(trip.courier)
        names.setdefault(company, known.name if known else trip.courier)
        zone = zone_of(trip.country, trip.village_code, regency_code)
        totals[company].add(trip, now)
        zones[company][zone].add(trip, now)
    found = [
        Company(
            names[company],
            total,
            [(zone, zones[company][zone]) for zone in Zone if zone in zones[company]],
        )
        for company, total in totals.items()
    ]
    return Performance(sorted(found, key=lambda one: (-one.total.parcels, one.name)), cut)


def performance_sheet(found: Performance, zone_names: Mapping[Zone, str]) -> str:
    """Return the figures as a sheet: one row a company and distance, and `semua` of a company."""
    return written(COLUMNS, _rows(found, zone_names))


def in_days(tenths: int | None) -> str:
    """Return tenths of days as programs read them: `2.5`, empty for None."""
    return "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def _rows(found: Performance, zone_names: Mapping[Zone, str]) -> Iterator[Sequence[str | int]]:
    for company in found.companies:
        yield company.name, "semua", *_cells(company.total)
        for zone, figures in company.zones:
            yield company.name, zone_names[zone], *_cells(figures)


def _cells(figures: Figures) -> tuple[str | int, ...]:
    return (
        figures.parcels,
        figures.delivered,
        in_days(figures.median_tenths),
        in_days(figures.p90_tenths),
        figures.troubled,
        figures.returned,
        figures.lost,
        figures.open,
        figures.late,
    )


def _tenths(seconds: int | None) -> int | None:
    return None if seconds is None else (seconds * 10 + DAY_S // 2) // DAY_S


def _trips(
    edition_id: int, since: datetime | None, until: datetime | None
) -> sa.Select[str, ParcelStatus, str, str, str, datetime, datetime, int]:
    gone, came = ParcelStep.status.not_in(NOT_GONE), ParcelStep.status == ParcelStatus.DELIVERED
    left_at = sa.func.min(sa.case((gone, ParcelStep.at)))
    query = (
        sa.select(
            Parcel.courier,
            Parcel.status,
            Checkout.country,
            Checkout.village_code,
            Order.shipping_quote["days"].as_string(),
            left_at,
            sa.func.max(sa.case((came, ParcelStep.at))),
            sa.func.max(sa.case((ParcelStep.status == ParcelStatus.EXCEPTION, 1), else_=0)),
        )
        .join(Parcel.order)
        .join(Order.checkout)
        .join(Parcel.steps)
        .where(
            Order.edition_id == edition_id,
            Parcel.status.not_in(NOT_GONE[:3]),
            Parcel.status != ParcelStatus.CANCELLED,
            Parcel.courier != PICK_UP,
        )
        .group_by(Parcel.id, Order.id, Checkout.id)
        .having(left_at.is_not(None))
        .order_by(Parcel.id.desc())
        .limit(MAX_PARCELS + 1)
    )
    if since is not None:
        query = query.having(left_at >= since)
    if until is not None:
        # What left before was ordered before: fewer rows to group.
        query = query.where(Order.placed_at < until).having(left_at < until)
    return query
