"""Rules of free shipping: from how much on, to where, of whom, and how much is taken off."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import FreeShipping, Seller
from bazaar.rates.table import NoSuchPlace, is_place, name_at_home
from bazaar.rules.shipping import HOME, Free
from bazaar.sellers import NoSuchSeller


class NoSuchFree(NotFound):
    """There is no such rule, or not any more."""

    text = N_("Aturan gratis ongkir ini tidak ada, mungkin sudah dihapus.")


@dataclass(eq=False)
class FreeExists(Conflict):
    """There is a rule for the place and the seller already."""

    place: str
    text = N_("Sudah ada aturan gratis ongkir untuk lapak ini ke {place}. Ubah aturan itu.")


def free_rules() -> list[Free]:
    """Return all rules in force, for pages that do not know the place yet. One query."""
    query = sa.select(
        FreeShipping.prefix,
        FreeShipping.seller_id,
        FreeShipping.min_goods_idr,
        FreeShipping.up_to_idr,
    ).where(FreeShipping.active)
    return [Free(*row) for row in db.session.execute(query)]


def free_table() -> list[tuple[FreeShipping, str]]:
    """Return all rules, with the seller's name (empty: all sellers), by place and minimum."""
    query = (
        sa.select(FreeShipping, Seller.name)
        .outerjoin(Seller, Seller.id == FreeShipping.seller_id)
        .order_by(FreeShipping.prefix, FreeShipping.min_goods_idr, FreeShipping.id)
    )
    return [(rule, name or "") for rule, name in db.session.execute(query)]


def get_free(free_id: int) -> FreeShipping:
    """Return a rule. Raises NoSuchFree."""
    rule = db.session.get(FreeShipping, free_id)
    if rule is None:
        raise NoSuchFree
    return rule


def set_free(
    wish: Free, *, active: bool = True, free_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """Add a rule, or change the rule `free_id`. Orders keep what they were placed with.

    Raises NoSuchPlace, NoSuchSeller, NoSuchFree, FreeExists.
    """
    if not is_place(wish.prefix):
        raise NoSuchPlace
    if wish.seller_id is not None:
        _get_seller(wish.seller_id)
    values = asdict(wish) | {"active": active}
    same = sa.select(FreeShipping.id).where(
        FreeShipping.prefix == wish.prefix,
        FreeShipping.seller_id.is_(None)
        if wish.seller_id is None
        else FreeShipping.seller_id == wish.seller_id,
        FreeShipping.min_goods_idr == wish.min_goods_idr,
        FreeShipping.id != (free_id or 0),
    )
    if db.session.scalar(same) is not None:
        raise FreeExists(name_at_home(wish.prefix))
    if free_id is None:
        if not insert_once(FreeShipping, **values):
            raise FreeExists(name_at_home(wish.prefix))
        audit.note(actor, "free.add", _subject(wish.prefix), now=now, **values)
        return
    known = get_free(free_id)
    before = {name: getattr(known, name) for name in values}
    if before == values:
        return
    try:
        with db.session.begin_nested():
            changed = claim(
                sa.update(FreeShipping).where(FreeShipping.id == free_id).values(**values)
            )
    except sa.exc.IntegrityError:
        raise FreeExists(name_at_home(wish.prefix)) from None
    if not changed:
        raise NoSuchFree
    db.session.refresh(known)
    audit.note(actor, "free.change", _subject(wish.prefix), now=now, before=before, **values)


def remove_free(free_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a rule away. Raises NoSuchFree, also for the later of two clicks."""
    rule = get_free(free_id)
    wish = Free(rule.prefix, rule.seller_id, rule.min_goods_idr, rule.up_to_idr)
    removed = db.session.execute(
        sa.delete(FreeShipping).where(FreeShipping.id == free_id).returning(FreeShipping.id)
    ).scalar()
    if removed is None:
        raise NoSuchFree
    db.session.expunge(rule)
    audit.note(actor, "free.remove", _subject(wish.prefix), now=now, **asdict(wish))


def _get_seller(seller_id: int) -> None:
    if db.session.get(Seller, seller_id) is None:
        raise NoSuchSeller


def _subject(prefix: str) -> str:
    return f"free:{prefix or HOME}"
