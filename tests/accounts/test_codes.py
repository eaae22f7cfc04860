import threading
from datetime import timedelta

import pyotp
import pytest

from bazaar.accounts import codes
from bazaar.db import db, reading, transaction
from bazaar.models import Account
from bazaar.seals import BrokenSeal, Seals
from tests.committee import SEALS, a_member

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def a_phone(now):
    member = a_member(enrolled=False)
    codes.give_secret(member, seals=SEALS, secret=SECRET)
    return member


@pytest.mark.parametrize(
    ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_good_for_its_half_minute_and_one_beside_it(app, now, steps, right):
    member = a_phone(now)
    code = pyotp.TOTP(SECRET).at(now + timedelta(seconds=30 * steps))

    assert codes.take(member, code, seals=SEALS, now=now) is right


def test_a_code_works_once(app, now):
    member = a_phone(now)
    code = pyotp.TOTP(SECRET).at(now)

    assert codes.take(member, f"{code[:3]} {code[3:]}", seals=SEALS, now=now)
    assert not codes.take(member, code, seals=SEALS, now=now)


def test_after_a_code_older_ones_are_dead(app, now):
    member = a_phone(now)
    before = pyotp.TOTP(SECRET).at(now - timedelta(seconds=30))

    assert codes.take(member, pyotp.TOTP(SECRET).at(now), seals=SEALS, now=now)
    assert not codes.take(member, before, seals=SEALS, now=now)


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "🥭"])
def test_other_texts_are_no_codes(app, now, code):
    member = a_phone(now)

    assert not codes.take(member, code, seals=SEALS, now=now)


def test_of_eight_parallel_tries_with_one_code_one_wins(app, now):
    member_id = a_phone(now).id
    db.session.commit()
    code = pyotp.TOTP(SECRET).at(now)
    start = threading.Barrier(8)
    taken = []

    def try_it():
        with app.app_context():
            with reading():
                member = db.session.get_one(Account, member_id)
                db.session.expunge(member)
            start.wait()
            with transaction():
                taken.append(codes.take(member, code, seals=SEALS, now=now))

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == [False] * 7 + [True]


def test_the_secret_is_not_in_the_database_in_the_clear(app, now):
    member = a_phone(now)

    assert SECRET not in (member.totp_secret or "")
    assert codes.secret_of(member, seals=SEALS) == SECRET
    with pytest.raises(BrokenSeal):
        codes.secret_of(member, seals=Seals("another installation", "totp"))


def test_a_confirmed_secret_is_never_shown_again(app, now):
    member = a_member()

    with pytest.raises(ValueError, match="no secret to show"):
        codes.secret_of(member, seals=SEALS)


def test_phones_understand_the_address(app, now):
    uri = codes.uri(a_member(email="siti@panitia.test"), SECRET)

    read = pyotp.parse_uri(uri)
    assert (read.secret, read.name, read.issuer) == (SECRET, "siti@panitia.test", "Pasar Virtual")


def test_after_a_change_of_the_installations_secret_no_code_is_right(app, now):
    member = a_phone(now)
    other = Seals("another installation", "totp")

    assert not codes.take(member, pyotp.TOTP(SECRET).at(now), seals=other, now=now)
