from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import outbox, scheduler
from bazaar.adapters.fakes import FakeMessenger
from bazaar.clockwork import run_errand
from bazaar.db import db
from bazaar.errors import Unavailable
from bazaar.models import Message
from bazaar.ports import Letter, Undeliverable


def write(now, key="order:1", to="siti@contoh.id", subject="Pesanan"):
    return outbox.write(key, to, subject, "Terima kasih.", now=now)


def pick(now):
    return outbox.pick(now)


def the_message():
    db.session.flush()
    db.session.expire_all()
    return db.session.scalars(sa.select(Message)).one()


def test_a_letter_is_written_once_per_key(app, now):
    assert write(now)
    assert not write(now, subject="Lain")
    assert the_message().subject == "Pesanan"


def test_nothing_is_written_to_nobody(app, now):
    assert not write(now, to="")
    assert db.session.scalars(sa.select(Message)).all() == []


def test_many_letters_are_written_in_one_go_each_once(app, now, queries):
    write(now, key="release:1:1")
    letters = [Letter(f"release:1:{n}", f"u{n}@contoh.id", "Giliran", "Halo") for n in range(5)]
    odd = [Letter("release:1:8", "", "a", "b"), Letter("release:1:9", "a\nb", "a", "b")]
    queries.clear()

    assert outbox.write_each([*letters, *odd], now=now) == 4
    assert len(queries) == 1
    assert outbox.write_each(letters, now=now) == 0
    assert outbox.write_each([], now=now) == 0
    assert db.session.query(Message).count() == 5
    assert pick(now).key == "release:1:1"


@pytest.mark.parametrize("bad", ["a\r\nBcc: b@c.id", "a\nb", "a\0b", "a\x7fb", "a\u2028b"])
@pytest.mark.parametrize("where", ["to", "subject"])
def test_line_breaks_in_headers_are_refused(app, now, bad, where):
    with pytest.raises(outbox.BrokenLetter):
        write(now, **{where: bad})


def test_a_subject_that_does_not_fit_is_refused(app, now):
    with pytest.raises(outbox.BrokenLetter):
        write(now, subject="x" * 201)


def test_a_letter_is_carried_once(app, now):
    write(now)
    letter = pick(now)
    messenger = FakeMessenger()
    outbox.carry(letter, messenger)
    outbox.close(letter, None, now=now)

    assert messenger.carried == {
        "order:1": Letter("order:1", "siti@contoh.id", "Pesanan", "Terima kasih.")
    }
    assert pick(now + timedelta(days=30)) is None
    assert the_message().sent_at == now


def test_a_claimed_letter_is_not_picked_twice(app, now):
    write(now)

    assert pick(now)
    assert pick(now) is None


def test_a_sender_that_died_loses_its_claim_after_the_wait(app, now):
    write(now)
    pick(now)

    assert pick(now + outbox.WAITS[0] - timedelta(seconds=1)) is None
    assert pick(now + outbox.WAITS[0])


def test_failures_wait_longer_each_time_and_are_given_up_at_last(app, now):
    write(now)
    at = now
    for wait in outbox.WAITS:
        outbox.close(pick(at), Unavailable(), now=at)
        assert the_message().next_try_at == at + wait
        at += wait
    outbox.close(pick(at), Unavailable(), now=at)

    message = the_message()
    assert (message.next_try_at, message.sent_at) == (None, None)
    assert message.tries == len(outbox.WAITS) + 1
    assert message.failure
    assert pick(at + timedelta(days=30)) is None


def test_what_can_never_be_delivered_is_given_up_at_once(app, now):
    write(now)
    outbox.close(pick(now), Undeliverable(), now=now)

    assert the_message().next_try_at is None
    assert pick(now + timedelta(days=1)) is None


def test_without_a_messenger_nothing_is_carried(app, now):
    write(now)

    with pytest.raises(Unavailable):
        outbox.carry(pick(now), None)


def test_the_oldest_due_letter_goes_first(app, now):
    write(now, key="second")
    write(now - timedelta(minutes=1), key="first")
    write(now + timedelta(minutes=1), key="later")

    assert [pick(now).key, pick(now).key, pick(now)] == [
        "first",
        "second",
        None,
    ]


@pytest.fixture
def fake(app):
    kept = app.extensions["bazaar"]
    messenger = FakeMessenger()
    app.extensions["bazaar"] = replace(kept, messenger=messenger)
    yield messenger
    app.extensions["bazaar"] = kept


def errand():
    return next(errand for errand in scheduler.ERRANDS if errand.name == "send_letters")


def test_the_clock_carries_what_is_due(app, fake, now):
    for n in range(3):
        write(now, key=f"order:{n}")
    write(now, key="odd", to="no address")
    db.session.commit()

    assert run_errand(errand()) == 4
    assert run_errand(errand()) == 0
    assert sorted(fake.carried) == ["order:0", "order:1", "order:2"]


def test_without_a_mail_server_letters_wait_untouched(app, now):
    write(now)
    db.session.commit()

    assert run_errand(errand()) == 0
    assert the_message().tries == 0
