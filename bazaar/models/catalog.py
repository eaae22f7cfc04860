"""Products, and every movement of their stock."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Key, Name, Rupiah, Text
from bazaar.models.sellers import Seller


class Product(Base):
    """One thing on offer, with the stock that may still be promised to buyers.

    `code` is the seller's key for it, `claim_code` (`B07`) what viewers type.
    `photo` names the pictures: the SHA-256 of the drawing or upload, or None.
    """

    __tablename__ = "products"
    __table_args__ = (
        sa.UniqueConstraint("seller_id", "code"),
        sa.CheckConstraint("stock >= 0", name="stock_not_negative"),
        sa.CheckConstraint("price_idr > 0", name="price_positive"),
        sa.CheckConstraint("weight_g > 0", name="weight_positive"),
        sa.CheckConstraint("net_weight_g > 0", name="net_weight_positive"),
        sa.CheckConstraint("most_per_order > 0", name="most_positive"),
    )

    id: Mapped[Key]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    code: Mapped[str] = mapped_column(sa.String(40))
    claim_code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    name: Mapped[Name]
    description: Mapped[Text] = mapped_column(default="")
    price_idr: Mapped[Rupiah]
    weight_g: Mapped[int]
    length_cm: Mapped[int | None]
    width_cm: Mapped[int | None]
    height_cm: Mapped[int | None]
    net_weight_g: Mapped[int | None] = mapped_column(comment="Without packing, for customs")
    hs_code: Mapped[str] = mapped_column(sa.String(10), default="")
    customs_text: Mapped[str] = mapped_column(
        sa.String(120), default="", comment="In English, for parcels abroad"
    )
    stock: Mapped[int] = mapped_column(default=0)
    most_per_order: Mapped[int | None] = mapped_column(comment="Empty: as many as there are")
    photo: Mapped[str | None] = mapped_column(sa.String(64))
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]

    seller: Mapped[Seller] = relationship()


class StockReason(enum.Enum):
    """Why stock moved."""

    COUNTED = "counted"
    HELD = "held"
    GIVEN_BACK = "given_back"
    RETURNED = "returned"
    REPLACED = "replaced"
    OFFERED = "offered"
    OFFER_ENDED = "offer_ended"


class StockMove(Base):
    """One change of a product's stock. The sum of all of them is the stock; none is ever changed.

    `order_id` is set for holds and for what expired or cancelled orders give back, not for what
    came back in a parcel or replaces what was lost: that is in the decision about the parcel.
    """

    __tablename__ = "stock_moves"
    __table_args__ = (
        sa.CheckConstraint("pieces <> 0", name="pieces_not_zero"),
        sa.UniqueConstraint("order_id", "product_id", "reason"),
    )

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"))
    reason: Mapped[StockReason]
    pieces: Mapped[int]
    at: Mapped[datetime]
