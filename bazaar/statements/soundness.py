"""Statements worked out again, for `flask audit`: lines against the payments that they show."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Payment, StatementLine, Withdrawal
from bazaar.statements.booking import SOURCE

Told = tuple[str, str, object, object]
"""What was checked, about what, what was expected and what was found."""


def _payments_have_their_line() -> Iterator[Told]:
    """Money that a statement brought stands on exactly one line, unless it was booked out."""
    standing = sa.func.count(StatementLine.id)
    query = (
        sa.select(Payment.id, Payment.source, standing)
        .outerjoin(
            StatementLine,
            sa.and_(StatementLine.payment_id == Payment.id, StatementLine.undone_at.is_(None)),
        )
        .where(~sa.exists().where(Withdrawal.payment_id == Payment.id))
        .group_by(Payment.id, Payment.source)
        .having(sa.or_(standing > 1, sa.and_(Payment.source == SOURCE, standing == 0)))
    )
    for payment_id, source, found in db.session.execute(query):
        expected = 1 if source == SOURCE else "at most 1"
        yield "statement lines", f"payment {payment_id}", expected, found


def _lines_show_their_amount() -> Iterator[Told]:
    """A line and its payment tell the same whole rupiah, of the same account."""
    query = (
        sa.select(StatementLine.id, StatementLine.amount_sen, Payment.amount_idr)
        .join(StatementLine.payment)
        .where(
            StatementLine.undone_at.is_(None),
            sa.or_(
                StatementLine.amount_sen // 100 != Payment.amount_idr,
                Payment.account_id != StatementLine.account_id,
            ),
        )
    )
    for line_id, sen, found in db.session.execute(query):
        yield "statement amounts", f"line {line_id}", sen // 100, found


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _payments_have_their_line,
    _lines_show_their_amount,
)
