"""Verifying a published draw: everything is computed again from the public file alone.

The file, "rotation-draw/1", holds or names the instance and the plan, and says how the one was
made from the other; docs/rotation.md tells its keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bazaar.rules.rotation.draw import commitment, seed_of
from bazaar.rules.rotation.format import BadFile, canonical, digest, read_instance
from bazaar.rules.rotation.solving import Progress, rule_of, solve_file
from bazaar.rules.rotation.words import Instance

DRAW = "rotation-draw/1"

TEXTS = ("instance_digest", "commitment", "secret", "public_value", "seed", "rule")


class BadDraw(BadFile):
    """The file of a draw lacks something, or has it in another form."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A step of the draw that comes out otherwise: what was `told`, and what is `found`."""

    step: str
    told: str
    found: str

    def __str__(self) -> str:
        return f"{self.step} differs: told {self.told}, found {self.found}"


def verify(draw: Mapping[str, Any], *, progress: Progress | None = None) -> list[Difference]:
    """Compute a draw again and return the steps that differ; none: the very same bytes.

    The steps are "commitment" (of the secret), "instance_digest", "seed", "rule" and "plan"; if
    the file has them also "edition", "kind" and "plan_digest". Of the plan every key that was
    published must be the same. A rule that is not ours cannot be
    computed: then the plan is not looked at. Raises BadDraw, or BadInstance, with all faults.
    """
    secret = _secret(draw)
    given: Mapping[str, Any] = draw["instance"]
    instance = read_instance(given)
    rebuild = draw.get("rebuild", False)
    fingerprint = digest(given)
    told = (draw["public_value"], draw["number"])
    steps = {
        "commitment": commitment(secret),
        "instance_digest": fingerprint,
        "seed": seed_of(secret, instance.name, fingerprint, *told),
        "rule": rule_of(instance, rebuild=rebuild),
    }
    steps |= _labels(draw, instance, rebuild=rebuild)
    found = [
        Difference(step, draw[step], ours) for step, ours in steps.items() if draw[step] != ours
    ]
    if draw["rule"] == steps["rule"]:
        ours = solve_file(
            given,
            steps["seed"],
            iterations=draw["iterations"],
            rebuild=rebuild,
            progress=progress,
        )
        found += _compared(draw["plan"], ours)
    return found


def _labels(draw: Mapping[str, Any], instance: Instance, *, rebuild: bool) -> dict[str, str]:
    """Return what the file says besides, where it says it: it must fit the rest of the file."""
    whole = "plan" if instance.published is None else "rebuild"
    fits = {
        "edition": instance.name,
        "kind": whole if rebuild or instance.published is None else "repair",
        "plan_digest": digest(draw["plan"]),
    }
    return {key: ours for key, ours in fits.items() if draw.get(key) is not None}


def _secret(draw: Mapping[str, Any]) -> bytes:
    """Return the secret of a draw whose shape is right."""
    faults = []
    if draw.get("format") != DRAW:
        faults.append(f'format: must be "{DRAW}"')
    elif draw.get("stage", "done") != "done":
        stage = str(draw["stage"])[:20]
        raise BadDraw([f"stage: the draw is {stage}; there is nothing to compute until it is done"])
    faults += [
        f"{key}: must be an object with keys"
        for key in ("instance", "plan")
        if not isinstance(draw.get(key), Mapping)
    ]
    faults += [f"{key}: must be a text" for key in TEXTS if not isinstance(draw.get(key), str)]
    faults += [
        f"{key}: must be a whole number"
        for key in ("number", "iterations")
        if type(draw.get(key)) is not int
    ]
    if not isinstance(draw.get("rebuild", False), bool):
        faults.append("rebuild: must be true or false")
    secret = b""
    try:
        secret = bytes.fromhex(str(draw.get("secret")))
    except ValueError:
        faults.append("secret: must be written in hex")
    if faults:
        raise BadDraw(faults)
    return secret


def _compared(told: Mapping[str, Any], ours: Mapping[str, Any]) -> list[Difference]:
    same = {key: ours[key] for key in told if key in ours}
    if "assignments" in told and canonical(told) == canonical(same):
        return []
    return [Difference("plan", f"SHA-256 {digest(told)}", f"SHA-256 {digest(same)}")]
