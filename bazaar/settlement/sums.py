"""Sums of ledger entries by seller, as the rules of settlement read them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    DaySum,
    LedgerEntry,
    ReceivingAccount,
    SellerStatement,
    SellerStatementLine,
    SumMark,
    TotalSum,
)
from bazaar.reports import owing
from bazaar.reports.owing import HAND, OWN
from bazaar.rules.settlement import Figures, Move, figures

LOCK: Final = 6002
"""Name of the lock under which statements are made and paid out, one after the other."""

ENTRY = LedgerEntry

PAYOUT: Final = "payout"
"""Kind of the entry by which a statement is paid out: always that statement's own line."""

_MOVE = (ENTRY.debit, ENTRY.credit, OWN, HAND)


def open_entries(edition_id: int) -> sa.ColumnElement[bool]:
    """Return the condition for entries of sellers in an edition that are on no statement.

    Days up to a seller's last statement are signed and complete, so only later ones are read.
    """
    # Not the last day itself: PostgreSQL would look it up again for each of a million entries.
    stated = sa.exists().where(
        SellerStatement.seller_id == ENTRY.seller_id,
        SellerStatement.edition_id == edition_id,
        SellerStatement.until >= ENTRY.day,
    )
    on_one = sa.exists().where(SellerStatementLine.entry_id == ENTRY.id)
    return sa.and_(
        ENTRY.edition_id == edition_id,
        ENTRY.seller_id.is_not(None),
        ~stated,
        ~on_one,
    )


def by(key: Any, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the query for sums of entries by `key`: key, debit, credit, own, by hand, rupiah."""
    keys = (key, *_MOVE)
    return (
        sa.select(*keys, sa.func.sum(ENTRY.amount_idr))
        .select_from(ENTRY)
        .outerjoin(ReceivingAccount, ReceivingAccount.id == ENTRY.account_id)
        .where(*conditions)
        .group_by(*(sa.text(str(n)) for n, _ in enumerate(keys, 1)))
    )


def figures_by(rows: Iterable[Any]) -> dict[Any, Figures]:
    """Return the figures by key of what `by` found."""
    moves: defaultdict[Any, list[Move]] = defaultdict(list)
    for key, debit, credit, own, by_hand, amount_idr in rows:
        moves[key].append(
            Move(debit.value, credit.value, bool(own), bool(by_hand), int(amount_idr))
        )
    return {key: figures(found) for key, found in moves.items()}


def open_figures(edition_id: int) -> dict[Any, Figures]:
    """Return the figures of what is on no statement, by seller, from sums that are kept.

    The same as those of `open_entries`, of which only the ones since the mark are read: they are
    never changed, so it does no harm if the mark moves meanwhile.
    """
    mark, kept = _kept(edition_id)
    since = by(ENTRY.seller_id, open_entries(edition_id), ENTRY.id > mark)
    return figures_by([*kept, *db.session.execute(since)])


def _kept(edition_id: int) -> tuple[int, list[Any]]:
    """Return the mark, and the rows of `by` of what is on no statement up to it. One statement."""
    stated = (
        sa.select(
            sa.cast(SellerStatement.seller_id, sa.String).label("label"),
            sa.func.max(SellerStatement.until).label("until"),
        )
        .where(SellerStatement.edition_id == edition_id)
        .group_by(SellerStatement.seller_id)
        .cte("stated")
    )
    never = _sums_of(TotalSum, edition_id).where(TotalSum.label.not_in(sa.select(stated.c.label)))
    first = sa.select(sa.func.min(stated.c.until)).scalar_subquery()
    later = (
        _sums_of(DaySum, edition_id)
        .join(stated, stated.c.label == DaySum.label)
        .where(DaySum.day > first, DaySum.day > stated.c.until)
    )
    found = sa.union_all(never, later).subquery()
    together = (
        sa.select(SumMark.last_entry_id, found)
        .outerjoin(found, sa.true())
        .where(SumMark.edition_id == edition_id)
    )
    rows = db.session.execute(together).all()
    kept = [
        (int(label), debit, credit, *owing.AXES[axis], amount_idr)
        for _, label, axis, debit, credit, amount_idr in rows
        if axis is not None
    ]
    return (rows[0][0] if rows else 0), kept


def _sums_of(table: type[DaySum | TotalSum], edition_id: int) -> Any:
    keys = (table.label, table.axis, table.debit, table.credit)
    return (
        sa.select(*keys, sa.func.sum(table.amount_idr).label("amount_idr"))
        .where(table.edition_id == edition_id, table.axis.in_(owing.AXES), table.kind != PAYOUT)
        .group_by(*keys)
    )
