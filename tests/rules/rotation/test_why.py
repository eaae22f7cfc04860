"""Reasons can be counted again from the plan alone: that is what they are tested against."""

from collections import Counter
from dataclasses import replace

from hypothesis import given as for_every
from hypothesis import settings

from bazaar.rules import rotation
from bazaar.rules.rotation import Assignment, Decided, Hindrance
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.format import read_instance
from tests.rules.rotation.instances import any_instance, any_replan, generated
from tests.rules.rotation.test_planner import an_instance, turns_of

KEPT_FROM = {
    "H1": Hindrance.AVAILABILITY,
    "H2": Hindrance.BUSY,
    "H3": Hindrance.GAP,
    "H4": Hindrance.DAY,
    "H7": Hindrance.MAX_TURNS,
    "H6": Hindrance.BLOCKED_PAIR,
}


def counted_again(instance, plan, slot):
    """Put every other seller into the slot and ask the judge what is wrong with that."""
    others = [one for one in plan.assignments if one.slot != slot]
    owner = next((one.seller for one in plan.assignments if one.slot == slot), None)
    free = replace(instance, pins=(), published=None, dropped=frozenset())
    found: Counter[str] = Counter()
    for who in instance.sellers:
        if who.id == owner:
            continue
        faults = {
            fault.code
            for fault in violations(free, [*others, Assignment(slot, who.id)])
            if who.id in (fault.seller, fault.other_seller)
        }
        hindrance = next((word for code, word in KEPT_FROM.items() if code in faults), None)
        if hindrance:
            found[hindrance.value] += 1
    return dict(found)


@for_every(any_instance())
@settings(max_examples=25, deadline=None)
def test_candidates_can_be_counted_again(given):
    instance = replace(read_instance(given), pins=())
    plan = rotation.plan(instance, "b", iterations=20)

    for reason in plan.reasons[:12]:
        assert dict(reason.excluded) == counted_again(instance, plan, reason.slot)
        assert reason.candidates + sum(reason.excluded.values()) == len(instance.sellers)


@for_every(any_instance() | any_replan())
@settings(max_examples=40, deadline=None)
def test_reasons_agree_with_the_plan(given):
    instance = read_instance(given)
    plan = rotation.plan(instance, "b", iterations=20)
    owner = {one.slot: one.seller for one in plan.assignments}
    pinned = {pin.slot for pin in instance.pins}
    order = sorted(instance.slots, key=lambda slot: (slot.start, slot.channel, slot.id))

    assert [reason.slot for reason in plan.reasons] == [slot.id for slot in order]
    assert [one.slot for one in plan.assignments] == [slot.id for slot in order if slot.id in owner]
    had: Counter[str] = Counter()
    for reason in plan.reasons:
        assert reason.seller == owner.get(reason.slot)
        assert reason.candidates + sum(reason.excluded.values()) == len(instance.sellers)
        assert (reason.decided is Decided.NOBODY) == (reason.seller is None)
        assert reason.decided is not Decided.PIN or reason.slot in pinned
        assert reason.decided is not Decided.SWAP or reason.swap is not None
        if reason.decided is Decided.ONLY:
            assert (reason.candidates, reason.rival) == (1, None)
        elif reason.decided in {Decided.TURNS, Decided.CLUSTER, Decided.BALANCE, Decided.TICKET}:
            assert reason.candidates > 1
            assert reason.rival not in {None, reason.seller}
        if reason.seller:
            assert reason.turns == had[reason.seller]
            had[reason.seller] += 1


@for_every(any_instance() | any_replan())
@settings(max_examples=40, deadline=None)
def test_an_open_slot_is_empty_only_when_nobody_could_take_it(given):
    instance = read_instance(given)
    now = instance.published.now if instance.published else None
    start = {slot.id: slot.start for slot in instance.slots}

    for reason in rotation.plan(instance, "b", iterations=20).reasons:
        if reason.seller is None and (now is None or start[reason.slot] >= now):
            assert reason.candidates == 0


@for_every(any_instance() | any_replan())
@settings(max_examples=30, deadline=None)
def test_standings_agree_with_the_plan(given):
    instance = read_instance(given)
    plan = rotation.plan(instance, "b", iterations=20)
    weight = {slot.id: slot.weight for slot in instance.slots}
    prime: Counter[str] = Counter()
    for one in plan.assignments:
        prime[one.seller] += weight[one.slot]

    assert [one.place for one in plan.standings] == list(range(1, len(instance.sellers) + 1))
    tickets = [rotation.ticket("b", instance.name, one.seller) for one in plan.standings]
    assert tickets == sorted(tickets)
    for its in plan.standings:
        assert (its.turns, its.prime) == (turns_of(plan)[its.seller], prime[its.seller])
        assert abs(its.carry) <= instance.rules.carry_cap
        assert its.share >= 0


def test_what_an_exchange_did_brought_both_nearer():
    plan = rotation.plan(read_instance(generated("twoaday", seed=1)), "b", iterations=500)
    swaps = [reason.swap for reason in plan.reasons if reason.swap]

    assert len(swaps) > 50
    for swap in swaps:
        room = 1 + sum(swap.before) + sum(swap.after)  # the distances are rounded
        assert sum(n * n for n in swap.after) <= sum(n * n for n in swap.before) + room


def test_the_reasons_of_a_small_plan():
    plan = rotation.plan(an_instance(sellers=2, days=1, length=40), "b", iterations=0)

    assert {reason.decided for reason in plan.reasons} == {Decided.TURNS}
    assert [reason.candidates for reason in plan.reasons] == [2, 2]
    assert plan.reasons[0].rival == plan.reasons[1].seller
