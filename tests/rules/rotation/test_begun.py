"""Slots that were on air before their time stay, whoever has left, in every kind of replan."""

import copy

import pytest
from hypothesis import assume, settings
from hypothesis import given as for_every
from hypothesis import strategies as st

from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.format import BadInstance, read_instance, write_instance
from bazaar.rules.rotation.hands import Hands
from bazaar.rules.rotation.solving import solve
from bazaar.rules.rotation.timetable import Timetable
from tests.rules.rotation.instances import any_replan, dropped_out, generated


@st.composite
def any_early(draw):
    """Return a replan with some slots to come that were on air already, and who has them."""
    given = draw(any_replan())
    times = {slot["id"]: slot["start"] for slot in given["slots"]}
    ahead = {
        row["slot"]: row["seller"]
        for row in given["published"]["assignments"]
        if times.get(row["slot"], "") >= given["published"]["now"]
    }
    assume(ahead)
    chosen = draw(st.lists(st.sampled_from(sorted(ahead)), min_size=1, max_size=4, unique=True))
    given["published"]["begun"] = sorted(chosen)
    return given, {slot: ahead[slot] for slot in chosen}


@for_every(any_early(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_was_on_air_stays(early, rebuild):
    given, begun = early
    instance = read_instance(given)

    plan = solve(instance, "seed", iterations=200, rebuild=rebuild)

    who = {each.slot: each.seller for each in plan.assignments}
    assert {slot: who.get(slot) for slot in begun} == begun
    assert [v for v in violations(instance, plan.assignments) if v.code == "H9"] == []


@for_every(any_early())
@settings(max_examples=50, deadline=None)
def test_taking_it_away_breaks_a_rule_for_planners_and_hands(early):
    given, begun = early
    instance = read_instance(given)
    plan = solve(instance, "seed")
    slot, seller = next(iter(begun.items()))
    rest = [each for each in plan.assignments if each.slot != slot]

    found = violations(instance, rest)
    by_hand = Hands(Timetable(instance), {each.slot: each.seller for each in plan.assignments})

    assert ("H9", slot, seller) in {(v.code, v.slot, v.seller) for v in found}
    assert "H9" in {fault.code for fault in by_hand.faults({slot: None})}


def test_it_is_written_only_where_there_is_something():
    given = dropped_out(generated(), share=0.2)
    last = max(row["slot"] for row in given["published"]["assignments"])
    begun = copy.deepcopy(given)
    begun["published"]["begun"] = [last]

    assert "begun" not in write_instance(read_instance(given))["published"]
    assert write_instance(read_instance(begun))["published"] == begun["published"]


@pytest.mark.parametrize(
    ("begun", "sentence"),
    [
        ([99999], "published: begun slot 99999 is unknown"),
        (["0"], "published.begun: must be a list of whole numbers"),
        (0, "published.begun: must be a list"),
    ],
)
def test_nonsense_is_refused(begun, sentence):
    given = dropped_out(generated(), share=0.2)
    given["published"]["begun"] = begun

    with pytest.raises(BadInstance) as refused:
        read_instance(given)
    assert any(sentence in fault for fault in refused.value.faults), refused.value.faults
