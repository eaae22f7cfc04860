"""When a seller can be on air: from the hours of a week, and what is wrong with a time given."""

import enum
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


class Weekly(Protocol):
    """Hours of a weekday (Monday is 0); `until` at midnight is the end of the day."""

    @property
    def weekday(self) -> int:
        """Monday is 0."""
        ...

    @property
    def from_time(self) -> time:
        """Where they begin."""
        ...

    @property
    def until(self) -> time:
        """Where they end."""
        ...


def spans(hours: Iterable[Weekly], start: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
    """Return the parts of `start` to `end` that lie in the weekly `hours` of `zone`.

    In order, as UTC instants; parts that touch, also over midnight, are one.
    """
    weekly = list(hours)
    found: list[Span] = []
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        today = sorted((h.from_time, h.until) for h in weekly if h.weekday == day.weekday())
        for opens, closes in today:
            a = max(start, _at(day, opens, zone))
            b = min(end, _at(day + timedelta(days=closes == time.min), closes, zone))
            if a < b:
                _append(found, (a, b))
        day += timedelta(days=1)
    return found


class SpanFault(enum.Enum):
    """What is wrong with a time that somebody says they can come at."""

    BACKWARDS = "backwards"
    OUTSIDE = "outside"
    SHORT = "short"


def fault(span: Span, window: Span, turn: timedelta) -> SpanFault | None:
    """Say what is wrong with a span of a window, the first fault only; None if nothing is.

    It must begin before it ends, lie in the window, and have room for one `turn` (where the
    window itself has none, the whole window will do).
    """
    start, end = span
    if end <= start:
        return SpanFault.BACKWARDS
    if start < window[0] or end > window[1]:
        return SpanFault.OUTSIDE
    if end - start < turn and span != window:
        return SpanFault.SHORT
    return None


def _append(found: list[Span], span: Span) -> None:
    if found and span[0] <= found[-1][1]:
        found[-1] = (found[-1][0], max(found[-1][1], span[1]))
    else:
        found.append(span)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
