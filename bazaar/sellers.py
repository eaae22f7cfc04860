"""The sellers (UMKM) and their personal links."""

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import Seller
from bazaar.tokens import Links, fingerprint


class NoSuchSeller(NotFound):
    """No seller has this link or name, or not any more."""

    text = N_("Lapak ini tidak ditemukan.")


def get_by_link(token: str) -> Seller:
    """Return the seller whose personal link this is. Raises NoSuchSeller."""
    query = sa.select(Seller).where(Seller.link_hash == fingerprint(token), Seller.active)
    return _found(db.session.scalars(query).one_or_none())


def get_by_slug(slug: str) -> Seller:
    """Return the seller with this public name. Raises NoSuchSeller."""
    query = sa.select(Seller).where(Seller.slug == slug, Seller.active)
    return _found(db.session.scalars(query).one_or_none())


def link_token(seller: Seller, links: Links) -> str:
    """Return the token of the seller's personal link: the same until a new link is issued."""
    return links.token("seller", f"{seller.code}|{seller.link_serial}")


def _found(seller: Seller | None) -> Seller:
    if seller is None:
        raise NoSuchSeller
    return seller
