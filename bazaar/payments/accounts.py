"""Where sellers receive money: their stickers, and looking them up while asking for money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import Invalid
from bazaar.models import AccountKind, ReceivingAccount, Seller
from bazaar.rules import qris
from bazaar.rules.qris import QrisRejected


@dataclass(eq=False)
class StickerRejected(Invalid):
    """The text is no seller's QRIS sticker; `code` says why, as `rules.qris.inspect` does."""

    code: str

    def __post_init__(self) -> None:
        self.text = qris.REJECTIONS[self.code]  # type: ignore[misc]


def enrol(seller_id: int, payload: str, *, actor: Actor, now: datetime) -> ReceivingAccount:
    """Put a seller's sticker into use; the one before is kept as replaced.

    The same sticker again changes nothing. Raises StickerRejected.
    """
    info = qris.inspect(payload)
    if isinstance(info, QrisRejected):
        raise StickerRejected(info.code)
    current = find_account(seller_id)
    if current is not None:
        if current.payload == info.payload:
            return current
        current.replaced_at = now
        db.session.flush()
    account = ReceivingAccount(
        seller_id=seller_id,
        payload=info.payload,
        merchant_name=info.name,
        merchant_city=info.city,
        nmid=info.nmid or "",
        proposed_by=actor.name,
        added_at=now,
        approved_by=actor.name,
        approved_at=now,
    )
    db.session.add(account)
    db.session.flush()
    seller = db.session.get_one(Seller, seller_id)
    audit.note(
        actor,
        "account.replace" if current else "account.enrol",
        f"seller:{seller.code}",
        now=now,
        merchant_name=info.name,
        nmid=info.nmid,
    )
    return account


def in_use(kind: AccountKind = AccountKind.QRIS) -> sa.ColumnElement[bool]:
    """Return the condition of accounts of this kind that receive money now."""
    return sa.and_(
        ReceivingAccount.kind == kind,
        ReceivingAccount.replaced_at.is_(None),
        ReceivingAccount.approved_at.is_not(None),
    )


def find_account(seller_id: int, kind: AccountKind = AccountKind.QRIS) -> ReceivingAccount | None:
    """Return the account of this kind that the seller receives money by, or None."""
    query = sa.select(ReceivingAccount).where(ReceivingAccount.seller_id == seller_id, in_use(kind))
    return db.session.scalars(query).one_or_none()


def with_sticker(seller_ids: Sequence[int]) -> set[int]:
    """Return which of these sellers have a sticker in use."""
    return set(stickers_of(set(seller_ids)))


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker in use, as far as asking for money needs it."""

    id: int
    payload: str


_IN_USE = sa.select(
    ReceivingAccount.seller_id, ReceivingAccount.id, ReceivingAccount.payload
).where(
    ReceivingAccount.seller_id.in_(sa.bindparam("sellers", expanding=True)),
    in_use(),
)


def stickers_of(seller_ids: set[int]) -> dict[int, Sticker]:
    """Return the stickers in use by seller id."""
    rows = db.session.connection().execute(_IN_USE, {"sellers": list(seller_ids)})
    return {seller_id: Sticker(key, payload) for seller_id, key, payload in rows if seller_id}
