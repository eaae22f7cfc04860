"""The customs declaration of a parcel for abroad: A4, with the fields of the postal form CN23.

In English with the Indonesian word below, for the seller who signs it. Two copies are usual: one
on the box in a clear pocket, one for the counter. Where a post office asks for its own form, this sheet
has what to copy. Fields: sender with tax number, addressee, of each article description, pieces, net
weight, value, HS code and origin, category, gross weight, postage; terms are DAP: whoever receives
pays what its customs asks for.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bazaar import audit, labels, shipments, tax_ids
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.labels import BOLD, PLAIN, Label
from bazaar.labels.writing import put, write
from bazaar.models import OrderLine, Parcel, ParcelLine, Product
from bazaar.rules.parcel_states import ParcelStatus
from bazaar.seals import Seals

EDGE: Final = 12 * mm
WIDTH, HEIGHT = A4
INNER: Final = WIDTH - 2 * EDGE
PAD: Final = 2 * mm
ROW: Final = 10 * mm
ON_PAGE: Final = 11
"""Articles on the first page, and on each further one."""

ORIGIN: Final = "ID"
COLUMNS: Final = (
    ("No.", "", 8 * mm),
    ("Detailed description of contents", "isi", 70 * mm),
    ("Quantity", "jumlah", 17 * mm),
    ("Net weight", "berat bersih", 22 * mm),
    ("Value (IDR)", "nilai", 27 * mm),
    ("HS code", "kode HS", 24 * mm),
    ("Origin", "asal", 18 * mm),
)


class NotAbroad(Conflict):
    """Customs does not look at parcels that stay in the country."""

    text = N_("Paket ini tidak ke luar negeri, jadi tidak perlu surat bea cukai.")


class NotSent(Conflict):
    """It was called off."""

    text = N_("Paket ini dibatalkan, jadi tidak perlu surat bea cukai.")


@dataclass(frozen=True, slots=True)
class Article:
    """One kind of goods in the parcel. Weight of all its pieces in grams, value in rupiah."""

    text: str
    name: str
    pieces: int
    net_g: int
    value_idr: int
    hs_code: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the sheet says. `label` has both addresses and the gross weight."""

    label: Label
    owner: str
    tax_kind: str
    tax_number: str
    articles: Sequence[Article]
    postage_idr: int


def print_one(
    parcel: Parcel, *, seals: Seals, zone: ZoneInfo, actor: Actor, now: datetime
) -> bytes:
    """Return the sheet as PDF and note who took it: it shows a whole tax number.

    The parcel is from `shipments.get_parcel`. Raises NotAbroad, NotSent, CustomsMissing,
    TaxNumberMissing, UnreadableTaxNumber.
    """
    if not shipments.customs.goes_abroad(parcel):
        raise NotAbroad
    if parcel.status is ParcelStatus.CANCELLED:
        raise NotSent
    shipments.customs.require([parcel])
    data = pdf(declaration(parcel, seals=seals), printed_at=now, zone=zone)
    audit.note(actor, "parcel.customs", f"parcel:{parcel.code}", now=now)
    return data


def declaration(parcel: Parcel, *, seals: Seals) -> Declaration:
    """Return what the sheet of this parcel says. Raises UnreadableTaxNumber."""
    seller = parcel.order.seller
    kind, number = tax_ids.reveal(seller.id, seals=seals)
    return Declaration(
        label=labels.read([parcel])[0],
        owner=seller.owner_name,
        tax_kind=kind.upper(),
        tax_number=number,
        articles=_articles(parcel),
        postage_idr=shipments.fees.of_parcels([parcel.id])[parcel.id].full_idr,
    )


def _articles(parcel: Parcel) -> list[Article]:
    query = (
        sa.select(ParcelLine.quantity, OrderLine, Product)
        .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(ParcelLine.parcel_id == parcel.id)
        .order_by(OrderLine.id)
    )
    return [
        Article(
            text=product.customs_text,
            name=line.name,
            pieces=pieces,
            net_g=pieces * (product.net_weight_g or product.weight_g),
            value_idr=pieces * line.price_idr,
            hs_code=product.hs_code,
        )
        for pieces, line, product in db.session.execute(query)
    ]


def pdf(declared: Declaration, *, printed_at: datetime, zone: ZoneInfo) -> bytes:
    """Return the sheet, with as many pages as its articles need."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1)
    canvas.setTitle(f"Customs declaration {declared.label.code}")
    canvas.setAuthor("Pasar Virtual")
    parts = range(0, max(len(declared.articles), 1), ON_PAGE)
    for number, first in enumerate(parts, start=1):
        y = _head(canvas, declared)
        y = _table(canvas, declared, first, y)
        if number == len(parts):
            _end(canvas, declared, y)
        day = printed_at.astimezone(zone).strftime("%Y-%m-%d")
        foot = f"{declared.label.code} · {day} · page {number} of {len(parts)}"
        put(canvas, WIDTH - EDGE, EDGE - 4 * mm, foot, PLAIN, 8, right=True)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, declared: Declaration) -> float:
    """Write whose parcel it is and who gets it; return where the table begins."""
    label, y = declared.label, HEIGHT - EDGE
    put(canvas, EDGE, y - 15, "CUSTOMS DECLARATION", BOLD, 15)
    put(canvas, WIDTH - EDGE, y - 12, "CN 23", BOLD, 11, right=True)
    put(canvas, EDGE, y - 27, "Pernyataan bea cukai · may be opened officially", PLAIN, 8.5)
    number = f"{label.courier} {label.resi}" if label.resi else f"{label.courier} ................"
    put(canvas, WIDTH - EDGE, y - 27, f"No. of item: {number}", PLAIN, 9, right=True)
    top, half, height = y - 12 * mm, INNER / 2, 39 * mm
    tax = f"{declared.tax_kind} {declared.tax_number}"
    sender = (
        (label.sender, BOLD, 10, 1),
        (declared.owner, PLAIN, 9, 1),
        (label.sender_address, PLAIN, 9, 2),
        (f"Tel. {label.sender_phone}", PLAIN, 9, 1),
        (f"Sender's customs reference: {tax}", PLAIN, 9, 1),
    )
    receiver = (
        (label.recipient, BOLD, 10, 1),
        (label.address, PLAIN, 9, 3),
        (label.country, BOLD, 9, 1),
        (f"Tel. {label.phone}", PLAIN, 9, 1),
        ("Importer's reference: ....................", PLAIN, 9, 1),
    )
    for x, title, said in (
        (EDGE, "From (sender) / pengirim", sender),
        (EDGE + half, "To (addressee) / penerima", receiver),
    ):
        canvas.rect(x, top - height, half, height)
        put(canvas, x + PAD, top - 9, title, PLAIN, 7.5)
        line = top - 21
        for text, font, size, lines in said:
            write(canvas, x + PAD, line, half - 2 * PAD, text, font, size, lines=lines)
            line -= 13 if lines == 1 else 11.5 * lines
    return top - height - 4 * mm


def _table(canvas: Canvas, declared: Declaration, first: int, top: float) -> float:
    """Draw the articles of a page; return where the table ends."""
    x, y = EDGE, top
    canvas.line(EDGE, y, WIDTH - EDGE, y)
    for title, below, width in COLUMNS:
        write(canvas, x + 1.5 * mm, y - 10, width - 2 * mm, title, BOLD, 8)
        write(canvas, x + 1.5 * mm, y - 19, width - 2 * mm, below, PLAIN, 7)
        x += width
    y -= 8.5 * mm
    canvas.line(EDGE, y, WIDTH - EDGE, y)
    for at, one in enumerate(declared.articles[first : first + ON_PAGE], start=first + 1):
        cells = (str(at), "", str(one.pieces), _kilos(one.net_g), _idr(one.value_idr))
        x = EDGE
        for text, (_, _, width) in zip((*cells, one.hs_code, ORIGIN), COLUMNS, strict=True):
            write(canvas, x + 1.5 * mm, y - 12, width - 2 * mm, text, PLAIN, 9)
            x += width
        x = EDGE + COLUMNS[0][2] + 1.5 * mm
        room = COLUMNS[1][2] - 2 * mm
        write(canvas, x, y - 11, room, one.text, PLAIN, 9)
        write(canvas, x, y - 22, room, one.name, PLAIN, 7)
        y -= ROW
        canvas.line(EDGE, y, WIDTH - EDGE, y)
    return y


def _end(canvas: Canvas, declared: Declaration, top: float) -> None:
    """Write totals, category and where to sign."""
    label, y = declared.label, top - 6 * mm
    net = sum(one.net_g for one in declared.articles)
    value = sum(one.value_idr for one in declared.articles)
    pieces = sum(one.pieces for one in declared.articles)
    said = (
        ("Total pieces / jumlah", f"{pieces}, in 1 package"),
        ("Total net weight / berat bersih", _kilos(net)),
        ("Total gross weight / berat kotor", _kilos(label.weight_g)),
        ("Total value / nilai", f"IDR {_idr(value)}"),
        ("Postage / ongkir", f"IDR {_idr(declared.postage_idr)}, insurance: none"),
        (
            "Category / jenis kiriman",
            "[x] Sale of goods   [ ] Gift   [ ] Sample   [ ] Returned goods",
        ),
        ("Terms / syarat", "DAP: duties and taxes are paid by the addressee"),
        ("Invoice no. / kode pesanan", label.order),
        ("Licence, certificate no.", "...................."),
        ("Quarantine, comments / karantina", label.note or "...................."),
    )
    for title, text in said:
        put(canvas, EDGE, y, title, PLAIN, 8.5)
        write(canvas, EDGE + 58 * mm, y, INNER - 58 * mm, text, BOLD, 9)
        y -= 5.6 * mm
    y -= 3 * mm
    promise = (
        "I declare that what is said here is correct, and that the parcel holds nothing dangerous and "
        "nothing that law, post or customs forbid. / Saya menyatakan isian ini benar dan paket tidak "
        "berisi barang berbahaya atau terlarang."
    )
    write(canvas, EDGE, y, INNER, promise, PLAIN, 8.5, lines=3)
    y -= 26 * mm
    canvas.line(EDGE, y, EDGE + 70 * mm, y)
    canvas.line(EDGE + 90 * mm, y, EDGE + 150 * mm, y)
    put(canvas, EDGE, y - 10, f"Sender's signature / tanda tangan {declared.owner}", PLAIN, 8)
    put(canvas, EDGE + 90 * mm, y - 10, "Place and date / tempat dan tanggal", PLAIN, 8)


def _kilos(grams: int) -> str:
    """Return the weight as customs reads it: `1.250 kg`."""
    return f"{grams // 1000}.{grams % 1000:03} kg"


def _idr(amount: int) -> str:
    return f"{amount:,}"
