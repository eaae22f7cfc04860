"""The ledger: every movement of money and worth, from one account to another, never changed.

An entry is debited to one account and credited to another by the same amount, so the books balance
by construction, on every database. Triggers refuse to change or delete entries, and the rows of
`bazaar.models.payments` that they tell of.
"""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bazaar.db import Base, Facts, Fingerprint, Key, Line, Name, Rupiah

IMMUTABLE = (
    "ledger_entries",
    "charges",
    "payments",
    "allocations",
    "refunds",
    "payment_withdrawals",
)
"""Tables whose rows are only ever inserted."""


class Book(enum.Enum):
    """The accounts of the ledger. `bazaar.ledger` tells which entry goes where."""

    BUYER = "buyer"
    """What buyers owe (debit) or are to get back (credit), by order."""
    GOODS_PROMISED = "goods_promised"
    SHIPPING_PROMISED = "shipping_promised"
    """Ordered and not paid yet."""
    GOODS_SOLD = "goods_sold"
    SHIPPING_SOLD = "shipping_sold"
    DISCOUNT = "discount"
    """Unique codes and differences accepted."""
    MONEY = "money"
    """What lies at receiving accounts."""
    UNKNOWN = "unknown"
    """Money whose order is not known."""
    FEE = "fee"
    """Kept back by gateways."""
    COURIER = "courier"
    """What couriers charged."""
    COURIER_OWED = "courier_owed"
    PAID_OUT = "paid_out"
    """Paid by the committee to sellers, by seller."""

    __hash__ = object.__hash__  # members are themselves; sums look them up by the ten thousand


class LedgerEntry(Base):
    """`amount_idr` from the book `credit` to the book `debit`.

    `day` is the day of the edition it is booked on: that of `at`, or the next open one if that is
    closed already. What is not concerned is None. `method` is how money came or went.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        sa.CheckConstraint("amount_idr > 0", name="amount_positive"),
        sa.CheckConstraint("debit <> credit", name="two_books"),
        sa.Index("ix_ledger_entries_edition_id_day", "edition_id", "day"),
        sa.Index("ix_ledger_entries_seller_id_day", "seller_id", "day"),
        sa.Index(
            "ix_ledger_entries_courier",
            "order_id",
            sqlite_where=sa.text("kind = 'courier'"),
            postgresql_where=sa.text("kind = 'courier'"),
        ),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(20))
    debit: Mapped[Book]
    credit: Mapped[Book]
    amount_idr: Mapped[Rupiah]
    at: Mapped[datetime]
    day: Mapped[date]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receiving_accounts.id"))
    payment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(sa.ForeignKey("refunds.id"), index=True)
    method: Mapped[str] = mapped_column(sa.String(20), default="")


class DayClosing(Base):
    """A day of an edition that two people closed: the first prepares it, the second signs.

    From the signature on nothing is booked on it any more. `totals` are its figures as signed,
    `digest` their SHA-256 with the last entry.
    """

    __tablename__ = "day_closings"
    __table_args__ = (sa.UniqueConstraint("edition_id", "day"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    day: Mapped[date]
    prepared_by: Mapped[Name]
    prepared_key: Mapped[str] = mapped_column(sa.String(40), comment="Actor; somebody else signs")
    prepared_at: Mapped[datetime]
    signed_by: Mapped[Name] = mapped_column(default="")
    signed_at: Mapped[datetime | None]
    totals: Mapped[Facts] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    last_entry_id: Mapped[int | None]
    note: Mapped[Line] = mapped_column(default="")


class SumMark(Base):
    """Up to which entry the sums of an edition are kept (`DaySum`, `TotalSum`).

    All its entries with a number up to `last_entry_id` are in them, and no others.
    """

    __tablename__ = "sum_marks"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    last_entry_id: Mapped[int]


class DaySum(Base):
    """Sums of the entries of one day along an axis, as far as they are kept (`SumMark`).

    With them a page need not add up a day. `flask audit` works them out again. `label` is the day,
    the number of the seller, turn or channel, the method, the hour, or of `mdr` the account and
    whether the payments are large; empty for none. Along `earlier` stand orders of earlier days.
    """

    __tablename__ = "day_sums"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    axis: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    debit: Mapped[Book] = mapped_column(primary_key=True)
    credit: Mapped[Book] = mapped_column(primary_key=True)
    rows: Mapped[int]
    amount_idr: Mapped[Rupiah]


class TotalSum(Base):
    """Sums of all entries of an edition along an axis, as far as they are kept: as `DaySum`."""

    __tablename__ = "total_sums"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    axis: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    debit: Mapped[Book] = mapped_column(primary_key=True)
    credit: Mapped[Book] = mapped_column(primary_key=True)
    rows: Mapped[int]
    amount_idr: Mapped[Rupiah]


class SellerStatement(Base):
    """What one seller sold, received and is owed up to a day; its lines are ledger entries.

    `due_idr` (negative: the seller owes) is carried over from the statement before and on to the
    next unless it was paid out; the entry of that is its last line. Its link derives from the
    seller's code and its number.
    """

    __tablename__ = "seller_statements"
    __table_args__ = (sa.UniqueConstraint("seller_id", "number"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    number: Mapped[int]
    link_hash: Mapped[Fingerprint]
    until: Mapped[date]
    figures: Mapped[Facts]
    carried_idr: Mapped[Rupiah]
    due_idr: Mapped[Rupiah]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    paid_out_at: Mapped[datetime | None]
    paid_out_by: Mapped[Name] = mapped_column(default="")
    reference: Mapped[Line] = mapped_column(default="", comment="Of the transfer")
    proof: Mapped[str | None] = mapped_column(sa.String(64))


class SellerStatementLine(Base):
    """A ledger entry on a seller's statement; the key lets it stand on exactly one."""

    __tablename__ = "seller_statement_lines"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entries.id"), primary_key=True)
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("seller_statements.id"), index=True)
