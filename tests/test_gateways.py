"""Codes of gateways: wanted, asked for by the clock, heard of, ended, money given back."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import gateways, inspection, orders, payments
from bazaar.db import db, transaction
from bazaar.gateways import soundness
from bazaar.gateways.asking import CLAIM, account_of
from bazaar.gateways.hearing import name_of
from bazaar.models import (
    AccountKind,
    AttemptState,
    AuditEntry,
    CaseKind,
    Charge,
    GatewayAttempt,
    GatewayRefund,
    MoneyCase,
    OrderStatus,
    Payment,
    PaymentEvent,
    ReceivingAccount,
    Refund,
    RefundState,
)
from bazaar.ports import GatewaySilent
from bazaar.rules import gateway_polls, qris
from bazaar.rules.qris import QRIS_MAX_IDR
from tests.builders import HOST, a_product, a_sticker, an_order
from tests.gateways import MAKERS, installed, run, tell, tell_all

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def clock(time_machine, now):
    """The clock stands; `clock(hours=1)` moves it on and gives the moment."""
    moment = [now]
    time_machine.move_to(now)

    def move(**length):
        moment[0] += timedelta(**length)
        time_machine.move_to(moment[0])
        return moment[0]

    return move


@pytest.fixture(params=sorted(MAKERS))
def case(request, app, clock):
    with installed(app, request.param) as case:
        yield case


@pytest.fixture
def at_midtrans(app, clock):
    with installed(app, "midtrans") as case:
        yield case


def an_open_order(**given):
    product = a_product(price_idr=135_356)
    a_sticker(product.seller)
    return an_order(product, **given)


def wanted(order, case, now):
    return gateways.want(order, case.name, now=now, limit_idr=QRIS_MAX_IDR)


def opened(case, now, **given):
    order = an_open_order(**given)
    attempt = wanted(order, case, now)
    assert run("ask_gateways") == 1
    assert state_of(attempt) is AttemptState.OPEN
    return order, attempt


def paid(case, client, now, **given):
    order, attempt = opened(case, now)
    case.door("pay", reference=attempt.key, **given)
    assert set(tell_all(client, case)) == {200}
    run("read_gateway_news")
    return order, attempt


def state_of(row):
    return row.state


def money():
    return [
        (payment.source, payment.amount_idr)
        for payment in db.session.scalars(sa.select(Payment).order_by(Payment.id))
    ]


def cases():
    return list(db.session.scalars(sa.select(MoneyCase.kind).order_by(MoneyCase.id)))


def keys():
    query = sa.select(GatewayAttempt.key, GatewayAttempt.state).order_by(GatewayAttempt.id)
    return [(key[-1], state) for key, state in db.session.execute(query)]


# Asking for a code


def test_a_wish_is_written_before_anybody_is_called(case, now):
    order = an_open_order()
    attempt = wanted(order, case, now)

    assert (attempt.key, attempt.state) == (f"{order.reference}-1", AttemptState.WANTED)
    assert attempt.amount_idr == order.total_idr
    assert case.till.calls == []
    query = sa.select(AuditEntry.action).order_by(AuditEntry.id.desc())
    assert db.session.scalars(query).first() == "gateway.want"


def test_the_clock_brings_the_code_as_a_charge_of_its_own(case, now):
    order, attempt = opened(case, now)
    charge = attempt.charge

    assert qris.split_amount(charge.qr_payload) == order.total_idr
    assert (charge.reference, charge.full_idr, charge.unique_idr) == (
        attempt.key,
        order.total_idr,
        0,
    )
    assert (charge.account.kind, charge.account.bank) == (AccountKind.GATEWAY, case.name)
    assert charge.account.seller_id is None
    assert gateways.open_code(order, now=now) == charge.qr_payload
    assert payments.find_charges([order.id])[order.id].id != charge.id
    assert run("ask_gateways") == 0


def test_a_second_click_finds_the_first(case, now):
    order = an_open_order()

    assert wanted(order, case, now).id == wanted(order, case, now).id
    run("ask_gateways")
    assert wanted(order, case, now).state is AttemptState.OPEN
    assert case.count() == 1


def test_eight_clicks_at_once_are_one_wish(case, app, now):
    order = an_open_order()
    db.session.commit()
    barrier = threading.Barrier(8)
    found: list[str] = []

    def click():
        with app.app_context():
            barrier.wait()
            with transaction():
                mine = db.session.get_one(type(order), order_id)
                found.append(gateways.want(mine, case.name, now=now, limit_idr=QRIS_MAX_IDR).key)

    order_id = order.id
    db.session.commit()
    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_the_account_of_a_gateway_is_one(case, now):
    assert account_of(case.name, now=now) == account_of(case.name, now=now)
    assert db.session.scalar(sa.select(sa.func.count(ReceivingAccount.id))) == 1


def test_no_code_for_what_waits_for_no_money(case, now):
    order = an_open_order()

    with pytest.raises(gateways.NotForThis):
        wanted(order, case, order.pay_before)
    with pytest.raises(gateways.NotForThis):
        gateways.want(order, case.name, now=now, limit_idr=order.total_idr - 1)
    orders.cancel(order, now=now)
    db.session.refresh(order)
    with pytest.raises(gateways.NotForThis):
        wanted(order, case, now)


def test_a_wish_of_an_order_that_was_cancelled_is_not_asked(case, now):
    order = an_open_order()
    attempt = wanted(order, case, now)
    orders.cancel(order, now=now)

    assert run("ask_gateways") == 0
    assert state_of(attempt) is AttemptState.ENDED
    assert case.till.calls == []


@pytest.mark.parametrize("done", ["", "1"])
def test_after_a_lost_answer_the_next_number_is_tried(case, now, done):
    order = an_open_order()
    wanted(order, case, now)
    case.door("fail-next", status=500, done=done)

    assert run("ask_gateways") == 2
    assert keys() == [("1", AttemptState.UNKNOWN), ("2", AttemptState.OPEN)]
    assert gateways.open_code(order, now=now)
    assert case.count() == (2 if done else 1)


def test_who_dies_between_call_and_note_leaves_an_unknown(case, clock, now):
    order = an_open_order()
    wanted(order, case, now)
    db.session.commit()
    with transaction():
        task = gateways.pick(now, providers={case.name: case.gateway})
    gateways.carry(task, {case.name: case.gateway})  # and dies

    assert run("ask_gateways") == 0
    clock(seconds=CLAIM.total_seconds() + 1)
    assert run("ask_gateways") == 1
    assert keys() == [("1", AttemptState.UNKNOWN), ("2", AttemptState.OPEN)]


def test_money_for_a_code_whose_answer_was_lost_counts(case, client, clock, now):
    order = an_open_order()
    wanted(order, case, now)
    case.door("fail-next", status=500, done=1)
    run("ask_gateways")
    case.door("pay", reference=f"{order.reference}-1")
    tell_all(client, case)
    run("read_gateway_news")

    assert money() == [(case.name, order.total_idr)]
    assert order.status is OrderStatus.PAID
    assert keys() == [("1", AttemptState.PAID), ("2", AttemptState.OPEN)]


def test_two_codes_paid_are_one_extra_payment(case, client, now):
    order = an_open_order()
    wanted(order, case, now)
    case.door("fail-next", status=500, done=1)
    run("ask_gateways")
    for number in (1, 2):
        case.door("pay", reference=f"{order.reference}-{number}")
    tell_all(client, case)
    run("read_gateway_news")

    assert money() == [(case.name, order.total_idr)] * 2
    assert cases() == [CaseKind.EXTRA]


def test_a_gateway_that_stays_silent_is_left_after_two_tries(case, now):
    order = an_open_order()
    wanted(order, case, now)
    case.door("fail-next", status=503, times=9)
    run("ask_gateways")

    assert keys() == [("1", AttemptState.UNKNOWN), ("2", AttemptState.UNKNOWN)]
    with pytest.raises(gateways.NothingToAsk):
        gateways.open_code(order, now=now)


def test_the_buyer_may_ask_five_times(case, now):
    order = an_open_order()
    case.door("set", on="deny,failed")
    for _ in range(gateways.MOST_ATTEMPTS):
        assert wanted(order, case, now).state is AttemptState.WANTED
        run("ask_gateways")

    with pytest.raises(gateways.NoMoreAttempts):
        wanted(order, case, now)
    assert {state for _, state in keys()} == {AttemptState.REFUSED}


def test_five_silences_in_a_minute_make_it_ill(case, clock, now):
    for _ in range(3):
        wanted(an_open_order(), case, now)
    case.door("fail-next", status=503, times=9)
    run("ask_gateways")

    assert gateways.is_ill(case.name, now)
    assert not gateways.is_ill("another", now)
    assert not gateways.is_ill(case.name, clock(minutes=2))


def test_a_gateway_that_was_taken_away_refuses(app, at_midtrans, now):
    order = an_open_order()
    attempt = gateways.want(order, "xendit", now=now, limit_idr=QRIS_MAX_IDR)

    run("ask_gateways")
    assert state_of(attempt) is AttemptState.REFUSED


# Hearing


def test_a_message_pays_the_order_once_it_is_confirmed(case, client, now):
    order, attempt = paid(case, client, now)

    assert order.status is OrderStatus.PAID
    assert state_of(attempt) is AttemptState.PAID
    (payment,) = db.session.scalars(sa.select(Payment))
    assert (payment.amount_idr, payment.source, payment.method) == (
        order.total_idr,
        case.name,
        "qris",
    )
    assert payment.charge_id == attempt.charge_id
    assert payment.external_id
    assert payment.payer.lower() == "dana"
    assert set(db.session.scalars(sa.select(PaymentEvent.result))) == {"paid"}


def test_a_message_alone_pays_nothing(case, client, now):
    """It names a payment that the gateway, asked, knows nothing of."""
    order, attempt = opened(case, now)
    case.door("pay", reference=attempt.key)
    message = case.till.unsent[-1].body
    if case.name == "midtrans":
        case.fake.transactions[attempt.key].status = "pending"
    else:
        request = case.fake.requests[attempt.provider_id]
        request.payments.clear()
        request.status = "REQUIRES_ACTION"

    assert tell(client, case, message) == 200
    run("read_gateway_news")
    assert money() == []
    assert order.status is OrderStatus.UNPAID
    assert state_of(attempt) is AttemptState.OPEN


def test_the_gateway_is_asked_once_for_many_messages(case, client, now):
    _, attempt = opened(case, now)
    case.door("pay", reference=attempt.key)
    messages = [message.body for message in case.till.unsent]
    for body in [*reversed(messages), *messages]:
        assert tell(client, case, body) == 200
    before = len(case.till.calls)
    run("read_gateway_news")

    assert len(case.till.calls) - before <= 3
    assert len(money()) == 1


def test_a_message_that_cannot_be_confirmed_now_is_tried_again(case, client, clock, now):
    order, attempt = opened(case, now)
    case.door("pay", reference=attempt.key)
    tell_all(client, case)
    case.door("fail-next", status=503, times=99)
    run("read_gateway_news")
    assert money() == []

    clock(seconds=61)
    case.till.faults.clear()
    case.gateway._line.circuit.__init__()
    run("read_gateway_news")
    assert order.status is OrderStatus.PAID


def test_a_message_is_given_up_after_two_days(case, client, clock, now):
    _, attempt = opened(case, now)
    case.door("pay", reference=attempt.key)
    tell_all(client, case)
    db.session.execute(sa.update(PaymentEvent).values(tries=gateway_polls.MOST_TRIES))
    case.door("fail-next", status=503, times=99)
    run("read_gateway_news")

    assert "given_up" in set(db.session.scalars(sa.select(PaymentEvent.result)))


def test_without_any_message_the_money_is_found_by_asking(case, clock, now):
    order, attempt = opened(case, now)
    case.door("pay", reference=attempt.key)

    assert run("follow_gateways") == 0
    clock(seconds=21)
    assert run("follow_gateways") == 1
    assert order.status is OrderStatus.PAID
    assert attempt.next_try_at is None


@ON_SQLITE
def test_nothing_is_asked_about_more_than_every_ten_seconds(case, clock, now):
    order, _ = opened(case, now)
    gaps, last = [], now
    while clock(seconds=5) < now + timedelta(minutes=5):
        if run("follow_gateways"):
            moment = clock(seconds=0)
            gaps.append(moment - last)
            last = moment
    while clock(seconds=30) < order.pay_before + timedelta(hours=1):
        if run("follow_gateways"):
            moment = clock(seconds=0)
            gaps.append(moment - last)
            last = moment

    assert min(gaps) >= gateway_polls.LEAST
    assert 20 < len(gaps) < 60


def test_the_code_ends_at_the_deadline(case, clock, now):
    order, attempt = opened(case, now)
    clock(minutes=16)
    run("follow_gateways")
    while clock(minutes=1) < order.pay_before:
        run("follow_gateways")
    run("follow_gateways")
    clock(seconds=30)
    run("follow_gateways")

    assert state_of(attempt) is AttemptState.ENDED
    assert attempt.rank == 1


def test_the_code_ends_when_the_order_is_paid_another_way(case, clock, now):
    order, attempt = opened(case, now)
    payments.confirm(payments.find_charges([order.id])[order.id], actor=HOST, now=now)
    clock(seconds=21)
    run("follow_gateways")

    assert state_of(attempt) is AttemptState.ENDED
    assert cases() == []


def test_money_after_the_end_is_a_late_payment(case, client, clock, now):
    order, attempt = opened(case, now)
    orders.cancel(order, now=now)
    clock(seconds=21)
    run("follow_gateways")
    assert state_of(attempt) is AttemptState.ENDED

    case.door("pay", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")
    assert money() == [(case.name, order.total_idr)]
    assert cases() == [CaseKind.CANCELLED]
    assert state_of(attempt) is AttemptState.PAID


def test_an_ended_code_is_looked_at_for_two_days(case, clock, now):
    order, attempt = opened(case, now)
    orders.cancel(order, now=now)
    clock(seconds=21)
    run("follow_gateways")
    asked = 0
    for _ in range(60):
        clock(hours=1)
        asked += run("follow_gateways")

    assert 20 < asked < 40
    assert attempt.next_try_at is None


def test_a_lost_code_that_was_never_made_is_refused_later(at_midtrans, clock, now):
    order = an_open_order()
    wanted(order, at_midtrans, now)
    at_midtrans.door("fail-next", status=500)
    run("ask_gateways")
    lost = gateways.get_attempt(f"{order.reference}-1")

    clock(seconds=11)
    run("follow_gateways")
    assert state_of(lost) is AttemptState.UNKNOWN
    clock(minutes=11)
    run("follow_gateways")
    assert state_of(lost) is AttemptState.REFUSED


def test_a_lost_code_that_was_made_is_ended(at_midtrans, clock, now):
    order = an_open_order()
    wanted(order, at_midtrans, now)
    at_midtrans.door("fail-next", status=500, done=1)
    run("ask_gateways")
    lost = gateways.get_attempt(f"{order.reference}-1")

    clock(seconds=11)
    run("follow_gateways")
    assert (lost.state, lost.provider_id) == (
        AttemptState.ENDED,
        at_midtrans.fake.transactions[lost.key].id,
    )
    assert gateways.open_code(order, now=now)


def test_money_of_another_amount_is_a_case(app, client, clock, now):
    with installed(app, "xendit") as case:
        order, _ = paid(case, client, now, amount=100_000)

    assert order.status is OrderStatus.UNPAID
    assert cases() == [CaseKind.UNDER]


def test_news_of_nobodys_request_is_put_aside(case, client, now):
    case.charged()
    case.door("pay", reference="PV-7XK2Q-1")
    assert set(tell_all(client, case)) == {200}
    run("read_gateway_news")

    results = set(db.session.scalars(sa.select(PaymentEvent.result)))
    assert "unmatched" in results <= {"unmatched", "foreign"}
    troubles = db.session.scalars(gateways.events(troubled=True)).all()
    assert [event.result for event in troubles] == ["unmatched"]
    assert money() == []


def test_a_chargeback_is_told(at_midtrans, client, now):
    _, attempt = paid(at_midtrans, client, now)
    at_midtrans.fake.transactions[attempt.key].status = "chargeback"
    at_midtrans.fake._tell(at_midtrans.fake.transactions[attempt.key])
    tell_all(client, at_midtrans)
    run("read_gateway_news")

    assert (attempt.state, attempt.rank) == (AttemptState.PAID, 4)
    assert "chargeback" in attempt.failure
    assert [a.id for a in db.session.scalars(gateways.attempts(troubled=True))] == [attempt.id]


# Giving back


def a_payment():
    return db.session.scalars(sa.select(Payment)).one()


def test_a_refund_is_wanted_sent_and_done(case, client, clock, now):
    order, attempt = paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Stok habis", actor=HOST, now=now)
    assert (refund.key, refund.state) == (f"{order.reference}-r1", RefundState.WANTED)
    assert gateways.left_idr(a_payment()) == order.total_idr - 50_000

    assert run("refund_by_gateways") == 1
    assert state_of(refund) is RefundState.SENT
    assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 0

    case.door("refund-bank-confirm", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")
    assert state_of(refund) is RefundState.DONE
    given = db.session.get_one(Refund, refund.refund_id)
    assert (given.amount_idr, given.method, given.note) == (50_000, case.name, "Stok habis")
    assert gateways.left_idr(a_payment()) == order.total_idr - 50_000
    assert attempt.failure == ""


def test_a_confirmation_is_found_by_asking_and_counts_once(case, client, clock, now):
    _, attempt = paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    run("refund_by_gateways")
    case.door("refund-bank-confirm", reference=attempt.key)
    clock(seconds=11)
    run("refund_by_gateways")
    assert state_of(refund) is RefundState.DONE

    tell_all(client, case)
    run("read_gateway_news")
    assert db.session.scalars(sa.select(Refund.amount_idr)).all() == [50_000]


def test_a_lost_refund_is_given_once(case, client, clock, now):
    _, attempt = paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    case.door("fail-next", status=500, done=1, method="POST")
    run("refund_by_gateways")
    clock(minutes=2)
    run("refund_by_gateways")

    assert state_of(refund) is RefundState.SENT
    assert len(case.gateway.status(name_of(attempt)).refunds) == 1


def test_a_refund_that_is_refused_frees_the_money(case, client, now):
    paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    case.door("set", on="refund_denied")
    if case.name == "xendit":
        case.fake.requests[next(iter(case.fake.requests))].payments[0]["captures"].clear()
    run("refund_by_gateways")

    assert state_of(refund) is RefundState.FAILED
    assert refund.failure
    assert gateways.left_idr(a_payment()) == a_payment().amount_idr


def test_a_refund_may_fail_at_the_bank(app, client, clock, now):
    with installed(app, "xendit") as case:
        _, attempt = paid(case, client, now)
        refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
        run("refund_by_gateways")
        case.door("set", on="refund_fails")
        case.door("refund-bank-confirm", reference=attempt.key)
        tell_all(client, case)
        run("read_gateway_news")

    assert (refund.state, refund.failure) == (RefundState.FAILED, "ACCOUNT_NOT_FOUND")
    assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 0


def test_no_more_is_given_back_than_came(case, client, now):
    order, _ = paid(case, client, now)
    payment = a_payment()
    gateways.want_refund(payment.id, 50_000, "Batal", actor=HOST, now=now)

    for amount in (0, -1, order.total_idr - 49_999):
        with pytest.raises(gateways.TooMuch):
            gateways.want_refund(payment.id, amount, "Batal", actor=HOST, now=now)
    gateways.want_refund(payment.id, order.total_idr - 50_000, "Batal", actor=HOST, now=now)
    with pytest.raises(gateways.TooMuch):
        gateways.want_refund(payment.id, 1, "Batal", actor=HOST, now=now)


def test_eight_refunds_at_once_do_not_give_back_too_much(case, app, client, now):
    order, _ = paid(case, client, now)
    payment_id, total = a_payment().id, order.total_idr
    db.session.commit()
    barrier, given = threading.Barrier(8), []

    def ask():
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    gateways.want_refund(payment_id, total // 2, "Batal", actor=HOST, now=now)
            except gateways.TooMuch:
                return
            given.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(given) == 2


def test_what_came_another_way_is_not_given_back_here(case, now):
    order = an_open_order()
    payments.confirm(payments.find_charges([order.id])[order.id], actor=HOST, now=now)

    with pytest.raises(gateways.NotThrough):
        gateways.want_refund(a_payment().id, 1_000, "Batal", actor=HOST, now=now)
    with pytest.raises(gateways.NothingToGiveBack):
        gateways.want_refund(10**9, 1_000, "Batal", actor=HOST, now=now)


def test_a_refund_made_in_their_dashboard_is_told(case, client, now):
    _, attempt = paid(case, client, now)
    name = name_of(attempt)
    case.gateway.refund(_their_own(name))
    case.door("refund-bank-confirm", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")

    assert "dasbor" in attempt.failure


def _their_own(name):
    from bazaar.ports import RefundWish

    return RefundWish("dari-dasbor", name, 10_000, "x")


def test_a_silent_gateway_does_not_stop_the_refund(case, client, clock, now):
    paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    case.door("fail-next", status=503, times=99)
    run("refund_by_gateways")
    assert state_of(refund) is RefundState.WANTED
    assert str(GatewaySilent("HTTP 503"))[:30] == refund.failure[:30]

    case.till.faults.clear()
    case.gateway._line.circuit.__init__()
    clock(minutes=5)
    run("refund_by_gateways")
    assert state_of(refund) is RefundState.SENT


def test_nothing_is_looked_for_without_a_gateway(app, queries):
    queries.clear()
    for errand in ("ask_gateways", "read_gateway_news", "follow_gateways", "refund_by_gateways"):
        assert run(errand) == 0
    assert queries == []


def test_figures_and_lists_for_the_committee(case, client, now):
    _, attempt = paid(case, client, now)
    figures = gateways.figures(case.name, now=now)

    assert (figures.paid, figures.open, figures.unknown, figures.waiting) == (1, 0, 0, 0)
    assert figures.heard_at == now
    assert db.session.scalars(gateways.attempts(troubled=True)).all() == []
    assert [payment.id for payment, _ in gateways.payments_of(attempt)] == [a_payment().id]
    assert gateways.attempt_of(a_payment().id).id == attempt.id
    assert db.session.scalars(sa.select(GatewayRefund)).all() == []
    assert db.session.scalar(sa.select(sa.func.count(Charge.id))) == 2
    assert len(gateways.find_events(attempt)) == len(db.session.scalars(gateways.events()).all())


# What `flask audit` finds


def faults():
    return [check for each in soundness.CHECKS for check, *_ in each()]


def test_a_whole_life_is_sound(case, client, clock, now):
    _, attempt = paid(case, client, now)
    gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    run("refund_by_gateways")
    case.door("refund-bank-confirm", reference=attempt.key)
    tell_all(client, case)
    run("read_gateway_news")

    assert faults() == []
    assert inspection.differences() == []


def test_what_contradicts_the_books_is_found(case, client, now):
    _, attempt = paid(case, client, now)
    refund = gateways.want_refund(a_payment().id, 50_000, "Batal", actor=HOST, now=now)
    attempt.state = AttemptState.ENDED
    refund.state = RefundState.DONE
    db.session.execute(sa.update(ReceivingAccount).values(kind=AccountKind.BANK))

    assert faults() == ["gateway money", "gateway account", "gateway refund"]
