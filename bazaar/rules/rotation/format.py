"""The open exchange format: "rotation-instance/1" and "rotation-plan/1", as docs/rotation.md has it.

What is read is refused with every fault at once, each a sentence that names its place. What is
written is plain JSON values; `canonical` makes the bytes whose SHA-256 is published.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bazaar.rules.rotation import reading
from bazaar.rules.rotation.reading import BadFile, BadInstance, BadPlan
from bazaar.rules.rotation.words import (
    Assignment,
    Candidate,
    Decided,
    Instance,
    Plan,
    Reason,
    Standing,
    Swap,
)

__all__ = [
    "BadFile",
    "BadInstance",
    "BadPlan",
    "WrittenPlan",
    "canonical",
    "digest",
    "read_instance",
    "read_plan",
    "write_instance",
    "write_plan",
]

INSTANCE = reading.INSTANCE
PLAN = "rotation-plan/1"


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A plan as a file has it: for which instance (its name), and how it was drawn if that is said.

    `plan` has reasons and standings only if the file has them.
    """

    instance: str
    plan: Plan
    rule: str | None = None
    seed: str | None = None
    instance_digest: str | None = None


def read_instance(given: str | bytes | Mapping[str, Any]) -> Instance:
    """Read a text in the format, or what JSON made of it. Raises BadInstance with all faults."""
    return reading.instance(_decoded(given, BadInstance))


def read_plan(given: str | bytes | Mapping[str, Any]) -> WrittenPlan:
    """Read a plan; reasons and standings are trusted to be ours. Raises BadPlan with all faults."""
    value = _decoded(given, BadPlan)
    faults: list[str] = []
    if value.get("format") != PLAN:
        faults.append(f'format: must be "{PLAN}", is {value.get("format")!r}')
    assignments = reading.assignments(value.get("assignments"), "assignments", faults)
    if faults:
        raise BadPlan(faults)
    try:
        plan = Plan(
            tuple(assignments),
            tuple(_read_reason(row) for row in value.get("reasons", ())),
            tuple(Standing(**row) for row in value.get("standings", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPlan([f"reasons and standings: not as they are written ({error})"]) from None
    head = (value.get("rule"), value.get("seed"), value.get("instance_digest"))
    return WrittenPlan(str(value.get("instance", "")), plan, *head)


def write_instance(instance: Instance) -> dict[str, Any]:
    """Return the instance in the format, every key there; a seller owed turns has "owed".

    What is published has "begun" if turns were put on air before their time.

    "seed" is 0 (it was not generated); no limit of turns on a day is written as so many as there
    are slots.
    """
    rules, published = instance.rules, instance.published
    limit = rules.max_turns_per_day
    return {
        "format": INSTANCE,
        "name": instance.name,
        "seed": 0,
        "timezone": instance.timezone,
        "rules": {
            "max_turns_per_day": len(instance.slots) if limit is None else limit,
            "min_gap_minutes": rules.min_gap_minutes,
            "cluster_adjacent": "soft",
            "cluster_same_time_max": rules.cluster_same_time_max,
            "prime_weight": rules.prime_weight,
            "carry_cap": rules.carry_cap,
            "freeze_minutes": rules.freeze_minutes,
        },
        "channels": [
            {"id": channel, "name": instance.channels.get(channel, f"Kanal {channel}")}
            for channel in sorted({slot.channel for slot in instance.slots} | {*instance.channels})
        ],
        "closed": [
            [closed.start.isoformat(), closed.end.isoformat(), closed.why]
            for closed in instance.closed
        ],
        "blocks": _written_blocks(instance),
        "slots": _written_slots(instance),
        "clusters": sorted({who.cluster for who in instance.sellers}),
        "sellers": [_written_seller(who) for who in instance.sellers],
        "pins": [{"slot": pin.slot, "seller": pin.seller} for pin in instance.pins],
        "blocked_pairs": [[one, other] for one, other in instance.blocked_pairs],
        "published": published
        and {
            "now": published.now.isoformat(),
            "assignments": [_written(given) for given in published.assignments],
        }
        | ({"begun": sorted(published.begun)} if published.begun else {}),
        "dropped": sorted(instance.dropped),
    }


def write_plan(
    instance: Instance, plan: Plan, *, rule: str, seed: str, instance_digest: str
) -> dict[str, Any]:
    """Return the plan in the format, with how it was drawn, its reasons and its standings."""
    return {
        "format": PLAN,
        "instance": instance.name,
        "rule": rule,
        "seed": seed,
        "instance_digest": instance_digest,
        "assignments": [_written(given) for given in plan.assignments],
        "reasons": [_written_reason(reason) for reason in plan.reasons],
        "standings": [
            {name: getattr(row, name) for name in Standing.__slots__} for row in plan.standings
        ],
    }


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed: JSON in UTF-8, keys sorted, no spaces, no line end."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(value: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _decoded(given: str | bytes | Mapping[str, Any], refusal: type[BadFile]) -> Mapping[str, Any]:
    value: Any = given
    if isinstance(given, str | bytes):
        try:
            value = json.loads(given)
        except ValueError as error:
            raise refusal([f"not JSON: {error}"]) from None
        except RecursionError:
            raise refusal(["not JSON we can read: too deep"]) from None
    if not isinstance(value, Mapping):
        raise refusal(["must be an object with keys, is " + type(value).__name__])
    return value


def _written(given: Assignment) -> dict[str, Any]:
    return {"slot": given.slot, "seller": given.seller}


def _written_blocks(instance: Instance) -> list[dict[str, Any]]:
    """`window` counts the blocks of a day by their start, from 0."""
    of_day: dict[int, int] = {}
    window: dict[int, int] = {}
    for block in sorted(instance.blocks, key=lambda block: (block.start, block.id)):
        window[block.id] = of_day.get(block.day, 0)
        of_day[block.day] = window[block.id] + 1
    return [
        {
            "id": block.id,
            "day": block.day,
            "window": window[block.id],
            "start": block.start.isoformat(),
            "end": block.end.isoformat(),
        }
        for block in instance.blocks
    ]


def _written_slots(instance: Instance) -> list[dict[str, Any]]:
    return [
        {
            "id": slot.id,
            "block": slot.block,
            "channel": slot.channel,
            "pos": slot.pos,
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "weight": slot.weight,
        }
        | ({"break_before": True} if slot.break_before else {})
        for slot in instance.slots
    ]


def _written_seller(who: Candidate) -> dict[str, Any]:
    return {
        "id": who.id,
        "cluster": who.cluster,
        "blocks": sorted(who.blocks),
        "cuts": [[cut.block, cut.start.isoformat(), cut.end.isoformat()] for cut in who.cuts],
        "turns_before": who.turns_before,
        "prime_before": who.prime_before,
        "max_turns": who.max_turns,
    } | ({"owed": who.owed} if who.owed else {})


def _written_reason(reason: Reason) -> dict[str, Any]:
    row: dict[str, Any] = {
        "slot": reason.slot,
        "seller": reason.seller,
        "decided": reason.decided.value,
        "candidates": reason.candidates,
        "turns": reason.turns,
        "same_cluster": reason.same_cluster,
        "rival": reason.rival,
        "excluded": dict(sorted(reason.excluded.items())),
        "swap": None,
    }
    if reason.swap is not None:
        swap = reason.swap
        row["swap"] = {
            "slot": swap.slot,
            "seller": swap.seller,
            "before": list(swap.before),
            "after": list(swap.after),
        }
    return row


def _read_reason(row: Mapping[str, Any]) -> Reason:
    swap = row["swap"] and Swap(
        row["swap"]["slot"],
        row["swap"]["seller"],
        tuple(row["swap"]["before"]),
        tuple(row["swap"]["after"]),
    )
    return Reason(**{**row, "decided": Decided(row["decided"]), "swap": swap})
