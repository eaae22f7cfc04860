"""When in the week a seller can be on air, as committees write it in their lists.

`Sen-Jum 16.00-21.00; Sab-Min 09.00-21.00`, `setiap hari`, `Sel, Kam 18.00-20.00`. Parts are
separated by semicolons or new lines; a part is days, then hours; days without hours are whole
days, hours without days count for every day.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Final, NamedTuple

DAYS: Final = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
"""Short names as `write_hours` writes them; the place is the weekday, Monday 0."""

MAX_TEXT: Final = 300

_DAY_NAMES: Final = {
    **{name.casefold(): day for day, name in enumerate(DAYS)},
    **{
        name: day
        for day, names in enumerate(
            (
                ("senin", "mon", "monday"),
                ("selasa", "tue", "tuesday"),
                ("rabu", "wed", "wednesday"),
                ("kamis", "thu", "thursday"),
                ("jumat", "jumaat", "fri", "friday"),
                ("sabtu", "sat", "saturday"),
                ("minggu", "ming", "mgg", "ahad", "sun", "sunday"),
            )
        )
        for name in names
    },
}
_ALWAYS: Final = re.compile(r"(setiap|tiap|semua) hari|everyday|every day|selalu|kapan saja")
_CLOCK = r"(2[0-4]|[01]?[0-9])(?:[.:]([0-5][0-9]))?"
_HOURS: Final = re.compile(rf"(?<![0-9.:]){_CLOCK}-{_CLOCK}(?![0-9.:])", re.ASCII)
_TO: Final = re.compile(r"\s*(?:[\u2010-\u2015-]|\bs\s*/\s*d\b\.?|\bs\.\s*d\.|\bsampai\b)\s*")
_BETWEEN: Final = re.compile(r"\s*(?:[,&+]|\bdan\b)\s*|\s+")


class Hours(NamedTuple):
    """Hours of a weekday (Monday is 0) in the edition's zone; `until` 00.00 is the day's end."""

    weekday: int
    from_time: time
    until: time


def read_hours(text: str) -> tuple[Hours, ...] | None:
    """Return the hours that `text` names, by weekday and time, or None if it is not understood.

    Hours that touch or overlap become one. Empty text, and every day without hours, give no
    hours at all: such a seller can always come.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")
    if len(plain) > MAX_TEXT:
        return None
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for part in filter(None, (part.strip() for part in re.split(r"[;\n|]+", plain))):
        found = _read_part(_TO.sub("-", part))
        if found is None:
            return None
        days, hours = found
        for day in days:
            spans[day] += hours
    merged = tuple(
        Hours(day, _clock(start), _clock(end))
        for day in sorted(spans)
        for start, end in _joined(spans[day])
    )
    return () if _is_always(merged) else merged


def write_hours(hours: Iterable[Hours]) -> str:
    """Return hours the way `read_hours` reads them, shortest first: `Sen-Jum 16.00-21.00`."""
    by_day: dict[int, list[str]] = defaultdict(list)
    for entry in sorted(hours):
        whole = entry.from_time == entry.until == time.min
        by_day[entry.weekday].append("" if whole else _written(entry))
    if not by_day:
        return "setiap hari"
    parts: list[tuple[list[int], list[str]]] = []
    for day, texts in sorted(by_day.items()):
        if parts and parts[-1][1] == texts and parts[-1][0][-1] == day - 1:
            parts[-1][0].append(day)
        else:
            parts.append(([day], texts))
    return "; ".join(f"{_days(days)} {', '.join(texts)}".strip() for days, texts in parts)


def _read_part(part: str) -> tuple[Sequence[int], list[tuple[int, int]]] | None:
    """Read one part, its dashes already plain: days and minutes of the day, or None."""
    hours = [_minutes(match) for match in _HOURS.finditer(part)]
    if any(end <= start for start, end in hours):
        return None
    days_text = _HOURS.sub(" ", part)
    days_text = re.sub(r"\b(?:jam|pukul|wib|wita|wit)\b", " ", days_text)
    days = _read_days(days_text.strip(" ,:&+"))
    return None if days is None else (days, hours or [(0, 24 * 60)])


def _read_days(text: str) -> Sequence[int] | None:
    if not text or _ALWAYS.fullmatch(" ".join(text.split())):
        return range(7)
    days: list[int] = []
    for word in filter(None, _BETWEEN.split(text)):
        first, _, last = word.partition("-")
        start, end = _DAY_NAMES.get(first), _DAY_NAMES.get(last or first)
        if start is None or end is None:
            return None
        days += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return days


def _minutes(match: re.Match[str]) -> tuple[int, int]:
    start_hour, start_minute, end_hour, end_minute = (int(part or 0) for part in match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    end = end or 24 * 60  # until 00.00 is until midnight
    return start, end if end <= 24 * 60 else -1


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _is_always(hours: tuple[Hours, ...]) -> bool:
    return len(hours) == 7 and all(h.from_time == h.until == time.min for h in hours)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _written(hours: Hours) -> str:
    until = "24.00" if hours.until == time.min else f"{hours.until:%H.%M}"
    return f"{hours.from_time:%H.%M}-{until}"


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return "setiap hari"
    first, last = DAYS[days[0]], DAYS[days[-1]]
    return first if len(days) == 1 else f"{first}-{last}"
