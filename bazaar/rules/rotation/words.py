"""The words of a rotation: what a planner is given, and what it answers.

They are those of the open exchange format "rotation-instance/1" and "rotation-plan/1"
(`bazaar.rules.rotation.format`), so that any instance can be written down, judged outside and
planned again. Identifiers of slots, blocks and channels are integers, those of sellers texts;
whenever an order matters, it ends with them.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One opening of the programme, the same on all channels. `day` tells which local day."""

    id: int
    day: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """Airtime for one seller; `weight` is what its audience is worth, larger is better.

    Slots `pos` and `pos` + 1 of a block and channel are consecutive, unless the later one has
    `break_before`: a closed time lies between them.
    """

    id: int
    block: int
    channel: int
    pos: int
    start: datetime
    end: datetime
    weight: int = 10
    break_before: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """In this block the seller can only take slots that lie within `start` and `end`."""

    block: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A seller to be given turns in the `blocks` it can come to, at most one cut in each.

    `turns_before` and `prime_before` are what it had in earlier editions; `owed` turns of this
    edition it missed and was excused for: they are not counted as had.
    """

    id: str
    cluster: str
    blocks: frozenset[int]
    cuts: tuple[Cut, ...] = ()
    turns_before: int = 0
    prime_before: int = 0
    max_turns: int | None = None
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Pin:
    """The slot belongs to the seller, whatever the rule would say."""

    slot: int
    seller: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody may be on air in this time, and `why`."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits of an instance. `max_turns_per_day` None: as many as fit.

    `cluster_same_time_max` and the cluster of neighbours are soft. A slot of `prime_weight` or
    more is prime time; `carry_cap` clips what earlier editions count in the prime balance;
    published slots that start within `freeze_minutes` keep their seller.
    """

    max_turns_per_day: int | None = None
    min_gap_minutes: int = 0
    cluster_same_time_max: int = 1
    prime_weight: int = 10
    carry_cap: int = 0
    freeze_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """A seller has a slot."""

    slot: int
    seller: str


@dataclass(frozen=True, slots=True)
class Published:
    """The plan in force at the instant `now` of a replan.

    `begun` are slots that start later but whose turns were put on air already: they stay like
    those that have started.
    """

    now: datetime
    assignments: tuple[Assignment, ...]
    begun: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything a planner may know. `name` enters the draw, so that editions draw apart.

    `dropped` sellers get no slot that is still to come at `published.now`. `channels` and
    `timezone` are for readers; the rule looks at slots only.
    """

    name: str
    blocks: Sequence[Block]
    slots: Sequence[Slot]
    sellers: Sequence[Candidate]
    rules: Rules = Rules()
    pins: Sequence[Pin] = ()
    blocked_pairs: Sequence[tuple[str, str]] = ()
    closed: Sequence[Closed] = ()
    channels: Mapping[int, str] = field(default_factory=dict)
    timezone: str = "Asia/Jakarta"
    published: Published | None = None
    dropped: frozenset[str] = frozenset()


class Decided(enum.Enum):
    """What gave a slot to its seller, against the next best candidate."""

    PIN = "pin"
    KEPT = "kept"
    ONLY = "only"
    TURNS = "turns"
    CLUSTER = "cluster"
    BALANCE = "balance"
    TICKET = "ticket"
    SWAP = "swap"
    HAND = "hand"
    NOBODY = "nobody"


class Hindrance(enum.Enum):
    """The first rule that keeps a seller from a slot, in this order."""

    DROPPED = "dropped"
    AVAILABILITY = "availability"
    BUSY = "busy"
    GAP = "gap"
    DAY = "day"
    MAX_TURNS = "max_turns"
    BLOCKED_PAIR = "blocked_pair"


@dataclass(frozen=True, slots=True)
class Swap:
    """An exchange that evened out prime time: with which slot and seller, and what it did.

    `before` and `after` are the distances of both sellers from their fair share, own first.
    """

    slot: int
    seller: str | None
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a slot went where it went: the facts at the moment of the decision.

    `candidates`: how many could have taken it; `excluded`: how many could not, by `Hindrance`
    value; `turns`: what the seller had before it (this edition); `rival`: the next best
    candidate; `swap`: the last exchange that brought the seller here, if one did.
    """

    slot: int
    seller: str | None
    decided: Decided
    candidates: int
    turns: int = 0
    same_cluster: bool = False
    rival: str | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)
    swap: Swap | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one seller came out of the plan.

    `place` in the draw counts from 1; `rounds`: in so many rounds it got a turn, in the next one
    nobody could make room. `prime`: weight of its slots; `carry`: clipped, from earlier
    editions; `share`: the weight it is entitled to. Weights are integers; `share` is rounded.
    """

    seller: str
    place: int
    rounds: int
    turns: int
    prime: int
    carry: int
    share: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who has which slot, and why. A slot without an assignment stays empty; it has a reason.

    `assignments` and `reasons` are in the order of slots' start, channel, id; `standings` in the
    order of the draw.
    """

    assignments: tuple[Assignment, ...]
    reasons: tuple[Reason, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that a plan breaks: `code` H0 to H9 as in docs/rotation.md, and who with whom."""

    code: str
    slot: int
    seller: str
    other_slot: int | None = None
    other_seller: str | None = None
