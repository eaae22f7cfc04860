"""One line of a statement: what it says, or why it is not taken."""

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, tzinfo
from functools import lru_cache
from typing import Final

from bazaar.rules.sheets import Fault
from bazaar.rules.statements import days, faults, money
from bazaar.rules.statements.days import Moment, Period
from bazaar.rules.statements.money import Kind
from bazaar.rules.statements.profiles import Profile, plain


class Side(enum.Enum):
    """Whether money came or went, as seen from the account."""

    CREDIT = "C"
    DEBIT = "D"


class LineKind(enum.Enum):
    """What a line is. A settlement is the sum of a merchant's QRIS day, less its fee."""

    LINE = "line"
    QRIS_SETTLEMENT = "qris_settlement"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as read. `number` is its row in the file. Sums are whole sen (1/100 rupiah).

    `day` is None only for a `pending` line, one that the bank has not booked yet. `reference` is
    the bank's, or else `identity`, the id that no other transaction of this account has.
    """

    number: int
    day: date | None
    at: time | None
    amount_sen: int
    side: Side
    description: str
    balance_sen: int | None = None
    reference: str | None = None
    identity: str | None = None
    pending: bool = False
    kind: LineKind = LineKind.LINE
    fee_sen: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, with what stood in it and why.

    `wrong` is false where nothing is amiss: the payment had failed, or was told twice.
    """

    number: int
    cells: tuple[str, ...]
    fault: Fault
    wrong: bool = True


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(","))


_PENDING: Final = _words("pend, pending")
_SUCCESS: Final = _words(
    "berhasil, sukses, success, successful, succeeded, settlement, settled, paid, "
    "completed, complete, selesai, lunas, captured, capture, dibayar"
)
_CREDIT: Final = _words(
    "c, cr, k, kr, kredit, credit, masuk, in, payment, invoice, penjualan, pembayaran, "
    "uang masuk, dana masuk, va payment, qris payment, ewallet payment, "
    "invoice payment"
)
_DEBIT: Final = _words(
    "d, db, dr, debet, debit, keluar, out, refund, disbursement, withdrawal, fee, "
    "transfer, chargeback, uang keluar, dana keluar, penarikan, pengembalian, "
    "remittance payout, payout"
)
_BEHIND: Final = re.compile(r"(?P<sum>.*?[0-9)])\s*(?P<side>CR|DB|DR|KR|C|D|K)\.?", re.IGNORECASE)
_SETTLEMENT: Final = re.compile(
    r"KR OTOMATIS\s*MID\s*:\s*(?P<mid>\S+).*?\bQR\s*:\s*(?P<gross>[0-9.,]+)"
    r"(?:\s*DDR\s*:\s*(?P<fee>[0-9.,]+))?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class LineReader:
    """Reads the rows under one header. Call `read` for each; `seen` keeps the ids that were read."""

    profile: Profile
    places: Mapping[str, int]
    width: int
    kind: Kind
    period: Period | None
    zone: tzinfo
    seen: dict[str, int] = field(default_factory=dict)

    def cell(self, cells: Sequence[str], column: str) -> str:
        """Return the cell of a row in this column, or nothing."""
        place = self.places.get(column) if column else None
        return cells[place] if place is not None and place < len(cells) else ""

    def read(self, number: int, cells: Sequence[str]) -> StatementLine | Refused:
        """Return the line of this row, or why it is not taken."""
        found = self._line(number, cells)
        if isinstance(found, Fault):
            return Refused(number, tuple(cells), found)
        if status := self._failed(cells):
            fault = Fault(faults.NOT_SUCCESSFUL, {"value": status[:40]})
            return Refused(number, tuple(cells), fault, wrong=False)
        if found.identity:
            first = self.seen.setdefault(found.identity, number)
            if first != number:
                facts = {"value": found.identity[:60], "row": str(first)}
                return Refused(number, tuple(cells), Fault(faults.REPEATED, facts), wrong=False)
        return found

    def _failed(self, cells: Sequence[str]) -> str:
        """Return the status of a payment that did not succeed, else nothing."""
        status = self.cell(cells, self.profile.status)
        return status if status and plain(status) not in _SUCCESS else ""

    def _line(self, number: int, cells: Sequence[str]) -> StatementLine | Fault:
        profile = self.profile
        if any(cells[self.width :]):
            return Fault(faults.EXTRA_CELLS)
        pending = plain(self.cell(cells, profile.day)) in _PENDING
        moment = Moment(None, None) if pending else self._moment(cells)
        if isinstance(moment, Fault):
            return moment
        currency = self.cell(cells, profile.currency)
        if currency and plain(currency) not in {"idr", "rp", "rupiah"}:
            return Fault(faults.OTHER_CURRENCY, {"value": currency[:20]})
        found = self._amount(cells)
        if isinstance(found, Fault):
            return found
        balance, fee = self._more(cells, profile.balance), self._more(cells, profile.fee)
        if isinstance(balance, Fault):
            return balance
        if isinstance(fee, Fault):
            return fee
        identity = self.cell(cells, profile.identity) or None
        line = StatementLine(
            number,
            moment.day,
            moment.at,
            found[0],
            found[1],
            " ".join(filter(None, (self.cell(cells, column) for column in profile.text))),
            balance,
            self.cell(cells, profile.reference) or identity,
            identity,
            pending,
            fee_sen=None if fee is None else abs(fee),
        )
        return _as_settlement(line) or line

    def _moment(self, cells: Sequence[str]) -> Moment | Fault:
        text = self.cell(cells, self.profile.day)
        if not text:
            return Fault(faults.NO_DAY)
        moment = _moment_of(text, self.period, self.zone)
        if moment is None:
            return Fault(faults.BAD_DAY, {"value": text[:40]})
        if moment.day is None:
            return Fault(faults.NO_YEAR, {"value": text[:40]})
        if written := self.cell(cells, self.profile.time):
            at = days.read_time(written)
            if at is None:
                return Fault(faults.BAD_TIME, {"value": written[:40]})
            return Moment(moment.day, at if at != time.min else None)
        return moment

    def _amount(self, cells: Sequence[str]) -> tuple[int, Side] | Fault:
        profile = self.profile
        if profile.amount:
            return self._one_amount(cells)
        found: list[tuple[int, Side]] = []
        for side, column in ((Side.DEBIT, profile.debit), (Side.CREDIT, profile.credit)):
            text = self.cell(cells, column)
            if text in {"", "-"}:
                continue
            read = money.read(text, self.kind)
            if read is None:
                return Fault(faults.BAD_AMOUNT, {"value": text[:40]})
            if read.sen:  # a credit below zero was taken back
                found.append((read.sen, Side.DEBIT if read.negative else side))
        if len(found) > 1:
            return Fault(faults.TWO_AMOUNTS)
        return found[0] if found else Fault(faults.NO_AMOUNT)

    def _one_amount(self, cells: Sequence[str]) -> tuple[int, Side] | Fault:
        text, word = split_side(self.cell(cells, self.profile.amount))
        if not text:
            return Fault(faults.NO_AMOUNT)
        read = money.read(text, self.kind)
        if read is None:
            return Fault(faults.BAD_AMOUNT, {"value": text[:40]})
        if not read.sen:
            return Fault(faults.NO_AMOUNT)
        word = plain(self.cell(cells, self.profile.side)) or word
        if word in _CREDIT:
            return read.sen, Side.DEBIT if read.negative else Side.CREDIT
        if word in _DEBIT:
            return read.sen, Side.DEBIT
        if self.profile.signed and not word:
            return read.sen, Side.DEBIT if read.negative else Side.CREDIT
        return Fault(faults.NO_SIDE, {"value": word[:40]})

    def _more(self, cells: Sequence[str], column: str) -> int | Fault | None:
        """Return the sum in a further column with its sign, None where the cell is empty."""
        text, word = split_side(self.cell(cells, column))
        if text in {"", "-"}:
            return None
        read = money.read(text, self.kind)
        if read is None:
            return Fault(faults.BAD_AMOUNT, {"value": text[:40]})
        return -read.sen if read.negative or word in _DEBIT else read.sen


def split_side(text: str) -> tuple[str, str]:
    """Return a sum and the side written behind it: `799,700.00 CR` is the sum and `cr`."""
    match = _BEHIND.fullmatch(text) if text and not text[-1].isdigit() else None
    return (match["sum"], match["side"].lower()) if match else (text, "")


@lru_cache(maxsize=4_096)
def _moment_of(text: str, period: Period | None, zone: tzinfo) -> Moment | None:
    return days.read_moment(text, period=period, zone=zone)


def _as_settlement(line: StatementLine) -> StatementLine | None:
    match = _SETTLEMENT.search(line.description)
    if match is None:
        return None
    fee = match["fee"] or ""
    read = money.read(fee, money.kind_of(fee) or Kind.ENGLISH)
    return replace(
        line,
        reference=match["mid"],
        kind=LineKind.QRIS_SETTLEMENT,
        fee_sen=read.sen if read else None,
    )
