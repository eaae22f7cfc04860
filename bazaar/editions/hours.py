"""Show days and their openings: when the edition is on air."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.errors import N_, BazaarError, Conflict, Invalid, NotFound
from bazaar.models import Edition, Release, ShowDay, Turn, Window

MAX_DAYS = 400
MAX_WEIGHT = 100


@dataclass(eq=False)
class TurnLongerThanWindow(Invalid):
    """Not even one turn fits into an opening."""

    turn_minutes: int
    window_minutes: int
    text = N_(
        "Satu giliran {turn_minutes} menit tidak muat: jam siaran hanya {window_minutes} menit."
    )


class ClosesBeforeOpening(Invalid):
    """An opening must end after it begins."""

    text = N_("Jam tutup harus sesudah jam buka. Tulis 00:00 untuk tengah malam.")


@dataclass(eq=False)
class WindowsOverlap(Conflict):
    """On that day another opening covers part of these hours."""

    day: str
    hours: str
    text = N_("Bertumpuk dengan jam siaran {hours} pada {day}.")


class NoDays(Invalid):
    """The range holds none of the weekdays, ends before it begins, or is far too long."""

    text = N_(
        "Tidak ada hari yang terpilih. Periksa tanggal dan nama harinya (paling lama setahun)."
    )


@dataclass(eq=False)
class TurnsLieInIt(Conflict):
    """Released turns would lose their airtime."""

    turns: int
    text = N_("Ada {turns} giliran terbit pada jam ini; jam tidak dapat dihapus atau dipersempit.")


class WeightOutOfRange(Invalid):
    """A weight says how much an hour's viewers are worth, compared with other hours."""

    text = N_("Bobot penonton diisi angka 1 sampai 100.")


class NoSuchWindow(NotFound):
    """The opening has been removed, or never was."""

    text = N_("Jam siaran ini sudah tidak ada.")


@dataclass(frozen=True, slots=True)
class Opening:
    """From when to when, on the clocks of the edition's zone; closing at 00.00 is midnight."""

    opens: time
    closes: time
    weight: int = 10


def days_between(first: date, last: date, weekdays: Iterable[int]) -> list[date]:
    """Return the days from `first` to `last`, both included, on these weekdays (Monday is 0).

    None when that is more than `MAX_DAYS`: nobody means so many, a year was mistyped.
    """
    wanted = set(weekdays)
    count = (last - first).days + 1
    days = (first + timedelta(days=n) for n in range(count if count <= MAX_DAYS else 0))
    return [day for day in days if day.weekday() in wanted]


def faults(
    edition: Edition, days: Sequence[date], opening: Opening, window: Window | None = None
) -> dict[str, BazaarError]:
    """Return what is wrong with these hours on these days, by field; empty when they can be had.

    `window`: the opening to be changed, None for new ones.
    """
    found: dict[str, BazaarError] = {}
    if not days:
        found["days"] = NoDays()
    if not 1 <= opening.weight <= MAX_WEIGHT:
        found["weight"] = WeightOutOfRange()
    if opening.closes != time.min and opening.closes <= opening.opens:
        found["closes"] = ClosesBeforeOpening()
    elif fault := _fault_of_spans(edition, days, opening, window):
        found["closes"] = fault
    return found


def add(
    edition: Edition, days: Sequence[date], opening: Opening, *, actor: Actor, now: datetime
) -> int:
    """Add an opening to each of these days, making them show days; return how many.

    All or none: raises the first of `faults`.
    """
    lock(edition)
    _refuse(faults(edition, days, opening))
    show_days = {day.day: day for day in edition.show_days}
    for day in days:
        show_day = show_days.get(day)
        if show_day is None:
            show_day = ShowDay(day=day)
            edition.show_days.append(show_day)
        opens_at, closes_at = _span(edition, day, opening)
        show_day.windows.append(
            Window(opens_at=opens_at, closes_at=closes_at, weight=opening.weight)
        )
    db.session.flush()
    facts = _shown(opening) | {"first": days[0].isoformat(), "days": len(days)}
    audit.note(actor, "edition.add_hours", f"edition:{edition.slug}", now=now, **facts)
    return len(days)


def change(
    edition: Edition, window: Window, opening: Opening, *, actor: Actor, now: datetime
) -> None:
    """Give one opening other hours.

    Raises the first of `faults`, among them TurnsLieInIt when released turns would fall outside.
    """
    lock(edition)
    day = window.show_day.day
    _refuse(faults(edition, [day], opening, window))
    window.opens_at, window.closes_at = _span(edition, day, opening)
    window.weight = opening.weight
    db.session.flush()
    facts = _shown(opening) | {"day": day.isoformat()}
    audit.note(actor, "edition.change_hours", f"edition:{edition.slug}", now=now, **facts)


def remove(edition: Edition, window: Window, *, actor: Actor, now: datetime) -> None:
    """Remove an opening, and its day when nothing is left of it. Raises TurnsLieInIt."""
    lock(edition)
    if turns := _turns_in(edition, window.opens_at, window.closes_at):
        raise TurnsLieInIt(turns)
    show_day = window.show_day
    show_day.windows.remove(window)
    if not show_day.windows:
        edition.show_days.remove(show_day)
    db.session.flush()
    facts = {"day": show_day.day.isoformat(), "opens": window.opens_at.isoformat()}
    audit.note(actor, "edition.remove_hours", f"edition:{edition.slug}", now=now, **facts)


def get_window(edition: Edition, window_id: int) -> Window:
    """Return an opening of this edition. Raises NoSuchWindow."""
    query = (
        sa.select(Window)
        .join(ShowDay)
        .where(Window.id == window_id, ShowDay.edition_id == edition.id)
    )
    window = db.session.scalars(query).one_or_none()
    if window is None:
        raise NoSuchWindow
    return window


def _refuse(found: dict[str, BazaarError]) -> None:
    for fault in found.values():
        raise fault


def _span(edition: Edition, day: date, opening: Opening) -> tuple[datetime, datetime]:
    """Return the UTC instants of an opening on `day`."""
    last = day + timedelta(days=opening.closes == time.min)
    opens_at = times.at(day, opening.opens, edition.zone)
    return opens_at, times.at(last, opening.closes, edition.zone)


def _fault_of_spans(
    edition: Edition, days: Sequence[date], opening: Opening, window: Window | None
) -> BazaarError | None:
    spans = [_span(edition, day, opening) for day in days]
    if not spans:
        return None
    minutes = int(min(b - a for a, b in spans).total_seconds()) // 60
    if minutes < edition.turn_minutes:
        return TurnLongerThanWindow(edition.turn_minutes, minutes)
    query = (
        sa.select(Window.opens_at, Window.closes_at)
        .join(ShowDay)
        .where(ShowDay.edition_id == edition.id)
        .order_by(Window.opens_at)
    )
    if window is not None:
        query = query.where(Window.id != window.id)
    others = db.session.execute(query).all()
    for opens_at, closes_at in others:
        if any(opens_at < b and a < closes_at for a, b in spans):
            return _overlap(edition, opens_at, closes_at)
    if window is not None:
        ((opens_at, closes_at),) = spans
        stay = _turns_in(edition, max(opens_at, window.opens_at), min(closes_at, window.closes_at))
        if lost := _turns_in(edition, window.opens_at, window.closes_at) - stay:
            return TurnsLieInIt(lost)
    return None


def _overlap(edition: Edition, opens_at: datetime, closes_at: datetime) -> WindowsOverlap:
    a, b = opens_at.astimezone(edition.zone), closes_at.astimezone(edition.zone)
    return WindowsOverlap(f"{a:%d-%m-%Y}", f"{a:%H.%M}–{b:%H.%M}")


def _turns_in(edition: Edition, start: datetime, end: datetime) -> int:
    """Count the turns of the release in force that lie between two instants."""
    current = (
        sa.select(Release.id)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(sa.func.count(Turn.id)).where(
        Turn.release_id == current, Turn.starts_at >= start, Turn.ends_at <= end
    )
    return db.session.scalar(query) or 0


def _shown(opening: Opening) -> dict[str, str | int]:
    return {
        "opens": f"{opening.opens:%H:%M}",
        "closes": f"{opening.closes:%H:%M}",
        "weight": opening.weight,
    }
