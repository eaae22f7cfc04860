"""A Ramadan edition in one go: edition, channels, show days and openings, previewed first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bazaar import audit, times
from bazaar.audit import Actor
from bazaar.editions import channels, details, hours
from bazaar.editions.details import EditionWish, OutOfRange
from bazaar.editions.hours import (
    MAX_WEIGHT,
    ClosesBeforeOpening,
    Opening,
    TurnLongerThanWindow,
    WeightOutOfRange,
    WindowsOverlap,
)
from bazaar.editions.ramadan import YEARS, UnknownYear, ramadan_of
from bazaar.errors import N_, BazaarError, Invalid
from bazaar.models import Edition
from bazaar.rules.rotation import Block, Pace, slots

MAX_DAYS = 60
MAX_AWAY = timedelta(days=45)
MAX_CHANNELS = 60
OPENINGS = (
    Opening(time(9), time(11, 30), 6),
    Opening(time(13), time(16), 8),
    Opening(time(20), time(22), 15),
)
"""Between the prayers, before people cook for iftar, and after tarawih, when most are watching."""


class FirstTooFar(Invalid):
    """The first day has nothing to do with Ramadan of that year."""

    text = N_("Hari pertama terlalu jauh dari Ramadan tahun itu.")


class NoOpenings(Invalid):
    """A programme without hours is none."""

    text = N_("Isi paling sedikit satu jam siaran.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RamadanWish:
    """What the proposed edition shall be; `first` is the first day on air."""

    year: int
    name: str
    slug: str
    first: date
    days: int
    openings: Sequence[Opening]
    channels: int
    zone_name: str
    regency_code: str
    turn_minutes: int = 15
    gap_minutes: int = 2

    @property
    def edition(self) -> EditionWish:
        """The edition without its programme."""
        return EditionWish(
            name=self.name,
            slug=self.slug,
            zone_name=self.zone_name,
            regency_code=self.regency_code,
            turn_minutes=self.turn_minutes,
            gap_minutes=self.gap_minutes,
            max_turns_per_day=1,
        )

    @property
    def show_days(self) -> list[date]:
        """Every day on air."""
        return [self.first + timedelta(days=n) for n in range(self.days)]


def faults(wish: RamadanWish) -> dict[str, BazaarError]:
    """Return what is wrong with a wish, by field; those of openings end with their number."""
    found = details.faults(wish.edition)
    if wish.year not in YEARS:
        found["year"] = UnknownYear()
    elif abs(wish.first - ramadan_of(wish.year).first) > MAX_AWAY:
        found["first"] = FirstTooFar()
    if not 1 <= wish.days <= MAX_DAYS:
        found["days"] = OutOfRange(1, MAX_DAYS)
    if not 1 <= wish.channels <= MAX_CHANNELS:
        found["channels"] = OutOfRange(1, MAX_CHANNELS)
    if not wish.openings:
        found["opens1"] = NoOpenings()
    for number, opening in enumerate(wish.openings, start=1):
        if not 1 <= opening.weight <= MAX_WEIGHT:
            found[f"weight{number}"] = WeightOutOfRange()
        if fault := _fault_of(opening, wish.openings[: number - 1], wish):
            found[f"closes{number}"] = fault
    return found


def turns(wish: RamadanWish) -> int:
    """Return how many turns the programme has room for, before anything is closed."""
    zone = ZoneInfo(wish.zone_name)
    blocks = [
        Block(number, day.toordinal(), times.at(day, one.opens, zone), _closes(day, one, zone))
        for number, (day, one) in enumerate((d, o) for d in wish.show_days for o in wish.openings)
    ]
    pace = Pace(timedelta(minutes=wish.turn_minutes), timedelta(minutes=wish.gap_minutes))
    weights = dict.fromkeys(range(len(blocks)), 1)
    return len(slots(blocks, range(wish.channels), weights=weights, pace=pace))


def create(wish: RamadanWish, *, actor: Actor, now: datetime) -> Edition:
    """Set up the edition with its channels and hours and make it the current one.

    All or nothing: raises the first of `faults`.
    """
    for fault in faults(wish).values():
        raise fault
    edition = details.create(wish.edition, actor=actor, now=now)
    for number in range(1, wish.channels + 1):
        channels.add(edition, channels.ChannelWish(f"Saluran {number}"), actor=actor, now=now)
    for opening in wish.openings:
        hours.add(edition, wish.show_days, opening, actor=actor, now=now)
    facts = {"year": wish.year, "first": wish.first.isoformat(), "days": wish.days}
    audit.note(actor, "edition.propose_ramadan", f"edition:{edition.slug}", now=now, **facts)
    return edition


def _fault_of(
    opening: Opening, earlier: Sequence[Opening], wish: RamadanWish
) -> BazaarError | None:
    begins, ends = _minutes(opening)
    if ends <= begins:
        return ClosesBeforeOpening()
    if ends - begins < wish.turn_minutes:
        return TurnLongerThanWindow(wish.turn_minutes, ends - begins)
    for other in earlier:
        a, b = _minutes(other)
        if begins < b and a < ends:
            words = f"{other.opens:%H.%M}–{other.closes:%H.%M}"
            return WindowsOverlap(f"{wish.first:%d-%m-%Y}", words)
    return None


def _minutes(opening: Opening) -> tuple[int, int]:
    begins = opening.opens.hour * 60 + opening.opens.minute
    ends = opening.closes.hour * 60 + opening.closes.minute
    return begins, ends or 24 * 60


def _closes(day: date, opening: Opening, zone: ZoneInfo) -> datetime:
    return times.at(day + timedelta(days=opening.closes == time.min), opening.closes, zone)
