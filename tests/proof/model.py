"""What must be true of orders and money, kept in memory: the machine compares the database to it.

Written from the rules (docs/money.md), not from the code: a few dictionaries, no state machine of
orders, no ledger of its own but the table of what is booked when.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bazaar import times

UNPAID, PAID, EXPIRED, CANCELLED = "unpaid", "paid", "expired", "cancelled"
ENDED = {EXPIRED, CANCELLED}
ON_ENDED = {PAID: "extra", EXPIRED: "late", CANCELLED: "cancelled"}
SHIPPING_IDR = 12_000


@dataclass
class AnOrder:
    id: int
    reference: str
    lines: dict[int, int]
    goods_idr: int
    asked_idr: int
    release_at: datetime
    status: str = UNPAID
    discount_idr: int = 0
    revived: bool = False

    @property
    def total_idr(self) -> int:
        return self.goods_idr + SHIPPING_IDR

    @property
    def least_idr(self) -> int:
        return min(self.asked_idr, self.total_idr)


@dataclass
class APayment:
    """`kind` is the open case of what counts for nothing, about the order `about`."""

    id: int
    amount_idr: int
    charged: int | None
    by_person: bool
    key: str
    counted: Counter[int] = field(default_factory=Counter)
    back: Counter[int | None] = field(default_factory=Counter)
    withdrawn: bool = False
    kind: str = ""
    about: int | None = None

    @property
    def free_idr(self) -> int:
        there = self.amount_idr - sum(self.counted.values()) - self.back[None]
        return 0 if self.withdrawn else there

    def for_order(self, order_id: int) -> int:
        return self.counted[order_id] - self.back[order_id]


@dataclass
class Model:
    now: datetime
    hold: timedelta
    zone: ZoneInfo
    stock: dict[int, int] = field(default_factory=dict)
    price_idr: dict[int, int] = field(default_factory=dict)
    orders: dict[int, AnOrder] = field(default_factory=dict)
    payments: dict[int, APayment] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)
    books: Counter[tuple[date, str, str, str]] = field(default_factory=Counter)

    # Orders

    def there(self, lines: dict[int, int]) -> bool:
        return all(self.stock[product] >= n for product, n in lines.items())

    def place(self, order: AnOrder) -> None:
        for product, n in order.lines.items():
            self.stock[product] -= n
        self.orders[order.id] = order
        self._worth("placed", ("buyer", "buyer"), PROMISED, order)

    def end(self, order: AnOrder, status: str, kind: str) -> None:
        order.status = status
        self._goods_back(order)
        self._worth(kind, PROMISED, ("buyer", "buyer"), order)

    def call_off(self, order: AnOrder) -> None:
        order.status = CANCELLED
        self._goods_back(order)
        self._worth("called_off", SOLD, ("buyer", "buyer"), order)
        self._discount_back(order, "called_off")

    def due_to_expire(self) -> list[AnOrder]:
        """Whose time is over, but not while money for them waits for a person."""
        return [
            order
            for order in self.orders.values()
            if order.status == UNPAID
            and order.release_at <= self.now
            and not self.counted_idr(order.id)
            and not any(p.free_idr and p.about == order.id for p in self.payments.values())
        ]

    def _goods_back(self, order: AnOrder) -> None:
        for product, n in order.lines.items():
            self.stock[product] += n

    # Money

    def counted_idr(self, order_id: int) -> int:
        return sum(payment.for_order(order_id) for payment in self.payments.values())

    def receive(self, payment: APayment) -> None:
        self.payments[payment.id] = payment
        self._book("payment", "money", "unknown", payment.amount_idr)

    def nobodys(self, payment: APayment, candidates: int) -> str:
        payment.kind, payment.about = "ambiguous" if candidates > 1 else "unknown", None
        return payment.kind

    def settle(self, payment: APayment, order: AnOrder) -> str:
        """Count what is free of a payment for an order; return what that was."""
        amount_idr, paid_idr = payment.free_idr, self.counted_idr(order.id)
        payment.about = order.id
        if order.status != UNPAID:
            payment.kind = ON_ENDED[order.status]
            return payment.kind
        together = paid_idr + amount_idr
        if together < order.least_idr:
            self._allocate(payment, order, amount_idr)
            payment.kind = ""
            return "under"
        fits = together <= max(order.total_idr, order.asked_idr)
        counts = amount_idr if fits else max(order.total_idr - paid_idr, 0)
        self._pay(order)
        self._allocate(payment, order, counts)
        self._difference(order, order.total_idr - paid_idr - counts)
        payment.kind = "" if fits else "over"
        return "served" if fits else "over"

    def accept_less(self, order: AnOrder) -> None:
        self._pay(order)
        self._difference(order, order.total_idr - self.counted_idr(order.id))

    def accept_more(self, payment: APayment, order: AnOrder) -> None:
        free_idr = payment.free_idr
        self._allocate(payment, order, free_idr)
        self._difference(order, -free_idr)

    def give_back(self, payment: APayment, amount_idr: int) -> None:
        """First goes what counts for nothing, then what counts for orders, the first one first."""
        parts: list[tuple[int | None, int]] = [(None, payment.free_idr)]
        parts += [(key, payment.for_order(key)) for key in sorted(payment.counted)]
        for order_id, there_idr in parts:
            part_idr = min(there_idr, amount_idr)
            if part_idr > 0:
                payment.back[order_id] += part_idr
                amount_idr -= part_idr
                self._book("refund", "buyer" if order_id else "unknown", "money", part_idr)
        assert not amount_idr

    def take_back(self, payment: APayment) -> None:
        self._take_off(payment)
        self._book("withdrawal", "unknown", "money", payment.amount_idr)
        payment.withdrawn = True

    def unassign(self, payment: APayment) -> None:
        self._take_off(payment)
        payment.kind, payment.about = "unknown", None

    def wait_again(self, order: AnOrder) -> None:
        order.status = UNPAID
        self._worth("waits_again", SOLD, PROMISED, order)
        self._discount_back(order, "waits_again")

    def _take_off(self, payment: APayment) -> None:
        for order_id in sorted(key for key, n in payment.counted.items() if n):
            order = self.orders[order_id]
            self._book("allocation_back", "buyer", "unknown", payment.counted[order_id])
            payment.counted[order_id] = 0
            if order.status == PAID and self.counted_idr(order_id) < order.least_idr:
                self.wait_again(order)

    # Days

    @property
    def today(self) -> date:
        return times.day_of(self.now, self.zone)

    def _book(self, kind: str, debit: str, credit: str, amount_idr: int) -> None:
        day = self.today
        while day in self.closed:
            day += timedelta(days=1)
        if amount_idr:
            self.books[day, kind, debit, credit] += amount_idr

    def _worth(
        self, kind: str, debit: tuple[str, str], credit: tuple[str, str], order: AnOrder
    ) -> None:
        for to, of, idr in zip(debit, credit, (order.goods_idr, SHIPPING_IDR), strict=True):
            self._book(kind, to, of, idr)

    def _pay(self, order: AnOrder) -> None:
        order.status = PAID
        self._worth("paid", PROMISED, SOLD, order)

    def _allocate(self, payment: APayment, order: AnOrder, amount_idr: int) -> None:
        payment.counted[order.id] += amount_idr
        self._book("allocation", "unknown", "buyer", amount_idr)

    def _difference(self, order: AnOrder, missing_idr: int) -> None:
        order.discount_idr += missing_idr
        self._between("difference", missing_idr)

    def _discount_back(self, order: AnOrder, kind: str) -> None:
        self._between(kind, -order.discount_idr)
        order.discount_idr = 0

    def _between(self, kind: str, missing_idr: int) -> None:
        debit, credit = ("discount", "buyer") if missing_idr > 0 else ("buyer", "discount")
        self._book(kind, debit, credit, abs(missing_idr))


PROMISED = ("goods_promised", "shipping_promised")
SOLD = ("goods_sold", "shipping_sold")
