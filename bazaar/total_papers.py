"""The totals of a day on paper, to be signed: figures, sums per seller and way to pay, two lines."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from html import escape
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from bazaar import closings
from bazaar.labels import BOLD, PLAIN, printable, register_fonts
from bazaar.models import DayClosing, Edition
from bazaar.reports import books
from bazaar.reports.books import Figures, SellerLabel
from bazaar.rules.numbers import rupiah

LOCALE: Final = "id"
FIGURES: Final = (
    ("Pesanan", "orders"),
    ("Nilai dipesan", "placed_idr"),
    ("Barang dibayar", "goods_idr"),
    ("Ongkir dibayar", "shipping_idr"),
    ("Dibayar seluruhnya", "gross_idr"),
    ("Batal setelah dibayar", "returned_idr"),
    ("Potongan", "discount_idr"),
    ("Biaya gerbang pembayaran", "fee_idr"),
    ("Bersih", "net_idr"),
    ("Uang masuk", "received_idr"),
    ("Dikembalikan ke pembeli", "refunded_idr"),
    ("Belum dikenal", "unknown_idr"),
)
PLAIN_STYLE: Final = ParagraphStyle("plain", fontName=PLAIN, fontSize=9, leading=12)
HEAD_STYLE: Final = ParagraphStyle(
    "head", fontName=BOLD, fontSize=15, leading=19, spaceAfter=1 * mm
)
PART_STYLE: Final = ParagraphStyle(
    "part", fontName=BOLD, fontSize=11, leading=14, spaceBefore=5 * mm, spaceAfter=1 * mm
)
LINES: Final = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), PLAIN, 9),
        ("FONT", (0, 0), (-1, 0), BOLD, 9),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor("#bbbbbb")),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def pdf(edition: Edition, day: date, *, now: datetime) -> bytes:
    """Return the totals of a day as a PDF of A4 pages, with who closed it or room to sign."""
    totals = books.of_day(edition, day)
    title = f"{edition.name}: {format_date(day, 'full', locale=LOCALE)}"
    return sheet(
        title,
        f"Jumlah transaksi harian, dicetak {moment(now, edition)}",
        [
            table(("Angka", "Jumlah"), _figures(totals.total)),
            *_part("Per UMKM", totals.by["seller"], ("orders", "gross_idr", "net_idr")),
            *_part("Per klaster", totals.by["cluster"], ("orders", "gross_idr", "net_idr")),
            *_part("Per cara bayar", totals.by["method"], ("payments", "received_idr")),
            Spacer(0, 8 * mm),
            KeepTogether(list(_signatures(closings.find(edition.id, day), edition))),
        ],
    )


def sheet(title: str, below: str, parts: Iterable[Flowable]) -> bytes:
    """Return a PDF of A4 pages: a title, a line below it, then the parts."""
    register_fonts()
    file = io.BytesIO()
    paper = SimpleDocTemplate(
        file,
        pagesize=A4,
        title=title,
        author="Pasar Virtual",
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
    )
    head = [Paragraph(text(title), HEAD_STYLE), Paragraph(text(below), PLAIN_STYLE)]
    paper.build([*head, Spacer(0, 5 * mm), *parts])
    return file.getvalue()


def moment(at: datetime, edition: Edition) -> str:
    """Write an instant as the clocks of the edition show it."""
    return format_datetime(at.astimezone(edition.zone), "d MMMM y, HH.mm", locale=LOCALE)


METHODS: Final = {
    "qris": "QRIS",
    "agreed": "Cara lain",
    "bank": "Transfer bank",
    "other": "Cara lain",
    "midtrans": "Midtrans",
    "xendit": "Xendit",
}

HEADS: Final = {
    "orders": "Pesanan",
    "gross_idr": "Dibayar",
    "net_idr": "Bersih",
    "payments": "Pembayaran",
    "received_idr": "Uang masuk",
}


def _figures(figures: Figures) -> Iterator[tuple[str, ...]]:
    return ((words, _figure(figures, name)) for words, name in FIGURES)


def _part(title: str, lines: books.Lines, names: tuple[str, ...]) -> Iterator[Flowable]:
    rows = [
        (_name(label), *(_figure(figures, name) for name in names))
        for label, figures in lines
        if any(getattr(figures, name) for name in names)
    ]
    if rows:
        yield Paragraph(title, PART_STYLE)
        yield table(("Nama", *(HEADS[name] for name in names)), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, summed: bool = False) -> Table:
    """Return a table as wide as the page: names at the left, then figures of 34 mm each.

    With `summed` the last row is the sum of the others.
    """
    first = 174 * mm - (len(head) - 1) * 34 * mm
    body = [(Paragraph(text(name), PLAIN_STYLE), *cells) for name, *cells in rows]
    widths = [first, *[34 * mm] * (len(head) - 1)]
    made = Table([head, *body], colWidths=widths, style=LINES, repeatRows=1)
    if summed:
        made.setStyle(TableStyle([("FONT", (0, -1), (-1, -1), BOLD, 9)]))
    return made


def _figure(figures: Figures, name: str) -> str:
    number = getattr(figures, name)
    return rupiah(number) if name.endswith("_idr") else format_decimal(number, locale=LOCALE)


def _name(label: books.Label) -> str:
    if isinstance(label, SellerLabel):
        return f"{label.name} ({label.code})" if label.code else "Belum dikenal"
    return METHODS.get(str(label), str(label)) if label else "Lainnya"


def text(words: str) -> str:
    """Return words as a paragraph takes them, without letters that no font here has."""
    return escape(printable(words))


def _signatures(closing: DayClosing | None, edition: Edition) -> Iterator[Flowable]:
    if closing is not None and closing.signed_at is not None:
        at = moment(closing.signed_at, edition)
        words = f"Disiapkan {closing.prepared_by}, ditandatangani {closing.signed_by} pada {at}."
        yield Paragraph(text(words), PLAIN_STYLE)
        yield Paragraph(f"Sidik: {closing.digest}", PLAIN_STYLE)
        yield Spacer(0, 6 * mm)
    else:
        yield Paragraph("Belum ditutup: angkanya masih dapat berubah.", PLAIN_STYLE)
        yield Spacer(0, 6 * mm)
    lines = [["Disiapkan oleh", "", "Disetujui oleh"], ["", "", ""], ["Nama:", "", "Nama:"]]
    ruled = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), PLAIN, 9),
            ("LINEBELOW", (0, 1), (0, 1), 0.6, HexColor("#000000")),
            ("LINEBELOW", (2, 1), (2, 1), 0.6, HexColor("#000000")),
        ]
    )
    yield Table(
        lines,
        colWidths=[75 * mm, 24 * mm, 75 * mm],
        rowHeights=[6 * mm, 20 * mm, 6 * mm],
        style=ruled,
    )
