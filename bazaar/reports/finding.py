"""Orders that fit a search."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar import times
from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import Charge, Checkout, Order, OrderStatus, Turn
from bazaar.rules import references

MIN_DIGITS: Final = 4
"""So many digits of the end of a telephone number are asked for at least."""

Query = TypeVar("Query", bound=sa.Select[*tuple[Any, ...]])

_NUMBER: Final = re.compile(r"[0-9\s+().-]{4,24}", re.ASCII)
_AMOUNT: Final = re.compile(
    r"(?:rp\s*)?([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{3,9})", re.IGNORECASE | re.ASCII
)


class NoSuchOrder(NotFound):
    """No order has this reference, or it is another seller's."""

    text = N_("Pesanan ini tidak ditemukan.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to look for; what is left out matches every order.

    `text` is a reference however it was heard, a part of the buyer's name, the end of their
    telephone number, or exactly what it costs or was asked for. `day` is a day in `zone`, on which it was placed.
    """

    edition_id: int | None = None
    text: str = ""
    status: OrderStatus | None = None
    seller_id: int | None = None
    day: date | None = None
    zone: ZoneInfo = times.WIB


def find_orders(wish: Wish) -> sa.Select[Order]:
    """Return the query for the orders that fit, newest first; checkout, seller, lines loaded."""
    query = (
        sa.select(Order)
        .join(Order.checkout)
        .options(
            contains_eager(Order.checkout),
            joinedload(Order.seller),
            selectinload(Order.lines),
        )
        .order_by(Order.placed_at.desc(), Order.id.desc())
    )
    if wish.status is not None:
        query = query.where(Order.status == wish.status)
    return _within(query, wish)


def count_by_status(wish: Wish) -> dict[OrderStatus, int]:
    """Return how many orders fit in each state, whatever state is asked for."""
    query = sa.select(Order.status, sa.func.count()).join(Order.checkout).group_by(Order.status)
    found = dict.fromkeys(OrderStatus, 0)
    for status, count in db.session.execute(_within(query, wish)):
        found[status] = count
    return found


def get_order(reference: str, *, seller_id: int | None = None) -> Order:
    """Return the order with everything about it loaded; with `seller_id` only that seller's.

    Raises NoSuchOrder.
    """
    query = (
        sa.select(Order)
        .where(Order.reference == reference)
        .options(
            joinedload(Order.checkout),
            joinedload(Order.seller),
            joinedload(Order.turn).joinedload(Turn.channel),
            selectinload(Order.lines),
        )
    )
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    order = db.session.scalars(query).one_or_none()
    if order is None:
        raise NoSuchOrder
    return order


def _within(query: Query, wish: Wish) -> Query:
    if wish.edition_id is not None:
        query = query.where(Order.edition_id == wish.edition_id)
    if wish.seller_id is not None:
        query = query.where(Order.seller_id == wish.seller_id)
    if wish.day is not None:
        start, end = times.day_bounds(wish.day, wish.zone)
        query = query.where(Order.placed_at >= start, Order.placed_at < end)
    if wish.text:
        query = query.where(_fits(wish.text))
    return query


def _fits(text: str) -> sa.ColumnElement[bool]:
    fits = [Checkout.buyer_name.icontains(text, autoescape=True)]
    if reference := references.normalise(text):
        fits.append(Order.reference == reference)
    # Numbers are kept as +62812…, people write 0812… or the last digits.
    digits = re.sub(r"\D", "", text).lstrip("0") if _NUMBER.fullmatch(text) else ""
    if len(digits) >= MIN_DIGITS:
        fits.append(Checkout.phone.endswith(digits))
    if amount := _AMOUNT.fullmatch(text):
        asked_idr = int(re.sub(r"\D", "", amount[1]))
        fits.append(Order.total_idr == asked_idr)
        fits.append(sa.exists().where(Charge.order_id == Order.id, Charge.amount_idr == asked_idr))
    return sa.or_(*fits)
