"""Who is on air, who is next, and how near a turn is: a question put to turns and clock.

No job takes part, so the answer is right even when every job is dead. Turns are half-open: at the
instant one ends it is over, at the instant one starts it is on air.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

REMIND = timedelta(minutes=15)
"""So long before a turn its seller is called to the room."""

CHANGE_OVER = timedelta(minutes=15)
"""A pause up to this length between two turns is a change of sellers, a longer one is a break."""


class Timed(Protocol):
    """Anything with a place in time; both ends aware."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        ...

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        ...


T = TypeVar("T", bound=Timed)


class Phase(enum.Enum):
    """How near a turn is."""

    LATER = "later"
    SOON = "soon"
    NOW = "now"
    PAST = "past"


class Place(enum.Enum):
    """Where a turn stands in a list; NEXT is the first to come on its channel."""

    PAST = "past"
    NOW = "now"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Standing(Generic[T]):
    """One channel at one instant. `changing`: nobody is on, because one seller follows another."""

    on_air: T | None
    next: T | None
    changing: bool


def phase(turn: Timed, now: datetime) -> Phase:
    """Say how near the turn is; SOON begins `REMIND` before its start."""
    if turn.ends_at <= now:
        return Phase.PAST
    if turn.starts_at <= now:
        return Phase.NOW
    return Phase.SOON if turn.starts_at - now <= REMIND else Phase.LATER


def on_channel(turns: Iterable[T], now: datetime) -> Standing[T]:
    """Return who is on and who is next among the turns of one channel, in any order."""
    ordered = sorted(turns, key=lambda turn: turn.starts_at)
    begun = [turn for turn in ordered if turn.starts_at <= now]
    last = begun[-1] if begun else None
    coming = next((turn for turn in ordered if turn.starts_at > now), None)
    on_air = last if last and now < last.ends_at else None
    changing = (
        on_air is None
        and last is not None
        and coming is not None
        and coming.starts_at - last.ends_at <= CHANGE_OVER
    )
    return Standing(on_air, coming, changing)


def place(turn: Timed, now: datetime, *, is_next: bool) -> Place:
    """Say where a turn of a list stands; `is_next`: it is the first to come on its channel."""
    if turn.ends_at <= now:
        return Place.PAST
    if turn.starts_at <= now:
        return Place.NOW
    return Place.NEXT if is_next else Place.LATER
