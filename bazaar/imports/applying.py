"""Storing what a review found good: one transaction, once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, catalog, payments, sellers
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict
from bazaar.imports.drafts import Draft
from bazaar.imports.entries import Entry
from bazaar.imports.reviewing import FIELDS, Line, Review, Status, review
from bazaar.models import Edition, ImportDraft, Product, Seller
from bazaar.rules.references import free_claim_codes
from bazaar.tokens import Links

KINDS: Final = ("sellers", "products")
NOT_IN_FILE: Final = {"village": "", "email": "", "social": "", "story": ""}
"""What a new seller gets for columns that the file does not have."""


class NoClaimCodesLeft(Conflict):
    """Every claim code is taken."""

    text = N_("Kode produk untuk siaran sudah habis. Hubungi pengelola sistem.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying did: rows by kind and status. `again`: it had been applied before.

    `proposed`: stickers that a second person must agree to before they are used.
    """

    outcome: Mapping[str, Mapping[str, int]]
    again: bool = False
    proposed: int = 0


def apply(draft: Draft, *, links: Links, actor: Actor, now: datetime) -> Applied:
    """Store all good rows of an upload; wrong ones are left out. A second time does nothing.

    New sellers get a public name and a personal link, and take part in the current edition; new
    products get a claim code. `stok` is what is on the shelf now. A column that the file does
    not have, and an empty `qris`, leave what is stored. Raises NoEdition, NoClaimCodesLeft.
    """
    first = sa.update(ImportDraft).where(
        ImportDraft.id == draft.row.id, ImportDraft.applied_at.is_(None)
    )
    if not claim(first.values(applied_at=now)):
        db.session.refresh(draft.row)
        return Applied(draft.row.outcome or {}, again=True)
    _one_at_a_time()
    found = review(draft)
    proposed = _store_sellers(found, links=links, actor=actor, now=now)
    prices = _store_products(found, now=now)
    outcome = {
        kind: {status.value: found.count(status, kind) for status in Status}
        for kind in KINDS
        if kind in draft.sheets
    }
    db.session.refresh(draft.row)
    draft.row.outcome = outcome
    audit.note(
        actor, "import.apply", f"import:{draft.row.id}", now=now, outcome=outcome, prices=prices
    )
    db.session.flush()
    return Applied(outcome, proposed=proposed)


def _one_at_a_time() -> None:
    """Let uploads wait for each other: they share public names and claim codes.

    An UPDATE of the edition's row holds it until the transaction ends, on both databases.
    """
    db.session.execute(
        sa.update(Edition).where(Edition.is_current).values(name=Edition.name),
        execution_options={"synchronize_session": False},
    )


def _to_store(found: Review, kind: str) -> Iterator[tuple[Line, Entry]]:
    for line in found.lines:
        if line.kind == kind and line.entry and line.status in {Status.NEW, Status.CHANGED}:
            yield line, line.entry


def _store_sellers(found: Review, *, links: Links, actor: Actor, now: datetime) -> int:
    """Store the sellers; return how many stickers wait for a second person."""
    rows = list(_to_store(found, "sellers"))
    taken_slugs = sellers.slugs()
    stored: list[tuple[Line, Entry, Seller]] = []
    for line, entry in rows:
        seller = line.stored
        if isinstance(seller, Seller):
            sellers.update(seller, _seller_facts(entry), now=now)
        else:
            facts = NOT_IN_FILE | _seller_facts(entry)
            seller = sellers.create(
                entry.key[0], facts, taken_slugs=taken_slugs, links=links, now=now
            )
        stored.append((line, entry, seller))
    db.session.flush()
    sellers.join(found.edition, [s.id for line, _, s in stored if line.joins], now=now)
    proposed = 0
    for line, entry, seller in stored:
        changed = {change.column for change in line.changes}
        if line.status is Status.NEW:
            sellers.add_hours(seller.id, entry.values.get("ketersediaan", ()))
        elif "ketersediaan" in changed:
            sellers.set_hours(seller.id, entry.values["ketersediaan"])
        if (info := entry.values.get("qris")) and (line.status is Status.NEW or "qris" in changed):
            sticker = payments.enrol(seller.id, info.payload, actor=actor, now=now)
            proposed += sticker.approved_at is None
    return proposed


def _seller_facts(entry: Entry) -> dict[str, Any]:
    district = entry.values["kecamatan"]
    place = {"district_code": district.code, "district": district.name}
    return _facts(entry) | place


def _facts(entry: Entry) -> dict[str, Any]:
    return {name: entry.values[c] for c, name in FIELDS.items() if c in entry.values}


def _store_products(found: Review, *, now: datetime) -> list[list[Any]]:
    """Store products; return `[claim code, old price, new price]` of those that change."""
    rows = list(_to_store(found, "products"))
    by_code = sellers.find_by_codes({entry.key[0] for _, entry in rows})
    codes = _claim_codes(sum(line.status is Status.NEW for line, _ in rows))
    prices: list[list[Any]] = []
    stored: list[tuple[Product, int]] = []
    for line, entry in rows:
        facts = _facts(entry)
        counted = facts.pop("stock")
        if isinstance(line.stored, Product):
            product = line.stored
            if product.price_idr != facts["price_idr"]:
                prices.append([product.claim_code, product.price_idr, facts["price_idr"]])
            for name, value in facts.items():
                setattr(product, name, value)
        else:
            product = Product(
                seller_id=by_code[entry.key[0]].id,
                code=entry.key[1],
                claim_code=next(codes),
                stock=0,
                active=True,
                **({"description": ""} | facts),
            )
            db.session.add(product)
        product.updated_at = now
        stored.append((product, counted))
    db.session.flush()
    for product, counted in stored:
        catalog.set_stock(product, counted, now=now)
    return prices


def _claim_codes(wanted: int) -> Iterator[str]:
    taken = set(db.session.scalars(sa.select(Product.claim_code))) if wanted else set()
    codes: Iterable[str] = islice(free_claim_codes(taken), wanted)
    found = list(codes)
    if len(found) < wanted:
        raise NoClaimCodesLeft
    return iter(found)
