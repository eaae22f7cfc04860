"""What QRIS probably cost sellers (`rules.mdr`): estimates beside the figures, never booked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Book, LedgerEntry, ReceivingAccount
from bazaar.reports.books import Move
from bazaar.rules import mdr, qris
from bazaar.rules.qris import QrisInfo

AXIS: Final = "mdr"
"""Under which kept sums hold payments by sticker and size."""

ENTRY = LedgerEntry
KINDS: Final = ("payment", "withdrawal")


class Payments(NamedTuple):
    """Money that came to a sticker; `label` is `account:large`, large 1 above `mdr.SMALL_IDR`."""

    label: str
    move: Move
    rows: int
    amount_idr: int


def payments_of(
    edition_id: int, day: date | None = None, *, after: int = 0, until: int | None = None
) -> list[Payments]:
    """Return what came to stickers on a day, or on all, and what was withdrawn again.

    By entries with numbers above `after` and up to `until`.
    """
    which = [ENTRY.edition_id == edition_id]
    if day is not None:
        which.append(ENTRY.day == day)
    if after:
        which.append(ENTRY.id > after)
    if until is not None:
        which.append(ENTRY.id <= until)
    return _payments(*which)


def mdr_of_entries(entry_ids: sa.Select[int], seller_id: int, day: date) -> int:
    """Return the estimate for those of a seller's entries whose numbers the query gives."""
    return estimated(_payments(ENTRY.seller_id == seller_id, ENTRY.id.in_(entry_ids)), day)


def estimated(found: Iterable[Payments], day: date) -> int:
    """Return the estimate for these payments by the rates of a day, in whole rupiah."""
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        account, large = one.label.split(":")
        signed_idr = one.amount_idr if one.move.debit is Book.MONEY else -one.amount_idr
        sums[int(account)][int(large)] += signed_idr
    criteria = _criteria(list(sums))
    return sum(
        mdr.estimate(criteria.get(account, ""), day, small_idr=small, large_idr=large)
        for account, (small, large) in sums.items()
    )


def _payments(*conditions: sa.ColumnElement[bool]) -> list[Payments]:
    large = sa.case((ENTRY.amount_idr > mdr.SMALL_IDR, 1), else_=0)
    keys = (ENTRY.account_id, large, ENTRY.kind, ENTRY.debit, ENTRY.credit)
    query = (
        sa.select(*keys, sa.func.count(), sa.func.sum(ENTRY.amount_idr))
        .where(
            *conditions,
            ENTRY.kind.in_(KINDS),
            ENTRY.method == "qris",
            ENTRY.account_id.is_not(None),
            sa.or_(ENTRY.debit == Book.MONEY, ENTRY.credit == Book.MONEY),
        )
        .group_by(*(sa.text(str(n)) for n, _ in enumerate(keys, 1)))
    )
    return [
        Payments(f"{account}:{int(is_large)}", Move(*move), int(rows), int(amount_idr))
        for account, is_large, *move, rows, amount_idr in db.session.execute(query)
    ]


def _criteria(account_ids: Sequence[int]) -> dict[int, str]:
    """Return the criteria on each sticker; those that tell none are left out."""
    query = sa.select(ReceivingAccount.id, ReceivingAccount.payload).where(
        ReceivingAccount.id.in_(account_ids), ReceivingAccount.payload != ""
    )
    read = {account: qris.inspect(payload) for account, payload in db.session.execute(query)}
    return {
        account: found.criteria or ""
        for account, found in read.items()
        if isinstance(found, QrisInfo)
    }
