"""Empty lists to fill in: CSV as Indonesian Excel opens it, and XLSX whose cells stay text."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from bazaar.errors import NotFound
from bazaar.imports.entries import LAYOUTS, PRODUCTS, SELLERS
from bazaar.regions import Region
from bazaar.rules.clusters import CLUSTERS

EXAMPLES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The forms of a template and their media types."""

FILE_NAMES: Final = {"sellers": "contoh-penjual", "products": "contoh-produk"}
SHEET_NAMES: Final = {"sellers": "Penjual", "products": "Produk"}
ROWS: Final = 2_000
"""So many rows of a template are formatted."""

_EXPLAINED: Final = {
    "kode": ("Kunci tetap dari panitia; tidak boleh sama", "CONTOH-1"),
    "nama_usaha": ("Nama usaha seperti di spanduk", "Batik Sekar Jati"),
    "pemilik": ("Nama pemilik", "Siti Aminah"),
    "klaster": ("Satu dari daftar di bawah", "Batik"),
    "kecamatan": ("Satu dari daftar di bawah", ""),
    "telepon": ("Nomor WhatsApp", "0812-3456-7890"),
    "desa": ("Desa atau kelurahan", ""),
    "email": ("Boleh kosong", "sekarjati@contoh.example"),
    "media_sosial": ("Boleh kosong", "@sekarjati"),
    "cerita": ("Beberapa kalimat untuk pembeli", "Batik tulis motif daun tembakau."),
    "ketersediaan": (
        "Kapan bisa siaran; kosong berarti setiap hari",
        "Sen-Jum 16.00-21.00; Sab-Min 09.00-21.00",
    ),
    "qris": ("Isi kode QR dari stiker QRIS statis; kosong berarti tetap", ""),
    "kode_penjual": ("Kode penjual dari daftar penjual", "CONTOH-1"),
    "kode_produk": ("Kunci tetap produk itu pada penjualnya", "CONTOH-1-1"),
    "nama_produk": ("Nama produk", "Batik tulis daun tembakau 2 m"),
    "harga": ("Rupiah bulat", "285000"),
    "berat_gram": ("Berat kirim dalam gram", "450"),
    "stok": ("Yang ada di rak sekarang", "12"),
    "keterangan": ("Boleh kosong", "Katun primisima, pewarna alam."),
    "panjang_cm": ("Ukuran siap kirim; boleh kosong", "30"),
    "lebar_cm": ("Boleh kosong", "25"),
    "tinggi_cm": ("Boleh kosong", "4"),
    "berat_bersih_gram": ("Tanpa kemasan, untuk kiriman luar negeri; boleh kosong", "400"),
    "kode_hs": ("Untuk kiriman luar negeri, 6 angka atau lebih; boleh kosong", "520852"),
    "keterangan_bea_cukai": (
        "Untuk kiriman luar negeri, dalam bahasa Inggris; boleh kosong",
        "hand-drawn batik cotton cloth",
    ),
    "paling_banyak": ("Paling banyak dalam satu pesanan; kosong berarti tanpa batas", "10"),
}
_NUMBERS: Final = frozenset(
    {"harga", "berat_gram", "stok", "panjang_cm", "lebar_cm", "tinggi_cm", "berat_bersih_gram"}
    | {"paling_banyak"}
)
_WIDE: Final = frozenset(
    {"cerita", "keterangan", "ketersediaan", "qris", "nama_produk", "keterangan_bea_cukai"}
)


class NoSuchExample(NotFound):
    """There is no template of this kind or form."""


def example(kind: str, form: str, districts: Sequence[Region]) -> tuple[str, str, bytes]:
    """Return file name, media type and content of an empty list with one row as an example.

    `kind` is `sellers` or `products`, `form` a key of `EXAMPLES`. Raises NoSuchExample.
    """
    if kind not in LAYOUTS or form not in EXAMPLES:
        raise NoSuchExample
    columns = {
        "sellers": (
            *("kode", "nama_usaha", "pemilik", "klaster", "kecamatan", "desa", "telepon"),
            *("email", "media_sosial", "cerita", "ketersediaan", "qris"),
        ),
        "products": (
            *("kode_penjual", "kode_produk", "nama_produk", "keterangan"),
            *("harga", "berat_gram", "stok", "panjang_cm", "lebar_cm", "tinggi_cm"),
            *("berat_bersih_gram", "kode_hs", "keterangan_bea_cukai", "paling_banyak"),
        ),
    }[kind]
    assert set(columns) == set((SELLERS if kind == "sellers" else PRODUCTS).columns)
    row = {column: _EXPLAINED[column][1] for column in columns}
    if "kecamatan" in row and districts:
        row["kecamatan"] = districts[0].name
    content = _csv(row) if form == "csv" else _xlsx(kind, row, districts)
    return f"{FILE_NAMES[kind]}.{form}", EXAMPLES[form], content


def _csv(row: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerows([list(row), list(row.values())])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(kind: str, row: dict[str, str], districts: Sequence[Region]) -> bytes:
    import xlsxwriter  # noqa: PLC0415 (only when an example is made)

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(SHEET_NAMES[kind])
    as_text = book.add_format({"num_format": "@"})
    as_number = book.add_format({"num_format": "0"})
    head = book.add_format({"bold": True, "bg_color": "#161F4D", "font_color": "#FFFFFF"})
    sheet.freeze_panes(1, 0)
    for place, (column, value) in enumerate(row.items()):
        number = column in _NUMBERS
        sheet.set_column(place, place, 36 if column in _WIDE else 18, None if number else as_text)
        sheet.write_string(0, place, column, head)
        if number:
            sheet.write_number(1, place, int(value), as_number)
        else:
            sheet.write_string(1, place, value, as_text)
    _explain(book, sheet, kind, list(row), districts)
    book.close()
    return out.getvalue()


def _explain(
    book: Any,
    sheet: Any,
    kind: str,
    columns: list[str],
    districts: Sequence[Region],
) -> None:
    """Add a sheet that says what belongs into each column, with lists to choose from."""
    bold = book.add_format({"bold": True})
    guide = book.add_worksheet("Petunjuk")
    guide.set_column(0, 1, 22)
    guide.set_column(2, 2, 60)
    for place, title in enumerate(("Kolom", "Wajib?", "Isi")):
        guide.write_string(0, place, title, bold)
    for line, column in enumerate(columns, start=1):
        guide.write_string(line, 0, column)
        guide.write_string(line, 1, "wajib" if column in LAYOUTS[kind].required else "boleh kosong")
        guide.write_string(line, 2, _EXPLAINED[column][0])
    if kind != "sellers":
        return
    start = len(columns) + 3
    choices = {
        "klaster": [cluster.name for cluster in CLUSTERS],
        "kecamatan": [district.name for district in districts],
    }
    for place, (column, names) in enumerate(choices.items()):
        guide.write_string(start - 1, place, column, bold)
        for line, name in enumerate(names, start=start):
            guide.write_string(line, place, name)
        letter = "AB"[place]
        source = f"=Petunjuk!${letter}${start + 1}:${letter}${start + len(names)}"
        if names:
            sheet.data_validation(
                1,
                columns.index(column),
                ROWS,
                columns.index(column),
                {"validate": "list", "source": source, "error_type": "warning"},
            )
