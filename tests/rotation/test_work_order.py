"""Which queued draw is computed first, and which is not computed any more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import rotation, times
from bazaar.audit import CLOCK
from bazaar.db import db
from bazaar.models import AuditEntry, Draw, DrawKind, DrawStage, Edition
from bazaar.rotation import draws, replans, work
from bazaar.web import services
from tests.builders import HOST, a_seller, a_window, an_edition


def seals():
    return services().draw_seals


def an_edition_with(sellers, **given):
    edition = an_edition(freeze_minutes=0, **given)
    now = times.now().replace(microsecond=0, second=0)
    a_window(edition, opens_at=now + timedelta(days=1), minutes=30)
    for _ in range(sellers):
        a_seller(edition=edition)
    return edition


def begin(edition, *, kind=DrawKind.PLAN, actor=HOST):
    return draws.begin(
        edition, kind=kind, seals=seals(), iterations=0, actor=actor, now=times.now()
    )


def compute():
    db.session.commit()
    return work.work(seals=seals())


def release(edition):
    begin(edition)
    assert compute() == 1
    rotation.release(rotation.find_draft(edition), actor=HOST, now=times.now())


def make_history(edition):
    edition.is_current = False
    db.session.flush()


def stage_of(draw):
    db.session.expire_all()
    return draw.stage


def withdraw_one(edition):
    seller = next(turn.seller for turn in rotation.find_current_release(edition).turns)
    replans.withdraw(edition, seller, "Sakit", actor=HOST, now=times.now())


@pytest.mark.parametrize("actor", [HOST, CLOCK], ids=lambda actor: actor.name)
def test_the_current_edition_goes_first(app, actor):
    past = an_edition_with(2, is_current=False)
    release(past)
    withdraw_one(past)
    older = begin(past, kind=DrawKind.REPAIR, actor=actor)
    now = begin(an_edition_with(1))

    assert compute() == 1

    assert (stage_of(older), stage_of(now)) == (DrawStage.QUEUED, DrawStage.DONE)


def test_what_people_began_goes_before_what_the_clock_did(app):
    clocks_own, by_hand = (an_edition_with(2, is_current=False) for _ in range(2))
    for edition in (clocks_own, by_hand):
        release(edition)
        withdraw_one(edition)
    older = begin(clocks_own, kind=DrawKind.REPAIR, actor=CLOCK)
    mine = begin(by_hand, kind=DrawKind.REPAIR)

    assert compute() == 1

    assert (stage_of(older), stage_of(mine)) == (DrawStage.QUEUED, DrawStage.DONE)


def test_a_repair_of_the_clocks_for_an_edition_that_is_history_is_ended(app):
    edition = an_edition_with(2)
    release(edition)
    withdraw_one(edition)
    draw = begin(edition, kind=DrawKind.REPAIR, actor=CLOCK)
    make_history(edition)

    assert compute() == 1

    assert stage_of(draw) is DrawStage.FAILED
    assert (draw.failure, draw.secret) == (work.HISTORY, None)
    assert rotation.find_draft(edition) is None
    noted = db.session.scalars(
        sa.select(AuditEntry)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action == "rotation.draw_fail")
    ).one()
    assert (noted.actor, noted.facts["why"]) == ("clock", work.HISTORY)
    assert compute() == 0


def test_of_the_current_edition_the_clocks_repair_is_computed(app):
    edition = an_edition_with(2)
    release(edition)
    withdraw_one(edition)
    draw = begin(edition, kind=DrawKind.REPAIR, actor=CLOCK)

    assert compute() == 1

    assert stage_of(draw) is DrawStage.DONE


def test_what_people_began_for_an_edition_that_is_history_is_computed(app):
    edition = an_edition_with(1)
    draw = begin(edition)
    make_history(edition)

    assert compute() == 1

    assert stage_of(draw) is DrawStage.DONE
    assert db.session.query(Draw).count() == db.session.query(Edition).count() == 1
