"""Many buyers at one moment: placed together, each decided for itself, nothing acknowledged lost."""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.context import SpawnProcess
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bazaar import catalog, editions, inspection, orders, times
from bazaar.catalog import OutOfStock
from bazaar.db import db, reading, transaction
from bazaar.errors import BazaarError, Unavailable
from bazaar.models import (
    Charge,
    ChargeAmount,
    Checkout,
    Edition,
    LedgerEntry,
    Order,
    Product,
    StockMove,
)
from bazaar.ordering import charging, placing, writing
from bazaar.ordering.desk import Desk, Line
from bazaar.orders import Charging, CheckoutWish, Kept, KeyReused, Piece, Placed, TotalChanged
from bazaar.web import services
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition

SLACK = timedelta(minutes=10)
CHARGE = Charging(qris_max_idr=10_000_000)


@pytest.fixture
def batik(app: Flask) -> Product:
    """Five pieces at 25,000, to be paid by QRIS; shipping 12,000."""
    an_edition()
    a_rate(first_kg_idr=12_000)
    seller = a_seller()
    a_sticker(seller)
    product = a_product(seller=seller, stock=5, price_idr=25_000)
    db.session.commit()
    return product


def a_desk(app: Flask) -> Desk:
    return Desk(app.app_context, links=services().links, slack=SLACK, charge=CHARGE)


def a_wish(product: Product | str, key: str, quantity: int = 1, **given: Any) -> CheckoutWish:
    fields: dict[str, Any] = {
        "buyer_name": "Siti Aminah",
        "phone": "+6281234567890",
        "village_code": "35.09.21.1002",
        "street": "Jalan Jawa 10",
        "area": "Sumbersari",
    }
    code = product if isinstance(product, str) else product.claim_code
    return CheckoutWish(
        key=key, wanted=[Piece(code, quantity)], couriers={}, cheapest=True, **fields | given
    )


def together(*wishes: CheckoutWish, now: Any) -> Sequence[Placed | BazaarError]:
    with transaction():
        return placing.place_each(
            wishes,
            edition=editions.get_terms(),
            links=services().links,
            slack=SLACK,
            charge=CHARGE,
            now=now,
        ).outcomes


def count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def stock_of(product_id: int) -> int:
    with reading():
        return db.session.scalars(sa.select(Product.stock).where(Product.id == product_id)).one()


def sound() -> bool:
    with reading():
        checks = (
            inspection._stock_is_the_sum_of_its_moves,
            inspection._order_totals_add_up,
            inspection._nothing_is_held_without_a_line,
        )
        return not [found for check in checks for found in check()]


def test_each_click_of_a_company_is_decided_for_itself(batik, now):
    outcomes = together(
        a_wish(batik, "satu", 2),
        a_wish(batik, "terlalu banyak", 4),
        a_wish(batik, "harga lain", 1, agreed_idr=1),
        a_wish("Y999", "tidak ada"),
        a_wish(batik, "dua", 3),
        a_wish(batik, "terlambat", 1),
        now=now,
    )

    refused = [type(one) for one in outcomes if isinstance(one, BazaarError)]
    assert refused == [OutOfStock, TotalChanged, orders.NotOnOffer, OutOfStock]
    assert [outcomes[n].left for n in (1, 5)] == [3, 0]
    assert [len(outcomes[n].orders) for n in (0, 4)] == [1, 1]
    assert (count(Checkout), count(Order), count(StockMove)) == (2, 2, 3)
    assert count(LedgerEntry) == 4
    assert stock_of(batik.id) == 0
    assert sound()


def test_a_key_twice_in_a_company_is_one_order(batik, now):
    def kept(body: str) -> Kept:
        return Kept("anyone", "kunci", body, lambda _: "{}")

    first, same, other = together(
        a_wish(batik, "klik", kept=kept("a")),
        a_wish(batik, "klik", kept=kept("a")),
        a_wish(batik, "klik", kept=kept("b")),
        now=now,
    )

    assert (first.token, first.told) == (same.token, same.told)
    assert (len(first.orders), same.orders) == (1, ())
    assert isinstance(other, KeyReused)
    assert (count(Order), stock_of(batik.id)) == (1, 4)


def test_amounts_of_a_company_are_unique_at_their_account(batik, now):
    catalog.set_stock(batik, 150, now=now)
    db.session.commit()

    for company in range(3):
        together(*[a_wish(batik, f"{company}-{n}") for n in range(40)], now=now)

    amounts = db.session.scalars(sa.select(Charge.amount_idr)).all()
    assert len(set(amounts)) == len(amounts) == count(ChargeAmount) == 120
    assert all(37_000 - 499 <= amount < 37_000 for amount in amounts)
    assert sum(amount >= 37_000 - 99 for amount in amounts) >= 60


def test_when_no_code_is_free_the_whole_total_is_asked_for(batik, now, monkeypatch):
    monkeypatch.setattr(charging, "FEW_CODES", 3)

    together(*[a_wish(batik, f"klik {n}") for n in range(5)], now=now)

    codes = db.session.scalars(sa.select(Charge.unique_idr).order_by(Charge.unique_idr)).all()
    assert codes == [0, 0, 1, 2, 3]
    assert count(ChargeAmount) == 3


@pytest.mark.parametrize(("way", "codes"), [("add", range(-99, 0)), ("off", range(1))])
def test_an_edition_says_what_becomes_of_codes(batik, now, way, codes):
    db.session.execute(sa.update(Edition).values(unique_codes=way))
    db.session.commit()

    together(a_wish(batik, "klik"), now=now)

    charge = db.session.scalars(sa.select(Charge)).one()
    assert charge.unique_idr in codes
    assert charge.amount_idr == 37_000 - charge.unique_idr


def test_many_threads_are_placed_together(app, batik, now):
    desk, product_id = a_desk(app), batik.id
    sizes: list[int] = []
    honest = desk._together

    def counting(asked: Any) -> Any:
        sizes.append(len(asked))
        time.sleep(0.05)
        return honest(asked)

    desk._together = counting  # type: ignore[method-assign]
    code = batik.claim_code
    outcomes: list[Any] = []

    def click(number: int) -> None:
        try:
            outcomes.append(desk.place(a_wish(code, f"klik {number}"), now=now))
        except BazaarError as refusal:
            outcomes.append(refusal)

    threads = [threading.Thread(target=click, args=(number,)) for number in range(12)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(one, Placed) for one in outcomes) == 5
    assert sum(isinstance(one, OutOfStock) for one in outcomes) == 7
    assert max(sizes) > 1
    assert stock_of(product_id) == 0
    assert sound()


def test_one_that_breaks_the_company_is_alone_in_its_fault(app, batik, now, monkeypatch):
    desk = a_desk(app)
    honest = writing._checkout

    def break_at(checkout_id: int, one: Any, at: Any) -> dict[str, Any]:
        if one.wish.key == "rusak":
            raise ZeroDivisionError
        return honest(checkout_id, one, at)

    monkeypatch.setattr(writing, "_checkout", break_at)
    asked = [(a_wish(batik, key), now) for key in ("satu", "rusak", "dua")]
    db.session.rollback()

    first, broken, second = desk._place_each(asked)

    assert isinstance(broken, ZeroDivisionError)
    assert (len(first.orders), len(second.orders)) == (1, 1)
    assert (count(Order), stock_of(batik.id)) == (2, 3)


def test_who_is_overtaken_locks_first_and_does_it_again(app, batik, now, monkeypatch):
    desk, product_id = a_desk(app), batik.id
    firsts: list[bool] = []
    honest = placing.place_each

    def overtaken_once(*args: Any, lock_first: bool, **kwargs: Any) -> Any:
        firsts.append(lock_first)
        if not lock_first:
            raise placing.Overtaken
        return honest(*args, lock_first=lock_first, **kwargs)

    monkeypatch.setattr(placing, "place_each", overtaken_once)
    wish = a_wish(batik, "klik")
    db.session.rollback()

    assert len(desk.place(wish, now=now).orders) == 1
    assert firsts == [False, True]
    assert stock_of(product_id) == 4


def test_a_line_whose_leader_dies_lets_the_others_go():
    started = threading.Event()

    def serve(asked: Sequence[int]) -> Sequence[int]:
        started.set()
        time.sleep(0.2)
        raise SystemExit

    line: Line[int, int] = Line(serve)
    ended: list[type[BaseException]] = []

    def ask() -> None:
        try:
            line.ask(1)
        except BaseException as error:  # noqa: BLE001 - SystemExit is what it is about
            ended.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads[0].start()
    started.wait()
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(ended) == 3
    assert set(ended) <= {SystemExit, Unavailable}


@contextmanager
def buying(settings: dict[str, str], code: str, told: Any) -> Iterator[SpawnProcess]:
    process = multiprocessing.get_context("spawn").Process(target=_buy, args=(settings, code, told))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _buy(settings: dict[str, str], code: str, told: Any) -> None:
    """Let six threads order without end; say each key that was acknowledged."""
    os.environ.update(settings)
    from bazaar.app import create_app
    from bazaar.web import DESK

    app = create_app()
    desk: Desk = app.extensions[DESK]

    def order(thread: int) -> None:
        for number in range(100_000):
            key = f"{os.getpid()}-{thread}-{number}"
            desk.place(a_wish(code, key), now=times.now())
            told.send(key)

    for thread in range(6):
        threading.Thread(target=order, args=(thread,), daemon=True).start()
    signal.pause()


ENOUGH = 6
"""Before the kill so many are served, however slow the machine."""


def test_whatever_is_killed_nothing_acknowledged_is_lost(database, app, batik, now):
    catalog.set_stock(batik, 100_000, now=now)
    db.session.commit()
    product_id, code = batik.id, batik.claim_code
    db.session.rollback()
    settings = {
        "BAZAAR_MODE": "development",
        "BAZAAR_SECRET_KEY": app.secret_key,
        "BAZAAR_DATABASE_URL": database.database.url,
        "BAZAAR_INSTANCE_PATH": app.instance_path,
        "BAZAAR_LOG_LEVEL": "ERROR",
    }
    acknowledged: list[str] = []
    for _ in range(2):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        with buying(settings, code, theirs) as process:
            theirs.close()
            assert ours.poll(60)
            end = time.monotonic() + random.uniform(0.3, 0.8)
            served = 0
            while (time.monotonic() < end or served < ENOUGH) and ours.poll(60):
                acknowledged.append(ours.recv())
                served += 1
            process.kill()
            with pytest.raises(EOFError):
                while True:
                    acknowledged.append(ours.recv())

    with reading():
        keys = set(db.session.scalars(sa.select(Checkout.key)))
        held = -(db.session.scalar(sa.select(sa.func.sum(StockMove.pieces))) or 0)
    assert len(acknowledged) > 10
    assert set(acknowledged) <= keys
    assert held == -stock_of(product_id)
    assert sound()
