"""The errand that asks a gateway for a code: pick a wish, call the gateway, write down the code.

A create is never repeated. Where its answer was lost, or whoever asked died, the attempt stays
UNKNOWN, is watched like any other, and the next number is tried: money that comes for either counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import joinedload

from bazaar import audit
from bazaar.audit import BUYER
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, NotFound, Unavailable
from bazaar.models import (
    AccountKind,
    AttemptState,
    Charge,
    GatewayAttempt,
    Order,
    OrderStatus,
    ReceivingAccount,
)
from bazaar.ports import (
    ChargeWish,
    GatewayCharge,
    GatewayRefused,
    GatewaySilent,
    PaymentGateway,
)
from bazaar.rules import gateway_polls

log = structlog.get_logger()

MOST_ATTEMPTS = 5
"""So often a code is asked for one order; then the seller's own way to pay remains."""

BY_ITSELF = 2
"""After so many attempts nothing is tried again unless the buyer asks."""

CLAIM = timedelta(minutes=1)
"""Longer than any call takes: a wish that is still there then was lost with its caller."""

FAILURE_LENGTH = 200
CANDIDATES = 20
ILL_AFTER = 5
ILL_FOR = timedelta(minutes=1)

WAITING = (AttemptState.WANTED, AttemptState.OPEN)


class NotForThis(Conflict):
    """The order does not wait for money (any more), or asks for more than one code may."""

    text = N_("Pesanan ini tidak dapat dibayar dengan QRIS otomatis.")


class NoMoreAttempts(Conflict):
    """The gateway was asked often enough."""

    text = N_("QRIS otomatis sedang bermasalah. Bayarlah dengan cara lain di halaman ini.")


class NothingToAsk(NotFound):
    """There is no code of a gateway that could be scanned now."""

    text = N_("Untuk pesanan ini tidak ada kode QRIS otomatis.")


@dataclass
class AskTask:
    """A wish on its way; `carry` puts the gateway's code into `charge`."""

    attempt_id: int
    provider: str
    wish: ChargeWish
    charge: GatewayCharge | None = None


def may_ask(order: Order, *, now: datetime, limit_idr: int) -> bool:
    """Say whether a gateway can be asked for a code of this order at all."""
    waits = order.status is OrderStatus.UNPAID and now < order.pay_before
    return waits and order.total_idr <= limit_idr


def is_ill(provider: str, now: datetime) -> bool:
    """Say whether a gateway failed to answer five times in the last minute."""
    lately = sa.select(sa.func.count()).where(
        GatewayAttempt.provider == provider,
        GatewayAttempt.wanted_at > now - ILL_FOR,
        GatewayAttempt.state == AttemptState.UNKNOWN,
    )
    return (db.session.scalar(lately) or 0) >= ILL_AFTER


def want(order: Order, provider: str, *, now: datetime, limit_idr: int) -> GatewayAttempt:
    """Write down that a code is wanted for an order; the clock asks for it.

    One that is wanted or open already is returned as it is. Raises NotForThis, NoMoreAttempts.
    """
    if not may_ask(order, now=now, limit_idr=limit_idr):
        raise NotForThis
    known = _attempts(order.id)
    live = next((attempt for attempt in known if attempt.state in WAITING), None)
    if live is not None:
        return live
    if len(known) >= MOST_ATTEMPTS:
        raise NoMoreAttempts
    key = _write(order, provider, len(known) + 1, now)
    audit.note(BUYER, "gateway.want", f"order:{order.reference}", now=now, key=key)
    return db.session.scalars(sa.select(GatewayAttempt).filter_by(key=key)).one()


def latest(order_ids: Sequence[int]) -> dict[int, GatewayAttempt]:
    """Return the newest attempt of each of these orders, its charge loaded."""
    query = (
        sa.select(GatewayAttempt)
        .where(GatewayAttempt.order_id.in_(order_ids))
        .options(joinedload(GatewayAttempt.charge))
        .order_by(GatewayAttempt.id)
    )
    return {attempt.order_id: attempt for attempt in db.session.scalars(query)}


def open_code(order: Order, *, now: datetime) -> str:
    """Return the gateway's code that the buyer of `order` may scan now. Raises NothingToAsk."""
    attempt = latest([order.id]).get(order.id)
    waits = order.status is OrderStatus.UNPAID and now < order.pay_before
    if attempt is None or attempt.state is not AttemptState.OPEN or not waits:
        raise NothingToAsk
    if attempt.charge is None:
        raise NothingToAsk
    return attempt.charge.qr_payload


def pick(now: datetime, *, providers: Mapping[str, PaymentGateway]) -> AskTask | None:
    """Claim one wish that is due, or None.

    One that was claimed before and never written down may have been done: it is UNKNOWN, and the
    next number takes its place.
    """
    due = (
        sa.select(GatewayAttempt)
        .where(GatewayAttempt.state == AttemptState.WANTED, GatewayAttempt.next_try_at <= now)
        .options(joinedload(GatewayAttempt.order).joinedload(Order.seller))
        .order_by(GatewayAttempt.next_try_at, GatewayAttempt.id)
        .limit(CANDIDATES)
    )
    lost = False
    for attempt in db.session.scalars(due).all():
        order = attempt.order
        if attempt.tries:
            _lose(attempt, "tidak ada kabar", now=now)
            lost = True
        elif attempt.provider not in providers:
            _end(attempt, AttemptState.REFUSED, "gerbang ini tidak dipasang lagi", None)
        elif order.status is not OrderStatus.UNPAID or now >= order.pay_before:
            _end(attempt, AttemptState.ENDED, "", None)
        elif _claimed(attempt, now):
            words = f"Pesanan {order.reference} {order.seller.name}"
            wish = ChargeWish(attempt.key, attempt.amount_idr, words, now, order.pay_before)
            return AskTask(attempt.id, attempt.provider, wish)
    return pick(now, providers=providers) if lost else None


def carry(task: AskTask, providers: Mapping[str, PaymentGateway]) -> None:
    """Call the gateway. Raises GatewaySilent or GatewayRefused."""
    gateway = providers.get(task.provider)
    if gateway is None:
        raise GatewayRefused("gerbang ini tidak dipasang lagi")
    task.charge = gateway.create(task.wish)


def close(task: AskTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Write down how it went: a charge with its code, a refusal, or nobody knows."""
    attempt = db.session.get_one(GatewayAttempt, task.attempt_id)
    if task.charge is not None and failure is None:
        _open(attempt, task.charge, now=now)
    elif isinstance(failure, GatewaySilent):
        _lose(attempt, str(failure), now=now)
    else:
        log.warning("gateway_refused", key=attempt.key, why=str(failure))
        _end(attempt, AttemptState.REFUSED, str(failure), None)


def account_of(provider: str, *, now: datetime) -> int:
    """Return the id of the account that a gateway's money comes to: the committee's own there."""
    query = sa.select(ReceivingAccount.id).where(
        ReceivingAccount.kind == AccountKind.GATEWAY,
        ReceivingAccount.bank == provider,
        ReceivingAccount.replaced_at.is_(None),
    )
    known = db.session.scalars(query).one_or_none()
    if known is not None:
        return known
    values = {
        "kind": AccountKind.GATEWAY,
        "merchant_name": provider,
        "bank": provider,
        "added_at": now,
        "approved_at": now,
    }
    insert_once(ReceivingAccount, **values)
    return db.session.scalars(query).one()


def _attempts(order_id: int) -> Sequence[GatewayAttempt]:
    query = sa.select(GatewayAttempt).filter_by(order_id=order_id).order_by(GatewayAttempt.id)
    return db.session.scalars(query).all()


def _write(order: Order, provider: str, number: int, now: datetime) -> str:
    """Write down attempt `number` of an order, if nobody else has; return its key."""
    key = f"{order.reference}-{number}"
    insert_once(
        GatewayAttempt,
        key=key,
        provider=provider,
        order_id=order.id,
        amount_idr=order.total_idr,
        state=AttemptState.WANTED,
        rank=0,
        wanted_at=now,
        tries=0,
        next_try_at=now,
        failure="",
    )
    return key


def _claimed(attempt: GatewayAttempt, now: datetime) -> bool:
    unclaimed = sa.update(GatewayAttempt).where(
        GatewayAttempt.id == attempt.id,
        GatewayAttempt.state == AttemptState.WANTED,
        GatewayAttempt.tries == 0,
    )
    return claim(unclaimed.values(tries=1, next_try_at=now + CLAIM))


def _open(attempt: GatewayAttempt, charge: GatewayCharge, *, now: datetime) -> None:
    """Write the charge and open the attempt, also if it was given up meanwhile."""
    account_id = account_of(attempt.provider, now=now)
    insert_once(
        Charge,
        order_id=attempt.order_id,
        account_id=account_id,
        reference=attempt.key,
        method="qris",
        full_idr=attempt.amount_idr,
        unique_idr=0,
        amount_idr=attempt.amount_idr,
        qr_payload=charge.qr_payload,
        created_at=now,
    )
    charge_id = db.session.scalars(sa.select(Charge.id).filter_by(reference=attempt.key)).one()
    order = db.session.get_one(Order, attempt.order_id)
    first_look = gateway_polls.while_open(timedelta(0))
    opened = sa.update(GatewayAttempt).where(
        GatewayAttempt.id == attempt.id,
        GatewayAttempt.state.in_([AttemptState.WANTED, AttemptState.UNKNOWN]),
    )
    claim(
        opened.values(
            state=AttemptState.OPEN,
            charge_id=charge_id,
            provider_id=charge.gateway_id,
            expires_at=charge.expires_at or order.pay_before,
            next_try_at=now + first_look if first_look else None,
            failure="",
        )
    )
    db.session.refresh(attempt)


def _lose(attempt: GatewayAttempt, why: str, *, now: datetime) -> None:
    """Nobody knows whether there is a code: watch this attempt, and try the next number."""
    log.warning("gateway_silent", key=attempt.key, why=why)
    wait = gateway_polls.try_again(1)
    if not _end(attempt, AttemptState.UNKNOWN, why, now + wait if wait else None):
        return
    order = db.session.get_one(Order, attempt.order_id)
    number = len(_attempts(order.id)) + 1
    if number <= BY_ITSELF and order.status is OrderStatus.UNPAID and now < order.pay_before:
        _write(order, attempt.provider, number, now)


def _end(
    attempt: GatewayAttempt, state: AttemptState, why: str, next_try_at: datetime | None
) -> bool:
    wanted = sa.update(GatewayAttempt).where(
        GatewayAttempt.id == attempt.id, GatewayAttempt.state == AttemptState.WANTED
    )
    ended = claim(wanted.values(state=state, failure=why[:FAILURE_LENGTH], next_try_at=next_try_at))
    db.session.refresh(attempt)
    return ended
