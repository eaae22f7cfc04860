"""Totals of a whole edition. Days that are signed were added up when they were (`TotalSum`).

So a page reads some hundred rows, however many orders there were; days that are still open are
added up from their entries. `differences` works the kept sums out again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bazaar.db import db
from bazaar.models import Book, Channel, DayClosing, Edition, LedgerEntry, TotalSum, Turn
from bazaar.reports import books, estimates
from bazaar.reports.books import (
    AXES,
    NOBODY,
    OFF_AIR,
    Figures,
    Label,
    Lines,
    Move,
    SellerLabel,
    Totals,
    TurnLabel,
)

MOST_TURNS: Final = 50
"""So many turns stand on a page, those with the most orders; sheets hold all."""

Sum = tuple[str, str, str, Book, Book]
"""Axis, label, kind, debit, credit: what sums are kept by."""


def of_season(edition: Edition, *, most_turns: int | None = MOST_TURNS) -> Totals:
    """Return the totals of all that was booked in the edition, with a line a day."""
    lines: dict[str, defaultdict[Label, Figures]] = {axis: defaultdict(Figures) for axis in AXES}
    total = Figures()
    for axis, label, move, rows, amount_idr in _kept(edition, most_turns):
        lines[axis][label].add(move, rows, amount_idr)
        if axis == "day":
            total.add(move, rows, amount_idr)
    days = open_days(edition.id)
    for group in books.groups(edition, days) if days else ():
        total.add(group.move, group.rows, group.amount_idr)
        for axis, label_of in AXES.items():
            lines[axis][label_of(group)].add(group.move, group.rows, group.amount_idr)
    ordered = {axis: books.in_order(axis, found) for axis, found in lines.items()}
    ordered["turn"] = _busiest(ordered["turn"], most_turns)
    return Totals(total, Figures(), ordered)


def mdr_of_season(edition: Edition) -> int:
    """Return the estimate of what QRIS cost sellers in all of the edition, in whole rupiah."""
    query = sa.select(TotalSum).where(
        TotalSum.edition_id == edition.id, TotalSum.axis == estimates.AXIS
    )
    kept = [
        estimates.Payments(
            one.label, Move(one.kind, one.debit, one.credit), one.rows, one.amount_idr
        )
        for one in db.session.scalars(query)
    ]
    days = open_days(edition.id)
    live = estimates.payments_of(edition.id, days) if days else []
    first = db.session.scalar(
        sa.select(sa.func.min(DayClosing.day)).where(DayClosing.edition_id == edition.id)
    )
    day = first or (days[0] if days else None)
    return estimates.estimated([*kept, *live], day) if day else 0


def add_day(edition: Edition, day: date) -> None:
    """Add a day, which is being signed and stands still, to the kept sums of its edition."""
    sums = _sums(edition, [day])
    if not sums:
        return
    names = ("axis", "label", "kind", "debit", "credit")
    rows = [
        {
            "edition_id": edition.id,
            **dict(zip(names, key, strict=True)),
            "rows": count,
            "amount_idr": amount_idr,
        }
        for key, (count, amount_idr) in sums.items()
    ]
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(TotalSum)
    db.session.execute(
        insert.on_conflict_do_update(
            index_elements=["edition_id", *names],
            set_={
                "rows": TotalSum.rows + insert.excluded.rows,
                "amount_idr": TotalSum.amount_idr + insert.excluded.amount_idr,
            },
        ),
        rows,
    )


def open_days(edition_id: int) -> list[date]:
    """Return the days from the first to the last entry that are not signed."""
    first, last = (
        db.session.scalar(
            sa.select(LedgerEntry.day)
            .where(LedgerEntry.edition_id == edition_id)
            .order_by(order)
            .limit(1)
        )
        for order in (LedgerEntry.day, LedgerEntry.day.desc())
    )
    if first is None or last is None:
        return []
    signed = set(_signed(edition_id))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day not in signed]


def differences() -> Iterator[tuple[str, str, object, object]]:
    """Yield what is not kept as the entries of signed days add up: check, subject, both values."""
    for edition in db.session.scalars(sa.select(Edition).order_by(Edition.id)):
        expected = _sums(edition, _signed(edition.id))
        found = {
            (one.axis, one.label, one.kind, one.debit, one.credit): (one.rows, one.amount_idr)
            for one in db.session.scalars(
                sa.select(TotalSum).where(TotalSum.edition_id == edition.id)
            )
        }
        for key in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(key) != found.get(key):
                axis, label, kind, debit, credit = key
                name = f"{edition.slug} {axis} {label} {kind} {debit.value} {credit.value}"
                yield "season", name, expected.get(key), found.get(key)


def _signed(edition_id: int) -> Sequence[date]:
    query = sa.select(DayClosing.day).where(
        DayClosing.edition_id == edition_id, DayClosing.signed_at.is_not(None)
    )
    return db.session.scalars(query).all()


def _sums(edition: Edition, days: Sequence[date]) -> dict[Sum, tuple[int, int]]:
    """Return count and rupiah of the entries of these days by axis, label and move."""
    if not days:
        return {}
    found = list(books.rows_of(edition, days))
    turn_ids = {row.turn_id for row in found} - {None}
    query = sa.select(Turn.id, Turn.channel_id).where(Turn.id.in_(turn_ids))
    channels: dict[Any, Any] = dict(db.session.execute(query).all())
    rows: Counter[Sum] = Counter()
    idr: Counter[Sum] = Counter()
    for row in found:
        labels = {
            "day": row.day.isoformat(),
            "seller": row.seller_id,
            "turn": row.turn_id,
            "channel": channels.get(row.turn_id),
            "method": row.method,
            "hour": row.hour,
        }
        for axis, label in labels.items():
            key = (axis, "" if label is None else str(label), *row.move)
            rows[key] += row.rows
            idr[key] += row.amount_idr
    for payments in estimates.payments_of(edition.id, days):
        key = (estimates.AXIS, payments.label, *payments.move)
        rows[key], idr[key] = payments.rows, payments.amount_idr
    return {key: (rows[key], idr[key]) for key in rows}


def _kept(edition: Edition, most_turns: int | None) -> Iterator[tuple[str, Label, Move, int, int]]:
    """Yield the kept sums with people's labels; a seller's count for cluster and district too."""
    query = sa.select(TotalSum).where(
        TotalSum.edition_id == edition.id, TotalSum.axis.not_in(("turn", estimates.AXIS))
    )
    found = [*db.session.scalars(query), *_kept_turns(edition.id, most_turns)]
    ids = {axis: {_id(one.label) for one in found if one.axis == axis} for axis in AXES}
    sellers = books.sellers_of(ids["seller"])
    turns = books.turns_of(ids["turn"])
    channels = _channels(ids["channel"])
    for one in found:
        sums = (Move(one.kind, one.debit, one.credit), one.rows, one.amount_idr)
        label = _label(one, sellers, turns, channels)
        yield one.axis, label, *sums
        if isinstance(label, SellerLabel):
            yield "cluster", label.cluster, *sums
            yield "district", label.district, *sums


def _kept_turns(edition_id: int, most: int | None) -> Sequence[TotalSum]:
    of_turns = (TotalSum.edition_id == edition_id, TotalSum.axis == "turn")
    query = sa.select(TotalSum).where(*of_turns)
    if most is not None:
        busiest = (
            sa.select(TotalSum.label)
            .where(*of_turns, TotalSum.debit == Book.BUYER, TotalSum.kind.in_(books.PLACED))
            .group_by(TotalSum.label)
            .order_by(sa.func.sum(TotalSum.amount_idr).desc(), TotalSum.label)
            .limit(most)
        )
        query = query.where(TotalSum.label.in_(busiest))
    return db.session.scalars(query).all()


def _label(
    one: TotalSum,
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
    return one.label


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
