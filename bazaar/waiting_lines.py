"""Who waits for what, as pages show it: the committee by name, sellers and buyers how many."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from bazaar.db import db
from bazaar.models import Order, Product, Seller, WaitingEntry, WaitState

OPEN: Final = (WaitState.WAITING, WaitState.OFFERED)

_NUMBER: Final = re.compile(r"\+?[\d\s.\-]{4,}")


class Waits(NamedTuple):
    """How many wait for a product, for how many pieces, and how many pieces are offered."""

    people: int
    pieces: int
    offered: int


def lines(text: str = "") -> sa.Select[WaitingEntry]:
    """Return the query for everybody who waits or has an offer, offers first, then by product.

    `text`: only where name, product or seller hold it, or the telephone number ends so.
    """
    query = (
        sa.select(WaitingEntry)
        .join(WaitingEntry.product)
        .join(Product.seller)
        .where(WaitingEntry.state.in_(OPEN))
        .options(contains_eager(WaitingEntry.product).contains_eager(Product.seller))
        .order_by(WaitingEntry.state == WaitState.WAITING, Product.claim_code, WaitingEntry.id)
    )
    if not text:
        return query
    fields = (WaitingEntry.name, Product.claim_code, Product.name, Seller.name)
    fits = [field.icontains(text, autoescape=True) for field in fields]
    if _NUMBER.fullmatch(text):  # kept as +62812…, written 0812…
        fits.append(WaitingEntry.phone.endswith(re.sub(r"\D", "", text).lstrip("0")))
    return query.where(sa.or_(*fits))


def waiting_for(product_id: int) -> int:
    """Return how many people wait for a product."""
    query = sa.select(sa.func.count()).where(
        WaitingEntry.product_id == product_id, WaitingEntry.state == WaitState.WAITING
    )
    return int(db.session.scalar(query) or 0)


def of_seller(seller_id: int) -> dict[int, Waits]:
    """Return by product id who waits at a stall; products for which nobody waits are left out."""
    waiting = WaitingEntry.state == WaitState.WAITING
    query = (
        sa.select(
            WaitingEntry.product_id,
            sa.func.count().filter(waiting),
            sa.func.sum(WaitingEntry.quantity).filter(waiting),
            sa.func.sum(WaitingEntry.offered).filter(~waiting),
        )
        .join(WaitingEntry.product)
        .where(Product.seller_id == seller_id, WaitingEntry.state.in_(OPEN))
        .group_by(WaitingEntry.product_id)
    )
    return {
        product_id: Waits(people, int(pieces or 0), int(offered or 0))
        for product_id, people, pieces, offered in db.session.execute(query)
    }


def taken_from(basket_id: int) -> Sequence[Order]:
    """Return the orders that took what was set aside in a basket."""
    query = (
        sa.select(Order)
        .where(
            sa.exists().where(
                WaitingEntry.basket_id == basket_id, WaitingEntry.order_id == Order.id
            )
        )
        .order_by(Order.id)
    )
    return db.session.scalars(query).all()


def taken_by(entry: WaitingEntry) -> Order | None:
    """Return the order that took somebody's offer, its checkout loaded; None if none did."""
    query = sa.select(Order).where(Order.id == entry.order_id)
    return db.session.scalars(query.options(joinedload(Order.checkout))).one_or_none()
