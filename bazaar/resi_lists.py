"""Lists of waybill numbers that couriers and agents give: read, shown for review, applied at once.

Nothing is stored between: what the review accepted comes back as text and is judged again, so what
has changed meanwhile is seen. The same list again changes nothing. A number that a spreadsheet
kept as a number has lost zeros or digits: long ones and fractions are refused, short ones told.
"""

import csv
import enum
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, shipments
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_
from bazaar.models import Booking, BookingStatus, Parcel, ParcelStatus
from bazaar.rules import couriers, numbers, parcel_codes
from bazaar.rules.parcel_states import ENDED, HERE
from bazaar.rules.sheets import SPOILT, Fault, Layout, Row, Sheet, read
from bazaar.shipments.acts import MAX_WEIGHT_G
from bazaar.shipments.finding import lock

LAYOUT: Final = Layout(
    "resi",
    ("kode_paket", "resi"),
    ("kurir", "layanan", "berat_gram", "ongkir", "tanggal_serah"),
    {
        "kode": "kode_paket",
        "paket": "kode_paket",
        "no_resi": "resi",
        "nomor_resi": "resi",
        "awb": "resi",
        "no_awb": "resi",
        "waybill": "resi",
        "ekspedisi": "kurir",
        "service": "layanan",
        "berat": "berat_gram",
        "biaya": "ongkir",
        "tarif": "ongkir",
        "tanggal": "tanggal_serah",
        "tgl_serah": "tanggal_serah",
    },
)
MAX_ROWS: Final = 2_000
MAX_CHARGE_IDR: Final = 50_000_000
LONG_NUMBER: Final = 12
"""A number cell of so many digits may have lost some: Excel keeps 15."""

TOO_LONG: Final = Fault(N_("Daftar berisi lebih dari 2.000 baris. Bagi menjadi beberapa berkas."))
NUMBER_CELL: Final = N_(
    "Resi ini tersimpan sebagai angka, jadi mungkin ada angka yang hilang. Format kolom sebagai "
    "Teks, lalu ketik ulang."
)
NUMBER_NOTE: Final = N_(
    "Resi ini tersimpan sebagai angka. Bila berawalan nol, nolnya hilang: periksa."
)
NO_CODE: Final = N_("Ini bukan kode paket (PK-…).")
NO_RESI: Final = N_("Nomor resi berisi 6 sampai 30 huruf atau angka.")
NO_WEIGHT: Final = N_("Isi berat dalam gram, 1 sampai 50.000.")
NO_CHARGE: Final = N_("Isi ongkir dalam rupiah bulat.")
NO_DATE: Final = N_("Isi tanggal seperti 2026-03-01 atau 1/3/2026, tidak di masa depan.")
SERVICE_KEPT: Final = N_("Layanan pada paket tetap {service}.")
ODD: Final = N_("Bentuknya tidak biasa; biasanya {looks}. Periksa sekali lagi.")
_CHUNK: Final = 500
_DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")


class Status(enum.Enum):
    """What applying the list does with a row, or why it does nothing."""

    NEW = "new"
    REPLACE = "replace"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    WRONG_COURIER = "wrong_courier"
    WRONG_STATE = "wrong_state"
    DUPLICATE = "duplicate"
    WRONG = "wrong"


GOOD: Final = (Status.NEW, Status.REPLACE, Status.CHANGED)
"""Rows that applying changes something for; REPLACE needs a reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as judged. `other`: the parcel that has the number, the row it repeats, the courier."""

    number: int
    status: Status
    parcel: str = ""
    resi: str = ""
    old: str = ""
    other: str = ""
    weight_g: int | None = None
    charged_idr: int | None = None
    handed_at: date | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    parcels: dict[str, Parcel]
    holders: dict[str, list[tuple[str, str]]]
    charges: dict[int, int]


def read_list(data: bytes) -> Sheet | Fault:
    """Return the rows of a file or of pasted text; without a header: parcel code, then number."""
    headed = _with_header(data)
    sheet = read(headed, LAYOUT)
    if isinstance(sheet, Fault):
        return sheet
    if len(sheet.rows) > MAX_ROWS:
        return TOO_LONG
    if headed is data:
        return sheet
    # The first row is ours: people count the lines that they pasted.
    own = tuple(replace(row, number=row.number - 1) for row in sheet.rows)
    return replace(sheet, rows=own)


def review(sheet: Sheet, *, today: date) -> list[Line]:
    """Judge every row against what is stored; nothing is changed."""
    lines = [_typed(row, today) for row in sheet.rows]
    known = _known(lines)
    named = {row.number: _courier_of(row) for row in sheet.rows}
    seen: dict[str, int] = {}
    judged = []
    for line in lines:
        if line.status is Status.WRONG:
            judged.append(line)
            continue
        parcel = known.parcels.get(line.parcel)
        company = couriers.company(parcel.courier) if parcel else ""
        keys = (line.parcel, f"{company} {line.resi}")
        first = next((seen[key] for key in keys if key in seen), None)
        if first is not None:
            judged.append(_as(line, Status.DUPLICATE, other=str(first)))
            continue
        seen.update(dict.fromkeys(keys, line.number))
        judged.append(_judged(line, parcel, named[line.number], known))
    return judged


def counts(lines: Sequence[Line]) -> Counter[Status]:
    """Return how many rows have each status."""
    return Counter(line.status for line in lines)


def accepted(lines: Sequence[Line]) -> str:
    """Return the good rows as text that `read_list` reads, to be sent back for applying."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(("kode_paket", "resi", "berat_gram", "ongkir", "tanggal_serah"))
    for line in lines:
        if line.status in GOOD:
            rest = (line.weight_g, line.charged_idr, line.handed_at)
            writer.writerow((line.parcel, line.resi, *("" if one is None else one for one in rest)))
    return out.getvalue()


def apply(sheet: Sheet, why: str, *, today: date, actor: Actor, now: datetime) -> Counter[Status]:
    """Write the good rows down, all or none; return how many of each kind were.

    Replaced numbers need `why`; without it those rows stay as they are. Raises what
    `shipments.set_resi` raises when somebody was quicker.
    """
    lines = [line for line in review(sheet, today=today) if line.status in GOOD]
    if not why.strip():
        lines = [line for line in lines if line.status is not Status.REPLACE]
    parcels = _parcels([line.parcel for line in lines])
    done: Counter[Status] = Counter()
    for line in sorted(lines, key=lambda one: parcels[one.parcel].id):
        parcel = parcels[line.parcel]
        lock(parcel)
        _write(parcel, line, why, actor, now)
        done[line.status] += 1
    if done:
        facts = {status.value: count for status, count in done.items()}
        audit.note(actor, "resi.apply", "resi", now=now, **facts)
    return done


def example(form: str) -> bytes:
    """Return an empty list, `csv` or `xlsx`, whose cells stay text in a spreadsheet."""
    row = ("PK-7XK2Q", "0123456789012", "JNE", "REG", "1250", "18000", "2026-03-01")
    if form == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([LAYOUT.columns, row])
        return out.getvalue().encode("utf-8-sig")
    import xlsxwriter  # noqa: PLC0415 (only when an example is made)

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    page = book.add_worksheet("Resi")
    as_text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    for place, (column, value) in enumerate(zip(LAYOUT.columns, row, strict=True)):
        page.set_column(place, place, 20, as_text)
        page.write_string(0, place, column, bold)
        page.write_string(1, place, value, as_text)
    book.close()
    return file.getvalue()


def _write(parcel: Parcel, line: Line, why: str, actor: Actor, now: datetime) -> None:
    reason = why if line.status is Status.REPLACE else ""
    if line.resi != parcel.resi:
        shipments.set_resi(parcel, line.resi, why=reason, actor=actor, now=now)
    if line.weight_g and line.weight_g != parcel.weight_g and parcel.status in HERE:
        sides = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
        known = (sides[0] or 0, sides[1] or 0, sides[2] or 0) if all(sides) else None
        given: dict[str, Any] = {"fragile": parcel.fragile, "actor": actor, "now": now}
        shipments.measure(parcel, line.weight_g, known, **given)
    if line.charged_idr is not None:
        _charge(parcel, line.charged_idr, actor, now)
    if line.handed_at and parcel.status in HERE - {ParcelStatus.DRAFT}:
        note = f"tanggal serah {line.handed_at:%d-%m-%Y}"
        given = {"actor": actor, "now": now, "why": note}
        shipments.hand_over(parcel, parcel.courier, line.resi, **given)


def _charge(parcel: Parcel, charged_idr: int, actor: Actor, now: datetime) -> None:
    """Keep what the courier took, on the parcel's last booking by hand, or on one made for it."""
    query = sa.select(Booking).where(Booking.parcel_id == parcel.id).order_by(Booking.id.desc())
    bookings = db.session.scalars(query).all()
    by_hand = next((one for one in bookings if one.provider == shipments.acts.MANUAL), None)
    if by_hand is not None:
        by_hand.charged_idr = charged_idr
        db.session.flush()
        return
    insert_once(
        Booking,
        parcel_id=parcel.id,
        key=f"{parcel.code}-{len(bookings) + 1}",
        provider=shipments.acts.MANUAL,
        status=BookingStatus.CLOSED,
        charged_idr=charged_idr,
        made_by=actor.name,
        made_at=now,
        closed_at=now,
        closed_why="by hand",
    )


def _judged(line: Line, parcel: Parcel | None, named: str, known: _Known) -> Line:
    if parcel is None:
        return _as(line, Status.UNKNOWN)
    company = couriers.company(parcel.courier)
    if named and couriers.company(named) != company:
        return _as(line, Status.WRONG_COURIER, other=parcel.courier)
    line = _as(line, line.status, old=parcel.resi, notes=_notes(line, parcel, named))
    if not _news(line, parcel, known):
        return _as(line, Status.SAME)
    if parcel.status in ENDED or (line.handed_at and parcel.status is ParcelStatus.DRAFT):
        return _as(line, Status.WRONG_STATE)
    for code, courier in known.holders.get(line.resi, ()):
        if code != parcel.code and couriers.company(courier) == company:
            return _as(line, Status.CONFLICT, other=code)
    if line.resi == parcel.resi:
        return _as(line, Status.CHANGED)
    return _as(line, Status.REPLACE if parcel.resi else Status.NEW)


def _news(line: Line, parcel: Parcel, known: _Known) -> bool:
    here = parcel.status in HERE
    weight = here and line.weight_g is not None and line.weight_g != parcel.weight_g
    charge = line.charged_idr is not None and line.charged_idr != known.charges.get(parcel.id)
    return line.resi != parcel.resi or weight or charge or (here and line.handed_at is not None)


def _notes(line: Line, parcel: Parcel, named: str) -> tuple[Fault, ...]:
    notes = list(line.notes)
    if looks := couriers.odd_number(parcel.courier, line.resi):
        notes.append(Fault(ODD, {"looks": looks}))
    plain = named.casefold().split()
    if len(plain) > 1 and plain != parcel.courier.casefold().split():
        notes.append(Fault(SERVICE_KEPT, {"service": parcel.courier}))
    return tuple(notes)


def _typed(row: Row, today: date) -> Line:
    """Read the cells of a row; what is wrong is told for each column."""
    faults = {
        column: Fault(SPOILT[code], {"value": row.cells[column]})
        for column, code in row.spoilt.items()
        if not (column == "tanggal_serah" and code == "date")
    }
    code = parcel_codes.read(row.cells["kode_paket"])
    if code is None:
        faults.setdefault("kode_paket", Fault(NO_CODE))
    resi = shipments.numbers.compact(row.cells["resi"])
    if len(resi) not in shipments.RESI_LENGTHS:
        faults.setdefault("resi", Fault(NO_RESI))
    notes: tuple[Fault, ...] = ()
    if kind := row.numbers.get("resi"):
        if kind == "float" or len(resi) >= LONG_NUMBER:
            faults["resi"] = Fault(NUMBER_CELL)
        notes = (Fault(NUMBER_NOTE),)
    cells: dict[str, Any] = {}
    for column, name, reader, wrong in (
        ("berat_gram", "weight_g", _weight, NO_WEIGHT),
        ("ongkir", "charged_idr", _charge_of, NO_CHARGE),
        ("tanggal_serah", "handed_at", lambda text: _date(text, today), NO_DATE),
    ):
        cells[name] = _cell(row, column, reader, wrong, faults)
    status = Status.WRONG if faults else Status.SAME
    return Line(
        row.number,
        status,
        code or row.cells["kode_paket"][:40],
        resi,
        faults=faults,
        notes=notes,
        **cells,
    )


def _cell(
    row: Row, column: str, reader: Callable[[str], Any], wrong: str, faults: dict[str, Fault]
) -> Any:
    text = row.cells.get(column, "")
    if not text or column in faults:
        return None
    value = reader(text)
    if value is None:
        faults[column] = Fault(wrong)
    return value


def _weight(text: str) -> int | None:
    grams = numbers.read_grams(text)
    return grams if grams and grams <= MAX_WEIGHT_G else None


def _charge_of(text: str) -> int | None:
    charged = numbers.read_rupiah(text)
    return charged if charged is not None and charged <= MAX_CHARGE_IDR else None


def _date(text: str, today: date) -> date | None:
    for form in _DATES:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        return day if date(2020, 1, 1) < day <= today else None
    return None


def _courier_of(row: Row) -> str:
    parts = (row.cells.get("kurir", ""), row.cells.get("layanan", ""))
    return " ".join(part for part in parts if part and row.cells.get("kurir"))


def _known(lines: Sequence[Line]) -> _Known:
    good = [line for line in lines if line.status is not Status.WRONG]
    parcels = _parcels([line.parcel for line in good])
    holders: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for some in _chunks([line.resi for line in good]):
        query = sa.select(Parcel.resi, Parcel.code, Parcel.courier).where(Parcel.resi.in_(some))
        for resi, code, courier in db.session.execute(query):
            holders[resi].append((code, courier))
    charges: dict[int, int] = {}
    for some in _chunks([parcel.id for parcel in parcels.values()]):
        by_hand = sa.select(Booking.parcel_id, Booking.charged_idr).where(
            Booking.parcel_id.in_(some),
            Booking.provider == shipments.acts.MANUAL,
            Booking.charged_idr.is_not(None),
        )
        for parcel_id, charged in db.session.execute(by_hand.order_by(Booking.id)):
            charges[parcel_id] = charged or 0
    return _Known(parcels, dict(holders), charges)


def _parcels(codes: Sequence[str]) -> dict[str, Parcel]:
    found: dict[str, Parcel] = {}
    for some in _chunks(codes):
        query = shipments.with_all().where(Parcel.code.in_(some))
        found |= {parcel.code: parcel for parcel in db.session.scalars(query)}
    return found


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[at : at + _CHUNK] for at in range(0, len(items), _CHUNK)]


def _as(line: Line, status: Status, **changed: Any) -> Line:
    values = {name: getattr(line, name) for name in line.__slots__}
    return Line(**values | {"status": status} | changed)


def _with_header(data: bytes) -> bytes:
    """Put a header before text that has none; whatever parts code and number becomes a semicolon."""
    if data.startswith((b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xd0\xcf")):
        return data
    first, _, _rest = data.strip().partition(b"\n")
    if parcel_codes.read(first.decode("utf-8", "replace")) is None:
        return data
    text = data.decode("utf-8-sig", "replace").rstrip()
    rows = (
        re.split(r"[;,\t]|\s{1,}(?=\S)", line.strip(), maxsplit=1) for line in text.splitlines()
    )
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(("kode_paket", "resi"))
    writer.writerows([*(part.strip(" ;,\t") for part in row), ""][:2] for row in rows)
    return out.getvalue().encode()
