"""`flask audit` is silent about reminders that are right, and exact about those that are not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, outbox, show
from bazaar.db import db
from bazaar.models import Cue, Message
from bazaar.rules.show.cues import CueKind
from tests.builders import a_release, a_seller, a_turn, an_edition
from tests.show.cueing import leave, messages, minutes


@pytest.fixture
def told(app, now):
    """A turn whose seller was called in time; returns when."""
    seller = a_seller(email="sekar@umkm.test")
    turn = a_turn(a_release(an_edition()), seller, starts_at=now + timedelta(days=1))
    at = turn.starts_at - minutes(15)
    db.session.flush()
    show.forget()
    show.tick(at)
    outbox.close(leave(at), None, now=at)
    return at


def found():
    db.session.flush()
    return [(one.check, one.subject, one.found) for one in inspection.differences()]


def test_what_the_clock_told_is_sound(told):
    assert {one.way for one in messages()} == {"mail", "hand"}
    assert found() == []


def test_a_message_without_its_cue(told):
    db.session.execute(sa.delete(Cue).where(Cue.kind == CueKind.CALL))

    assert [(check, what) for check, _, what in found()] == [("reminders", "none")] * 2


def test_a_message_for_a_late_cue(told):
    db.session.execute(sa.update(Cue).where(Cue.kind == CueKind.CALL).values(late=True))

    assert {what for *_, what in found()} == {"a late one"}


def test_a_message_that_went_too_late(told):
    late = sa.update(Message).where(Message.way == "mail")
    db.session.execute(late.values(sent_at=told + minutes(11)))

    ((check, subject, _),) = found()
    assert check == "reminders"
    assert ":call:seller:mail" in subject
