"""Closed times: what is proposed, what is in force, and what it costs released turns."""

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db, transaction
from bazaar.editions import TurnsLoseTime, closed_times, hours
from bazaar.editions.closed_times import Pause
from bazaar.editions.hours import Opening
from bazaar.models import AuditEntry, ClosedKind, ClosedTime, Edition
from bazaar.rotation import airtime
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition

SUNDAY = date(2026, 3, 1)
FRIDAY = date(2026, 3, 6)
FASTING = (date(2026, 2, 18), date(2026, 3, 19))
TEATIME = Pause(ClosedKind.BREAK, SUNDAY, time(19, 30), time(20))


@pytest.fixture
def edition(app, now):
    edition = an_edition()
    week = [SUNDAY + timedelta(days=n) for n in range(7)]
    hours.add(edition, week, Opening(time(19), time(21)), actor=HOST, now=now)
    return edition


def kinds(day):
    return [each.pause.kind.value for each in day.proposals]


def by_day(edition, fasting=FASTING):
    return {day.day: day for day in closed_times.plan(edition, fasting)}


def test_the_sun_and_the_calendar_propose(edition):
    plan = by_day(edition)

    assert kinds(plan[SUNDAY]) == ["maghrib", "tarawih"]
    assert kinds(plan[FRIDAY]) == ["friday", "maghrib", "tarawih"]
    maghrib, tarawih = (each.pause for each in plan[SUNDAY].proposals)
    assert (maghrib.starts, maghrib.ends) == (time(17, 18), time(18, 18))
    assert (tarawih.starts, tarawih.ends) == (time(18, 58), time(20, 13))
    assert [each.matters for each in plan[SUNDAY].proposals] == [False, True]


def test_outside_of_ramadan_only_fridays_and_fixed_holidays_are_proposed(app, now):
    edition = an_edition()
    for day in (date(2026, 5, 1), date(2026, 8, 17), date(2026, 8, 18)):
        hours.add(edition, [day], Opening(time(9), time(15)), actor=HOST, now=now)

    plan = by_day(edition, None)

    assert kinds(plan[date(2026, 5, 1)]) == ["holiday", "friday"]
    assert plan[date(2026, 8, 17)].proposals[0].pause.note == "Hari Kemerdekaan"
    assert kinds(plan[date(2026, 8, 18)]) == []
    assert closed_times.fasting_days(edition) is None


def test_tarawih_begins_the_evening_before_the_first_fast_and_ends_before_the_feast(edition):
    plan = by_day(edition, (SUNDAY + timedelta(days=1), SUNDAY + timedelta(days=4)))

    assert [kinds(day) for day in list(plan.values())[:5]] == [
        ["tarawih"],
        ["maghrib", "tarawih"],
        ["maghrib", "tarawih"],
        ["maghrib", "tarawih"],
        ["maghrib"],
    ]


def test_the_days_of_fasting_come_from_the_calendar(edition):
    assert closed_times.fasting_days(edition) == FASTING


def test_the_place_is_the_editions_own_or_that_of_its_regency(edition):
    assert closed_times.spot(edition).name == "Jember"

    edition.zone_name, edition.latitude, edition.longitude = "Asia/Jayapura", -2.53, 140.72

    assert closed_times.spot(edition)[1:] == (-2.53, 140.72)
    assert time(17, 20) < by_day(edition)[SUNDAY].proposals[0].pause.starts < time(17, 40)


@pytest.mark.parametrize(
    ("zone", "latitude", "longitude", "odd"),
    [
        ("Asia/Jakarta", 5.9, 95.2, False),
        ("Asia/Jakarta", -8.2, 114.4, False),
        ("Asia/Makassar", -8.2, 114.5, False),
        ("Asia/Jayapura", -8.5, 141.0, False),
        ("Asia/Jayapura", -8.17, 113.7, True),
        ("Asia/Jakarta", -2.5, 140.7, True),
    ],
)
@pytest.mark.parametrize("month", [2, 6, 11])
def test_a_place_that_cannot_lie_in_the_zone_is_noticed(
    edition, zone, latitude, longitude, odd, month
):
    edition.zone_name, edition.latitude, edition.longitude = zone, latitude, longitude

    assert (closed_times.odd_noon(edition, date(2026, month, 10)) is not None) == odd


def test_only_what_is_confirmed_counts(edition, now):
    slots = airtime.slots(edition, airtime.blocks(edition))
    proposed = [each.pause for each in by_day(edition)[SUNDAY].proposals if each.matters]

    assert closed_times.confirmed(edition) == []
    assert closed_times.add(edition, proposed, actor=HOST, now=now) == 0

    (closed,) = airtime.closed(edition)
    assert (closed.start, closed.why) == (datetime(2026, 3, 1, 11, 58, tzinfo=UTC), "tarawih")
    cut = airtime.slots(edition, airtime.blocks(edition))
    assert len(cut) == len(slots) - 5
    assert cut[0].start == closed.end
    assert kinds(by_day(edition)[SUNDAY]) == ["maghrib"]
    assert [one.kind for one in by_day(edition)[SUNDAY].confirmed] == [ClosedKind.TARAWIH]


def test_what_was_confirmed_is_edited_and_opened_again(edition, now):
    closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    (closed,) = closed_times.confirmed(edition)

    later = Pause(ClosedKind.HOLIDAY, SUNDAY, time(0), time(0), "Hari Jadi Jember")
    closed_times.change(edition, closed, later, actor=HOST, now=now)
    assert closed.ends_at - closed.starts_at == timedelta(days=1)
    assert closed_times.pause_of(edition, closed) == later

    assert closed_times.remove(edition, [closed], actor=HOST, now=now) == 1
    assert closed_times.confirmed(edition) == []
    with pytest.raises(closed_times.NoSuchClosedTime):
        closed_times.get(edition, 1)
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[1:] == ["edition.close_times", "edition.change_closed", "edition.open_closed"]


def test_what_is_open_already_is_not_opened_or_changed_again(edition, now):
    closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    (closed,) = closed_times.confirmed(edition)
    db.session.execute(sa.delete(ClosedTime).execution_options(synchronize_session=False))

    assert closed_times.remove(edition, [closed], actor=HOST, now=now) == 0
    with pytest.raises(closed_times.NoSuchClosedTime):
        closed_times.change(edition, closed, TEATIME, actor=HOST, now=now)


def test_a_closed_time_outlives_its_hours_and_can_be_found(edition, now):
    closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    sunday = hours.matching(edition, time(19), time(21), {SUNDAY})
    hours.remove(edition, sunday, actor=HOST, now=now)

    assert len(by_day(edition)[SUNDAY].confirmed) == 1
    assert by_day(edition)[SUNDAY].proposals == []


@pytest.mark.parametrize(
    ("pause", "field", "refusal"),
    [
        (Pause(ClosedKind.BREAK, SUNDAY, time(20), time(19)), "ends", closed_times.EndsBeforeStart),
        (Pause(ClosedKind.BREAK, SUNDAY, time(20), time(20)), "ends", closed_times.EndsBeforeStart),
        (Pause(ClosedKind.HOLIDAY, SUNDAY, time(0), time(0)), "note", closed_times.NameMissing),
        (
            Pause(ClosedKind.BREAK, SUNDAY, time(19), time(20), "x" * 201),
            "note",
            closed_times.NoteTooLong,
        ),
        (
            Pause(ClosedKind.BREAK, date(2026, 4, 1), time(19), time(20)),
            "day",
            closed_times.NotAShowDay,
        ),
    ],
)
def test_what_cannot_be_closed_is_refused_with_everything_beside_it(
    edition, now, pause, field, refusal
):
    assert {n: type(f) for n, f in closed_times.fault_of(edition, pause).items()} == {
        field: refusal
    }
    with pytest.raises(refusal):
        closed_times.add(edition, [TEATIME, pause], actor=HOST, now=now)
    assert db.session.query(ClosedTime).count() == 0


def test_closing_nothing_is_refused(edition, now):
    with pytest.raises(hours.NoDays):
        closed_times.add(edition, [], actor=HOST, now=now)


def test_what_is_closed_already_is_refused(edition, now):
    closed_times.add(edition, [TEATIME], actor=HOST, now=now)

    with pytest.raises(closed_times.AlreadyClosed, match="01-03-2026"):
        closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    with pytest.raises(closed_times.AlreadyClosed):
        other = Pause(ClosedKind.BREAK, FRIDAY, time(19), time(20))
        closed_times.add(edition, [other, other], actor=HOST, now=now)
    assert db.session.query(ClosedTime).count() == 1


def test_closed_times_of_another_edition_are_not_found(edition, now):
    closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    (closed,) = closed_times.confirmed(edition)

    with pytest.raises(closed_times.NoSuchClosedTime):
        closed_times.get(an_edition(is_current=False), closed.id)


def test_released_turns_are_closed_out_only_when_somebody_agreed(edition, now):
    released = a_release(edition)
    turn = a_turn(released, a_seller(edition=edition), starts_at=now + timedelta(minutes=45))
    a_turn(released, a_seller(edition=edition), starts_at=now + timedelta(minutes=60))

    with pytest.raises(TurnsLoseTime) as refused:
        closed_times.add(edition, [TEATIME], actor=HOST, now=now)
    assert refused.value.turn_ids == (turn.id,)
    assert closed_times.confirmed(edition) == []

    assert closed_times.add(edition, [TEATIME], agreed=1, actor=HOST, now=now) == 1
    assert rotation.find_current_release(edition) == released
    assert len(released.turns) == 2
    (closed,) = closed_times.confirmed(edition)
    longer = Pause(ClosedKind.BREAK, SUNDAY, time(19, 30), time(20, 10))
    with pytest.raises(TurnsLoseTime, match="Ada 1 giliran"):
        closed_times.change(edition, closed, longer, actor=HOST, now=now)
    assert closed_times.pause_of(edition, closed) == TEATIME


def test_of_two_operators_who_close_the_same_time_one_is_refused(app, edition, now):
    edition_id = edition.id
    db.session.commit()
    outcomes: list[object] = []
    together = Barrier(2)

    def press():
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    mine = db.session.get_one(Edition, edition_id)
                    outcomes.append(closed_times.add(mine, [TEATIME], actor=HOST, now=now))
            except closed_times.AlreadyClosed:
                outcomes.append("refused")

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [0, "refused"]
