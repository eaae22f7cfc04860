"""What needs the committee: each parcel under its need, until somebody has dealt with it."""

from datetime import timedelta

import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.shipments import acts, returns, reviews
from bazaar.shipments.overview import Need, counts, needing, needs_of
from tests.builders import HOST, a_parcel
from tests.shipments.parcels import a_parcel_in, a_parcel_of, told


def needs(parcel, now):
    """By all three ways of asking."""
    found = needs_of([parcel.id], now).get(parcel.id, [])
    listed = [need for need in Need if parcel in db.session.scalars(needing(need, now)).all()]
    assert sorted(need.value for need in found) == sorted(need.value for need in listed)
    assert all(counts(now)[need] for need in listed)
    return [need.value for need in listed]


def test_nobody_is_needed_where_all_is_well(app, now):
    for state in ("draft", "packed", "booked", "handed_over", "in_transit", "delivered"):
        assert needs(a_parcel_in(state), now) == []
    assert needs(a_parcel_in("cancelled"), now) == []
    assert set(counts(now).values()) == {0}
    assert needs_of([], now) == {}


def test_what_is_late_here_or_silent_there(app, now):
    later = now + timedelta(days=4, seconds=1)
    for state in ("draft", "packed", "booked"):
        assert needs(a_parcel_in(state), later) == ["late"]
    sent = a_parcel_in("in_transit")
    assert needs(sent, now + timedelta(days=4)) == []
    assert needs(sent, later + timedelta(hours=1)) == ["silent"]
    shipments.apply(None, sent, told("in_transit", 90), now=later)
    assert needs(sent, later + timedelta(hours=1)) == []
    assert needs(sent, later + timedelta(days=5)) == ["silent"]


def test_trouble_is_there_until_it_is_over(app, now):
    stuck = a_parcel_in("exception")
    assert needs(stuck, now) == ["exception"]
    acts.send_back(stuck, "ditolak", actor=HOST, now=now)
    assert needs(stuck, now) == ["returning"]
    acts.take_back(stuck, "diterima Bu Sri", actor=HOST, now=now)
    assert needs(stuck, now) == ["returned"]
    returns.write_off(stuck, "basah", actor=HOST, now=now)
    assert needs(stuck, now) == ["returned"]
    returns.refund(stuck, 1_000, "", actor=HOST, now=now)
    assert needs(stuck, now) == []


def test_what_is_gone_waits_for_a_decision_about_the_buyer(app, now):
    for state in ("lost", "destroyed"):
        gone = a_parcel_of(1, state=state)
        assert needs(gone, now) == ["lost"]
        returns.compensate(gone, 1_000, "", actor=HOST, now=now)
        assert needs(gone, now) == ["lost"]
        returns.send_again(gone, "", actor=HOST, now=now)
        assert needs(gone, now) == []


def test_a_review_is_a_need_of_its_own(app, now):
    parcel = a_parcel()
    reviews.require(parcel, "unknown_status", now=now)
    assert not reviews.require(parcel, "unknown_status", now=now)
    assert needs(parcel, now) == ["review"]
    (review,) = reviews.open_ones(parcel)
    reviews.clear(parcel, review.id, "sudah", actor=HOST, now=now)
    assert needs(parcel, now) == []


def test_the_longest_waiting_lead(app, now):
    young, old = (a_parcel(paid_at=now - timedelta(days=days)) for days in (3, 5))
    late = db.session.scalars(needing(Need.LATE, now)).all()
    assert late == [old, young]
    assert isinstance(needing(Need.LATE, now), sa.Select)
