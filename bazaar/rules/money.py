"""What money that came does, and what a person may do where it does not fit. One table each.

`decide` tells from where an order stands what a payment for it means; `ways` tells for each case
that needs a person the one obvious action and the others. Both are total: whatever comes has a row.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bazaar.rules.order_states import OrderStatus

SMALL_IDR: Final = 1_000
"""A difference below this is accepted without much thought: rounding, a code that was left out."""


class Outcome(enum.Enum):
    """What a payment did. All but SERVED and REPEATED need a person."""

    SERVED = "served"
    """The order waited for it and is paid now."""
    REPEATED = "repeated"
    """It had been written down before; nothing was done."""
    LATE = "late"
    """The order had expired; its goods may belong to somebody else."""
    EXTRA = "extra"
    """The order had been paid."""
    UNDER = "under"
    """It counts for the order, which still waits for the rest."""
    OVER = "over"
    """The order is paid, and something is left."""
    UNKNOWN = "unknown"
    """Nobody knows what it is for."""
    AMBIGUOUS = "ambiguous"
    """It may be for one of several orders."""
    CANCELLED = "cancelled"
    """The order had been cancelled or called off."""
    SOLD_OUT = "sold_out"
    """Whoever paid first got the goods."""


FITS: Final = frozenset({Outcome.SERVED, Outcome.REPEATED})
"""Outcomes that need nobody."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an order asks for: its total, and the least and most of that and its requests.

    In rupiah. These differ by unique codes; whatever lies between least and most pays the order.
    """

    total_idr: int
    least_idr: int
    most_idr: int

    @classmethod
    def of(cls, total_idr: int, asked: Collection[int]) -> "Due":
        """Return what is due by an order's total and the amounts of its requests."""
        amounts = (total_idr, *asked)
        return cls(total_idr, min(amounts), max(amounts))

    def missing_idr(self, paid_idr: int) -> int:
        """Return what is still missing, 0 if nothing is."""
        return max(self.least_idr - paid_idr, 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a payment does: the outcome, what of it counts for the order, what is at stake.

    `stake_idr` is too much, or for UNDER what is missing; 0 where nobody is needed.
    """

    outcome: Outcome
    counts_idr: int
    stake_idr: int

    @property
    def serves(self) -> bool:
        """Whether the order is to be marked paid."""
        return self.outcome in {Outcome.SERVED, Outcome.OVER}


ENDED: Final = {
    OrderStatus.QUOTING: Outcome.UNKNOWN,  # nobody knows yet what it costs
    OrderStatus.PAID: Outcome.EXTRA,
    OrderStatus.DONE: Outcome.EXTRA,
    OrderStatus.EXPIRED: Outcome.LATE,
    OrderStatus.CANCELLED: Outcome.CANCELLED,
}
"""What money is for an order that does not wait for any."""


def decide(
    status: OrderStatus | None, due: Due, *, paid_idr: int, amount_idr: int, candidates: int = 0
) -> Verdict:
    """Return what a payment of `amount_idr` does to an order in `status`, None if none is known.

    `paid_idr` has been counted for it already. `candidates` is how many orders it may be for.
    """
    if status is None:
        outcome = Outcome.AMBIGUOUS if candidates > 1 else Outcome.UNKNOWN
        return Verdict(outcome, 0, amount_idr)
    if status in ENDED:
        return Verdict(ENDED[status], 0, amount_idr)
    together = paid_idr + amount_idr
    if together < due.least_idr:
        return Verdict(Outcome.UNDER, amount_idr, due.least_idr - together)
    if together <= due.most_idr:
        return Verdict(Outcome.SERVED, amount_idr, 0)
    counts = max(due.total_idr - paid_idr, 0)
    return Verdict(Outcome.OVER, counts, amount_idr - counts)


class Action(enum.Enum):
    """What a person may do about a case."""

    ASSIGN = "assign"
    """It is for this order."""
    ACCEPT = "accept"
    """The difference is let be: the order counts as paid, or the rest stays with the seller."""
    REVIVE = "revive"
    """Take the goods again and send them, if there are any left."""
    GIVE_BACK = "give_back"
    """It was given back, with proof."""
    CONTACT = "contact"
    """The buyer was asked; the case stays open."""
    NOT_OURS = "not_ours"
    """It has nothing to do with the bazaar: booked out again."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The obvious action of a case, and what else may be done."""

    obvious: Action
    others: tuple[Action, ...]

    def __contains__(self, action: Action) -> bool:
        """Whether the action may be taken."""
        return action is self.obvious or action in self.others

    def without(self, action: Action) -> "Ways":
        """Return the same ways less one; the next is the obvious one if that was it."""
        left = [one for one in (self.obvious, *self.others) if one is not action]
        return Ways(left[0], tuple(left[1:]))

    def beginning_with(self, action: Action) -> "Ways":
        """Return the same ways with another obvious one."""
        return Ways(action, tuple(one for one in (self.obvious, *self.others) if one is not action))


_WAYS: Final = {
    Outcome.LATE: Ways(Action.REVIVE, (Action.GIVE_BACK, Action.CONTACT, Action.ASSIGN)),
    Outcome.SOLD_OUT: Ways(Action.GIVE_BACK, (Action.REVIVE, Action.CONTACT, Action.ASSIGN)),
    Outcome.CANCELLED: Ways(Action.GIVE_BACK, (Action.CONTACT, Action.ASSIGN)),
    Outcome.EXTRA: Ways(Action.GIVE_BACK, (Action.CONTACT, Action.ASSIGN, Action.NOT_OURS)),
    Outcome.OVER: Ways(Action.GIVE_BACK, (Action.ACCEPT, Action.CONTACT)),
    Outcome.UNDER: Ways(Action.CONTACT, (Action.ACCEPT, Action.GIVE_BACK)),
    Outcome.UNKNOWN: Ways(Action.ASSIGN, (Action.GIVE_BACK, Action.NOT_OURS, Action.CONTACT)),
    Outcome.AMBIGUOUS: Ways(Action.ASSIGN, (Action.GIVE_BACK, Action.NOT_OURS, Action.CONTACT)),
}


def ways(
    kind: Outcome, status: OrderStatus | None, *, stake_idr: int = 0, goods_left: bool = False
) -> Ways:
    """Return what may be done about a case whose order is in `status` now, None without one.

    `goods_left`: all the order asks for could be had once more.
    """
    known = _WAYS[kind]
    if kind is Outcome.UNDER:
        return _of_too_little(known, status, stake_idr)
    if kind is Outcome.OVER and status not in {OrderStatus.PAID, OrderStatus.DONE}:
        return Ways(Action.GIVE_BACK, (Action.CONTACT, Action.ASSIGN))  # too much for it no longer
    if Action.REVIVE in known:
        if goods_left and status in {OrderStatus.EXPIRED, OrderStatus.UNPAID}:
            return known.beginning_with(Action.REVIVE)
        return known.without(Action.REVIVE)
    return known


def _of_too_little(known: Ways, status: OrderStatus | None, missing_idr: int) -> Ways:
    if status is not OrderStatus.UNPAID:
        return Ways(Action.GIVE_BACK, (Action.CONTACT,))
    if missing_idr < SMALL_IDR:
        return Ways(Action.ACCEPT, (Action.CONTACT, Action.GIVE_BACK))
    return known
