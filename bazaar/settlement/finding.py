"""Statements found, what is on them, and where every seller stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from bazaar import reports
from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import (
    AccountKind,
    Edition,
    Order,
    ReceivingAccount,
    Seller,
    SellerStatement,
    SellerStatementLine,
)
from bazaar.rules.settlement import NOTHING, Figures
from bazaar.settlement.sums import ENTRY, by, figures_by, open_figures
from bazaar.tokens import Links, fingerprint


class NoSuchStatement(NotFound):
    """No statement has this number, or this link."""

    text = N_("Lembar ini tidak ditemukan.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a seller stands: its last statement, and what is on none yet."""

    seller: Seller
    last: SellerStatement | None
    open: Figures

    @property
    def carried_idr(self) -> int:
        """What the last statement says is due and was not paid out."""
        return self.last.due_idr if self.last and self.last.paid_out_at is None else 0

    @property
    def due_idr(self) -> int:
        """What is owed in all, also for days that are still open."""
        return self.carried_idr + self.open.due_idr


class OrderSum(NamedTuple):
    """What one order, or what is no order's, brought on a statement."""

    reference: str
    figures: Figures


def get(code: str, number: int) -> SellerStatement:
    """Return a statement by its seller's code and its number. Raises NoSuchStatement."""
    query = (
        sa.select(SellerStatement)
        .join(Seller, Seller.id == SellerStatement.seller_id)
        .where(Seller.code == code, SellerStatement.number == number)
    )
    return _found(db.session.scalars(query).one_or_none())


def get_by_link(token: str) -> SellerStatement:
    """Return the statement whose link this is. Raises NoSuchStatement."""
    query = sa.select(SellerStatement).where(SellerStatement.link_hash == fingerprint(token))
    return _found(db.session.scalars(query).one_or_none())


def link_token(seller: Seller, number: int, links: Links) -> str:
    """Return the token of a statement's link: always the same."""
    return links.token(*key_of(seller.code, number))


def key_of(code: str, number: int) -> tuple[str, str]:
    """Return kind and key of the link of a seller's statement."""
    return "settlement", f"{code}|{number}"


def of_seller(seller_id: int) -> Sequence[SellerStatement]:
    """Return all statements of a seller, newest first."""
    query = sa.select(SellerStatement).where(SellerStatement.seller_id == seller_id)
    return db.session.scalars(query.order_by(SellerStatement.number.desc())).all()


def is_last(statement: SellerStatement) -> bool:
    """Say whether its seller has no later statement."""
    later = sa.exists().where(
        SellerStatement.seller_id == statement.seller_id,
        SellerStatement.number > statement.number,
    )
    return not db.session.scalar(sa.select(later))


def lasts(seller_ids: Sequence[int] | None = None) -> dict[int, SellerStatement]:
    """Return the last statement of each seller that has one, by seller."""
    newest = sa.select(
        SellerStatement.seller_id, sa.func.max(SellerStatement.number).label("number")
    ).group_by(SellerStatement.seller_id)
    if seller_ids is not None:
        newest = newest.where(SellerStatement.seller_id.in_(seller_ids))
    last = newest.subquery()
    query = sa.select(SellerStatement).join(
        last,
        sa.and_(
            last.c.seller_id == SellerStatement.seller_id, last.c.number == SellerStatement.number
        ),
    )
    return {one.seller_id: one for one in db.session.scalars(query)}


def figures_of(statement: SellerStatement) -> Figures:
    """Return the figures that a statement was made with."""
    return Figures(**statement.figures)


def standings(edition: Edition) -> list[Standing]:
    """Return where every seller stands that has a statement or entries on none, by code."""
    last = lasts()
    found = open_figures(edition.id)
    query = sa.select(Seller).where(Seller.id.in_(last.keys() | found.keys())).order_by(Seller.code)
    rows = [
        Standing(seller, last.get(seller.id), found.get(seller.id, NOTHING))
        for seller in db.session.scalars(query)
    ]
    return [row for row in rows if row.last or row.open]


def mdr_of(statement: SellerStatement) -> int:
    """Return what QRIS probably cost the seller on a statement: an estimate, in whole rupiah."""
    lines = sa.select(SellerStatementLine.entry_id).where(
        SellerStatementLine.statement_id == statement.id
    )
    return reports.mdr_of_entries(lines, statement.seller_id, statement.until)


def orders_on(statement: SellerStatement) -> list[OrderSum]:
    """Return what each order brought on a statement, by reference; courier's charges among them."""
    on_it = ENTRY.id.in_(
        sa.select(SellerStatementLine.entry_id).where(
            SellerStatementLine.statement_id == statement.id
        )
    )
    found = figures_by(db.session.execute(by(ENTRY.order_id, on_it, ENTRY.order_id.is_not(None))))
    query = sa.select(Order.id, Order.reference).where(
        Order.id.in_(sa.select(ENTRY.order_id).where(on_it))
    )
    names = dict(db.session.execute(query).all())
    sums = [OrderSum(names[order_id], one) for order_id, one in found.items() if one]
    return sorted(sums, key=lambda one: one.reference)


class Transfer(NamedTuple):
    """What is to be paid to one seller; without a bank account it cannot be a transfer."""

    seller: Seller
    statement: SellerStatement
    account: ReceivingAccount | None

    @property
    def reference(self) -> str:
        """What the transfer is called, short enough for every bank."""
        return f"PV {self.seller.code}/{self.statement.number}"


def transfers() -> list[Transfer]:
    """Return what is due by last statements and was not paid out, by seller's code."""
    due = {
        seller_id: one
        for seller_id, one in lasts().items()
        if one.due_idr > 0 and one.paid_out_at is None
    }
    accounts = _bank_accounts(list(due))
    query = sa.select(Seller).where(Seller.id.in_(due)).order_by(Seller.code)
    return [
        Transfer(seller, due[seller.id], accounts.get(seller.id))
        for seller in db.session.scalars(query)
    ]


def holder_of(seller_id: int) -> ReceivingAccount | None:
    """Return the bank account of a seller that is in use, or None."""
    return _bank_accounts([seller_id]).get(seller_id)


def _bank_accounts(seller_ids: Sequence[int]) -> dict[int, ReceivingAccount]:
    query = sa.select(ReceivingAccount).where(
        ReceivingAccount.seller_id.in_(seller_ids),
        ReceivingAccount.kind == AccountKind.BANK,
        ReceivingAccount.approved_at.is_not(None),
        ReceivingAccount.replaced_at.is_(None),
    )
    return {one.seller_id: one for one in db.session.scalars(query) if one.seller_id is not None}


def _found(statement: SellerStatement | None) -> SellerStatement:
    if statement is None:
        raise NoSuchStatement
    return statement
