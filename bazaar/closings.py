"""Closing a day: one person prepares it, another signs; from then on nothing is booked on it.

What happens later to its orders is booked on the next open day, where it shows as concerning
earlier days. Signing waits for whoever is booking at that moment, and they for it
(`ledger.booking_day`), so the figures that were signed are the figures of the day.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit, ledger, times
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once, lock_alone
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import DayClosing, Edition, LedgerEntry
from bazaar.reports import books, seasons


class NotClosed(NotFound):
    """Nobody has begun to close this day."""

    text = N_("Penutupan hari ini tidak ditemukan. Mungkin sudah dibatalkan.")


class NotOverYet(Invalid):
    """The day has not begun: there is nothing to close."""

    text = N_("Hari ini belum tiba, jadi belum dapat ditutup.")


class AlreadyBegun(Conflict):
    """Somebody else has begun to close this day, or closed it."""

    text = N_("Penutupan hari ini sudah disiapkan. Muat ulang halaman untuk melihatnya.")


class AlreadySigned(Conflict):
    """The day is closed."""

    text = N_("Hari ini sudah ditutup dan ditandatangani.")


@dataclass(eq=False)
class SamePerson(Conflict):
    """Whoever prepared a closing may not sign it."""

    name: str
    text = N_("{name} yang menyiapkan penutupan ini; orang lain yang menandatangani.")


def find(edition_id: int, day: date) -> DayClosing | None:
    """Return the closing of a day, prepared or signed, or None."""
    query = sa.select(DayClosing).where(DayClosing.edition_id == edition_id, DayClosing.day == day)
    return db.session.scalars(query).one_or_none()


def get(edition_id: int, day: date) -> DayClosing:
    """Return the closing of a day. Raises NotClosed."""
    closing = find(edition_id, day)
    if closing is None:
        raise NotClosed
    return closing


def prepare(
    edition: Edition, day: date, *, actor: Actor, now: datetime, note: str = ""
) -> DayClosing:
    """Put a day before a second person, with a note. Raises NotOverYet, AlreadyBegun."""
    if day > times.day_of(now, edition.zone):
        raise NotOverYet
    if not insert_once(
        DayClosing,
        edition_id=edition.id,
        day=day,
        prepared_by=actor.name,
        prepared_key=actor.key,
        prepared_at=now,
        signed_by="",
        totals={},
        digest="",
        note=note,
    ):
        raise AlreadyBegun
    audit.note(actor, "day.prepare", _subject(edition, day), now=now, note=note)
    return get(edition.id, day)


def withdraw(edition: Edition, day: date, *, actor: Actor, now: datetime) -> None:
    """Take back a closing that nobody has signed. Raises NotClosed, AlreadySigned."""
    closing = get(edition.id, day)
    gone = db.session.execute(
        sa.delete(DayClosing).where(DayClosing.id == closing.id, DayClosing.signed_at.is_(None))
    )
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadySigned
    audit.note(actor, "day.withdraw", _subject(edition, day), now=now)


def sign(edition: Edition, day: date, *, actor: Actor, now: datetime) -> DayClosing:
    """Close a day with the figures it has now. Raises NotClosed, SamePerson, AlreadySigned."""
    lock_alone(ledger.LOCK, edition.id)
    closing = get(edition.id, day)
    if closing.signed_at is not None:
        raise AlreadySigned
    if closing.prepared_key == actor.key:
        raise SamePerson(closing.prepared_by)
    totals = figures_of(edition, day)
    last_id, digest = seal(edition.id, day)
    signed = (
        sa.update(DayClosing)
        .where(DayClosing.id == closing.id, DayClosing.signed_at.is_(None))
        .values(
            signed_by=actor.name,
            signed_at=now,
            totals=totals,
            digest=digest,
            last_entry_id=last_id,
        )
    )
    if not claim(signed):
        raise AlreadySigned
    db.session.refresh(closing)
    seasons.add_day(edition, day)
    audit.note(actor, "day.sign", _subject(edition, day), now=now, digest=digest, **totals)
    return closing


def signed_days(edition_id: int) -> Sequence[DayClosing]:
    """Return the days of an edition that are closed, latest first."""
    query = (
        sa.select(DayClosing)
        .where(DayClosing.edition_id == edition_id, DayClosing.signed_at.is_not(None))
        .order_by(DayClosing.day.desc())
    )
    return db.session.scalars(query).all()


def differences(closing: DayClosing) -> Mapping[str, tuple[Any, Any]]:
    """Return what is not any more as it was signed, with both values; empty while all is well."""
    edition = db.session.get_one(Edition, closing.edition_id)
    found: dict[str, Any] = {**figures_of(edition, closing.day)}
    last_id, digest = seal(closing.edition_id, closing.day)
    found |= {"digest": digest, "last_entry_id": last_id}
    signed = {
        **closing.totals,
        "digest": closing.digest,
        "last_entry_id": closing.last_entry_id,
    }
    return {
        name: (signed.get(name), found.get(name))
        for name in signed | found
        if signed.get(name) != found.get(name)
    }


def figures_of(edition: Edition, day: date) -> dict[str, int]:
    """Return the figures that are signed, by name, in whole rupiah and counts."""
    total = books.of_day(edition, day).total
    return {name: getattr(total, name) for name in SIGNED}


def seal(edition_id: int, day: date) -> tuple[int | None, str]:
    """Return the number of a day's last entry, and the SHA-256 of all its entries in order."""
    columns = (
        LedgerEntry.id,
        LedgerEntry.kind,
        LedgerEntry.debit,
        LedgerEntry.credit,
        LedgerEntry.amount_idr,
        LedgerEntry.order_id,
        LedgerEntry.payment_id,
    )
    query = (
        sa.select(*columns)
        .where(LedgerEntry.edition_id == edition_id, LedgerEntry.day == day)
        .order_by(LedgerEntry.id)
    )
    last_id, digest = None, hashlib.sha256()
    for last_id, kind, debit, credit, *numbers in db.session.execute(query):
        line = json.dumps([last_id, kind, debit.value, credit.value, *numbers])
        digest.update(f"{line}\n".encode())
    return last_id, digest.hexdigest()


SIGNED = (
    "orders",
    "placed_idr",
    "paid_orders",
    "goods_idr",
    "shipping_idr",
    "gross_idr",
    "returned_idr",
    "discount_idr",
    "fee_idr",
    "net_idr",
    "lapsed_orders",
    "lapsed_idr",
    "payments",
    "received_idr",
    "refunded_idr",
    "unknown_idr",
)
"""The figures of `reports.books.Figures` that a signature stands for."""


def _subject(edition: Edition, day: date) -> str:
    return f"day:{edition.slug}:{day.isoformat()}"
