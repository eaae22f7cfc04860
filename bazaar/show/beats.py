"""The clock's sign of life: one row, which says when it last ticked and how far it has come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar.db import claim, db, insert_once
from bazaar.models import Beat

SILENT_AFTER = timedelta(seconds=10)
"""A clock that has not ticked for so long is shown in red: something is wrong with it."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the clock is. `age`: since its last tick, never negative; `process`: who ticked."""

    at: datetime
    age: timedelta
    ticks: int
    process: str

    @property
    def silent(self) -> bool:
        """Whether somebody must look after it. Pages are right without it; cues wait."""
        return self.age > SILENT_AFTER


def pulse(now: datetime) -> Pulse | None:
    """Return how the clock is, or None where none has ever ticked; one small query."""
    found = db.session.execute(sa.select(Beat.at, Beat.ticks, Beat.process)).one_or_none()
    if found is None:
        return None
    return Pulse(found.at, max(now - found.at, timedelta(0)), found.ticks, found.process)


def beat(process: str, *, ticks: int, done: bool, now: datetime) -> None:
    """Write down that `process` has ticked so often since it last said so.

    `done`: all that came due until now is written down; a clock that starts goes on from there.
    """
    facts = {"at": now, "process": process} | ({"done_until": now} if done else {})
    if not claim(sa.update(Beat).where(Beat.id == 1).values(ticks=Beat.ticks + ticks, **facts)):
        # The first one ever: what was due before is nobody's fault.
        insert_once(Beat, id=1, at=now, ticks=ticks, process=process, done_until=now)
