"""The machine can fail: faults that are put in on purpose are found. All of them: `make torture`."""

import os

import pytest
from hypothesis.errors import HypothesisException

from tests.proof.machine import machine_on
from tests.proof.mutants import FAULTS
from tests.proof.test_machine import SEED, run

SOME = (
    "stock_is_not_taken",
    "expiry_overwrites_a_payment",
    "a_payment_is_allocated_twice",
    "the_discount_is_not_booked",
    "a_refund_is_not_booked",
)
CHOSEN = tuple(FAULTS) if os.environ.get("PROOF_FAULTS") == "all" else SOME
RUNS = 12
OF_THE_FAULT_ITSELF = (HypothesisException, AttributeError, TypeError, NameError, KeyError)
"""What would mean that a fault was written wrongly, not that it was found."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CHOSEN)
def test_the_machine_finds_a_fault(app, database, monkeypatch, name):
    FAULTS[name](monkeypatch)
    machine = machine_on(database)

    with pytest.raises(Exception) as found:  # noqa: PT011 - whatever the database or the model says
        for number in range(SEED, SEED + RUNS):
            run(machine, number)

    assert not isinstance(found.value, OF_THE_FAULT_ITSELF), repr(found.value)


def test_there_are_enough_faults():
    assert len(FAULTS) >= 20
    assert set(SOME) <= set(FAULTS)
