"""Why a seller did not get a slot, asked of the frozen input of a real draw."""

from datetime import UTC, datetime, timedelta

import pytest

from bazaar import rotation, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import BlockedPair, DrawKind, Participation, Pin, Presence, RequestKind
from bazaar.rotation import draws, requests, work
from bazaar.rotation.elsewhere import NoSuchSlot, Obstacle, Slots
from bazaar.rotation.explanations import Wish
from bazaar.web import services
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, keep

TODAY = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""Seven in the evening in Jember: what lies around it lies on one day."""


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(TODAY)


def soon(*, days=1):
    return TODAY + timedelta(days=days)


def minutes(n):
    return timedelta(minutes=n)


def an_open_edition(**given):
    return an_edition(**{"freeze_minutes": 60, "max_turns_per_day": 1} | given)


def release(edition):
    """Draw, and release what comes out."""
    seals = services().draw_seals
    draws.begin(edition, kind=DrawKind.PLAN, iterations=0, seals=seals, actor=HOST, now=times.now())
    db.session.commit()
    assert work.work(seals=seals) == 1
    return rotation.release(rotation.find_draft(edition), actor=HOST, now=times.now())


def ask(edition, seller, starts_at, *, channel=None):
    plan = rotation.find_current_release(edition)
    day = times.day_of(starts_at, edition.zone)
    channel = channel or edition.channels[0]
    return Slots(edition, plan, day).ask(seller, channel.id, starts_at)


def owner_of(edition, starts_at):
    plan = rotation.find_current_release(edition)
    return next(turn.seller for turn in plan.turns if turn.starts_at == starts_at)


def test_ones_own_slot_is_ones_own(app):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=15)
    seller = a_seller(edition=edition)
    release(edition)

    assert ask(edition, seller, soon()).obstacle is Obstacle.OWN


def test_who_cannot_come_is_told_so(app):
    edition = an_open_edition()
    window = a_window(edition, opens_at=soon(), minutes=30)
    a_seller(edition=edition)
    late, never = (a_seller(edition=edition) for _ in range(2))
    for seller in (late, never):
        taking_part = db.session.get_one(Participation, (edition.id, seller.id))
        taking_part.answered_at = times.now()
    keep(
        Presence(
            seller_id=late.id,
            window_id=window.id,
            starts_at=soon() + minutes(15),
            ends_at=soon() + minutes(30),
        )
    )
    release(edition)

    assert ask(edition, late, soon()).obstacle is Obstacle.AVAILABILITY
    assert ask(edition, never, soon()).obstacle is Obstacle.AVAILABILITY


def test_a_turn_on_the_same_day_stands_in_the_way(app):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=30)
    one, other = (a_seller(edition=edition) for _ in range(2))
    release(edition)
    first = owner_of(edition, soon())

    answer = ask(edition, first, soon() + minutes(15))

    assert answer.obstacle is Obstacle.DAY
    assert [turn.starts_at for turn in answer.same_day] == [soon()]
    assert answer.spot.turn.seller in {one, other} - {first}


def test_a_gap_stands_in_the_way(app):
    edition = an_open_edition(max_turns_per_day=None, min_gap_minutes=20)
    a_window(edition, opens_at=soon(), minutes=30)
    seller = a_seller(edition=edition)
    release(edition)
    (mine,) = rotation.turns_of(seller.id)
    other = soon() if mine.starts_at != soon() else soon() + minutes(15)

    assert ask(edition, seller, other).obstacle is Obstacle.GAP


def test_on_air_elsewhere_stands_in_the_way(app):
    edition = an_open_edition(channels=2, max_turns_per_day=None)
    a_window(edition, opens_at=soon(), minutes=15)
    for _ in range(2):
        a_seller(edition=edition)
    plan = release(edition)
    first, second = plan.turns

    answer = ask(edition, first.seller, soon(), channel=second.channel)

    assert answer.obstacle is Obstacle.BUSY


def test_a_limit_of_turns_stands_in_the_way(app):
    edition = an_open_edition(max_turns_per_day=None)
    a_window(edition, opens_at=soon(), minutes=15)
    a_window(edition, opens_at=soon(days=2), minutes=15)
    seller = a_seller(edition=edition)
    a_seller(edition=edition)
    db.session.get_one(Participation, (edition.id, seller.id)).max_turns = 1
    release(edition)
    mine = rotation.turns_of(seller.id)[0].starts_at
    other = soon() if mine != soon() else soon(days=2)

    assert ask(edition, seller, other).obstacle is Obstacle.MAX_TURNS


def test_a_pair_that_must_not_meet_stands_in_the_way(app):
    edition = an_open_edition(channels=2, max_turns_per_day=1)
    a_window(edition, opens_at=soon(), minutes=15)
    a_window(edition, opens_at=soon(days=2), minutes=15)
    one, other, third = sorted((a_seller(edition=edition) for _ in range(3)), key=lambda s: s.id)
    keep(BlockedPair(edition_id=edition.id, seller_id=one.id, other_id=other.id, note="rahasia"))
    plan = release(edition)
    turn = next(
        turn
        for turn in plan.turns
        if turn.seller_id == third.id
        and any(t.starts_at == turn.starts_at and t.seller_id != third.id for t in plan.turns)
    )
    beside = next(t for t in plan.turns if t.starts_at == turn.starts_at and t is not turn)
    foe = one if beside.seller_id == other.id else other

    answer = ask(edition, foe, turn.starts_at, channel=turn.channel)

    assert answer.obstacle in {Obstacle.BLOCKED_PAIR, Obstacle.DAY}
    assert answer.obstacle is Obstacle.BLOCKED_PAIR or answer.same_day


def test_what_was_pinned_was_not_to_be_had(app, now):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=15)
    guest, seller = (a_seller(edition=edition) for _ in range(2))
    keep(
        Pin(
            channel_id=edition.channels[0].id,
            starts_at=soon(),
            seller_id=guest.id,
            made_by="Rina",
            made_at=now,
        )
    )
    release(edition)

    assert ask(edition, seller, soon()).obstacle is Obstacle.PIN


def test_what_a_hand_gave_is_told_as_such(app):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=15)
    sellers = [a_seller(edition=edition) for _ in range(2)]
    release(edition)
    first = owner_of(edition, soon())
    rotation.find_current_release(edition).turns[0].reasons = {"decided": "hand"}
    other = next(seller for seller in sellers if seller is not first)

    answer = ask(edition, other, soon())

    assert (answer.obstacle, answer.wish) == (Obstacle.HAND, None)


def test_what_two_sellers_agreed_is_told_as_their_swap(app):
    edition = an_open_edition(request_hours=0, veto_hours=0)
    a_window(edition, opens_at=soon(), minutes=30)
    third = a_seller(edition=edition)
    db.session.get_one(Participation, (edition.id, third.id)).max_turns = 0
    for name in ("Batik Sekar", "Kopi Silo"):
        a_seller(edition=edition, name=name)
    release(edition)
    mine, other = sorted(
        rotation.find_current_release(edition).turns, key=lambda turn: turn.starts_at
    )
    names = mine.seller.name, other.seller.name
    asks, agrees = (Actor(f"seller:{turn.seller_id}", turn.seller.name) for turn in (mine, other))
    request = requests.ask_swap(edition, mine, other, "", actor=asks, now=times.now())
    requests.accept(request, actor=agrees, now=times.now())

    answer = ask(edition, third, soon())

    assert answer.obstacle is Obstacle.HAND
    assert answer.spot.turn.seller.name == names[1]
    assert answer.wish == Wish(RequestKind.SWAP, names[0])


def test_between_equals_turns_or_balance_spoke(app):
    edition = an_open_edition()
    for days in range(1, 4):
        a_window(edition, opens_at=soon(days=days), minutes=15)
    sellers = [a_seller(edition=edition) for _ in range(2)]
    release(edition)
    counts = {seller.id: len(rotation.turns_of(seller.id)) for seller in sellers}
    more = max(sellers, key=lambda seller: counts[seller.id])
    less = min(sellers, key=lambda seller: counts[seller.id])
    of_less = rotation.turns_of(less.id)[0].starts_at
    of_more = rotation.turns_of(more.id)[0].starts_at

    answer = ask(edition, more, of_less)
    assert answer.obstacle is Obstacle.TURNS
    assert (answer.own.turns, answer.other.turns) == (2, 1)
    assert ask(edition, less, of_more).obstacle in {Obstacle.CLUSTER, Obstacle.BALANCE}


def test_who_joined_later_was_not_in_the_draw(app):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=15)
    a_seller(edition=edition)
    release(edition)
    new = a_seller(edition=edition)

    assert ask(edition, new, soon()).obstacle is Obstacle.OUTSIDE


def test_a_slot_that_is_not_there_is_not_found(app):
    edition = an_open_edition()
    a_window(edition, opens_at=soon(), minutes=15)
    seller = a_seller(edition=edition)
    release(edition)

    with pytest.raises(NoSuchSlot):
        ask(edition, seller, soon() + minutes(5))


def test_a_release_without_draw_has_no_slots_to_ask_about(app):
    edition = an_open_edition()
    plan = a_release(edition)
    a_turn(plan, a_seller(edition=edition), starts_at=soon())

    assert Slots(edition, plan, times.day_of(soon(), edition.zone)).spots == []
