from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Event, Thread

import pytest

from bazaar.db import db, transaction
from bazaar.editions import TurnsLoseTime, hours
from bazaar.editions.hours import Opening
from bazaar.models import AuditEntry, Edition, Window
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition

SUNDAY = date(2026, 3, 1)
EVENING = Opening(time(19), time(21))


def windows():
    return db.session.query(Window).order_by(Window.opens_at).all()


def test_days_between_takes_only_the_weekdays_asked_for():
    monday = SUNDAY + timedelta(days=1)

    assert hours.days_between(SUNDAY, SUNDAY + timedelta(days=8), [6, 0]) == [
        SUNDAY,
        monday,
        SUNDAY + timedelta(days=7),
        monday + timedelta(days=7),
    ]
    assert hours.days_between(monday, SUNDAY, range(7)) == []
    longest = SUNDAY + timedelta(days=hours.MAX_DAYS - 1)
    assert len(hours.days_between(SUNDAY, longest, range(7))) == hours.MAX_DAYS
    assert hours.days_between(SUNDAY, longest + timedelta(days=1), range(7)) == []
    assert hours.days_between(SUNDAY, date(9999, 1, 1), range(7)) == []


def test_hours_are_those_of_the_zone(app, now):
    edition = an_edition(zone_name="Asia/Makassar")

    assert hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now) == 1

    (window,) = windows()
    assert (window.opens_at, window.closes_at) == (
        datetime(2026, 3, 1, 11, tzinfo=UTC),
        datetime(2026, 3, 1, 13, tzinfo=UTC),
    )
    assert [day.day for day in edition.show_days] == [SUNDAY]


def test_closing_at_midnight_is_the_end_of_the_day(app, now):
    edition = an_edition()
    days = [SUNDAY, SUNDAY + timedelta(days=1)]

    hours.add(edition, days, Opening(time(0), time(0)), actor=HOST, now=now)

    first, second = windows()
    assert first.closes_at - first.opens_at == timedelta(days=1)
    assert first.closes_at == second.opens_at


def test_a_day_can_have_several_openings(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    hours.add(edition, [SUNDAY], Opening(time(9), time(19), 5), actor=HOST, now=now)

    (day,) = edition.show_days
    db.session.expire(day)
    assert [window.weight for window in day.windows] == [5, 10]


@pytest.mark.parametrize(
    ("opening", "field", "refusal"),
    [
        (Opening(time(19), time(18)), "closes", hours.ClosesBeforeOpening),
        (Opening(time(19), time(19)), "closes", hours.ClosesBeforeOpening),
        (Opening(time(19), time(19, 14)), "closes", hours.TurnLongerThanWindow),
        (Opening(time(20, 59), time(22)), "closes", hours.WindowsOverlap),
        (Opening(time(0), time(0)), "closes", hours.WindowsOverlap),
        (Opening(time(9), time(10), 0), "weight", hours.WeightOutOfRange),
    ],
)
def test_hours_that_cannot_be_are_refused(app, now, opening, field, refusal):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)

    found = hours.faults(edition, [SUNDAY], opening)

    assert {name: type(fault) for name, fault in found.items()} == {field: refusal}
    with pytest.raises(refusal):
        hours.add(edition, [SUNDAY], opening, actor=HOST, now=now)
    assert len(windows()) == 1


def test_no_day_at_all_is_refused(app, now):
    with pytest.raises(hours.NoDays):
        hours.add(an_edition(), [], EVENING, actor=HOST, now=now)


def test_an_overlap_names_the_day_and_the_hours(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)

    with pytest.raises(hours.WindowsOverlap, match=r"19\.00–21\.00 pada 01-03-2026"):
        hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)


def test_openings_that_touch_do_not_overlap(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    hours.add(edition, [SUNDAY], Opening(time(21), time(22)), actor=HOST, now=now)

    assert len(windows()) == 2


def test_one_opening_can_be_changed(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    (window,) = windows()

    hours.change(edition, [window], Opening(time(19, 30), time(22), 20), actor=HOST, now=now)

    assert (window.closes_at - window.opens_at, window.weight) == (timedelta(minutes=150), 20)


def test_released_turns_lose_their_opening_only_when_somebody_agreed(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    (window,) = windows()
    released, seller = a_release(edition), a_seller(edition=edition)
    turn = a_turn(released, seller, starts_at=now + timedelta(minutes=30))

    with pytest.raises(TurnsLoseTime, match="Ada 1 giliran") as refused:
        hours.remove(edition, [window], actor=HOST, now=now)
    assert refused.value.turn_ids == (turn.id,)
    with pytest.raises(TurnsLoseTime):
        hours.change(edition, [window], Opening(time(20), time(21)), actor=HOST, now=now)
    with pytest.raises(TurnsLoseTime):
        hours.remove(edition, [window], agreed=2, actor=HOST, now=now)
    assert (windows(), window.opens_at) == ([window], now)

    fits = Opening(time(19, 30), time(19, 45))
    assert hours.change(edition, [window], fits, actor=HOST, now=now) == 0
    assert hours.remove(edition, [window], agreed=1, actor=HOST, now=now) == 1
    assert windows() == []
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.facts["turns_lost"]) == ("edition.remove_hours", 1)


def test_a_turn_that_is_over_needs_no_opening(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    a_turn(a_release(edition), a_seller(), starts_at=now)

    after = now + timedelta(minutes=15)
    assert hours.remove(edition, windows(), actor=HOST, now=after) == 0


def test_openings_of_many_days_change_at_once(app, now):
    edition = an_edition()
    days = hours.days_between(SUNDAY, SUNDAY + timedelta(days=6), range(7))
    hours.add(edition, days, EVENING, actor=HOST, now=now)
    hours.add(edition, days, Opening(time(9), time(11)), actor=HOST, now=now)
    weekend = hours.matching(edition, time(19), time(21), {SUNDAY, SUNDAY + timedelta(days=6)})

    hours.change(edition, weekend, Opening(time(19), time(22), 20), actor=HOST, now=now)

    few, many = hours.alike_days(edition)[::-1]
    assert [len(group.days) for group in (many, few)] == [5, 2]
    assert few.openings == (Opening(time(9), time(11)), Opening(time(19), time(22), 20))
    assert [day.day for day in few.days] == [SUNDAY, SUNDAY + timedelta(days=6)]


def test_many_openings_are_refused_together(app, now):
    edition = an_edition()
    days = [SUNDAY, SUNDAY + timedelta(days=1)]
    hours.add(edition, days, EVENING, actor=HOST, now=now)
    hours.add(edition, days[:1], Opening(time(9), time(11)), actor=HOST, now=now)
    evenings = hours.matching(edition, time(19), time(21), set(days))

    with pytest.raises(hours.WindowsOverlap):
        hours.change(edition, evenings, Opening(time(10), time(12)), actor=HOST, now=now)
    with pytest.raises(hours.WindowsOverlap):
        hours.change(edition, windows(), Opening(time(12), time(13)), actor=HOST, now=now)
    with pytest.raises(hours.NothingChosen):
        hours.change(edition, [], EVENING, actor=HOST, now=now)
    with pytest.raises(hours.NothingChosen):
        hours.remove(edition, [], actor=HOST, now=now)
    assert len(hours.matching(edition, time(19), time(21), set(days))) == 2


def test_many_openings_are_removed_with_their_days(app, now):
    edition = an_edition()
    days = [SUNDAY, SUNDAY + timedelta(days=1)]
    hours.add(edition, days, EVENING, actor=HOST, now=now)
    hours.add(edition, days[:1], Opening(time(9), time(11)), actor=HOST, now=now)

    evenings = hours.matching(edition, time(19), time(21), set(days))
    hours.remove(edition, evenings, actor=HOST, now=now)

    assert [day.day for day in edition.show_days] == [SUNDAY]
    assert len(windows()) == 1


def test_a_turn_of_an_older_release_does_not_hold_its_opening(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    a_turn(a_release(edition, number=1), a_seller(), starts_at=now)
    a_release(edition, number=2)

    hours.remove(edition, windows(), actor=HOST, now=now)

    assert windows() == []
    assert edition.show_days == []


def test_only_openings_of_this_edition_are_found(app, now):
    mine, other = an_edition(), an_edition(is_current=False)
    hours.add(other, [SUNDAY], EVENING, actor=HOST, now=now)
    (window,) = windows()

    assert hours.get_window(other, window.id) == window
    with pytest.raises(hours.NoSuchWindow):
        hours.get_window(mine, window.id)


def test_of_two_operators_who_add_the_same_hours_one_is_refused(app, now):
    edition_id = an_edition().id
    db.session.commit()
    outcomes: list[object] = []
    together = Barrier(2)

    def press():
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    edition = db.session.get_one(Edition, edition_id)
                    outcomes.append(hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now))
            except hours.WindowsOverlap:
                outcomes.append("refused")

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [1, "refused"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_opening_that_somebody_removes_meanwhile_is_not_changed(app, now):
    edition = an_edition()
    hours.add(edition, [SUNDAY], EVENING, actor=HOST, now=now)
    (window,) = windows()
    edition_id, window_id = edition.id, window.id
    db.session.commit()
    looked, removed = Event(), Event()
    outcomes: list[object] = []

    def slow():
        with app.app_context(), transaction():
            mine = db.session.get_one(Edition, edition_id)
            found = hours.get_window(mine, window_id)
            looked.set()
            removed.wait(5)
            try:
                hours.change(mine, [found], EVENING, actor=HOST, now=now)
            except hours.NothingChosen:
                outcomes.append("refused")

    thread = Thread(target=slow)
    thread.start()
    looked.wait(5)
    with transaction():
        hours.remove(edition, [window], actor=HOST, now=now)
    removed.set()
    thread.join()

    assert outcomes == ["refused"]
