"""What payment gateways tell about one request for money, and which news outranks which.

Gateways promise no order: a settlement may come before the news that it is awaited, everything
may come twice, and a payment may come after the request has expired. So news is not played back
as steps. Each names a state, and the state that stands is the furthest one that was ever named:
the same whatever came first, however often.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final


class GatewayState(enum.Enum):
    """How far a request for money is, as its gateway tells. In the order of `RANK`."""

    PENDING = "pending"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


RANK: Final = MappingProxyType(
    {
        GatewayState.PENDING: 0,
        GatewayState.FAILED: 1,
        GatewayState.CANCELLED: 1,
        GatewayState.EXPIRED: 1,
        GatewayState.PAID: 2,
        GatewayState.PARTLY_REFUNDED: 3,
        GatewayState.REFUNDED: 4,
        GatewayState.CHARGED_BACK: 4,
    }
)
"""News of a lower rank never overwrites what is known."""

_ORDER: Final = {state: place for place, state in enumerate(GatewayState)}

ENDED_UNPAID: Final = frozenset({GatewayState.FAILED, GatewayState.CANCELLED, GatewayState.EXPIRED})
"""Nobody can pay it any more; money may come all the same."""

BROUGHT_MONEY: Final = frozenset(state for state, rank in RANK.items() if rank >= 2)
"""Money came, whatever became of it later."""


class RefundState(enum.Enum):
    """How far a refund is. SENT: the gateway took it; CONFIRMED: so did the payer's bank."""

    WANTED = "wanted"
    SENT = "sent"
    FAILED = "failed"
    CONFIRMED = "confirmed"


_REFUND_ORDER: Final = {state: place for place, state in enumerate(RefundState)}


@dataclass(frozen=True, slots=True)
class Capture:
    """Money that came for a request: whole rupiah, and when.

    `id` is the gateway's for this money alone, `payment_id` what people look it up by there.
    """

    id: str
    amount_idr: int
    at: datetime | None
    payment_id: str


@dataclass(frozen=True, slots=True)
class RefundNews:
    """How one refund stands. `key` is ours, empty if somebody refunded in their dashboard."""

    key: str
    gateway_id: str
    state: RefundState
    amount_idr: int | None
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class GatewaySignal:
    """What a gateway says about one request for money, in the house's words.

    `state` is None where it says nothing we know about the request (then `word` is theirs).
    `amount_idr` is what was asked for, None if it cannot be read as whole rupiah; what came is in
    `captures`. `reference` is ours, `gateway_id` theirs; one of them may be empty.
    """

    reference: str
    gateway_id: str
    state: GatewayState | None
    word: str
    amount_idr: int | None = None
    occurred_at: datetime | None = None
    captures: tuple[Capture, ...] = ()
    refunds: tuple[RefundNews, ...] = ()
    issuer: str = ""

    @property
    def paid_idr(self) -> int:
        """What came together, whole rupiah."""
        return sum(capture.amount_idr for capture in self.captures)


def after(known: GatewayState, told: GatewayState | None) -> GatewayState:
    """Return the state that stands when `told` is heard while `known` stood.

    The order of hearing and repeats make no difference; of two states of one rank the later in
    `GatewayState` stands.
    """
    return known if told is None or _ORDER[told] <= _ORDER[known] else told


def after_all(told: Iterable[GatewayState]) -> GatewayState:
    """Return the state that stands after all of these, in whatever order they came."""
    known = GatewayState.PENDING
    for state in told:
        known = after(known, state)
    return known


def refund_after(known: RefundState, told: RefundState) -> RefundState:
    """Return how a refund stands when `told` is heard: confirmed is final, failed beats sent."""
    return known if _REFUND_ORDER[told] <= _REFUND_ORDER[known] else told
