"""Files that were sent: kept as they came until they are imported, and read the same each time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer, joinedload

from bazaar import audit, editions, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import (
    Charge,
    ReceivingAccount,
    Seller,
    StatementImport,
    StatementProfile,
    StatementState,
)
from bazaar.rules import statements
from bazaar.rules.sheets import Fault
from bazaar.rules.statements import Profile, Statement, Unknown

KEPT: Final = timedelta(days=7)
"""A file that nobody confirms goes after so long, with the next one that is sent."""

NO_SUCH_COLUMNS: Final = Fault(
    N_("Dengan kolom ini tidak satu baris pun terbaca. Periksa lagi pilihan kolomnya.")
)


class NoSuchImport(NotFound):
    """There is no such import, or it is somebody else's."""

    text = N_("Impor mutasi ini tidak ditemukan.")


class NoSuchAccount(NotFound):
    """There is no such account, or it is somebody else's."""

    text = N_("Rekening ini tidak ditemukan.")


class ImportMoved(Conflict):
    """The import is not, or not any more, in the state that this step needs."""

    text = N_("Keadaan impor ini sudah berubah. Muat ulang halamannya.")


@dataclass(eq=False)
class OtherAccount(Invalid):
    """The file names another account than the one it was sent for."""

    in_file: str
    expected: str
    text = N_("Berkas ini dari rekening {in_file}, bukan {expected}. Pilih rekening yang benar.")


def accounts(seller_id: int | None = None) -> Sequence[ReceivingAccount]:
    """Return accounts that statements may be of, the committee's own first, then by seller.

    Those that were replaced are there while requests for money name them: money still comes.
    """
    asked = sa.exists().where(Charge.account_id == ReceivingAccount.id)
    query = (
        sa.select(ReceivingAccount)
        .outerjoin(ReceivingAccount.seller)
        .options(contains_eager(ReceivingAccount.seller))
        .where(
            ReceivingAccount.approved_at.is_not(None),
            sa.or_(ReceivingAccount.replaced_at.is_(None), asked),
        )
        .order_by(
            ReceivingAccount.seller_id.is_not(None),
            Seller.name,
            ReceivingAccount.replaced_at.is_not(None),
            ReceivingAccount.id,
        )
    )
    if seller_id is not None:
        query = query.where(ReceivingAccount.seller_id == seller_id)
    return db.session.scalars(query).all()


def get_account(account_id: int, seller_id: int | None = None) -> ReceivingAccount:
    """Return an account, with `seller_id` one of that seller. Raises NoSuchAccount."""
    account = db.session.get(ReceivingAccount, account_id)
    if account is None or (seller_id is not None and account.seller_id != seller_id):
        raise NoSuchAccount
    return account


def take_in(
    account: ReceivingAccount, file_name: str, data: bytes, *, actor: Actor, now: datetime
) -> StatementImport | Fault:
    """Keep a file for review, or say why it cannot be read. Money stays as it is.

    A file of unknown columns is kept too: it waits for `remember`. Raises OtherAccount.
    """
    found = _read(data, _told_for(account.id))
    if isinstance(found, Fault):
        return found
    if isinstance(found, Statement):
        _same_account(found, account)
    row = StatementImport(
        account_id=account.id,
        file_name="".join(filter(str.isprintable, file_name))[-200:],
        digest=hashlib.sha256(data).hexdigest(),
        content=data,
        profile=found.profile.key if isinstance(found, Statement) else "",
        state=StatementState.READ,
        total=len(found.lines) if isinstance(found, Statement) else 0,
        outcome={},
        made_by=actor.name,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    old = sa.and_(
        StatementImport.state == StatementState.READ, StatementImport.made_at < now - KEPT
    )
    db.session.execute(sa.delete(StatementImport).where(old))
    audit.note(
        actor,
        "statement.upload",
        f"statement:{row.id}",
        now=now,
        account=account.id,
        lines=row.total,
    )
    return row


def get(import_id: int, seller_id: int | None = None) -> StatementImport:
    """Return an import, with `seller_id` one of that seller's accounts. Raises NoSuchImport."""
    query = (
        sa.select(StatementImport)
        .where(StatementImport.id == import_id)
        .options(defer(StatementImport.content), joinedload(StatementImport.account))
    )
    row = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None or (seller_id is not None and row.account.seller_id != seller_id):
        raise NoSuchImport
    return row


def imports(seller_id: int | None = None) -> sa.Select[StatementImport]:
    """Return the query for imports, newest first, without their files."""
    query = (
        sa.select(StatementImport)
        .join(StatementImport.account)
        .options(
            defer(StatementImport.content),
            contains_eager(StatementImport.account).joinedload(ReceivingAccount.seller),
        )
        .order_by(StatementImport.id.desc())
    )
    return query if seller_id is None else query.where(ReceivingAccount.seller_id == seller_id)


def read(row: StatementImport) -> Statement | Unknown | Fault:
    """Return what the kept file says, read as the account's profile tells. Raises ImportMoved."""
    return _read(_content(row), _told_for(row.account_id))


def columns(row: StatementImport) -> Unknown | Fault:
    """Return the columns of the kept file, known or not, for a person to say what they are."""
    return statements.describe(_content(row))


def zone() -> ZoneInfo:
    """Return the zone in which statements tell the time."""
    edition = editions.find_current()
    return edition.zone if edition else times.WIB


def remember(
    row: StatementImport, profile: Profile, *, actor: Actor, now: datetime
) -> Fault | None:
    """Have the files of this import's account read by a profile from now on.

    Returns why not if not a single line can be read by it; then nothing is kept. Raises
    ImportMoved once the import was confirmed, and OtherAccount.
    """
    if row.state is not StatementState.READ:
        raise ImportMoved
    found = _read(_content(row), _told(profile.packed()))
    if isinstance(found, Fault):
        return found
    if isinstance(found, Unknown):
        return NO_SUCH_COLUMNS
    if not found.lines:
        return found.refused[0].fault if found.refused else NO_SUCH_COLUMNS
    _same_account(found, row.account)
    stored = _profile_of(row.account_id)
    if stored is None:
        stored = StatementProfile(account_id=row.account_id)
        db.session.add(stored)
    stored.columns = profile.packed()
    stored.made_by = actor.name
    stored.made_at = now
    row.profile = found.profile.key
    row.total = len(found.lines)
    db.session.flush()
    audit.note(
        actor,
        "statement.map",
        f"statement:{row.id}",
        now=now,
        account=row.account_id,
        columns=sorted(profile.columns),
    )
    return None


def _content(row: StatementImport) -> bytes:
    query = sa.select(StatementImport.content).where(StatementImport.id == row.id)
    content = db.session.scalar(query)
    if content is None:
        raise ImportMoved
    return content


def _same_account(found: Statement, account: ReceivingAccount) -> None:
    expected = "".join(filter(str.isdigit, account.number))
    if found.account and expected and found.account.lstrip("0") != expected.lstrip("0"):
        raise OtherAccount(found.account, account.number)


def _profile_of(account_id: int) -> StatementProfile | None:
    query = sa.select(StatementProfile).where(StatementProfile.account_id == account_id)
    return db.session.scalars(query).one_or_none()


def _told_for(account_id: int) -> str:
    stored = _profile_of(account_id)
    return _told(stored.columns if stored else None)


def _told(packed: Mapping[str, Any] | None) -> str:
    return json.dumps([packed, zone().key], sort_keys=True)


@lru_cache(maxsize=4)
def _read(data: bytes, told: str) -> Statement | Unknown | Fault:
    """Read a file; the pages of one preview ask for the same again and again."""
    packed, zone_name = json.loads(told)
    known = [Profile.unpacked(packed)] if packed else []
    return statements.read(data, zone=ZoneInfo(zone_name), known=known)
