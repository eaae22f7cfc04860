"""Statements: each entry on exactly one, made once, paid once, and the sums agree with the ledger."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, ledger, payments, reports, settlement
from bazaar.db import db, reading, transaction
from bazaar.ledger import Entry
from bazaar.models import (
    Book,
    DaySum,
    Edition,
    LedgerEntry,
    Message,
    Payment,
    Seller,
    SellerStatement,
    SellerStatementLine,
    TotalSum,
)
from bazaar.ports import Letter
from bazaar.reports import owing, sums
from bazaar.settlement import making
from bazaar.settlement.sums import by, figures_by, open_entries
from bazaar.web import services
from tests.builders import HOST, NOW, a_product, a_seller, a_sticker, an_edition, an_order
from tests.settling import DAY, a_gateway, close, directly, make, pay, through

NEXT = DAY + timedelta(days=1)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def stall(edition):
    seller = a_seller(edition=edition, email="bu.sri@contoh.id")
    a_sticker(seller)
    return a_product(seller=seller, stock=50, price_idr=50_000)


@pytest.fixture
def gateway(edition):
    return a_gateway()


def test_a_statement_tells_what_came_where_and_what_is_due(edition, stall, gateway, now):
    by_gateway, by_sticker = an_order(stall), an_order(stall, quantity=2)
    through(gateway, by_gateway, fee_idr=434)
    directly(by_sticker)
    close(edition)

    (statement,) = make(edition)

    figures = settlement.figures_of(statement)
    assert figures.goods_idr == 150_000
    assert figures.committee_in_idr == by_gateway.total_idr
    assert figures.direct_in_idr == by_sticker.total_idr
    assert figures.fee_idr == 434
    assert statement.due_idr == by_gateway.total_idr - 434
    assert (statement.number, statement.carried_idr, statement.until) == (1, 0, DAY)
    assert [one.reference for one in settlement.orders_on(statement)] == sorted(
        [by_gateway.reference, by_sticker.reference]
    )
    assert inspection.differences() == []


def test_every_entry_is_on_one_statement_and_the_sums_agree(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (first,) = make(edition)
    through(gateway, an_order(stall, at=LATER), at=LATER)
    close(edition, NEXT, at=LATER)
    (second,) = make(edition, NEXT, at=LATER)
    through(gateway, an_order(stall, at=LATER), at=LATER)

    (standing,) = settlement.standings(edition)

    entries = set(db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.day <= NEXT)))
    lines = db.session.scalars(sa.select(SellerStatementLine.entry_id)).all()
    assert sorted(lines) == sorted(entries)
    assert second.carried_idr == first.due_idr
    assert standing.due_idr == 3 * first.due_idr
    assert standing.open.due_idr == first.due_idr


def test_what_was_paid_out_is_not_carried_over(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (first,) = make(edition)
    pay(first)
    through(gateway, an_order(stall, at=LATER), at=LATER)
    close(edition, NEXT, at=LATER)

    (second,) = make(edition, NEXT, at=LATER)

    assert second.carried_idr == 0
    assert second.due_idr == first.due_idr
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.kind == "payout")).one()
    assert (entry.debit, entry.credit, entry.amount_idr) == (
        Book.PAID_OUT,
        Book.MONEY,
        first.due_idr,
    )
    assert db.session.get_one(SellerStatementLine, entry.id).statement_id == first.id
    assert entry.day == NEXT, "its day was signed"
    assert inspection.differences() == []


def test_a_seller_who_owes_hands_it_over_or_has_it_carried_over(edition, stall, now):
    order = an_order(stall)
    directly(order)
    charge = Entry(
        kind="courier",
        debit=Book.COURIER,
        credit=Book.COURIER_OWED,
        amount_idr=9_000,
        seller_id=order.seller_id,
        order_id=order.id,
        method="biteship",
    )
    ledger.book(edition.id, [charge], now=now)
    close(edition)
    (statement,) = make(edition)

    pay(statement)

    assert statement.due_idr == -9_000
    entry = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.kind == "payout")).one()
    assert (entry.debit, entry.credit) == (Book.MONEY, Book.PAID_OUT)


def test_it_is_paid_out_once_and_the_second_is_told(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (statement,) = make(edition)
    pay(statement)

    with pytest.raises(settlement.AlreadyPaid):
        pay(statement)


def test_a_statement_that_was_carried_over_is_not_paid(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (first,) = make(edition)
    through(gateway, an_order(stall, at=LATER), at=LATER)
    close(edition, NEXT, at=LATER)
    make(edition, NEXT, at=LATER)

    with pytest.raises(settlement.Superseded):
        pay(first, at=LATER)


def test_nothing_due_is_not_paid(edition, stall, now):
    directly(an_order(stall))
    close(edition)
    (statement,) = make(edition)

    assert statement.due_idr == 0
    with pytest.raises(settlement.NothingDue):
        pay(statement)


def test_statements_end_on_signed_days_only(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    with pytest.raises(settlement.NotSigned):
        make(edition)
    through(gateway, an_order(stall, at=LATER), at=LATER)
    close(edition, NEXT, at=LATER)

    with pytest.raises(settlement.DaysOpen) as refused:
        make(edition, NEXT, at=LATER)

    assert refused.value.day == "01-03-2026"
    assert settlement.last_signed(edition.id) is None


def test_the_last_day_ready_is_the_one_before_the_first_open_one(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    through(gateway, an_order(stall, at=LATER), at=LATER)

    assert settlement.last_signed(edition.id) == DAY
    close(edition, NEXT, at=LATER)
    assert settlement.last_signed(edition.id) == NEXT


def test_who_sold_nothing_gets_no_statement(edition, stall, now):
    an_order(stall)
    close(edition)

    with pytest.raises(settlement.NothingNew):
        make(edition)


def test_the_same_day_again_makes_nothing(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    make(edition)

    with pytest.raises(settlement.NothingNew):
        make(edition)


def test_one_seller_alone(edition, stall, gateway, now):
    other = a_product(seller=a_seller(edition=edition), stock=5)
    through(gateway, an_order(stall))
    through(gateway, an_order(other))
    close(edition)

    (made,) = make(edition, seller_id=other.seller_id)

    assert made.seller_id == other.seller_id
    assert [one.seller_id for one in make(edition)] == [stall.seller_id]


@pytest.mark.parametrize("at_once", [1, 10, 20])
def test_a_long_time_is_made_in_a_few_goes(edition, gateway, now, monkeypatch, at_once):
    """Each go takes whole sellers, by code, and tells how many are left; no entry is lost."""
    monkeypatch.setattr(making, "AT_ONCE", at_once)
    an_order(a_product(seller=a_seller(edition=edition), stock=5))  # who is owed nothing is first
    ones = sorted((a_seller(edition=edition) for _ in range(5)), key=lambda one: one.code)
    for seller in ones:
        through(gateway, an_order(a_product(seller=seller, stock=5)))
    close(edition)
    expected = exactly(edition)
    goes = []
    while settlement.standings(edition) and exactly(edition):
        made, left = settlement.make(edition, DAY, links=services().links, actor=HOST, now=NOW)
        goes.append([one.seller_id for one in made])
        assert left == len(exactly(edition))
        assert inspection.differences() == []

    assert [one for go in goes for one in go] == [seller.id for seller in ones]
    assert len(goes) == {1: 5, 10: 5, 20: 2}[at_once]
    kept = {one.seller_id: settlement.figures_of(one) for one in everything(SellerStatement)}
    assert kept == expected
    with pytest.raises(settlement.NothingNew):
        make(edition)


def everything(model):
    return db.session.scalars(sa.select(model).order_by(model.id)).all()


def test_what_happens_later_changes_no_statement(edition, stall, gateway, now):
    order = an_order(stall)
    through(gateway, order)
    close(edition)
    (statement,) = make(edition)
    before = dict(statement.figures)

    payment = db.session.scalars(sa.select(Payment)).one()
    payments.take_back(payment.id, actor=HOST, why="salah", now=LATER)

    (standing,) = settlement.standings(edition)
    assert statement.figures == before
    assert standing.open.due_idr == -statement.due_idr
    assert standing.due_idr == 0
    assert inspection.differences() == []


def test_sellers_with_an_address_are_written_to_with_the_link(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (statement,) = make(edition)
    pay(statement)

    letters = db.session.scalars(
        sa.select(Message).where(Message.key.startswith("settlement:")).order_by(Message.id)
    ).all()
    seller = db.session.get_one(Seller, statement.seller_id)
    token = settlement.link_token(seller, 1, services().links)
    sent = settlement.addressed(
        Letter(letters[0].key, letters[0].to, letters[0].subject, letters[0].text),
        site="https://bazar.test",
        links=services().links,
    )
    assert [one.key for one in letters] == [
        f"settlement:{statement.id}",
        f"settlement:{statement.id}:paid",
    ]
    assert token not in letters[0].text
    assert f"https://bazar.test/lembar/{token}" in sent.text
    assert settlement.get_by_link(token).id == statement.id
    with pytest.raises(settlement.NoSuchStatement):
        settlement.get_by_link("x")


def test_a_statement_that_was_tampered_with_is_found(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    close(edition)
    (statement,) = make(edition)
    statement.due_idr += 1
    db.session.flush()

    assert [found.check for found in inspection.differences()] == ["settlement"]


@pytest.mark.parametrize("act", ["make", "pay"])
def test_of_two_at_once_one_wins_and_the_other_gets_a_sentence(
    app, edition, stall, gateway, now, act
):
    through(gateway, an_order(stall))
    close(edition)
    edition_id = edition.id
    statement_id = make(edition)[0].id if act == "pay" else 0
    db.session.commit()
    start, refused = threading.Barrier(4), []

    def one():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    if act == "make":
                        make(db.session.get_one(Edition, edition_id))
                    else:
                        pay(db.session.get_one(SellerStatement, statement_id))
            except (settlement.NothingNew, settlement.AlreadyPaid) as refusal:
                refused.append(refusal)

    workers = [threading.Thread(target=one) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with reading():
        assert len(refused) == 3
        assert len(db.session.scalars(sa.select(SellerStatement)).all()) == 1
        payouts = db.session.scalars(
            sa.select(LedgerEntry).where(LedgerEntry.kind == "payout")
        ).all()
        assert len(payouts) == (act == "pay")
        assert inspection.differences() == []


def test_more_sellers_cost_no_more_queries(edition, gateway, queries, now):
    counts = []
    for sellers in (1, 3):
        for _ in range(sellers):
            product = a_product(seller=a_seller(edition=edition), stock=5)
            through(gateway, an_order(product, at=LATER), at=LATER)
        db.session.flush()
        queries.clear()
        settlement.standings(edition)
        counts.append(len(queries))

    assert counts[0] == counts[1] == 4


def exactly(edition):
    """Where sellers stand as all entries add up, without any kept sum."""
    query = by(LedgerEntry.seller_id, open_entries(edition.id))
    found = figures_by(db.session.execute(query))
    return {seller_id: figures for seller_id, figures in found.items() if figures}


def shown(edition):
    return {one.seller.id: one.open for one in settlement.standings(edition) if one.open}


def test_keeping_sums_changes_no_standing(edition, stall, gateway, now):
    other = a_product(seller=a_seller(edition=edition), stock=9, price_idr=20_000)
    for product in (stall, other):
        through(gateway, an_order(product), fee_idr=100)
        directly(an_order(product))
    an_order(stall)

    def agree():
        expected = exactly(edition)
        assert shown(edition) == expected
        sums.keep(LATER + timedelta(days=9))
        db.session.flush()
        assert shown(edition) == expected
        return expected

    assert len(agree()) == 2
    close(edition)
    first, _ = make(edition)
    assert agree() == {}
    pay(first)
    through(gateway, an_order(stall, at=LATER), at=LATER)
    by_hand = Entry(
        kind="courier",
        debit=Book.COURIER,
        credit=Book.COURIER_OWED,
        amount_idr=7_000,
        seller_id=other.seller_id,
        method="manual",
    )
    ledger.book(edition.id, [by_hand], now=LATER)
    assert set(agree()) == {stall.seller_id}
    close(edition, NEXT, at=LATER)
    make(edition, NEXT, at=LATER, seller_id=stall.seller_id)
    directly(an_order(other, at=LATER + timedelta(days=1)), at=LATER + timedelta(days=1))
    assert set(agree()) == {other.seller_id}
    assert inspection.differences() == []


def test_kept_sums_are_read_and_not_the_entries(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    sums.keep(LATER)
    db.session.execute(sa.update(TotalSum).values(amount_idr=7))
    expected = exactly(edition)

    assert shown(edition) != expected, "as long as everything is added up a season takes minutes"


def test_sums_that_were_kept_before_debts_were_are_made_anew(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    sums.keep(LATER)
    for table in (DaySum, TotalSum):
        db.session.execute(sa.delete(table).where(table.axis.in_(owing.AXES)))
    through(gateway, an_order(stall))

    assert sums.keep(LATER + timedelta(hours=1)) == db.session.query(LedgerEntry).count()

    assert shown(edition) == exactly(edition)
    assert inspection.differences() == []


def test_days_signed_are_told_without_looking_at_what_is_summed(edition, stall, gateway, now):
    through(gateway, an_order(stall))
    through(gateway, an_order(stall, at=LATER), at=LATER)
    assert reports.days_of(edition.id) == {DAY, NEXT}
    sums.keep(LATER)
    through(gateway, an_order(stall, at=LATER + timedelta(days=1)), at=LATER + timedelta(days=1))

    assert reports.days_of(edition.id) == {DAY, NEXT, NEXT + timedelta(days=1)}
