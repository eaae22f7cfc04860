from datetime import timedelta

import pytest

from bazaar import show
from bazaar.db import db
from bazaar.models import CheckIn
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    edition = an_edition()
    released = a_release(edition)
    turns = [a_turn(released, a_seller(), starts_at=now + minutes(15 * n)) for n in range(3)]
    return edition, turns


def day(evening, now):
    (found,) = show.days(evening[0], show.day_at(evening[0], now))
    return found


def test_who_comes_and_goes_is_noted_once_each(evening, now):
    seller_id = evening[1][0].seller_id
    today = day(evening, now)

    news = [
        show.check_in(today, seller_id, here=here, actor=HOST, now=now + minutes(n))
        for n, here in enumerate([False, True, True, False, False, True])
    ]

    assert news == [False, True, False, True, False, True]
    assert db.session.query(CheckIn).count() == 3
    assert show.is_here(day(evening, now), seller_id)
    assert day(evening, now).plan.present[seller_id] == [
        (now + minutes(1), now + minutes(3)),
        (now + minutes(5), None),
    ]


def test_standbys_are_a_list_in_order(evening, now):
    first, second = a_seller(), a_seller()
    today = day(evening, now)
    show.add_standby(today, first.id, actor=HOST, now=now)
    show.add_standby(today, second.id, actor=HOST, now=now)
    with pytest.raises(show.StandsByAlready):
        show.add_standby(today, first.id, actor=HOST, now=now)

    assert [each.seller for each in show.standbys(today)] == [first, second]
    show.remove_standby(today, first.id, actor=HOST, now=now)
    show.remove_standby(today, first.id, actor=HOST, now=now)
    assert [each.seller for each in show.standbys(today)] == [second]


def test_a_slot_is_filled_by_a_standby_then_by_who_is_next_and_near(evening, now):
    _, (_, second, _) = evening
    standby = a_seller()
    at = now + minutes(6)
    show.add_standby(day(evening, now), standby.id, actor=HOST, now=now)

    def proposals():
        today = day(evening, now)
        return [(each.kind.value, each.seller) for each in show.fills(today, today.stand(at), at)]

    assert proposals() == [("filler", None)]
    show.check_in(day(evening, now), second.seller_id, here=True, actor=HOST, now=now)
    assert proposals() == [("next", second.seller_id), ("filler", None)]
    show.check_in(day(evening, now), standby.id, here=True, actor=HOST, now=now)
    assert proposals()[0] == ("standby", standby.id)
