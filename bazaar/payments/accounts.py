"""Where sellers receive money: a QRIS sticker, a bank account, another way in words.

A swapped sticker is the known fraud: so a change waits for a second person of the committee, and
until then the old one stays in use. The first one a seller gets is in use at once if the committee
brought it, else after the committee approved it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, outbox
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, Invalid, NotAllowed, NotFound
from bazaar.models import AccountKind, ReceivingAccount, Seller
from bazaar.rules import qris
from bazaar.rules.qris import QrisInfo, QrisRejected

COMMITTEE = "committee:"
BY_HAND = (AccountKind.QRIS, AccountKind.BANK, AccountKind.OTHER)
"""Kinds that sellers have."""


@dataclass(eq=False)
class StickerRejected(Invalid):
    """The text is no seller's QRIS sticker; `code` says why, as `rules.qris.inspect` does."""

    code: str

    def __post_init__(self) -> None:
        self.text = qris.REJECTIONS[self.code]  # type: ignore[misc]


class NoSuchAccount(NotFound):
    """No account of this seller has this number."""

    text = N_("Rekening ini tidak ditemukan.")


class SamePerson(NotAllowed):
    """Whoever proposed an account wants to approve it, too."""

    text = N_("Perubahan ini harus disetujui orang kedua: anggota panitia selain yang mengusulkan.")


class NotProposed(Conflict):
    """The account does not wait for approval any more."""

    text = N_("Usulan rekening ini sudah diputuskan atau diganti usulan lain.")


class NotInUse(Conflict):
    """The account is not in use."""

    text = N_("Rekening ini sudah tidak dipakai.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An account as somebody writes it down. What does not belong to its kind is left empty."""

    kind: AccountKind
    payload: str = ""
    holder: str = ""
    bank: str = ""
    number: str = ""
    words: str = ""
    photo: str | None = None


def propose(seller_id: int, wanted: Wanted, *, actor: Actor, now: datetime) -> ReceivingAccount:
    """Write down an account; in use at once if it is the first of its kind and the committee's act.

    Else it waits for `approve`, and replaces what waited before. The same as the one in use
    changes nothing. Raises StickerRejected.
    """
    fields = _fields(wanted)
    seller = db.session.get_one(Seller, seller_id)
    db.session.execute(sa.select(Seller.id).where(Seller.id == seller_id).with_for_update())
    current = find_account(seller_id, wanted.kind)
    if current is not None and all(getattr(current, k) == v for k, v in fields.items() if v):
        return current
    at_once = current is None and actor.key.startswith(COMMITTEE)
    _withdraw(seller_id, wanted.kind, now)
    account = ReceivingAccount(
        seller_id=seller_id,
        kind=wanted.kind,
        photo=wanted.photo,
        proposed_by=actor.name,
        proposed_key=actor.key,
        added_at=now,
        approved_by=actor.name if at_once else "",
        approved_at=now if at_once else None,
        **fields,
    )
    db.session.add(account)
    db.session.flush()
    _note(actor, "account.enrol" if at_once else "account.propose", seller, account, now)
    if not at_once:
        _tell(seller, account, "diusulkan", now)
    return account


def enrol(seller_id: int, payload: str, *, actor: Actor, now: datetime) -> ReceivingAccount:
    """Propose a seller's sticker by the text in it, as `propose` does. Raises StickerRejected."""
    wanted = Wanted(kind=AccountKind.QRIS, payload=payload)
    return propose(seller_id, wanted, actor=actor, now=now)


def approve(account_id: int, *, actor: Actor, now: datetime) -> ReceivingAccount:
    """Put a proposed account into use; the one before is kept as replaced.

    Raises SamePerson for who proposed it, NotProposed, NoSuchAccount.
    """
    account = _lock(account_id)
    if account.proposed_key == actor.key:
        raise SamePerson
    if account.approved_at is not None or account.replaced_at is not None:
        raise NotProposed
    if account.seller_id is None:
        raise NoSuchAccount
    current = find_account(account.seller_id, account.kind)
    if current is not None:
        current.replaced_at = now
        db.session.flush()
    account.approved_by, account.approved_at = actor.name, now
    db.session.flush()
    seller = db.session.get_one(Seller, account.seller_id)
    _note(actor, "account.replace" if current else "account.approve", seller, account, now)
    _tell(seller, account, "mulai dipakai", now)
    return account


def reject(account_id: int, why: str, *, actor: Actor, now: datetime) -> None:
    """Turn a proposed account down; the one in use stays. Raises NotProposed, NoSuchAccount."""
    account = _lock(account_id)
    won = claim(
        sa.update(ReceivingAccount)
        .where(
            ReceivingAccount.id == account_id,
            ReceivingAccount.approved_at.is_(None),
            ReceivingAccount.replaced_at.is_(None),
        )
        .values(replaced_at=now)
    )
    if not won or account.seller_id is None:
        raise NotProposed
    seller = db.session.get_one(Seller, account.seller_id)
    _note(actor, "account.reject", seller, account, now, why=why)


def stop(account_id: int, why: str, *, actor: Actor, now: datetime) -> None:
    """Take an account out of use: orders from now on do not name it. Raises NotInUse."""
    account = _lock(account_id)
    if account.approved_at is None or account.replaced_at is not None or not account.seller_id:
        raise NotInUse
    account.replaced_at = now
    db.session.flush()
    seller = db.session.get_one(Seller, account.seller_id)
    _note(actor, "account.stop", seller, account, now, why=why)
    _tell(seller, account, "tidak dipakai lagi", now)


def in_use(*kinds: AccountKind) -> sa.ColumnElement[bool]:
    """Return the condition of accounts of these kinds that receive money now."""
    return sa.and_(
        ReceivingAccount.kind.in_(kinds or (AccountKind.QRIS,)),
        ReceivingAccount.replaced_at.is_(None),
        ReceivingAccount.approved_at.is_not(None),
    )


def find_account(seller_id: int, kind: AccountKind = AccountKind.QRIS) -> ReceivingAccount | None:
    """Return the account of this kind that the seller receives money by, or None."""
    query = sa.select(ReceivingAccount).where(ReceivingAccount.seller_id == seller_id, in_use(kind))
    return db.session.scalars(query).one_or_none()


def accounts_of(seller_id: int) -> Sequence[ReceivingAccount]:
    """Return every account a seller has or had, those in use first, then the newest."""
    query = (
        sa.select(ReceivingAccount)
        .where(ReceivingAccount.seller_id == seller_id)
        .order_by(ReceivingAccount.replaced_at.is_not(None), ReceivingAccount.id.desc())
    )
    return db.session.scalars(query).all()


def accounts_in_use(seller_ids: Sequence[int]) -> dict[int, list[ReceivingAccount]]:
    """Return by seller the accounts that receive money now, stickers first."""
    query = (
        sa.select(ReceivingAccount)
        .where(ReceivingAccount.seller_id.in_(seller_ids), in_use(*BY_HAND))
        .order_by(ReceivingAccount.id)
    )
    found: dict[int, list[ReceivingAccount]] = {}
    for account in db.session.scalars(query):
        found.setdefault(account.seller_id or 0, []).append(account)
    for accounts in found.values():
        accounts.sort(key=lambda account: BY_HAND.index(account.kind))
    return found


def proposed() -> Sequence[ReceivingAccount]:
    """Return the accounts that wait for a second person, sellers loaded, the oldest first."""
    query = (
        sa.select(ReceivingAccount)
        .where(ReceivingAccount.approved_at.is_(None), ReceivingAccount.replaced_at.is_(None))
        .options(joinedload(ReceivingAccount.seller))
        .order_by(ReceivingAccount.id)
    )
    return db.session.scalars(query).all()


def get_account(account_id: int, seller_id: int) -> ReceivingAccount:
    """Return an account of a seller. Raises NoSuchAccount."""
    account = db.session.get(ReceivingAccount, account_id)
    if account is None or account.seller_id != seller_id:
        raise NoSuchAccount
    return account


def info_of(account: ReceivingAccount) -> QrisInfo | None:
    """Return all that a sticker says, None for other kinds."""
    info = qris.inspect(account.payload) if account.payload else None
    return info if isinstance(info, QrisInfo) else None


def with_sticker(seller_ids: Sequence[int]) -> set[int]:
    """Return which of these sellers have a sticker in use."""
    return set(stickers_of(set(seller_ids)))


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker in use, as far as asking for money needs it."""

    id: int
    payload: str


def stickers_of(seller_ids: set[int]) -> dict[int, Sticker]:
    """Return the stickers in use by seller id."""
    query = sa.select(
        ReceivingAccount.seller_id, ReceivingAccount.id, ReceivingAccount.payload
    ).where(ReceivingAccount.seller_id.in_(seller_ids), in_use())
    rows = db.session.execute(query)
    return {seller_id: Sticker(key, payload) for seller_id, key, payload in rows if seller_id}


def _fields(wanted: Wanted) -> dict[str, str]:
    """Return the columns of an account. Raises StickerRejected."""
    if wanted.kind is not AccountKind.QRIS:
        return {
            "payload": "",
            "merchant_name": wanted.holder,
            "bank": wanted.bank,
            "number": wanted.number,
            "words": wanted.words,
        }
    info = qris.inspect(wanted.payload)
    if isinstance(info, QrisRejected):
        raise StickerRejected(info.code)
    return {
        "payload": info.payload,
        "merchant_name": info.name,
        "merchant_city": info.city,
        "nmid": info.nmid or "",
    }


def _withdraw(seller_id: int, kind: AccountKind, now: datetime) -> None:
    """Drop what waits for approval: a newer proposal takes its place."""
    db.session.execute(
        sa.update(ReceivingAccount)
        .where(
            ReceivingAccount.seller_id == seller_id,
            ReceivingAccount.kind == kind,
            ReceivingAccount.approved_at.is_(None),
            ReceivingAccount.replaced_at.is_(None),
        )
        .values(replaced_at=now),
        execution_options={"synchronize_session": False},
    )


def _lock(account_id: int) -> ReceivingAccount:
    """Return an account as it is now; nobody else changes its seller's accounts meanwhile."""
    of = sa.select(ReceivingAccount.seller_id).where(ReceivingAccount.id == account_id)
    seller_id = db.session.scalar(of)
    if seller_id is None:
        raise NoSuchAccount
    db.session.execute(sa.select(Seller.id).where(Seller.id == seller_id).with_for_update())
    query = sa.select(ReceivingAccount).where(ReceivingAccount.id == account_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _note(
    actor: Actor,
    action: str,
    seller: Seller,
    account: ReceivingAccount,
    now: datetime,
    why: str = "",
) -> None:
    audit.note(
        actor,
        action,
        f"seller:{seller.code}",
        now=now,
        kind=account.kind.value,
        merchant_name=account.merchant_name,
        nmid=account.nmid,
        bank=account.bank,
        number=_hidden(account.number),
        why=why,
    )


def _hidden(number: str) -> str:
    """Return an account's number as the trail may hold it."""
    return f"•••{number[-4:]}" if number else ""


def _tell(seller: Seller, account: ReceivingAccount, what: str, now: datetime) -> None:
    """Write to the seller: whoever did not ask for a change must hear of it."""
    name = {"qris": "QRIS", "bank": "Rekening bank", "other": "Cara bayar"}[account.kind.value]
    outbox.write(
        f"account:{account.id}:{what}",
        seller.email,
        f"{name} lapak {seller.name} {what}",
        f"{name} atas nama {account.merchant_name} {what} untuk lapak {seller.name}. "
        "Bila bukan Anda yang memintanya, segera hubungi panitia.",
        now=now,
    )
