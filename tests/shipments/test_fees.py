"""What a parcel's way brought in and cost: each rupiah of the order once, each charge once."""

from bazaar import rates, shipments
from bazaar.db import db
from bazaar.models import BookingStatus
from bazaar.rules.shipping import Free
from tests.builders import HOST, a_parcel, a_product
from tests.shipments.parcels import a_booking, a_parcel_of, line_ids, said


def fee(parcel):
    db.session.flush()
    return shipments.fees.of_parcels([parcel.id])[parcel.id]


def sums(parcel):
    found = fee(parcel)
    return found.paid_idr, found.charged_idr, found.difference_idr


def test_one_parcel_has_all_that_was_paid(app):
    parcel = a_parcel()
    assert sums(parcel) == (12_000, None, None)
    booking = a_booking(parcel, charged_idr=14_000, quoted_idr=12_000)
    assert sums(parcel) == (12_000, 14_000, -2_000)
    assert fee(parcel).price_changed
    booking.charged_idr = 12_000
    assert sums(parcel) == (12_000, 12_000, 0)
    assert not fee(parcel).price_changed


def test_free_shipping_shows_what_it_cost(app, now):
    rates.set_free(Free("", None, 0, 5_000), actor=HOST, now=now)
    parcel = a_parcel()
    found = fee(parcel)
    assert (found.paid_idr, found.full_idr) == (7_000, 12_000)


def test_parcels_of_one_order_share_by_weight(app, now):
    parcel = a_parcel_of(4)
    (line,) = line_ids(parcel)
    other = shipments.split(parcel, {line: 1}, actor=HOST, now=now)
    whole = parcel.order.shipping_idr

    assert (fee(parcel).paid_idr, fee(other).paid_idr) == (whole * 3 // 4, whole // 4)
    assert fee(parcel).paid_idr + fee(other).paid_idr == whole


def test_a_cancelled_parcel_has_no_part(app, now):
    parcel = a_parcel_of(2)
    other = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    shipments.acts.cancel(other, "salah", actor=HOST, now=now)
    assert fee(parcel).paid_idr == parcel.order.shipping_idr
    assert fee(other).paid_idr == 0


def test_what_is_sent_again_brings_in_nothing_more(app, now):
    parcel = a_parcel(a_product(stock=5), resi="JX1300026767")
    shipments.acts.lose(parcel, "hilang", actor=HOST, now=now)
    again = shipments.returns.send_again(parcel, "", actor=HOST, now=now)
    a_booking(again, charged_idr=9_000)
    assert fee(parcel).paid_idr == 12_000
    assert sums(again) == (0, 9_000, -9_000)


def test_nobody_charges_for_a_way_without_a_courier(app):
    parcel = a_parcel()
    parcel.courier = "Antar lokal"
    assert sums(parcel) == (12_000, 0, 12_000)


def test_a_booking_that_was_called_off_costs_nothing(app):
    parcel = a_parcel()
    a_booking(parcel, status=BookingStatus.CLOSED, charged_idr=20_000)
    a_booking(parcel, status=BookingStatus.FAILED, charged_idr=30_000)
    assert sums(parcel) == (12_000, None, None)


def test_what_a_person_entered_counts(app):
    parcel = a_parcel()
    by_hand = {"provider": "manual", "provider_order_id": None, "charged_idr": 11_000}
    a_booking(parcel, status=BookingStatus.CLOSED, **by_hand)
    a_booking(parcel, charged_idr=15_000, quoted_idr=15_000)
    assert sums(parcel) == (12_000, 11_000, 1_000)


def test_a_weighed_parcel_costs_what_the_courier_says(app, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    booking = a_booking(parcel, charged_idr=12_000, quoted_idr=12_000)
    shipments.apply(booking, parcel, said("attributes", price_idr=26_000), now=now)
    assert sums(parcel) == (12_000, 26_000, -14_000)
    assert fee(parcel).price_changed


def test_chunks_and_nothing(app, monkeypatch):
    monkeypatch.setattr(shipments.fees, "CHUNK", 2)
    ids = [a_parcel().id for _ in range(5)]
    db.session.flush()
    assert sorted(shipments.fees.of_parcels(ids)) == sorted(ids)
    assert shipments.fees.of_parcels([]) == {}
