"""How far an order is, from quantities: not from lines, not from counts of parcels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.parcel_states import ParcelStatus
from bazaar.rules.shipping_state import (
    InParcel,
    ShippingState,
    all_delivered,
    shipping_state,
    unassigned,
)

ORDERED = {1: 3, 2: 1}
ALL = {1: 3, 2: 1}


def some(word, pieces, **given):
    return InParcel(ParcelStatus(word), pieces, **given)


@pytest.mark.parametrize(
    ("parcels", "state"),
    [
        ([], "none"),
        ([some("draft", ALL)], "none"),
        ([some("booked", ALL)], "none"),
        ([some("handed_over", {1: 2}), some("packed", {1: 1, 2: 1})], "partially_shipped"),
        ([some("handed_over", {1: 3})], "partially_shipped"),
        ([some("in_transit", {1: 2}), some("handed_over", {1: 1, 2: 1})], "shipped"),
        ([some("returning", ALL)], "shipped"),
        ([some("delivered", {1: 1}), some("packed", {1: 2, 2: 1})], "partially_delivered"),
        ([some("delivered", {1: 3}), some("in_transit", {2: 1})], "partially_delivered"),
        ([some("delivered", {1: 3}), some("delivered", {2: 1})], "delivered"),
        ([some("returned", ALL)], "returned"),
        ([some("returned", {1: 3}), some("delivered", {2: 1})], "partially_delivered"),
        ([some("exception", ALL)], "attention"),
        ([some("lost", {1: 1}), some("delivered", {1: 2, 2: 1})], "attention"),
        ([some("delivered", ALL, needs_review=True)], "attention"),
        ([some("cancelled", ALL), some("delivered", ALL)], "delivered"),
        ([some("cancelled", ALL, needs_review=True)], "none"),
        ([some("lost", ALL, given_up=True), some("packed", ALL)], "none"),
    ],
)
def test_states_come_from_quantities(parcels, state):
    assert shipping_state(ORDERED, parcels) is ShippingState(state)


def test_what_is_in_no_parcel_is_unassigned():
    parcels = [some("draft", {1: 1}), some("cancelled", {1: 2}), some("lost", {2: 1})]
    assert unassigned(ORDERED, parcels) == {1: 2}
    assert unassigned(ORDERED, [*parcels, some("lost", {2: 1}, given_up=True)]) == {1: 2}
    assert unassigned(ORDERED, []) == ORDERED


def test_an_order_has_arrived_when_every_piece_has():
    assert not all_delivered({}, [])
    assert not all_delivered(ORDERED, [some("delivered", {1: 3})])
    assert not all_delivered(ORDERED, [some("delivered", {1: 4})])  # too many of one
    assert all_delivered(ORDERED, [some("delivered", ALL, needs_review=True)])


@given(
    st.lists(
        st.builds(
            InParcel,
            status=st.sampled_from(ParcelStatus),
            pieces=st.dictionaries(st.sampled_from([1, 2]), st.integers(1, 4)),
            given_up=st.booleans(),
        ),
        max_size=5,
    )
)
def test_ordered_is_unassigned_and_packed(parcels):
    left = unassigned(ORDERED, parcels)
    for line, ordered in ORDERED.items():
        packed = sum(parcel.pieces.get(line, 0) for parcel in parcels if parcel.counts)
        assert left.get(line, 0) == max(0, ordered - packed)
    assert isinstance(shipping_state(ORDERED, parcels), ShippingState)
