"""Who is on air, who is next, and when every turn is expected: one pure function.

The day of a channel is played from its first turn to the instant asked about. Between two acts
of people the clock rolls: a turn starts when its announced time has come and nobody is on, and
ends when its time is over. What people did beats the clock. Expected times follow the rule that
lateness moves them, gaps absorb it, and nobody is expected before the announced time.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bazaar.rules.show.acts import ASIDE, Act, ActKind, standing_acts

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
    `cut`: the hard end takes a part of it.
    """

    turn: Turn
    state: State
    seller: int
    began_at: datetime | None
    ended_at: datetime | None
    expected_start: datetime
    expected_end: datetime
    added: timedelta = NOTHING
    cut: bool = False

    @property
    def late(self) -> timedelta:
        """How far its expected start lies behind the plan; negative: early."""
        return self.expected_start - self.turn.starts_at


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel at one instant.

    `left` counts down on air and is negative in overtime. `offset` is how far the end of what is
    on lies behind the plan, `ends_at` when the last turn is expected to be over.
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

    @property
    def falling_off(self) -> tuple[Line, ...]:
        """Turns that no longer fit before the hard end, and will not be on air."""
        return tuple(line for line in self.lines if line.state is State.FELL_OFF)


def stand(day: Day, now: datetime) -> Standing:
    """Return how the channel stands at `now`. What happened after `now` counts for nothing."""
    return _played(day, now).standing(now)


def next_change(day: Day, now: datetime) -> datetime | None:
    """Return when the clock by itself will next change something on this channel, or None."""
    return _played(day, now).boundary()


def _played(day: Day, now: datetime) -> "_Play":
    play = _Play(day)
    for act in standing_acts(act for act in day.acts if act.at <= now):
        play.roll(act.at)
        play.apply(act)
    play.roll(now)
    return play


@dataclass(slots=True)
class _Slot:
    """A turn while the day is played."""

    turn: Turn
    seller: int
    state: State = State.COMING
    began_at: datetime | None = None
    ended_at: datetime | None = None
    added: timedelta = NOTHING


class _Play:
    """The day of a channel on its way from the first turn to now."""

    def __init__(self, day: Day) -> None:
        ordered = sorted(day.turns, key=lambda turn: (turn.starts_at, turn.uid))
        self.day = day
        self.slots = [_Slot(turn, turn.seller) for turn in ordered]
        self.by_uid = {slot.turn.uid: slot for slot in self.slots}
        self.on: _Slot | None = None
        self.by_host = False
        self.guarded = False
        self.held_since: datetime | None = None
        self.held_why = ""
        self.not_before: datetime | None = None
        self.extended: dict[datetime, timedelta] = {}
        self.closed = False
        self.pinned: int | None = None
        self.notes: dict[str, str] = {}

    # -- the clock --------------------------------------------------------------------------

    def roll(self, until: datetime) -> None:
        """Let the clock do what it does by itself up to and including `until`."""
        while (at := self.boundary()) is not None and at <= until:
            self._cross(at)

    def boundary(self) -> datetime | None:
        """Return the next instant at which the clock by itself changes something."""
        moments = [self._closing_of(self.on)] if self.on else []
        if self.held_since is None:
            if self.on is not None and not self.by_host:
                moments.append(self._off_of(self.on))
            if self.on is None and not self.by_host and (slot := self._coming()):
                moments.append(self._start_of(slot))
        if self.on is None and (slot := self._coming()):
            moments.append(self._closing_of(slot))
        return min(moments, default=None)

    def _cross(self, at: datetime) -> None:
        if self.on is not None:
            self._take_off(at)
            return
        slot = self._coming()
        if slot is None:
            return
        if at >= self._closing_of(slot):
            slot.state = State.FELL_OFF
        elif self._is_missing(slot, at):
            slot.state = State.NO_SHOW
        else:
            self._put_on(slot, at)

    def _start_of(self, slot: _Slot) -> datetime:
        """Return when the clock starts the slot, or gives it up because nobody is there."""
        due = self._due(slot)
        if not self.guarded:
            return due
        came = self._in_room(slot.seller, due)
        return came if came is not None and came < due + GRACE else due + GRACE

    def _is_missing(self, slot: _Slot, at: datetime) -> bool:
        return self.guarded and at >= self._due(slot) + GRACE

    def _due(self, slot: _Slot) -> datetime:
        return max(slot.turn.starts_at, self.not_before or slot.turn.starts_at)

    def _in_room(self, seller: int, since: datetime) -> datetime | None:
        """Return the first instant from `since` on at which the seller is in the room."""
        for came, left in sorted(self.day.present.get(seller, ()), key=lambda each: each[0]):
            if left is None or left > since:
                return max(came, since)
        return None

    def _off_of(self, slot: _Slot) -> datetime:
        """Return when the clock takes the slot off: at its end, or when the next has come."""
        end = self._end_of(slot)
        following = self._coming()
        if not self.guarded or following is None or following.turn.starts_at > end:
            return end
        came = self._in_room(following.seller, end)
        return min(came or end + MOST_OVERRUN, end + MOST_OVERRUN)

    def _coming(self) -> _Slot | None:
        return next((slot for slot in self.slots if slot.state is State.COMING), None)

    def _end_of(self, slot: _Slot) -> datetime:
        began = slot.began_at or slot.turn.starts_at
        return began + max(slot.turn.length + slot.added, NOTHING)

    def _closing_of(self, slot: _Slot) -> datetime:
        closes = slot.turn.closes_at
        return closes + self.extended.get(closes, NOTHING)

    def _put_on(self, slot: _Slot, at: datetime) -> None:
        self._take_off(at)
        slot.state, slot.began_at, slot.ended_at = State.ON_AIR, at, None
        self.on, self.pinned = slot, None

    def _take_off(self, at: datetime) -> None:
        if self.on is not None:
            self.on.state, self.on.ended_at = State.DONE, at
            self.on, self.pinned = None, None
            self.not_before = max(at, self.not_before or at)

    # -- people -----------------------------------------------------------------------------

    def apply(self, act: Act) -> None:
        """Do what somebody did; an act that no longer means anything does nothing."""
        slot = self.by_uid.get(act.turn) if act.turn else self.on
        if act.kind in ASIDE:
            self._aside(act)
        elif act.kind in _ABOUT_A_SLOT:
            if slot is not None:
                _ABOUT_A_SLOT[act.kind](self, slot, act)
        else:
            _ABOUT_THE_DAY[act.kind](self, act)

    def _aside(self, act: Act) -> None:
        if act.kind is ActKind.NOTE:
            about = act.turn or (self.on.turn.uid if self.on else "")
            self.notes[about] = act.text
        else:
            self.pinned = act.product if act.kind is ActKind.PIN else None

    def start(self, slot: _Slot, act: Act) -> None:
        if slot is self.on:
            return
        slot.seller, slot.added = act.seller or slot.turn.seller, NOTHING
        self.resume(act)
        self.closed = False
        self._put_on(slot, act.at)

    def end(self, slot: _Slot, act: Act) -> None:
        if slot is self.on:
            self.resume(act)
            self._take_off(act.at)

    def add(self, slot: _Slot, act: Act) -> None:
        if slot is self.on:
            slot.added += timedelta(seconds=act.seconds)

    def skip(self, slot: _Slot, act: Act) -> None:
        if slot.state is State.COMING:
            slot.state = State.SKIPPED

    def no_show(self, slot: _Slot, act: Act) -> None:
        if slot.state not in {State.COMING, State.ON_AIR, State.NO_SHOW}:
            return
        due = slot.began_at or self._due(slot)
        if slot is self.on:
            self._take_off(act.at)
        slot.state, slot.began_at, slot.ended_at = State.NO_SHOW, None, None
        if act.seller is not None:
            slot.seller, slot.added = act.seller, min(due - act.at, NOTHING)
            self._put_on(slot, act.at)

    def hold(self, act: Act) -> None:
        if self.held_since is None:
            self.held_since, self.held_why = act.at, act.text

    def resume(self, act: Act) -> None:
        if self.held_since is not None:
            if self.on is not None:
                self.on.added += act.at - max(self.held_since, self.on.began_at or act.at)
            self.held_since, self.held_why = None, ""

    def delay(self, act: Act) -> None:
        slot = self._coming()
        if slot is None:
            return
        expected = max(
            slot.turn.starts_at, self.not_before or act.at, self._off_at(act.at) or act.at
        )
        self.not_before = expected + timedelta(seconds=act.seconds)

    def mode(self, act: Act) -> None:
        if act.kind in {ActKind.BY_HOST, ActKind.BY_CLOCK}:
            self.by_host = act.kind is ActKind.BY_HOST
        else:
            self.guarded = act.kind is ActKind.GUARD

    def extend(self, act: Act) -> None:
        slot = self.on or self._coming()
        if slot is not None:
            closes = slot.turn.closes_at
            so_far = self.extended.get(closes, NOTHING)
            self.extended[closes] = so_far + timedelta(seconds=act.seconds)

    def close(self, act: Act) -> None:
        self.resume(act)
        self._take_off(act.at)
        self.closed = True
        for slot in self.slots:
            if slot.state is State.COMING:
                slot.state = State.FELL_OFF

    # -- what comes -------------------------------------------------------------------------

    def _off_at(self, now: datetime) -> datetime | None:
        """Return when what is on air is expected to be off, or None."""
        if self.on is None:
            return None
        pause = now - self.held_since if self.held_since is not None else NOTHING
        return min(max(self._end_of(self.on) + pause, now), self._closing_of(self.on))

    def standing(self, now: datetime) -> Standing:
        """Return the day as it stands, with everything expected from here on."""
        lines = self._lines(now)
        on_air = next((line for line in lines if line.state is State.ON_AIR), None)
        coming = next((line for line in lines if line.state is State.COMING), None)
        left = self._left(now)
        offset = on_air.expected_end - on_air.turn.ends_at if on_air else NOTHING
        if on_air is None and coming is not None:
            offset = coming.late
        here = self.on or self._coming()
        ends = [line.expected_end for line in lines if line.state in {State.ON_AIR, State.COMING}]
        return Standing(
            at=now,
            revision=self.day.revision,
            lines=tuple(lines),
            on_air=on_air,
            next=coming,
            phase=self._phase(left),
            left=left,
            offset=offset,
            ends_at=max(ends, default=None),
            hard_end=self._closing_of(here) if here else None,
            by_host=self.by_host,
            guarded=self.guarded,
            held_since=self.held_since,
            held_why=self.held_why,
            pinned=self.pinned,
            notes=dict(self.notes),
        )

    def _left(self, now: datetime) -> timedelta:
        if self.on is None:
            return NOTHING
        return self._end_of(self.on) - (self.held_since or now)

    def _phase(self, left: timedelta) -> Phase:
        if self.held_since is not None:
            return Phase.HELD
        if self.on is None:
            return Phase.CLOSED if self.closed else Phase.IDLE
        if left < NOTHING:
            return Phase.OVERTIME
        if left <= self.day.danger:
            return Phase.DANGER
        return Phase.WARNING if left <= self.day.warn else Phase.RUNNING

    def _lines(self, now: datetime) -> list[Line]:
        lines = []
        free_at = self._off_at(now) or self.not_before
        if free_at is not None and self.not_before is not None:
            free_at = max(free_at, self.not_before)
        for slot in self.slots:
            line = self._line(slot, now, free_at)
            if line.state in {State.COMING, State.ON_AIR}:
                free_at = max(line.expected_end, free_at or line.expected_end)
            lines.append(line)
        return lines

    def _line(self, slot: _Slot, now: datetime, free_at: datetime | None) -> Line:
        turn = slot.turn
        found = Line(
            turn,
            slot.state,
            slot.seller,
            slot.began_at,
            slot.ended_at,
            slot.began_at or turn.starts_at,
            slot.ended_at or turn.ends_at,
            slot.added,
        )
        if slot is self.on:
            return replace(found, expected_end=self._off_at(now) or now)
        if slot.state is not State.COMING:
            return found
        start = max(turn.starts_at, free_at or turn.starts_at, now)
        closes = self._closing_of(slot)
        if start >= closes:
            return replace(found, state=State.FELL_OFF, expected_start=start, expected_end=start)
        end = start + turn.length
        return replace(found, expected_start=start, expected_end=min(end, closes), cut=end > closes)


_ABOUT_A_SLOT: dict[ActKind, Callable[[_Play, _Slot, Act], None]] = {
    ActKind.START: _Play.start,
    ActKind.END: _Play.end,
    ActKind.ADD: _Play.add,
    ActKind.SKIP: _Play.skip,
    ActKind.NO_SHOW: _Play.no_show,
}
_ABOUT_THE_DAY: dict[ActKind, Callable[[_Play, Act], None]] = {
    ActKind.HOLD: _Play.hold,
    ActKind.RESUME: _Play.resume,
    ActKind.DELAY: _Play.delay,
    ActKind.BY_HOST: _Play.mode,
    ActKind.BY_CLOCK: _Play.mode,
    ActKind.GUARD: _Play.mode,
    ActKind.UNGUARD: _Play.mode,
    ActKind.EXTEND: _Play.extend,
    ActKind.CLOSE: _Play.close,
}
