"""Generated instances of a rotation, and the judge's verdict on plans."""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import assume, reject
from hypothesis import strategies as st

from bazaar.rules.rotation import Assignment, plan
from bazaar.rules.rotation.format import read_instance
from tests.rules.rotation import generator, judge

File = dict[str, Any]


def generated(profile: str = "tiny", seed: int = 1, **options: Any) -> File:
    """Return an instance as its file has it; each call a fresh one."""
    profiles: Any = generator.PROFILES
    known = profiles.get(profile, {}) | options
    return json.loads(json.dumps(generator.generate(name=profile, seed=seed, **known)))


def planned(given: File, seed: str = "draw", iterations: int = 200) -> File:
    """Return a plan of ours for an instance, as a file."""
    return as_file(plan(read_instance(given), seed, iterations=iterations).assignments)


def as_file(assignments: Iterable[Assignment]) -> File:
    return {"assignments": [{"slot": a.slot, "seller": a.seller} for a in assignments]}


def as_assignments(plan: File) -> list[Assignment]:
    return [Assignment(row["slot"], row["seller"]) for row in plan["assignments"]]


def verdict(given: File, plan: File) -> File:
    """Return what the judge says, its envy included.

    It cannot count when nobody present has the floor of turns: those who left had them all.
    """
    try:
        return json.loads(json.dumps(judge.check(given, plan)))
    except ZeroDivisionError:
        reject()


def dropped_out(given: File, share: float = 0.1, seed: int = 1, day: int = 2) -> File:
    """Publish a plan of ours for the instance, then let some sellers drop out."""
    return generator.dropout(given, planned(given), share=share, seed=seed, day=day)


@st.composite
def any_instance(draw: st.DrawFn) -> File:
    """Return an instance of few sellers and days, of every kind."""
    given = generated(
        "custom",
        draw(st.integers(0, 10**6)),
        sellers=draw(st.integers(1, 14)),
        days=draw(st.integers(1, 5)),
        channels=draw(st.integers(1, 3)),
        pitch=draw(st.sampled_from([20, 30, 45])),
        gap=draw(st.integers(0, 5)),
        max_day=draw(st.integers(1, 3)),
        min_gap=draw(st.sampled_from([0, 30, 180, 600])),  # pins keep a night apart, no more
        avail=draw(st.sampled_from([(0.1, 0.3), (0.3, 0.8), (1.0, 1.0)])),
        pins=draw(st.sampled_from([0, 0.05])),
        blocked=draw(st.sampled_from([0, 0.5])),
        cuts=draw(st.sampled_from([0, 0.3])),
        asr_pause=draw(st.booleans()),
        ramadan=draw(st.booleans()),
    )
    assume(given["slots"] and any(seller["blocks"] for seller in given["sellers"]))
    return given


@st.composite
def any_replan(draw: st.DrawFn) -> File:
    """Return an instance with a published plan of ours, after which something has changed.

    Sellers dropped out, a channel is lost, slots were not planned yet, somebody is owed a turn.
    """
    given = draw(any_instance())
    day = draw(st.integers(0, max(block["day"] for block in given["blocks"])))
    share = draw(st.sampled_from([0.0, 0.2, 0.5]))
    given = dropped_out(given, share=share, seed=draw(st.integers(0, 99)), day=day)
    given["rules"]["freeze_minutes"] = draw(st.sampled_from([0, 600, 1440, 4000]))
    channel = draw(st.sampled_from([None, *(channel["id"] for channel in given["channels"])]))
    lost = {slot["id"] for slot in given["slots"] if slot["channel"] == channel}
    new = draw(st.sets(st.sampled_from([slot["id"] for slot in given["slots"]]), max_size=6))
    given["pins"] = [pin for pin in given["pins"] if pin["slot"] not in lost | new]
    given["slots"] = [slot for slot in given["slots"] if slot["id"] not in lost]
    assume(given["slots"] and len(given["dropped"]) < len(given["sellers"]))
    given["published"]["assignments"] = [
        row for row in given["published"]["assignments"] if row["slot"] not in lost | new
    ]
    if draw(st.booleans()):
        given["sellers"][draw(st.integers(0, len(given["sellers"]) - 1))]["owed"] = 1
    return given
