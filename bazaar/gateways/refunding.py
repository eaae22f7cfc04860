"""Giving money back through the gateway that it came by: wanted, sent, done once the bank has it.

The clock calls the gateway with our own key, which gives once however often it is repeated. The
refund is written into the books when the gateway says that the payer's bank has taken it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload

from bazaar import audit, payments
from bazaar.audit import CLOCK, Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound, Unavailable
from bazaar.models import (
    Allocation,
    AttemptState,
    GatewayAttempt,
    GatewayRefund,
    Order,
    Payment,
    RefundState,
)
from bazaar.payments.sums import rest_of
from bazaar.ports import (
    ChargeName,
    GatewayRefused,
    GatewaySilent,
    PaymentGateway,
    RefundWish,
)
from bazaar.rules import gateway_events, gateway_polls
from bazaar.rules.gateway_events import GatewaySignal, RefundNews

log = structlog.get_logger()

CLAIM = timedelta(minutes=1)
CANDIDATES = 20
FAILURE_LENGTH = 200


class NotThrough(Conflict):
    """The money did not come through a gateway that could give it back."""

    text = N_("Uang ini tidak masuk lewat gerbang pembayaran, jadi dikembalikan dengan tangan.")


class NothingToGiveBack(NotFound):
    """There is no such payment."""

    text = N_("Pembayaran ini tidak ditemukan.")


@dataclass(eq=False)
class TooMuch(Invalid):
    """More than what is left of the payment, or nothing."""

    left_idr: int
    text = N_("Jumlah pengembalian harus di antara 1 dan {left_idr} rupiah.")


@dataclass
class RefundTask:
    """A refund on its way: asked for, or (sent already) asked about."""

    refund_id: int
    provider: str
    wish: RefundWish
    sent: bool
    news: RefundNews | None = None
    signal: GatewaySignal | None = None


def want_refund(
    payment_id: int, amount_idr: int, reason: str, *, actor: Actor, now: datetime
) -> GatewayRefund:
    """Write down that so much of a payment is to go back to its payer; the clock asks for it.

    Raises NothingToGiveBack, NotThrough, TooMuch.
    """
    payment = db.session.get(Payment, payment_id)
    if payment is None:
        raise NothingToGiveBack
    attempt = attempt_of(payment)
    if attempt is None:
        raise NotThrough
    _lock(attempt)
    left = left_idr(payment)
    if not 0 < amount_idr <= left:
        raise TooMuch(left)
    order = db.session.get_one(Order, attempt.order_id)
    key = f"{order.reference}-r{_count(order.id) + 1}"
    insert_once(
        GatewayRefund,
        key=key,
        attempt_id=attempt.id,
        payment_id=payment.id,
        amount_idr=amount_idr,
        reason=reason,
        state=RefundState.WANTED,
        provider_id="",
        wanted_at=now,
        tries=0,
        next_try_at=now,
        failure="",
    )
    subject = f"order:{order.reference}"
    audit.note(actor, "gateway.refund", subject, now=now, key=key, amount_idr=amount_idr)
    return db.session.scalars(sa.select(GatewayRefund).filter_by(key=key)).one()


def attempt_of(payment: Payment) -> GatewayAttempt | None:
    """Return the attempt that a payment came by, or None if it came another way.

    By its charge; where the code's answer was lost, by the gateway's id or the order it serves.
    """
    of_source = sa.select(GatewayAttempt).where(GatewayAttempt.provider == payment.source)
    if payment.charge_id is not None:
        found = db.session.scalars(of_source.where(GatewayAttempt.charge_id == payment.charge_id))
        if (attempt := found.one_or_none()) is not None:
            return attempt
    served = sa.select(Allocation.order_id).where(Allocation.payment_id == payment.id)
    lost = of_source.where(
        (GatewayAttempt.provider_id == (payment.external_id or None))
        | (GatewayAttempt.order_id.in_(served) & (GatewayAttempt.state == AttemptState.PAID))
    )
    return db.session.scalars(lost.order_by(GatewayAttempt.id)).first()


def left_idr(payment: Payment) -> int:
    """Return what can still be given back of a payment, whole rupiah: also not wanted already."""
    on_its_way = sa.select(sa.func.sum(GatewayRefund.amount_idr)).where(
        GatewayRefund.payment_id == payment.id,
        GatewayRefund.state.in_([RefundState.WANTED, RefundState.SENT]),
    )
    rest = rest_of(payment)
    here = rest.free_idr + sum(rest.orders.values())
    return max(here - int(db.session.scalar(on_its_way) or 0), 0)


def pick_refund(now: datetime) -> RefundTask | None:
    """Claim one refund that is to be asked for, or about, or None."""
    due = (
        sa.select(GatewayRefund)
        .where(
            GatewayRefund.state.in_([RefundState.WANTED, RefundState.SENT]),
            GatewayRefund.next_try_at <= now,
        )
        .options(joinedload(GatewayRefund.attempt))
        .order_by(GatewayRefund.next_try_at, GatewayRefund.id)
        .limit(CANDIDATES)
    )
    for refund in db.session.scalars(due).all():
        won = claim(
            sa.update(GatewayRefund)
            .where(GatewayRefund.id == refund.id, GatewayRefund.tries == refund.tries)
            .where(GatewayRefund.state == refund.state)
            .values(tries=GatewayRefund.tries + 1, next_try_at=now + CLAIM)
        )
        if won:
            attempt = refund.attempt
            name = ChargeName(attempt.key, attempt.provider_id or "")
            wish = RefundWish(refund.key, name, refund.amount_idr, refund.reason)
            sent = refund.state is RefundState.SENT
            return RefundTask(refund.id, attempt.provider, wish, sent)
    return None


def carry_refund(task: RefundTask, providers: Mapping[str, PaymentGateway]) -> None:
    """Call the gateway. Raises GatewaySilent or GatewayRefused."""
    gateway = providers.get(task.provider)
    if gateway is None:
        raise GatewaySilent("gerbang ini tidak dipasang lagi")
    if task.sent:
        task.signal = gateway.status(task.wish.charge)
    else:
        task.news = gateway.refund(task.wish)


def close_refund(task: RefundTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Write down how it went: sent, done, failed, or to be tried again under the same key."""
    refund = db.session.get_one(GatewayRefund, task.refund_id)
    attempt = db.session.get_one(GatewayAttempt, refund.attempt_id)
    before = refund.state
    if isinstance(failure, GatewayRefused) and not task.sent:
        _fail(refund, str(failure))
        return
    if failure is None and task.news is not None:
        _apply(refund, task.news, now=now)
    elif failure is None and task.signal is not None:
        hear_refunds(attempt, task.signal.refunds, now=now)
    db.session.refresh(refund)
    if refund.state is before and before in {RefundState.WANTED, RefundState.SENT}:
        _later(refund, failure, now)


def hear_refunds(attempt: GatewayAttempt, told: Sequence[RefundNews], *, now: datetime) -> int:
    """Take in how refunds of an attempt stand; return how many are not ours."""
    known = {
        refund.key: refund
        for refund in db.session.scalars(sa.select(GatewayRefund).filter_by(attempt_id=attempt.id))
    }
    for news in told:
        if news.key in known:
            _apply(known[news.key], news, now=now)
    return sum(news.key not in known for news in told)


def _apply(refund: GatewayRefund, news: RefundNews, *, now: datetime) -> None:
    if news.state is gateway_events.RefundState.CONFIRMED:
        _done(refund, news, now=now)
    elif news.state is gateway_events.RefundState.FAILED:
        _fail(refund, news.why or "gagal di bank pembayar")
    else:
        wait = gateway_polls.try_again(1)
        claim(
            sa.update(GatewayRefund)
            .where(GatewayRefund.id == refund.id, GatewayRefund.state == RefundState.WANTED)
            .values(
                state=RefundState.SENT,
                provider_id=news.gateway_id,
                tries=0,
                failure="",
                next_try_at=now + wait if wait else None,
            )
        )
        db.session.refresh(refund)


def _done(refund: GatewayRefund, news: RefundNews, *, now: datetime) -> None:
    """Write the refund into the books, once."""
    if refund.state is RefundState.DONE:
        return
    attempt = db.session.get_one(GatewayAttempt, refund.attempt_id)
    how = payments.Back(attempt.provider, news.gateway_id or refund.provider_id, refund.reason)
    key = f"{attempt.provider}:{refund.key}"
    try:
        given = payments.give_back(
            refund.payment_id, refund.amount_idr, how, key=key, actor=CLOCK, now=now
        )
    except payments.TooMuchBack:  # somebody wrote it down by hand meanwhile
        refund.failure = "sudah dikembalikan, tetapi pembukuannya tidak cocok: periksa"
        refund.next_try_at = None
        db.session.flush()
        return
    claim(
        sa.update(GatewayRefund)
        .where(GatewayRefund.id == refund.id, GatewayRefund.state != RefundState.DONE)
        .values(
            state=RefundState.DONE,
            refund_id=given.id,
            provider_id=news.gateway_id or refund.provider_id,
            next_try_at=None,
            failure="",
        )
    )
    db.session.refresh(refund)


def _fail(refund: GatewayRefund, why: str) -> None:
    log.warning("gateway_refund_failed", key=refund.key, why=why)
    claim(
        sa.update(GatewayRefund)
        .where(
            GatewayRefund.id == refund.id,
            GatewayRefund.state.in_([RefundState.WANTED, RefundState.SENT]),
        )
        .values(state=RefundState.FAILED, failure=why[:FAILURE_LENGTH], next_try_at=None)
    )
    db.session.refresh(refund)


def _later(refund: GatewayRefund, failure: Unavailable | None, now: datetime) -> None:
    """Set the next try; after the last one it stays where it is, for a person to look."""
    wait = gateway_polls.try_again(refund.tries)
    refund.next_try_at = now + wait if wait else None
    if failure is not None:
        refund.failure = str(failure)[:FAILURE_LENGTH]
    elif wait is None:
        refund.failure = "belum dikonfirmasi bank pembayar; periksa dasbor gerbang"
    db.session.flush()


def _lock(attempt: GatewayAttempt) -> None:
    """Let only one at a time look what is left of this attempt's money."""
    claim(
        sa.update(GatewayAttempt)
        .where(GatewayAttempt.id == attempt.id)
        .values(rank=GatewayAttempt.rank)
    )


def _count(order_id: int) -> int:
    query = (
        sa.select(sa.func.count())
        .select_from(GatewayRefund)
        .join(GatewayAttempt, GatewayAttempt.id == GatewayRefund.attempt_id)
        .where(GatewayAttempt.order_id == order_id)
    )
    return db.session.scalar(query) or 0
