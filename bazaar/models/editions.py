"""Editions and their airtime: show days, opening windows, channels."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Code, Key, Line, Name


class Edition(Base):
    """One holding of the bazaar. `zone_name` decides what a day is; at most one is current."""

    __tablename__ = "editions"
    __table_args__ = (
        sa.CheckConstraint("turn_minutes > 0", name="turn_positive"),
        sa.CheckConstraint("gap_minutes >= 0", name="gap_not_negative"),
        sa.CheckConstraint("hold_minutes > 0", name="hold_positive"),
        sa.Index(
            "uq_editions_current",
            "is_current",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
    )

    id: Mapped[Key]
    slug: Mapped[Code]
    name: Mapped[Name]
    zone_name: Mapped[str] = mapped_column(sa.String(40), default="Asia/Jakarta")
    regency_code: Mapped[str] = mapped_column(sa.String(5), comment="Kemendagri, dotted: 35.09")
    turn_minutes: Mapped[int]
    gap_minutes: Mapped[int] = mapped_column(default=0)
    hold_minutes: Mapped[int] = mapped_column(default=60)
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    is_current: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    channels: Mapped[list["Channel"]] = relationship(
        back_populates="edition",
        order_by="Channel.number",
        cascade="all, delete-orphan",
    )
    show_days: Mapped[list["ShowDay"]] = relationship(
        back_populates="edition", order_by="ShowDay.day", cascade="all, delete-orphan"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose midnight begins a day of this edition."""
        return ZoneInfo(self.zone_name)


class Channel(Base):
    """One Zoom room that is streamed to one YouTube broadcast."""

    __tablename__ = "channels"
    __table_args__ = (sa.UniqueConstraint("edition_id", "number"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    number: Mapped[int]
    name: Mapped[Name]
    zoom_url: Mapped[Line] = mapped_column(default="")
    youtube_url: Mapped[Line] = mapped_column(default="")

    edition: Mapped[Edition] = relationship(back_populates="channels")


class ShowDay(Base):
    """A day of the edition on which the bazaar is on air."""

    __tablename__ = "show_days"
    __table_args__ = (sa.UniqueConstraint("edition_id", "day"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    day: Mapped[date]

    edition: Mapped[Edition] = relationship(back_populates="show_days")
    windows: Mapped[list["Window"]] = relationship(
        back_populates="show_day",
        order_by="Window.opens_at",
        cascade="all, delete-orphan",
    )


class Window(Base):
    """An opening of the programme on all channels. `weight`: how much its viewers are worth."""

    __tablename__ = "windows"
    __table_args__ = (
        sa.CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
    )

    id: Mapped[Key]
    show_day_id: Mapped[int] = mapped_column(sa.ForeignKey("show_days.id"), index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    weight: Mapped[int] = mapped_column(default=10)

    show_day: Mapped[ShowDay] = relationship(back_populates="windows")
