"""The liaison's queue: what to do now, the most urgent first, each done by one person."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import audit, outbox, show
from bazaar.db import db, reading
from bazaar.models import Message, Release
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.cues import CueKind
from bazaar.show import desk, liaison, presence
from tests.builders import HOST, TREASURER, a_channel, a_release, a_seller, a_turn, an_edition
from tests.show.cueing import leave, messages, minutes, tell
from tests.test_shipments import in_threads

SITE = "https://bazar.test"


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def turns(edition, now):
    """Two turns of an evening in a day, one after the other."""
    released = a_release(edition)
    starts_at = now + timedelta(days=1)
    return [
        a_turn(
            released,
            a_seller(name=f"Lapak {n}", phone=f"+62812345678{n:02}"),
            starts_at=starts_at + minutes(15 * n),
        )
        for n in range(2)
    ]


def calls(edition, now):
    db.session.flush()
    show.forget()
    return [(call.seller.name, call.name.kind) for call in liaison.waiting(edition, now)]


def test_the_most_urgent_comes_first(edition, turns, now):
    at = turns[0].starts_at - minutes(8)
    beside = a_channel(edition, number=2)
    release = db.session.get_one(Release, turns[0].release_id)
    for name, after in (("Lapak Sedikit Lagi", 1), ("Lapak Lain", 5)):
        a_turn(
            release,
            a_seller(name=name),
            starts_at=turns[0].starts_at + minutes(after),
            minutes=4,
            channel=beside,
        )
    tell(edition, at)

    assert calls(edition, at) == [
        ("Lapak Sedikit Lagi", CueKind.CALL),
        ("Lapak 0", CueKind.CHECK),
        ("Lapak Lain", CueKind.CALL),
    ]
    ends = [turns[0].starts_at + minutes(n) for n in (-5, -3, -1)]
    assert [call.letter.valid_until for call in liaison.waiting(edition, at)] == ends


@pytest.mark.parametrize("reached", [False, True], ids=["by nobody", "by mail"])
def test_who_is_looked_for_is_not_called_to_the_room_as_well(edition, turns, now, reached):
    turns[0].seller.email = "a@umkm.test" if reached else ""
    at = turns[0].starts_at - minutes(8)
    tell(edition, at, CueKind.CALL)
    if reached:
        outbox.close(leave(at), None, now=at)
    assert calls(edition, at) == [("Lapak 0", CueKind.CALL)]
    tell(edition, at, CueKind.CHECK)

    assert calls(edition, at) == [("Lapak 0", CueKind.CHECK)]
    (found,) = liaison.waiting(edition, at)
    assert found.is_needed
    liaison.done(found.letter.id, actor=HOST, now=at)
    assert calls(edition, at) == []


def test_who_is_looked_for_because_of_one_turn_is_told_of_another(edition, turns, now):
    release = db.session.get_one(Release, turns[0].release_id)
    a_turn(release, turns[0].seller, starts_at=turns[0].starts_at + minutes(52))
    at = turns[0].starts_at - minutes(8)
    tell(edition, at)

    assert calls(edition, at) == [
        ("Lapak 0", CueKind.CHECK),
        ("Lapak 0", CueKind.HOUR_BEFORE),
    ]


def test_a_call_about_the_turn_as_it_was_overtakes_nothing(edition, turns, now):
    at = turns[0].starts_at - minutes(8)
    tell(edition, at, CueKind.CHECK)
    turns[0].sequence += 1
    tell(edition, at, CueKind.CALL)

    assert calls(edition, at) == [("Lapak 0", CueKind.CALL)]


def test_what_is_near_comes_before_what_lapses_sooner_but_is_about_tomorrow(edition, turns, now):
    at = turns[0].starts_at - minutes(60)
    far = a_seller(edition=edition, name="Lapak Jauh")
    release = db.session.get_one(Release, turns[0].release_id)
    a_turn(release, far, starts_at=at + timedelta(hours=6, minutes=10))
    tell(edition, at)

    assert calls(edition, at) == [
        ("Lapak 0", CueKind.HOUR_BEFORE),
        ("Lapak Jauh", CueKind.DAY_BEFORE),
    ]


def test_what_is_too_late_goes_by_itself(edition, turns, now):
    at = turns[0].starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    end = turns[0].starts_at - minutes(6)

    assert calls(edition, end) == [("Lapak 0", CueKind.CALL)]
    assert calls(edition, end + timedelta(seconds=1)) == []
    (letter,) = messages("hand")
    with pytest.raises(liaison.TooLate):
        liaison.done(letter.id, actor=HOST, now=end + timedelta(seconds=1))


def test_words_are_ready_without_any_secret(edition, turns, now):
    at = turns[0].starts_at - minutes(60)
    turns[1].seller.language = "en"
    tell(edition, at, CueKind.HOUR_BEFORE)
    tell(edition, at + minutes(15), CueKind.HOUR_BEFORE)

    first, second = (
        liaison.words(call, SITE) for call in liaison.waiting(edition, at + minutes(15))
    )
    assert "satu jam lagi giliran Lapak 0" in first
    assert "Halaman Anda: tautan pribadi Anda" in first
    assert "is in about one hour" in second
    assert "{" not in first + second
    assert "/u/" not in first + second


def test_words_are_in_one_language_whatever_is_chosen_later(edition, turns, now):
    at = turns[0].starts_at - minutes(60)
    tell(edition, at, CueKind.HOUR_BEFORE)
    turns[0].seller.language = "en"

    (call,) = liaison.waiting(edition, at)

    assert "Halaman Anda: tautan pribadi Anda" in liaison.words(call, SITE)


def test_marking_it_is_noted_once(edition, turns, now):
    at = turns[0].starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    (letter,) = messages("hand")

    assert liaison.done(letter.id, actor=HOST, now=at).name == "Lapak 0"
    assert calls(edition, at) == []
    with pytest.raises(liaison.CalledAlready):
        liaison.done(letter.id, actor=TREASURER, now=at)
    noted = db.session.scalars(audit.about(f"seller:{turns[0].seller.code}")).all()
    assert [(row.action, row.actor_name) for row in noted] == [("cue.reach_seller", "Rina")]


def test_of_two_who_mark_it_at_once_one_is_told(app, edition, turns, now):
    at = turns[0].starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    letter_id = messages("hand")[0].id

    raised = in_threads(
        app,
        lambda: liaison.done(letter_id, actor=HOST, now=at),
        lambda: liaison.done(letter_id, actor=TREASURER, now=at),
    )
    assert [type(one) for one in raised if one] == [liaison.CalledAlready]
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).where(Message.sent_at == at)) == 1


def test_other_messages_cannot_be_marked_here(edition, turns, now):
    turns[0].seller.email = "a@umkm.test"
    at = turns[0].starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    outbox.write("order:1", "siti@contoh.id", "a", "b", now=now)

    for letter in [*messages("mail"), None]:
        with pytest.raises(liaison.NoSuchCall):
            liaison.done(letter.id if letter else 999, actor=HOST, now=at)


def test_who_was_reached_by_another_way_comes_last_and_says_so(edition, turns, now):
    turns[0].seller.email = "a@umkm.test"
    at = turns[1].starts_at - timedelta(hours=24)
    tell(edition, at, CueKind.DAY_BEFORE)
    assert [call.reached for call in liaison.waiting(edition, at)] == [(), ()]
    outbox.close(leave(at), None, now=at)

    found = liaison.waiting(edition, at)
    assert [(call.seller.name, call.reached) for call in found] == [
        ("Lapak 1", ()),
        ("Lapak 0", ("mail",)),
    ]
    assert [call.is_needed for call in found] == [True, False]


def test_who_has_come_need_not_be_looked_for(edition, turns, now):
    at = turns[0].starts_at - minutes(8)
    tell(edition, at, CueKind.CHECK)
    assert calls(edition, at) == [("Lapak 0", CueKind.CHECK)]
    (channel,) = show.days(edition, show.day_at(edition, at))
    presence.check_in(channel, turns[0].seller_id, here=True, actor=HOST, now=at)

    assert calls(edition, at) == []


def test_a_turn_that_is_left_out_or_moved_concerns_nobody(edition, turns, now):
    at = turns[0].starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    tell(edition, at + minutes(15), CueKind.CALL)
    turns[1].sequence += 1
    assert calls(edition, at + minutes(1)) == [("Lapak 0", CueKind.CALL)]

    desk.act(
        edition, 1, ActKind.SKIP, revision=0, actor=HOST, now=at + minutes(1), turn=turns[0].uid
    )
    assert calls(edition, at + minutes(1)) == []


def test_who_was_missed_is_called_while_the_slot_is_empty(edition, turns, now):
    at = turns[0].starts_at + minutes(2)
    desk.act(edition, 1, ActKind.NO_SHOW, revision=0, actor=HOST, now=at, turn=turns[0].uid)
    db.session.flush()
    tell(edition, at, CueKind.NO_SHOW)

    assert calls(edition, at) == [("Lapak 0", CueKind.NO_SHOW)]


@pytest.mark.parametrize("count", [1, 8])
def test_more_calls_cost_no_more_queries(edition, now, queries, count):
    released = a_release(edition)
    for n in range(count):
        a_turn(released, a_seller(), starts_at=now + timedelta(days=1) + minutes(15 * n))
    at = now + minutes(15 * count)
    tell(edition, at, CueKind.DAY_BEFORE)
    db.session.commit()
    db.session.expire_all()
    show.forget()
    show.kept(edition, at)
    queries.clear()

    assert len(liaison.waiting(edition, at)) == count
    assert len(queries) <= 6
