"""Sellers (UMKM), the editions they take part in, and when they can come."""

from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bazaar.db import Base, Code, Key, Line, Name, Text


class Seller(Base):
    """One small business. `code` is the committee's own key for it, `slug` its public name.

    `link_serial` numbers the personal links given so far; a new one ends the old one.
    """

    __tablename__ = "sellers"

    id: Mapped[Key]
    code: Mapped[Code]
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[Name]
    owner_name: Mapped[Name]
    cluster: Mapped[str] = mapped_column(sa.String(40), index=True)
    district_code: Mapped[str] = mapped_column(
        sa.String(13), comment="Kemendagri, dotted: 35.09.21"
    )
    district: Mapped[Name]
    village: Mapped[Name] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(sa.String(20), comment="E.164")
    email: Mapped[Line] = mapped_column(default="")
    social: Mapped[Line] = mapped_column(default="")
    story: Mapped[Text] = mapped_column(default="")
    language: Mapped[str] = mapped_column(sa.String(5), default="id")
    active: Mapped[bool] = mapped_column(default=True)
    link_serial: Mapped[int] = mapped_column(default=1)
    link_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SellerTaxId(Base):
    """The number by which the tax office knows a seller, sealed (`bazaar.tax_ids`).

    Only parcels for abroad need it, so only sellers who have some give it.
    """

    __tablename__ = "seller_tax_ids"

    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(4), comment="npwp or nik")
    sealed: Mapped[Text]
    given_by: Mapped[Name]
    given_at: Mapped[datetime]


class Participation(Base):
    """A seller takes part in an edition.

    Without `answered_at` it can come at its weekly hours (`Availability`); after it, exactly at
    the windows of its `Presence` rows; windows with a higher id than `answered_window` came later
    and were not asked about. Who is `standby` steps in; who withdrew gets no more turns.
    """

    __tablename__ = "participations"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    seller_id: Mapped[int] = mapped_column(
        sa.ForeignKey("sellers.id"), primary_key=True, index=True
    )
    joined_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_window: Mapped[int | None]
    standby: Mapped[bool] = mapped_column(default=False)
    max_turns: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[Line] = mapped_column(default="")


class Presence(Base):
    """A seller can come to a window of its edition, from `starts_at` to `ends_at`."""

    __tablename__ = "presences"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),)

    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), primary_key=True)
    window_id: Mapped[int] = mapped_column(
        sa.ForeignKey("windows.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class BlockedPair(Base):
    """Two sellers of an edition who are never on air together or one after the other."""

    __tablename__ = "blocked_pairs"
    __table_args__ = (sa.CheckConstraint("seller_id < other_id", name="pair_in_order"),)

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), primary_key=True)
    note: Mapped[Line] = mapped_column(default="")


class Availability(Base):
    """Hours of a weekday (Monday is 0) in the edition's zone at which a seller can be on air.

    `until` at midnight means the end of the day. A seller without any row can always come.
    """

    __tablename__ = "availabilities"
    __table_args__ = (sa.CheckConstraint("weekday between 0 and 6", name="weekday_exists"),)

    id: Mapped[Key]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    weekday: Mapped[int]
    from_time: Mapped[time]
    until: Mapped[time]
