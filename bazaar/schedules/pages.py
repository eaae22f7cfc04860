"""A release to hang on a wall: one table a day, channels beside each other, times downwards.

A4 upright for up to three channels, A4 across for five, A3 across for more; what does not fit
beside each other goes on to further pages, and so do long days. Fonts and the fitting of names
are those of the labels.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeVar

from babel.dates import format_date
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bazaar.labels import BOLD, LEADING, PLAIN, Fitted, fitted, printable
from bazaar.schedules.rows import Row, Schedule

EDGE: Final = 12 * mm
HEAD: Final = 20 * mm
FOOT: Final = 9 * mm
NAMES: Final = 9 * mm
"""Height of the row with the channels' names."""
CLOCK: Final = 25 * mm
"""Width of the column with the times."""
LOWEST, USUAL, HIGHEST = 7.5 * mm, 10 * mm, 13 * mm
"""Heights of a row: as low as a day needs to fit on its page, else the usual one."""
WITH_CLUSTER: Final = 9.5 * mm
PAD: Final = 1.2 * mm
UPRIGHT, ACROSS, LARGE = 3, 5, 8
"""So many channels fit beside each other on A4 upright, A4 across and A3 across."""
PAUSE: Final = timedelta(minutes=20)
"""A longer time without turns gets a heavier line."""
GREY, PALE, DARK = 0.45, 0.94, 0.2

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Page:
    """What stands on one page: a part of the channels and of the times of a day."""

    day: date | None
    part: str
    channels: Sequence[tuple[int, str, str]]
    times: Sequence[datetime]
    height: float


@dataclass(frozen=True, slots=True)
class _Day:
    """The turns of a day by start and channel, and when most turns of a start end."""

    turns: dict[datetime, dict[int, Row]]
    ends: dict[datetime, datetime]


def pdf(schedule: Schedule, *, now: datetime) -> bytes:
    """Return the schedule as a PDF; without turns one page that says so. `now` is printed."""
    size = _size(len(schedule.channels))
    days = {day: _day(rows) for day, rows in schedule.days().items()}
    pages = list(_pages(schedule, days, size)) or [_Page(None, "", (), (), 0)]
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, pageCompression=1)
    canvas.setTitle(printable(f"{schedule.edition}, terbitan {schedule.number}"))
    canvas.setAuthor("Pasar Virtual")
    printed = _moment(now, schedule)
    for number, page in enumerate(pages, start=1):
        _head(canvas, schedule, page, size)
        _foot(canvas, printed, f"halaman {number} dari {len(pages)}", size)
        if page.day is not None:
            _table(canvas, schedule, page, days[page.day], size)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _size(channels: int) -> tuple[float, float]:
    if channels <= UPRIGHT:
        return A4
    return landscape(A4) if channels <= ACROSS else landscape(A3)


def _day(rows: Sequence[Row]) -> _Day:
    turns: dict[datetime, dict[int, Row]] = {}
    for row in rows:
        turns.setdefault(row.starts_at, {})[row.channel] = row
    ends = {
        start: Counter(row.ends_at for row in beside.values()).most_common(1)[0][0]
        for start, beside in turns.items()
    }
    return _Day(turns, ends)


def _pages(
    schedule: Schedule, days: dict[date, _Day], size: tuple[float, float]
) -> Iterator[_Page]:
    room = size[1] - 2 * EDGE - HEAD - FOOT - NAMES
    for day, its in days.items():
        starts = sorted(its.turns)
        height = min(HIGHEST, room / len(starts))
        if height < LOWEST:
            sheets = -(-len(starts) // int(room / USUAL))
            height = min(USUAL, room / -(-len(starts) // sheets))
        parts = [
            (channels, some)
            for some in _split(starts, int(room / height + 1e-6))
            for channels in _split(schedule.channels, LARGE)
        ]
        for number, (channels, some) in enumerate(parts, start=1):
            part = f" ({number}/{len(parts)})" if len(parts) > 1 else ""
            yield _Page(day, part, channels, some, height)


def _split(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Cut into as few parts as hold at most `most` each, of nearly equal length."""
    parts = -(-len(items) // most)
    each, more = divmod(len(items), parts) if parts else (0, 0)
    cuts = [number * each + min(number, more) for number in range(parts + 1)]
    return [items[start:end] for start, end in pairwise(cuts)]


def _head(canvas: Canvas, schedule: Schedule, page: _Page, size: tuple[float, float]) -> None:
    width, height = size
    title = "Tidak ada giliran" if page.day is None else f"{_words(page.day)}{page.part}"
    canvas.setFillGray(0)
    canvas.setFont(BOLD, 17)
    canvas.drawString(EDGE, height - EDGE - 14, printable(title, BOLD))
    about = f"{schedule.edition} · terbitan {schedule.number} · semua jam {schedule.zone_name}"
    (line,), letters = fitted(about, width - 2 * EDGE, 1, (10, 9, 8, 7), PLAIN)
    canvas.setFillGray(DARK)
    canvas.setFont(PLAIN, letters)
    canvas.drawString(EDGE, height - EDGE - 30, line)
    if schedule.note:
        (line,), letters = fitted(schedule.note, width - 2 * EDGE, 1, (9, 8, 7, 6), PLAIN)
        canvas.setFont(PLAIN, letters)
        canvas.drawString(EDGE, height - EDGE - 43, line)


def _foot(canvas: Canvas, printed: str, where: str, size: tuple[float, float]) -> None:
    canvas.setFillGray(GREY)
    canvas.setFont(PLAIN, 8)
    canvas.drawString(EDGE, EDGE, f"Dicetak {printed}")
    canvas.drawRightString(size[0] - EDGE, EDGE, where)


def _table(
    canvas: Canvas, schedule: Schedule, page: _Page, day: _Day, size: tuple[float, float]
) -> None:
    left, right = EDGE, size[0] - EDGE
    column = (right - left - CLOCK) / len(page.channels)
    top = size[1] - EDGE - HEAD
    canvas.setFillGray(DARK)
    canvas.rect(left, top - NAMES, right - left, NAMES, stroke=0, fill=1)
    for at, (_, name, _) in enumerate(page.channels):
        x = left + CLOCK + at * column
        words = fitted(name, column - 2 * PAD, 2, (10, 9, 8, 7), BOLD)
        _write(canvas, words, BOLD, x + PAD, top, NAMES, grey=1)
    before: datetime | None = None
    for at, start in enumerate(page.times):
        y = top - NAMES - at * page.height
        if at % 2:
            canvas.setFillGray(PALE)
            canvas.rect(left, y - page.height, right - left, page.height, stroke=0, fill=1)
        if before and start - before > PAUSE:
            canvas.setLineWidth(1.4)
            canvas.setStrokeGray(DARK)
            canvas.line(left, y, right, y)
        before = day.ends[start]
        times = _clock(start, schedule), _clock(before, schedule)
        words = fitted("–".join(times), CLOCK - PAD, 1, (10, 9), BOLD)
        _write(canvas, words, BOLD, left + PAD / 2, y, page.height)
        for place, (number, _, _) in enumerate(page.channels):
            if row := day.turns[start].get(number):
                x = left + CLOCK + place * column
                _turn(canvas, row, x, y, column, page.height, _late(row, before, schedule))
    _lines(canvas, page, left, right, top, column)


def _turn(
    canvas: Canvas, row: Row, x: float, y: float, width: float, height: float, until: str
) -> None:
    """Write who is on, and below the cluster where there is room; `until` if it ends apart."""
    inner = round(width - 2 * PAD, 3)
    below = f"{row.cluster} {until}".strip() if height >= WITH_CLUSTER else until
    foot = 7 * LEADING if below else 0
    words = _fitted(row.seller, inner, round(height - foot - PAD, 3))
    _write(canvas, words, PLAIN, x + PAD, y, height - foot)
    if below:
        (line,), letters = fitted(below, inner, 1, (7, 6), PLAIN)
        canvas.setFillGray(GREY)
        canvas.setFont(PLAIN, letters)
        canvas.drawString(x + PAD, y - height + PAD + 1, line)


def _late(row: Row, usual: datetime, schedule: Schedule) -> str:
    return "" if row.ends_at == usual else f"(sampai {_clock(row.ends_at, schedule)})"


def _lines(
    canvas: Canvas, page: _Page, left: float, right: float, top: float, column: float
) -> None:
    bottom = top - NAMES - len(page.times) * page.height
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.4)
    canvas.rect(left, bottom, right - left, top - bottom)
    for at in range(len(page.channels)):
        x = left + CLOCK + at * column
        canvas.line(x, top - NAMES, x, bottom)


def _write(
    canvas: Canvas, words: Fitted, font: str, x: float, y: float, height: float, grey: float = 0
) -> None:
    """Write lines from `x` on, in the middle of a cell whose upper edge is at `y`."""
    lines, letters = words
    canvas.setFillGray(grey)
    canvas.setFont(font, letters)
    block = len(lines) * letters * LEADING
    line_at = y - (height - block) / 2 - letters * 0.95
    for line in lines:
        canvas.drawString(x, line_at, line)
        line_at -= letters * LEADING


@lru_cache(maxsize=20_000)
def _fitted(text: str, width: float, room: float) -> Fitted:
    return fitted(text, width, 3, (10, 9, 8, 7, 6), PLAIN, room)


def _clock(instant: datetime, schedule: Schedule) -> str:
    return f"{instant.astimezone(schedule.zone):%H.%M}"


def _words(day: date) -> str:
    return format_date(day, "EEEE, d MMMM y", locale="id")


def _moment(instant: datetime, schedule: Schedule) -> str:
    local = instant.astimezone(schedule.zone)
    day = format_date(local.date(), "d MMMM y", locale="id")
    return f"{day} {local:%H.%M} {schedule.zone_name}"
