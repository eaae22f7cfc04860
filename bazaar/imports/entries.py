"""What a row of a list says, cell by cell, or a sentence for every cell that is wrong."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bazaar import phones
from bazaar.errors import N_
from bazaar.regions import Region
from bazaar.rules import clusters, hours, numbers, qris
from bazaar.rules.hours import Hours
from bazaar.rules.qris import QrisInfo, QrisRejected
from bazaar.rules.sheets import SPOILT, Fault, Layout, Row

SELLERS: Final = Layout(
    "sellers",
    ("kode", "nama_usaha", "pemilik", "klaster", "kecamatan", "telepon"),
    ("desa", "email", "media_sosial", "cerita", "ketersediaan", "qris"),
    {
        "kode_penjual": "kode",
        "kode_umkm": "kode",
        "nama": "nama_usaha",
        "nama_umkm": "nama_usaha",
        "usaha": "nama_usaha",
        "nama_pemilik": "pemilik",
        "owner": "pemilik",
        "sektor": "klaster",
        "kec": "kecamatan",
        "kelurahan": "desa",
        "desa_kelurahan": "desa",
        "no_hp": "telepon",
        "no_wa": "telepon",
        "no_telepon": "telepon",
        "nomor_telepon": "telepon",
        "hp": "telepon",
        "wa": "telepon",
        "whatsapp": "telepon",
        "telp": "telepon",
        "e_mail": "email",
        "surel": "email",
        "instagram": "media_sosial",
        "medsos": "media_sosial",
        "sosmed": "media_sosial",
        "jam": "ketersediaan",
        "jadwal": "ketersediaan",
        "isi_qris": "qris",
    },
)
PRODUCTS: Final = Layout(
    "products",
    ("kode_penjual", "kode_produk", "nama_produk", "harga", "berat_gram", "stok"),
    (
        *("keterangan", "panjang_cm", "lebar_cm", "tinggi_cm", "berat_bersih_gram"),
        *("kode_hs", "keterangan_bea_cukai", "paling_banyak"),
    ),
    {
        "penjual": "kode_penjual",
        "kode_umkm": "kode_penjual",
        "kode": "kode_produk",
        "produk": "nama_produk",
        "nama": "nama_produk",
        "harga_rp": "harga",
        "harga_rupiah": "harga",
        "berat": "berat_gram",
        "berat_g": "berat_gram",
        "stock": "stok",
        "jumlah": "stok",
        "deskripsi": "keterangan",
        "panjang": "panjang_cm",
        "lebar": "lebar_cm",
        "tinggi": "tinggi_cm",
        "berat_bersih": "berat_bersih_gram",
        "berat_bersih_g": "berat_bersih_gram",
        "hs": "kode_hs",
        "hs_code": "kode_hs",
        "bea_cukai": "keterangan_bea_cukai",
        "batas": "paling_banyak",
        "paling_banyak_per_pesanan": "paling_banyak",
    },
)
LAYOUTS: Final = {layout.kind: layout for layout in (SELLERS, PRODUCTS)}

MAX_CODE: Final = 40
MAX_NAME: Final = 120
MAX_LINE: Final = 200
MAX_STORY: Final = 2_000
MIN_PRICE_IDR: Final = 100
MAX_PRICE_IDR: Final = 100_000_000
MAX_WEIGHT_G: Final = 100_000
MAX_STOCK: Final = 100_000
MAX_MOST: Final = 50

EXAMPLE: Final = "CONTOH"
"""Keys of the rows in our templates begin so, lest they be imported."""

_CODE: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]{0,38}[A-Z0-9])?", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[a-zA-Z]{2,24}")
_DISTRICT_WORD: Final = re.compile(r"^(?:kecamatan|kec\.?|distrik)\s+", re.IGNORECASE)

MISSING: Final = N_("Wajib diisi.")
BAD_CODE: Final = N_("“{value}”: kode hanya huruf, angka, titik, dan tanda hubung, contoh J-001.")
EXAMPLE_ROW: Final = N_("Ini baris contoh dari templat. Hapus barisnya.")
TOO_LONG: Final = N_("Paling panjang {limit} huruf; ini {length}.")
BAD_CLUSTER: Final = N_("“{value}” bukan klaster. Pilih salah satu: {choices}.")
CLUSTER_SLIP: Final = N_("“{value}” bukan klaster. Mungkin maksudnya {closest}?")
BAD_DISTRICT: Final = N_("“{value}” bukan kecamatan di wilayah penyelenggaraan ini.")
DISTRICT_SLIP: Final = N_("“{value}” bukan kecamatan di sini. Mungkin maksudnya {closest}?")
BAD_PHONE: Final = N_("“{value}” bukan nomor telepon yang ada. Contoh: 0812-3456-7890.")
BAD_EMAIL: Final = N_("“{value}” bukan alamat surel. Contoh: nama@contoh.id, atau kosongkan.")
BAD_HOURS: Final = N_(
    "“{value}” tidak dimengerti. Contoh: setiap hari, atau Sen-Jum 16.00-21.00; Sab-Min."
)
BAD_PRICE: Final = N_("“{value}” bukan harga. Ketik rupiah bulat, contoh 15000.")
PRICE_RANGE: Final = N_("Harga {value} di luar batas. Isi antara Rp100 dan Rp100.000.000.")
BAD_WEIGHT: Final = N_("“{value}” bukan berat. Ketik gram bulat, contoh 250 (1,5 kg ditulis 1500).")
WEIGHT_RANGE: Final = N_("Berat {value} gram di luar batas. Isi antara 1 dan 100.000 gram.")
BAD_SIZE: Final = N_("“{value}” bukan ukuran. Ketik sentimeter bulat, contoh 30.")
SIZE_RANGE: Final = N_("Ukuran {value} cm di luar batas. Isi antara 1 dan 200.")
BAD_HS_CODE: Final = N_("Kode HS terdiri dari 6, 8, atau 10 angka, contoh 6217.10.")
BAD_CUSTOMS_TEXT: Final = N_("Tulis dalam bahasa Inggris dengan huruf biasa, contoh cotton scarf.")
BAD_STOCK: Final = N_("“{value}” bukan jumlah. Ketik angka bulat, contoh 40; habis ditulis 0.")
STOCK_RANGE: Final = N_("Stok {value} di luar batas. Isi antara 0 dan 100.000.")
MOST_RANGE: Final = N_("Isi antara 1 dan 50, atau kosongkan bila tanpa batas.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it will be stored: our columns with read values. A column not in the file is absent.

    `key` names the thing: (kode,) or (kode_penjual, kode_produk).
    """

    key: tuple[str, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """A row with its entry, or with the faults by column that forbid one.

    `key` is there as far as it can be read, so that doubles are found among wrong rows too.
    """

    row: Row
    key: tuple[str, ...] | None
    entry: Entry | None
    faults: Mapping[str, Fault] = field(default_factory=dict)


Reader = Callable[[str], Any]
"""Reads a cell: the value, or a Fault."""


def check_seller(row: Row, districts: Sequence[Region]) -> Checked:
    """Return the row of a seller, checked. `districts` are those that sellers may live in."""
    readers: dict[str, Reader] = {
        "kode": read_code,
        "nama_usaha": _name,
        "pemilik": _name,
        "klaster": read_cluster,
        "kecamatan": lambda text: read_district(text, districts),
        "telepon": read_phone,
        "desa": read_optional_name,
        "email": read_email,
        "media_sosial": read_optional_line,
        "cerita": read_story,
        "ketersediaan": read_hours,
        "qris": read_qris,
    }
    return _checked(row, readers, ("kode",))


def check_product(row: Row) -> Checked:
    """Return the row of a product, checked."""
    readers: dict[str, Reader] = {
        "kode_penjual": read_code,
        "kode_produk": read_code,
        "nama_produk": _name,
        "harga": read_price,
        "berat_gram": read_weight,
        "stok": read_stock,
        "keterangan": read_story,
        "panjang_cm": read_size,
        "lebar_cm": read_size,
        "tinggi_cm": read_size,
        "berat_bersih_gram": read_net_weight,
        "kode_hs": read_hs_code,
        "keterangan_bea_cukai": read_customs_text,
        "paling_banyak": read_most,
    }
    return _checked(row, readers, ("kode_penjual", "kode_produk"))


def _checked(row: Row, readers: Mapping[str, Reader], key_columns: tuple[str, ...]) -> Checked:
    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for column, text in row.cells.items():
        code = row.spoilt.get(column)
        value = Fault(SPOILT[code], {"value": text[:40]}) if code else readers[column](text)
        (faults if isinstance(value, Fault) else values)[column] = value
    readable = all(column in values for column in key_columns)
    key = tuple(values[column] for column in key_columns) if readable else None
    entry = Entry(key, values) if key is not None and not faults else None
    return Checked(row, key, entry, faults)


def read_code(text: str) -> str | Fault:
    """Return a key as we keep it: capitals, no spaces."""
    code = unicodedata.normalize("NFKC", text).upper().lstrip("'").replace(" ", "")
    if not code:
        return Fault(MISSING)
    if len(code) > MAX_CODE:
        return _too_long(code, MAX_CODE)
    if code.startswith(EXAMPLE):
        return Fault(EXAMPLE_ROW)
    return code if _CODE.fullmatch(code) else _fault(BAD_CODE, text)


def read_name(text: str, limit: int = MAX_NAME) -> str | Fault:
    """Return a name on one line with single spaces, not empty."""
    name = " ".join(text.split())
    if not name:
        return Fault(MISSING)
    return name if len(name) <= limit else _too_long(name, limit)


def read_cluster(text: str) -> str | Fault:
    """Return a cluster's name as ours."""
    if not text:
        return Fault(MISSING)
    found = clusters.find_cluster(text)
    if found:
        return found.name
    names = [cluster.name for cluster in clusters.CLUSTERS]
    closest = clusters.closest(text, names)
    if closest:
        return _fault(CLUSTER_SLIP, text, closest=closest)
    return _fault(BAD_CLUSTER, text, choices=", ".join(names))


def read_district(text: str, districts: Sequence[Region]) -> Region | Fault:
    """Return the district with its code; `Kecamatan` or `Kec.` before the name is dropped."""
    if not text:
        return Fault(MISSING)
    plain = _DISTRICT_WORD.sub("", " ".join(text.split()))
    for district in districts:
        if _bare(district.name) == _bare(plain):
            return district
    closest = clusters.closest(plain, [district.name for district in districts])
    return _fault(DISTRICT_SLIP, text, closest=closest) if closest else _fault(BAD_DISTRICT, text)


def read_phone(text: str) -> str | Fault:
    """Return E.164."""
    if not text:
        return Fault(MISSING)
    return phones.read_phone(text.lstrip("'")) or _fault(BAD_PHONE, text)


def read_email(text: str) -> str | Fault:
    """Return an address as typed, or nothing."""
    if len(text) > MAX_LINE:
        return _too_long(text, MAX_LINE)
    return text if not text or _EMAIL.fullmatch(text) else _fault(BAD_EMAIL, text)


def read_story(text: str) -> str | Fault:
    """Return a text of some paragraphs, or nothing."""
    return text if len(text) <= MAX_STORY else _too_long(text, MAX_STORY)


def read_hours(text: str) -> tuple[Hours, ...] | Fault:
    """Return when the seller can come; nothing means always."""
    found = hours.read_hours(text)
    return _fault(BAD_HOURS, text) if found is None else found


def read_qris(text: str) -> QrisInfo | Fault | None:
    """Return what the sticker says; None for an empty cell."""
    if not text:
        return None
    info = qris.inspect(text)
    return Fault(info.message_id) if isinstance(info, QrisRejected) else info


def read_price(text: str) -> int | Fault:
    """Return whole rupiah."""
    return _number(numbers.read_rupiah, text, BAD_PRICE, PRICE_RANGE, MIN_PRICE_IDR, MAX_PRICE_IDR)


def read_weight(text: str) -> int | Fault:
    """Return grams."""
    return _number(numbers.read_grams, text, BAD_WEIGHT, WEIGHT_RANGE, 1, MAX_WEIGHT_G)


def read_net_weight(text: str) -> int | Fault | None:
    """Return grams without packing, None for an empty field."""
    return read_weight(text) if text else None


def read_size(text: str) -> int | Fault | None:
    """Return whole centimetres, None for an empty field."""
    return _number(numbers.read_pieces, text, BAD_SIZE, SIZE_RANGE, 1, 200) if text else None


def read_hs_code(text: str) -> str | Fault:
    """Return a code of the Harmonised System as digits, empty for an empty field."""
    code = re.sub(r"[ .]", "", text)
    return code if re.fullmatch(r"(?:[0-9]{6}|[0-9]{8}|[0-9]{10})?", code) else Fault(BAD_HS_CODE)


def read_customs_text(text: str) -> str | Fault:
    """Return what customs are told, empty for an empty field; letters that every country reads."""
    words = " ".join(text.split())
    if not words.isascii():
        return Fault(BAD_CUSTOMS_TEXT)
    return words if len(words) <= MAX_NAME else _too_long(words, MAX_NAME)


def read_stock(text: str) -> int | Fault:
    """Return pieces."""
    return _number(numbers.read_pieces, text, BAD_STOCK, STOCK_RANGE, 0, MAX_STOCK)


def read_most(text: str) -> int | Fault | None:
    """Return the most pieces of one order, None for an empty field: no limit of its own."""
    return _number(numbers.read_pieces, text, BAD_STOCK, MOST_RANGE, 1, MAX_MOST) if text else None


def _number(
    read: Callable[[str], int | None], text: str, wrong: str, outside: str, least: int, most: int
) -> int | Fault:
    if not text:
        return Fault(MISSING)
    number = read(text)
    if number is None:
        return _fault(wrong, text)
    return number if least <= number <= most else _fault(outside, text)


def _name(text: str) -> str | Fault:
    return read_name(text)


def read_optional_name(text: str) -> str | Fault:
    """Return a name, or nothing."""
    return read_name(text) if text else ""


def read_optional_line(text: str) -> str | Fault:
    """Return a longer line, or nothing."""
    return read_name(text, MAX_LINE) if text else ""


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _fault(text: str, value: str, **facts: str) -> Fault:
    shown = " ".join(value.split())
    return Fault(text, {"value": shown[:60] + ("…" if len(shown) > 60 else ""), **facts})


def _too_long(value: str, limit: int) -> Fault:
    return Fault(TOO_LONG, {"limit": str(limit), "length": str(len(value))})
