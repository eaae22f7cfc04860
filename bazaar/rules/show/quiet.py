"""Quiet hours: when people are not disturbed by what can wait."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one full hour of the day to another, also across midnight; equal hours: never."""

    from_hour: int
    until_hour: int

    def ends_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet that reigns now in this zone ends; None when it is not quiet."""
        local = now.astimezone(zone)
        if not self._holds(local.hour):
            return None
        tomorrow = local.hour >= self.until_hour
        day = local.date() + timedelta(days=1) if tomorrow else local.date()
        return datetime.combine(day, time(self.until_hour), tzinfo=zone).astimezone(now.tzinfo)

    def _holds(self, hour: int) -> bool:
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour
