"""Totals from the ledger: they are what the rows of orders and payments say."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bazaar import orders, payments
from bazaar.db import db
from bazaar.models import Order
from bazaar.reports import books
from bazaar.reports import totals as adding
from tests.builders import (
    HOST,
    a_product,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    an_order,
)

DAY = date(2026, 3, 1)
LAST_SECOND = datetime(2026, 3, 1, 16, 59, 59, tzinfo=UTC)  # 23.59.59 in Jember


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def product(edition):
    seller = a_seller(name="Batik Sekar", code="U1", cluster="Batik")
    a_sticker(seller)
    return a_product(seller=seller, price_idr=25_000, stock=100)


def confirm(order, at):
    return payments.confirm(payments.charge_of(order, now=at), actor=HOST, now=at)


def test_a_day_without_entries_is_all_zero(edition):
    totals = books.of_day(edition, DAY)

    assert not totals.total
    assert totals.total.net_idr == totals.total.gross_idr == totals.total.orders == 0
    assert all(not lines for lines in totals.by.values())


def test_orders_and_money_stand_on_the_day_they_happened(edition, product):
    order = an_order(product, at=LAST_SECOND)
    confirm(order, LAST_SECOND + timedelta(seconds=2))

    first, second = books.of_day(edition, DAY), books.of_day(edition, DAY + timedelta(days=1))

    assert (first.total.orders, first.total.placed_idr) == (1, order.total_idr)
    assert (first.total.paid_orders, first.total.received_idr) == (0, 0)
    assert (second.total.orders, second.total.paid_orders) == (0, 1)
    assert second.total.gross_idr == order.total_idr
    assert second.total.received_idr == second.earlier.received_idr
    assert not first.earlier


def test_net_is_gross_less_what_was_called_off(edition, product, now):
    kept, off, waits = (an_order(product, quantity=n, at=now) for n in (1, 2, 3))
    confirm(kept, now)
    confirm(off, now)
    orders.call_off(off.id, now=now)
    orders.cancel(waits, now=now)

    total = books.of_day(edition, DAY).total

    assert total.gross_idr == kept.total_idr + off.total_idr
    assert total.returned_idr == off.total_idr
    assert total.net_idr == total.gross_idr - total.returned_idr - total.discount_idr
    assert (total.lapsed_orders, total.lapsed_idr) == (1, waits.total_idr)


def test_every_axis_adds_up_to_the_total(edition, product, now):
    other = a_product(seller=a_seller(name="Kopi", code="U2", cluster="Kopi"), stock=9)
    a_turn(a_release(edition), product.seller, starts_at=now)
    for number, item in enumerate((product, product, other), 1):
        order = an_order(item, quantity=number, at=now + timedelta(minutes=40 * number - 40))
        if number > 1:
            confirm(order, now + timedelta(hours=number))

    totals = adding.of_season(edition)

    worth = db.session.scalar(sa.select(sa.func.sum(Order.total_idr)))
    for axis, lines in totals.by.items():
        for figure in ("orders", "placed_idr", "gross_idr", "net_idr", "received_idr"):
            added = sum(getattr(figures, figure) for _, figures in lines)
            assert added == getattr(totals.total, figure), (axis, figure)
    assert totals.total.placed_idr == worth
    assert [label for label, _ in totals.by["hour"]] == [19, 20, 21, 22]
    assert [getattr(label, "seller", "") for label, _ in totals.by["turn"]] == ["Batik Sekar", None]


def test_the_days_of_another_zone_begin_elsewhere(app):
    edition = an_edition(zone_name="Asia/Jayapura")
    an_order(a_product(), at=datetime(2026, 3, 1, 15, 0, tzinfo=UTC))  # midnight there

    assert books.of_day(edition, DAY).total.orders == 0
    assert books.of_day(edition, DAY + timedelta(days=1)).by["hour"][0][0] == 0


def test_sellers_of_one_name_are_told_apart(edition, now):
    for code in ("U8", "U9"):
        an_order(a_product(seller=a_seller(name="Lapak Kembar", code=code)), at=now)

    lines = books.of_day(edition, DAY).by["seller"]

    assert [(getattr(label, "code", ""), figures.orders) for label, figures in lines] == [
        ("U8", 1),
        ("U9", 1),
    ]


def test_what_waits_is_what_was_ordered_that_day_and_not_paid(edition, product, now):
    an_order(product, at=now - timedelta(days=1))
    waits = an_order(product, at=now)
    confirm(an_order(product, at=now), now)

    assert books.unpaid_of(edition, DAY) == (1, waits.total_idr)


@pytest.mark.parametrize("count", [1, 30])
def test_a_fuller_day_costs_no_more_queries(edition, product, queries, now, count):
    for _ in range(count):
        confirm(an_order(product, at=now), now)
    zone = edition.zone
    assert zone
    queries.clear()

    books.of_day(edition, DAY)

    assert len(queries) == 3
