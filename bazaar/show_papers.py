"""The rundown of a day on paper: per channel who, what with which code, whom to call, a box."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from babel.dates import format_date
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer, Table, TableStyle

from bazaar import catalog, phones, sellers, show
from bazaar.labels import BOLD, PLAIN, register_fonts
from bazaar.models import Edition, Product, Seller
from bazaar.rules.numbers import rupiah
from bazaar.rules.show.standing import Turn
from bazaar.total_papers import PART_STYLE, PLAIN_STYLE, moment, sheet, text

PRODUCTS: Final = 4
"""So many of a seller's products stand on the sheet, the first ones."""

WIDTHS: Final = (8 * mm, 25 * mm, 46 * mm, 61 * mm, 34 * mm)
LOOK: Final = TableStyle(
    [
        ("FONT", (0, 0), (-1, 0), BOLD, 9),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor("#bbbbbb")),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
)
BOX: Final = TableStyle([("BOX", (0, 0), (-1, -1), 0.8, HexColor("#333333"))])


@dataclass(frozen=True, slots=True)
class Entry:
    """One turn of the sheet."""

    turn: Turn
    seller: Seller
    products: Sequence[Product]


@dataclass(frozen=True, slots=True)
class Part:
    """One channel of the sheet."""

    number: int
    name: str
    entries: Sequence[Entry]


def rundown(edition: Edition, day: date) -> Sequence[Part]:
    """Return the released turns of a day by channel, with sellers and some of their products.

    Six queries, whatever the number of turns.
    """
    channels = show.days(edition, day)
    ids = {turn.seller for channel in channels for turn in channel.plan.turns}
    people = sellers.by_id(ids)
    offered = _offered(ids)
    return [
        Part(
            channel.number,
            channel.name,
            [
                Entry(turn, people[turn.seller], offered.get(turn.seller, ()))
                for turn in sorted(channel.plan.turns, key=lambda turn: turn.starts_at)
            ],
        )
        for channel in channels
    ]


def pdf(edition: Edition, day: date, *, now: datetime) -> bytes:
    """Return the rundown of a day as a PDF of A4 pages, each channel on pages of its own."""
    register_fonts()
    title = f"Susunan acara {format_date(day, 'full', locale='id')}"
    below = f"{edition.name}, dicetak {moment(now, edition)}"
    parts = [part for part in rundown(edition, day) if part.entries]
    return sheet(title, below, list(_parts(edition, parts)))


def _offered(ids: Collection[int]) -> Mapping[int, Sequence[Product]]:
    found: dict[int, list[Product]] = {}
    for product in catalog.products_of(*ids) if ids else ():
        own = found.setdefault(product.seller_id, [])
        if product.active and len(own) < PRODUCTS:
            own.append(product)
    return found


def _parts(edition: Edition, parts: Sequence[Part]) -> Iterator[Flowable]:
    if not parts:
        yield Paragraph("Tidak ada giliran terbit pada hari ini.", PLAIN_STYLE)
    for n, part in enumerate(parts):
        if n:
            yield PageBreak()
        yield Paragraph(text(f"Saluran {part.number}: {part.name}"), PART_STYLE)
        head = ["", "Jam", "UMKM", "Produk", "Telepon"]
        rows = [list(_cells(edition, entry)) for entry in part.entries]
        yield Table([head, *rows], colWidths=WIDTHS, style=LOOK, repeatRows=1)
        yield Spacer(0, 4 * mm)


def _cells(edition: Edition, entry: Entry) -> Iterator[Flowable | str]:
    zone, seller = edition.zone, entry.seller
    from_, to = entry.turn.starts_at.astimezone(zone), entry.turn.ends_at.astimezone(zone)
    yield Table([[""]], colWidths=[4 * mm], rowHeights=[4 * mm], style=BOX)
    yield Paragraph(f"<b>{from_:%H.%M}</b>–{to:%H.%M}", PLAIN_STYLE)
    name = f'<font name="{BOLD}">{text(seller.name)}</font>'
    yield Paragraph(f"{name}<br/>{text(seller.cluster)}, {text(seller.owner_name)}", PLAIN_STYLE)
    # What belongs to a code stays on its line.
    goods = (f"{one.claim_code}\u00a0{one.name} {rupiah(one.price_idr)}" for one in entry.products)
    yield Paragraph("<br/>".join(map(text, goods)), PLAIN_STYLE)
    yield Paragraph(f'<font name="{PLAIN}">{text(phones.show(seller.phone))}</font>', PLAIN_STYLE)
