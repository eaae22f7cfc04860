"""How couriers do: every figure is that of a count one by one."""

import csv
import io
import math
import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.models import Order, Parcel, ParcelStatus
from bazaar.reports import performance as report
from bazaar.reports.performance import performance
from bazaar.rules.zones import NAMES, Zone
from tests.builders import HOST, NOW, a_parcel, a_rate, a_seller, a_tax_number, an_edition
from tests.builders import a_product as any_product

JEMBER = "35.09"
PLACES = {
    Zone.REGENCY: ("ID", "35.09.21.1002"),
    Zone.PROVINCE: ("ID", "35.78.08.1001"),
    Zone.JAVA: ("ID", "31.74.03.1001"),
    Zone.ABROAD: ("MY", ""),
}
COMPANIES = {
    "JNE REG": "JNE",
    "JNE YES": "JNE",
    "SiCepat Reguler": "SiCepat",
    "Kurir Desa": "KURIR",
}
ALL_TIME = (None, None)


def a_product(**given):
    """A product that may go abroad too."""
    product = any_product(hs_code="970529", customs_text="Batik cloth", **given)
    a_tax_number(product.seller)
    return product


@pytest.fixture
def edition(app):
    edition = an_edition(regency_code=JEMBER)
    for courier in COMPANIES:
        for prefix in ("", "*"):
            a_rate(courier=courier, prefix=prefix, days="2-3")
    return edition


def sent(
    product,
    courier="JNE REG",
    zone=Zone.REGENCY,
    *,
    left=NOW,
    fate="",
    after_hours=24.0,
    stuck=False,
):
    """A parcel that left at an instant; what became of it, so many hours later."""
    country, village = PLACES[zone]
    parcel = a_parcel(
        product,
        paid_at=left - timedelta(hours=5),
        couriers={product.seller_id: courier},
        country=country,
        village_code=village,
    )
    shipments.pack(parcel, actor=HOST, now=left - timedelta(hours=1))
    shipments.hand_over(parcel, courier, f"99{parcel.id:010}", actor=HOST, now=left)
    later = left + timedelta(hours=after_hours)
    if stuck:
        shipments.acts.fail(parcel, "banjir", actor=HOST, now=left + timedelta(hours=1))
        if not fate:
            return parcel
    if fate == "delivered":
        if stuck:
            shipments.acts.resume(parcel, "surut", actor=HOST, now=later)
        shipments.deliver(parcel, actor=HOST, now=later)
    elif fate in ("returning", "returned"):
        shipments.acts.send_back(parcel, "pindah", actor=HOST, now=later)
        if fate == "returned":
            shipments.acts.take_back(parcel, "kembali", actor=HOST, now=later)
    elif fate == "lost":
        shipments.acts.lose(parcel, "tidak ketemu", actor=HOST, now=later)
    elif fate == "destroyed":
        shipments.acts.destroy(parcel, "rusak", actor=HOST, now=later)
    return parcel


def by_hand(edition, since, until, now):
    """Count one parcel after the other."""
    counted: dict[Any, Any] = {}
    for parcel in db.session.scalars(sa.select(Parcel)).all():
        steps = [(step.at, step.status) for step in parcel.steps]
        gone = [at for at, status in steps if status not in report.NOT_GONE]
        order = db.session.get_one(Order, parcel.order_id)
        if not gone or order.edition_id != edition.id:
            continue
        left = min(gone)
        if (since and left < since) or (until and left >= until):
            continue
        zone = next(
            zone
            for zone, (country, village) in PLACES.items()
            if order.checkout.country == country and order.checkout.village_code == village
        )
        name = {"Kurir Desa": "Kurir Desa"}.get(parcel.courier) or COMPANIES[parcel.courier]
        figures = counted.setdefault((name, zone), dict.fromkeys(FIELDS, 0) | {"hours": []})
        figures["parcels"] += 1
        figures["troubled"] += any(status is ParcelStatus.EXCEPTION for _, status in steps)
        kind = {
            "delivered": "delivered",
            "returned": "returned",
            "lost": "lost",
            "destroyed": "lost",
        }.get(parcel.status.value, "open")
        figures[kind] += 1
        if kind == "open":
            figures["late"] += (now - left).total_seconds() > 3 * 86_400
        if kind == "delivered":
            came = max(at for at, status in steps if status is ParcelStatus.DELIVERED)
            figures["hours"].append((came - left).total_seconds() / 3600)
    return counted


FIELDS = ("parcels", "delivered", "returned", "lost", "open", "late", "troubled")


def as_counted(figures):
    return {name: getattr(figures, name) for name in FIELDS} | {
        "hours": sorted(seconds / 3600 for seconds in figures.seconds)
    }


@pytest.mark.parametrize("between", [ALL_TIME, (NOW - timedelta(days=4), NOW)])
def test_the_table_is_what_counting_one_by_one_gives(edition, between):
    chance = random.Random(5)
    products = [a_product(seller=a_seller(), stock=50) for _ in range(3)]
    fates = [
        "",
        "delivered",
        "delivered",
        "delivered",
        "returned",
        "returning",
        "lost",
        "destroyed",
    ]
    for _ in range(40):
        sent(
            chance.choice(products),
            chance.choice(list(COMPANIES)),
            chance.choice(list(PLACES)),
            left=NOW - timedelta(hours=chance.randrange(0, 200)),
            fate=chance.choice(fates),
            after_hours=chance.randrange(2, 90),
            stuck=chance.random() < 0.25,
        )
    a_parcel(products[0])  # never left
    now = NOW + timedelta(days=1)

    found = performance(edition.id, JEMBER, between, now=now)

    since, until = between
    expected = by_hand(edition, since, until, now)
    got = {
        (company.name, zone): as_counted(figures)
        for company in found.companies
        for zone, figures in company.zones
    }
    assert got == {
        key: figures | {"hours": sorted(figures["hours"])} for key, figures in expected.items()
    }
    assert got
    for company in found.companies:
        for name in FIELDS:
            assert getattr(company.total, name) == sum(getattr(f, name) for _, f in company.zones)
        total = company.total
        assert total.parcels == total.delivered + total.returned + total.lost + total.open
    sizes = [company.total.parcels for company in found.companies]
    assert sizes == sorted(sizes, reverse=True)


def test_days_are_those_that_half_and_nine_of_ten_did_not_exceed(edition):
    product = a_product(stock=50)
    hours = [12, 24, 36, 48, 60, 72, 84, 96, 108, 240]
    for each in hours:
        sent(product, fate="delivered", after_hours=each)

    (company,) = performance(edition.id, JEMBER, ALL_TIME, now=NOW).companies

    assert company.total.median_tenths == 25  # 60 hours
    assert company.total.p90_tenths == math.floor(108 / 24 * 10 + 0.5)
    assert report.in_days(25) == "2.5"


def test_a_delivery_that_was_corrected_counts_as_it_stands_now(edition):
    parcel = sent(a_product(), fate="delivered")
    shipments.acts.correct(parcel, "tetangga", actor=HOST, now=NOW + timedelta(days=2))
    (company,) = performance(edition.id, JEMBER, ALL_TIME, now=NOW).companies
    assert (company.total.delivered, company.total.open, company.total.troubled) == (0, 1, 1)

    shipments.deliver(parcel, actor=HOST, now=NOW + timedelta(days=4))
    (company,) = performance(edition.id, JEMBER, ALL_TIME, now=NOW).companies
    assert (company.total.delivered, company.total.median_tenths) == (1, 40)


def test_only_the_newest_are_counted_when_there_are_too_many(edition, monkeypatch):
    product = a_product(stock=50)
    for _ in range(3):
        sent(product)
    monkeypatch.setattr(report, "MAX_PARCELS", 2)
    found = performance(edition.id, JEMBER, ALL_TIME, now=NOW)
    assert found.cut
    assert found.companies[0].total.parcels == 2


def test_fetching_at_the_stall_and_other_editions_are_left_out(edition):
    sent(a_product())
    fetched = sent(a_product())
    fetched.courier = "Ambil sendiri"
    db.session.flush()
    found = performance(edition.id, JEMBER, ALL_TIME, now=NOW)
    assert [company.total.parcels for company in found.companies] == [1]
    assert performance(edition.id + 1, JEMBER, ALL_TIME, now=NOW).companies == []


def test_the_sheet_has_a_row_for_each_distance_and_one_for_all(edition):
    product = a_product(stock=9)
    sent(product, fate="delivered", after_hours=36)
    sent(product, zone=Zone.ABROAD)
    names = {zone: f"={name}" for zone, name in NAMES.items()}

    found = performance(edition.id, JEMBER, ALL_TIME, now=NOW + timedelta(days=9))
    sheet = report.performance_sheet(found, names)

    header, *rows = csv.reader(io.StringIO(sheet.removeprefix("\ufeff")))
    assert header == list(report.COLUMNS)
    assert rows == [
        ["JNE", "semua", "2", "1", "1.5", "1.5", "0", "0", "0", "1", "1"],
        ["JNE", "'=Kabupaten/kota sendiri", "1", "1", "1.5", "1.5", "0", "0", "0", "0", "0"],
        ["JNE", "'=Luar negeri", "1", "0", "", "", "0", "0", "0", "1", "1"],
    ]
