"""Closed times: proposed from place and date, in force once the committee has confirmed them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.editions.hours import NoDays, show_days
from bazaar.editions.ramadan import touching
from bazaar.editions.released import agreeing
from bazaar.errors import N_, BazaarError, Conflict, Invalid, NotFound
from bazaar.models import ClosedKind, ClosedTime, Edition, Window
from bazaar.rules.coordinates import Spot, spot_of
from bazaar.rules.prayer_times import PrayerTimes, prayer_times

KINDS: Final[Mapping[ClosedKind, str]] = {
    ClosedKind.MAGHRIB: N_("Maghrib dan buka puasa"),
    ClosedKind.TARAWIH: N_("Isya dan tarawih"),
    ClosedKind.FRIDAY: N_("Salat Jumat"),
    ClosedKind.HOLIDAY: N_("Hari libur"),
    ClosedKind.BREAK: N_("Jeda"),
}
"""What people call a kind of closed time."""

BEFORE_MAGHRIB = timedelta(minutes=30)
"""People go home, prepare iftar; it also covers that the formula is a minute or two off."""

AFTER_MAGHRIB = timedelta(minutes=30)
TARAWIH = timedelta(minutes=75)
"""From Isha: the prayer of the night in Ramadan and the way back."""

FRIDAY = (timedelta(minutes=15), timedelta(minutes=60))
"""Before and after noon prayer."""

NOON = (time(10, 55), time(13, 5))
"""Between these lies noon prayer all over Indonesia, all year, on the clocks of its own zones."""

FIXED_HOLIDAYS = {
    (1, 1): N_("Tahun Baru Masehi"),
    (5, 1): N_("Hari Buruh"),
    (6, 1): N_("Hari Lahir Pancasila"),
    (8, 17): N_("Hari Kemerdekaan"),
    (12, 25): N_("Hari Natal"),
}
"""National holidays whose date never moves; the others are entered by the committee."""

FRIDAY_WEEKDAY = 4
MAX_NOTE = 200


class EndsBeforeStart(Invalid):
    """A closed time must end after it begins."""

    text = N_("Jam selesai harus sesudah jam mulai. Tulis 00:00 untuk tengah malam.")


class NameMissing(Invalid):
    """A holiday needs a name, so that people know why nobody is on air."""

    text = N_("Tulis nama hari liburnya.")


class NoteTooLong(Invalid):
    """The note does not fit."""

    text = N_("Paling panjang 200 huruf.")


@dataclass(eq=False)
class AlreadyClosed(Conflict):
    """A closed time of this kind begins at that instant already."""

    day: str
    text = N_("Sudah ada waktu tutup yang sama pada {day}.")


class NotAShowDay(Invalid):
    """Nothing is on air on that day anyway."""

    text = N_("Hari ini bukan hari siaran.")


class NoSuchClosedTime(NotFound):
    """The closed time was removed, or never was."""

    text = N_("Waktu tutup ini sudah tidak ada.")


@dataclass(frozen=True, slots=True)
class Pause:
    """A closed time on the clocks of the zone; until 00.00 is the end of the day."""

    kind: ClosedKind
    day: date
    starts: time
    ends: time
    note: str = ""

    @property
    def key(self) -> str:
        """Name it within the edition: a day has at most one proposal of a kind."""
        return f"{self.day.isoformat()}.{self.kind.value}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pause that is proposed; `matters` when it takes time from an opening of its day."""

    pause: Pause
    matters: bool


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is closed on a show day, and what is proposed beside it."""

    day: date
    confirmed: Sequence[ClosedTime]
    proposals: Sequence[Proposal]


def spot(edition: Edition) -> Spot:
    """Return the place whose sun counts: the edition's own, or what is known of its regency."""
    if edition.latitude is None or edition.longitude is None:
        return spot_of(edition.regency_code)
    return Spot("", edition.latitude, edition.longitude)


def fasting_days(edition: Edition) -> tuple[date, date] | None:
    """Return the first and last day of the calendar's Ramadan that the edition touches, or None."""
    days = [show_day.day for show_day in edition.show_days]
    found = touching(min(days), max(days)) if days else None
    return (found.first, found.last) if found else None


def odd_noon(edition: Edition, day: date) -> time | None:
    """Return noon prayer of a day if no town of the edition's zone has it so; None if it fits."""
    noon = _sun(edition, day, spot(edition)).dhuhr
    return None if NOON[0] <= noon <= NOON[1] else noon


def plan(edition: Edition, fasting: tuple[date, date] | None) -> list[DayPlan]:
    """Return every show day with its confirmed closed times and what else is proposed for it.

    Also days that have closed times and no hours any more. `fasting`: first and last day of
    Ramadan as the committee has it. What stands already, of the same kind on the same day, is
    not proposed again.
    """
    by_day: dict[date, list[ClosedTime]] = {}
    for one in confirmed(edition):
        by_day.setdefault(times.day_of(one.starts_at, edition.zone), []).append(one)
    windows = {each.day: each.windows for each in show_days(edition)}
    place = spot(edition)
    found = []
    for day in sorted(windows.keys() | by_day.keys()):
        stands = by_day.get(day, [])
        kinds = {one.kind for one in stands}
        proposals = [
            Proposal(pause, _touches(edition, pause, windows[day]))
            for pause in (propose(edition, day, place, fasting) if day in windows else ())
            if pause.kind not in kinds
        ]
        found.append(DayPlan(day, stands, proposals))
    return found


def propose(
    edition: Edition, day: date, place: Spot, fasting: tuple[date, date] | None
) -> list[Pause]:
    """Return what the calendar and the sun of `place` suggest to close on a day, by start."""
    sun = _sun(edition, day, place)
    fasts = fasting is not None and fasting[0] <= day <= fasting[1]
    prays = fasting is not None and fasting[0] - timedelta(days=1) <= day < fasting[1]
    found = []
    if name := FIXED_HOLIDAYS.get((day.month, day.day)):
        found.append(Pause(ClosedKind.HOLIDAY, day, time.min, time.min, name))
    if day.weekday() == FRIDAY_WEEKDAY:
        spans = (_moved(sun.dhuhr, -FRIDAY[0]), _moved(sun.dhuhr, FRIDAY[1]))
        found.append(Pause(ClosedKind.FRIDAY, day, *spans))
    if fasts:
        spans = (_moved(sun.maghrib, -BEFORE_MAGHRIB), _moved(sun.maghrib, AFTER_MAGHRIB))
        found.append(Pause(ClosedKind.MAGHRIB, day, *spans))
    if prays:
        found.append(Pause(ClosedKind.TARAWIH, day, sun.isha, _moved(sun.isha, TARAWIH)))
    return found


def _sun(edition: Edition, day: date, place: Spot) -> PrayerTimes:
    offset = times.at(day, time(12), edition.zone).astimezone(edition.zone).utcoffset()
    return prayer_times(day, place.latitude, place.longitude, offset or timedelta(0))


def confirmed(edition: Edition) -> Sequence[ClosedTime]:
    """Return the closed times in force, by start."""
    query = (
        sa.select(ClosedTime)
        .where(ClosedTime.edition_id == edition.id)
        .order_by(ClosedTime.starts_at, ClosedTime.id)
    )
    return db.session.scalars(query).all()


def get(edition: Edition, closed_id: int) -> ClosedTime:
    """Return a closed time of this edition. Raises NoSuchClosedTime."""
    found = db.session.get(ClosedTime, closed_id)
    if found is None or found.edition_id != edition.id:
        raise NoSuchClosedTime
    return found


def fault_of(edition: Edition, pause: Pause) -> dict[str, BazaarError]:
    """Return what is wrong with a pause, by field; that it stands already is found on adding."""
    found: dict[str, BazaarError] = {}
    if pause.ends != time.min and pause.ends <= pause.starts:
        found["ends"] = EndsBeforeStart()
    if pause.kind is ClosedKind.HOLIDAY and not pause.note:
        found["note"] = NameMissing()
    elif len(pause.note) > MAX_NOTE:
        found["note"] = NoteTooLong()
    if pause.day not in {show_day.day for show_day in edition.show_days}:
        found["day"] = NotAShowDay()
    return found


def add(
    edition: Edition, pauses: Collection[Pause], *, agreed: int = 0, actor: Actor, now: datetime
) -> int:
    """Close these times; return how many released turns lose theirs. All or none.

    Raises NoDays when there are none, the first of `fault_of`, AlreadyClosed for what stands,
    and TurnsLoseTime unless `agreed` is the number of turns.
    """
    lock(edition)
    if not pauses:
        raise NoDays
    for pause in pauses:
        for fault in fault_of(edition, pause).values():
            raise fault
    with agreeing(edition, agreed, now) as loss:
        _free(edition, pauses)
        for pause in pauses:
            db.session.add(_row(edition, pause))
    by_kind = sorted({pause.kind.value for pause in pauses})
    first = min(pause.day for pause in pauses)
    audit.note(
        actor,
        "edition.close_times",
        f"edition:{edition.slug}",
        now=now,
        kinds=", ".join(by_kind),
        first=first.isoformat(),
        count=len(pauses),
        turns_lost=loss.turns,
    )
    return loss.turns


def change(
    edition: Edition,
    closed: ClosedTime,
    pause: Pause,
    *,
    agreed: int = 0,
    actor: Actor,
    now: datetime,
) -> int:
    """Give a closed time other hours, kind or note; raises and returns as `add` does."""
    lock(edition)
    if not _standing([closed]):
        raise NoSuchClosedTime
    for fault in fault_of(edition, pause).values():
        raise fault
    with agreeing(edition, agreed, now) as loss:
        _free(edition, [pause], closed)
        row = _row(edition, pause)
        closed.kind, closed.note = row.kind, row.note
        closed.starts_at, closed.ends_at = row.starts_at, row.ends_at
    _note(edition, "edition.change_closed", closed, actor, now, turns_lost=loss.turns)
    return loss.turns


def remove(edition: Edition, closed: Iterable[ClosedTime], *, actor: Actor, now: datetime) -> int:
    """Open these times again; return how many were still closed. Nobody loses anything by that."""
    lock(edition)
    standing = _standing(closed)
    for one in standing:
        _note(edition, "edition.open_closed", one, actor, now)
        db.session.delete(one)
    db.session.flush()
    return len(standing)


def pause_of(edition: Edition, closed: ClosedTime) -> Pause:
    """Return a closed time on the clocks of the zone."""
    starts, ends = (at.astimezone(edition.zone) for at in (closed.starts_at, closed.ends_at))
    return Pause(closed.kind, starts.date(), starts.time(), ends.time(), closed.note)


def _standing(closed: Iterable[ClosedTime]) -> Sequence[ClosedTime]:
    """Read closed times again, now that nobody else changes them; those that went are left out."""
    query = sa.select(ClosedTime).where(ClosedTime.id.in_([one.id for one in closed]))
    return db.session.scalars(query, execution_options={"populate_existing": True}).all()


def _free(edition: Edition, pauses: Iterable[Pause], but: ClosedTime | None = None) -> None:
    """Refuse pauses of which one stands already."""
    standing = {(one.starts_at, one.kind) for one in confirmed(edition) if one is not but}
    for pause in pauses:
        key = (_span(edition, pause)[0], pause.kind)
        if key in standing:
            raise AlreadyClosed(f"{pause.day:%d-%m-%Y}")
        standing.add(key)


def _row(edition: Edition, pause: Pause) -> ClosedTime:
    starts_at, ends_at = _span(edition, pause)
    return ClosedTime(
        edition_id=edition.id,
        kind=pause.kind,
        starts_at=starts_at,
        ends_at=ends_at,
        note=pause.note,
    )


def _span(edition: Edition, pause: Pause) -> tuple[datetime, datetime]:
    last = pause.day + timedelta(days=pause.ends == time.min)
    return (
        times.at(pause.day, pause.starts, edition.zone),
        times.at(last, pause.ends, edition.zone),
    )


def _touches(edition: Edition, pause: Pause, windows: Iterable[Window]) -> bool:
    starts_at, ends_at = _span(edition, pause)
    return any(starts_at < each.closes_at and each.opens_at < ends_at for each in windows)


def _moved(clock: time, by: timedelta) -> time:
    """Return a time of day later or earlier; none of ours comes near midnight."""
    minutes = clock.hour * 60 + clock.minute + int(by.total_seconds()) // 60
    return time(minutes // 60, minutes % 60)


def _note(
    edition: Edition,
    action: str,
    closed: ClosedTime,
    actor: Actor,
    now: datetime,
    **facts: int,
) -> None:
    pause = pause_of(edition, closed)
    shown = {
        "kind": pause.kind.value,
        "day": pause.day.isoformat(),
        "starts": f"{pause.starts:%H:%M}",
        "ends": f"{pause.ends:%H:%M}",
    }
    audit.note(actor, action, f"edition:{edition.slug}", now=now, **shown, **facts)
