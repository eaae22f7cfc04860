"""Closing a day: one person prepares it, another signs; from then on nothing is booked on it.

What happens later to its orders is booked on the next open day, where it shows as concerning
earlier days. Signing waits for whoever is booking at that moment, and they for it
(`ledger.booking_day`), so the figures that were signed are the figures of the day. They are added
up from the very entries whose digest is kept with them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit, ledger, times
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once, lock_alone
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import Book, DayClosing, Edition, LedgerEntry
from bazaar.reports.books import Figures, Move


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
    """Close a day with the figures it has now. Raises NotClosed, SamePerson, AlreadySigned.

    Most of the day is read before anybody has to wait; then only what has come meanwhile.
    """
    seal = Seal(edition.id, day)
    seal.read()
    lock_alone(ledger.LOCK, edition.id)
    closing = get(edition.id, day)
    if closing.signed_at is not None:
        raise AlreadySigned
    if closing.prepared_key == actor.key:
        raise SamePerson(closing.prepared_by)
    seal.finish()
    signed = (
        sa.update(DayClosing)
        .where(DayClosing.id == closing.id, DayClosing.signed_at.is_(None))
        .values(
            signed_by=actor.name,
            signed_at=now,
            totals=seal.figures,
            digest=seal.digest,
            last_entry_id=seal.last_id,
        )
    )
    if not claim(signed):
        raise AlreadySigned
    db.session.refresh(closing)
    facts = {"digest": seal.digest, **seal.figures}
    audit.note(actor, "day.sign", _subject(edition, day), now=now, **facts)
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
    seal = Seal(closing.edition_id, closing.day)
    seal.finish()
    found = {**seal.figures, "digest": seal.digest, "last_entry_id": seal.last_id}
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


class Seal:
    """The entries of a day as far as they were read: their figures, and a digest over all of them.

    Reading goes on where it ended. `finish` sees to it that none was left out.
    """

    def __init__(self, edition_id: int, day: date) -> None:
        self._of_day = (LedgerEntry.edition_id == edition_id, LedgerEntry.day == day)
        self._begin()

    def _begin(self) -> None:
        self.last_id: int | None = None
        self._count = 0
        self._digest = hashlib.sha256()
        self._sums: dict[tuple[str, str, str], list[int]] = {}

    @property
    def digest(self) -> str:
        """The SHA-256 of the entries in the order of their numbers."""
        return self._digest.hexdigest()

    @property
    def figures(self) -> dict[str, int]:
        """The figures that are signed, by name, in whole rupiah and counts."""
        total = Figures()
        for (kind, debit, credit), (rows, amount_idr) in self._sums.items():
            total.add(Move(kind, Book(debit), Book(credit)), rows, amount_idr)
        return {name: getattr(total, name) for name in SIGNED}

    def read(self) -> None:
        """Read the entries that have come since; nobody has to wait for it."""
        query = sa.select(*_SEALED).where(*self._of_day).order_by(LedgerEntry.id)
        if self.last_id is not None:
            query = query.where(LedgerEntry.id > self.last_id)
        lines = []
        for entry_id, kind, debit, credit, amount_idr, order_id, payment_id in db.session.execute(
            query
        ):
            of_order = "null" if order_id is None else order_id
            of_payment = "null" if payment_id is None else payment_id
            lines.append(
                f'[{entry_id}, "{kind}", "{debit}", "{credit}", {amount_idr},'
                f" {of_order}, {of_payment}]\n"
            )
            sums = self._sums.setdefault((kind, debit, credit), [0, 0])
            sums[0] += 1
            sums[1] += amount_idr
            self.last_id = entry_id
        self._count += len(lines)
        self._digest.update("".join(lines).encode())

    def finish(self) -> None:
        """Read to the end, while nobody may book.

        An entry may be kept after one with a higher number, so those that were read are counted:
        if one was not there yet all are read again.
        """
        if self._count:
            there = sa.select(sa.func.count()).where(*self._of_day, LedgerEntry.id <= self.last_id)
            if db.session.scalar(there) != self._count:
                self._begin()
        self.read()


_SEALED = (
    LedgerEntry.id,
    LedgerEntry.kind,
    sa.type_coerce(LedgerEntry.debit, sa.String),
    sa.type_coerce(LedgerEntry.credit, sa.String),
    LedgerEntry.amount_idr,
    LedgerEntry.order_id,
    LedgerEntry.payment_id,
)

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
