"""Several people at one instant, over real HTTP and in real threads, on both databases.

Each promise has its negative control: the same race with the protection taken away is lost, so
the tests above it can fail.
"""

import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask

import bazaar.db
from bazaar import baskets, catalog, orders, times
from bazaar.db import db, reading, transaction
from bazaar.models import Checkout, Edition, Order, OrderStatus, Product, StockMove, StockReason
from bazaar.ordering import gathering, writing
from bazaar.ordering.desk import Line
from tests.builders import a_product, a_rate, an_edition, an_order, order_token

BUYERS = 8
PIECES = 5
SOLD, REFUSED = 303, 409
FORM = {
    "buyer_name": "Siti Aminah",
    "phone": "0812 3456 7890",
    "country": "ID",
    "village": "35.09.21.1002",
    "street": "Jalan Jawa 10",
    "agreed_idr": "37000",
}


def ask(server: str, method: str, path: str, form: dict[str, str] | None = None) -> Any:
    connection = HTTPConnection(urlsplit(server).netloc, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection.request(method, path, urlencode(form) if form else None, headers)
    answer = connection.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all acts in threads that begin together; return what they returned."""
    ready = threading.Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        ready.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))


def clicks_on(product: Product, server: str, now: datetime) -> list[Callable[[], Any]]:
    """Fill a basket for each buyer and open the form as a person does; return the clicks."""
    courier = {f"courier-{product.seller_id}": "JNE REG"}
    tokens = []
    for _ in range(BUYERS):
        basket, token = baskets.open_basket(source="link", now=now)
        baskets.add(basket, {product.id: 1}, now=now)
        tokens.append(token)
    db.session.commit()
    return [click_on(server, token, courier) for token in tokens]


def click_on(server: str, basket: str, courier: dict[str, str]) -> Callable[[], Any]:
    path = f"/k/{basket}/pesan"
    page = ask(server, "GET", path).text
    hidden = dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', page))
    form = FORM | hidden | courier
    return lambda: ask(server, "POST", path, form)


def race_for(product: Product, server: str, now: datetime) -> Counter[int]:
    """Let eight buyers order one piece each at one instant; return how they were answered."""
    return Counter(answer.status for answer in at_once(clicks_on(product, server, now)))


def stock_of(product: Product) -> int:
    with reading():
        return db.session.scalars(sa.select(Product.stock).where(Product.id == product.id)).one()


def count(model: type[Any]) -> int:
    with reading():
        return db.session.scalars(sa.select(sa.func.count()).select_from(model)).one()


@pytest.fixture
def batik(app: Flask) -> Product:
    """Five pieces; one costs 37,000 rupiah with shipping."""
    an_edition()
    a_rate(first_kg_idr=12_000)
    product = a_product(stock=PIECES, price_idr=25_000)
    db.session.commit()
    return product


def random_ids(*wanted: tuple[Any, int]) -> list[list[int]]:
    return [[secrets.randbelow(2**40) for _ in range(n)] for _, n in wanted]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every click is placed by itself, as if each buyer met another process."""

    def ask(line: Line[Any, Any], asked: Any) -> Any:
        (answer,) = line._serve([asked])
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(Line, "ask", ask)


@contextmanager
def without_begin_immediate() -> Iterator[None]:
    """Let SQLite begin transactions as its driver does: not before the first change."""
    sa.event.remove(sa.Engine, "begin", bazaar.db._begin)
    try:
        yield
    finally:
        sa.event.listen(sa.Engine, "begin", bazaar.db._begin)


def test_eight_buyers_cannot_buy_five_pieces_twice(batik, server, now):
    answers = race_for(batik, server, now)

    assert answers == {SOLD: PIECES, REFUSED: BUYERS - PIECES}
    assert (stock_of(batik), count(Order), count(Checkout)) == (0, PIECES, PIECES)
    with reading():
        assert db.session.scalar(sa.select(sa.func.sum(StockMove.pieces))) == 0


def test_nor_in_as_many_processes(alone, batik, server, now):
    answers = race_for(batik, server, now)

    assert answers == {SOLD: PIECES, REFUSED: BUYERS - PIECES}
    assert (stock_of(batik), count(Order)) == (0, PIECES)


def test_negative_control_read_then_write_oversells(alone, app, batik, server, now, monkeypatch):
    """The usual way: read the stock, compare, write the difference; without BEGIN IMMEDIATE."""
    all_have_read = threading.Barrier(BUYERS)

    def naive_take(pieces: Mapping[int, int]) -> bool:
        all_have_read.wait(timeout=30)
        for product_id, quantity in pieces.items():
            query = sa.update(Product).where(Product.id == product_id)
            db.session.execute(query.values(stock=PIECES - quantity))
        return True

    monkeypatch.setattr(catalog, "lock", lambda *_: None)
    monkeypatch.setattr(catalog, "take", naive_take)
    if app.extensions["sqlalchemy"].engine.dialect.name == "sqlite":
        # Without transactions two would also draw the same numbers for their rows, and lose.
        monkeypatch.setattr(writing, "draw_ids", random_ids)
    with without_begin_immediate():
        answers = race_for(batik, server, now)

    assert answers[SOLD] > PIECES, "the race can no longer be lost: the test above proves nothing"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_negative_control_plain_begin_turns_buyers_away(alone, batik, server, now, monkeypatch):
    """With plain BEGIN, SQLite refuses whoever read before another wrote: goods stay unsold."""

    class AlwaysReading:
        def get(self) -> bool:
            return True

    all_have_read = threading.Barrier(BUYERS)
    honest_write = writing.write

    def waiting_write(*args: Any, **kwargs: Any) -> Any:
        all_have_read.wait(timeout=30)
        return honest_write(*args, **kwargs)

    monkeypatch.setattr(writing, "write", waiting_write)
    clicks = clicks_on(batik, server, now)
    monkeypatch.setattr(bazaar.db, "_only_reading", AlwaysReading())
    answers = Counter(answer.status for answer in at_once(clicks))

    assert answers[SOLD] < PIECES
    assert answers[503] > 0


def test_the_same_click_from_eight_threads_is_one_order(batik, server, now):
    click = clicks_on(batik, server, now)[0]

    answers = at_once([click] * BUYERS)

    assert {answer.status for answer in answers} == {SOLD}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (stock_of(batik), count(Order), count(Checkout)) == (PIECES - 1, 1, 1)


def test_two_clocks_expire_an_order_once(app, batik):
    late = max(an_order(batik).release_at for _ in range(PIECES))
    db.session.commit()

    ended = at_once([lambda: in_a_transaction(app, lambda: orders.expire_unpaid(late))] * 2)

    assert sum(ended) == PIECES
    assert stock_of(batik) == PIECES
    with reading():
        back = sa.select(sa.func.count()).where(StockMove.reason == StockReason.GIVEN_BACK)
        assert db.session.scalar(back) == PIECES


def test_an_order_is_paid_or_expires_never_both(app, batik):
    order = an_order(batik)
    order_id, late = order.id, order.release_at
    db.session.commit()

    paid, expired = at_once(
        [
            lambda: in_a_transaction(app, lambda: orders.mark_paid(order_id, now=late)),
            lambda: in_a_transaction(app, lambda: orders.expire_unpaid(late)),
        ]
    )

    assert paid + expired == 1
    assert stock_of(batik) == (PIECES - 1 if paid else PIECES)
    with reading():
        status = db.session.scalars(sa.select(Order.status)).one()
    assert status is (OrderStatus.PAID if paid else OrderStatus.EXPIRED)


def test_of_two_cancellations_one_is_told_that_it_came_late(batik, server):
    order = an_order(batik, at=times.now())
    path = f"/o/{order_token(order)}"
    cancel = f"{path}/{order.reference}/batal"
    db.session.commit()
    token = re.search(r'name="csrf_token" value="([^"]+)"', ask(server, "GET", path).text)
    assert token

    answers = at_once([lambda: ask(server, "POST", cancel, {"csrf_token": token[1]})] * 2)

    assert Counter(answer.status for answer in answers) == {SOLD: 1, REFUSED: 1}
    assert stock_of(batik) == PIECES


def hoard(batik: Product, server: str, now: datetime) -> Counter[int]:
    """Let one telephone order eight products at one instant, where two unpaid orders are allowed."""
    db.session.execute(sa.update(Edition).values(unpaid_per_phone=2))
    goods = [batik, *(a_product(price_idr=25_000, seller=batik.seller) for _ in range(BUYERS - 1))]
    courier = {f"courier-{batik.seller_id}": "JNE REG"}
    tokens = []
    for product in goods:
        basket, token = baskets.open_basket(source="link", now=now)
        baskets.add(basket, {product.id: 1}, now=now)
        tokens.append(token)
    db.session.commit()
    clicks = [click_on(server, token, courier) for token in tokens]
    return Counter(answer.status for answer in at_once(clicks))


def test_one_telephone_cannot_hoard_from_many_windows(alone, batik, server, now):
    assert hoard(batik, server, now) == {SOLD: 2, REFUSED: BUYERS - 2}
    assert count(Order) == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_negative_control_counting_without_a_lock_lets_hoarders_through(
    alone, batik, server, now, monkeypatch
):
    class NoLock:
        def run(self, **values: Any) -> None:
            pass

    all_have_counted = threading.Barrier(BUYERS)
    honest_count = gathering._unpaid

    def waiting_count(wishes: Sequence[Any]) -> dict[str, int]:
        found = honest_count(wishes)
        all_have_counted.wait(timeout=30)
        return found

    monkeypatch.setattr(gathering, "_LOCK_PHONES", NoLock())
    monkeypatch.setattr(gathering, "_unpaid", waiting_count)
    assert hoard(batik, server, now)[SOLD] > 2


def in_a_transaction(app: Flask, act: Callable[[], int]) -> int:
    with app.app_context(), transaction():
        return act()
