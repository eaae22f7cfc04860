"""The day of a channel, played from its first turn to the instant asked about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bazaar.rules.show.acts import ASIDE, Act, ActKind
from bazaar.rules.show.terms import (
    GRACE,
    MOST_OVERRUN,
    NOTHING,
    Day,
    Line,
    Phase,
    Standing,
    State,
    Turn,
)

ROOM_AFTER = timedelta(hours=1)
"""How long over its time a turn can go on that somebody started after the last hard end."""


@dataclass(slots=True)
class _Slot:
    """A turn while the day is played."""

    turn: Turn
    seller: int
    state: State = State.COMING
    began_at: datetime | None = None
    ended_at: datetime | None = None
    added: timedelta = NOTHING
    closes_at: datetime | None = None
    """Its hard end, if somebody started it after that of its opening."""

    @property
    def own_close(self) -> datetime:
        """Return its hard end before extensions."""
        return self.closes_at or self.turn.closes_at


class Play:
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
        closes = slot.own_close
        return closes + self.extended.get(closes, NOTHING)

    def _late_close(self, slot: _Slot, at: datetime) -> datetime:
        """Return the hard end of a slot started after its opening was over.

        That of the opening which runs or comes next; after the last one there is `ROOM_AFTER`
        beyond its own length, so that minutes can be added.
        """
        ahead = [each for each in self.slots if self._closing_of(each) > at]
        after_all = at + slot.turn.length + ROOM_AFTER
        return min((each.own_close for each in ahead), default=after_all)

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
        elif act.turn is None or (self.on is not None and self.on.turn.uid == act.turn):
            # Else who was on then never was: that start was taken back.
            self.pinned = act.product if act.kind is ActKind.PIN else None

    def start(self, slot: _Slot, act: Act) -> None:
        """Put the slot on air; who is on goes off, and a hold is over."""
        if slot is self.on:
            return
        slot.seller, slot.added = act.seller or slot.turn.seller, NOTHING
        if act.at >= self._closing_of(slot):
            slot.closes_at = self._late_close(slot, act.at)
        self.resume(act)
        self.closed = False
        self._put_on(slot, act.at)

    def end(self, slot: _Slot, act: Act) -> None:
        """Take the slot off air."""
        if slot is self.on:
            self.resume(act)
            self._take_off(act.at)

    def add(self, slot: _Slot, act: Act) -> None:
        """Give the slot on air seconds, or take them."""
        if slot is self.on:
            slot.added += timedelta(seconds=act.seconds)

    def skip(self, slot: _Slot, act: Act) -> None:
        """Leave out a slot that has not begun."""
        if slot.state is State.COMING:
            slot.state = State.SKIPPED

    def no_show(self, slot: _Slot, act: Act) -> None:
        """Give the slot up; what is left of it is for who fills in, if anybody does."""
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
        """Stop the time of who is on, and start nobody."""
        if self.held_since is None:
            self.held_since, self.held_why = act.at, act.text

    def resume(self, act: Act) -> None:
        """End a hold; who was on gets the time of it back."""
        if self.held_since is not None:
            if self.on is not None:
                self.on.added += act.at - max(self.held_since, self.on.began_at or act.at)
            self.held_since, self.held_why = None, ""

    def delay(self, act: Act) -> None:
        """Start nobody before a while after what is expected now."""
        slot = self._coming()
        if slot is None:
            return
        expected = max(
            slot.turn.starts_at, self.not_before or act.at, self._off_at(act.at) or act.at
        )
        self.not_before = expected + timedelta(seconds=act.seconds)

    def mode(self, act: Act) -> None:
        """Change who starts turns: the host or the clock, and whom the clock waits for."""
        if act.kind in {ActKind.BY_HOST, ActKind.BY_CLOCK}:
            self.by_host = act.kind is ActKind.BY_HOST
        else:
            self.guarded = act.kind is ActKind.GUARD

    def extend(self, act: Act) -> None:
        """Move the hard end of the opening that runs or comes next, or of the last one.

        Turns that had fallen off come back if they can begin now.
        """
        fallen = [slot for slot in self.slots if slot.state is State.FELL_OFF and not self.closed]
        slot = self.on or self._coming() or next(reversed(fallen), None)
        if slot is not None:
            closes = slot.own_close
            so_far = self.extended.get(closes, NOTHING)
            self.extended[closes] = so_far + timedelta(seconds=act.seconds)
        for each in fallen:
            if act.at < self._closing_of(each):
                each.state = State.COMING

    def close(self, act: Act) -> None:
        """End the day; what has not begun falls off."""
        self.resume(act)
        self._take_off(act.at)
        self.closed = True
        for slot in self.slots:
            if slot.state is State.COMING:
                slot.state = State.FELL_OFF

    # -- what comes -------------------------------------------------------------------------

    def _time_over(self, slot: _Slot, now: datetime) -> datetime:
        """Return when the time of the slot on air is over, with the pause that runs."""
        pause = now - self.held_since if self.held_since is not None else NOTHING
        return self._end_of(slot) + pause

    def _off_at(self, now: datetime) -> datetime | None:
        """Return when what is on air is expected to be off, or None."""
        if self.on is None:
            return None
        return min(max(self._time_over(self.on, now), now), self._closing_of(self.on))

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
            warn=self.day.warn,
            danger=self.day.danger,
            watched=any(came <= now for spans in self.day.present.values() for came, _ in spans),
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
            slot.ended_at or turn.ends_at,
            slot.added,
            here=self._in_room(slot.seller, now) == now,
        )
        if slot is self.on:
            over = self._time_over(slot, now)
            return replace(found, expected_end=self._off_at(now) or now, off_at=over)
        if slot.state is not State.COMING:
            return found
        start = max(turn.starts_at, free_at or turn.starts_at, now)
        closes = self._closing_of(slot)
        if start >= closes:
            return replace(found, state=State.FELL_OFF, expected_start=start, expected_end=start)
        end = start + turn.length
        return replace(
            found, expected_start=start, expected_end=min(end, closes), off_at=end, cut=end > closes
        )


_ABOUT_A_SLOT: dict[ActKind, Callable[[Play, _Slot, Act], None]] = {
    ActKind.START: Play.start,
    ActKind.END: Play.end,
    ActKind.ADD: Play.add,
    ActKind.SKIP: Play.skip,
    ActKind.NO_SHOW: Play.no_show,
}
_ABOUT_THE_DAY: dict[ActKind, Callable[[Play, Act], None]] = {
    ActKind.HOLD: Play.hold,
    ActKind.RESUME: Play.resume,
    ActKind.DELAY: Play.delay,
    ActKind.BY_HOST: Play.mode,
    ActKind.BY_CLOCK: Play.mode,
    ActKind.GUARD: Play.mode,
    ActKind.UNGUARD: Play.mode,
    ActKind.EXTEND: Play.extend,
    ActKind.CLOSE: Play.close,
}
