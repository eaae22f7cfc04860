"""Making the next statement of every seller, in one go or, after a long time, in a few."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from bazaar import audit, closings, reports
from bazaar.audit import Actor
from bazaar.db import db, lock_alone
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import (
    Edition,
    Seller,
    SellerStatement,
    SellerStatementLine,
)
from bazaar.rules.settlement import Figures
from bazaar.settlement import letters
from bazaar.settlement.finding import key_of, lasts
from bazaar.settlement.sums import ENTRY, LOCK, by, figures_by
from bazaar.tokens import Links, fingerprint

AT_ONCE: Final = 60_000
"""So many ledger entries go on statements in one go, and one seller's whatever it has: others
write nothing meanwhile on SQLite, and PostgreSQL stops what takes 15 seconds."""

SELLERS_AT_ONCE: Final = 500
"""Each is asked about with a query of its own."""


class Made(NamedTuple):
    """What one go made, and how many sellers wait for the next at most."""

    statements: list[SellerStatement]
    left: int


class NotSigned(Invalid):
    """Statements are made up to a day that two people have closed."""

    text = N_("Pilih hari yang sudah ditutup dan ditandatangani.")


@dataclass(eq=False)
class DaysOpen(Conflict):
    """An earlier day is still open, so what was booked on it may not be all."""

    day: str
    text = N_("Hari {day} belum ditutup. Tutup dulu semua hari sampai hari yang dipilih.")


class NothingNew(Conflict):
    """Everything up to this day is on statements, maybe since a moment ago."""

    text = N_("Semua sampai hari itu sudah ada di lembar. Mungkin orang lain baru saja membuatnya.")


def make(
    edition: Edition,
    until: date,
    *,
    links: Links,
    actor: Actor,
    now: datetime,
    seller_id: int | None = None,
) -> Made:
    """Make the next statement of each seller, or of one, up to a day of the edition.

    By code, as many sellers as fit into `AT_ONCE`; run again it makes those of the next. Who sold,
    received and was charged nothing gets none. Each seller with an address is written to.
    Raises NotSigned, DaysOpen, NothingNew.
    """
    lock_alone(LOCK, 0)
    require_closed(edition, until)
    waiting = _waiting(edition.id, until, seller_id)
    found, seen = _as_many_as_fit(edition.id, until, waiting)
    if not found:
        raise NothingNew
    made = _write(edition, until, found, links, actor, now)
    _take_entries(edition, until, made, dict(waiting))
    letters.write(edition, made, now=now)
    return Made(made, len(waiting) - seen)


def last_signed(edition_id: int) -> date | None:
    """Return the last day up to which statements can be made, or None."""
    signed = [closing.day for closing in closings.signed_days(edition_id)]
    first_open = min(reports.days_of(edition_id).difference(signed), default=None)
    return next((day for day in signed if first_open is None or day < first_open), None)


def require_closed(edition: Edition, until: date) -> None:
    """Refuse a day that is not signed, or after one that is not. Raises NotSigned, DaysOpen."""
    closing = closings.find(edition.id, until)
    if closing is None or closing.signed_at is None:
        raise NotSigned
    signed = {one.day for one in closings.signed_days(edition.id)}
    still_open = min(reports.days_of(edition.id) - signed, default=until)
    if still_open < until:
        raise DaysOpen(f"{still_open:%d-%m-%Y}")


def _waiting(edition_id: int, until: date, seller_id: int | None) -> list[tuple[int, date]]:
    """Return the sellers with entries on no statement, by code, and the last day that is on one."""
    stated = (
        sa.select(
            SellerStatement.seller_id,
            sa.func.max(SellerStatement.until).label("until"),
        )
        .where(SellerStatement.edition_id == edition_id)
        .group_by(SellerStatement.seller_id)
        .subquery()
    )
    last = sa.func.coalesce(stated.c.until, date.min, type_=sa.Date)
    waits = sa.exists().where(
        ENTRY.seller_id == Seller.id, *_open(edition_id, until), ENTRY.day > last
    )
    query = (
        sa.select(Seller.id, last)
        .outerjoin(stated, stated.c.seller_id == Seller.id)
        .where(waits)
        .order_by(Seller.code)
    )
    if seller_id is not None:
        query = query.where(Seller.id == seller_id)
    return [(one, day) for one, day in db.session.execute(query)]


def _as_many_as_fit(
    edition_id: int, until: date, waiting: Sequence[tuple[int, date]]
) -> tuple[dict[int, Figures], int]:
    """Return the figures of the first sellers whose entries fit, and how many were looked at.

    One query a seller: a query about all of them would read all that is left, every time.
    """
    found: dict[int, Figures] = {}
    entries = 0
    for seen, (seller_id, last) in enumerate(waiting):
        own = by(ENTRY.seller_id, *_of(seller_id, last), *_open(edition_id, until))
        rows = db.session.execute(own.add_columns(sa.func.count())).all()
        sums = figures_by(row[:-1] for row in rows)[seller_id]
        if not sums:
            continue
        entries += sum(row[-1] for row in rows)
        if found and (entries > AT_ONCE or len(found) == SELLERS_AT_ONCE):
            return found, seen
        found[seller_id] = sums
    return found, len(waiting)


def _of(seller_id: int, last: date) -> tuple[sa.ColumnElement[bool], ...]:
    return ENTRY.seller_id == seller_id, ENTRY.day > last


def _open(edition_id: int, until: date) -> tuple[sa.ColumnElement[bool], ...]:
    on_one = sa.exists().where(SellerStatementLine.entry_id == ENTRY.id)
    return ENTRY.edition_id == edition_id, ENTRY.day <= until, ~on_one


def _write(
    edition: Edition,
    until: date,
    found: dict[int, Figures],
    links: Links,
    actor: Actor,
    now: datetime,
) -> list[SellerStatement]:
    before = lasts(list(found))
    query = sa.select(Seller).where(Seller.id.in_(found)).order_by(Seller.code)
    made: list[SellerStatement] = []
    told: dict[str, dict[str, object]] = {}
    for seller in db.session.scalars(query):
        last, figures = before.get(seller.id), found[seller.id]
        number = last.number + 1 if last else 1
        carried_idr = last.due_idr if last and last.paid_out_at is None else 0
        token = links.token(*key_of(seller.code, number))
        made.append(
            SellerStatement(
                edition_id=edition.id,
                seller_id=seller.id,
                number=number,
                link_hash=fingerprint(token),
                until=until,
                figures=asdict(figures),
                carried_idr=carried_idr,
                due_idr=carried_idr + figures.due_idr,
                made_by=actor.name,
                made_at=now,
            )
        )
        told[f"settlement:{seller.code}/{number}"] = {
            "until": until.isoformat(),
            "due_idr": made[-1].due_idr,
        }
    db.session.add_all(made)
    db.session.flush()
    audit.note_each(actor, "settlement.make", told, now=now)
    return made


def _take_entries(
    edition: Edition, until: date, made: Sequence[SellerStatement], stated: dict[int, date]
) -> None:
    """Put the entries that were summed up on the new statements; the key lets each be on one.

    A statement each: one for all was planned by PostgreSQL as if there were a handful of entries.
    """
    names = ["entry_id", "statement_id"]
    for one in made:
        last = stated[one.seller_id]
        lines = sa.select(ENTRY.id, sa.literal(one.id)).where(
            *_of(one.seller_id, last), *_open(edition.id, until)
        )
        db.session.execute(sa.insert(SellerStatementLine).from_select(names, lines))
