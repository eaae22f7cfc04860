"""Sheets to take away, as CSV that spreadsheet programs open rightly.

UTF-8 with a byte-order mark, lines by RFC 4180, money as plain whole rupiah. What people typed is
kept from being run as a formula: a text that begins like one gets an apostrophe in front.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import Charge, Edition, Order, OrderStatus, Payment
from bazaar.reports.days import orders_of_day

Cell = str | int

BYTE_ORDER_MARK: Final = "\ufeff"
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

STATUS: Final = {
    OrderStatus.QUOTING: "menunggu ongkir",
    OrderStatus.UNPAID: "belum dibayar",
    OrderStatus.PAID: "dibayar",
    OrderStatus.DONE: "selesai",
    OrderStatus.EXPIRED: "lewat waktu",
    OrderStatus.CANCELLED: "dibatalkan",
}

ORDER_COLUMNS: Final = (
    "tanggal",
    "jam",
    "kode_bayar",
    "status",
    "kode_umkm",
    "umkm",
    "klaster",
    "saluran",
    "giliran_mulai",
    "barang",
    "barang_rp",
    "ongkir_rp",
    "total_rp",
    "uang_masuk_rp",
    "bayar_sebelum",
    "dibayar_pada",
    "berakhir_pada",
    "pembeli",
    "telepon",
    "jalan",
    "daerah",
    "kode_pos",
    "negara",
    "catatan",
    "kurir",
    "berat_g",
    "asal",
)


def day_sheet(edition: Edition, day: date) -> str:
    """Return one row an order placed on the day, in order of time.

    `uang_masuk_rp` is all the money that has come for the order until now, on whatever day.
    """
    received = _received_by_order(edition, day)
    rows = (
        _order_row(order, received.get(order.id, 0), edition.zone)
        for order in orders_of_day(edition.id, day, edition.zone)
    )
    return written(ORDER_COLUMNS, rows)


def _order_row(order: Order, received_idr: int, zone: ZoneInfo) -> Sequence[Cell]:
    checkout, turn = order.checkout, order.turn
    return (
        times.day_of(order.placed_at, zone).isoformat(),
        f"{order.placed_at.astimezone(zone):%H:%M:%S}",
        order.reference,
        STATUS[order.status],
        order.seller.code,
        order.seller.name,
        order.seller.cluster,
        turn.channel.name if turn else "",
        _instant(turn.starts_at if turn else None, zone),
        "; ".join(f"{line.quantity} x {line.claim_code} {line.name}" for line in order.lines),
        order.goods_idr,
        order.shipping_idr,
        order.total_idr,
        received_idr,
        _instant(order.pay_before, zone),
        _instant(order.paid_at, zone),
        _instant(order.ended_at, zone),
        checkout.buyer_name,
        checkout.phone,
        checkout.street,
        checkout.area,
        checkout.postal_code,
        checkout.country,
        checkout.note,
        order.courier,
        order.weight_g,
        checkout.source,
    )


def _received_by_order(edition: Edition, day: date) -> dict[int, int]:
    start, end = times.day_bounds(day, edition.zone)
    query = (
        sa.select(Charge.order_id, sa.func.sum(Payment.amount_idr))
        .join(Payment, Payment.charge_id == Charge.id)
        .join(Charge.order)
        .where(Order.edition_id == edition.id, Order.placed_at >= start, Order.placed_at < end)
        .group_by(Charge.order_id)
    )
    return {order_id: int(received_idr) for order_id, received_idr in db.session.execute(query)}


def _instant(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}" if instant else ""


def written(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a sheet with these columns; texts that could run as formulas are made harmless."""
    file = io.StringIO()
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _harmless(cell: Cell) -> Cell:
    text = isinstance(cell, str) and cell.startswith(FORMULA_STARTS)
    return f"'{cell}" if text else cell
