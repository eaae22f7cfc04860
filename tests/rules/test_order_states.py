"""Every state with every step: what the table holds is allowed, all else is refused."""

import itertools

import pytest

from bazaar.rules.order_states import ENDED, STEPS, OrderStatus, Step, StepRefused, after, before

PAIRS = list(itertools.product(OrderStatus, Step))
ALLOWED = {
    (OrderStatus.QUOTING, Step.QUOTE): OrderStatus.UNPAID,
    (OrderStatus.QUOTING, Step.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.QUOTING, Step.CANCEL): OrderStatus.CANCELLED,
    (OrderStatus.UNPAID, Step.PAY): OrderStatus.PAID,
    (OrderStatus.UNPAID, Step.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.UNPAID, Step.CANCEL): OrderStatus.CANCELLED,
    (OrderStatus.PAID, Step.FINISH): OrderStatus.DONE,
    (OrderStatus.PAID, Step.CALL_OFF): OrderStatus.CANCELLED,
    (OrderStatus.DONE, Step.REOPEN): OrderStatus.PAID,
    (OrderStatus.PAID, Step.UNPAY): OrderStatus.UNPAID,
}


@pytest.mark.parametrize(("status", "step"), PAIRS)
def test_each_pair_leads_where_the_business_says_or_is_refused(status, step):
    if (status, step) in ALLOWED:
        assert after(status, step) is ALLOWED[status, step]
        assert status in before(step)
        return
    with pytest.raises(StepRefused) as refusal:
        after(status, step)
    assert (refusal.value.status, refusal.value.step) == (status, step)
    assert status not in before(step)


def test_out_of_an_ended_order_leads_only_an_arrival_taken_back():
    assert {status for status, _ in STEPS} | ENDED == set(OrderStatus)
    out = {pair for pair in STEPS if pair[0] in ENDED}
    assert out == {(OrderStatus.DONE, Step.REOPEN)}
