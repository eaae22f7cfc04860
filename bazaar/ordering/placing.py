"""Placing orders: what many buyers click at one moment, decided together, each for itself.

All of it is one transaction with a number of statements that does not grow with the clicks. What
one buyer is refused undoes nothing of another's.

What takes time comes first, while others may do the same with the same goods: reading, deciding,
writing orders, lines, moves of stock, requests for money, the ledger, the trail, letters and kept
answers. Last the goods are locked, in product order, and taken by one conditional UPDATE, just
before the commit: so goods that everybody wants are held for the shortest time. Who finds them
taken meanwhile has written nothing, and does it once more, locking the goods first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bazaar import catalog
from bazaar.catalog import Goods
from bazaar.editions import Terms
from bazaar.errors import BazaarError, Conflict
from bazaar.models import Edition
from bazaar.ordering import deciding, gathering, writing
from bazaar.ordering.charging import Charging
from bazaar.ordering.deciding import Again, Granted
from bazaar.ordering.wishes import CheckoutWish, Placed
from bazaar.tokens import Links


class Overtaken(Conflict):
    """Somebody else took the goods while this was being written."""


class Left(NamedTuple):
    """So many pieces of a product can still be had."""

    goods: Goods
    pieces: int


class Together(NamedTuple):
    """What many wishes became, in their order: refusals are among them.

    `left`: the products concerned, as they are for sale after it.
    """

    outcomes: Sequence[Placed | BazaarError]
    left: Sequence[Left]


def place(
    wish: CheckoutWish,
    *,
    edition: Edition | Terms,
    links: Links,
    slack: timedelta,
    now: datetime,
    charge: Charging | None = None,
) -> Placed:
    """Hold the goods and write one unpaid order a seller, all under one checkout.

    Prices, names and shipping fees are fixed now. The buyer has the edition's `hold_minutes` to
    pay; the goods are given back `slack` after that. With `charge` the money is asked for at once.
    The same key again changes nothing and gives the same link. Raises EmptyBasket, NotOnOffer,
    SellerClosed, OutOfStock, TooManyPieces, TooManyUnpaid, NoRate, TotalChanged, KeyReused; then
    nothing was written.
    """
    (outcome,) = place_each(
        [wish],
        edition=edition,
        links=links,
        slack=slack,
        now=now,
        charge=charge,
        lock_first=True,
    ).outcomes
    if isinstance(outcome, BazaarError):
        raise outcome
    return outcome


def place_each(
    wishes: Sequence[CheckoutWish],
    *,
    edition: Edition | Terms,
    links: Links,
    slack: timedelta,
    now: datetime,
    charge: Charging | None = None,
    lock_first: bool = False,
) -> Together:
    """Do for each wish what `place` does, the refusals being returned and not raised.

    Raises Overtaken, never with `lock_first`: then nothing may be kept.
    """
    facts = gathering.gather(
        wishes,
        limits_phones=edition.unpaid_per_phone is not None,
        lock_first=lock_first,
        now=now,
    )
    counter = deciding.Counter(facts, links, edition.unpaid_per_phone)
    decided = counter.decide_each(wishes)
    granted = [one for one in decided if isinstance(one, Granted)]
    written = iter(
        writing.write(granted, edition=edition, slack=slack, charge=charge, now=now)
        if granted
        else ()
    )
    if not catalog.take(counter.taken):
        raise Overtaken
    outcomes: list[Placed | BazaarError] = []
    for one in decided:
        if isinstance(one, Granted):
            outcomes.append(next(written))
        elif isinstance(one, Again):
            outcomes.append(_repeated(outcomes[one.first]))
        else:
            outcomes.append(one)
    left = [Left(facts.goods[each], pieces) for each, pieces in counter.left.items()]
    return Together(outcomes, left)


def _repeated(first: Placed | BazaarError) -> Placed | BazaarError:
    """Return what the same click, later in the same company, became: nothing new."""
    return replace(first, orders=(), asked=()) if isinstance(first, Placed) else first
