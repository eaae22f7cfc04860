"""Baskets: what a buyer has gathered from any number of stalls, behind an unguessable link.

A basket holds no stock and knows nobody; only placing an order holds goods (`bazaar.orders`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, NotFound
from bazaar.models import Basket, BasketLine, Product
from bazaar.tokens import fingerprint, new_key

MAX_QUANTITY = 50
"""The most pieces of one product in a basket."""

MAX_LINES = 50
"""The most products in a basket."""


class NoSuchBasket(NotFound):
    """No basket has this link."""

    text = N_("Keranjang ini tidak ditemukan.")


def open_basket(*, source: str, now: datetime) -> tuple[Basket, str]:
    """Make an empty basket; return it and the token of its link, which is kept nowhere."""
    token = new_key()
    basket = Basket(link_hash=fingerprint(token), source=source, updated_at=now)
    db.session.add(basket)
    db.session.flush()
    return basket, token


def find_basket(token: str) -> Basket | None:
    """Return the basket behind this link, or None."""
    query = sa.select(Basket).where(Basket.link_hash == fingerprint(token))
    return db.session.scalars(query).one_or_none()


def get_basket(token: str) -> Basket:
    """Return the basket behind this link. Raises NoSuchBasket."""
    basket = find_basket(token)
    if basket is None:
        raise NoSuchBasket
    return basket


def lines_of(basket: Basket) -> Sequence[BasketLine]:
    """Return the lines with products and sellers loaded, one seller's together, oldest first."""
    query = (
        sa.select(BasketLine)
        .where(BasketLine.basket_id == basket.id)
        .join(BasketLine.product)
        .join(Product.seller)
        .options(contains_eager(BasketLine.product).contains_eager(Product.seller))
        .order_by(BasketLine.id)
    )
    lines = db.session.scalars(query).all()
    order = {seller_id: n for n, seller_id in enumerate(_sellers_in_turn(lines))}
    return sorted(lines, key=lambda line: (order[line.product.seller_id], line.id))


def add(basket: Basket, quantities: Mapping[int, int], *, now: datetime) -> None:
    """Put pieces of products (by id) beside what is there; never more than `MAX_QUANTITY` each.

    What would be the `MAX_LINES` + 1st product is left out.
    """
    there = _quantities(basket)
    for product_id, more in quantities.items():
        if product_id not in there and len(there) >= MAX_LINES:
            continue
        there[product_id] = min(there.get(product_id, 0) + more, MAX_QUANTITY)
        _write(basket, product_id, there[product_id])
    basket.updated_at = now


def change(basket: Basket, quantities: Mapping[int, int], *, now: datetime) -> None:
    """Make the pieces of the basket's products (by id) what is given; 0 takes the product out."""
    there = _quantities(basket)
    for product_id, quantity in quantities.items():
        if product_id in there:
            _write(basket, product_id, min(quantity, MAX_QUANTITY))
    basket.updated_at = now


def clear(basket_id: int, product_ids: Sequence[int]) -> None:
    """Take these products out: they have been ordered."""
    db.session.connection().execute(
        _CLEAR, {"emptied_id": basket_id, "ordered_ids": list(product_ids)}
    )


_CLEAR = sa.delete(BasketLine.__table__).where(  # type: ignore[arg-type]
    BasketLine.basket_id == sa.bindparam("emptied_id"),
    BasketLine.product_id.in_(sa.bindparam("ordered_ids", expanding=True)),
)


def _quantities(basket: Basket) -> dict[int, int]:
    query = sa.select(BasketLine.product_id, BasketLine.quantity)
    rows = db.session.execute(query.where(BasketLine.basket_id == basket.id))
    return dict(rows.all())


def _write(basket: Basket, product_id: int, quantity: int) -> None:
    line = (BasketLine.basket_id == basket.id, BasketLine.product_id == product_id)
    if quantity < 1:
        db.session.execute(sa.delete(BasketLine).where(*line))
    elif not claim(sa.update(BasketLine).where(*line).values(quantity=quantity)):
        insert_once(BasketLine, basket_id=basket.id, product_id=product_id, quantity=quantity)


def _sellers_in_turn(lines: Sequence[BasketLine]) -> Sequence[int]:
    return list(dict.fromkeys(line.product.seller_id for line in lines))
