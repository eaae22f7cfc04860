import copy
import json

import pytest
from hypothesis import given as for_every
from hypothesis import settings

from bazaar.rules.rotation import RULE, plan
from bazaar.rules.rotation.format import (
    BadInstance,
    BadPlan,
    canonical,
    digest,
    read_instance,
    read_plan,
    write_instance,
    write_plan,
)
from tests.rules.rotation import generator
from tests.rules.rotation.instances import any_instance, dropped_out, generated


@pytest.fixture(scope="module")
def tiny():
    return generated("tiny")


def faults(given):
    with pytest.raises(BadInstance) as refused:
        read_instance(given)
    return refused.value.faults


@for_every(any_instance())
@settings(max_examples=40)
def test_what_is_read_is_written_the_same(given):
    written = write_instance(read_instance(given))

    assert read_instance(written) == read_instance(given)
    same = {key: given[key] for key in given if key not in ("seed", "clusters", "sellers")}
    assert {key: written[key] for key in same} == same
    for own, theirs in zip(written["sellers"], given["sellers"], strict=True):
        assert own == theirs | {"blocks": sorted(theirs["blocks"])}


def test_texts_bytes_and_values_are_read_alike(tiny):
    text = json.dumps(tiny)
    assert read_instance(text) == read_instance(text.encode()) == read_instance(tiny)


def test_a_replan_is_written_with_what_is_published_and_who_is_owed(tiny):
    given = dropped_out(tiny, share=0.2)
    given["sellers"][0]["owed"] = 2
    written = write_instance(read_instance(given))

    assert written["published"] == given["published"]
    assert written["dropped"] == given["dropped"]
    assert written["sellers"][0]["owed"] == 2
    assert "owed" not in written["sellers"][1]


def test_no_limit_of_turns_on_a_day_is_written_as_all_slots(tiny):
    tiny = copy.deepcopy(tiny)
    tiny["rules"]["max_turns_per_day"] = None
    read = read_instance(tiny)
    assert read.rules.max_turns_per_day is None
    assert write_instance(read)["rules"]["max_turns_per_day"] == len(tiny["slots"])


def test_the_digest_is_of_sorted_keys_without_spaces_in_utf_8():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert digest({"a": 1}) == digest({"a": 1} | {}) != digest({"a": 2})
    given = generated("tiny")
    assert digest(given) == generator.digest(given)


def change(path, value):
    def apply(given):
        *way, last = path
        for key in way:
            given = given[key]
        given[last] = value

    return apply


def add(key, value):
    return lambda given: given[key].append(value)


WRONG = {
    "another format": (change(["format"], "x"), "format: must be"),
    "no name": (change(["name"], None), "name: must be a text"),
    "a name no file can hold": (change(["name"], "\ud800"), "name: must be a text"),
    "unknown zone": (change(["timezone"], "Asia/Jember"), "timezone: 'Asia/Jember' is not a zone"),
    "a path as zone": (change(["timezone"], "../../etc/passwd"), "is not a zone"),
    "a float": (change(["slots", 0, "weight"], 1.5), "slots[0].weight: must be a whole number"),
    "a truth": (change(["slots", 0, "weight"], True), "slots[0].weight: must be a whole number"),
    "a weight beyond sums": (
        change(["slots", 0, "weight"], 10**400),
        "slots[0].weight: must be no farther from 0 than 1000000000",
    ),
    "a gap of ages": (
        change(["rules", "min_gap_minutes"], 10**12),
        "rules.min_gap_minutes: must be no farther from 0 than 10000000",
    ),
    "less than nothing, by far": (
        change(["slots", 0, "weight"], -(10**400)),
        "slots[0].weight: must be 1 or more",
    ),
    "no weight": (change(["slots", 0, "weight"], 0), "slots[0].weight: must be 1 or more"),
    "a slot without id": (lambda i: i["slots"][3].pop("id"), "slots[3].id: must be a whole number"),
    "a time without offset": (
        change(["slots", 0, "start"], "2027-02-08T09:00:00"),
        "slots[0].start: 2027-02-08T09:00:00 has no offset",
    ),
    "no time": (change(["blocks", 0, "end"], "noon"), "blocks[0].end: must be a time"),
    "a list of wrong things": (change(["slots"], [7]), "slots[0]: must be an object"),
    "no list": (change(["sellers"], {}), "sellers: must be a list"),
    "blocks of texts": (change(["sellers", 0, "blocks"], ["1"]), "sellers[0].blocks: must be"),
    "half a cut": (change(["sellers", 0, "cuts"], [[1, 2]]), "sellers[0].cuts[0]: must be a list"),
    "a hard cluster": (change(["rules", "cluster_adjacent"], "hard"), "rules.cluster_adjacent"),
    "a negative gap": (
        change(["rules", "min_gap_minutes"], -1),
        "rules.min_gap_minutes: must be 0",
    ),
    "a pair of three": (add("blocked_pairs", ["a", "b", "c"]), "blocked_pairs[0]: must be"),
    "slot id twice": (change(["slots", 1, "id"], 0), "slots: slot 0 is there twice"),
    "block twice": (change(["blocks", 1, "id"], 0), "blocks: block 0 is there twice"),
    "seller twice": (change(["sellers", 1, "id"], "s00000"), "seller s00000 is there twice"),
    "unknown block": (change(["slots", 0, "block"], 99), "slot 0 is in the unknown block 99"),
    "unknown channel": (change(["slots", 0, "channel"], 9), "slot 0 is on the unknown channel 9"),
    "turn without length": (
        lambda i: i["slots"][0].update(end=i["slots"][0]["start"]),
        "slots: slot 0 has no length",
    ),
    "turn longer than its window": (
        lambda i: i["slots"][0].update(end=i["blocks"][1]["end"]),
        "slots: slot 0 does not fit into its block 0",
    ),
    "turns over each other": (
        lambda i: i["slots"][0].update(end=i["slots"][1]["end"]),
        "slots: slot 1 overlaps slot 0 on channel 0",
    ),
    "windows over each other": (
        lambda i: i["blocks"][1].update(start=i["blocks"][0]["start"]),
        "overlaps block",
    ),
    "window without length": (
        lambda i: i["blocks"][0].update(end=i["blocks"][0]["start"]),
        "blocks: block 0 has no length",
    ),
    "pos against the time": (change(["slots", 1, "pos"], 0), "slot 1 has pos 0 after pos 0"),
    "a slot in closed time": (
        lambda i: i["closed"].append([i["slots"][0]["start"], i["slots"][0]["end"], "libur"]),
        "slots: slot 0 lies in a closed time (libur)",
    ),
    "no slots": (lambda i: i.update(slots=[], pins=[]), "slots: there are none"),
    "nobody": (lambda i: i.update(sellers=[], pins=[]), "nobody can come to any block"),
    "nobody available": (
        lambda i: [seller.update(blocks=[], cuts=[]) for seller in i["sellers"]],
        "sellers: nobody can come to any block",
    ),
    "seller's unknown block": (change(["sellers", 0, "blocks"], [999]), "block 999"),
    "two cuts in a block": (
        lambda i: i["sellers"][0].update(
            cuts=[[0, i["blocks"][0]["start"], i["blocks"][0]["end"]]] * 2
        ),
        "s00000 has two cuts in block 0",
    ),
    "a cut backwards": (
        lambda i: i["sellers"][0].update(
            cuts=[[0, i["blocks"][0]["end"], i["blocks"][0]["start"]]]
        ),
        "s00000 has a cut without length in block 0",
    ),
    "unknown cluster": (change(["sellers", 0, "cluster"], "x"), "of the unknown cluster x"),
    "pin of nobody": (add("pins", {"slot": 0, "seller": "x"}), "pinned to the unknown seller x"),
    "pin of no slot": (add("pins", {"slot": 9999, "seller": "s00000"}), "slot 9999 is unknown"),
    "two in one slot": (
        lambda i: i.update(pins=[{"slot": 0, "seller": f"s0000{n}"} for n in (1, 2)]),
        "pins: slot 0 is there twice",
    ),
    "unknown seller in a pair": (
        add("blocked_pairs", ["s00000", "x"]),
        "blocked_pairs: seller x is unknown",
    ),
    "blocked with itself": (add("blocked_pairs", ["s00000", "s00000"]), "blocked with itself"),
    "unknown dropped": (add("dropped", "x"), "dropped: seller x is unknown"),
    "published without time": (
        change(["published"], {"assignments": []}),
        "published.now: must be a time",
    ),
    "published to a stranger": (
        change(
            ["published"],
            {"now": "2027-02-08T09:00:00+07:00", "assignments": [{"slot": 0, "seller": "x"}]},
        ),
        "published: slot 0 has the unknown seller x",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_instances_are_refused_with_a_sentence_at_the_place(tiny, case):
    spoil, sentence = WRONG[case]
    given = copy.deepcopy(tiny)
    spoil(given)

    assert any(sentence in fault for fault in faults(given)), faults(given)


def everybody_always(given):
    """Let everybody come to every block, and nothing be pinned or blocked yet."""
    given = copy.deepcopy(given)
    for seller in given["sellers"]:
        seller.update(blocks=[block["id"] for block in given["blocks"]], cuts=[])
    given.update(pins=[], blocked_pairs=[])
    return given


def pinned(given, *slots, seller="s00000"):
    given["pins"] += [{"slot": slot, "seller": seller} for slot in slots]
    return given


def test_pins_that_contradict_each_other_are_named(tiny):
    free = everybody_always(tiny)
    assert read_instance(pinned(copy.deepcopy(free), 0))

    assert faults(pinned(copy.deepcopy(free), 0, 1)) == [
        "pins: slot 1: s00000 has slot 0, less than min_gap_minutes away"
    ]
    day = copy.deepcopy(free)
    day["rules"] |= {"max_turns_per_day": 1, "min_gap_minutes": 0}
    assert faults(pinned(day, 0, 2)) == [
        "pins: slot 2: s00000 has more fixed turns on that day than max_turns_per_day"
    ]
    most = copy.deepcopy(free)
    most["sellers"][0]["max_turns"] = 0
    assert faults(pinned(most, 0)) == ["pins: slot 0: s00000 has more fixed turns than max_turns"]
    away = copy.deepcopy(free)
    away["sellers"][0]["blocks"].remove(0)
    assert faults(pinned(away, 0)) == ["pins: slot 0: s00000 is not available then"]
    pair = copy.deepcopy(free)
    pair["blocked_pairs"] = [["s00000", "s00001"]]
    assert faults(pinned(pinned(pair, 0), 1, seller="s00001")) == [
        "pins: slot 1: s00001 and s00000 (slot 0) are a blocked pair"
    ]


def test_a_seller_cannot_be_pinned_to_two_channels_at_once():
    given = everybody_always(generated("custom", sellers=5, days=2, channels=2))
    slots = [slot["id"] for slot in given["slots"] if slot["start"] == given["slots"][0]["start"]]
    told = f"pins: slot {slots[1]}: s00000 has slot {slots[0]} at the same time"
    assert told in faults(pinned(given, *slots))


def with_a_frozen_slot(tiny):
    """Publish; return the instance with a slot that is frozen and still to come, and its owner."""
    given = dropped_out(everybody_always(tiny), share=0.01, day=2)
    given["dropped"] = []
    ahead = {slot["id"] for slot in given["slots"] if slot["start"] >= given["published"]["now"]}
    row = next(row for row in given["published"]["assignments"] if row["slot"] in ahead)
    return given, row["slot"], row["seller"]


def test_a_pin_cannot_take_a_frozen_slot_from_another(tiny):
    given, slot, seller = with_a_frozen_slot(tiny)
    other = next(found["id"] for found in given["sellers"] if found["id"] != seller)
    given["pins"] = [{"slot": slot, "seller": other}]
    assert f"pins: slot {slot}: the slot is frozen for {seller}, not for {other}" in faults(given)

    given["dropped"] = [seller]
    assert not any("frozen" in fault for fault in pin_faults_of(given))


def test_a_pin_must_agree_with_the_frozen_turns_of_its_seller(tiny):
    given, slot, seller = with_a_frozen_slot(tiny)
    given["rules"] |= {"min_gap_minutes": 0, "max_turns_per_day": 1}
    day = {slot["id"]: slot["block"] // 3 for slot in given["slots"]}
    pin = next(other for other in day if other > slot and day[other] == day[slot])
    for row in given["published"]["assignments"]:
        if row["slot"] == pin:
            row["seller"] = seller
    given["pins"] = [{"slot": pin, "seller": seller}]
    assert any("more fixed turns on that day" in fault for fault in faults(given))


def test_a_pin_of_the_past_hinders_nobody(tiny):
    given = dropped_out(everybody_always(tiny), share=0.01, day=4)
    given["dropped"] = []
    given["published"]["assignments"] = given["published"]["assignments"][1:]
    given["pins"] = [{"slot": 0, "seller": "s00001"}]
    assert read_instance(given)


def pin_faults_of(given):
    try:
        read_instance(given)
    except BadInstance as error:
        return error.faults
    return []


def test_slots_of_a_lost_channel_may_still_stand_in_what_was_published():
    given = dropped_out(generated("custom", sellers=9, days=3, channels=2, pins=0), day=1)
    given["slots"] = [slot for slot in given["slots"] if slot["channel"] == 0]
    assert read_instance(given).published


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, b"\xff\xfe", "1" * 5000])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(BadInstance):
        read_instance(text)
    with pytest.raises(BadPlan):
        read_plan(text)


def test_a_plan_comes_back_with_its_reasons_and_how_it_was_drawn(tiny):
    instance = read_instance(tiny)
    made = plan(instance, "seed", iterations=100)
    file = write_plan(instance, made, rule=RULE, seed="seed", instance_digest=digest(tiny))
    read = read_plan(canonical(file))

    assert read.plan == made
    assert (read.instance, read.rule, read.seed) == ("tiny", RULE, "seed")
    assert read.instance_digest == digest(tiny)


def test_a_plan_of_another_house_needs_only_its_assignments():
    read = read_plan(
        {"format": "rotation-plan/1", "assignments": [{"slot": 1, "seller": "a"}], "note": "x"}
    )
    assert [(a.slot, a.seller) for a in read.plan.assignments] == [(1, "a")]
    assert read.rule is None


@pytest.mark.parametrize(
    "value",
    [
        {"format": "rotation-plan/2", "assignments": []},
        {"format": "rotation-plan/1"},
        {"format": "rotation-plan/1", "assignments": [{"slot": "1", "seller": "a"}]},
        {"format": "rotation-plan/1", "assignments": [], "reasons": [{"slot": 1}]},
        {"format": "rotation-plan/1", "assignments": [], "standings": [{"slot": 1}]},
    ],
)
def test_plans_that_are_none_are_refused(value):
    with pytest.raises(BadPlan):
        read_plan(value)
