"""People's acts: reasons, corrections, cancelling, addresses and labels."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bazaar import orders, shipments
from bazaar.db import db, reading
from bazaar.models import AuditEntry, Order, OrderStatus, Parcel, ParcelStatus, Product
from bazaar.rules.order_states import StepRefused
from bazaar.rules.parcel_states import NEED_REASON, ParcelAct, ParcelStepRefused, ReasonMissing
from bazaar.shipments import acts
from bazaar.shipments.addresses import WrongAddress, address_of, note_to_courier
from tests.builders import HOST, a_parcel, a_product, an_order
from tests.shipments.parcels import (
    RESI,
    a_booking,
    a_parcel_in,
    a_parcel_of,
    differences,
    reasons,
    steps_of,
)
from tests.test_shipments import in_threads

BY_ACT = {
    ParcelAct.MOVE: acts.move,
    ParcelAct.BRING: acts.bring,
    ParcelAct.FAIL: acts.fail,
    ParcelAct.RESUME: acts.resume,
    ParcelAct.RETURN: acts.send_back,
    ParcelAct.TAKE_BACK: acts.take_back,
    ParcelAct.LOSE: acts.lose,
    ParcelAct.DESTROY: acts.destroy,
    ParcelAct.CORRECT: acts.correct,
    ParcelAct.UNBOOK: acts.unbook,
    ParcelAct.CANCEL: acts.cancel,
}


def test_what_nobody_can_prove_needs_a_few_words(app, now):
    states = {"move": "handed_over", "resume": "exception", "correct": "delivered"}
    states |= {"unbook": "booked", "cancel": "draft"}
    for act, function in BY_ACT.items():
        assert act in NEED_REASON
        parcel = a_parcel_in(states.get(act.value, "in_transit"))
        before = parcel.status
        for words in ("", "  ", "x" * 121):
            with pytest.raises(ReasonMissing):
                function(parcel, words, actor=HOST, now=now)
        assert parcel.status is before
        function(parcel, "kata kurir", actor=HOST, now=now)
        assert parcel.status is not before
        assert parcel.steps[-1].note == "kata kurir"
        entry = db.session.scalars(
            sa.select(AuditEntry)
            .order_by(AuditEntry.id)
            .where(AuditEntry.action == f"parcel.{act.value}")
        ).one()
        assert entry.facts["why"] == "kata kurir"
    assert differences() == []


def test_trouble_seen_by_people_ends_where_it_began(app, now):
    parcel = a_parcel_in("out_for_delivery")
    acts.fail(parcel, "rumah kosong", code="nobody_home", actor=HOST, now=now)
    assert (parcel.exception_code, parcel.resume_status.value) == (
        "nobody_home",
        "out_for_delivery",
    )
    acts.resume(parcel, "diantar lagi", actor=HOST, now=now)
    assert (parcel.status.value, parcel.exception_code) == ("out_for_delivery", "")


def test_a_wrong_arrival_is_corrected_and_the_order_is_open_again(app, now):
    parcel = a_parcel_in("delivered")
    db.session.refresh(parcel.order)
    assert parcel.order.status is OrderStatus.DONE
    acts.correct(parcel, "salah rumah", actor=HOST, now=now)
    db.session.refresh(parcel.order)
    assert (parcel.status.value, parcel.order.status) == ("exception", OrderStatus.PAID)
    assert parcel.resume_status is ParcelStatus.HANDED_OVER
    assert differences() == []
    shipments.deliver(parcel, actor=HOST, now=now)
    db.session.refresh(parcel.order)
    assert parcel.order.status is OrderStatus.DONE
    assert differences() == []


def test_what_was_lost_is_found(app, now):
    for act, state in ((acts.send_back, "returning"), (acts.take_back, "returned")):
        parcel = a_parcel_in("lost")
        act(parcel, "ditemukan", actor=HOST, now=now)
        assert parcel.status.value == state
    with pytest.raises(ParcelStepRefused):
        acts.move(a_parcel_in("lost"), "x", actor=HOST, now=now)


# Cancelling


def test_a_paid_order_is_called_off_with_its_parcels(app, now):
    parcel = a_parcel_of(2)
    order = parcel.order
    shipments.split(parcel, {order.lines[0].id: 1}, actor=HOST, now=now)
    shipments.pack(parcel, actor=HOST, now=now)

    shipments.cancel_order(order, "pembeli minta batal", actor=HOST, now=now)

    assert order.status is OrderStatus.CANCELLED
    stock = sa.select(Product.stock).where(Product.id == order.lines[0].product_id)
    assert db.session.scalar(stock) == 20
    states = set(db.session.scalars(sa.select(Parcel.status)))
    assert states == {ParcelStatus.CANCELLED}
    assert differences() == []
    with pytest.raises(StepRefused):
        shipments.cancel_order(order, "lagi", actor=HOST, now=now)
    for act in (shipments.pack, shipments.unpack, shipments.deliver):
        with pytest.raises(ParcelStepRefused):
            act(parcel, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.hand_over(parcel, "JNE", RESI, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.hand_over_all([parcel], courier="JNE", actor=HOST, now=now)


def test_an_order_on_its_way_is_not_called_off(app, now):
    parcel = a_parcel_in("in_transit")
    with pytest.raises(shipments.OnItsWay):
        shipments.cancel_order(parcel.order, "x", actor=HOST, now=now)
    booked = a_parcel_in("booked")
    a_booking(booked)
    with pytest.raises(shipments.AtCourier):
        shipments.cancel_order(booked.order, "x", actor=HOST, now=now)
    with pytest.raises(shipments.AtCourier):
        acts.unbook(booked, "x", actor=HOST, now=now)


def test_a_pick_up_by_telephone_is_cancelled_at_once(app, now):
    parcel = a_parcel_in("packed", resi=RESI)
    acts.book(parcel, actor=HOST, now=now)
    assert shipments.request_cancel(parcel, "batal", actor=HOST, now=now)
    assert (parcel.status, parcel.resi) == (ParcelStatus.CANCELLED, "")
    assert [change.old for change in shipments.changes_of(parcel)] == [RESI]
    other = a_parcel_in("packed", resi=RESI)  # the number is free again
    assert other.resi == RESI


def test_a_booked_parcel_is_not_unpacked(app, now):
    parcel = a_parcel_in("packed")
    a_booking(parcel)
    with pytest.raises(shipments.AtCourier):
        shipments.unpack(parcel, actor=HOST, now=now)


# Hand-over of many


def test_a_signature_hands_over_all_or_none(app, now):
    parcels = [a_parcel_in(state) for state in ("packed", "booked", "in_transit")]
    moved = shipments.hand_over_all(parcels, courier="JNE REG", actor=HOST, now=now, note="MAN-1")
    assert moved == 2
    states = [parcel.status.value for parcel in parcels]
    assert states == ["handed_over", "handed_over", "in_transit"]
    assert parcels[0].steps[-1].note == "MAN-1"
    with pytest.raises(ParcelStepRefused):
        shipments.hand_over_all([a_parcel()], courier="JNE REG", actor=HOST, now=now)


def test_a_number_that_a_provider_gave_is_replaced_with_a_reason(app, now):
    parcel = a_parcel_in("packed", resi="012345678900")
    a_booking(parcel)
    with pytest.raises(ReasonMissing):
        shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=now)
    shipments.hand_over(parcel, "JNE REG", RESI, why="dicetak ulang", actor=HOST, now=now)
    assert reasons(parcel) == ["resi_changed"]


@pytest.mark.parametrize("state", ["draft", "packed", "booked", "in_transit", "exception"])
def test_a_number_is_given_in_any_state_but_an_end(app, now, state):
    parcel = a_parcel_in(state)
    assert shipments.set_resi(parcel, RESI, actor=HOST, now=now)
    assert not shipments.set_resi(parcel, RESI, actor=HOST, now=now)
    assert reasons(parcel) == []
    with pytest.raises(ReasonMissing):
        shipments.set_resi(parcel, "99999999", actor=HOST, now=now)
    shipments.set_resi(parcel, "99999999", why="salah ketik", actor=HOST, now=now)
    assert reasons(parcel) == ["resi_changed"]
    for ended in ("delivered", "cancelled"):
        with pytest.raises(ParcelStepRefused):
            shipments.set_resi(a_parcel_in(ended), "88888888", actor=HOST, now=now)


# Boxes, labels, addresses


@pytest.mark.parametrize(
    ("weight", "sides"), [(0, None), (-1, None), (50_001, None), (1, (0, 1, 1)), (1, (1, 1, 201))]
)
def test_impossible_boxes(app, now, weight, sides):
    parcel = a_parcel()
    with pytest.raises(shipments.WrongWeight):
        shipments.measure(parcel, weight, sides, actor=HOST, now=now)
    assert parcel.weight_g is None


def test_a_changed_weight_or_address_voids_the_label(app, now):
    parcel = a_parcel_in("packed")
    assert not shipments.label_is_void(parcel)
    assert not shipments.label_is_current(parcel)
    for change in (
        lambda: shipments.measure(parcel, 1_200, (10, 20, 30), actor=HOST, now=now),
        lambda: shipments.measure(parcel, 1_200, (10, 20, 30), fragile=True, actor=HOST, now=now),
        lambda: moved_to(parcel, now, street="Jalan Kalimantan 37"),
        lambda: shipments.set_resi(parcel, RESI, courier="JNE YES", actor=HOST, now=now),
        lambda: shipments.unpack(parcel, actor=HOST, now=now),
    ):
        shipments.mark_printed([parcel], now=now)
        assert shipments.label_is_current(parcel)
        change()
        assert shipments.label_is_void(parcel)
    with pytest.raises(ParcelStepRefused):
        shipments.measure(a_parcel_in("in_transit"), 1, None, actor=HOST, now=now)


def moved_to(parcel, now, **given):
    address = replace(address_of(parcel.order.checkout), **given)
    return shipments.change_address(parcel, address, "pembeli pindah", actor=HOST, now=now)


def test_an_address_changes_until_the_parcel_leaves(app, now):
    parcel = a_parcel_in("packed")
    a_booking(parcel)
    assert not moved_to(parcel, now)
    assert moved_to(parcel, now, street="Jalan Kalimantan 37")
    assert parcel.order.checkout.street == "Jalan Kalimantan 37"
    assert reasons(parcel) == ["address_changed"]
    facts = db.session.scalars(
        sa.select(AuditEntry.facts)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action == "parcel.change_address")
    ).one()
    assert facts == {"changed": ["street"], "why": "pembeli pindah"}  # no address in the trail
    for wrong in ({"street": ""}, {"buyer_name": ""}, {"street": "x" * 201}):
        with pytest.raises(WrongAddress):
            moved_to(parcel, now, **wrong)
    gone = a_parcel_in("in_transit")
    with pytest.raises(shipments.LeftAlready):
        moved_to(gone, now, street="Jalan Lain 1")
    note_to_courier(gone, "titip tetangga", actor=HOST, now=now)
    assert steps_of(gone) == ["packed", "in_transit"]


def test_an_order_called_off_while_parcels_are_opened_keeps_none_or_stays(app, now):
    order = an_order(a_product())
    orders.mark_paid(order.id, now=now)
    order_id = order.id

    def call_off():
        found = db.session.get_one(Order, order_id)
        shipments.cancel_order(found, "salah pesan", actor=HOST, now=now)

    raised = in_threads(app, call_off, lambda: shipments.open_parcels(now))

    with reading():
        states = set(db.session.scalars(sa.select(Parcel.status)))
        if raised == [None, None]:
            assert db.session.get_one(Order, order_id).status is OrderStatus.CANCELLED
            assert states <= {ParcelStatus.CANCELLED}
        else:  # the parcel was opened in between
            assert type(raised[0]) is shipments.ParcelMoved
            assert db.session.get_one(Order, order_id).status is OrderStatus.PAID
            assert states == {ParcelStatus.DRAFT}
