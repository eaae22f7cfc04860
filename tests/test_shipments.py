"""Parcels: opened once, moved by one person at a time, a waybill number for one parcel only."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import orders, shipments
from bazaar.audit import BUYER, Actor
from bazaar.db import db, reading, transaction
from bazaar.models import AuditEntry, OrderStatus, Parcel, ParcelStatus, ParcelStep
from bazaar.rules.parcel_states import ParcelStepRefused
from bazaar.shipments import (
    NoSuchParcel,
    ParcelMoved,
    ResiTaken,
    WrongCourier,
    WrongResi,
)
from tests.builders import HOST, a_parcel, a_product, a_seller, an_order

WULAN = Actor("committee:2", "Wulan")
RESI = "012345678901"


def in_threads(app, *acts):
    """Do each in a thread and transaction of its own, at once; return what each raised."""
    db.session.commit()
    ready = threading.Barrier(len(acts))
    raised: list[Exception | None] = [None] * len(acts)

    def run(at, act):
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    act()
            except Exception as error:  # noqa: BLE001 - what the loser gets is the question
                raised[at] = error

    threads = [threading.Thread(target=run, args=row) for row in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    return raised


def steps_of(parcel):
    with reading():
        query = sa.select(ParcelStep.status).where(ParcelStep.parcel_id == parcel.id)
        return list(db.session.scalars(query.order_by(ParcelStep.id)))


def test_a_paid_order_gets_one_parcel_and_others_none(app, now):
    paid, unpaid = an_order(a_product()), an_order(a_product())
    orders.mark_paid(paid.id, now=now)

    assert shipments.open_parcels(now) == 1
    assert shipments.open_parcels(now) == 0

    parcel = shipments.get_parcel_of(paid.id)
    assert parcel.code == paid.reference.replace("PV-", "PK-")
    assert (parcel.status, parcel.courier, parcel.resi) == (ParcelStatus.DRAFT, "JNE REG", "")
    assert shipments.find_parcel(unpaid.id) is None
    with pytest.raises(NoSuchParcel):
        shipments.get_parcel_of(unpaid.id)


def test_two_clocks_open_one_parcel(app, now):
    paid = an_order(a_product())
    orders.mark_paid(paid.id, now=now)

    raised = in_threads(app, *[lambda: shipments.open_parcels(now)] * 4)

    assert raised == [None] * 4
    assert db.session.scalar(sa.select(sa.func.count(Parcel.id))) == 1
    db.session.rollback()


def test_the_whole_way_of_a_parcel(app, now):
    parcel = a_parcel()
    later = now + timedelta(hours=1)

    shipments.pack(parcel, actor=HOST, now=now)
    shipments.unpack(parcel, actor=HOST, now=now)
    shipments.pack(parcel, actor=WULAN, now=later)
    shipments.hand_over(parcel, "  JNE  YES ", " 0123-4567 8901 ", actor=WULAN, now=later)
    shipments.deliver(parcel, actor=BUYER, now=later)

    db.session.refresh(parcel)
    assert (parcel.status, parcel.courier, parcel.resi) == (
        ParcelStatus.DELIVERED,
        "JNE YES",
        RESI,
    )
    assert parcel.reached_at(ParcelStatus.PACKED) == later
    assert [step.by for step in parcel.steps] == ["Rina", "Rina", "Wulan", "Wulan", "Pembeli"]
    order = shipments.get_parcel(parcel.code).order
    db.session.refresh(order)
    assert (order.status, order.ended_at) == (OrderStatus.DONE, later)
    trail = sa.select(AuditEntry).filter_by(subject=f"parcel:{parcel.code}").order_by(AuditEntry.id)
    told = [(row.actor, row.action, row.facts) for row in db.session.scalars(trail)]
    assert told[2:] == [
        ("committee:2", "parcel.pack", {}),
        ("committee:2", "parcel.hand_over", {"courier": "JNE YES", "resi": RESI}),
        ("buyer", "parcel.deliver", {}),
    ]


def test_acts_in_the_wrong_state_are_refused(app, now):
    parcel = a_parcel()

    with pytest.raises(ParcelStepRefused):
        shipments.hand_over(parcel, "JNE", RESI, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.deliver(parcel, actor=BUYER, now=now)
    assert (parcel.status, parcel.resi) == (ParcelStatus.DRAFT, "")


def test_the_same_button_twice_does_it_once(app, now):
    parcel = a_parcel()
    for _ in range(2):
        shipments.pack(parcel, actor=HOST, now=now)
    for _ in range(2):
        shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=now)
    for actor in (BUYER, BUYER, HOST):
        shipments.deliver(parcel, actor=actor, now=now)

    assert [step.status for step in parcel.steps] == [
        ParcelStatus.PACKED,
        ParcelStatus.HANDED_OVER,
        ParcelStatus.DELIVERED,
    ]


def test_somebody_else_pressing_it_later_is_told(app, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.pack(parcel, actor=WULAN, now=now)

    shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.hand_over(parcel, "JNE REG", "999999999999", actor=HOST, now=now)
    assert parcel.resi == RESI


def test_who_read_it_before_it_moved_loses(app, now):
    parcel = a_parcel()
    stale = ParcelStatus.DRAFT
    db.session.execute(sa.update(Parcel).values(status=ParcelStatus.PACKED))
    sa.orm.attributes.set_committed_value(parcel, "status", stale)

    with pytest.raises(ParcelMoved):
        shipments.pack(parcel, actor=WULAN, now=now)


def test_of_two_people_at_once_one_wins_and_the_other_is_told(app, now):
    parcel = a_parcel()
    code = parcel.code

    def pack(actor):
        return lambda: shipments.pack(shipments.get_parcel(code), actor=actor, now=now)

    raised = in_threads(app, pack(HOST), pack(WULAN))

    losers = [error for error in raised if error is not None]
    assert len(losers) == 1
    assert isinstance(losers[0], ParcelMoved | ParcelStepRefused)
    assert steps_of(parcel) == [ParcelStatus.PACKED]


def test_a_double_click_at_once_is_no_refusal(app, now):
    parcel = a_parcel()
    code = parcel.code
    act = lambda: shipments.pack(shipments.get_parcel(code), actor=HOST, now=now)  # noqa: E731

    assert in_threads(app, act, act, act) == [None] * 3
    assert steps_of(parcel) == [ParcelStatus.PACKED]


def test_one_number_for_two_parcels_at_once_goes_to_one(app, now):
    parcels = [a_parcel(), a_parcel()]
    for parcel in parcels:
        shipments.pack(parcel, actor=HOST, now=now)

    def hand_over(code):
        return lambda: shipments.hand_over(
            shipments.get_parcel(code), "JNE REG", RESI, actor=HOST, now=now
        )

    raised = in_threads(app, *[hand_over(parcel.code) for parcel in parcels])

    (loser,) = [error for error in raised if error is not None]
    assert isinstance(loser, ResiTaken)
    winner = parcels[raised.index(None)]
    assert (loser.resi, loser.parcel) == (RESI, winner.code)
    db.session.rollback()


def test_a_number_belongs_to_one_parcel_of_a_company(app, now):
    first = a_parcel(resi=RESI)
    second = a_parcel()
    shipments.pack(second, actor=HOST, now=now)

    for courier in ("JNE REG", "jne yes"):
        with pytest.raises(ResiTaken) as taken:
            shipments.hand_over(second, courier, "0123 4567 8901", actor=HOST, now=now)
        assert str(taken.value) == f"Nomor resi {RESI} sudah dipakai paket {first.code}."
    shipments.hand_over(second, "SiCepat REG", RESI, actor=HOST, now=now)
    assert second.resi == RESI


@pytest.mark.parametrize(
    "text", ["", "  ", "12345", "1" * 31, "-----------", "abc", "ресі", "\u200b\u200b"]
)
def test_what_is_no_number_is_refused(app, now, text):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    with pytest.raises(WrongResi):
        shipments.hand_over(parcel, "JNE", text, actor=HOST, now=now)


@pytest.mark.parametrize("name", ["", " \t", "K" * 41, "a\x07b"])
def test_a_parcel_is_given_to_somebody(app, now, name):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    with pytest.raises(WrongCourier):
        shipments.hand_over(parcel, name, RESI, actor=HOST, now=now)


def test_without_a_courier_there_is_no_number(app, now):
    for _ in range(2):
        parcel = a_parcel()
        shipments.pack(parcel, actor=HOST, now=now)
        shipments.hand_over(parcel, "Ambil sendiri", "", actor=HOST, now=now)
        assert (parcel.status, parcel.resi) == (ParcelStatus.HANDED_OVER, "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (" jx 1300.0267-67 ", "JX1300026767"),
        ("０１２３４５", "012345"),
        ("00\u200b1234 5678", "0012345678"),
    ],
)
def test_numbers_are_kept_as_text_of_capitals_and_digits(text, number):
    assert shipments.read_resi(text) == number


def test_a_mistyped_number_is_put_right_with_a_reason(app, now):
    parcel = a_parcel(resi=RESI)
    other = a_parcel(resi="999999999999")
    for _ in range(2):
        shipments.change_resi(
            parcel, "JNE YES", "012345678902", "salah ketik", actor=WULAN, now=now
        )

    assert (parcel.status, parcel.courier, parcel.resi) == (
        ParcelStatus.HANDED_OVER,
        "JNE YES",
        "012345678902",
    )
    (told,) = db.session.query(AuditEntry).filter_by(action="parcel.change_resi")
    assert told.facts == {
        "courier": "JNE YES",
        "resi": "012345678902",
        "before": {"courier": "JNE REG", "resi": RESI},
        "reason": "salah ketik",
    }
    with pytest.raises(ResiTaken):
        shipments.change_resi(parcel, "JNE", other.resi, "x", actor=WULAN, now=now)
    with pytest.raises(WrongResi):
        shipments.change_resi(parcel, "JNE", "", "x", actor=WULAN, now=now)
    shipments.deliver(parcel, actor=BUYER, now=now)
    with pytest.raises(ParcelStepRefused):
        shipments.change_resi(parcel, "JNE", RESI, "x", actor=WULAN, now=now)


def test_of_two_corrections_at_once_one_is_told(app, now):
    parcel = a_parcel(resi=RESI)
    sa.orm.attributes.set_committed_value(parcel, "resi", "111111111111")

    with pytest.raises(ParcelMoved):
        shipments.change_resi(parcel, "JNE", "222222222222", "x", actor=WULAN, now=now)


def test_another_sellers_parcel_is_as_unknown_as_none(app):
    parcel = a_parcel()
    assert shipments.get_sellers_parcel(parcel.code, parcel.order.seller_id) is parcel
    for code, seller_id in ((parcel.code, a_seller().id), ("PK-22222", parcel.order.seller_id)):
        with pytest.raises(NoSuchParcel):
            shipments.get_sellers_parcel(code, seller_id)


def test_lists_begin_with_what_was_paid_first(app, now):
    young = a_parcel(paid_at=now)
    old = a_parcel(paid_at=now - timedelta(days=3))
    sent = a_parcel(paid_at=now - timedelta(days=4), resi=RESI)

    def codes(query):
        return [parcel.code for parcel in db.session.scalars(query)]

    assert codes(shipments.listed(ParcelStatus.DRAFT)) == [old.code, young.code]
    assert codes(shipments.listed(None)) == [sent.code, old.code, young.code]
    assert codes(shipments.late(now)) == [old.code]
    assert shipments.count_late(now) == 1
    assert shipments.counts() == {ParcelStatus.DRAFT: 2, ParcelStatus.HANDED_OVER: 1}


def test_search_takes_what_people_have_in_hand(app):
    parcel = a_parcel(resi="JX1300026767", buyer_name="Nur Halimah")
    a_parcel(buyer_name="100% Anu")
    body = parcel.code.removeprefix("PK-")

    for text in (parcel.code, f"pv {body.lower()}", body, "jx 1300-0267", "jx1300026767", "halim"):
        assert list(db.session.scalars(shipments.found(text))) == [parcel], text
    for text in ("", "x", "zzz", "%%%", "PK-22222", "_____"):
        assert list(db.session.scalars(shipments.found(text))) == [], text
