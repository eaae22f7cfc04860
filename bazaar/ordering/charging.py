"""Asking for the money of orders that are just being placed: exact amounts, and codes to scan.

Source of the unique amounts ("kode unik"): the practice of Indonesian shops. A few rupiah are
taken off (or put on) so that no two open requests at one account ask for the same sum, and a
statement that shows nothing but the sum tells whose money it is. Drawn at random, so that nobody
can guess a neighbour's.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from bazaar.bulk import OnRows, among
from bazaar.db import Prepared, db
from bazaar.models import AccountKind, ReceivingAccount
from bazaar.rules import qris
from bazaar.rules.qris import StickerRefused, TemplateFull

QRIS = "qris"
FEW_CODES = 99
MANY_CODES = 499
"""Codes go up to the first; from `MANY_OPEN` open requests of an account on, up to the second."""
MANY_OPEN = 60
SIGNS = {"subtract": 1, "add": -1}
"""What an edition may do with a code; anything else: no codes."""

SHARES = 8
SHARES_LOCK = 6003

_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Charging:
    """How money is asked for here.

    An order's amount stays its own for `grace` after its goods went back to the shelf.
    """

    qris_max_idr: int
    dynamic: bool = True
    grace: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Account:
    """A seller's sticker in use."""

    id: int
    payload: str


class Shares:
    """Which amounts this transaction may give out while others do the same.

    Amounts are divided by their remainder. A transaction gives out only those of shares that it
    has locked, and takes one more when those are used up; so two never give out the same amount,
    and neither waits for the other. On SQLite whoever writes is alone and has all of them.
    """

    def __init__(self) -> None:
        self.mine: list[int] = []
        self.left = list(range(SHARES))
        _chance.shuffle(self.left)
        if db.engine.dialect.name == "sqlite":
            self.mine, self.left = self.left, []

    def lock(self, share: int) -> bool:
        """Take one more share if nobody has it."""
        self.left.remove(share)
        won = bool(_LOCK_SHARE.run(lock=SHARES_LOCK, share=share).scalar())
        if won:
            self.mine.append(share)
        return won


@dataclass(slots=True)
class UniqueCodes:
    """Gives out codes at receiving accounts.

    `taken` are the amounts asked for there, `open` how many requests are; both grow with them.
    """

    sign: int
    limit_idr: int
    taken: Mapping[int, set[int]]
    open: dict[int, int]
    shares: Shares
    _free: dict[tuple[int, int, int], dict[int, list[int]]] = field(default_factory=dict)

    def draw(self, account_id: int, total_idr: int) -> int:
        """Return rupiah to take off the total (negative: to add), 0 when no code is free."""
        most = MANY_CODES if self.open.get(account_id, 0) >= MANY_OPEN else FEW_CODES
        free = self._of(account_id, total_idr, most)
        taken = self.taken[account_id]
        for share in (*self.shares.mine, *self.shares.left):
            there = free.get(share, [])
            while there and there[-1] in taken:
                there.pop()
            if there and (share in self.shares.mine or self.shares.lock(share)):
                amount_idr = there.pop()
                taken.add(amount_idr)
                self.open[account_id] = self.open.get(account_id, 0) + 1
                return total_idr - amount_idr
        return 0

    def _of(self, account_id: int, total_idr: int, most: int) -> dict[int, list[int]]:
        """Return the amounts that may be asked for instead of a total, by their share."""
        key = (account_id, total_idr, most)
        if key not in self._free:
            amounts = [total_idr - self.sign * code for code in range(1, most + 1)]
            _chance.shuffle(amounts)
            self._free[key] = {}
            for amount_idr in amounts:
                if 1 <= amount_idr <= self.limit_idr:
                    self._free[key].setdefault(amount_idr % SHARES, []).append(amount_idr)
        return self._free[key]


def accounts_of(seller_ids: Collection[int]) -> dict[int, Account]:
    """Return by seller the sticker in use."""
    rows = _ACCOUNTS.run(seller_ids=list(seller_ids))
    return {seller_id: Account(account_id, payload) for account_id, seller_id, payload in rows}


def codes_for(totals: Collection[tuple[int, int]], *, sign: int, limit_idr: int) -> UniqueCodes:
    """Return the codes for requests of these totals, each with its account's id.

    Two queries that look at no more amounts than could be asked for.
    """
    taken: dict[int, set[int]] = {account_id: set() for account_id, _ in totals}
    windows = [
        {
            "account_id": account_id,
            "low": total_idr - (MANY_CODES if sign > 0 else 0),
            "high": total_idr + (MANY_CODES if sign < 0 else 0),
        }
        for account_id, total_idr in sorted(totals)
    ]
    for account_id, amount_idr in _TAKEN.run(windows):
        taken[account_id].add(amount_idr)
    counted = _OPEN.run([{"account_id": each} for each in sorted(taken)], many=MANY_OPEN)
    return UniqueCodes(sign, limit_idr, taken, dict(counted.all()), Shares())


def payload_for(
    sticker: str, amount_idr: int, reference: str, *, limit_idr: int, dynamic: bool
) -> str:
    """Return the code for an amount: as exact as the sticker allows, in doubt the sticker itself."""
    if not dynamic:
        return sticker
    for label in (reference, None):
        try:
            return qris.make_dynamic(sticker, amount_idr, label, limit_idr=limit_idr)
        except TemplateFull:
            continue
        except StickerRefused:
            break
    return sticker


def sign_of(way: str) -> int:
    """Return 1 where codes are taken off, -1 where they are put on, 0 where there are none."""
    return SIGNS.get(way, 0)


_LOCK_SHARE = Prepared(sa.text("SELECT pg_try_advisory_xact_lock(:lock, :share)"))
_ACCOUNTS = Prepared(
    sa.select(ReceivingAccount.id, ReceivingAccount.seller_id, ReceivingAccount.payload).where(
        among(ReceivingAccount.seller_id, "seller_ids"),
        ReceivingAccount.kind == AccountKind.QRIS,
        ReceivingAccount.replaced_at.is_(None),
        ReceivingAccount.approved_at.is_not(None),
    )
)
_TAKEN = OnRows(
    "SELECT a.account_id, a.amount_idr FROM {sent} JOIN charge_amounts a"
    " ON a.account_id = sent.account_id AND a.amount_idr BETWEEN sent.low AND sent.high"
    " AND a.released_at IS NULL",
    account_id="bigint",
    low="bigint",
    high="bigint",
)
_OPEN = OnRows(
    "SELECT sent.account_id, (SELECT count(*) FROM (SELECT 1 FROM charge_amounts a"
    " WHERE a.account_id = sent.account_id AND a.released_at IS NULL"
    " LIMIT :many) AS few) FROM {sent}",
    account_id="bigint",
)
