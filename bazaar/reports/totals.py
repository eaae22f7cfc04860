"""Totals of a day and of a whole edition: sums that are kept, and what was booked since.

So a page reads some hundred rows, however many orders there were, and is never behind.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Channel, Edition, LedgerEntry
from bazaar.reports import books, estimates, sums
from bazaar.reports.books import (
    AXES,
    NOBODY,
    OFF_AIR,
    Figures,
    Label,
    Lines,
    Row,
    SellerLabel,
    Totals,
    TurnLabel,
)
from bazaar.reports.sums import EARLIER, Kept

MOST_TURNS: Final = 50
"""So many turns stand on a page, those with the most orders; sheets hold all."""

KEPT_AXES: Final = ("day", "seller", "turn", "channel", "method", "hour", EARLIER)

_Found = Mapping[str, Mapping[Label, Figures]]


def of_day(edition: Edition, day: date) -> Totals:
    """Return the totals of what was booked on one day of the edition."""
    found = _found(edition, day)
    return Totals(
        found["day"].get(day, Figures()),
        found[EARLIER].get(None, Figures()),
        {axis: books.in_order(axis, found[axis]) for axis in AXES if axis != "day"},
    )


def of_season(edition: Edition, *, most_turns: int | None = MOST_TURNS) -> Totals:
    """Return the totals of all that was booked in the edition, with a line a day."""
    found = _found(edition, most_turns=most_turns)
    ordered = {axis: books.in_order(axis, found[axis]) for axis in AXES}
    ordered["turn"] = _busiest(ordered["turn"], most_turns)
    total = Figures()
    for figures in found["day"].values():
        for move, rows in figures.rows.items():
            total.add(move, rows, figures.idr[move])
    return Totals(total, Figures(), ordered)


def mdr_of_day(edition: Edition, day: date) -> int:
    """Return the estimate of what QRIS cost sellers on one day, in whole rupiah."""
    return estimates.estimated(_payments(edition, day), day)


def mdr_of_season(edition: Edition) -> int:
    """Return the estimate of what QRIS cost sellers in all of the edition, in whole rupiah."""
    first = (
        sa.select(LedgerEntry.day)
        .where(LedgerEntry.edition_id == edition.id)
        .order_by(LedgerEntry.day)
        .limit(1)
    )
    day = db.session.scalar(first)
    return estimates.estimated(_payments(edition), day) if day else 0


def _payments(edition: Edition, day: date | None = None) -> list[estimates.Payments]:
    mark, kept = sums.kept(edition.id, {estimates.AXIS}, day=day)
    since = estimates.payments_of(edition.id, day, after=mark)
    return [estimates.Payments(*one[1:]) for one in kept] + since


def _found(edition: Edition, day: date | None = None, *, most_turns: int | None = None) -> _Found:
    """Return the figures along each axis; of turns, those that may be among the busiest.

    If the mark moves meanwhile, it is all read once more.
    """
    while True:
        mark = sums.mark_of(edition.id)
        since = list(books.rows_of(edition, day, after=mark))
        turns = {"" if row.turn_id is None else str(row.turn_id) for row in since}
        now, kept = sums.kept(edition.id, KEPT_AXES, day=day, most_turns=most_turns, turns=turns)
        if now == mark:
            return _added(since, kept)


def _added(since: Iterable[Row], kept: Collection[Kept]) -> _Found:
    lines: dict[str, defaultdict[Label, Figures]] = {
        axis: defaultdict(Figures) for axis in (*AXES, EARLIER)
    }
    for axis, label, one in _labelled(kept):
        lines[axis][label].add(one.move, one.rows, one.amount_idr)
    for group in books.labelled(since):
        for axis, label_of in AXES.items():
            lines[axis][label_of(group)].add(group.move, group.rows, group.amount_idr)
        if group.earlier:
            lines[EARLIER][None].add(group.move, group.rows, group.amount_idr)
    return lines


def _labelled(kept: Collection[Kept]) -> Iterator[tuple[str, Label, Kept]]:
    """Yield the kept sums with people's labels; a seller's count for cluster and district too."""
    ids = {axis: {_id(one.label) for one in kept if one.axis == axis} for axis in KEPT_AXES}
    sellers = books.sellers_of(ids["seller"])
    turns = books.turns_of(ids["turn"])
    channels = _channels(ids["channel"])
    for one in kept:
        label = _label(one, sellers, turns, channels)
        yield one.axis, label, one
        if isinstance(label, SellerLabel):
            yield "cluster", label.cluster, one
            yield "district", label.district, one


def _label(
    one: Kept,
    sellers: Mapping[int | None, SellerLabel],
    turns: Mapping[int | None, TurnLabel],
    channels: Mapping[int | None, str],
) -> Label:
    match one.axis:
        case "seller":
            return sellers.get(_id(one.label), NOBODY)
        case "turn":
            return turns.get(_id(one.label), OFF_AIR)
        case "channel":
            return channels.get(_id(one.label))
        case "hour":
            return int(one.label)
        case "day":
            return date.fromisoformat(one.label)
    return None if one.axis == EARLIER else one.label


def _id(label: str) -> int | None:
    return int(label) if label.isdecimal() else None


def _channels(ids: set[int | None]) -> dict[int | None, str]:
    query = sa.select(Channel.id, Channel.name).where(Channel.id.in_(ids - {None}))
    return dict(db.session.execute(query).all())


def _busiest(lines: Lines, most: int | None) -> Lines:
    """Return the turns with the most orders, in the order of their time."""
    if most is None or len(lines) <= most:
        return lines
    places = sorted(range(len(lines)), key=lambda n: -lines[n][1].placed_idr)[:most]
    return [lines[n] for n in sorted(places)]
