"""The tick: what came due since the last one is written down once, and told."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import editions
from bazaar.db import db, insert_each
from bazaar.models import Cue
from bazaar.rules.show.cues import CueKey, DueCue, decide
from bazaar.show.days import ChannelDay, day_at, days

AT_ONCE = 500
"""How many cues one tick writes down; after a long silence it needs several."""


def tick(now: datetime) -> int:
    """Write down the cues of today and tomorrow that came due; return how many were new.

    Each is written once, however often and in however many processes this runs.
    """
    edition = editions.find_current()
    if edition is None:
        return 0
    today = day_at(edition, now)
    near = [each for day in (today, today + timedelta(days=1)) for each in days(edition, day)]
    told = _told(near)
    due = [cue for each in near for cue in decide(each.stand(now), told, now)][:AT_ONCE]
    return insert_each(Cue, [_row(cue, now) for cue in due])


def _told(near: Collection[ChannelDay]) -> set[CueKey]:
    uids = [turn.uid for each in near for turn in each.plan.turns]
    query = sa.select(Cue.turn_uid, Cue.sequence, Cue.kind, Cue.target).where(
        Cue.turn_uid.in_(uids)
    )
    return {(row.turn_uid, row.sequence, row.kind, row.target) for row in db.session.execute(query)}


def _row(cue: DueCue, now: datetime) -> dict[str, object]:
    uid, sequence, kind, target = cue.key
    return {
        "turn_uid": uid,
        "sequence": sequence,
        "kind": kind,
        "target": target,
        "due_at": cue.due_at,
        "recorded_at": now,
        "late": cue.late,
    }
