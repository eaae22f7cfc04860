"""The real side of the machine: a small bazaar in a database, and what it looks like in numbers."""

from collections import Counter
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from bazaar.db import db, reading, transaction
from bazaar.models import (
    Allocation,
    Book,
    Edition,
    LedgerEntry,
    MoneyCase,
    Order,
    Payment,
    Product,
    Refund,
)
from tests import builders
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition
from tests.house import House
from tests.proof.model import SHIPPING_IDR

SLACK = timedelta(minutes=10)
STOCKS = (3, 5, 8)


class OpenCase(NamedTuple):
    """An open case as it stands in the table."""

    id: int
    kind: str
    payment_id: int
    order_id: int | None
    amount_idr: int


class Seen(NamedTuple):
    """Everything of the database that the model knows too."""

    stock: dict[int, int]
    status: dict[int, str]
    payments: dict[int, int]
    counted: Counter[tuple[int, int]]
    back: Counter[tuple[int, int | None]]
    books: Counter[tuple[date, str, str, str]]
    buyers: dict[int, int]
    cases: list[OpenCase]


class World:
    """One edition, two stalls with stickers, three products of 100 g."""

    def __init__(self, house: House) -> None:
        house.clean()
        with transaction():
            self.edition_id = an_edition().id
            a_rate(first_kg_idr=SHIPPING_IDR)
            sellers = [a_seller(), a_seller()]
            for seller in sellers:
                a_sticker(seller)
            owners = (sellers[0], sellers[0], sellers[1])
            self.seller_of = {}
            self.products = []
            self.prices = {}
            for owner, stock, price_idr in zip(owners, STOCKS, (700, 25_000, 40_000), strict=True):
                product = a_product(seller=owner, stock=stock, price_idr=price_idr, weight_g=100)
                self.products.append(product.id)
                self.prices[product.id] = price_idr
                self.seller_of[product.id] = owner.id
        self.now = builders.NOW

    @property
    def edition(self) -> Edition:
        return db.session.get_one(Edition, self.edition_id)


def look() -> Seen:
    """Read it all in one transaction."""
    with reading():
        return Seen(
            stock=_pairs(sa.select(Product.id, Product.stock)),
            status={key: status.value for key, status in _rows(Order.id, Order.status)},
            payments=_pairs(sa.select(Payment.id, Payment.amount_idr)),
            counted=_sums(Allocation.payment_id, Allocation.order_id, of=Allocation.amount_idr),
            back=_sums(Refund.payment_id, Refund.order_id, of=Refund.amount_idr),
            books=_books(),
            buyers=_balances(),
            cases=_open_cases(),
        )


def _rows(*columns: Any) -> Any:
    return db.session.execute(sa.select(*columns)).all()


def _pairs(query: sa.Select[Any]) -> dict[int, int]:
    return dict(db.session.execute(query).all())


def _sums(*keys: Any, of: Any) -> Counter[Any]:
    query = sa.select(*keys, sa.func.sum(of)).group_by(*keys)
    return Counter({tuple(key): int(n) for *key, n in db.session.execute(query) if n})


def _books() -> Counter[tuple[date, str, str, str]]:
    entry = LedgerEntry
    keys = (entry.day, entry.kind, entry.debit, entry.credit)
    query = sa.select(*keys, sa.func.sum(entry.amount_idr)).group_by(*keys)
    return Counter(
        {
            (day, kind, debit.value, credit.value): int(n)
            for day, kind, debit, credit, n in db.session.execute(query)
        }
    )


def _balances() -> dict[int, int]:
    """What each buyer owes by the books."""
    entry = LedgerEntry
    signed = sa.case(
        (entry.debit == Book.BUYER, entry.amount_idr),
        (entry.credit == Book.BUYER, -entry.amount_idr),
        else_=0,
    )
    query = sa.select(entry.order_id, sa.func.sum(signed)).group_by(entry.order_id)
    return {order_id: int(n) for order_id, n in db.session.execute(query) if order_id}


def _open_cases() -> list[OpenCase]:
    case = MoneyCase
    query = (
        sa.select(case.id, case.kind, case.payment_id, case.order_id, case.amount_idr)
        .where(case.closed_at.is_(None))
        .order_by(case.id)
    )
    return [OpenCase(key, kind.value, *rest) for key, kind, *rest in db.session.execute(query)]
