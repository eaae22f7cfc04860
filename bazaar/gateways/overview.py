"""What the committee sees of gateways: how they do, what they told, what needs a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.gateways import refunding
from bazaar.gateways.asking import is_ill
from bazaar.gateways.inbox import TROUBLES
from bazaar.models import (
    AttemptState,
    GatewayAttempt,
    GatewayRefund,
    Order,
    Payment,
    PaymentEvent,
    RefundState,
)


class NoSuchAttempt(NotFound):
    """No attempt has this number."""

    text = N_("Percobaan ini tidak ditemukan.")


@dataclass(frozen=True, slots=True)
class Figures:
    """How one gateway does: attempts by state, when it told something last, what waits."""

    provider: str
    open: int
    paid: int
    unknown: int
    heard_at: datetime | None
    waiting: int
    is_ill: bool


def figures(provider: str, *, now: datetime) -> Figures:
    """Return how a gateway does."""
    of_provider = GatewayAttempt.provider == provider
    count = sa.func.count()
    states = sa.select(GatewayAttempt.state, count).where(of_provider)
    known = dict(db.session.execute(states.group_by(GatewayAttempt.state)).all())
    heard_at, waiting = db.session.execute(
        sa.select(
            sa.func.max(PaymentEvent.received_at),
            sa.func.count().filter(PaymentEvent.handled_at.is_(None)),
        ).where(PaymentEvent.provider == provider)
    ).one()
    return Figures(
        provider,
        known.get(AttemptState.OPEN, 0),
        known.get(AttemptState.PAID, 0),
        known.get(AttemptState.UNKNOWN, 0),
        heard_at,
        waiting,
        is_ill(provider, now),
    )


def attempts(*, troubled: bool = False) -> sa.Select[GatewayAttempt]:
    """Return the query for attempts, the newest first; only those that a person should look at."""
    query = (
        sa.select(GatewayAttempt)
        .join(GatewayAttempt.order)
        .options(contains_eager(GatewayAttempt.order).joinedload(Order.seller))
        .order_by(GatewayAttempt.id.desc())
    )
    if not troubled:
        return query
    stuck = sa.exists().where(
        GatewayRefund.attempt_id == GatewayAttempt.id,
        (GatewayRefund.state == RefundState.FAILED)
        | (
            GatewayRefund.state.in_([RefundState.WANTED, RefundState.SENT])
            & GatewayRefund.next_try_at.is_(None)
        ),
    )
    paid_oddly = (GatewayAttempt.state == AttemptState.PAID) & (GatewayAttempt.failure != "")
    watched = GatewayAttempt.next_try_at.is_not(None)
    lost = (GatewayAttempt.state == AttemptState.UNKNOWN) & watched
    return query.where(paid_oddly | lost | stuck)


def events(*, troubled: bool = False) -> sa.Select[PaymentEvent]:
    """Return the query for messages, the newest first; only those that nobody could place."""
    query = sa.select(PaymentEvent).order_by(
        PaymentEvent.received_at.desc(), PaymentEvent.id.desc()
    )
    return query.where(PaymentEvent.result.in_(TROUBLES)) if troubled else query


def get_attempt(key: str) -> GatewayAttempt:
    """Return the attempt with this number, order and seller loaded. Raises NoSuchAttempt."""
    query = (
        sa.select(GatewayAttempt)
        .filter_by(key=key)
        .options(joinedload(GatewayAttempt.order).joinedload(Order.seller))
    )
    attempt = db.session.scalars(query).one_or_none()
    if attempt is None:
        raise NoSuchAttempt
    return attempt


def find_events(attempt: GatewayAttempt) -> Sequence[PaymentEvent]:
    """Return the messages about an attempt, the newest first."""
    return db.session.scalars(
        events().where(
            PaymentEvent.provider == attempt.provider, PaymentEvent.attempt_key == attempt.key
        )
    ).all()


def payments_of(attempt: GatewayAttempt) -> list[tuple[Payment, int]]:
    """Return the money that came by an attempt, each with what can still be given back."""
    query = sa.select(Payment).where(
        Payment.source == attempt.provider,
        (Payment.charge_id == attempt.charge_id)
        | (Payment.external_id == (attempt.provider_id or None)),
    )
    found = db.session.scalars(query.order_by(Payment.id)).all()
    return [(payment, refunding.left_idr(payment)) for payment in found]


def refunds_of(attempt: GatewayAttempt) -> Sequence[GatewayRefund]:
    """Return what was to be given back of an attempt's money, the newest first."""
    query = sa.select(GatewayRefund).filter_by(attempt_id=attempt.id)
    return db.session.scalars(query.order_by(GatewayRefund.id.desc())).all()


def attempt_of(payment_id: int) -> GatewayAttempt | None:
    """Return the attempt that a payment came by, or None."""
    payment = db.session.get(Payment, payment_id)
    return refunding.attempt_of(payment) if payment else None
