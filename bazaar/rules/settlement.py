"""What a seller is owed, from sums of ledger entries: only adding and subtracting.

A seller earns what it sold, goods and shipping, less what was called off and less discounts. Part
of that came to it directly; gateways keep fees, couriers that the committee booked are charged to
the parcel's seller, and what was paid out is paid. What remains is owed. Every entry changes the
sum by its own amount whatever else there is, so the statements of a seller and what is not on one
yet always add up to the ledger.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

SOLD = {"goods_sold": "goods_idr", "shipping_sold": "shipping_idr"}


class Move(NamedTuple):
    """So much, in whole rupiah, from the book `credit` to the book `debit` (`models.ledger.Book`).

    `own`: at an account of the seller, or handed over as buyer and seller agreed. `by_hand`: what
    a person entered, such as a courier paid at the counter by whoever brought the parcel.
    """

    debit: str
    credit: str
    own: bool
    by_hand: bool
    amount_idr: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums of a seller's entries in whole rupiah.

    `direct_…` came to the seller's own accounts and was given back from them, `committee_…` the
    same at all others. `paid_idr` went from the committee to the seller, negative the other way.
    """

    goods_idr: int = 0
    shipping_idr: int = 0
    returned_idr: int = 0
    discount_idr: int = 0
    direct_in_idr: int = 0
    direct_back_idr: int = 0
    committee_in_idr: int = 0
    committee_back_idr: int = 0
    fee_idr: int = 0
    courier_idr: int = 0
    paid_idr: int = 0

    @property
    def earned_idr(self) -> int:
        """What the seller earned."""
        return self.goods_idr + self.shipping_idr - self.returned_idr - self.discount_idr

    @property
    def direct_idr(self) -> int:
        """What of buyers' money the seller has already."""
        return self.direct_in_idr - self.direct_back_idr

    @property
    def committee_idr(self) -> int:
        """What of buyers' money the committee has."""
        return self.committee_in_idr - self.committee_back_idr

    @property
    def due_idr(self) -> int:
        """What the committee owes the seller for this; below zero the seller owes it."""
        return self.earned_idr - self.direct_idr - self.fee_idr - self.courier_idr - self.paid_idr

    @property
    def to_return_idr(self) -> int:
        """What buyers paid for orders and was not earned: it is to be given back to them."""
        return self.direct_idr + self.committee_idr - self.earned_idr

    def __add__(self, other: "Figures") -> "Figures":
        mine, others = asdict(self), asdict(other)
        return Figures(**{name: mine[name] + others[name] for name in mine})

    def __bool__(self) -> bool:
        return any(asdict(self).values())


NAMES = tuple(field.name for field in fields(Figures))
NOTHING = Figures()


def figures(moves: Iterable[Move]) -> Figures:
    """Return the figures of some entries of one seller; entries that concern none of them count not."""
    sums = dict.fromkeys(NAMES, 0)
    for move in moves:
        for name, amount_idr in _parts(move):
            sums[name] += amount_idr
    return Figures(**sums)


def _parts(move: Move) -> Iterable[tuple[str, int]]:
    """Yield which figures an entry changes, and by how much."""
    amount_idr = move.amount_idr
    holder = "direct" if move.own else "committee"
    if move.credit in SOLD:
        yield SOLD[move.credit], amount_idr
    if move.debit in SOLD:
        yield "returned_idr", amount_idr
    match move.debit, move.credit:
        case "unknown", "buyer":
            yield f"{holder}_in_idr", amount_idr
        case "buyer", "unknown":
            yield f"{holder}_in_idr", -amount_idr
        case "buyer", "money":
            yield f"{holder}_back_idr", amount_idr
    yield from _signed(move, "discount", "discount_idr")
    yield from _signed(move, "paid_out", "paid_idr")
    if not move.own:  # what a gateway keeps of the seller's own money the seller never had
        yield from _signed(move, "fee", "fee_idr")
    if not move.by_hand:
        yield from _signed(move, "courier", "courier_idr")


def _signed(move: Move, book: str, name: str) -> Iterable[tuple[str, int]]:
    if move.debit == book:
        yield name, move.amount_idr
    elif move.credit == book:
        yield name, -move.amount_idr
