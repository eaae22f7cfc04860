"""Changing an order that is not paid yet, and ordering the same again: both by way of a basket.

A basket that changes an order says so in its `source`. When it is ordered the old order is
cancelled and the new one placed in one transaction, so the goods are never anybody else's between.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, baskets, catalog, orders
from bazaar.audit import BUYER
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict
from bazaar.models import Order, OrderLine
from bazaar.orders import CheckoutWish, Placed, PlacedOrder, Wanted
from bazaar.rules.order_states import Step, before
from bazaar.tokens import Links, new_key

CHANGES = "change:"
"""The source of a basket that changes an order begins so; the order's number follows."""

AGAIN = "again"


class NotToBeChanged(Conflict):
    """The order is paid, or has ended: another one would be a second one."""

    text = N_("Pesanan ini sudah tidak dapat diubah. Lihat keadaannya di halaman pesanan.")


def open_change(order: Order, *, links: Links, now: datetime) -> str:
    """Return the token of a basket that holds what an unpaid order asks for, to change it.

    The same order gets the same basket again. Raises NotToBeChanged.
    """
    if not may_change(order):
        raise NotToBeChanged
    token = links.token("change", order.reference)
    basket = baskets.find_basket(token)
    if basket is None:
        source = f"{CHANGES}{order.id}"
        basket, _ = baskets.open_basket(source=source, now=now, token=token)
    if not basket.lines:
        baskets.add(basket, _lines_of([order.id]), now=now)
    return token


def changed_by(source: str) -> Order | None:
    """Return the order that a basket of this source changes, with its checkout; None if none."""
    number = source.removeprefix(CHANGES)
    if number == source or not number.isdecimal():
        return None
    return db.session.get(Order, int(number))


def held_by(order: Order) -> dict[int, int]:
    """Return the pieces by product id that an unpaid order holds."""
    return _lines_of([order.id]) if order.holds and may_change(order) else {}


def change(
    order: Order,
    wish: CheckoutWish,
    place: Callable[[CheckoutWish], Placed],
    *,
    links: Links,
    now: datetime,
) -> Placed:
    """Cancel an unpaid order and place another for it: `place` does it, in this transaction.

    The new one names the old (`Order.replaces_id`). If it is refused nothing may be kept. Raises
    NotToBeChanged; the same click again finds what it became.
    """
    if earlier := orders.find_placed(wish.key, links):
        return earlier
    pieces = _lines_of([order.id])
    orders.lock_phones([wish.phone])
    wanted = [item.product.id for item in wish.wanted if isinstance(item, Wanted)]
    catalog.lock([*pieces, *wanted])
    db.session.refresh(order)
    reserved = held_by(order)
    if not may_change(order):
        raise NotToBeChanged
    orders.cancel(order, now=now)
    placed = place(replace(wish, reserved=reserved, source=order.checkout.source))
    successor = _successor(order, placed.orders)
    statement = sa.update(Order).where(Order.id == successor.id)
    claim(statement.values(replaces_id=order.id))
    facts = {"replaces": order.reference, "total_idr": successor.total_idr}
    audit.note(BUYER, "order.replace", f"order:{successor.reference}", now=now, **facts)
    return placed


def again(order: Order, *, now: datetime) -> tuple[str, Sequence[str]]:
    """Put what an order asked for into a new basket; return its token and what cannot be had."""
    wanted = _lines_of([order.id])
    goods = catalog.goods_of(list(wanted), [])
    there = {
        key: min(pieces, goods[key].stock)
        for key, pieces in wanted.items()
        if goods[key].active and goods[key].seller.active and goods[key].stock > 0
    }
    basket, token = baskets.open_basket(source=AGAIN, now=now, token=new_key())
    baskets.add(basket, there, now=now)
    return token, [goods[key].name for key in wanted if there.get(key, 0) < wanted[key]]


def successors(order_ids: Sequence[int]) -> dict[int, Order]:
    """Return by order id the order that replaced it, its checkout loaded."""
    query = sa.select(Order).where(Order.replaces_id.in_(order_ids))
    found = db.session.scalars(query.options(joinedload(Order.checkout)))
    return {order.replaces_id: order for order in found if order.replaces_id is not None}


def originals(replacing: Sequence[Order]) -> dict[int, Order]:
    """Return by id the orders that these replaced, their checkouts loaded; asks only if any did."""
    ids = [order.replaces_id for order in replacing if order.replaces_id is not None]
    if not ids:
        return {}
    query = sa.select(Order).where(Order.id.in_(ids)).options(joinedload(Order.checkout))
    return {order.id: order for order in db.session.scalars(query)}


def may_change(order: Order) -> bool:
    """Whether the buyer can still change it: it is neither paid nor ended."""
    return order.status in before(Step.CANCEL)


def _lines_of(order_ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(OrderLine.product_id, OrderLine.quantity).where(
        OrderLine.order_id.in_(order_ids)
    )
    pieces: Counter[int] = Counter()
    for product_id, quantity in db.session.execute(query.order_by(OrderLine.id)):
        pieces[product_id] += quantity
    return dict(pieces)


def _successor(order: Order, placed: Sequence[PlacedOrder]) -> PlacedOrder:
    """Return the new order of the same seller, else the first."""
    return next((one for one in placed if one.seller_id == order.seller_id), placed[0])
