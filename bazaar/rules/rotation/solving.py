"""From an instance's file to the plan's: planned anew, or repaired when one is published."""

from collections.abc import Callable, Mapping
from typing import Any

from bazaar.rules.rotation import planner, repairing
from bazaar.rules.rotation.format import digest, read_instance, write_plan
from bazaar.rules.rotation.words import Instance, Plan

ITERATIONS = 20_000
"""So many exchanges are tried by default; 100,000 when the committee waits."""

Progress = Callable[[float], None]
"""Is told the share that is done, from 0 to 1, now and then."""


def rule_of(instance: Instance, *, rebuild: bool = False) -> str:
    """Return the name of the rule by which `solve` decides; it changes whenever a plan would."""
    if instance.published is None or rebuild:
        return planner.RULE
    return repairing.RULE


def solve(
    instance: Instance,
    seed: str,
    *,
    iterations: int = ITERATIONS,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Plan:
    """Plan; or repair when a plan is published, unless it shall be rebuilt.

    The same instance, seed and number of iterations give the same plan, to the byte.
    """
    if instance.published is None or rebuild:
        return planner.plan(instance, seed, iterations=iterations, progress=progress)
    return repairing.repair(instance, seed, progress=progress)


def solve_file(
    given: Mapping[str, Any],
    seed: str,
    *,
    iterations: int = ITERATIONS,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the plan's file for an instance's file. Raises BadInstance with all faults."""
    instance = read_instance(given)
    plan = solve(instance, seed, iterations=iterations, rebuild=rebuild, progress=progress)
    rule = rule_of(instance, rebuild=rebuild)
    return write_plan(instance, plan, rule=rule, seed=seed, instance_digest=digest(given))
