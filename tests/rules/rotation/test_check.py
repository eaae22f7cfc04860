import copy
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as for_every
from hypothesis import settings
from hypothesis import strategies as st

from bazaar.rules.rotation import Assignment, Hindrance, Pin, Violation
from bazaar.rules.rotation.check import Warned, violations, violations_of, warnings
from bazaar.rules.rotation.format import read_instance
from bazaar.rules.rotation.why_not import why_not
from tests.rules.rotation.instances import (
    any_instance,
    any_replan,
    as_assignments,
    as_file,
    generated,
    planned,
    verdict,
)


def by_code(found):
    return Counter(violation.code for violation in found)


@st.composite
def any_plan(draw, given):
    """Return a plan of ours in which some slots went to just anybody."""
    plan = {a.slot: a.seller for a in as_assignments(planned(given))}
    slots = st.sampled_from([slot["id"] for slot in given["slots"]])
    sellers = st.sampled_from([seller["id"] for seller in given["sellers"]])
    plan.update(draw(st.lists(st.tuples(slots, sellers), max_size=12)))
    return [Assignment(slot, seller) for slot, seller in plan.items()]


@for_every(st.data())
@settings(max_examples=120, deadline=None)
def test_the_judge_finds_the_same_violations(data):
    given = data.draw(any_instance() | any_replan())
    instance = read_instance(given)
    assignments = data.draw(any_plan(given))
    found = violations(instance, assignments)

    assert by_code(found) == verdict(given, as_file(assignments))["violations"]
    some = data.draw(st.sets(st.sampled_from([seller.id for seller in instance.sellers])))
    concerned = [v for v in found if {v.seller, v.other_seller} & some]
    assert Counter(violations_of(instance, assignments, some)) == Counter(concerned)


@pytest.fixture
def day():
    """Three sellers who can always come, a channel, one day, an hour between turns."""
    given = generated("custom", sellers=3, days=1, channels=2, min_gap=60, max_day=2, pins=0)
    for number, seller in enumerate(given["sellers"]):
        seller.update(
            blocks=[0, 1, 2], cuts=[], cluster=["kopi", "kopi", "batik"][number], turns_before=0
        )
    given["blocked_pairs"] = []
    given["slots"] = given["slots"][:14]
    return read_instance(given)


def turns(**slots):
    return [Assignment(slot, seller) for seller, found in slots.items() for slot in found]


def test_each_hard_rule_says_where_and_who(day):
    """Slots 0 to 6 follow each other on one channel, 7 to 13 at the same times on the other."""
    a, b = "s00000", "s00001"

    def found(assignments, instance=day):
        return violations(instance, assignments)

    assert found(turns(s00000=[0], s00001=[1])) == []
    assert found([Assignment(99, a), Assignment(0, "x")]) == [
        Violation("H0", 99, a),
        Violation("H0", 0, "x"),
    ]
    assert found([Assignment(0, a), Assignment(0, b)]) == [Violation("H0", 0, b, other_seller=a)]
    assert found(turns(s00000=[0, 7])) == [Violation("H2", 7, a, other_slot=0)]
    assert found(turns(s00000=[0, 1])) == [Violation("H3", 1, a, other_slot=0)]
    most = replace(day, rules=replace(day.rules, max_turns_per_day=1))
    assert found(turns(s00000=[0, 6]), most) == [Violation("H4", 6, a, other_slot=0)]
    pinned = replace(day, pins=[Pin(3, a)])
    assert found(turns(s00001=[3]), pinned) == [Violation("H5", 3, a, other_seller=b)]
    foes = replace(day, blocked_pairs=[(a, b)])
    assert found(turns(s00000=[0], s00001=[1]), foes) == [Violation("H6", 1, b, 0, a)]
    assert found(turns(s00000=[0], s00001=[7]), foes) == [Violation("H6", 0, a, 7, b)]
    assert found(turns(s00000=[0], s00001=[2]), foes) == []
    once = replace(day, sellers=[replace(day.sellers[0], max_turns=1), *day.sellers[1:]])
    assert found(turns(s00000=[0, 6]), once) == [Violation("H7", 6, a)]
    away = replace(day, sellers=[replace(day.sellers[0], blocks=frozenset()), *day.sellers[1:]])
    assert found(turns(s00000=[0]), away) == [Violation("H1", 0, a)]


def test_who_is_there_for_half_a_slot_is_not_there(day):
    given = generated("custom", sellers=3, days=1, channels=1, pins=0)
    start, end = (given["slots"][0][key] for key in ("start", "end"))
    given["sellers"][0].update(blocks=[0], cuts=[[0, start, end]])
    instance = read_instance(given)
    assert violations(instance, [Assignment(0, "s00000")]) == []
    assert violations(instance, [Assignment(1, "s00000")]) == [Violation("H1", 1, "s00000")]


def test_a_closed_time_that_was_entered_later_is_a_violation(day):
    slot = day.slots[2]
    shut = replace(day, closed=[replace(day.closed[0], start=slot.start, end=slot.end)])
    assert violations(shut, turns(s00000=[1], s00001=[2])) == [Violation("H8", 2, "s00001")]


def test_an_instance_without_daily_limit_has_no_fourth_rule(day):
    free = replace(day, rules=replace(day.rules, max_turns_per_day=None, min_gap_minutes=0))
    assert violations(free, turns(s00000=[0, 1, 2, 3, 4])) == []


def test_what_is_soft_is_warned_of(day):
    strict = replace(day, rules=replace(day.rules, cluster_same_time_max=1, min_gap_minutes=0))
    assert warnings(strict, turns(s00000=[0, 2], s00001=[1, 7])) == [
        Warned("adjacent", 1, "s00001", other_slot=0),
        Warned("adjacent", 2, "s00000", other_slot=1),
        Warned("same_time", 0, "s00000", count=2),
        Warned("few_turns", None, "s00002", count=0),
    ]
    two = replace(day, rules=replace(day.rules, cluster_same_time_max=2))
    assert warnings(two, turns(s00000=[0], s00001=[7], s00002=[3])) == []


@for_every(any_instance())
@settings(max_examples=30, deadline=None)
def test_warnings_count_what_the_judge_counts(given):
    plan = planned(given)
    judged = verdict(given, plan)
    instance = read_instance(given)
    found = warnings(instance, as_assignments(plan))
    over = sum(
        w.count - instance.rules.cluster_same_time_max for w in found if w.kind == "same_time"
    )
    kinds = Counter(warned.kind for warned in found)
    assert (kinds["adjacent"], over) == (
        judged["adjacent_same_cluster"],
        judged["same_time_over_cap"],
    )


def test_why_not_names_the_first_thing_in_the_way(day):
    a, b, c = "s00000", "s00001", "s00002"
    plan = turns(s00000=[0], s00001=[6], s00002=[3])

    def of(slot, seller, instance=day, plan=plan):
        return why_not(instance, plan, slot, seller)

    assert of(0, a) is None
    assert of(1, a) is Hindrance.GAP
    assert of(7, a) is Hindrance.BUSY
    assert of(4, a, plan=turns(s00000=[0, 8])) is Hindrance.GAP
    assert of(6, a, plan=turns(s00001=[6])) == "balance"
    assert of(6, a, plan=turns(s00000=[0], s00001=[6])) == "turns"
    assert of(6, a, plan=turns(s00002=[0, 6], s00001=[5])) == "cluster"
    assert of(0, c, replace(day, pins=[Pin(0, a)])) == "pin"
    foes = replace(day, blocked_pairs=[(b, c)])
    assert of(13, c, foes, turns(s00001=[6])) is Hindrance.BLOCKED_PAIR
    once = replace(day, sellers=[replace(who, max_turns=1) for who in day.sellers])
    assert of(5, a, once) is Hindrance.MAX_TURNS
    one_a_day = replace(day, rules=replace(day.rules, max_turns_per_day=1))
    assert of(5, a, one_a_day) is Hindrance.DAY
    never = replace(day, sellers=[replace(who, blocks=frozenset()) for who in day.sellers])
    assert of(5, a, never) is Hindrance.AVAILABILITY


def test_why_not_after_a_release_knows_what_is_kept_and_who_left(day):
    plan = turns(s00000=[0], s00001=[3])
    published = {
        "now": (day.slots[0].start - timedelta(hours=1)).isoformat(),
        "assignments": as_file(plan)["assignments"],
    }
    given = generated("custom", sellers=3, days=1, channels=2, pins=0)
    given.update(published=published, dropped=["s00002"], blocked_pairs=[])
    given["rules"]["freeze_minutes"] = 100
    instance = read_instance(copy.deepcopy(given))

    assert why_not(instance, plan, 0, "s00001") == "kept"
    assert why_not(instance, plan, 6, "s00002") is Hindrance.DROPPED
