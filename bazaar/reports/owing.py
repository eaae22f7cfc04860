"""What sellers earned and hold, as far as sums are kept: so no page adds up what nobody settled yet.

Settlement tells entries apart by where the money lay and whether a person entered a courier's
charge (`rules.settlement`); each of the four has an axis of its own, along which sellers stand.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa

from bazaar.courier_costs import BY_HAND
from bazaar.db import db
from bazaar.models import LedgerEntry, ReceivingAccount
from bazaar.reports.books import Move

ENTRY = LedgerEntry

OWN: Final = sa.case(
    (ENTRY.account_id.is_(None), 1),
    (ReceivingAccount.seller_id == ENTRY.seller_id, 1),
    else_=0,
)
"""1 for money at an account of the seller, or handed over as buyer and seller agreed."""

HAND: Final = sa.case((ENTRY.method == BY_HAND, 1), else_=0)
"""1 for what a person entered."""

AXES: Final = {f"due{own}{hand}": (bool(own), bool(hand)) for own in (0, 1) for hand in (0, 1)}
"""Axes of kept sums, with own and by hand."""


class Part(NamedTuple):
    """Entries of a seller that settlement treats alike; `label` is the seller's id."""

    axis: str
    label: str
    move: Move
    rows: int
    amount_idr: int


def parts_of(edition_id: int, day: date, *, after: int, until: int) -> Iterator[Part]:
    """Yield the sums of entries of sellers on a day with numbers above `after`, up to `until`."""
    keys = (OWN, HAND, ENTRY.seller_id, ENTRY.kind, ENTRY.debit, ENTRY.credit)
    query = (
        sa.select(*keys, sa.func.count(), sa.func.sum(ENTRY.amount_idr))
        .select_from(ENTRY)
        .outerjoin(ReceivingAccount, ReceivingAccount.id == ENTRY.account_id)
        .where(
            ENTRY.edition_id == edition_id,
            ENTRY.day == day,
            ENTRY.id > after,
            ENTRY.id <= until,
            ENTRY.seller_id.is_not(None),
        )
        .group_by(*(sa.text(str(n)) for n, _ in enumerate(keys, 1)))
    )
    for own, hand, seller_id, *move, rows, amount_idr in db.session.execute(query):
        yield Part(f"due{own}{hand}", str(seller_id), Move(*move), int(rows), int(amount_idr))
