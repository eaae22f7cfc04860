from dataclasses import replace
from datetime import timedelta

import pytest

from bazaar import editions
from bazaar.db import db
from bazaar.editions import details
from bazaar.editions.details import EditionWish
from bazaar.editions.hours import TurnLongerThanWindow
from bazaar.models import AuditEntry
from tests.builders import HOST, a_draw, a_window, an_edition

WISH = EditionWish(name="Ramadan 1447", slug="ramadan-1447", contact_phone="0812-3456-7890")


def test_a_new_edition_is_the_current_one(app, now):
    before = an_edition()

    made = editions.create(WISH, actor=HOST, now=now)

    assert editions.find_current() == made
    assert not before.is_current
    assert (made.zone_name, made.turn_minutes, made.contact_phone) == (
        "Asia/Jakarta",
        15,
        "+6281234567890",
    )


def test_the_trail_tells_what_was_set_but_no_phone_number(app, now):
    editions.create(WISH, actor=HOST, now=now)

    (entry,) = db.session.query(AuditEntry)
    assert (entry.action, entry.subject) == ("edition.create", "edition:ramadan-1447")
    assert "contact_phone" not in entry.facts


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("name", "", details.NameMissing),
        ("name", "x" * 121, details.NameMissing),
        ("slug", "", details.SlugUnreadable),
        ("slug", "Ramadan 2026", details.SlugUnreadable),
        ("slug", "ramadan-", details.SlugUnreadable),
        ("slug", "x" * 41, details.SlugUnreadable),
        ("zone_name", "Asia/Tokyo", details.UnknownZone),
        ("zone_name", "", details.UnknownZone),
        ("regency_code", "99.99", details.UnknownRegency),
        ("regency_code", "", details.UnknownRegency),
        ("turn_minutes", 0, details.OutOfRange),
        ("turn_minutes", 241, details.OutOfRange),
        ("gap_minutes", -1, details.OutOfRange),
        ("gap_minutes", 61, details.OutOfRange),
        ("hold_minutes", 4, details.OutOfRange),
        ("contact_phone", "12", details.NotAPhone),
        ("buffer_every", 3, details.BufferHalf),
        ("buffer_minutes", 5, details.BufferHalf),
        ("max_turns_per_day", 0, details.OutOfRange),
        ("warn_s", 601, details.OutOfRange),
        ("danger_s", -1, details.OutOfRange),
        ("danger_s", 121, details.DangerBeforeWarning),
        ("min_gap_minutes", -1, details.OutOfRange),
        ("freeze_minutes", 337 * 60, details.FreezeTooLong),
        ("request_hours", 337, details.OutOfRange),
        ("veto_hours", 169, details.OutOfRange),
        ("veto_hours", 25, details.VetoAfterTurn),
    ],
)
def test_each_wrong_field_is_named(app, now, field, value, refusal):
    wish = replace(WISH, **{field: value})
    beside = {"buffer_every": "buffer_minutes", "buffer_minutes": "buffer_every"}
    named = beside.get(field, field)

    assert {name: type(fault) for name, fault in editions.faults(wish).items()} == {named: refusal}
    with pytest.raises(refusal):
        editions.create(wish, actor=HOST, now=now)
    assert editions.find_current() is None


def test_a_short_name_is_given_once(app, now):
    first = editions.create(WISH, actor=HOST, now=now)

    assert editions.faults(WISH, first) == {}
    with pytest.raises(details.SlugTaken, match="ramadan-1447"):
        editions.create(WISH, actor=HOST, now=now)
    assert editions.find_current() == first


def test_a_draw_keeps_the_short_name(app, now):
    edition = an_edition(slug="ramadan-1447")
    a_draw(edition)

    editions.change(edition, replace(WISH, name="Ramadan Jember"), actor=HOST, now=now)
    with pytest.raises(details.SlugDrawn):
        editions.change(edition, replace(WISH, slug="ramadan-jember"), actor=HOST, now=now)


def test_the_zone_stays_once_hours_stand(app, now):
    edition = an_edition(slug="ramadan-1447")
    elsewhere = replace(WISH, zone_name="Asia/Jayapura")

    editions.change(edition, elsewhere, actor=HOST, now=now)
    assert edition.zone_name == "Asia/Jayapura"
    a_window(edition)
    with pytest.raises(details.ZoneInUse):
        editions.change(edition, WISH, actor=HOST, now=now)


def test_turns_must_still_fit_into_the_shortest_opening(app, now):
    edition = an_edition(slug="ramadan-1447")
    a_window(edition, minutes=120)
    a_window(edition, opens_at=now + timedelta(days=1), minutes=20)

    editions.change(edition, replace(WISH, turn_minutes=20), actor=HOST, now=now)
    with pytest.raises(TurnLongerThanWindow) as refused:
        editions.change(edition, replace(WISH, turn_minutes=21), actor=HOST, now=now)
    assert (refused.value.turn_minutes, refused.value.window_minutes) == (21, 20)


def test_a_change_is_kept(app, now):
    edition = an_edition(slug="ramadan-1447")

    editions.change(edition, replace(WISH, name="Ramadan lagi", gap_minutes=2), actor=HOST, now=now)

    assert (edition.name, edition.gap_minutes) == ("Ramadan lagi", 2)


def test_without_edition_there_is_a_refusal_not_a_fault(app):
    assert editions.find_current() is None
    with pytest.raises(editions.NoEdition):
        editions.get_current()


@pytest.mark.parametrize(
    ("latitude", "longitude", "named"),
    [
        (-8.17, None, {"longitude": details.HalfAPlace}),
        (None, 113.7, {"latitude": details.HalfAPlace}),
        (52.5, 113.7, {"latitude": details.NotInIndonesia}),
        (-8.17, 13.4, {"longitude": details.NotInIndonesia}),
        (-8.17, 113.7, {}),
        (None, None, {}),
    ],
)
def test_a_place_is_whole_and_in_indonesia(app, latitude, longitude, named):
    wish = replace(WISH, latitude=latitude, longitude=longitude)

    assert {name: type(fault) for name, fault in editions.faults(wish).items()} == named


def test_a_deadline_that_is_over_may_be_set(app, now):
    over = now - timedelta(days=1)

    made = editions.create(replace(WISH, availability_until=over), actor=HOST, now=now)

    assert made.availability_until == over
    (entry,) = db.session.query(AuditEntry)
    assert entry.facts["availability_until"] == over.isoformat()
