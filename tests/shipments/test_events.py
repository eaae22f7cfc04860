"""Couriers' news on parcels: written once, in one order, with what a person must look at."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.errors import NotFound
from bazaar.models import (
    AuditEntry,
    Booking,
    BookingStatus,
    Message,
    OrderStatus,
    ParcelStatus,
    ResiChange,
)
from bazaar.rules.parcel_states import ReasonMissing
from bazaar.shipments import reviews
from tests.builders import HOST, a_parcel
from tests.shipments.parcels import (
    RESI,
    a_booking,
    a_parcel_in,
    differences,
    reasons,
    said,
    steps_of,
    told,
)
from tests.test_shipments import in_threads

STORY = ("booked", "handed_over", "in_transit", "out_for_delivery", "delivered")


def result(applied):
    return applied.result, applied.why


def test_a_booked_parcel_goes_its_way(app, now):
    parcel = a_parcel_in("packed")
    booking = a_booking(parcel)
    for hours, state in enumerate(STORY):
        news = told(state, hours, resi=RESI, driver="Budi", link="https://lacak.example/1")
        assert shipments.apply(booking, parcel, news, now=now).result == "applied"

    assert steps_of(parcel) == ["packed", *STORY]
    db.session.refresh(parcel.order)
    assert (parcel.resi, parcel.order.status) == (RESI, OrderStatus.DONE)
    assert (booking.driver, booking.link) == ("Budi", "https://lacak.example/1")
    assert parcel.last_event_at == now + timedelta(hours=4)
    assert reasons(parcel) == []
    assert differences() == []


def test_the_first_word_of_a_booking_has_no_instant(app, now):
    parcel = a_parcel_in("packed")
    applied = shipments.apply(a_booking(parcel), parcel, told("booked", None, resi=RESI), now=now)
    assert (result(applied), parcel.status.value) == (("applied", "booked"), "booked")
    assert parcel.last_event_at is None


def test_late_and_repeated_news_write_nothing(app, now):
    parcel = a_parcel_in("packed")
    booking = a_booking(parcel)
    for state, hours in (("in_transit", 3), ("handed_over", 1), ("in_transit", 3), ("booked", 4)):
        shipments.apply(booking, parcel, told(state, hours), now=now)
    assert steps_of(parcel) == ["packed", "in_transit"]


@pytest.mark.parametrize("copies", [4])
def test_the_same_news_at_once_is_one_step(app, now, copies):
    parcel = a_parcel_in("packed")
    booking_id, code = a_booking(parcel).id, parcel.code

    def tell():
        booking = db.session.get_one(Booking, booking_id)
        shipments.apply(booking, shipments.get_parcel(code), told("delivered", 5), now=now)

    assert in_threads(app, *[tell] * copies) == [None] * copies
    assert steps_of(shipments.get_parcel(code)) == ["packed", "delivered"]


def test_a_courier_that_cancels_gives_the_parcel_back(app, now):
    parcel = a_parcel_in("packed")
    booking = a_booking(parcel)
    shipments.apply(booking, parcel, told("booked", 1, resi=RESI), now=now)

    applied = shipments.apply(booking, parcel, said("close", 2, code="cancelled"), now=now)

    assert result(applied) == ("applied", "rebook_needed")
    assert (parcel.status, parcel.resi, parcel.last_event_at) == (ParcelStatus.PACKED, "", None)
    assert (booking.status, booking.closed_why) == (BookingStatus.CLOSED, "cancelled")
    assert reasons(parcel) == ["rebook_needed"]
    (change,) = shipments.changes_of(parcel)
    assert (change.old, change.new) == (RESI, "")

    other = a_booking(parcel)
    shipments.apply(other, parcel, told("booked", None, resi="JX1300026767"), now=now)
    assert reasons(parcel) == ["rebook_needed", "resi_changed"]
    late = shipments.apply(booking, parcel, told("handed_over", 9), now=now)
    assert result(late) == ("review", "old_booking")
    assert "moving_after_close" in reasons(parcel)
    assert parcel.status is ParcelStatus.BOOKED


def test_what_we_asked_to_cancel_is_cancelled_by_the_answer(app, now):
    parcel = a_parcel_in("booked")
    booking = a_booking(parcel)
    for _ in range(2):
        assert not shipments.request_cancel(parcel, "alamat salah", actor=HOST, now=now)
    assert parcel.cancel_requested_at == now
    with pytest.raises(shipments.AtCourier):
        shipments.cancel(parcel, "alamat salah", actor=HOST, now=now)

    shipments.apply(booking, parcel, said("close", 2, code="cancelled"), now=now)

    assert parcel.status is ParcelStatus.CANCELLED
    assert reasons(parcel) == []
    asked = (
        sa.select(AuditEntry)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action == "parcel.request_cancel")
    )
    assert len(db.session.scalars(asked).all()) == 1


def test_a_number_of_another_parcel_is_not_taken(app, now):
    other = a_parcel(resi=RESI)
    parcel = a_parcel_in("packed")
    applied = shipments.apply(a_booking(parcel), parcel, said("attributes", resi=RESI), now=now)
    assert result(applied) == ("review", "resi_conflict")
    assert parcel.resi == ""
    (review,) = reviews.open_ones(parcel)
    assert review.facts["holder"] == other.code


def test_two_parcels_told_the_same_number_at_once(app, now):
    codes = [a_parcel_in("packed").code for _ in range(2)]

    def told_now(code):
        return lambda: shipments.apply(
            None, shipments.get_parcel(code), said("attributes", resi=RESI), now=now
        )

    assert in_threads(app, *map(told_now, codes)) == [None, None]
    parcels = [shipments.get_parcel(code) for code in codes]
    assert sorted(parcel.resi for parcel in parcels) == ["", RESI]
    assert sorted(map(reasons, parcels)) == [[], ["resi_conflict"]]


def test_a_changed_number_is_kept_and_told_once(app, now):
    parcel = a_parcel_in("packed", resi="012345678900")
    parcel.order.seller.email = "lapak@contoh.id"
    db.session.flush()
    for _ in range(2):
        shipments.apply(None, parcel, said("attributes", resi=RESI), now=now)
    assert reasons(parcel) == ["resi_changed"]
    changes = db.session.scalars(sa.select(ResiChange)).all()
    assert [(change.old, change.new) for change in changes] == [("012345678900", RESI)]
    letters = db.session.scalars(sa.select(Message.key).order_by(Message.id)).all()
    key = f"resi-change:{changes[0].id}"
    assert [one for one in letters if "resi" in one] == [f"hand:{key}", key]
    notice = shipments.notices.of_change(parcel, changes[0])
    assert RESI in notice.text.format(**notice.facts)


def test_an_unreadable_number_and_an_unknown_word_go_to_a_person(app, now):
    parcel = a_parcel_in("packed")
    unknown = said("unknown", code="teleported", resi="??")
    assert result(shipments.apply(None, parcel, unknown, now=now)) == ("review", "unknown_status")
    assert reasons(parcel) == ["resi_unreadable", "unknown_status"]


def test_only_the_price_of_a_reweighed_parcel_is_noted(app, now):
    parcel = a_parcel_in("booked")
    booking = a_booking(parcel)
    link = said("attributes", price_idr=26_000, link="http://evil.example/", sorting_code="A1")
    assert shipments.apply(booking, parcel, link, now=now).result == "applied"
    assert (booking.charged_idr, booking.link, booking.sorting_code) == (26_000, "", "A1")
    assert steps_of(parcel) == ["packed", "booked"]


def test_trouble_is_remembered_and_ends(app, now):
    parcel = a_parcel_in("in_transit")
    parcel.order.seller.email = "lapak@contoh.id"
    db.session.flush()
    shipments.apply(None, parcel, said("exception", 2, code="on_hold"), now=now)
    shipments.apply(None, parcel, said("exception", 3, code="refused"), now=now)
    assert (parcel.status.value, parcel.exception_code) == ("exception", "refused")
    assert parcel.resume_status is ParcelStatus.IN_TRANSIT
    shipments.apply(None, parcel, said("clear", 4), now=now)
    assert (parcel.status, parcel.exception_code) == (ParcelStatus.IN_TRANSIT, "")
    assert steps_of(parcel)[-2:] == ["exception", "in_transit"]
    about = sa.select(Message.key).where(Message.key.startswith("parcel-step:"))
    assert len(db.session.scalars(about).all()) == 1


def test_a_review_is_cleared_once_with_an_answer(app, now):
    parcel = a_parcel_in("packed")
    shipments.apply(None, parcel, said("unknown", code="x"), now=now)
    (review,) = reviews.open_ones(parcel)
    with pytest.raises(ReasonMissing):
        reviews.clear(parcel, review.id, " ", actor=HOST, now=now)
    reviews.clear(parcel, review.id, "sudah ditanyakan", actor=HOST, now=now)
    with pytest.raises(shipments.ReviewCleared):
        reviews.clear(parcel, review.id, "lagi", actor=HOST, now=now)
    assert reasons(parcel) == []
    assert [one.answer for one in reviews.history(parcel)] == ["sudah ditanyakan"]
    shipments.apply(None, parcel, said("unknown", code="y"), now=now)
    assert reasons(parcel) == ["unknown_status"]
    with pytest.raises(NotFound):
        reviews.clear(a_parcel(), review.id, "x", actor=HOST, now=now)
