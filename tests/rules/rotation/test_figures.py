import json

import pytest
from hypothesis import given as for_every
from hypothesis import settings

from bazaar.rules.rotation.figures import as_judged, figures
from bazaar.rules.rotation.format import read_instance
from tests.rules.rotation.instances import (
    any_instance,
    any_replan,
    as_assignments,
    dropped_out,
    generated,
    planned,
    verdict,
)

OF_THE_JUDGE = {"hard_violations", "violations", "examples"}
OURS = {"L1"}


def counted(given, plan):
    found = as_judged(figures(read_instance(given), as_assignments(plan)))
    return {key: found[key] for key in found if key not in OURS}


def judged(given, plan):
    found = verdict(given, plan)
    return {key: found[key] for key in found if key not in OF_THE_JUDGE}


@for_every(any_instance() | any_replan())
@settings(max_examples=60, deadline=None)
def test_figures_are_those_of_the_judge(given):
    plan = planned(given)
    assert json.loads(json.dumps(counted(given, plan))) == judged(given, plan)


@pytest.mark.parametrize("profile", ["jember73", "tight73", "twoaday"])
def test_figures_of_large_editions_are_those_of_the_judge(profile):
    given = generated(profile, seed=4)
    plan = planned(given, iterations=100)
    assert counted(given, plan) == judged(given, plan)


def test_figures_of_a_replan_tell_what_it_disturbed():
    given = dropped_out(generated("twoaday", seed=2), day=5)
    plan = planned(given, seed="another", iterations=100)
    found = counted(given, plan)
    assert found == judged(given, plan)
    assert found["stability"]["needlessly_changed"] > 0


def test_envy_may_be_left_out():
    given = generated("tiny")
    found = figures(read_instance(given), as_assignments(planned(given)), envy=False)
    assert found.envy_now is found.envy_ledger is None
    assert found.deviation == round(found.deviation_share * found.prime.mean * found.sellers)
