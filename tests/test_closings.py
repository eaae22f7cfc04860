"""A day is closed by two people; afterwards it stands still and later events land on another."""

import hashlib
import json
import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bazaar import closings, ledger, payments
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.ledger import Entry
from bazaar.models import AuditEntry, Book, DayClosing, LedgerEntry
from bazaar.reports import books
from tests.builders import HOST, a_product, a_seller, a_sticker, an_edition, an_order

DAY = date(2026, 3, 1)
SECOND = Actor("committee:2", "Pak Budi")


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def product(edition):
    seller = a_seller()
    a_sticker(seller)
    return a_product(seller=seller, stock=9)


def confirm(order, at):
    return payments.confirm(payments.charge_of(order, now=at), actor=HOST, now=at)


def closed(edition, now):
    closings.prepare(edition, DAY, actor=HOST, now=now)
    return closings.sign(edition, DAY, actor=SECOND, now=now)


def test_two_people_close_a_day_and_its_figures_are_kept(edition, product, now):
    order = an_order(product, at=now)
    confirm(order, now)

    closing = closed(edition, now)

    assert (closing.prepared_by, closing.signed_by) == (HOST.name, SECOND.name)
    assert closing.totals["gross_idr"] == order.total_idr
    assert closings.differences(closing) == {}
    assert [entry.day for entry in closings.signed_days(edition.id)] == [DAY]
    written = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"day.prepare", "day.sign"} <= set(written)


def test_whoever_prepared_it_may_not_sign(edition, now):
    closings.prepare(edition, DAY, actor=HOST, now=now)

    with pytest.raises(closings.SamePerson):
        closings.sign(edition, DAY, actor=HOST, now=now)


def test_a_day_to_come_is_not_closed(edition, now):
    with pytest.raises(closings.NotOverYet):
        closings.prepare(edition, DAY + timedelta(days=1), actor=HOST, now=now)


def test_the_second_to_prepare_or_sign_is_told(edition, now):
    closings.prepare(edition, DAY, actor=HOST, now=now)
    with pytest.raises(closings.AlreadyBegun):
        closings.prepare(edition, DAY, actor=SECOND, now=now)
    closings.sign(edition, DAY, actor=SECOND, now=now)
    with pytest.raises(closings.AlreadySigned):
        closings.sign(edition, DAY, actor=SECOND, now=now)
    with pytest.raises(closings.AlreadySigned):
        closings.withdraw(edition, DAY, actor=HOST, now=now)


def test_an_unsigned_closing_can_be_taken_back(edition, now):
    closings.prepare(edition, DAY, actor=HOST, now=now)
    closings.withdraw(edition, DAY, actor=HOST, now=now)

    assert closings.find(edition.id, DAY) is None
    with pytest.raises(closings.NotClosed):
        closings.sign(edition, DAY, actor=SECOND, now=now)


def test_what_comes_after_the_signature_lands_on_the_next_open_day(edition, product, now):
    order = an_order(product, at=now)
    closing = closed(edition, now)

    confirm(order, now + timedelta(minutes=5))

    next_day = books.of_day(edition, DAY + timedelta(days=1))
    assert closings.differences(closing) == {}
    assert books.of_day(edition, DAY).total.gross_idr == 0
    assert next_day.total.gross_idr == next_day.earlier.gross_idr == order.total_idr


def test_a_day_that_was_tampered_with_is_found(edition, product, now):
    an_order(product, at=now)
    closing = closed(edition, now)
    db.session.execute(
        sa.insert(LedgerEntry).values(
            kind="placed",
            debit=Book.BUYER,
            credit=Book.GOODS_PROMISED,
            amount_idr=1,
            at=now,
            day=DAY,
            edition_id=edition.id,
            method="",
        )
    )

    assert {"orders", "placed_idr", "digest", "last_entry_id"} <= closings.differences(
        closing
    ).keys()


def test_who_books_while_the_day_is_being_signed_is_not_lost_and_not_late(edition, now, app):
    """The figures signed are those of all entries of the day, whoever came first."""
    edition_id = edition.id
    closings.prepare(edition, DAY, actor=HOST, now=now)
    db.session.commit()
    start = threading.Barrier(9)

    def books_one():
        with app.app_context():
            start.wait()
            with transaction():
                entry = Entry(
                    kind="payment", debit=Book.MONEY, credit=Book.UNKNOWN, amount_idr=1_000
                )
                ledger.book(edition_id, [entry], now=now)

    def signs():
        with app.app_context():
            start.wait()
            with transaction():
                current = db.session.get_one(type(edition), edition_id)
                closings.sign(current, DAY, actor=SECOND, now=now)

    workers = [threading.Thread(target=books_one) for _ in range(8)]
    workers.append(threading.Thread(target=signs))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    db.session.expire_all()
    closing = db.session.scalars(sa.select(DayClosing)).one()
    assert closing.signed_at is not None
    assert closings.differences(closing) == {}
    booked = db.session.scalars(sa.select(LedgerEntry.day)).all()
    assert len(booked) == 8
    assert set(booked) <= {DAY, DAY + timedelta(days=1)}


def test_the_digest_is_that_of_the_entries_as_json_lines(edition, product, now):
    confirm(an_order(product, at=now), now)
    closing = closed(edition, now)

    lines = [
        [row.id, row.kind, row.debit.value, row.credit.value, *numbers(row)]
        for row in db.session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.id))
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    assert closing.digest == hashlib.sha256(text.encode()).hexdigest()
    assert closing.last_entry_id == lines[-1][0]


def numbers(entry):
    return entry.amount_idr, entry.order_id, entry.payment_id


def test_an_entry_kept_late_below_what_was_read_is_sealed_too(edition, now):
    """Its number was drawn before the others were read, but its transaction ended after."""
    entry = {
        "kind": "payment",
        "debit": Book.MONEY,
        "credit": Book.UNKNOWN,
        "at": now,
        "day": DAY,
        "edition_id": edition.id,
        "method": "",
    }
    db.session.execute(sa.insert(LedgerEntry).values(id=2_000, amount_idr=20, **entry))
    seal = closings.Seal(edition.id, DAY)
    seal.read()
    db.session.execute(sa.insert(LedgerEntry).values(id=1_000, amount_idr=10, **entry))
    seal.finish()

    again = closings.Seal(edition.id, DAY)
    again.finish()
    assert seal.figures["received_idr"] == 30
    assert (seal.digest, seal.last_id) == (again.digest, again.last_id)


def test_what_comes_while_a_day_is_read_is_read_too(edition, product, now):
    an_order(product, at=now)
    seal = closings.Seal(edition.id, DAY)
    seal.read()
    an_order(product, at=now)
    seal.finish()

    again = closings.Seal(edition.id, DAY)
    again.finish()
    assert (seal.digest, seal.figures) == (again.digest, again.figures)
    assert seal.figures["orders"] == 2
