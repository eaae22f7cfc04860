"""Lists of sellers and products as the committee sends them."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from bazaar import imports
from bazaar.imports import Draft, Line, Status
from bazaar.imports.entries import LAYOUTS
from bazaar.rules import sheets
from bazaar.rules.sheets import Sheet
from tests.builders import HOST, NOW

Cells = Mapping[str, str]

SELLER = {
    "kode": "J-001",
    "nama_usaha": "Batik Sekar",
    "pemilik": "Siti Aminah",
    "klaster": "Batik",
    "kecamatan": "Sumbersari",
    "telepon": "0812-3456-7890",
    "desa": "Tegalgede",
    "email": "sekar@contoh.id",
    "media_sosial": "@sekar",
    "cerita": "Batik tulis.",
    "ketersediaan": "Sen-Jum 16.00-21.00",
}
PRODUCT = {
    "kode_penjual": "J-001",
    "kode_produk": "J-001-1",
    "nama_produk": "Kain daun tembakau",
    "keterangan": "Katun primisima.",
    "harga": "285000",
    "berat_gram": "450",
    "stok": "12",
}


def a_csv(*rows: Cells) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def a_draft(
    sellers: Sequence[Cells] = (), products: Sequence[Cells] = (), *, at: datetime = NOW
) -> Draft:
    """An upload of these rows that waits for review."""
    read = []
    for kind, rows in (("sellers", sellers), ("products", products)):
        if rows:
            found = sheets.read(a_csv(*rows), LAYOUTS[kind])
            assert isinstance(found, Sheet), found
            read.append(found)
    return imports.make(read, ["daftar.csv"], actor=HOST, now=at)


def lines(draft: Draft, status: Status | None = None) -> list[Line]:
    return [line for line in imports.review(draft).lines if status in {None, line.status}]


def changes(draft: Draft) -> dict[str, tuple[str, str]]:
    """What would change, over all rows: old and new text by column."""
    return {
        change.column: (change.old, change.new) for line in lines(draft) for change in line.changes
    }


def faults(draft: Draft) -> list[tuple[int, str, str]]:
    """Row, column and sentence of every wrong cell."""
    return [
        (line.number, column, str(fault))
        for line in lines(draft)
        for column, fault in line.faults.items()
    ]
