"""Lists of parcels to take away: what to pack, what was sent where, what couriers signed for.

Rows are read in chunks while the list is written, so that ten thousand parcels need no more memory
than five hundred. The packing list names buyers by first name and regency only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bazaar import manifests, shipments
from bazaar.db import db
from bazaar.errors import N_, Invalid
from bazaar.models import Checkout, Manifest, Order, Parcel, ParcelLine, ParcelStatus, Seller
from bazaar.reports.workbooks import Cell, Table, local
from bazaar.rules.parcel_states import HERE

CHUNK: Final = 500
MOST: Final = 20_000
"""So many parcels, or lists of couriers, are written into one list."""

STATES: Final[Mapping[ParcelStatus, str]] = {
    ParcelStatus.DRAFT: "perlu dikemas",
    ParcelStatus.PACKED: "sudah dikemas",
    ParcelStatus.BOOKED: "menunggu kurir",
    ParcelStatus.HANDED_OVER: "diserahkan",
    ParcelStatus.IN_TRANSIT: "dalam perjalanan",
    ParcelStatus.OUT_FOR_DELIVERY: "sedang diantar",
    ParcelStatus.DELIVERED: "diterima",
    ParcelStatus.EXCEPTION: "ada kendala",
    ParcelStatus.RETURNING: "dikirim balik",
    ParcelStatus.RETURNED: "kembali",
    ParcelStatus.LOST: "hilang",
    ParcelStatus.DESTROYED: "rusak atau disita",
    ParcelStatus.CANCELLED: "dibatalkan",
}
"""The words of the lists; like those of the other sheets they are for programs, too."""

PACKING_COLUMNS: Final = (
    *("kode_paket", "kode_pesanan", "kode_umkm", "umkm", "dibayar", "keadaan", "pembeli", "tujuan"),
    *("kode_klaim", "barang", "jumlah", "dicentang", "berat_paket_g", "kotak_cm", "mudah_pecah"),
    *("kurir", "catatan"),
)
SHIPPING_COLUMNS: Final = (
    *("kode_paket", "kode_pesanan", "koli", "keadaan", "dibayar", "berangkat", "kode_umkm", "umkm"),
    *("penerima", "telepon", "jalan", "daerah", "kode_pos", "negara", "catatan", "isi"),
    *("nilai_barang_rp", "berat_g", "kotak_cm", "mudah_pecah", "kurir", "resi", "berita_acara"),
)
MANIFEST_COLUMNS: Final = (
    *("berita_acara", "kurir", "keadaan", "dibuat", "ditandatangani", "penerima_kurir", "no"),
    *("kode_paket", "resi", "penerima", "tujuan", "layanan", "koli", "berat_g", "mudah_pecah"),
    *("tidak_dibawa", "sidik_daftar"),
)
MANIFEST_STATES: Final = {
    "open": "terbuka",
    "locked": "terkunci",
    "signed": "ditandatangani",
    "void": "batal",
}
WIDE: Final = {
    "umkm": 24,
    "barang": 36,
    "isi": 48,
    "jalan": 40,
    "daerah": 40,
    "tujuan": 32,
    "catatan": 30,
    "penerima": 24,
    "sidik_daftar": 24,
    "jumlah": 9,
    "no": 6,
    "koli": 8,
}
YES: Final = {True: "ya", False: ""}


@dataclass(eq=False)
class TooManyRows(Invalid):
    """Nobody reads a list as long as this; one day or state of it will do."""

    most: int
    text = N_("Daftarnya lebih dari {most} baris. Pilih satu hari atau satu keadaan.")


def packing_list(which: sa.Select[Parcel], zone: ZoneInfo) -> Table:
    """Return a row a line of each parcel, in the order of the question; one to be ticked each."""
    return Table("Daftar kemas", PACKING_COLUMNS, _packing_rows(_ids(which), zone), WIDE)


def shipping_list(which: sa.Select[Parcel], zone: ZoneInfo) -> Table:
    """Return a row a parcel, with the whole address, in the order of the question."""
    return Table("Daftar kirim", SHIPPING_COLUMNS, _shipping_rows(_ids(which), zone), WIDE)


def manifest_list(which: sa.Select[Manifest], zone: ZoneInfo) -> Table:
    """Return a row a parcel of each list, as it was written down once the list was locked."""
    numbers = sa.select(sa.func.count()).select_from(which.order_by(None).subquery())
    if (db.session.scalar(numbers) or 0) > MOST:
        raise TooManyRows(MOST)
    found = db.session.scalars(which.with_only_columns(Manifest.number, maintain_column_froms=True))
    return Table("Berita acara", MANIFEST_COLUMNS, _manifest_rows(found.all(), zone), WIDE)


def to_pack(*, seller_id: int | None = None) -> sa.Select[Parcel]:
    """Return the question for what is still with sellers, or one of them: by seller and code."""
    query = shipments.with_order().where(Parcel.status.in_(HERE))
    if seller_id is not None:
        return query.where(Order.seller_id == seller_id).order_by(Parcel.code)
    return query.join(Order.seller).order_by(Seller.code, Parcel.code)


def _ids(which: sa.Select[Parcel]) -> Sequence[int]:
    """Return the ids of the parcels asked for, in order. Raises TooManyRows."""
    found = [parcel_id for (parcel_id,) in db.session.execute(_only_ids(which).limit(MOST + 1))]
    if len(found) > MOST:
        raise TooManyRows(MOST)
    return found


def _only_ids(which: sa.Select[Parcel]) -> sa.Select[int]:
    return which.with_only_columns(Parcel.id, maintain_column_froms=True)


def _chunks(ids: Sequence[int]) -> Iterator[list[Parcel]]:
    """Yield the parcels with everything the lists tell of them, some hundreds at a time."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        query = (
            shipments.with_order()
            .where(Parcel.id.in_(some))
            .options(selectinload(Parcel.lines).joinedload(ParcelLine.order_line))
        )
        by_id = {parcel.id: parcel for parcel in db.session.scalars(query)}
        yield [by_id[parcel_id] for parcel_id in some if parcel_id in by_id]


def _packing_rows(ids: Sequence[int], zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    for parcels in _chunks(ids):
        weights = shipments.weight_of(parcels)
        for parcel in parcels:
            order, checkout = parcel.order, parcel.order.checkout
            of_parcel: tuple[Cell, ...] = (
                parcel.code,
                order.reference,
                order.seller.code,
                order.seller.name,
                local(order.paid_at, zone),
                STATES[parcel.status],
                checkout.buyer_name.split()[0],
                _town(checkout),
            )
            rest = (weights[parcel.id], _box(parcel), YES[parcel.fragile], parcel.courier)
            for line in parcel.lines:
                said = line.order_line
                pieces = (said.claim_code, said.name, line.quantity, YES[bool(line.ticked_at)])
                yield (*of_parcel, *pieces, *rest, checkout.note)


def _shipping_rows(ids: Sequence[int], zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    for parcels in _chunks(ids):
        weights = shipments.weight_of(parcels)
        left = shipments.departures.of_parcels([parcel.id for parcel in parcels])
        numbers = manifests.of_parcels([parcel.id for parcel in parcels])
        boxes = _boxes(parcels)
        for parcel in parcels:
            order, checkout = parcel.order, parcel.order.checkout
            yield (
                parcel.code,
                order.reference,
                f"{parcel.number}/{max(boxes[order.id], parcel.number)}",
                STATES[parcel.status],
                local(order.paid_at, zone),
                local(left.get(parcel.id), zone),
                order.seller.code,
                order.seller.name,
                checkout.buyer_name,
                checkout.phone,
                checkout.street,
                checkout.area,
                checkout.postal_code,
                checkout.country,
                checkout.note,
                "; ".join(f"{line.quantity} x {line.order_line.name}" for line in parcel.lines),
                sum(line.quantity * line.order_line.price_idr for line in parcel.lines),
                weights[parcel.id],
                _box(parcel),
                YES[parcel.fragile],
                parcel.courier,
                parcel.resi,
                numbers.get(parcel.id, ""),
            )


def _manifest_rows(numbers: Iterable[str], zone: ZoneInfo) -> Iterator[Sequence[Cell]]:
    for number in numbers:
        manifest = manifests.get(number)
        head: tuple[Cell, ...] = (
            manifest.number,
            manifest.courier,
            MANIFEST_STATES[manifest.status.value],
            local(manifest.made_at, zone),
            local(manifest.signed_at, zone),
            manifest.signer,
        )
        for place, row in enumerate(manifests.rows_of(manifest), start=1):
            said = (row.parcel, row.resi, row.recipient, row.place, row.courier, 1, row.weight_g)
            fate = (YES[row.fragile], YES[row.missing], manifest.digest)
            yield (*head, place, *said, *fate)


def _boxes(parcels: Sequence[Parcel]) -> Counter[int]:
    """Return how many parcels their orders have that are not called off, by order id."""
    query = (
        sa.select(Parcel.order_id, sa.func.count())
        .where(
            Parcel.order_id.in_([parcel.order_id for parcel in parcels]),
            Parcel.status != ParcelStatus.CANCELLED,
        )
        .group_by(Parcel.order_id)
    )
    return Counter(dict(db.session.execute(query).all()))


def _town(checkout: Checkout) -> str:
    """Return the regency, or the country's code abroad: what tells two Sitis apart."""
    return manifests.place_of(checkout).rpartition(", ")[2]


def _box(parcel: Parcel) -> str:
    sizes = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
    return "x".join(map(str, sizes)) if all(sizes) else ""
