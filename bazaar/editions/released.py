"""Released turns that a change of airtime would leave without their time.

Such a change is allowed, but only to somebody who was told how many turns it costs. The release
stays as it is; repairing the plan gives those sellers other turns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Channel, ClosedTime, Edition, Release, ShowDay, Turn, Window


@dataclass(eq=False)
class TurnsLoseTime(Conflict):
    """Released turns would lose their airtime, and nobody agreed to that; nothing was changed."""

    turns: int
    turn_ids: tuple[int, ...]
    text = N_(
        "Ada {turns} giliran terbit yang kehilangan waktunya. Setujui dulu, lalu tambal jadwal."
    )


@dataclass
class Loss:
    """What a change cost: so many coming turns of the release in force have no time any more."""

    turns: int = 0


@contextmanager
def agreeing(edition: Edition, agreed: int, now: datetime) -> Iterator[Loss]:
    """Do the block's changes of airtime unless they strand other than `agreed` released turns.

    Raises TurnsLoseTime with the number to agree to; then the block's changes are undone. The
    caller holds the edition's lock.
    """
    loss = Loss()
    before = stranded(edition, now)
    with db.session.begin_nested():
        yield loss
        db.session.flush()
        lost = stranded(edition, now) - before
        if lost and len(lost) != agreed:
            raise TurnsLoseTime(len(lost), tuple(sorted(lost)))
        loss.turns = len(lost)


def stranded(edition: Edition, now: datetime) -> set[int]:
    """Return the ids of turns of the release in force, not over yet, that have no airtime.

    They lie in no window, in a closed time, or on a channel that is lost.
    """
    in_window = (
        sa.select(Window.id)
        .join(ShowDay)
        .where(
            ShowDay.edition_id == edition.id,
            Window.opens_at <= Turn.starts_at,
            Window.closes_at >= Turn.ends_at,
        )
    )
    in_closed = sa.select(ClosedTime.id).where(
        ClosedTime.edition_id == edition.id,
        ClosedTime.starts_at < Turn.ends_at,
        ClosedTime.ends_at > Turn.starts_at,
    )
    query = (
        sa.select(Turn.id)
        .join(Channel, Channel.id == Turn.channel_id)
        .where(
            Turn.release_id == _in_force(edition),
            Turn.ends_at > now,
            sa.or_(~in_window.exists(), in_closed.exists(), Channel.lost_from < Turn.ends_at),
        )
    )
    return set(db.session.scalars(query))


def _in_force(edition: Edition) -> sa.ScalarSelect[int]:
    return (
        sa.select(Release.id)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc())
        .limit(1)
        .scalar_subquery()
    )
