"""The tick: what came due is written down once, and told in the same transaction.

A look finds what is due and when the next thing will be; it costs one small query while nothing
has changed and nothing is due. What it has found out stays in memory, per database, and holds
nothing that the tables do not: a process that starts anew reads it again. A channel's day counts
as done only once a later look has read its cues back, so that a transaction that failed is simply
done again. After a silence the days are gone through from where the last clock was, so that what a
clock that was there would have written is written, as late where it is no longer worth telling.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine

from bazaar import editions
from bazaar.db import db, insert_each
from bazaar.models import Beat, Cue
from bazaar.rules.show import standing
from bazaar.rules.show.cues import CueKey, CueKind, DueCue, Target, decide, next_due, passed
from bazaar.show import telling
from bazaar.show.days import ChannelDay, day_at, days, mark
from bazaar.show.days import forget as forget_days

log = structlog.get_logger()

AT_ONCE = 500
"""How many cues one tick writes down; after a long silence it needs several."""

CATCH_UP = timedelta(days=31)
"""What came due longer ago than this while no clock ran is not written down any more."""

LASTS = 10.0
"""Seconds after which the days are read again, whether or not they seem to have changed."""

AHEAD = timedelta(seconds=1.5)
"""What is due so soon is worked out now, so that it is only written down when its time comes."""

PATIENCE_S = 2.0
"""A look after a long silence finds a part of what was missed, and the next one goes on."""

AT_A_TIME = 500
A_DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
GIVE_UP_MS = 5_000

Due = tuple[ChannelDay, DueCue]


@dataclass(frozen=True, slots=True)
class Look:
    """What is due, at most `AT_ONCE`: news before what is late, the earliest first.

    If nothing is, `next_at` says when something will be; None: the clock by itself changes nothing.
    `more`: there is more to find; look again at once.
    """

    due: Sequence[Due]
    next_at: datetime | None
    more: bool = False


def look(now: datetime) -> Look:
    """Find what came due until `now` and was not written down yet. Writes nothing."""
    agenda = _agendas.get(db.engine)
    if agenda is None or not agenda.is_fresh(now):
        agenda = _read(agenda, now)
        _agendas[db.engine] = agenda
    agenda.at = now
    all_found = agenda.find(now)
    due = agenda.give(now)
    if due or not all_found:
        return Look(due, None, more=True)
    return Look((), agenda.prepare(now))


def record(found: Look, now: datetime) -> int:
    """Write down and tell what a look found, in the caller's transaction; return how much was new.

    What is late is told to nobody, and what cannot be told stops nothing else.
    """
    if not found.due:
        return 0
    if db.engine.dialect.name == "postgresql":
        # A process that is stopped right here must not keep the others from these rows for long.
        db.session.execute(sa.text(f"SET LOCAL idle_in_transaction_session_timeout = {GIVE_UP_MS}"))
    new = insert_each(Cue, [_row(cue, now) for _, cue in found.due])
    _tell([(day, cue) for day, cue in found.due if not cue.late], now)
    return new


def tick(now: datetime) -> int:
    """Look and write down in one; return how many cues were new.

    Each is written once, however often and in however many processes this runs.
    """
    return record(look(now), now)


def _tell(due: Sequence[Due], now: datetime) -> None:
    edition = editions.find_current()
    if edition is None or not due:
        return
    try:
        with db.session.begin_nested():
            telling.tell(edition, due, now=now)
    except sa.exc.OperationalError:
        raise  # the database is busy or away: all of it later
    except Exception:
        if len(due) > 1:
            for one in due:
                _tell([one], now)
        else:
            log.exception("cue_not_told", cue=due[0][1].key)


def strike(now: datetime) -> int:
    """Take back what was written as late about a time that has not come; return how much.

    For a clock that had gone ahead and came back: what it told nobody comes again in its time.
    What it did tell is not told a second time.
    """
    forget()
    ahead = sa.delete(Cue).where(Cue.late, Cue.due_at > now).returning(Cue.id)
    return len(db.session.execute(ahead).all())


def forget() -> None:
    """Let what this process has read of the show be read again."""
    forget_days()
    _agendas.clear()


# -- what is kept in memory ---------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    """A channel's day. What came due up to `until` is written down, or is in `found`.

    `next_at`: when there is something to find again: at once, at an instant, or never.
    """

    day: ChannelDay
    until: datetime
    next_at: datetime | None = LONG_AGO
    found: list[DueCue] = field(default_factory=list)

    def find(self, to: datetime, told: Collection[CueKey]) -> None:
        """Find what came due up to `to`, also what its turn has gone on without."""
        plan = self.day.plan
        # At the very instant that was announced, nothing can have been missed before it.
        old = [] if self.next_at == to else passed(plan, self.until, to)
        stand = self.day.stand(to)
        known: dict[CueKey, DueCue] = {}
        for cue in (*self.found, *old, *decide(stand, told, to)):
            first = known.get(cue.key)
            known[cue.key] = replace(cue, due_at=first.due_at) if first else cue
        self.found = [cue for key, cue in known.items() if key not in told]
        moments = (standing.next_change(plan, to), next_due(stand, to))
        self.until, self.next_at = to, min((at for at in moments if at), default=None)

    def go_on_from(self, same: "_Entry", at: datetime) -> None:
        """Go on from what was found of the same day until a look at `at`."""
        if same.day == self.day:
            self.until, self.next_at, self.found = same.until, same.next_at, same.found
            return
        if same.until <= at:  # what was found ahead may not come that way any more
            self.found = same.found
        looked_at = same.next_at is None or same.next_at > at
        self.until = at if looked_at else same.until


@dataclass(slots=True)
class _Agenda:
    """The channels' days that can have something due, the latest day first.

    `told` is what is known to be written; `given` are the turns about which it has to be read.
    """

    first: date
    last: date
    mark: tuple[object, ...]
    read_at: float
    at: datetime
    entries: list[_Entry]
    told: set[CueKey] = field(default_factory=set)
    given: set[str] = field(default_factory=set)

    def is_fresh(self, now: datetime) -> bool:
        """Say whether it still holds: nothing has changed, and the clock has not jumped."""
        ahead = any(entry.until > self.at for entry in self.entries)
        patience = 2 * LASTS if ahead else LASTS  # not just when something is due
        return (
            timedelta(0) <= now - self.at < timedelta(seconds=LASTS)
            and time.monotonic() - self.read_at < patience
            and self.mark == mark(self.first, self.last)
        )

    def find(self, to: datetime) -> bool:
        """Find what came due up to `to`; say whether that is all of it, or enough for now."""
        until = time.monotonic() + PATIENCE_S
        new: list[_Entry] = [entry for entry in self.entries if self.given and entry.found]
        waiting = 0
        for entry in self.entries:
            if entry.next_at is None or entry.next_at > to:
                continue
            if waiting >= AT_ONCE or time.monotonic() > until:
                self._read_back(new)
                return False
            entry.find(to, self.told)
            new.append(entry)
            if sum(len(each.found) for each in new) >= AT_ONCE:
                self._read_back(new)
                waiting += sum(len(each.found) for each in new)
                new = []
        self._read_back(new)
        return True

    def give(self, now: datetime) -> list[Due]:
        """Return what is to be written down now, at most `AT_ONCE`."""
        due = [
            (entry.day, replace(cue, late=cue.late or now > cue.until))
            for entry in self.entries
            if entry.until <= now
            for cue in entry.found
        ]
        given = sorted(due, key=_news_first)[:AT_ONCE]
        self.given = {cue.line.turn.uid for _, cue in given}
        return given

    def prepare(self, now: datetime) -> datetime | None:
        """Return when something will be due; if soon, find out what. It holds while fresh."""
        upcoming = [
            entry.until if entry.found else entry.next_at
            for entry in self.entries
            if entry.found or entry.next_at is not None
        ]
        next_at = min((at for at in upcoming if at), default=None)
        if next_at is not None and next_at - now <= AHEAD:
            self.find(next_at)
        return next_at

    def _read_back(self, entries: Collection[_Entry]) -> None:
        """Let go of what was found and is written already; one query."""
        self.told |= _written({cue.line.turn.uid for each in entries for cue in each.found})
        for each in entries:
            each.found = [cue for cue in each.found if cue.key not in self.told]


def _news_first(each: Due) -> tuple[bool, datetime]:
    return (each[1].late, each[1].due_at)


_agendas: WeakKeyDictionary[Engine, _Agenda] = WeakKeyDictionary()


def _read(known: _Agenda | None, now: datetime) -> _Agenda:
    """Read the days anew, and go on from what is known of them."""
    edition = editions.find_current()
    today = day_at(edition, now) if edition else now.date()
    first, last = today, today + A_DAY
    since = now
    if edition and (done_until := db.session.scalar(sa.select(Beat.done_until))):
        since = min(now, done_until)
        first = max(min(first, day_at(edition, since)), today - CATCH_UP)
    seen = mark(first, last)
    read_at = time.monotonic()
    near = [each for day in _each(first, last) for each in days(edition, day)] if edition else []
    entries = [_Entry(each, since) for each in reversed(near)]
    agenda = _Agenda(first, last, seen, read_at, now, entries)
    if known is not None and now >= known.at:
        before = {(entry.day.channel_id, entry.day.day): entry for entry in known.entries}
        for entry in agenda.entries:
            same = before.get((entry.day.channel_id, entry.day.day))
            if same is not None:
                entry.go_on_from(same, known.at)
        uids = {turn.uid for each in near for turn in each.plan.turns}
        agenda.told = {key for key in known.told if key[0] in uids}
        agenda.given = known.given
    return agenda


def _each(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _written(uids: Iterable[str]) -> set[CueKey]:
    """Return what is written about these turns."""
    wanted = sorted(uids)
    query = sa.select(Cue.turn_uid, Cue.sequence, Cue.kind, Cue.target)
    found: set[CueKey] = set()
    for n in range(0, len(wanted), AT_A_TIME):
        part = query.where(Cue.turn_uid.in_(wanted[n : n + AT_A_TIME]))
        found.update(
            (uid, sequence, CueKind(kind), Target(target))
            for uid, sequence, kind, target in db.session.execute(part)
        )
    return found


def _row(cue: DueCue, now: datetime) -> dict[str, object]:
    uid, sequence, kind, target = cue.key
    return {
        "turn_uid": uid,
        "sequence": sequence,
        "kind": kind,
        "target": target,
        "due_at": cue.due_at,
        "recorded_at": now,
        "late": cue.late,
    }
