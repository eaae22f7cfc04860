"""A seller's statement on paper: what it sold, what came where, what is due, order by order."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from babel.dates import format_date
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from bazaar.models import Edition, Seller, SellerStatement
from bazaar.rules.numbers import rupiah
from bazaar.rules.settlement import Figures
from bazaar.settlement import OrderSum, figures_of
from bazaar.total_papers import LOCALE, PART_STYLE, PLAIN_STYLE, moment, sheet, table, text

LINES: Final = (
    ("Barang terjual", "goods_idr", 1),
    ("Ongkir dari pembeli", "shipping_idr", 1),
    ("Batal setelah dibayar", "returned_idr", -1),
    ("Potongan (kode unik, selisih)", "discount_idr", -1),
    ("Sudah Anda terima langsung", "direct_in_idr", -1),
    ("Sudah Anda kembalikan ke pembeli", "direct_back_idr", 1),
    ("Biaya gerbang pembayaran", "fee_idr", -1),
    ("Ongkir kurir yang dibayar panitia", "courier_idr", -1),
)


def pdf(
    edition: Edition,
    seller: Seller,
    statement: SellerStatement,
    orders: Sequence[OrderSum],
    *,
    now: datetime,
) -> bytes:
    """Return a statement as a PDF of A4 pages, every order in it."""
    until = format_date(statement.until, "d MMMM y", locale=LOCALE)
    title = f"Perhitungan nomor {statement.number}: {seller.name} ({seller.code})"
    below = f"{edition.name}, sampai {until}. Dicetak {moment(now, edition)}"
    parts: list[Flowable] = [
        table(("Perhitungan", "Jumlah"), list(_sums(statement)), summed=True),
        Spacer(0, 3 * mm),
        *_ends(edition, statement),
    ]
    if orders:
        parts.append(Paragraph("Per pesanan", PART_STYLE))
        heads = ("Pesanan", "Hak Anda", "Langsung", "Ke panitia")
        parts.append(table(heads, [_order(one) for one in orders]))
    return sheet(title, below, parts)


def _sums(statement: SellerStatement) -> Iterator[tuple[str, ...]]:
    figures = figures_of(statement)
    for words, name, sign in LINES:
        if amount_idr := getattr(figures, name):
            yield words, rupiah(sign * amount_idr)
    if statement.carried_idr:
        yield "Dari lembar sebelumnya", rupiah(statement.carried_idr)
    yield "Dibayar panitia kepada Anda", rupiah(statement.due_idr)


def _ends(edition: Edition, statement: SellerStatement) -> Iterator[Flowable]:
    figures = figures_of(statement)
    words = [
        f"Uang pembeli yang masuk lewat panitia: {rupiah(figures.committee_in_idr)}.",
        f"Dari situ dikembalikan ke pembeli: {rupiah(figures.committee_back_idr)}.",
    ]
    if figures.to_return_idr:
        words.append(f"Masih harus dikembalikan ke pembeli: {rupiah(figures.to_return_idr)}.")
    if statement.due_idr < 0:
        words.append("Jumlah di bawah nol: Anda yang menyerahkannya kepada panitia.")
    if statement.paid_out_at is not None:
        at = moment(statement.paid_out_at, edition)
        reference = f", nomor transaksi {statement.reference}" if statement.reference else ""
        words.append(f"Lunas {at}, dicatat {statement.paid_out_by}{reference}.")
    else:
        words.append("Belum dibayar; dipindahkan ke lembar berikutnya bila tetap belum.")
    for line in words:
        yield Paragraph(text(line), PLAIN_STYLE)


def _order(one: OrderSum) -> tuple[str, ...]:
    figures: Figures = one.figures
    amounts = (figures.earned_idr, figures.direct_idr, figures.committee_idr)
    return (one.reference, *map(rupiah, amounts))
