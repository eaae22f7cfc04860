"""Every pair of state and act: what is not in the table is refused."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bazaar.rules.parcel_states import (
    ENDED,
    HERE,
    LATE_AFTER,
    RANKS,
    STEPS,
    ParcelAct,
    ParcelStatus,
    ParcelStepRefused,
    acts_in,
    after,
    is_late,
    rank,
)

# A row an act: from which states to which. `resume` stands for the state before the exception.
ALLOWED = """
pack: draft > packed
unpack: packed > draft
book: packed > booked
unbook: booked > packed
hand_over: packed booked > handed_over
request_cancel: packed > packed
request_cancel: booked > booked
cancel: draft packed booked > cancelled
move: handed_over out_for_delivery exception > in_transit
bring: handed_over in_transit exception > out_for_delivery
deliver: handed_over in_transit out_for_delivery exception returning lost > delivered
fail: booked handed_over in_transit out_for_delivery > exception
resume: exception > resume
return: handed_over in_transit out_for_delivery exception lost > returning
take_back: handed_over in_transit out_for_delivery exception returning lost > returned
lose: handed_over in_transit out_for_delivery exception returning > lost
destroy: handed_over in_transit out_for_delivery exception returning > destroyed
correct: delivered > exception
"""


def allowed():
    for line in ALLOWED.strip().splitlines():
        act, way = line.split(": ")
        states, to = way.split(" > ")
        for state in states.split():
            yield (ParcelStatus(state), ParcelAct(act)), to


TABLE = dict(allowed())


@pytest.mark.parametrize(("status", "act"), list(product(ParcelStatus, ParcelAct)))
def test_every_pair(status, act):
    if (status, act) in TABLE:
        to = TABLE[status, act]
        resume = ParcelStatus.OUT_FOR_DELIVERY
        expected = resume if to == "resume" else ParcelStatus(to)
        assert after(status, act, resume) is expected
        assert act in acts_in(status)
        return
    assert act not in acts_in(status)
    with pytest.raises(ParcelStepRefused) as refused:
        after(status, act)
    assert (refused.value.status, refused.value.act) == (status, act)


def test_out_of_an_end_leads_only_finding_again_and_correcting():
    out = {(status, act) for status, act in STEPS if status in ENDED}
    found = (ParcelAct.DELIVER, ParcelAct.RETURN, ParcelAct.TAKE_BACK)
    corrected = (ParcelStatus.DELIVERED, ParcelAct.CORRECT)
    assert out == {(ParcelStatus.LOST, act) for act in found} | {corrected}


def test_an_exception_of_unknown_origin_goes_on_with_the_courier():
    known = after(ParcelStatus.EXCEPTION, ParcelAct.RESUME, ParcelStatus.BOOKED)
    assert known is ParcelStatus.BOOKED
    unknown = after(ParcelStatus.EXCEPTION, ParcelAct.RESUME)
    assert unknown is ParcelStatus.HANDED_OVER


def test_the_good_way_has_ranks_and_nothing_else():
    way = ["draft", "packed", "booked", "handed_over", "in_transit", "out_for_delivery"]
    assert [rank(ParcelStatus(word)) for word in way] == [0, 10, 20, 30, 40, 50]
    assert all(rank(status) is None for status in ParcelStatus if status not in RANKS)


@pytest.mark.parametrize("status", list(ParcelStatus))
def test_late_is_what_the_seller_still_has_after_two_days(status):
    paid_at = datetime(2026, 3, 1, tzinfo=UTC)
    due = paid_at + LATE_AFTER
    assert not is_late(status, paid_at, due)
    assert is_late(status, paid_at, due + timedelta(seconds=1)) == (status in HERE)
    assert not is_late(status, None, due)
