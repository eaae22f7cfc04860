"""What couriers charge is booked once a change, whoever says it and however often it is swept."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import courier_costs, reports, times
from bazaar.db import db, reading, transaction
from bazaar.models import Book, BookingStatus, Edition, LedgerEntry
from tests.builders import a_parcel, a_product
from tests.shipments.parcels import a_booking


@pytest.fixture
def parcel(app):
    return a_parcel()


def sweep(now):
    db.session.flush()
    return courier_costs.book_charges(now)


def booked():
    query = sa.select(LedgerEntry.debit, LedgerEntry.amount_idr, LedgerEntry.method).where(
        LedgerEntry.kind == "courier"
    )
    return [
        (amount if debit is Book.COURIER else -amount, method)
        for debit, amount, method in db.session.execute(query.order_by(LedgerEntry.id))
    ]


def test_a_charge_is_booked_once(parcel, now):
    a_booking(parcel, charged_idr=11_000)

    assert sweep(now) == 1
    assert sweep(now) == 0
    assert booked() == [(11_000, "courier")]
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.kind == "courier")).one()
    assert (entry.order_id, entry.seller_id) == (parcel.order_id, parcel.order.seller_id)
    edition = db.session.get_one(Edition, entry.edition_id)
    day = reports.of_day(edition, times.day_of(now, edition.zone))
    assert day.total.courier_idr == 11_000


@pytest.mark.parametrize("later", [12_500, 9_000, 0])
def test_a_price_that_changed_is_booked_by_its_difference(parcel, now, later):
    booking = a_booking(parcel, charged_idr=11_000)
    sweep(now)
    booking.charged_idr = later

    assert sweep(now + timedelta(minutes=1)) == 1
    assert booked() == [(11_000, "courier"), (later - 11_000, "courier")]
    assert sweep(now + timedelta(minutes=2)) == 0


def test_a_courier_called_off_costs_nothing(parcel, now):
    booking = a_booking(parcel, charged_idr=11_000)
    sweep(now)
    booking.status = BookingStatus.CLOSED
    a_booking(parcel, charged_idr=13_000)

    sweep(now)

    assert booked() == [(11_000, "courier"), (2_000, "courier")]


def test_what_a_person_entered_counts_instead(parcel, now):
    a_booking(parcel, charged_idr=11_000)
    sweep(now)
    a_booking(parcel, provider="manual", status=BookingStatus.CLOSED, charged_idr=12_000)

    sweep(now)

    assert sorted(booked()) == [(-11_000, "courier"), (11_000, "courier"), (12_000, "manual")]


def test_a_charge_that_is_not_known_yet_is_not_booked(parcel, now):
    a_booking(parcel)

    assert sweep(now) == 0


def test_parcels_of_one_order_add_up(app, now):
    parcels = [a_parcel(), a_parcel()]
    for one in parcels:
        one.order_id = parcels[0].order_id
        one.number = parcels.index(one) + 1
        a_booking(one, charged_idr=10_000)

    assert sweep(now) == 1
    assert booked() == [(20_000, "courier")]


def test_more_than_fit_into_one_sweep_come_with_the_next(app, now, monkeypatch):
    monkeypatch.setattr(courier_costs, "MOST", 2)
    product = a_product(stock=5)
    for _ in range(3):
        a_booking(a_parcel(product), charged_idr=10_000)

    assert [sweep(now), sweep(now), sweep(now)] == [2, 1, 0]


def test_of_several_sweeps_at_once_one_books(parcel, app, now):
    a_booking(parcel, charged_idr=11_000)
    db.session.commit()
    start = threading.Barrier(4)

    def one():
        with app.app_context():
            start.wait()
            with transaction():
                courier_costs.book_charges(now)

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with reading():
        assert booked() == [(11_000, "courier")]
