"""Receiving accounts: a change waits for a second person, and the first who decides decides."""

import threading
from binascii import crc_hqx

import pytest
import sqlalchemy as sa

from bazaar import payments
from bazaar.audit import Actor
from bazaar.db import db, reading, transaction
from bazaar.models import AccountKind, AuditEntry, Message, ReceivingAccount
from bazaar.payments import NotInUse, NotProposed, SamePerson, Wanted
from tests.builders import HOST, TREASURER, a_seller, a_sticker

BANK = Wanted(kind=AccountKind.BANK, bank="BRI", number="0021456789012", holder="Sri Wahyuni")


@pytest.fixture
def seller(app):
    return a_seller(email="bu.sri@contoh.id")


def another(sticker, name="TOKO LAIN"):
    """The sticker of somebody else."""
    begin, end = sticker.index("5911"), sticker.index("6006")
    body = sticker[:begin] + f"59{len(name):02}{name}" + sticker[end:-4]
    return f"{body}{crc_hqx(body.encode(), 0xFFFF):04X}"


def own(seller):
    return Actor(f"seller:{seller.id}", seller.name)


def in_use(seller):
    return payments.find_account(seller.id).payload


def test_a_change_waits_for_a_second_person(seller, now):
    old = a_sticker(seller)

    proposal = payments.enrol(seller.id, another(old), actor=HOST, now=now)
    assert (proposal.approved_at, in_use(seller)) == (None, old)
    with pytest.raises(SamePerson):
        payments.approve(proposal.id, actor=HOST, now=now)
    payments.approve(proposal.id, actor=TREASURER, now=now)

    assert in_use(seller) == another(old)
    assert (proposal.proposed_by, proposal.approved_by) == (HOST.name, TREASURER.name)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"account.enrol", "account.propose", "account.replace"} <= set(actions)


def test_the_seller_hears_of_every_change(seller, now):
    old = a_sticker(seller)
    proposal = payments.enrol(seller.id, another(old), actor=HOST, now=now)
    payments.approve(proposal.id, actor=TREASURER, now=now)

    subjects = db.session.scalars(sa.select(Message.subject)).all()
    assert len([one for one in subjects if seller.name in one]) == 2


def test_what_a_seller_sends_always_waits(seller, now):
    account = payments.propose(seller.id, BANK, actor=own(seller), now=now)

    assert payments.find_account(seller.id, AccountKind.BANK) is None
    with pytest.raises(SamePerson):
        payments.approve(account.id, actor=own(seller), now=now)
    payments.approve(account.id, actor=HOST, now=now)
    assert payments.find_account(seller.id, AccountKind.BANK).number == "0021456789012"


def test_a_newer_proposal_takes_the_place_of_the_older(seller, now):
    old = a_sticker(seller)
    first = payments.enrol(seller.id, another(old, "SATU"), actor=own(seller), now=now)
    second = payments.enrol(seller.id, another(old, "DUA"), actor=own(seller), now=now)

    assert [one.id for one in payments.proposed()] == [second.id]
    with pytest.raises(NotProposed):
        payments.approve(first.id, actor=HOST, now=now)


def test_a_rejected_proposal_changes_nothing(seller, now):
    old = a_sticker(seller)
    proposal = payments.enrol(seller.id, another(old), actor=own(seller), now=now)

    payments.reject(proposal.id, "nama orang lain", actor=HOST, now=now)

    assert (in_use(seller), payments.proposed()) == (old, [])
    for act in (payments.approve, lambda key, **by: payments.reject(key, "", **by)):
        with pytest.raises(NotProposed):
            act(proposal.id, actor=TREASURER, now=now)


def test_an_account_can_be_taken_out_of_use(seller, now):
    a_sticker(seller)
    account = payments.find_account(seller.id)

    payments.stop(account.id, "hilang", actor=HOST, now=now)

    assert payments.find_account(seller.id) is None
    with pytest.raises(NotInUse):
        payments.stop(account.id, "hilang", actor=HOST, now=now)


def test_accounts_of_several_kinds_stand_side_by_side(seller, now):
    a_sticker(seller)
    payments.propose(seller.id, BANK, actor=HOST, now=now)
    other = Wanted(kind=AccountKind.OTHER, words="PayPal: sri@contoh.id")
    payments.propose(seller.id, other, actor=HOST, now=now)

    kinds = [one.kind.value for one in payments.accounts_of(seller.id)]
    assert sorted(kinds) == ["bank", "other", "qris"]
    assert payments.propose(seller.id, BANK, actor=HOST, now=now).approved_at == now
    assert len(payments.accounts_of(seller.id)) == 3


@pytest.mark.parametrize("attempt", range(3))
def test_of_approving_and_rejecting_at_once_one_wins(app, seller, now, attempt):
    old = a_sticker(seller)
    proposal = payments.enrol(seller.id, another(old), actor=own(seller), now=now).id
    seller_id = seller.id
    db.session.commit()
    barrier, done = threading.Barrier(2), []

    def decide(act):
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    act()
            except NotProposed:
                return
            done.append(act)

    acts = (
        lambda: payments.approve(proposal, actor=HOST, now=now),
        lambda: payments.reject(proposal, "", actor=TREASURER, now=now),
    )
    people = [threading.Thread(target=decide, args=(act,)) for act in acts]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert len(done) == 1
    with reading():
        used = sa.select(sa.func.count(ReceivingAccount.id)).where(
            ReceivingAccount.seller_id == seller_id, ReceivingAccount.replaced_at.is_(None)
        )
        assert db.session.scalar(used) == 1
