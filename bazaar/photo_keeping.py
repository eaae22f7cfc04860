"""How long photos of people's things are kept: of packed parcels, of complaints, of payments.

They may show addresses, faces and bank accounts (UU 27/2022, articles 42 and 43: personal data goes
when its purpose is reached). They go some days after their order ended, later while a complaint or
money of it waits for a person, and a year after it was placed whatever became of it. The rows stay
and say when. Files come first: a row that says removed has no file any more. Proofs of refunds and of
settlements are vouchers of the books and stay with them.

Files that no row names (replaced, or sent with a form that was refused) go after a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from bazaar import audit, photos
from bazaar.audit import CLOCK
from bazaar.db import db
from bazaar.models import (
    MoneyCase,
    Order,
    Parcel,
    ParcelProblem,
    PaymentProof,
    ReceivingAccount,
    Refund,
    SellerStatement,
)

LONGEST: Final = timedelta(days=365)
UNNAMED_FOR: Final = timedelta(days=1)
AT_ONCE: Final = 200
"""So many photos of a kind go in one run; the rest in the next."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows with a photo that goes some day. `rows` asks for id, name and order reference.

    `also` are other columns that name files of the same folder and never let go of them.
    """

    word: str
    model: type[Parcel] | type[ParcelProblem] | type[PaymentProof]
    folder: str
    rows: sa.Select[*tuple[Any, ...]]
    also: tuple[InstrumentedAttribute[Any], ...] = ()


KINDS: Final = (
    Kind(
        "parcel",
        Parcel,
        photos.PARCELS,
        sa.select(Parcel.id, Parcel.photo, Order.reference).join(Parcel.order),
    ),
    Kind(
        "complaint",
        ParcelProblem,
        photos.PROBLEMS,
        sa.select(ParcelProblem.id, ParcelProblem.photo, Order.reference)
        .join(ParcelProblem.parcel)
        .join(Parcel.order),
    ),
    Kind(
        "payment",
        PaymentProof,
        photos.MONEY,
        sa.select(PaymentProof.id, PaymentProof.photo, Order.reference).join(PaymentProof.order),
        also=(Refund.proof, SellerStatement.proof, ReceivingAccount.photo),
    ),
)


def remove_old(now: datetime, *, instance_path: Path, kept: timedelta) -> int:
    """Delete photos whose order ended more than `kept` ago, and files that nobody names.

    Returns how many; run again it finds nothing.
    """
    gone: defaultdict[str, dict[str, int]] = defaultdict(dict)
    count = 0
    for kind in KINDS:
        folder = instance_path / kind.folder
        rows = db.session.execute(_due(kind, now, kept).limit(AT_ONCE)).all()
        _remove(kind, [row[0] for row in rows], {row[1] for row in rows}, folder, now)
        for _id, _name, reference in rows:
            told = gone[f"order:{reference}"]
            told[kind.word] = told.get(kind.word, 0) + 1
        count += len(rows) + _sweep(kind, folder, now)
    if gone:
        audit.note_each(CLOCK, "photo.remove", gone, now=now)
    return count


def _due(kind: Kind, now: datetime, kept: timedelta) -> sa.Select[*tuple[Any, ...]]:
    complaint = sa.exists().where(
        ParcelProblem.parcel_id == _OTHER.c.id,
        _OTHER.c.order_id == Order.id,
        ParcelProblem.answered_at.is_(None),
    )
    money = sa.exists().where(MoneyCase.order_id == Order.id, MoneyCase.closed_at.is_(None))
    # The subqueries ask about the order alone, also where the row is a complaint itself.
    waits = sa.or_(complaint.correlate(Order), money.correlate(Order))
    over = sa.and_(Order.ended_at <= now - kept, ~waits)
    return kind.rows.where(
        kind.model.photo.is_not(None),
        kind.model.photo_removed_at.is_(None),
        sa.or_(over, Order.placed_at <= now - max(LONGEST, kept)),
    ).order_by(kind.model.id)


_OTHER: Final = sa.alias(Parcel.__table__, "order_parcels")


def _remove(kind: Kind, ids: Sequence[int], names: set[str], folder: Path, now: datetime) -> None:
    """Delete the files that no other row needs, then say so in the rows."""
    if not ids:
        return
    for name in names - _named(kind, names, without=ids):
        photos.remove(name, folder)
    db.session.execute(
        sa.update(kind.model).where(kind.model.id.in_(ids)).values(photo_removed_at=now)
    )


def _sweep(kind: Kind, folder: Path, now: datetime) -> int:
    """Delete files of old that no row names; return of how many photos."""
    old = photos.names_before(now - UNNAMED_FOR, folder)
    nobodys = old - _named(kind, old) if old else old
    for name in nobodys:
        photos.remove(name, folder)
    return len(nobodys)


def _named(kind: Kind, names: Iterable[str], without: Sequence[int] = ()) -> set[str]:
    """Return those of the names that rows other than `without` still mean."""
    asked = list(names)
    own = sa.select(kind.model.photo).where(
        kind.model.photo.in_(asked),
        kind.model.photo_removed_at.is_(None),
        kind.model.id.not_in(without),
    )
    others = [sa.select(column).where(column.in_(asked)) for column in kind.also]
    return set(db.session.scalars(sa.union_all(own, *others)))
