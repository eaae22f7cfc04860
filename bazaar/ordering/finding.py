"""Orders as their buyers find them: by the click's key, or by the link it became."""

from collections.abc import Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bazaar.bulk import among
from bazaar.db import Prepared, db
from bazaar.errors import N_, NotFound
from bazaar.models import Charge, Checkout, Order, OrderStatus
from bazaar.ordering.wishes import Asked, Placed
from bazaar.tokens import Links, fingerprint

KEYS_LOCK = 7
"""The name of the lock that a program's key is held by while it is worked on."""


class NoSuchCheckout(NotFound):
    """No order page has this link."""

    text = N_("Pesanan ini tidak ditemukan.")


def find_placed(key: str, links: Links) -> Placed | None:
    """Return what an earlier click with this key became, or None."""
    known = _KNOWN.run(asked_key=key).scalar()
    return Placed(links.token("order", key)) if known else None


def known_keys(keys: Sequence[str]) -> set[str]:
    """Return which of these keys belong to clicks that have become something. One query."""
    return {key for (key,) in _KNOWN_KEYS.run(keys=keys)}


def asked_before(keys: Sequence[str], programs: Sequence[str]) -> tuple[set[str], set[str]]:
    """Return which of these keys are known, and which are being worked on elsewhere. One query.

    `programs` are those of `keys` that are to be told at once instead of waiting: until the
    transaction ends they are this one's, as far as PostgreSQL can tell. It is only a hint, never
    waits and keeps nothing safe: that no key becomes two orders is the table's own promise. On
    SQLite nobody works on anything meanwhile, since there is one writer.
    """
    if not programs or db.engine.dialect.name != "postgresql":
        return known_keys(keys), set()
    found = _ASKED_BEFORE.run(
        keys=keys, programs=orjson.dumps(programs).decode(), lock=KEYS_LOCK
    ).all()
    known = {key for key, is_known in found if is_known}
    return known, {key for key, _ in found} - known


def asked_of(token: str) -> list[Asked]:
    """Return the first request for the money of each order behind this link that has a price."""
    query = (
        sa.select(
            Order.reference,
            sa.func.coalesce(Charge.amount_idr, Order.total_idr),
            sa.func.coalesce(Charge.qr_payload, ""),
            Order.pay_before,
        )
        .join(Order.checkout)
        .outerjoin(Charge, Charge.reference == Order.reference)
        .where(Checkout.link_hash == fingerprint(token), Order.status != OrderStatus.QUOTING)
        .order_by(Order.id)
    )
    return [Asked(*row) for row in db.session.execute(query)]


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


_KNOWN_KEYS = Prepared(sa.select(Checkout.key).where(among(Checkout.key, "keys")))
_ASKED_BEFORE = Prepared(
    sa.select(Checkout.key, sa.true())
    .where(among(Checkout.key, "keys"))
    .union_all(
        sa.text(
            "SELECT value, false FROM json_array_elements_text(CAST(:programs AS json))"
            " WHERE NOT pg_try_advisory_xact_lock(:lock, hashtext(value))"
        ).columns(sa.column("value", sa.String), sa.column("known", sa.Boolean))
    )
)
_KNOWN = Prepared(sa.select(Checkout.id).where(Checkout.key == sa.bindparam("asked_key")))
