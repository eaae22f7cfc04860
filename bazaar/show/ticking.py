"""The tick: what came due is written down once, and told in the same transaction.

A look finds what is due and when the next thing will be; it costs one small query while nothing
has changed and nothing is due. What it has found out stays in memory, per database, and holds
nothing that the tables do not: a process that starts anew reads it again. A channel's day counts
as done only once a later look has read its cues back, so that a transaction that failed is simply
done again.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine

from bazaar import editions
from bazaar.db import db, insert_each
from bazaar.models import Beat, Cue
from bazaar.rules.show import standing
from bazaar.rules.show.cues import CueKey, CueKind, DueCue, Target, decide, next_due
from bazaar.rules.show.standing import Standing
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

AT_A_TIME = 500
A_DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
GIVE_UP_MS = 5_000

Due = tuple[ChannelDay, DueCue]


@dataclass(frozen=True, slots=True)
class Look:
    """What is due, at most `AT_ONCE`: news before what is late, the earliest first.

    If nothing is, `next_at` says when something will be; None: the clock by itself changes nothing.
    """

    due: Sequence[Due]
    next_at: datetime | None


def look(now: datetime) -> Look:
    """Find what is due at `now` and was not written down yet. Writes nothing."""
    agenda = _agendas.get(db.engine)
    if agenda is None or not agenda.is_fresh(now):
        agenda = _read(agenda, now)
        _agendas[db.engine] = agenda
    agenda.at = now
    due = agenda.due(now)
    if due:
        return Look(due[:AT_ONCE], None)
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
    """A channel's day and when to look at it again: at once, at an instant, or never."""

    day: ChannelDay
    next_at: datetime | None = LONG_AGO


@dataclass(slots=True)
class _Agenda:
    """The channels' days that can have something due; `told` is what is known to be written."""

    first: date
    last: date
    mark: tuple[object, ...]
    read_at: float
    at: datetime
    entries: list[_Entry]
    told: set[CueKey] = field(default_factory=set)
    prepared: tuple[datetime, list[Due]] | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Say whether it still holds: nothing has changed, and the clock has not jumped."""
        patience = 2 * LASTS if self.prepared else LASTS  # not just when something is due
        return (
            timedelta(0) <= now - self.at < timedelta(seconds=LASTS)
            and time.monotonic() - self.read_at < patience
            and self.mark == mark(self.first, self.last)
        )

    def due(self, now: datetime) -> list[Due]:
        """Return what is due and not written; days without any get their next instant."""
        prepared, self.prepared = self.prepared, None
        if prepared is not None and timedelta(0) <= now - prepared[0] < AHEAD:
            return prepared[1]
        due: list[Due] = []
        for entry, stand, cues in self._found(now):
            due += [(entry.day, cue) for cue in cues]
            if not cues:
                moments = (standing.next_change(entry.day.plan, now), next_due(stand, now))
                entry.next_at = min((at for at in moments if at), default=None)
        return sorted(due, key=_news_first)

    def prepare(self, now: datetime) -> datetime | None:
        """Return when something will be due; if soon, work out what. It holds while fresh."""
        upcoming = [entry.next_at for entry in self.entries if entry.next_at is not None]
        next_at = min(upcoming, default=None)
        if next_at is not None and next_at - now <= AHEAD:
            due = [(entry.day, cue) for entry, _, cues in self._found(next_at) for cue in cues]
            self.prepared = (next_at, sorted(due, key=_news_first)) if due else None
        return next_at

    def _found(self, at: datetime) -> list[tuple[_Entry, Standing, list[DueCue]]]:
        """Return the days that are to be looked at, as they stand, with what is new to tell."""
        found = []
        for entry in self.entries:
            if entry.next_at is not None and entry.next_at <= at:
                stand = entry.day.stand(at)
                found.append((entry, stand, decide(stand, self.told, at)))
        self.told |= _written({cue.line.turn.uid for *_, cues in found for cue in cues})
        return [
            (entry, stand, [cue for cue in cues if cue.key not in self.told])
            for entry, stand, cues in found
        ]


def _news_first(each: Due) -> tuple[bool, datetime]:
    return (each[1].late, each[1].due_at)


_agendas: WeakKeyDictionary[Engine, _Agenda] = WeakKeyDictionary()


def _read(known: _Agenda | None, now: datetime) -> _Agenda:
    """Read the days anew; what is known of those that are the same stays."""
    edition = editions.find_current()
    today = day_at(edition, now) if edition else now.date()
    first, last = today, today + A_DAY
    if edition and (since := db.session.scalar(sa.select(Beat.done_until))):
        first = max(min(first, day_at(edition, since)), today - CATCH_UP)
    seen = mark(first, last)
    read_at = time.monotonic()
    near = [each for day in _each(first, last) for each in days(edition, day)] if edition else []
    agenda = _Agenda(first, last, seen, read_at, now, [_Entry(each) for each in near])
    if known is not None and now >= known.at:
        before = {(entry.day.channel_id, entry.day.day): entry for entry in known.entries}
        for entry in agenda.entries:
            same = before.get((entry.day.channel_id, entry.day.day))
            if same is not None and same.day == entry.day:
                entry.next_at = same.next_at
        uids = {turn.uid for each in near for turn in each.plan.turns}
        agenda.told = {key for key in known.told if key[0] in uids}
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
