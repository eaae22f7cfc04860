"""What is to be told about a turn, to whom, when, and how long it is still worth telling.

All but the first two hang on expected times, not planned ones: lateness moves them, and a hold
stops them. A cue that came due while no clock ran is late once its time has passed, or once the
turn has gone on without it: it is written down and told to nobody.
"""

import enum
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bazaar.rules.show.standing import (
    GRACE,
    MOST_OVERRUN,
    Day,
    Line,
    Standing,
    State,
    next_change,
    stand,
)

NEWS_LASTS = timedelta(minutes=10)
"""So long what has happened is still news."""

INSTANT = timedelta(microseconds=1)
LOOKS_EVERY = timedelta(seconds=30)


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
    """One row of the table. `due` is None where the cue does not apply to the line as it stands."""

    kind: CueKind
    target: Target
    due: Callable[[Line, Standing], datetime | None]
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


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def _planned(before: timedelta) -> Callable[[Line, Standing], datetime | None]:
    return lambda line, _: line.turn.starts_at - before if line.state in _HAS_A_SLOT else None


def _start(before: timedelta) -> Callable[[Line, Standing], datetime | None]:
    return lambda line, _: line.expected_start - before if line.state in _HAS_A_SLOT else None


def _start_of_who_is_away(before: timedelta) -> Callable[[Line, Standing], datetime | None]:
    def due(line: Line, _: Standing) -> datetime | None:
        waits = line.state is State.COMING and not line.here
        return line.expected_start - before if waits else None

    return due


def _over(line: Line, after: timedelta) -> datetime | None:
    return line.off_at + after if line.state is State.ON_AIR else None


def _missing(line: Line, standing: Standing) -> datetime | None:
    """Return when a seller is missing: given up, or on while others say who is in the room."""
    if line.state is State.NO_SHOW:
        return line.turn.starts_at + GRACE
    away = line.state is State.ON_AIR and standing.watched and not line.here
    return line.expected_start + GRACE if away else None


def _ended(line: Line, _: Standing) -> datetime | None:
    return line.ended_at if line.state is State.DONE else None


_HAS_A_SLOT = frozenset({State.COMING, State.ON_AIR, State.DONE})
_BOTH = (Target.SELLER, Target.HOST)
_ALL = (Target.SELLER, Target.HOST, Target.LIAISON)


def _to(
    targets: Iterable[Target],
    kind: CueKind,
    due: Callable[[Line, Standing], datetime | None],
    until: Callable[[Line], datetime],
) -> tuple[CueRule, ...]:
    return tuple(CueRule(kind, target, due, until) for target in targets)


RULES: tuple[CueRule, ...] = (
    *_to(
        (Target.SELLER,),
        CueKind.DAY_BEFORE,
        _planned(timedelta(hours=24)),
        lambda line: line.turn.starts_at - timedelta(hours=6),
    ),
    *_to(
        (Target.SELLER,),
        CueKind.HOUR_BEFORE,
        _planned(_minutes(60)),
        lambda line: line.turn.starts_at - _minutes(30),
    ),
    *_to(
        (Target.SELLER,),
        CueKind.CALL,
        _start(_minutes(15)),
        lambda line: line.expected_start - _minutes(6),
    ),
    *_to(
        (Target.LIAISON,),
        CueKind.CHECK,
        _start_of_who_is_away(_minutes(8)),
        lambda line: line.expected_start - _minutes(3),
    ),
    *_to(_BOTH, CueKind.STANDBY, _start(_minutes(2)), lambda line: line.expected_start),
    *_to(
        (Target.HOST,), CueKind.LAST_CHECK, _start(_minutes(0.5)), lambda line: line.expected_start
    ),
    *_to(
        _BOTH,
        CueKind.ON_AIR,
        lambda line, _: line.began_at,
        lambda line: line.expected_start + NEWS_LASTS,
    ),
    *_to(
        _BOTH,
        CueKind.WARN,
        lambda line, standing: _over(line, -standing.warn),
        lambda line: line.off_at,
    ),
    *_to(
        _BOTH,
        CueKind.WRAP,
        lambda line, standing: _over(line, -standing.danger),
        lambda line: line.off_at,
    ),
    *_to(
        (Target.HOST,),
        CueKind.END,
        lambda line, _: _over(line, timedelta(0)),
        lambda line: line.off_at + GRACE,
    ),
    *_to(
        (Target.HOST,),
        CueKind.OVERRUN,
        lambda line, _: _over(line, MOST_OVERRUN),
        lambda line: line.turn.closes_at,
    ),
    *_to(_ALL, CueKind.NO_SHOW, _missing, lambda line: line.expected_start + NEWS_LASTS),
    *_to(
        (Target.SELLER,),
        CueKind.DONE,
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


def passed(day: Day, since: datetime, now: datetime) -> list[DueCue]:
    """Return, as late, the cues that applied between `since` and `now`, as who was there saw them.

    Some that applied before `since`, or still do, are among them. Between two events (somebody
    acts, comes or leaves, a turn begins or ends) what is due stays due, so it is enough to look
    right before each of them; only a turn that falls off while everybody waits takes its cues
    with it in between.
    """
    found: dict[CueKey, DueCue] = {}
    at = since
    while at < now:
        event = min(_next_event(day, at) or now, now)
        first, last = stand(day, at), stand(day, event - INSTANT)
        for standing in (*_while_waiting(day, first, last), last):
            for cue in decide(standing, found, standing.at):
                found[cue.key] = replace(cue, late=True)
        at = event
    return list(found.values())


def _while_waiting(day: Day, first: Standing, last: Standing) -> Iterable[Standing]:
    if len(first.falling_off) >= len(last.falling_off):
        return
    at = first.at
    while at < last.at:
        yield stand(day, at)
        at += LOOKS_EVERY


def _next_event(day: Day, at: datetime) -> datetime | None:
    moments = [act.at for act in day.acts]
    moments += [
        moment for spans in day.present.values() for span in spans for moment in span if moment
    ]
    if (change := next_change(day, at)) is not None:
        moments.append(change)
    return min((moment for moment in moments if moment > at), default=None)


def next_due(standing: Standing, now: datetime) -> datetime | None:
    """Return the next instant at which a cue comes due as things stand, or None."""
    return min((at for *_, at in _moments(standing) if at > now), default=None)


def _moments(standing: Standing) -> Iterable[tuple[Line, CueRule, datetime]]:
    for line in standing.lines:
        for rule in RULES:
            at = rule.due(line, standing)
            if at is not None:
                yield line, rule, at
