"""Letters to sellers about their statements. The link is put in when a letter leaves."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from babel.dates import format_date

from bazaar import outbox
from bazaar.db import db
from bazaar.models import Edition, Seller, SellerStatement
from bazaar.ports import Letter
from bazaar.rules.numbers import rupiah
from bazaar.settlement.finding import link_token
from bazaar.tokens import Links

OWN_PAGE: Final = "{tautan-lembar}"
"""Stands in a letter for the address of the statement."""

_KEY = re.compile(r"settlement:(\d+)(?::paid)?")


def write(edition: Edition, made: Sequence[SellerStatement], *, now: datetime) -> None:
    """Tell the sellers that have an address of their new statements."""
    query = sa.select(Seller).where(Seller.id.in_([one.seller_id for one in made]))
    sellers = {seller.id: seller for seller in db.session.scalars(query)}
    letters = [
        _letter(f"settlement:{one.id}", sellers[one.seller_id], one, _made(edition, one))
        for one in made
    ]
    outbox.write_each(letters, now=now)


def write_paid(seller: Seller, statement: SellerStatement, *, now: datetime) -> None:
    """Tell a seller that its statement was paid out."""
    reference = f" Nomor transaksi: {statement.reference}." if statement.reference else ""
    who = "dari panitia kepada Anda" if statement.due_idr > 0 else "dari Anda kepada panitia"
    words = f"{rupiah(abs(statement.due_idr))} {who} dicatat lunas.{reference}"
    letter = _letter(f"settlement:{statement.id}:paid", seller, statement, words)
    outbox.write_each([letter], now=now)


def addressed(letter: Letter, *, site: str, links: Links) -> Letter:
    """Return the letter with the address of its statement; other letters as they are."""
    key = _KEY.fullmatch(letter.key)
    if key is None or OWN_PAGE not in letter.text:
        return letter
    statement = db.session.get_one(SellerStatement, int(key[1]))
    seller = db.session.get_one(Seller, statement.seller_id)
    page = f"{site}/lembar/{link_token(seller, statement.number, links)}"
    return replace(letter, text=letter.text.replace(OWN_PAGE, page))


def _letter(key: str, seller: Seller, statement: SellerStatement, words: str) -> Letter:
    subject = f"Lembar perhitungan nomor {statement.number}: {seller.name}"
    return Letter(
        key,
        seller.email,
        subject[:200],
        f"Halo {seller.name},\n\n{words}\n\nRinciannya: {OWN_PAGE}",
    )


def _made(edition: Edition, statement: SellerStatement) -> str:
    day = format_date(statement.until, "d MMMM y", locale="id")
    amount = rupiah(abs(statement.due_idr))
    if statement.due_idr > 0:
        result = f"Panitia akan membayar Anda {amount}."
    elif statement.due_idr < 0:
        result = f"Anda masih harus menyerahkan {amount} kepada panitia; dipindahkan ke lembar berikutnya."
    else:
        result = "Tidak ada yang harus dibayar."
    return f"Perhitungan {edition.name} sampai {day} sudah jadi. {result}"
