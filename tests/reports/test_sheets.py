"""Sheets read back by a spreadsheet program say what the database says, and run nothing."""

import csv
import io
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bazaar import orders, payments, reports
from bazaar.db import db
from bazaar.models import Order, Payment
from bazaar.reports.sheets import FORMULA_STARTS, written
from tests.builders import HOST, a_product, a_seller, a_sticker, an_edition, an_order

DAY = date(2026, 3, 1)


def read(sheet):
    assert sheet.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))


@pytest.fixture
def edition(app, now):
    """A day of four orders of two sellers: waiting, paid, cancelled, and one paid too late."""
    edition = an_edition()
    for name, code in (("Batik Sekar", "U1"), ("=CMD()", "U2")):
        seller = a_seller(name=name, code=code)
        a_sticker(seller)
        product = a_product(seller=seller, price_idr=25_000)
        an_order(product, at=now, quantity=2, buyer_name="@siti", note="-1+1")
        other = an_order(product, at=now, street='Jalan "Jawa", 10\nRT 2')
        if code == "U2":
            orders.cancel(other, now=now)
        payments.confirm(payments.get_charge(other.reference), actor=HOST, now=now)
    db.session.expire_all()
    return edition


def test_the_order_sheet_adds_up_to_the_database(edition):
    rows = read(reports.day_sheet(edition, DAY))

    goods, shipping, total, count = db.session.execute(
        sa.select(
            sa.func.sum(Order.goods_idr),
            sa.func.sum(Order.shipping_idr),
            sa.func.sum(Order.total_idr),
            sa.func.count(),
        )
    ).one()
    received = db.session.scalar(sa.select(sa.func.sum(Payment.amount_idr)))
    sums = reports.of_day(edition, DAY).total
    assert len(rows) == count == sums.orders == 4
    assert added(rows, "barang_rp") == goods
    assert added(rows, "ongkir_rp") == shipping
    assert added(rows, "total_rp") == total == sums.placed_idr
    assert added(rows, "uang_masuk_rp") == received == sums.received_idr


def test_the_list_of_totals_is_the_screen(edition):
    table = reports.day_list(edition, DAY)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    total = reports.of_day(edition, DAY).total
    whole = rows[0]
    assert (whole["menurut"], whole["dipesan_rp"]) == ("semua", total.placed_idr)
    assert (whole["bersih_rp"], whole["uang_masuk_rp"]) == (total.net_idr, total.received_idr)
    for axis in ("umkm", "klaster", "kecamatan", "giliran", "saluran", "jam", "cara_bayar"):
        of_axis = [row for row in rows if row["menurut"] == axis]
        for column in ("pesanan", "dipesan_rp", "dibayar_rp", "gugur_rp", "uang_masuk_rp"):
            assert added(of_axis, column) == whole[column], (axis, column)


def test_an_order_is_told_whole(edition, now):
    rows = {row["kode_bayar"]: row for row in read(reports.day_sheet(edition, DAY))}

    for order in db.session.scalars(sa.select(Order)):
        row = rows[order.reference]
        assert (row["tanggal"], row["jam"]) == ("2026-03-01", "19:00:00")
        assert row["total_rp"] == str(order.total_idr)
        assert row["telepon"] == "'+6281234567890"
        assert row["barang"].startswith(f"{order.lines[0].quantity} x {order.lines[0].claim_code} ")
    assert {row["status"] for row in rows.values()} == {"belum dibayar", "dibayar", "dibatalkan"}
    assert {row["jalan"] for row in rows.values()} == {"Jalan Jawa 10", 'Jalan "Jawa", 10\nRT 2'}


def test_what_people_typed_runs_nothing(edition):
    rows = read(reports.day_sheet(edition, DAY))

    assert {row["umkm"] for row in rows} == {"Batik Sekar", "'=CMD()"}
    assert {row["pembeli"] for row in rows} == {"'@siti", "Siti Aminah"}
    assert {row["catatan"] for row in rows} == {"'-1+1", ""}


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1, max_size=5))
def test_no_cell_begins_like_a_formula_and_none_is_lost(cells):
    sheet = written([f"c{n}" for n in range(len(cells))], [cells])

    (row,) = list(csv.reader(io.StringIO(sheet, newline="")))[1:]
    assert not any(cell.startswith(FORMULA_STARTS) for cell in row)
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]


def added(rows, column):
    return sum(int(row[column]) for row in rows)
