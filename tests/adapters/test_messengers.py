"""One suite for everything that carries letters, and what only SMTP can do wrong."""

import socket
from dataclasses import replace
from email import message_from_string, policy

import pytest

from bazaar.adapters import smtp
from bazaar.adapters.fakes import FakeMessenger
from bazaar.adapters.smtp import Smtp
from bazaar.errors import Unavailable
from bazaar.ports import Letter, Undeliverable
from tests.adapters.mail_server import MailServer

SENDER = "panitia@bazar.test"
LETTER = Letter(
    "order:PV-7XK2Q", "siti@contoh.id", "Pesanan “Batik” diterima", "Halo Siti,\n.\nTerima kasih."
)


@pytest.fixture
def mail_server(tmp_path):
    server = MailServer(tmp_path)
    yield server
    server.close()


def to(server, *, user="", password="", scheme="smtp"):
    who = f"{user}:{password}@" if user else ""
    return Smtp(f"{scheme}://{who}localhost:{server.port}", SENDER, trust=server.trust())


def read(server):
    return [
        (to, message_from_string(text, policy=policy.default)) for _, to, text in server.letters
    ]


@pytest.fixture(params=["fake", "smtp"])
def case(request, mail_server):
    """A messenger, and a function that lists what arrived as (address, subject, text)."""
    if request.param == "fake":
        fake = FakeMessenger()
        return fake, lambda: [(x.to, x.subject, x.text) for x in fake.carried.values()]
    return to(mail_server), lambda: [
        (address, mail["Subject"], mail.get_content().removesuffix("\n"))
        for address, mail in read(mail_server)
    ]


def test_a_letter_arrives_as_it_was_written(case):
    messenger, arrived = case
    messenger.send(LETTER)

    assert arrived() == [(LETTER.to, LETTER.subject, LETTER.text)]


@pytest.mark.parametrize("bad", ["a\r\nBcc: b@c.id", "a\nb", "a\0b"])
@pytest.mark.parametrize("where", ["to", "subject"])
def test_a_line_break_in_a_header_never_leaves(case, bad, where):
    messenger, arrived = case
    letter = {"key": "x", "to": "siti@contoh.id", "subject": "Halo", "text": "", where: bad + "@d"}

    with pytest.raises(Undeliverable):
        messenger.send(Letter(**letter))
    assert arrived() == []


def test_a_repeat_can_be_recognised(mail_server):
    messenger = to(mail_server)
    messenger.send(LETTER)
    messenger.send(LETTER)
    messenger.send(Letter("other", "siti@contoh.id", "x", "y"))

    first, second, other = [mail["Message-ID"] for _, mail in read(mail_server)]
    assert first == second != other
    assert first.endswith("@bazar.test>")


def test_a_letter_that_can_be_ended_says_so_to_mail_programs(mail_server):
    link = "https://bazar.test/berhenti/abc-DEF_123"
    messenger = to(mail_server)
    messenger.send(LETTER)
    messenger.send(replace(LETTER, key="cue:1", unsubscribe=link))

    plain, cue = [mail for _, mail in read(mail_server)]
    assert plain["List-Unsubscribe"] is plain["List-Unsubscribe-Post"] is None
    assert cue["List-Unsubscribe"] == f"<{link}>"
    assert cue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_letters_travel_encrypted_with_the_password_after_that(mail_server):
    mail_server.user, mail_server.password = "panitia", "p@ss:word"
    to(mail_server, user="panitia", password="p%40ss%3Aword").send(LETTER)

    assert mail_server.encrypted == [True]


def test_a_wrong_password_is_no_fault_of_the_letter(mail_server):
    mail_server.user, mail_server.password = "panitia", "right"

    with pytest.raises(Unavailable) as caught:
        to(mail_server, user="panitia", password="wrong").send(LETTER)
    assert not isinstance(caught.value, Undeliverable)


def test_a_certificate_that_nobody_vouches_for_is_refused(mail_server):
    with pytest.raises(Unavailable):
        Smtp(f"smtp://localhost:{mail_server.port}", SENDER).send(LETTER)
    assert mail_server.letters == []


def test_without_encryption_a_password_stays_here(mail_server):
    mail_server.starttls, mail_server.user = False, "panitia"

    with pytest.raises(Unavailable):
        to(mail_server, user="panitia", password="x").send(LETTER)


def test_a_server_on_this_machine_may_do_without_encryption(mail_server):
    mail_server.starttls = False
    to(mail_server).send(LETTER)

    assert mail_server.encrypted == [False]


@pytest.mark.parametrize(
    ("command", "reply", "forever"),
    [
        ("RCPT", "550 no such person", True),
        ("RCPT", "450 busy", False),
        ("MAIL", "553 not from you", True),
        ("MAIL", "421 closing", False),
        ("DATA", "554 refused", True),
        ("DATA", "", False),
        ("EHLO", "", False),
    ],
)
def test_refusals_are_for_now_or_forever(mail_server, command, reply, forever):
    mail_server.refuse[command] = reply

    with pytest.raises(Unavailable) as caught:
        to(mail_server).send(LETTER)
    assert isinstance(caught.value, Undeliverable) is forever
    assert mail_server.letters == []


def test_a_server_that_is_away_or_silent_costs_a_short_wait(monkeypatch):
    monkeypatch.setattr(smtp, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable):
            Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)
    with pytest.raises(Unavailable):
        Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)


@pytest.mark.parametrize("url", ["", "mail.test", "http://mail.test", "smtp://", "smtp:mail"])
def test_addresses_of_other_things_are_refused(url):
    with pytest.raises(ValueError, match="is like smtp://"):
        Smtp(url, SENDER)
