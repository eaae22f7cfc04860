"""The clock, and days in a zone. Instants are aware UTC; a `day` is a date in an edition's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
"""The default zone: western Indonesia, UTC+7 without daylight saving."""

ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
"""The zones of Indonesia and what people call them."""

YEARS = range(2000, 2200)
"""Days of these years can be asked for."""


def now() -> datetime:
    """Return the present instant. Only views and jobs call this; everything else receives it."""
    return datetime.now(UTC)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of `instant` in `zone`."""
    return instant.astimezone(zone).date()


def read_day(text: str) -> date | None:
    """Return the day of an address (2026-03-01); anything else is no day.

    Neither are 20260301 and 2026-W09-7, which Python reads too, nor years at the ends of the
    calendar: they have no instants in every zone.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if text == day.isoformat() and day.year in YEARS else None


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC instants at which `day` in `zone` begins and the next day begins."""
    return at(day, time.min, zone), at(day + timedelta(days=1), time.min, zone)


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the clocks of `zone` show `clock` on `day`."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
