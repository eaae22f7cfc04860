"""What holds of every evening, whatever people do and whoever comes: played at random."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar.rules.show.acts import Act, ActKind
from bazaar.rules.show.standing import Day, State, Turn, next_change, stand
from tests.rules.show.test_standing import at

BEGIN, CLOSE = at("9.00"), at("11.00")
MINUTE = timedelta(minutes=1)
OVER = {State.DONE, State.NO_SHOW, State.SKIPPED, State.FELL_OFF}
WITHOUT_UNDO = [kind for kind in ActKind if kind is not ActKind.UNDO]


@st.composite
def plans(draw):
    """Up to six turns, some with gaps between, in one opening from 9 to 11."""
    turns, start = [], BEGIN
    for number in range(draw(st.integers(1, 6))):
        start += draw(st.sampled_from([0, 0, 0, 2, 15])) * MINUTE
        turns.append(
            Turn(f"t{number}", number, start, start + 15 * MINUTE, max(CLOSE, start + 15 * MINUTE))
        )
        start += 15 * MINUTE
    return tuple(turns)


@st.composite
def days(draw):
    turns = draw(plans())
    moments = sorted(draw(st.lists(st.integers(-10, 150), max_size=8)))
    acts = tuple(
        Act(
            number,
            draw(st.sampled_from(WITHOUT_UNDO)),
            BEGIN + minute * MINUTE,
            turn=draw(st.sampled_from([turn.uid for turn in turns])),
            seller=draw(st.sampled_from([None, 99])),
            product=1,
            seconds=draw(st.sampled_from([-300, 60, 300, 1200])),
        )
        for number, minute in enumerate(moments, 1)
    )
    present = {
        turn.seller: [(BEGIN + draw(st.integers(-20, 100)) * MINUTE, None)]
        for turn in turns
        if draw(st.booleans())
    }
    return Day(turns, acts, present)


instants = st.integers(-30, 200).map(lambda minute: BEGIN + minute * MINUTE)


@given(days(), instants)
@settings(max_examples=100)
def test_at_most_one_is_on_air_and_the_lines_say_the_same(day, now):
    standing = stand(day, now)
    on = [line for line in standing.lines if line.state is State.ON_AIR]
    assert on == ([standing.on_air] if standing.on_air else [])
    assert len(standing.lines) == len(day.turns)


@given(plans(), st.lists(st.integers(-20, 100)), instants)
def test_the_clock_alone_starts_nobody_before_the_announced_time(turns, came, now):
    present = {
        turn.seller: [(BEGIN + m * MINUTE, None)] for turn, m in zip(turns, came, strict=False)
    }
    for acts in ((), (Act(1, ActKind.GUARD, at("8.00")),)):
        for line in stand(Day(turns, acts, present), now).lines:
            assert line.began_at is None or line.began_at >= line.turn.starts_at


@given(days(), instants)
@settings(max_examples=100)
def test_what_is_expected_comes_in_order_and_never_before_it_was_announced(day, now):
    free = now
    for line in stand(day, now).lines:
        if line.state is State.COMING:
            assert line.expected_start >= max(line.turn.starts_at, free)
            free = line.expected_end


@given(days(), instants, st.integers(1, 60))
@settings(max_examples=100)
def test_what_is_over_stays_so_while_nobody_acts(day, now, minutes):
    quiet = replace(day, acts=tuple(act for act in day.acts if act.at <= now))
    before, after = stand(quiet, now), stand(quiet, now + minutes * MINUTE)
    for then, later in zip(before.lines, after.lines, strict=True):
        if then.state in OVER:
            assert (later.state, later.began_at, later.ended_at) == (
                then.state,
                then.began_at,
                then.ended_at,
            ) or (then.state is State.FELL_OFF and then.began_at is None)


@given(days(), instants)
@settings(max_examples=100)
def test_an_act_taken_back_leaves_the_day_as_if_it_had_never_been(day, now):
    if not day.acts:
        return
    last = day.acts[-1]
    back = Act(last.number + 1, ActKind.UNDO, last.at, undoes=last.number)
    undone = stand(replace(day, acts=(*day.acts, back)), max(now, last.at))
    never = stand(replace(day, acts=day.acts[:-1]), max(now, last.at))
    assert replace(undone, revision=0) == replace(never, revision=0)


@given(days(), instants)
@settings(max_examples=100)
def test_nothing_changes_by_itself_before_the_next_change(day, now):
    quiet = replace(day, acts=tuple(act for act in day.acts if act.at <= now))
    change = next_change(quiet, now)
    if change is None:
        change = now + timedelta(hours=3)
    just_before = max(now, change - timedelta(microseconds=1))
    was, still = stand(quiet, now), stand(quiet, just_before)
    assert change > now
    assert (was.on_air and was.on_air.turn.uid) == (still.on_air and still.on_air.turn.uid)
    known = {State.ON_AIR, State.DONE, State.NO_SHOW, State.SKIPPED}
    for then, later in zip(was.lines, still.lines, strict=True):
        assert (then.state in known) == (later.state in known)


@given(days(), instants)
@settings(max_examples=100)
def test_nobody_is_on_air_after_the_hard_end(day, now):
    standing = stand(day, now)
    if standing.on_air:
        assert standing.hard_end
        assert standing.hard_end > now
