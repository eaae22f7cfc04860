from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given as for_every
from hypothesis import settings

from bazaar.rules import rotation
from bazaar.rules.rotation import planner
from bazaar.rules.rotation.board import NOBODY
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.clashes import count
from bazaar.rules.rotation.format import read_instance
from bazaar.rules.rotation.spacing import spread
from tests.rules.rotation.instances import any_instance
from tests.rules.rotation.test_planner import an_instance


def rests(instance, plan):
    """Return the minutes from start to start of each seller's turns, shortest first."""
    start = {slot.id: slot.start for slot in instance.slots}
    mine = defaultdict(list)
    for one in plan.assignments:
        mine[one.seller].append(start[one.slot])
    return sorted(
        int((b - a).total_seconds()) // 60
        for starts in mine.values()
        for a, b in pairwise(sorted(starts))
    )


def unspaced(instance, iterations):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "spread", id)
        return rotation.plan(instance, "b", iterations=iterations)


def test_turns_of_one_seller_are_moved_apart():
    plain = an_instance(sellers=40, days=3, length=480, turn=10)
    instance = replace(plain, slots=[replace(slot, weight=10) for slot in plain.slots])
    crowded = rests(instance, unspaced(instance, 50))
    made = rotation.plan(instance, "b", iterations=50)

    assert rests(instance, made)[0] > crowded[0]
    assert sum(n < 120 for n in rests(instance, made)) < sum(n < 120 for n in crowded) / 2


@for_every(given=any_instance())
@settings(max_examples=25, deadline=None)
def test_rest_costs_nothing_that_matters_more(given):
    for slot in given["slots"]:
        slot["weight"] = 10 + slot["weight"] // 40
    instance = read_instance(given)
    seen = []

    def watched(exchange):
        board = exchange.board
        before = board.turns[:], board.primes(), sum(i != NOBODY for i in board.owner)
        clashes = count(board)
        spread(exchange)
        after = board.turns, board.primes(), sum(i != NOBODY for i in board.owner)
        seen.append(after == before and count(board) <= clashes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "spread", watched)
        made = rotation.plan(instance, "b", iterations=20)

    assert seen == [True, True]
    assert violations(instance, made.assignments) == []
