"""What buyers are told: one letter a fact, whatever comes twice or late; sent by one person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import outbox, shipments
from bazaar.audit import BUYER
from bazaar.db import db
from bazaar.models import Message, ParcelStatus
from bazaar.shipments import problems, tidings
from bazaar.shipments.refusals import NoSuchTiding, ToldAlready
from tests.builders import HOST, a_parcel
from tests.shipments.parcels import RESI, a_booking, a_parcel_in, said, told
from tests.test_shipments import in_threads


def letters():
    query = sa.select(Message).where(Message.key.startswith("hand:")).order_by(Message.id)
    return db.session.scalars(query).all()


def test_each_step_is_one_letter_whatever_comes_twice_late_and_out_of_order(app, now):
    parcel = a_parcel_in("packed", resi=RESI)
    booking = a_booking(parcel)
    for state, hours in (
        ("handed_over", 2),
        ("handed_over", 2),
        ("booked", 1),
        ("in_transit", 3),
        ("handed_over", 4),
        ("out_for_delivery", 5),
        ("out_for_delivery", 6),
        ("in_transit", 4),
        ("delivered", 7),
        ("delivered", 8),
        ("out_for_delivery", 9),
    ):
        shipments.apply(booking, parcel, told(state, hours), now=now)
    shipments.apply(booking, parcel, said("unknown", 9, code="teleported"), now=now)

    told_of = [(row.to, row.text) for row in letters()]
    assert [text.split(". ")[0] for _to, text in told_of] == [
        f"Paket {parcel.code} dari {parcel.order.seller.name} sudah diserahkan ke JNE REG",
        f"Paket {parcel.code} dari {parcel.order.seller.name} sedang diantar JNE REG",
        f"Paket {parcel.code} dari {parcel.order.seller.name} tercatat sudah diterima",
    ]
    assert f"Nomor resi JNE REG: {RESI}." in told_of[0][1]
    assert {to for to, _text in told_of} == {"+6281234567890"}
    assert outbox.pick(now + timedelta(days=1)) is None, "no machine sends these"
    steps = [step.id for step in parcel.steps if step.status in shipments.notices.WORDS]
    assert [row.key for row in letters()] == [f"hand:parcel-step:{step}" for step in steps]


@pytest.mark.parametrize("copies", [4])
def test_the_same_news_at_once_is_one_letter(app, now, copies):
    code = a_parcel_in("packed").code

    def tell():
        shipments.apply(None, shipments.get_parcel(code), told("delivered", 5), now=now)

    assert in_threads(app, *[tell] * copies) == [None] * copies
    assert len(letters()) == 1


def test_only_the_newest_state_of_a_parcel_is_worth_a_message(app, now):
    parcel = a_parcel(resi=RESI)
    first = tidings.waiting(now)
    assert [one.parcel for one in first] == [parcel]
    shipments.apply(None, parcel, told("in_transit", 1), now=now)
    assert [one.letter for one in tidings.waiting(now)] == [one.letter for one in first]
    shipments.apply(None, parcel, told("out_for_delivery", 2), now=now)
    (only,) = tidings.waiting(now)
    assert "sedang diantar" in only.notices[0].text

    tidings.done(only.letter.id, actor=HOST, now=now)

    assert tidings.waiting(now) == []
    assert all(row.sent_at == now for row in letters())
    with pytest.raises(ToldAlready):
        tidings.done(only.letter.id, actor=HOST, now=now)


@pytest.mark.parametrize(
    ("state", "words"), [("returned", "sudah kembali ke penjual"), ("destroyed", "rusak atau")]
)
def test_an_end_that_nobody_wants_is_told_too(app, now, state, words):
    parcel = a_parcel(resi=RESI)
    shipments.apply(None, parcel, told(state, 1), now=now)
    (only,) = tidings.waiting(now)
    assert words in only.letter.text


def test_what_the_buyer_said_is_no_news_to_it(app, now):
    parcel = a_parcel(resi=RESI)
    shipments.deliver(parcel, actor=BUYER, now=now)
    assert parcel.status is ParcelStatus.DELIVERED
    assert len(letters()) == 1
    assert tidings.waiting(now) == []


def test_a_changed_number_and_an_answer_wait_beside_the_state(app, now):
    parcel = a_parcel(resi=RESI)
    for _ in range(2):
        shipments.change_resi(parcel, "JNE REG", "012345678902", "salah", actor=HOST, now=now)
    problem = problems.tell(parcel, "other", "Lama sekali.", now=now)
    for _ in range(2):
        problems.answer(problem, "Sebentar lagi.", actor=HOST, now=now)

    waiting = tidings.waiting(now)

    assert len(waiting) == 3
    assert "012345678902" in waiting[1].notices[0].facts["resi"]
    assert waiting[2].notices[0].facts["answer"] == "Sebentar lagi."
    assert "Sebentar lagi." in waiting[2].letter.text
    for one in waiting:
        tidings.done(one.letter.id, actor=HOST, now=now)
    assert tidings.waiting(now) == []


def test_a_number_that_comes_after_the_hand_over_is_told_once(app, now):
    waiting, sent = a_parcel_in("packed"), a_parcel_in("packed")
    for parcel in (waiting, sent):
        shipments.apply(None, parcel, told("handed_over", 1), now=now)
    (letter,) = [one.letter for one in tidings.waiting(now) if one.parcel is sent]
    tidings.done(letter.id, actor=HOST, now=now)
    for parcel, resi in ((waiting, RESI), (sent, "012345678902")):
        for _ in range(2):
            shipments.set_resi(parcel, resi, actor=HOST, now=now)
    shipments.apply(None, sent, told("in_transit", 2, resi="012345678902"), now=now)

    told_now = {one.parcel.code: one for one in tidings.waiting(now)}

    assert len(tidings.waiting(now)) == 2
    texts = {
        code: " ".join(notice.text.format(**notice.facts) for notice in one.notices)
        for code, one in told_now.items()
    }
    assert texts[waiting.code].endswith(f"Nomor resi JNE REG: {RESI}.")
    assert texts[sent.code] == "Nomor resi JNE REG: 012345678902."
    tidings.done(told_now[sent.code].letter.id, actor=HOST, now=now)
    assert [one.parcel for one in tidings.waiting(now)] == [waiting]


def test_of_two_who_send_it_one_is_told(app, now):
    a_parcel(resi=RESI)
    (one,) = tidings.waiting(now)
    number = one.letter.id
    raised = in_threads(app, *[lambda: tidings.done(number, actor=HOST, now=now)] * 2)
    assert raised.count(None) == 1
    assert any(isinstance(error, ToldAlready) for error in raised)


def test_old_news_and_other_letters_wait_for_nobody(app, now):
    a_parcel(resi=RESI)
    assert tidings.waiting(now + timedelta(days=8)) == []
    outbox.write("kabar:1", "a@contoh.id", "Halo", "Teks", now=now)
    other = db.session.scalars(sa.select(Message).where(Message.key == "kabar:1")).one()
    for number in (other.id, 999_999):
        with pytest.raises(NoSuchTiding):
            tidings.done(number, actor=HOST, now=now)


def test_what_lapses_is_told_elsewhere_and_crowds_nothing_out(app, now):
    parcel = a_parcel_in("packed", resi=RESI)
    shipments.apply(a_booking(parcel), parcel, told("handed_over", 1), now=now)
    calls = [
        outbox.Timed(f"hand:cue:{n}:0:call:seller:hand", outbox.HAND, "seller:1", "a", "b", now)
        for n in range(tidings.MOST)
    ]
    outbox.write_timed(calls, now=now)

    assert [one.parcel for one in tidings.waiting(now)] == [parcel]
    cue = next(one for one in letters() if ":cue:" in one.key)
    with pytest.raises(NoSuchTiding):
        tidings.done(cue.id, actor=HOST, now=now)
