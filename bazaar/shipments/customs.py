"""What customs must be told before a parcel leaves for abroad: of each product, and of its sender.

Sources: the postal form CN23 asks for a description in English and, for goods that were sold, the
six digits of the Harmonised System; Indonesian export of post parcels asks for the sender's NPWP or
NIK (PMK 4/2025, article 43).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import (
    Checkout,
    Order,
    OrderLine,
    Parcel,
    ParcelLine,
    Product,
    Seller,
    SellerTaxId,
)
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


@dataclass(eq=False)
class TaxNumberMissing(Conflict):
    """A parcel for abroad is of a seller whose tax number is not known."""

    names: str
    text = N_("Paket ke luar negeri: isi NPWP atau NIK {names} dulu (di halaman pajak penjualnya).")


def goes_abroad(parcel: Parcel) -> bool:
    """Say whether customs will look at the parcel; its order and checkout must be loaded."""
    return parcel.order.checkout.country != HOME


def require(parcels: Sequence[Parcel]) -> None:
    """Refuse parcels for abroad without what customs asks for. Two queries.

    Raises CustomsMissing, TaxNumberMissing.
    """
    ids = [parcel.id for parcel in parcels]
    if names := db.session.scalars(_unnamed(ids).limit(NAMED)).all():
        raise CustomsMissing(", ".join(names))
    if names := db.session.scalars(_untaxed(ids).limit(NAMED)).all():
        raise TaxNumberMissing(", ".join(names))


def missing_of(parcel: Parcel) -> tuple[list[str], bool] | None:
    """Return the products that customs could not name, and whether the seller's number lacks.

    None for a parcel that customs does not look at.
    """
    if not goes_abroad(parcel):
        return None
    unnamed = list(db.session.scalars(_unnamed([parcel.id])))
    return unnamed, db.session.scalars(_untaxed([parcel.id])).first() is not None


def lacks_tax_number(parcels: Sequence[Parcel]) -> bool:
    """Say whether one of these goes abroad without its seller's number; asks only if one goes."""
    ids = [parcel.id for parcel in parcels if goes_abroad(parcel)]
    return bool(ids) and db.session.scalars(_untaxed(ids)).first() is not None


def _unnamed(parcel_ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(Product.name)
        .distinct()
        .join(OrderLine, OrderLine.product_id == Product.id)
        .join(ParcelLine, ParcelLine.order_line_id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(
            ParcelLine.parcel_id.in_(parcel_ids),
            Checkout.country != HOME,
            sa.or_(Product.hs_code == "", Product.customs_text == ""),
        )
        .order_by(Product.name)
    )


def _untaxed(parcel_ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(Seller.name)
        .distinct()
        .join(Order, Order.seller_id == Seller.id)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .join(Parcel, Parcel.order_id == Order.id)
        .outerjoin(SellerTaxId, SellerTaxId.seller_id == Seller.id)
        .where(
            Parcel.id.in_(parcel_ids),
            Checkout.country != HOME,
            SellerTaxId.seller_id.is_(None),
        )
        .order_by(Seller.name)
    )
