"""How many watched each turn, as somebody read it off the platform."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Invalid
from bazaar.models import AirWatch
from bazaar.show.days import ChannelDay

MOST = 10_000_000


class NotACount(Invalid):
    """Nobody counts so many viewers, or fewer than none."""

    text = N_("Isi jumlah penonton dengan angka 0 sampai 10.000.000.")


def viewers_of(uids: Collection[str]) -> dict[str, int]:
    """Return by turn how many watched it, as far as somebody wrote it down."""
    query = sa.select(AirWatch.turn_uid, AirWatch.viewers).where(AirWatch.turn_uid.in_(uids))
    return dict(db.session.execute(query).all())


def set_viewers(
    channel: ChannelDay, counts: Mapping[str, int | None], *, actor: Actor, now: datetime
) -> int:
    """Write down how many watched turns of this channel's day; None takes a number back.

    Returns how many changed. Turns of other days are left alone. Raises NotACount.
    """
    if any(count is not None and not 0 <= count <= MOST for count in counts.values()):
        raise NotACount
    own = {turn.uid for turn in channel.plan.turns}
    known = viewers_of(own)
    changed = {uid: n for uid, n in counts.items() if uid in own and known.get(uid) != n}
    for uid, count in changed.items():
        if count is None:
            db.session.execute(sa.delete(AirWatch).where(AirWatch.turn_uid == uid))
        else:
            _write(uid, count, actor, now)
        audit.note(actor, "show.viewers", f"turn:{uid}", now=now, viewers=count)
    return len(changed)


def _write(uid: str, count: int, actor: Actor, now: datetime) -> None:
    facts = {"viewers": count, "noted_by": actor.name, "noted_at": now}
    if not insert_once(AirWatch, turn_uid=uid, **facts):
        db.session.execute(sa.update(AirWatch).where(AirWatch.turn_uid == uid).values(**facts))
