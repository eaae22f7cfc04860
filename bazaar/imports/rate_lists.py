"""The table of shipping prices as a list: read, reviewed, applied, and written out again.

What is written out and sent in again unchanged changes nothing. Rows that are not in the list
stay as they are. Place, courier and first day name a row, so that next season's prices can wait
beside today's; a list without first days means the only row of the place and courier.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, rates
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_
from bazaar.imports.applying import Applied
from bazaar.imports.drafts import Draft
from bazaar.imports.reviewing import Change, Status
from bazaar.models import ImportDraft, ShippingRate
from bazaar.rules.numbers import read_rupiah, read_whole
from bazaar.rules.sheets import SPOILT, Fault, Layout, Row
from bazaar.rules.shipping import ANY_COUNTRY, DIVISOR, HOME, TOLERANCE_G, Rate

RATES: Final = Layout(
    "rates",
    ("tujuan", "kurir", "kg_pertama", "kg_berikutnya"),
    (
        *("nama_tujuan", "hari", "min_kg", "maks_kg", "pembagi", "toleransi_gram"),
        *("berlaku_mulai", "berlaku_sampai", "dipakai"),
    ),
    {
        "kode_tujuan": "tujuan",
        "kode": "tujuan",
        "courier": "kurir",
        "layanan": "kurir",
        "harga_pertama": "kg_pertama",
        "harga_berikutnya": "kg_berikutnya",
        "lama_kirim": "hari",
        "etd": "hari",
        "max_kg": "maks_kg",
        "divisor": "pembagi",
        "toleransi": "toleransi_gram",
        "aktif": "dipakai",
    },
)
FIELDS: Final[Mapping[str, str]] = {
    "kg_pertama": "first_kg_idr",
    "kg_berikutnya": "next_kg_idr",
    "hari": "days",
    "min_kg": "min_kg",
    "maks_kg": "max_kg",
    "pembagi": "divisor",
    "toleransi_gram": "tolerance_g",
    "berlaku_mulai": "valid_from",
    "berlaku_sampai": "valid_until",
    "dipakai": "active",
}
"""Columns by the field of a rate; the other columns name the row."""

MAX_IDR: Final = 100_000_000
YES: Final = frozenset({"", "ya", "y", "1", "aktif"})
NO: Final = frozenset({"tidak", "t", "0", "no", "nonaktif"})
EXAMPLE: Final = ("35.09", "JNE REG", "9000", "8000", "", "1-2", "1", "", "6000", "300", "", "", "")

MISSING: Final = N_("Wajib diisi.")
NO_PLACE: Final = N_(
    "“{value}” bukan kode tujuan. Tulis 35, 35.09, atau 35.09.21; ID; dua huruf negara; atau *."
)
TOO_LONG: Final = N_("Paling panjang {limit} huruf.")
BAD_PRICE: Final = N_("“{value}” bukan harga. Ketik rupiah bulat, contoh 15000.")
BAD_NUMBER: Final = N_("“{value}”: isi angka bulat dari {least} sampai {most}.")
BAD_DAY: Final = N_("“{value}” bukan tanggal. Contoh: 2026-03-01.")
BAD_YES: Final = N_("“{value}”: isi ya atau tidak.")
BACKWARDS: Final = N_("Hari terakhir tidak boleh sebelum hari pertama.")
LESS_THAN_LEAST: Final = N_("Berat maksimum tidak boleh di bawah berat minimum.")
TWICE: Final = N_("Tujuan dan kurir ini juga ada di baris {rows}. Hapus salah satunya.")
WHICH_SEASON: Final = N_(
    "Tujuan dan kurir ini punya beberapa masa berlaku. Tambahkan kolom berlaku_mulai."
)

Key = tuple[str, str, date | None]


@dataclass(frozen=True, slots=True)
class RateLine:
    """One row of the review."""

    number: int
    title: str
    status: Status
    faults: Mapping[str, Fault] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    rate: Rate | None = None
    stored: ShippingRate | None = None


@dataclass(frozen=True, slots=True)
class RateReview:
    """All rows: wrong ones first, then those that change something, then the rest."""

    lines: Sequence[RateLine]

    def count(self, status: Status) -> int:
        """Return how many rows have this status."""
        return sum(line.status is status for line in self.lines)

    @property
    def good(self) -> int:
        """How many rows confirming would store."""
        return self.count(Status.NEW) + self.count(Status.CHANGED)


def review_rates(draft: Draft) -> RateReview:
    """Return what confirming would do now. Changes nothing."""
    rows = draft.sheets["rates"].rows
    table = list(db.session.scalars(sa.select(ShippingRate)))
    stored = {(row.prefix, row.courier.casefold(), row.valid_from): row for row in table}
    begins: dict[tuple[str, str], list[date | None]] = defaultdict(list)
    for prefix, courier, valid_from in stored:
        begins[prefix, courier].append(valid_from)
    spelled = {row.courier.casefold(): row.courier for row in table}
    checked = [(row, *_check(row)) for row in rows]
    numbers: dict[Key, list[int]] = defaultdict(list)
    for row, values, _ in checked:
        numbers[_key(values, begins)].append(row.number)
        spelled.setdefault(values["courier"].casefold(), values["courier"])
    lines = []
    for row, values, faults in checked:
        key = _key(values, begins)
        others = [str(number) for number in numbers[key] if number != row.number][:5]
        named = "tujuan" not in faults and "kurir" not in faults
        if others and named:
            faults["tujuan"] = Fault(TWICE, {"rows": ", ".join(others)})
        elif named and "valid_from" not in values and len(begins[key[:2]]) > 1:
            faults["berlaku_mulai"] = Fault(WHICH_SEASON)
        values["courier"] = spelled[values["courier"].casefold()]
        lines.append(_line(row, values, faults, stored.get(key)))
    order = {status: place for place, status in enumerate(Status)}
    return RateReview(sorted(lines, key=lambda line: order[line.status]))


def apply_rates(draft: Draft, *, actor: Actor, now: datetime) -> Applied:
    """Store all good rows of the list in the caller's transaction; a second time does nothing.

    Orders keep the prices they were placed with.
    """
    first = sa.update(ImportDraft).where(
        ImportDraft.id == draft.row.id, ImportDraft.applied_at.is_(None)
    )
    if not claim(first.values(applied_at=now)):
        db.session.refresh(draft.row)
        return Applied(draft.row.outcome or {}, again=True)
    found = review_rates(draft)
    added: dict[str, Mapping[str, Any]] = {}
    changed: dict[str, Mapping[str, Any]] = {}
    for line in found.lines:
        if line.rate is None or line.status not in {Status.NEW, Status.CHANGED}:
            continue
        values = asdict(line.rate)
        subject = f"rate:{line.rate.prefix or HOME}:{line.rate.courier}"
        if line.stored is None:
            db.session.add(ShippingRate(**values))
            added[subject] = rates.told(values)
        else:
            before = rates.told(asdict(rates.rate_of(line.stored)))
            for name, value in values.items():
                setattr(line.stored, name, value)
            changed[subject] = {"before": before, **rates.told(values)}
    db.session.flush()
    for action, noted in (("rate.add", added), ("rate.change", changed)):
        if noted:
            audit.note_each(actor, action, noted, now=now)
    outcome = {"rates": {status.value: found.count(status) for status in Status}}
    db.session.refresh(draft.row)
    draft.row.outcome = outcome
    audit.note(actor, "import.apply", f"import:{draft.row.id}", now=now, outcome=outcome)
    db.session.flush()
    return Applied(outcome)


def written_rates(form: str) -> bytes:
    """Return the whole table as `csv` or `xlsx`, in the columns that are read."""
    query = sa.select(ShippingRate).order_by(*rates.IN_ORDER)
    return _written(form, [_cells(rates.rate_of(row)) for row in db.session.scalars(query)])


def example_rates(form: str) -> bytes:
    """Return a list with one row as an example, as `csv` or `xlsx`."""
    place = rates.name_at_home(EXAMPLE[0])
    row = dict(zip(_order(), EXAMPLE, strict=True)) | {"nama_tujuan": place, "dipakai": "ya"}
    return _written(form, [row])


def _order() -> tuple[str, ...]:
    return RATES.columns


def _cells(rate: Rate) -> dict[str, str]:
    row = {"tujuan": rate.prefix or HOME, "kurir": rate.courier}
    row["nama_tujuan"] = rates.name_at_home(rate.prefix)
    return row | {column: _shown(getattr(rate, name)) for column, name in FIELDS.items()}


def _written(form: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(_order())
        writer.writerows([_harmless(row[column]) for column in _order()] for row in rows)
        return out.getvalue().encode("utf-8-sig")
    import xlsxwriter  # noqa: PLC0415 (only when a workbook is written)

    packed = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(packed, options)
    sheet = book.add_worksheet("Ongkir")
    # Text everywhere: 35.10 as a number would lose its last digit.
    sheet.set_column(0, len(_order()) - 1, 18, book.add_format({"num_format": "@"}))
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(_order()):
        sheet.write_string(0, place, column, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(_order()):
            sheet.write_string(number, place, row[column])
    book.close()
    return packed.getvalue()


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _check(row: Row) -> tuple[dict[str, Any], dict[str, Fault]]:
    """Return what a row says in the fields of a rate, and a sentence for every wrong cell.

    Columns that the list does not have are absent, except those that name the row.
    """
    faults: dict[str, Fault] = {}
    values: dict[str, Any] = {
        "prefix": _read_cell(row, "tujuan", _prefix, faults) or "",
        "courier": _read_cell(row, "kurir", _courier, faults) or "",
    }
    for column, name in FIELDS.items():
        if column in row.cells:
            values[name] = _read_cell(row, column, _READERS[column], faults)
    if not faults:
        since, until = values.get("valid_from"), values.get("valid_until")
        if since and until and until < since:
            faults["berlaku_sampai"] = Fault(BACKWARDS)
        most = values.get("max_kg")
        if most is not None and most < values.get("min_kg", 1):
            faults["maks_kg"] = Fault(LESS_THAN_LEAST)
    return values, faults


def _read_cell(row: Row, column: str, read: Callable[[str], Any], faults: dict[str, Fault]) -> Any:
    text = row.cells.get(column, "")
    spoilt = row.spoilt.get(column)
    if spoilt == "date" and column.startswith("berlaku_"):
        text, spoilt = text[:10], None
    if spoilt:
        faults[column] = Fault(SPOILT[spoilt], {"value": text[:40]})
        return None
    found = read(" ".join(text.split()))
    if isinstance(found, Fault):
        faults[column] = found
        return None
    return found


def _prefix(text: str) -> str | Fault:
    code = text.upper()
    if code in {HOME, "INDONESIA"}:
        return ""
    if not code:
        return Fault(MISSING)
    known = code == ANY_COUNTRY or rates.is_place(code)
    return code if known else Fault(NO_PLACE, {"value": text[:40]})


def _courier(text: str) -> str | Fault:
    if not text:
        return Fault(MISSING)
    return text if len(text) <= 40 else Fault(TOO_LONG, {"limit": "40"})


def _price(text: str) -> int | Fault:
    amount = read_rupiah(text)
    if amount is None or amount > MAX_IDR:
        return Fault(BAD_PRICE, {"value": text[:40]}) if text else Fault(MISSING)
    return amount


def _days(text: str) -> str | Fault:
    text = text.removeprefix("'")
    return text if len(text) <= 20 else Fault(TOO_LONG, {"limit": "20"})


def _number(least: int, most: int, empty: int | None) -> Callable[[str], int | Fault | None]:
    def read(text: str) -> int | Fault | None:
        if not text:
            return empty
        number = read_whole(text)
        if number is None or not least <= number <= most:
            return Fault(BAD_NUMBER, {"value": text[:40], "least": str(least), "most": str(most)})
        return number

    return read


def _day(text: str) -> date | Fault | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return Fault(BAD_DAY, {"value": text[:40]})


def _yes(text: str) -> bool | Fault:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    return Fault(BAD_YES, {"value": text[:40]})


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "kg_pertama": _price,
    "kg_berikutnya": _price,
    "hari": _days,
    "min_kg": _number(1, 1_000, 1),
    "maks_kg": _number(1, 1_000, None),
    "pembagi": _number(1_000, 10_000, DIVISOR),
    "toleransi_gram": _number(0, 999, TOLERANCE_G),
    "berlaku_mulai": _day,
    "berlaku_sampai": _day,
    "dipakai": _yes,
}


def _key(values: Mapping[str, Any], begins: Mapping[tuple[str, str], list[date | None]]) -> Key:
    """Return what names the row; where the list has no first days, the first one stored."""
    place = values["prefix"], values["courier"].casefold()
    return *place, values.get("valid_from", next(iter(begins.get(place, ())), None))


def _line(
    row: Row,
    values: Mapping[str, Any],
    faults: Mapping[str, Fault],
    stored: ShippingRate | None,
) -> RateLine:
    title = f"{row.cells.get('tujuan', '')} {row.cells.get('kurir', '')}".strip()[:80]
    if faults:
        return RateLine(row.number, title, Status.WRONG, faults)
    rate = Rate(**{"days": "", **(asdict(rates.rate_of(stored)) if stored else {}), **values})
    title = f"{rates.name_at_home(rate.prefix)}, {rate.courier}"
    if stored is None:
        return RateLine(row.number, title, Status.NEW, rate=rate)
    changes = [
        Change(column, _shown(getattr(stored, name)), _shown(getattr(rate, name)))
        for column, name in FIELDS.items()
        if getattr(stored, name) != getattr(rate, name)
    ]
    status = Status.CHANGED if changes else Status.SAME
    return RateLine(row.number, title, status, changes=changes, rate=rate, stored=stored)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case date():
            return value.isoformat()
        case _:
            return str(value)
