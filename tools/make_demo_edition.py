"""Refresh what can be computed in the demo edition: codes, how to reach people, QRIS stickers.

Words, prices and stock in `bazaar/demo/edition/` are written by hand; edit them there, add or
move rows as you like, then run `python tools/make_demo_edition.py`. With `--check` nothing is
written and the exit status is 1 if a run would change something.

Renumbering is by position: a seller's code is its line in penjual.csv, so products follow
their seller by the old code and get the new one.
"""

import csv
import io
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from lokal import wilayah  # noqa: E402 - the path comes first

from bazaar.demo.stickers import MAX_NAME, static_sticker  # noqa: E402 - the path comes first

EDITION = ROOT / "bazaar" / "demo" / "edition"
JEMBER = "35.09"

# ISO 18245, by what the cluster mostly sells.
CATEGORY_CODES = {
    "Pangan": "5499",
    "Batik": "5651",
    "Kriya": "5947",
    "Minuman": "5499",
    "Kopi & Kakao": "5499",
    "Fesyen": "5651",
    "Jamu & Herbal": "5499",
    "Perawatan Diri": "5977",
    "Pertanian": "5261",
    "Perikanan": "5422",
    "Rajut & Bordir": "5949",
    "Mainan & Edukasi": "5945",
    "Jasa Kreatif": "7333",
}

Row = dict[str, str]


def main(arguments: list[str]) -> int:
    """Rewrite both files, or only compare when `--check` is given. Returns the exit status."""
    sellers = _read("penjual.csv")
    products = _read("produk.csv")
    _refresh(sellers, products)
    stale = False
    for name, rows in (("penjual.csv", sellers), ("produk.csv", products)):
        text = _csv(rows)
        path = EDITION / name
        stale |= path.read_text(encoding="utf-8") != text
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="")
    print(f"{len(sellers)} penjual, {len(products)} produk{', berubah' if stale else ''}")
    return int(stale and "--check" in arguments)


def _refresh(sellers: list[Row], products: list[Row]) -> None:
    postal_codes = {
        (district.name, village.name): village.postal_code or ""
        for district in wilayah.list_wilayah(JEMBER)
        for village in wilayah.list_wilayah(district.code)
    }
    renumbered: dict[str, str] = {}
    for number, row in enumerate(sellers, start=1):
        renumbered[row["kode"]] = row["kode"] = f"J-{number:03}"
        slug = re.sub(r"[^a-z0-9]+", ".", row["nama_usaha"].lower()).strip(".")
        # 0812-0000-xxxx: well formed for every checker, and given to nobody by the demo.
        row["telepon"] = f"0812-0000-{number:04}"
        row["email"] = f"{slug}@contoh.example"
        row["media_sosial"] = f"@{slug.replace('.', '')}.contoh"
        row["qris"] = static_sticker(
            row["nama_usaha"].upper()[:MAX_NAME].strip(),
            serial=number,
            category_code=CATEGORY_CODES[row["klaster"]],
            postal_code=postal_codes[row["kecamatan"], row["desa"]],
            terminal="A01",
        )
    count: Counter[str] = Counter()
    for row in products:
        row["kode_penjual"] = renumbered[row["kode_penjual"]]
        count[row["kode_penjual"]] += 1
        row["kode_produk"] = f"{row['kode_penjual']}-{count[row['kode_penjual']]}"


def _read(name: str) -> list[Row]:
    with (EDITION / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _csv(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
