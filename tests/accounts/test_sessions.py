from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from bazaar import accounts
from bazaar.accounts import passwords, sessions
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, Message, Session
from tests.committee import HASH, PASSWORD, SEALS, a_member, code_of

A_SECOND = timedelta(seconds=1)


def sign_in(email, password=PASSWORD, *, now):
    with transaction():
        return accounts.sign_in(email, password, agent="tests", seals=SEALS, now=now)


def find(token, now):
    return sessions.find_session(token, now=now)


def a_session(member, now):
    token = sessions.begin(member, agent="tests", now=now)
    found = find(token, now)
    assert found is not None
    return found, sessions.confirm(found, now=now)


def test_the_password_begins_a_session_and_only_its_fingerprint_is_kept(app, now):
    a_member(email="siti@panitia.test")
    db.session.commit()

    token = sign_in(" Siti@Panitia.TEST ", now=now)

    assert len(token) == 43
    session = find(token, now)
    assert session.confirmed_at is None
    assert token not in repr(db.session.execute(sa.text("SELECT * FROM sessions")).all())


@pytest.mark.parametrize("email", ["siti@panitia.test", "nobody@panitia.test", "siti\0"])
def test_a_wrong_password_begins_nothing(app, now, email):
    a_member(email="siti@panitia.test")
    db.session.commit()

    assert sign_in(email.replace("\0", "%"), "salah", now=now) is None
    assert db.session.scalars(sa.select(Session)).all() == []


@pytest.mark.parametrize("given", [{"active": False}, {"password_hash": None}])
def test_deactivated_and_merely_invited_members_do_not_get_in(app, now, given):
    a_member(email="siti@panitia.test", **given)
    db.session.commit()

    assert sign_in("siti@panitia.test", now=now) is None


def test_an_unknown_account_costs_a_verification_too(app, now, monkeypatch):
    asked = []
    real = passwords.fits

    def fits(*given):
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(passwords, "fits", fits)
    sign_in("nobody@panitia.test", now=now)

    assert asked == [(PASSWORD, None)]


def test_a_hash_with_old_parameters_is_made_anew_at_sign_in(app, now):
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    member = a_member(password_hash=old)
    db.session.commit()

    assert sign_in(member.email, now=now)

    assert member.password_hash != old
    assert passwords.fits(PASSWORD, member.password_hash)


def test_the_second_factor_gives_a_new_token_and_the_old_one_is_dead(app, now):
    member = a_member()
    first = sessions.begin(member, agent="tests", now=now)
    session = find(first, now)

    second = accounts.confirm(session, code_of(member, now), seals=SEALS, now=now)

    assert find(first, now) is None
    assert find(second, now).confirmed_at == now


def test_a_wrong_code_changes_nothing(app, now):
    member = a_member()
    token = sessions.begin(member, agent="tests", now=now)
    session = find(token, now)

    assert accounts.confirm(session, "000000", seals=SEALS, now=now) is None
    assert find(token, now).confirmed_at is None


def test_half_way_sessions_end_soon(app, now):
    token = sessions.begin(a_member(), agent="tests", now=now)

    assert find(token, now + sessions.HALF_WAY - A_SECOND)
    assert find(token, now + sessions.HALF_WAY) is None


def test_a_session_ends_half_an_hour_after_its_last_use(app, now):
    session, token = a_session(a_member(), now)
    used_at = now + timedelta(minutes=29)

    assert sessions.touch(session.id, session.created_at, now=used_at)
    db.session.expire_all()
    assert find(token, used_at + sessions.IDLE - A_SECOND)
    assert find(token, used_at + sessions.IDLE) is None


def test_a_session_ends_after_twelve_hours_whatever_happens(app, now):
    session, token = a_session(a_member(), now)
    last = now + sessions.LONGEST - timedelta(minutes=2)

    assert sessions.touch(session.id, session.created_at, now=last)
    db.session.expire_all()
    assert find(token, now + sessions.LONGEST - A_SECOND)
    assert find(token, now + sessions.LONGEST) is None


def test_use_is_noted_once_a_minute(app, now):
    session, _ = a_session(a_member(), now)

    assert not sessions.touch(session.id, now, now=now + timedelta(seconds=59))
    assert sessions.touch(session.id, now, now=now + timedelta(seconds=60))
    assert not sessions.touch(session.id, now, now=now + timedelta(seconds=60))


def test_sessions_of_others_cannot_be_ended(app, now):
    session, _ = a_session(a_member(), now)

    with pytest.raises(sessions.NoSuchSession):
        sessions.get_session(a_member(), session.id)


def test_a_new_password_ends_all_other_sessions_and_tells_the_member(app, now):
    member = a_member()
    _, elsewhere = a_session(member, now)
    here, old = a_session(member, now)

    new = accounts.change_password(here, "kopi susu panas", now=now)

    alive = [token for token in (elsewhere, old, new) if find(token, now)]
    assert alive == [new]
    assert accounts.password_fits(member, "kopi susu panas")
    assert member.password_hash != HASH
    [letter] = db.session.scalars(sa.select(Message))
    assert (letter.to, letter.subject) == (member.email, "Kata sandi Anda diganti")


def test_ended_sessions_are_removed_once(app, now):
    a_session(a_member(), now)
    living, _ = a_session(a_member(), now + timedelta(minutes=20))

    assert sessions.forget_ended(now + sessions.IDLE) == 1
    assert sessions.forget_ended(now + sessions.IDLE) == 0
    assert [row.id for row in db.session.scalars(sa.select(Session))] == [living.id]


def test_signing_in_and_enrolling_leave_a_trail(app, now):
    member = a_member(enrolled=False)
    for moment in (now, now + timedelta(minutes=5)):
        token = sessions.begin(member, agent="tests", now=moment)
        session = find(token, moment)
        assert accounts.confirm(session, code_of(member, moment), seals=SEALS, now=moment)

    noted = [
        (e.actor, e.action)
        for e in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    ]
    assert noted == [
        (f"committee:{member.id}", "account.pair_phone"),
        (f"committee:{member.id}", "account.sign_in"),
    ]
