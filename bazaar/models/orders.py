"""Baskets, and what became of them: one checkout of a buyer, one order per seller in it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Fingerprint, Key, Line, Name, Rupiah
from bazaar.models.catalog import Product
from bazaar.models.rotation import Turn
from bazaar.models.sellers import Seller
from bazaar.rules.order_states import OrderStatus


class Basket(Base):
    """What a buyer has gathered so far, behind an unguessable link. It holds no stock."""

    __tablename__ = "baskets"

    id: Mapped[Key]
    link_hash: Mapped[Fingerprint]
    source: Mapped[str] = mapped_column(sa.String(20), default="link")
    updated_at: Mapped[datetime] = mapped_column(index=True)

    lines: Mapped[list["BasketLine"]] = relationship(
        order_by="BasketLine.id", cascade="all, delete-orphan"
    )


class BasketLine(Base):
    """Pieces of one product in a basket."""

    __tablename__ = "basket_lines"
    __table_args__ = (
        sa.UniqueConstraint("basket_id", "product_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[Key]
    basket_id: Mapped[int] = mapped_column(sa.ForeignKey("baskets.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    quantity: Mapped[int]

    product: Mapped[Product] = relationship()


class Checkout(Base):
    """One click on "order": who buys and where it goes. Its orders lie side by side under it.

    `key` was made by the client at the first render of the form; the same key again is the same
    checkout. The buyer's link derives from it (`bazaar.tokens`), only its hash is stored.
    An address in Indonesia has a `village_code`; abroad `country` is not ID and it is empty.
    """

    __tablename__ = "checkouts"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    link_hash: Mapped[Fingerprint]
    buyer_name: Mapped[Name]
    phone: Mapped[str] = mapped_column(sa.String(20), index=True, comment="E.164")
    country: Mapped[str] = mapped_column(sa.String(2), default="ID")
    village_code: Mapped[str] = mapped_column(sa.String(13), default="")
    street: Mapped[Line]
    area: Mapped[Line] = mapped_column(comment="Village to province, or city and state abroad")
    postal_code: Mapped[str] = mapped_column(sa.String(12), default="")
    note: Mapped[Line] = mapped_column(default="")
    source: Mapped[str] = mapped_column(sa.String(20), default="link")
    language: Mapped[str] = mapped_column(sa.String(5), default="id")
    placed_at: Mapped[datetime]

    orders: Mapped[list["Order"]] = relationship(back_populates="checkout", order_by="Order.id")


class Order(Base):
    """What one buyer asked of one seller. `reference` is for people and opens nothing.

    The buyer sees `pay_before`; the goods are given back only at `release_at`, a little later.
    `turn_id` is the seller's turn on air in which it was placed, if any.
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("total_idr = goods_idr + shipping_idr", name="total_adds_up"),
        sa.CheckConstraint("goods_idr > 0 and shipping_idr >= 0", name="sums_sensible"),
        sa.Index("ix_orders_status_release_at", "status", "release_at"),
        sa.Index("ix_orders_seller_id_status", "seller_id", "status"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    checkout_id: Mapped[int] = mapped_column(sa.ForeignKey("checkouts.id"), index=True)
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    turn_id: Mapped[int | None] = mapped_column(sa.ForeignKey("turns.id"), index=True)
    status: Mapped[OrderStatus] = mapped_column(default=OrderStatus.UNPAID)
    goods_idr: Mapped[Rupiah]
    shipping_idr: Mapped[Rupiah]
    total_idr: Mapped[Rupiah]
    courier: Mapped[str] = mapped_column(sa.String(40))
    weight_g: Mapped[int]
    shipping_full_idr: Mapped[Rupiah] = mapped_column(comment="Before free shipping")
    shipping_quote: Mapped[Facts] = mapped_column(comment="The rate and how it was applied")
    placed_at: Mapped[datetime] = mapped_column(index=True)
    pay_before: Mapped[datetime]
    release_at: Mapped[datetime]
    paid_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(comment="Done, expired or cancelled")
    holds: Mapped[bool] = mapped_column(
        default=True, comment="Goods are held, else taken when paid"
    )
    replaces_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders.id"), unique=True, comment="The buyer's order that this one changed"
    )

    checkout: Mapped[Checkout] = relationship(back_populates="orders")
    seller: Mapped[Seller] = relationship()
    turn: Mapped[Turn | None] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", order_by="OrderLine.id")


class OrderLine(Base):
    """Pieces of one product at the name and price of the moment of ordering."""

    __tablename__ = "order_lines"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "product_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("amount_idr = price_idr * quantity", name="amount_adds_up"),
    )

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"), index=True)
    name: Mapped[Name]
    claim_code: Mapped[str] = mapped_column(sa.String(8))
    price_idr: Mapped[Rupiah]
    quantity: Mapped[int]
    amount_idr: Mapped[Rupiah]

    order: Mapped[Order] = relationship(back_populates="lines")
