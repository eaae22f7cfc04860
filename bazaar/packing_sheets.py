"""What to pack, on paper: A4, each seller's parcels on pages of its own, boxes to tick.

Of buyers only the first name and the place are on it: whoever packs needs no more, and the sheet
lies about. Addresses are on the labels.
"""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bazaar import manifests, shipments
from bazaar.db import db
from bazaar.labels import BOLD, PLAIN
from bazaar.labels.writing import moment, put, write
from bazaar.models import Order, Parcel, ParcelStatus, Seller

EDGE: Final = 12 * mm
WIDTH, HEIGHT = A4
INNER: Final = WIDTH - 2 * EDGE
HEAD: Final = 22 * mm
FOOT: Final = 8 * mm
BOX: Final = 4.2 * mm
LINE: Final = 5.6 * mm
PAD: Final = 2.2 * mm
MOST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Block:
    """A parcel as the sheet says it: what must be in it, and words below."""

    code: str
    order: str
    to: str
    courier: str
    measures: str
    lines: tuple[tuple[str, bool], ...]
    note: str
    fragile: bool
    packed: bool

    @property
    def height(self) -> float:
        """Points that it takes on the page."""
        return 12.5 * mm + len(self.lines) * LINE + (LINE if self.note else 0) + PAD


def parcels_of(seller_id: int | None, statuses: Collection[ParcelStatus]) -> list[Parcel]:
    """Return the parcels in these states, of one seller or of all, grouped by seller."""
    query = shipments.with_all().join(Seller, Seller.id == Order.seller_id)
    query = query.where(Parcel.status.in_(statuses))
    if seller_id is not None:
        query = query.where(Order.seller_id == seller_id)
    return list(db.session.scalars(query.order_by(Seller.code, Parcel.code).limit(MOST)))


def pdf(parcels: Sequence[Parcel], *, zone: ZoneInfo, printed_at: datetime) -> bytes:
    """Return the sheet; parcels of a seller must follow each other. Without any one page says so."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle("Daftar kemas")
    canvas.setAuthor("Pasar Virtual")
    weights = shipments.weight_of(parcels)
    when = moment(printed_at, zone)
    if not parcels:
        put(canvas, EDGE, HEIGHT - EDGE - 14, "Daftar kemas", BOLD, 15)
        put(canvas, EDGE, HEIGHT - EDGE - 34, f"Tidak ada yang perlu dikemas. {when}", PLAIN, 10)
        canvas.showPage()
    for _, own in groupby(parcels, key=lambda parcel: parcel.order.seller_id):
        mine = list(own)
        blocks = [_block(parcel, weights[parcel.id]) for parcel in mine]
        _pages(canvas, mine[0].order.seller, blocks, when)
    canvas.save()
    return file.getvalue()


def _pages(canvas: Canvas, seller: Seller, blocks: Sequence[Block], when: str) -> None:
    pages = _paged(blocks)
    for number, on_page in enumerate(pages, start=1):
        y = HEIGHT - EDGE
        write(canvas, EDGE, y - 15, INNER - 55 * mm, f"Daftar kemas: {seller.name}", BOLD, 15)
        put(canvas, WIDTH - EDGE, y - 15, f"{len(blocks)} paket", BOLD, 15, right=True)
        place = ", ".join(part for part in (seller.code, seller.village, seller.district) if part)
        write(canvas, EDGE, y - 31, INNER - 55 * mm, place, PLAIN, 9)
        put(canvas, WIDTH - EDGE, y - 31, when, PLAIN, 9, right=True)
        y -= HEAD - 4 * mm
        for block in on_page:
            _draw(canvas, block, y)
            y -= block.height
        canvas.line(EDGE, y, WIDTH - EDGE, y)
        foot = f"halaman {number} dari {len(pages)}"
        put(canvas, WIDTH - EDGE, EDGE - 2 * mm, foot, PLAIN, 8, right=True)
        canvas.showPage()


def _paged(blocks: Sequence[Block]) -> list[list[Block]]:
    """Put blocks on pages; one that is higher than a page has one of its own."""
    room = HEIGHT - 2 * EDGE - HEAD - FOOT
    pages: list[list[Block]] = [[]]
    used = 0.0
    for block in blocks:
        if pages[-1] and used + block.height > room:
            pages.append([])
            used = 0.0
        pages[-1].append(block)
        used += block.height
    return pages


def _draw(canvas: Canvas, block: Block, top: float) -> None:
    """Draw a parcel: head, its lines with boxes, words below."""
    canvas.setLineWidth(0.25 * mm)
    canvas.line(EDGE, top, WIDTH - EDGE, top)
    y = top - 6 * mm
    _box(canvas, EDGE, y - 0.8 * mm, ticked=block.packed, side=4.8 * mm)
    put(canvas, EDGE + 8 * mm, y, block.code, BOLD, 12)
    put(canvas, EDGE + 48 * mm, y, block.order, PLAIN, 9)
    write(canvas, EDGE + 76 * mm, y, INNER - 116 * mm, block.to, PLAIN, 10)
    write(canvas, WIDTH - EDGE - 38 * mm, y, 38 * mm, block.courier, BOLD, 9)
    y -= 4.8 * mm
    said = f"MUDAH PECAH · {block.measures}" if block.fragile else block.measures
    write(canvas, EDGE + 8 * mm, y, INNER - 8 * mm, said, BOLD if block.fragile else PLAIN, 8.5)
    y -= 1.2 * mm
    for text, ticked in block.lines:
        y -= LINE
        _box(canvas, EDGE + 8 * mm, y - 0.6 * mm, ticked=ticked)
        write(canvas, EDGE + 14.5 * mm, y, INNER - 14.5 * mm, text, PLAIN, 10)
    if block.note:
        y -= LINE
        write(canvas, EDGE + 14.5 * mm, y, INNER - 14.5 * mm, f"Catatan: {block.note}", PLAIN, 9)


def _block(parcel: Parcel, weight_g: int) -> Block:
    checkout = parcel.order.checkout
    first = (checkout.buyer_name.split() or ["?"])[0]
    town = manifests.place_of(checkout).rpartition(", ")[2]
    sides = (parcel.length_cm, parcel.width_cm, parcel.height_cm)
    measured = f"{weight_g:,} g".replace(",", ".") + ("" if parcel.weight_g else " (perkiraan)")
    box = " × ".join(map(str, sides)) + " cm" if all(sides) else "ukuran kotak: ............"
    return Block(
        code=parcel.code,
        order=parcel.order.reference,
        to=f"{first}, {town}",
        courier=parcel.courier,
        measures=f"{measured} · {box}",
        lines=tuple(
            (
                f"{line.quantity} × {line.order_line.name} ({line.order_line.claim_code})",
                line.ticked_at is not None,
            )
            for line in parcel.lines
        ),
        note=checkout.note,
        fragile=parcel.fragile,
        packed=parcel.status is not ParcelStatus.DRAFT,
    )


def _box(canvas: Canvas, x: float, y: float, *, ticked: bool, side: float = BOX) -> None:
    canvas.setLineWidth(0.35 * mm)
    canvas.rect(x, y, side, side)
    if ticked:
        path = canvas.beginPath()
        path.moveTo(x + side * 0.2, y + side * 0.5)
        path.lineTo(x + side * 0.42, y + side * 0.25)
        path.lineTo(x + side * 0.85, y + side * 0.85)
        canvas.drawPath(path, stroke=1, fill=0)
