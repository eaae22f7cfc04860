from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db
from bazaar.models import Cue
from bazaar.rules.show.cues import CueKind
from bazaar.show import ticking
from tests.builders import a_release, a_seller, a_turn, an_edition


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    released = a_release(an_edition(gap_minutes=2))
    return [
        a_turn(released, a_seller(), starts_at=now),
        a_turn(released, a_seller(), starts_at=now + minutes(17)),
    ]


def recorded(kind):
    query = sa.select(Cue).where(Cue.kind == kind).order_by(Cue.due_at, Cue.target)
    return list(db.session.scalars(query))


def test_what_passed_is_written_down_once(evening, now):
    first, second = evening

    show.tick(now + minutes(1))
    assert show.tick(now + minutes(1)) == 0
    show.tick(now + minutes(33))
    assert show.tick(now + minutes(33)) == 0

    began = recorded(CueKind.ON_AIR)
    assert [(cue.turn_uid, cue.due_at) for cue in began[::2]] == [
        (first.uid, first.starts_at),
        (second.uid, second.starts_at),
    ]
    assert [(cue.turn_uid, cue.due_at) for cue in recorded(CueKind.DONE)] == [
        (first.uid, first.ends_at),
        (second.uid, second.ends_at),
    ]


def test_what_came_due_while_no_clock_ran_is_late(evening, now):
    show.tick(now + minutes(120))

    assert all(cue.late for cue in db.session.scalars(sa.select(Cue)))
    assert recorded(CueKind.ON_AIR)


def test_a_long_silence_is_caught_up_in_portions(evening, now, monkeypatch):
    monkeypatch.setattr(ticking, "AT_ONCE", 3)
    found = []
    while written := show.tick(now + minutes(120)):
        found.append(written)

    assert found[:-1] == [3] * (len(found) - 1)
    assert sum(found) == db.session.query(Cue).count() > 6
