"""Orders as their buyers find them: by the click's key, or by the link it became."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar.db import Prepared, db
from bazaar.errors import N_, NotFound
from bazaar.models import Checkout, Order
from bazaar.orders.wishes import Placed
from bazaar.tokens import Links, fingerprint


class NoSuchCheckout(NotFound):
    """No order page has this link."""

    text = N_("Pesanan ini tidak ditemukan.")


def find_placed(key: str, links: Links) -> Placed | None:
    """Return what an earlier click with this key became, or None."""
    known = _KNOWN.run(asked_key=key).scalar()
    return Placed(links.token("order", key)) if known else None


def get_checkout(token: str) -> Checkout:
    """Return the checkout behind this link, its orders, lines and sellers loaded.

    Raises NoSuchCheckout.
    """
    query = (
        sa.select(Checkout)
        .where(Checkout.link_hash == fingerprint(token))
        .options(
            selectinload(Checkout.orders).joinedload(Order.seller),
            selectinload(Checkout.orders).selectinload(Order.lines),
        )
    )
    checkout = db.session.scalars(query).one_or_none()
    if checkout is None:
        raise NoSuchCheckout
    return checkout


def get_order(token: str, reference: str) -> Order:
    """Return an order of the checkout behind this link, its seller loaded. Raises NoSuchCheckout."""
    query = (
        sa.select(Order)
        .join(Order.checkout)
        .where(Checkout.link_hash == fingerprint(token), Order.reference == reference)
        .options(joinedload(Order.seller))
    )
    order = db.session.scalars(query).one_or_none()
    if order is None:
        raise NoSuchCheckout
    return order


_KNOWN = Prepared(sa.select(Checkout.id).where(Checkout.key == sa.bindparam("asked_key")))
