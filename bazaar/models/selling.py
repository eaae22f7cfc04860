"""Around ordering: who waits for sold-out goods, how a turn sells, who may order by program."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Fingerprint, Key, Name, Text
from bazaar.models.catalog import Product


class WaitState(enum.Enum):
    """Where somebody stands on a waiting list. OFFERED holds goods until `offer_until`."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    LEFT = "left"


class WaitingEntry(Base):
    """Somebody who wants a product that is sold out; first come, first offered.

    OFFERED holds `offered` pieces until `offer_until`, for the basket `basket_id` once it is
    opened. A host who orders for a viewer makes entries that are offered from the start.
    """

    __tablename__ = "waiting_entries"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.UniqueConstraint("basket_id", "product_id"),
        sa.Index("ix_waiting_entries_product_id_state", "product_id", "state", "id"),
        sa.Index("ix_waiting_entries_state_offer_until", "state", "offer_until"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    link_hash: Mapped[Fingerprint]
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    quantity: Mapped[int]
    name: Mapped[Name]
    phone: Mapped[str] = mapped_column(sa.String(20), index=True, comment="E.164")
    language: Mapped[str] = mapped_column(sa.String(5), default="id")
    state: Mapped[WaitState]
    asked_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offer_until: Mapped[datetime | None]
    offered: Mapped[int | None] = mapped_column(comment="Pieces held by the offer")
    basket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("baskets.id", ondelete="SET NULL"))
    turn_id: Mapped[int | None] = mapped_column(sa.ForeignKey("turns.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))

    product: Mapped[Product] = relationship()


class TurnSale(Base):
    """How a turn on air sells, where that is not the usual holding of goods."""

    __tablename__ = "turn_sales"

    turn_id: Mapped[int] = mapped_column(sa.ForeignKey("turns.id"), primary_key=True)
    first_paid: Mapped[bool] = mapped_column(comment="Whoever pays first gets it")
    set_by: Mapped[Name]
    set_at: Mapped[datetime]


class ApiKey(Base):
    """A partner's key to the JSON API. Only its hash is kept; `prefix` tells keys apart."""

    __tablename__ = "api_keys"

    id: Mapped[Key]
    name: Mapped[Name]
    prefix: Mapped[str] = mapped_column(sa.String(12))
    key_hash: Mapped[Fingerprint]
    scopes: Mapped[Facts] = mapped_column(comment="A list of scopes under the name scopes")
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotentAnswer(Base):
    """The answer that a client's key got, so that the same key gets it again for 72 hours."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (sa.UniqueConstraint("owner", "key"),)

    id: Mapped[Key]
    owner: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[str] = mapped_column(sa.String(255))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[Text]
    kept_until: Mapped[datetime] = mapped_column(index=True)
