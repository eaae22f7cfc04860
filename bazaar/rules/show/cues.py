"""What is to be told about a turn, to whom, when, and how long it is still worth telling.

All but the first two hang on expected times, not planned ones: lateness moves them. A cue that
came due while no clock ran is late once its time has passed: it is written down, told to nobody.
"""

import enum
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bazaar.rules.show.standing import GRACE, Line, Standing, State

NEWS_LASTS = timedelta(minutes=10)
"""So long what has happened is still news."""


class CueKind(enum.Enum):
    """What is told."""

    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    CALL = "call"
    CHECK = "check"
    STANDBY = "standby"
    LAST_CHECK = "last_check"
    ON_AIR = "on_air"
    WARN = "warn"
    WRAP = "wrap"
    END = "end"
    OVERRUN = "overrun"
    NO_SHOW = "no_show"
    DONE = "done"


class Target(enum.Enum):
    """Who is told. The liaison is the committee's person who telephones sellers."""

    SELLER = "seller"
    LIAISON = "liaison"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class CueRule:
    """One row of the table. `due` and `until` are None where the cue does not apply to the line."""

    kind: CueKind
    target: Target
    due: Callable[[Line], datetime | None]
    until: Callable[[Line], datetime]


@dataclass(frozen=True, slots=True)
class DueCue:
    """A cue whose time has come. `late`: its time has also gone."""

    line: Line
    kind: CueKind
    target: Target
    due_at: datetime
    until: datetime
    late: bool

    @property
    def key(self) -> "CueKey":
        """What it is told once under."""
        return (self.line.turn.uid, self.line.turn.sequence, self.kind, self.target)


CueKey = tuple[str, int, CueKind, Target]


def _planned(before: timedelta) -> Callable[[Line], datetime | None]:
    return lambda line: line.turn.starts_at - before if line.state in _HELD_OR_TO_COME else None


def _start(before: timedelta) -> Callable[[Line], datetime | None]:
    return lambda line: line.expected_start - before if line.state in _HELD_OR_TO_COME else None


def _end(before: timedelta) -> Callable[[Line], datetime | None]:
    return lambda line: _planned_off(line) - before if line.state is State.ON_AIR else None


def _planned_off(line: Line) -> datetime:
    """Return when its time is over; `expected_end` would move on with every second over it."""
    began = line.began_at or line.turn.starts_at
    return began + line.turn.length + line.added


def _missing(line: Line) -> datetime | None:
    return line.turn.starts_at + GRACE if line.state is State.NO_SHOW else None


def _ended(line: Line) -> datetime | None:
    return line.ended_at if line.state is State.DONE else None


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


_HELD_OR_TO_COME = {State.COMING, State.ON_AIR, State.DONE}

RULES: tuple[CueRule, ...] = (
    CueRule(
        CueKind.DAY_BEFORE,
        Target.SELLER,
        _planned(timedelta(hours=24)),
        lambda line: line.turn.starts_at - timedelta(hours=6),
    ),
    CueRule(
        CueKind.HOUR_BEFORE,
        Target.SELLER,
        _planned(_minutes(60)),
        lambda line: line.turn.starts_at - _minutes(30),
    ),
    CueRule(
        CueKind.CALL,
        Target.SELLER,
        _start(_minutes(15)),
        lambda line: line.expected_start - _minutes(6),
    ),
    CueRule(
        CueKind.CHECK,
        Target.LIAISON,
        _start(_minutes(8)),
        lambda line: line.expected_start - _minutes(3),
    ),
    *(
        CueRule(CueKind.STANDBY, target, _start(_minutes(2)), lambda line: line.expected_start)
        for target in (Target.SELLER, Target.HOST)
    ),
    CueRule(
        CueKind.LAST_CHECK, Target.HOST, _start(_minutes(0.5)), lambda line: line.expected_start
    ),
    *(
        CueRule(
            CueKind.ON_AIR,
            target,
            lambda line: line.began_at,
            lambda line: line.expected_start + NEWS_LASTS,
        )
        for target in (Target.SELLER, Target.HOST)
    ),
    *(
        CueRule(
            CueKind.WARN, target, _end(_minutes(2)), lambda line: _planned_off(line) - _minutes(1)
        )
        for target in (Target.SELLER, Target.HOST)
    ),
    *(
        CueRule(CueKind.WRAP, target, _end(_minutes(1)), _planned_off)
        for target in (Target.SELLER, Target.HOST)
    ),
    CueRule(CueKind.END, Target.HOST, _end(_minutes(0)), lambda line: _planned_off(line) + GRACE),
    CueRule(CueKind.OVERRUN, Target.HOST, _end(-_minutes(3)), lambda line: line.turn.closes_at),
    *(
        CueRule(CueKind.NO_SHOW, target, _missing, lambda line: line.turn.starts_at + NEWS_LASTS)
        for target in (Target.HOST, Target.SELLER, Target.LIAISON)
    ),
    CueRule(
        CueKind.DONE,
        Target.SELLER,
        _ended,
        lambda line: (line.ended_at or line.expected_end) + NEWS_LASTS,
    ),
)
"""Due and validity of every cue, after the practice of people who run such evenings."""


def decide(standing: Standing, told: Collection[CueKey], now: datetime) -> list[DueCue]:
    """Return the cues that are due and were not told yet, the earliest first.

    Those whose time has gone come as late, so that they are written down and never come again.
    """
    due = [
        DueCue(line, rule.kind, rule.target, at, rule.until(line), now > rule.until(line))
        for line, rule, at in _moments(standing)
        if at <= now
    ]
    return sorted((cue for cue in due if cue.key not in told), key=lambda cue: cue.due_at)


def next_due(standing: Standing, now: datetime) -> datetime | None:
    """Return the next instant at which a cue comes due as things stand, or None."""
    return min((at for *_, at in _moments(standing) if at > now), default=None)


def _moments(standing: Standing) -> Iterable[tuple[Line, CueRule, datetime]]:
    for line in standing.lines:
        for rule in RULES:
            at = rule.due(line)
            if at is not None:
                yield line, rule, at
