"""The demo's control room: somebody is there, somebody is missing, somebody stands by."""

from datetime import timedelta

import sqlalchemy as sa

from bazaar import rotation, show
from bazaar.db import db
from bazaar.demo import control, programme
from bazaar.models import AirWatch, CheckIn, ShowAct, Standby
from bazaar.rules.show.acts import ActKind
from bazaar.web import services
from tests.builders import HOST, a_product, a_release, a_seller, a_turn, a_window, an_edition


def test_the_rooms_are_alive_and_stay_so(app, now):
    edition = an_edition(channels=2)
    released = a_release(edition)
    for channel in edition.channels:
        for n in range(-3, 8):
            seller = a_seller(edition=edition)
            a_product(seller=seller)
            starts_at = now + timedelta(minutes=5 * n)
            a_turn(released, seller, starts_at=starts_at, minutes=5, channel=channel)

    control.fill(edition, now=now)

    first, second = show.standings(edition, now)
    for day, standing in (first, second):
        assert standing.on_air
        assert show.is_here(day, standing.on_air.seller)
        assert standing.pinned
        assert any(show.is_here(day, one.seller_id) for one in show.standbys(day))
    assert show.is_here(first[0], first[1].next.seller)
    assert not show.is_here(second[0], second[1].next.seller)

    before = counts()
    control.fill(edition, now=now)
    assert counts() == before
    control.fill(edition, now=now + timedelta(minutes=5))
    assert counts()[CheckIn] > before[CheckIn]


def test_an_evening_without_turns_stays_empty(app, now):
    control.fill(an_edition(), now=now)

    assert set(counts().values()) == {0}


def counts():
    return {
        model: db.session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in (CheckIn, Standby, AirWatch, ShowAct)
    }


def test_an_evening_that_people_run_is_no_fault_of_the_plan(app, now):
    edition = an_edition()
    released = a_release(edition)
    turn = a_turn(released, a_seller(edition=edition), starts_at=now, minutes=5)
    a_window(edition, opens_at=now, minutes=600)
    assert not programme._run_by_people(edition, now)
    minute = now + timedelta(minutes=1)
    show.act(edition, 1, ActKind.CLOSE, revision=0, actor=HOST, now=minute)

    programme.keep_on_air(edition, services(), now=minute)

    assert turn.release.number == rotation.find_current_release(edition).number
    assert len(edition.show_days) == 1
