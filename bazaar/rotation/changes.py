"""What one plan changes against another: per seller and per day, turns gained, lost and moved.

A seller who loses one turn and gains another has moved: the pairs nearest in time first, those on
the same day before all others. A turn is untouched when seller, channel, beginning and end are
the same.
"""

import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import Edition, Release, Turn


class Spot(NamedTuple):
    """A turn as plans are compared by; `turn_id`, `uid` and `sequence` do not count."""

    seller_id: int
    channel_id: int
    starts_at: datetime
    ends_at: datetime
    turn_id: int
    uid: str
    sequence: int

    @property
    def place(self) -> tuple[int, datetime, datetime]:
        """What makes two turns of a seller the same one: channel, beginning, end."""
        return self.channel_id, self.starts_at, self.ends_at


class ChangeKind(enum.Enum):
    """What became of a turn; the order is that of interest: who loses comes first."""

    LOST = "lost"
    MOVED = "moved"
    GAINED = "gained"


@dataclass(frozen=True, slots=True)
class Change:
    """One turn of a seller before and after: None where there was or is none."""

    before: Spot | None
    after: Spot | None

    @property
    def kind(self) -> ChangeKind:
        """Lost, moved or gained."""
        if self.after is None:
            return ChangeKind.LOST
        return ChangeKind.MOVED if self.before else ChangeKind.GAINED

    @property
    def spot(self) -> Spot:
        """Where the turn is now, or was when it is gone."""
        spot = self.after or self.before
        assert spot is not None
        return spot


@dataclass(frozen=True, slots=True)
class SellerChanges:
    """One seller's turns in the new plan, by start, and how they came about."""

    seller_id: int
    turns: tuple[Spot, ...]
    untouched: tuple[tuple[Spot, Spot], ...]
    changes: tuple[Change, ...]

    def of(self, kind: ChangeKind) -> list[Change]:
        """Return the changes of this kind, by time."""
        return [change for change in self.changes if change.kind is kind]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a plan changes against another, by seller id; sellers it does not touch are in it."""

    sellers: dict[int, SellerChanges]

    @property
    def affected(self) -> list[SellerChanges]:
        """The sellers with a change: who loses a turn without another first, then by id."""
        found = [one for one in self.sellers.values() if one.changes]
        return sorted(found, key=lambda one: (not one.of(ChangeKind.LOST), one.seller_id))

    @property
    def untouched(self) -> int:
        """How many turns are as they were."""
        return sum(len(one.untouched) for one in self.sellers.values())

    def count(self, kind: ChangeKind) -> int:
        """Return how many turns were lost, moved or gained."""
        return sum(len(one.of(kind)) for one in self.sellers.values())

    def by_day(self, zone: ZoneInfo) -> dict[date, list[Change]]:
        """Return the changes of each day of the zone, by time; a move to another day is in both."""
        found: defaultdict[date, list[Change]] = defaultdict(list)
        for one in self.sellers.values():
            for change in one.changes:
                ends = [spot for spot in (change.before, change.after) if spot]
                for day in {times.day_of(spot.starts_at, zone) for spot in ends}:
                    found[day].append(change)
        for changes in found.values():
            changes.sort(key=lambda change: (change.spot.starts_at, change.spot.seller_id))
        return dict(sorted(found.items()))


def compare(old: Release | None, new: Release) -> Changes:
    """Return what `new` changes against `old`; against None every turn is gained. Two queries."""
    edition = db.session.get_one(Edition, new.edition_id)
    before = _spots(old) if old else {}
    after = _spots(new)
    return Changes(
        {
            seller_id: seller_changes(
                seller_id, before.get(seller_id, ()), after.get(seller_id, ()), edition.zone
            )
            for seller_id in sorted(before.keys() | after.keys())
        }
    )


def seller_changes(
    seller_id: int, before: Iterable[Spot], after: Iterable[Spot], zone: ZoneInfo
) -> SellerChanges:
    """Pair the turns a seller had with those it has; days are those of the zone."""
    had = {spot.place: spot for spot in before}
    has = {spot.place: spot for spot in after}
    untouched = [(had[place], spot) for place, spot in has.items() if place in had]
    lost = [spot for place, spot in had.items() if place not in has]
    gained = [spot for place, spot in has.items() if place not in had]
    changes = _paired(lost, gained, zone) if lost and gained else []
    moved = {spot for change in changes for spot in (change.before, change.after)}
    changes += [Change(spot, None) for spot in lost if spot not in moved]
    changes += [Change(None, spot) for spot in gained if spot not in moved]
    return SellerChanges(
        seller_id,
        tuple(sorted(has.values(), key=_start)),
        tuple(untouched),
        tuple(sorted(changes, key=lambda change: _start(change.spot))),
    )


def _paired(lost: Sequence[Spot], gained: Sequence[Spot], zone: ZoneInfo) -> list[Change]:
    """Pair turns lost with turns gained, the nearest first, those of one day before all."""

    def far(pair: tuple[Spot, Spot]) -> tuple[object, ...]:
        before, after = pair
        days = {times.day_of(spot.starts_at, zone) for spot in pair}
        distance = abs(after.starts_at - before.starts_at)
        return len(days), distance, _start(before), _start(after)

    taken: set[Spot] = set()
    pairs: list[Change] = []
    for before, after in sorted(product(lost, gained), key=far):
        if before not in taken and after not in taken:
            taken |= {before, after}
            pairs.append(Change(before, after))
    return pairs


def _start(spot: Spot) -> tuple[datetime, int]:
    return spot.starts_at, spot.channel_id


def _spots(release: Release) -> dict[int, list[Spot]]:
    query = (
        sa.select(
            Turn.seller_id,
            Turn.channel_id,
            Turn.starts_at,
            Turn.ends_at,
            Turn.id,
            Turn.uid,
            Turn.sequence,
        )
        .where(Turn.release_id == release.id)
        .order_by(Turn.starts_at, Turn.channel_id)
    )
    found: defaultdict[int, list[Spot]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.seller_id].append(Spot(*row))
    return dict(found)
