"""Gateways worked out again, for `flask audit`: attempts and refunds against the books."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    AccountKind,
    AttemptState,
    GatewayAttempt,
    GatewayRefund,
    Payment,
    ReceivingAccount,
    Refund,
    RefundState,
)

Told = tuple[str, str, object, object]
"""What was checked, about what, what was expected and what was found."""


def _paid_attempts_brought_money() -> Iterator[Told]:
    """An attempt with a charge is paid when, and only when, money came for that charge."""
    came = sa.func.count(Payment.id)
    query = (
        sa.select(GatewayAttempt.key, GatewayAttempt.state, came)
        .outerjoin(
            Payment,
            sa.and_(
                Payment.charge_id == GatewayAttempt.charge_id,
                Payment.source == GatewayAttempt.provider,
            ),
        )
        .where(GatewayAttempt.charge_id.is_not(None), GatewayAttempt.failure == "")
        .group_by(GatewayAttempt.id, GatewayAttempt.key, GatewayAttempt.state)
    )
    for key, state, number in db.session.execute(query):
        if (state is AttemptState.PAID) is not bool(number):
            yield "gateway money", f"code {key}", state.value, f"{number} payments"


def _money_lies_at_its_gateway() -> Iterator[Told]:
    """What a gateway's code brought lies at that gateway's account."""
    query = (
        sa.select(Payment.id, Payment.source, ReceivingAccount.kind, ReceivingAccount.bank)
        .join(GatewayAttempt, GatewayAttempt.charge_id == Payment.charge_id)
        .outerjoin(ReceivingAccount, ReceivingAccount.id == Payment.account_id)
        .where(Payment.source == GatewayAttempt.provider)
    )
    for payment_id, source, kind, bank in db.session.execute(query):
        if (kind, bank) != (AccountKind.GATEWAY, source):
            yield "gateway account", f"payment {payment_id}", source, bank


def _done_refunds_are_booked() -> Iterator[Told]:
    """A refund that is done was written down once, of the money it was to give back."""
    query = sa.select(GatewayRefund.key, GatewayRefund.payment_id, Refund.payment_id).outerjoin(
        Refund, Refund.id == GatewayRefund.refund_id
    )
    done = GatewayRefund.state == RefundState.DONE
    for key, expected, found in db.session.execute(query.where(done)):
        if expected != found:
            yield "gateway refund", f"refund {key}", expected, found


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _paid_attempts_brought_money,
    _money_lies_at_its_gateway,
    _done_refunds_are_booked,
)
