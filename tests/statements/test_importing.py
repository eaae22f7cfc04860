"""Importing statements: each rupiah once, whatever happens meanwhile, and back again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from bazaar import payments, statements
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import (
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    ReceivingAccount,
    StatementImport,
)
from bazaar.rules.statements import Statement
from bazaar.statements import Fate
from tests.builders import NOW, a_product, a_seller, a_sticker, an_edition, an_order

WULAN = Actor("committee:1", "Wulan")
RINA = Actor("committee:2", "Rina")
HEADER = "NOREK;TGL_TRAN;JAM_TRAN;DESK_TRAN;MUTASI_DEBET;MUTASI_KREDIT;SALDO_AKHIR_MUTASI"
LATER = NOW + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


def a_file(*lines, account="3333333333"):
    """A statement; each line is text and amount (below zero: money out), and perhaps a time."""
    rows = [HEADER]
    for number, (text, amount, *at) in enumerate(lines):
        out, came = (-amount, 0) if amount < 0 else (0, amount)
        clock = at[0] if at else "191000"
        rows.append(f"{account};2026-03-01;{clock};{text};{out}.00;{came}.00;{1000 + number}.00")
    return "\n".join(rows).encode()


def a_stall(**given):
    """An edition with a seller whose account has a sticker, and a product of Rp50,000."""
    an_edition()
    seller = a_seller(**given)
    a_sticker(seller)
    return a_product(seller=seller, price_idr=50_000, stock=100)


def the_account():
    return db.session.scalars(sa.select(ReceivingAccount)).one()


def sent(data, name="mutasi.csv"):
    row = statements.take_in(the_account(), name, data, actor=WULAN, now=LATER)
    assert isinstance(row, StatementImport), row
    return row


def previewed(row):
    found = statements.read(row)
    assert isinstance(found, Statement)
    return [shown.fate for shown in statements.preview(row, found, now=LATER).lines]


def imported(data, *, unknown=False):
    """Send, confirm and import a file; return the import's number."""
    return confirmed(sent(data), unknown=unknown)


def confirmed(row, *, unknown=False):
    assert statements.confirm(row, record_unknown=unknown, actor=RINA, now=LATER)
    db.session.commit()
    assert statements.work() == 1
    db.session.expire_all()
    return row.id


def fates(import_id):
    rows = db.session.scalars(statements.lines_of(import_id)).all()
    return [Fate(row.result) for row in rows]


def money():
    query = sa.select(Payment.amount_idr).order_by(Payment.id)
    return list(db.session.scalars(query))


def asked(order):
    return payments.get_charge(order.reference).amount_idr


def test_a_statement_pays_orders_and_opens_cases(app):
    batik = a_stall()
    paid, under, over, gone = (an_order(batik) for _ in range(4))
    payments_due = asked(paid)
    gone.status = OrderStatus.CANCELLED
    db.session.flush()
    data = a_file(
        (f"TRF {paid.reference}", payments_due),
        (f"TRF {under.reference}", asked(under) - 5_000),
        (f"TRF {over.reference}", asked(over) + 5_000),
        (f"TRF {gone.reference}", asked(gone)),
        (f"TRF {paid.reference} LAGI", payments_due),
        ("BIAYA ADM", -15_000),
        ("PENJUALAN LAIN", 9_000_000),
    )
    row = sent(data)
    before = previewed(row)
    assert money() == []

    import_id = confirmed(row)

    assert fates(import_id) == before
    assert before == [
        Fate.PAID,
        Fate.UNDERPAID,
        Fate.OVERPAID,
        Fate.LATE,
        Fate.EXTRA,
        Fate.IGNORED,
        Fate.UNMATCHED,
    ]
    assert len(money()) == 5  # neither the fee nor what has nothing to do with the bazaar
    assert [db.session.get_one(Order, order.id).status for order in (paid, under, over)] == [
        OrderStatus.PAID,
        OrderStatus.UNPAID,
        OrderStatus.PAID,
    ]
    kinds = sorted(case.kind.value for case in db.session.scalars(sa.select(MoneyCase)))
    assert kinds == ["cancelled", "extra", "over", "under"]
