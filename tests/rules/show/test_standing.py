from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bazaar.rules.show.acts import Act, ActKind, can_undo, standing_acts, undoable
from bazaar.rules.show.standing import Day, Phase, State, Turn, next_change, stand

EIGHT = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
"""8.00 WIB, from which the clock times below are counted."""


def at(text):
    """The instant of a clock time such as "9.04" or "9.04.30"."""
    hours, minutes, *rest = (int(part) for part in text.split("."))
    return EIGHT + timedelta(hours=hours - 8, minutes=minutes, seconds=rest[0] if rest else 0)


def turns(*starts, minutes=15, closes="12.00"):
    return tuple(
        Turn(f"t{n}", n, at(start), at(start) + timedelta(minutes=minutes), at(closes))
        for n, start in enumerate(starts, 1)
    )


def acts(*rows):
    """Acts from (clock time, kind, what else)."""
    return tuple(
        Act(n, kind, at(when), **dict(*more)) for n, (when, kind, *more) in enumerate(rows, 1)
    )


FIVE = turns("9.00", "9.15", "9.30", "9.50", "10.05")
BY_HOST = ("8.50", ActKind.BY_HOST)


def expected(standing):
    return [line.expected_start for line in standing.lines]


def test_without_anybody_the_clock_plays_the_plan():
    day = Day(FIVE)

    assert stand(day, at("8.59")).on_air is None
    assert stand(day, at("9.00")).on_air.turn.uid == "t1"
    assert stand(day, at("9.15")).on_air.turn.uid == "t2"
    assert stand(day, at("9.46")).on_air is None
    assert stand(day, at("9.46")).next.turn.uid == "t4"
    assert stand(day, at("11.00")).ends_at is None
    assert [line.state for line in stand(day, at("11.00")).lines] == [State.DONE] * 5


def test_lateness_moves_what_is_expected_and_a_gap_absorbs_it():
    """The worked example of the rule: 9.00 starts 9.04; then the 9.15 slot is still on at 9.37."""
    started = acts(BY_HOST, ("9.04", ActKind.START, {"turn": "t1"}))

    assert expected(stand(Day(FIVE, started), at("9.05")))[1:] == [
        at("9.19"),
        at("9.34"),
        at("9.50"),
        at("10.05"),
    ]
    both = (*started, Act(3, ActKind.START, at("9.19"), turn="t2"))
    late = stand(Day(FIVE, both), at("9.37"))
    assert expected(late)[2:] == [at("9.37"), at("9.52"), at("10.07")]
    assert late.ends_at == at("10.22")
    assert late.phase is Phase.OVERTIME
    assert late.left == -timedelta(minutes=3)
    assert late.offset == timedelta(minutes=7)


def test_nobody_goes_on_before_the_announced_time_unless_somebody_starts_it():
    ended = acts(("9.05", ActKind.END, {"turn": "t1"}))
    assert stand(Day(FIVE, ended), at("9.10")).on_air is None
    assert stand(Day(FIVE, ended), at("9.15")).on_air.turn.uid == "t2"

    early = (*ended, Act(2, ActKind.START, at("9.10"), turn="t2"))
    now = stand(Day(FIVE, early), at("9.11"))
    assert now.on_air.began_at == at("9.10")
    assert now.next.expected_start == at("9.30")


@pytest.mark.parametrize(
    ("seconds", "off"), [(60, "9.16"), (300, "9.20"), (-60, "9.14")], ids=["+1", "+5", "-1"]
)
def test_minutes_given_and_taken_move_the_end_and_what_follows(seconds, off):
    day = Day(FIVE, acts(("9.10", ActKind.ADD, {"turn": "t1", "seconds": seconds})))

    standing = stand(day, at("9.11"))

    assert standing.on_air.expected_end == at(off)
    assert standing.next.expected_start == max(at(off), at("9.15"))
    assert stand(day, at(off)).on_air is None or stand(day, at(off)).on_air.turn.uid == "t2"


def test_a_hold_stops_the_time_of_who_is_on():
    held = acts(("9.10", ActKind.HOLD, {"text": "Sambungan putus"}))
    now = stand(Day(FIVE, held), at("9.40"))
    assert now.phase is Phase.HELD
    assert now.held_why == "Sambungan putus"
    assert now.left == timedelta(minutes=5)
    assert now.on_air.expected_end == at("9.45")

    resumed = (*held, Act(2, ActKind.RESUME, at("9.40")))
    assert stand(Day(FIVE, resumed), at("9.44")).on_air.turn.uid == "t1"
    assert stand(Day(FIVE, resumed), at("9.45")).on_air.turn.uid == "t2"


def test_who_is_left_out_is_not_waited_for():
    skipped = acts(("9.05", ActKind.SKIP, {"turn": "t2"}))
    assert stand(Day(FIVE, skipped), at("9.20")).on_air is None
    assert stand(Day(FIVE, skipped), at("9.30")).on_air.turn.uid == "t3"


def test_a_missing_seller_gives_the_rest_of_the_slot_to_a_standby():
    missing = acts(("9.16.30", ActKind.NO_SHOW, {"turn": "t2", "seller": 77}))
    now = stand(Day(FIVE, missing), at("9.20"))
    assert (now.on_air.turn.uid, now.on_air.seller) == ("t2", 77)
    assert now.on_air.expected_end == at("9.30")

    nobody = acts(("9.16.30", ActKind.NO_SHOW, {"turn": "t2"}))
    assert stand(Day(FIVE, nobody), at("9.20")).on_air is None
    assert stand(Day(FIVE, nobody), at("9.20")).lines[1].state is State.NO_SHOW


def test_a_delay_pushes_back_what_has_not_begun_until_a_gap_takes_it():
    delayed = acts(("8.55", ActKind.DELAY, {"seconds": 600}))
    assert expected(stand(Day(FIVE, delayed), at("8.56"))) == [
        at("9.10"),
        at("9.25"),
        at("9.40"),
        at("9.55"),
        at("10.10"),
    ]


def test_the_hard_end_cuts_who_is_on_and_says_who_falls_off():
    day = Day(turns("9.00", "9.15", "9.30", closes="9.45"), acts(BY_HOST))
    late = Day(day.turns, (*day.acts, Act(2, ActKind.START, at("9.20"), turn="t1")))

    now = stand(late, at("9.21"))
    assert [line.state for line in now.lines] == [State.ON_AIR, State.COMING, State.FELL_OFF]
    assert now.lines[1].cut
    assert [line.turn.uid for line in now.falling_off] == ["t3"]
    assert stand(late, at("9.45")).on_air is None

    longer = Day(late.turns, (*late.acts, Act(3, ActKind.EXTEND, at("9.22"), seconds=1200)))
    assert not stand(longer, at("9.23")).falling_off
    assert stand(longer, at("9.23")).hard_end == at("10.05")


def test_the_end_of_the_show_lets_the_rest_fall_off():
    now = stand(Day(FIVE, acts(("9.20", ActKind.CLOSE))), at("9.40"))
    assert now.phase is Phase.CLOSED
    assert [line.turn.uid for line in now.falling_off] == ["t3", "t4", "t5"]


def test_by_the_hosts_hand_nobody_starts_or_ends_by_itself():
    day = Day(FIVE, acts(("8.50", ActKind.BY_HOST), ("9.00", ActKind.START, {"turn": "t1"})))
    assert stand(day, at("9.40")).on_air.turn.uid == "t1"
    assert next_change(day, at("9.40")) == at("12.00")


def guarded(**present):
    return Day(FIVE, acts(("8.00", ActKind.GUARD)), {int(k[1:]): v for k, v in present.items()})


def test_guarded_nobody_starts_who_is_not_in_the_room():
    assert stand(guarded(), at("9.01")).on_air is None
    assert stand(guarded(), at("9.02")).lines[0].state is State.NO_SHOW
    came = guarded(s1=[(at("9.01"), None)])
    assert stand(came, at("9.02")).on_air.began_at == at("9.01")


def test_guarded_a_turn_goes_on_a_little_while_the_next_is_not_there():
    day = guarded(s1=[(at("8.50"), None)], s2=[(at("9.17"), None)])
    assert stand(day, at("9.16")).on_air.turn.uid == "t1"
    assert stand(day, at("9.16")).phase is Phase.OVERTIME
    assert stand(day, at("9.17")).on_air.turn.uid == "t2"
    alone = guarded(s1=[(at("8.50"), None)])
    assert stand(alone, at("9.17.59")).on_air.turn.uid == "t1"
    assert stand(alone, at("9.18")).on_air is None


def test_who_left_after_its_turn_was_there():
    day = guarded(s1=[(at("8.50"), at("9.16"))], s2=[(at("9.10"), None)])
    assert stand(day, at("9.40")).lines[0].state is State.DONE


def test_a_human_beats_the_clock():
    day = Day(FIVE, acts(("9.16", ActKind.START, {"turn": "t1"})))
    now = stand(day, at("9.20"))
    assert now.on_air.turn.uid == "t1"
    assert now.lines[1].state is State.DONE


def test_what_is_taken_back_never_happened():
    done = acts(("9.05", ActKind.SKIP, {"turn": "t2"}), ("9.05.10", ActKind.UNDO, {"undoes": 1}))
    assert stand(Day(FIVE, done), at("9.20")).on_air.turn.uid == "t2"
    assert standing_acts(done) == []


def test_only_the_last_act_can_be_taken_back_and_only_while_it_is_fresh():
    two = acts(("9.05", ActKind.HOLD), ("9.06", ActKind.RESUME))
    assert can_undo(two, at("9.06.30")) == two[1]
    assert can_undo(two, at("9.06.31")) is None
    assert can_undo((), at("9.06")) is None


def test_what_only_shows_or_tells_does_not_stand_before_the_flow():
    """Somebody pins a product or writes a note just after a turn was started by mistake."""
    started = acts(
        ("9.15", ActKind.START, {"turn": "t3"}),
        ("9.15.10", ActKind.PIN, {"product": 7, "turn": "t3"}),
        ("9.15.20", ActKind.NOTE, {"text": "Halo", "turn": "t3"}),
    )
    assert can_undo(started, at("9.15.30")) == started[0]
    assert can_undo(started, at("9.15.31")) == started[2]
    assert undoable(started, at("9.15.30")) == [started[0], started[2]]
    assert undoable(started, at("9.15.51")) == []

    back = (*started, Act(4, ActKind.UNDO, at("9.15.30"), undoes=1))
    assert stand(Day(FIVE, back), at("9.15.30")).pinned is None, "the product is not the other's"
    assert stand(Day(FIVE, started), at("9.15.30")).pinned == 7


def test_acts_that_come_later_count_for_nothing():
    day = Day(FIVE, acts(("9.10", ActKind.END, {"turn": "t1"})))
    assert stand(day, at("9.05")).on_air.turn.uid == "t1"


def test_a_product_is_pinned_until_the_next_seller_and_words_stay_with_their_turn():
    day = Day(
        FIVE,
        acts(
            ("9.01", ActKind.PIN, {"product": 7}),
            ("9.02", ActKind.NOTE, {"text": "Tolong lebih dekat ke mikrofon"}),
        ),
    )
    assert stand(day, at("9.03")).pinned == 7
    assert stand(day, at("9.15")).pinned is None
    assert stand(day, at("9.15")).notes == {"t1": "Tolong lebih dekat ke mikrofon"}


TWO = (*turns("9.00", "9.15", closes="9.30"), *turns("9.45", closes="10.15"))
TWO_OPENINGS = (*TWO[:2], replace(TWO[2], uid="t3", seller=3))
"""Two turns in an opening until 9.30, one in the next, which ends at 10.15."""


def test_who_comes_after_its_opening_is_started_in_the_next():
    late = acts(
        ("9.14", ActKind.SKIP, {"turn": "t2"}),
        ("9.46", ActKind.START, {"turn": "t2"}),
    )
    now = stand(Day(TWO_OPENINGS, late), at("9.47"))

    assert (now.on_air.turn.uid, now.on_air.expected_end) == ("t2", at("10.01"))
    assert now.hard_end == at("10.15")
    assert [line.state for line in now.lines] == [State.DONE, State.ON_AIR, State.DONE]


def test_who_is_started_after_the_hard_end_has_its_own_length_and_what_is_added():
    start = ("10.20", ActKind.START, {"turn": "t2"})
    now = stand(Day(TWO_OPENINGS, acts(start)), at("10.21"))

    assert (now.on_air.turn.uid, now.on_air.expected_end) == ("t2", at("10.35"))
    assert stand(Day(TWO_OPENINGS, acts(start)), at("10.35")).on_air is None
    longer = acts(start, ("10.25", ActKind.ADD, {"turn": "t2", "seconds": 300}))
    assert stand(Day(TWO_OPENINGS, longer), at("10.39")).on_air.turn.uid == "t2"
    assert stand(Day(TWO_OPENINGS, longer), at("10.40")).on_air is None
    by_hand = stand(Day(TWO_OPENINGS, acts(BY_HOST, start)), at("11.00"))
    assert by_hand.hard_end == at("11.35")


def test_an_opening_that_is_over_can_still_be_extended():
    held = acts(BY_HOST, ("10.20", ActKind.EXTEND, {"seconds": 1200}))
    now = stand(Day(TWO_OPENINGS, held), at("10.21"))

    # The last opening goes on; what fell off in the one before stays.
    assert [line.state for line in now.lines] == [State.FELL_OFF, State.FELL_OFF, State.COMING]
    assert (now.next.turn.uid, now.hard_end) == ("t3", at("10.35"))
    closed = acts(BY_HOST, ("10.00", ActKind.CLOSE), ("10.20", ActKind.EXTEND, {"seconds": 1200}))
    assert stand(Day(TWO_OPENINGS, closed), at("10.21")).next is None
