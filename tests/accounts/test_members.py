import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import accounts
from bazaar.accounts import demo, members, sessions
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.models import Account, Message, Role
from tests.committee import SEALS, a_member, code_of

BY = Actor("committee:1", "Rina")
NEW = "kopi susu panas"


def find(token, now):
    return sessions.find_session(token, now=now)


def invite(now, email="siti@panitia.test"):
    return members.invite(email, "Siti", {Role.HOST}, by=BY, now=now)


def test_an_invitation_lets_one_choose_a_password_once(app, now):
    token = invite(now)

    account = members.accept(token, NEW, now=now)

    assert (account.email, account.roles) == ("siti@panitia.test", frozenset({Role.HOST}))
    assert accounts.password_fits(account, NEW)
    with pytest.raises(members.NoSuchInvitation):
        members.accept(token, "teh manis dingin", now=now)
    assert accounts.password_fits(account, NEW)


def test_an_invitation_ends_after_a_week(app, now):
    token = invite(now)

    assert members.get_invited(token, now=now + timedelta(days=7, seconds=-1))
    with pytest.raises(members.NoSuchInvitation):
        members.get_invited(token, now=now + timedelta(days=7))


def test_only_the_fingerprint_of_an_invitation_is_kept(app, now):
    token = invite(now)

    assert token not in repr(db.session.execute(sa.text("SELECT * FROM accounts")).all())


def test_a_new_invitation_replaces_the_old_one_and_keeps_the_password_in_force(app, now):
    member = a_member()
    first = members.invite_again(member, by=BY, now=now)
    second = members.invite_again(member, by=BY, now=now)

    with pytest.raises(members.NoSuchInvitation):
        members.get_invited(first, now=now)
    assert members.get_invited(second, now=now) is member
    assert member.password_hash


def test_of_two_parallel_acceptances_one_wins(app, now):
    token = invite(now)
    db.session.commit()
    start = threading.Barrier(2)
    results: list[str | None] = []

    def accept(password):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    members.accept(token, password, now=now)
            except members.NoSuchInvitation:
                results.append(None)
            else:
                results.append(password)

    threads = [threading.Thread(target=accept, args=(text,)) for text in (NEW, "teh manis dingin")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [winner] = filter(None, results)
    assert accounts.password_fits(db.session.scalars(sa.select(Account)).one(), winner)


def test_an_address_is_invited_once(app, now):
    invite(now)

    with pytest.raises(members.AddressTaken):
        invite(now, " SITI@panitia.test")


def test_the_operator_can_invite_and_invite_again(app, now):
    first = members.invite_or_again("a@b.id", "Ana", {Role.ADMIN}, by=BY, now=now)
    again = members.invite_or_again("a@b.id", "Budi", {Role.HOST}, by=BY, now=now)

    account = members.get_invited(again, now=now)
    assert (account.name, account.roles) == ("Ana", frozenset({Role.ADMIN}))
    assert first != again


def test_deactivation_ends_access_at_once_and_can_be_undone(app, now):
    member = a_member(Role.HOST)
    token = sessions.begin(member, agent="", now=now)

    assert members.deactivate(member, by=BY, now=now)
    assert find(token, now) is None
    assert not members.deactivate(member, by=BY, now=now)
    with pytest.raises(members.Inactive):
        members.invite_again(member, by=BY, now=now)
    assert members.activate(member, by=BY, now=now)
    assert not members.activate(member, by=BY, now=now)
    assert find(token, now) is None


def test_the_last_admin_cannot_go(app, now):
    admin = a_member(Role.ADMIN)
    a_member(Role.ADMIN, active=False)

    with pytest.raises(members.LastAdmin):
        members.deactivate(admin, by=BY, now=now)
    with pytest.raises(members.LastAdmin):
        members.set_roles(admin, {Role.HOST}, by=BY, now=now)

    a_member(Role.ADMIN)
    assert members.deactivate(admin, by=BY, now=now)


def test_two_admins_cannot_remove_each_other(app, now):
    ids = [a_member(Role.ADMIN).id for _ in range(2)]
    db.session.commit()
    start = threading.Barrier(2)
    results = []

    def remove(account_id):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    members.deactivate(members.get_account(account_id), by=BY, now=now)
            except members.LastAdmin:
                results.append(False)
            else:
                results.append(True)

    threads = [threading.Thread(target=remove, args=(account_id,)) for account_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False, True]


def test_new_roles_sign_the_member_out(app, now):
    member = a_member(Role.HOST)
    token = sessions.begin(member, agent="", now=now)

    assert not members.set_roles(member, {Role.HOST}, by=BY, now=now)
    assert find(token, now)
    assert members.set_roles(member, {Role.TREASURER, Role.CHAIR}, by=BY, now=now)
    assert find(token, now) is None
    assert member.roles == {Role.TREASURER, Role.CHAIR}


def test_a_reset_second_factor_is_enrolled_anew_and_the_member_is_told(app, now):
    member = a_member()
    token = sessions.begin(member, agent="", now=now)

    members.reset_second_factor(member, by=BY, now=now)

    assert find(token, now) is None
    assert (member.totp_secret, member.totp_confirmed_at) == (None, None)
    assert [letter.to for letter in db.session.scalars(sa.select(Message))] == [member.email]


def test_unknown_members_are_not_found(app):
    with pytest.raises(members.NoSuchAccount):
        members.get_account(404)


def test_the_demo_team_can_sign_in_with_the_codes_shown(app, now):
    demo.create_team(seals=SEALS, now=now)

    db.session.commit()
    shown = demo.sign_ins(seals=SEALS, now=now)

    assert [known.email for known in shown] == [email for email, _, _ in demo.TEAM]
    for known in shown:
        with transaction():
            token = accounts.sign_in(known.email, demo.PASSWORD, agent="", seals=SEALS, now=now)
        session = find(token, now)
        assert accounts.confirm(session, known.code, seals=SEALS, now=now)
        assert code_of(session.account, now) != known.code
