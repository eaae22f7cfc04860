"""Sums of entries that are kept, so that no page need add up a day, or a season, on each look.

`keep` adds what is new every few seconds, and moves the mark up to which entries are in the sums;
readers add what came since (`reports.totals`). So the sums are never behind, only the tail longer.

Entries are only ever appended, but one with a lower number may be kept after one with a higher. So
the mark moves only to where nobody can write below it any more: whoever books holds `ledger.LOCK`
with others from before the number is drawn until the end. While `keep` holds it alone, for an
instant, all numbers of the edition up to the highest stand or will never be. `differences` works
everything out again.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bazaar import ledger
from bazaar.db import claim, db, insert_once, lock_alone
from bazaar.models import Book, DaySum, Edition, LedgerEntry, SumMark, TotalSum, Turn
from bazaar.reports import books, estimates, owing
from bazaar.reports.books import Move

ENOUGH: Final = 500
"""So many entries behind the mark are worth adding: fewer a page adds up in no time."""

PATIENCE: Final = timedelta(minutes=1)
"""Fewer are added when the first of them is so old."""

AT_ONCE: Final = 20_000
"""How many entries one run adds at most for an edition."""

EARLIER: Final = "earlier"
"""The axis of entries that concern orders of days before theirs; days only."""

NAMES: Final = ("axis", "label", "kind", "debit", "credit")

Key = tuple[str, str, str, Book, Book]
"""Axis, label, kind, debit, credit: what sums are kept by."""

Sums = Mapping[Key, tuple[int, int]]
"""How many entries, and whole rupiah."""


class Kept(NamedTuple):
    """A kept sum as the database has it."""

    axis: str
    label: str
    move: Move
    rows: int
    amount_idr: int


def keep(now: datetime) -> int:
    """Add new entries to the kept sums, once there are enough of them. Returns how many."""
    editions = db.session.scalars(sa.select(Edition).order_by(Edition.id)).all()
    return sum(_keep(edition, now) for edition in editions)


def mark_of(edition_id: int) -> int:
    """Return the number of the last entry that is in the sums of the edition; 0 for none."""
    mark = sa.select(SumMark.last_entry_id).where(SumMark.edition_id == edition_id)
    return db.session.scalar(mark) or 0


def days_of(edition_id: int) -> set[date]:
    """Return the days on which anything was booked, without looking at entries that are summed."""
    summed = (
        sa.select(SumMark.last_entry_id, TotalSum.label)
        .outerjoin(TotalSum, sa.and_(TotalSum.edition_id == edition_id, TotalSum.axis == "day"))
        .where(SumMark.edition_id == edition_id)
        .distinct()
    )
    found = db.session.execute(summed).all()
    since = sa.select(LedgerEntry.day).where(
        LedgerEntry.edition_id == edition_id, LedgerEntry.id > (found[0][0] if found else 0)
    )
    days = {date.fromisoformat(label) for _, label in found if label is not None}
    return days.union(db.session.scalars(since.distinct()))


def kept(
    edition_id: int,
    axes: Collection[str],
    *,
    day: date | None = None,
    most_turns: int | None = None,
    turns: Collection[str] = (),
) -> tuple[int, list[Kept]]:
    """Return the mark, and the sums of a day or of all days that hold up to it. One statement.

    With `most_turns`, of turns only those with the most orders, and `turns`.
    """
    table = DaySum if day else TotalSum
    columns = _columns(table)
    which = [table.edition_id == edition_id]
    if day:
        which.append(DaySum.day == day)
    query: Any = sa.select(*columns).where(*which, table.axis.in_(set(axes) - {"turn"}))
    if "turn" in axes:
        of_turns = sa.select(*columns).where(*which, table.axis == "turn")
        if most_turns is not None:
            chosen = [table.label.in_(_busiest(which, most_turns)), table.label.in_(turns)]
            of_turns = of_turns.where(sa.or_(*chosen))
        query = sa.union_all(query, of_turns)
    sums = query.subquery()
    together = (
        sa.select(SumMark.last_entry_id, sums)
        .outerjoin(sums, sa.true())
        .where(SumMark.edition_id == edition_id)
    )
    rows = db.session.execute(together).all()
    found = [
        Kept(axis, label, Move(*move), count, int(amount_idr))
        for _, axis, label, *move, count, amount_idr in rows
        if axis is not None
    ]
    return (rows[0][0] if rows else 0), found


def _columns(table: type[DaySum | TotalSum]) -> Sequence[Any]:
    return [getattr(table, name) for name in (*NAMES, "rows", "amount_idr")]


def _busiest(which: Sequence[sa.ColumnElement[bool]], most: int) -> sa.Select[str]:
    return (
        sa.select(TotalSum.label)
        .where(
            *which,
            TotalSum.axis == "turn",
            TotalSum.debit == Book.BUYER,
            TotalSum.kind.in_(books.PLACED),
        )
        .group_by(TotalSum.label)
        .order_by(sa.func.sum(TotalSum.amount_idr).desc(), TotalSum.label)
        .limit(most)
    )


def differences() -> Iterator[tuple[str, str, object, object]]:
    """Yield what is not kept as the entries add up: check, subject, both values."""
    for edition in db.session.scalars(sa.select(Edition).order_by(Edition.id)).all():
        mark = mark_of(edition.id)
        if not mark:
            continue  # nothing that any page would read
        together: Counter[Key] = Counter()
        together_idr: Counter[Key] = Counter()
        for day in _days(edition.id):
            expected = _sums(edition, day, 0, mark)
            found = _found(DaySum, DaySum.edition_id == edition.id, DaySum.day == day)
            yield from _compared("day", f"{edition.slug} {day}", expected, found)
            for key, (rows, amount_idr) in expected.items():
                together[key] += rows
                together_idr[key] += amount_idr
        total = {
            key: (rows, together_idr[key]) for key, rows in together.items() if key[0] != EARLIER
        }
        found = _found(TotalSum, TotalSum.edition_id == edition.id)
        yield from _compared("season", edition.slug, total, found)


def _keep(edition: Edition, now: datetime) -> int:
    after = mark_of(edition.id)
    if not _is_due(after, now):
        return 0
    if after and _lack_an_axis(edition.id):
        db.session.execute(sa.delete(SumMark).where(SumMark.edition_id == edition.id))
        after = 0
    until = _settled(edition.id, after)
    if not _move_mark(edition.id, after, until):
        return 0
    added = 0
    totals: dict[Key, list[int]] = {}
    for day in _days(edition.id, after, until):
        sums = _sums(edition, day, after, until)
        _add(DaySum, sums, edition_id=edition.id, day=day)
        for key, (rows, amount_idr) in sums.items():
            added += rows if key[0] == "day" else 0
            if key[0] != EARLIER:
                total = totals.setdefault(key, [0, 0])
                total[0] += rows
                total[1] += amount_idr
    _add(TotalSum, {key: (rows, idr) for key, (rows, idr) in totals.items()}, edition_id=edition.id)
    return added


def _lack_an_axis(edition_id: int) -> bool:
    """Whether sums were kept before what sellers are owed was: then they are all made anew."""
    axes = sa.select(TotalSum.axis).where(TotalSum.edition_id == edition_id)
    of_sellers = axes.where(TotalSum.axis == "seller", TotalSum.label != "")
    owed = axes.where(TotalSum.axis.in_(owing.AXES))
    return bool(db.session.scalar(sa.select(sa.and_(of_sellers.exists(), ~owed.exists()))))


def _is_due(after: int, now: datetime) -> bool:
    behind = sa.select(LedgerEntry.at).where(LedgerEntry.id > after).order_by(LedgerEntry.id)
    first = db.session.scalar(behind.limit(1))
    if first is None:
        return False
    return (
        first <= now - PATIENCE or db.session.scalar(behind.offset(ENOUGH - 1).limit(1)) is not None
    )


def _settled(edition_id: int, after: int) -> int:
    """Return a number up to which no entry of the edition can come any more.

    The lock is let go again with the savepoint, so nobody waits while sums are worked out.
    """
    with db.session.begin_nested() as moment:
        lock_alone(ledger.LOCK, edition_id)
        last = db.session.scalar(sa.select(sa.func.max(LedgerEntry.id))) or 0
        moment.rollback()
    behind = (
        sa.select(LedgerEntry.id)
        .where(LedgerEntry.id > after, LedgerEntry.id <= last)
        .order_by(LedgerEntry.id)
    )
    return db.session.scalar(behind.offset(AT_ONCE - 1).limit(1)) or last


def _move_mark(edition_id: int, after: int, until: int) -> bool:
    """Move the mark; of two who do it at once one is told that it was not them."""
    if after:
        return claim(
            sa.update(SumMark)
            .where(SumMark.edition_id == edition_id, SumMark.last_entry_id == after)
            .values(last_entry_id=until)
        )
    if not insert_once(SumMark, edition_id=edition_id, last_entry_id=until):
        return False
    for table in (DaySum, TotalSum):  # before there were marks signed days were kept otherwise
        db.session.execute(
            sa.delete(table).where(table.edition_id == edition_id),
            execution_options={"synchronize_session": False},
        )
    return True


def _days(edition_id: int, after: int = 0, until: int | None = None) -> list[date]:
    """Return the days of the entries between two numbers; of all, also those with sums only."""
    of_entries = sa.select(LedgerEntry.day).where(LedgerEntry.edition_id == edition_id)
    if until is not None:
        query: Any = of_entries.where(LedgerEntry.id > after, LedgerEntry.id <= until).distinct()
    else:
        query = sa.union(of_entries, sa.select(DaySum.day).where(DaySum.edition_id == edition_id))
    return sorted(db.session.scalars(query))


def _sums(edition: Edition, day: date, after: int, until: int) -> Sums:
    """Return count and rupiah of the entries of a day between two numbers, by axis and label."""
    found = list(books.rows_of(edition, day, after=after, until=until))
    channels = _channels({row.turn_id for row in found})
    rows: Counter[Key] = Counter()
    idr: Counter[Key] = Counter()
    for row in found:
        labels: dict[str, object] = {
            "day": day.isoformat(),
            "seller": row.seller_id,
            "turn": row.turn_id,
            "channel": channels.get(row.turn_id),
            "method": row.method,
            "hour": row.hour,
        }
        if row.earlier:
            labels[EARLIER] = None
        for axis, label in labels.items():
            key = (axis, "" if label is None else str(label), *row.move)
            rows[key] += row.rows
            idr[key] += row.amount_idr
    for payments in estimates.payments_of(edition.id, day, after=after, until=until):
        key = (estimates.AXIS, payments.label, *payments.move)
        rows[key], idr[key] = payments.rows, payments.amount_idr
    for part in owing.parts_of(edition.id, day, after=after, until=until):
        key = (part.axis, part.label, *part.move)
        rows[key], idr[key] = part.rows, part.amount_idr
    return {key: (rows[key], idr[key]) for key in rows}


def _channels(turn_ids: set[int | None]) -> dict[int | None, int]:
    query = sa.select(Turn.id, Turn.channel_id).where(Turn.id.in_(turn_ids - {None}))
    return dict(db.session.execute(query).all())


def _add(table: type[DaySum | TotalSum], sums: Sums, **of: Any) -> None:
    if not sums:
        return
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table)
    more = {
        name: getattr(table, name) + getattr(insert.excluded, name)
        for name in ("rows", "amount_idr")
    }
    rows = [
        {**of, **dict(zip(NAMES, key, strict=True)), "rows": count, "amount_idr": amount_idr}
        for key, (count, amount_idr) in sums.items()
    ]
    db.session.execute(insert.on_conflict_do_update(index_elements=[*of, *NAMES], set_=more), rows)


def _found(table: type[DaySum | TotalSum], *which: sa.ColumnElement[bool]) -> Sums:
    return {
        (axis, label, kind, debit, credit): (rows, amount_idr)
        for axis, label, kind, debit, credit, rows, amount_idr in db.session.execute(
            sa.select(*_columns(table)).where(*which)
        )
    }


def _compared(
    check: str, subject: str, expected: Sums, found: Sums
) -> Iterator[tuple[str, str, object, object]]:
    for key in sorted(expected.keys() | found.keys(), key=str):
        if expected.get(key) != found.get(key):
            axis, label, kind, debit, credit = key
            name = f"{subject} {axis} {label} {kind} {debit.value} {credit.value}"
            yield check, name, expected.get(key), found.get(key)
