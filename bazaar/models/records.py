"""What is kept about the work itself: audit rows, letters to send, imports, the installation."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bazaar.db import Base, Facts, Key, Line, Name, Text


class AuditEntry(Base):
    """Who did what to which thing, and when. Only ever inserted.

    `actor` is like `committee:12`, `seller:7`, `buyer` or `clock`; `subject` like `order:PV-7XK2Q`.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject"),)

    id: Mapped[Key]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(sa.String(40))
    actor_name: Mapped[Name]
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(80))
    facts: Mapped[Facts]


class Message(Base):
    """A letter to be sent, written in the transaction of the fact it tells of.

    `key` makes it exist once. `next_try_at` is None when it was sent or given up. `way` names who
    carries it; after `valid_until` it is no longer worth sending.
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.Index("ix_messages_next_try_at", "next_try_at"),
        sa.Index("ix_messages_valid_until", "valid_until"),
    )

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    way: Mapped[str] = mapped_column(sa.String(20), default="mail")
    to: Mapped[Line]
    subject: Mapped[Line]
    text: Mapped[Text]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    failure: Mapped[Line] = mapped_column(default="")


class ImportDraft(Base):
    """An upload of lists, shown for review; nothing else is stored yet. Applied once.

    `outcome` counts what applying it did: new, changed and same rows by kind.
    """

    __tablename__ = "import_drafts"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(20), comment="sellers, products or both")
    file_name: Mapped[Line]
    rows: Mapped[Facts] = mapped_column(comment="The lists as read, see bazaar.imports.drafts")
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    outcome: Mapped[Facts | None]


class Installation(Base):
    """One row: whether this database holds play data (`demo`) or a real bazaar (`real`)."""

    __tablename__ = "installation"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(10))
    marked_at: Mapped[datetime]
