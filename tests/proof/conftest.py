"""What a failure needs to be done again stands in its report."""

import pytest

from tests.proof.test_machine import SEED


@pytest.fixture(autouse=True)
def _seed_in_the_report() -> None:
    print(f"PROOF_SEED={SEED}")  # noqa: T201 - pytest shows it with a failure
