"""The trail: who did what, when, to which thing. Written in the same transaction as the act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bazaar.db import db
from bazaar.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `key` is like `committee:12`, `seller:7`, `buyer`, `clock`; `name` for people."""

    key: str
    name: str


BUYER = Actor("buyer", "Pembeli")
CLOCK = Actor("clock", "Jam")


def note(
    actor: Actor, action: str, subject: str, *, now: datetime, **facts: Any
) -> None:
    """Add a row to the trail. `action` is like `order.confirm_payment`, `subject` `order:PV-…`.

    `facts` must fit JSON and hold no secrets, tokens, addresses or phone numbers.
    """
    db.session.add(
        AuditEntry(
            at=now,
            actor=actor.key,
            actor_name=actor.name,
            action=action,
            subject=subject,
            facts=facts,
        )
    )
