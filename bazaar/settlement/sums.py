"""Sums of ledger entries by seller, as the rules of settlement read them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from bazaar.courier_costs import BY_HAND
from bazaar.models import LedgerEntry, ReceivingAccount, SellerStatement, SellerStatementLine
from bazaar.rules.settlement import Figures, Move, figures

LOCK: Final = 6002
"""Name of the lock under which statements are made and paid out, one after the other."""

ENTRY = LedgerEntry

_OWN = sa.case(
    (ENTRY.account_id.is_(None), 1),
    (ReceivingAccount.seller_id == ENTRY.seller_id, 1),
    else_=0,
)
_HAND = sa.case((ENTRY.method == BY_HAND, 1), else_=0)
_MOVE = (ENTRY.debit, ENTRY.credit, _OWN, _HAND)


def open_entries(edition_id: int) -> sa.ColumnElement[bool]:
    """Return the condition for entries of sellers in an edition that are on no statement.

    Days up to a seller's last statement are signed and complete, so only later ones are read.
    """
    last = (
        sa.select(sa.func.max(SellerStatement.until))
        .where(
            SellerStatement.seller_id == ENTRY.seller_id,
            SellerStatement.edition_id == edition_id,
        )
        .correlate(ENTRY)
        .scalar_subquery()
    )
    on_one = sa.exists().where(SellerStatementLine.entry_id == ENTRY.id)
    return sa.and_(
        ENTRY.edition_id == edition_id,
        ENTRY.seller_id.is_not(None),
        sa.or_(last.is_(None), ENTRY.day > last),
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
