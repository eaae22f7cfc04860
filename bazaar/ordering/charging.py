"""Asking for the money of orders that are just being placed: exact amounts, and codes to scan.

Source of the unique amounts ("kode unik"): the practice of Indonesian shops. A few rupiah are
taken off (or put on) so that no two open requests at one account ask for the same sum, and a
statement that shows nothing but the sum tells whose money it is. Drawn at random, so that nobody
can guess a neighbour's.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
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
ALL = -1
SHARES_LOCK = 6003

Request = tuple[int, int]
"""A receiving account's id, and a total to be asked for there."""

chance = random.Random()  # noqa: S311 - a neighbour's amount is no secret, only not the next one


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


class UniqueCodes:
    """Gives out amounts that nobody else is asked for at a receiving account.

    Several transactions do so at once without waiting for each other: amounts are divided by their
    remainder, and each gives out only those of shares that it has locked; it takes one more when
    those are used up. On SQLite whoever writes is alone and has all of them.
    """

    def __init__(self, requests: Collection[Request], *, sign: int, limit_idr: int) -> None:
        """`sign` is 1 where codes are taken off a total, -1 where they are put on."""
        self._windows = {request: _window(request, sign, limit_idr) for request in requests}
        self._free: dict[Request, list[int]] = {request: [] for request in requests}
        self._given: set[tuple[int, int]] = set()
        self._shares = list(range(SHARES))
        chance.shuffle(self._shares)
        self._count()
        if db.engine.dialect.name == "sqlite":
            self._shares = []
            self._read(ALL)
        elif self._windows:
            self._take_share()

    def draw(self, account_id: int, total_idr: int) -> int:
        """Return rupiah to take off the total (negative: to add), 0 when no code is free."""
        request = (account_id, total_idr)
        free = self._free[request]
        while request in self._windows:
            while free:
                amount_idr = free.pop(chance.randrange(len(free)))
                if (account_id, amount_idr) not in self._given:
                    self._given.add((account_id, amount_idr))
                    return total_idr - amount_idr
            if not self._take_share():
                del self._windows[request]
        return 0

    def _count(self) -> None:
        """Narrow the windows of accounts with few open requests; leave out those that are full."""
        sent = [_ends(request, window) for request, window in self._windows.items()]
        for account_id, total_idr, *taken, is_open in _COUNTED.run(sent, many=MANY_OPEN):
            request = (account_id, total_idr)
            few = is_open < MANY_OPEN
            window = self._windows[request][: FEW_CODES if few else MANY_CODES]
            self._windows[request] = window
            if taken[few] >= len(window):
                del self._windows[request]

    def _take_share(self) -> bool:
        """Lock one more share that nobody has, and see what is free of it."""
        while self._shares:
            share = self._shares.pop()
            if _LOCK_SHARE.run(lock=SHARES_LOCK, share=share).scalar():
                self._read(share)
                return True
        return False

    def _read(self, share: int) -> None:
        sent = [_ends(request, window) for request, window in self._windows.items()]
        taken = {(row[0], row[1]) for row in _TAKEN.run(sent, share=share, shares=SHARES)}
        for request, window in self._windows.items():
            self._free[request] += [
                amount_idr
                for amount_idr in window
                if (share == ALL or amount_idr % SHARES == share)
                and (request[0], amount_idr) not in taken
            ]


def _window(request: Request, sign: int, limit_idr: int) -> range:
    """Return all amounts that may be asked for instead of a total, the nearest first."""
    _, total_idr = request
    if sign > 0:
        return range(total_idr - 1, max(0, total_idr - 1 - MANY_CODES), -1)
    return range(total_idr + 1, min(limit_idr, total_idr + MANY_CODES) + 1)


def _ends(request: Request, window: range) -> dict[str, int]:
    """Return a window as the database is asked about it."""
    few = window[:FEW_CODES]
    return {
        "account_id": request[0],
        "total_idr": request[1],
        "low": min(window, default=0),
        "high": max(window, default=0),
        "few_low": min(few, default=0),
        "few_high": max(few, default=0),
    }


def accounts_of(seller_ids: Collection[int]) -> dict[int, Account]:
    """Return by seller the sticker in use."""
    rows = _ACCOUNTS.run(seller_ids=list(seller_ids))
    return {seller_id: Account(account_id, payload) for account_id, seller_id, payload in rows}


def codes_for(requests: Collection[Request], *, sign: int, limit_idr: int) -> UniqueCodes:
    """Return the codes for these requests. Few queries, whatever is open at the accounts."""
    return UniqueCodes(requests, sign=sign, limit_idr=limit_idr)


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
_WINDOW = {
    "account_id": "bigint",
    "total_idr": "bigint",
    "low": "bigint",
    "high": "bigint",
    "few_low": "bigint",
    "few_high": "bigint",
}
_THERE = "charge_amounts a WHERE a.account_id = sent.account_id AND a.released_at IS NULL"
_COUNTED = OnRows(
    "SELECT sent.account_id, sent.total_idr,"
    f" (SELECT count(*) FROM {_THERE} AND a.amount_idr BETWEEN sent.low AND sent.high),"
    f" (SELECT count(*) FROM {_THERE} AND a.amount_idr BETWEEN sent.few_low AND sent.few_high),"
    f" (SELECT count(*) FROM (SELECT 1 FROM {_THERE} LIMIT :many) AS few) FROM {{sent}}",
    **_WINDOW,
)
_TAKEN = OnRows(
    "SELECT a.account_id, a.amount_idr FROM {sent} JOIN charge_amounts a"
    " ON a.account_id = sent.account_id AND a.amount_idr BETWEEN sent.low AND sent.high"
    " AND a.released_at IS NULL AND (:share < 0 OR a.amount_idr % :shares = :share)",
    **_WINDOW,
)
