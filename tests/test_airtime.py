"""From closed hours to the plan: what loses its time is planned elsewhere."""

from datetime import time, timedelta

import pytest

from bazaar import rotation, times
from bazaar.db import db
from bazaar.editions import TurnsLoseTime, channels, closed_times, released
from bazaar.editions.closed_times import Pause
from bazaar.models import ClosedKind, Turn
from tests.builders import HOST, a_seller, a_window, an_edition


def planned(edition, now):
    draft = rotation.make_draft(edition, seed="benih", actor=HOST, now=now)
    return rotation.release(draft, actor=HOST, now=now)


def turns(release):
    return db.session.query(Turn).filter_by(release_id=release.id).all()


def test_a_plan_after_closing_keeps_clear_of_what_was_closed(app, now):
    edition = an_edition(channels=2, max_turns_per_day=None)
    start = now + timedelta(days=2)
    a_window(edition, opens_at=start, minutes=120)
    for _ in range(8):
        a_seller(edition=edition)
    first = planned(edition, now)
    assert len(turns(first)) == 16

    day = times.day_of(start, edition.zone)
    pause = Pause(ClosedKind.BREAK, day, time(19, 30), time(20))
    with pytest.raises(TurnsLoseTime) as asked:
        closed_times.add(edition, [pause], actor=HOST, now=now)
    agreed = asked.value.turns
    assert closed_times.add(edition, [pause], agreed=agreed, actor=HOST, now=now) == 4
    assert len(turns(first)) == 16
    assert len(released.stranded(edition, now)) == 4

    second = planned(edition, now)

    assert released.stranded(edition, now) == set()
    assert len(turns(second)) == 12
    channels.lose(edition.channels[1], start + timedelta(minutes=60), agreed=4, actor=HOST, now=now)
    third = planned(edition, now)
    assert released.stranded(edition, now) == set()
    assert len(turns(third)) == 8
