from datetime import time, timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db, transaction
from bazaar.editions import hours
from bazaar.editions.hours import Opening
from bazaar.models import AuditEntry, Availability, Participation, Release, Turn
from bazaar.rotation.releases import HoursChanged
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, keep

FREEZE = timedelta(hours=1)


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def bazaar(app, now):
    """Two channels, two hours from now on in turns of 15 minutes, six sellers."""
    edition = an_edition(channels=2, freeze_minutes=60)
    a_window(edition, opens_at=now)
    for _ in range(6):
        a_seller(edition=edition)
    return edition


def draft(edition, now, *, seed="benih"):
    return rotation.make_draft(edition, seed=seed, actor=HOST, now=now)


def released(edition, now, *, seed="benih"):
    return rotation.release(draft(edition, now, seed=seed), actor=HOST, now=now)


def rows(release):
    query = sa.select(Turn).where(Turn.release_id == release.id)
    turns = db.session.scalars(query.order_by(Turn.starts_at, Turn.channel_id))
    return [(turn.starts_at, turn.channel_id, turn.seller_id) for turn in turns]


def test_a_draft_fills_all_airtime_evenly_and_says_why(bazaar, now):
    plan = draft(bazaar, now)

    figures = rotation.fairness(plan)
    assert (figures.turns, figures.least, figures.most, figures.empty) == (16, 2, 3, 0)
    assert (plan.number, plan.released_at, plan.rule) == (None, None, "leximin-swap/2")
    first = rotation.turns_on(plan, now.date())[0]
    assert first.reasons == {
        "rule": "leximin-swap/2",
        "decided": first.reasons["decided"],
        "candidates": 5,
        "seller": first.seller.code,
        "turns": 0,
        "swap": None,
        "same_cluster": False,
        "rival": first.reasons["rival"],
        "excluded": {"busy": 1},
    }


def test_the_same_seed_gives_the_same_plan(bazaar, now):
    once = rows(draft(bazaar, now))

    assert rows(draft(bazaar, now)) == once
    assert rows(draft(bazaar, now, seed="lain")) != once


def test_a_new_draft_replaces_the_old_one(bazaar, now):
    old = draft(bazaar, now).id
    new = draft(bazaar, now)

    assert rotation.find_draft(bazaar) == new
    with pytest.raises(rotation.DraftOvertaken):
        rotation.get_draft(bazaar, old)
    assert len(rows(new)) == 16
    assert db.session.query(Turn).count() == 16
    assert db.session.query(Release).count() == 2  # every draw stays on record


def test_a_seller_comes_only_when_available(app, now):
    edition = an_edition()
    a_window(edition, opens_at=now)
    always, early, never = (a_seller(edition=edition) for _ in range(3))
    # Sunday 19.00 to 19.40 in Jember: two turns of 15 minutes fit.
    keep(Availability(seller_id=early.id, weekday=6, from_time=time(19), until=time(19, 40)))
    for somebody in (early, never):
        keep(Availability(seller_id=somebody.id, weekday=0, from_time=time(0), until=time(0)))

    plan = draft(edition, now)

    mine = [start for start, _, seller in rows(plan) if seller == early.id]
    assert mine == [now, now + minutes(15)]
    assert {seller for _, _, seller in rows(plan)} == {always.id, early.id}
    last = rotation.turns_on(plan, now.date())[-1]
    assert last.reasons["decided"] == "only"
    assert last.reasons["excluded"] == {"availability": 2}


def test_only_participants_who_are_still_there_are_planned(bazaar, now):
    a_seller()
    gone = a_seller(edition=bazaar, active=False)
    taking_part = db.session.scalars(sa.select(Participation.seller_id)).all()

    assert {seller for *_, seller in rows(draft(bazaar, now))} == set(taking_part) - {gone.id}


def test_airtime_that_has_passed_is_not_planned(bazaar, now):
    assert {start for start, *_ in rows(draft(bazaar, now + minutes(50)))} == {
        now + minutes(60 + 15 * n) for n in range(4)
    }


@pytest.mark.parametrize("missing", ["channels", "windows", "sellers", "time"])
def test_nothing_to_plan_is_refused(app, now, missing):
    edition = an_edition(channels=missing != "channels")
    if missing != "windows":
        a_window(edition, opens_at=now)
    if missing != "sellers":
        a_seller(edition=edition)
    late = now + timedelta(days=1 if missing == "time" else 0)

    with pytest.raises(rotation.NothingToPlan):
        draft(edition, late)


def test_releases_are_numbered_and_noted(bazaar, now):
    first = released(bazaar, now)
    second = released(bazaar, now + minutes(1))

    assert (first.number, second.number) == (1, 2)
    assert second.released_at == now + minutes(1)
    assert rotation.find_current_release(bazaar) == second
    notes = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [note.action for note in notes] == ["rotation.draft", "rotation.release"] * 2
    assert notes[-1].facts["number"] == 2


def test_a_new_plan_keeps_what_is_on_the_way(bazaar, now):
    first = released(bazaar, now)
    a_seller(edition=bazaar)
    later = now + minutes(20)
    second = released(bazaar, later, seed="lain")

    soon = later + FREEZE
    assert [r for r in rows(second) if r[0] < soon] == [r for r in rows(first) if r[0] < soon]
    assert [r for r in rows(second) if r[0] >= soon] != [r for r in rows(first) if r[0] >= soon]
    assert rotation.fairness(second).empty == 0
    reasons = rotation.turns_on(first, now.date())[0].reasons
    assert rotation.turns_on(second, now.date())[0].reasons == reasons


def test_who_has_left_keeps_the_past_but_gets_no_turn_more(bazaar, now):
    first = released(bazaar, now)
    leaver = rows(first)[0][2]
    db.session.execute(sa.delete(Participation).where(Participation.seller_id == leaver))

    second = released(bazaar, now + minutes(5))

    assert [start for start, _, seller in rows(second) if seller == leaver] == [now]
    assert rotation.fairness(second).empty == 0


def test_a_kept_turn_leaves_no_room_for_a_new_grid(bazaar, now):
    released(bazaar, now)
    bazaar.turn_minutes = 20
    second = released(bazaar, now + minutes(5))

    turns = rotation.turns_on(second, now.date())
    for channel in bazaar.channels:
        own = [turn for turn in turns if turn.channel == channel]
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(own))
    assert {turn.ends_at - turn.starts_at for turn in turns} == {minutes(15), minutes(20)}


def test_a_draft_that_turns_have_overtaken_is_refused(bazaar, now):
    released(bazaar, now)
    a_seller(edition=bazaar)
    plan = draft(bazaar, now, seed="lain")

    with pytest.raises(rotation.DraftTooOld):
        rotation.release(plan, actor=HOST, now=now + FREEZE + minutes(15))
    assert plan.number is None


def test_a_draft_whose_hours_went_is_refused(bazaar, now):
    plan = draft(bazaar, now)
    window = bazaar.show_days[0].windows[0]
    hours.change(bazaar, [window], Opening(time(19), time(20)), actor=HOST, now=now)

    with pytest.raises(HoursChanged):
        rotation.release(plan, actor=HOST, now=now)
    assert released(bazaar, now).number == 1


def test_the_second_of_two_operators_is_refused(bazaar, now):
    plan = draft(bazaar, now)
    rotation.release(plan, actor=HOST, now=now)

    with pytest.raises(rotation.DraftOvertaken):
        rotation.release(plan, actor=HOST, now=now)


def test_a_draft_that_was_replaced_meanwhile_is_refused(bazaar, now):
    old = draft(bazaar, now)
    draft(bazaar, now)

    with pytest.raises(rotation.DraftOvertaken):
        rotation.release(old, actor=HOST, now=now)


def test_a_draft_made_against_an_older_release_is_refused(bazaar, now):
    plan = draft(bazaar, now)
    a_release(bazaar, number=1)

    with pytest.raises(rotation.DraftOvertaken):
        rotation.release(plan, actor=HOST, now=now)
    assert db.session.query(Release).filter(Release.number.is_(None)).count() == 1


def test_of_two_operators_at_the_same_time_one_wins(app, bazaar, now):
    plan = draft(bazaar, now).id
    db.session.commit()
    outcomes: list[object] = []
    together = Barrier(2)

    def press():
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    mine = rotation.release(db.session.get_one(Release, plan), actor=HOST, now=now)
                    outcomes.append(mine.number)
            except rotation.DraftOvertaken:
                outcomes.append("lost")

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [1, "lost"]


def test_the_next_turn_of_a_seller(bazaar, now):
    plan = released(bazaar, now)
    seller = rows(plan)[0][2]
    starts = [start for start, _, who in rows(plan) if who == seller]

    mine = rotation.turns_of(seller)
    assert [turn.starts_at for turn in mine] == starts
    assert rotation.next_turn(seller, now) == mine[0]
    assert rotation.next_turn(seller, now + minutes(15)) == mine[1]
    assert rotation.next_turn(seller, now + minutes(120)) is None
    assert rotation.next_turn(0, now) is None


def test_days_belong_to_the_zone_of_the_edition(app, now):
    # 1 March 2026, 22.00 and 23.30 UTC+7 is midnight and 01.30 of 2 March in Jayapura.
    edition = an_edition(zone_name="Asia/Jayapura")
    plan = a_release(edition)
    seller = a_seller(edition=edition)
    turn = a_turn(plan, seller, starts_at=now + timedelta(hours=3))
    late = a_turn(plan, seller, starts_at=now + timedelta(hours=4, minutes=30))
    before = a_turn(plan, seller, starts_at=now)

    sunday, monday = now.date(), now.date() + timedelta(days=1)
    assert rotation.turns_on(plan, sunday) == [before]
    assert rotation.turns_on(plan, monday) == [turn, late]
    assert rotation.days_of(plan) == {sunday: 1, monday: 2}


def test_the_difference_to_the_plan_in_force(bazaar, now):
    first = released(bazaar, now)
    gone = rows(first)[-1]
    plan = draft(bazaar, now, seed="lain")

    assert rotation.difference(first, None) == rotation.Difference(16, 0, 6)
    change = rotation.difference(plan, first)
    assert change.added == change.removed
    assert rotation.difference(first, first) == rotation.Difference(0, 0, 0)
    assert gone in rows(first)


def test_a_season_of_73_sellers_is_drafted_quickly(app, now, queries):
    edition = an_edition(channels=2)
    for day in range(30):
        a_window(edition, opens_at=now + timedelta(days=day), minutes=330)
    for n in range(73):
        seller = a_seller(edition=edition)
        for weekday in range(n % 8):
            keep(
                Availability(
                    seller_id=seller.id, weekday=weekday % 7, from_time=time(9), until=time(0)
                )
            )
    queries.clear()

    plan = draft(edition, now)

    assert rotation.fairness(plan).turns == 1320
    assert len(queries) <= 22
