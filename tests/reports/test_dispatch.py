"""What left on a day counts once, on that day, under its company; money adds up to the orders'."""

from datetime import timedelta

import sqlalchemy as sa

from bazaar import editions, reports, shipments
from bazaar.db import db
from bazaar.models import Order
from bazaar.reports.dispatch import Carried
from bazaar.times import WIB, day_of
from tests.builders import HOST, a_parcel, a_rate
from tests.shipments.parcels import a_booking, a_parcel_in


def on(now, days=0):
    edition = editions.get_current()
    day = day_of(now, WIB) + timedelta(days=days)
    return reports.dispatch_of(edition.id, day, WIB, now=now)


def test_a_day_counts_what_left(app, now):
    a_rate()
    a_rate(courier="JNE YES")
    a_parcel(resi="JX1300026767")
    heavy = a_parcel()
    shipments.pack(heavy, actor=HOST, now=now)
    shipments.acts.measure(heavy, 2_000, None, fragile=False, actor=HOST, now=now)
    shipments.hand_over(heavy, "JNE YES", "JX1300026768", actor=HOST, now=now)
    sicepat = a_parcel()
    shipments.pack(sicepat, actor=HOST, now=now)
    shipments.hand_over(sicepat, "SiCepat", "012345678901", actor=HOST, now=now)
    a_parcel()
    a_parcel_in("packed")
    a_parcel(paid_at=now - timedelta(days=3))
    db.session.commit()

    found = on(now)

    assert found.couriers == [Carried("JNE", 2, 2_300), Carried("SiCepat", 1, 300)]
    assert (found.parcels, found.weight_g) == (3, 2_600)
    assert (found.to_pack, found.packed, found.late) == (2, 1, 1)
    assert on(now, 1).parcels == on(now, -1).parcels == 0


def test_a_parcel_leaves_once(app, now):
    parcel = a_parcel(resi="JX1300026767")
    shipments.acts.deliver(parcel, actor=HOST, now=now + timedelta(days=2))
    db.session.commit()
    assert [on(now, days).parcels for days in range(4)] == [1, 0, 0, 0]


def test_fees_of_a_period_add_up_to_the_orders(app, now):
    for number, charged in enumerate((15_000, 9_000, None)):
        parcel = a_parcel(resi=f"JX130002676{number}")
        if charged:
            a_booking(parcel, charged_idr=charged)
    a_parcel()
    db.session.commit()
    day = day_of(now, WIB)

    rows = reports.fee_rows(day - timedelta(days=1), day, WIB)
    (sums,) = reports.fee_sums(rows)

    gone = [row.reference for row in rows]
    paid = sa.select(sa.func.sum(Order.shipping_idr)).where(Order.reference.in_(gone))
    assert sums.paid_idr == db.session.scalar(paid) == 36_000
    assert (sums.day, sums.courier, sums.parcels, sums.unknown) == (day, "JNE", 3, 1)
    assert (sums.charged_idr, sums.difference_idr) == (24_000, 0)
    table = reports.fee_list(rows)
    cells = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["selisih_rp"] for row in cells] == [-3_000, 3_000, None]
    assert [row["ditagih_rp"] for row in cells] == [15_000, 9_000, None]
