"""Whatever a gateway tells, in every order and as often as it likes: money is booked once.

Each sequence is a little life of one order: acts of the payer, the gateway and ourselves, with
the gateway's messages held back and delivered shuffled, repeated or never. At its end the books
must say what the gateway's own records say.
"""

import itertools
import json
import random

import pytest
import sqlalchemy as sa

from bazaar import gateways, orders
from bazaar.db import db
from bazaar.errors import Unavailable
from bazaar.gateways.hearing import name_of
from bazaar.models import (
    AttemptState,
    Book,
    Charge,
    LedgerEntry,
    OrderStatus,
    Payment,
)
from bazaar.rules.gateway_events import RANK
from bazaar.rules.qris import QRIS_MAX_IDR
from tests.builders import a_product, an_order
from tests.databases import KINDS
from tests.gateways import MAKERS, installed

SEQUENCES = 520
SHARES = tuple(itertools.product(KINDS, sorted(MAKERS)))
"""So many for each gateway on each database: together more than two thousand different ones."""

ENDS = {
    # what the gateway's records say: (paid, ended) -> the states an attempt may have
    (True, True): {AttemptState.PAID},
    (True, False): {AttemptState.PAID},
    (False, True): {AttemptState.ENDED},
    (False, False): {AttemptState.OPEN},
}
ACTS = ("pay", "expire", "cancel", "tell", "tell_twice", "ask", "pay_again")


def sequences(share):
    """Every order of four acts, then others drawn with repeats: new ones for each share."""
    known = set()
    for acts in itertools.permutations(("pay", "expire", "tell", "ask")):
        known.add(acts)
        yield acts
    drawn = random.Random(20260301)
    for number in itertools.count():
        acts = tuple(drawn.choices(ACTS, k=drawn.randint(3, 6)))
        while acts in known:
            acts = (*acts, drawn.choice(ACTS))
        known.add(acts)
        if number % len(SHARES) == SHARES.index(share):
            yield acts


def several(share):
    return itertools.islice(sequences(share), SEQUENCES)


class Life:
    """One order with an open code, and the messages that its gateway holds back."""

    def __init__(self, case, order, now, chance):
        self.case, self.order, self.now, self.chance = case, order, now, chance
        self.attempt = gateways.want(self.order, case.name, now=now, limit_idr=QRIS_MAX_IDR)
        task = gateways.pick(now, providers=self.providers)
        gateways.carry(task, self.providers)
        gateways.close(task, None, now=now)
        self.held = []
        self.gather()

    @property
    def providers(self):
        return {self.case.name: self.case.gateway}

    def gather(self):
        self.held += [message.body for message in self.case.till.unsent]
        self.case.till.unsent.clear()

    def do(self, act):
        if act in {"pay", "pay_again"}:
            if act == "pay_again" or not self.paid_there():
                self.pay()
        elif act == "expire":
            self.case.fake.expire_now({"reference": self.attempt.key})
        elif act == "cancel":
            db.session.refresh(self.order)
            if self.order.status is OrderStatus.UNPAID:
                orders.cancel(self.order, now=self.now)
        elif act == "ask":
            self.ask()
        else:
            self.tell(1 if act == "tell" else 2)
        self.gather()

    def pay(self):
        if self.case.name == "midtrans" and self.paid_there():
            return  # a code of theirs is paid once
        self.case.fake.pay({"reference": self.attempt.key})

    def tell(self, times):
        """Deliver some of what is held back, in any order, and work on it now or later."""
        some = [body for body in self.held for _ in range(times) if self.chance.random() < 0.8]
        self.chance.shuffle(some)
        for body in some:
            self.store(body)
        if self.chance.random() < 0.7:
            self.work()

    def store(self, body):
        sent = json.dumps(body).encode()
        headers = self.case.till.headers_for({})
        notice = self.case.gateway.read_notification(headers, sent)
        gateways.store(self.case.name, notice, sent, headers=headers, now=self.now)

    def work(self):
        while (task := gateways.pick_news(self.now)) is not None:
            gateways.carry_news(task, self.providers)
            gateways.close_news(task, None, now=self.now)

    def ask(self):
        task = gateways.FollowTask(
            self.attempt.id, self.case.name, name_of(self.attempt), ends=False
        )
        try:
            gateways.carry_follow(task, self.providers)
        except Unavailable as failure:
            gateways.close_follow(task, failure, now=self.now)
        else:
            gateways.close_follow(task, None, now=self.now)

    def end(self):
        """Deliver everything once more, newest first."""
        for body in reversed(self.held):
            self.store(body)
        self.work()
        db.session.refresh(self.attempt)
        db.session.refresh(self.order)

    def paid_there(self):
        return bool(self.captures())

    def captures(self):
        if self.case.name == "midtrans":
            known = self.case.fake.transactions[self.attempt.key]
            return [known.amount_idr] if known.paid_at else []
        request = self.case.fake.requests[self.attempt.provider_id]
        return [c["capture_amount"] for p in request.payments for c in p["captures"]]

    def ended_there(self):
        if self.case.name == "midtrans":
            return self.case.fake.transactions[self.attempt.key].status == "expire"
        return self.case.fake.requests[self.attempt.provider_id].status == "EXPIRED"


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_money_is_booked_once_whatever_is_told(app, database, time_machine, now, name):
    time_machine.move_to(now)
    product = a_product(price_idr=135_356, stock=10 * SEQUENCES)
    chance = random.Random(7)
    with installed(app, name) as case:
        for number, acts in enumerate(several((database.kind, name))):
            life = Life(case, an_order(product), now, chance)
            for act in acts:
                life.do(act)
            life.end()
            judge(life, (number, acts))
            db.session.commit()
        db.session.commit()
        assert booked() == paid_at(case)


def judge(life, about):
    attempt, captures = life.attempt, life.captures()
    came = db.session.scalars(
        sa.select(Payment.amount_idr)
        .join(Charge, Charge.id == Payment.charge_id)
        .where(Charge.reference == attempt.key)
    ).all()
    assert sorted(came) == sorted(captures), about
    assert attempt.state in ENDS[bool(captures), life.ended_there()], about
    assert attempt.rank in set(RANK.values()), about
    if life.order.status is OrderStatus.UNPAID:
        assert not captures, about
    assert life.order.status in {OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.CANCELLED}, about


def booked():
    """Return what the books say lies at the gateway's account."""
    into = sa.select(sa.func.sum(LedgerEntry.amount_idr)).where(LedgerEntry.debit == Book.MONEY)
    return int(db.session.scalar(into) or 0)


def paid_at(case):
    if case.name == "midtrans":
        return sum(t.amount_idr for t in case.fake.transactions.values() if t.paid_at)
    return sum(request.paid_idr for request in case.fake.requests.values())


def test_the_sequences_are_many_and_different():
    drawn = set(itertools.chain.from_iterable(several(share) for share in SHARES))

    assert len(drawn) >= 2_000
    assert {"pay", "expire", "tell", "ask"} < set(itertools.chain(*drawn))
