from datetime import timedelta

import pytest

from bazaar import broadcast
from bazaar.db import db
from bazaar.models import Cue
from bazaar.rules.on_air import Place
from tests.builders import a_channel, a_release, a_seller, a_turn, an_edition


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    """One channel: batik 19.00-19.15, a gap of 2 minutes, kopi 19.17-19.32."""
    edition = an_edition(gap_minutes=2)
    released = a_release(edition)
    batik, kopi = a_seller(name="Batik Sri"), a_seller(name="Kopi Ijen")
    first = a_turn(released, batik, starts_at=now)
    second = a_turn(released, kopi, starts_at=now + minutes(17))
    return edition, first, second


@pytest.mark.parametrize(
    ("minute", "on", "coming", "changing"),
    [
        (-1, None, 0, False),
        (0, 0, 1, False),
        (14.9, 0, 1, False),
        (15, None, 1, True),
        (17, 1, None, False),
        (32, None, None, False),
    ],
)
def test_now_and_next_are_right_although_no_job_ever_ran(
    evening, now, minute, on, coming, changing
):
    edition, *turns = evening

    (channel,) = broadcast.now_and_next(edition, now=now + minutes(minute))

    assert channel.on_air == (None if on is None else turns[on])
    assert channel.next == (None if coming is None else turns[coming])
    assert channel.changing is changing
    assert db.session.query(Cue).count() == 0


def test_channels_stand_by_number_and_an_empty_one_has_nobody(evening, now):
    edition, first, _ = evening
    a_channel(edition, number=2, name="Dapur")

    found = broadcast.now_and_next(edition, now=now)

    assert [(c.channel.name, c.on_air) for c in found] == [("Saluran 1", first), ("Dapur", None)]


def test_now_and_next_is_two_queries_with_sellers_loaded(evening, now, queries):
    edition, *_ = evening
    broadcast.now_and_next(edition, now=now)  # the day is read once, then only when it changed
    db.session.expire_all()
    edition.id  # noqa: B018
    queries.clear()

    (channel,) = broadcast.now_and_next(edition, now=now)

    assert channel.on_air
    assert channel.on_air.seller.name == "Batik Sri"
    assert channel.next
    assert channel.next.seller.name == "Kopi Ijen"
    assert len(queries) == 2


def test_only_the_latest_release_counts(evening, now):
    edition, first, _ = evening
    newer = a_release(edition, number=2)
    a_release(edition, number=None)
    other = a_turn(newer, first.seller, starts_at=now + minutes(5))

    (channel,) = broadcast.now_and_next(edition, now=now)

    assert (channel.on_air, channel.next) == (None, other)


def test_the_turn_on_air_of_a_seller(evening, now):
    _, first, second = evening

    assert broadcast.turn_on_air(first.seller_id, now=now) == first
    assert broadcast.turn_on_air(second.seller_id, now=now) is None
    assert broadcast.turn_on_air(first.seller_id, now=now + minutes(15)) is None


def test_what_still_comes_today(evening, now):
    edition, first, second = evening
    third = a_turn(first.release, first.seller, starts_at=now + minutes(40))
    a_turn(first.release, first.seller, starts_at=now + timedelta(days=1))

    assert broadcast.later_today(edition, limit=9, now=now) == [
        (second, Place.NEXT),
        (third, Place.LATER),
    ]
    assert broadcast.later_today(edition, limit=1, now=now) == [(second, Place.NEXT)]
