"""Lines ticked and the photo of the packed parcel."""

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import AuditEntry
from bazaar.rules.parcel_states import ParcelStepRefused
from bazaar.shipments.packing import NoSuchLine, set_photo, tick
from tests.builders import HOST, a_parcel
from tests.shipments.parcels import a_parcel_in
from tests.test_shipments import in_threads


def test_a_tick_is_kept_once_and_taken_away_once(app, now):
    parcel = a_parcel()
    (line,) = parcel.lines
    number = line.order_line_id

    assert tick(parcel, number, packed=True, now=now)
    assert not tick(parcel, number, packed=True, now=now.replace(hour=13))
    assert line.ticked_at == now
    assert tick(parcel, number, packed=False, now=now)
    assert not tick(parcel, number, packed=False, now=now)
    assert line.ticked_at is None


def test_what_is_in_another_parcel_cannot_be_ticked(app, now):
    parcel, other = a_parcel(), a_parcel()
    for number in (other.lines[0].order_line_id, 0, -1):
        with pytest.raises(NoSuchLine):
            tick(parcel, number, packed=True, now=now)
    assert other.lines[0].ticked_at is None


@pytest.mark.parametrize("state", ["handed_over", "delivered", "cancelled"])
def test_what_has_left_is_neither_ticked_nor_photographed(app, now, state):
    parcel = a_parcel_in(state)
    with pytest.raises(ParcelStepRefused):
        tick(parcel, parcel.lines[0].order_line_id, packed=True, now=now)
    with pytest.raises(ParcelStepRefused):
        set_photo(parcel, "a" * 64, actor=HOST, now=now)
    assert (parcel.lines[0].ticked_at, parcel.photo) == (None, None)


def test_of_two_people_who_tick_one_does_it(app, database, now):
    code = a_parcel().code
    db.session.commit()

    new: list[bool] = []

    def press():
        parcel = shipments.get_parcel(code)
        new.append(tick(parcel, parcel.lines[0].order_line_id, packed=True, now=now))

    assert in_threads(app, *[press] * 3) == [None] * 3
    assert sorted(new) == [False, False, True]


def test_a_later_photo_takes_the_place_of_the_first(app, now):
    parcel = a_parcel()
    for name in ("a" * 64, "b" * 64):
        set_photo(parcel, name, actor=HOST, now=now)

    assert parcel.photo == "b" * 64
    kept = db.session.query(AuditEntry).filter_by(action="parcel.photo").all()
    assert [entry.facts["photo"][0] for entry in kept] == ["a", "b"]
