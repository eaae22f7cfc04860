"""What confirming an upload would do, row by row, against what is stored now."""

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from bazaar import editions, phones, regions, sellers
from bazaar.db import db
from bazaar.errors import N_
from bazaar.imports.drafts import Draft
from bazaar.imports.entries import Checked, Entry, check_product, check_seller
from bazaar.models import Edition, Product, ReceivingAccount, Seller
from bazaar.rules import hours, qris
from bazaar.rules.hours import Hours
from bazaar.rules.qris import QrisInfo
from bazaar.rules.sheets import Fault

TWICE: Final = N_("Kode ini juga ada di baris {rows}. Satu kode hanya boleh satu baris.")
NO_SELLER: Final = N_("Penjual {code} belum ada, juga tidak di berkas penjual unggahan ini.")
SELLER_WRONG: Final = N_("Baris penjual {code} di unggahan ini masih salah; perbaiki itu dulu.")
SAME_STICKER: Final = N_("QRIS ini sama dengan milik {other}. Pastikan tidak tertukar.")
SAME_STICKER_HERE: Final = N_("QRIS ini ada di lebih dari satu baris. Pastikan tidak tertukar.")
SECOND_PERSON: Final = N_("QRIS pengganti baru dipakai setelah disetujui orang kedua dari panitia.")
WORTH_A_LOOK: Final = frozenset({"fixed_amount", "tip", "nmid_missing"})
"""Warnings of a sticker that somebody should see before it is used."""

FIELDS: Final[Mapping[str, str]] = {
    "nama_usaha": "name",
    "pemilik": "owner_name",
    "klaster": "cluster",
    "telepon": "phone",
    "desa": "village",
    "email": "email",
    "media_sosial": "social",
    "cerita": "story",
    "nama_produk": "name",
    "keterangan": "description",
    "harga": "price_idr",
    "berat_gram": "weight_g",
    "stok": "stock",
    "panjang_cm": "length_cm",
    "lebar_cm": "width_cm",
    "tinggi_cm": "height_cm",
    "berat_bersih_gram": "net_weight_g",
    "kode_hs": "hs_code",
    "keterangan_bea_cukai": "customs_text",
    "paling_banyak": "most_per_order",
}
"""Columns that are one field of a seller or product as they stand."""


class Status(enum.Enum):
    """What becomes of a row."""

    WRONG = "wrong"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """A column whose value would change, as people read it."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the review. `seller` or `product` is what stands already, if anything does."""

    kind: str
    number: int
    title: str
    status: Status
    cells: Mapping[str, str]
    faults: Mapping[str, Fault] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    notes: Sequence[Fault] = ()
    entry: Entry | None = None
    stored: Seller | Product | None = None
    joins: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """All rows: wrong ones first, then those that change something, then the rest."""

    edition: Edition
    lines: Sequence[Line]

    def count(self, status: Status, kind: str | None = None) -> int:
        """Return how many rows have this status, in one list or in all."""
        return sum(line.status is status and kind in {None, line.kind} for line in self.lines)

    @property
    def good(self) -> int:
        """How many rows confirming would store."""
        return self.count(Status.NEW) + self.count(Status.CHANGED)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database holds of the sellers and products that an upload names."""

    edition: Edition
    sellers: Mapping[str, Seller]
    products: Mapping[tuple[str, str], Product]
    hours: Mapping[int, tuple[Hours, ...]]
    stickers: Mapping[int, str]
    owners: Mapping[str, str]
    participants: Collection[int]


def review(draft: Draft) -> Review:
    """Return what confirming would do now. Changes nothing. Raises NoEdition."""
    edition = editions.get_current()
    districts = regions.districts(edition.regency_code)
    seller_rows = _rows(draft, "sellers", lambda row: check_seller(row, districts))
    product_rows = _rows(draft, "products", check_product)
    stored = _stored(edition, seller_rows, product_rows)
    stickers = _stickers(seller_rows)
    lines = [_seller_line(checked, stored, stickers) for checked in seller_rows]
    good = {line.entry.key[0] for line in lines if line.entry} | stored.sellers.keys()
    wrong = {checked.key[0] for checked in seller_rows if checked.key and not checked.entry}
    lines += [_product_line(_with_seller(checked, good, wrong), stored) for checked in product_rows]
    order = {status: place for place, status in enumerate(Status)}
    lines.sort(key=lambda line: order[line.status])  # stable: sellers first, then by row
    return Review(edition, lines)


def _rows(draft: Draft, kind: str, check: Any) -> list[Checked]:
    if kind not in draft.sheets:
        return []
    rows: list[Checked] = [check(row) for row in draft.sheets[kind].rows]
    numbers: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for checked in rows:
        if checked.key:
            numbers[checked.key].append(checked.row.number)
    return [_once(checked, numbers[checked.key]) if checked.key else checked for checked in rows]


def _once(checked: Checked, numbers: list[int]) -> Checked:
    """Refuse a row whose key other rows have too: nobody knows which one is meant."""
    if len(numbers) < 2:
        return checked
    others = [str(number) for number in numbers if number != checked.row.number][:5]
    column = "kode" if "kode" in checked.row.cells else "kode_produk"
    fault = Fault(TWICE, {"rows": ", ".join(others)})
    return Checked(checked.row, checked.key, None, {**checked.faults, column: fault})


def _with_seller(checked: Checked, good: Collection[str], wrong: Collection[str]) -> Checked:
    """Refuse a product of a seller who is neither stored nor about to be."""
    if checked.key is None or checked.key[0] in good:
        return checked
    code = checked.key[0]
    fault = Fault(SELLER_WRONG if code in wrong else NO_SELLER, {"code": code})
    return Checked(checked.row, checked.key, None, {**checked.faults, "kode_penjual": fault})


def _stored(edition: Edition, seller_rows: list[Checked], product_rows: list[Checked]) -> _Stored:
    codes = {checked.key[0] for checked in (*seller_rows, *product_rows) if checked.key}
    found = sellers.find_by_codes(codes)
    ids = [seller.id for seller in found.values()]
    codes_by_id = {seller.id: code for code, seller in found.items()}
    products = db.session.scalars(sa.select(Product).where(Product.seller_id.in_(ids)))
    in_use = db.session.execute(
        sa.select(Seller.id, Seller.code, Seller.name, ReceivingAccount.payload)
        .join(ReceivingAccount, ReceivingAccount.seller_id == Seller.id)
        .where(ReceivingAccount.replaced_at.is_(None))
    ).all()
    return _Stored(
        edition=edition,
        sellers=found,
        products={(codes_by_id[p.seller_id], p.code): p for p in products},
        hours=sellers.hours_of(ids),
        stickers={seller_id: payload for seller_id, _, _, payload in in_use},
        owners={payload: f"{code} {name}" for _, code, name, payload in in_use},
        participants=sellers.participants(edition),
    )


def _stickers(rows: Iterable[Checked]) -> Counter[str]:
    """Count how often each sticker stands in the file."""
    found = (checked.entry.values.get("qris") for checked in rows if checked.entry)
    return Counter(info.payload for info in found if info)


def _seller_line(checked: Checked, stored: _Stored, stickers: Counter[str]) -> Line:
    title = checked.row.cells.get("nama_usaha", "")
    if checked.entry is None:
        return _wrong("sellers", checked, title)
    entry = checked.entry
    seller = stored.sellers.get(entry.key[0])
    info = entry.values.get("qris")
    notes = _notes(entry, info, stored, stickers) if info else []
    changes = list(_seller_changes(entry, seller, stored)) if seller else []
    joins = seller is None or seller.id not in stored.participants
    if seller is not None and joins:
        changes.append(Change("penyelenggaraan", "", stored.edition.name))
    return Line(
        "sellers",
        checked.row.number,
        f"{entry.key[0]} {title}",
        Status.NEW if seller is None else Status.CHANGED if changes else Status.SAME,
        checked.row.cells,
        changes=changes,
        notes=notes,
        entry=entry,
        stored=seller,
        joins=joins,
    )


def _seller_changes(entry: Entry, seller: Seller, stored: _Stored) -> Iterable[Change]:
    yield from _field_changes(entry, seller)
    district = entry.values["kecamatan"]
    if district.code != seller.district_code:
        yield Change("kecamatan", seller.district, district.name)
    if "ketersediaan" in entry.values:
        old, new = stored.hours.get(seller.id, ()), entry.values["ketersediaan"]
        if old != new:
            yield Change("ketersediaan", hours.write_hours(old), hours.write_hours(new))
    info: QrisInfo | None = entry.values.get("qris")
    if info and info.payload != stored.stickers.get(seller.id):
        yield Change("qris", _sticker_name(stored.stickers.get(seller.id)), _shown_sticker(info))


def _product_line(checked: Checked, stored: _Stored) -> Line:
    title = checked.row.cells.get("nama_produk", "")
    if checked.entry is None:
        return _wrong("products", checked, title)
    entry = checked.entry
    product = stored.products.get((entry.key[0], entry.key[1]))
    changes = list(_field_changes(entry, product)) if product else []
    return Line(
        "products",
        checked.row.number,
        f"{entry.key[1]} {title}",
        Status.NEW if product is None else Status.CHANGED if changes else Status.SAME,
        checked.row.cells,
        changes=changes,
        entry=entry,
        stored=product,
    )


def _wrong(kind: str, checked: Checked, title: str) -> Line:
    codes = [checked.row.cells.get(c, "") for c in ("kode", "kode_produk")]
    shown = " ".join(filter(None, (*codes, title)))[:120]
    return Line(
        kind, checked.row.number, shown, Status.WRONG, checked.row.cells, faults=checked.faults
    )


def _notes(
    entry: Entry, info: QrisInfo, stored: _Stored, stickers: Counter[str]
) -> Sequence[Fault]:
    notes = [Fault(qris.WARNINGS[key]) for key in info.warnings if key in WORTH_A_LOOK]
    seller = stored.sellers.get(entry.key[0])
    in_use = stored.stickers.get(seller.id) if seller else None
    if in_use and in_use != info.payload:
        notes.append(Fault(SECOND_PERSON))
    owner = stored.owners.get(info.payload)
    if owner and not owner.startswith(f"{entry.key[0]} "):
        notes.append(Fault(SAME_STICKER, {"other": owner}))
    elif stickers[info.payload] > 1:
        notes.append(Fault(SAME_STICKER_HERE))
    return notes


def _field_changes(entry: Entry, stored: Seller | Product) -> Iterable[Change]:
    for column, name in FIELDS.items():
        if column not in entry.values:
            continue
        old, new = getattr(stored, name), entry.values[column]
        if old != new:
            show = phones.show if column == "telepon" else _shown
            yield Change(column, show(old), show(new))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    text = str(value)
    return text if len(text) <= 160 else f"{text[:157]} …"


def _sticker_name(payload: str | None) -> str:
    info = qris.inspect(payload) if payload else None
    return _shown_sticker(info) if isinstance(info, QrisInfo) else ""


def _shown_sticker(info: QrisInfo) -> str:
    return " · ".join(filter(None, (info.name, info.nmid or info.pan_masked)))
