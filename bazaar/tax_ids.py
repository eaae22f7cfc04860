"""Sellers' tax numbers, which customs wants to read on parcels for abroad. Nothing else needs them.

Indonesian export of post parcels names the sender's NPWP or NIK (PMK 4/2025, article 43). The number
is sealed (`bazaar.seals`), shown masked, asked of nobody who sends nothing abroad, and taken away
whenever the seller likes.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import Seller, SellerTaxId
from bazaar.rules import tax_numbers
from bazaar.seals import BrokenSeal, Seals


class NoTaxNumber(Invalid):
    """The text is neither an NPWP nor a NIK."""

    text = N_("Isi NPWP (15 atau 16 angka) atau NIK (16 angka) seperti di kartunya.")


class UnreadableTaxNumber(Conflict):
    """It was sealed with another secret of this installation."""

    text = N_("NPWP atau NIK penjual tidak terbaca lagi. Minta diisi ulang di halaman pajaknya.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as pages may show it; `masked` is empty when it cannot be read any more."""

    kind: str
    masked: str
    given_by: str
    given_at: datetime


def give(seller: Seller, text: str, *, seals: Seals, actor: Actor, now: datetime) -> None:
    """Keep the seller's NPWP or NIK, instead of one given before. Noted, without the number.

    Raises NoTaxNumber.
    """
    digits = read(text)
    values = {
        "kind": tax_numbers.kind_of(digits),
        "sealed": seals.close(digits),
        "given_by": actor.name,
        "given_at": now,
    }
    if not insert_once(SellerTaxId, seller_id=seller.id, **values):
        own = sa.update(SellerTaxId).where(SellerTaxId.seller_id == seller.id)
        db.session.execute(own.values(**values))
    subject = f"seller:{seller.code}"
    audit.note(actor, "seller.tax_number", subject, now=now, kind=values["kind"])


def take_away(seller: Seller, *, actor: Actor, now: datetime) -> bool:
    """Forget the number. Returns whether there was one."""
    gone = db.session.execute(sa.delete(SellerTaxId).where(SellerTaxId.seller_id == seller.id))
    if not gone.rowcount:  # type: ignore[attr-defined]
        return False
    audit.note(actor, "seller.no_tax_number", f"seller:{seller.code}", now=now)
    return True


def show(seller_id: int, *, seals: Seals) -> Shown | None:
    """Return the number for pages, masked; None if there is none."""
    row = _find(seller_id)
    if row is None:
        return None
    try:
        masked = tax_numbers.masked(seals.open(row.sealed))
    except BrokenSeal:
        masked = ""
    return Shown(row.kind, masked, row.given_by, row.given_at)


def reveal(seller_id: int, *, seals: Seals) -> tuple[str, str]:
    """Return kind and whole number for a customs form, empty if none was given.

    Raises UnreadableTaxNumber.
    """
    row = _find(seller_id)
    if row is None:
        return "", ""
    try:
        return row.kind, seals.open(row.sealed)
    except BrokenSeal:
        raise UnreadableTaxNumber from None


def read(text: str) -> str:
    """Return the digits of an NPWP or NIK. Raises NoTaxNumber.

    A NIK's structure proves nothing about its registration; it keeps typing errors out.
    """
    digits = tax_numbers.digits_of(text)
    kind = tax_numbers.kind_of(digits)
    if not kind or (kind == tax_numbers.NIK and not _can_be_nik(digits)):
        raise NoTaxNumber
    return digits


def _can_be_nik(digits: str) -> bool:
    from lokal import parse_nik, wilayah  # noqa: PLC0415 (0.15 s, only when one is typed)

    return bool(parse_nik(digits, lookup_wilayah=wilayah.wilayah_name).valid)


def _find(seller_id: int) -> SellerTaxId | None:
    return db.session.scalars(
        sa.select(SellerTaxId).where(SellerTaxId.seller_id == seller_id)
    ).one_or_none()
