"""Show days and their openings: when the edition is on air."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.editions.released import agreeing
from bazaar.errors import N_, BazaarError, Conflict, Invalid, NotFound
from bazaar.models import Edition, ShowDay, Window

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


class WeightOutOfRange(Invalid):
    """A weight says how much an hour's viewers are worth, compared with other hours."""

    text = N_("Bobot penonton diisi angka 1 sampai 100.")


class NothingChosen(Conflict):
    """None of the days has the opening that was to be changed; somebody may have changed it."""

    text = N_("Tidak ada jam siaran yang cocok pada hari-hari itu. Mungkin baru saja diubah.")


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
    edition: Edition, days: Sequence[date], opening: Opening, windows: Collection[Window] = ()
) -> dict[str, BazaarError]:
    """Return what is wrong with these hours on these days, by field; empty when they can be had.

    `windows`: the openings to be changed, none for new ones.
    """
    found: dict[str, BazaarError] = {}
    if not days:
        found["days"] = NoDays()
    if not 1 <= opening.weight <= MAX_WEIGHT:
        found["weight"] = WeightOutOfRange()
    if opening.closes != time.min and opening.closes <= opening.opens:
        found["closes"] = ClosesBeforeOpening()
    elif fault := _fault_of_spans(edition, days, opening, windows):
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
    known = {day.day: day for day in edition.show_days}
    for day in days:
        show_day = known.get(day)
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
    edition: Edition,
    windows: Sequence[Window],
    opening: Opening,
    *,
    agreed: int = 0,
    actor: Actor,
    now: datetime,
) -> int:
    """Give openings, one a day, other hours; return how many released turns lose their time.

    All or none: raises the first of `faults`, NothingChosen without windows, and TurnsLoseTime
    unless `agreed` is the number of those turns.
    """
    lock(edition)
    windows = _as_they_are(windows)
    days = [window.show_day.day for window in windows]
    _refuse(faults(edition, days, opening, windows))
    with agreeing(edition, agreed, now) as loss:
        for window, day in zip(windows, days, strict=True):
            window.opens_at, window.closes_at = _span(edition, day, opening)
            window.weight = opening.weight
    facts = _shown(opening) | _days_shown(days) | {"turns_lost": loss.turns}
    audit.note(actor, "edition.change_hours", f"edition:{edition.slug}", now=now, **facts)
    return loss.turns


def remove(
    edition: Edition, windows: Sequence[Window], *, agreed: int = 0, actor: Actor, now: datetime
) -> int:
    """Remove openings, and days that have none left; return how many released turns lose time.

    Raises NothingChosen without windows, and TurnsLoseTime unless `agreed` is that number.
    """
    lock(edition)
    windows = _as_they_are(windows)
    days = [window.show_day.day for window in windows]
    opens = sorted({f"{window.opens_at.astimezone(edition.zone):%H:%M}" for window in windows})
    with agreeing(edition, agreed, now) as loss:
        for window in windows:
            show_day = window.show_day
            show_day.windows.remove(window)
            if not show_day.windows:
                edition.show_days.remove(show_day)
    facts = _days_shown(days) | {"opens": ", ".join(opens), "turns_lost": loss.turns}
    audit.note(actor, "edition.remove_hours", f"edition:{edition.slug}", now=now, **facts)
    return loss.turns


def show_days(edition: Edition) -> Sequence[ShowDay]:
    """Return the show days by date, their openings loaded with them."""
    query = (
        sa.select(ShowDay)
        .where(ShowDay.edition_id == edition.id)
        .order_by(ShowDay.day)
        .options(selectinload(ShowDay.windows))
    )
    return db.session.scalars(query).all()


def matching(edition: Edition, opens: time, closes: time, days: Collection[date]) -> list[Window]:
    """Return the openings with exactly these hours on these days, by day."""
    return [
        window
        for show_day in show_days(edition)
        if show_day.day in days
        for window in show_day.windows
        if _clocks(edition, window) == (opens, closes)
    ]


@dataclass(frozen=True, slots=True)
class AlikeDays:
    """Show days with the same hours and weights."""

    openings: tuple[Opening, ...]
    days: tuple[ShowDay, ...]


def alike_days(edition: Edition) -> list[AlikeDays]:
    """Return the show days by what is on them, most days first, then by date."""
    groups: dict[tuple[Opening, ...], list[ShowDay]] = {}
    for show_day in show_days(edition):
        windows = sorted(show_day.windows, key=lambda window: window.opens_at)
        openings = tuple(Opening(*_clocks(edition, each), each.weight) for each in windows)
        groups.setdefault(openings, []).append(show_day)
    found = [AlikeDays(openings, tuple(days)) for openings, days in groups.items()]
    return sorted(found, key=lambda group: (-len(group.days), group.days[0].day))


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


def _as_they_are(windows: Sequence[Window]) -> Sequence[Window]:
    """Read openings again, now that nobody else changes them. Raises NothingChosen if one went."""
    query = sa.select(Window).where(Window.id.in_([window.id for window in windows]))
    found = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    if not windows or len(found) < len(windows):
        raise NothingChosen
    return found


def _refuse(found: dict[str, BazaarError]) -> None:
    for fault in found.values():
        raise fault


def _span(edition: Edition, day: date, opening: Opening) -> tuple[datetime, datetime]:
    """Return the UTC instants of an opening on `day`."""
    last = day + timedelta(days=opening.closes == time.min)
    opens_at = times.at(day, opening.opens, edition.zone)
    return opens_at, times.at(last, opening.closes, edition.zone)


def _clocks(edition: Edition, window: Window) -> tuple[time, time]:
    """Return when an opening begins and ends on the clocks of the zone."""
    opens, closes = (at.astimezone(edition.zone) for at in (window.opens_at, window.closes_at))
    return opens.time(), closes.time()


def _fault_of_spans(
    edition: Edition, days: Sequence[date], opening: Opening, windows: Collection[Window]
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
    if windows:
        query = query.where(Window.id.not_in([window.id for window in windows]))
    for opens_at, closes_at in db.session.execute(query):
        if any(opens_at < b and a < closes_at for a, b in spans):
            return _overlap(edition, opens_at, closes_at)
    if len(set(days)) < len(days):  # two openings of one day would get the same hours
        return _overlap(edition, *spans[0])
    return None


def _overlap(edition: Edition, opens_at: datetime, closes_at: datetime) -> WindowsOverlap:
    a, b = opens_at.astimezone(edition.zone), closes_at.astimezone(edition.zone)
    return WindowsOverlap(f"{a:%d-%m-%Y}", f"{a:%H.%M}–{b:%H.%M}")


def _shown(opening: Opening) -> dict[str, str | int]:
    return {
        "opens": f"{opening.opens:%H:%M}",
        "closes": f"{opening.closes:%H:%M}",
        "weight": opening.weight,
    }


def _days_shown(days: Sequence[date]) -> dict[str, str | int]:
    return {"first": min(days).isoformat(), "days": len(days)}
