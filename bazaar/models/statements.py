"""Statements of accounts ("mutasi"): files as they were read, line by line, and what became of it."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Facts, Key, Line, Name, Text
from bazaar.models.payments import Payment, ReceivingAccount


class StatementState(enum.Enum):
    """How far an import is."""

    READ = "read"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class StatementProfile(Base):
    """How the columns of an account's files are to be read, as a person said once."""

    __tablename__ = "statement_profiles"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("receiving_accounts.id"), unique=True)
    columns: Mapped[Facts]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]


class StatementImport(Base):
    """A file of one account. `beat_at` is sign of life and claim of the worker in one."""

    __tablename__ = "statement_imports"
    __table_args__ = (sa.Index("ix_statement_imports_state", "state"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("receiving_accounts.id"), index=True)
    file_name: Mapped[Line]
    digest: Mapped[str] = mapped_column(sa.String(64), comment="SHA-256 of the file")
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, comment="Until it is done")
    profile: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[StatementState]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Facts] = mapped_column(default=dict)
    failure: Mapped[Line] = mapped_column(default="")
    made_by: Mapped[Name]
    made_at: Mapped[datetime] = mapped_column(index=True)
    beat_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    undone_by: Mapped[Name] = mapped_column(default="")
    undone_at: Mapped[datetime | None]

    account: Mapped[ReceivingAccount] = relationship()


class StatementLine(Base):
    """A line of an account's statement, stored once however often its file comes.

    Two equal lines of one file are told apart by `occurrence`. Amounts are sen, 1/100 rupiah.
    """

    __tablename__ = "statement_lines"
    __table_args__ = (
        sa.Index(
            "uq_statement_lines_fingerprint",
            "account_id",
            "fingerprint",
            "occurrence",
            unique=True,
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        ),
    )

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("statement_imports.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("receiving_accounts.id"))
    number: Mapped[int] = mapped_column(comment="Of the line in its file")
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    occurrence: Mapped[int] = mapped_column(default=1)
    day: Mapped[date]
    time: Mapped[str] = mapped_column(sa.String(8), default="")
    amount_sen: Mapped[int]
    credit: Mapped[bool]
    description: Mapped[Text] = mapped_column(default="")
    reference: Mapped[Line] = mapped_column(default="")
    balance_sen: Mapped[int | None]
    result: Mapped[str] = mapped_column(sa.String(20), default="")
    rule: Mapped[str] = mapped_column(sa.String(4), default="")
    facts: Mapped[Facts] = mapped_column(default=dict, comment="Orders it may be for")
    payment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    undone_at: Mapped[datetime | None]

    payment: Mapped[Payment | None] = relationship()
