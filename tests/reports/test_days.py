"""The figures of a day: every order on its day, every rupiah once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bazaar import editions, orders, payments, reports
from bazaar.db import db
from bazaar.models import Order, OrderStatus
from bazaar.reports import SellerLabel, TurnLabel
from bazaar.times import WIB
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
MIDNIGHT = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def product(edition):
    seller = a_seller(name="Batik Sekar", code="U1", cluster="Batik")
    a_sticker(seller)
    return a_product(seller=seller, price_idr=25_000, stock=100)


def sheet(day=DAY):
    return reports.day_totals(editions.get_current().id, day, WIB)


def confirm(order, at):
    return payments.confirm(payments.charge_of(order, now=at), actor=HOST, now=at)


def test_an_empty_day_is_all_zero(edition):
    empty = sheet()

    assert (empty.total, empty.sellers, empty.clusters, empty.turns) == (reports.Sums(), [], [], [])


def test_an_order_lands_on_the_day_it_was_placed_to_the_second(product):
    an_order(product, at=LAST_SECOND)
    an_order(product, at=MIDNIGHT)

    assert [sheet(DAY + timedelta(days=n)).total.orders for n in (-1, 0, 1, 2)] == [0, 1, 1, 0]


def test_money_lands_on_the_day_it_was_written_down(product):
    early, late = an_order(product, at=LAST_SECOND), an_order(product, at=LAST_SECOND)
    confirm(early, LAST_SECOND)
    confirm(late, MIDNIGHT)

    first, second = sheet(), sheet(DAY + timedelta(days=1))
    assert (first.total.orders, first.total.paid_idr, first.total.received_idr) == (
        2,
        74_000,
        37_000,
    )
    assert (second.total.orders, second.total.paid_idr, second.total.received_idr) == (0, 0, 37_000)


def test_the_days_of_another_zone_begin_elsewhere(app):
    edition = an_edition(zone_name="Asia/Jayapura")
    an_order(a_product(), at=datetime(2026, 3, 1, 15, 0, tzinfo=UTC))  # midnight there

    placed_on = reports.day_totals(edition.id, date(2026, 3, 2), edition.zone)

    assert placed_on.total.orders == 1
    assert list(reports.days_with_orders(edition.id, edition.zone)) == [date(2026, 3, 2)]


def test_every_order_is_paid_unpaid_or_lapsed(product, now):
    for quantity, status in enumerate(OrderStatus, 1):
        order = an_order(product, quantity=quantity, at=now)
        order.status = status
    db.session.flush()

    total = sheet().total

    worth = {order.status: order.total_idr for order in db.session.scalars(sa.select(Order))}
    assert (total.paid_orders, total.unpaid_orders, total.lapsed_orders) == (2, 2, 2)
    assert total.paid_idr == worth[OrderStatus.PAID] + worth[OrderStatus.DONE]
    assert total.unpaid_idr == worth[OrderStatus.UNPAID] + worth[OrderStatus.QUOTING]
    assert total.lapsed_idr == worth[OrderStatus.EXPIRED] + worth[OrderStatus.CANCELLED]
    assert total.gross_idr == sum(worth.values())


def test_the_sheet_is_equal_to_the_rows(edition, product, now):
    other = a_product(seller=a_seller(name="Kopi Sidomulyo", code="U2", cluster="Kopi"))
    turn = a_turn(a_release(edition), product.seller, starts_at=now)
    on_air = an_order(product, quantity=2, at=now)
    an_order(product, at=now + timedelta(hours=1))
    paid = an_order(other, quantity=3, at=now)
    confirm(paid, now)
    orders.cancel(on_air, now=now)

    day = sheet()

    rows = db.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.sum(Order.goods_idr),
            sa.func.sum(Order.shipping_idr),
            sa.func.sum(Order.total_idr),
        )
    ).one()
    total = day.total
    assert (total.orders, total.goods_idr, total.shipping_idr, total.gross_idr) == tuple(rows)
    assert total.paid_idr + total.unpaid_idr + total.lapsed_idr == total.gross_idr
    assert total.received_idr == paid.total_idr
    for groups in (day.sellers, day.clusters, day.turns):
        assert sum(sums.orders for _, sums in groups) == total.orders
        assert sum(sums.gross_idr for _, sums in groups) == total.gross_idr
    assert [label for label, _ in day.sellers] == [
        SellerLabel("Batik Sekar", "U1", "Batik"),
        SellerLabel("Kopi Sidomulyo", "U2", "Kopi"),
    ]
    assert [label for label, _ in day.clusters] == ["Batik", "Kopi"]
    assert [(label, sums.orders) for label, sums in day.turns] == [
        (TurnLabel(turn.starts_at, "Saluran 1", "Batik Sekar"), 1),
        (TurnLabel(), 2),
    ]


def test_sellers_of_one_name_are_told_apart(edition, now):
    for code in ("U8", "U9"):
        an_order(a_product(seller=a_seller(name="Lapak Kembar", code=code)), at=now)

    assert [(label.code, sums.orders) for label, sums in sheet().sellers] == [("U8", 1), ("U9", 1)]


@pytest.mark.parametrize("count", [1, 30])
def test_a_fuller_day_costs_no_more_queries(product, queries, now, count):
    for _ in range(count):
        confirm(an_order(product, at=now), now)
    edition_id = editions.get_current().id
    queries.clear()

    reports.day_totals(edition_id, DAY, WIB)

    assert len(queries) == 2


def test_days_with_orders_leave_the_others_out(edition, product, now):
    for days in (0, 5, 2):
        an_order(product, at=now - timedelta(days=days))

    found = list(reports.days_with_orders(edition.id, WIB))

    assert found == [date(2026, 3, 1), date(2026, 2, 27), date(2026, 2, 24)]
    assert reports.neighbours(edition.id, date(2026, 2, 26), WIB) == (
        date(2026, 2, 24),
        date(2026, 2, 27),
    )
    assert reports.neighbours(edition.id, DAY, WIB) == (date(2026, 2, 27), None)
