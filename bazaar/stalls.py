"""A stall from behind: what its seller or the committee changes on it, each act noted.

Stock is changed only by somebody who saw what it is: a page that was opened before an order came
must not put the sold pieces back on the shelf.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, catalog
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import Product, Seller
from bazaar.rules.references import normalise_claim_code

EDITABLE: Final = frozenset(
    {"name", "description", "price_idr", "weight_g", "active", "most_per_order"}
    | {"length_cm", "width_cm", "height_cm", "net_weight_g", "hs_code", "customs_text"}
)


class NoSuchProduct(NotFound):
    """The seller has no product with this claim code."""

    text = N_("Produk ini tidak ditemukan di lapak ini.")


def products(seller_id: int) -> Sequence[Product]:
    """Return all products of a seller, those not on offer last, then by the seller's own key."""
    query = sa.select(Product).where(Product.seller_id == seller_id)
    return db.session.scalars(query.order_by(Product.active.desc(), Product.code)).all()


def codes_on_offer() -> dict[str, tuple[str, ...]]:
    """Return the claim codes of all that is on offer; none has variants."""
    query = sa.select(Product.claim_code).join(Product.seller).where(Product.active, Seller.active)
    return dict.fromkeys(db.session.scalars(query), ())


def get_product(seller_id: int, claim_code: str, *, to_change: bool = False) -> Product:
    """Return a product of this seller, on offer or not. Raises NoSuchProduct.

    `to_change` keeps orders from changing its stock until the transaction ends.
    """
    query = sa.select(Product).where(
        Product.seller_id == seller_id,
        Product.claim_code == (normalise_claim_code(claim_code) or ""),
    )
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    product = db.session.scalars(query).one_or_none()
    if product is None:
        raise NoSuchProduct
    return product


def change(
    product: Product, facts: Mapping[str, Any], stock: int, *, actor: Actor, now: datetime
) -> bool:
    """Change fields of `EDITABLE` and the stock; say whether anything was different.

    `stock` is what may be promised from now on; the product must be held by `get_product(…,
    to_change=True)` and its stock have been compared with what the person saw.
    """
    unknown = facts.keys() - EDITABLE
    if unknown:
        raise ValueError(f"not to be changed here: {sorted(unknown)}")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in facts.items():
        if getattr(product, name) != value:
            before[name], after[name] = getattr(product, name), value
            setattr(product, name, value)
    if product.stock != stock:
        before["stock"], after["stock"] = product.stock, stock
        catalog.set_stock(product, stock, now=now)
    if after:
        product.updated_at = now
        _note(actor, "product.change", product, now, before=before, after=after)
    return bool(after)


def set_photo(product: Product, photo: str, *, actor: Actor, now: datetime) -> bool:
    """Show another photo (a name from `bazaar.photos`); say whether it is another one."""
    if product.photo == photo:
        return False
    product.photo = photo
    product.updated_at = now
    _note(actor, "product.photo", product, now)
    return True


def set_story(seller: Seller, story: str, *, actor: Actor, now: datetime) -> bool:
    """Change what the stall's page tells of the seller; say whether it is different."""
    if seller.story == story:
        return False
    seller.story = story
    seller.updated_at = now
    audit.note(actor, "seller.story", f"seller:{seller.code}", now=now)
    return True


def _note(actor: Actor, action: str, product: Product, now: datetime, **facts: Any) -> None:
    audit.note(actor, action, f"product:{product.claim_code}", now=now, **facts)
