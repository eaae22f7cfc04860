"""Baskets: what a buyer has gathered from any number of stalls, behind an unguessable link.

A basket holds no stock and knows nobody; only placing an order holds goods (`bazaar.orders`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bazaar.bulk import OnRows
from bazaar.db import Prepared, claim, db, insert_once
from bazaar.errors import N_, NotFound
from bazaar.models import Basket, BasketLine, Product, Seller, WaitingEntry, WaitState
from bazaar.tokens import fingerprint, new_key

MAX_QUANTITY = 50
"""The most pieces of one product in a basket."""

MAX_LINES = 50
"""The most products in a basket."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A seller, as far as goods in a basket show whose they are."""

    id: int
    slug: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as it stands now, with its seller: what a basket shows and an order copies."""

    seller: Stall
    id: int
    seller_id: int
    name: str
    claim_code: str
    price_idr: int
    weight_g: int
    stock: int
    photo: str | None
    active: bool
    length_cm: int | None = None
    width_cm: int | None = None
    height_cm: int | None = None
    most_per_order: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Pieces of one product in a basket; `held` are set aside for its buyer until `held_until`."""

    product: Offer
    quantity: int
    held: int = 0
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in a basket. `source`: how its buyer came."""

    basket_id: int
    source: str
    items: list[Item]


class NoSuchBasket(NotFound):
    """No basket has this link."""

    text = N_("Keranjang ini tidak ditemukan.")


def open_basket(*, source: str, now: datetime, token: str = "") -> tuple[Basket, str]:
    """Make an empty basket; return it and the token of its link, which is kept nowhere."""
    token = token or new_key()
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


def look_into(token: str) -> Contents:
    """Return what lies in the basket behind this link, one seller's goods together, oldest first.

    One query. Raises NoSuchBasket.
    """
    rows = _CONTENTS.run(asked_hash=fingerprint(token)).all()
    if not rows:
        raise NoSuchBasket
    items = [_item(row) for row in rows if row.quantity]
    turn = {seller: n for n, seller in enumerate(dict.fromkeys(i.product.seller_id for i in items))}
    items.sort(key=lambda item: turn[item.product.seller_id])
    return Contents(rows[0].id, rows[0].source, items)


def add(basket: Basket, quantities: Mapping[int, int], *, now: datetime) -> None:
    """Put pieces of products (by id) beside what is there; never more of one than an order may have.

    What would be the `MAX_LINES` + 1st product is left out.
    """
    there = _quantities(basket)
    most = _most(quantities)
    for product_id, more in quantities.items():
        if product_id not in there and len(there) >= MAX_LINES:
            continue
        there[product_id] = min(there.get(product_id, 0) + more, most[product_id])
        _write(basket, product_id, there[product_id])
    basket.updated_at = now


def change(basket: Basket, quantities: Mapping[int, int], *, now: datetime) -> None:
    """Make the pieces of the basket's products (by id) what is given; 0 takes the product out."""
    there = _quantities(basket)
    most = _most(quantities)
    for product_id, quantity in quantities.items():
        if product_id in there:
            _write(basket, product_id, min(quantity, most[product_id]))
    basket.updated_at = now


def clear_each(ordered: Sequence[tuple[int, int]]) -> None:
    """Take products out of baskets, by their ids: they have been ordered."""
    if ordered:
        _CLEAR.run([{"basket_id": basket, "product_id": product} for basket, product in ordered])


_CONTENTS = Prepared(
    sa.select(
        Basket.id,
        Basket.source,
        BasketLine.quantity,
        Product.id,
        Product.seller_id,
        Product.name,
        Product.claim_code,
        Product.price_idr,
        Product.weight_g,
        Product.stock,
        Product.photo,
        Product.active,
        Product.length_cm,
        Product.width_cm,
        Product.height_cm,
        Product.most_per_order,
        Seller.id,
        Seller.slug,
        Seller.name,
        Seller.active,
        WaitingEntry.offered.label("held"),
        WaitingEntry.offer_until.label("held_until"),
    )
    .select_from(Basket)
    .outerjoin(BasketLine, BasketLine.basket_id == Basket.id)
    .outerjoin(Product, Product.id == BasketLine.product_id)
    .outerjoin(Seller, Seller.id == Product.seller_id)
    .outerjoin(
        WaitingEntry,
        sa.and_(
            WaitingEntry.basket_id == Basket.id,
            WaitingEntry.product_id == Product.id,
            WaitingEntry.state == WaitState.OFFERED,
        ),
    )
    .where(Basket.link_hash == sa.bindparam("asked_hash"))
    .order_by(BasketLine.id)
)
_CLEAR = OnRows(
    "DELETE FROM basket_lines WHERE EXISTS (SELECT 1 FROM {sent}"
    " WHERE sent.basket_id = basket_lines.basket_id AND sent.product_id = basket_lines.product_id)",
    basket_id="bigint",
    product_id="bigint",
)


def _item(row: Any) -> Item:
    until = row.held_until
    if isinstance(until, str):  # SQLite has no instants
        until = datetime.fromisoformat(until).replace(tzinfo=UTC)
    return Item(Offer(Stall(*row[16:20]), *row[3:16]), row.quantity, row.held or 0, until)


def _quantities(basket: Basket) -> dict[int, int]:
    query = sa.select(BasketLine.product_id, BasketLine.quantity)
    rows = db.session.execute(query.where(BasketLine.basket_id == basket.id))
    return dict(rows.all())


def _most(product_ids: Iterable[int]) -> dict[int, int]:
    """Return the most pieces of each product that an order may have."""
    query = sa.select(Product.id, Product.most_per_order).where(Product.id.in_(list(product_ids)))
    found = db.session.execute(query)
    return {row.id: min(row.most_per_order or MAX_QUANTITY, MAX_QUANTITY) for row in found}


def _write(basket: Basket, product_id: int, quantity: int) -> None:
    line = (BasketLine.basket_id == basket.id, BasketLine.product_id == product_id)
    if quantity < 1:
        db.session.execute(sa.delete(BasketLine).where(*line))
    elif not claim(sa.update(BasketLine).where(*line).values(quantity=quantity)):
        insert_once(BasketLine, basket_id=basket.id, product_id=product_id, quantity=quantity)
