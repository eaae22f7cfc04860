"""Which request for money a line of a statement pays, by rules M1 to M8; M9 is keeping the answer.

M1  Only money that came: debits and settlements of a merchant's day are passed over, lines that
    the bank has not booked wait.
M2  Only requests of the account that the line is of.
M3  A line that names one request's reference is for that one, whatever its amount. One that names
    several is ambiguous.
M4  Else the exact amount decides, between five minutes before the request was made and seven days
    after it ended; a line without a time counts for its whole day. One unpaid: that one. Several:
    ambiguous. None but paid ones: extra.
M5  Else nothing is matched; requests near in amount are suggested to a person, never taken.
M6  The difference: equal is paid, more is overpaid (paid, the rest to give back), less underpaid.
    Equal is all between what the order costs and what is asked for after unique codes (`rules.money`),
    with what came before: just so the money is counted when it is written down.
M7  After the end, expired or cancelled: late. A person decides, because the goods may be gone.
M8  Paid already: extra, to give back.

Pure and in one pass: what an earlier line paid is paid for the later ones.
"""

import bisect
import enum
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Final

from bazaar.rules import money, references
from bazaar.rules.money import Due, Outcome
from bazaar.rules.order_states import OrderStatus
from bazaar.rules.statements.lines import LineKind, Side

EARLIER: Final = timedelta(minutes=5)
"""A bank's clock may be behind ours so much."""

GRACE: Final = timedelta(days=7)
"""After its end an amount still belongs to its request for so long."""

NEAR_IDR: Final = 999
SHOWN: Final = 20
"""At most so many candidates or suggestions are told; a person reads no more."""

_LOOKED_AT: Final = 200
"""Amounts looked at for suggestions, nearest first."""


class ChargeState(enum.Enum):
    """How a request for money stands."""

    WAITING = "waiting"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Result(enum.Enum):
    """What a line is."""

    PAID = "paid"
    OVERPAID = "overpaid"
    UNDERPAID = "underpaid"
    LATE = "late"
    EXTRA = "extra"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"
    WAIT_PENDING = "wait_pending"


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A request for money as matching sees it. `id` is the caller's; amounts are whole rupiah.

    `account` is any name that lines of the same account carry too. Instants are aware. `due` is
    what pays its order, `paid_idr` what has been counted for that; without it only `amount_idr`
    pays, and part payments are not added up.
    """

    id: int
    reference: str
    account: str
    amount_idr: int
    created_at: datetime
    ends_at: datetime
    state: ChargeState = ChargeState.WAITING
    due: Due | None = None
    paid_idr: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """A line of a statement as matching sees it. The amount is in sen (1/100 rupiah)."""

    account: str
    amount_sen: int
    side: Side
    day: date | None
    at: time | None
    text: str = ""
    pending: bool = False
    kind: LineKind = LineKind.LINE


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a line, and by which rules. Charges are told by their ids.

    `difference_sen` is what came beyond what was due (or, below zero, is missing), where one charge
    was found; for those that are over, beyond the amount asked for. `others` are candidates of an AMBIGUOUS and suggestions for an UNMATCHED
    line, in the order of the charges.
    """

    result: Result
    rules: tuple[str, ...]
    charge: int | None = None
    difference_sen: int = 0
    others: tuple[int, ...] = ()


def match(
    lines: Iterable[Incoming], charges: Sequence[OpenCharge], *, zone: tzinfo
) -> list[Decision]:
    """Return a decision for every line, in order. Days and times of lines are of `zone`.

    Takes a second for 10,000 lines and 10,000 charges: both go through indexes.
    """
    books: dict[str, _Book] = defaultdict(_Book)
    for place, charge in enumerate(charges):
        books[charge.account].add(place, charge)
    for book in books.values():
        book.sort()
    nothing = _Book()
    return [_decide(line, books.get(line.account, nothing), zone) for line in lines]


def _decide(line: Incoming, book: "_Book", zone: tzinfo) -> Decision:
    if line.side is Side.DEBIT or line.kind is LineKind.QRIS_SETTLEMENT:
        return Decision(Result.IGNORED, ("M1",))
    if line.pending:
        return Decision(Result.WAIT_PENDING, ("M1",))
    span = _span(line, zone)
    named = book.named(line.text)
    if not named and span is not None:
        return _by_amount(line, span, book)
    if not named:
        return Decision(Result.UNMATCHED, ("M5",))
    if len(named) > 1:
        return Decision(Result.AMBIGUOUS, ("M3",), others=_ids(named))
    return _judge(line, named[0], span, book, "M3")


def _by_amount(line: Incoming, span: "_Span", book: "_Book") -> Decision:
    """Decide a line that names no charge, by rules M4 and M5."""
    whole, sen = divmod(line.amount_sen, 100)
    found = list(islice(book.within(whole, span), SHOWN)) if not sen else []
    if len(found) > 1:
        return Decision(Result.AMBIGUOUS, ("M4",), others=_ids(found))
    if not found and not sen:
        found = list(islice(book.within(whole, span, paid=True), 1))
    if found:
        return _judge(line, found[0], span, book, "M4")
    return Decision(Result.UNMATCHED, ("M5",), others=_ids(book.near(whole, span)))


def _judge(
    line: Incoming, entry: "_Entry", span: "_Span | None", book: "_Book", rule: str
) -> Decision:
    """Return what the line is for the charge that it is for; mark the charge paid if it is."""
    charge = entry.charge
    difference = line.amount_sen - charge.amount_idr * 100
    if entry.paid:
        return Decision(Result.EXTRA, (rule, "M8"), charge.id, difference)
    over = charge.state is not ChargeState.WAITING
    if over or (span is not None and span.first > charge.ends_at):
        return Decision(Result.LATE, (rule, "M7"), charge.id, difference)
    if charge.due is not None:
        result, difference = _count(entry, charge.due, line.amount_sen)
    else:
        result = _RESULTS[(difference > 0) - (difference < 0)]
    if result is not Result.UNDERPAID:
        book.pay(entry)
    return Decision(result, (rule, "M6"), charge.id, difference)


_RESULTS: Final = {-1: Result.UNDERPAID, 0: Result.PAID, 1: Result.OVERPAID}


def _count(entry: "_Entry", due: Due, amount_sen: int) -> tuple[Result, int]:
    """Count money for the order of a charge; return what it does, and sen over or missing.

    What is below a rupiah is not counted, as nowhere.
    """
    verdict = money.decide(
        OrderStatus.UNPAID, due, paid_idr=entry.paid_idr, amount_idr=amount_sen // 100
    )
    entry.paid_idr += verdict.counts_idr
    if verdict.outcome is Outcome.UNDER:
        return Result.UNDERPAID, -100 * verdict.stake_idr
    if verdict.outcome is Outcome.OVER:
        return Result.OVERPAID, 100 * verdict.stake_idr
    return Result.PAID, 0


@dataclass(frozen=True, slots=True)
class _Span:
    """The instants at which the money may have come, both included."""

    first: datetime
    last: datetime


def _span(line: Incoming, zone: tzinfo) -> _Span | None:
    if line.day is None:
        return None
    first = datetime.combine(line.day, line.at or time.min, tzinfo=zone)
    last = first if line.at else datetime.combine(line.day, time.max, tzinfo=zone)
    return _Span(first, last)


@dataclass(slots=True, eq=False)
class _Entry:
    place: int
    charge: OpenCharge
    paid: bool
    paid_idr: int

    def lies_in(self, span: _Span) -> bool:
        """Say whether M4 counts money of these instants for the charge."""
        charge = self.charge
        return charge.created_at - EARLIER <= span.last and charge.ends_at + GRACE >= span.first


def _ids(entries: Iterable[_Entry]) -> tuple[int, ...]:
    return tuple(entry.charge.id for entry in sorted(entries, key=lambda entry: entry.place))


@dataclass(slots=True)
class _Book:
    """The charges of one account, by reference and by amount."""

    exact: dict[str, list[_Entry]] = field(default_factory=dict)
    meant: dict[str, list[_Entry]] = field(default_factory=dict)
    unpaid: dict[int, list[_Entry]] = field(default_factory=dict)
    paid: dict[int, list[_Entry]] = field(default_factory=dict)
    amounts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    beginnings: frozenset[str] = frozenset()
    longest: timedelta = timedelta(0)

    def add(self, place: int, charge: OpenCharge) -> None:
        entry = _Entry(place, charge, charge.state is ChargeState.PAID, charge.paid_idr)
        exact = compact(charge.reference)
        if exact:
            self.exact.setdefault(exact, []).append(entry)
            self.meant.setdefault(_meant(exact), []).append(entry)
        self.longest = max(self.longest, charge.ends_at - charge.created_at)
        shelf = self.paid if entry.paid else self.unpaid
        shelf.setdefault(charge.amount_idr, []).append(entry)

    def sort(self) -> None:
        """Put the indexes in order once everything was added."""
        self.amounts = sorted(self.unpaid)
        self.lengths = sorted({len(key) for key in self.exact})
        self.beginnings = frozenset(key[:2] for key in self.exact)
        for shelf in (self.unpaid, self.paid):
            for entries in shelf.values():
                entries.sort(key=_made)

    def pay(self, entry: _Entry) -> None:
        """Take the charge for paid from now on."""
        entry.paid = True
        amount = entry.charge.amount_idr
        entries = self.unpaid[amount]
        del entries[entries.index(entry, bisect.bisect_left(entries, _made(entry), key=_made))]
        bisect.insort(self.paid.setdefault(amount, []), entry, key=_made)

    def within(self, amount: int, span: _Span, *, paid: bool = False) -> Iterator[_Entry]:
        """Yield the unpaid (or paid) charges of this amount that lie in the time, oldest first."""
        entries = (self.paid if paid else self.unpaid).get(amount)
        if not entries:
            return
        # No charge lives longer than `longest`, so older ones are over; newer ones not yet made.
        start = bisect.bisect_left(entries, span.first - GRACE - self.longest, key=_made)
        for entry in islice(entries, start, None):
            if entry.charge.created_at - EARLIER > span.last:
                return
            if entry.lies_in(span):
                yield entry

    def near(self, amount: int, span: _Span) -> list[_Entry]:
        """Return unpaid charges of nearly this amount that lie in the time, nearest first."""
        found: list[_Entry] = []
        up = bisect.bisect_left(self.amounts, amount)
        down = up - 1
        for _ in range(_LOOKED_AT):
            above = self.amounts[up] - amount if up < len(self.amounts) else NEAR_IDR + 1
            below = amount - self.amounts[down] if down >= 0 else NEAR_IDR + 1
            if min(above, below) > NEAR_IDR:
                break
            place = up if above < below else down
            up, down = (up + 1, down) if above < below else (up, down - 1)
            found += islice(self.within(self.amounts[place], span), SHOWN - len(found))
            if len(found) >= SHOWN:
                break
        return found

    def named(self, text: str) -> list[_Entry]:
        """Return the charges whose reference stands in the text.

        Exactly as written, anywhere, also across spaces and hyphens; else, with look-alikes put
        right, only as whole words: a bank's own words must not turn into a reference.
        """
        if not text or not self.exact:
            return []
        letters = _Letters.of(text)
        found = self._find(letters, self.exact, letters.plain, whole=False)
        if not found:
            found = self._find(letters, self.meant, _meant(letters.plain, 0), whole=True)
        return list({entry.place: entry for entry in found}.values())

    def _find(
        self, letters: "_Letters", index: Mapping[str, list[_Entry]], plain: str, *, whole: bool
    ) -> list[_Entry]:
        found: list[_Entry] = []
        for start in self._beginnings_in(letters.plain):
            for length in self.lengths:
                end = start + length
                key = plain[start:end]
                if whole:
                    key = letters.plain[start : start + 2] + key[2:]
                entries = index.get(key) if end <= len(plain) else None
                if entries and letters.stands_alone(start, end, whole=whole):
                    found += entries
        return found

    def _beginnings_in(self, plain: str) -> Iterator[int]:
        for beginning in self.beginnings:
            start = plain.find(beginning)
            while start >= 0:
                yield start
                start = plain.find(beginning, start + 1)


def _made(item: "_Entry | datetime") -> datetime:
    return item if isinstance(item, datetime) else item.charge.created_at


def compact(text: str) -> str:
    """Return capitals A-Z and digits only: the form in which references are sought."""
    return _Letters.of(text).plain


def _meant(plain: str, keep: int = 2) -> str:
    """Return a compact text with look-alikes put right, but not the `keep` letters it begins by."""
    return plain[:keep] + references.as_meant(plain[keep:])


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters and digits of a text, and where each stood."""

    plain: str
    places: tuple[int, ...]
    text: str

    @classmethod
    def of(cls, text: str) -> "_Letters":
        upper = unicodedata.normalize("NFKC", text).upper()
        kept = [
            (place, char) for place, char in enumerate(upper) if char.isascii() and char.isalnum()
        ]
        return cls("".join(char for _, char in kept), tuple(place for place, _ in kept), upper)

    def stands_alone(self, start: int, end: int, *, whole: bool) -> bool:
        """Say whether this stretch is a reference of its own and no part of something longer.

        Between letters it may stand, since banks run words together; a number must not go on.
        With `whole` nothing may stand directly before or after it.
        """
        first, last = self.places[start], self.places[end - 1]
        before = self.text[first - 1 : first]
        after = self.text[last + 1 : last + 2]
        if whole:
            return not (before.isalnum() or after.isalnum())
        runs_on = after.isdigit() and self.text[last].isdigit()
        return not (runs_on or (before.isdigit() and self.text[first].isdigit()))
