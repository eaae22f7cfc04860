"""How fast parcels' pages and papers are.

    python -m benchmarks.parcels labels [--count 500] [--repeats 3]
    python -m benchmarks.parcels pages --count 5000 --repeats 20 [--explain]

Each part is a function in `PARTS` that gets the demo's evening on SQLite with `--count` parcels
more (`make_parcels`), and prints medians of `--repeats` runs. What is measured for its memory runs
in a process of its own.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bazaar import editions, times
from bazaar.db import db, transaction
from bazaar.models import (
    Checkout,
    Order,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelLine,
    ParcelStatus,
    Product,
)
from bazaar.rules.references import ALPHABET
from bazaar.tokens import fingerprint, new_key
from benchmarks import evening, parcel_labels, parcel_pages

NAMES = ("Siti Aminah", "Budi Santoso", "Raden Ayu Kusumaningrum Dewi", "Nguyễn Văn An", "Zoë Łuk")
STREETS = (
    "Jalan Jawa 10",
    "Perumahan Griya Mangli Indah Blok AA-12 RT 004 RW 017, sebelah masjid, pagar hijau",
    "Dusun Krajan RT 02 RW 05",
)
AREA = "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur 68121"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    folder: Path
    count: int
    repeats: int
    explain: bool = False


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("part", nargs="*", choices=[*PARTS], help="all if none is named")
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--explain", action="store_true", help="slowest statements and plans")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        asked = Asked(Path(name), given.count, given.repeats, given.explain)
        for part in given.part or PARTS:
            PARTS[part](asked)


def labels(asked: Asked) -> None:
    """A sheet of labels, from the press of the button to the PDF, and read back at 203 dpi."""
    app = evening.build(asked.folder / "labels")
    with app.app_context():
        codes = make_parcels(asked.count)
    evening.close(app)
    parcel_labels.measure(asked.folder / "labels", codes, asked.repeats)


def pages(asked: Asked) -> None:
    """The committee's pages with so many open parcels, on both databases."""
    parcel_pages.measure(asked.folder, asked.count, asked.repeats, explain=asked.explain)


def make_parcels(
    count: int, *, status: ParcelStatus = ParcelStatus.PACKED, resi: bool = True
) -> list[str]:
    """Add paid orders with one parcel each to the demo's evening; return the parcels' codes.

    Half have a waybill number if `resi`. To be called within the application's context.
    """
    now = times.now()
    with transaction():
        edition = editions.get_current()
        products = db.session.scalars(sa.select(Product).order_by(Product.id)).all()
        codes = []
        for number in range(count):
            of_one = products[number % len(products)]
            order = _an_order(number, of_one, edition.id)
            db.session.add(order)
            db.session.flush()
            parcel = Parcel(
                code=f"PK-{order.reference.removeprefix('PV-')}",
                order=order,
                status=status,
                courier=order.courier,
                resi=f"{number:012}" if resi and number % 2 else "",
                weight_g=order.weight_g,
                fragile=number % 7 == 0,
                created_at=now,
            )
            parcel.lines = [
                ParcelLine(order_line_id=line.id, quantity=line.quantity) for line in order.lines
            ]
            db.session.add(parcel)
            codes.append(parcel.code)
    return codes


def _an_order(number: int, product: Product, edition_id: int) -> Order:
    now, key, pieces = times.now(), new_key(), 1 + number % 3
    checkout = Checkout(
        key=key,
        link_hash=fingerprint(key),
        buyer_name=NAMES[number % len(NAMES)],
        phone="+6281234567890",
        village_code="35.09.21.1002",
        street=f"{STREETS[number % len(STREETS)]} No. {number}",
        area=AREA,
        postal_code="68121",
        note="Titip tetangga" if number % 5 == 0 else "",
        placed_at=now,
    )
    goods = product.price_idr * pieces
    line = OrderLine(
        product_id=product.id,
        name=product.name,
        claim_code=product.claim_code,
        price_idr=product.price_idr,
        quantity=pieces,
        amount_idr=goods,
    )
    return Order(
        reference=f"PV-{_reference(number)}",
        checkout=checkout,
        edition_id=edition_id,
        seller_id=product.seller_id,
        status=OrderStatus.PAID,
        goods_idr=goods,
        shipping_idr=12_000,
        total_idr=goods + 12_000,
        courier=("JNE REG", "SiCepat BEST", "J&T EZ")[number % 3],
        weight_g=product.weight_g * pieces,
        shipping_full_idr=12_000,
        shipping_quote={},
        placed_at=now,
        pay_before=now,
        release_at=now,
        paid_at=now,
        lines=[line],
    )


def _reference(number: int) -> str:
    """Five letters that the demo's own orders do not begin with."""
    rest = ""
    for _ in range(3):
        number, letter = divmod(number, len(ALPHABET))
        rest += ALPHABET[letter]
    return f"YY{rest}"


PARTS: dict[str, Callable[[Asked], None]] = {"labels": labels, "pages": pages}


if __name__ == "__main__":
    main()
