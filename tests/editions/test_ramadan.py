"""Ramadan by the calendar, and the edition that is proposed from it."""

from dataclasses import replace
from datetime import date, time

import pytest

from bazaar import editions
from bazaar.db import db
from bazaar.editions import details, hours, programmes, ramadan
from bazaar.editions.hours import Opening
from bazaar.editions.programmes import RamadanWish
from bazaar.models import AuditEntry, Edition, Window
from tests.builders import HOST, an_edition

WISH = RamadanWish(
    year=1448,
    name="Ramadan 1448",
    slug="ramadan-1448",
    first=date(2027, 2, 8),
    days=29,
    openings=programmes.OPENINGS,
    channels=2,
    zone_name="Asia/Jakarta",
    regency_code="35.09",
)


@pytest.mark.parametrize(
    ("year", "first", "days"),
    [
        (1443, date(2022, 4, 2), 30),  # the government began on 3 April
        (1445, date(2024, 3, 11), 30),  # the government began on 12 March
        (1448, date(2027, 2, 8), 29),
    ],
)
def test_the_calendar_knows_ramadan(year, first, days):
    found = ramadan.ramadan_of(year)

    assert (found.first, found.days) == (first, days)


@pytest.mark.parametrize("year", [1439, 1500, 0])
def test_a_year_beyond_the_calendar_is_refused(year):
    with pytest.raises(ramadan.UnknownYear, match="1440 sampai 1499"):
        ramadan.ramadan_of(year)


def test_the_coming_ramadan_is_this_one_until_it_is_over():
    assert ramadan.coming(date(2026, 11, 22)).year == 1448
    assert ramadan.coming(date(2027, 3, 8)).year == 1448
    assert ramadan.coming(date(2027, 3, 9)).year == 1448 + 1
    assert ramadan.touching(date(2027, 3, 8), date(2027, 5, 1)) == ramadan.ramadan_of(1448)
    assert ramadan.touching(date(2027, 3, 9), date(2027, 5, 1)) is None
    assert ramadan.touching(date(2150, 3, 9), date(2150, 5, 1)) is None


def test_one_step_makes_edition_channels_days_and_hours(app, now):
    before = an_edition()

    made = programmes.create(WISH, actor=HOST, now=now)

    assert editions.find_current() == made
    assert not before.is_current
    assert [channel.name for channel in made.channels] == ["Saluran 1", "Saluran 2"]
    assert (made.show_days[0].day, made.show_days[-1].day) == (date(2027, 2, 8), date(2027, 3, 8))
    (group,) = hours.alike_days(made)
    assert group.openings == programmes.OPENINGS
    assert db.session.query(Window).count() == 87
    last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (last.action, last.facts["days"]) == ("edition.propose_ramadan", 29)


def test_the_preview_counts_the_turns_there_is_room_for():
    assert programmes.turns(replace(WISH, days=1, channels=1)) == 8 + 10 + 7
    assert programmes.turns(WISH) == 25 * 29 * 2


@pytest.mark.parametrize(
    ("changes", "field", "refusal"),
    [
        ({"year": 0}, "year", ramadan.UnknownYear),
        ({"first": date(2028, 2, 8)}, "first", programmes.FirstTooFar),
        ({"first": date.max}, "first", programmes.FirstTooFar),
        ({"days": 0}, "days", details.OutOfRange),
        ({"days": 61}, "days", details.OutOfRange),
        ({"channels": 0}, "channels", details.OutOfRange),
        ({"openings": []}, "opens1", programmes.NoOpenings),
        ({"openings": [Opening(time(9), time(8))]}, "closes1", hours.ClosesBeforeOpening),
        ({"openings": [Opening(time(9), time(9, 10))]}, "closes1", hours.TurnLongerThanWindow),
        (
            {"openings": [Opening(time(9), time(12)), Opening(time(11), time(0))]},
            "closes2",
            hours.WindowsOverlap,
        ),
        ({"openings": [Opening(time(9), time(12), 101)]}, "weight1", hours.WeightOutOfRange),
        ({"zone_name": "Asia/Tokyo"}, "zone_name", details.UnknownZone),
        ({"slug": "lama"}, "slug", details.SlugTaken),
    ],
)
def test_a_wish_that_cannot_be_leaves_nothing_behind(app, now, changes, field, refusal):
    an_edition(slug="lama", is_current=False)
    wish = replace(WISH, **changes)

    assert {name: type(fault) for name, fault in programmes.faults(wish).items()} == {
        field: refusal
    }
    with pytest.raises(refusal):
        programmes.create(wish, actor=HOST, now=now)
    assert db.session.query(Edition).count() == 1


def test_a_short_name_that_is_taken_gets_a_number(app):
    assert details.free_slug("ramadan-1448") == "ramadan-1448"
    an_edition(slug="ramadan-1448")
    an_edition(slug="ramadan-1448-2", is_current=False)
    assert details.free_slug("ramadan-1448") == "ramadan-1448-3"
