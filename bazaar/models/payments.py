"""Where money is received, requests for it, and what came. Rows of money are never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Key, Line, Name, Rupiah, Text
from bazaar.models.orders import Order


class ReceivingAccount(Base):
    """A seller's QRIS sticker. A seller has at most one in use; replaced ones are kept."""

    __tablename__ = "receiving_accounts"
    __table_args__ = (
        sa.Index(
            "uq_receiving_accounts_in_use",
            "seller_id",
            unique=True,
            sqlite_where=sa.text("replaced_at is null"),
            postgresql_where=sa.text("replaced_at is null"),
        ),
    )

    id: Mapped[Key]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    payload: Mapped[Text]
    merchant_name: Mapped[Name]
    merchant_city: Mapped[Name]
    nmid: Mapped[str] = mapped_column(sa.String(20), default="")
    added_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class Charge(Base):
    """A request for the money of one order: exact amount, reference, and the code to scan.

    Without an account, and so without a code, buyer and seller agreed on another way to pay.
    """

    __tablename__ = "charges"
    __table_args__ = (sa.CheckConstraint("amount_idr > 0", name="amount_positive"),)

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("receiving_accounts.id"), index=True
    )
    reference: Mapped[str] = mapped_column(sa.String(25), unique=True)
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


class Payment(Base):
    """Money that came for a charge, as somebody confirmed it. `key` makes it count once."""

    __tablename__ = "payments"
    __table_args__ = (sa.CheckConstraint("amount_idr > 0", name="amount_positive"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    charge_id: Mapped[int] = mapped_column(sa.ForeignKey("charges.id"), index=True)
    amount_idr: Mapped[Rupiah]
    method: Mapped[str] = mapped_column(sa.String(20))
    received_at: Mapped[datetime] = mapped_column(index=True)
    confirmed_by: Mapped[Name]
    note: Mapped[Line] = mapped_column(default="")

    charge: Mapped[Charge] = relationship(back_populates="payments")
