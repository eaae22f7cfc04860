"""The plan: drafts and releases of the rotation, their turns, and what the clock recorded."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line, Name
from bazaar.models.editions import Channel
from bazaar.models.sellers import Seller


class DrawKind(enum.Enum):
    """What a draw computes: a whole plan, a repair of the released one, or all of it anew."""

    PLAN = "plan"
    REPAIR = "repair"
    REBUILD = "rebuild"


class DrawStage(enum.Enum):
    """How far a draw is: secret committed, input frozen, waiting for the planner, and so on."""

    COMMITTED = "committed"
    FROZEN = "frozen"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Draw(Base):
    """One draw of an edition, from commitment to revelation. Never deleted, only completed.

    `commitment` is the SHA-256 of a secret that stays sealed until the draw is done; `witness`
    names the public value that will enter the seed, empty when none does. `instance` is the
    frozen input in the exchange format: canonical JSON, gzipped; `instance_digest` its SHA-256
    before that. `percent` and `beat_at` tell how far the planner is and that it is alive. `needs`
    names what a repair answers, so that it is proposed once.
    """

    __tablename__ = "draws"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "number"),
        sa.CheckConstraint("percent between 0 and 100", name="percent_exists"),
        sa.Index("ix_draws_stage", "stage"),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    number: Mapped[int]
    kind: Mapped[DrawKind]
    stage: Mapped[DrawStage]
    rule: Mapped[str] = mapped_column(sa.String(40), comment="Name of the planner")
    iterations: Mapped[int]
    commitment: Mapped[str] = mapped_column(sa.String(64))
    sealed_secret: Mapped[Line]
    secret: Mapped[str | None] = mapped_column(sa.String(64), comment="Hex, once revealed")
    witness: Mapped[Line] = mapped_column(default="")
    public_value: Mapped[Line] = mapped_column(default="")
    instance: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    instance_digest: Mapped[str | None] = mapped_column(sa.String(64))
    base_number: Mapped[int | None] = mapped_column(comment="The release in force when frozen")
    seed: Mapped[str | None] = mapped_column(sa.String(64))
    plan: Mapped[bytes | None] = mapped_column(sa.LargeBinary, comment="Gzipped rotation-plan/1")
    plan_digest: Mapped[str | None] = mapped_column(sa.String(64))
    percent: Mapped[int] = mapped_column(default=0)
    failure: Mapped[Line] = mapped_column(default="")
    needs: Mapped[Facts] = mapped_column(default=dict)
    made_by: Mapped[Name]
    committed_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class Release(Base):
    """One version of the rotation. A draft has no number; a released one never changes.

    `base_id` is the release that was current when the draft was made. A draft that another one
    replaced keeps its row, so that every draw stays on record, but not its turns. `revision`
    counts the hand edits of a draft: who edits an older revision is refused. `figures` are those
    of `bazaar.rules.rotation.figures`, worked out with the plan.
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
    draw_id: Mapped[int | None] = mapped_column(sa.ForeignKey("draws.id"))
    revision: Mapped[int] = mapped_column(default=0)
    figures: Mapped[Facts] = mapped_column(default=dict)
    note: Mapped[Line] = mapped_column(default="")
    made_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]

    turns: Mapped[list["Turn"]] = relationship(
        back_populates="release", order_by="(Turn.starts_at, Turn.channel_id)"
    )


class Turn(Base):
    """A seller's slot on air in one release. `reasons` tells why this seller, as facts.

    `uid` names the turn through all releases, also when it moves; `sequence` is the number of
    the release that last changed it (0 in a first draft). Both are what calendars ask for.
    """

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
    uid: Mapped[str] = mapped_column(sa.String(32), default=lambda: uuid.uuid4().hex, index=True)
    sequence: Mapped[int] = mapped_column(default=0)

    release: Mapped[Release] = relationship(back_populates="turns")
    channel: Mapped[Channel] = relationship()
    seller: Mapped[Seller] = relationship()


class Share(Base):
    """How one seller came out of a release: the fairness ledger, a row each.

    `place` in the draw counts from 1 (0: not drawn); weights as in `rules.rotation.Standing`.
    """

    __tablename__ = "shares"

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("releases.id"), primary_key=True)
    seller_id: Mapped[int] = mapped_column(
        sa.ForeignKey("sellers.id"), primary_key=True, index=True
    )
    place: Mapped[int]
    rounds: Mapped[int]
    turns: Mapped[int]
    prime: Mapped[int]
    carry: Mapped[int]
    share: Mapped[int]

    seller: Mapped[Seller] = relationship()


class Pin(Base):
    """A slot that keeps its seller in every draft, or with no seller stays empty."""

    __tablename__ = "pins"
    __table_args__ = (sa.UniqueConstraint("channel_id", "starts_at"),)

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("channels.id"))
    starts_at: Mapped[datetime]
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    note: Mapped[Line] = mapped_column(default="")
    made_by: Mapped[Name]
    made_at: Mapped[datetime]


class EditKind(enum.Enum):
    """What a hand did to a draft."""

    PIN = "pin"
    UNPIN = "unpin"
    SWAP = "swap"
    MOVE = "move"
    EMPTY = "empty"
    PUT = "put"


class PlanEdit(Base):
    """One hand edit of a draft, kept with the release it became.

    `changes` lists {channel, starts_at, before, after}: the channel's id, and seller codes or
    null; what else they hold is for undoing, which puts `before` back and leaves the row.
    """

    __tablename__ = "plan_edits"
    __table_args__ = (sa.UniqueConstraint("release_id", "number"),)

    id: Mapped[Key]
    release_id: Mapped[int] = mapped_column(sa.ForeignKey("releases.id"))
    number: Mapped[int]
    kind: Mapped[EditKind]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    why: Mapped[Line] = mapped_column(default="")
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class MissedTurn(Base):
    """A seller was not there for its turn. Excused, the turn counts as not had."""

    __tablename__ = "missed_turns"
    __table_args__ = (sa.UniqueConstraint("edition_id", "turn_uid"),)

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"))
    turn_uid: Mapped[str] = mapped_column(sa.String(32))
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    starts_at: Mapped[datetime]
    excused: Mapped[bool]
    why: Mapped[Line] = mapped_column(default="")
    noted_by: Mapped[Name]
    noted_at: Mapped[datetime]


class RequestKind(enum.Enum):
    """What a seller asks for."""

    SWAP = "swap"
    GIVE_BACK = "give_back"
    MOVE = "move"


class RequestState(enum.Enum):
    """Where a seller's request stands; AGREED: both sellers want it, the committee may veto."""

    ASKED = "asked"
    AGREED = "agreed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    VETOED = "vetoed"
    LAPSED = "lapsed"


class TurnRequest(Base):
    """A seller asks to swap a turn, give it back or have it moved. Answered until `answer_by`.

    `preferred` holds {"windows": [ids]} that a move would suit.
    """

    __tablename__ = "turn_requests"
    __table_args__ = (
        sa.Index("ix_turn_requests_state", "state", "answer_by"),
        sa.Index(
            "uq_turn_requests_open",
            "turn_uid",
            unique=True,
            sqlite_where=sa.text("state in ('asked', 'agreed')"),
            postgresql_where=sa.text("state in ('asked', 'agreed')"),
        ),
    )

    id: Mapped[Key]
    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState]
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    turn_uid: Mapped[str] = mapped_column(sa.String(32))
    starts_at: Mapped[datetime]
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    other_uid: Mapped[str | None] = mapped_column(sa.String(32))
    other_starts_at: Mapped[datetime | None]
    wish: Mapped[Line] = mapped_column(default="")
    preferred: Mapped[Facts] = mapped_column(default=dict)
    answer: Mapped[Line] = mapped_column(default="")
    answer_by: Mapped[datetime]
    veto_by: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
