"""What a gateway says when asked: the one door by which its word becomes state and money.

Money goes first, each by the gateway's own id of it, so that hearing the same again, in any order,
from a message or a question, books it once. Then the furthest state that was ever heard stands.
"""

from datetime import datetime

import sqlalchemy as sa
import structlog

from bazaar import payments
from bazaar.audit import CLOCK
from bazaar.db import claim, db
from bazaar.gateways import asking, refunding
from bazaar.models import AttemptState, GatewayAttempt, Order, Payment
from bazaar.ports import ChargeName
from bazaar.rules.gateway_events import BROUGHT_MONEY, RANK, Capture, GatewaySignal, GatewayState

log = structlog.get_logger()

RULE = "gateway"
KEY_LENGTH = 80
FAILURE_LENGTH = 200


def name_of(attempt: GatewayAttempt, payment_id: str = "") -> ChargeName:
    """Return what the gateway knows an attempt by, and perhaps a payment it told of."""
    return ChargeName(attempt.key, attempt.provider_id or "", payment_id)


def hear(attempt: GatewayAttempt, signal: GatewaySignal, *, now: datetime) -> str:
    """Take in what a gateway said of an attempt; return it in one word, for people to read.

    Harmless when repeated. What came is kept before its order is served, so the caller's
    transaction may be kept in the middle of this.
    """
    attempt_id, provider = attempt.id, attempt.provider
    for capture in signal.captures:
        if _is_new(provider, capture):
            _receive(attempt, capture, signal, now=now)
            attempt = db.session.get_one(GatewayAttempt, attempt_id)
    if signal.state is not None:
        _advance(attempt, signal)
    strangers = refunding.hear_refunds(attempt, signal.refunds, now=now)
    if trouble := _trouble(signal, strangers):
        log.warning("gateway_trouble", key=attempt.key, provider=provider, why=trouble)
        attempt.failure = trouble[:FAILURE_LENGTH]
    return signal.state.value if signal.state else signal.word[:20]


def _key(provider: str, capture: Capture) -> str:
    return f"{provider}:{capture.id}"[:KEY_LENGTH]


def _is_new(provider: str, capture: Capture) -> bool:
    """Whether this money is not written down yet; if it is, `payments` sees to the rest."""
    known = sa.select(Payment.id).where(Payment.key == _key(provider, capture))
    return db.session.scalar(known) is None


def _receive(
    attempt: GatewayAttempt, capture: Capture, signal: GatewaySignal, *, now: datetime
) -> None:
    order = db.session.get_one(Order, attempt.order_id)
    payments.receive(
        payments.Received(
            key=_key(attempt.provider, capture),
            amount_idr=capture.amount_idr,
            method="qris",
            source=attempt.provider,
            edition_id=order.edition_id,
            account_id=asking.account_of(attempt.provider, now=now),
            charge_id=attempt.charge_id,
            order_id=order.id,
            rule=RULE,
            paid_at=capture.at,
            payer=signal.issuer,
            external_id=capture.payment_id,
        ),
        actor=CLOCK,
        now=now,
    )


def _advance(attempt: GatewayAttempt, signal: GatewaySignal) -> None:
    """Let the furthest state stand; keep the gateway's id, which a lost answer did not bring."""
    assert signal.state is not None
    values: dict[str, object] = {"rank": RANK[signal.state]}
    if signal.state in BROUGHT_MONEY:
        values |= {"state": AttemptState.PAID, "next_try_at": None, "failure": ""}
    elif signal.state is not GatewayState.PENDING:
        values |= {"state": AttemptState.ENDED}
    claim(
        sa.update(GatewayAttempt)
        .where(GatewayAttempt.id == attempt.id, GatewayAttempt.rank < RANK[signal.state])
        .values(**values)
    )
    if signal.gateway_id:
        claim(
            sa.update(GatewayAttempt)
            .where(GatewayAttempt.id == attempt.id, GatewayAttempt.provider_id.is_(None))
            .values(provider_id=signal.gateway_id)
        )
    db.session.refresh(attempt)


def _trouble(signal: GatewaySignal, strangers: int) -> str:
    """Return what a person has to look at, or nothing."""
    if signal.state is GatewayState.CHARGED_BACK:
        return "ditarik kembali oleh bank pembayar (chargeback)"
    if signal.state in BROUGHT_MONEY and not signal.captures:
        return "jumlah yang masuk tidak terbaca"
    if strangers:
        return "dikembalikan lewat dasbor gerbang; catat pengembaliannya dengan tangan"
    return ""
