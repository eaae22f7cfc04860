"""What sending costs and where it is free, and what is known of courier companies."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bazaar.db import Base, Key, Line, Rupiah


class ShippingRate(Base):
    """What a courier asks to a place. The longest `prefix` of the village code wins.

    An empty prefix is anywhere in Indonesia, two letters are a country, `*` is any other country.
    `first_kg_idr` is the price of `min_kg` kilograms. A box counts as length × width × height
    (cm) × 1000 / `divisor` grams when that is more than it weighs; up to `tolerance_g` above a
    full kilogram are not charged. Of several rows of one place and courier that are valid on a
    day, the one that began last counts, so that next season's prices can wait in the table.
    """

    __tablename__ = "shipping_rates"
    __table_args__ = (
        sa.Index(
            "uq_shipping_rates_always",
            "prefix",
            "courier",
            unique=True,
            sqlite_where=sa.text("valid_from is null"),
            postgresql_where=sa.text("valid_from is null"),
        ),
        sa.UniqueConstraint("prefix", "courier", "valid_from"),
        sa.CheckConstraint("first_kg_idr >= 0 and next_kg_idr >= 0", name="prices_sensible"),
        sa.CheckConstraint("min_kg > 0 and divisor > 0", name="measures_positive"),
        sa.CheckConstraint("tolerance_g between 0 and 999", name="tolerance_sensible"),
    )

    id: Mapped[Key]
    prefix: Mapped[str] = mapped_column(sa.String(13))
    courier: Mapped[str] = mapped_column(sa.String(40))
    first_kg_idr: Mapped[Rupiah]
    next_kg_idr: Mapped[Rupiah]
    days: Mapped[str] = mapped_column(sa.String(20), default="")
    min_kg: Mapped[int] = mapped_column(default=1)
    max_kg: Mapped[int | None]
    divisor: Mapped[int] = mapped_column(default=6000)
    tolerance_g: Mapped[int] = mapped_column(default=300)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)


class FreeShipping(Base):
    """From `min_goods_idr` of one seller on, to places under `prefix`, shipping costs less.

    `up_to_idr` is the most that is taken off, None all of it. `seller_id` None: every seller.
    """

    __tablename__ = "free_shipping"
    __table_args__ = (
        sa.CheckConstraint("min_goods_idr >= 0", name="minimum_sensible"),
        sa.UniqueConstraint("prefix", "seller_id", "min_goods_idr"),
        sa.Index(
            "uq_free_shipping_all_sellers",
            "prefix",
            "min_goods_idr",
            unique=True,
            sqlite_where=sa.text("seller_id is null"),
            postgresql_where=sa.text("seller_id is null"),
        ),
    )

    id: Mapped[Key]
    prefix: Mapped[str] = mapped_column(sa.String(13))
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    min_goods_idr: Mapped[Rupiah]
    up_to_idr: Mapped[Rupiah | None]
    active: Mapped[bool] = mapped_column(default=True)


class CourierPage(Base):
    """What the committee knows of a courier company beyond `rules.couriers`: its row wins.

    `tracking_url` may hold `{resi}`; without it the page opens and the number is copied.
    """

    __tablename__ = "courier_pages"

    id: Mapped[Key]
    company: Mapped[str] = mapped_column(sa.String(40), unique=True)
    tracking_url: Mapped[Line] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
