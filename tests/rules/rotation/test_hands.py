"""What a hand may do, quickly asked, is what the judge of whole plans says."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.rotation import (
    Assignment,
    Block,
    Candidate,
    Closed,
    Cut,
    Instance,
    Pin,
    Published,
    Rules,
    Slot,
)
from bazaar.rules.rotation.check import violations, violations_of
from bazaar.rules.rotation.hands import Hands, after, worse
from bazaar.rules.rotation.timetable import Timetable

NINE = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
DAYS, CHANNELS, SLOTS = 2, 2, 4
SELLERS = "ABCDE"
COUNT = DAYS * CHANNELS * SLOTS


def blocks():
    return [
        Block(day, day, NINE + timedelta(days=day), NINE + timedelta(days=day) + SLOTS * QUARTER)
        for day in range(DAYS)
    ]


def slots():
    return [
        Slot(
            (day * SLOTS + pos) * CHANNELS + channel,
            day,
            channel,
            pos,
            NINE + timedelta(days=day) + pos * QUARTER,
            NINE + timedelta(days=day) + (pos + 1) * QUARTER,
            break_before=pos == 3,
        )
        for day in range(DAYS)
        for pos in range(SLOTS)
        for channel in range(CHANNELS)
    ]


plans = st.dictionaries(st.integers(0, COUNT - 1), st.sampled_from(SELLERS), max_size=8)


@st.composite
def candidates(draw):
    found = []
    for seller in SELLERS:
        comes = draw(st.frozensets(st.integers(0, DAYS - 1)))
        cut = draw(st.booleans()) and 0 in comes
        cuts = (Cut(0, NINE + QUARTER, NINE + 3 * QUARTER),) if cut else ()
        most = draw(st.none() | st.integers(0, 3))
        found.append(Candidate(seller, "x", comes, cuts, max_turns=most))
    return found


@st.composite
def instances(draw):
    old = draw(plans)
    pins = draw(st.dictionaries(st.integers(0, COUNT - 1), st.sampled_from(SELLERS), max_size=2))
    pairs = st.lists(st.sampled_from([("A", "B"), ("C", "D"), ("A", "E")]), max_size=2, unique=True)
    closed = [Closed(NINE + QUARTER, NINE + 2 * QUARTER, "break")] if draw(st.booleans()) else []
    return Instance(
        "edition",
        blocks(),
        slots(),
        draw(candidates()),
        Rules(
            draw(st.none() | st.integers(1, 2)),
            draw(st.sampled_from([0, 15, 30])),
            freeze_minutes=draw(st.sampled_from([0, 60])),
        ),
        [Pin(slot, seller) for slot, seller in pins.items()],
        draw(pairs),
        closed,
        published=Published(
            NINE + draw(st.integers(-5, 5)) * QUARTER,
            tuple(Assignment(slot, seller) for slot, seller in old.items()),
        ),
        dropped=draw(st.frozensets(st.sampled_from(SELLERS), max_size=2)),
    )


changes = st.dictionaries(
    st.integers(0, COUNT - 1), st.none() | st.sampled_from(SELLERS), min_size=1, max_size=2
)


@given(instances(), plans, changes)
def test_what_a_hand_may_do_breaks_no_rule_anew(instance, who, change):
    table = Timetable(instance)
    touched = {seller for slot in change for seller in (who.get(slot), change[slot]) if seller}

    found = list(Hands(table, who).faults(change))

    judged = worse(
        violations_of(instance, after(who, {}), touched, table=table),
        violations_of(instance, after(who, change), touched, table=table),
        change,
    )
    if not found:
        assert judged == []


@given(instances(), plans, changes)
def test_what_a_hand_may_not_do_breaks_a_rule(instance, who, change):
    table = Timetable(instance)
    found = {fault.code for fault in Hands(table, who).faults(change)}

    judged = violations(instance, after(who, change), table=table)
    assert found <= {fault.code for fault in judged}


def test_a_slot_or_seller_that_is_not_there_is_a_fault():
    instance = Instance("e", blocks(), slots(), [Candidate("A", "x", frozenset({0, 1}))])
    hands = Hands(Timetable(instance), {})

    assert [fault.code for fault in hands.faults({99: "A"})] == ["H0"]
    assert [fault.code for fault in hands.faults({0: "Z"})] == ["H0"]
    assert hands.fault({0: "A"}) is None
