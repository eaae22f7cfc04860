"""The trail: who did what, when, to which thing. Written in the same transaction as the act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar.bulk import Rows
from bazaar.errors import N_
from bazaar.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `key` is like `committee:12`, `seller:7`, `buyer`, `clock`; `name` for people."""

    key: str
    name: str


BUYER = Actor("buyer", N_("Pembeli"))
CLOCK = Actor("clock", N_("Jam"))

_NOTE = Rows(AuditEntry)


def note(actor: Actor, action: str, subject: str, *, now: datetime, **facts: Any) -> None:
    """Add a row to the trail. `action` is like `order.confirm_payment`, `subject` `order:PV-…`.

    `facts` must fit JSON and hold no secrets, tokens, addresses or phone numbers.
    """
    note_each(actor, action, {subject: facts}, now=now)


def note_each(
    actor: Actor, action: str, subjects: Mapping[str, Mapping[str, Any]], *, now: datetime
) -> None:
    """Add a row for each subject with its facts, as `note` does, in one statement."""
    _NOTE.insert(
        [
            {
                "at": now,
                "actor": actor.key,
                "actor_name": actor.name,
                "action": action,
                "subject": subject,
                "facts": facts,
            }
            for subject, facts in subjects.items()
        ]
    )


def entries(
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    between: tuple[datetime, datetime] | None = None,
) -> sa.Select[AuditEntry]:
    """Return the query for entries, newest first.

    `actor` is a key or a part of a name, `action` and `subject` are beginnings, but a subject
    with a row's number, like `account:1`, is meant as it is. Empty ones match everything. `between` is half-open.
    """
    query = sa.select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if actor:
        by_name = AuditEntry.actor_name.icontains(actor, autoescape=True)
        query = query.where(sa.or_(AuditEntry.actor == actor, by_name))
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if subject:
        whole = re.fullmatch(r"\w+:\d+", subject)
        query = query.where(
            AuditEntry.subject == subject
            if whole
            else AuditEntry.subject.startswith(subject, autoescape=True)
        )
    if between:
        query = query.where(AuditEntry.at >= between[0], AuditEntry.at < between[1])
    return query


def about(*subjects: str) -> sa.Select[AuditEntry]:
    """Return the query for entries about exactly these subjects, oldest first."""
    return (
        sa.select(AuditEntry)
        .where(AuditEntry.subject.in_(subjects))
        .order_by(AuditEntry.at, AuditEntry.id)
    )
