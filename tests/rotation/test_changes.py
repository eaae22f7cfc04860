from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bazaar import rotation, times
from bazaar.db import db
from bazaar.models import Turn
from bazaar.rotation import ChangeKind, Spot
from bazaar.rotation.changes import seller_changes
from tests.builders import a_release, a_seller, a_turn, an_edition

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
numbers = count(1)


def spot(hours, channel=1, minutes=15):
    start = NOON + timedelta(hours=hours)
    number = next(numbers)
    return Spot(7, channel, start, start + timedelta(minutes=minutes), number, f"u{number}", 1)


def paired(before, after):
    found = seller_changes(7, before, after, times.WIB)
    return [(change.before, change.after) for change in found.changes]


def test_what_stays_is_untouched_whatever_its_row_is_called():
    one, again = spot(0), spot(0)

    found = seller_changes(7, [one], [again], times.WIB)

    assert (found.changes, found.untouched) == ((), ((one, again),))


@pytest.mark.parametrize(
    "after",
    [spot(1), spot(0, channel=2), spot(0, minutes=20)],
    ids=["later", "another channel", "another length"],
)
def test_a_turn_lost_and_one_gained_are_one_turn_moved(after):
    before = spot(0)

    assert paired([before], [after]) == [(before, after)]


def test_the_nearest_are_paired_but_those_of_one_day_first():
    # 1 March 23.00 in Jakarta: midnight is nearer than the morning, but another day.
    late, night, morning = spot(11), spot(13), spot(0)

    assert paired([late], [night, morning]) == [(late, morning), (None, night)]


def test_what_has_no_partner_is_lost_or_gained():
    a, b, c = spot(0), spot(1), spot(1.25)

    assert paired([a, b], [c]) == [(a, None), (b, c)]
    assert paired([c], [a, b]) == [(None, a), (c, b)]


hours = st.sets(st.integers(0, 96), max_size=8)


@settings(max_examples=60)
@given(hours, hours)
def test_nothing_is_forgotten_and_nothing_counted_twice(had, has):
    before, after = [spot(h) for h in had], [spot(h) for h in has]

    found = seller_changes(7, before, after, times.WIB)

    olds = [one.before for one in found.changes if one.before] + [a for a, _ in found.untouched]
    news = [one.after for one in found.changes if one.after] + [b for _, b in found.untouched]
    assert sorted(olds) == sorted(before)
    assert sorted(news) == sorted(after) == sorted(found.turns)
    assert len(found.untouched) == len(had & has)
    kinds = {one.kind for one in found.changes}
    assert not {ChangeKind.LOST, ChangeKind.GAINED} <= kinds


@pytest.fixture
def two_plans(app, now):
    """Of four sellers one keeps its turn, one moves to the next day, one loses, one gains."""
    edition = an_edition(channels=2)
    keeps, moves, loses, gains = (a_seller(edition=edition) for _ in range(4))
    old, new = a_release(edition, number=1), a_release(edition, number=2)
    for plan in (old, new):
        a_turn(plan, keeps, starts_at=now)
    a_turn(old, moves, starts_at=now + timedelta(minutes=15))
    a_turn(new, moves, starts_at=now + timedelta(days=1))
    a_turn(old, loses, starts_at=now + timedelta(minutes=30))
    a_turn(new, gains, starts_at=now + timedelta(minutes=30))
    return old, new, (keeps.id, moves.id, loses.id, gains.id)


def test_two_plans_are_compared_by_seller_and_by_day(two_plans, now, queries):
    old, new, (keeps, moves, loses, gains) = two_plans
    queries.clear()

    found = rotation.compare(old, new)

    assert len(queries) == 2
    assert [one.seller_id for one in found.affected] == [loses, moves, gains]
    assert {kind: found.count(kind) for kind in ChangeKind} == dict.fromkeys(ChangeKind, 1)
    assert found.untouched == 1
    assert found.sellers[keeps].changes == ()
    days = found.by_day(times.WIB)
    assert {day: [change.spot.seller_id for change in one] for day, one in days.items()} == {
        now.date(): [loses, gains, moves],
        now.date() + timedelta(days=1): [moves],
    }


def test_against_nothing_every_turn_is_gained(two_plans):
    old, _, _ = two_plans

    found = rotation.compare(None, old)

    assert found.count(ChangeKind.GAINED) == 3
    assert len(found.affected) == 3


def test_a_national_plan_is_compared_in_a_moment(app, now, queries):
    edition = an_edition(channels=5)
    old, new = a_release(edition, number=1), a_release(edition, number=2)
    sellers = [a_seller().id for _ in range(500)]
    for shift, plan in enumerate((old, new)):
        db.session.execute(
            sa.insert(Turn),
            [
                {
                    "release_id": plan.id,
                    "channel_id": channel.id,
                    "seller_id": sellers[(step * 5 + at + shift * (step % 3 == 0)) % 500],
                    "starts_at": now + timedelta(minutes=20 * step),
                    "ends_at": now + timedelta(minutes=20 * step + 15),
                    "reasons": {},
                }
                for step in range(1_000)
                for at, channel in enumerate(edition.channels)
            ],
        )
    queries.clear()

    found = rotation.compare(old, new)

    assert len(queries) == 2
    assert found.untouched + found.count(ChangeKind.MOVED) + found.count(ChangeKind.LOST) == 5_000
