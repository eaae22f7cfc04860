from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules import rotation
from bazaar.rules.rotation import Block, Candidate, Cut, Decided, Instance, Pin, Rules, Slot

OPEN = datetime(2027, 2, 8, 2, tzinfo=UTC)
CLUSTERS = ["pangan", "batik", "kriya"]


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def a_block(number: int = 0, *, day: int = 0, start: int = 0, length: int = 60) -> Block:
    opens = OPEN + timedelta(days=day) + minutes(start)
    return Block(number, day, opens, opens + minutes(length))


def an_instance(
    sellers: int, blocks: list[Block], *, channels: int = 1, turn: int = 10
) -> Instance:
    cut = rotation.slots(blocks, range(1, channels + 1), turn=minutes(turn), gap=minutes(0))
    everywhere = frozenset(block.id for block in blocks)
    candidates = [
        Candidate(f"s{n:03}", CLUSTERS[n % len(CLUSTERS)], everywhere) for n in range(sellers)
    ]
    return Instance("uji", blocks, cut, candidates)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    blocks = []
    for number in range(draw(st.integers(1, 5))):
        length = draw(st.integers(5, 180))
        blocks.append(a_block(number, day=number // 2, start=number % 2 * 240, length=length))
    channels = list(range(draw(st.integers(1, 4))))
    turn, gap = draw(st.integers(5, 60)), draw(st.integers(0, 15))
    cut = rotation.slots(blocks, channels, turn=minutes(turn), gap=minutes(gap))
    sellers = []
    for n in range(draw(st.integers(1, 12))):
        comes = draw(st.frozensets(st.sampled_from([block.id for block in blocks])))
        cuts = tuple(
            Cut(block.id, block.start + minutes(a), block.start + minutes(a + b))
            for block in blocks
            for a, b in draw(
                st.lists(st.tuples(st.integers(0, 90), st.integers(0, 120)), max_size=2)
            )
        )
        limit = draw(st.none() | st.integers(0, 4))
        cluster = draw(st.sampled_from(CLUSTERS))
        sellers.append(Candidate(f"s{n}", cluster, comes, cuts, limit))
    per_day, rest = draw(st.none() | st.integers(1, 3)), draw(st.integers(0, 60))
    return Instance("acak", blocks, cut, sellers, rules=Rules(per_day, minutes(rest)))


def broken_rules(instance: Instance, plan: rotation.Plan) -> list[str]:
    """Judge a plan by the hard rules, written apart from the planner."""
    slots = {slot.id: slot for slot in instance.slots}
    who = {seller.id: seller for seller in instance.sellers}
    days = {block.id: block.day for block in instance.blocks}
    had: defaultdict[str, list[Slot]] = defaultdict(list)
    for given_ in plan.assignments:
        had[given_.seller].append(slots[given_.slot])
    broken = []
    if len({given_.slot for given_ in plan.assignments}) != len(plan.assignments):
        broken.append("H0")
    for name, taken in had.items():
        seller = who[name]
        for slot in taken:
            cuts = [cut for cut in seller.cuts if cut.block == slot.block]
            inside = any(cut.start <= slot.start and slot.end <= cut.end for cut in cuts)
            if slot.block not in seller.blocks or (cuts and not inside):
                broken.append("H1")
        pairs = list(combinations(sorted(taken, key=lambda slot: slot.start), 2))
        broken += ["H2" for a, b in pairs if b.start < a.end]
        broken += ["H3" for a, b in pairs if b.start < a.end + instance.rules.min_gap]
        limit = instance.rules.max_turns_per_day
        if limit and max(Counter(days[slot.block] for slot in taken).values()) > limit:
            broken.append("H4")
        if seller.max_turns is not None and len(taken) > seller.max_turns:
            broken.append("H7")
    return broken


@given(instances(), st.text(max_size=8))
def test_no_plan_breaks_a_hard_rule(instance, seed):
    plan = rotation.plan(instance, seed)

    assert broken_rules(instance, plan) == []


@given(instances())
def test_a_slot_stays_empty_only_when_nobody_can_take_it(instance):
    plan = rotation.plan(instance, "benih")

    assert [reason.slot for reason in plan.reasons if reason.seller is None] == [
        reason.slot for reason in plan.reasons if reason.decided is Decided.NOBODY
    ]
    assert all(
        reason.candidates + sum(reason.excluded.values()) == len(instance.sellers)
        for reason in plan.reasons
    )
    assert sorted(reason.slot for reason in plan.reasons) == [slot.id for slot in instance.slots]


@given(
    sellers=st.integers(1, 80),
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    channels=st.integers(1, 4),
    turn=st.integers(5, 30),
)
def test_turns_differ_by_at_most_one_when_everybody_can_always_come(
    sellers, lengths, channels, turn
):
    blocks = [a_block(n, day=n, length=length) for n, length in enumerate(lengths)]
    instance = an_instance(sellers, blocks, channels=channels, turn=turn)
    plan = rotation.plan(instance, "benih")
    had = Counter(given_.seller for given_ in plan.assignments)
    counts = [had[seller.id] for seller in instance.sellers]

    assert max(counts) - min(counts) <= 1
    assert len(plan.assignments) == sum(
        min(channels, sellers) for _ in range(len(instance.slots) // channels)
    )


@given(instances(), st.randoms())
def test_the_order_in_which_sellers_are_listed_changes_nothing(instance, dice):
    shuffled = list(instance.sellers)
    dice.shuffle(shuffled)

    assert (
        rotation.plan(replace(instance, sellers=shuffled), "benih").assignments
        == rotation.plan(instance, "benih").assignments
    )


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=4),
    st.integers(1, 60),
    st.integers(0, 20),
    st.integers(1, 3),
)
def test_slots_lie_inside_their_block_and_keep_the_gap(lengths, turn, gap, channels):
    blocks = [a_block(n, day=n, length=length) for n, length in enumerate(lengths)]
    cut = rotation.slots(blocks, range(channels), turn=minutes(turn), gap=minutes(gap))

    for block in blocks:
        for channel in range(channels):
            own = [slot for slot in cut if (slot.block, slot.channel) == (block.id, channel)]
            assert all(block.start <= slot.start and slot.end <= block.end for slot in own)
            assert all(b.start - a.end == minutes(gap) for a, b in pairwise(own))
            last = own[-1].end + minutes(gap) if own else block.start
            assert last + minutes(turn) > block.end  # no room left for one more
    assert [slot.id for slot in cut] == list(range(len(cut)))


def test_a_known_seed_gives_a_known_plan():
    instance = an_instance(3, [a_block()])
    plan = rotation.plan(instance, "jember")

    names = [given_.seller for given_ in plan.assignments]

    assert names[:3] == sorted(
        (seller.id for seller in instance.sellers),
        key=lambda name: rotation.ticket("jember", "uji", name),
    )
    assert names == ["s002", "s000", "s001", "s002", "s000", "s001"]


def test_another_seed_draws_anew():
    instance = an_instance(30, [a_block(length=300)])

    assert rotation.plan(instance, "a").assignments != rotation.plan(instance, "b").assignments


def test_reasons_tell_what_decided():
    instance = an_instance(2, [a_block(length=40)])
    plan = rotation.plan(replace(instance, sellers=instance.sellers[:2]), "benih")

    assert [reason.decided for reason in plan.reasons] == [
        Decided.DRAW,
        Decided.TURNS,
        Decided.WAITED,
        Decided.TURNS,
    ]
    assert plan.reasons[2].candidates == 2
    assert plan.reasons[2].last_end == OPEN + minutes(10)


def test_the_cluster_just_before_is_avoided_among_equals():
    block = a_block(length=20)
    cut = rotation.slots([block], [1], turn=minutes(10), gap=minutes(0))
    sellers = [Candidate(name, "pangan", frozenset([0])) for name in ("a", "b", "c")]
    sellers.append(Candidate("z", "batik", frozenset([0])))
    instance = Instance("uji", [block], cut, sellers, pins=[Pin(0, "a")])
    plan = rotation.plan(instance, "benih")

    assert plan.reasons[1].seller == "z"
    assert plan.reasons[1].decided is Decided.CLUSTER


def test_pins_are_kept_and_count_from_the_beginning():
    instance = replace(an_instance(2, [a_block(length=30)]), pins=[Pin(2, "s000")])
    plan = rotation.plan(instance, "benih")

    assert plan.reasons[0].seller == "s001"
    assert plan.reasons[0].decided is Decided.TURNS
    assert plan.reasons[2] == rotation.Reason(
        2, "s000", Decided.PIN, 1, turns=1, last_end=OPEN + minutes(20)
    )


def test_nobody_is_given_a_slot_that_overlaps_a_pin_of_the_same_seller():
    instance = replace(an_instance(1, [a_block(length=10)], channels=2), pins=[Pin(1, "s000")])
    plan = rotation.plan(instance, "benih")

    assert [given_.slot for given_ in plan.assignments] == [1]
    assert plan.reasons[0].excluded == {"busy": 1}


@pytest.mark.parametrize(("turn", "gap"), [(0, 0), (-5, 0), (10, -1)])
def test_slots_without_length_are_refused(turn, gap):
    with pytest.raises(ValueError, match="turn must be positive"):
        rotation.slots([a_block()], [1], turn=minutes(turn), gap=minutes(gap))


def test_who_was_on_just_now_waits_while_anybody_else_can_come() -> None:
    early, late = a_block(0, length=60), a_block(1, start=60, length=60)
    plain = an_instance(4, [early, late])
    latecomer = replace(plain.sellers[0], blocks=frozenset({late.id}))
    instance = replace(plain, sellers=[latecomer, *plain.sellers[1:]])

    def latecomers_turns(rest: int) -> list[datetime]:
        rested = replace(instance, rules=Rules(rest=minutes(rest)))
        given = {one.slot for one in rotation.plan(rested, "x").assignments if one.seller == "s000"}
        return [slot.start for slot in instance.slots if slot.id in given]

    assert any(b - a == minutes(10) for a, b in pairwise(latecomers_turns(0)))
    assert all(b - a >= minutes(30) for a, b in pairwise(latecomers_turns(20)))


def test_rest_leaves_no_slot_empty() -> None:
    alone = replace(an_instance(1, [a_block()]), rules=Rules(rest=minutes(600)))

    assert len(rotation.plan(alone, "x").assignments) == len(alone.slots)
