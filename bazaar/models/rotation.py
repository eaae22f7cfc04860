"""The plan: drafts and releases of the rotation, their turns, and what the clock recorded."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line
from bazaar.models.editions import Channel
from bazaar.models.sellers import Seller


class Release(Base):
    """One version of the rotation. A draft has no number; a released one never changes.

    `base_id` is the release that was current when the draft was made. A draft that another one
    replaced keeps its row, so that every draw stays on record, but not its turns.
    """

    __tablename__ = "releases"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "number"),
        sa.CheckConstraint("(number is null) = (released_at is null)", name="number_at_release"),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    number: Mapped[int | None]
    base_id: Mapped[int | None] = mapped_column(sa.ForeignKey("releases.id"))
    rule: Mapped[str] = mapped_column(sa.String(40), comment="Name of the planner that made it")
    seed: Mapped[Line]
    note: Mapped[Line] = mapped_column(default="")
    made_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]

    turns: Mapped[list["Turn"]] = relationship(
        back_populates="release", order_by="(Turn.starts_at, Turn.channel_id)"
    )


class Turn(Base):
    """A seller's slot on air in one release. `reasons` tells why this seller, as facts."""

    __tablename__ = "turns"
    __table_args__ = (
        sa.UniqueConstraint("release_id", "channel_id", "starts_at"),
        sa.UniqueConstraint("release_id", "seller_id", "starts_at"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.Index("ix_turns_release_id_ends_at", "release_id", "ends_at"),
    )

    id: Mapped[Key]
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("releases.id"))
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"))
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reasons: Mapped[Facts] = mapped_column(default=dict)

    release: Mapped[Release] = relationship(back_populates="turns")
    channel: Mapped[Channel] = relationship()
    seller: Mapped[Seller] = relationship()


class TurnEventKind(enum.Enum):
    """What the clock records of a turn."""

    BEGAN = "began"
    ENDED = "ended"


class TurnEvent(Base):
    """The clock saw a boundary of a turn pass: once each, `recorded_at` may be later than due."""

    __tablename__ = "turn_events"
    __table_args__ = (sa.UniqueConstraint("turn_id", "kind"),)

    id: Mapped[Key]
    turn_id: Mapped[int] = mapped_column(sa.ForeignKey("turns.id"))
    kind: Mapped[TurnEventKind]
    due_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
