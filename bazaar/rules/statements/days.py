"""Dates and times as statements write them: the day always first, names of months in two languages.

`05/09`, `05/09/2026`, `05/09/26`, `2026-09-05`, `03 August 2026 11:27:10`, `07 Agustus 2026`,
`04 Agu 2026`, `2026-08-03T12:04:11Z`. A date that does not exist is no date.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Final

FIRST_YEAR, LAST_YEAR = 2000, 2099

_MONTHS: Final = (
    ("jan", "januari", "january"),
    ("feb", "februari", "pebruari", "peb", "february"),
    ("mar", "maret", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("agu", "agt", "ags", "agustus", "aug", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"),
    ("nov", "nop", "november", "nopember"),
    ("des", "desember", "dec", "december"),
)
_MONTH: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

_CLOCK: Final = (
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2}))?(?:[.,][0-9]{1,9})?"
)
_DAY: Final = re.compile(
    r"(?:(?P<y1>[0-9]{4})[-/.](?P<m1>[0-9]{1,2})[-/.](?P<d1>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})[-/. ](?P<m2>[0-9]{1,2}|[A-Za-z]{3,9}\.?)"
    r"(?:[-/. ](?P<y2>[0-9]{4}|[0-9]{2}))?)"
    rf"(?:(?:[ T,]|, ){_CLOCK}\s*(?P<zone>Z|WIB|UTC|[+-][0-9]{{2}}:?[0-9]{{2}})?)?",
    re.ASCII | re.IGNORECASE,
)
_TIME: Final = re.compile(rf"{_CLOCK}(?:\s*WIB)?", re.ASCII)
_RUN: Final = re.compile(r"[0-9]{5,6}", re.ASCII)
_OFFSETS: Final = {"": None, "WIB": None, "Z": "+00:00", "UTC": "+00:00"}
_SPAN: Final = re.compile(
    r"(?:periode|period)[\s:;,|]*(?P<first>[0-9A-Za-z./ -]{6,17}?[0-9]{2})\s*"
    r"(?:-|–|s/d|sd|sampai|to)\s*(?P<last>[0-9]{1,2}[0-9A-Za-z./ -]{4,17}[0-9]{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """What a statement says of itself: both days belong to it."""

    first: date
    last: date

    def year_of(self, month: int, day: int) -> int | None:
        """Return the only year in which this day falls into the period, or None."""
        found = []
        for year in range(self.first.year, self.last.year + 1):
            whole = _date(year, month, day)
            if whole and self.first <= whole <= self.last:
                found.append(year)
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, and the time of day if the text has one other than midnight sharp.

    Midnight sharp is what programs write where they know no time. `day` is None where the year
    is missing and the period does not tell it.
    """

    day: date | None
    at: time | None


def read_moment(text: str, *, period: Period | None, zone: tzinfo) -> Moment | None:
    """Return the date and time that `text` means, or None if it means none.

    A time with an offset of its own is told in `zone`; one without is of that zone already.
    """
    match = _DAY.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    month = _month(match["m1"] or match["m2"])
    day = int(match["d1"] or match["d2"])
    if not month:
        return None
    at = _time(match["hour"], match["minute"], match["second"])
    if match["hour"] and at is None:
        return None
    year = _year(match["y1"] or match["y2"])
    if year is None:
        if _date(2000, month, day) is None:  # a leap year: every day that exists
            return None
        year = period.year_of(month, day) if period else None
        return Moment(_date(year, month, day) if year else None, at or None)
    whole = _date(year, month, day)
    return _told_in(zone, whole, at, match["zone"] or "") if whole else None


def read_time(text: str) -> time | None:
    """Return the time from `19:04:11`, `19.04`, `091500` or `91500`, or None."""
    text = text.strip()
    if _RUN.fullmatch(text):
        text = text.zfill(6)
        return _time(text[:2], text[2:4], text[4:])
    match = _TIME.fullmatch(text)
    return _time(match["hour"], match["minute"], match["second"]) if match else None


def find_period(text: str) -> Period | None:
    """Return the period from `Periode : 28/12/2026 - 03/01/2027` in the text above a table."""
    match = _SPAN.search(text)
    if match is None:
        return None
    first, last = (_DAY.fullmatch(match[name].strip()) for name in ("first", "last"))
    if first is None or last is None:
        return None
    days = [_whole(first), _whole(last)]
    if days[0] is None or days[1] is None or days[1] < days[0]:
        return None
    return Period(days[0], days[1])


def _whole(match: re.Match[str]) -> date | None:
    year, month = _year(match["y1"] or match["y2"]), _month(match["m1"] or match["m2"])
    return _date(year, month, int(match["d1"] or match["d2"])) if year and month else None


def _told_in(zone: tzinfo, day: date, at: time | None, written: str) -> Moment:
    offset = _OFFSETS.get(written.upper(), written)
    if at is None or offset is None:
        return Moment(day, at if at and at != time.min else None)
    local = datetime.fromisoformat(f"{day}T{at}{offset}").astimezone(zone)
    return Moment(local.date(), local.time())


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    return 2000 + int(text) if len(text) == 2 else int(text)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTH.get(text.rstrip(".").lower(), 0)


def _date(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(hour: str | None, minute: str | None, second: str | None) -> time | None:
    if hour is None or minute is None:
        return None
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
