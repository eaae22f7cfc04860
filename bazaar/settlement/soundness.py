"""The part of `flask audit` that adds every statement up again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import LedgerEntry, Seller, SellerStatement, SellerStatementLine
from bazaar.rules.settlement import NOTHING, Figures
from bazaar.settlement.sums import ENTRY, by, figures_by

Told = tuple[str, str, object, object]
CHECK = "settlement"


def _statements_add_up() -> Iterator[Told]:
    """What stands on a statement is the sum of its lines, and its payout the sum that was due."""
    lines = by(SellerStatementLine.statement_id).join(
        SellerStatementLine, SellerStatementLine.entry_id == ENTRY.id
    )
    sums = figures_by(db.session.execute(lines))
    query = sa.select(SellerStatement, Seller.code).join(
        Seller, Seller.id == SellerStatement.seller_id
    )
    left: dict[int, int] = {}
    for statement, code in db.session.execute(query.order_by(SellerStatement.number)):
        figures = sums.get(statement.id, NOTHING)
        paid_idr = statement.due_idr if statement.paid_out_at else 0
        carried_idr = left.get(statement.seller_id, 0)
        due_idr = carried_idr + replace(figures, paid_idr=0).due_idr
        expected = (figures, carried_idr, due_idr)
        kept = Figures(**statement.figures)
        told = (replace(kept, paid_idr=kept.paid_idr + paid_idr), statement.carried_idr)
        found = (*told, statement.due_idr)
        if found != expected:
            yield CHECK, f"statement {code}/{statement.number}", expected, found
        left[statement.seller_id] = statement.due_idr - paid_idr


def _lines_are_of_their_seller() -> Iterator[Told]:
    query = (
        sa.select(LedgerEntry.id, SellerStatement.seller_id, LedgerEntry.seller_id)
        .join(SellerStatementLine, SellerStatementLine.entry_id == LedgerEntry.id)
        .join(SellerStatement, SellerStatement.id == SellerStatementLine.statement_id)
        .where(LedgerEntry.seller_id.is_distinct_from(SellerStatement.seller_id))
    )
    for entry_id, expected, found in db.session.execute(query):
        yield CHECK, f"entry {entry_id}", expected, found


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (_statements_add_up, _lines_are_of_their_seller)
