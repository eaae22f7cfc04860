"""Orders and money under a machine: any sequence of acts, model = database after every one."""

import os
import random

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.machine import OrdersAndMoney, machine_on

OPERATIONS = int(os.environ.get("PROOF_OPERATIONS", "800"))
GIVEN = os.environ.get("PROOF_SEED", "random")
SEED = random.randrange(1, 2**31) if GIVEN == "random" else int(GIVEN)
"""A new one unless it is given; every report of a failure tells it (`conftest.py`)."""
SHRINKS = "PROOF_SHRINK" in os.environ
"""Whether to look for the shortest sequence that fails: takes minutes."""
EXAMPLES, STEPS, AT_LEAST = 25, 40, 25


def run(machine: type[OrdersAndMoney], number: int) -> None:
    chosen = settings(
        database=None,
        deadline=None,
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        phases=[Phase.generate, Phase.shrink] if SHRINKS else [Phase.generate],
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
    )
    run_state_machine_as_test(
        seed(number)(machine), settings=chosen, _min_steps=0 if SHRINKS else AT_LEAST
    )


def test_the_database_is_what_the_model_says_after_every_step(app, database, capsys):
    machine = machine_on(database)
    number = SEED
    while machine.tally.operations < OPERATIONS:
        run(machine, number)
        number += 1
    tally = machine.tally
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{database.kind}: {tally.operations} operations in {tally.examples} sequences,"
            f" PROOF_SEED={SEED}: {dict(tally.done)}"
        )
    assert tally.operations >= OPERATIONS
    assert min(tally.done[name] for name in ("place", "confirm", "receive", "expire", "close_day"))
