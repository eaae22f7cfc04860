"""Totals as lists to take away: every figure of a day or a season, told apart along each axis."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bazaar.models import Edition
from bazaar.reports import totals as adding
from bazaar.reports.books import Figures, Label, SellerLabel, Totals, TurnLabel
from bazaar.reports.workbooks import Cell, Table

FIGURES: Final = {
    "pesanan": "orders",
    "dipesan_rp": "placed_idr",
    "pesanan_dibayar": "paid_orders",
    "barang_dibayar_rp": "goods_idr",
    "ongkir_dibayar_rp": "shipping_idr",
    "dibayar_rp": "gross_idr",
    "batal_setelah_dibayar_rp": "returned_idr",
    "potongan_rp": "discount_idr",
    "biaya_rp": "fee_idr",
    "bersih_rp": "net_idr",
    "pesanan_gugur": "lapsed_orders",
    "gugur_rp": "lapsed_idr",
    "pembayaran": "payments",
    "uang_masuk_rp": "received_idr",
    "dikembalikan_rp": "refunded_idr",
    "belum_dikenal_rp": "unknown_idr",
    "ditagih_kurir_rp": "courier_idr",
    "dibayarkan_ke_umkm_rp": "paid_out_idr",
}
"""Columns of the lists, and the figure of `books.Figures` in each."""

AXIS_WORDS: Final = {
    "seller": "umkm",
    "cluster": "klaster",
    "district": "kecamatan",
    "turn": "giliran",
    "channel": "saluran",
    "method": "cara_bayar",
    "hour": "jam",
    "day": "hari",
}


def day_list(edition: Edition, day: date) -> Table:
    """Return the totals of a day: a row for the whole day, then rows along each axis."""
    return _list(f"Total {day.isoformat()}", adding.of_day(edition, day), edition)


def season_list(edition: Edition) -> Table:
    """Return the totals of an edition, with rows a day."""
    return _list(f"Total {edition.slug}", adding.of_season(edition, most_turns=None), edition)


def _list(title: str, totals: Totals, edition: Edition) -> Table:
    columns = ("menurut", "kode", "nama", *FIGURES)
    return Table(title, columns, _rows(totals, edition), {"nama": 32})


def _rows(totals: Totals, edition: Edition) -> Iterator[Sequence[Cell]]:
    yield ("semua", "", "", *_cells(totals.total))
    for axis, lines in totals.by.items():
        for label, figures in lines:
            yield (AXIS_WORDS[axis], *_words(label, edition), *_cells(figures))


def _cells(figures: Figures) -> Iterator[int]:
    return (getattr(figures, name) for name in FIGURES.values())


def _words(label: Label, edition: Edition) -> tuple[str, str]:
    """Return a label's code and name as the lists write them."""
    match label:
        case SellerLabel():
            return label.code, label.name
        case TurnLabel(starts_at=None) | None:
            return "", "di luar giliran"
        case TurnLabel(starts_at=starts_at, channel=channel, seller=seller) if starts_at:
            local = starts_at.astimezone(edition.zone)
            return f"{local:%Y-%m-%d %H:%M}", f"{channel}: {seller}"
        case int():
            return f"{label:02}", f"{label:02}.00-{label:02}.59"
        case date():
            return label.isoformat(), ""
    return "", str(label)
