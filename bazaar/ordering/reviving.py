"""An order that expired, placed once more: its money came late and its goods are still there."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import catalog, ledger
from bazaar.catalog import Held
from bazaar.db import db, insert_once
from bazaar.ledger import OWED, PROMISED
from bazaar.models import Order, OrderLine, OrderStatus, Product
from bazaar.rules.references import REFERENCES, make_reference

_COPIED = (
    "checkout_id",
    "edition_id",
    "seller_id",
    "turn_id",
    "goods_idr",
    "shipping_idr",
    "total_idr",
    "courier",
    "weight_g",
    "shipping_full_idr",
    "shipping_quote",
)


def revive(order_id: int, *, now: datetime) -> int | None:
    """Take the goods of an expired order again for a copy of it that waits for money; return its id.

    Same buyer, lines, prices and fee, as long to pay as before. None if not all of its goods are
    there, if it was revived before, or if it is not an expired one; then nothing was changed.
    """
    query = sa.select(Order).where(Order.id == order_id).with_for_update()
    order = db.session.scalars(query.execution_options(populate_existing=True)).one()
    revived = sa.exists().where(Order.replaces_id == order_id)
    if order.status is not OrderStatus.EXPIRED or db.session.scalar(sa.select(revived)):
        return None
    lines = db.session.scalars(sa.select(OrderLine).where(OrderLine.order_id == order_id)).all()
    if not _are_there(lines):
        return None
    copy_id = _copy(order, now)
    for line in lines:
        db.session.add(
            OrderLine(
                order_id=copy_id,
                product_id=line.product_id,
                name=line.name,
                claim_code=line.claim_code,
                price_idr=line.price_idr,
                quantity=line.quantity,
                amount_idr=line.amount_idr,
            )
        )
    db.session.flush()
    catalog.hold([Held(copy_id, line.product_id, line.quantity) for line in lines], now=now)
    worth = ledger.worth(
        "placed",
        OWED,
        PROMISED,
        order.goods_idr,
        order.shipping_idr,
        seller_id=order.seller_id,
        order_id=copy_id,
    )
    ledger.book(order.edition_id, worth, now=now)
    return copy_id


def _are_there(lines: Sequence[OrderLine]) -> bool:
    """Whether all goods of these lines can be had; nobody else takes any of them meanwhile."""
    wanted = {line.product_id: line.quantity for line in lines}
    query = sa.select(Product.id, Product.stock).where(Product.id.in_(wanted), Product.active)
    found = {
        row.id: row.stock
        for row in db.session.execute(query.order_by(Product.id).with_for_update())
    }
    return all(found.get(key, 0) >= quantity for key, quantity in wanted.items())


def _copy(order: Order, now: datetime) -> int:
    fields = {name: getattr(order, name) for name in _COPIED}
    while True:  # a reference that is taken is drawn again
        reference = make_reference(secrets.randbelow(REFERENCES))
        if insert_once(
            Order,
            **fields,
            reference=reference,
            status=OrderStatus.UNPAID,
            holds=True,
            replaces_id=order.id,
            placed_at=now,
            pay_before=now + (order.pay_before - order.placed_at),
            release_at=now + (order.release_at - order.placed_at),
        ):
            copied = sa.select(Order.id).where(Order.reference == reference)
            return db.session.scalars(copied).one()
