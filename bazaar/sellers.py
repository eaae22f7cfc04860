"""The sellers (UMKM), when they can come, and their personal links."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Availability, Edition, Participation, Product, Seller
from bazaar.rules.hours import Hours
from bazaar.tokens import Links, fingerprint

MAX_SLUG: Final = 60
EDITABLE: Final = frozenset(
    {
        "name",
        "owner_name",
        "cluster",
        "district_code",
        "district",
        "village",
        "phone",
        "email",
        "social",
        "story",
    }
)
"""What `update` may change. The code is for ever: the personal link is made from it."""


class NoSuchSeller(NotFound):
    """No seller has this link or name, or not any more."""

    text = N_("Lapak ini tidak ditemukan.")


class DeadLink(NoSuchSeller):
    """No seller has this personal link, or not any more."""

    text = N_("Tautan pribadi ini tidak berlaku. Penjual mendapat yang baru dari panitia.")


class LinkReplaced(Conflict):
    """Somebody else has given this seller a new link at the same moment."""

    text = N_("Tautan penjual ini baru saja diganti orang lain. Muat ulang halamannya.")


@dataclass(frozen=True, slots=True)
class Offer:
    """How many products a seller has on offer, and how many of them can be bought now."""

    active: int = 0
    in_stock: int = 0


def get_by_link(token: str) -> Seller:
    """Return the seller whose personal link this is. Raises DeadLink."""
    query = sa.select(Seller).where(Seller.link_hash == fingerprint(token), Seller.active)
    seller = db.session.scalars(query).one_or_none()
    if seller is None:
        raise DeadLink
    return seller


def with_links(fingerprints: Collection[str]) -> Collection[str]:
    """Return those fingerprints that are of a personal link that works."""
    query = sa.select(Seller.link_hash).where(Seller.link_hash.in_(fingerprints), Seller.active)
    return db.session.scalars(query).all()


def get_by_slug(slug: str) -> Seller:
    """Return the seller with this public name. Raises NoSuchSeller."""
    query = sa.select(Seller).where(Seller.slug == slug, Seller.active)
    return _found(db.session.scalars(query).one_or_none())


def get_by_code(code: str) -> Seller:
    """Return the seller, active or not, with the committee's own key. Raises NoSuchSeller."""
    query = sa.select(Seller).where(Seller.code == code)
    return _found(db.session.scalars(query).one_or_none())


def find_by_codes(codes: Collection[str]) -> dict[str, Seller]:
    """Return the sellers that have these keys, by key."""
    query = sa.select(Seller).where(Seller.code.in_(codes))
    return {seller.code: seller for seller in db.session.scalars(query)}


def search(text: str = "", cluster: str = "") -> sa.Select[Seller]:
    """Return the query for all sellers whose fields hold every word of `text`, by key."""
    query = sa.select(Seller).order_by(Seller.code)
    if cluster:
        query = query.where(Seller.cluster == cluster)
    fields = (Seller.code, Seller.name, Seller.owner_name, Seller.district, Seller.phone)
    for word in text.split()[:8]:
        digits = word.lstrip("+0").replace("-", "")
        wanted = digits if digits.isdecimal() and len(digits) > 3 else word
        query = query.where(
            sa.or_(
                *(
                    f.icontains(wanted if f is Seller.phone else word, autoescape=True)
                    for f in fields
                )
            )
        )
    return query


def offers(seller_ids: Iterable[int]) -> dict[int, Offer]:
    """Return what these sellers offer, by seller; those without products are left out."""
    query = (
        sa.select(
            Product.seller_id,
            sa.func.count(),
            sa.func.sum(sa.case((Product.stock > 0, 1), else_=0)),
        )
        .where(Product.seller_id.in_(list(seller_ids)), Product.active)
        .group_by(Product.seller_id)
    )
    return {seller: Offer(active, int(left)) for seller, active, left in db.session.execute(query)}


def create(
    code: str, facts: Mapping[str, Any], *, taken_slugs: set[str], links: Links, now: datetime
) -> Seller:
    """Add a seller under a new key, with a slug made of the name and a personal link.

    `facts` are the fields of `EDITABLE`. The slug is added to `taken_slugs`, so that many
    sellers can be made after asking once (`slugs`).
    """
    slug = _free_slug(facts["name"], taken_slugs)
    taken_slugs.add(slug)
    seller = Seller(
        code=code, slug=slug, active=True, link_serial=1, created_at=now, updated_at=now, **facts
    )
    seller.link_hash = fingerprint(link_token(seller, links))
    db.session.add(seller)
    return seller


def update(seller: Seller, facts: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Change fields of `EDITABLE`; return the names of those that really changed."""
    unknown = facts.keys() - EDITABLE
    if unknown:
        raise ValueError(f"not to be changed here: {sorted(unknown)}")
    changed = [name for name, value in facts.items() if getattr(seller, name) != value]
    for name in changed:
        setattr(seller, name, facts[name])
    if changed:
        seller.updated_at = now
    return changed


def change(
    seller: Seller,
    facts: Mapping[str, Any],
    *,
    active: bool,
    hours: Sequence[Hours],
    actor: Actor,
    now: datetime,
) -> None:
    """Change what the committee knows of a seller, and note which fields it were.

    A seller who is not `active` is gone from public pages, and the personal link opens nothing.
    """
    changed = update(seller, facts, now=now)
    if seller.active != active:
        seller.active = active
        changed.append("active")
    if hours_of([seller.id]).get(seller.id, ()) != tuple(hours):
        set_hours(seller.id, hours)
        changed.append("hours")
    if changed:
        seller.updated_at = now
        audit.note(actor, "seller.change", f"seller:{seller.code}", now=now, fields=changed)


def slugs() -> set[str]:
    """Return all public names that are taken."""
    return set(db.session.scalars(sa.select(Seller.slug)))


def join(edition: Edition, seller_ids: Collection[int], *, now: datetime) -> None:
    """Let sellers take part in an edition; those who do already stay as they are."""
    known = participants(edition)
    rows = [
        {"edition_id": edition.id, "seller_id": seller_id, "joined_at": now}
        for seller_id in seller_ids
        if seller_id not in known
    ]
    if rows:
        db.session.execute(sa.insert(Participation), rows)


def participants(edition: Edition) -> set[int]:
    """Return the ids of all sellers that take part in an edition."""
    query = sa.select(Participation.seller_id).where(Participation.edition_id == edition.id)
    return set(db.session.scalars(query))


def hours_of(seller_ids: Collection[int]) -> dict[int, tuple[Hours, ...]]:
    """Return when these sellers can come, by seller; those who always can are left out."""
    query = (
        sa.select(Availability)
        .where(Availability.seller_id.in_(seller_ids))
        .order_by(Availability.seller_id, Availability.weekday, Availability.from_time)
    )
    found: dict[int, tuple[Hours, ...]] = {}
    for row in db.session.scalars(query):
        entry = Hours(row.weekday, row.from_time, row.until)
        found[row.seller_id] = (*found.get(row.seller_id, ()), entry)
    return found


def set_hours(seller_id: int, hours: Iterable[Hours]) -> None:
    """Replace when a seller can come; without any hours they always can."""
    db.session.execute(sa.delete(Availability).where(Availability.seller_id == seller_id))
    add_hours(seller_id, hours)


def add_hours(seller_id: int, hours: Iterable[Hours]) -> None:
    """Write when a seller can come who had no hours yet."""
    db.session.add_all(
        Availability(seller_id=seller_id, weekday=h.weekday, from_time=h.from_time, until=h.until)
        for h in hours
    )


def by_id(ids: Iterable[int]) -> dict[int, Seller]:
    """Return these sellers by their rows; one query at most."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = sa.select(Seller).where(Seller.id.in_(wanted))
    return {seller.id: seller for seller in db.session.scalars(query)}


def link_token(seller: Seller, links: Links) -> str:
    """Return the token of the seller's personal link: the same until a new link is issued."""
    return links.token("seller", f"{seller.code}|{seller.link_serial}")


def show_link(seller: Seller, links: Links, *, actor: Actor, now: datetime) -> str:
    """Return the token for somebody of the committee, who may then act as the seller; noted."""
    audit.note(actor, "seller.show_link", f"seller:{seller.code}", now=now)
    return link_token(seller, links)


def issue_link(seller: Seller, links: Links, *, actor: Actor, now: datetime) -> str:
    """Give the seller a new personal link and return its token; the old one is dead at once.

    Raises LinkReplaced when somebody else does the same at this moment.
    """
    serial = seller.link_serial
    token = links.token("seller", f"{seller.code}|{serial + 1}")
    ours = sa.update(Seller).where(Seller.id == seller.id, Seller.link_serial == serial)
    if not claim(ours.values(link_serial=serial + 1, link_hash=fingerprint(token), updated_at=now)):
        raise LinkReplaced
    db.session.refresh(seller)
    audit.note(actor, "seller.issue_link", f"seller:{seller.code}", now=now, serial=serial + 1)
    return token


def _free_slug(name: str, taken: Collection[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:MAX_SLUG].strip("-")
    base = base or "lapak"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _found(seller: Seller | None) -> Seller:
    if seller is None:
        raise NoSuchSeller
    return seller
