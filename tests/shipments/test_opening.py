"""Pieces in parcels: never more than were ordered, however many people split at once."""

import pytest
import sqlalchemy as sa

from bazaar import orders, shipments
from bazaar.db import db, reading
from bazaar.models import AuditEntry, Order, OrderStatus, Parcel, ParcelLine, ParcelStatus
from bazaar.rules.parcel_states import ParcelStepRefused
from bazaar.shipments import NothingLeft, TooManyPieces, situations
from tests.builders import HOST
from tests.shipments.parcels import a_parcel_of, differences, line_ids
from tests.test_shipments import WULAN, in_threads


def pieces(parcel):
    with reading():
        query = sa.select(ParcelLine.order_line_id, ParcelLine.quantity)
        return dict(db.session.execute(query.where(ParcelLine.parcel_id == parcel.id)).all())


def in_parcels(order_id):
    with reading():
        query = sa.select(sa.func.sum(ParcelLine.quantity)).join(ParcelLine.parcel)
        counted = Parcel.status != ParcelStatus.CANCELLED
        return db.session.scalar(query.where(Parcel.order_id == order_id, counted))


def test_one_line_goes_into_two_parcels(app, now):
    parcel = a_parcel_of(3, products=2)
    first, second = line_ids(parcel)

    made = shipments.split(parcel, {first: 2, second: 0}, actor=HOST, now=now)

    assert made.code == f"{parcel.code}-2"
    assert (made.number, made.status, made.resi) == (2, ParcelStatus.DRAFT, "")
    assert [line.quantity for line in parcel.lines] == [1, 3]
    assert [(line.order_line_id, line.quantity) for line in made.lines] == [(first, 2)]
    third = shipments.split(parcel, {second: 3}, actor=HOST, now=now)
    assert third.code == f"{parcel.code}-3"
    assert [line.quantity for line in parcel.lines] == [1]
    found = shipments.find_parcels([parcel.order_id])[parcel.order_id]
    assert [one.number for one in found] == [1, 2, 3]
    assert list(db.session.scalars(shipments.found(made.code.lower()))) == [made]
    assert differences() == []


@pytest.mark.parametrize("wish", [{}, {0: 0}, {0: 3}, {0: 4}, {0: -1}, {99: 1}])
def test_both_parcels_keep_something(app, now, wish):
    parcel = a_parcel_of(3)
    (line,) = line_ids(parcel)
    asked = {line if key == 0 else -1: quantity for key, quantity in wish.items()}
    with pytest.raises(TooManyPieces):
        shipments.split(parcel, asked, actor=HOST, now=now)
    assert [held.quantity for held in parcel.lines] == [3]


def test_what_is_packed_is_not_split(app, now):
    parcel = a_parcel_of(3)
    shipments.pack(parcel, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)


def test_two_who_split_at_once_never_make_pieces(app, now):
    parcel = a_parcel_of(3)
    code, (line,), order_id = parcel.code, line_ids(parcel), parcel.order_id

    def split(actor):
        return lambda: shipments.split(shipments.get_parcel(code), {line: 2}, actor=actor, now=now)

    raised = in_threads(app, split(HOST), split(WULAN), split(HOST))

    assert [type(error) for error in raised if error] == [TooManyPieces] * 2
    assert in_parcels(order_id) == 3


def test_what_a_cancelled_parcel_held_can_be_put_into_another(app, now):
    parcel = a_parcel_of(2)
    order = parcel.order
    with pytest.raises(NothingLeft):
        shipments.open_rest(order, actor=HOST, now=now)

    shipments.cancel(parcel, "kardus basah", actor=HOST, now=now)
    made = shipments.open_rest(order, actor=HOST, now=now)

    assert made.code == f"{parcel.code}-2"
    assert [line.quantity for line in made.lines] == [2]
    assert situations.of([order.id])[order.id].unassigned == {}
    assert differences() == []


def test_two_who_open_the_rest_at_once_open_one(app, now):
    parcel = a_parcel_of(2)
    order_id = parcel.order_id
    shipments.cancel(parcel, "kardus basah", actor=HOST, now=now)

    def rest():
        shipments.open_rest(db.session.get_one(Order, order_id), actor=HOST, now=now)

    raised = in_threads(app, rest, rest, rest)

    assert [type(error) for error in raised if error] == [NothingLeft] * 2
    assert in_parcels(order_id) == 2


def test_an_order_is_done_when_its_last_parcel_has_arrived(app, now):
    parcel = a_parcel_of(2)
    made = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    for number, one in enumerate((parcel, made)):
        shipments.pack(one, actor=HOST, now=now)
        shipments.hand_over(one, "JNE REG", f"01234567890{number}", actor=HOST, now=now)
    codes = [parcel.code, made.code]

    shipments.deliver(parcel, actor=HOST, now=now)
    db.session.refresh(parcel.order)
    assert parcel.order.status.value == "paid"
    states = shipments.states_of([parcel.order_id])
    assert states[parcel.order_id].value == "partially_delivered"
    shipments.deliver(made, actor=HOST, now=now)
    db.session.refresh(parcel.order)
    assert parcel.order.status.value == "done"
    assert [parcel.resi, made.resi] == ["012345678900", "012345678901"]
    assert codes == [parcel.code, made.code]


def test_two_last_parcels_that_arrive_at_once_end_the_order(app, now):
    parcel = a_parcel_of(2)
    made = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    for number, one in enumerate((parcel, made)):
        shipments.pack(one, actor=HOST, now=now)
        shipments.hand_over(one, "JNE REG", f"01234567890{number}", actor=HOST, now=now)
    order_id, codes = parcel.order_id, [parcel.code, made.code]

    def arrive(code):
        return lambda: shipments.deliver(shipments.get_parcel(code), actor=HOST, now=now)

    assert in_threads(app, *map(arrive, codes)) == [None, None]

    assert db.session.get_one(Order, order_id).status is OrderStatus.DONE


def test_the_trail_tells_what_was_split(app, now):
    parcel = a_parcel_of(2)
    made = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    query = (
        sa.select(AuditEntry.facts)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action == "parcel.split")
    )
    assert db.session.scalars(query).one() == {"into": made.code, "pieces": 1}


def test_unpaid_orders_have_no_rest(app, now):
    parcel = a_parcel_of(1)
    shipments.cancel(parcel, "x", actor=HOST, now=now)
    orders.call_off(parcel.order_id, now=now)
    with pytest.raises(NothingLeft):
        shipments.open_rest(parcel.order, actor=HOST, now=now)
