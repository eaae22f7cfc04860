"""Openings cut into slots: buffers, closed times, lost channels."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.rotation import Block, Closed, Pace, slots

NINE = datetime(2027, 2, 8, 2, 0, tzinfo=UTC)
"""09.00 in Jember."""


def minutes(count):
    return timedelta(minutes=count)


def at(minute):
    return NINE + minutes(minute)


def a_block(start=0, end=150, number=1):
    return Block(number, 1, at(start), at(end))


def a_closed(start, end):
    return Closed(at(start), at(end), "break")


def starts(made):
    return [int((slot.start - NINE).total_seconds()) // 60 for slot in made]


def cut(*blocks, channels=(1,), turn=20, gap=0, every=0, buffer=0, closed=(), lost=None):
    pace = Pace(minutes(turn), minutes(gap), every, minutes(buffer))
    weights = {block.id: 10 * block.id for block in blocks}
    return slots(blocks, channels, weights=weights, pace=pace, closed=closed, lost=lost)


def test_slots_follow_each_other_with_their_gap():
    made = cut(a_block(0, 62), gap=1, channels=(7, 8))

    assert [(slot.id, slot.channel, slot.pos) for slot in made] == [
        (0, 7, 0),
        (1, 8, 0),
        (2, 7, 1),
        (3, 8, 1),
        (4, 7, 2),
        (5, 8, 2),
    ]
    assert starts(made[::2]) == [0, 21, 42]
    assert {slot.weight for slot in made} == {10}


def test_after_every_so_many_turns_comes_a_buffer():
    assert starts(cut(a_block(0, 130), gap=2, every=2, buffer=8)) == [0, 22, 52, 74, 104]


def test_nothing_lies_in_a_closed_time_and_slots_begin_anew_after_it():
    made = cut(a_block(0, 150), closed=[a_closed(50, 75)])

    assert starts(made) == [0, 20, 75, 95, 115]
    assert [slot.break_before for slot in made] == [False, False, True, False, False]
    assert [slot.pos for slot in made] == [0, 1, 2, 3, 4]


def test_buffers_count_anew_after_a_closed_time():
    made = cut(a_block(0, 150), every=3, buffer=10, closed=[a_closed(40, 50)])

    assert starts(made) == [0, 20, 50, 70, 90, 120]


def test_closed_times_may_overlap_touch_and_stick_out():
    closed = [a_closed(60, 90), a_closed(-30, 10), a_closed(50, 70), a_closed(90, 95)]

    made = cut(a_block(0, 150), closed=closed)

    assert starts(made) == [10, 30, 95, 115]
    assert [slot.break_before for slot in made] == [False, False, True, False]


def test_a_closed_time_in_the_gap_between_two_slots_parts_them():
    made = cut(a_block(0, 60), gap=10, closed=[a_closed(22, 28)])

    assert starts(made) == [0, 28]
    assert [slot.break_before for slot in made] == [False, True]


def test_what_is_left_between_two_closed_times_may_be_too_short():
    made = cut(a_block(0, 100), closed=[a_closed(30, 40), a_closed(55, 60)])

    assert starts(made) == [0, 60, 80]
    assert [slot.break_before for slot in made] == [False, True, False]


def test_an_opening_that_is_closed_from_end_to_end_has_no_slot():
    assert cut(a_block(0, 60), closed=[a_closed(0, 60)]) == []


def test_a_lost_channel_has_no_slot_that_ends_later():
    made = cut(a_block(0, 80), channels=(1, 2), lost={2: at(40)})

    assert [(slot.id, slot.channel, slot.pos) for slot in made] == [
        (0, 1, 0),
        (1, 2, 0),
        (2, 1, 1),
        (3, 2, 1),
        (4, 1, 2),
        (5, 1, 3),
    ]


@pytest.mark.parametrize(
    "wrong", [{"turn": 0}, {"turn": -5}, {"gap": -1}, {"every": -1}, {"every": 1, "buffer": -1}]
)
def test_lengths_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="turn must be positive"):
        cut(a_block(), **wrong)


SPAN = st.tuples(st.integers(-20, 400), st.integers(1, 90))


@given(
    blocks=st.lists(st.integers(1, 200), min_size=1, max_size=3),
    channels=st.integers(1, 3),
    turn=st.integers(1, 40),
    gap=st.integers(0, 10),
    every=st.integers(0, 4),
    buffer=st.integers(0, 15),
    closed=st.lists(SPAN, max_size=4),
    lost=st.none() | st.integers(0, 400),
)
def test_every_cut_keeps_to_the_rules(blocks, channels, turn, gap, every, buffer, closed, lost):
    opened, begin = [], 0
    for number, length in enumerate(blocks, 1):
        opened.append(a_block(begin, begin + length, number))
        begin += length + 15
    shut = [a_closed(start, start + length) for start, length in closed]
    gone = {} if lost is None else {1: at(lost)}

    def run(order):
        return cut(
            *opened,
            channels=tuple(range(1, channels + 1)),
            turn=turn,
            gap=gap,
            every=every,
            buffer=buffer,
            closed=order,
            lost=gone,
        )

    made = run(shut)

    assert made == run(shut[::-1])
    assert [slot.id for slot in made] == list(range(len(made)))
    assert sorted(made, key=lambda slot: (slot.start, slot.channel)) == made
    by_id = {block.id: block for block in opened}
    for slot in made:
        block = by_id[slot.block]
        assert block.start <= slot.start < slot.end <= block.end
        assert slot.end - slot.start == minutes(turn)
        assert all(slot.end <= one.start or one.end <= slot.start for one in shut)
        assert slot.channel not in gone or slot.end <= gone[slot.channel]
    for channel in range(1, channels + 1):
        for a, b in pairwise(slot for slot in made if slot.channel == channel):
            between = [one for one in shut if a.end <= one.start and one.end <= b.start]
            if a.block == b.block:
                assert b.start - a.end >= (minutes(0) if between else minutes(gap))
                assert b.pos == a.pos + 1
                assert b.break_before == bool(between)
