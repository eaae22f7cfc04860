"""Where money is received, requests for it, what came and what was given back.

Charges, payments, allocations and refunds are only ever inserted: the database refuses to change
or delete them (`bazaar.models.ledger`). Where an order stands with its money is computed.
"""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line, Name, Rupiah, Text
from bazaar.models.orders import Order
from bazaar.models.sellers import Seller


class AccountKind(enum.Enum):
    """How money gets to an account."""

    QRIS = "qris"
    BANK = "bank"
    OTHER = "other"
    GATEWAY = "gateway"


class ReceivingAccount(Base):
    """Where money is received: a sticker, a bank account, another way in words, or a gateway's.

    A seller has at most one of each kind in use; replaced ones are kept. One that a second person
    still has to approve has no `approved_at` and receives nothing yet. Without a seller it is the
    committee's. What does not belong to its kind is empty.
    """

    __tablename__ = "receiving_accounts"
    __table_args__ = (
        sa.Index(
            "uq_receiving_accounts_in_use",
            "seller_id",
            "kind",
            unique=True,
            sqlite_where=sa.text("replaced_at is null and approved_at is not null"),
            postgresql_where=sa.text("replaced_at is null and approved_at is not null"),
        ),
        sa.Index(
            "uq_receiving_accounts_gateway",
            "bank",
            unique=True,
            sqlite_where=sa.text("kind = 'gateway' and replaced_at is null"),
            postgresql_where=sa.text("kind = 'gateway' and replaced_at is null"),
        ),
    )

    id: Mapped[Key]
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    kind: Mapped[AccountKind] = mapped_column(default=AccountKind.QRIS)
    payload: Mapped[Text] = mapped_column(default="")
    merchant_name: Mapped[Name]
    merchant_city: Mapped[Name] = mapped_column(default="")
    nmid: Mapped[str] = mapped_column(sa.String(20), default="")
    bank: Mapped[Name] = mapped_column(default="", comment="Bank, or name of the gateway")
    number: Mapped[str] = mapped_column(sa.String(40), default="")
    words: Mapped[Text] = mapped_column(default="", comment="How to pay, for another way")
    photo: Mapped[str | None] = mapped_column(sa.String(64), comment="Of the printed sticker")
    proposed_by: Mapped[Name] = mapped_column(default="")
    proposed_key: Mapped[str] = mapped_column(
        sa.String(40), default="", comment="Who, as the trail says it: never who approves"
    )
    added_at: Mapped[datetime]
    approved_by: Mapped[Name] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]

    seller: Mapped[Seller | None] = relationship()


class Charge(Base):
    """A request for the money of one order: exact amount, reference, and the code to scan.

    An order may have several, when another way to pay is chosen or a gateway is asked again.
    `amount_idr` is what is to be paid: `full_idr` less `unique_idr`, which makes the amount
    unlike any other that is open at the account. Without an account, and so without a code, buyer
    and seller agreed on another way to pay.
    """

    __tablename__ = "charges"
    __table_args__ = (
        sa.CheckConstraint("amount_idr > 0", name="amount_positive"),
        sa.CheckConstraint("amount_idr = full_idr - unique_idr", name="amount_adds_up"),
    )

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("receiving_accounts.id"), index=True
    )
    reference: Mapped[str] = mapped_column(sa.String(25), unique=True)
    method: Mapped[str] = mapped_column(sa.String(20))
    full_idr: Mapped[Rupiah] = mapped_column(comment="The order's total then")
    unique_idr: Mapped[Rupiah] = mapped_column(default=0, comment="Negative if added")
    amount_idr: Mapped[Rupiah]
    qr_payload: Mapped[Text] = mapped_column(default="")
    created_at: Mapped[datetime]

    order: Mapped[Order] = relationship()
    account: Mapped[ReceivingAccount | None] = relationship()
    payments: Mapped[list["Payment"]] = relationship(back_populates="charge", order_by="Payment.id")

    @property
    def names_amount(self) -> bool:
        """Whether the code holds amount and reference; else it is the sticker itself."""
        return self.account is not None and self.qr_payload != self.account.payload


class ChargeAmount(Base):
    """An exact amount that is taken at an account while its charge is open or in grace.

    The database lets two open charges of an account never ask for the same amount. A job sets
    `released_at` once `free_at` has passed; then the amount may be asked for again.
    """

    __tablename__ = "charge_amounts"
    __table_args__ = (
        sa.Index(
            "uq_charge_amounts_open",
            "account_id",
            "amount_idr",
            unique=True,
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        ),
        sa.Index(
            "ix_charge_amounts_free_at",
            "free_at",
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        ),
    )

    charge_id: Mapped[int] = mapped_column(sa.ForeignKey("charges.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("receiving_accounts.id"))
    amount_idr: Mapped[Rupiah]
    free_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Payment(Base):
    """Money that came, whatever it was meant for. `key` makes it count once.

    `charge_id` is the request it answers as far as was known when it came, None for money nobody
    expected. Which order it serves is told by its allocations. `paid_at` is when the payer paid,
    if that is known, `received_at` when it was written down here.
    """

    __tablename__ = "payments"
    __table_args__ = (sa.CheckConstraint("amount_idr > 0", name="amount_positive"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    charge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("charges.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("receiving_accounts.id"), index=True
    )
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    amount_idr: Mapped[Rupiah]
    fee_idr: Mapped[Rupiah] = mapped_column(default=0, comment="Kept back by a gateway")
    method: Mapped[str] = mapped_column(sa.String(20))
    source: Mapped[str] = mapped_column(sa.String(20), comment="person, statement or a gateway")
    external_id: Mapped[str] = mapped_column(sa.String(80), default="")
    payer: Mapped[Line] = mapped_column(default="", comment="As the source names it")
    paid_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_by: Mapped[Name]
    note: Mapped[Line] = mapped_column(default="")

    charge: Mapped[Charge | None] = relationship(back_populates="payments")
    account: Mapped[ReceivingAccount | None] = relationship()
    allocations: Mapped[list["Allocation"]] = relationship(
        back_populates="payment", order_by="Allocation.id"
    )


class Allocation(Base):
    """So much of a payment counts for an order. Taking it back is a row with the opposite sign.

    `rule` names what decided: `M3` to `M6` of a statement, `gateway`, or `person`.
    """

    __tablename__ = "allocations"
    __table_args__ = (sa.CheckConstraint("amount_idr <> 0", name="amount_not_zero"),)

    id: Mapped[Key]
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    amount_idr: Mapped[Rupiah]
    rule: Mapped[str] = mapped_column(sa.String(20))
    made_at: Mapped[datetime]
    made_by: Mapped[Name]
    reversal_of: Mapped[int | None] = mapped_column(sa.ForeignKey("allocations.id"), unique=True)

    payment: Mapped[Payment] = relationship(back_populates="allocations")
    order: Mapped[Order] = relationship()


class Refund(Base):
    """Money given back, once it has been. `key` makes it count once.

    `payment_id` is the money it gives back, if one; without an order it was nobody's.
    """

    __tablename__ = "refunds"
    __table_args__ = (sa.CheckConstraint("amount_idr > 0", name="amount_positive"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receiving_accounts.id"))
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    amount_idr: Mapped[Rupiah]
    method: Mapped[str] = mapped_column(sa.String(20))
    reference: Mapped[Line] = mapped_column(default="", comment="Of the transfer back")
    proof: Mapped[str | None] = mapped_column(sa.String(64))
    note: Mapped[Line] = mapped_column(default="")
    given_at: Mapped[datetime] = mapped_column(index=True)
    given_by: Mapped[Name]

    order: Mapped[Order | None] = relationship()
    payment: Mapped[Payment | None] = relationship()


class Withdrawal(Base):
    """A payment that never was, or was nobody's here: written down by mistake, booked out again."""

    __tablename__ = "payment_withdrawals"

    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), primary_key=True)
    why: Mapped[Line] = mapped_column(default="")
    taken_at: Mapped[datetime]
    taken_by: Mapped[Name]


class PaymentProof(Base):
    """A picture by which a buyer says that money was sent. It is a claim, never a payment."""

    __tablename__ = "payment_proofs"
    __table_args__ = (
        sa.Index(
            "ix_payment_proofs_open",
            "order_id",
            sqlite_where=sa.text("seen_at is null"),
            postgresql_where=sa.text("seen_at is null"),
        ),
    )

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    photo: Mapped[str] = mapped_column(sa.String(64))
    photo_removed_at: Mapped[datetime | None] = mapped_column(comment="Kept long enough")
    note: Mapped[Line] = mapped_column(default="")
    sent_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[Name] = mapped_column(default="")
    accepted: Mapped[bool | None]
    answer: Mapped[Line] = mapped_column(default="", comment="Why it was refused, to the buyer")

    order: Mapped[Order] = relationship()


class CaseKind(enum.Enum):
    """Why money needs a person. The table of what may be done about each is in `rules/`."""

    LATE = "late"
    EXTRA = "extra"
    UNDER = "under"
    OVER = "over"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    CANCELLED = "cancelled"
    SOLD_OUT = "sold_out"


class MoneyCase(Base):
    """Money that needs a person, until somebody took one of the actions. `key`: opened once.

    `facts` holds what the person decides by, such as the orders it may be for.
    """

    __tablename__ = "money_cases"
    __table_args__ = (
        sa.Index(
            "ix_money_cases_open",
            "opened_at",
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        ),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    kind: Mapped[CaseKind]
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    amount_idr: Mapped[Rupiah] = mapped_column(comment="At stake: too much, or missing")
    facts: Mapped[Facts] = mapped_column(default=dict)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[Name] = mapped_column(default="")
    action: Mapped[str] = mapped_column(sa.String(20), default="")
    note: Mapped[Line] = mapped_column(default="")

    payment: Mapped[Payment] = relationship()
    order: Mapped[Order | None] = relationship()
