"""The states of an order and the steps between them; what is not in the table is refused.

unpaid → paid → done is the way of a good order; one to a country without a rate begins as quoting.
An unpaid one may expire or be cancelled instead; a paid one may be called off as long as no courier
has any of it. Done goes back to paid only when an arrival is taken back, paid to unpaid when its
payment turns out never to have been. Nothing leads out of expired and cancelled: money that comes
later is a payment that needs a person, not a change of the order.
"""

import enum
from dataclasses import dataclass

from bazaar.errors import N_, Conflict


class OrderStatus(enum.Enum):
    """Where an order stands."""

    QUOTING = "quoting"
    UNPAID = "unpaid"
    PAID = "paid"
    DONE = "done"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Step(enum.Enum):
    """What can happen to an order."""

    QUOTE = "quote"
    PAY = "pay"
    FINISH = "finish"
    EXPIRE = "expire"
    CANCEL = "cancel"
    CALL_OFF = "call_off"
    REOPEN = "reopen"
    UNPAY = "unpay"


STEPS: dict[tuple[OrderStatus, Step], OrderStatus] = {
    (OrderStatus.QUOTING, Step.QUOTE): OrderStatus.UNPAID,
    (OrderStatus.QUOTING, Step.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.QUOTING, Step.CANCEL): OrderStatus.CANCELLED,
    (OrderStatus.UNPAID, Step.PAY): OrderStatus.PAID,
    (OrderStatus.UNPAID, Step.EXPIRE): OrderStatus.EXPIRED,
    (OrderStatus.UNPAID, Step.CANCEL): OrderStatus.CANCELLED,
    (OrderStatus.PAID, Step.FINISH): OrderStatus.DONE,
    (OrderStatus.PAID, Step.CALL_OFF): OrderStatus.CANCELLED,
    (OrderStatus.DONE, Step.REOPEN): OrderStatus.PAID,
    (OrderStatus.PAID, Step.UNPAY): OrderStatus.UNPAID,
}

SOLD = (OrderStatus.QUOTING, OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.DONE)
"""States of orders that hold goods; what expired or was cancelled was not sold."""

ENDED = frozenset({OrderStatus.DONE, OrderStatus.EXPIRED, OrderStatus.CANCELLED})
"""States of orders that wait for nothing."""


@dataclass(eq=False)
class StepRefused(Conflict):
    """The order is in a state that does not allow the step."""

    status: OrderStatus
    step: Step
    text = N_("Keadaan pesanan ini sudah berubah. Muat ulang halaman untuk melihat yang terbaru.")


def after(status: OrderStatus, step: Step) -> OrderStatus:
    """Return the state after `step`. Raises StepRefused when `STEPS` has no such row."""
    try:
        return STEPS[status, step]
    except KeyError:
        raise StepRefused(status, step) from None


def before(step: Step) -> tuple[OrderStatus, ...]:
    """Return the states in which `step` is allowed."""
    return tuple(status for status, allowed in STEPS if allowed is step)
