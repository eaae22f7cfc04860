"""The evening itself: what people did in the control room, who is there, what the clock told whom.

What is on air is computed from these rows, the release in force and the clock (`rules.show`).
"""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line, Name
from bazaar.models.sellers import Seller
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.cues import CueKind, Target


class ShowAct(Base):
    """What somebody did about a channel's day. Only ever inserted; UNDO takes back `undoes`.

    `number` counts the acts of one channel and day without gaps, so that of two people who saw
    the same state only one can go on from it. `turn_uid` names the turn through all releases.
    """

    __tablename__ = "show_acts"
    __table_args__ = (sa.UniqueConstraint("channel_id", "day", "number"),)

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"))
    day: Mapped[date]
    number: Mapped[int]
    kind: Mapped[ActKind]
    turn_uid: Mapped[str | None] = mapped_column(sa.String(32), index=True)
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"))
    seconds: Mapped[int] = mapped_column(default=0)
    text: Mapped[Line] = mapped_column(default="", comment="Why, or what is told")
    undoes: Mapped[int | None] = mapped_column(comment="Number of the act taken back")
    actor: Mapped[str] = mapped_column(sa.String(40))
    actor_name: Mapped[Name]
    at: Mapped[datetime]


class CheckIn(Base):
    """A seller came into the room of a channel, or (not `here`) left it. Only ever inserted."""

    __tablename__ = "check_ins"
    __table_args__ = (sa.Index("ix_check_ins_channel_id_day", "channel_id", "day"),)

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"))
    day: Mapped[date]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    here: Mapped[bool]
    at: Mapped[datetime]
    noted_by: Mapped[Name]


class Standby(Base):
    """A seller that is ready to fill in on a channel's day; lower places come first."""

    __tablename__ = "standbys"
    __table_args__ = (sa.UniqueConstraint("channel_id", "day", "seller_id"),)

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"))
    day: Mapped[date]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    place: Mapped[int]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]

    seller: Mapped[Seller] = relationship()


class Cue(Base):
    """The clock's record that something about a turn came due: once each, in one process.

    A turn that moves in a later release has another `sequence`, and its cues come again. LATE
    ones came due while no clock ran and were told to nobody.
    """

    __tablename__ = "cues"
    __table_args__ = (
        sa.UniqueConstraint("turn_uid", "sequence", "kind", "target"),
        sa.Index("ix_cues_recorded_at", "recorded_at"),
    )

    id: Mapped[Key]
    turn_uid: Mapped[str] = mapped_column(sa.String(32))
    sequence: Mapped[int]
    kind: Mapped[CueKind]
    target: Mapped[Target]
    due_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late: Mapped[bool]


class Beat(Base):
    """One row: the last tick of the clock, whichever process ran it.

    All that came due until `done_until` is written down as cues.
    """

    __tablename__ = "beats"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    ticks: Mapped[int]
    process: Mapped[Name]
    done_until: Mapped[datetime]


class AirWatch(Base):
    """How many watched a turn, as somebody read it off the platform."""

    __tablename__ = "air_watches"

    turn_uid: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    viewers: Mapped[int]
    noted_by: Mapped[Name]
    noted_at: Mapped[datetime]


class OverlayLink(Base):
    """A secret address of a channel's overlay, for the machine that makes the picture.

    `name` says which machine, `look` what was chosen for it, such as corner and language. The
    token derives from `key` (`bazaar.tokens`). A revoked address answers 404.
    """

    __tablename__ = "overlay_links"

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"), index=True)
    name: Mapped[Name]
    key: Mapped[str] = mapped_column(sa.String(22))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    look: Mapped[Facts] = mapped_column(default=dict)
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ContactKind(enum.Enum):
    """Ways a seller can be told something without a person typing."""

    EMAIL = "email"
    TELEGRAM = "telegram"
    OTHER = "other"


class ContactWay(Base):
    """One way to reach a seller. `sealed` is the address, encrypted; ended ones get nothing."""

    __tablename__ = "contact_ways"
    __table_args__ = (sa.UniqueConstraint("seller_id", "kind"),)

    id: Mapped[Key]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    kind: Mapped[ContactKind]
    sealed: Mapped[str] = mapped_column(sa.Text)
    token_hash: Mapped[str] = mapped_column(
        sa.String(64), unique=True, comment="Of the link to end it"
    )
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CueText(Base):
    """The committee's own words for a cue in one language; without a row the house's words hold."""

    __tablename__ = "cue_texts"
    __table_args__ = (sa.UniqueConstraint("edition_id", "kind", "language"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    kind: Mapped[CueKind]
    language: Mapped[str] = mapped_column(sa.String(5))
    subject: Mapped[Line]
    text: Mapped[str] = mapped_column(sa.Text)
    changed_by: Mapped[Name]
    changed_at: Mapped[datetime]
