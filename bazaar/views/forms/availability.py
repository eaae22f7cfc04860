"""The tap grid: days by windows, what is chosen in each, and the sentence beside a wrong time."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import gettext as _

from bazaar import availabilities, rotation, times
from bazaar.audit import Actor
from bazaar.availabilities import Answer, AnsweredElsewhere
from bazaar.db import forget
from bazaar.models import Edition, Seller, Turn, Window
from bazaar.rules import availability
from bazaar.rules.availability import Span, SpanFault
from bazaar.web.answers import sentence
from bazaar.web.formats import clock

STEP = timedelta(minutes=15)
"""How finely a part of a window can be chosen."""
QUICK = ("all", "evenings", "weekends", "none")
"""What one tap chooses, beside what is chosen already; `none` takes all away."""
NOON, AFTERNOON, EVENING = time(11), time(15), time(17)
EVENING_COLUMN = 3
SATURDAY = 5
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def parts_of_day() -> tuple[str, str, str, str]:
    """Return what people call the columns, in order."""
    return _("Pagi"), _("Siang"), _("Sore"), _("Malam")


@dataclass(slots=True)
class Cell:
    """One window in the grid. Empty `from_text` and `until_text` mean all of it."""

    window: Window
    column: int
    can: bool = False
    from_text: str = ""
    until_text: str = ""
    over: bool = False
    new: bool = False
    turns: list[Turn] = field(default_factory=list)
    missed: bool = False
    errors: list[str] = field(default_factory=list)
    froms: Sequence[str] = ()
    untils: Sequence[str] = ()

    @property
    def part(self) -> bool:
        """Whether only a part of the window is chosen."""
        return self.can and bool(self.from_text or self.until_text)


@dataclass(slots=True)
class Day:
    """A row of the grid; `columns` hold the cells of each part of the day that occurs."""

    day: date
    columns: list[list[Cell]]

    @property
    def title(self) -> str:
        """Weekday and day of the month; the week says which month."""
        return format_date(self.day, "EEE d")

    @property
    def cells(self) -> list[Cell]:
        """All cells of the day."""
        return [cell for column in self.columns for cell in column]


@dataclass(frozen=True, slots=True)
class Week:
    """Days from Monday to Sunday, folded together."""

    days: list[Day]

    @property
    def title(self) -> str:
        """From when to when."""
        return " – ".join(format_date(day.day, "d MMM") for day in (self.days[0], self.days[-1]))

    @property
    def cells(self) -> list[Cell]:
        """All cells of the week."""
        return [cell for day in self.days for cell in day.cells]

    @property
    def open(self) -> bool:
        """Whether something of this week can still be chosen."""
        return any(not cell.over for cell in self.cells)


class Grid:
    """The windows of an edition with a seller's answer, or with what was sent instead of it.

    After `read`, `spans` is what was asked for; use it only when nothing is `wrong`.
    """

    def __init__(
        self,
        edition: Edition,
        windows: Sequence[Window],
        answer: Answer,
        turns: Iterable[Turn],
        now: datetime,
    ) -> None:
        self.zone = edition.zone
        self.turn = timedelta(minutes=edition.turn_minutes)
        self.answer = answer
        self.seen = answer.answered_at.isoformat() if answer.answered_at else ""
        self.shape = _shape(windows)
        self.cells = {window.id: self._cell(window, now) for window in windows}
        self.granted = list(turns)
        for turn in self.granted:
            self._grant(turn, now)
        names = parts_of_day()
        used = sorted({cell.column for cell in self.cells.values()})
        self.heads = [(names[column], self._hours_of(column)) for column in used]
        self.weeks = self._weeks(used)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """Return the sentences for wrong times, by field."""
        return {f"from-{n}": cell.errors for n, cell in self.cells.items() if cell.errors}

    @property
    def spans(self) -> dict[int, Span]:
        """Return what is chosen among the windows that are still to come."""
        return {
            number: span
            for number, cell in self.cells.items()
            if cell.can and not cell.over and (span := self._span(cell)) is not None
        }

    @property
    def seen_at(self) -> datetime | None:
        """Return when the answer on the screen was given; an odd text is no answer's time."""
        try:
            return datetime.fromisoformat(self.seen).astimezone(UTC) if self.seen else None
        except (ValueError, OverflowError):
            return LONG_AGO

    @property
    def missed(self) -> list[Turn]:
        """Return the turns to come at times the seller cannot come, as the answer stands."""
        return [turn for cell in self.cells.values() if cell.missed for turn in cell.turns]

    @property
    def asked_minutes(self) -> int:
        """Return how many minutes the seller can come, as the answer stands."""
        return availabilities.minutes(self.answer.spans)

    @property
    def new(self) -> int:
        """Return how many windows to come were added after the answer."""
        return sum(cell.new and not cell.over for cell in self.cells.values())

    def read(self, sent: Mapping[str, str]) -> None:
        """Take what was sent, and note what is wrong with it."""
        self.seen = sent.get("seen", "")
        for number, cell in self.cells.items():
            if cell.over or f"from-{number}" not in sent:
                continue
            cell.can = f"w-{number}" in sent
            cell.from_text = _same(sent[f"from-{number}"].strip(), cell.window.opens_at, self.zone)
            until = sent.get(f"until-{number}", "").strip()
            cell.until_text = _same(until, cell.window.closes_at, self.zone)
            self._judge(cell)

    def fits(self, sent: Mapping[str, str]) -> bool:
        """Say whether the form was made for the windows as they are now."""
        return sent.get("shape", "") == self.shape

    def choose(self, quick: str) -> bool:
        """Apply a quick choice to what is there; say whether there is such a choice."""
        if quick not in QUICK:
            return False
        for cell in self.cells.values():
            meant = {
                "evenings": cell.column == EVENING_COLUMN,
                "weekends": self.weekday(cell) >= SATURDAY,
            }
            if not cell.over and meant.get(quick, True):
                cell.can = quick != "none"
                cell.from_text = cell.until_text = ""
                cell.errors = []
        return True

    def weekday(self, cell: Cell) -> int:
        """Return the weekday of the cell in the edition's zone, Monday 0."""
        return times.day_of(cell.window.opens_at, self.zone).weekday()

    def _cell(self, window: Window, now: datetime) -> Cell:
        opens = window.opens_at.astimezone(self.zone).time()
        column = sum(opens >= later for later in (NOON, AFTERNOON, EVENING))
        cell = Cell(window, column, over=window.opens_at <= now, new=self.answer.is_new(window))
        if span := self.answer.spans.get(window.id):
            cell.can = True
            cell.from_text = "" if span[0] == window.opens_at else self._clock(span[0])
            cell.until_text = "" if span[1] == window.closes_at else self._clock(span[1])
        steps = range(1, (window.closes_at - window.opens_at - timedelta.resolution) // STEP + 1)
        clocks = [self._clock(window.opens_at + STEP * n) for n in steps]
        cell.froms = _with(cell.from_text, clocks)
        cell.untils = _with(cell.until_text, clocks)
        return cell

    def _grant(self, turn: Turn, now: datetime) -> None:
        for number, cell in self.cells.items():
            window = cell.window
            if window.opens_at <= turn.starts_at < window.closes_at:
                cell.turns.append(turn)
                span = self.answer.spans.get(number)
                fits = span and span[0] <= turn.starts_at and turn.ends_at <= span[1]
                cell.missed = cell.missed or (turn.starts_at > now and not fits)

    def _span(self, cell: Cell) -> Span | None:
        start = self._instant(cell.from_text, cell.window, cell.window.opens_at)
        end = self._instant(cell.until_text, cell.window, cell.window.closes_at)
        return (start, end) if start and end else None

    def _instant(self, text: str, window: Window, usual: datetime) -> datetime | None:
        """Return the instant a clock text means in a window, which may end after midnight."""
        if not text:
            return usual
        try:
            given = time.fromisoformat(text)
        except ValueError:
            return None
        if given != given.replace(second=0, microsecond=0, tzinfo=None):
            return None
        opens = window.opens_at.astimezone(self.zone)
        over_midnight = opens.date() < window.closes_at.astimezone(self.zone).date()
        next_day = over_midnight and given < opens.time()
        return times.at(opens.date() + timedelta(days=next_day), given, self.zone)

    def _judge(self, cell: Cell) -> None:
        """Note what is wrong with the times of a chosen cell."""
        cell.froms = _with(cell.from_text, cell.froms)
        cell.untils = _with(cell.until_text, cell.untils)
        if not cell.can:
            return
        window = cell.window
        span = self._span(cell)
        if span is None:
            cell.errors = [_("Tulis jam seperti 19.30.")]
            return
        fault = availability.fault(span, (window.opens_at, window.closes_at), self.turn)
        if fault is SpanFault.BACKWARDS:
            cell.errors = [_("Jam mulai harus sebelum jam selesai.")]
        elif fault is SpanFault.OUTSIDE:
            edges = {"opens": clock(window.opens_at), "closes": clock(window.closes_at)}
            cell.errors = [_("Jam siarannya hanya %(opens)s sampai %(closes)s.", **edges)]
        elif fault is SpanFault.SHORT:
            minutes = self.turn // timedelta(minutes=1)
            cell.errors = [_("Terlalu pendek: satu giliran %(n)s menit.", n=minutes)]

    def _hours_of(self, column: int) -> str:
        """Return the hours of a column if they are the same every day, else nothing."""
        hours = {
            (clock(cell.window.opens_at), clock(cell.window.closes_at))
            for cell in self.cells.values()
            if cell.column == column
        }
        return "–".join(hours.pop()) if len(hours) == 1 else ""

    def _weeks(self, used: Sequence[int]) -> list[Week]:
        days: dict[date, Day] = {}
        for cell in self.cells.values():
            day = times.day_of(cell.window.opens_at, self.zone)
            row = days.setdefault(day, Day(day, [[] for _ in used]))
            row.columns[used.index(cell.column)].append(cell)
        weeks: dict[date, Week] = {}
        for day, row in days.items():
            monday = day - timedelta(days=day.weekday())
            weeks.setdefault(monday, Week([])).days.append(row)
        return list(weeks.values())

    def _clock(self, instant: datetime) -> str:
        return f"{instant.astimezone(self.zone):%H:%M}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form: SEE_OTHER when it is kept, else the grid to show, and a sentence."""

    status: HTTPStatus
    grid: Grid
    note: str = ""


def grid_of(edition: Edition, seller: Seller, now: datetime) -> Grid | None:
    """Return the grid as the seller's answer stands; None if it takes no part."""
    windows = availabilities.windows_of(edition)
    answer = availabilities.find_answer(edition, seller.id, windows)
    if answer is None:
        return None
    return Grid(edition, windows, answer, rotation.turns_of(seller.id), now)


def take(
    edition: Edition,
    seller: Seller,
    sent: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    late: bool = False,
) -> Taken:
    """Keep what was sent, or say why not. Raises the refusals of `availabilities.save`."""
    grid = grid_of(edition, seller, now)
    if grid is None:
        raise availabilities.NotTakingPart
    grid.read(sent)
    if not grid.fits(sent):
        changed = _("Jam siaran berubah sementara Anda mengisi. Periksa, lalu simpan sekali lagi.")
        return Taken(HTTPStatus.CONFLICT, grid, changed)
    if grid.choose(sent.get("quick", "")):
        return Taken(HTTPStatus.OK, grid, _("Pilihan cepat sudah diisikan. Tekan Simpan."))
    if grid.wrong:
        return Taken(HTTPStatus.UNPROCESSABLE_ENTITY, grid)
    try:
        availabilities.save(
            edition, seller, grid.spans, seen=grid.seen_at, actor=actor, now=now, late=late
        )
    except AnsweredElsewhere as refused:
        forget()
        return Taken(HTTPStatus.CONFLICT, _again(edition, seller, sent, now), sentence(refused))
    return Taken(HTTPStatus.SEE_OTHER, grid)


def _again(edition: Edition, seller: Seller, sent: Mapping[str, str], now: datetime) -> Grid:
    """Return what was sent over the answer that is in force by now."""
    grid = grid_of(edition, seller, now)
    if grid is None:
        raise availabilities.NotTakingPart
    seen = grid.seen
    grid.read(sent)
    grid.seen = seen
    return grid


def _shape(windows: Iterable[Window]) -> str:
    """Return a short mark of the windows, another one as soon as any of them changes."""
    text = ";".join(f"{w.id},{w.opens_at:%m%d%H%M},{w.closes_at:%d%H%M}" for w in windows)
    return f"{zlib.crc32(text.encode()):08x}"


def _same(text: str, edge: datetime, zone: ZoneInfo) -> str:
    """Return nothing for a time that is the edge of the window anyway."""
    text = text.replace(".", ":")
    return "" if text == f"{edge.astimezone(zone):%H:%M}" else text


def _with(text: str, clocks: Sequence[str]) -> Sequence[str]:
    return clocks if not text or text in clocks else sorted([*clocks, text])
