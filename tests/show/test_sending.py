"""What leaves: once, in time, to who still wants it, with links, and not at night."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from bazaar import audit, outbox, scheduler
from bazaar.adapters.fakes import FakeMessenger
from bazaar.clockwork.work import run_errand
from bazaar.db import db, reading, transaction
from bazaar.errors import Unavailable
from bazaar.models import ContactKind, ContactWay, Message
from bazaar.rules.show.cues import CueKind
from bazaar.seals import Seals
from bazaar.show import contacts, sending
from bazaar.web import services
from bazaar.web.services import sending_desk
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition, seller_token
from tests.show.cueing import leave, messages, minutes, reach_by, telegram, tell
from tests.test_races import at_once


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def turn(edition, now):
    seller = a_seller(name="Batik Sekar", email="sekar@umkm.test")
    seller_token(seller)
    return a_turn(a_release(edition), seller, starts_at=now + timedelta(days=2))


def stop_address(seller, kind=ContactKind.EMAIL):
    return f"http://localhost/berhenti/{contacts.stop_token(seller, kind, services().links)}"


def test_a_message_leaves_with_the_address_and_the_links_of_that_minute(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    turn.seller.email = "baru@umkm.test"
    letter = leave(at)

    site = services().settings.public_url
    assert letter.to == "baru@umkm.test"
    assert f"{site}/u/{seller_token(turn.seller)}" in letter.text
    assert letter.unsubscribe.startswith(f"{site}/berhenti/")
    assert letter.unsubscribe in letter.text
    assert "{" not in letter.text
    kept = messages("mail")[0]
    assert seller_token(turn.seller) not in kept.text
    assert leave(at) is None


@pytest.mark.parametrize(
    ("written_in", "chosen_later", "last"),
    [("id", "en", "Tidak mau pengingat ini lagi?"), ("en", "id", "No more of these reminders?")],
)
def test_a_message_is_in_one_language_whatever_is_chosen_later(
    edition, turn, now, written_in, chosen_later, last
):
    at = turn.starts_at - minutes(15)
    turn.seller.language = written_in
    tell(edition, at, CueKind.CALL)
    contacts.send_test(turn.seller, ContactKind.EMAIL, bazaar="Bazar", now=at)
    contacts.set_language(turn.seller, chosen_later, actor=HOST, now=at)

    letters = [leave(at), leave(at)]

    assert {letter.key.partition(":")[0] for letter in letters} == {"cue", "way-test"}
    for letter in letters:
        line = letter.text.splitlines()[-1]
        assert line == f"{last} {letter.unsubscribe}"
        assert letter.text.count(letter.unsubscribe) == 1


def test_telegram_goes_to_the_chat_that_is_sealed(edition, turn, now):
    telegram(turn.seller, now, "987654321")
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    letter = leave(at, "telegram", "other")

    assert (letter.to, letter.way) == ("987654321", "telegram")
    sealed = db.session.scalars(sa.select(ContactWay.sealed)).all()
    assert "987654321" not in " ".join(sealed)
    assert "987654321" not in messages("telegram")[0].to


def test_who_unsubscribed_after_it_was_written_gets_nothing(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    contacts.turn_off(turn.seller, ContactKind.EMAIL, links=services().links, actor=HOST, now=at)

    assert leave(at) is None
    assert (messages("mail")[0].failure, messages("mail")[0].next_try_at) == (sending.ENDED, None)
    assert leave(at + timedelta(days=1)) is None


def test_a_seller_who_is_gone_gets_nothing(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    turn.seller.active = False

    assert leave(at) is None


def test_a_turn_that_moved_meanwhile_is_not_told_as_it_was(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    turn.sequence += 1

    assert leave(at) is None
    assert messages("mail")[0].failure == sending.CHANGED


def test_an_address_sealed_with_another_secret_reaches_nobody(edition, turn, now):
    telegram(turn.seller, now)
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    elsewhere = replace(sending_desk(), seals=Seals("another secret", "contact"))

    assert sending.pick(at, {"telegram"}, elsewhere) is None


def test_nothing_is_sent_after_its_time(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    late = turn.starts_at - minutes(6) + timedelta(seconds=1)

    assert leave(late) is None
    assert outbox.drop_expired(late) == 1
    assert outbox.drop_expired(late) == 0
    mail = messages("mail")[0]
    assert (mail.failure, mail.next_try_at, mail.sent_at) == ("expired", None, None)


def test_failures_are_tried_again_quickly_and_only_while_it_is_worth_it(edition, turn, now):
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    tries = []
    while at <= turn.starts_at:
        letter = leave(at)
        if letter is not None:
            tries.append(at)
            outbox.close(letter, Unavailable(), now=at)
        outbox.drop_expired(at)
        at += timedelta(seconds=5)

    waits = [(b - a).total_seconds() for a, b in pairwise(tries)]
    assert waits == sorted(waits)
    assert len(tries) == 5
    assert tries[-1] <= turn.starts_at - minutes(6)
    assert messages("mail")[0].failure == "expired"


def night_before(turn):
    """A turn at 22.00 in Jember: a day before is in the quiet hours."""
    turn.starts_at += timedelta(hours=3)
    turn.ends_at += timedelta(hours=3)
    db.session.flush()
    return turn.starts_at - timedelta(hours=24)


def test_what_can_wait_is_not_sent_at_night(edition, turn, now):
    at = night_before(turn)
    tell(edition, at, CueKind.DAY_BEFORE)
    morning = at + timedelta(hours=8)  # 22.00 to 06.00

    assert leave(at) is None
    assert leave(at + timedelta(hours=3)) is None  # across midnight
    assert leave(morning - timedelta(seconds=1)) is None
    assert messages("mail")[0].tries == 0
    assert leave(morning) is not None


def test_the_night_is_that_of_the_editions_zone(edition, turn, now):
    edition.zone_name = "Asia/Jayapura"
    at = turn.starts_at - timedelta(hours=24)  # 19.00 in Jember, 21.00 in Jayapura
    tell(edition, at, CueKind.DAY_BEFORE)

    assert leave(at) is None
    assert leave(at + timedelta(hours=9)) is not None


def test_what_is_about_the_next_hours_is_sent_at_night(edition, turn, now):
    night_before(turn)
    for kind, before in ((CueKind.HOUR_BEFORE, 60), (CueKind.CALL, 15)):
        at = turn.starts_at - minutes(before)
        tell(edition, at, kind)
        assert leave(at) is not None


def test_what_the_night_would_make_too_late_is_dropped(edition, turn, now):
    """A turn at 11.00: the reminder of the day before, come late at night, is too late by 05.00."""
    turn.starts_at -= timedelta(hours=8)
    turn.ends_at -= timedelta(hours=8)
    db.session.flush()
    at = turn.starts_at - timedelta(hours=13)  # 22.00
    tell(edition, at, CueKind.DAY_BEFORE)

    assert leave(at) is None
    morning = at + timedelta(hours=8)
    assert outbox.drop_expired(morning) == 1
    assert leave(morning) is None


def test_two_senders_send_each_message_once(app, edition, now):
    released = a_release(edition)
    for n in range(6):
        seller = a_seller(email=f"u{n}@umkm.test")
        a_turn(released, seller, starts_at=now + timedelta(days=1) + minutes(15 * n))
    at = now + minutes(90)
    tell(edition, at, CueKind.DAY_BEFORE)
    db.session.commit()

    def sender():
        sent: list[str] = []
        with app.app_context():
            while True:
                with transaction():
                    letter = leave(at)
                if letter is None:
                    return sent
                sent.append(letter.key)
                with transaction():
                    outbox.close(letter, None, now=at)

    both = [key for sent in at_once([sender, sender]) for key in sent]
    assert len(both) == len(set(both)) == 6
    with reading():
        query = sa.select(sa.func.count()).where(Message.way == "mail", Message.sent_at == at)
        assert db.session.scalar(query) == 6


class FakeChats(FakeMessenger):
    """Takes addresses that are no mail."""

    def send(self, letter):
        self.carried[letter.key] = letter


def test_the_clock_sends_by_both_senders(app, edition, turn, now, time_machine):
    mail, chats = FakeMessenger(), FakeChats()
    kept = app.extensions["bazaar"]
    app.extensions["bazaar"] = replace(kept, messenger=mail, chats=chats)
    telegram(turn.seller, now)
    reach_by(turn.seller, ContactKind.OTHER, "discord://1234567890/abcdefgh", now)
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    db.session.commit()
    time_machine.move_to(at)
    errands = {errand.name: errand for errand in scheduler.ERRANDS}
    try:
        assert run_errand(errands["send_letters"]) == 1
        assert run_errand(errands["send_chats"]) == 2
        assert run_errand(errands["send_chats"]) == 0
    finally:
        app.extensions["bazaar"] = kept

    assert [letter.to for letter in mail.carried.values()] == ["sekar@umkm.test"]
    assert {letter.to for letter in chats.carried.values()} == {
        "123456789",
        "discord://1234567890/abcdefgh",
    }


def test_ending_a_way_by_its_link_is_noted_and_happens_once(edition, turn, now):
    token = contacts.stop_token(turn.seller, ContactKind.TELEGRAM, services().links)
    with pytest.raises(contacts.NoSuchWay):
        contacts.unsubscribe(token, now=now)
    telegram(turn.seller, now)

    first = contacts.unsubscribe(token, now=now).ended_at
    assert contacts.unsubscribe(token, now=now + minutes(5)).ended_at == first == now
    noted = [row.action for row in db.session.scalars(audit.about(f"seller:{turn.seller.code}"))]
    assert noted.count("contact.end") == 1
    telegram(turn.seller, now)
    assert contacts.get_by_link(token).ended_at is None


def test_a_link_ends_one_way_only(edition, turn, now):
    telegram(turn.seller, now)
    at = turn.starts_at - minutes(15)
    tell(edition, at, CueKind.CALL)
    leave(at)  # mail has a link from now on
    contacts.unsubscribe(
        contacts.stop_token(turn.seller, ContactKind.EMAIL, services().links), now=at
    )

    known = contacts.of([turn.seller_id])[turn.seller_id]
    assert contacts.open_ways(turn.seller, known) == [ContactKind.TELEGRAM]


def test_addresses_that_may_not_be_used_are_refused(edition, turn, now):
    for kind, address, refusal in (
        (ContactKind.EMAIL, "bukan surel", contacts.BadMail),
        (ContactKind.TELEGRAM, "", contacts.BadChat),
        (ContactKind.TELEGRAM, "https://t.me/x", contacts.BadChat),
        (ContactKind.OTHER, "json://127.0.0.1", contacts.BadAddress),
        (ContactKind.OTHER, "", contacts.BadAddress),
    ):
        with pytest.raises(refusal):
            reach_by(turn.seller, kind, address, now)
    assert contacts.of([turn.seller_id]) == {}


def test_a_test_message_is_one_a_minute(edition, turn, now):
    for at, is_new in ((now, True), (now, False), (now + minutes(1), True)):
        sent = contacts.send_test(turn.seller, ContactKind.EMAIL, bazaar=edition.name, now=at)
        assert sent is is_new
    letter = leave(now + minutes(1))

    assert letter.to == "sekar@umkm.test"
    assert "pesan percobaan" in letter.text
    assert contacts.last_tests(turn.seller)[ContactKind.EMAIL].created_at == now + minutes(1)
