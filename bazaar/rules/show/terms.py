"""The terms of an evening: a channel's day, its turns, and how it stands at one instant."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bazaar.rules.show.acts import Act

NOTHING = timedelta(0)
GRACE = timedelta(seconds=90)
"""So long after its expected start a seller who must be in the room and is not, is missing."""

MOST_OVERRUN = timedelta(minutes=3)
"""So long a turn goes on over its end while the next seller is not in the room yet."""

Presence = tuple[datetime, datetime | None]
"""From when to when somebody was in the room; None: still is."""


class State(enum.Enum):
    """Where a turn stands."""

    COMING = "coming"
    ON_AIR = "on_air"
    DONE = "done"
    NO_SHOW = "no_show"
    SKIPPED = "skipped"
    FELL_OFF = "fell_off"


class Phase(enum.Enum):
    """The time of what is on air, in colours: one word for every page and cue."""

    IDLE = "idle"
    RUNNING = "running"
    WARNING = "warning"
    DANGER = "danger"
    OVERTIME = "overtime"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the plan. `closes_at` is the hard end of the opening that it stands in."""

    uid: str
    seller: int
    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    sequence: int = 0

    @property
    def length(self) -> timedelta:
        """How long it is planned to last."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class Day:
    """A channel's day: its turns in any order, acts, and by seller when it was in the room.

    Everything that happened is there with its instant, so that the same day played tomorrow
    gives the same; only how long before its end a turn turns yellow (`warn`) and red (`danger`)
    may be chosen anew.
    """

    turns: Sequence[Turn]
    acts: Sequence[Act] = ()
    present: Mapping[int, Sequence[Presence]] = field(default_factory=dict)
    warn: timedelta = timedelta(seconds=120)
    danger: timedelta = timedelta(seconds=60)

    @property
    def revision(self) -> int:
        """The number of the last act; 0 before the first."""
        return max((act.number for act in self.acts), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as it stands. Expected times are the actual ones once they are known.

    `seller` is who really has the slot; `began_at` and `ended_at` are None until it happened.
    `off_at` is when its time is over, however long it goes on. `cut`: the hard end takes a part of
    it. `here`: its seller is in the room, as far as anybody said.
    """

    turn: Turn
    state: State
    seller: int
    began_at: datetime | None
    ended_at: datetime | None
    expected_start: datetime
    expected_end: datetime
    off_at: datetime
    added: timedelta = NOTHING
    cut: bool = False
    here: bool = False

    @property
    def late(self) -> timedelta:
        """How far its expected start lies behind the plan; negative: early."""
        return self.expected_start - self.turn.starts_at


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel at one instant.

    `left` counts down on air and is negative in overtime. `offset` is how far the end of what is
    on lies behind the plan, `ends_at` when the last turn is expected to be over. `watched`: on this
    day somebody says who is in the room.
    """

    at: datetime
    revision: int
    lines: tuple[Line, ...]
    on_air: Line | None
    next: Line | None
    phase: Phase
    left: timedelta
    offset: timedelta
    ends_at: datetime | None
    hard_end: datetime | None
    by_host: bool
    guarded: bool
    held_since: datetime | None
    held_why: str
    pinned: int | None
    notes: Mapping[str, str]
    warn: timedelta
    danger: timedelta
    watched: bool

    @property
    def falling_off(self) -> tuple[Line, ...]:
        """Turns that no longer fit before the hard end, and will not be on air."""
        return tuple(line for line in self.lines if line.state is State.FELL_OFF)
