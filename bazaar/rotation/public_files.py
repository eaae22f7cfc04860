"""Files of a draw from which anybody can verify it, without us and without a network.

Sellers stand there under the committee's codes: with the blocks they can come to and the pairs
that must not meet, because without these nobody could compute the draw again; without names,
phone numbers or notes. What is frozen never changes, so its bytes are kept and sent as they are.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bazaar.errors import N_, NotFound
from bazaar.models import Draw, DrawKind, DrawStage, Edition
from bazaar.rules.rotation.format import canonical

FORMAT = "rotation-draw/1"


class NotYetFrozen(NotFound):
    """The input of this draw is not frozen, so there is no file of it."""

    text = N_("Masukan undian ini belum dibekukan, jadi belum ada berkasnya.")


class NotYetDone(NotFound):
    """The draw is not done: there is no plan."""

    text = N_("Undian ini belum selesai, jadi belum ada rancangannya.")


def input_of(draw: Draw) -> bytes:
    """Return the frozen input: canonical JSON, "rotation-instance/1". Raises NotYetFrozen."""
    if draw.instance is None:
        raise NotYetFrozen
    return gzip.decompress(draw.instance)


def plan_of(draw: Draw) -> bytes:
    """Return the plan: canonical JSON, "rotation-plan/1". Raises NotYetDone."""
    if draw.plan is None or draw.stage is not DrawStage.DONE:
        raise NotYetDone
    return gzip.decompress(draw.plan)


def is_final(draw: Draw) -> bool:
    """Say whether nothing of the draw will change any more."""
    return draw.stage in {DrawStage.DONE, DrawStage.FAILED}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a frozen input holds."""

    sellers: int
    slots: int
    pins: int
    pairs: int


def counts(draw: Draw) -> Counts:
    """Return how many sellers, slots, pins and blocked pairs were frozen. Raises NotYetFrozen."""
    raw = json.loads(input_of(draw))
    return Counts(*(len(raw[key]) for key in ("sellers", "slots", "pins", "blocked_pairs")))


def file_of(draw: Draw, edition: Edition) -> bytes:
    """Return everything published of a draw as canonical JSON, "rotation-draw/1".

    Before the draw is done it has neither secret nor seed nor plan.
    """
    done = draw.stage is DrawStage.DONE
    head: dict[str, Any] = {
        "format": FORMAT,
        "edition": edition.slug,
        "number": draw.number,
        "kind": draw.kind.value,
        "rebuild": draw.kind is DrawKind.REBUILD,
        "stage": draw.stage.value,
        "rule": draw.rule,
        "iterations": draw.iterations,
        "commitment": draw.commitment,
        "witness": draw.witness,
        "public_value": draw.public_value,
        "committed_at": _written(draw.committed_at),
        "frozen_at": _written(draw.frozen_at),
        "done_at": _written(draw.done_at),
        "instance_digest": draw.instance_digest,
        "secret": draw.secret if is_final(draw) else None,
        "seed": draw.seed if done else None,
        "plan_digest": draw.plan_digest if done else None,
        "failure": draw.failure,
    }
    return _joined(
        head,
        {
            "instance": input_of(draw) if draw.instance is not None else b"null",
            "plan": plan_of(draw) if done else b"null",
        },
    )


def _joined(head: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """Return the canonical JSON of all keys; the parts are canonical JSON already."""
    written = {key: canonical({key: value})[1:-1] for key, value in head.items()}
    written |= {key: f'"{key}":'.encode() + part for key, part in parts.items()}
    return b"{" + b",".join(written[key] for key in sorted(written)) + b"}"


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
