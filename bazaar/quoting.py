"""Shipping fees that a person works out: orders to countries for which the table has no row.

Such an order holds its goods and waits, without a request for money, until the committee has
named a courier and a fee; then it is an unpaid order like any other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar import audit, ledger, payments
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.ledger import OWED, PROMISED
from bazaar.models import Order, OrderStatus
from bazaar.orders import Charging
from bazaar.rules.order_states import Step, after

PAY_WITHIN: Final = timedelta(hours=24)
"""So long the buyer has to pay once the fee is known: nobody abroad sits and waits for it."""


class NoSuchQuote(NotFound):
    """There is no order with this reference."""

    text = N_("Pesanan ini tidak ditemukan.")


class NotAsked(Conflict):
    """The order does not wait for a fee, or not any more."""

    text = N_("Ongkir pesanan ini sudah ditetapkan, atau pesanannya sudah berakhir.")


class NoFee(Invalid):
    """Nothing is no fee for a parcel abroad: it could not be mended once it was told."""

    text = N_(
        "Ongkir tidak boleh Rp0. Kalau memang gratis, tambahkan negara ini ke tabel ongkir dan "
        "aturan gratis ongkir."
    )


def open_quotes() -> Sequence[Order]:
    """Return the orders that wait for a fee, the longest waiting first, with all that is shown."""
    query = (
        sa.select(Order)
        .where(Order.status == OrderStatus.QUOTING)
        .order_by(Order.release_at, Order.id)
        .options(joinedload(Order.checkout), joinedload(Order.seller), selectinload(Order.lines))
    )
    return db.session.scalars(query).all()


def get(reference: str) -> Order:
    """Return an order by its reference, checkout, seller and lines loaded. Raises NoSuchQuote."""
    query = (
        sa.select(Order)
        .where(Order.reference == reference)
        .options(joinedload(Order.checkout), joinedload(Order.seller), selectinload(Order.lines))
    )
    order = db.session.scalars(query).one_or_none()
    if order is None:
        raise NoSuchQuote
    return order


def answer(
    order: Order,
    courier: str,
    fee_idr: int,
    *,
    slack: timedelta,
    charging: Charging,
    actor: Actor,
    now: datetime,
) -> None:
    """Fix the fee of an order that waits for it, and ask for its money, to come in `PAY_WITHIN`.

    The goods are given back `slack` after that. Raises NoFee for less than Rp1; NotAsked also for
    the later of two people and for an order that was cancelled or has expired.
    """
    if fee_idr < 1:
        raise NoFee
    total_idr = order.goods_idr + fee_idr
    answered = sa.update(Order).where(
        Order.id == order.id, Order.status == OrderStatus.QUOTING, Order.release_at > now
    )
    values = {
        "status": after(OrderStatus.QUOTING, Step.QUOTE),
        "courier": courier,
        "shipping_idr": fee_idr,
        "shipping_full_idr": fee_idr,
        "total_idr": total_idr,
        "shipping_quote": {**order.shipping_quote, "from": "hand", "by": actor.name},
        "pay_before": now + PAY_WITHIN,
        "release_at": now + PAY_WITHIN + slack,
    }
    if not claim(answered.values(**values)):
        raise NotAsked
    db.session.refresh(order)
    fee = ledger.worth(
        "quoted", OWED, PROMISED, 0, fee_idr, seller_id=order.seller_id, order_id=order.id
    )
    ledger.book(order.edition_id, fee, now=now)
    payments.ask(order, charging, now=now)
    audit.note(
        actor,
        "order.quote",
        f"order:{order.reference}",
        now=now,
        courier=courier,
        shipping_idr=fee_idr,
        total_idr=total_idr,
    )
