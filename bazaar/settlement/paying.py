"""Paying a statement out: written down once, with the transfer's reference and a picture of it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar import audit, ledger
from bazaar.audit import Actor
from bazaar.db import claim, db, lock_alone
from bazaar.errors import N_, Conflict
from bazaar.ledger import Entry
from bazaar.models import Book, LedgerEntry, Seller, SellerStatement, SellerStatementLine
from bazaar.settlement import letters
from bazaar.settlement.sums import LOCK, PAYOUT


@dataclass(eq=False)
class AlreadyPaid(Conflict):
    """Somebody has written this down before."""

    name: str
    text = N_("Lembar ini sudah dicatat lunas oleh {name}.")


class Superseded(Conflict):
    """A later statement carries the sum over; that one is paid."""

    text = N_("Jumlah lembar ini sudah dipindahkan ke lembar berikutnya. Catat pembayaran di sana.")


class NothingDue(Conflict):
    """Neither side owes anything."""

    text = N_("Tidak ada yang harus dibayar untuk lembar ini.")


@dataclass(frozen=True, slots=True)
class PaidOut:
    """How it was paid: the transfer's reference and the name of a picture, if there is one."""

    reference: str
    proof: str | None = None


def pay(statement: SellerStatement, how: PaidOut, *, actor: Actor, now: datetime) -> None:
    """Write down that what a statement says is due was paid; below zero, by the seller.

    The entry of it stands on the statement. Raises AlreadyPaid, Superseded, NothingDue.
    """
    lock_alone(LOCK, 0)
    later = aliased(SellerStatement)
    carried_on = sa.exists().where(
        later.seller_id == statement.seller_id, later.number > statement.number
    )
    paid = (
        sa.update(SellerStatement)
        .where(
            SellerStatement.id == statement.id,
            SellerStatement.paid_out_at.is_(None),
            SellerStatement.due_idr != 0,
            ~carried_on,
        )
        .values(paid_out_at=now, paid_out_by=actor.name, reference=how.reference, proof=how.proof)
    )
    won = claim(paid)
    db.session.refresh(statement)
    if not won:
        raise _why_not(statement)
    _book(statement, now)
    seller = db.session.get_one(Seller, statement.seller_id)
    audit.note(
        actor,
        "settlement.pay",
        f"settlement:{seller.code}/{statement.number}",
        now=now,
        amount_idr=statement.due_idr,
        reference=how.reference,
    )
    letters.write_paid(seller, statement, now=now)


def _why_not(statement: SellerStatement) -> Conflict:
    if statement.paid_out_at is not None:
        return AlreadyPaid(statement.paid_out_by)
    return NothingDue() if statement.due_idr == 0 else Superseded()


def _book(statement: SellerStatement, now: datetime) -> None:
    debit, credit = Book.PAID_OUT, Book.MONEY
    if statement.due_idr < 0:
        debit, credit = credit, debit
    entry = Entry(
        kind=PAYOUT,
        debit=debit,
        credit=credit,
        amount_idr=abs(statement.due_idr),
        seller_id=statement.seller_id,
        method="bank",
    )
    ledger.book(statement.edition_id, [entry], now=now)
    on_one = sa.exists().where(SellerStatementLine.entry_id == LedgerEntry.id)
    ours = sa.select(LedgerEntry.id, sa.literal(statement.id)).where(
        LedgerEntry.seller_id == statement.seller_id, LedgerEntry.kind == PAYOUT, ~on_one
    )
    names = ["entry_id", "statement_id"]
    db.session.execute(sa.insert(SellerStatementLine).from_select(names, ours))
