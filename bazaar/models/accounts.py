"""People of the committee, what they may do, and their sessions."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Fingerprint, Key, Line, Name


class Role(enum.Enum):
    """What a member of the committee is trusted with. Every member may read."""

    ADMIN = "admin"
    REGISTRAR = "registrar"
    HOST = "host"
    TREASURER = "treasurer"
    DISPATCHER = "dispatcher"
    CHAIR = "chair"


class Account(Base):
    """A member of the committee. Without `totp_confirmed_at` only the enrolment page opens.

    `totp_secret` is encrypted with a key derived from the installation's secret.
    `totp_step` is the last time step whose code was used; a code works once.
    """

    __tablename__ = "accounts"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(sa.String(200), unique=True, comment="Lower case")
    name: Mapped[Name]
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    totp_secret: Mapped[str | None] = mapped_column(sa.String(200))
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(default=0)
    invitation_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    invited_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan")

    @property
    def roles(self) -> frozenset[Role]:
        """The roles granted."""
        return frozenset(grant.role for grant in self.grants)


class RoleGrant(Base):
    """An account has a role."""

    __tablename__ = "role_grants"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class Session(Base):
    """A signed-in browser. The cookie holds the token, the row its fingerprint.

    `confirmed_at` is when the second factor was last given; None: the password only.
    """

    __tablename__ = "sessions"

    id: Mapped[Key]
    token_hash: Mapped[Fingerprint]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    agent: Mapped[Line] = mapped_column(default="")

    account: Mapped[Account] = relationship()


class Allowance(Base):
    """How often something was tried since its window began (`bazaar.attempts`).

    `key` is the kind of attempt and a fingerprint of who tries.
    """

    __tablename__ = "allowances"

    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    spent: Mapped[int]
    until_at: Mapped[datetime] = mapped_column(index=True)
