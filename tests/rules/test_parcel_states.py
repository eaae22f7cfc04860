"""Every pair of state and act: what is not in the table is refused."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from bazaar.rules.parcel_states import (
    LATE_AFTER,
    STEPS,
    ParcelAct,
    ParcelStatus,
    ParcelStepRefused,
    after,
    is_late,
)

DRAFT, PACKED, HANDED_OVER = ParcelStatus.DRAFT, ParcelStatus.PACKED, ParcelStatus.HANDED_OVER
DELIVERED, CANCELLED = ParcelStatus.DELIVERED, ParcelStatus.CANCELLED
ALLOWED = {
    (DRAFT, ParcelAct.PACK): PACKED,
    (DRAFT, ParcelAct.CANCEL): CANCELLED,
    (PACKED, ParcelAct.UNPACK): DRAFT,
    (PACKED, ParcelAct.CANCEL): CANCELLED,
    (PACKED, ParcelAct.HAND_OVER): HANDED_OVER,
    (HANDED_OVER, ParcelAct.DELIVER): DELIVERED,
}


@pytest.mark.parametrize(("status", "act"), list(product(ParcelStatus, ParcelAct)))
def test_every_pair(status, act):
    if (status, act) in ALLOWED:
        assert after(status, act) is ALLOWED[status, act]
        return
    with pytest.raises(ParcelStepRefused) as refused:
        after(status, act)
    assert (refused.value.status, refused.value.act) == (status, act)


def test_nothing_leads_out_of_the_end():
    assert {status for status, _ in STEPS}.isdisjoint({DELIVERED, CANCELLED})


@pytest.mark.parametrize("status", list(ParcelStatus))
def test_late_is_what_the_seller_still_has_after_two_days(status):
    paid_at = datetime(2026, 3, 1, tzinfo=UTC)
    due = paid_at + LATE_AFTER
    assert not is_late(status, paid_at, due)
    assert is_late(status, paid_at, due + timedelta(seconds=1)) == (status in {DRAFT, PACKED})
    assert not is_late(status, None, due)
