"""What the customs of another country must be told before a parcel leaves: of each product.

Source: the postal form CN23 asks for a description in English and, for goods that were sold, the
six digits of the Harmonised System.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Checkout, Order, OrderLine, Parcel, ParcelLine, Product
from bazaar.rules.shipping import HOME

NAMED: Final = 3


@dataclass(eq=False)
class CustomsMissing(Conflict):
    """A parcel for abroad holds goods that its customs form cannot name yet."""

    names: str
    text = N_(
        "Paket ke luar negeri: isi kode HS dan keterangan bea cukai dulu untuk {names} "
        "(di halaman produknya)."
    )


def require(parcels: Sequence[Parcel]) -> None:
    """Refuse parcels for abroad with goods without customs data. One query. Raises CustomsMissing."""
    query = (
        sa.select(Product.name)
        .distinct()
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(
            ParcelLine.parcel_id.in_([parcel.id for parcel in parcels]),
            Checkout.country != HOME,
            sa.or_(Product.hs_code == "", Product.customs_text == ""),
        )
        .order_by(Product.name)
        .limit(NAMED)
    )
    names = db.session.scalars(query).all()
    if names:
        raise CustomsMissing(", ".join(names))
