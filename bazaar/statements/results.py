"""What an import did: sums, lines, and what may still be done about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict
from bazaar.models import StatementImport, StatementLine, StatementState
from bazaar.rules.sheets import Fault
from bazaar.statements import booking
from bazaar.statements.deciding import Fate


class NotAdoptable(Conflict):
    """The line's money is written down already, or is none."""

    text = N_("Uang di baris ini sudah dicatat, atau barisnya bukan uang masuk.")


def sum_up(import_id: int) -> dict[str, list[int]]:
    """Return how many lines and how much (sen) the standing lines of an import have, by fate."""
    query = (
        sa.select(StatementLine.result, sa.func.count(), sa.func.sum(StatementLine.amount_sen))
        .where(StatementLine.import_id == import_id, StatementLine.undone_at.is_(None))
        .group_by(StatementLine.result)
    )
    return {result: [count, int(sen)] for result, count, sen in db.session.execute(query)}


def outcome_sums(row: StatementImport) -> dict[Fate, list[int]]:
    """Return lines and sen of an import by fate: as it ended, or as it stands while it works."""
    sums: dict[str, list[int]] = row.outcome.get("sums") or sum_up(row.id)
    return {fate: sums[fate.value] for fate in Fate if fate.value in sums}


def lines_of(import_id: int, fate: Fate | None = None) -> sa.Select[StatementLine]:
    """Return the query for the lines of an import in the order of the file."""
    query = (
        sa.select(StatementLine)
        .where(StatementLine.import_id == import_id)
        .order_by(StatementLine.number)
    )
    return query if fate is None else query.where(StatementLine.result == fate.value)


def kept_lines(import_id: int) -> sa.Select[StatementLine]:
    """Return the query for lines that an undoing left standing."""
    return lines_of(import_id).where(StatementLine.undone_at.is_(None))


def reason_kept(line: StatementLine) -> Fault | None:
    """Return why an undoing left this line standing, or None."""
    kept: dict[str, Any] | None = line.facts.get("kept")
    return Fault(kept["text"], kept["facts"]) if kept and line.undone_at is None else None


def count_standing(import_id: int) -> int:
    """Return how many lines of an import are not undone."""
    query = sa.select(sa.func.count()).where(
        StatementLine.import_id == import_id, StatementLine.undone_at.is_(None)
    )
    return db.session.scalar(query) or 0


def standing_after(import_id: int, line_id: int, limit: int) -> Sequence[StatementLine]:
    """Return the next lines of an import that are not undone, by id."""
    query = (
        sa.select(StatementLine)
        .where(
            StatementLine.import_id == import_id,
            StatementLine.id > line_id,
            StatementLine.undone_at.is_(None),
        )
        .order_by(StatementLine.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def adopt(row: StatementImport, number: int, *, actor: Actor, now: datetime) -> None:
    """Write the money of an unmatched line down as unknown, so that it can be assigned.

    Raises NotAdoptable: also if somebody else did so at the same time.
    """
    query = sa.select(StatementLine).where(
        StatementLine.import_id == row.id, StatementLine.number == number
    )
    line = db.session.scalars(query).one_or_none()
    fits = line is not None and line.result == Fate.UNMATCHED.value and line.amount_sen >= 100
    if line is None or not fits or row.state is not StatementState.DONE:
        raise NotAdoptable
    purse = booking.purse_of(row.account, (), unknown=True)
    if line.payment_id is not None or purse.edition_id is None:
        raise NotAdoptable
    payment_id = booking.receive_unknown(line, purse, actor=actor, now=now)
    free = sa.and_(StatementLine.payment_id.is_(None), StatementLine.undone_at.is_(None))
    statement = sa.update(StatementLine).where(StatementLine.id == line.id, free)
    if not claim(statement.values(payment_id=payment_id)):
        raise NotAdoptable
    subject = f"statement:{row.id}"
    audit.note(actor, "statement.adopt", subject, now=now, number=number, payment=payment_id)
