"""Transactions, instants, and the two tools against races."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask

from bazaar.db import (
    Prepared,
    claim,
    db,
    forget,
    insert_once,
    reading,
    transaction,
    wrong_pragmas,
)
from bazaar.models import Edition, Message, Product, StockMove, StockReason
from tests.builders import a_product


def a_message(key: str, now: datetime, *, next_try_at: datetime | None = None) -> Message:
    message = Message(
        key=key, to="a@b.example", subject="", text="", created_at=now, next_try_at=next_try_at
    )
    db.session.add(message)
    return message


def messages() -> int:
    with reading():
        return db.session.scalar(sa.select(sa.func.count(Message.id))) or 0


def test_a_transaction_is_kept_when_it_ends(app: Flask, now: datetime) -> None:
    with transaction():
        a_message("one", now)

    assert messages() == 1


def test_a_transaction_that_raises_leaves_nothing(app: Flask, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        a_message("one", now)
        db.session.flush()
        raise ZeroDivisionError

    assert messages() == 0


def test_what_is_forgotten_is_not_kept(app: Flask, now: datetime) -> None:
    with transaction():
        a_message("one", now)
        db.session.flush()
        forget()

    assert messages() == 0


def test_reading_keeps_nothing(app: Flask, now: datetime) -> None:
    with reading():
        a_message("one", now)
        db.session.flush()

    assert messages() == 0


def test_instants_come_back_in_utc(app: Flask) -> None:
    wib = timezone(timedelta(hours=7))
    with transaction():
        a_message("one", datetime(2026, 3, 1, 19, 5, tzinfo=wib))

    with reading():
        created_at = db.session.scalars(sa.select(Message.created_at)).one()

    assert created_at == datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
    assert created_at.tzinfo is UTC


def test_instants_without_a_zone_are_refused(app: Flask) -> None:
    a_message("one", datetime(2026, 3, 1, 12, 5))  # noqa: DTZ001 (the fault under test)

    with pytest.raises(sa.exc.StatementError, match="an instant needs a zone"):
        db.session.flush()
    db.session.rollback()


def test_one_of_two_claims_wins(app: Flask, now: datetime) -> None:
    with transaction():
        a_message("one", now, next_try_at=now)
    take = sa.update(Message).where(Message.next_try_at == now).values(next_try_at=None)

    with transaction():
        assert [claim(take), claim(take)] == [True, False]


def test_eight_workers_claim_one_row_once(app: Flask, now: datetime) -> None:
    with transaction():
        a_message("one", now, next_try_at=now)
    take = sa.update(Message).where(Message.next_try_at == now).values(next_try_at=None)
    start = threading.Barrier(8)
    won: list[bool] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            with transaction():
                won.append(claim(take))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(won) == [False] * 7 + [True]


def test_a_row_with_the_same_key_is_inserted_once(app: Flask, now: datetime) -> None:
    row = {"key": "one", "to": "", "subject": "", "text": "", "created_at": now, "tries": 0}

    with transaction():
        done = [insert_once(Message, **row, failure="") for _ in range(2)]

    assert done == [True, False]
    assert messages() == 1


def test_two_editions_cannot_be_current(app: Flask, now: datetime) -> None:
    for slug in ("one", "two"):
        db.session.add(
            Edition(
                slug=slug,
                name=slug,
                regency_code="35.09",
                turn_minutes=15,
                is_current=True,
                created_at=now,
            )
        )

    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_survives_a_power_cut(app: Flask) -> None:
    assert wrong_pragmas() == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reader_does_not_wait_for_a_writer(app: Flask, now: datetime) -> None:
    a_message("one", now)
    db.session.flush()  # holds the write lock from here on
    seen: list[int] = []

    def look() -> None:
        with app.app_context():
            seen.append(messages())

    reader = threading.Thread(target=look)
    reader.start()
    reader.join(timeout=30)  # one that waits for the writer fails sooner: busy_timeout
    db.session.rollback()

    assert seen == [0]


def test_prepared_statements_convert_values_as_columns_do(app: Flask, now: datetime) -> None:
    insert = Prepared(sa.insert(StockMove).inline())
    product = a_product(stock=0)
    rows = [
        {
            "product_id": product.id,
            "order_id": None,
            "reason": StockReason.COUNTED,
            "pieces": pieces,
            "at": now,
        }
        for pieces in (2, 3)
    ]

    insert.run_each(rows)
    insert.run(**rows[0])

    moves = db.session.scalars(sa.select(StockMove)).all()
    assert [(move.pieces, move.reason, move.at) for move in moves] == [
        (pieces, StockReason.COUNTED, now) for pieces in (2, 3, 2)
    ]


def test_prepared_statements_know_what_they_changed_and_keep_their_constants(app: Flask) -> None:
    product = a_product(stock=5, price_idr=25_000)
    take = Prepared(
        sa.update(Product)
        .where(Product.id == sa.bindparam("which"), Product.stock >= sa.bindparam("pieces"))
        .values(stock=Product.stock - sa.bindparam("pieces"))
    )
    cheap = Prepared(
        sa.select(Product.stock, Product.name)
        .where(Product.id == sa.bindparam("which"), Product.price_idr < 30_000)
        .limit(1)
    )

    assert [take.run(which=product.id, pieces=pieces).rowcount for pieces in (3, 3)] == [1, 0]
    assert cheap.run(which=product.id).one() == (2, product.name)


def test_prepared_statements_are_part_of_the_transaction(app: Flask, now: datetime) -> None:
    write = Prepared(sa.insert(Message).inline())
    texts = {"to": "a@b.example", "subject": "", "text": "", "failure": "", "way": "mail"}
    values = texts | {"created_at": now, "tries": 0}

    for key in ("one", "two"):
        with transaction():
            write.run(key=key, **values)
    with transaction():
        write.run(key="three", **values)
        forget()

    assert messages() == 2


def test_prepared_statements_ask_for_every_value(app: Flask) -> None:
    with pytest.raises(AssertionError, match="failure"):
        Prepared(sa.insert(Message).inline()).run(key="one")
