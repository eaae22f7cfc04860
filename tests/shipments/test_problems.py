"""Buyers' complaints: one open at a time, answered by one person, told to each once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.models import AuditEntry, Message, ParcelProblem
from bazaar.shipments import overview, problems
from bazaar.shipments.overview import Need
from bazaar.shipments.refusals import (
    NoSuchProblem,
    NothingToReport,
    ProblemAnswered,
    ProblemOpen,
    TooManyProblems,
)
from tests.builders import HOST, a_parcel, a_product, a_seller
from tests.shipments.parcels import a_parcel_in
from tests.test_shipments import in_threads

TEXT = "Kardusnya basah."


def letters():
    to_sellers = sa.select(Message.key).where(Message.key.startswith("parcel-"))
    return db.session.scalars(to_sellers.order_by(Message.id)).all()


def test_a_complaint_is_told_to_the_seller_and_asks_for_a_person(app, now):
    seller = a_seller(email="lapak@contoh.id")
    parcel = a_parcel(a_product(seller=seller), resi="012345678901")

    problem = problems.tell(parcel, "damaged", TEXT, now=now)

    assert letters() == [f"parcel-problem:{problem.id}"]
    assert problems.open_in([parcel.order_id]) == {parcel.order_id}
    assert overview.needs_of([parcel.id], now) == {parcel.id: [Need.PROBLEM]}
    assert overview.counts(now, seller_id=seller.id)[Need.PROBLEM] == 1
    assert overview.counts(now, seller_id=seller.id + 1)[Need.PROBLEM] == 0
    assert shipments.states_of([parcel.order_id])[parcel.order_id].value == "attention"

    problems.answer(problem, "Kami kirim pengganti.", actor=HOST, now=now)

    assert problems.open_in([parcel.order_id]) == set()
    assert overview.needs_of([parcel.id], now) == {}
    assert shipments.states_of([parcel.order_id])[parcel.order_id].value == "shipped"
    assert (problem.answered_at, problem.answered_by) == (now, "Rina")
    notice = shipments.notices.of_answer(parcel, problem)
    assert "Kami kirim pengganti." in notice.text.format(**notice.facts)
    told = db.session.scalars(
        sa.select(AuditEntry.action)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action.contains("compla"))
    )
    assert told.all() == ["parcel.complain", "parcel.answer_complaint"]


def test_the_same_complaint_again_is_one_and_another_must_wait(app, now):
    parcel = a_parcel(resi="012345678901")
    first = problems.tell(parcel, "damaged", TEXT, now=now)
    assert problems.tell(parcel, "damaged", TEXT, now=now) is first
    with pytest.raises(ProblemOpen):
        problems.tell(parcel, "missing", TEXT, now=now)
    assert len(problems.of_parcel(parcel)) == 1


def test_nobody_complains_for_ever(app, now):
    parcel = a_parcel(resi="012345678901")
    for number in range(problems.MOST):
        told = problems.tell(parcel, "other", f"lagi {number}", now=now)
        problems.answer(told, "Baik.", actor=HOST, now=now)
    with pytest.raises(TooManyProblems):
        problems.tell(parcel, "other", "sekali lagi", now=now)


@pytest.mark.parametrize("copies", [4])
def test_of_complaints_at_once_one_stays(app, now, copies):
    parcel = a_parcel(resi="012345678901")
    code = parcel.code

    def complain(number):
        return lambda: problems.tell(
            shipments.get_parcel(code), "damaged", f"{TEXT}{number}", now=now
        )

    raised = in_threads(app, *map(complain, range(copies)))

    assert raised.count(None) == 1
    assert sum(isinstance(one, ProblemOpen) for one in raised) == copies - 1
    assert db.session.scalar(sa.select(sa.func.count(ParcelProblem.id))) == 1


def test_of_two_answers_the_first_counts(app, now):
    problem = problems.tell(a_parcel(resi="012345678901"), "wrong", TEXT, now=now)
    number = problem.id

    def answer(text):
        return lambda: problems.answer(problems.get(number), text, actor=HOST, now=now)

    raised = in_threads(app, answer("Satu."), answer("Dua."))

    assert raised.count(None) == 1
    assert any(isinstance(one, ProblemAnswered) for one in raised)
    kept = problems.get(number)
    problems.answer(kept, kept.answer, actor=HOST, now=now + timedelta(hours=1))
    assert kept.answered_at == now


def test_what_can_be_wrong_depends_on_where_the_parcel_is(app, now):
    waiting = a_parcel()
    assert problems.kinds_for(waiting, now) == ()
    with pytest.raises(NothingToReport):
        problems.tell(waiting, "damaged", TEXT, now=now)
    late = now + timedelta(days=3)
    assert problems.kinds_for(waiting, late) == ("not_sent", "other")
    with pytest.raises(NothingToReport):
        problems.tell(waiting, "damaged", TEXT, now=late)
    problems.tell(waiting, "not_sent", TEXT, now=late)
    assert problems.kinds_for(a_parcel_in("cancelled"), late) == ()
    for state in ("in_transit", "delivered", "lost", "returned"):
        kinds = problems.kinds_for(a_parcel_in(state), now)
        assert kinds == ("not_arrived", "damaged", "wrong", "missing", "other")


def test_a_seller_finds_only_its_own(app, now):
    parcel, other = a_parcel(resi="012345678901"), a_parcel(resi="999999999999")
    mine, theirs = (problems.tell(one, "wrong", TEXT, now=now) for one in (parcel, other))
    seller_id = parcel.order.seller_id

    assert problems.get(mine.id, seller_id=seller_id) is mine
    with pytest.raises(NoSuchProblem):
        problems.get(theirs.id, seller_id=seller_id)
    assert problems.waiting(seller_id=seller_id) == [mine]
    assert problems.waiting() == [mine, theirs]
    problems.answer(mine, "Baik.", actor=HOST, now=now)
    assert db.session.scalars(problems.answered()).all() == [mine]
