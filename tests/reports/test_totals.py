"""Pages read kept sums and what was booked since; together they are what the entries add up to."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bazaar import inspection, ledger
from bazaar.db import db, reading, transaction
from bazaar.ledger import Entry
from bazaar.models import Book, DaySum, LedgerEntry, SumMark, TotalSum
from bazaar.reports import books, sums, totals
from tests.builders import (
    NOW,
    a_product,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    an_order,
)
from tests.settling import DAY, a_gateway, close, directly, through

NEXT = DAY + timedelta(days=1)
LATER = NOW + timedelta(days=3)


@pytest.fixture
def edition(app):
    return an_edition()


def sell(edition, day, *, turns=2):
    """Orders of two sellers on a day, some on air, some not, some paid."""
    at = NOW + timedelta(days=(day - DAY).days)
    release = a_release(edition, number=day.day)
    gateway = a_gateway() if day == DAY else None
    for n in range(turns):
        seller = a_seller(edition=edition, cluster=("Batik", "Kopi")[n % 2])
        turn = a_turn(release, seller, starts_at=at + timedelta(minutes=15 * n))
        product = a_product(seller=seller, stock=9, price_idr=20_000 + 1_000 * n)
        on_air, off_air = an_order(product, at=at, turn=turn), an_order(product, at=at)
        an_order(product, at=at, quantity=2)
        if gateway:
            through(gateway, on_air, at=at, fee_idr=100)
            through(gateway, off_air, at=at + timedelta(hours=1))
    return at


def as_numbers(found):
    def numbers(figures):
        return dict(figures.idr), dict(figures.rows)

    by = {axis: {label: numbers(one) for label, one in lines} for axis, lines in found.by.items()}
    return by | {"total": numbers(found.total), "earlier": numbers(found.earlier)}


def worked_out(edition):
    """The season as all its entries add up, without any kept sum."""
    groups = list(books.labelled(books.rows_of(edition)))
    lines = {axis: books.summed(groups, label_of) for axis, label_of in books.AXES.items()}
    total = books.summed(groups, lambda _: None).get(None, books.Figures())
    ordered = {axis: books.in_order(axis, found) for axis, found in lines.items()}
    return as_numbers(books.Totals(total, books.Figures(), ordered))


def book(edition, *, at=NOW, amount_idr=1_000):
    entry = Entry(kind="payment", debit=Book.MONEY, credit=Book.UNKNOWN, amount_idr=amount_idr)
    ledger.book(edition if isinstance(edition, int) else edition.id, [entry], now=at)


def test_keeping_sums_changes_no_figure_of_a_day_or_the_season(edition, now):
    sell(edition, DAY)
    sell(edition, NEXT)
    before = [as_numbers(totals.of_day(edition, day)) for day in (DAY, NEXT)]
    season = as_numbers(totals.of_season(edition))

    assert sums.keep(LATER) == db.session.query(LedgerEntry).count()

    assert [as_numbers(totals.of_day(edition, day)) for day in (DAY, NEXT)] == before
    assert [as_numbers(books.of_day(edition, day)) for day in (DAY, NEXT)] == before
    assert as_numbers(totals.of_season(edition)) == season == worked_out(edition)
    assert sums.keep(LATER) == 0
    assert inspection.differences() == []


def test_what_comes_after_the_mark_counts_at_once(edition, now):
    sell(edition, DAY)
    sums.keep(LATER)
    late = an_order(a_product(), at=now)
    directly(late, at=now + timedelta(days=1))
    close(edition)

    assert as_numbers(totals.of_day(edition, DAY)) == as_numbers(books.of_day(edition, DAY))
    next_day = totals.of_day(edition, NEXT)
    assert as_numbers(next_day) == as_numbers(books.of_day(edition, NEXT))
    assert next_day.earlier.gross_idr == late.total_idr
    assert as_numbers(totals.of_season(edition)) == worked_out(edition)

    assert sums.keep(LATER) > 0
    assert as_numbers(totals.of_day(edition, NEXT)) == as_numbers(next_day)
    assert inspection.differences() == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(st.just("keep"), st.tuples(st.integers(0, 2), st.integers(1, 5), st.booleans())),
        max_size=12,
    )
)
def test_sums_never_drift_whenever_they_are_kept(edition, steps):
    product = a_product(stock=1_000)
    before = as_numbers(totals.of_season(edition))["total"][1]
    for step in steps:
        if step == "keep":
            sums.keep(LATER)
            continue
        day, quantity, paid = step
        order = an_order(product, quantity=quantity, at=NOW + timedelta(days=day))
        if paid:
            directly(order, at=NOW + timedelta(days=day, hours=5))
    assert as_numbers(totals.of_season(edition)) == worked_out(edition)
    for day in (DAY, NEXT, NEXT + timedelta(days=1)):
        assert as_numbers(totals.of_day(edition, day)) == as_numbers(books.of_day(edition, day))
    assert list(sums.differences()) == []
    assert (before == as_numbers(totals.of_season(edition))["total"][1]) == (
        not [step for step in steps if step != "keep"]
    )


def test_every_axis_adds_up_to_the_total(edition, now):
    sell(edition, DAY)
    sums.keep(LATER)

    for found in (totals.of_season(edition), totals.of_day(edition, DAY)):
        assert set(books.AXES) - set(found.by) <= {"day"}
        for axis, lines in found.by.items():
            for name in ("orders", "placed_idr", "gross_idr", "net_idr", "received_idr"):
                added = sum(getattr(figures, name) for _, figures in lines)
                assert added == getattr(found.total, name), (axis, name)


@pytest.mark.parametrize("kept", [False, True])
def test_a_page_holds_the_busiest_turns_only_and_sheets_all(edition, now, kept):
    sell(edition, DAY, turns=4)
    if kept:
        sums.keep(LATER)

    shown = totals.of_season(edition, most_turns=2).by["turn"]
    every = totals.of_season(edition, most_turns=None).by["turn"]

    best = sorted((figures.placed_idr for _, figures in every), reverse=True)[:2]
    assert len(every) == 5
    assert sorted((figures.placed_idr for _, figures in shown), reverse=True) == best


def test_a_turn_that_gets_busy_after_the_mark_is_shown_with_all_it_sold(edition, now):
    at = sell(edition, DAY, turns=3)
    sums.keep(LATER)
    seller = a_seller(edition=edition)
    turn = a_turn(a_release(edition, number=9), seller, starts_at=at + timedelta(hours=3))
    product = a_product(seller=seller, stock=50, price_idr=1_000)
    an_order(product, at=at, turn=turn)
    sums.keep(LATER)  # the least of all
    big = an_order(a_product(seller=seller, stock=50, price_idr=9_000_000), at=at, turn=turn)

    shown = dict(totals.of_season(edition, most_turns=1).by["turn"])

    ((label, figures),) = shown.items()
    assert isinstance(label, books.TurnLabel)
    assert label.seller == seller.name
    assert figures.orders == 2
    assert figures.placed_idr > big.total_idr


@pytest.mark.parametrize("table", [DaySum, TotalSum])
def test_sums_that_were_tampered_with_are_found(edition, now, table):
    sell(edition, DAY)
    sums.keep(LATER)
    db.session.execute(
        sa.update(table).where(table.axis == "day", table.kind == "fee").values(amount_idr=1)
    )

    (found,) = inspection.differences()

    assert found.check == {DaySum: "day", TotalSum: "season"}[table]
    assert (found.expected, found.found) == ((2, 200), (2, 1))


def test_an_entry_that_the_mark_passed_over_is_found(edition, now):
    book(edition)
    sums.keep(LATER)
    db.session.execute(sa.update(SumMark).values(last_entry_id=SumMark.last_entry_id + 1))
    book(edition)

    assert {found.check for found in inspection.differences()} >= {"day", "season"}


def test_an_edition_without_entries_has_nothing(edition):
    assert not totals.of_season(edition).total
    assert not totals.of_day(edition, DAY).total
    assert sums.keep(LATER) == 0


def test_sums_of_days_that_were_kept_otherwise_before_are_made_anew(edition, now):
    values = {"label": DAY.isoformat(), "kind": "fee", "debit": Book.FEE, "credit": Book.MONEY}
    db.session.execute(
        sa.insert(TotalSum).values(
            edition_id=edition.id, axis="day", rows=1, amount_idr=7, **values
        )
    )
    book(edition)

    assert totals.of_season(edition).total.fee_idr == 0
    sums.keep(LATER)
    assert totals.of_season(edition).total.fee_idr == 0
    assert list(sums.differences()) == []


def test_few_new_entries_wait_for_more_or_a_minute(edition, now, monkeypatch):
    monkeypatch.setattr(sums, "ENOUGH", 3)
    book(edition, at=now)
    book(edition, at=now)
    assert sums.keep(now + timedelta(seconds=59)) == 0
    assert sums.keep(now + timedelta(seconds=60)) == 2
    for _ in range(3):
        book(edition, at=now + timedelta(minutes=2))
    assert sums.keep(now + timedelta(minutes=2)) == 3


def test_much_is_added_in_parts(edition, now, monkeypatch):
    monkeypatch.setattr(sums, "AT_ONCE", 4)
    for _ in range(10):
        book(edition)
    found = []
    while added := sums.keep(LATER):
        found.append(added)
    assert found == [4, 4, 2]
    assert list(sums.differences()) == []


def test_each_edition_has_its_own_sums(edition, now):
    other = an_edition(slug="lain", is_current=False)
    book(edition)
    book(other, amount_idr=5_000)

    assert sums.keep(LATER) == 2

    assert totals.of_season(edition).total.received_idr == 1_000
    assert totals.of_season(other).total.received_idr == 5_000
    book(other, amount_idr=2_000)
    assert sums.keep(LATER) == 1
    assert totals.of_season(other).total.received_idr == 7_000
    assert list(sums.differences()) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_entry_kept_after_one_with_a_higher_number_is_not_passed_over(edition, app):
    """Who drew the lower number still books while `keep` looks: it waits for that transaction."""
    edition_id = edition.id
    db.session.commit()
    drawn, go_on = threading.Event(), threading.Event()
    kept = []

    def slow():
        with app.app_context(), transaction():
            book(edition_id, amount_idr=1)
            drawn.set()
            go_on.wait(10)

    def keep():
        with app.app_context(), transaction():
            kept.append(sums.keep(LATER))

    first = threading.Thread(target=slow)
    first.start()
    drawn.wait(10)
    with transaction():
        book(edition_id, amount_idr=2)
    keeper = threading.Thread(target=keep)
    keeper.start()
    keeper.join(0.3)
    assert keeper.is_alive()
    go_on.set()
    keeper.join()
    first.join()

    assert kept == [2]
    with reading():
        assert list(sums.differences()) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nobody_waits_while_sums_are_worked_out(edition, app):
    book(edition)
    edition_id = edition.id
    db.session.commit()
    booked = []

    def books_one():
        with app.app_context(), transaction():
            book(edition_id)
            booked.append(True)

    assert sums.keep(LATER) == 1  # in a transaction that is still open
    other = threading.Thread(target=books_one)
    other.start()
    other.join(5)
    assert booked == [True]
    db.session.commit()


def test_sums_hold_while_many_book_and_several_keep_them(edition, app, monkeypatch):
    monkeypatch.setattr(sums, "AT_ONCE", 7)
    edition_id = edition.id
    db.session.commit()
    over = threading.Event()

    def books_some():
        for n in range(12):
            with app.app_context(), transaction():
                book(edition_id, at=datetime(2026, 3, 1 + n % 3, 12, tzinfo=UTC))

    def keeps():
        while not over.is_set():
            with app.app_context(), transaction():
                sums.keep(LATER)

    def looks():
        while not over.is_set():
            with app.app_context(), reading():
                current = db.session.get_one(type(edition), edition_id)
                found = totals.of_season(current)
                assert found.total.received_idr == 1_000 * found.total.payments

    workers = [threading.Thread(target=books_some) for _ in range(4)]
    others = [threading.Thread(target=work) for work in (keeps, keeps, looks)]
    for thread in (*workers, *others):
        thread.start()
    for thread in workers:
        thread.join()
    over.set()
    for thread in others:
        thread.join()

    with reading():
        current = db.session.get_one(type(edition), edition_id)
        assert totals.of_season(current).total.payments == 48
        assert list(sums.differences()) == []


def test_the_estimate_of_what_qris_cost_is_the_same_with_kept_sums(edition, now):
    seller = a_seller(edition=edition)
    a_sticker(seller)
    product = a_product(seller=seller, stock=9, price_idr=600_000)
    directly(an_order(product, at=now), at=now)
    day, season = totals.mdr_of_day(edition, DAY), totals.mdr_of_season(edition)
    sums.keep(LATER)
    directly(an_order(product, at=now), at=now)

    assert day == season
    assert totals.mdr_of_day(edition, DAY) == 2 * day > 0
    assert totals.mdr_of_season(edition) == 2 * season
