from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules import on_air
from bazaar.rules.on_air import Phase, Place, Standing

NOON = datetime(2027, 2, 8, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Turn:
    starts_at: datetime
    ends_at: datetime


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


FIRST, SECOND, EVENING = Turn(at(0), at(15)), Turn(at(17), at(32)), Turn(at(240), at(255))
DAY = [FIRST, SECOND, EVENING]


@pytest.mark.parametrize(
    ("minute", "expected"),
    [
        (-1, Standing(None, FIRST, changing=False)),
        (0, Standing(FIRST, SECOND, changing=False)),
        (14.99, Standing(FIRST, SECOND, changing=False)),
        (15, Standing(None, SECOND, changing=True)),
        (17, Standing(SECOND, EVENING, changing=False)),
        (32, Standing(None, EVENING, changing=False)),
        (255, Standing(None, None, changing=False)),
    ],
)
def test_a_channel_at_each_boundary(minute, expected):
    assert on_air.on_channel(DAY, at(minute)) == expected


def test_an_empty_channel_has_nobody():
    assert on_air.on_channel([], NOON) == Standing(None, None, changing=False)


@pytest.mark.parametrize(
    ("minute", "expected"),
    [(-16, Phase.LATER), (-15, Phase.SOON), (0, Phase.NOW), (14, Phase.NOW), (15, Phase.PAST)],
)
def test_phases_of_a_turn(minute, expected):
    assert on_air.phase(FIRST, at(minute)) is expected


@pytest.mark.parametrize(
    ("turn", "is_next", "expected"),
    [
        (FIRST, False, Place.PAST),
        (SECOND, False, Place.NOW),
        (EVENING, True, Place.NEXT),
        (EVENING, False, Place.LATER),
    ],
)
def test_places_in_a_list(turn, is_next, expected):
    assert on_air.place(turn, at(17), is_next=is_next) is expected


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), max_size=12), st.integers(-5, 400)
)
def test_at_most_one_is_on_and_it_is_the_one_whose_time_it_is(parts, minute):
    turns, clock = [], 0
    for pause, length in parts:
        turns.append(Turn(at(clock + pause), at(clock + pause + length)))
        clock += pause + length
    on: list[Turn | None] = [t for t in turns if on_air.phase(t, at(minute)) is Phase.NOW]

    standing = on_air.on_channel(reversed(turns), at(minute))

    assert [standing.on_air] == (on or [None])
    assert standing.next == next((turn for turn in turns if turn.starts_at > at(minute)), None)
