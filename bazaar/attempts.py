"""How often something may be tried: counted in the database, right for any number of processes.

A window begins with the first attempt and is over after its length; what is counted is kept as a
fingerprint, because keys are e-mail and network addresses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar.db import claim, db, insert_once
from bazaar.models import Allowance
from bazaar.tokens import fingerprint


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` attempts of a kind within `within`."""

    kind: str
    times: int
    within: timedelta


def spend(limit: Limit, key: str, *, now: datetime) -> datetime | None:
    """Count one attempt; return None if it is within the limit, else when to come back.

    An attempt over the limit is not counted. Two parallel last attempts: one is refused.
    """
    name = _name(limit, key)
    if insert_once(Allowance, key=name, spent=1, until_at=now + limit.within):
        return None
    again = (
        sa.update(Allowance)
        .where(Allowance.key == name, Allowance.until_at <= now)
        .values(spent=1, until_at=now + limit.within)
    )
    more = (
        sa.update(Allowance)
        .where(Allowance.key == name, Allowance.until_at > now, Allowance.spent < limit.times)
        .values(spent=Allowance.spent + 1)
    )
    if claim(again) or claim(more):
        return None
    return find_end(limit, key, now=now) or now


def find_end(limit: Limit, key: str, *, now: datetime) -> datetime | None:
    """Return when an exhausted allowance is renewed, or None if attempts are left."""
    query = sa.select(Allowance.until_at).where(
        Allowance.key == _name(limit, key),
        Allowance.until_at > now,
        Allowance.spent >= limit.times,
    )
    return db.session.scalar(query)


def give_back(limit: Limit, key: str, *, now: datetime) -> None:
    """Do not count one attempt after all: it was right."""
    db.session.execute(
        sa.update(Allowance)
        .where(Allowance.key == _name(limit, key), Allowance.until_at > now, Allowance.spent > 0)
        .values(spent=Allowance.spent - 1)
    )


def forget_old(now: datetime) -> int:
    """Remove allowances whose window is over; return how many."""
    gone = db.session.execute(sa.delete(Allowance).where(Allowance.until_at <= now))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _name(limit: Limit, key: str) -> str:
    return f"{limit.kind}:{fingerprint(key)}"
