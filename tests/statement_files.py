"""Statements as a bank gives them, and a stall whose account they are of."""

from typing import Any

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Product, ReceivingAccount
from tests.builders import a_product, a_seller, a_sticker, an_edition

HEADER = "NOREK;TGL_TRAN;JAM_TRAN;DESK_TRAN;MUTASI_DEBET;MUTASI_KREDIT;SALDO_AKHIR_MUTASI"
UNKNOWN = b"Waktu,Isi,Catatan\n2026-03-01 19:10:00,50000,TRF\n2026-03-01 19:11:00,7000,X\n"
"""A file whose columns nobody knows."""


def a_file(*lines: Any, account: str = "3333333333") -> bytes:
    """A statement; each line is text and amount (below zero: money out), and perhaps a time."""
    rows = [HEADER]
    for number, (text, amount, *at) in enumerate(lines):
        out, came = (-amount, 0) if amount < 0 else (0, amount)
        clock = at[0] if at else "191000"
        rows.append(f"{account};2026-03-01;{clock};{text};{out}.00;{came}.00;{1000 + number}.00")
    return "\n".join(rows).encode()


def a_stall(**given: Any) -> Product:
    """An edition with a seller whose account has a sticker, and a product of Rp50,000."""
    an_edition()
    seller = a_seller(**given)
    a_sticker(seller)
    return a_product(seller=seller, price_idr=50_000, stock=100)


def the_account() -> ReceivingAccount:
    return db.session.scalars(sa.select(ReceivingAccount)).one()
