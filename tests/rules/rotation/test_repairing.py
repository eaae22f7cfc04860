from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given as for_every
from hypothesis import settings

from bazaar.rules.rotation import Assignment, Decided, Pin, plan
from bazaar.rules.rotation.check import violations_of
from bazaar.rules.rotation.format import read_instance
from bazaar.rules.rotation.repairing import repair
from bazaar.rules.rotation.timetable import Timetable
from tests.rules.rotation.instances import any_replan, as_file, dropped_out, generated, verdict


def kept_by_right(given):
    """Return the published turns that nothing hinders, by slot."""
    return {
        row["slot"]: row["seller"]
        for row in given["published"]["assignments"]
        if row["seller"] not in given["dropped"]
    }


@for_every(any_replan())
@settings(max_examples=150, deadline=None)
def test_every_repair_keeps_what_it_must_and_fills_what_it_can(given):
    instance = read_instance(given)
    made = repair(instance, "seed")
    judged = verdict(given, as_file(made.assignments))

    assert judged["hard_violations"] == 0, judged["examples"]
    assert judged["stability"]["needlessly_changed"] == 0
    who = {a.slot: a.seller for a in made.assignments}
    table = Timetable(instance)
    for slot, seller in kept_by_right(given).items():
        if slot in table.slots:
            assert who[slot] == seller
    present = [who.id for who in instance.sellers if who.id not in instance.dropped]
    for slot in table.slots:
        if slot not in who and not table.has_started(slot):
            for seller in present:
                more = [*made.assignments, Assignment(slot, seller)]
                assert violations_of(instance, more, {seller}, table=table), (slot, seller)
    assert [reason.slot for reason in made.reasons] == table.order(table.slots)
    assert [(r.slot, r.seller) for r in made.reasons if r.seller] == [
        (a.slot, a.seller) for a in made.assignments
    ]
    assert sorted(row.seller for row in made.standings) == sorted(w.id for w in instance.sellers)
    assert repair(instance, "seed") == made


@pytest.mark.parametrize(("profile", "seed"), [("jember73", 5), ("jember800", 6)])
def test_a_repair_is_as_even_in_turns_as_a_rebuild(profile, seed):
    given = dropped_out(generated(profile, seed=seed), share=0.05, seed=seed, day=10)
    instance = read_instance(given)
    repaired = verdict(given, as_file(repair(instance, "x").assignments))
    rebuilt = verdict(given, as_file(plan(instance, "x", iterations=0).assignments))

    assert repaired["hard_violations"] == 0
    assert repaired["stability"]["needlessly_changed"] == 0
    assert repaired["filled"] >= rebuilt["filled"]
    assert repaired["turns"]["sumsq"] <= rebuilt["turns"]["sumsq"] * 1.001
    assert rebuilt["stability"]["needlessly_changed"] > 0


def test_an_added_day_is_given_to_those_with_the_fewest_turns():
    given = generated("twoaday", seed=3)
    last = max(block["day"] for block in given["blocks"])
    late = {block["id"] for block in given["blocks"] if block["day"] == last}
    given = dropped_out(given, share=0.01, day=2)
    given["dropped"] = []
    new = {slot["id"] for slot in given["slots"] if slot["block"] in late}
    published = given["published"]
    published["assignments"] = [r for r in published["assignments"] if r["slot"] not in new]
    before = Counter(row["seller"] for row in published["assignments"])
    made = repair(read_instance(given), "seed")
    gained = [reason for reason in made.reasons if reason.slot in new]

    assert len(gained) == len(new)
    assert Decided.KEPT not in {reason.decided for reason in gained}
    filled = [reason for reason in gained if reason.seller]
    assert all(reason.candidates > 0 for reason in filled)
    after = Counter(a.seller for a in made.assignments)
    assert min(after.values()) >= min(before.values())
    assert verdict(given, as_file(made.assignments))["stability"]["newly_filled"] == len(filled)


def two_days():
    """One seller has left; two could take its slot, with as many turns each."""
    given = generated("custom", sellers=3, days=2, channels=1, pins=0, blocked=0, max_day=1)
    for seller in given["sellers"]:
        seller.update(blocks=[0, 1, 2, 3, 4, 5], cuts=[], prime_before=0)
    given["sellers"][0]["cluster"] = "tembakau-rajut"
    day = {block["id"]: block["day"] for block in given["blocks"]}
    second = [slot["id"] for slot in given["slots"] if day[slot["block"]] == 1]
    given["slots"] = [slot for slot in given["slots"] if slot["id"] in {0, 3, second[0]}]
    given["published"] = {
        "now": given["blocks"][1]["end"],
        "assignments": [
            {"slot": 0, "seller": "s00001"},
            {"slot": 3, "seller": "s00002"},
            {"slot": second[0], "seller": "s00000"},
        ],
    }
    given["dropped"] = ["s00000"]
    given["rules"]["freeze_minutes"] = 0
    return given, second[0]


def test_a_missed_turn_that_was_excused_is_caught_up_first():
    given, slot = two_days()
    by_ticket = repair(read_instance(given), "seed").assignments[-1].seller
    other = ({"s00001", "s00002"} - {by_ticket}).pop()
    next(s for s in given["sellers"] if s["id"] == other)["owed"] = 1
    made = repair(read_instance(given), "seed")

    assert made.assignments[-1] == Assignment(slot, other)
    assert made.reasons[-1].decided is Decided.TURNS
    assert made.reasons[-1].rival == by_ticket
    assert made.reasons[-1].excluded == {"dropped": 1}
    assert made.reasons[0].decided is Decided.KEPT


def test_the_only_one_who_can_come_gets_the_slot():
    given, slot = two_days()
    next(s for s in given["sellers"] if s["id"] == "s00001")["blocks"] = [0]
    made = repair(read_instance(given), "seed")

    assert made.assignments[-1] == Assignment(slot, "s00002")
    assert made.reasons[-1].decided is Decided.ONLY
    assert made.reasons[-1].excluded == {"dropped": 1, "availability": 1}


def test_a_slot_for_which_nobody_is_left_stays_empty_and_says_so():
    given, slot = two_days()
    given["sellers"][1]["blocks"] = given["sellers"][2]["blocks"] = [0, 1]
    made = repair(read_instance(given), "seed")

    assert slot not in {a.slot for a in made.assignments}
    assert made.reasons[-1].decided is Decided.NOBODY
    assert made.reasons[-1].excluded == {"dropped": 1, "availability": 2}


def test_a_turn_its_seller_may_not_have_any_more_is_given_anew():
    """The one seller cannot come that day any more; the other one was pinned meanwhile."""
    given, slot = two_days()
    given["dropped"] = []
    given["sellers"][0]["blocks"] = [0, 1, 2]
    instance = read_instance(given)
    assert repair(instance, "seed").assignments[-1].seller in {"s00001", "s00002"}

    pinned = replace(instance, pins=[Pin(slot, "s00002")])
    made = repair(pinned, "seed")
    assert made.assignments[-1] == Assignment(slot, "s00002")
    assert made.reasons[-1].decided is Decided.PIN


def test_what_somebody_was_given_now_may_pass_on_so_that_more_is_filled():
    """Both slots are free; only s1 can take the second one, but s1 and s2 can take the first."""
    given, _ = two_days()
    given["slots"] = [given["slots"][0] | {"weight": 100}, given["slots"][1] | {"weight": 100}]
    given["published"] = {"now": given["slots"][0]["start"], "assignments": []}
    given["dropped"] = []
    given["sellers"] = given["sellers"][1:]
    given["sellers"][0]["blocks"] = [0]
    given["sellers"][1].update(blocks=[0], max_turns=1)
    made = repair(read_instance(given), "seed")
    assert {a.slot for a in made.assignments} == {0, 3}


def test_without_a_published_plan_there_is_nothing_to_repair():
    with pytest.raises(ValueError, match="nothing is published"):
        repair(read_instance(generated("tiny")), "seed")


def test_progress_is_told_up_to_the_end():
    told: list[float] = []
    given = dropped_out(generated("twoaday"), day=5)
    repair(read_instance(given), "seed", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_two_given_slots_change_places_where_that_mends_a_clash():
    """Two slots beside each other in each of two windows: two sellers of kopi, two of batik."""
    given = generated("custom", sellers=4, days=1, channels=1, pins=0, blocked=0, max_day=1)
    for seller, cluster in zip(given["sellers"], ["kopi", "kopi", "batik", "batik"], strict=True):
        seller.update(cluster=cluster, blocks=[0, 2], cuts=[], prime_before=0, turns_before=0)
    rows = {block: [s for s in given["slots"] if s["block"] == block][:2] for block in (0, 2)}
    given["slots"] = rows[0] + rows[2]
    given["published"] = {"now": given["slots"][0]["start"], "assignments": []}
    for seed in "abcdefgh":
        made = repair(read_instance(given), seed)
        judged = verdict(given, as_file(made.assignments))
        assert (judged["filled"], judged["adjacent_same_cluster"]) == (4, 0)
