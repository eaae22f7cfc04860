"""Editions and their airtime: show days, opening windows, closed times, channels."""

import enum
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Code, Key, Line, Name


class Edition(Base):
    """One holding of the bazaar. `zone_name` decides what a day is; at most one is current.

    After every `buffer_every` turns of a window come `buffer_minutes` without a turn. Published
    turns that begin within `freeze_minutes` stay. Sellers say when they can come until
    `availability_until`, and ask for changes until `request_hours` before a turn; the committee
    may veto what two sellers agreed within `veto_hours`.
    """

    __tablename__ = "editions"
    __table_args__ = (
        sa.CheckConstraint("turn_minutes > 0", name="turn_positive"),
        sa.CheckConstraint("gap_minutes >= 0", name="gap_not_negative"),
        sa.CheckConstraint("hold_minutes > 0", name="hold_positive"),
        sa.CheckConstraint("freeze_minutes >= 0", name="freeze_not_negative"),
        sa.CheckConstraint("min_gap_minutes >= 0", name="min_gap_not_negative"),
        sa.CheckConstraint("max_turns_per_day > 0", name="max_turns_positive"),
        sa.CheckConstraint("(buffer_every = 0) = (buffer_minutes = 0)", name="buffer_whole"),
        sa.CheckConstraint("unpaid_per_phone > 0", name="unpaid_positive"),
        sa.CheckConstraint("offer_minutes > 0", name="offer_positive"),
        sa.CheckConstraint("unique_codes in ('subtract', 'add', 'off')", name="unique_codes_known"),
        sa.CheckConstraint("request_hours >= 0 and veto_hours >= 0", name="hours_not_negative"),
        sa.CheckConstraint("warn_s >= danger_s and danger_s >= 0", name="warns_before_danger"),
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
    buffer_every: Mapped[int] = mapped_column(default=0)
    buffer_minutes: Mapped[int] = mapped_column(default=0)
    max_turns_per_day: Mapped[int | None] = mapped_column(comment="Empty: as many as fit")
    min_gap_minutes: Mapped[int] = mapped_column(default=0)
    freeze_minutes: Mapped[int] = mapped_column(default=1440)
    request_hours: Mapped[int] = mapped_column(default=24)
    veto_hours: Mapped[int] = mapped_column(default=12)
    availability_until: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    contact_phone: Mapped[str] = mapped_column(sa.String(20), default="")
    dynamic_qris: Mapped[bool] = mapped_column(default=True, comment="Codes made from stickers")
    unique_codes: Mapped[str] = mapped_column(
        sa.String(10), default="subtract", comment="subtract, add or off"
    )
    unpaid_per_phone: Mapped[int | None] = mapped_column(comment="Orders at once; empty: no limit")
    offer_minutes: Mapped[int] = mapped_column(default=15)
    warn_s: Mapped[int] = mapped_column(default=120, comment="A turn turns yellow before its end")
    danger_s: Mapped[int] = mapped_column(default=60, comment="and red")
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
    """One Zoom room that is streamed to one YouTube broadcast.

    The public is told who is on air `public_delay_s` later than the room, as late as the picture
    reaches it.
    """

    __tablename__ = "channels"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "number"),
        sa.CheckConstraint("public_delay_s between 0 and 120", name="public_delay_bounded"),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    number: Mapped[int]
    name: Mapped[Name]
    zoom_url: Mapped[Line] = mapped_column(default="")
    youtube_url: Mapped[Line] = mapped_column(default="")
    lost_from: Mapped[datetime | None] = mapped_column(comment="No turns from then on")
    public_delay_s: Mapped[int] = mapped_column(default=0)

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


class ClosedKind(enum.Enum):
    """Why nobody is on air."""

    MAGHRIB = "maghrib"
    TARAWIH = "tarawih"
    FRIDAY = "friday"
    HOLIDAY = "holiday"
    BREAK = "break"


class ClosedTime(Base):
    """A time inside the programme in which nobody is on air, confirmed by the committee."""

    __tablename__ = "closed_times"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "starts_at", "kind"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    kind: Mapped[ClosedKind]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[Line] = mapped_column(default="")
