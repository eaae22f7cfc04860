"""Ramadan by the Umm al-Qura calendar: a proposal, never the truth.

Indonesia decides by sighting. From 2005 to 2026 five feasts, and the first days of Ramadan 2022
and 2024, were a day off this calendar; so every date from here can be changed by a person.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hijridate import Gregorian, Hijri

from bazaar.errors import N_, Invalid

YEARS = range(1440, 1500)
"""Hijri years that can be asked for (September 2018 to 2077)."""

MONTH = 9
LAST = date(2077, 1, 1)
"""The calendar ends in that year."""


@dataclass(eq=False)
class UnknownYear(Invalid):
    """The calendar does not reach that year."""

    least: int = YEARS[0]
    most: int = YEARS[-1]
    text = N_("Pilih tahun Hijriah {least} sampai {most}.")


@dataclass(frozen=True, slots=True)
class Ramadan:
    """The days of fasting of one Hijri year, both included."""

    year: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has: 29 or 30."""
        return (self.last - self.first).days + 1


def ramadan_of(year: int) -> Ramadan:
    """Return Ramadan of a Hijri year. Raises UnknownYear."""
    if year not in YEARS:
        raise UnknownYear
    begins = Hijri(year, MONTH, 1)
    first = begins.to_gregorian()
    day = date(first.year, first.month, first.day)
    return Ramadan(year, day, day + timedelta(days=begins.month_length() - 1))


def coming(day: date) -> Ramadan:
    """Return the Ramadan that `day` lies in, or else the next one the calendar knows."""
    if day > LAST:
        return ramadan_of(YEARS[-1])
    reached = Gregorian(day.year, day.month, day.day).to_hijri()
    year = reached.year + (reached.month > MONTH)
    return ramadan_of(min(max(year, YEARS[0]), YEARS[-1]))


def touching(first: date, last: date) -> Ramadan | None:
    """Return the Ramadan that has a day between `first` and `last`, or None."""
    found = coming(first)
    return found if found.first <= last and found.last >= first else None
