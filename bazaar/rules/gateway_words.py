"""The words of payment gateways, translated into the house's (`gateway_events`).

Sources: Midtrans' pages on the transaction status and its cycle (Core API), Xendit's reference of
the Payments API v3 and of refunds. A word that is in no table says nothing about the money.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bazaar.rules.gateway_events import GatewayState, RefundState

MAX_IDR: Final = 1_000_000_000_000

MIDTRANS: Final[Mapping[str, GatewayState]] = MappingProxyType(
    {
        "pending": GatewayState.PENDING,
        "authorize": GatewayState.PENDING,
        "settlement": GatewayState.PAID,
        "capture": GatewayState.PAID,
        "deny": GatewayState.FAILED,
        "failure": GatewayState.FAILED,
        "cancel": GatewayState.CANCELLED,
        "expire": GatewayState.EXPIRED,
        "partial_refund": GatewayState.PARTLY_REFUNDED,
        "refund": GatewayState.REFUNDED,
        "partial_chargeback": GatewayState.CHARGED_BACK,
        "chargeback": GatewayState.CHARGED_BACK,
    }
)
"""`transaction_status` of Midtrans."""

XENDIT: Final[Mapping[str, GatewayState]] = MappingProxyType(
    {
        "ACCEPTING_PAYMENTS": GatewayState.PENDING,
        "REQUIRES_ACTION": GatewayState.PENDING,
        "AUTHORIZED": GatewayState.PENDING,
        "PENDING": GatewayState.PENDING,
        "FAILED": GatewayState.FAILED,
        "CANCELED": GatewayState.CANCELLED,
        "EXPIRED": GatewayState.EXPIRED,
        "SUCCEEDED": GatewayState.PAID,
    }
)
"""`status` of Xendit's payment requests and payments."""

XENDIT_REFUNDS: Final[Mapping[str, RefundState]] = MappingProxyType(
    {
        "PENDING": RefundState.SENT,
        "SUCCEEDED": RefundState.CONFIRMED,
        "FAILED": RefundState.FAILED,
        "CANCELLED": RefundState.FAILED,
    }
)
"""`status` of Xendit's refunds."""

_WHOLE = re.compile(r"([0-9]{1,13})(?:\.0{1,2})?", re.ASCII)


def rupiah(value: object) -> int | None:
    """Return whole rupiah that came as `147356`, `"147356"` or `"147356.00"`; None if they did not.

    Fractions, signs, separators, exponents and numbers from `MAX_IDR` on are none.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    whole = _WHOLE.fullmatch(str(value))
    amount = int(whole[1]) if whole else MAX_IDR
    return amount if amount < MAX_IDR else None
