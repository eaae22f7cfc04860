"""The rundown of a day on paper: per channel who, what with which code, whom to call, a box."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from babel.dates import format_date
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Paragraph, Spacer, Table, TableStyle

from bazaar import catalog, phones, sellers, show
from bazaar.editions.closed_times import KINDS
from bazaar.labels import BOLD, PLAIN, register_fonts
from bazaar.models import ClosedKind, ClosedTime, Edition, Product, Seller
from bazaar.rules.numbers import rupiah
from bazaar.rules.on_air import CHANGE_OVER
from bazaar.rules.show.standing import Turn
from bazaar.show.pictures import closed_times
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
class Break:
    """Time between two turns in which nobody is on. `why`: what it is for; `notes`: said of it."""

    starts_at: datetime
    ends_at: datetime
    why: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One turn of the sheet. `before`: the break that its start ends, if there is one."""

    turn: Turn
    seller: Seller
    products: Sequence[Product]
    before: Break | None


@dataclass(frozen=True, slots=True)
class Part:
    """One channel of the sheet."""

    number: int
    name: str
    entries: Sequence[Entry]


def rundown(edition: Edition, day: date) -> Sequence[Part]:
    """Return the released turns of a day by channel, with sellers and some of their products.

    Between them stand the breaks: closed times, hours between two openings, and every pause that
    is longer than a change of sellers. Seven queries, whatever the number of turns.
    """
    channels = show.days(edition, day)
    turns = [turn for channel in channels for turn in channel.plan.turns]
    ids = {turn.seller for turn in turns}
    people = sellers.by_id(ids)
    offered = _offered(ids)
    shut = _closed(edition, turns)
    parts = []
    for channel in channels:
        ordered = sorted(channel.plan.turns, key=lambda turn: turn.starts_at)
        breaks = [None, *(_break(*each, shut) for each in pairwise(ordered))]
        entries = [
            Entry(turn, people[turn.seller], offered.get(turn.seller, ()), before)
            for turn, before in zip(ordered, breaks, strict=False)
        ]
        parts.append(Part(channel.number, channel.name, entries))
    return parts


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


def _closed(edition: Edition, turns: Collection[Turn]) -> Sequence[ClosedTime]:
    if not turns:
        return ()
    first, last = min(turn.ends_at for turn in turns), max(turn.starts_at for turn in turns)
    return closed_times(edition, first, last)


def _break(turn: Turn, following: Turn, shut: Sequence[ClosedTime]) -> Break | None:
    """Return the break between two turns, or None where one seller just follows the other."""
    start, end = turn.ends_at, following.starts_at
    inside = [each for each in shut if each.starts_at < end and start < each.ends_at]
    if start >= end or not (inside or turn.closes_at < end or end - start > CHANGE_OVER):
        return None
    why = dict.fromkeys(KINDS[each.kind] for each in inside) or (KINDS[ClosedKind.BREAK],)
    return Break(start, end, tuple(why), tuple(each.note for each in inside if each.note))


def _parts(edition: Edition, parts: Sequence[Part]) -> Iterator[Flowable]:
    if not parts:
        yield Paragraph("Tidak ada giliran terbit pada hari ini.", PLAIN_STYLE)
    for n, part in enumerate(parts):
        if n:
            yield PageBreak()
        yield Paragraph(text(f"Saluran {part.number}: {part.name}"), PART_STYLE)
        rows: list[list[Flowable | str]] = [["", "Jam", "UMKM", "Produk", "Telepon"]]
        style = TableStyle(parent=LOOK)
        for entry in part.entries:
            if entry.before is not None:
                _lay_across(style, len(rows))
                rows.append(list(_pause(edition, entry.before)))
            rows.append(list(_cells(edition, entry)))
        yield Table(rows, colWidths=WIDTHS, style=style, repeatRows=1)
        yield Spacer(0, 4 * mm)


def _lay_across(style: TableStyle, row: int) -> None:
    """Give what a row says after its time the rest of the row, and the row a ground."""
    style.add("SPAN", (2, row), (-1, row))
    style.add("BACKGROUND", (0, row), (-1, row), HexColor("#eeeeee"))


def _pause(edition: Edition, pause: Break) -> Iterator[Flowable | str]:
    yield ""
    yield _times(edition, pause.starts_at, pause.ends_at)
    yield Paragraph(text(", ".join([*pause.why, *pause.notes])), PLAIN_STYLE)
    yield from ("", "")


def _cells(edition: Edition, entry: Entry) -> Iterator[Flowable | str]:
    seller = entry.seller
    yield Table([[""]], colWidths=[4 * mm], rowHeights=[4 * mm], style=BOX)
    yield _times(edition, entry.turn.starts_at, entry.turn.ends_at)
    name = f'<font name="{BOLD}">{text(seller.name)}</font>'
    yield Paragraph(f"{name}<br/>{text(seller.cluster)}, {text(seller.owner_name)}", PLAIN_STYLE)
    # What belongs to a code stays on its line.
    goods = (f"{one.claim_code}\u00a0{one.name} {rupiah(one.price_idr)}" for one in entry.products)
    yield Paragraph("<br/>".join(map(text, goods)), PLAIN_STYLE)
    yield Paragraph(f'<font name="{PLAIN}">{text(phones.show(seller.phone))}</font>', PLAIN_STYLE)


def _times(edition: Edition, starts_at: datetime, ends_at: datetime) -> Flowable:
    from_, to = starts_at.astimezone(edition.zone), ends_at.astimezone(edition.zone)
    return Paragraph(f"<b>{from_:%H.%M}</b>–{to:%H.%M}", PLAIN_STYLE)
