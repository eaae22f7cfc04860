from datetime import timedelta

import pytest

from bazaar import broadcast, show
from bazaar.broadcast import Listed, SellerNow
from bazaar.db import db
from bazaar.models import Cue, Participation
from bazaar.rules.on_air import Place
from bazaar.rules.show.acts import ActKind
from tests.builders import HOST, a_channel, a_release, a_seller, a_turn, an_edition, keep


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

    channels = broadcast.now_and_next(edition, now=now)
    assert broadcast.later_today(edition, channels, limit=9, now=now) == [
        Listed(second, Place.NEXT),
        Listed(third, Place.LATER),
    ]
    assert broadcast.later_today(edition, channels, limit=1, now=now) == [
        Listed(second, Place.NEXT)
    ]


@pytest.fixture
def late(evening, now):
    """The first began ten minutes late, by the host's hand, and is on for five minutes more."""
    edition, first, second = evening
    do(edition, ActKind.BY_HOST, now - minutes(1), 0)
    do(edition, ActKind.START, now + minutes(10), 1, turn=first.uid)
    do(edition, ActKind.BY_CLOCK, now + minutes(11), 2)
    return edition, first, second


def do(edition, kind, at, revision, **more):
    show.act(edition, 1, kind, revision=revision, actor=HOST, now=at, **more)


def test_lists_say_who_is_really_on_and_when_the_others_are_expected(late, now):
    edition, first, second = late
    at = now + minutes(20)
    channels = broadcast.now_and_next(edition, now=at)
    expected = now + minutes(25)

    assert broadcast.places(channels, [first, second], now=at) == [
        Listed(first, Place.NOW),
        Listed(second, Place.NEXT, expected),
    ]
    assert broadcast.later_today(edition, channels, limit=9, now=at) == [
        Listed(second, Place.NEXT, expected)
    ]
    assert broadcast.open_since(channels, now=at) < first.ends_at
    assert [turn for turn, _ in broadcast.coming(edition, limit=9, now=at)] == [first, second]


def test_a_stall_says_when_its_seller_is_really_to_be_seen(late, now):
    edition, first, second = late
    at = now + minutes(20)

    batik = broadcast.of_seller(first.seller_id, now=at)
    assert (batik.on_air, batik.ends_at, batik.next) == (first, now + minutes(25), None)
    kopi = broadcast.of_seller(second.seller_id, now=at)
    assert (kopi.on_air, kopi.next) == (None, Listed(second, Place.NEXT, now + minutes(25)))
    do(edition, ActKind.NO_SHOW, at, 3, turn=second.uid)
    assert broadcast.of_seller(second.seller_id, now=at) == SellerNow(None, None, None)


def test_who_fills_in_is_on_air_and_whose_turn_it_was_is_not(evening, now):
    edition, first, second = evening
    keep(Participation(edition_id=edition.id, seller_id=second.seller_id, joined_at=now))
    do(edition, ActKind.NO_SHOW, now + minutes(1), 0, turn=first.uid, seller=second.seller_id)
    at = now + minutes(2)
    channels = broadcast.now_and_next(edition, now=at)

    assert broadcast.places(channels, [first], now=at) == [Listed(first, Place.PAST)]
    assert broadcast.of_seller(first.seller_id, now=at).on_air is None
    filling = broadcast.of_seller(second.seller_id, now=at)
    assert (filling.on_air, filling.next) == (first, Listed(second, Place.NEXT))


def test_in_a_hold_no_time_is_told(late, now):
    edition, _, second = late
    do(edition, ActKind.HOLD, now + minutes(20), 3, text="Azan")
    at = now + minutes(21)
    channels = broadcast.now_and_next(edition, now=at)

    assert broadcast.later_today(edition, channels, limit=9, now=at) == [Listed(second, Place.NEXT)]
