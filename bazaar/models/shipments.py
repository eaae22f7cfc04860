"""Shipping prices, parcels, and every step a parcel took."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Code, Key, Line, Name, Rupiah
from bazaar.models.orders import Order
from bazaar.rules import couriers
from bazaar.rules.parcel_states import ParcelStatus


class ShippingRate(Base):
    """What a courier asks to a place. The longest `prefix` of the village code wins.

    An empty prefix is anywhere in Indonesia, two letters are a country, `*` is any other country.
    """

    __tablename__ = "shipping_rates"
    __table_args__ = (
        sa.UniqueConstraint("prefix", "courier"),
        sa.CheckConstraint("first_kg_idr >= 0 and next_kg_idr >= 0", name="prices_sensible"),
    )

    id: Mapped[Key]
    prefix: Mapped[str] = mapped_column(sa.String(13))
    courier: Mapped[str] = mapped_column(sa.String(40))
    first_kg_idr: Mapped[Rupiah]
    next_kg_idr: Mapped[Rupiah]
    days: Mapped[str] = mapped_column(sa.String(20), default="")


class Parcel(Base):
    """What one paid order becomes: one seller, one destination."""

    __tablename__ = "parcels"
    __table_args__ = (
        sa.Index("ix_parcels_status_created_at", "status", "created_at"),
        sa.Index("ix_parcels_resi", "resi"),
        sa.Index(
            "uq_parcels_courier_resi",
            "courier",
            "resi",
            unique=True,
            sqlite_where=sa.text("resi <> ''"),
            postgresql_where=sa.text("resi <> ''"),
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), unique=True)
    status: Mapped[ParcelStatus] = mapped_column(default=ParcelStatus.DRAFT)
    courier: Mapped[str] = mapped_column(sa.String(40))
    resi: Mapped[str] = mapped_column(sa.String(40), default="")
    created_at: Mapped[datetime]

    order: Mapped[Order] = relationship()
    steps: Mapped[list["ParcelStep"]] = relationship(order_by="ParcelStep.id")

    @property
    def tracking_page(self) -> str:
        """The courier's own page for waybill numbers, empty if none is known."""
        known = couriers.find(self.courier)
        return known.tracking_page if known else ""

    def reached_at(self, status: ParcelStatus) -> datetime | None:
        """Return when the parcel came into this state last, or None; its steps must be loaded."""
        if status is ParcelStatus.DRAFT:
            return self.created_at
        return next((step.at for step in reversed(self.steps) if step.status is status), None)


class ParcelStep(Base):
    """One change of a parcel's state: who and when."""

    __tablename__ = "parcel_steps"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    status: Mapped[ParcelStatus]
    at: Mapped[datetime]
    by: Mapped[Name]
    note: Mapped[Line] = mapped_column(default="")
