"""What the planner is told: exactly what stands in the tables, and what must stay."""

from datetime import datetime, time, timedelta

import pytest

from bazaar import rotation
from bazaar.db import db
from bazaar.models import (
    Availability,
    BlockedPair,
    ClosedKind,
    ClosedTime,
    DrawKind,
    MissedTurn,
    Participation,
    Pin,
    Presence,
    Share,
)
from bazaar.rotation import gathering
from bazaar.rotation.pin_faults import PinFault
from bazaar.rules.rotation import Cut
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.format import canonical, read_instance, write_instance
from tests.builders import HOST, a_release, a_seller, a_window, an_edition, keep


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def edition(app, now):
    """Two channels; an hour today from now, an hour tomorrow that is worth more."""
    edition = an_edition(channels=2, freeze_minutes=30, min_gap_minutes=5, max_turns_per_day=2)
    a_window(edition, opens_at=now, minutes=60)
    a_window(edition, opens_at=now + timedelta(days=1), minutes=60, weight=30)
    return edition


def gathered(edition, now, base=None, **more):
    return gathering.gather(edition, now=now, base=base, **more)


def who(found, seller):
    return next((each for each in found.instance.sellers if each.id == seller.code), None)


def released(edition, now):
    return rotation.release(
        rotation.make_draft(edition, seed="benih", actor=HOST, now=now), actor=HOST, now=now
    )


def test_slots_rules_and_names_are_those_of_the_edition(edition, now):
    for cluster in ("Batik", "Batik", "Batik", "Kopi"):
        a_seller(edition=edition, cluster=cluster)

    found = gathered(edition, now)

    instance = found.instance
    assert (len(instance.slots), len(instance.sellers)) == (16, 4)
    rules = instance.rules
    assert (rules.max_turns_per_day, rules.min_gap_minutes, rules.freeze_minutes) == (2, 5, 30)
    assert rules.cluster_same_time_max == 2  # three quarters of two channels, rounded up
    assert rules.prime_weight == 30
    assert rules.carry_cap == 5  # a quarter of the mean weight of 20
    assert instance.channels == {c.id: c.name for c in edition.channels}
    assert found.keys[0] == (edition.channels[0].id, now, now + minutes(15))
    assert read_instance(canonical(write_instance(instance))) == instance


def test_who_answered_comes_exactly_then_others_by_their_week(edition, now):
    first, second = (day.windows[0] for day in edition.show_days)
    answered, weekly, never, always = (a_seller(edition=edition) for _ in range(4))
    keep(
        Presence(
            seller_id=answered.id,
            window_id=second.id,
            starts_at=second.opens_at,
            ends_at=second.opens_at + minutes(30),
        )
    )
    for seller in (answered, never):
        part = db.session.get(Participation, (edition.id, seller.id))
        part.answered_at = now
    # Sunday 19.00 to 19.45 in Jember
    keep(Availability(seller_id=weekly.id, weekday=6, from_time=time(19), until=time(19, 45)))

    found = gathered(edition, now)

    assert who(found, always).blocks == {first.id, second.id}
    assert who(found, never).blocks == set()
    assert who(found, answered).blocks == {second.id}
    assert who(found, answered).cuts == (
        Cut(second.id, second.opens_at, second.opens_at + minutes(30)),
    )
    assert who(found, weekly).blocks == {first.id}
    assert who(found, weekly).cuts == (Cut(first.id, now, now + minutes(45)),)


def test_limits_pairs_and_pins_go_along(edition, now):
    one, other, pinned = (a_seller(edition=edition) for _ in range(3))
    db.session.get(Participation, (edition.id, one.id)).max_turns = 3
    keep(BlockedPair(edition_id=edition.id, seller_id=one.id, other_id=other.id))
    a_pin(edition, now + minutes(15), pinned)
    a_pin(edition, now + minutes(30), None)
    a_pin(edition, now + minutes(31), pinned)  # no slot begins then any more

    found = gathered(edition, now)

    assert who(found, one).max_turns == 3
    assert found.instance.blocked_pairs == [(one.code, other.code)]
    places = {found.keys[pin.slot][:2]: pin.seller for pin in found.instance.pins}
    channel = edition.channels[0].id
    assert places == {(channel, now + minutes(15)): pinned.code}
    assert (channel, now + minutes(30)) not in {key[:2] for key in found.keys.values()}


def a_pin(edition, starts_at, seller):
    keep(
        Pin(
            channel_id=edition.channels[0].id,
            starts_at=starts_at,
            seller_id=seller.id if seller else None,
            made_by="Rina",
            made_at=starts_at,
        )
    )


def test_who_waits_in_reserve_is_left_out_unless_pinned(edition, now):
    a_seller(edition=edition)
    waiting, called = a_seller(edition=edition), a_seller(edition=edition)
    for seller in (waiting, called):
        db.session.get(Participation, (edition.id, seller.id)).standby = True
    a_pin(edition, now + minutes(15), called)

    found = gathered(edition, now)

    assert who(found, waiting) is None
    assert who(found, called).max_turns == 1
    everyone = gathered(edition, now, everyone=True)
    assert who(everyone, waiting).max_turns is None


def test_earlier_editions_and_missed_turns_count(edition, now):
    seller = a_seller(edition=edition)
    earlier = an_edition(is_current=False, created_at=now - timedelta(days=400))
    for number, (turns, prime) in enumerate([(9, 90), (4, 55)], start=1):
        release = a_release(earlier, number=number)
        keep(
            Share(
                release_id=release.id,
                seller_id=seller.id,
                place=1,
                rounds=turns,
                turns=turns,
                prime=prime,
                carry=0,
                share=0,
            )
        )
    for uid, excused in (("a", True), ("b", True), ("c", False)):
        keep(
            MissedTurn(
                edition_id=edition.id,
                turn_uid=uid,
                seller_id=seller.id,
                starts_at=now,
                excused=excused,
                noted_by="Rina",
                noted_at=now,
            )
        )

    me = who(gathered(edition, now), seller)

    assert (me.turns_before, me.prime_before, me.owed) == (4, 55, 2)


def test_what_has_begun_or_is_frozen_stays_exactly(edition, now):
    for _ in range(4):
        a_seller(edition=edition)
    base = released(edition, now)
    edition.turn_minutes = 20
    later = now + minutes(20)

    found = gathered(edition, later, base, kind=DrawKind.REBUILD)

    published = {found.keys[a.slot]: a.seller for a in found.instance.published.assignments}
    turns = {
        (turn.channel_id, turn.starts_at, turn.ends_at): turn.seller.code
        for turn in rotation.turns_on(base, now.date())
        if turn.starts_at < later + minutes(30)
    }
    assert {key: code for key, code in published.items() if key[1] < later + minutes(30)} == turns
    ends: dict[int, datetime] = {}
    for channel, start, end in sorted(found.keys.values()):
        assert start >= ends.get(channel, start)
        ends[channel] = end
    assert read_instance(canonical(write_instance(found.instance))) == found.instance


def test_a_lost_channel_and_a_new_break_take_frozen_turns_with_them(edition, now):
    for _ in range(4):
        a_seller(edition=edition)
    base = released(edition, now)
    later = now + minutes(5)
    edition.channels[1].lost_from = later
    keep(
        ClosedTime(
            edition_id=edition.id,
            kind=ClosedKind.BREAK,
            starts_at=now + minutes(10),
            ends_at=now + minutes(20),
        )
    )

    found = gathered(edition, later, base, kind=DrawKind.REPAIR)

    first, second = (channel.id for channel in edition.channels)
    today = sorted((key[0], key[1]) for key in found.keys.values() if key[1] < now + minutes(60))
    assert today[0] == (first, now)  # has begun, although the break cuts it short
    assert (second, now) in today
    assert all(start == now for channel, start in today if channel == second)
    assert read_instance(canonical(write_instance(found.instance))) == found.instance


def test_who_withdrew_keeps_the_past_and_who_cannot_come_now_what_is_frozen(edition, now):
    sellers = [a_seller(edition=edition) for _ in range(4)]
    base = released(edition, now)
    begun = [turn for turn in rotation.turns_on(base, now.date()) if turn.starts_at == now]
    gone, busy = begun[0].seller, begun[1].seller
    db.session.get(Participation, (edition.id, gone.id)).withdrawn_at = now
    db.session.get(Participation, (edition.id, busy.id)).answered_at = now

    found = gathered(edition, now + minutes(1), base, kind=DrawKind.REBUILD)
    plan = rotation_plan(found)

    assert found.instance.dropped == {gone.code}
    assert len(who(found, busy).blocks) == 1
    assert violations(found.instance, plan.assignments) == []
    later = {a.seller for a in plan.assignments if found.keys[a.slot][1] >= now + minutes(31)}
    assert later == {s.code for s in sellers} - {gone.code, busy.code}


def rotation_plan(found):
    from bazaar.rules import rotation as rule

    return rule.plan(found.instance, "benih", iterations=20)


def test_a_frozen_plan_has_nothing_to_plan(edition, now):
    a_seller(edition=edition)
    edition.freeze_minutes = 3 * 24 * 60
    edition.max_turns_per_day = None
    edition.min_gap_minutes = 0
    for _ in range(3):
        a_seller(edition=edition)
    base = released(edition, now)

    with pytest.raises(gathering.AllFrozen):
        gathered(edition, now + minutes(1), base)


@pytest.mark.parametrize("sellers", [2, 40])
def test_more_sellers_cost_no_more_queries(edition, queries, now, sellers):
    for n in range(sellers):
        seller = a_seller(edition=edition)
        keep(Availability(seller_id=seller.id, weekday=n % 7, from_time=time(6), until=time(0)))
    db.session.expire_all()
    queries.clear()

    gathered(edition, now)

    assert len(queries) <= 16


PINS = {
    "away": "tidak hadir pada jam itu",
    "twice": "bertabrakan dengan sematannya yang lain",
    "too many": "melebihi batas giliran",
    "pair": "keduanya dipisahkan",
}


@pytest.mark.parametrize("case", PINS)
def test_pins_that_nobody_could_keep_are_told_before_planning(edition, now, case):
    one, other = a_seller(edition=edition), a_seller(edition=edition)
    a_pin(edition, now + minutes(15), one)
    if case == "away":
        db.session.get(Participation, (edition.id, one.id)).answered_at = now
    elif case == "twice":
        edition.min_gap_minutes = 20
        a_pin(edition, now + minutes(30), one)
    elif case == "too many":
        db.session.get(Participation, (edition.id, one.id)).max_turns = 0
    else:
        keep(BlockedPair(edition_id=edition.id, seller_id=one.id, other_id=other.id))
        a_pin(edition, now + minutes(30), other)

    with pytest.raises(PinFault) as refused:
        rotation.make_draft(edition, seed="benih", actor=HOST, now=now)

    assert PINS[case] in str(refused.value)
    assert "1/3 19." in str(refused.value)
