"""Payment gateways: what was asked of them, what they told, what they are to give back."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line, Rupiah, Text
from bazaar.models.orders import Order
from bazaar.models.payments import Charge


class AttemptState(enum.Enum):
    """How far asking a gateway for a code is. UNKNOWN: it was asked and did not answer."""

    WANTED = "wanted"
    OPEN = "open"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    PAID = "paid"
    ENDED = "ended"


class GatewayAttempt(Base):
    """One try to get a code from a gateway, written before it is asked.

    `key` is what the gateway knows it by: the order's reference and the number of the try. The
    charge comes with the code. `rank` is the furthest state heard of (`rules.gateway_events`).
    """

    __tablename__ = "gateway_attempts"
    __table_args__ = (
        sa.Index("ix_gateway_attempts_state_next_try_at", "state", "next_try_at"),
        sa.UniqueConstraint("provider", "provider_id"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(46), unique=True)
    provider: Mapped[str] = mapped_column(sa.String(20))
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    charge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("charges.id"), index=True)
    amount_idr: Mapped[Rupiah]
    state: Mapped[AttemptState]
    rank: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(sa.String(80))
    expires_at: Mapped[datetime | None]
    wanted_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(comment="To ask for it, or how it stands")
    failure: Mapped[Line] = mapped_column(default="")

    order: Mapped[Order] = relationship()
    charge: Mapped[Charge | None] = relationship()


class PaymentEvent(Base):
    """What a gateway told us, stored before anything is believed or done.

    `facts` say what it is about: their ids of the request and the payment, and their word.
    """

    __tablename__ = "payment_events"
    __table_args__ = (
        sa.UniqueConstraint("provider", "event_key"),
        sa.Index(
            "ix_payment_events_open",
            "next_try_at",
            sqlite_where=sa.text("handled_at is null"),
            postgresql_where=sa.text("handled_at is null"),
        ),
    )

    id: Mapped[Key]
    provider: Mapped[str] = mapped_column(sa.String(20))
    event_key: Mapped[str] = mapped_column(sa.String(200))
    attempt_key: Mapped[str] = mapped_column(sa.String(80), default="", index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    headers: Mapped[Facts] = mapped_column(default=dict, comment="Without secrets")
    body: Mapped[Text]
    facts: Mapped[Facts] = mapped_column(default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(sa.String(20), default="")
    why: Mapped[Line] = mapped_column(default="")


class RefundState(enum.Enum):
    """How far giving money back through a gateway is."""

    WANTED = "wanted"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class GatewayRefund(Base):
    """Money that a gateway is to give back. The refund itself is written when it has."""

    __tablename__ = "gateway_refunds"
    __table_args__ = (sa.Index("ix_gateway_refunds_state_next_try_at", "state", "next_try_at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(46), unique=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("gateway_attempts.id"), index=True)
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    amount_idr: Mapped[Rupiah]
    reason: Mapped[Line] = mapped_column(default="")
    state: Mapped[RefundState]
    provider_id: Mapped[str] = mapped_column(sa.String(80), default="")
    wanted_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    failure: Mapped[Line] = mapped_column(default="")
    refund_id: Mapped[int | None] = mapped_column(sa.ForeignKey("refunds.id"))

    attempt: Mapped[GatewayAttempt] = relationship()
