"""Labels printed: one at once, many as a sheet that is drawn in the background.

A sheet is taken with a claim: `beat_at` is both the sign of life and the claim. Who finds it
changed by somebody else has lost the sheet and stops; a sheet whose sign of life is old is taken
again and drawn from its first label. Labels count as printed when the PDF is fetched, as what they
said when they were read: whatever has changed since makes them void at once.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import selectinload

from bazaar import audit, shipments, times
from bazaar.audit import Actor
from bazaar.db import claim, db, reading, transaction
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import LabelSheet, Order, Parcel, ParcelLine, ParcelStatus, ParcelStep, Seller
from bazaar.rules.label_layouts import Layout
from bazaar.rules.parcel_states import HERE

log = structlog.get_logger()

MOST: Final = 500
"""So many labels are on one sheet."""

KEPT: Final = timedelta(days=7)
"""After so long a sheet is thrown away: it is full of addresses."""

STALE: Final = timedelta(seconds=20)
"""After so long without a sign of life a sheet is drawn by somebody else."""

TRIES: Final = 3
AT_ONCE: Final = 20
"""So many labels are read together."""

BEAT_S: Final = 0.25
"""How often at most progress is written down."""

PAUSE_S: Final = 0.002
"""Between the parts of a sheet those who wait for this process get their turn."""

RECENT: Final = 10
NONE_LEFT: Final = N_("Paketnya sudah berangkat atau dibatalkan, jadi tidak ada yang dicetak.")
GAVE_UP: Final = N_("Lembar ini gagal dibuat. Coba lagi, atau cetak labelnya satu per satu.")


class NothingToPrint(Invalid):
    """No parcel was chosen, or none of them is here any more."""

    text = N_("Belum ada paket yang dipilih untuk dicetak labelnya.")


class NoSuchSheet(NotFound):
    """It never was, is somebody else's, or was thrown away."""

    text = N_("Lembar label ini tidak ada. Lembar lama dihapus sendiri sesudah 7 hari.")


class NotDrawn(Conflict):
    """There is nothing to fetch: it is still being drawn, or could not be."""

    text = N_("Lembar label ini belum jadi. Tunggu sebentar.")


class GoneAlready(Conflict):
    """A parcel that is not here any more needs no label."""

    text = N_("Paket ini sudah berangkat atau dibatalkan, jadi labelnya tidak dicetak lagi.")


class LostSheet(Exception):
    """Somebody else draws this sheet; what was drawn here is thrown away."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of the parcels that are here: what is None or empty does not matter.

    `packed` is half-open, `needed`: the label was not printed yet or is void.
    """

    seller_id: int | None = None
    courier: str = ""
    statuses: frozenset[ParcelStatus] = HERE
    packed: tuple[datetime, datetime] | None = None
    needed: bool = False


def chosen(wish: Wish) -> sa.Select[Parcel]:
    """Return the question for these parcels, grouped by seller, with all that labels show."""
    query = _with_all().where(Parcel.status.in_(wish.statuses & HERE))
    if wish.seller_id is not None:
        query = query.where(Order.seller_id == wish.seller_id)
    if wish.courier:
        query = query.where(Parcel.courier == wish.courier)
    if wish.packed is not None:
        since, until = wish.packed
        query = query.where(
            sa.exists().where(
                ParcelStep.parcel_id == Parcel.id,
                ParcelStep.status == ParcelStatus.PACKED,
                ParcelStep.at >= since,
                ParcelStep.at < until,
            )
        )
    if wish.needed:
        void = Parcel.id.in_(shipments.void_labels(wish.seller_id))
        query = query.where(sa.or_(Parcel.label_printed_at.is_(None), void))
    return query.order_by(Seller.code, Parcel.code)


def find(wish: Wish) -> list[Parcel]:
    """Return these parcels, at most `MOST`."""
    return list(db.session.scalars(chosen(wish).limit(MOST)))


def couriers_here() -> list[str]:
    """Return the names of couriers that parcels which are here go with."""
    query = sa.select(Parcel.courier).where(Parcel.status.in_(HERE)).distinct()
    return sorted(db.session.scalars(query))


def sellers_here() -> list[Seller]:
    """Return the sellers with parcels that are here, by name."""
    have = sa.select(Order.seller_id).join(Parcel, Parcel.order_id == Order.id)
    query = sa.select(Seller).where(Seller.id.in_(have.where(Parcel.status.in_(HERE))))
    return list(db.session.scalars(query.order_by(Seller.name, Seller.id)))


def codes_of(wish: Wish) -> list[str]:
    """Return the codes of these parcels, at most `MOST`."""
    query = chosen(wish).with_only_columns(Parcel.code, maintain_column_froms=True)
    return list(db.session.scalars(query.limit(MOST)))


def make(
    codes: Sequence[str],
    layout: Layout,
    *,
    seller_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> LabelSheet:
    """Ask for a sheet with the labels of those parcels that are here, at most `MOST`.

    A seller (`seller_id`) gets own parcels only. While the same sheet is being made for the same
    person, that one is returned. Raises NothingToPrint.
    """
    wish = chosen(Wish(seller_id=seller_id)).where(Parcel.code.in_(codes))
    query = wish.with_only_columns(Parcel.code, maintain_column_froms=True).limit(MOST)
    here = list(db.session.scalars(query))
    if not here:
        raise NothingToPrint
    twin = _same_under_way(here, layout, seller_id, actor)
    if twin is not None:
        return twin
    sheet = LabelSheet(
        seller_id=seller_id, layout=layout.value, codes=here, made_by=actor.name, made_at=now
    )
    db.session.add(sheet)
    db.session.flush()
    facts = {"labels": len(here), "layout": layout.value}
    audit.note(actor, "label.make", f"labels:{sheet.id}", now=now, **facts)
    return sheet


def get(sheet_id: int, *, seller_id: int | None = None) -> LabelSheet:
    """Return a sheet of the committee, or of this seller. Raises NoSuchSheet."""
    query = sa.select(LabelSheet).where(LabelSheet.id == sheet_id, _of(seller_id))
    sheet = db.session.scalars(query).one_or_none()
    if sheet is None:
        raise NoSuchSheet
    return sheet


def recent(seller_id: int | None = None) -> Sequence[LabelSheet]:
    """Return the newest sheets of the committee, or of this seller."""
    query = sa.select(LabelSheet).where(_of(seller_id)).order_by(LabelSheet.id.desc())
    return db.session.scalars(query.limit(RECENT)).all()


def left_out(sheet: LabelSheet) -> list[str]:
    """Return the parcels that had gone, or were cancelled, when the sheet was drawn."""
    return [code for code in sheet.codes if code not in sheet.versions]


def outdated(sheet: LabelSheet) -> list[str]:
    """Return the parcels whose label on the sheet is wrong by now, or not needed any more."""
    holding = {
        parcel.code
        for parcel in _read(list(sheet.versions))
        if sheet.versions[parcel.code]
        in {shipments.label_hash(parcel), shipments.label_hash(parcel, resi="")}
    }
    return [code for code in sheet.versions if code not in holding]


def fetch(sheet: LabelSheet, *, actor: Actor, now: datetime) -> bytes:
    """Return the PDF; its labels are printed now. Raises NotDrawn."""
    data = db.session.scalar(sa.select(LabelSheet.pdf).where(LabelSheet.id == sheet.id))
    if data is None or sheet.read_at is None:
        raise NotDrawn
    parcels = db.session.scalars(
        sa.select(Parcel).where(Parcel.code.in_(list(sheet.versions))).order_by(Parcel.id)
    )
    shipments.mark_printed(list(parcels), now=sheet.read_at, versions=sheet.versions)
    facts = {"labels": len(sheet.versions)}
    audit.note(actor, "label.print", f"labels:{sheet.id}", now=now, **facts)
    return data


def print_one(parcel: Parcel, *, actor: Actor, now: datetime) -> bytes:
    """Return the label of one parcel as PDF; it is printed now. Raises GoneAlready."""
    from bazaar import labels  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    shipments.lock(parcel)
    if parcel.status not in HERE:
        raise GoneAlready
    data = labels.pdf(labels.read([parcel]))
    shipments.mark_printed([parcel], now=now)
    audit.note(actor, "label.print", f"parcel:{parcel.code}", now=now)
    return data


def forget_old(now: datetime) -> int:
    """Throw sheets away that were made long ago; return how many."""
    old = sa.delete(LabelSheet).where(LabelSheet.made_at < now - KEPT)
    result = db.session.execute(old, execution_options={"synchronize_session": False})
    deleted: int = result.rowcount  # type: ignore[attr-defined]
    return deleted


def work() -> int:
    """Draw the oldest sheet that waits, in short transactions of its own; return how many."""
    with reading():
        if db.session.scalar(_waiting(times.now()).with_only_columns(LabelSheet.id)) is None:
            return 0  # without having kept any writer waiting
    with transaction():
        taken = _take(times.now())
    if taken is None:
        return 0
    sheet_id, beat = taken
    try:
        _draw(sheet_id, beat)
    except LostSheet:
        log.info("label_sheet_lost", id=sheet_id)
    return 1


def _draw(sheet_id: int, beat: datetime) -> None:
    """Draw all labels of the sheet and keep the PDF. Raises LostSheet."""
    from bazaar import labels  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    with reading():
        sheet = db.session.get_one(LabelSheet, sheet_id)
        codes, press = list(sheet.codes), labels.Press(Layout(sheet.layout))
    read_at, drawn, told = times.now(), 0, time.monotonic()
    versions: dict[str, str] = {}
    for part in _parts(codes):
        with reading():
            parcels = _read(part)
            versions |= {parcel.code: shipments.label_hash(parcel) for parcel in parcels}
            words = labels.read(parcels)
        for label in words:
            press.add(label)
        drawn += len(part)
        if time.monotonic() - told >= BEAT_S:
            beat, told = _tell(sheet_id, beat, drawn=drawn), time.monotonic()
        time.sleep(PAUSE_S)
    now = times.now()
    if not versions:
        _tell(sheet_id, beat, failure=NONE_LEFT, done_at=now)
        return
    _tell(
        sheet_id,
        beat,
        drawn=len(codes),
        pdf=press.finish(),
        versions=versions,
        read_at=read_at,
        done_at=now,
    )


def _tell(sheet_id: int, beat: datetime, **values: object) -> datetime:
    """Write down how far the sheet is; return the new sign of life. Raises LostSheet."""
    now = times.now()
    mine = sa.update(LabelSheet).where(LabelSheet.id == sheet_id, LabelSheet.beat_at == beat)
    with transaction():
        if not claim(mine.values(beat_at=now, **values)):
            raise LostSheet
    return now


def _take(now: datetime) -> tuple[int, datetime] | None:
    """Claim a sheet that waits; one that was tried too often is given up."""
    row = db.session.execute(
        _waiting(now).with_only_columns(LabelSheet.id, LabelSheet.beat_at, LabelSheet.tries)
    ).first()
    if row is None:
        return None
    same = LabelSheet.beat_at == row.beat_at if row.beat_at else LabelSheet.beat_at.is_(None)
    mine = sa.update(LabelSheet).where(LabelSheet.id == row.id, same, LabelSheet.done_at.is_(None))
    if row.tries >= TRIES:
        claim(mine.values(failure=GAVE_UP, done_at=now))
        return None
    return (row.id, now) if claim(mine.values(beat_at=now, tries=row.tries + 1)) else None


def _waiting(now: datetime) -> sa.Select[LabelSheet]:
    free = sa.or_(LabelSheet.beat_at.is_(None), LabelSheet.beat_at < now - STALE)
    query = sa.select(LabelSheet).where(LabelSheet.done_at.is_(None), free)
    return query.order_by(LabelSheet.id).limit(1)


def _parts(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(codes), AT_ONCE):
        yield codes[first : first + AT_ONCE]


def _read(codes: Sequence[str]) -> list[Parcel]:
    """Return those of the parcels that are here, in the order of their codes as given."""
    query = _with_all().where(Parcel.code.in_(codes), Parcel.status.in_(HERE))
    found = {parcel.code: parcel for parcel in db.session.scalars(query)}
    return [found[code] for code in codes if code in found]


def _with_all() -> sa.Select[Parcel]:
    return (
        shipments.with_order()
        .join(Seller, Seller.id == Order.seller_id)
        .options(selectinload(Parcel.lines).joinedload(ParcelLine.order_line))
    )


def _of(seller_id: int | None) -> sa.ColumnElement[bool]:
    if seller_id is None:
        return LabelSheet.seller_id.is_(None)
    return LabelSheet.seller_id == seller_id


def _same_under_way(
    codes: Sequence[str], layout: Layout, seller_id: int | None, actor: Actor
) -> LabelSheet | None:
    query = sa.select(LabelSheet).where(
        LabelSheet.done_at.is_(None),
        _of(seller_id),
        LabelSheet.made_by == actor.name,
        LabelSheet.layout == layout.value,
    )
    return next((one for one in db.session.scalars(query) if one.codes == list(codes)), None)
