from datetime import UTC, datetime, timedelta

import pytest

from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.scenes import Scene, scene_of
from bazaar.rules.show.standing import Day, Turn, stand

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def minutes(n):
    return timedelta(minutes=n)


def scene(at, *acts, closed=False, first=0, second=30):
    """Two turns of 15 minutes in an opening of two hours."""
    turns = [
        Turn(f"t{n}", n, AT + minutes(start), AT + minutes(start + 15), AT + minutes(120))
        for n, start in enumerate((first, second))
    ]
    numbered = [Act(n, kind, AT + minutes(after)) for n, (kind, after) in enumerate(acts, start=1)]
    return scene_of(stand(Day(turns, numbered), AT + minutes(at)), closed=closed)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (-10, Scene.OPENING),
        (0, Scene.NOW),
        (14, Scene.NOW),
        (16, Scene.NEXT),
        (31, Scene.NOW),
        (46, Scene.CLOSING),
    ],
)
def test_the_evening_goes_through_its_scenes(at, expected):
    assert scene(at) is expected


@pytest.mark.parametrize("at", [-10, 16])
def test_a_closed_time_is_a_break(at):
    assert scene(at, closed=True) is Scene.BREAK


def test_who_is_on_stays_on_in_a_closed_time_and_the_end_stays_the_end():
    assert scene(5, closed=True) is Scene.NOW
    assert scene(46, closed=True) is Scene.CLOSING


@pytest.mark.parametrize("at", [6, 20])
def test_a_hold_is_a_break_until_it_goes_on(at):
    held = (ActKind.HOLD, 5)

    assert scene(at, held) is Scene.BREAK
    assert scene(at, held, (ActKind.RESUME, 5.5)) is (Scene.NOW if at == 6 else Scene.NEXT)


def test_the_end_of_the_show_closes_also_what_never_began():
    assert scene(-5, (ActKind.CLOSE, -6)) is Scene.CLOSING


def test_without_turns_there_is_nothing_to_show():
    assert scene_of(stand(Day([]), AT), closed=True) is Scene.IDLE
