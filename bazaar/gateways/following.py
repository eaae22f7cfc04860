"""The errand that asks how attempts stand, and ends codes whose orders wait for no money."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar.db import claim, db
from bazaar.errors import Unavailable
from bazaar.gateways.hearing import hear, name_of
from bazaar.models import AttemptState, GatewayAttempt, OrderStatus
from bazaar.ports import ChargeName, GatewayRefused, GatewaySilent, PaymentGateway
from bazaar.rules import gateway_polls
from bazaar.rules.gateway_events import GatewaySignal

CANDIDATES = 20
NEVER_MADE_AFTER = timedelta(minutes=5)
"""So long a gateway may take to know of a request whose answer was lost."""


@dataclass
class FollowTask:
    """A question on its way. `ends`: first let nobody pay it any more."""

    attempt_id: int
    provider: str
    name: ChargeName
    ends: bool
    signal: GatewaySignal | None = None


def pick_follow(now: datetime) -> FollowTask | None:
    """Claim one attempt that is to be asked about, or None. The next time is set at once."""
    due = (
        sa.select(GatewayAttempt)
        .where(
            GatewayAttempt.state.in_([AttemptState.OPEN, AttemptState.UNKNOWN, AttemptState.ENDED]),
            GatewayAttempt.next_try_at <= now,
        )
        .options(joinedload(GatewayAttempt.order))
        .order_by(GatewayAttempt.next_try_at, GatewayAttempt.id)
        .limit(CANDIDATES)
    )
    for attempt in db.session.scalars(due).all():
        wait = _wait(attempt, now)
        unclaimed = sa.update(GatewayAttempt).where(
            GatewayAttempt.id == attempt.id,
            GatewayAttempt.next_try_at == attempt.next_try_at,
            GatewayAttempt.state == attempt.state,
        )
        won = claim(unclaimed.values(next_try_at=now + wait if wait else None))
        if won:
            task = FollowTask(attempt.id, attempt.provider, name_of(attempt), _ends(attempt, now))
            db.session.refresh(attempt)
            return task
    return None


def carry_follow(task: FollowTask, providers: Mapping[str, PaymentGateway]) -> None:
    """Ask the gateway. Raises GatewaySilent or GatewayRefused."""
    gateway = providers.get(task.provider)
    if gateway is None:
        raise GatewaySilent("gerbang ini tidak dipasang lagi")
    if task.ends and task.name.gateway_id:
        gateway.expire(task.name)
    task.signal = gateway.status(task.name)
    if task.ends and not task.name.gateway_id:
        found = ChargeName(task.name.reference, task.signal.gateway_id)
        gateway.expire(found)
        task.signal = gateway.status(found)


def close_follow(task: FollowTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Take in the answer. Silence needs nothing: the next time is set."""
    attempt = db.session.get_one(GatewayAttempt, task.attempt_id)
    if task.signal is not None and failure is None:
        hear(attempt, task.signal, now=now)
    elif isinstance(failure, GatewayRefused):
        old = now - attempt.wanted_at >= NEVER_MADE_AFTER
        unknown = sa.update(GatewayAttempt).where(
            GatewayAttempt.id == attempt.id, GatewayAttempt.state == AttemptState.UNKNOWN
        )
        if old and claim(unknown.values(state=AttemptState.REFUSED, next_try_at=None)):
            db.session.refresh(attempt)


def _ends(attempt: GatewayAttempt, now: datetime) -> bool:
    """Whether the code is to end: another one took its place, or its order waits no longer."""
    if attempt.state is AttemptState.ENDED:
        return False
    order = attempt.order
    waits = order.status is OrderStatus.UNPAID and now < order.pay_before
    return attempt.state is AttemptState.UNKNOWN or not waits


def _wait(attempt: GatewayAttempt, now: datetime) -> timedelta | None:
    ends_at = min(attempt.expires_at or attempt.order.pay_before, attempt.order.pay_before)
    if attempt.state is AttemptState.OPEN:
        soonest = gateway_polls.while_open(now - attempt.wanted_at)
        if soonest is None or now >= ends_at:
            return soonest or gateway_polls.SELDOM
        return max(min(soonest, ends_at - now), gateway_polls.LEAST)
    return gateway_polls.after_the_end(max(now - ends_at, timedelta(0)))
